/*
question = "Was this object read as the source of a copy whose target is in none of our logs?"
meaning  = """One row for each request that a service recorded as the source side of a copy (CopyBlobSource, REST.COPY.OBJECT_GET), while no log of the case
has its target: a copy into an account, bucket or tenant of others."""
limits   = """The target may be an own store whose log is missing here. A copy that the other side pulled by a signed link looks like a plain read."""
attack   = ["T1537", "T1567.002"]
needs    = [ { actions = ["object.read", "object.copy"], object = "$object" } ]
[parameters]
object = "object name; * is a wildcard"
*/
WITH sides AS (
    SELECT e.event_id AS event_id, e.object AS object, e.request_id AS request_id,
        ROW_NUMBER() OVER (PARTITION BY e.object, coalesce(e.request_id, e.event_id) ORDER BY e.time_us, e.event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM events AS e
    WHERE e.action IN ('object.read', 'object.copy') AND (lower(e.operation) LIKE '%source' OR lower(e.operation) LIKE 'rest.copy.%get')
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
),
targets AS (
    SELECT s.event_id AS event_id
    FROM sides AS s JOIN events AS e ON e.request_id = s.request_id
    WHERE e.object <> s.object AND e.action IN ('object.copy', 'object.write', 'object.move')
    GROUP BY s.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.operation AS operation, e.bytes AS bytes,
    e.request_id AS request_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
    e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM sides AS s JOIN events AS e ON e.event_id = s.event_id LEFT JOIN targets AS t ON t.event_id = s.event_id
WHERE s.place = 1 AND t.event_id IS NULL
ORDER BY time_us, event_id
