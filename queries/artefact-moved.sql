/*
question = "Did this object arrive in the zone from elsewhere?"
meaning  = """One row for each arrival: a copy, rename or upload into the zone of the object itself or of what was made from it (see artefact-path for
the grades). An upload whose source nobody states, or one that matches by size only, is a candidate (verdict unknown), never a finding."""
limits   = """Only stores that log writes and belong to a zone of case.toml are seen; a copy within one zone, account or bucket is no arrival."""
attack   = ["T1537", "T1074.002", "T1570"]
needs    = [ { actions = ["object.write", "object.copy"], zone = "$zone" } ]
[parameters]
object = "object name, of the original or of the copy; * is a wildcard"
zone   = "name of the zone in case.toml; * is a wildcard"
*/
WITH RECURSIVE writes AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.object AS object, e.object_from AS object_from, e.object_hash AS hash, e.object_size AS size,
        coalesce(e.request_id, e.event_id) AS request, CASE WHEN e.action IN ('object.copy', 'object.move') THEN 1 ELSE 0 END AS copied
    FROM events AS e
    WHERE e.action IN ('object.write', 'object.copy', 'object.move', 'crash.dump') AND coalesce(e.outcome, 'unknown') <> 'failure'
        AND e.object IS NOT NULL AND e.time_us < $to_us
        AND NOT (lower(coalesce(e.operation, '')) LIKE 'copy%source' OR coalesce(e.operation, '') = 'REST.COPY.OBJECT_GET')
),
seeds AS (
    SELECT e.object AS object FROM events AS e WHERE lower(e.object) LIKE $object ESCAPE '\' AND e.time_us < $to_us GROUP BY e.object
    UNION
    SELECT e.object_from AS object FROM events AS e WHERE lower(e.object_from) LIKE $object ESCAPE '\' AND e.time_us < $to_us GROUP BY e.object_from
),
contents AS (
    SELECT s.object AS object, e.object_hash AS hash, e.object_size AS size, MIN(e.time_us) AS since_us
    FROM seeds AS s LEFT JOIN events AS e ON e.object = s.object AND e.time_us < $to_us AND coalesce(e.outcome, 'unknown') <> 'failure'
    GROUP BY s.object, e.object_hash, e.object_size
),
known AS (
    -- what two objects may be compared by; the hash of nothing links nothing (MD5, SHA-1, SHA-256), nor does a tiny size
    SELECT 'hash' AS kind, c.hash AS mark FROM contents AS c
    WHERE coalesce(c.size, 64) >= 64 AND c.hash NOT IN ('d41d8cd98f00b204e9800998ecf8427e', '"d41d8cd98f00b204e9800998ecf8427e"',
        '1B2M2Y8AsgTpgAmY7PhCfg==', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    GROUP BY c.hash
    UNION ALL
    SELECT 'size' AS kind, CAST(c.size AS VARCHAR) AS mark FROM contents AS c WHERE c.size >= 64 GROUP BY c.size
),
near AS (
    SELECT w.object AS object FROM writes AS w WHERE w.copied = 1 OR w.object_from IS NOT NULL
    UNION
    SELECT w.object AS object FROM writes AS w JOIN known AS k ON k.kind = 'hash' AND k.mark = w.hash
    UNION
    SELECT w.object AS object FROM writes AS w JOIN known AS k ON k.kind = 'size' AND CAST(k.mark AS BIGINT) = w.size
),
requests AS (
    -- one row for each request: services record one copy as several rows of one request
    SELECT w.object AS object, w.request AS request, MIN(w.time_us) AS time_us, MAX(w.object_from) AS origin, MAX(w.hash) AS hash,
        MAX(w.size) AS size, MAX(w.copied) AS copied
    FROM writes AS w JOIN near AS n ON n.object = w.object
    GROUP BY w.object, w.request
),
origins AS (
    -- the other object of the same request is the source of a copy
    SELECT r.object AS object, r.request AS request, MIN(s.object) AS origin
    FROM requests AS r JOIN events AS s ON s.request_id = r.request AND s.object <> r.object
    WHERE r.origin IS NULL AND s.action IN ('object.read', 'object.copy')
        AND (r.copied = 1 AND s.action = 'object.read' OR lower(s.operation) LIKE 'copy%source' OR s.operation = 'REST.COPY.OBJECT_GET')
    GROUP BY r.object, r.request
),
written AS (
    SELECT r.object AS object, r.request AS request, r.time_us AS time_us, r.hash AS hash, r.size AS size, coalesce(r.origin, o.origin) AS origin,
        regexp_replace(lower(r.object), '^.*[/\\]', '') AS name, LEAD(r.time_us) OVER later AS next_us, LEAD(r.hash) OVER later AS next_hash,
        LEAD(r.size) OVER later AS next_size
    FROM requests AS r LEFT JOIN origins AS o ON o.object = r.object AND o.request = r.request
    WINDOW later AS (PARTITION BY r.object ORDER BY r.time_us, r.request)
),
rare AS (
    -- a size that many objects share says nothing
    SELECT w.size AS size FROM written AS w WHERE w.size >= 4096 GROUP BY w.size HAVING COUNT(DISTINCT w.object) <= 10
),
grades AS (
    SELECT 4 AS grade UNION ALL SELECT 3 AS grade UNION ALL SELECT 2 AS grade UNION ALL SELECT 1 AS grade
),
edges AS (
    -- 4 proven by the stated source, 3 same hash, 2 same size and name, 1 same size: only for what states no source
    SELECT k.grade AS grade, w.object AS object, w.request AS request, w.time_us AS time_us, w.hash AS hash, w.size AS size, w.name AS name,
        CASE k.grade WHEN 4 THEN w.origin WHEN 3 THEN w.hash WHEN 2 THEN CAST(w.size AS VARCHAR) || '/' || w.name ELSE CAST(w.size AS VARCHAR) END AS mark,
        CASE WHEN w.hash = w.next_hash OR w.size = w.next_size THEN NULL ELSE w.next_us END AS until_us
    FROM written AS w CROSS JOIN grades AS k LEFT JOIN rare AS z ON z.size = w.size LEFT JOIN known AS h ON h.kind = 'hash' AND h.mark = w.hash
    WHERE $object IS NOT NULL AND (k.grade = 4 AND w.origin <> w.object OR w.origin IS NULL
        AND (k.grade = 3 AND h.mark IS NOT NULL OR k.grade = 2 AND w.size >= 64 OR k.grade = 1 AND z.size IS NOT NULL))
),
path AS (
    SELECT c.object AS object, CAST(NULL AS VARCHAR) AS request, c.since_us AS since_us, CAST(NULL AS BIGINT) AS until_us, c.hash AS hash, c.size AS size,
        regexp_replace(lower(c.object), '^.*[/\\]', '') AS name, CAST(NULL AS VARCHAR) AS parent, 4 AS edge, 4 AS grade, 0 AS depth,
        '|' || c.object || '|' AS trail
    FROM contents AS c
    UNION ALL
    SELECT w.object AS object, w.request AS request, w.time_us AS since_us, w.until_us AS until_us, coalesce(w.hash, p.hash) AS hash,
        coalesce(w.size, p.size) AS size, w.name AS name, p.object AS parent, w.grade AS edge, LEAST(p.grade, w.grade) AS grade, p.depth + 1 AS depth,
        p.trail || w.object || '|' AS trail
    FROM path AS p CROSS JOIN grades AS k
    JOIN edges AS w ON w.grade = k.grade AND w.mark = CASE k.grade WHEN 4 THEN p.object WHEN 3 THEN p.hash
        WHEN 2 THEN CAST(p.size AS VARCHAR) || '/' || p.name ELSE CAST(p.size AS VARCHAR) END
    WHERE p.depth < 12 AND position('|' || w.object || '|' IN p.trail) = 0 AND (p.depth = 0 AND w.grade = 4 OR w.time_us >= p.since_us)
        -- lookalikes are sought of an object and its copies, never of a lookalike
        AND (w.grade = 4 AND (p.until_us IS NULL OR w.time_us < p.until_us) OR w.grade < 4 AND p.grade = 4)
        AND (w.grade <> 1 OR w.name <> p.name) AND (w.grade > 2 OR w.hash IS NULL OR p.hash IS NULL OR w.hash <> p.hash)
        -- two content hashes that differ refute a bare size; version tags (0x…, …-5) do not
        AND (w.grade > 1 OR w.hash IS NULL OR p.hash IS NULL OR length(w.hash) <> length(p.hash) OR w.hash LIKE '%0x%' OR w.hash LIKE '%-%')
),
steps AS (
    SELECT p.object AS object, p.request AS request, p.since_us AS since_us, p.until_us AS until_us, p.parent AS parent, p.grade AS grade,
        ROW_NUMBER() OVER (PARTITION BY p.object, p.request ORDER BY p.grade DESC, p.edge DESC, p.depth, p.parent
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM path AS p
),
links AS (
    SELECT t.object AS object, t.request AS request, t.parent AS parent, t.grade AS grade FROM steps AS t WHERE t.place = 1 AND t.request IS NOT NULL
    UNION
    SELECT w.object AS object, w.request AS request, w.origin AS parent, 4 AS grade FROM written AS w
    WHERE w.origin <> w.object AND ($object IS NULL OR lower(w.object) LIKE $object ESCAPE '\' OR lower(w.origin) LIKE $object ESCAPE '\')
    UNION ALL
    -- an upload of such an object whose source nobody states: a candidate
    SELECT w.object AS object, w.request AS request, CAST(NULL AS VARCHAR) AS parent, 1 AS grade FROM writes AS w
    WHERE w.object_from IS NULL AND lower(w.object) LIKE $object ESCAPE '\'
),
zones AS (
    SELECT l.parent AS object, MIN(e.zone) AS zone FROM links AS l JOIN events AS e ON e.object = l.parent WHERE e.zone IS NOT NULL GROUP BY l.parent
),
arrivals AS (
    SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, l.parent AS object_from, e.zone AS zone,
        z.zone AS zone_from, e.actor AS actor, l.grade AS grade, e.actor_id AS actor_id, e.session_id AS session_id, e.token_id AS token_id,
        e.credential_id AS credential_id, e.src_ip AS src_ip, e.object_size AS object_size, e.stream AS stream,
        ROW_NUMBER() OVER (PARTITION BY l.object, l.request ORDER BY l.grade DESC, e.time_us, e.event_id, l.parent
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM links AS l JOIN events AS e ON e.object = l.object AND coalesce(e.request_id, e.event_id) = l.request
    LEFT JOIN zones AS z ON z.object = l.parent
    WHERE e.action IN ('object.write', 'object.copy', 'object.move') AND e.time_us >= $from_us AND e.time_us < $to_us
        AND coalesce(e.outcome, 'unknown') <> 'failure'
        -- one account or bucket is one place where the source has no zone
        AND e.zone IS NOT NULL AND ($zone IS NULL OR lower(e.zone) LIKE $zone ESCAPE '\')
        AND (z.zone IS NULL AND (l.parent IS NULL OR split_part(l.parent, '/', 3) <> split_part(e.object, '/', 3)) OR z.zone <> e.zone)
)
SELECT a.time AS time, a.time_us AS time_us, a.event_id AS event_id, a.action AS action, a.object AS object, a.object_from AS object_from,
    a.zone_from AS zone_from, a.zone AS zone, a.actor AS actor,
    CASE a.grade WHEN 4 THEN 'proven' WHEN 3 THEN 'strong' WHEN 2 THEN 'probable' ELSE 'possible' END AS grade,
    CASE WHEN a.grade = 1 THEN 'unknown' ELSE 'found' END AS verdict, a.actor_id AS actor_id, a.session_id AS session_id, a.token_id AS token_id,
    a.credential_id AS credential_id, a.src_ip AS src_ip, a.object_size AS object_size, a.stream AS stream
FROM arrivals AS a WHERE a.place = 1
ORDER BY time_us, event_id
