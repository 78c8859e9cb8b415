/*
question = "Did this account sign in outside of its own usual hours?"
meaning  = """One row for each successful sign-in of a person at an hour (UTC) at which, with the hours before and after it, the account was used on no more than one
in twenty of its days; weekends count apart. Only accounts with at least twenty days in the evidence have habits. `days_alike` of
`days` shows how unusual it is."""
limits   = """A journey, a night of work, a change of clocks (hours are UTC all year) are here too. An intruder in the same zone keeps the same hours. What reads mail
by itself in the night counts as the person if the log does not say otherwise."""
attack   = ["T1078"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["outcome"], lookback = "28d" } ]
steps    = ["slots", "habits", "near", "odd"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH sign_ins AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, coalesce(e.actor_id, lower(e.actor)) AS who,
        e.time_us // 86400000000 AS day, (e.time_us // 3600000000) % 24 AS hour,
        CASE WHEN (e.time_us // 86400000000 + 3) % 7 >= 5 THEN 1 ELSE 0 END AS weekend
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND coalesce(e.actor_type, 'user') = 'user' AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
slots AS (SELECT s.who AS who, s.weekend AS weekend, s.hour AS hour, s.day AS day FROM sign_ins AS s GROUP BY s.who, s.weekend, s.hour, s.day),
habits AS (SELECT s.who AS who, COUNT(DISTINCT s.day) AS days FROM slots AS s GROUP BY s.who HAVING COUNT(DISTINCT s.day) >= 20),
shifts AS (SELECT 23 AS shift UNION ALL SELECT 0 AS shift UNION ALL SELECT 1 AS shift),
near AS (
    SELECT s.who AS who, s.weekend AS weekend, (s.hour + h.shift) % 24 AS hour, COUNT(DISTINCT s.day) AS days
    FROM slots AS s JOIN habits AS b ON b.who = s.who CROSS JOIN shifts AS h
    GROUP BY s.who, s.weekend, (s.hour + h.shift) % 24
),
odd AS (
    SELECT s.event_id AS event_id, s.hour AS hour, n.days AS days_alike, b.days AS days
    FROM sign_ins AS s JOIN habits AS b ON b.who = s.who JOIN near AS n ON n.who = s.who AND n.weekend = s.weekend AND n.hour = s.hour
    WHERE s.time_us >= $from_us AND n.days * 20 <= b.days
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, o.hour AS hour, o.days_alike AS days_alike, o.days AS days,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM odd AS o JOIN events AS e ON e.event_id = o.event_id
ORDER BY time_us, event_id
