/*
question = "Who read mail in this mailbox, with which client, session and token?"
meaning  = """One row for each successful read or synchronisation. `new_client` is yes where the client application (or, where none is stated, the user agent)
is seen on that mailbox for the first time, though others were seen before; `client_first_us` is that first time."""
limits   = """The log groups reads (two minutes), drops repetitions (an hour) and stops for a day after 1 000 reads: counts are lower bounds. A new
client is not hostile by itself; compare with token-used-without-issuance."""
attack   = ["T1114.002"]
needs    = [ { actions = ["mail.read"], mailbox = "$mailbox" } ]
[parameters]
mailbox = "mailbox name or id; * is a wildcard"
*/
WITH reads AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.mailbox AS mailbox, e.actor AS actor, e.actor_id AS actor_id,
        e.app AS app, e.app_id AS app_id, e.user_agent AS user_agent, e.src_ip AS src_ip, e.session_id AS session_id,
        e.token_id AS token_id, e.issued_time AS issued_time, e.object AS object, e.bytes AS bytes, e.stream AS stream,
        coalesce(e.app_id, e.user_agent, '') AS client
    FROM events AS e
    WHERE e.action = 'mail.read' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us AND ($mailbox IS NULL OR lower(e.mailbox) LIKE $mailbox ESCAPE '\')
),
firsts AS (SELECT r.mailbox AS mailbox, r.client AS client, MIN(r.time_us) AS first_us FROM reads AS r GROUP BY r.mailbox, r.client),
starts AS (SELECT f.mailbox AS mailbox, MIN(f.first_us) AS first_us FROM firsts AS f GROUP BY f.mailbox)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.mailbox AS mailbox, e.actor AS actor, e.actor_id AS actor_id, e.app AS app,
    e.app_id AS app_id, e.user_agent AS user_agent,
    CASE WHEN f.first_us = e.time_us AND s.first_us < e.time_us THEN 'yes' ELSE 'no' END AS new_client, f.first_us AS client_first_us,
    e.src_ip AS src_ip, e.session_id AS session_id, e.token_id AS token_id, e.issued_time AS issued_time, e.object AS object, e.bytes AS bytes,
    e.stream AS stream
FROM reads AS e LEFT JOIN firsts AS f ON f.mailbox = e.mailbox AND f.client = e.client LEFT JOIN starts AS s ON s.mailbox = e.mailbox
WHERE e.time_us >= $from_us
ORDER BY time_us, event_id
