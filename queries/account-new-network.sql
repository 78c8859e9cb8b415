/*
question = "From which networks was this account used for the first time?"
meaning  = """The first successful sign-in from each network (/24 of IPv4, /64 of IPv6) that the account had never used before in all the evidence. Where the log
states the autonomous system, another network of a system that the account knows is left out: providers hand out their addresses anew."""
limits   = """New is not hostile: journeys, other providers and a new exit of the user's own VPN are here too. First means first in the evidence (exact only where the two
weeks before the window are covered too), and the account's first network is the baseline. A proxy beside the user's home is no new network."""
attack   = ["T1078", "T1078.004"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["src_ip", "outcome"], lookback = "14d" } ]
steps    = ["firsts"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH sign_ins AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.network AS network,
        e.asn AS asn, e.country AS country, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id,
        e.token_id AS token_id, e.stream AS stream, coalesce(e.actor_id, lower(e.actor)) AS who
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.src_ip IS NOT NULL AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
starts AS (SELECT s.who AS who, MIN(s.time_us) AS first_us FROM sign_ins AS s GROUP BY s.who),
networks AS (SELECT s.who AS who, s.network AS network, MIN(s.time_us) AS first_us FROM sign_ins AS s WHERE s.network IS NOT NULL GROUP BY s.who, s.network),
systems AS (SELECT s.who AS who, s.asn AS asn, MIN(s.time_us) AS first_us FROM sign_ins AS s WHERE s.asn IS NOT NULL GROUP BY s.who, s.asn),
fresh AS (
    SELECT n.who AS who, n.network AS network, n.first_us AS first_us FROM networks AS n JOIN starts AS b ON b.who = n.who
    WHERE n.first_us >= $from_us AND n.first_us - b.first_us >= 1000000
),
firsts AS (
    SELECT s.who AS who, s.network AS network, MIN(s.event_id) AS event_id FROM sign_ins AS s
    JOIN fresh AS f ON f.who = s.who AND f.network = s.network AND f.first_us = s.time_us
    LEFT JOIN systems AS y ON y.who = s.who AND y.asn = s.asn
    WHERE y.who IS NULL OR y.first_us >= s.time_us - 1000000
    GROUP BY s.who, s.network
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.network AS network, e.src_ip AS src_ip, e.asn AS asn,
    e.country AS country, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM sign_ins AS e JOIN firsts AS f ON f.event_id = e.event_id
ORDER BY time_us, event_id
