/*
gives = "Writes, copies and renames of the object that is asked about, or of what was made from it, with what each came from and both zones."
uses = ["copies", "lineage"]
parameters = ["object"]
[columns]
event_id    = "the event"
object_from = "what it was made from; NULL: nobody states it"
zone_from   = "the zone of that"
grade       = "4 proven, 3 strong, 2 probable, 1 possible, as lineage has it"
*/
WITH arrival_objects AS (
    SELECT l.object AS object FROM lineage AS l
    UNION
    SELECT c.object AS object FROM copies AS c WHERE $object IS NULL
),
arrival_writes AS (
    SELECT e.event_id AS event_id, e.object AS object, coalesce(e.request_id, e.event_id) AS request, e.time_us AS time_us
    FROM events AS e JOIN arrival_objects AS o ON o.object = e.object
    WHERE e.action IN ('object.write', 'object.copy', 'object.move') AND coalesce(e.outcome, 'unknown') <> 'failure'
        AND e.time_us >= $from_us AND e.time_us < $to_us
        AND NOT (lower(coalesce(e.operation, '')) LIKE '%source' OR lower(coalesce(e.operation, '')) LIKE 'rest.copy.%get')
),
arrival_links AS (
    SELECT w.event_id AS event_id, w.object AS object, w.request AS request, w.time_us AS time_us,
        coalesce(c.origin, CASE WHEN l.edge < 4 THEN l.parent END) AS parent,
        CASE WHEN c.origin IS NULL AND (l.edge = 4 OR l.edge IS NULL) THEN 1 ELSE coalesce(l.grade, 4) END AS grade
    FROM arrival_writes AS w LEFT JOIN copies AS c ON c.object = w.object AND c.request = w.request
    LEFT JOIN lineage AS l ON l.object = w.object AND l.run IS NOT NULL AND w.time_us >= l.since_us AND (l.until_us IS NULL OR w.time_us < l.until_us)
    WHERE $object IS NULL OR l.object IS NOT NULL OR lower(w.object) LIKE $object ESCAPE '\'
),
arrival_zones AS (
    SELECT l.parent AS object, MIN(e.zone) AS zone
    FROM (SELECT k.parent AS parent FROM arrival_links AS k GROUP BY k.parent) AS l JOIN events AS e ON e.object = l.parent
    WHERE e.zone IS NOT NULL GROUP BY l.parent
),
arrival_places AS (
    SELECT l.event_id AS event_id, l.parent AS parent, z.zone AS zone, l.grade AS grade,
        ROW_NUMBER() OVER (PARTITION BY l.object, l.request ORDER BY l.grade DESC, l.time_us, l.event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM arrival_links AS l LEFT JOIN arrival_zones AS z ON z.object = l.parent
)
SELECT p.event_id AS event_id, p.parent AS object_from, p.zone AS zone_from, p.grade AS grade
FROM arrival_places AS p WHERE p.place = 1
