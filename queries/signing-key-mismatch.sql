/*
question = "Did a signing key sign for an issuer or an audience that is not its own?"
meaning  = """One row for each successful use of a token whose key (`signing_key_id`, the `kid` of its header) had signed for another issuer before: `mismatch` is
"issuer", the mark of a key that signs across borders (a consumer key on tokens for enterprises). Where a log that took at least twenty tokens meets
an issuer or an audience for the first time, that first use is a candidate. A new key of a known issuer is rotation, and no row."""
limits   = """Only logs that state keys can answer: gateways of your own, by a source with the columns signing_key_id, token_issuer, token_audience. Which issuer a
key belongs to is taken from its first use in the evidence."""
attack   = ["T1606", "T1606.001", "T1552.004"]
needs    = [ { actions = ["token.use"], fields = ["signing_key_id", "token_issuer"], lookback = "14d" } ]
[parameters]
key = "key id; * is a wildcard"
*/
WITH uses AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, e.signing_key_id AS signing_key_id, lower(e.token_issuer) AS token_issuer,
        lower(e.token_audience) AS token_audience, e.stream AS stream
    FROM events AS e
    WHERE e.signing_key_id IS NOT NULL AND e.token_issuer IS NOT NULL AND e.outcome = 'success' AND e.time_us < $to_us
        AND ($key IS NULL OR lower(e.signing_key_id) LIKE $key ESCAPE '\')
),
pairs AS (
    SELECT u.signing_key_id AS signing_key_id, u.token_issuer AS token_issuer, MIN(u.time_us) AS first_us FROM uses AS u GROUP BY u.signing_key_id, u.token_issuer
),
homes AS (SELECT p.signing_key_id AS signing_key_id, MIN(p.first_us) AS first_us, COUNT(*) AS issuers FROM pairs AS p GROUP BY p.signing_key_id),
owners AS (
    SELECT p.signing_key_id AS signing_key_id, MIN(p.token_issuer) AS token_issuer FROM pairs AS p
    JOIN homes AS h ON h.signing_key_id = p.signing_key_id AND h.first_us = p.first_us AND h.issuers > 1
    GROUP BY p.signing_key_id
),
issuers AS (SELECT u.stream AS stream, u.token_issuer AS token_issuer, MIN(u.time_us) AS first_us FROM uses AS u GROUP BY u.stream, u.token_issuer),
audiences AS (
    SELECT u.stream AS stream, u.token_audience AS token_audience, MIN(u.time_us) AS first_us FROM uses AS u WHERE u.token_audience IS NOT NULL
    GROUP BY u.stream, u.token_audience
),
twentieth AS (
    SELECT t.stream AS stream, t.time_us AS time_us FROM (
        SELECT u.stream AS stream, u.time_us AS time_us,
            ROW_NUMBER() OVER (PARTITION BY u.stream ORDER BY u.time_us, u.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
        FROM uses AS u
    ) AS t WHERE t.place = 20
),
judged AS (
    SELECT u.event_id AS event_id, o.token_issuer AS key_issuer,
        CASE WHEN o.token_issuer IS NOT NULL THEN 'issuer' WHEN i.stream IS NOT NULL THEN 'new issuer' ELSE 'new audience' END AS mismatch
    FROM uses AS u LEFT JOIN owners AS o ON o.signing_key_id = u.signing_key_id AND o.token_issuer <> u.token_issuer
    LEFT JOIN twentieth AS b ON b.stream = u.stream AND b.time_us < u.time_us
    LEFT JOIN issuers AS i ON i.stream = b.stream AND i.token_issuer = u.token_issuer AND i.first_us = u.time_us
    LEFT JOIN audiences AS a ON a.stream = b.stream AND a.token_audience = u.token_audience AND a.first_us = u.time_us
    WHERE u.time_us >= $from_us AND (o.token_issuer IS NOT NULL OR i.stream IS NOT NULL OR a.stream IS NOT NULL)
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, j.mismatch AS mismatch, CASE j.mismatch WHEN 'issuer' THEN 'found' ELSE 'unknown' END AS verdict,
    e.signing_key_id AS signing_key_id, e.token_issuer AS token_issuer, j.key_issuer AS key_issuer, e.token_audience AS token_audience, e.token_id AS token_id,
    e.issued_time AS issued_time, e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.object AS object, e.mailbox AS mailbox, e.src_ip AS src_ip,
    e.user_agent AS user_agent, e.stream AS stream
FROM events AS e JOIN judged AS j ON j.event_id = e.event_id
ORDER BY time_us, event_id
