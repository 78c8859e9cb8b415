/*
question = "Was a Kerberos ticket presented that no domain controller ever issued?"
meaning  = """One row for each request for a service ticket (4769) that shows a ticket whose hash no 4768 or 4769 of the case handed out, and for each Kerberos logon (4624 with
a logon GUID) without a 4769 of that GUID. It is `found` only where all security logs of the case were covered in the ten hours before it (the life of
a ticket), at least half of the accounts that use tickets have theirs issued in the case, and the use is a shown hash; else it is a candidate."""
limits   = """Which domain controllers there are only you know: name the logs of all of them in case.toml. Tickets of other forests are issued elsewhere. Hashes are logged
since the updates of 2024 only. Logon GUIDs often differ in practice, so a logon without its 4769 is never more than a candidate."""
attack   = ["T1558", "T1558.001", "T1558.002"]
needs    = [ { actions = ["token.issue"], stream = "windows.security/*", lookback = "10h" } ]
[parameters]
actor = "account name or id; * is a wildcard"
*/
WITH tickets AS (
    SELECT e.event_id AS event_id, e.time_us AS time_us, e.operation AS operation, e.token_id AS given, e.credential_id AS shown, e.request_id AS guid,
        lower(split_part(e.actor, '@', 1)) AS who
    FROM events AS e
    WHERE e.source LIKE 'windows.security%' AND e.operation IN ('4768', '4769', '4770', '4624') AND e.outcome = 'success' AND e.time_us < $to_us
        AND (e.operation <> '4624' OR e.request_id IS NOT NULL)
),
issued AS (SELECT t.given AS given, MIN(t.time_us) AS first_us FROM tickets AS t WHERE t.given IS NOT NULL GROUP BY t.given),
guids AS (SELECT t.guid AS guid FROM tickets AS t WHERE t.operation IN ('4769', '4770') AND t.guid IS NOT NULL GROUP BY t.guid),
hashed AS (SELECT t.event_id AS event_id, t.time_us AS time_us, t.who AS who, CASE WHEN i.given IS NULL THEN 0 ELSE 1 END AS known
    FROM tickets AS t LEFT JOIN issued AS i ON i.given = t.shown
    WHERE t.operation IN ('4769', '4770') AND t.shown IS NOT NULL AND t.time_us >= $from_us
),
logons AS (SELECT t.event_id AS event_id FROM tickets AS t LEFT JOIN guids AS g ON g.guid = t.guid WHERE t.operation = '4624' AND g.guid IS NULL AND t.time_us >= $from_us),
controllers AS (SELECT COUNT(*) AS number FROM guids AS g),
accounts AS (SELECT COUNT(DISTINCT CASE WHEN h.known = 0 THEN h.who END) AS lacking, COUNT(DISTINCT CASE WHEN h.known = 1 THEN h.who END) AS answered FROM hashed AS h),
marked AS (
    SELECT h.event_id AS event_id, 'hash' AS sign FROM hashed AS h WHERE h.known = 0
    UNION ALL
    SELECT l.event_id AS event_id, 'logon GUID' AS sign FROM logons AS l CROSS JOIN controllers AS c WHERE c.number > 0
)
SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, m.sign AS sign,
    CASE WHEN m.sign = 'hash' AND a.lacking * 2 <= a.answered THEN 'found' ELSE 'unknown' END AS verdict, e.actor AS actor, e.actor_id AS actor_id,
    e.operation AS operation, e.resource AS resource, e.src_ip AS src_ip, e.credential_id AS credential_id, e.token_id AS token_id, e.request_id AS request_id,
    e.session_id AS session_id, a.answered AS accounts_answered, a.lacking AS accounts_lacking, e.stream AS stream
FROM events AS e JOIN marked AS m ON m.event_id = e.event_id CROSS JOIN accounts AS a
WHERE $actor IS NULL OR lower(e.actor) LIKE $actor ESCAPE '\' OR lower(e.actor_id) LIKE $actor ESCAPE '\'
ORDER BY time_us, event_id
