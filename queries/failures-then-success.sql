/*
question = "Did somebody get into this account after failing at it?"
meaning  = """One row for each successful sign-in that at least five failed attempts from the same address preceded within an hour, with their number."""
limits   = """A user who mistyped looks the same; slow or distributed guessing is not found here: see password-spray and account-compromised."""
attack   = ["T1110", "T1110.001", "T1621"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["src_ip", "outcome"], lookback = "1h" } ]
steps    = ["counted"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH tries AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
        e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.outcome AS outcome,
        e.outcome_detail AS outcome_detail, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream,
        coalesce(e.actor_id, lower(e.actor)) AS who
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome IN ('success', 'failure') AND e.src_ip IS NOT NULL AND e.time_us < $to_us
        AND e.time_us >= $from_us - 3600000000 AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
failures AS (SELECT t.who AS who, t.src_ip AS src_ip, t.time_us AS time_us FROM tries AS t WHERE t.outcome = 'failure'),
guessed AS (SELECT f.who AS who, f.src_ip AS src_ip FROM failures AS f GROUP BY f.who, f.src_ip HAVING COUNT(*) >= 5),
spread AS (
    -- a failure within the hour before a success was in the same hour of the clock or in the one before
    SELECT f.who AS who, f.src_ip AS src_ip, f.time_us AS time_us, f.time_us // 3600000000 AS hour FROM failures AS f
    UNION ALL
    SELECT f.who AS who, f.src_ip AS src_ip, f.time_us AS time_us, f.time_us // 3600000000 + 1 AS hour FROM failures AS f
),
counted AS (
    SELECT s.event_id AS event_id, COUNT(*) AS failures, MIN(f.time_us) AS first_failure_us
    FROM tries AS s JOIN guessed AS g ON g.who = s.who AND g.src_ip = s.src_ip
    JOIN spread AS f ON f.who = s.who AND f.src_ip = s.src_ip AND f.hour = s.time_us // 3600000000 AND f.time_us <= s.time_us
        AND f.time_us > s.time_us - 3600000000
    WHERE s.outcome = 'success' AND s.time_us >= $from_us
    GROUP BY s.event_id HAVING COUNT(*) >= 5
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
    e.user_agent AS user_agent, c.failures AS failures, c.first_failure_us AS first_failure_us,
    e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM tries AS e JOIN counted AS c ON c.event_id = e.event_id
ORDER BY time_us, event_id
