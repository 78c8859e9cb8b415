/*
question = "When, from where and with what did this account sign in?"
meaning  = """One row for each sign-in that did not fail, interactive or not, with its session and token."""
limits   = """A sign-in by an account is not one by its owner. One sign-in may be in two logs. Failed attempts: see failures-then-success."""
attack   = ["T1078"]
needs    = [ { actions = ["sign_in"], actor = "$actor" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
    e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.resource AS resource, e.outcome AS outcome, e.session_id AS session_id,
    e.token_id AS token_id, e.credential_id AS credential_id, e.stream AS stream
FROM events AS e
WHERE e.action = 'sign_in' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
ORDER BY time_us, event_id
