/*
question = "Was access to this object opened: by link, signature, permission or to the public?"
meaning  = """One row for each opening of access that did not fail; read `operation` for the kind."""
limits   = """A signature (SAS, pre-signed link) made outside the service leaves no record; only its use does."""
attack   = ["T1537", "T1567", "T1098"]
needs    = [ { actions = ["object.share"], object = "$object" } ]
[parameters]
object = "object name; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.actor AS actor, e.actor_id AS actor_id,
    e.operation AS operation, e.object AS object, e.object_hash AS object_hash, e.object_size AS object_size, e.outcome AS outcome,
    e.outcome_detail AS outcome_detail, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM events AS e
WHERE e.action = 'object.share' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
ORDER BY time_us, event_id
