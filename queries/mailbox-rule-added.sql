/*
question = "Was a rule or forwarding set on this mailbox?"
meaning  = """One row for each rule or forwarding that was set and did not fail."""
limits   = """Rules made in a client and kept there are not logged; older rules go on working unseen."""
attack   = ["T1114.003", "T1564.008"]
needs    = [ { actions = ["mail.rule"], mailbox = "$mailbox" } ]
[parameters]
mailbox = "mailbox name or id; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.mailbox AS mailbox, e.actor AS actor, e.actor_id AS actor_id,
    e.operation AS operation, e.object AS object, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id,
    e.token_id AS token_id, e.stream AS stream
FROM events AS e
WHERE e.action = 'mail.rule' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($mailbox IS NULL OR lower(e.mailbox) LIKE $mailbox ESCAPE '\' OR e.mailbox IS NULL AND lower(e.actor) LIKE $mailbox ESCAPE '\')
ORDER BY time_us, event_id
