/*
question = "Which other settings did this account change?"
meaning  = """One row for each successful change that is none of the more exact kinds."""
limits   = """Changes by automation under another name are listed under that name."""
attack   = ["T1578"]
needs    = [ { actions = ["config.change"], actor = "$actor" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.operation AS operation,
    e.object AS object, e.resource AS resource, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.stream AS stream
FROM events AS e
WHERE e.action = 'config.change' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
ORDER BY time_us, event_id
