/*
question = "Did this object arrive in the zone from elsewhere?"
meaning  = """One row for each arrival: a copy, rename or upload into the zone of the object itself or of what was made from it (see artefact-path for
the grades). An upload whose source nobody states, or one that matches by size only, is a candidate (verdict unknown), never a finding."""
limits   = """Only stores that log writes and belong to a zone of case.toml are seen; a copy within one zone, account or bucket is no arrival."""
attack   = ["T1537", "T1074.002", "T1570"]
needs    = [ { actions = ["object.write", "object.copy"], zone = "$zone" } ]
uses     = ["copies", "lineage", "arrivals"]
[parameters]
object = "object name, of the original or of the copy; * is a wildcard"
zone   = "name of the zone in case.toml; * is a wildcard"
*/
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, a.object_from AS object_from,
    a.zone_from AS zone_from, e.zone AS zone, e.actor AS actor,
    CASE a.grade WHEN 4 THEN 'proven' WHEN 3 THEN 'strong' WHEN 2 THEN 'probable' ELSE 'possible' END AS grade,
    CASE WHEN a.grade = 1 THEN 'unknown' ELSE 'found' END AS verdict, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.src_ip AS src_ip, e.object_size AS object_size, e.stream AS stream
FROM arrivals AS a JOIN events AS e ON e.event_id = a.event_id
WHERE e.time_us >= $from_us AND e.time_us < $to_us
    -- one account or bucket is one place where the source has no zone
    AND e.zone IS NOT NULL AND ($zone IS NULL OR lower(e.zone) LIKE $zone ESCAPE '\')
    AND (a.zone_from IS NULL AND (a.object_from IS NULL OR split_part(a.object_from, '/', 3) <> split_part(e.object, '/', 3)) OR a.zone_from <> e.zone)
    AND ($object IS NOT NULL OR a.object_from IS NOT NULL)
ORDER BY time_us, event_id
