/*
question = "Who deleted this object?"
meaning  = """One row for each deletion that did not fail."""
limits   = """Deletion by a lifecycle rule is not logged by every store."""
attack   = ["T1485", "T1070.004"]
needs    = [ { actions = ["object.delete"], object = "$object" } ]
[parameters]
object = "object name; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.actor AS actor, e.actor_id AS actor_id,
    e.operation AS operation, e.object AS object, e.object_hash AS object_hash, e.object_size AS object_size, e.outcome AS outcome,
    e.outcome_detail AS outcome_detail, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM events AS e
WHERE e.action = 'object.delete' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
ORDER BY time_us, event_id
