/*
question = "When was this object first written, and by whom?"
meaning  = """One row for each first successful write of an object (also after its deletion) and for each crash dump. A copy or rename into place is
an arrival: see artefact-moved."""
limits   = """An object that is older than the evidence looks new at its first logged overwrite, unless it was read before."""
attack   = ["T1005", "T1074", "T1003"]
needs    = [ { actions = ["object.write", "crash.dump"], object = "$object" } ]
[parameters]
object = "object name; * is a wildcard"
*/
WITH seen AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.object_size AS object_size,
        e.object_hash AS object_hash, e.actor AS actor, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id,
        e.credential_id AS credential_id, e.src_ip AS src_ip, e.zone AS zone, e.stream AS stream,
        -- in one instant the write came first
        LAG(e.action) OVER (PARTITION BY e.object ORDER BY e.time_us, CASE WHEN e.action IN ('object.write', 'crash.dump') THEN 0 ELSE 1 END, e.event_id) AS before
    FROM events AS e
    WHERE e.action IN ('object.write', 'object.copy', 'object.move', 'object.delete', 'object.read', 'object.inspect', 'crash.dump')
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.object_size AS object_size,
    e.object_hash AS object_hash, e.actor AS actor, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.src_ip AS src_ip, e.zone AS zone, e.stream AS stream
FROM seen AS e
WHERE e.time_us >= $from_us AND (e.action = 'crash.dump' OR e.action = 'object.write' AND e.object IS NOT NULL
    AND (e.before IS NULL OR e.before = 'object.delete'))
ORDER BY time_us, event_id
