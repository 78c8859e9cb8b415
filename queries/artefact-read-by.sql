/*
question = "Who read this object, in which session, with which token, and how much of it?"
meaning  = """One row for each successful read or download. `amount` compares the bytes sent with the size of the object as any log states it: full,
partial or unknown; `bytes_together` adds up what the same reader and credential took of the object, for downloads in parts."""
limits   = """A read by an account is not a read by its owner. A server-side copy is a read too: see artefact-path. Sizes that changed over time make
the amount unknown."""
attack   = ["T1530", "T1213", "T1039"]
needs    = [ { actions = ["object.read"], object = "$object", actor = "$actor" } ]
[parameters]
object = "object name; * is a wildcard"
actor = "account name or id; * is a wildcard"
*/
WITH reads AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.object AS object,
        e.bytes AS bytes, e.object_size AS object_size, e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id,
        e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id,
        e.issued_time AS issued_time, e.zone AS zone, e.stream AS stream
    FROM events AS e
    WHERE e.action = 'object.read' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
sizes AS (
    SELECT e.object AS object, MIN(e.object_size) AS size
    FROM events AS e
    WHERE e.object_size IS NOT NULL AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
    GROUP BY e.object HAVING MIN(e.object_size) = MAX(e.object_size)
),
sized AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.object AS object,
        e.bytes AS bytes, e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app,
        e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.issued_time AS issued_time,
        e.zone AS zone, e.stream AS stream,
        coalesce(e.object_size, s.size) AS object_size,
        SUM(e.bytes) OVER (PARTITION BY e.object, e.actor, e.actor_id, e.credential_id, e.token_id ORDER BY e.time_us, e.event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS bytes_together
    FROM reads AS e LEFT JOIN sizes AS s ON s.object = e.object
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.object AS object, e.bytes AS bytes,
    e.object_size AS object_size,
    CASE WHEN e.bytes IS NULL OR e.object_size IS NULL THEN 'unknown' WHEN e.bytes >= e.object_size THEN 'full' ELSE 'partial' END AS amount,
    CAST(e.bytes_together AS BIGINT) AS bytes_together,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.issued_time AS issued_time, e.zone AS zone, e.stream AS stream
FROM sized AS e
ORDER BY time_us, event_id
