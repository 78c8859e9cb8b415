/*
question = "Which sign-ins could the reads of this object belong to, where their records name no session?"
meaning  = """One row for each sign-in or token of the day before such a read that fits it: `fit` is account, address and program; account and address; account;
or address (where the record names no account). `reads` counts the reads that it fits, `rivals` the other sessions that fit its best read no worse. It is a
finding only if all three agree and nobody else's session does; the others are competing candidates (verdict unknown)."""
limits   = """Circumstantial: an address can be shared, a program is what the client claims to be. A token may live longer than a day, and one that was stolen
was issued to its victim."""
attack   = ["T1530", "T1078.004", "T1550.001"]
needs    = [ { actions = ["object.read"], object = "$object", actor = "$actor" }, { actions = ["sign_in"], actor = "$actor", lookback = "1d" } ]
steps    = ["named", "people", "addresses", "programs", "kinds", "sign_ins", "best", "summed", "picked"]
[parameters]
object = "object name; * is a wildcard"
actor = "account name or id; * is a wildcard"
*/
WITH bare AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, coalesce(e.actor_id, lower(e.actor)) AS who, e.src_ip AS src_ip, e.user_agent AS user_agent
    FROM events AS e
    WHERE e.action = 'object.read' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND e.session_id IS NULL AND e.token_id IS NULL AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
