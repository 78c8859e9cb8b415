/*
question = "What was obtained with this key or token, and what with that in turn?"
meaning  = """One row for each issuance that descends from a token or key (`depth` 0 is the seed's own): AWS role chains by access key, Kubernetes tokens by the
credential that asked for them, Kerberos tickets by their hashes, Keycloak's refresh tokens. `parent` is the key or token that was presented, `key` the
one that was handed out, `uses` how often that was used in the window, from `first_use_us` to `last_use_us`. Without a seed: every issuance for
which another token or key was presented."""
limits   = """Only platforms whose issuance states both what was presented and what was handed out. Sessions of Entra and Okta are chains by their session: see
session-trace. A role's session name is chosen by whoever asks, and proves nobody's identity."""
attack   = ["T1550.001", "T1078.004", "T1098.003", "T1558"]
needs    = [ { actions = ["token.issue"], fields = ["credential_id"] } ]
steps    = ["placed", "used"]
[parameters]
token = "token or credential id that it begins with; * is a wildcard"
*/
WITH RECURSIVE issues AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, CASE WHEN e.source LIKE 'aws.%' THEN e.session_id ELSE e.credential_id END AS parent,
        CASE WHEN e.source LIKE 'aws.%' THEN e.credential_id ELSE e.token_id END AS child
    FROM events AS e
    WHERE e.action = 'token.issue' AND e.outcome = 'success'
    UNION ALL
    -- a renewal of Keycloak also hands out the next refresh token, an exchange the first one
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.credential_id AS parent, e.object AS child FROM events AS e
    WHERE e.source = 'keycloak.events' AND e.action = 'token.issue' AND e.outcome = 'success' AND e.operation LIKE 'REFRESH_TOKEN%'
    UNION ALL
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.token_id AS parent, e.credential_id AS child FROM events AS e
    WHERE e.source = 'keycloak.events' AND e.action = 'token.issue' AND e.outcome = 'success' AND e.operation LIKE 'CODE_TO_TOKEN%'
),
steps AS (
    SELECT i.parent AS parent, i.child AS child, MIN(i.time_us) AS first_us FROM issues AS i
    WHERE i.parent IS NOT NULL AND i.child IS NOT NULL AND i.parent <> i.child GROUP BY i.parent, i.child
),
seeds AS (
    SELECT s.parent AS key FROM steps AS s WHERE lower(s.parent) LIKE $token ESCAPE '\'
    UNION
    SELECT s.child AS key FROM steps AS s WHERE lower(s.child) LIKE $token ESCAPE '\'
    UNION
    SELECT e.credential_id AS key FROM events AS e WHERE lower(e.credential_id) LIKE $token ESCAPE '\'
    UNION
    SELECT e.token_id AS key FROM events AS e WHERE lower(e.token_id) LIKE $token ESCAPE '\'
),
reached AS (
    SELECT s.key AS key, 0 AS depth, '|' || s.key || '|' AS trail FROM seeds AS s
    UNION ALL
    SELECT p.child AS key, r.depth + 1 AS depth, r.trail || p.child || '|' AS trail FROM reached AS r JOIN steps AS p ON p.parent = r.key
    WHERE r.depth < 12 AND position('|' || p.child || '|' IN r.trail) = 0
),
keys AS (SELECT r.key AS key, MIN(r.depth) AS depth FROM reached AS r GROUP BY r.key),
handed AS (
    SELECT i.event_id AS event_id, MIN(k.depth) AS depth, MIN(i.parent) AS parent, MIN(i.child) AS key FROM issues AS i JOIN keys AS k ON k.key = i.child GROUP BY i.event_id
    UNION ALL
    SELECT i.event_id AS event_id, 1 AS depth, MIN(i.parent) AS parent, MIN(i.child) AS key FROM issues AS i
    WHERE $token IS NULL AND i.parent IS NOT NULL AND i.child IS NOT NULL AND i.parent <> i.child GROUP BY i.event_id
),
placed AS (SELECT h.event_id AS event_id, MIN(h.depth) AS depth, MIN(h.parent) AS parent, MIN(h.key) AS key FROM handed AS h GROUP BY h.event_id),
wanted AS (SELECT p.key AS key FROM placed AS p GROUP BY p.key),
used AS (
    SELECT u.key AS key, COUNT(*) AS number, MIN(u.time_us) AS first_us, MAX(u.time_us) AS last_us FROM (
        SELECT w.key AS key, e.time_us AS time_us FROM events AS e JOIN wanted AS w ON w.key = e.credential_id
        WHERE e.action <> 'token.issue' AND e.time_us >= $from_us AND e.time_us < $to_us
        UNION ALL
        SELECT w.key AS key, e.time_us AS time_us FROM events AS e JOIN wanted AS w ON w.key = e.token_id
        WHERE e.action <> 'token.issue' AND e.time_us >= $from_us AND e.time_us < $to_us
    ) AS u GROUP BY u.key
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, p.depth AS depth, p.parent AS parent, p.key AS key, coalesce(u.number, 0) AS uses,
    u.first_us AS first_use_us, u.last_us AS last_use_us, e.operation AS operation, e.expires_time AS expires_time, e.actor AS actor, e.actor_id AS actor_id, e.object AS object, e.resource AS resource, e.src_ip AS src_ip, e.user_agent AS user_agent,
    e.credential_id AS credential_id, e.token_id AS token_id, e.session_id AS session_id, e.stream AS stream
FROM events AS e JOIN placed AS p ON p.event_id = e.event_id LEFT JOIN used AS u ON u.key = p.key
WHERE e.time_us >= $from_us AND e.time_us < $to_us
ORDER BY time_us, event_id
