/*
question = "Did a signing key sign tokens outside of its time?"
meaning  = """One row for each successful use of a token whose key (`signing_key_id`) had been retired, disabled or deleted by a record before (`retired`), or that was not
yet added when it signed (`not yet added`, where a record tells of its making), and the first use of a key that nobody had used for 30 days while its
issuer signed with another one (`out of use`, a candidate: a key of old that comes back)."""
limits   = """Only logs that state keys can answer. A key that was never retired, only forgotten, looks like one in use. Records of keys join by the key's id."""
attack   = ["T1606", "T1552.004"]
needs    = [ { actions = ["token.use"], fields = ["signing_key_id"], lookback = "30d" } ]
[parameters]
key = "key id; * is a wildcard"
*/
WITH uses AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, e.signing_key_id AS signing_key_id, coalesce(lower(e.token_issuer), e.stream) AS issuer,
        LAG(e.time_us) OVER (PARTITION BY e.signing_key_id ORDER BY e.time_us, e.event_id) AS before_us
    FROM events AS e
    WHERE e.signing_key_id IS NOT NULL AND e.outcome = 'success' AND e.time_us < $to_us AND ($key IS NULL OR lower(e.signing_key_id) LIKE $key ESCAPE '\')
),
keys AS (SELECT u.signing_key_id AS signing_key_id, lower(u.signing_key_id) AS name FROM uses AS u GROUP BY u.signing_key_id),
told AS (
    SELECT k.signing_key_id AS signing_key_id, e.time_us AS time_us,
        CASE WHEN e.action = 'credential.add' AND NOT regexp_matches(lower(e.operation), 'rotate|disable|delete|retire|revoke|remove') THEN 'added'
            WHEN regexp_matches(lower(e.operation), 'disable|delete|retire|revoke|remove|expire|deactivate') THEN 'retired' END AS word
    FROM events AS e JOIN keys AS k ON k.name = lower(e.object) OR k.name = lower(e.credential_id)
    WHERE e.action IN ('credential.add', 'account.change', 'config.change', 'token.revoke', 'federation.change') AND e.outcome = 'success' AND e.time_us < $to_us
),
lives AS (
    SELECT t.signing_key_id AS signing_key_id, MIN(CASE WHEN t.word = 'added' THEN t.time_us END) AS added_us,
        MAX(CASE WHEN t.word = 'added' THEN t.time_us END) AS added_last_us, MAX(CASE WHEN t.word = 'retired' THEN t.time_us END) AS retired_us
    FROM told AS t GROUP BY t.signing_key_id
),
gaps AS (
    SELECT u.event_id AS event_id, u.issuer AS issuer, u.signing_key_id AS signing_key_id, u.before_us AS before_us, u.time_us AS time_us FROM uses AS u
    WHERE u.time_us >= $from_us AND u.time_us - u.before_us >= 2592000000000
),
returned AS (
    SELECT g.event_id AS event_id FROM gaps AS g JOIN uses AS o ON o.issuer = g.issuer AND o.time_us > g.before_us AND o.time_us < g.time_us
    WHERE o.signing_key_id <> g.signing_key_id GROUP BY g.event_id
),
judged AS (
    SELECT u.event_id AS event_id, l.added_us AS added_us, l.retired_us AS retired_us, u.before_us AS before_us,
        CASE WHEN u.time_us > l.retired_us + 300000000 AND (l.added_last_us IS NULL OR l.added_last_us < l.retired_us) THEN 'retired'
            WHEN u.time_us < l.added_us - 300000000 THEN 'not yet added' WHEN r.event_id IS NOT NULL THEN 'out of use' END AS fault
    FROM uses AS u LEFT JOIN lives AS l ON l.signing_key_id = u.signing_key_id LEFT JOIN returned AS r ON r.event_id = u.event_id
    WHERE u.time_us >= $from_us
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, j.fault AS fault, CASE j.fault WHEN 'out of use' THEN 'unknown' ELSE 'found' END AS verdict,
    e.signing_key_id AS signing_key_id, j.added_us AS added_us, j.retired_us AS retired_us, j.before_us AS before_us, e.token_issuer AS token_issuer,
    e.token_audience AS token_audience, e.token_id AS token_id, e.issued_time AS issued_time, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
    e.object AS object, e.src_ip AS src_ip, e.user_agent AS user_agent, e.stream AS stream
FROM events AS e JOIN judged AS j ON j.event_id = e.event_id
WHERE j.fault IS NOT NULL
ORDER BY time_us, event_id
