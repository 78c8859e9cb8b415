/*
# Lines are stamped by the clock of the machine that collected; the windows inside of them are UTC. Where nobody states that machine's zone, the stamp is read
# as UTC and `time_precision` says so (zone_unknown). A line that goes on after a line break has the stamp of the line before it.
# What a line states about a collection is in the internal column `proof`: {"collection": {"step", "streams", "from", "to", …}}, times in microseconds, UTC.
# The steps are told in timeline/evidence/collected.py.
title        = "Microsoft-Extractor-Suite: its own log of a collection (Output/LogFile.txt)"
docs         = ["https://microsoft-365-extractor-suite.readthedocs.io/en/latest/", "https://github.com/invictus-ir/Microsoft-Extractor-Suite"]
names        = ["collector.extractor_suite"]
family       = "system"
match        = '''regexp_matches(line, '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: (\[[A-Za-z]+\] |===? |-| |Start |End |Output |Filtering |Analysis |Total |Files |Interval |Processing |Summary|Note|\s*$)|=== .* ===\s*$|The following (RecordType|Operation)\(s\) are configured|(Date Range|Collection Statistics|Collection Summary|Export Details|Search Information|Summary for .*):\s*$|Note: Output files |Processing Time: )')'''
completeness = "complete"
scope        = "always default: it names no tenant"
local_time   = true
empty        = ["actor", "actor_id", "actor_type", "src_ip", "user_agent", "device_id", "app_id", "resource", "resource_id", "session_id", "token_id", "credential_id",
                "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox", "logged_time"]
sees_not     = ["at its default level: for which users, addresses or objects Get-UAL was filtered", "windows without records, since version 4.1: only that the run came to its end",
                "the zone of its clock"]
export       = "copy Output\\LogFile.txt together with the folders beside it"
[witnesses]
"collector.extractor_suite" = []
*/
SELECT
    CASE WHEN zone IS NULL THEN timezone('UTC', clock) END AS time,
    CASE WHEN zone IS NOT NULL THEN clock END AS local_time,
    CASE WHEN zone IS NULL THEN 's,zone_unknown' ELSE 's' END AS time_precision,
    coalesce(nullif(regexp_extract(said, '^\[([A-Za-z]+)\]', 1), ''), 'text') AS operation,
    CASE WHEN told IS NULL THEN 'service.event' ELSE 'collect' END AS action,
    CASE WHEN told ->> '$.step' IN ('lost', 'cut') OR starts_with(said, '[ERROR]') THEN 'failure' WHEN told ->> '$.step' IN ('got', 'done') THEN 'success' ELSE 'unknown' END AS outcome,
    nullif(said, '') AS outcome_detail,
    'Microsoft-Extractor-Suite' AS app,
    nullif(regexp_extract(said, '(?i)^Output (?:Directory|File): (\S.*)$', 1), '') AS object,
    CASE WHEN told IS NOT NULL THEN json_object('collection', json_merge_patch(told, '{"tool": "Microsoft-Extractor-Suite"}'))::VARCHAR END AS proof
