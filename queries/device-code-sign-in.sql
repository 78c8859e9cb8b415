/*
question = "Did anybody sign in with a device code?"
meaning  = """One row for each successful sign-in, or token handed out, by the device code flow, and (Entra) for those that go back to one. Whoever can make a
person type a code gets that person's tokens, second factor and all. An absence speaks of Entra only: hosts and mail servers know no such flow."""
limits   = """Televisions, printers and command lines use it honestly: the app and the address tell. Exports that do not state the flow (the portal's older ones,
Graph v1.0) cannot answer."""
attack   = ["T1528", "T1566.002"]
needs    = [ { actions = ["sign_in"], actor = "$actor", stream = "entra.signin.*", fields = ["protocol"] } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.protocol AS protocol, e.src_ip AS src_ip,
    e.country AS country, e.user_agent AS user_agent, e.device_id AS device_id, e.app AS app, e.app_id AS app_id, e.resource AS resource,
    e.session_id AS session_id, e.token_id AS token_id, e.operation AS operation, e.stream AS stream
FROM events AS e
WHERE e.action IN ('sign_in', 'token.issue', 'consent.grant') AND e.outcome = 'success' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND (lower(e.protocol) LIKE '%devicecode%' OR lower(e.protocol) LIKE '%device\_code%' ESCAPE '\' OR e.operation LIKE 'OAUTH2\_DEVICE%' ESCAPE '\'
        OR e.source = 'auth0.logs' AND e.operation = 'sede')
    AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
ORDER BY time_us, event_id
