/*
question = "Was this account used again after a long silence?"
meaning  = """One row for each successful sign-in that follows the one before it by 60 days or more, with the length of the silence in whole days. Where the log
itself was silent for 30 days of them, the row is a candidate (verdict unknown): the account may have been used unseen."""
limits   = """Shorter gaps of the log may hide a use: the verdict is exact only where the 60 days before the window are covered too. The first sign-in in the evidence has no silence before it."""
attack   = ["T1078"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["outcome"], lookback = "60d" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH sign_ins AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
        e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id,
        e.stream AS stream,
        LAG(e.time_us) OVER (PARTITION BY coalesce(e.actor_id, lower(e.actor)) ORDER BY e.time_us, e.event_id) AS before_us
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
revived AS (SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
        e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id,
        e.stream AS stream, e.before_us AS before_us
    FROM sign_ins AS e WHERE e.time_us >= $from_us AND e.time_us - e.before_us >= 5184000000000
),
hours AS (
    SELECT e.stream AS stream, e.time_us - e.time_us % 3600000000 AS hour_us FROM events AS e
    WHERE e.action = 'sign_in' AND e.time_us < $to_us
    GROUP BY e.stream, e.time_us - e.time_us % 3600000000
),
turns AS (SELECT h.stream AS stream, h.hour_us AS hour_us, LAG(h.hour_us) OVER (PARTITION BY h.stream ORDER BY h.hour_us) AS last_us FROM hours AS h),
silences AS (
    SELECT r.event_id AS event_id FROM revived AS r JOIN turns AS t ON t.stream = r.stream AND t.last_us < r.time_us AND t.hour_us > r.before_us
    WHERE t.hour_us - t.last_us >= 2592000000000
    GROUP BY r.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, (e.time_us - e.before_us) // 86400000000 AS silent_days, e.before_us AS before_us,
    CASE WHEN s.event_id IS NULL THEN 'found' ELSE 'unknown' END AS verdict,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id,
    e.stream AS stream
FROM revived AS e LEFT JOIN silences AS s ON s.event_id = e.event_id
ORDER BY time_us, event_id