FROM (SELECT *, CASE
        WHEN begun <> '' THEN json_object('step', 'run', 'streams', CASE
            WHEN begun IN ('Unified Audit Log Collection', 'Microsoft Graph Audit Log Retrieval') THEN ['m365.audit/*'] WHEN begun = 'Sign-in Log Collection' THEN ['entra.signin.*']
            WHEN begun = 'Audit Log Collection' THEN ['entra.audit/*'] WHEN begun = 'Azure Activity Log Collection' THEN ['azure.activity/*']
            WHEN begun = 'Message Trace Log Collection' THEN ['exchange.message_trace/*'] ELSE []::VARCHAR[] END)
        WHEN regexp_matches(said, '^Start [Dd]ate: ') THEN json_object('step', 'ask', 'from', epoch_us(instant_utc(substr(said, 13))))
        WHEN regexp_matches(said, '^End [Dd]ate: ') THEN json_object('step', 'ask', 'to', epoch_us(instant_utc(substr(said, 11))))
        WHEN starts_with(said, 'Analysis Period: ') OR contains(said, ' available audit logs between ') OR contains(said, 'Getting the Message Trace Log for all users between ')
            THEN json_object('step', 'ask', 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN regexp_matches(said, '^\[INFO\] Found \d+ audit logs between ')
            THEN json_object('step', 'got', 'streams', ['m365.audit/*'], 'from', epoch_us(one), 'to', epoch_us(other), 'records', try_cast(split_part(said, ' ', 3) AS BIGINT))
        WHEN starts_with(said, '[INFO] No audit logs between ') THEN json_object('step', 'got', 'streams', ['m365.audit/*'], 'from', epoch_us(one), 'to', epoch_us(other), 'records', 0)
        WHEN contains(said, 'Max retries reached for window ') THEN json_object('step', 'lost', 'streams', ['m365.audit/*'], 'from', epoch_us(one), 'to', epoch_us(other), 'why', 'it skipped this window after several failures')
        WHEN contains(said, ' NOT CAPTURED') THEN json_object('step', 'cut', 'streams', ['m365.audit/*'], 'from', epoch_us(one), 'to', epoch_us(other), 'limit', 5000)
        WHEN regexp_matches(said, '^=== Processing RecordType: ') THEN json_object('step', 'part', 'ends', true, 'where', json_object('record_type', [trim(said[28:-5])]))
        WHEN starts_with(said, '[INFO] Acquiring the ') AND suffix(said, ' sign-in logs') THEN json_object('step', 'part', 'streams', list_filter([
            CASE WHEN contains(said, ' interactiveUser') THEN 'entra.signin.interactive/*' END, CASE WHEN contains(said, ' nonInteractiveUser') THEN 'entra.signin.noninteractive/*' END,
            CASE WHEN contains(said, ' servicePrincipal') THEN 'entra.signin.service_principal/*' END, CASE WHEN contains(said, ' managedIdentity') THEN 'entra.signin.managed_identity/*' END],
            lambda each: each IS NOT NULL))
        WHEN listed <> '' AND heading = 'operation' THEN json_object('step', 'narrow', 'where', json_object('operation', [listed]))
        WHEN listed <> '' AND heading = 'record_type' THEN json_object('step', 'narrow', 'where', json_object('record_type', [listed]))
        WHEN users <> '' AND users <> '*' THEN json_object('step', 'narrow', 'where', json_object('actor', regexp_split_to_array(users, '[,; ]+')))
        WHEN regexp_matches(said, '^\[DEBUG\]   (IPAddresses|ObjectIds|Keyword|IPAddress|ObjectIDs|Service): \S') THEN json_object('step', 'narrow', 'unsure', true)
        WHEN starts_with(said, '[ERROR] Failed to acquire logs after ') OR starts_with(said, '[ERROR] An error occurred: ') OR starts_with(said, '[ERROR] Unknown error')
            THEN json_object('step', 'lost', 'why', 'it stopped with an error')
        WHEN starts_with(said, 'Summary for ') OR regexp_matches(said, '^=== .*Summary ===$') OR starts_with(said, '[INFO] Acquisition complete') THEN json_object('step', 'done')
        END AS told
    FROM (SELECT *,
            coalesce(own, last_value(own IGNORE NULLS) OVER sequel) AS clock,
            last_value(CASE WHEN starts_with(said, 'The following Operation') THEN 'operation' WHEN starts_with(said, 'The following RecordType') THEN 'record_type'
                WHEN starts_with(said, '---') OR begun <> '' THEN '' END IGNORE NULLS) OVER sequel AS heading,
            regexp_extract(said, '^ *- (\S.*)$', 1) AS listed,
            coalesce(nullif(regexp_extract(said, '^Filtering for User: (\S.*)$', 1), ''), regexp_extract(said, '^\[DEBUG\]   UserIds: (\S.*)$', 1)) AS users,
            instant_utc(window_told[1]) AS one,
            instant_utc(window_told[2]) AS other
        FROM (SELECT *, regexp_extract(said, '^===? Starting (?:the )?(.*?)(?: \(.*\))? ===?$', 1) AS begun,
                regexp_extract_all(said, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?') AS window_told
            FROM (SELECT *, try_cast(regexp_extract(line, '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d): ', 1) AS TIMESTAMP) AS own,
                    rtrim(regexp_replace(line, '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d: ', ''), E' \t\r\n') AS said FROM records))
        WINDOW sequel AS (PARTITION BY file_no ORDER BY record)))
