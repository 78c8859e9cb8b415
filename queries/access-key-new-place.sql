/*
question = "Was an access key, signed link or other credential used from a network where it had never been used before?"
meaning  = """The first successful use of each credential from each network (/24 of IPv4, /64 of IPv6) that it had not been used from before in all the evidence;
`new_client` says whether the client program was new to it too."""
limits   = """A runner of a build system, a telephone or a cloud function has a new network every day: compare `new_client` and what was done. What a credential was
used for before the evidence begins is not known: a finding is exact only where the two weeks before the window are covered too. Services that act for somebody state no address."""
attack   = ["T1552.001", "T1078.004", "T1528"]
needs    = [ { actions = ["object.read", "config.change"], fields = ["credential_id"], lookback = "14d" } ]
steps    = ["pairs", "firsts", "clients"]
[parameters]
token = "credential id; * is a wildcard"
*/
WITH pairs AS (
    SELECT e.credential_id AS credential_id, e.src_ip AS src_ip, e.network AS network, split_part(e.user_agent, '/', 1) AS client, MIN(e.time_us) AS first_us
    FROM events AS e
    WHERE e.credential_id IS NOT NULL AND e.src_ip IS NOT NULL AND e.outcome = 'success' AND e.time_us < $to_us AND e.action NOT IN ('sign_in', 'sign_out', 'token.issue')
        AND ($token IS NULL OR lower(e.credential_id) LIKE $token ESCAPE '\')
    GROUP BY e.credential_id, e.src_ip, e.network, split_part(e.user_agent, '/', 1)
),
starts AS (SELECT p.credential_id AS credential_id, MIN(p.first_us) AS first_us FROM pairs AS p WHERE p.network IS NOT NULL GROUP BY p.credential_id),
networks AS (
    SELECT p.credential_id AS credential_id, p.network AS network, MIN(p.first_us) AS first_us FROM pairs AS p WHERE p.network IS NOT NULL
    GROUP BY p.credential_id, p.network
),
clients AS (SELECT p.credential_id AS credential_id, p.client AS client, MIN(p.first_us) AS first_us FROM pairs AS p GROUP BY p.credential_id, p.client),
fresh AS (
    SELECT n.credential_id AS credential_id, n.network AS network, n.first_us AS first_us FROM networks AS n JOIN starts AS b ON b.credential_id = n.credential_id
    WHERE n.first_us >= $from_us AND n.first_us - b.first_us >= 1000000
),
firsts AS (
    SELECT f.credential_id AS credential_id, f.network AS network, MIN(e.event_id) AS event_id FROM fresh AS f
    JOIN events AS e ON e.credential_id = f.credential_id AND e.time_us = f.first_us
    WHERE e.network = f.network AND e.outcome = 'success' AND e.action NOT IN ('sign_in', 'sign_out', 'token.issue')
    GROUP BY f.credential_id, f.network
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.credential_id AS credential_id, e.network AS network, e.src_ip AS src_ip, e.country AS country,
    e.user_agent AS user_agent, CASE WHEN c.first_us < e.time_us - 1000000 THEN 'no' ELSE 'yes' END AS new_client, e.actor AS actor, e.actor_id AS actor_id,
    e.action AS action, e.object AS object, e.issued_time AS issued_time, e.session_id AS session_id, e.stream AS stream
FROM events AS e JOIN firsts AS f ON f.event_id = e.event_id
LEFT JOIN clients AS c ON c.credential_id = e.credential_id AND c.client = split_part(e.user_agent, '/', 1)
ORDER BY time_us, event_id
