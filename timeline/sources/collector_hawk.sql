/*
# Lines are stamped in UTC. Each search of the unified audit log stands there as the command that was run, with its days and filters; what it brought follows.
# What a line states about a collection is in the internal column `proof`; the steps are told in timeline/evidence/collected.py.
title        = "Hawk: its own log of a collection (Hawk.log)"
docs         = ["https://hawkforensics.io/", "https://github.com/T0pCyber/hawk"]
names        = ["collector.hawk"]
family       = "system"
match        = '''regexp_matches(line, '^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\] - ')'''
completeness = "complete"
scope        = "always default: it names no tenant"
empty        = ["actor", "actor_id", "actor_type", "src_ip", "user_agent", "device_id", "app_id", "resource", "resource_id", "session_id", "token_id", "credential_id",
                "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "object", "object_hash", "object_size", "object_from", "bytes", "mailbox", "logged_time"]
sees_not     = ["the search that a command over several lines makes", "what was collected otherwise than from the unified audit log, beyond messages for people"]
export       = "copy the folder that Hawk.log lies in"
[witnesses]
"collector.hawk" = []
*/
SELECT
    try_cast(parts['stamp'] || 'Z' AS TIMESTAMPTZ) AS time,
    's' AS time_precision,
    coalesce(nullif(parts['level'], ''), 'text') AS operation,
    CASE WHEN told IS NULL THEN 'service.event' ELSE 'collect' END AS action,
    CASE WHEN operation = 'ERROR' OR told ->> '$.step' IN ('lost', 'cut') THEN 'failure' WHEN told ->> '$.step' = 'got' THEN 'success' ELSE 'unknown' END AS outcome,
    nullif(said, '') AS outcome_detail,
    'Hawk' AS app,
    CASE WHEN told IS NOT NULL THEN json_object('collection', json_merge_patch(told, '{"tool": "Hawk"}'))::VARCHAR END AS proof
FROM (SELECT *, CASE
        WHEN regexp_matches(said, '^Search-UnifiedAuditLog .*-StartDate .*-EndDate ') THEN json_object('step', 'window', 'streams', ['m365.audit/*'],
            'from', epoch_us(try_strptime(filters['StartDate'][1], '%m/%d/%Y')::TIMESTAMPTZ), 'to', epoch_us(try_strptime(filters['EndDate'][1], '%m/%d/%Y')::TIMESTAMPTZ),
            'where', json_object('record_type', filters['RecordType'], 'operation', filters['Operations'], 'actor', filters['UserIds']),
            'unsure', regexp_matches(said, ' -(IPAddresses|ObjectIds|FreeText|SiteIds) '))
        WHEN said = 'Retrieved all results.' THEN json_object('step', 'got')
        WHEN said IN ('Unified Audit log returned no results.', 'Returned Result count was 0') THEN json_object('step', 'got', 'records', 0)
        WHEN total > 50000 THEN json_object('step', 'cut', 'records', try_cast(progress['got'] AS BIGINT), 'limit', 50000)
        WHEN total IS NOT NULL THEN json_object('step', 'seen', 'records', try_cast(progress['got'] AS BIGINT), 'total', total)
        END AS told
    FROM (SELECT *, try_cast(progress['total'] AS BIGINT) AS total,
            map_from_entries(list_transform(string_split(said, ' -')[2:], lambda each: {'k': split_part(each, ' ', 1),
                'v': list_filter(list_transform(string_split(trim(substr(each, instr(each || ' ', ' '))), ','), lambda one: trim(one, E' \'"@()')), lambda one: one <> '' AND one <> '*')})) AS filters
        FROM (SELECT *, rtrim(parts['text'], E' \t\r\n') AS said, regexp_extract(parts['text'], '^Retrieved: *(\d+) +Total: *(\d+)', ['got', 'total']) AS progress
            FROM (SELECT *, regexp_extract(line, '^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)Z\] - (?:\[([A-Z]+)\] +- +)?([^\r\n]*)', ['stamp', 'level', 'text']) AS parts FROM records))))
