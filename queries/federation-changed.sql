/*
question = "Was trust in another identity provider added or changed?"
meaning  = """One row for each successful change of federation settings, domains or signing certificates."""
limits   = """A stolen signing certificate needs no change: see federated-sign-in-without-issuance."""
attack   = ["T1484.002", "T1606.002"]
needs    = [ { actions = ["federation.change"], actor = "$actor" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.operation AS operation,
    e.object AS object, e.resource AS resource, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.stream AS stream
FROM events AS e
WHERE e.action = 'federation.change' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
ORDER BY time_us, event_id
