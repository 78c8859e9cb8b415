/*
title        = "Ubuntu crash reporter (apport.log)"
docs         = ["https://wiki.ubuntu.com/Apport", "https://github.com/canonical/apport"]
names        = ["linux.apport"]
match        = '''regexp_matches(line, '^(DEBUG|INFO|WARNING|ERROR|CRITICAL): apport \(pid \d+\) ([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(,\d+)?): ')'''
completeness = "best_effort"
scope        = "none: the log does not name its host"
objects      = ["/*"]
witnesses    = ["crash.dump"]
local_time   = true
empty        = ["logged_time", "actor", "src_ip", "user_agent", "device_id", "app_id", "resource", "resource_id", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience",
                "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["the host, and the time zone: state it with --timezone", "a dump of a program that had crashed before and whose report was not yet seen (it is skipped), or that was changed since its start",
                "crashes while apport is off, or where core_pattern names another program", "reports deleted since: /var/crash is emptied after seven days, whatever the log keeps"]
export       = "cp /var/log/apport.log* evidence/; cp -a /var/crash evidence/"
# request_id (the reporter's process) joins the lines of one crash: called for, executable, wrote report.

[collect]
"*" = '''sudo find /var/log /var/crash -type f \( -name 'apport.log*' -o -name '*.crash' \) -print0 | sudo tar --null -czf {file}.tar.gz -T - # on the host'''
*/
SELECT
    coalesce(try_strptime(stamp, '%a %b %d %H:%M:%S %Y'), try_strptime(stamp, '%Y-%m-%d %H:%M:%S,%g'), try_strptime(stamp, '%Y-%m-%d %H:%M:%S')) AS local_time,
    NULL::TIMESTAMPTZ AS time,
    CASE WHEN contains(stamp, ',') THEN 'ms' ELSE 's' END AS time_precision,
    NULL::VARCHAR AS scope,
    said['level'] AS operation,
    said['text'] AS message,
    CASE WHEN starts_with(message, 'wrote report ') OR starts_with(message, 'writing core dump to ') THEN 'crash.dump' ELSE 'other' END AS action,
    'system' AS family,
    CASE action WHEN 'other' THEN 'unknown' ELSE 'success' END AS outcome,
    CASE action WHEN 'crash.dump' THEN cause ELSE message END AS outcome_detail,
    CASE WHEN action = 'crash.dump' OR starts_with(message, 'executable: ') THEN program END AS app,
    CASE WHEN action = 'crash.dump' THEN regexp_extract(message, '^(?:wrote report|writing core dump to) (.*?)(?: \(limit: .*\))?$', 1) END AS object,
    nullif(regexp_extract(object, '\.(\d+)\.crash$', 1), '') AS actor_id,
    CASE WHEN actor_id = '0' THEN 'system' WHEN actor_id IS NOT NULL THEN 'user' END AS actor_type,
    'apport/' || said['pid'] AS request_id
FROM (SELECT *,
        last_value(nullif(regexp_extract(said['text'], '^executable: (.*?) \(command line ', 1), '') IGNORE NULLS) OVER lines AS program,
        last_value(nullif(regexp_extract(said['text'], ', (signal \d+)', 1), '') IGNORE NULLS) OVER lines AS cause
    FROM (SELECT *, regexp_replace(said['stamp'], ' +', ' ', 'g') AS stamp
        FROM (SELECT *, regexp_extract(line, '^(\w+): apport \(pid (\d+)\) (.*?\d\d:\d\d:\d\d(?: \d{4}|,\d+)?): (.*?)\s*$', ['level', 'pid', 'stamp', 'text']) AS said FROM records))
    WINDOW lines AS (PARTITION BY file_no, said['pid'] ORDER BY record ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
