/*
question = "Who read this object, in which session, with which token, and how much of it?"
meaning  = """One row for each successful read or download. `amount` compares the bytes sent with the size of the object as any log states it: full,
partial or unknown; `bytes_together` adds up what the same reader and credential took of the object, for downloads in parts. One request in two logs is
one row: `stream_too` and `event_too` are the other record. `who_grade` says how the read is tied to a session: stated by the record; else, if an object or an
account is asked about, by the sign-ins of the day before: probable (one session of this account from this address with this program), possible (several,
`candidates`, or by less: artefact-read-candidates lists them), none."""
limits   = """A read by an account is not a read by its owner. A server-side copy is a read too: see artefact-path. Sizes that changed over time make
the amount unknown. Storage logs of Azure name no session: what is tied to a sign-in by address, program and time is circumstantial."""
attack   = ["T1530", "T1213", "T1039"]
needs    = [ { actions = ["object.read"], object = "$object", actor = "$actor" } ]
steps    = ["requests", "twins", "sizes", "sums", "tied"]
[parameters]
object = "object name; * is a wildcard"
actor = "account name or id; * is a wildcard"
*/
WITH reads AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.object AS object,
        e.bytes AS bytes, e.object_size AS object_size, e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id,
        e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id,
        e.issued_time AS issued_time, e.zone AS zone, e.stream AS stream, e.source AS source, e.request_id AS request_id
    FROM events AS e
    WHERE e.action = 'object.read' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