named AS (
    -- many reads of one client on one day are one kind: each sign-in is compared once
    SELECT b.who AS who, b.src_ip AS src_ip, b.user_agent AS user_agent, b.time_us - b.time_us % 86400000000 AS day_us, MIN(b.time_us) AS first_us,
        MAX(b.time_us) AS last_us, COUNT(*) AS reads, MIN(b.event_id) AS read_event
    FROM bare AS b GROUP BY b.who, b.src_ip, b.user_agent, b.time_us - b.time_us % 86400000000
),
-- numbers in place of names: what follows compares millions of them
people AS (
    SELECT g.who AS who, ROW_NUMBER() OVER (ORDER BY g.read_event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS person
    FROM (SELECT n.who AS who, MIN(n.read_event) AS read_event FROM named AS n WHERE n.who IS NOT NULL GROUP BY n.who) AS g
),
addresses AS (
    SELECT g.src_ip AS src_ip, ROW_NUMBER() OVER (ORDER BY g.read_event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS address
    FROM (SELECT n.src_ip AS src_ip, MIN(n.read_event) AS read_event FROM named AS n WHERE n.src_ip IS NOT NULL GROUP BY n.src_ip) AS g
),
programs AS (
    SELECT g.user_agent AS user_agent, ROW_NUMBER() OVER (ORDER BY g.read_event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS program
    FROM (SELECT n.user_agent AS user_agent, MIN(n.read_event) AS read_event FROM named AS n WHERE n.user_agent IS NOT NULL GROUP BY n.user_agent) AS g
),
kinds AS (
    SELECT p.person AS person, a.address AS address, g.program AS program, n.day_us AS day_us, n.first_us AS first_us, n.last_us AS last_us, n.reads AS reads,
        n.read_event AS read_event, ROW_NUMBER() OVER (ORDER BY n.read_event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
    FROM named AS n LEFT JOIN people AS p ON p.who = n.who LEFT JOIN addresses AS a ON a.src_ip = n.src_ip LEFT JOIN programs AS g ON g.user_agent = n.user_agent
),
sign_ins AS (
    SELECT s.event_id AS event_id, s.time_us AS time_us, p.person AS person, a.address AS address, g.program AS program,
        coalesce(s.session_id, s.token_id, s.event_id) AS session, s.time_us - s.time_us % 86400000000 AS day_us
    FROM events AS s LEFT JOIN people AS p ON p.who = coalesce(s.actor_id, lower(s.actor)) LEFT JOIN addresses AS a ON a.src_ip = s.src_ip
    LEFT JOIN programs AS g ON g.user_agent = s.user_agent
    WHERE s.action IN ('sign_in', 'token.issue') AND coalesce(s.outcome, 'unknown') <> 'failure' AND s.time_us < $to_us
        AND s.time_us >= $from_us - 86400000000 AND (p.person IS NOT NULL OR a.address IS NOT NULL)
),
-- what was read within a day of a sign-in was read on its day or on the next
spread AS (
    SELECT k.run AS run, k.person AS person, k.address AS address, k.program AS program, k.first_us AS first_us, k.last_us AS last_us,
        k.day_us AS day_us, k.day_us AS signed_us
    FROM kinds AS k
    UNION ALL
    SELECT k.run AS run, k.person AS person, k.address AS address, k.program AS program, k.first_us AS first_us, k.last_us AS last_us,
        k.day_us AS day_us, k.day_us - 86400000000 AS signed_us
    FROM kinds AS k
),
fitted AS (
    SELECT s.event_id AS event_id, s.time_us AS time_us, s.person AS person, s.address AS address, s.day_us AS day_us, coalesce(k.run, n.run) AS run
    FROM sign_ins AS s
    LEFT JOIN kinds AS k ON k.person = s.person AND k.address = s.address AND k.program = s.program AND k.day_us = s.day_us AND k.last_us >= s.time_us
    LEFT JOIN kinds AS n ON n.person = s.person AND n.address = s.address AND n.program = s.program AND n.day_us = s.day_us + 86400000000
        AND n.first_us < s.time_us + 86400000000
),
ties AS (
    -- of a sign-in from elsewhere or by another program
    SELECT s.event_id AS event_id, k.run AS run, k.day_us AS day_us, s.time_us AS time_us, s.person AS person, s.address AS address,
        CASE WHEN s.address = k.address THEN 2 ELSE 1 END AS fit
    FROM fitted AS s JOIN spread AS k ON k.person = s.person AND k.signed_us = s.day_us
    WHERE s.run IS NULL AND s.time_us <= k.last_us AND s.time_us > k.first_us - 86400000000
    UNION ALL
    SELECT s.event_id AS event_id, k.run AS run, k.day_us AS day_us, s.time_us AS time_us, s.person AS person, s.address AS address, 0 AS fit
    FROM fitted AS s JOIN spread AS k ON k.address = s.address AND k.signed_us = s.day_us
    WHERE k.person IS NULL AND s.run IS NULL AND s.time_us <= k.last_us AND s.time_us > k.first_us - 86400000000
),
ranked AS (
    SELECT t.event_id AS event_id, t.run AS run, t.fit AS fit, t.time_us AS time_us, t.person AS person, t.address AS address,
        ROW_NUMBER() OVER (PARTITION BY t.event_id ORDER BY t.fit DESC, t.day_us, t.run ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM ties AS t
),
best AS (
    SELECT f.event_id AS event_id, f.run AS run, 3 AS fit, f.time_us AS time_us, f.person AS person, f.address AS address
    FROM fitted AS f WHERE f.run IS NOT NULL
    UNION ALL
    SELECT r.event_id AS event_id, r.run AS run, r.fit AS fit, r.time_us AS time_us, r.person AS person, r.address AS address
    FROM ranked AS r WHERE r.place = 1
),
chosen AS (
    SELECT b.run AS run, b.fit AS fit, k.person AS person, k.address AS address, k.program AS program, k.signed_us AS signed_us, k.first_us AS first_us,
        k.last_us AS last_us
    FROM (SELECT a.run AS run, a.fit AS fit FROM best AS a GROUP BY a.run, a.fit) AS b JOIN spread AS k ON k.run = b.run
),
sessions AS (
    -- all that fit a kind of read as well as the sign-ins that it fits best
    SELECT c.run AS run, c.fit AS fit, s.session AS session
    FROM chosen AS c JOIN sign_ins AS s ON s.person = c.person AND s.address = c.address AND s.program = c.program AND s.day_us = c.signed_us
    WHERE c.fit = 3 AND s.time_us <= c.last_us AND s.time_us > c.first_us - 86400000000
    UNION ALL
    SELECT c.run AS run, c.fit AS fit, s.session AS session
    FROM chosen AS c JOIN sign_ins AS s ON s.person = c.person AND s.address = c.address AND s.day_us = c.signed_us
    WHERE c.fit = 2 AND s.time_us <= c.last_us AND s.time_us > c.first_us - 86400000000
    UNION ALL
    SELECT c.run AS run, c.fit AS fit, s.session AS session
    FROM chosen AS c JOIN sign_ins AS s ON s.person = c.person AND s.day_us = c.signed_us
    WHERE c.fit = 1 AND s.time_us <= c.last_us AND s.time_us > c.first_us - 86400000000
    UNION ALL
    SELECT c.run AS run, c.fit AS fit, s.session AS session
    FROM chosen AS c JOIN sign_ins AS s ON s.address = c.address AND s.day_us = c.signed_us
    WHERE c.fit = 0 AND c.person IS NULL AND s.time_us <= c.last_us AND s.time_us > c.first_us - 86400000000
),
counted AS (
    SELECT s.run AS run, s.fit AS fit, COUNT(DISTINCT s.session) AS number FROM sessions AS s GROUP BY s.run, s.fit
),
moves AS (
    -- reads begin to count a day before the first of their kind, and cease to after the last; a sign-in comes before both. A track is a person or, less than zero, an address
    SELECT coalesce(k.person, -k.address) AS track, 2 * (k.first_us - 86400000000) + 1 AS moment, k.reads AS reads FROM kinds AS k
    UNION ALL
    SELECT coalesce(k.person, -k.address) AS track, 2 * k.last_us + 1 AS moment, -k.reads AS reads FROM kinds AS k
    UNION ALL
    SELECT s.person AS track, 2 * s.time_us AS moment, 0 AS reads FROM sign_ins AS s WHERE s.person IS NOT NULL
    UNION ALL
    SELECT -s.address AS track, 2 * s.time_us AS moment, 0 AS reads
    FROM sign_ins AS s JOIN (SELECT k.address AS address FROM kinds AS k WHERE k.person IS NULL GROUP BY k.address) AS a ON a.address = s.address
),
summed AS (
    SELECT n.track AS track, n.moment AS moment, SUM(n.reads) OVER (PARTITION BY n.track ORDER BY n.moment ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reads
    FROM (SELECT m.track AS track, m.moment AS moment, CAST(SUM(m.reads) AS BIGINT) AS reads FROM moves AS m WHERE m.track IS NOT NULL GROUP BY m.track, m.moment) AS n
),
picked AS (
    -- rivals are the sessions that fit as well, without its own
    SELECT b.event_id AS event_id, k.read_event AS read_event, b.fit AS fit, c.number - 1 AS rivals, coalesce(w.reads, 0) + coalesce(a.reads, 0) AS reads
    FROM best AS b JOIN counted AS c ON c.run = b.run AND c.fit = b.fit JOIN kinds AS k ON k.run = b.run
    LEFT JOIN summed AS w ON w.track = b.person AND w.moment = 2 * b.time_us
    LEFT JOIN summed AS a ON a.track = -b.address AND a.moment = 2 * b.time_us
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id,
    CASE b.fit WHEN 3 THEN 'account, address and program' WHEN 2 THEN 'account and address' WHEN 1 THEN 'account' ELSE 'address' END AS fit,
    CASE WHEN b.fit = 3 AND b.rivals = 0 THEN 'found' ELSE 'unknown' END AS verdict, CAST(b.rivals AS BIGINT) AS rivals, CAST(b.reads AS BIGINT) AS reads,
    b.read_event AS read_event, e.session_id AS session_id, e.token_id AS token_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id,
    e.app AS app, e.stream AS stream
FROM picked AS b JOIN events AS e ON e.event_id = b.event_id
WHERE e.time_us >= $from_us
ORDER BY time_us, event_id
