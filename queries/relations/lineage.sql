/*
gives = "The object that is asked about, and all that was made from it: for each thing as long as it held those contents, with how sure that is."
uses = ["copies"]
parameters = ["object"]
[columns]
object   = "its name"
run      = "which of its contents in turn, from 1; NULL: the object asked about itself, at any time"
since_us = "when it first held these contents"
until_us = "when they were overwritten by others, or NULL"
parent   = "what it was made from; NULL: the object asked about"
grade    = "4 proven by a stated source or a shared request, 3 the same hash, 2 the same size and name, 1 the same size or a repacked name"
edge     = "the same of its own link to the parent alone, 0 if by a repacked name; NULL: the object asked about"
depth    = "how many steps from the object asked about"
*/
WITH RECURSIVE lineage_seeds AS (
    SELECT e.object AS object, e.object_hash AS hash, e.object_size AS size, MIN(e.time_us) AS since_us
    FROM events AS e
    WHERE lower(e.object) LIKE $object ESCAPE '\' AND e.time_us < $to_us AND coalesce(e.outcome, 'unknown') <> 'failure'
    GROUP BY e.object, e.object_hash, e.object_size
    UNION ALL
    SELECT c.origin AS object, CAST(NULL AS VARCHAR) AS hash, CAST(NULL AS BIGINT) AS size, MIN(c.time_us) AS since_us
    FROM copies AS c WHERE lower(c.origin) LIKE $object ESCAPE '\' GROUP BY c.origin
),
lineage_pairs AS (SELECT c.origin AS origin, c.object AS object FROM copies AS c WHERE $object IS NOT NULL GROUP BY c.origin, c.object),
lineage_first AS (
    -- by name alone, whatever the time: what could hold a copy
    SELECT s.object AS object, 0 AS depth FROM lineage_seeds AS s GROUP BY s.object
    UNION
    SELECT p.object AS object, c.depth + 1 AS depth FROM lineage_first AS c JOIN lineage_pairs AS p ON p.origin = c.object WHERE c.depth < 12
),
lineage_weights AS (
    SELECT e.object_size AS size
    FROM events AS e JOIN (SELECT c.object AS object FROM lineage_first AS c GROUP BY c.object) AS o ON o.object = e.object
    WHERE e.object_size >= 64 AND e.time_us < $to_us AND coalesce(e.outcome, 'unknown') <> 'failure' GROUP BY e.object_size
),
lineage_twins AS (
    SELECT e.object AS object FROM events AS e JOIN lineage_weights AS w ON w.size = e.object_size
    WHERE e.action IN ('object.write', 'crash.dump') AND e.object IS NOT NULL AND e.time_us < $to_us AND coalesce(e.outcome, 'unknown') <> 'failure'
    GROUP BY e.object
),
lineage_links AS (
    SELECT p.origin AS origin, p.object AS object FROM lineage_pairs AS p
    UNION ALL
    -- by way of the name; a copy seldom states its size, but all twins have one of the sizes in question
    SELECT t.object AS origin, '|' || regexp_replace(lower(t.object), '^.*[/\\]', '') AS object FROM lineage_twins AS t
    UNION ALL
    SELECT '|' || regexp_replace(lower(t.object), '^.*[/\\]', '') AS origin, t.object AS object FROM lineage_twins AS t
    UNION ALL
    SELECT p.object AS origin, '|' || regexp_replace(lower(p.object), '^.*[/\\]', '') AS object FROM lineage_pairs AS p GROUP BY p.object
    UNION ALL
    SELECT f.object AS origin, '|' || regexp_replace(lower(f.object), '^.*[/\\]', '') AS object FROM lineage_first AS f GROUP BY f.object
),
lineage_copied AS (
    -- the same with what was downloaded and uploaded again, and the copies of that
    SELECT c.object AS object, 0 AS depth FROM lineage_first AS c GROUP BY c.object
    UNION
    SELECT l.object AS object, c.depth + 1 AS depth FROM lineage_copied AS c JOIN lineage_links AS l ON l.origin = c.object WHERE c.depth < 24
),
lineage_marks AS (
    -- what its contents may be known by: version tags, the hash of nothing and tiny sizes link nothing
    SELECT CASE WHEN e.object_hash LIKE '0x%' OR e.object_hash LIKE '"0x%' OR coalesce(e.object_size, 64) < 64 OR e.object_hash IN (
            'd41d8cd98f00b204e9800998ecf8427e', '1B2M2Y8AsgTpgAmY7PhCfg==', 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
            '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
            THEN NULL ELSE e.object_hash END AS hash, CASE WHEN e.object_size >= 64 THEN e.object_size END AS size
    FROM events AS e JOIN (SELECT c.object AS object FROM lineage_copied AS c GROUP BY c.object) AS o ON o.object = e.object
    WHERE e.action IN ('object.write', 'object.copy', 'object.move', 'object.read', 'object.inspect', 'crash.dump') AND e.time_us < $to_us
        AND coalesce(e.outcome, 'unknown') <> 'failure'
),
lineage_hashes AS (SELECT m.hash AS hash FROM lineage_marks AS m WHERE m.hash IS NOT NULL GROUP BY m.hash),
lineage_sizes AS (SELECT m.size AS size FROM lineage_marks AS m WHERE m.size IS NOT NULL GROUP BY m.size),
lineage_reads AS (
    SELECT coalesce(e.actor_id, lower(e.actor)) AS who, e.object AS object, e.time_us AS time_us,
        regexp_replace(regexp_replace(lower(e.object), '^.*[/\\]', ''), '([.](gz|tgz|zst|zip|7z|bz2|xz|lz4|tar|rar|br|gpg|enc|b64))+$', '') AS stem
    FROM events AS e JOIN (SELECT c.object AS object FROM lineage_copied AS c GROUP BY c.object) AS o ON o.object = e.object
    WHERE e.action = 'object.read' AND coalesce(e.actor_id, e.actor) IS NOT NULL AND e.time_us < $to_us AND coalesce(e.outcome, 'unknown') <> 'failure'
),
lineage_packed AS (
    -- who read it writes within a day what has its name but for the ending of a packer
    SELECT e.object AS object, e.time_us AS time_us, MAX(e.object_size) AS size, MAX(e.object_hash) AS hash, r.object AS parent
    FROM events AS e JOIN lineage_reads AS r ON r.who = coalesce(e.actor_id, lower(e.actor))
    WHERE e.action = 'object.write' AND e.object_from IS NULL AND coalesce(e.outcome, 'unknown') <> 'failure'
        AND e.time_us >= r.time_us AND e.time_us < r.time_us + 86400000000 AND e.time_us < $to_us AND length(r.stem) >= 6
        AND regexp_replace(lower(e.object), '^.*[/\\]', '') <> regexp_replace(lower(r.object), '^.*[/\\]', '')
        AND regexp_replace(regexp_replace(lower(e.object), '^.*[/\\]', ''), '([.](gz|tgz|zst|zip|7z|bz2|xz|lz4|tar|rar|br|gpg|enc|b64))+$', '') = r.stem
    GROUP BY e.object, e.time_us, r.object
),
lineage_bulks AS (SELECT p.size AS size FROM lineage_packed AS p WHERE p.size >= 64 GROUP BY p.size),
lineage_known AS (
    SELECT h.hash AS hash FROM lineage_hashes AS h
    UNION
    SELECT p.hash AS hash FROM lineage_packed AS p WHERE p.hash IS NOT NULL AND p.hash NOT LIKE '0x%'
),
lineage_near AS (
    SELECT c.object AS object, 0 AS depth FROM lineage_copied AS c
    UNION
    SELECT e.object AS object, 0 AS depth FROM events AS e JOIN lineage_hashes AS h ON h.hash = e.object_hash
    WHERE e.action IN ('object.write', 'crash.dump') AND e.time_us < $to_us
    UNION
    SELECT e.object AS object, 0 AS depth FROM events AS e JOIN lineage_sizes AS s ON s.size = e.object_size
    WHERE e.action IN ('object.write', 'crash.dump') AND e.time_us < $to_us
    UNION
    SELECT p.object AS object, 0 AS depth FROM lineage_packed AS p
    UNION
    SELECT e.object AS object, 0 AS depth FROM events AS e JOIN lineage_bulks AS b ON b.size = e.object_size
    WHERE e.action = 'object.write' AND e.time_us < $to_us
),
lineage_reach AS (
    SELECT n.object AS object, n.depth AS depth FROM lineage_near AS n
    UNION
    SELECT p.object AS object, r.depth + 1 AS depth FROM lineage_reach AS r JOIN lineage_pairs AS p ON p.origin = r.object WHERE r.depth < 12
),
lineage_writes AS (
    -- one row for each request; a part of an upload changes nothing until it is committed
    SELECT e.object AS object, coalesce(e.request_id, e.event_id) AS request, MIN(e.time_us) AS time_us, MAX(e.object_hash) AS hash, MAX(e.object_size) AS size,
        MAX(CASE WHEN lower(e.operation) IN ('uploadpart', 'uploadpartcopy', 'rest.put.part', 'rest.copy.part', 'putblock', 'putblockfromurl', 'appendblock',
            'appendblockfromurl', 'appendfile', 'putpage', 'putpagefromurl', 'clearpage') THEN 1 ELSE 0 END) AS part,
        MAX(CASE WHEN lower(e.operation) IN ('completemultipartupload', 'rest.post.upload', 'putblocklist', 'flushfile') THEN 1 ELSE 0 END) AS closing
    FROM events AS e JOIN (SELECT r.object AS object FROM lineage_reach AS r GROUP BY r.object) AS o ON o.object = e.object
    WHERE e.action IN ('object.write', 'object.copy', 'object.move', 'crash.dump') AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us
        AND NOT (lower(coalesce(e.operation, '')) LIKE '%source' OR lower(coalesce(e.operation, '')) LIKE 'rest.copy.%get')
    GROUP BY e.object, coalesce(e.request_id, e.event_id)
),
lineage_turns AS (
    SELECT w.object AS object, w.request AS request, w.time_us AS time_us, w.hash AS hash, w.size AS size, c.origin AS origin, w.part AS part, w.closing AS closing,
        MAX(CASE WHEN w.part = 1 AND c.origin IS NOT NULL THEN w.time_us END) OVER before AS piece_us,
        MAX(CASE WHEN w.part = 0 THEN w.time_us END) OVER before AS whole_us,
        LAG(w.request) OVER turn AS last_request, LAG(c.origin) OVER turn AS last_origin, LAG(w.hash) OVER turn AS last_hash, LAG(w.size) OVER turn AS last_size
    FROM lineage_writes AS w LEFT JOIN copies AS c ON c.object = w.object AND c.request = w.request
    WINDOW turn AS (PARTITION BY w.object ORDER BY w.time_us, w.request),
        before AS (PARTITION BY w.object ORDER BY w.time_us, w.request ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
lineage_numbers AS (
    SELECT t.object AS object, t.time_us AS time_us, t.hash AS hash, t.size AS size, t.origin AS origin, SUM(CASE
            WHEN t.last_request IS NULL THEN 1
            WHEN t.origin IS NOT NULL THEN CASE WHEN t.origin = t.last_origin THEN 0 ELSE 1 END
            WHEN t.part = 1 OR t.closing = 1 AND t.piece_us >= coalesce(t.whole_us, t.piece_us) OR t.hash = t.last_hash OR t.size = t.last_size THEN 0
            ELSE 1 END) OVER (PARTITION BY t.object ORDER BY t.time_us, t.request ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
    FROM lineage_turns AS t
),
lineage_runs AS (
    -- the contents that an object held in turn
    SELECT n.object AS object, CAST(n.run AS BIGINT) AS run, MIN(n.time_us) AS since_us, MAX(n.time_us) AS last_us, MAX(n.origin) AS origin, MAX(n.hash) AS hash, MAX(n.size) AS size,
        regexp_replace(lower(n.object), '^.*[/\\]', '') AS name
    FROM lineage_numbers AS n GROUP BY n.object, n.run
),
lineage_held AS (
    SELECT r.object AS object, r.run AS run, r.since_us AS since_us, r.last_us AS last_us, r.origin AS origin, r.hash AS hash, r.size AS size, r.name AS name,
        LEAD(r.since_us) OVER (PARTITION BY r.object ORDER BY r.since_us, r.run) AS until_us
    FROM lineage_runs AS r
),
lineage_rare AS (
    -- a size that many objects share says nothing
    SELECT h.size AS size FROM lineage_held AS h WHERE h.size >= 4096 GROUP BY h.size HAVING COUNT(DISTINCT h.object) <= 10
),
lineage_grades AS (
    SELECT 4 AS grade UNION ALL SELECT 3 AS grade UNION ALL SELECT 2 AS grade UNION ALL SELECT 1 AS grade UNION ALL SELECT 0 AS grade
),
lineage_edges AS (
    -- 4 the stated source; for what states none: 3 the same hash, 2 the same size and name, 1 the same rare size, 0 repacked by who read it
    SELECT k.grade AS grade, h.object AS object, h.run AS run, h.since_us AS since_us, h.last_us AS last_us, h.until_us AS until_us, h.hash AS hash, h.size AS size, h.name AS name,
        CASE k.grade WHEN 4 THEN h.origin WHEN 3 THEN m.hash WHEN 2 THEN CAST(h.size AS VARCHAR) || '/' || h.name WHEN 1 THEN CAST(h.size AS VARCHAR)
            ELSE q.parent END AS mark
    FROM lineage_held AS h CROSS JOIN lineage_grades AS k LEFT JOIN lineage_rare AS z ON z.size = h.size LEFT JOIN lineage_known AS m ON m.hash = h.hash
    LEFT JOIN lineage_packed AS q ON q.object = h.object AND q.time_us = h.since_us AND k.grade = 0
    WHERE k.grade = 4 AND h.origin <> h.object OR h.origin IS NULL
        AND (k.grade = 3 AND m.hash IS NOT NULL OR k.grade = 2 AND h.size >= 64 OR k.grade = 1 AND z.size IS NOT NULL OR k.grade = 0 AND q.parent IS NOT NULL)
),
lineage_path AS (
    SELECT s.object AS object, CAST(NULL AS BIGINT) AS run, s.since_us AS since_us, CAST(NULL AS BIGINT) AS until_us, s.hash AS hash, s.hash AS content, s.size AS size,
        regexp_replace(lower(s.object), '^.*[/\\]', '') AS name, CAST(NULL AS VARCHAR) AS parent, 4 AS edge, 4 AS grade, 0 AS depth,
        '|' || s.object || '#|' AS trail
    FROM lineage_seeds AS s
    UNION ALL
    SELECT w.object AS object, w.run AS run, CASE WHEN p.depth = 0 THEN w.since_us ELSE GREATEST(w.since_us, p.since_us) END AS since_us,
        w.until_us AS until_us, coalesce(w.hash, p.hash) AS hash,
        -- what the contents are known by: a copy has those of its source, and often states no more than a version tag
        CASE WHEN w.grade = 0 THEN w.hash WHEN p.content IS NULL OR p.content LIKE '%0x%' OR p.content LIKE '%-%' THEN coalesce(w.hash, p.content) ELSE p.content END AS content,
        coalesce(w.size, p.size) AS size,
        w.name AS name, p.object AS parent, w.grade AS edge, LEAST(p.grade, w.grade) AS grade, p.depth + 1 AS depth, p.trail || w.object || '#' || CAST(w.run AS VARCHAR) || '|' AS trail
    FROM lineage_path AS p CROSS JOIN lineage_grades AS k
    JOIN lineage_edges AS w ON w.grade = k.grade AND w.mark = CASE k.grade WHEN 3 THEN p.hash WHEN 2 THEN CAST(p.size AS VARCHAR) || '/' || p.name
        WHEN 1 THEN CAST(p.size AS VARCHAR) ELSE p.object END
    WHERE p.depth < 12 AND position('|' || w.object || '#' || CAST(w.run AS VARCHAR) || '|' IN p.trail) = 0 AND w.object <> p.object AND (p.depth = 0 AND w.grade = 4 OR w.last_us >= p.since_us)
        -- lookalikes are sought of an object and its copies, and only later ones; of a lookalike only what was packed of it or has since another name
        AND (w.grade = 4 AND (p.until_us IS NULL OR w.since_us < p.until_us) OR w.grade < 4 AND w.since_us >= p.since_us AND (p.grade = 4
            OR w.grade = 0 AND p.grade >= 2 OR w.grade IN (2, 3) AND p.edge IN (0, 4)
                AND position('/' || p.name || '#' IN lower(p.trail)) = length(p.trail) - length(p.name) - length(coalesce(CAST(p.run AS VARCHAR), '')) - 2))
        AND (w.grade <> 1 OR w.name <> p.name) AND (w.grade NOT IN (1, 2) OR w.hash IS NULL OR p.hash IS NULL OR w.hash <> p.hash)
        -- two content hashes that differ refute a size; version tags (0x…, …-5) do not, nor do entity tags of S3, which encryption changes
        AND (w.grade NOT IN (1, 2) OR w.hash IS NULL OR p.content IS NULL OR length(w.hash) <> length(p.content) OR w.hash = p.content OR w.hash LIKE '%0x%' OR w.hash LIKE '%-%'
            OR w.object LIKE 's3://%')
),
lineage_steps AS (
    SELECT p.object AS object, p.run AS run, p.since_us AS since_us, p.until_us AS until_us, p.parent AS parent, p.grade AS grade,
        CASE WHEN p.depth > 0 THEN p.edge END AS edge, p.depth AS depth,
        ROW_NUMBER() OVER (PARTITION BY p.object, p.run ORDER BY p.grade DESC, p.edge DESC, p.depth, p.parent
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM lineage_path AS p
)
SELECT t.object AS object, t.run AS run, t.since_us AS since_us, t.until_us AS until_us, t.parent AS parent,
    CASE WHEN t.grade < 1 THEN 1 ELSE t.grade END AS grade, t.edge AS edge, t.depth AS depth
FROM lineage_steps AS t WHERE t.place = 1
