/*
question = "Was this account used from an address and with a client that were both new to it?"
meaning  = """The first successful sign-in from an address and with a user agent neither of which the account ever used before, and from then on each
successful sign-in from that address (or with that client from an address that was new after it). One alone, a journey or an updated browser, is
no finding; nor is a spray without a success, nor the first sign-in in the evidence. A new address whose log states no user agent is a candidate."""
limits   = """A new laptop at a new place looks the same. An intruder behind the user's own network, or with a copied user agent, is not found.
New is what the evidence did not show before: unless the two weeks before the window are covered too, a finding is new only to what was covered
(found_incomplete), and an account whose first sign-ins are those of the intruder is not cleared (unknown)."""
attack   = ["T1078", "T1078.004", "T1550.004"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["src_ip", "user_agent", "outcome"], lookback = "14d" } ]
steps    = ["judged"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH sign_ins AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.actor_type AS actor_type,
        e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.app_id AS app_id,
        e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream,
        coalesce(e.actor_id, lower(e.actor)) AS who
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
pairs AS (
    SELECT s.who AS who, s.src_ip AS src_ip, s.user_agent AS user_agent, MIN(s.time_us) AS first_us FROM sign_ins AS s
    GROUP BY s.who, s.src_ip, s.user_agent
),
starts AS (SELECT p.who AS who, MIN(p.first_us) AS first_us FROM pairs AS p GROUP BY p.who),
addresses AS (SELECT p.who AS who, p.src_ip AS src_ip, MIN(p.first_us) AS first_us FROM pairs AS p WHERE p.src_ip IS NOT NULL GROUP BY p.who, p.src_ip),
clients AS (SELECT p.who AS who, p.user_agent AS user_agent, MIN(p.first_us) AS first_us FROM pairs AS p WHERE p.user_agent IS NOT NULL GROUP BY p.who, p.user_agent),
-- logs that cut a time to whole seconds may show the same sign-in up to a second earlier
intrusions AS (
    SELECT p.who AS who, p.src_ip AS src_ip, p.user_agent AS user_agent, p.first_us AS first_us
    FROM pairs AS p JOIN starts AS b ON b.who = p.who JOIN addresses AS a ON a.who = p.who AND a.src_ip = p.src_ip
    JOIN clients AS c ON c.who = p.who AND c.user_agent = p.user_agent
    WHERE p.first_us - a.first_us < 1000000 AND p.first_us - c.first_us < 1000000 AND a.first_us - b.first_us >= 1000000
        AND c.first_us - b.first_us >= 1000000
),
marked AS (
    SELECT s.event_id AS event_id, 0 AS doubt FROM sign_ins AS s JOIN intrusions AS i ON i.who = s.who AND i.src_ip = s.src_ip
    WHERE s.time_us > i.first_us - 1000000
    UNION ALL
    SELECT s.event_id AS event_id, 0 AS doubt FROM sign_ins AS s JOIN intrusions AS i ON i.who = s.who AND i.user_agent = s.user_agent
    JOIN addresses AS a ON a.who = s.who AND a.src_ip = s.src_ip
    WHERE a.first_us >= i.first_us
    UNION ALL
    SELECT s.event_id AS event_id, 1 AS doubt FROM sign_ins AS s JOIN starts AS b ON b.who = s.who
    JOIN addresses AS a ON a.who = s.who AND a.src_ip = s.src_ip
    LEFT JOIN sign_ins AS t ON t.token_id = s.token_id AND t.user_agent IS NOT NULL
    LEFT JOIN clients AS c ON c.who = s.who AND c.first_us < s.time_us + 1000000 AND c.first_us > s.time_us - 1000000
    WHERE s.user_agent IS NULL AND s.time_us = a.first_us AND a.first_us - b.first_us >= 1000000 AND coalesce(s.actor_type, 'user') = 'user'
        AND t.event_id IS NULL AND c.who IS NULL
),
judged AS (SELECT m.event_id AS event_id, MIN(m.doubt) AS doubt FROM marked AS m GROUP BY m.event_id)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
    e.user_agent AS user_agent,
    CASE j.doubt WHEN 0 THEN 'found' ELSE 'unknown' END AS verdict, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM sign_ins AS e JOIN judged AS j ON j.event_id = e.event_id
WHERE e.time_us >= $from_us
ORDER BY time_us, event_id
