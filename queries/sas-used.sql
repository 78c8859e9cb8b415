/*
question = "Was this object reached with a signature (SAS, pre-signed link) in place of an account?"
meaning  = """One row for each successful request that a signature in the address allowed. `credential_id` is the signature's hash where the log has it (one signature,
one value), `signing_key_id` the key that signed it; `uses` counts the requests of this signature, `addresses` the client addresses it came from."""
limits   = """Who holds a signature cannot be told, nor who made it: it is made without a request. Revoking the key that signed it ends it."""
attack   = ["T1550", "T1552.001", "T1567"]
needs    = [ { actions = ["object.read", "object.write", "object.delete", "object.list"], object = "$object", fields = ["protocol"] } ]
[parameters]
object = "object name; * is a wildcard"
*/
WITH signed AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, coalesce(e.credential_id, '') AS signature, e.src_ip AS src_ip
    FROM events AS e
    WHERE lower(e.protocol) IN ('sas', 'sas key', 'sas token', 'querystring', 'delegationsas', 'servicesas', 'accountsas') AND e.action LIKE 'object.%'
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\')
),
counted AS (SELECT s.signature AS signature, COUNT(*) AS uses, COUNT(DISTINCT s.src_ip) AS addresses FROM signed AS s GROUP BY s.signature)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.operation AS operation, e.bytes AS bytes,
    e.credential_id AS credential_id, e.signing_key_id AS signing_key_id, c.uses AS uses, c.addresses AS addresses, e.protocol AS protocol, e.actor AS actor,
    e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.zone AS zone, e.stream AS stream
FROM signed AS s JOIN events AS e ON e.event_id = s.event_id JOIN counted AS c ON c.signature = s.signature
ORDER BY time_us, event_id
