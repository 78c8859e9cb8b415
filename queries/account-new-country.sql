/*
question = "From which countries was this account used for the first time?"
meaning  = """The first successful sign-in from each country that the account had never signed in from before in all the evidence: by the case's own database of
places (`geo` in case.toml) if there is one, else by the country that the log itself states."""
limits   = """The country is that of the address: a VPN, a proxy or a roaming telephone shows another one than where the person is, and an intruder may choose it.
First means first in the evidence; it is exact only where the two weeks before the window are covered too. Without a database, logs that state no country cannot answer."""
attack   = ["T1078", "T1078.004"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["country", "outcome"], lookback = "14d" } ]
steps    = ["firsts"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH sign_ins AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
        coalesce(p.country, e.country) AS country, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id,
        e.token_id AS token_id, e.stream AS stream, coalesce(e.actor_id, lower(e.actor)) AS who
    FROM events AS e LEFT JOIN places AS p ON p.src_ip = e.src_ip
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
countries AS (
    SELECT s.who AS who, s.country AS country, MIN(s.time_us) AS first_us FROM sign_ins AS s WHERE s.country IS NOT NULL GROUP BY s.who, s.country
),
starts AS (SELECT c.who AS who, MIN(c.first_us) AS first_us FROM countries AS c GROUP BY c.who),
firsts AS (
    SELECT s.who AS who, s.country AS country, MIN(s.event_id) AS event_id FROM sign_ins AS s
    JOIN countries AS c ON c.who = s.who AND c.country = s.country AND c.first_us = s.time_us
    JOIN starts AS b ON b.who = s.who AND s.time_us - b.first_us >= 1000000
    WHERE s.time_us >= $from_us
    GROUP BY s.who, s.country
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.country AS country, e.src_ip AS src_ip,
    e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM sign_ins AS e JOIN firsts AS f ON f.event_id = e.event_id
ORDER BY time_us, event_id
