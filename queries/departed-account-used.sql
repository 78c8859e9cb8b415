/*
question = "Was an account used after it had been disabled or deleted?"
meaning  = """One row for each successful sign-in of an account after the last record that disabled, suspended or deleted it, where no later record (before the sign-in)
enabled or restored it. `departed_us` is when, `departed_by` who did it."""
limits   = """Who was disabled longer before the window than the evidence reaches is not found; 30 days before it must be covered. An account that was revived where nothing logs it looks the same as one whose disabling had no effect. A new account of the same name counts as the old
one where the log states no immutable id. Tokens that were handed out before go on working for a while: see token-used-after-revocation."""
attack   = ["T1078", "T1098"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["outcome"] }, { actions = ["account.change"], lookback = "30d" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH changes AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, lower(coalesce(e.object, e.resource_id)) AS name, lower(e.resource_id) AS number, e.actor AS actor,
        CASE WHEN regexp_matches(lower(e.operation), 'enable|restore|reactivate|unsuspend|lifecycle.activate|^4722$|^4720$|create|add user|unlock') AND NOT regexp_matches(lower(e.operation), 'disable')
            THEN 'in' ELSE 'out' END AS way
    FROM events AS e
    WHERE e.action = 'account.change' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us AND coalesce(e.object, e.resource_id) IS NOT NULL
        AND regexp_matches(lower(e.operation), '(disable|enable|delete|remove|restore|suspend|deactivate|activate|archive|offboard|add|create).*(account|user|login|member)|^(delete user|disable account|enable account|restore user|add user)|user\.lifecycle\.|user\.(de)?activate|(delete|create)(user|loginprofile)|^47(20|22|25|26)$|userdel|useradd|delete_account|user_disabled|suspend_user|user_suspen')
),
outs AS (
    SELECT c.name AS name, c.number AS number, c.way AS way, c.time_us AS time_us, c.event_id AS event_id, c.actor AS actor FROM changes AS c
),
departed AS (SELECT o.name AS name FROM outs AS o WHERE o.way = 'out' GROUP BY o.name UNION SELECT o.number AS name FROM outs AS o WHERE o.way = 'out' AND o.number IS NOT NULL GROUP BY o.number),
uses AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
        e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream, lower(e.actor) AS name, lower(e.actor_id) AS number
    FROM events AS e LEFT JOIN departed AS d ON d.name = lower(e.actor) LEFT JOIN departed AS n ON n.name = lower(e.actor_id)
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.time_us >= $from_us AND e.time_us < $to_us AND (d.name IS NOT NULL OR n.name IS NOT NULL)
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
pairs AS (
    SELECT u.event_id AS event_id, o.way AS way, o.time_us AS time_us FROM uses AS u JOIN outs AS o ON o.name = u.name WHERE o.time_us < u.time_us
    UNION ALL
    SELECT u.event_id AS event_id, o.way AS way, o.time_us AS time_us FROM uses AS u JOIN outs AS o ON o.name = u.number WHERE o.time_us < u.time_us
    UNION ALL
    SELECT u.event_id AS event_id, o.way AS way, o.time_us AS time_us FROM uses AS u JOIN outs AS o ON o.number = u.number WHERE o.time_us < u.time_us
),
lasts AS (
    SELECT p.event_id AS event_id, MAX(CASE WHEN p.way = 'out' THEN p.time_us END) AS out_us, MAX(CASE WHEN p.way = 'in' THEN p.time_us END) AS in_us
    FROM pairs AS p GROUP BY p.event_id
),
names AS (SELECT o.time_us AS time_us, MIN(o.actor) AS actor FROM outs AS o WHERE o.way = 'out' GROUP BY o.time_us)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, l.out_us AS departed_us, n.actor AS departed_by,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM uses AS e JOIN lasts AS l ON l.event_id = e.event_id LEFT JOIN names AS n ON n.time_us = l.out_us
WHERE l.out_us IS NOT NULL AND (l.in_us IS NULL OR l.in_us < l.out_us)
ORDER BY time_us, event_id
