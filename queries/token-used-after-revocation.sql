/*
question = "Was a session, token or key used after it had been revoked?"
meaning  = """One row for each successful use more than five minutes after a record that revoked that very token, session or key (`revoked_by` says which), or all tokens of the
account where the use states an earlier issue time. For 90 minutes after the latter the row is a candidate: access tokens that were out live on that long; so is
the use of a key that was switched on again."""
limits   = """A revocation is looked for in all the evidence, and must have been seen in the two days before the window at least: sessions and keys may live longer. What was revoked where nothing logs it is not here. A revocation that names neither token, session, key nor account joins nothing."""
attack   = ["T1550.001", "T1550.004", "T1528"]
needs    = [ { actions = ["token.use", "mail.read", "object.read"], fields = ["token_id"] }, { actions = ["token.revoke"], lookback = "2d" } ]
[parameters]
token = "token, session or credential id; * is a wildcard"
*/
WITH revoked AS (
    SELECT e.time_us AS time_us, e.token_id AS token_id, e.session_id AS session_id, e.object AS object, e.resource_id AS resource_id, e.action AS action,
        split_part(e.source, '.', 1) AS platform
    FROM events AS e
    WHERE (e.action = 'token.revoke' OR e.operation = 'DeleteAccessKey' OR e.operation = 'UpdateAccessKey' AND e.action <> 'credential.add') AND e.outcome = 'success'
        AND e.time_us < $to_us
),
-- where the record of a request states a token or session, it is that of whoever asked, not the one that was revoked
ids AS (
    SELECT i.id AS id, MIN(i.time_us) AS time_us FROM (
        SELECT r.token_id AS id, r.time_us AS time_us FROM revoked AS r
        WHERE r.action = 'token.revoke' AND r.platform NOT IN ('graph', 'azure', 'aws', 'm365', 'vault', 'entra', 'gcp', 'github')
        UNION ALL
        SELECT r.session_id AS id, r.time_us AS time_us FROM revoked AS r
        WHERE r.action = 'token.revoke' AND r.platform NOT IN ('graph', 'azure', 'aws', 'm365', 'vault', 'entra', 'gcp', 'github', 'okta')
        UNION ALL
        SELECT r.object AS id, r.time_us AS time_us FROM revoked AS r
        UNION ALL
        SELECT r.resource_id AS id, r.time_us AS time_us FROM revoked AS r
    ) AS i WHERE i.id IS NOT NULL GROUP BY i.id
),
accounts AS (
    SELECT lower(r.object) AS id, r.time_us AS time_us FROM revoked AS r WHERE r.action = 'token.revoke' AND r.object IS NOT NULL
    UNION
    SELECT lower(r.resource_id) AS id, r.time_us AS time_us FROM revoked AS r WHERE r.action = 'token.revoke' AND r.resource_id IS NOT NULL
),
uses AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.issued_time_us AS issued_time_us, e.token_id AS token_id, e.session_id AS session_id,
        e.credential_id AS credential_id, lower(e.actor) AS actor, lower(e.actor_id) AS actor_id
    FROM events AS e
    WHERE e.time_us >= $from_us AND e.time_us < $to_us AND e.outcome = 'success' AND e.action NOT IN ('sign_in', 'sign_out', 'token.issue', 'token.revoke')
        AND (e.token_id IS NOT NULL OR e.session_id IS NOT NULL OR e.credential_id IS NOT NULL)
        AND ($token IS NULL OR lower(e.token_id) LIKE $token ESCAPE '\' OR lower(e.credential_id) LIKE $token ESCAPE '\' OR lower(e.session_id) LIKE $token ESCAPE '\')
),
late AS (
    SELECT u.event_id AS event_id, 'token' AS way, i.time_us AS revoked_us FROM uses AS u JOIN ids AS i ON i.id = u.token_id WHERE u.time_us > i.time_us + 300000000
    UNION ALL
    SELECT u.event_id AS event_id, 'key' AS way, i.time_us AS revoked_us FROM uses AS u JOIN ids AS i ON i.id = u.credential_id WHERE u.time_us > i.time_us + 300000000
    UNION ALL
    SELECT u.event_id AS event_id, 'session' AS way, i.time_us AS revoked_us FROM uses AS u JOIN ids AS i ON i.id = u.session_id
    WHERE u.time_us > i.time_us + 300000000 AND (u.credential_id IS NULL OR u.credential_id <> u.session_id)
    UNION ALL
    SELECT u.event_id AS event_id, 'account' AS way, a.time_us AS revoked_us FROM uses AS u JOIN accounts AS a ON a.id = u.actor_id
    WHERE u.time_us > a.time_us + 300000000 AND u.issued_time_us < a.time_us
    UNION ALL
    SELECT u.event_id AS event_id, 'account' AS way, a.time_us AS revoked_us FROM uses AS u JOIN accounts AS a ON a.id = u.actor
    WHERE u.time_us > a.time_us + 300000000 AND u.issued_time_us < a.time_us
),
-- a key that was switched off may have been switched on again
revived AS (SELECT e.resource_id AS id, MAX(e.time_us) AS time_us FROM events AS e WHERE e.operation = 'UpdateAccessKey' AND e.action = 'credential.add' AND e.outcome = 'success' GROUP BY e.resource_id),
judged AS (
    SELECT l.event_id AS event_id, MAX(l.way) AS way, MIN(l.revoked_us) AS revoked_us FROM late AS l GROUP BY l.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, j.way AS revoked_by, j.revoked_us AS revoked_us, (e.time_us - j.revoked_us) // 60000000 AS late_minutes,
    CASE WHEN j.way = 'account' AND e.time_us - j.revoked_us <= 5400000000 OR j.way = 'key' AND v.time_us > j.revoked_us THEN 'unknown' ELSE 'found' END AS verdict, e.token_id AS token_id,
    e.session_id AS session_id, e.credential_id AS credential_id, e.issued_time AS issued_time, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
    e.object AS object, e.mailbox AS mailbox, e.src_ip AS src_ip, e.user_agent AS user_agent, e.stream AS stream
FROM events AS e JOIN judged AS j ON j.event_id = e.event_id LEFT JOIN revived AS v ON v.id = e.credential_id
ORDER BY time_us, event_id
