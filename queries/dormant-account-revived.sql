/*
question = "Was this account used again after a long silence?"
meaning  = """One row for each successful sign-in that follows the one before it by 60 days or more, with the length of the silence in whole days."""
limits   = """A silence in the evidence may be a gap of the log: see `timeline gaps`. The first sign-in in the evidence has no silence before it."""
attack   = ["T1078"]
needs    = [ { actions = ["sign_in"], actor = "$actor" } ]
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
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, (e.time_us - e.before_us) // 86400000000 AS silent_days, e.before_us AS before_us,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id,
    e.stream AS stream
FROM sign_ins AS e
WHERE e.time_us >= $from_us AND e.time_us - e.before_us >= 5184000000000
ORDER BY time_us, event_id
