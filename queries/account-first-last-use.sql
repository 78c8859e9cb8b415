/*
question = "When was this account used for the first and for the last time?"
meaning  = """For each account the first and the last record of it that is no failure (`which`), with the number of its records between them. `first_is` and `last_is`
of `timeline ask` say whether that is when it was, or only as far as the logs reach."""
limits   = """First and last are facts about the evidence: an account is older than the oldest log. What a service did in the account's name counts as its use."""
attack   = ["T1078"]
needs    = [ { actions = ["sign_in"], actor = "$actor" } ]
steps    = ["spans", "ends"]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH used AS (
    SELECT e.time_us AS time_us, e.event_id AS event_id, coalesce(e.actor_id, lower(e.actor)) AS who
    FROM events AS e
    WHERE coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
spans AS (SELECT u.who AS who, MIN(u.time_us) AS first_us, MAX(u.time_us) AS last_us, COUNT(*) AS number FROM used AS u GROUP BY u.who),
firsts AS (SELECT u.who AS who, MIN(u.event_id) AS event_id FROM used AS u JOIN spans AS s ON s.who = u.who AND s.first_us = u.time_us GROUP BY u.who),
lasts AS (SELECT u.who AS who, MAX(u.event_id) AS event_id FROM used AS u JOIN spans AS s ON s.who = u.who AND s.last_us = u.time_us GROUP BY u.who),
ends AS (
    SELECT f.event_id AS event_id, f.who AS who, CASE WHEN l.event_id = f.event_id THEN 'first and last' ELSE 'first' END AS which
    FROM firsts AS f JOIN lasts AS l ON l.who = f.who
    UNION ALL
    SELECT l.event_id AS event_id, l.who AS who, 'last' AS which FROM lasts AS l JOIN firsts AS f ON f.who = l.who WHERE f.event_id <> l.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, n.which AS which, e.actor AS actor, e.actor_id AS actor_id, s.number AS number,
    s.first_us AS first_us, s.last_us AS last_us, e.action AS action, e.src_ip AS src_ip, e.user_agent AS user_agent, e.stream AS stream
FROM events AS e JOIN ends AS n ON n.event_id = e.event_id JOIN spans AS s ON s.who = n.who
ORDER BY time_us, event_id
