/*
question = "Did somebody who downloaded this object upload it again elsewhere, as it was or repacked?"
meaning  = """One row for each upload that follows a read of the object (or of a copy of it) by the same account within a week: of the same hash, of the same size
(if an object is asked about), or within a day under the same name but for the ending of a packer. `how` tells which, `read_event` is the last such read before, `gap_us` the time between.
A finding if the hash agrees, or size or name and the same session, key or client; else a candidate (verdict unknown)."""
limits   = """An upload to a store whose log is not here leaves only the read. Repacked contents have another size and hash, so that a name is all there is."""
attack   = ["T1560.001", "T1567.002", "T1537"]
needs    = [ { actions = ["object.read", "object.write"] } ]
uses     = ["copies", "lineage"]
steps    = ["nearest"]
[parameters]
object = "object name; * is a wildcard"
*/
WITH own AS (SELECT l.object AS object FROM lineage AS l WHERE l.grade = 4 GROUP BY l.object),
uploads AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.object AS object, coalesce(e.actor_id, lower(e.actor), e.src_ip) AS who, e.session_id AS session_id,
        e.credential_id AS credential_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.object_size AS size,
        CASE WHEN e.object_hash LIKE '0x%' OR coalesce(e.object_size, 64) < 64 OR e.object_hash IN ('d41d8cd98f00b204e9800998ecf8427e',
            'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855') THEN NULL ELSE e.object_hash END AS hash,
        CASE WHEN lower(e.object) LIKE '%.gz' OR lower(e.object) LIKE '%.tgz' OR lower(e.object) LIKE '%.zst' OR lower(e.object) LIKE '%.zip' OR lower(e.object) LIKE '%.7z'
                OR lower(e.object) LIKE '%.bz2' OR lower(e.object) LIKE '%.xz' OR lower(e.object) LIKE '%.lz4' OR lower(e.object) LIKE '%.tar' OR lower(e.object) LIKE '%.rar'
                OR lower(e.object) LIKE '%.br' OR lower(e.object) LIKE '%.gpg' OR lower(e.object) LIKE '%.enc' OR lower(e.object) LIKE '%.b64' THEN 1 ELSE 0 END AS packed
    FROM events AS e LEFT JOIN copies AS c ON c.object = e.object AND c.request = coalesce(e.request_id, e.event_id)
    WHERE e.action = 'object.write' AND c.origin IS NULL AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us >= $from_us AND e.time_us < $to_us
),
writers AS (SELECT u.who AS who FROM uploads AS u WHERE u.who IS NOT NULL GROUP BY u.who),
downloads AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.object AS object, coalesce(e.actor_id, lower(e.actor), e.src_ip) AS who, e.session_id AS session_id,
        e.credential_id AS credential_id, e.src_ip AS src_ip, e.user_agent AS user_agent,
        CASE WHEN lower(e.object) LIKE '%.gz' OR lower(e.object) LIKE '%.tgz' OR lower(e.object) LIKE '%.zst' OR lower(e.object) LIKE '%.zip' OR lower(e.object) LIKE '%.7z'
                OR lower(e.object) LIKE '%.bz2' OR lower(e.object) LIKE '%.xz' OR lower(e.object) LIKE '%.lz4' OR lower(e.object) LIKE '%.tar' OR lower(e.object) LIKE '%.rar'
                OR lower(e.object) LIKE '%.br' OR lower(e.object) LIKE '%.gpg' OR lower(e.object) LIKE '%.enc' OR lower(e.object) LIKE '%.b64' THEN 1 ELSE 0 END AS packed
    FROM events AS e LEFT JOIN own AS o ON o.object = e.object JOIN writers AS w ON w.who = coalesce(e.actor_id, lower(e.actor), e.src_ip)
    WHERE e.action = 'object.read' AND coalesce(e.outcome, 'unknown') <> 'failure' AND e.time_us < $to_us AND ($object IS NULL OR o.object IS NOT NULL)
),
contents AS (
    SELECT e.object AS object, CASE WHEN e.object_hash LIKE '0x%' OR coalesce(e.object_size, 64) < 64 OR e.object_hash IN ('d41d8cd98f00b204e9800998ecf8427e',
            'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855') THEN NULL ELSE e.object_hash END AS hash,
        CASE WHEN e.object_size >= 4096 THEN e.object_size END AS size
    FROM events AS e JOIN (SELECT d.object AS object FROM downloads AS d GROUP BY d.object) AS o ON o.object = e.object
    WHERE e.action IN ('object.write', 'object.copy', 'object.read', 'crash.dump') AND e.time_us < $to_us
),
known AS (
    SELECT c.object AS object, 3 AS kind, 'hash ' || c.hash AS mark FROM contents AS c WHERE c.hash IS NOT NULL GROUP BY c.object, c.hash
    UNION ALL
    SELECT c.object AS object, 1 AS kind, 'size ' || CAST(c.size AS VARCHAR) AS mark FROM contents AS c WHERE c.size IS NOT NULL AND $object IS NOT NULL
    GROUP BY c.object, c.size
),
marks AS (
    SELECT u.event_id AS event_id, 'hash ' || u.hash AS mark FROM uploads AS u WHERE u.hash IS NOT NULL
    UNION ALL
    SELECT u.event_id AS event_id, 'size ' || CAST(u.size AS VARCHAR) AS mark FROM uploads AS u WHERE u.size >= 4096 AND $object IS NOT NULL
),
alike AS (
    SELECT m.event_id AS event_id, k.object AS object, MAX(k.kind) AS kind FROM marks AS m JOIN known AS k ON k.mark = m.mark GROUP BY m.event_id, k.object
),
packers AS (
    -- names that differ by a packer's ending alone: one of the two has it
    SELECT b.who AS who FROM (
        SELECT u.who AS who FROM uploads AS u WHERE u.packed = 1
        UNION ALL
        SELECT d.who AS who FROM downloads AS d WHERE d.packed = 1
    ) AS b WHERE b.who IS NOT NULL GROUP BY b.who
),
stored AS (
    SELECT u.event_id AS event_id, u.time_us AS time_us, u.object AS object, u.who AS who, u.session_id AS session_id, u.credential_id AS credential_id,
        u.src_ip AS src_ip, u.user_agent AS user_agent, u.packed AS packed,
        regexp_replace(regexp_replace(lower(u.object), '^.*[/\\]', ''), '([.](gz|tgz|zst|zip|7z|bz2|xz|lz4|tar|rar|br|gpg|enc|b64))+$', '') AS stem
    FROM uploads AS u JOIN packers AS p ON p.who = u.who
),
taken AS (
    SELECT d.event_id AS event_id, d.time_us AS time_us, d.object AS object, d.who AS who, d.session_id AS session_id, d.credential_id AS credential_id,
        d.src_ip AS src_ip, d.user_agent AS user_agent, d.packed AS packed,
        regexp_replace(regexp_replace(lower(d.object), '^.*[/\\]', ''), '([.](gz|tgz|zst|zip|7z|bz2|xz|lz4|tar|rar|br|gpg|enc|b64))+$', '') AS stem
    FROM downloads AS d JOIN packers AS p ON p.who = d.who
),
ties AS (
    SELECT u.event_id AS event_id, a.kind AS kind, d.object AS parent, d.event_id AS read_event, d.time_us AS read_us, u.time_us - d.time_us AS gap_us,
        CASE WHEN u.session_id = d.session_id OR u.credential_id = d.credential_id OR u.src_ip = d.src_ip AND u.user_agent = d.user_agent THEN 1 ELSE 0 END AS same
    FROM alike AS a JOIN uploads AS u ON u.event_id = a.event_id JOIN downloads AS d ON d.object = a.object AND d.who = u.who
    WHERE d.time_us <= u.time_us AND d.time_us > u.time_us - 604800000000 AND d.object <> u.object
    UNION ALL
    SELECT u.event_id AS event_id, 0 AS kind, d.object AS parent, d.event_id AS read_event, d.time_us AS read_us, u.time_us - d.time_us AS gap_us,
        CASE WHEN u.session_id = d.session_id OR u.credential_id = d.credential_id OR u.src_ip = d.src_ip AND u.user_agent = d.user_agent THEN 1 ELSE 0 END AS same
    FROM stored AS u JOIN taken AS d ON d.who = u.who AND d.stem = u.stem
    WHERE length(u.stem) >= 6 AND u.packed + d.packed > 0 AND d.time_us <= u.time_us AND d.time_us > u.time_us - 86400000000 AND d.object <> u.object
        AND regexp_replace(lower(d.object), '^.*[/\\]', '') <> regexp_replace(lower(u.object), '^.*[/\\]', '')
),
pairs AS (
    SELECT t.event_id AS event_id, t.kind AS kind, t.parent AS parent, t.read_event AS read_event, t.gap_us AS gap_us, t.same AS same,
        ROW_NUMBER() OVER (PARTITION BY t.event_id ORDER BY t.kind DESC, t.read_us DESC, t.read_event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS place
    FROM ties AS t
),
nearest AS (
    SELECT p.event_id AS event_id, p.kind AS kind, p.parent AS parent, p.read_event AS read_event, p.gap_us AS gap_us, p.same AS same
    FROM pairs AS p WHERE p.place = 1
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.action AS action, e.object AS object, p.parent AS object_from,
    CASE p.kind WHEN 3 THEN 'the same hash' WHEN 1 THEN 'the same size' ELSE 'repacked' END AS how,
    CASE WHEN p.kind = 3 OR p.same = 1 THEN 'found' ELSE 'unknown' END AS verdict, p.read_event AS read_event, p.gap_us AS gap_us, e.object_size AS object_size,
    e.actor AS actor, e.actor_id AS actor_id, e.src_ip AS src_ip, e.user_agent AS user_agent, e.session_id AS session_id, e.token_id AS token_id,
    e.credential_id AS credential_id, e.zone AS zone, e.stream AS stream
FROM nearest AS p JOIN events AS e ON e.event_id = p.event_id
ORDER BY time_us, event_id
