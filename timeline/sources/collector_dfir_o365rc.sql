/*
# Lines are stamped by the clock of the machine that collected (see collector_extractor_suite.sql); windows are read as UTC, as Search-UnifiedAuditLog takes them.
# What a line states about a collection is in the internal column `proof`; the steps are told in timeline/evidence/collected.py.
title        = "DFIR-O365RC: its own logs of a collection (Get-O365….log, Get-AADLogs.log, Get-AzRMActivityLogs.log)"
docs         = ["https://github.com/ANSSI-FR/DFIR-O365RC"]
names        = ["collector.dfir_o365rc"]
family       = "system"
match        = '''regexp_matches(line, '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, (INFO|WARNING|ERROR), ')'''
completeness = "complete"
scope        = "always default: it names no tenant"
local_time   = true
empty        = ["actor", "actor_id", "actor_type", "src_ip", "user_agent", "device_id", "app_id", "resource", "resource_id", "session_id", "token_id", "credential_id",
                "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox", "logged_time"]
sees_not     = ["for which users, addresses, words or operations a search was made: only that it was", "the zone of its clock"]
export       = "copy the .log files together with the folders beside them"
[witnesses]
"collector.dfir_o365rc" = []
*/
SELECT
    CASE WHEN zone IS NULL THEN timezone('UTC', clock) END AS time,
    CASE WHEN zone IS NOT NULL THEN clock END AS local_time,
    CASE WHEN zone IS NULL THEN 's,zone_unknown' ELSE 's' END AS time_precision,
    parts['level'] AS operation,
    CASE WHEN told IS NULL THEN 'service.event' ELSE 'collect' END AS action,
    CASE WHEN told ->> '$.step' IN ('lost', 'cut') OR operation = 'ERROR' THEN 'failure' WHEN told ->> '$.step' = 'got' THEN 'success' ELSE 'unknown' END AS outcome,
    nullif(said, '') AS outcome_detail,
    'DFIR-O365RC' AS app,
    nullif(regexp_extract(said, ' to ?(?:dump to )?(\S+\.json)$', 1), '') AS object,
    CASE WHEN told IS NOT NULL THEN json_object('collection', json_merge_patch(told, '{"tool": "DFIR-O365RC"}'))::VARCHAR END AS proof
FROM (SELECT *, CASE
        WHEN regexp_matches(said, '^Processing Unified Audit Log (\(using Purview\) )?entries between ')
            THEN json_object('step', 'window', 'streams', ['m365.audit/*'], 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN regexp_matches(said, '^Collecting (Operations|UserIds|FreeText|IPAddresses) events for ') OR regexp_matches(said, '^Collecting events (\(using Purview\) )?for freeText')
            THEN json_object('step', 'window', 'streams', ['m365.audit/*'], 'unsure', true, 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN starts_with(said, 'Collecting Unfiltered events for ') THEN json_object('step', 'window', 'streams', ['m365.audit/*'], 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN regexp_matches(said, '^Collecting \w+ events for ') AND NOT starts_with(said, 'Collecting RecordTypes ') AND NOT starts_with(said, 'Collecting MailboxAuditLog ')
            THEN json_object('step', 'window', 'streams', ['m365.audit/*'], 'where', json_object('record_type', [split_part(said, ' ', 2)]), 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN starts_with(said, 'Processing Entra ID audit logs for day ')
            THEN json_object('step', 'window', 'streams', ['entra.audit/*'], 'from', epoch_us(day), 'to', epoch_us(day + INTERVAL 1 DAY))
        WHEN starts_with(said, 'Processing sign in logs between ')
            THEN json_object('step', 'window', 'streams', ['entra.signin.interactive/*'], 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN contains(said, 'sign in logs will be filtered on some specific applications') THEN json_object('step', 'part', 'streams', ['entra.signin.interactive/*'], 'unsure', true)
        WHEN starts_with(said, 'Processing Azure Resource Manager activity logs between ')
            THEN json_object('step', 'window', 'streams', ['azure.activity/*'], 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN starts_with(said, 'More than 50000 ') THEN json_object('step', 'cut', 'from', epoch_us(one), 'to', epoch_us(other), 'limit', 50000)
        WHEN starts_with(said, 'Done collecting events for ')
            THEN json_object('step', 'got', 'from', epoch_us(one), 'to', epoch_us(other), 'records', try_cast(regexp_extract(said, ': (\d+) events were collected', 1) AS BIGINT))
        WHEN regexp_matches(said, '^0 \w+ events between ') THEN json_object('step', 'got', 'from', epoch_us(one), 'to', epoch_us(other), 'records', 0)
        WHEN regexp_matches(said, '^Dumping \d+ (Entra ID|Azure Resource Manager) ') THEN json_object('step', 'got', 'records', try_cast(split_part(said, ' ', 2) AS BIGINT))
        WHEN regexp_matches(said, '^No (Entra ID|Azure Resource Manager) .* to dump to ') THEN json_object('step', 'got', 'records', 0)
        WHEN regexp_matches(said, '^Collected \d+ events$') THEN json_object('step', 'got', 'records', try_cast(split_part(said, ' ', 2) AS BIGINT))
        WHEN regexp_matches(said, '^(Failed to (dump|get) .* times - aborting|Audit Log Query \S+ has failed)') THEN json_object('step', 'lost', 'why', 'it gave up after several failures')
        END AS told
    FROM (SELECT *, coalesce(instant_utc(moments[1]), try_strptime(shown[1], '%m/%d/%Y %H:%M:%S')::TIMESTAMPTZ) AS one,
            coalesce(instant_utc(moments[2]), try_strptime(shown[2], '%m/%d/%Y %H:%M:%S')::TIMESTAMPTZ) AS other,
            instant_utc(nullif(regexp_extract(said, ' for day (\d{4}-\d\d-\d\d)', 1), '')) AS day
        FROM (SELECT *, regexp_extract_all(said, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d') AS moments, regexp_extract_all(said, '\d\d/\d\d/\d{4} \d\d:\d\d:\d\d') AS shown
            FROM (SELECT *, try_cast(parts['stamp'] AS TIMESTAMP) AS clock, rtrim(parts['text'], E' \t\r\n') AS said
                FROM (SELECT *, regexp_extract(line, '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d), ([A-Z]+), ([^\r\n]*)', ['stamp', 'level', 'text']) AS parts FROM records)))))
