/*
question = "Was a log stopped, narrowed, cleared or given a shorter life?"
meaning  = """One row for each successful change: a log stopped, narrowed, bypassed or deleted, its records erased, its retention changed. Attempts that
failed and changes that switch a log on are not here (see logging-changed)."""
limits   = """It says that it happened, not that it was meant to hide something. A change of retention may also lengthen it."""
attack   = ["T1562.008", "T1562.002", "T1070.001"]
needs    = [ { actions = ["logging.disable"] } ]
[parameters]
stream = "stream that told of it, or (by the part after /) the account, trail or host concerned; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action,
    e.operation AS operation, e.object AS object, e.resource AS resource, e.outcome AS outcome, e.outcome_detail AS outcome_detail,
    e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM events AS e
WHERE (e.action IN ('logging.disable', 'log.clear', 'retention.change') OR e.action = 'process.start' AND regexp_matches(e.object, '(?i)journalctl .*--vacuum|(systemctl|service) .*\b(stop|disable|mask|kill)\b.*(rsyslog|syslog-ng|auditd|journald)|service (rsyslog|syslog-ng|auditd) stop'
            || '|(rm|shred|truncate|unlink) .*/var/log|auditctl .*-(D|e *0)\b|wevtutil.* (cl|clear-log|sl|set-log) |auditpol.* /(clear|remove|set)|Clear-EventLog')) AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($stream IS NULL OR lower(e.stream) LIKE $stream ESCAPE '\' OR split_part($stream, '/', 2) <> ''
        AND (lower(e.object) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'
            OR lower(e.resource) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'))
ORDER BY time_us, event_id
