/*
question = "Did an application open this mailbox that had never opened it before?"
meaning  = """The first successful access of each client application to each mailbox, measured by the mailbox's own history and not by a list of known ids. It is `found` if
the history before it reaches back at least a day, else a candidate. `uses` is how often it opened the mailbox in the window, `elsewhere` in how many
other mailboxes it was seen before."""
limits   = """A new telephone, a new program and an update of the tenant's own tools are new too: an app that is at home in many other mailboxes says less. Records that
name no application are not judged. New is exact only where the two weeks before the window are covered too."""
attack   = ["T1114.002", "T1528", "T1550.001"]
needs    = [ { actions = ["mail.read"], mailbox = "$mailbox", fields = ["app_id"], lookback = "14d" } ]
[parameters]
mailbox = "mailbox name or id; * is a wildcard"
*/
WITH reads AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, lower(e.mailbox) AS mailbox, lower(e.app_id) AS app_id
    FROM events AS e
    WHERE e.action = 'mail.read' AND e.outcome = 'success' AND e.mailbox IS NOT NULL AND e.app_id IS NOT NULL AND e.time_us < $to_us
),
pairs AS (
    SELECT r.mailbox AS mailbox, r.app_id AS app_id, MIN(r.time_us) AS first_us, SUM(CASE WHEN r.time_us >= $from_us THEN 1 ELSE 0 END) AS number FROM reads AS r
    GROUP BY r.mailbox, r.app_id
),
starts AS (SELECT p.mailbox AS mailbox, MIN(p.first_us) AS first_us FROM pairs AS p GROUP BY p.mailbox),
fresh AS (
    SELECT p.mailbox AS mailbox, p.app_id AS app_id, p.first_us AS first_us, p.number AS number, p.first_us - b.first_us AS history_us
    FROM pairs AS p JOIN starts AS b ON b.mailbox = p.mailbox
    WHERE p.first_us >= $from_us AND p.first_us - b.first_us >= 1000000 AND ($mailbox IS NULL OR p.mailbox LIKE $mailbox ESCAPE '\')
),
others AS (
    SELECT f.mailbox AS mailbox, f.app_id AS app_id, COUNT(p.mailbox) AS number FROM fresh AS f
    LEFT JOIN pairs AS p ON p.app_id = f.app_id AND p.mailbox <> f.mailbox AND p.first_us < f.first_us
    GROUP BY f.mailbox, f.app_id
),
firsts AS (
    SELECT f.mailbox AS mailbox, f.app_id AS app_id, MIN(r.event_id) AS event_id FROM fresh AS f
    JOIN reads AS r ON r.mailbox = f.mailbox AND r.app_id = f.app_id AND r.time_us = f.first_us
    GROUP BY f.mailbox, f.app_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.mailbox AS mailbox, e.app_id AS app_id, e.app AS app,
    CASE WHEN f.history_us >= 86400000000 THEN 'found' ELSE 'unknown' END AS verdict, CAST(f.number AS BIGINT) AS uses, o.number AS elsewhere, e.actor AS actor,
    e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.issued_time AS issued_time,
    e.stream AS stream
FROM events AS e JOIN firsts AS n ON n.event_id = e.event_id JOIN fresh AS f ON f.mailbox = n.mailbox AND f.app_id = n.app_id
JOIN others AS o ON o.mailbox = n.mailbox AND o.app_id = n.app_id
ORDER BY time_us, event_id
