/*
question = "Which sessions did this account have?"
meaning  = """One row for each session that a record of the account states: its first record, with the number of records, addresses and clients, and its end. What
happened in one of them: see session-trace. Windows counts its logon ids on each host anew, so there a session is of one host."""
limits   = """Many logs state no session. A session on several addresses may be a telephone between networks. A session that began before the evidence is here
with its first record in the window."""
attack   = ["T1078", "T1539", "T1550.004"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["session_id"] } ]
steps    = ["spans", "firsts"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH stated AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, e.session_id AS session_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
        CASE WHEN e.source LIKE 'windows.%' THEN e.stream ELSE '' END AS host
    FROM events AS e
    WHERE e.session_id IS NOT NULL AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
spans AS (
    SELECT s.session_id AS session_id, s.host AS host, MIN(s.time_us) AS first_us, MAX(s.time_us) AS last_us, COUNT(*) AS number, COUNT(DISTINCT s.src_ip) AS addresses,
        COUNT(DISTINCT s.user_agent) AS clients
    FROM stated AS s GROUP BY s.session_id, s.host
),
firsts AS (
    SELECT s.session_id AS session_id, s.host AS host, MIN(s.event_id) AS event_id FROM stated AS s
    JOIN spans AS n ON n.session_id = s.session_id AND n.host = s.host AND n.first_us = s.time_us
    GROUP BY s.session_id, s.host
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.session_id AS session_id, e.actor AS actor, e.actor_id AS actor_id, n.last_us AS last_us,
    n.number AS number, n.addresses AS addresses, n.clients AS clients, e.action AS action, e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id,
    e.app AS app, e.stream AS stream
FROM events AS e JOIN firsts AS f ON f.event_id = e.event_id JOIN spans AS n ON n.session_id = f.session_id AND n.host = f.host
ORDER BY time_us, event_id
