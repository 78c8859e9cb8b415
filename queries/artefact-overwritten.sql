/*
question = "Was this object overwritten with other contents, so that what it held before is gone?"
meaning  = """One row for each write to, or copy onto, an object that was there before: `event_before` is the write that is replaced, with its size and hash.
A write that states the size or the hash of the one before, and nothing that differs, is no row. Parts of an upload count only when they are committed."""
limits   = """Where the store keeps versions or snapshots, the former contents may still be there. An object whose first write is older than the evidence is
seen as overwritten only if it was read before."""
attack   = ["T1485", "T1565.001", "T1070.004"]
needs    = [ { actions = ["object.write", "object.copy"], object = "$object" } ]
steps    = ["changed"]
[parameters]
object = "object name; * is a wildcard"
*/
WITH requests AS (
    SELECT e.object AS object, e.request_id AS request, MIN(e.time_us) AS time_us, MIN(e.event_id) AS event_id,
        -- a version tag changes with each write and says nothing of the contents
        MAX(CASE WHEN e.object_hash NOT LIKE '0x%' THEN e.object_hash END) AS hash, MAX(e.object_size) AS size,
        MAX(CASE e.action WHEN 'object.delete' THEN 3 WHEN 'object.read' THEN 1 WHEN 'object.inspect' THEN 1 ELSE 2 END) AS kind
    FROM events AS e
    WHERE e.request_id IS NOT NULL AND e.action IN ('object.write', 'object.copy', 'object.move', 'object.delete', 'object.read', 'object.inspect')
        AND e.time_us < $to_us
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\') AND e.object IS NOT NULL
        AND NOT (lower(coalesce(e.operation, '')) LIKE '%source' OR lower(coalesce(e.operation, '')) LIKE 'rest.copy.%get')
        AND lower(coalesce(e.operation, '')) NOT IN ('uploadpart', 'uploadpartcopy', 'rest.put.part', 'rest.copy.part', 'putblock', 'putblockfromurl', 'appendblock',
            'appendblockfromurl', 'appendfile', 'snapshotblob')
    GROUP BY e.object, e.request_id
    UNION ALL
    SELECT e.object AS object, e.event_id AS request, e.time_us AS time_us, e.event_id AS event_id,
        CASE WHEN e.object_hash NOT LIKE '0x%' THEN e.object_hash END AS hash, e.object_size AS size,
        CASE e.action WHEN 'object.delete' THEN 3 WHEN 'object.read' THEN 1 WHEN 'object.inspect' THEN 1 ELSE 2 END AS kind
    FROM events AS e
    WHERE e.request_id IS NULL AND e.action IN ('object.write', 'object.copy', 'object.move', 'object.delete', 'object.read', 'object.inspect')
        AND e.time_us < $to_us
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\') AND e.object IS NOT NULL
        AND NOT (lower(coalesce(e.operation, '')) LIKE '%source' OR lower(coalesce(e.operation, '')) LIKE 'rest.copy.%get')
        AND lower(coalesce(e.operation, '')) NOT IN ('uploadpart', 'uploadpartcopy', 'rest.put.part', 'rest.copy.part', 'putblock', 'putblockfromurl', 'appendblock',
            'appendblockfromurl', 'appendfile', 'snapshotblob')
),
turns AS (
    SELECT r.object AS object, r.request AS request, r.time_us AS time_us, r.event_id AS event_id, r.hash AS hash, r.size AS size, r.kind AS kind,
        LAG(r.kind) OVER (PARTITION BY r.object ORDER BY r.time_us, CASE WHEN r.kind = 2 THEN 0 ELSE 1 END, r.request) AS last_kind
    FROM requests AS r
),
writes AS (
    SELECT t.event_id AS event_id, t.hash AS hash, t.size AS size, t.last_kind AS last_kind, LAG(t.event_id) OVER write AS event_before,
        LAG(t.hash) OVER write AS hash_before, LAG(t.size) OVER write AS size_before
    FROM turns AS t WHERE t.kind = 2
    WINDOW write AS (PARTITION BY t.object ORDER BY t.time_us, t.request)
),
changed AS (
    SELECT w.event_id AS event_id, w.hash AS hash, w.size AS size, w.event_before AS event_before, w.hash_before AS hash_before, w.size_before AS size_before
    FROM writes AS w
    WHERE w.last_kind IN (1, 2) AND NOT ((w.hash = w.hash_before OR w.hash IS NULL OR w.hash_before IS NULL)
        AND (w.size = w.size_before OR w.size IS NULL OR w.size_before IS NULL) AND (coalesce(w.hash = w.hash_before, false) OR coalesce(w.size = w.size_before, false)))
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, w.size AS object_size, w.size_before AS size_before,
    w.hash AS object_hash, w.hash_before AS hash_before, w.event_before AS event_before, e.operation AS operation, e.actor AS actor, e.actor_id AS actor_id,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.zone AS zone,
    e.stream AS stream
FROM changed AS w JOIN events AS e ON e.event_id = w.event_id
WHERE e.time_us >= $from_us
ORDER BY time_us, event_id
