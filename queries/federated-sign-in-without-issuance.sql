/*
question = "Did a federated account sign in with an assertion that no AD FS server ever issued?"
meaning  = """One row for each successful federated sign-in to Entra (by a SAML assertion, or issued by AD FS) with no record of the farm (1200, 1202, 299) for that account
in the ten minutes before it or two after it. It is `found` only where every security log of the case was covered at that time and the farm's records are
known to answer such sign-ins: at most half as many accounts lack theirs as have them. Otherwise servers are missing from the case, or do not log
success (auditing is off by default), and the row is a candidate. This is the mark of a stolen token-signing certificate (golden SAML)."""
limits   = """Which servers the farm has only you know: name the logs of all of them in case.toml. An assertion may be kept for later use within its life. Single sign-on
by Entra's own tokens needs no assertion and is no federated sign-in here. Other identity providers are not looked at. Exports that do
not state the flow (the portal's older ones, Graph v1.0) cannot answer."""
attack   = ["T1606.002", "T1552.004"]
needs    = [ { actions = ["sign_in"], actor = "$actor", stream = "entra.signin.*", fields = ["protocol"] }, { actions = ["token.issue"], stream = "windows.security/*", at = "issued_time" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH federated AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, lower(e.actor) AS name, lower(split_part(e.actor, '@', 1)) AS short
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.source IN ('entra.signin.interactive', 'entra.signin.noninteractive') AND e.actor IS NOT NULL
        AND e.time_us >= $from_us AND e.time_us < $to_us
        AND (regexp_matches(lower(e.protocol), 'saml|wsfed') OR lower(e.token_issuer) LIKE '%adfederationservices%' OR lower(e.token_issuer) LIKE '%adfs%')
),
-- AD FS names an account with its suffix, with its domain, or neither
issued AS (
    SELECT e.time_us AS time_us, lower(CASE WHEN split_part(e.actor, '\', 2) <> '' THEN split_part(e.actor, '\', 2) ELSE split_part(e.actor, '@', 1) END) AS short
    FROM events AS e
    WHERE e.source LIKE 'windows.security%' AND e.action IN ('token.issue', 'sign_in') AND e.operation IN ('1200', '1202', '299') AND e.outcome <> 'failure'
        AND e.actor IS NOT NULL AND e.time_us >= $from_us - 600000000 AND e.time_us < $to_us + 120000000
),
joined AS (
    SELECT f.event_id AS event_id FROM federated AS f JOIN issued AS i ON i.short = f.short AND i.time_us <= f.time_us + 120000000 AND i.time_us >= f.time_us - 600000000
    GROUP BY f.event_id
),
accounts AS (SELECT COUNT(DISTINCT CASE WHEN j.event_id IS NULL THEN f.name END) AS lacking, COUNT(DISTINCT CASE WHEN j.event_id IS NOT NULL THEN f.name END) AS answered
    FROM federated AS f LEFT JOIN joined AS j ON j.event_id = f.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.time AS issued_time, e.time_us AS issued_time_us,
    CASE WHEN a.lacking * 2 <= a.answered THEN 'found' ELSE 'unknown' END AS verdict, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip,
    e.user_agent AS user_agent, e.protocol AS protocol, e.token_issuer AS token_issuer, e.app AS app, e.resource AS resource, e.session_id AS session_id,
    e.token_id AS token_id, a.answered AS accounts_answered, a.lacking AS accounts_lacking, e.stream AS stream
FROM events AS e JOIN federated AS f ON f.event_id = e.event_id LEFT JOIN joined AS j ON j.event_id = e.event_id CROSS JOIN accounts AS a
WHERE j.event_id IS NULL AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
ORDER BY time_us, event_id
