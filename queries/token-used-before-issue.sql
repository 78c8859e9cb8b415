/*
question = "Was a token used before it was issued?"
meaning  = """One row for each successful use more than five minutes before the issue time that it states itself (`found`), or before the first record of the issuance
of that same token or key (a candidate: two logs have two clocks)."""
limits   = """A forger may state any issue time. A clock that is wrong by more than five minutes looks the same: see `timeline clock`."""
attack   = ["T1606", "T1550.001"]
needs    = [ { actions = ["token.use", "mail.read", "object.read"], fields = ["issued_time"] } ]
[parameters]
token = "token or credential id; * is a wildcard"
*/
WITH tokens AS (
    SELECT e.token_id AS token_id, MIN(e.time_us) AS first_us FROM events AS e
    WHERE (e.action = 'token.issue' OR e.action = 'sign_in') AND e.outcome = 'success' AND e.token_id IS NOT NULL GROUP BY e.token_id
),
keys AS (
    SELECT e.credential_id AS credential_id, MIN(e.time_us) AS first_us FROM events AS e
    WHERE e.action = 'token.issue' AND e.outcome = 'success' AND lower(e.credential_id) LIKE 'asia%' GROUP BY e.credential_id
),
uses AS (
    SELECT e.event_id AS event_id, coalesce(t.first_us, k.first_us) AS first_us,
        CASE WHEN e.issued_time_us > e.time_us + 300000000 THEN 'found' WHEN coalesce(t.first_us, k.first_us) > e.time_us + 300000000 THEN 'unknown' END AS verdict
    FROM events AS e LEFT JOIN tokens AS t ON t.token_id = e.token_id LEFT JOIN keys AS k ON k.credential_id = e.credential_id
    WHERE e.time_us >= $from_us AND e.time_us < $to_us AND e.outcome = 'success' AND (e.token_id IS NOT NULL OR e.credential_id IS NOT NULL OR e.issued_time_us IS NOT NULL)
        AND e.action NOT IN ('sign_in', 'sign_out', 'token.issue', 'token.revoke')
        AND (e.issued_time_us > e.time_us + 300000000 OR coalesce(t.first_us, k.first_us) > e.time_us + 300000000)
        AND ($token IS NULL OR lower(e.token_id) LIKE $token ESCAPE '\' OR lower(e.credential_id) LIKE $token ESCAPE '\')
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.token_id AS token_id, e.credential_id AS credential_id, e.issued_time AS issued_time,
    u.first_us AS first_issued_us, u.verdict AS verdict, e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.object AS object, e.mailbox AS mailbox,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.stream AS stream
FROM events AS e JOIN uses AS u ON u.event_id = e.event_id
ORDER BY time_us, event_id
