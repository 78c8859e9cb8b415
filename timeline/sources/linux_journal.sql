/*
title        = "systemd journal"
docs         = ["https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html", "https://www.freedesktop.org/software/systemd/man/latest/systemd-coredump.html"]
names        = ["linux.journal"]
match        = "r.__REALTIME_TIMESTAMP IS NOT NULL"
completeness = "complete"
scope        = "host"
objects      = ["/*"]
empty        = ["user_agent", "app_id", "resource_id", "token_issuer", "token_audience", "issued_time", "object_hash", "mailbox"]
sees_not     = ["messages dropped by the rate limit (it says so itself)", "what was typed or copied in a session, unless sftp logs at VERBOSE",
                "scp and rsync: of them at most the command stands in the log (Starting session, at VERBOSE), never a file; scp since OpenSSH 9 speaks sftp and is seen as such",
                "whether the request of an sftp line was granted: open, rename and remove are written before they are tried (outcome unknown); `close` with its bytes says that it was",
                "core files deleted since: systemd-tmpfiles removes them after days, whatever the journal keeps"]
export       = "journalctl -o json --all > HOST.json (unfiltered: a filtered export shows holes in the sequence)"
[witnesses]
"*" = ["sign_in", "sign_out", "crash.dump", "credential.add", "account.change"]

[collect]
"*" = 'sudo journalctl --no-pager --all --since=@{start_unix} --until=@{end_unix} -o json > {file}.jsonl # on {scope}. No filter but the time, or the sequence shows holes. The ring goes on overwriting meanwhile: without --since where minutes count'
*/
SELECT
    CASE WHEN r.MESSAGE_ID = 'fc2e22bc6ee647b6b90729ab34a250b1' THEN r.COREDUMP_TIMESTAMP END AS crashed,
    try(make_timestamptz(try_cast(r.__REALTIME_TIMESTAMP AS BIGINT))) AS logged_time,
    coalesce(try(make_timestamptz(try_cast(crashed AS BIGINT))), try(make_timestamptz(try_cast(r._SOURCE_REALTIME_TIMESTAMP AS BIGINT))), logged_time) AS time,
    CASE WHEN crashed LIKE '%000000' THEN 's' ELSE 'us' END AS time_precision,
    lower(coalesce(r._HOSTNAME, r.COREDUMP_HOSTNAME, r._MACHINE_ID)) AS scope,
    r.__CURSOR AS record_id,
    scope || '/' || coalesce(r.__SEQNUM_ID, regexp_extract(r.__CURSOR, 's=([0-9a-f]+)', 1)) AS sequence_of,
    coalesce(try_cast(r.__SEQNUM AS BIGINT), try_cast('0x' || regexp_extract(r.__CURSOR, 'i=([0-9a-f]+)', 1) AS BIGINT)) AS sequence_no,
    coalesce(r.SYSLOG_IDENTIFIER, r._COMM) AS operation,
    regexp_replace(operation, '^.*/', '') AS program,
    coalesce(r.MESSAGE, '') AS message,
    crashed IS NOT NULL OR r.MESSAGE_ID = 'fc2e22bc6ee647b6b90729ab34a250b1' AS dumped,
    coalesce(program LIKE 'kdump%' AND contains(message, 'saved vmcore in '), false) AS kernel_dump,
    CASE WHEN dumped THEN 'crash.dump'
         WHEN r.MESSAGE_ID IN ('a596d6fe7bfa4994828e72309e95d61e', 'd93fb3c9c24d451a97cea615ce59c00b', 'f77379a8490b408bbe5f6940505a777b', 'ec387f577b844b8fa948f33cad9a75e6')
           OR r._TRANSPORT = 'driver' THEN 'service.event'
         WHEN kernel_dump THEN 'crash.dump' ELSE unix_action(program, message) END AS action,
    family_of(action) AS family,
    CASE WHEN dumped THEN CASE WHEN r.COREDUMP_TRUNCATED IN ('1', 'yes') THEN 'unknown' ELSE 'success' END
         WHEN action LIKE 'object.%' AND NOT starts_with(message, 'close ') THEN 'unknown' ELSE unix_outcome(message, action) END AS outcome,
    unix_line(message) AS said,
    CASE WHEN dumped THEN coalesce(r.COREDUMP_SIGNAL_NAME, r.COREDUMP_SIGNAL) WHEN action = 'other' THEN NULL WHEN action = 'service.event' THEN message
         ELSE coalesce(nullif(said['detail'], ''), CASE WHEN outcome = 'failure' THEN message END) END AS outcome_detail,
    coalesce(nullif(said['who'], ''), nullif(regexp_extract(said['more'], ' user=(\S+)', 1), '')) AS actor,
    CASE WHEN dumped THEN r.COREDUMP_UID WHEN actor IS NULL OR program = 'sudo' THEN coalesce(r._AUDIT_LOGINUID, r._UID) END AS actor_id,
    CASE WHEN actor IS NOT NULL THEN 'user' WHEN actor_id = '0' THEN 'system' END AS actor_type,
    address(coalesce(nullif(said['ip'], ''), nullif(regexp_extract(said['more'], 'rhost=(\S+)', 1), ''))) AS src_ip,
    CASE WHEN dumped THEN coalesce(r.COREDUMP_EXE, r.COREDUMP_COMM) ELSE program END AS app,
    coalesce(r.COREDUMP_UNIT, r._SYSTEMD_UNIT, r.UNIT) AS resource,
    r._BOOT_ID || '/' || coalesce(r._AUDIT_SESSION, r.COREDUMP_SESSION, r._SYSTEMD_SESSION, r.SESSION_ID) AS session_id,
    nullif(regexp_extract(said['more'], '(SHA256:\S+|MD5:\S+)', 1), '') AS credential_id,
    nullif(regexp_extract(said['more'], '\(serial (\d+)\)', 1), '') AS token_id,
    nullif(regexp_extract(said['more'], ' CA \S+ (SHA256:\S+)', 1), '') AS signing_key_id,
    CASE WHEN r.MESSAGE_ID = 'a596d6fe7bfa4994828e72309e95d61e' THEN 'dropped ' || regexp_extract(message, ' from (?:/\S*/)?([^/\s]+)', 1)
         WHEN r.MESSAGE_ID = 'e9bf28e6e834481bb6f48f548ad13606' THEN 'dropped' END AS mark,
    CASE WHEN r.MESSAGE_ID = 'd93fb3c9c24d451a97cea615ce59c00b' THEN json_object('subject', 'linux.journal/' || scope, 'key', 'journal', 'off', whole(), 'until_next', true, 'sure', true)::VARCHAR
         WHEN program IN ('sudo', 'systemd-journald', 'systemd-journal', 'journald', 'rsyslogd', 'syslog-ng', 'journalctl') AND outcome <> 'failure' THEN nullif(all_changes(unix_change(program, message, scope))::VARCHAR, '[]') END AS change,
    CASE WHEN dumped THEN r.COREDUMP_FILENAME WHEN kernel_dump THEN nullif(regexp_extract(message, 'saved vmcore in (\S+)', 1), '')
         WHEN action LIKE 'object.%' THEN regexp_extract(message, CASE WHEN action = 'object.move' THEN ' new "(.*)"' ELSE '"(.*?)"' END, 1)
         WHEN program = 'sudo' THEN nullif(regexp_extract(message, ' ; COMMAND=(.*)$', 1), '')
         WHEN starts_with(message, 'Deleted archived journal ') THEN regexp_extract(message, '^Deleted archived journal (\S+)', 1) END AS object,
    CASE WHEN action = 'object.move' THEN regexp_extract(message, ' old "(.*)" new ', 1) END AS object_from,
    CASE WHEN dumped THEN try_cast(r.COREDUMP_SIZE AS BIGINT) END AS object_size,
    CASE WHEN action IN ('object.read', 'object.write') THEN try_cast(regexp_extract(message,
        CASE WHEN action = 'object.read' THEN 'bytes read (\d+)' ELSE ' written (\d+)' END, 1) AS BIGINT) END AS bytes
FROM records
