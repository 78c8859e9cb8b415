/*
question = "Was this object reached by somebody who proved no identity at all?"
meaning  = """One row for each successful request without account, key or signature: the place was open to the public, or to whoever had a link, at that time."""
limits   = """Classic storage logs leave out most anonymous requests that failed, so that attempts are not seen. A shared link that asks for no account counts too."""
attack   = ["T1530", "T1619"]
needs    = [ { actions = ["object.read", "object.list"], object = "$object" } ]
[parameters]
object = "object name; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.operation AS operation, e.bytes AS bytes,
    e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
    e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM events AS e
WHERE e.actor_type = 'anonymous' AND e.action IN ('object.read', 'object.list', 'object.write', 'object.delete', 'object.inspect')
    AND e.outcome = 'success' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
ORDER BY time_us, event_id
