/*
question = "When was this object first written, and by whom?"
meaning  = """One row for each first successful write of an object (also after its deletion) and for each crash dump. A copy or rename into place is
an arrival: see artefact-moved."""
limits   = """An object that is older than the evidence looks new at its first logged overwrite, unless it was read before."""
attack   = ["T1005", "T1074", "T1003"]
needs    = [ { actions = ["object.write", "crash.dump"], object = "$object" } ]
steps    = ["made"]
[parameters]
object = "object name; * is a wildcard"
*/
WITH firsts AS (
    -- in one instant the write came first
    SELECT e.object AS object, MIN(e.time_us) AS first_us, MIN(CASE WHEN e.action = 'object.write' THEN e.time_us END) AS write_us,
        MAX(CASE WHEN e.action = 'object.delete' THEN 1 ELSE 0 END) AS deleted
    FROM events AS e
    WHERE e.action IN ('object.write', 'object.copy', 'object.move', 'object.delete', 'object.read', 'object.inspect', 'crash.dump')
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us AND e.object IS NOT NULL
        AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
    GROUP BY e.object
),
turns AS (
    -- objects that were deleted may be written anew
    SELECT e.event_id AS event_id, e.action AS action, LAG(e.action) OVER (PARTITION BY e.object
        ORDER BY e.time_us, CASE WHEN e.action IN ('object.write', 'crash.dump') THEN 0 ELSE 1 END, e.event_id) AS before
    FROM firsts AS f JOIN events AS e ON e.object = f.object
    WHERE f.deleted = 1 AND e.action IN ('object.write', 'object.copy', 'object.move', 'object.delete', 'object.read', 'object.inspect', 'crash.dump')
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us
),
made AS (
    SELECT MIN(e.event_id) AS event_id
    FROM firsts AS f JOIN events AS e ON e.object = f.object AND e.time_us = f.first_us
    WHERE f.write_us = f.first_us AND f.deleted = 0 AND e.action = 'object.write' AND coalesce(e.outcome, 'unknown') <> 'failure'
    GROUP BY e.object
    UNION
    SELECT t.event_id AS event_id FROM turns AS t WHERE t.action = 'object.write' AND (t.before IS NULL OR t.before = 'object.delete')
    UNION
    SELECT e.event_id AS event_id FROM events AS e
    WHERE e.action = 'crash.dump' AND coalesce(e.outcome, 'unknown') <> 'failure' AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.object_size AS object_size,
    e.object_hash AS object_hash, e.actor AS actor, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.src_ip AS src_ip, e.zone AS zone, e.stream AS stream
FROM made AS m JOIN events AS e ON e.event_id = m.event_id
WHERE e.time_us >= $from_us AND e.time_us < $to_us
ORDER BY time_us, event_id
