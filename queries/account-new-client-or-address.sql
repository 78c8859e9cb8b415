/*
question = "From which addresses, clients and devices was this account used for the first time?"
meaning  = """The successful sign-ins that show an address, a user agent or a device for the first time for this account in all the evidence
(the account's first sign-in is the baseline). `new_address`, `new_client` and `new_device` say which."""
limits   = """New is not hostile: updates, journeys and new phones are here too. First means first in the evidence; it is exact only where the
two weeks before the window are covered too."""
attack   = ["T1078"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["src_ip", "user_agent", "outcome"], lookback = "14d" } ]
steps    = ["starts", "addresses", "clients", "devices"]
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
devices AS (
    SELECT s.who AS who, s.device_id AS device_id, MIN(s.time_us) AS first_us FROM sign_ins AS s
    WHERE s.device_id IS NOT NULL AND s.device_id <> '' GROUP BY s.who, s.device_id
),
judged AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
        e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id,
        e.stream AS stream,
        CASE WHEN a.who IS NULL THEN 'no' ELSE 'yes' END AS new_address, CASE WHEN c.who IS NULL THEN 'no' ELSE 'yes' END AS new_client,
        CASE WHEN d.who IS NULL THEN 'no' ELSE 'yes' END AS new_device
    FROM sign_ins AS e JOIN starts AS b ON b.who = e.who AND e.time_us - b.first_us >= 1000000
    LEFT JOIN addresses AS a ON a.who = e.who AND a.src_ip = e.src_ip AND a.first_us = e.time_us
    LEFT JOIN clients AS c ON c.who = e.who AND c.user_agent = e.user_agent AND c.first_us = e.time_us
    LEFT JOIN devices AS d ON d.who = e.who AND d.device_id = e.device_id AND d.first_us = e.time_us
    WHERE e.time_us >= $from_us
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
    e.user_agent AS user_agent, e.device_id AS device_id, e.new_address AS new_address, e.new_client AS new_client, e.new_device AS new_device,
    e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM judged AS e
WHERE e.new_address = 'yes' OR e.new_client = 'yes' OR e.new_device = 'yes'
ORDER BY time_us, event_id
