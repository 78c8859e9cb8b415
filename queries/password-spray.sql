/*
question = "Did one address fail at many accounts?"
meaning  = """One row for each hour in which sign-ins to at least ten accounts from one address failed: the first of these failures, with the number of accounts and
failures, and of accounts that this address got into in the same hour."""
limits   = """A spray from many addresses, or slower than ten accounts an hour, is not found; a gateway with a broken client looks the same."""
attack   = ["T1110.003"]
needs    = [ { actions = ["sign_in"], fields = ["src_ip", "outcome"] } ]
[parameters]
address = "client address; * is a wildcard"
*/
WITH tries AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.outcome AS outcome, e.stream AS stream,
        coalesce(e.actor_id, lower(e.actor)) AS who, e.time_us - e.time_us % 3600000000 AS hour_us
    FROM events AS e
    WHERE e.action = 'sign_in' AND e.outcome IN ('success', 'failure') AND e.src_ip IS NOT NULL AND e.time_us >= $from_us AND e.time_us < $to_us
        AND ($address IS NULL OR lower(e.src_ip) LIKE $address ESCAPE '\')
),
hours AS (
    SELECT t.src_ip AS src_ip, t.hour_us AS hour_us, COUNT(DISTINCT CASE WHEN t.outcome = 'failure' THEN t.who END) AS accounts,
        SUM(CASE WHEN t.outcome = 'failure' THEN 1 ELSE 0 END) AS failures, COUNT(DISTINCT CASE WHEN t.outcome = 'success' THEN t.who END) AS entered
    FROM tries AS t
    GROUP BY t.src_ip, t.hour_us HAVING SUM(CASE WHEN t.outcome = 'failure' THEN 1 ELSE 0 END) >= 10
),
ranked AS (
    SELECT t.time AS time, t.time_us AS time_us, t.event_id AS event_id, t.src_ip AS src_ip, h.accounts AS accounts, h.failures AS failures,
        h.entered AS entered, t.user_agent AS user_agent, t.stream AS stream,
        ROW_NUMBER() OVER (PARTITION BY t.src_ip, t.hour_us ORDER BY t.time_us, t.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM tries AS t JOIN hours AS h ON h.src_ip = t.src_ip AND h.hour_us = t.hour_us AND h.accounts >= 10
    WHERE t.outcome = 'failure'
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.src_ip AS src_ip, e.accounts AS accounts, CAST(e.failures AS BIGINT) AS failures, e.entered AS entered, e.user_agent AS user_agent, e.stream AS stream
FROM ranked AS e WHERE e.place = 1
ORDER BY time_us, event_id