requests AS (
    -- CloudTrail and the access log of a bucket tell one request twice, each with what the other lacks
    SELECT r.object AS object, r.request_id AS request_id, MAX(r.bytes) AS bytes, MAX(r.object_size) AS object_size, MAX(r.session_id) AS session_id,
        MAX(r.token_id) AS token_id, MAX(r.credential_id) AS credential_id, MAX(r.issued_time) AS issued_time
    FROM reads AS r WHERE r.object LIKE 's3://%' AND r.request_id IS NOT NULL
    GROUP BY r.object, r.request_id HAVING MIN(r.source) <> MAX(r.source)
),
twins AS (
    SELECT r.event_id AS event_id, q.bytes AS bytes, q.object_size AS object_size, q.session_id AS session_id, q.token_id AS token_id,
        q.credential_id AS credential_id, q.issued_time AS issued_time, LEAD(r.stream) OVER request AS stream_too, LEAD(r.event_id) OVER request AS event_too,
        ROW_NUMBER() OVER (PARTITION BY r.object, r.request_id ORDER BY r.time_us, r.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM reads AS r JOIN requests AS q ON q.object = r.object AND q.request_id = r.request_id
    WINDOW request AS (PARTITION BY r.object, r.request_id ORDER BY r.time_us, r.event_id)
),
told AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.object AS object,
        coalesce(e.bytes, t.bytes) AS bytes, coalesce(e.object_size, t.object_size) AS object_size, e.src_ip AS src_ip, e.user_agent AS user_agent,
        e.device_id AS device_id, e.app AS app, coalesce(e.session_id, t.session_id) AS session_id, coalesce(e.token_id, t.token_id) AS token_id,
        coalesce(e.credential_id, t.credential_id) AS credential_id, coalesce(e.issued_time, t.issued_time) AS issued_time, e.zone AS zone,
        e.stream AS stream, t.stream_too AS stream_too, t.event_too AS event_too
    FROM reads AS e LEFT JOIN twins AS t ON t.event_id = e.event_id
    WHERE coalesce(t.place, 1) = 1
),
sizes AS (
    SELECT e.object AS object, MIN(e.object_size) AS size
    FROM events AS e
    WHERE e.object_size IS NOT NULL AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
    GROUP BY e.object HAVING MIN(e.object_size) = MAX(e.object_size)
),
sums AS (
    SELECT t.object AS object, coalesce(t.actor, '') AS actor, coalesce(t.actor_id, '') AS actor_id, coalesce(t.credential_id, '') AS credential_id,
        coalesce(t.token_id, '') AS token_id, SUM(t.bytes) AS bytes
    FROM told AS t GROUP BY t.object, coalesce(t.actor, ''), coalesce(t.actor_id, ''), coalesce(t.credential_id, ''), coalesce(t.token_id, '')
),
bare AS (
    -- reads whose record names no session: Azure Storage logs have none
    SELECT t.event_id AS event_id, t.time_us AS time_us, coalesce(t.actor_id, lower(t.actor)) AS who, t.src_ip AS src_ip, t.user_agent AS user_agent
    FROM told AS t WHERE t.session_id IS NULL AND t.token_id IS NULL AND ($object IS NOT NULL OR $actor IS NOT NULL)
),
ties AS (
    SELECT b.event_id AS event_id, coalesce(s.session_id, s.token_id, s.event_id) AS session,
        MAX(CASE WHEN s.src_ip = b.src_ip AND s.user_agent = b.user_agent THEN 3 WHEN s.src_ip = b.src_ip THEN 2 ELSE 1 END) AS fit
    FROM bare AS b JOIN events AS s ON coalesce(s.actor_id, lower(s.actor)) = b.who
    WHERE s.action IN ('sign_in', 'token.issue') AND coalesce(s.outcome, 'unknown') <> 'failure' AND s.time_us <= b.time_us AND s.time_us > b.time_us - 86400000000
    GROUP BY b.event_id, coalesce(s.session_id, s.token_id, s.event_id)
    UNION ALL
    -- where it names no account either, whoever signed in from the same address
    SELECT b.event_id AS event_id, coalesce(s.session_id, s.token_id, s.event_id) AS session, 1 AS fit
    FROM bare AS b JOIN events AS s ON s.src_ip = b.src_ip
    WHERE b.who IS NULL AND s.action IN ('sign_in', 'token.issue') AND coalesce(s.outcome, 'unknown') <> 'failure' AND s.time_us <= b.time_us
        AND s.time_us > b.time_us - 86400000000
    GROUP BY b.event_id, coalesce(s.session_id, s.token_id, s.event_id)
),
tied AS (
    SELECT t.event_id AS event_id, COUNT(*) AS candidates, SUM(CASE WHEN t.fit = 3 THEN 1 ELSE 0 END) AS close, MAX(CASE WHEN t.fit = 3 THEN t.session END) AS session
    FROM ties AS t GROUP BY t.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.object AS object, e.bytes AS bytes,
    coalesce(e.object_size, z.size) AS object_size,
    CASE WHEN e.bytes IS NULL OR coalesce(e.object_size, z.size) IS NULL THEN 'unknown' WHEN e.bytes >= coalesce(e.object_size, z.size) THEN 'full'
        ELSE 'partial' END AS amount,
    CAST(s.bytes AS BIGINT) AS bytes_together,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.issued_time AS issued_time, e.zone AS zone, e.stream AS stream,
    CASE WHEN e.session_id IS NOT NULL OR e.token_id IS NOT NULL THEN 'stated' WHEN $object IS NULL AND $actor IS NULL THEN NULL WHEN c.candidates IS NULL THEN 'none'
        WHEN c.close = 1 THEN 'probable' ELSE 'possible' END AS who_grade,
    coalesce(c.candidates, 0) AS candidates, CASE WHEN c.close = 1 THEN c.session END AS likely_session, e.stream_too AS stream_too, e.event_too AS event_too
FROM told AS e LEFT JOIN sizes AS z ON z.object = e.object
LEFT JOIN sums AS s ON s.object = e.object AND s.actor = coalesce(e.actor, '') AND s.actor_id = coalesce(e.actor_id, '')
    AND s.credential_id = coalesce(e.credential_id, '') AND s.token_id = coalesce(e.token_id, '')
LEFT JOIN tied AS c ON c.event_id = e.event_id
ORDER BY time_us, event_id
