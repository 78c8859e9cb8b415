/*
question = "Was this account used from two addresses in turn within minutes, by different clients?"
meaning  = """One row for each successful sign-in that returns to an address and client within ten minutes after a sign-in from another address with another
client: A, B, A. No map is needed; a journey goes one way."""
limits   = """A phone on mobile data beside a laptop in the office looks the same; compare `between_ip` with known networks."""
attack   = ["T1078", "T1550.004"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["src_ip", "user_agent", "outcome"], lookback = "10m" } ]
steps    = ["returns"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH sign_ins AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
        LAG(e.src_ip, 1) OVER turn AS between_ip, LAG(e.user_agent, 1) OVER turn AS between_user_agent, LAG(e.time_us, 1) OVER turn AS between_us,
        LAG(e.src_ip, 2) OVER turn AS before_ip, LAG(e.time_us, 2) OVER turn AS before_us
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.src_ip IS NOT NULL AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
    WINDOW turn AS (PARTITION BY coalesce(e.actor_id, lower(e.actor)) ORDER BY e.time_us, e.event_id)
),
returns AS (
    SELECT s.event_id AS event_id, s.between_ip AS between_ip, s.between_user_agent AS between_user_agent, s.between_us AS between_us, s.before_us AS before_us
    FROM sign_ins AS s
    WHERE s.time_us >= $from_us AND s.before_ip = s.src_ip AND s.between_ip <> s.src_ip AND s.between_user_agent <> s.user_agent
        AND s.time_us - s.before_us < 600000000
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
    e.user_agent AS user_agent, r.between_ip AS between_ip, r.between_user_agent AS between_user_agent, r.between_us AS between_us,
    r.before_us AS before_us, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM returns AS r JOIN events AS e ON e.event_id = r.event_id
ORDER BY time_us, event_id
