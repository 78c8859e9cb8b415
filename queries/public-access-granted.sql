/*
question = "Was this object, or the place it lies in, opened to the public or to anybody with a link?"
meaning  = """One row for each opening that did not fail. A finding where the operation itself says so (anonymous links, public access blocks taken away), or where somebody
without identity then reached something in that place within 30 days (`used_event` is the first time); other changes of access rights are candidates (verdict
unknown): what they grant stands in the record. Buckets, containers and sites count for all that lies in them."""
limits   = """Signatures (SAS, pre-signed links) are made without a record: see sas-used. A place that was open before the evidence begins shows only its use: see
anonymous-access."""
attack   = ["T1537", "T1567", "T1578"]
needs    = [ { actions = ["object.share"], object = "$object" } ]
[parameters]
object = "object name, or a place followed by *; * is a wildcard"
*/
WITH shares AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.object AS object, lower(coalesce(e.operation, '')) AS operation
    FROM events AS e
    WHERE e.action = 'object.share' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
        -- a container holds the object if the object's name, or the pattern asked for, begins with its name
        AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\' OR position(lower(e.object) || '/' IN replace($object, '\', '')) = 1)
),
visits AS (
    SELECT s.event_id AS event_id, v.event_id AS used_event,
        ROW_NUMBER() OVER (PARTITION BY s.event_id ORDER BY v.time_us, v.event_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM shares AS s JOIN events AS v ON v.actor_type = 'anonymous' AND v.time_us >= s.time_us AND v.time_us < s.time_us + 2592000000000
    WHERE v.outcome = 'success' AND v.action LIKE 'object.%'
        AND split_part(v.object, '/', 3) = split_part(s.object, '/', 3) AND (v.object = s.object OR position(s.object || '/' IN v.object) = 1)
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, e.operation AS operation, v.used_event AS used_event,
    CASE WHEN v.used_event IS NOT NULL OR s.operation LIKE '%anonymouslink%' OR s.operation LIKE 'delete%publicaccessblock'
        OR s.operation = 'rest.delete.public_access_block' THEN 'found' ELSE 'unknown' END AS verdict, e.outcome_detail AS outcome_detail,
    e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
    e.session_id AS session_id, e.token_id AS token_id, e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM shares AS s JOIN events AS e ON e.event_id = s.event_id LEFT JOIN visits AS v ON v.event_id = s.event_id AND v.place = 1
ORDER BY time_us, event_id
