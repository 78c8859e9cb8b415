/*
# Two files of the tool: its debug.log (stamped by the clock of the machine that collected, see collector_extractor_suite.sql; windows are UTC, whole days
# begin at 04:00 UTC), and .ual_bounds, which plans the windows with the number of records in each. A line of the plan states no time of its own: its event
# has the time of the window's end. What a line states is in the internal column `proof`; the steps are told in timeline/evidence/collected.py.
title        = "Untitled Goose Tool: its own log and plan of a collection (debug.log, .ual_bounds)"
docs         = ["https://github.com/cisagov/untitledgoosetool"]
names        = ["collector.goose"]
family       = "system"
match        = '''regexp_matches(line, '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,(\d{3}  \S+  (DEBUG|INFO|WARNING|ERROR|CRITICAL)  |\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+\s*$)')'''
completeness = "complete"
scope        = "always default: it names no tenant"
local_time   = true
empty        = ["actor", "actor_id", "actor_type", "src_ip", "user_agent", "device_id", "app_id", "resource", "resource_id", "session_id", "token_id", "credential_id",
                "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "object", "object_hash", "object_size", "object_from", "bytes", "mailbox", "logged_time"]
sees_not     = ["how its other downloads ended: only those of the unified audit log say so", "the zone of its clock"]
export       = "copy debug.log and the hidden files (.ual_bounds, .ual_state) together with the output folder"
[witnesses]
"collector.goose" = []
*/
SELECT
    CASE WHEN planned IS NOT NULL THEN other WHEN zone IS NULL THEN timezone('UTC', clock) END AS time,
    CASE WHEN zone IS NOT NULL AND planned IS NULL THEN clock END AS local_time,
    CASE WHEN planned IS NOT NULL THEN 's' WHEN zone IS NULL THEN 'ms,zone_unknown' ELSE 'ms' END AS time_precision,
    coalesce(nullif(parts['level'], ''), 'plan') AS operation,
    CASE WHEN told IS NULL THEN 'service.event' ELSE 'collect' END AS action,
    CASE WHEN told ->> '$.step' IN ('lost', 'cut') OR operation = 'ERROR' THEN 'failure' WHEN told ->> '$.step' = 'got' THEN 'success' ELSE 'unknown' END AS outcome,
    nullif(said, '') AS outcome_detail,
    'Untitled Goose Tool' AS app,
    CASE WHEN told IS NOT NULL THEN json_object('collection', json_merge_patch(told, '{"tool": "Untitled Goose Tool", "streams": ["m365.audit/*"]}'))::VARCHAR END AS proof
FROM (SELECT *, CASE
        WHEN planned IS NOT NULL THEN json_object('step', 'plan', 'from', epoch_us(one), 'to', epoch_us(other), 'records', planned)
        WHEN starts_with(said, 'Bounded UAL timeframes: ') OR starts_with(said, 'Dumping UAL from date ') THEN json_object('step', 'window', 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN regexp_matches(said, '^UAL dump \(.*\) response code: 200$') THEN json_object('step', 'got', 'from', epoch_us(one), 'to', epoch_us(other))
        WHEN regexp_matches(said, '^UAL dump \(.*\) response code: ') THEN json_object('step', 'lost', 'from', epoch_us(one), 'to', epoch_us(other), 'why', 'the server answered with an error')
        WHEN starts_with(said, 'There are exactly 50001 lines in returned data') THEN json_object('step', 'cut', 'limit', 50000)
        WHEN starts_with(said, 'UAL pull came back with no data') THEN json_object('step', 'got', 'records', 0)
        WHEN starts_with(said, 'Dumping UAL encountered ') THEN json_object('step', 'lost', 'why', 'it stopped with an error')
        END AS told
    FROM (SELECT *, instant_utc(moments[1]) AS one, instant_utc(moments[2]) AS other
        FROM (SELECT *, list_transform(regexp_extract_all(regexp_replace(CASE WHEN planned IS NULL THEN said ELSE line END, E'[T,\'\\[\\] ]+', ' ', 'g'),
                '\d{4}-\d\d-\d\d ?(?:\d\d:\d\d:\d\d)?'), lambda each: each[1:10] || ' ' || CASE WHEN length(trim(each)) = 10 THEN '04:00:00' ELSE trim(each[11:]) END) AS moments
            FROM (SELECT *, try_cast(replace(parts['stamp'], ',', '.') AS TIMESTAMP) AS clock, rtrim(parts['text'], E' \t\r\n') AS said,
                    CASE WHEN parts['level'] = '' THEN try_cast(regexp_extract(line, ',(\d+)\s*$', 1) AS BIGINT) END AS planned
                FROM (SELECT *, regexp_extract(line, '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})  \S+  ([A-Z]+)  ([^\r\n]*)', ['stamp', 'level', 'text']) AS parts FROM records)))))
