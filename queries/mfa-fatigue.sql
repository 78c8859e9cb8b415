/*
question = "Was somebody worn down with prompts of a second factor?"
meaning  = """One row for each burst of at least five prompts of one account that were refused or left unanswered within an hour: the fifth of them. `let_in_us` is
the first successful sign-in of the account in the hour after it, `let_in_ip` its address; empty: nobody got in then."""
limits   = """Prompts that were approved at once leave no burst. Entra tells a refusal and a timeout by one code (500121). A broken client that asks again and again
looks the same. Who approved cannot be told from the log."""
attack   = ["T1621"]
needs    = [ { actions = ["sign_in"], actor = "$actor", fields = ["outcome_detail"], lookback = "1h" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH prompts AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
        e.app AS app, e.outcome_detail AS outcome_detail, e.stream AS stream, coalesce(e.actor_id, lower(e.actor)) AS who
    FROM events AS e
    WHERE e.time_us >= $from_us - 3600000000 AND e.time_us < $to_us AND coalesce(e.actor_id, e.actor) IS NOT NULL
        AND (e.action = 'sign_in' AND e.outcome = 'failure' AND (e.outcome_detail LIKE '500121%' OR e.operation LIKE 'user.authentication.auth_via_mfa%'
                OR e.source = 'duo.auth' AND regexp_matches(lower(e.outcome_detail), 'no_response|no response|user_cancelled|denied|fraud|deny')
                OR e.source NOT LIKE 'entra.%' AND regexp_matches(lower(e.outcome_detail), 'push.*(reject|den|timeout|expired)|mfa.*(reject|den|timeout|expired)'))
            OR e.operation IN ('user.mfa.okta_verify.deny_push', 'user.mfa.okta_verify.deny_push_upgrade_needed', 'gd_auth_rejected', 'gd_auth_failed'))
        AND ($actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\')
),
turns AS (
    SELECT p.time AS time, p.time_us AS time_us, p.event_id AS event_id, p.actor AS actor, p.actor_id AS actor_id, p.src_ip AS src_ip,
        p.user_agent AS user_agent, p.app AS app, p.outcome_detail AS outcome_detail, p.stream AS stream, p.who AS who,
        LAG(p.time_us, 4) OVER turn AS fifth_us, LAG(p.time_us, 5) OVER turn AS sixth_us
    FROM prompts AS p
    WINDOW turn AS (PARTITION BY p.who ORDER BY p.time_us, p.event_id)
),
bursts AS (
    SELECT t.event_id AS event_id, t.who AS who, t.time_us AS time_us, t.fifth_us AS fifth_us FROM turns AS t
    WHERE t.time_us >= $from_us AND t.time_us - t.fifth_us < 3600000000 AND (t.sixth_us IS NULL OR t.time_us - t.sixth_us >= 3600000000)
),
entries AS (
    SELECT b.event_id AS event_id, MIN(e.time_us) AS let_in_us FROM bursts AS b
    JOIN events AS e ON coalesce(e.actor_id, lower(e.actor)) = b.who AND e.time_us >= b.time_us AND e.time_us < b.time_us + 3600000000
    WHERE e.action = 'sign_in' AND e.outcome = 'success' AND e.time_us >= $from_us AND e.time_us < $to_us
    GROUP BY b.event_id
),
addresses AS (
    SELECT n.event_id AS event_id, MIN(e.src_ip) AS let_in_ip FROM entries AS n JOIN bursts AS b ON b.event_id = n.event_id
    JOIN events AS e ON e.time_us = n.let_in_us AND coalesce(e.actor_id, lower(e.actor)) = b.who
    WHERE e.action = 'sign_in' AND e.outcome = 'success'
    GROUP BY n.event_id
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
    b.fifth_us AS first_prompt_us, n.let_in_us AS let_in_us, a.let_in_ip AS let_in_ip, e.app AS app, e.outcome_detail AS outcome_detail, e.stream AS stream
FROM turns AS e JOIN bursts AS b ON b.event_id = e.event_id LEFT JOIN entries AS n ON n.event_id = e.event_id LEFT JOIN addresses AS a ON a.event_id = e.event_id
ORDER BY time_us, event_id
