/*
question = "Did this account read far more objects or mail in an hour than it ever did before?"
meaning  = """One row for each hour in which an account read at least 50 things and five times more than in its busiest hour before: the first of these reads, with the
number and the former maximum. The account's first day in the evidence is the baseline."""
limits   = """Backups and indexers begin like this too. Logs that group reads count too few. "Ever" is what the evidence holds: exact only where the two weeks before
the window are covered too."""
attack   = ["T1530", "T1213", "T1114.002"]
needs    = [ { actions = ["object.read", "mail.read"], actor = "$actor", lookback = "14d" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH reads AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, coalesce(e.actor_id, lower(e.actor)) AS who, e.time_us - e.time_us % 3600000000 AS hour_us, e.bytes AS bytes
    FROM events AS e
    WHERE e.action IN ('object.read', 'mail.read') AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
hours AS (
    SELECT r.who AS who, r.hour_us AS hour_us, COUNT(*) AS number, SUM(r.bytes) AS bytes, MIN(r.time_us) AS first_us FROM reads AS r GROUP BY r.who, r.hour_us
),
ranked AS (
    SELECT h.who AS who, h.hour_us AS hour_us, h.number AS number, h.bytes AS bytes, h.first_us AS first_us,
        MAX(h.number) OVER (PARTITION BY h.who ORDER BY h.hour_us ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS most_before,
        MIN(h.hour_us) OVER (PARTITION BY h.who ORDER BY h.hour_us ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS start_us
    FROM hours AS h
),
bursts AS (
    SELECT k.who AS who, k.number AS number, k.bytes AS bytes, k.most_before AS most_before, MIN(r.event_id) AS event_id
    FROM ranked AS k JOIN reads AS r ON r.who = k.who AND r.time_us = k.first_us
    WHERE k.number >= 50 AND k.number > 5 * k.most_before AND k.hour_us - k.start_us >= 86400000000
    GROUP BY k.who, k.number, k.bytes, k.most_before, k.first_us
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, b.number AS number, b.most_before AS most_before, CAST(b.bytes AS BIGINT) AS bytes,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.app AS app, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM bursts AS b JOIN events AS e ON e.event_id = b.event_id
WHERE e.time_us >= $from_us
ORDER BY time_us, event_id
