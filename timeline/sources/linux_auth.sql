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
                "what was typed or copied in a session, unless sftp logs at VERBOSE",
                "scp and rsync: of them at most the command stands in the log (Starting session, at VERBOSE), never a file; scp since OpenSSH 9 speaks sftp and is seen as such",
                "whether the request of an sftp line was granted: open, rename and remove are written before they are tried (outcome unknown); `close` with its bytes says that it was"]
export       = "cp /var/log/auth.log* evidence/ (Red Hat: /var/log/secure*)"
[witnesses]
"*" = ["sign_in", "sign_out", "credential.add", "account.change"]

[collect]
"*" = '''sudo find /var/log -maxdepth 1 -type f \( -name 'auth.log*' -o -name 'secure*' \) -print0 | sudo tar --null -czf {file}.tar.gz -T - # on {scope}. Rotated files are taken whole, and their times with them: the log states no year'''
"*@loggroup" = "aws logs filter-log-events --region REGION --log-group-name LOG-GROUP --start-time {start_unix}000 --end-time {end_unix}000 --output json | jq -r '.events[].message' > {file}.log # LOG-GROUP may hold other hosts than {scope}: add --log-stream-names STREAM. Pages by itself. 5 requests a second, so for days of a busy log aws logs create-export-task to a bucket is faster"
*/
SELECT
    CASE WHEN contains(stamp, 'T') THEN instant(stamp) END AS time,
    CASE WHEN NOT contains(stamp, 'T') THEN try_strptime('2000 ' || stamp, '%Y %b %d %H:%M:%S') WHEN time IS NULL THEN try_cast(stamp AS TIMESTAMP) END AS local_time,
    precision_of(stamp) AS time_precision,
    lower(host) AS scope,
    program AS operation,
    program LIKE 'kdump%' AND contains(message, 'saved vmcore in ') AS kernel_dump,
    CASE WHEN kernel_dump THEN 'crash.dump' ELSE unix_action(program, message) END AS action,
    family_of(action) AS family,
    CASE WHEN action LIKE 'object.%' AND NOT starts_with(message, 'close ') THEN 'unknown' ELSE unix_outcome(message, action) END AS outcome,
    CASE WHEN action = 'crash.dump' THEN regexp_extract(message, '^Process \d+ \((.*)\) of user (\d+) dumped core', ['program', 'uid']) END AS crashed,
    unix_line(message) AS said,
    CASE WHEN action = 'other' THEN NULL WHEN action = 'service.event' THEN message
         ELSE coalesce(nullif(said['detail'], ''), CASE WHEN outcome = 'failure' THEN message END) END AS outcome_detail,
    coalesce(nullif(said['who'], ''), nullif(regexp_extract(said['more'], ' user=(\S+)', 1), '')) AS actor,
    nullif(crashed['uid'], '') AS actor_id,
    CASE WHEN actor IS NOT NULL OR actor_id <> '0' THEN 'user' WHEN actor_id = '0' THEN 'system' END AS actor_type,
    address(coalesce(nullif(said['ip'], ''), nullif(regexp_extract(said['more'], 'rhost=(\S+)', 1), ''))) AS src_ip,
    coalesce(nullif(crashed['program'], ''), program) AS app,
    nullif(regexp_extract(said['more'], '(SHA256:\S+|MD5:\S+)', 1), '') AS credential_id,
    nullif(regexp_extract(said['more'], '\(serial (\d+)\)', 1), '') AS token_id,
    nullif(regexp_extract(said['more'], ' CA \S+ (SHA256:\S+)', 1), '') AS signing_key_id,
    CASE WHEN program IN ('sudo', 'systemd-journald', 'systemd-journal', 'rsyslogd', 'syslog-ng') AND outcome <> 'failure' THEN nullif(all_changes(unix_change(program, message, scope))::VARCHAR, '[]') END AS change,
    CASE WHEN action LIKE 'object.%' THEN regexp_extract(message, CASE WHEN action = 'object.move' THEN ' new "(.*)"' ELSE '"(.*?)"' END, 1)
         WHEN kernel_dump THEN nullif(regexp_extract(message, 'saved vmcore in (\S+)', 1), '')
         WHEN program = 'sudo' THEN nullif(regexp_extract(message, ' ; COMMAND=(.*)$', 1), '') END AS object,
    CASE WHEN action = 'object.move' THEN regexp_extract(message, ' old "(.*)" new ', 1) END AS object_from,
    CASE WHEN action IN ('object.read', 'object.write') THEN try_cast(regexp_extract(message,
        CASE WHEN action = 'object.read' THEN 'bytes read (\d+)' ELSE ' written (\d+)' END, 1) AS BIGINT) END AS bytes
FROM (SELECT *, parts['stamp'] AS stamp, parts['host'] AS host, regexp_replace(parts['program'], '^.*/', '') AS program,
        CASE WHEN starts_with(parts['text'], 'message repeated ') THEN regexp_extract(parts['text'], '^message repeated \d+ times: \[ ?(.*)\]$', 1) ELSE parts['text'] END AS message
    FROM (SELECT *, regexp_extract(line, '^(?:<\d{1,3}>)?(\S{4,}|\S+ +\d+ \S+) (\S+) ([^ :\[]+)(?:\[([^\]]*)\])?: (.*?)\s*$',
            ['stamp', 'host', 'program', 'pid', 'text']) AS parts FROM records))
