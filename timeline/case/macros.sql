-- Words that every source may use. All are pure and give NULL for what they cannot read.

-- The same in rarer spellings: a space before the offset, t and z in lower case.
CREATE OR REPLACE TEMP MACRO instant_loose(told) AS try_cast(upper(replace(replace(told, ' +', '+'), ' -', '-')) AS TIMESTAMPTZ);

-- An ISO 8601 time that states its offset (or Z). One without is NULL: it must not be guessed.
CREATE OR REPLACE TEMP MACRO instant(told) AS CASE
    WHEN told IS NULL OR starts_with(told, '0001-') THEN NULL
    WHEN suffix(told, 'Z') OR regexp_matches(told, ':\d\d.*([+-]\d\d(:?\d\d)?|UTC|z)$') THEN coalesce(try_cast(told AS TIMESTAMPTZ), instant_loose(told)) END;

-- An ISO 8601 time of a log whose vendor says that it is always UTC, with or without Z.
CREATE OR REPLACE TEMP MACRO instant_utc(told) AS CASE WHEN NOT starts_with(told, '0001-') THEN coalesce(try_cast(told AS TIMESTAMPTZ), instant_loose(told)) END;

-- American text without a zone (month first, 12 or 24 hours), as it stands: for the column `local_time` of logs in local time.
CREATE OR REPLACE TEMP MACRO local_us(told) AS try_strptime(replace(told, ',', ''), ['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M:%S.%f %p',
    '%m/%d/%Y %H:%M:%S.%f', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M']);

-- American text (month first, 12 or 24 hours, offset optional; without one it is UTC by the vendor's word).
CREATE OR REPLACE TEMP MACRO instant_us(told) AS CASE WHEN told IS NOT NULL THEN coalesce(
    try_strptime(told, '%m/%d/%Y %I:%M:%S %p %z'), try_strptime(told, '%m/%d/%Y %H:%M:%S %z'), try_strptime(told, '%m/%d/%Y %I:%M:%S.%f %p %z'),
    local_us(told)::TIMESTAMPTZ) END;

-- Whichever of the two forms above the vendor used, or the /Date(milliseconds)/ that PowerShell 5 makes of it.
CREATE OR REPLACE TEMP MACRO instant_any(told) AS CASE
    WHEN told IS NULL THEN NULL
    WHEN position('/' IN told) = 0 THEN instant_utc(told)
    WHEN starts_with(told, '/Date(') THEN make_timestamptz(try_cast(split_part(substr(told, 7), ')', 1) AS BIGINT) * 1000)
    ELSE instant_us(told) END;

-- Epochs: seconds, milliseconds, microseconds, nanoseconds, by their size; text or number.
CREATE OR REPLACE TEMP MACRO instant_epoch(told) AS CASE
    WHEN try_cast(told AS DOUBLE) IS NULL THEN NULL
    WHEN abs(try_cast(told AS DOUBLE)) < 1e11 THEN make_timestamptz((try_cast(told AS DECIMAL(38, 6)) * 1000000)::BIGINT)
    WHEN abs(try_cast(told AS DOUBLE)) < 1e14 THEN make_timestamptz((try_cast(told AS DECIMAL(38, 3)) * 1000)::BIGINT)
    WHEN abs(try_cast(told AS DOUBLE)) < 1e17 THEN make_timestamptz(try_cast(told AS DECIMAL(38, 0))::BIGINT)
    ELSE make_timestamptz((try_cast(try_cast(told AS DECIMAL(38, 0)) AS HUGEINT) // 1000)::BIGINT) END;

-- How many digits a text's fraction of a second has (plain positions: patterns cost ten times as much here).
CREATE OR REPLACE TEMP MACRO fraction_digits(told) AS CASE
    WHEN position('.' IN told) = 0 THEN 0
    WHEN suffix(told, 'Z') THEN strlen(told) - position('.' IN told) - 1
    WHEN position('+' IN told) > 0 THEN strlen(split_part(split_part(split_part(told, '.', 2), '+', 1), ' ', 1))
    ELSE strlen(split_part(split_part(split_part(told, '.', 2), '-', 1), ' ', 1)) END;

-- How exactly a text states its time: day, s, ms, us or 100ns.
CREATE OR REPLACE TEMP MACRO precision_of(told) AS CASE
    WHEN told IS NULL THEN NULL
    WHEN position(':' IN told) = 0 THEN CASE strlen(regexp_extract(told, '^(\d{9,19})(\.\d+)?$', 1)) WHEN 0 THEN 'day' WHEN 13 THEN 'ms' WHEN 16 THEN 'us' WHEN 19 THEN '100ns'
        ELSE CASE WHEN fraction_digits(told) = 0 THEN 's' WHEN fraction_digits(told) <= 3 THEN 'ms' ELSE 'us' END END
    ELSE coalesce((['s', 'ms', 'ms', 'ms', 'us', 'us', 'us'])[fraction_digits(told) + 1], '100ns') END;

-- A client address without port, brackets or the IPv4-in-IPv6 prefix; words that mean "none" are NULL, anything else is kept as told.
CREATE OR REPLACE TEMP MACRO unmapped(told) AS CASE WHEN starts_with(told, '::ffff:') AND contains(told, '.') THEN split_part(told[8:], ':', 1) ELSE told END;
CREATE OR REPLACE TEMP MACRO odd_address(told) AS CASE
    WHEN trim(told) IN ('', '-', 'null', '<null>', 'unknown', 'LOCAL') THEN NULL
    WHEN position(':' IN told) = 0 THEN CASE WHEN told[1] = '[' THEN split_part(told[2:], ']', 1) ELSE trim(told) END
    WHEN told[1] = '[' THEN unmapped(split_part(told[2:], ']', 1))
    WHEN length(told) - length(replace(told, ':', '')) = 1 THEN split_part(told, ':', 1)
    ELSE unmapped(trim(told)) END;
-- Most begin with a digit and hold neither colon nor space (trim alone costs more than all of this).
CREATE OR REPLACE TEMP MACRO address(told) AS CASE
    WHEN told IS NULL THEN NULL
    WHEN told >= '0' AND told < ':' AND NOT contains(told, ':') AND NOT contains(told, ' ') THEN told
    ELSE odd_address(told) END;

-- Empty texts and dashes mean "none". From '.' on no text begins with a space or dash: it need not be trimmed, which costs twenty times as much.
CREATE OR REPLACE TEMP MACRO stated(told) AS CASE WHEN told >= '.' OR trim(told) NOT IN ('', '-') THEN told END;

-- A word of Entra for a protocol; "none" is none.
CREATE OR REPLACE TEMP MACRO spoken(told) AS CASE WHEN lower(trim(told)) NOT IN ('', '-', 'none', 'unknown', 'unknownfuturevalue') THEN told END;

-- The sixteen bytes of a .NET GUID (first three parts little-endian), given as 32 hex digits.
CREATE OR REPLACE TEMP MACRO guid_le(digits) AS
    lower(regexp_replace(digits, '^(..)(..)(..)(..)(..)(..)(..)(..)(....)', '\4\3\2\1-\6\5-\8\7-\9-'));

-- An Entra unique token identifier as the sign-in id that it encodes: base64url of a GUID's bytes, or of its text; a GUID stays itself.
CREATE OR REPLACE TEMP MACRO token_of(told) AS CASE
    WHEN told IS NULL OR told = '' THEN NULL
    WHEN length(told) = 36 AND regexp_matches(told, '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$') THEN lower(told)
    WHEN length(told) = 22 AND regexp_matches(told, '^[A-Za-z0-9_-]{22}$') THEN guid_le(hex(from_base64(replace(replace(told, '-', '+'), '_', '/') || '==')))
    WHEN length(told) = 48 AND regexp_matches(told, '^[A-Za-z0-9_-]{48}$') AND regexp_matches(hex(from_base64(replace(replace(told, '-', '+'), '_', '/'))), '^([0-9a-fA-F]{2})+$')
        THEN coalesce(try(lower(decode(from_base64(replace(replace(told, '-', '+'), '_', '/'))))), told)
    ELSE told END;

-- The value of one name in a JSON list of {"Name": …, "Value": …} or {"key": …, "value": …}: as vendors write it by one pattern (quotes
-- inside values are escaped, so no value can pretend to be a name), in any other spelling element by element.
CREATE OR REPLACE TEMP MACRO named(told, wanted) AS CASE WHEN told IS NOT NULL AND starts_with(ltrim(told), '[') THEN
    list_filter(try(json_extract(told, '$[*]')), lambda each: coalesce(each ->> '$.Name', each ->> '$.name', each ->> '$.key', each ->> '$.Key') = wanted)[1] END;
-- Quotes are so frequent in JSON that a search for text that begins with one takes five times as long: the name comes first.
CREATE OR REPLACE TEMP MACRO named_value(told, wanted) AS CASE WHEN contains(told, wanted || '"') THEN coalesce(
    CASE WHEN substr(told, position(wanted || '","Value":"' IN told) - 8, 8) = '"Name":"'
        THEN nullif(regexp_extract(substr(told, position(wanted || '","Value":"' IN told) + length(wanted) + 11, 256), '^([^"\\]+)"', 1), '') END,
    CASE WHEN contains(told, '"' || wanted || '"') THEN coalesce(
        nullif(regexp_extract(told, '"Name":\s?"' || wanted || '",\s?"Value":\s?"([^"\\]+)"', 1), ''),
        named(told, wanted) ->> '$.Value', named(told, wanted) ->> '$.value') END) END;

-- An object's name in one form: no port, no query, the host in lower case. What is no address stays as told.
CREATE OR REPLACE TEMP MACRO hosted(base) AS lower(split_part(base, '/', 1) || '//' || split_part(split_part(base, '/', 3), ':', 1))
    || substr(base, length(split_part(base, '/', 1)) + length(split_part(base, '/', 3)) + 3);
-- Most are in that form but for the port; taking them apart costs three times as much.
CREATE OR REPLACE TEMP MACRO object_url(told) AS CASE
    WHEN NOT contains(told, '://') THEN told
    WHEN regexp_matches(told, '^[a-z0-9]+://[a-z0-9.-]+:\d') THEN regexp_replace(split_part(told, '?', 1), '^([a-z0-9]+://[^/:]+):\d+', '\1')
    WHEN split_part(told, '/', 3) <> lower(split_part(told, '/', 3)) OR split_part(told, '/', 1) <> lower(split_part(told, '/', 1))
        THEN hosted(split_part(told, '?', 1))
    WHEN contains(split_part(told, '/', 3), ':') THEN regexp_replace(split_part(told, '?', 1), '^([a-z0-9]+://[^/:]+):\d+', '\1')
    ELSE split_part(told, '?', 1) END;

-- The four entities that old logs write for quotes and the like.
CREATE OR REPLACE TEMP MACRO unescaped(told) AS CASE WHEN contains(told, '&')
    THEN replace(replace(replace(replace(told, '&quot;', '"'), '&lt;', '<'), '&gt;', '>'), '&amp;', '&') ELSE told END;

-- An entity tag without its quotes.
CREATE OR REPLACE TEMP MACRO etag_of(told) AS nullif(trim(replace(told, '&quot;', ''), '"'), '');

-- The MD5 of contents in hex: Azure and Google state it in base64, others in hex.
CREATE OR REPLACE TEMP MACRO md5_hex(told) AS CASE WHEN length(told) = 24 AND suffix(told, '==') THEN lower(hex(try(from_base64(told)))) WHEN length(told) = 32 THEN lower(told) END;

-- A hash in one form, whoever states it: without quotes, and an MD5 in hex.
CREATE OR REPLACE TEMP MACRO hash_of(told) AS CASE WHEN length(told) = 24 AND suffix(told, '==') THEN coalesce(md5_hex(told), told) ELSE nullif(trim(told, '"'), '') END;

-- The same, where a service is reached by http and https alike and an account by the endpoint of the blobs or of the data lake: one object has one name.
CREATE OR REPLACE TEMP MACRO https_object(told) AS replace(CASE WHEN starts_with(told, 'http://') THEN object_url('https://' || told[8:]) ELSE object_url(told) END,
    '.dfs.core.windows.net/', '.blob.core.windows.net/');

-- The source of a copy: also one at Amazon or Google, whose buckets are named by the host or by the path.
CREATE OR REPLACE TEMP MACRO bucket_object(scheme, parts) AS scheme || try(url_decode(concat_ws('/', nullif(parts['host'], ''), parts['path'])));
CREATE OR REPLACE TEMP MACRO source_object(told) AS CASE
    WHEN contains(told, 'amazonaws.com') THEN bucket_object('s3://',
        regexp_extract(told, '^https?://(?:([^/]+)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?(?::\d+)?/([^?]+)', ['host', 'path']))
    WHEN contains(told, '//storage.googleapis.com/') OR contains(told, '.storage.googleapis.com/') THEN bucket_object('gs://',
        regexp_extract(told, '^https?://(?:([^/]+)\.)?storage\.googleapis\.com(?::\d+)?/([^?]+)', ['host', 'path']))
    ELSE https_object(told) END;

-- An HTTP status (interim, final and redirecting ones are no failure); where there is none, the vendor's word of success.
CREATE OR REPLACE TEMP MACRO http_outcome(code, status) AS CASE
    WHEN try_cast(code AS INTEGER) BETWEEN 100 AND 399 THEN 'success' WHEN try_cast(code AS INTEGER) IS NOT NULL THEN 'failure'
    WHEN contains(status, 'Success') THEN 'success' WHEN status IS NULL OR status = 'Unknown' THEN 'unknown' ELSE 'failure' END;

-- What an operation of Azure Storage does. The object decides whether a deletion erases log data.
CREATE OR REPLACE TEMP MACRO storage_action(operation, object) AS CASE
    WHEN operation LIKE 'Delete%' OR operation LIKE 'BatchDelete%' THEN CASE
        WHEN operation LIKE '%ImmutabilityPolicy' THEN 'retention.change'
        WHEN operation IN ('DeleteBlob', 'DeleteContainer', 'DeleteFile', 'DeletePath', 'DeletePathFile', 'DeleteFilesystem')
            AND (contains(object, '/insights-logs-') OR contains(object, '/$logs/') OR contains(object, '/%24logs/')) THEN 'log.clear'
        ELSE 'object.delete' END
    WHEN operation LIKE '%Source' THEN 'object.read'
    WHEN operation LIKE '%Copy%' OR operation LIKE 'Copy%' OR operation LIKE '%FromURL' OR operation LIKE '%FromURLDestination' THEN CASE
        WHEN operation LIKE 'Abort%' THEN 'other' ELSE 'object.copy' END
    WHEN operation LIKE 'Rename%' THEN 'object.move'
    WHEN operation IN ('GetBlob', 'GetFile', 'ReadFile', 'DownloadFile', 'ReadPathFile', 'QueryBlobContents', 'QueryEntity', 'QueryEntities', 'GetMessages', 'GetMessage',
        'PeekMessages', 'PeekMessage') THEN 'object.read'
    WHEN operation LIKE 'List%' OR operation IN ('QueryTables', 'FindBlobsByTags', 'QueryDirectory') THEN 'object.list'
    WHEN operation = 'GetUserDelegationKey' THEN 'credential.read'
    WHEN operation LIKE 'Get%' OR operation LIKE '%Preflight%' OR operation LIKE 'QueryInfo%' THEN 'object.inspect'
    WHEN operation IN ('SetContainerACL', 'SetContainerAcl', 'SetShareACL', 'SetShareAcl', 'SetTableACL', 'SetTableAcl', 'SetQueueACL', 'SetQueueAcl', 'SetPathAccessControl',
        'ModifyPathAccessControl', 'SetFilesystemAccessControl') THEN 'object.share'
    WHEN operation IN ('CreateContainer', 'CreateShare', 'CreateFilesystem', 'CreateQueue', 'CreateTable', 'RestoreContainer', 'RestoreShare') THEN 'object.create'
    WHEN operation LIKE 'Put%' OR operation LIKE 'Create%' OR operation LIKE 'Append%' OR operation LIKE 'Flush%' OR operation LIKE 'Insert%' OR operation LIKE 'Update%'
        OR operation LIKE 'Merge%' OR operation LIKE 'Write%' OR operation LIKE 'Snapshot%' OR operation LIKE 'Undelete%' OR operation LIKE 'ClearPage%' THEN 'object.write'
    WHEN operation LIKE '%Immutability%' OR operation LIKE '%LegalHold' THEN 'retention.change'
    WHEN operation LIKE 'Set%' OR operation LIKE '%Lease%' THEN 'config.change' ELSE 'other' END;

-- The family of an event whose log holds several.
CREATE OR REPLACE TEMP MACRO family_of(word) AS CASE
    WHEN word IN ('sign_in', 'sign_out') THEN 'sign_in' WHEN starts_with(word, 'token.') THEN 'token' WHEN starts_with(word, 'object.') THEN 'storage'
    WHEN starts_with(word, 'logging.') OR word IN ('log.clear', 'retention.change', 'service.event') THEN 'control'
    WHEN word IN ('crash.dump', 'process.start') THEN 'system' ELSE 'audit' END;

-- Whether a diagnostic setting's body switches its logs all on (true), all off (false) or neither for sure (NULL).
CREATE OR REPLACE TEMP MACRO logs_on(body) AS CASE WHEN contains(body, '"enabled"') THEN CASE list_sort(list_distinct(list_concat(
        try(json_extract_string(body, '$.properties.logs[*].enabled')), [try(json_extract_string(body, '$.properties.enabled'))])))
    WHEN ['true'] THEN true WHEN ['false'] THEN false END END;

-- What an operation of Azure Resource Manager (in lower case) does. One that failed or only began (`done` is false) has changed no log.
CREATE OR REPLACE TEMP MACRO azure_action(op, category, object, body, done) AS CASE
    WHEN category IN ('ServiceHealth', 'ResourceHealth', 'Alert', 'Autoscale', 'Recommendation', 'Policy', 'Security') THEN 'service.event'
    WHEN op LIKE '%/diagnosticsettings/%' OR op LIKE '%/extendeddiagnosticsettings/%' OR op LIKE '%/flowlogs/%' OR op LIKE '%/datacollectionrules/%' THEN CASE
        WHEN NOT done THEN 'config.change'
        WHEN op LIKE '%/delete' THEN 'logging.disable'
        WHEN op LIKE '%/write' THEN CASE logs_on(body) WHEN true THEN 'logging.enable' WHEN false THEN 'logging.disable' ELSE 'config.change' END
        ELSE 'config.read' END
    WHEN done AND op IN ('microsoft.eventhub/namespaces/delete', 'microsoft.eventhub/namespaces/eventhubs/delete', 'microsoft.securityinsights/dataconnectors/delete') THEN 'logging.disable'
    WHEN done AND (op = 'microsoft.operationalinsights/workspaces/delete' OR op LIKE 'microsoft.operationalinsights/workspaces/purge/%'
        OR op LIKE '%/containers/delete' AND contains(object, '/containers/insights-')) THEN 'log.clear'
    WHEN done AND (op LIKE '%/managementpolicies/write' OR op LIKE '%/immutabilitypolicies/%' OR op LIKE 'microsoft.operationalinsights/workspaces/%'
        AND contains(lower(body), 'retentionindays')) THEN 'retention.change'
    WHEN op LIKE '%/begingetaccess/%' OR op LIKE '%/listaccountsas/%' OR op LIKE '%/listservicesas/%' THEN 'object.share'
    WHEN op LIKE '%/regeneratekey%/action' OR op LIKE '%/rotatekey/action' OR op LIKE '%/federatedidentitycredentials/write' THEN 'credential.add'
    WHEN op LIKE '%/list%key%/action' OR op LIKE '%/list%secret%/action' OR op LIKE '%/list%credential%/action' OR op LIKE '%/listconnectionstrings/action'
        OR op LIKE '%/publishxml/action' THEN 'credential.read'
    WHEN op LIKE 'microsoft.authorization/roleassignments/write' OR op LIKE 'microsoft.authorization/elevateaccess/action'
        OR op LIKE 'microsoft.authorization/role%requests/write' THEN 'role.assign'
    WHEN op LIKE '%/runcommand%/action' OR op LIKE '%/runcommands/write' OR op LIKE '%/extensions/write' THEN 'process.start'
    WHEN op LIKE '%/containers/write' OR op LIKE '%/storageaccounts/write' OR op LIKE '%/shares/write' THEN 'object.create'
    WHEN op LIKE '%/containers/delete' OR op LIKE '%/storageaccounts/delete' OR op LIKE '%/shares/delete' OR op LIKE '%/disks/delete' OR op LIKE '%/snapshots/delete' THEN 'object.delete'
    WHEN op LIKE '%/read' THEN 'config.read' ELSE 'config.change' END;

-- What a line of sshd, sudo and their kin says: (detail, who, ip, port, more). The last `from` counts, since a user's name may hold another.
CREATE OR REPLACE TEMP MACRO unix_line(told) AS CASE
    WHEN regexp_matches(told, '^(Accepted|Failed|Postponed|Partial) ') THEN regexp_extract(told,
        '^\S+ (\S+) for (?:invalid user )?(.*) from (\S+) port (\d+)(?: ssh2)?(?:: (.*)| \[preauth\])?$', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN starts_with(told, 'Invalid user ') THEN regexp_extract(told, '^(Invalid user) (.*) from (\S+)(?: port (\d+))?()$', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN regexp_matches(told, '^(Connection \w+ by|Disconnected from|Disconnecting) (authenticating |invalid )?user ') THEN regexp_extract(told,
        '^(?:Connection \w+ by|Disconnected from|Disconnecting) ()(?:authenticating |invalid )?user (.*) (\S+) port (\d+)(.*)$', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN starts_with(told, 'Starting session: ') THEN regexp_extract(told, '^Starting session: (.*) for (\S+) from (\S+) port (\d+)(.*)$', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN starts_with(told, 'session opened for local user ') THEN regexp_extract(told, '^()session opened for local user (.*) from \[([^\]]*)\]()()', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN contains(told, 'session opened for user ') OR contains(told, 'session closed for user ') THEN regexp_extract(told,
        '^pam_\w+\(([^:)]*)[^)]*\): session \w+ for user ([^ (]+)()()(.*)$', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN contains(told, 'authentication failure;') THEN regexp_extract(told, '^pam_\w+\(([^:)]*)[^)]*\): authentication failure;()()()(.*)$', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN contains(told, ' ; COMMAND=') THEN regexp_extract(told, '^\s*()(\S+) : ()()(.*)$', ['detail', 'who', 'ip', 'port', 'more'])
    WHEN regexp_matches(told, ' (from|by) \S+ port \d+') THEN regexp_extract(told, '()() (?:from|by) (\S+) port (\d+)(.*)$', ['detail', 'who', 'ip', 'port', 'more'])
    ELSE regexp_extract(told, '^()()()()()', ['detail', 'who', 'ip', 'port', 'more']) END;

-- The same line as an action: signing in and out, commands, transfers by sftp, the log's own voice.
CREATE OR REPLACE TEMP MACRO unix_action(program, told) AS CASE
    WHEN starts_with(program, 'sshd') THEN CASE
        WHEN regexp_matches(told, '^(Accepted|Failed|Invalid user|Connection \w+ by (authenticating|invalid) user|error: maximum authentication|error: PAM: .* for )')
            OR contains(told, ': authentication failure;') THEN 'sign_in'
        WHEN contains(told, 'session closed for user') OR starts_with(told, 'Disconnected from user') THEN 'sign_out'
        WHEN starts_with(told, 'Starting session: ') THEN 'process.start'
        WHEN starts_with(told, 'Server listening') OR starts_with(told, 'Received signal') THEN 'service.event' ELSE 'other' END
    WHEN program IN ('sftp-server', 'internal-sftp') THEN CASE
        WHEN regexp_matches(told, '^open ".*" flags [A-Z,]*WRITE') OR regexp_matches(told, 'bytes read 0 written [1-9]') THEN 'object.write'
        WHEN regexp_matches(told, '^open ".*" flags READ') OR regexp_matches(told, 'bytes read [1-9]\d* written') THEN 'object.read'
        WHEN starts_with(told, 'remove name') OR starts_with(told, 'rmdir name') THEN 'object.delete' WHEN starts_with(told, 'rename old') OR starts_with(told, 'posix-rename old') THEN 'object.move'
        WHEN starts_with(told, 'opendir ') THEN 'object.list' ELSE 'other' END
    WHEN program = 'sudo' THEN CASE WHEN contains(told, ' ; COMMAND=') THEN 'process.start' WHEN contains(told, 'authentication failure;') THEN 'sign_in' ELSE 'other' END
    WHEN program IN ('su', 'login', 'gdm-password', 'gdm-password]', 'lightdm', 'sddm', 'xrdp-sesman') THEN CASE
        WHEN contains(told, 'session opened for user') OR contains(told, 'authentication failure;') OR starts_with(told, 'FAILED LOGIN') OR starts_with(told, 'FAILED SU') THEN 'sign_in'
        WHEN contains(told, 'session closed for user') THEN 'sign_out' ELSE 'other' END
    WHEN program IN ('passwd', 'chpasswd') THEN CASE WHEN contains(told, 'password changed for') THEN 'credential.add' ELSE 'other' END
    WHEN program IN ('useradd', 'usermod', 'userdel', 'groupadd', 'groupmod', 'groupdel', 'gpasswd', 'chage') THEN
        CASE WHEN contains(told, ' to group ') THEN 'role.assign' ELSE 'account.change' END
    WHEN program IN ('systemd-journald', 'journald', 'rsyslogd', 'syslog-ng', 'auditd') THEN 'service.event'
    WHEN program = 'systemd-coredump' AND contains(told, 'dumped core') THEN 'crash.dump' ELSE 'other' END;

CREATE OR REPLACE TEMP MACRO unix_outcome(told, action) AS CASE
    WHEN action = 'other' OR action = 'service.event' THEN 'unknown'
    WHEN regexp_matches(told, '^(Failed|Invalid user|Connection \w+ by|error:|FAILED)') OR contains(told, 'authentication failure;') OR contains(told, 'command not allowed')
        OR contains(told, 'incorrect password attempt') OR contains(told, 'NOT in sudoers') OR contains(told, 'a password is required') THEN 'failure' ELSE 'success' END;

-- Microsoft 365: cmdlets, by name, parameters and success. NULL for what is no cmdlet.
CREATE OR REPLACE TEMP MACRO switched(parameters, name, off) AS CASE lower(named_value(parameters, name))
    WHEN off THEN 'logging.disable' WHEN 'true' THEN 'logging.enable' WHEN 'false' THEN 'logging.enable' END;
CREATE OR REPLACE TEMP MACRO admin_action(operation, parameters, outcome) AS CASE WHEN NOT contains(operation, '-') OR contains(operation, ' ') THEN NULL
    ELSE coalesce(CASE WHEN outcome = 'failure' THEN NULL
        WHEN operation = 'Set-AdminAuditLogConfig' THEN coalesce(switched(parameters, 'UnifiedAuditLogIngestionEnabled', 'false'),
            switched(parameters, 'AdminAuditLogEnabled', 'false'), CASE WHEN contains(parameters, 'AdminAuditLogAgeLimit') THEN 'retention.change' END)
        WHEN operation IN ('Disable-JournalRule', 'Remove-JournalRule') THEN 'logging.disable' WHEN operation IN ('New-JournalRule', 'Enable-JournalRule') THEN 'logging.enable'
        WHEN operation = 'Set-MailboxAuditBypassAssociation' THEN switched(parameters, 'AuditBypassEnabled', 'true')
        WHEN operation = 'Set-OrganizationConfig' THEN switched(parameters, 'AuditDisabled', 'true')
        WHEN operation = 'Set-Mailbox' THEN coalesce(switched(parameters, 'AuditEnabled', 'false'),
            CASE WHEN named_value(parameters, 'AuditLogAgeLimit') IS NOT NULL THEN 'retention.change'
                 WHEN contains(lower(concat_ws(' ', named_value(parameters, 'AuditOwner'), named_value(parameters, 'AuditDelegate'),
                     named_value(parameters, 'AuditAdmin'))), 'remove') THEN 'logging.disable'
                 WHEN coalesce(named_value(parameters, 'ForwardingSmtpAddress'), named_value(parameters, 'ForwardingAddress'), '') <> '' THEN 'mail.rule' END)
        WHEN operation LIKE '%-UnifiedAuditLogRetentionPolicy' AND NOT starts_with(operation, 'Get-') THEN 'retention.change' END, CASE
        WHEN starts_with(operation, 'Get-') OR starts_with(operation, 'Test-') THEN 'config.read'
        WHEN operation IN ('New-InboxRule', 'Set-InboxRule', 'Enable-InboxRule', 'New-TransportRule', 'Set-TransportRule', 'Enable-TransportRule') THEN 'mail.rule'
        WHEN operation IN ('Add-MailboxPermission', 'Add-RecipientPermission', 'Add-MailboxFolderPermission', 'Set-MailboxFolderPermission', 'Add-RoleGroupMember',
            'Update-RoleGroupMember', 'New-ManagementRoleAssignment', 'Add-DistributionGroupMember') THEN 'role.assign'
        ELSE 'config.change' END) END;

-- Microsoft 365: records of the directory, which name operations in words with a full stop.
CREATE OR REPLACE TEMP MACRO entra_action(operation, changed) AS CASE
    WHEN operation LIKE 'UserLog%' OR operation LIKE '%Logon%Auth%' OR operation IN ('MailboxLogin', 'TeamsSessionStarted') THEN CASE
        WHEN operation = 'UserLoggedOff' THEN 'sign_out' ELSE 'sign_in' END
    WHEN NOT contains(operation, ' ') THEN NULL
    WHEN operation LIKE 'Add service principal credentials%' OR operation LIKE '%Certificates and secrets management%' OR operation LIKE '%user password%'
        OR operation LIKE 'Update application%' AND contains(changed, 'KeyDescription') OR operation LIKE 'Update service principal%' AND contains(changed, 'KeyDescription')
        THEN 'credential.add'
    WHEN operation LIKE 'Consent to application%' OR operation LIKE 'Add OAuth2PermissionGrant%' OR operation LIKE 'Add delegated permission grant%'
        OR operation LIKE 'Add app role assignment%' THEN 'consent.grant'
    WHEN operation LIKE 'Add % to role%' OR operation LIKE 'Add member to group%' OR operation LIKE 'Add owner to %' THEN 'role.assign'
    WHEN operation LIKE 'Set federation settings%' OR operation LIKE 'Set domain authentication%' OR operation LIKE 'Add % domain%' OR operation LIKE 'Verify domain%'
        THEN 'federation.change'
    WHEN operation LIKE 'Update StsRefreshTokenValidFrom%' OR operation LIKE '%evoke%' THEN 'token.revoke'
    ELSE 'account.change' END;

-- Microsoft 365: mailbox items.
CREATE OR REPLACE TEMP MACRO mail_action(operation) AS CASE
    WHEN operation IN ('MailItemsAccessed', 'MessageBind', 'FolderBind') THEN 'mail.read'
    WHEN operation IN ('Send', 'SendAs', 'SendOnBehalf') THEN 'mail.send'
    WHEN operation = 'UpdateInboxRules' THEN 'mail.rule'
    WHEN operation IN ('Create', 'Update') THEN 'object.write'
    WHEN operation IN ('SoftDelete', 'HardDelete', 'MoveToDeletedItems') THEN 'object.delete'
    WHEN operation = 'Copy' THEN 'object.copy'
    WHEN operation = 'Move' THEN 'object.move'
    WHEN operation IN ('ModifyFolderPermissions', 'AddFolderPermissions', 'UpdateFolderPermissions', 'UpdateCalendarDelegation') THEN 'object.share'
    WHEN operation IN ('RemoveFolderPermissions', 'ApplyRecord', 'RecordDelete') THEN 'config.change' END;

-- Microsoft 365: files, sites, teams, scanners.
CREATE OR REPLACE TEMP MACRO file_action(operation) AS CASE
    WHEN operation LIKE 'FileAccessed%' OR operation LIKE 'FileDownloaded%' OR operation LIKE 'FileSyncDownloaded%' OR operation = 'FilePreviewed'
        OR operation LIKE '%LinkUsed' THEN 'object.read'
    WHEN operation LIKE 'FileUploaded%' OR operation LIKE 'FileModified%' OR operation LIKE 'FileSyncUploaded%' OR operation IN ('FileCheckedIn', 'FileRestored') THEN 'object.write'
    WHEN operation IN ('FileCopied', 'FolderCopied') THEN 'object.copy'
    WHEN operation IN ('FileMoved', 'FileRenamed', 'FolderMoved', 'FolderRenamed') THEN 'object.move'
    WHEN operation LIKE 'FileDeleted%' OR operation LIKE 'FolderDeleted%' OR operation LIKE 'FileVersionsAllDeleted%' OR operation IN ('FileRecycled', 'FolderRecycled', 'TeamDeleted',
        'SiteDeleted') THEN 'object.delete'
    WHEN operation IN ('FolderCreated', 'SiteCollectionCreated', 'TeamCreated', 'ChannelAdded', 'GroupCreation') THEN 'object.create'
    WHEN operation LIKE '%LinkCreated' OR operation LIKE '%LinkUpdated' OR operation LIKE 'SharingInvitation%' OR operation IN ('SharingSet', 'AddedToSecureLink',
        'SharingInheritanceBroken', 'PermissionLevelAdded') THEN 'object.share'
    WHEN operation IN ('AddedToGroup', 'MemberAdded', 'SiteCollectionAdminAdded', 'MemberRoleChanged') THEN 'role.assign'
    WHEN operation LIKE 'PageViewed%' OR operation LIKE 'ListViewed%' THEN 'object.inspect'
    WHEN lower(operation) LIKE 'dlprule%' THEN 'secret.scan'
    WHEN operation LIKE 'Alert%' THEN 'service.event' END;

-- Microsoft Graph: what a request does, by its method and its path (without query).
CREATE OR REPLACE TEMP MACRO graph_action(method, path) AS CASE
    WHEN suffix(path, '/$batch') OR suffix(path, '/search/query') OR method IS NULL THEN 'token.use'
    WHEN method IN ('GET', 'HEAD') THEN CASE
        WHEN contains(path, '/messages') OR contains(path, '/mailFolders') THEN 'mail.read'
        WHEN suffix(path, '/content') OR suffix(path, '/$value') THEN 'object.read' ELSE 'config.read' END
    WHEN contains(path, '/messageRules') THEN 'mail.rule'
    WHEN suffix(path, '/sendMail') OR contains(path, '/messages/') AND (suffix(path, '/send') OR suffix(path, '/reply') OR suffix(path, '/replyAll')
        OR suffix(path, '/forward')) THEN 'mail.send'
    WHEN suffix(path, '/addPassword') OR suffix(path, '/addKey') OR suffix(path, '/resetPassword') OR suffix(path, '/federatedIdentityCredentials') THEN 'credential.add'
    WHEN suffix(path, '/revokeSignInSessions') OR suffix(path, '/invalidateAllRefreshTokens') THEN 'token.revoke'
    WHEN contains(path, '/federationConfiguration') THEN 'federation.change'
    WHEN method = 'POST' AND (suffix(path, '/oauth2PermissionGrants') OR suffix(path, '/appRoleAssignments') OR suffix(path, '/appRoleAssignedTo')) THEN 'consent.grant'
    WHEN method = 'POST' AND (suffix(path, '/members/$ref') OR suffix(path, '/owners/$ref') OR suffix(path, '/roleAssignments') OR suffix(path, 'ScheduleRequests'))
        THEN 'role.assign'
    WHEN suffix(path, '/createLink') OR suffix(path, '/invite') OR contains(path, '/items/') AND contains(path, '/permissions') THEN 'object.share'
    WHEN suffix(path, '/content') OR suffix(path, '/createUploadSession') THEN 'object.write'
    WHEN method = 'DELETE' AND (contains(path, '/items/') OR contains(path, '/drive/') OR contains(path, '/messages/')) THEN 'object.delete'
    WHEN suffix(path, '/getMemberGroups') OR suffix(path, '/checkMemberGroups') OR suffix(path, '/getMemberObjects') OR suffix(path, '/getByIds') THEN 'config.read'
    ELSE 'config.change' END;

-- Whether February of a year has 29 days.
CREATE OR REPLACE TEMP MACRO leap_year(told) AS told % 4 = 0 AND (told % 100 <> 0 OR told % 400 = 0);
