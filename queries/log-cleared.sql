/*
question = "Were recorded logs erased?"
meaning  = """One row for each success: an event log cleared (1102, 104), a log group or stream deleted, and commands that erase logs of a host, where commands are logged."""
limits   = """Overwriting by a ring buffer is no erasure and leaves no row. Deleting the files of a log in a bucket is a deletion of objects: see artefact-deleted."""
attack   = ["T1070.001", "T1070.002", "T1562.008"]
needs    = [ { actions = ["log.clear"] } ]
[parameters]
stream = "stream that told of it, or (by the part after /) the account, log or host concerned; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.action AS action, e.operation AS operation,
    e.object AS object, e.resource AS resource, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM events AS e
WHERE (e.action = 'log.clear' OR e.action = 'process.start' AND regexp_matches(e.object,
        '(?i)journalctl .*--vacuum|(rm|shred|truncate|unlink) .*/var/log|wevtutil.* (cl|clear-log) |Clear-EventLog|Remove-EventLog'))
    AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
    AND ($stream IS NULL OR lower(e.stream) LIKE $stream ESCAPE '\' OR split_part($stream, '/', 2) <> ''
        AND (lower(e.object) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'
            OR lower(e.resource) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'))
ORDER BY time_us, event_id
