/*
question = "Was a token, key or signed link used after its end?"
meaning  = """One row for each successful use more than five minutes after the end of validity that the use itself states (claim `exp`, `se` of a SAS) or that its
issuance stated. `late_minutes` says how long after."""
limits   = """Most logs state no end: of those nobody can say (see token-used-beyond-lifetime). A service that lets old tokens in is the finding; a clock that is wrong
looks the same: see `timeline clock`."""
attack   = ["T1550.001", "T1528", "T1606"]
needs    = [ { actions = ["token.use", "object.read"], fields = ["expires_time"] } ]
[parameters]
token = "token or credential id; * is a wildcard"
*/
WITH ends AS (
    SELECT e.credential_id AS credential_id, MAX(e.expires_time_us) AS expires_us FROM events AS e
    WHERE e.action = 'token.issue' AND e.outcome = 'success' AND e.expires_time_us IS NOT NULL AND e.credential_id IS NOT NULL
    GROUP BY e.credential_id
),
tokens AS (
    SELECT e.token_id AS token_id, MAX(e.expires_time_us) AS expires_us FROM events AS e
    WHERE e.action = 'token.issue' AND e.outcome = 'success' AND e.expires_time_us IS NOT NULL AND e.token_id IS NOT NULL
    GROUP BY e.token_id
),
uses AS (
    SELECT e.event_id AS event_id, coalesce(e.expires_time_us, t.expires_us, c.expires_us) AS expires_us
    FROM events AS e LEFT JOIN ends AS c ON c.credential_id = e.credential_id LEFT JOIN tokens AS t ON t.token_id = e.token_id
    WHERE e.time_us >= $from_us AND e.time_us < $to_us AND e.outcome = 'success' AND (e.token_id IS NOT NULL OR e.credential_id IS NOT NULL)
        AND e.action NOT IN ('sign_in', 'sign_out', 'token.issue', 'token.revoke')
        AND coalesce(e.expires_time_us, t.expires_us, c.expires_us) + 300000000 < e.time_us
        AND ($token IS NULL OR lower(e.token_id) LIKE $token ESCAPE '\' OR lower(e.credential_id) LIKE $token ESCAPE '\')
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.token_id AS token_id, e.credential_id AS credential_id, u.expires_us AS expires_us,
    (e.time_us - u.expires_us) // 60000000 AS late_minutes, e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.object AS object,
    e.mailbox AS mailbox, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.stream AS stream
FROM events AS e JOIN uses AS u ON u.event_id = e.event_id
ORDER BY time_us, event_id
