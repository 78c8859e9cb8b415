/*
question = "Was a token used longer after its issue than such a token can live?"
meaning  = """One row for each successful use that came later after the issue time it states (`iat`, creation date) than its platform ever allows: 28 hours for access
tokens of Entra (continuous access evaluation), 36 hours for temporary keys of AWS (GetSessionToken; roles end after 12), both with five minutes for
clocks. Of SharePoint's cookies, which live for days, and of other platforms' tokens after 28 hours the row is a candidate: their limits are settings."""
limits   = """Within these limits a stolen token is an ordinary one. A lifetime that your policy makes shorter is not known here."""
attack   = ["T1550.001", "T1606", "T1134.001"]
needs    = [ { actions = ["token.use", "mail.read", "object.read"], fields = ["issued_time"] } ]
[parameters]
token = "token or credential id; * is a wildcard"
*/
WITH uses AS (
    SELECT e.event_id AS event_id, (e.time_us - e.issued_time_us) // 60000000 AS age_minutes, split_part(e.source, '.', 1) AS platform,
        CASE WHEN e.source LIKE 'm365.%' AND lower(coalesce(e.resource, '')) IN ('sharepoint', 'onedrive', 'microsoftteams') THEN 'cookie' ELSE 'token' END AS form
    FROM events AS e
    WHERE e.issued_time_us IS NOT NULL AND e.time_us >= $from_us AND e.time_us < $to_us AND e.outcome = 'success' AND e.time_us - e.issued_time_us > 101100000000
        AND e.source NOT LIKE 'vault.%' AND e.action NOT IN ('sign_in', 'sign_out', 'token.issue', 'token.revoke')
        AND ($token IS NULL OR lower(e.token_id) LIKE $token ESCAPE '\' OR lower(e.credential_id) LIKE $token ESCAPE '\')
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.token_id AS token_id, e.credential_id AS credential_id, e.issued_time AS issued_time,
    u.age_minutes AS age_minutes,
    CASE WHEN u.platform IN ('graph', 'azure', 'm365', 'entra') AND u.form = 'token' THEN 'found' WHEN u.platform = 'aws' THEN 'found' ELSE 'unknown' END AS verdict,
    e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.object AS object, e.mailbox AS mailbox, e.src_ip AS src_ip, e.user_agent AS user_agent,
    e.session_id AS session_id, e.stream AS stream
FROM events AS e JOIN uses AS u ON u.event_id = e.event_id
WHERE u.platform <> 'aws' OR u.age_minutes > 2165
ORDER BY time_us, event_id
