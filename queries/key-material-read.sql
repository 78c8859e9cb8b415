/*
question = "Who read or listed this key or secret?"
meaning  = """One row for each read or listing of key material that did not fail."""
limits   = """A key taken from memory, a dump or a backup leaves no row here."""
attack   = ["T1552.004", "T1552.005", "T1555.006"]
needs    = [ { actions = ["credential.read"], object = "$object" } ]
[parameters]
object = "object name; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.actor AS actor, e.actor_id AS actor_id,
    e.operation AS operation, e.object AS object, e.object_hash AS object_hash, e.object_size AS object_size, e.outcome AS outcome,
    e.outcome_detail AS outcome_detail, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM events AS e
WHERE e.action = 'credential.read' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
ORDER BY time_us, event_id
