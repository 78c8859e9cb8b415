/*
question = "Which sign-ins could the reads of this object belong to, where their records name no session?"
meaning  = """One row for each sign-in or token of the day before such a read that fits it: `fit` is account, address and program; account and address; account;
or address (where the record names no account). `reads` counts the reads that it fits, `rivals` the other sessions that fit its best read no worse. It is a
finding only if all three agree and nobody else's session does; the others are competing candidates (verdict unknown)."""
limits   = """Circumstantial: an address can be shared, a program is what the client claims to be. A token may live longer than a day, and one that was stolen
was issued to its victim."""
attack   = ["T1530", "T1078.004", "T1550.001"]
needs    = [ { actions = ["object.read"], object = "$object", actor = "$actor" }, { actions = ["sign_in"], actor = "$actor", lookback = "1d" } ]
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
kinds AS (
    -- many reads of one client on one day are one kind: each sign-in is compared once
    SELECT b.who AS who, b.src_ip AS src_ip, b.user_agent AS user_agent, b.time_us - b.time_us % 86400000000 AS day_us, MIN(b.time_us) AS first_us,
        MAX(b.time_us) AS last_us, COUNT(*) AS reads, MIN(b.event_id) AS read_event
    FROM bare AS b GROUP BY b.who, b.src_ip, b.user_agent, b.time_us - b.time_us % 86400000000
),
sign_ins AS (
    SELECT s.event_id AS event_id, s.time_us AS time_us, coalesce(s.actor_id, lower(s.actor)) AS who, s.src_ip AS src_ip, s.user_agent AS user_agent,
        coalesce(s.session_id, s.token_id, s.event_id) AS session
    FROM events AS s
    WHERE s.action IN ('sign_in', 'token.issue') AND coalesce(s.outcome, 'unknown') <> 'failure' AND s.time_us < $to_us
        AND s.time_us >= $from_us - 86400000000
),
ties AS (
    SELECT s.event_id AS event_id, s.session AS session, k.read_event AS read_event, k.reads AS reads, k.who AS who, k.src_ip AS src_ip, k.user_agent AS user_agent,
        k.day_us AS day_us, CASE WHEN s.src_ip = k.src_ip AND s.user_agent = k.user_agent THEN 3 WHEN s.src_ip = k.src_ip THEN 2 ELSE 1 END AS fit
    FROM kinds AS k JOIN sign_ins AS s ON s.who = k.who
    WHERE s.time_us <= k.last_us AND s.time_us > k.first_us - 86400000000
    UNION ALL
    SELECT s.event_id AS event_id, s.session AS session, k.read_event AS read_event, k.reads AS reads, k.who AS who, k.src_ip AS src_ip, k.user_agent AS user_agent,
        k.day_us AS day_us, 0 AS fit
    FROM kinds AS k JOIN sign_ins AS s ON s.src_ip = k.src_ip
    WHERE k.who IS NULL AND s.time_us <= k.last_us AND s.time_us > k.first_us - 86400000000
),
best AS (
    SELECT t.event_id AS event_id, t.session AS session, t.read_event AS read_event, t.fit AS fit, SUM(t.reads) OVER sign_in AS reads,
        ROW_NUMBER() OVER (PARTITION BY t.event_id ORDER BY t.fit DESC, t.day_us, t.read_event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM ties AS t
    WINDOW sign_in AS (PARTITION BY t.event_id ORDER BY t.day_us, t.read_event ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
others AS (
    SELECT b.event_id AS event_id, COUNT(DISTINCT t.session) AS rivals
    FROM best AS b JOIN ties AS t ON t.read_event = b.read_event
    WHERE b.place = 1 AND t.fit >= b.fit AND t.session <> b.session GROUP BY b.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id,
    CASE b.fit WHEN 3 THEN 'account, address and program' WHEN 2 THEN 'account and address' WHEN 1 THEN 'account' ELSE 'address' END AS fit,
    CASE WHEN b.fit = 3 AND o.rivals IS NULL THEN 'found' ELSE 'unknown' END AS verdict, coalesce(o.rivals, 0) AS rivals, CAST(b.reads AS BIGINT) AS reads,
    b.read_event AS read_event, e.session_id AS session_id, e.token_id AS token_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id,
    e.app AS app, e.stream AS stream
FROM best AS b JOIN events AS e ON e.event_id = b.event_id LEFT JOIN others AS o ON o.event_id = b.event_id
WHERE b.place = 1 AND e.time_us >= $from_us
ORDER BY time_us, event_id
