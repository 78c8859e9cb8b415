/*
gives = "Every copy, rename or upload whose source is known: stated by the record, or the other object of the same request."
[columns]
object  = "the target"
request = "the request (where none is stated: the event)"
time_us = "when it began, microseconds since 1970"
origin  = "the source"
*/
WITH copy_sides AS (
    -- the source side of a copy that a service records as two or three records of one request
    SELECT e.request_id AS request, e.object AS object
    FROM events AS e
    WHERE e.action IN ('object.read', 'object.copy') AND (lower(e.operation) LIKE '%source' OR lower(e.operation) LIKE 'rest.copy.%get')
        AND e.request_id IS NOT NULL AND e.object IS NOT NULL AND e.time_us < $to_us AND coalesce(e.outcome, 'unknown') <> 'failure'
    GROUP BY e.request_id, e.object
),
copy_writes AS (
    SELECT e.object AS object, coalesce(e.request_id, e.event_id) AS request, MIN(e.time_us) AS time_us, MAX(e.object_from) AS origin,
        MAX(CASE WHEN e.action = 'object.write' THEN 0 ELSE 1 END) AS copied
    FROM events AS e
    WHERE (e.action IN ('object.copy', 'object.move') OR e.action = 'object.write' AND e.object_from IS NOT NULL)
        AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.object IS NOT NULL AND e.time_us < $to_us
        AND NOT (lower(coalesce(e.operation, '')) LIKE '%source' OR lower(coalesce(e.operation, '')) LIKE 'rest.copy.%get')
    GROUP BY e.object, coalesce(e.request_id, e.event_id)
    UNION ALL
    SELECT e.object AS object, e.request_id AS request, MIN(e.time_us) AS time_us, CAST(NULL AS VARCHAR) AS origin, 0 AS copied
    FROM events AS e JOIN copy_sides AS s ON s.request = e.request_id
    WHERE e.action = 'object.write' AND e.object_from IS NULL AND s.object <> e.object AND coalesce(e.outcome, 'unknown') <> 'failure'
        AND e.time_us < $to_us
    GROUP BY e.object, e.request_id
),
copy_pairs AS (
    SELECT w.object AS object, w.request AS request, MIN(s.object) AS origin
    FROM copy_writes AS w JOIN copy_sides AS s ON s.request = w.request
    WHERE w.origin IS NULL AND s.object <> w.object
    GROUP BY w.object, w.request
    UNION ALL
    -- a read beside it in the same request, where no record says that it is the source
    SELECT w.object AS object, w.request AS request, MIN(e.object) AS origin
    FROM copy_writes AS w LEFT JOIN copy_sides AS s ON s.request = w.request JOIN events AS e ON e.request_id = w.request
    WHERE w.origin IS NULL AND w.copied = 1 AND s.request IS NULL AND e.action = 'object.read' AND e.object <> w.object AND e.time_us < $to_us
    GROUP BY w.object, w.request
)
SELECT w.object AS object, w.request AS request, MIN(w.time_us) AS time_us, MAX(coalesce(w.origin, p.origin)) AS origin
FROM copy_writes AS w LEFT JOIN copy_pairs AS p ON p.object = w.object AND p.request = w.request
WHERE coalesce(w.origin, p.origin) <> w.object
GROUP BY w.object, w.request
