/*
question = "Was the life of records shortened?"
meaning  = """One row for each successful change after which a log, a bucket or a table keeps records for fewer days than the change before it said; a first rule of life
on a bucket (nothing was deleted before). Where the evidence does not tell how long it was before, or is now, the row is a candidate."""
limits   = """A limit that was set before the evidence begins is not known. Saving money looks the same. What a shorter life cost: see `timeline gaps`."""
attack   = ["T1562.008", "T1070", "T1485.001"]
needs    = [ { actions = ["retention.change"] } ]
[parameters]
stream = "stream that told of it, or (by the part after /) the account, bucket or host concerned; * is a wildcard"
*/
WITH changes AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.actor AS actor, e.actor_id AS actor_id, e.operation AS operation, e.object AS object,
        e.resource AS resource, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream,
        e.retention_days AS retention_days, CASE WHEN regexp_matches(lower(e.operation), 'lifecycle|managementpolicies') THEN 'life' ELSE 'limit' END AS form,
        CASE WHEN regexp_matches(lower(e.operation), '^delete|/delete$|^remove') THEN 1 ELSE 0 END AS gone,
        LAG(e.retention_days) OVER (PARTITION BY split_part(e.source, '.', 1), e.resource, coalesce(e.object, e.stream) ORDER BY e.time_us, e.event_id) AS before_days,
        LAG(e.time_us) OVER (PARTITION BY split_part(e.source, '.', 1), e.resource, coalesce(e.object, e.stream) ORDER BY e.time_us, e.event_id) AS before_us
    FROM events AS e
    WHERE e.action = 'retention.change' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id,
    CASE WHEN e.retention_days > 0 AND (e.before_days > e.retention_days OR e.form = 'life' AND coalesce(e.before_days, 0) = 0 AND e.before_us IS NULL) THEN 'found'
        ELSE 'unknown' END AS verdict,
    e.retention_days AS retention_days, e.before_days AS before_days, e.before_us AS before_us, e.actor AS actor, e.actor_id AS actor_id, e.operation AS operation,
    e.object AS object, e.resource AS resource, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id, e.stream AS stream
FROM changes AS e
WHERE e.time_us >= $from_us AND NOT (e.gone = 1 AND e.form = 'life') AND (coalesce(e.before_days, 0) = 0 OR coalesce(e.retention_days, 0) = 0 OR e.before_days > e.retention_days)
    AND ($stream IS NULL OR lower(e.stream) LIKE $stream ESCAPE '\' OR split_part($stream, '/', 2) <> ''
        AND (lower(e.object) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'
            OR lower(e.resource) LIKE '%' || split_part($stream, '/', 2) || '%' ESCAPE '\'))
ORDER BY time_us, event_id
