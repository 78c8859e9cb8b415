/*
question = "Was a token used that the identity provider never issued?"
meaning  = """One row for each successful use of a token for which no issuance record exists, with the instant at which it claims to have been issued. An Entra
token is `found` only where that instant lies in a covered window of all sign-in logs of the case; else it is a candidate (`unknown`): issued before the
log begins, in a gap, or minted where nothing logs it. Other providers' tokens are candidates at most, and listed only if some issuance of their kind
is in the evidence (Okta, Keycloak, Kubernetes, your own gateway). A found row is the mark of a stolen signing key."""
limits   = """Kinds of token whose issuance no log of the case records (storage token hashes, account keys, SAS) are left out. Temporary AWS keys are
candidates at most: services mint keys without an STS record (those of a console session whose sign-in is in the evidence are left out). Tokens of another tenant's provider may look alike."""
attack   = ["T1606", "T1606.002", "T1552.004", "T1550.001"]
needs    = [ { actions = ["token.use", "mail.read"], fields = ["token_id"] }, { actions = ["token.issue"], stream = "entra.signin.*", at = "issued_time" } ]
steps    = ["issued", "keys", "consoles", "kinds", "linked"]
[parameters]
token = "token or credential id; * is a wildcard"
*/
WITH issued AS (
    SELECT e.token_id AS token_id FROM events AS e WHERE e.token_id IS NOT NULL AND (e.action = 'token.issue' OR e.action = 'sign_in') AND e.outcome = 'success' GROUP BY e.token_id
),
keys AS (
    SELECT e.credential_id AS credential_id FROM events AS e
    WHERE e.credential_id IS NOT NULL AND e.action = 'token.issue' AND e.outcome = 'success' GROUP BY e.credential_id
),
-- a console session mints its keys itself; each of them states the second of the sign-in
consoles AS (
    SELECT e.actor_id AS actor_id, e.time_us AS time_us FROM events AS e
    WHERE e.source = 'aws.cloudtrail' AND e.action = 'sign_in' AND e.outcome = 'success' AND e.actor_id IS NOT NULL GROUP BY e.actor_id, e.time_us
),
-- a kind of token is its platform and the form of its id; a log that issued one such token records the kind
kinds AS (
    SELECT CASE split_part(e.source, '.', 1) WHEN 'graph' THEN 'entra' WHEN 'm365' THEN 'entra' WHEN 'azure' THEN 'entra' ELSE split_part(e.source, '.', 1) END AS platform, CASE WHEN e.token_id LIKE '________-____-____-____-____________' THEN 'guid' ELSE 'other' END AS form
    FROM events AS e WHERE e.token_id IS NOT NULL AND (e.action = 'token.issue' OR e.action = 'sign_in') AND e.outcome = 'success'
    GROUP BY CASE split_part(e.source, '.', 1) WHEN 'graph' THEN 'entra' WHEN 'm365' THEN 'entra' WHEN 'azure' THEN 'entra' ELSE split_part(e.source, '.', 1) END, CASE WHEN e.token_id LIKE '________-____-____-____-____________' THEN 'guid' ELSE 'other' END
),
-- so does one whose tokens another log shows in use: a gateway's, of which an issuer of the case handed out some
linked AS (
    SELECT split_part(e.source, '.', 1) AS platform, CASE WHEN e.token_id LIKE '________-____-____-____-____________' THEN 'guid' ELSE 'other' END AS form
    FROM events AS e JOIN issued AS i ON i.token_id = e.token_id WHERE e.action NOT IN ('sign_in', 'sign_out', 'token.issue', 'token.revoke')
    GROUP BY split_part(e.source, '.', 1), CASE WHEN e.token_id LIKE '________-____-____-____-____________' THEN 'guid' ELSE 'other' END
),
uses AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
        e.src_ip AS src_ip, e.user_agent AS user_agent, e.app_id AS app_id, e.object AS object, e.mailbox AS mailbox,
        e.token_id AS token_id, e.credential_id AS credential_id, e.session_id AS session_id, e.issued_time AS issued_time,
        e.issued_time_us AS issued_time_us, e.stream AS stream,
        CASE split_part(e.source, '.', 1) WHEN 'graph' THEN 'entra' WHEN 'm365' THEN 'entra' WHEN 'azure' THEN 'entra' ELSE split_part(e.source, '.', 1) END AS platform, CASE WHEN e.token_id LIKE '________-____-____-____-____________' THEN 'guid' ELSE 'other' END AS form
    FROM events AS e LEFT JOIN issued AS i ON i.token_id = e.token_id LEFT JOIN keys AS k ON k.credential_id = e.credential_id
    LEFT JOIN consoles AS c ON c.actor_id = e.actor_id AND c.time_us = e.issued_time_us
    WHERE e.time_us >= $from_us AND e.time_us < $to_us AND i.token_id IS NULL AND k.credential_id IS NULL AND (e.token_id IS NOT NULL OR c.actor_id IS NULL)
        AND (e.token_id IS NOT NULL OR lower(e.credential_id) LIKE 'asia%') AND coalesce(e.outcome, 'unknown') <> 'failure'
        AND e.action NOT IN ('sign_in', 'sign_out', 'token.issue', 'token.revoke')
        AND ($token IS NULL OR lower(e.token_id) LIKE $token ESCAPE '\' OR lower(e.credential_id) LIKE $token ESCAPE '\')
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.token_id AS token_id, e.issued_time AS issued_time,
    e.issued_time_us AS issued_time_us,
    CASE WHEN e.issued_time_us IS NOT NULL AND e.platform = 'entra' AND e.form = 'guid' THEN 'found' ELSE 'unknown' END AS verdict,
    e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.src_ip AS src_ip, e.user_agent AS user_agent, e.app_id AS app_id,
    e.object AS object, e.mailbox AS mailbox, e.credential_id AS credential_id, e.session_id AS session_id, e.stream AS stream
FROM uses AS e LEFT JOIN kinds AS k ON k.platform = e.platform AND k.form = e.form LEFT JOIN linked AS l ON l.platform = e.platform AND l.form = e.form
WHERE k.form IS NOT NULL OR l.form IS NOT NULL OR e.platform = 'entra' AND e.form = 'guid' OR e.token_id IS NULL OR $token IS NOT NULL
ORDER BY time_us, event_id
