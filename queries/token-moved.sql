/*
question = "Was a session, token or temporary key shown by a second device, or from two networks in turn?"
meaning  = """One row for each successful use of a session, token or temporary key by another device than the one that showed it first (`device`, found), and for each
that comes back within ten minutes to a network after a use from another one (`network`, a candidate): a journey goes one way, and a change of VPN does
not come back at once. Where client and address are both new to the account: see token-replayed, which needs neither device nor return."""
limits   = """Few logs state devices, and a thief may state the victim's. A telephone between mobile data and a wireless network goes back and forth too. Windows' logon
ids are left out: they are counted on each host anew."""
attack   = ["T1550.001", "T1550.004", "T1539"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["session_id", "outcome"], lookback = "14d" }, { actions = ["mail.read", "object.read", "token.use"], actor = "$actor", lookback = "14d" } ]
steps    = ["torn", "firsts", "signs"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH used AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.device_id AS device_id, e.src_ip AS src_ip, e.network AS network,
        coalesce(e.session_id, e.token_id, CASE WHEN lower(e.credential_id) LIKE 'asia%' THEN e.credential_id END) AS bond
    FROM events AS e
    WHERE e.outcome = 'success' AND e.time_us < $to_us AND e.source NOT LIKE 'windows.%' AND (e.device_id IS NOT NULL OR e.src_ip IS NOT NULL)
        AND (e.session_id IS NOT NULL OR e.token_id IS NOT NULL OR lower(e.credential_id) LIKE 'asia%') AND coalesce(e.actor_type, 'user') <> 'service'
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
torn AS (
    SELECT u.bond AS bond, MIN(u.device_id) AS device_id, CASE WHEN MIN(u.device_id) <> MAX(u.device_id) THEN 1 ELSE 0 END AS several
    FROM used AS u GROUP BY u.bond HAVING MIN(u.device_id) <> MAX(u.device_id) OR MIN(u.src_ip) <> MAX(u.src_ip)
),
firsts AS (
    SELECT f.bond AS bond, f.device_id AS device_id FROM (
        SELECT u.bond AS bond, u.device_id AS device_id,
            ROW_NUMBER() OVER (PARTITION BY u.bond ORDER BY u.time_us, u.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
        FROM used AS u JOIN torn AS t ON t.bond = u.bond WHERE t.several = 1 AND u.device_id IS NOT NULL
    ) AS f WHERE f.place = 1
),
turns AS (
    SELECT u.event_id AS event_id, u.bond AS bond, u.time_us AS time_us, u.device_id AS device_id, u.network AS network, t.device_id AS only_device_id,
        LAG(u.network, 1) OVER turn AS between_network, LAG(u.network, 2) OVER turn AS before_network, LAG(u.time_us, 2) OVER turn AS before_us
    FROM used AS u JOIN torn AS t ON t.bond = u.bond
    WINDOW turn AS (PARTITION BY u.bond ORDER BY u.time_us, u.event_id)
),
signs AS (
    SELECT t.event_id AS event_id, t.between_network AS between_network, coalesce(f.device_id, t.only_device_id) AS first_device_id,
        CASE WHEN f.device_id <> t.device_id THEN 'device' ELSE 'network' END AS sign
    FROM turns AS t LEFT JOIN firsts AS f ON f.bond = t.bond
    WHERE t.time_us >= $from_us AND (f.device_id <> t.device_id
        OR t.network = t.before_network AND t.network <> t.between_network AND t.time_us - t.before_us < 600000000)
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, s.sign AS sign,
    CASE s.sign WHEN 'device' THEN 'found' ELSE 'unknown' END AS verdict, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
    e.device_id AS device_id, s.first_device_id AS first_device_id, e.src_ip AS src_ip, e.network AS network, s.between_network AS between_network, e.country AS country,
    e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.app AS app, e.stream AS stream
FROM events AS e JOIN signs AS s ON s.event_id = e.event_id
ORDER BY time_us, event_id
