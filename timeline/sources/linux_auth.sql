/*
title        = "Unix authentication log (syslog text)"
docs         = ["https://man.openbsd.org/sshd", "https://www.rfc-editor.org/rfc/rfc3164"]
names        = ["linux.auth"]
match        = '''regexp_matches(line, '^(<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.:Z+-]*) \S+ [^ :\[]+(\[[^\]]*\])?: ')'''
completeness = "complete"
scope        = "host"
objects      = ["/*"]
optional     = ["crash.dump", "process.start"]
local_time   = true
yearless     = true
empty        = ["logged_time", "user_agent", "device_id", "app_id", "resource_id", "session_id", "token_issuer", "token_audience", "request_id", "issued_time",
                "object_hash", "object_size", "mailbox"]
sees_not     = ["messages dropped or folded by the syslog daemon (message repeated N times)", "the year, and the time zone, in the classic form of lines",
                "what was typed or copied in a session, unless sftp logs at VERBOSE"]
export       = "cp /var/log/auth.log* evidence/ (Red Hat: /var/log/secure*)"
[witnesses]
"*" = ["sign_in", "sign_out", "credential.add", "account.change"]
*/
SELECT
    CASE WHEN contains(stamp, 'T') THEN instant(stamp) END AS time,
    CASE WHEN NOT contains(stamp, 'T') THEN try_strptime('2000 ' || stamp, '%Y %b %d %H:%M:%S') WHEN time IS NULL THEN try_cast(stamp AS TIMESTAMP) END AS local_time,
    precision_of(stamp) AS time_precision,
    lower(host) AS scope,
    program AS operation,
    unix_action(program, message) AS action,
    family_of(action) AS family,
    unix_outcome(message, action) AS outcome,
    unix_line(message) AS said,
    CASE WHEN action = 'other' THEN NULL WHEN action = 'service.event' THEN message
         ELSE coalesce(nullif(said['detail'], ''), CASE WHEN outcome = 'failure' THEN message END) END AS outcome_detail,
    coalesce(nullif(said['who'], ''), nullif(regexp_extract(said['more'], ' user=(\S+)', 1), '')) AS actor,
    CASE WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(coalesce(nullif(said['ip'], ''), nullif(regexp_extract(said['more'], 'rhost=(\S+)', 1), ''))) AS src_ip,
    program AS app,
    nullif(regexp_extract(said['more'], '(SHA256:\S+|MD5:\S+)', 1), '') AS credential_id,
    nullif(regexp_extract(said['more'], '\(serial (\d+)\)', 1), '') AS token_id,
    nullif(regexp_extract(said['more'], ' CA \S+ (SHA256:\S+)', 1), '') AS signing_key_id,
    CASE WHEN action LIKE 'object.%' THEN regexp_extract(message, CASE WHEN action = 'object.move' THEN ' new "(.*)"' ELSE '"(.*?)"' END, 1)
         WHEN program = 'sudo' THEN nullif(regexp_extract(message, ' ; COMMAND=(.*)$', 1), '') END AS object,
    CASE WHEN action = 'object.move' THEN regexp_extract(message, ' old "(.*)" new ', 1) END AS object_from,
    CASE WHEN action IN ('object.read', 'object.write') THEN try_cast(regexp_extract(message,
        CASE WHEN action = 'object.read' THEN 'bytes read (\d+)' ELSE ' written (\d+)' END, 1) AS BIGINT) END AS bytes
FROM (SELECT *, parts['stamp'] AS stamp, parts['host'] AS host, regexp_replace(parts['program'], '^.*/', '') AS program,
        CASE WHEN starts_with(parts['text'], 'message repeated ') THEN regexp_extract(parts['text'], '^message repeated \d+ times: \[ ?(.*)\]$', 1) ELSE parts['text'] END AS message
    FROM (SELECT *, regexp_extract(line, '^(?:<\d{1,3}>)?(\S{4,}|\S+ +\d+ \S+) (\S+) ([^ :\[]+)(?:\[([^\]]*)\])?: (.*?)\s*$',
            ['stamp', 'host', 'program', 'pid', 'text']) AS parts FROM records))
