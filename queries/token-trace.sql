/*
question = "What does every log say of this token or key?"
meaning  = """All records that state the token or the credential, from its issuance to its last use, failures included; `part` says which of them they are. An Entra token
is found by its identifier in each of its spellings and by the sign-in's id. Without one: every token or key that two logs tell of."""
limits   = """Many logs state neither token nor key. A long-lived key is in every record of its owner. Azure Storage names a token by a hash that no other log states."""
attack   = ["T1550.001", "T1528"]
needs    = [ { actions = ["token.use", "mail.read", "object.read"], fields = ["token_id"] } ]
steps    = ["ids"]
[parameters]
token = "token or credential id; * is a wildcard"
*/
WITH ids AS (
    SELECT e.token_id AS id FROM events AS e
    WHERE $token IS NULL AND e.token_id IS NOT NULL AND e.time_us >= $from_us AND e.time_us < $to_us
    GROUP BY e.token_id HAVING MIN(e.stream) <> MAX(e.stream)
    UNION
    SELECT e.credential_id AS id FROM events AS e
    WHERE $token IS NULL AND e.credential_id IS NOT NULL AND e.time_us >= $from_us AND e.time_us < $to_us
    GROUP BY e.credential_id HAVING MIN(e.stream) <> MAX(e.stream)
    UNION
    SELECT e.token_id AS id FROM events AS e WHERE lower(e.token_id) LIKE $token ESCAPE '\' GROUP BY e.token_id
    UNION
    SELECT e.credential_id AS id FROM events AS e WHERE lower(e.credential_id) LIKE $token ESCAPE '\' GROUP BY e.credential_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, CASE e.action WHEN 'sign_in' THEN 'issuance' WHEN 'token.issue' THEN 'issuance'
        WHEN 'token.revoke' THEN 'revocation' ELSE 'use' END AS part,
    e.token_id AS token_id, e.credential_id AS credential_id, e.session_id AS session_id, e.issued_time AS issued_time, e.expires_time AS expires_time, e.actor AS actor,
    e.actor_id AS actor_id, e.action AS action, e.outcome AS outcome, e.object AS object, e.mailbox AS mailbox, e.src_ip AS src_ip, e.user_agent AS user_agent,
    e.app_id AS app_id, e.stream AS stream
FROM events AS e LEFT JOIN ids AS t ON t.id = e.token_id LEFT JOIN ids AS c ON c.id = e.credential_id
WHERE e.time_us >= $from_us AND e.time_us < $to_us AND (t.id IS NOT NULL OR c.id IS NOT NULL)
ORDER BY time_us, event_id
