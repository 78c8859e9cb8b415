/*
question = "Did somebody who downloaded this object upload it again elsewhere, as it was or repacked?"
meaning  = """One row for each upload that follows a read of the object (or of a copy of it) by the same account within a week: of the same hash, of the same size,
or within a day under the same name but for the ending of a packer. `how` tells which, `read_event` is the last such read before, `gap_us` the time between.
A finding if the hash agrees, or size or name and the same session, key or client; else a candidate (verdict unknown)."""
limits   = """An upload to a store whose log is not here leaves only the read. Repacked contents have another size and hash, so that a name is all there is."""
attack   = ["T1560.001", "T1567.002", "T1537"]
needs    = [ { actions = ["object.read", "object.write"] } ]
uses     = ["copies", "lineage"]
[parameters]
object = "object name; * is a wildcard"
*/
WITH held AS (
    SELECT l.object AS object, l.since_us AS since_us, l.until_us AS until_us, l.run AS run FROM lineage AS l WHERE l.grade = 4
),
downloads AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, coalesce(e.actor_id, lower(e.actor), e.src_ip) AS who, e.session_id AS session_id,
        e.credential_id AS credential_id, e.src_ip AS src_ip, e.user_agent AS user_agent
    FROM held AS h JOIN events AS e ON e.object = h.object
    WHERE e.action = 'object.read' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us
        AND (h.run IS NULL OR e.time_us >= h.since_us AND (h.until_us IS NULL OR e.time_us < h.until_us))
),
uploads AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, coalesce(e.actor_id, lower(e.actor), e.src_ip) AS who, e.session_id AS session_id,
        e.credential_id AS credential_id, e.src_ip AS src_ip, e.user_agent AS user_agent, l.edge AS edge, l.parent AS parent
    FROM lineage AS l JOIN events AS e ON e.object = l.object
    WHERE l.edge < 4 AND e.action = 'object.write' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        AND e.time_us >= l.since_us AND (l.until_us IS NULL OR e.time_us < l.until_us)
),
pairs AS (
    SELECT u.event_id AS event_id, u.edge AS edge, u.parent AS parent, d.event_id AS read_event, u.time_us - d.time_us AS gap_us,
        CASE WHEN u.session_id = d.session_id OR u.credential_id = d.credential_id OR u.src_ip = d.src_ip AND u.user_agent = d.user_agent THEN 1 ELSE 0 END AS same,
        ROW_NUMBER() OVER (PARTITION BY u.event_id ORDER BY u.edge DESC, d.time_us DESC, d.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM uploads AS u JOIN downloads AS d ON d.who = u.who
    WHERE d.time_us <= u.time_us AND d.time_us > u.time_us - 604800000000
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, p.parent AS object_from,
    CASE p.edge WHEN 3 THEN 'the same hash' WHEN 2 THEN 'the same size and name' WHEN 1 THEN 'the same size' ELSE 'repacked' END AS how,
    CASE WHEN p.edge = 3 OR p.same = 1 THEN 'found' ELSE 'unknown' END AS verdict, p.read_event AS read_event, p.gap_us AS gap_us, e.object_size AS object_size,
    e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM pairs AS p JOIN events AS e ON e.event_id = p.event_id
WHERE p.place = 1
ORDER BY time_us, event_id
