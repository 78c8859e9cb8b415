/*
question = "Was this object renamed or moved, from what and to what?"
meaning  = """One row for each rename or move that did not fail, asked by the old or the new name; also, for stores that know no rename, for each copy whose source
the same account or address deleted within ten minutes (`how` tells which, `deleted_event` is the deletion)."""
limits   = """A copy and a deletion further apart, or by other hands, are not listed: see artefact-path and artefact-deleted."""
attack   = ["T1036", "T1074"]
needs    = [ { actions = ["object.copy", "object.delete"], object = "$object" } ]
uses     = ["copies"]
[parameters]
object = "object name, the old or the new one; * is a wildcard"
*/
WITH named AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.operation AS operation, e.object AS object,
        coalesce(c.origin, e.object_from) AS object_from, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
        e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream,
        coalesce(e.request_id, e.event_id) AS request
    FROM events AS e LEFT JOIN copies AS c ON c.object = e.object AND c.request = coalesce(e.request_id, e.event_id)
    WHERE e.action IN ('object.move', 'object.copy') AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\' OR lower(coalesce(c.origin, e.object_from)) LIKE $object ESCAPE '\')
),
gone AS (
    SELECT n.event_id AS event_id, MIN(d.event_id) AS deleted_event
    FROM named AS n JOIN events AS d ON d.object = n.object_from
    WHERE n.action = 'object.copy' AND d.action = 'object.delete' AND coalesce(d.outcome, 'unknown') <> 'failure' AND d.time_us >= n.time_us
        AND d.time_us <= n.time_us + 600000000 AND (coalesce(d.actor_id, lower(d.actor)) = coalesce(n.actor_id, lower(n.actor)) OR d.src_ip = n.src_ip)
    GROUP BY n.event_id
),
placed AS (
    SELECT n.time AS time, n.time_us AS time_us, n.event_id AS event_id, n.action AS action, n.operation AS operation, n.object AS object, n.object_from AS object_from,
        n.actor AS actor, n.actor_id AS actor_id, n.src_ip AS src_ip, n.user_agent AS user_agent, n.session_id AS session_id, n.token_id AS token_id,
        n.credential_id AS credential_id, n.zone AS zone, n.stream AS stream, g.deleted_event AS deleted_event,
        ROW_NUMBER() OVER (PARTITION BY n.object, n.request ORDER BY n.time_us, n.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM named AS n LEFT JOIN gone AS g ON g.event_id = n.event_id
    WHERE n.action = 'object.move' OR g.deleted_event IS NOT NULL
)
SELECT p.time AS time, p.time_us AS time_us, p.event_id AS event_id, p.action AS action, p.object AS object, p.object_from AS object_from,
    CASE WHEN p.action = 'object.move' THEN 'renamed' ELSE 'copied, and the source deleted' END AS how, p.deleted_event AS deleted_event, p.operation AS operation,
    p.actor AS actor, p.actor_id AS actor_id, p.src_ip AS src_ip, p.user_agent AS user_agent, p.session_id AS session_id, p.token_id AS token_id,
    p.credential_id AS credential_id, p.zone AS zone, p.stream AS stream
FROM placed AS p WHERE p.place = 1
ORDER BY time_us, event_id
