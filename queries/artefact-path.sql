/*
question = "Where did this object go: every hop of it, and of what was made from it?"
meaning  = """Hops in order of time: creation, copy, rename, upload, and each read or download. `object_from` is the source; `grade` says how sure
the link to the object is: proven (stated source or one request), strong (same hash), probable (same size and name, later), possible (same size only, or
the same name but for a packer's ending, written within a day by who had read it). A copy is followed until its target is overwritten with other contents.
One request in two logs is one hop: `stream_too` and `event_too` are the other record, and its session, token, key and sizes are filled in."""
limits   = """A copy made outside the logged stores, a renamed upload of other size, or a screen photo leaves no hop. `possible` hops may be chance.
A hash may be a version tag that changes with each copy, so equal hashes prove more than unequal ones."""
attack   = ["T1530", "T1537", "T1074", "T1560"]
needs    = [ { actions = ["object.write", "object.copy", "object.read"] } ]
uses     = ["copies", "lineage"]
steps    = ["crowds", "sides", "merged"]
[parameters]
object = "object name; * is a wildcard"
*/
WITH touched AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.object_from AS object_from,
        e.actor AS actor, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id,
        e.src_ip AS src_ip, e.bytes AS bytes, e.object_size AS object_size, e.zone AS zone, e.stream AS stream, e.source AS source,
        e.request_id AS request_id,
        l.grade AS grade, CASE WHEN l.edge < 4 THEN l.parent END AS parent,
        ROW_NUMBER() OVER (PARTITION BY e.event_id ORDER BY l.grade DESC, l.depth, l.parent ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM lineage AS l JOIN events AS e ON e.object = l.object
    WHERE e.action IN ('object.write', 'object.copy', 'object.move', 'crash.dump', 'object.read') AND coalesce(e.outcome, 'unknown') <> 'failure'
        AND e.time_us >= $from_us AND e.time_us < $to_us
        AND (l.run IS NULL OR e.time_us >= l.since_us AND (l.until_us IS NULL OR e.time_us < l.until_us))
    UNION ALL
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.object_from AS object_from,
        e.actor AS actor, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id,
        e.src_ip AS src_ip, e.bytes AS bytes, e.object_size AS object_size, e.zone AS zone, e.stream AS stream, e.source AS source,
        e.request_id AS request_id,
        4 AS grade, CAST(NULL AS VARCHAR) AS parent, 1 AS place
    FROM events AS e
    WHERE $object IS NULL AND e.action IN ('object.write', 'object.copy', 'object.move', 'crash.dump', 'object.read') AND e.object IS NOT NULL
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
),
crowds AS (
    -- requests of which several records tell
    SELECT t.object AS object, t.request_id AS request FROM touched AS t WHERE t.place = 1 AND t.request_id IS NOT NULL
    GROUP BY t.object, t.request_id HAVING COUNT(*) > 1
),
sides AS (SELECT c.request AS request, c.origin AS object FROM copies AS c GROUP BY c.request, c.origin),
hops AS (
    -- the source's record of a copy is told by the target's; the n-th read of a request in one log is the n-th of it in another
    SELECT t.time AS time, t.time_us AS time_us, t.event_id AS event_id, t.action AS action, t.object AS object, t.actor AS actor,
        t.actor_id AS actor_id, t.session_id AS session_id, t.token_id AS token_id, t.credential_id AS credential_id, t.src_ip AS src_ip,
        t.bytes AS bytes, t.object_size AS object_size, t.zone AS zone, t.stream AS stream,
        coalesce(t.object_from, CASE WHEN t.action <> 'object.read' THEN coalesce(c.origin, t.parent) END) AS object_from, t.grade AS grade,
        t.request_id AS request, t.source AS source
    FROM touched AS t LEFT JOIN copies AS c ON c.object = t.object AND c.request = coalesce(t.request_id, t.event_id)
    LEFT JOIN sides AS s ON s.request = t.request_id AND s.object = t.object
    WHERE t.place = 1 AND s.request IS NULL
),
ranked AS (
    SELECT h.time_us AS time_us, h.event_id AS event_id, h.object AS object, h.stream AS stream, h.session_id AS session_id, h.token_id AS token_id,
        h.credential_id AS credential_id, h.bytes AS bytes, h.object_size AS object_size, h.request AS request,
        CASE WHEN h.action <> 'object.read' THEN 0 ELSE ROW_NUMBER() OVER (PARTITION BY h.object, h.request, h.action, h.source ORDER BY h.time_us, h.event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END AS turn
    FROM hops AS h JOIN crowds AS w ON w.request = h.request AND w.object = h.object
),
merged AS (
    SELECT h.event_id AS event_id, MAX(h.session_id) OVER hop AS session_id, MAX(h.token_id) OVER hop AS token_id,
        MAX(h.credential_id) OVER hop AS credential_id, MAX(h.bytes) OVER hop AS bytes, MAX(h.object_size) OVER hop AS object_size,
        LEAD(h.stream) OVER hop AS stream_too, LEAD(h.event_id) OVER hop AS event_too,
        ROW_NUMBER() OVER (PARTITION BY h.object, h.request, h.turn ORDER BY h.time_us, h.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM ranked AS h
    WINDOW hop AS (PARTITION BY h.object, h.request, h.turn ORDER BY h.time_us, h.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
told AS (
    SELECT h.time AS time, h.time_us AS time_us, h.event_id AS event_id, h.action AS action, h.object AS object, h.object_from AS object_from,
        h.actor AS actor, h.actor_id AS actor_id, h.src_ip AS src_ip, h.zone AS zone, h.stream AS stream, h.grade AS grade,
        coalesce(h.session_id, m.session_id) AS session_id, coalesce(h.token_id, m.token_id) AS token_id,
        coalesce(h.credential_id, m.credential_id) AS credential_id, coalesce(h.bytes, m.bytes) AS bytes,
        coalesce(h.object_size, m.object_size) AS object_size, m.stream_too AS stream_too, m.event_too AS event_too
    FROM hops AS h LEFT JOIN merged AS m ON m.event_id = h.event_id
    WHERE coalesce(m.place, 1) = 1
)
SELECT m.time AS time, m.time_us AS time_us, m.event_id AS event_id, m.action AS action, m.object AS object, m.object_from AS object_from, m.actor AS actor,
    CASE m.grade WHEN 4 THEN 'proven' WHEN 3 THEN 'strong' WHEN 2 THEN 'probable' ELSE 'possible' END AS grade, m.actor_id AS actor_id,
    m.session_id AS session_id, m.token_id AS token_id, m.credential_id AS credential_id, m.src_ip AS src_ip, m.bytes AS bytes,
    m.object_size AS object_size, m.zone AS zone, m.stream AS stream, m.stream_too AS stream_too, m.event_too AS event_too
FROM told AS m
ORDER BY time_us, event_id
