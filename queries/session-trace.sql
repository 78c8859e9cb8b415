/*
question = "What happened in this session, from its sign-in to its last use, in every log?"
meaning  = """All records that state the session, and those that state a token which the session's records state (`joined_by`), failures included."""
limits   = """Many logs state neither session nor token (storage, older mail records): what they saw of the session is not here. Windows
counts its logon ids on each host anew: the stream tells which host a record is of."""
attack   = ["T1550", "T1539"]
needs    = [ { actions = ["sign_in", "object.read", "mail.read", "token.use"], session = "$session", fields = ["session_id"] } ]
steps    = ["tokens"]
[parameters]
session = "session id; * is a wildcard"
*/
WITH tokens AS (
    SELECT e.token_id AS token_id FROM events AS e
    WHERE e.token_id IS NOT NULL AND e.session_id IS NOT NULL AND ($session IS NULL OR lower(e.session_id) LIKE $session ESCAPE '\')
    GROUP BY e.token_id
),
joined AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
        e.outcome AS outcome, e.src_ip AS src_ip, e.user_agent AS user_agent, e.app AS app, e.resource AS resource,
        e.object AS object, e.mailbox AS mailbox, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream,
        CASE WHEN e.session_id IS NOT NULL AND ($session IS NULL OR lower(e.session_id) LIKE $session ESCAPE '\') THEN 'session'
            WHEN t.token_id IS NOT NULL THEN 'token' END AS joined_by
    FROM events AS e LEFT JOIN tokens AS t ON t.token_id = e.token_id
    WHERE e.time_us >= $from_us AND e.time_us < $to_us AND (e.session_id IS NOT NULL OR e.token_id IS NOT NULL)
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.outcome AS outcome,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.app AS app, e.resource AS resource, e.object AS object, e.mailbox AS mailbox,
    e.session_id AS session_id, e.token_id AS token_id, e.joined_by AS joined_by, e.stream AS stream
FROM joined AS e
WHERE e.joined_by IS NOT NULL
ORDER BY time_us, event_id
