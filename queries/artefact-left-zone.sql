/*
question = "Was this object, or a copy of it, written outside the zone it came from?"
meaning  = """One row for each copy, rename or upload whose source lies in a zone and whose target lies in another zone or in none. `zone_from` is what
it left. A link by size only is a candidate (verdict unknown)."""
limits   = """A plain download to a client is not listed here (ask artefact-read-by), and a target outside all logged stores is not seen: the source
then shows only a read."""
attack   = ["T1537", "T1567.002"]
needs    = [ { actions = ["object.write", "object.copy"] } ]
uses     = ["copies", "lineage", "arrivals"]
[parameters]
object = "object name; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, a.object_from AS object_from,
    a.zone_from AS zone_from, e.zone AS zone, e.actor AS actor,
    CASE a.grade WHEN 4 THEN 'proven' WHEN 3 THEN 'strong' WHEN 2 THEN 'probable' ELSE 'possible' END AS grade,
    CASE WHEN a.grade = 1 THEN 'unknown' ELSE 'found' END AS verdict, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.src_ip AS src_ip, e.object_size AS object_size, e.stream AS stream
FROM arrivals AS a JOIN events AS e ON e.event_id = a.event_id
WHERE e.time_us >= $from_us AND e.time_us < $to_us
    AND a.zone_from IS NOT NULL AND (e.zone IS NULL OR e.zone <> a.zone_from)
ORDER BY time_us, event_id
