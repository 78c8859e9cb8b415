/*
title        = "Windows event log"
docs         = ["https://learn.microsoft.com/windows/security/threat-protection/auditing/advanced-security-audit-policy-settings",
                "https://learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-logging", "https://github.com/omerbenamram/evtx",
                "https://github.com/EricZimmerman/evtx", "https://learn.microsoft.com/powershell/module/microsoft.powershell.diagnostics/get-winevent",
                "https://www.elastic.co/guide/en/beats/winlogbeat/current/exported-fields-winlog.html", "https://docs.nxlog.co/refman/current/im/msvistalog.html"]
names        = ["windows.security", "windows.*"]
match        = """coalesce(r.Event.System, r.System.EventRecordID, r.winlog.event_id, r.winlog.channel) IS NOT NULL
                  OR r.EventID IS NOT NULL AND coalesce(r.Channel, r.RecordNumber, r.EventRecordID, r.EventSourceName) IS NOT NULL AND r.RuleTitle IS NULL
                  OR r.EventId IS NOT NULL AND r.EventRecordId IS NOT NULL OR r.event_id IS NOT NULL AND r.log_name IS NOT NULL
                  OR r.Id IS NOT NULL AND r.TimeCreated IS NOT NULL AND coalesce(r.ProviderName, r.LogName, r.LevelDisplayName) IS NOT NULL"""
columns      = [["EventRecordId", "TimeCreated", "EventId", "Provider", "Channel", "Computer"], ["Id", "TimeCreated", "ProviderName"], ["Id", "TimeCreated", "LogName"],
                ["Id", "TimeCreated", "LevelDisplayName"], ["Date and Time", "Source", "Event ID", "Task Category"]]
completeness = "complete"
scope        = "host"
objects      = ['*:\*', '\\*']
optional     = ["object.read", "object.write", "object.delete", "object.inspect", "process.start", "logging.enable"]
local_time   = true
token_kinds  = ["Kerberos tickets (on a domain controller)", "AD FS tokens (on an AD FS server with success auditing)"]
empty        = ["issued_time", "bytes", "object_size", "mailbox", "token_audience"]
sees_not     = ["reads and writes of files, unless object access auditing and an access list on the object ask for them: so it is no witness that a file was not read",
                "programs that were started, unless process auditing is on", "records that the ring buffer has overwritten", "sign-ins elsewhere: each host keeps its own",
                "what an export left out: record numbers betray it (a hole is a gap); an export without them (Event Viewer's CSV, selected columns, Sentinel) is called .unnumbered and witnesses nothing",
                "the fields of a record of which only the rendered English message was exported, where an account's name may hold anything"]
export       = "wevtutil epl Security Security.evtx, then evtx_dump -o jsonl Security.evtx > Security.jsonl"
# The stream is the channel at its host. Record numbers of one channel of one host have no holes: sequence_of and sequence_no hold them.
# Shapes: evtx_dump and XML, winlogbeat 6 to 8, NXLog, Get-WinEvent | ConvertTo-Json or Export-Csv, EvtxECmd CSV and JSON, Event Viewer's CSV, flat JSON.
# One record through several of them is one event: record_id is host/channel/number in all. AD FS: request_id is the Activity ID, session_id the Instance ID.
# Kerberos: token_id is the hash of the ticket handed out, credential_id that of the ticket presented, request_id the logon GUID.
# change (changes.sql): a cleared log, the service that stops (until the host speaks again), a full log, the audit policy by subcategory. mark: records that were dropped.
[witnesses]
"windows.security" = ["sign_in", "sign_out", "token.issue", "log.clear", "logging.disable", "account.change", "role.assign"]
"windows.system" = ["crash.dump", "log.clear"]
"windows.application" = ["crash.dump"]
"windows.security.unnumbered" = []
"*" = []

[collect]
"*" = '''wevtutil epl CHANNEL {file}.evtx "/q:*[System[TimeCreated[@SystemTime>='{start}' and @SystemTime<'{end}']]]" # PowerShell as administrator on {scope}. wevtutil el names the CHANNEL of {part}. The ring goes on overwriting meanwhile: take it whole, without /q, where minutes count'''
"windows.security*" = '''wevtutil epl Security {file}.evtx "/q:*[System[TimeCreated[@SystemTime>='{start}' and @SystemTime<'{end}']]]" # PowerShell as administrator on {scope}. The ring goes on overwriting meanwhile: take it whole, without /q, where minutes count'''
"windows.system" = '''wevtutil epl System {file}.evtx "/q:*[System[TimeCreated[@SystemTime>='{start}' and @SystemTime<'{end}']]]" # PowerShell as administrator on {scope}. The ring goes on overwriting meanwhile: take it whole, without /q, where minutes count'''
"windows.application" = '''wevtutil epl Application {file}.evtx "/q:*[System[TimeCreated[@SystemTime>='{start}' and @SystemTime<'{end}']]]" # PowerShell as administrator on {scope}. The ring goes on overwriting meanwhile: take it whole, without /q, where minutes count'''
"windows.security*@workspace" = '''az monitor log-analytics query -w WORKSPACE-ID --analytics-query "SecurityEvent | where TimeGenerated between (datetime({start}) .. datetime({end})) and Computer startswith '{scope}'" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'''
"*@workspace" = '''az monitor log-analytics query -w WORKSPACE-ID --analytics-query "Event | where TimeGenerated between (datetime({start}) .. datetime({end})) and Computer startswith '{scope}'" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'''
*/
SELECT
    coalesce(s['TimeCreated']['#attributes']['SystemTime'], s['TimeCreated_attributes']['SystemTime'], s['TimeCreated']['SystemTime'], r.winlog.time_created) AS stamp,
    CASE WHEN stamp IS NULL AND coalesce(r.winlog.channel, r.winlog.event_id, r.log_name) IS NOT NULL THEN r."@timestamp" END AS shipped,
    CASE WHEN starts_with(r.TimeCreated, '{') THEN try(json_extract_string(r.TimeCreated, '$.value')) ELSE r.TimeCreated END AS created,
    coalesce(stamp, shipped, created, r.TimeGenerated, d['UtcTime'], r.EventTime, r."Date and Time") AS told,
    CASE WHEN stamp IS NOT NULL THEN coalesce(instant(stamp), try(instant_epoch(stamp)), instant_utc(d['UtcTime']))
         WHEN shipped IS NOT NULL THEN instant(shipped)
         WHEN created IS NOT NULL THEN CASE WHEN r.EventRecordId IS NOT NULL THEN instant_utc(created) WHEN starts_with(created, '/Date(') THEN instant_any(created) ELSE instant(created) END
         WHEN r.TimeGenerated IS NOT NULL THEN instant_any(r.TimeGenerated)
         ELSE coalesce(instant_utc(d['UtcTime']), instant(r.EventTime)) END AS time,
    coalesce(created, r."Date and Time") AS clock,
    CASE WHEN time IS NOT NULL THEN NULL WHEN clock IS NULL THEN try_cast(r.EventTime AS TIMESTAMP)
         WHEN regexp_matches(clock, '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?$') THEN try_cast(clock AS TIMESTAMP)
         WHEN regexp_matches(clock, '(?i) [AP]M$') THEN try_strptime(clock, '%m/%d/%Y %I:%M:%S %p') WHEN contains(clock, '.') THEN try_strptime(clock, '%d.%m.%Y %H:%M:%S')
         WHEN try_strptime(clock, '%d/%m/%Y %H:%M:%S') IS NULL OR try_strptime(clock, '%m/%d/%Y %H:%M:%S') IS NULL
             THEN coalesce(try_strptime(clock, '%d/%m/%Y %H:%M:%S'), try_strptime(clock, '%m/%d/%Y %H:%M:%S')) END AS local_time,
    CASE WHEN starts_with(told, '/Date(') THEN 'ms' WHEN told = r."Date and Time" OR told = clock AND local_time IS NOT NULL AND NOT contains(told, '-') THEN 's' ELSE precision_of(told) END AS time_precision,
    CASE WHEN shipped IS NULL THEN coalesce(instant(r."@timestamp"), instant(r.EventReceivedTime)) ELSE coalesce(instant(r.event.created), instant(r.event.ingested)) END AS logged_time,
    lower(coalesce(s['Computer'], r.winlog.computer_name, r.Computer, r.Hostname, r.HostName, r.MachineName, r.computer_name, r.host.name)) AS scope,
    coalesce(s['Channel'], r.winlog.channel, r.Channel, r.LogName, r.log_name, CASE WHEN provider IN ('Microsoft-Windows-Security-Auditing', 'AD FS Auditing') THEN 'Security' END, 'unknown') AS channel,
    try_cast(coalesce(s['EventRecordID'], r.winlog.record_id, r.EventRecordId, r.RecordNumber, r.EventRecordID, r.RecordId, r.record_number) AS BIGINT) AS sequence_no,
    concat('windows.', lower(replace(replace(channel, '/', '-'), ' ', '_')), CASE WHEN sequence_no IS NULL THEN '.unnumbered' END) AS source,
    CASE WHEN sequence_no IS NOT NULL THEN scope || '/' || lower(channel) END AS sequence_of,
    sequence_of || '/' || sequence_no AS record_id,
    id AS operation,
    number,
    coalesce(provider LIKE 'AD FS%', false) AS adfs,
    coalesce(provider = 'Microsoft-Windows-Sysmon', false) AS sysmon,
    channel = 'Security' AND NOT adfs AS security,
    try_cast(d['AccessMask'] AS BIGINT) AS mask,
    CASE WHEN d['ObjectType'] IN ('Key', 'SAM_DOMAIN', 'SAM_SERVER') THEN CASE WHEN mask & 6 > 0 THEN 'config.change' ELSE 'config.read' END
         WHEN mask & 65536 > 0 THEN 'object.delete' WHEN mask & 6 > 0 THEN 'object.write' WHEN mask & 1 > 0 THEN 'object.read' ELSE 'object.inspect' END AS access,
    replace(coalesce(d['AuditPolicyChanges'], d['AuditPolicyChangesDescription'], ''), ' ', '') AS policy,
    CASE
        WHEN adfs THEN CASE WHEN number IN (1200, 1201, 299, 324) THEN 'token.issue' WHEN number IN (1202, 1203, 342, 411) THEN 'sign_in' WHEN number IN (1204, 1205) THEN 'credential.add'
            WHEN number IN (1206, 1207) THEN 'sign_out' WHEN number = 412 THEN 'token.use' ELSE 'other' END
        WHEN sysmon THEN CASE WHEN number = 1 THEN 'process.start' WHEN number IN (11, 15) THEN 'object.write' WHEN number IN (23, 26) THEN 'object.delete'
            WHEN number = 9 THEN 'object.read' WHEN number IN (4, 255) THEN 'service.event' WHEN number = 16 THEN 'config.change' ELSE 'other' END
        WHEN number IN (1102, 104) AND lower(provider) LIKE '%eventlog' THEN 'log.clear'
        WHEN number IN (1100, 1101, 1104, 1105, 1106, 1108, 6005, 6006, 6008) AND (lower(provider) LIKE '%eventlog' OR provider IS NULL) THEN 'service.event'
        WHEN number = 1000 AND provider = 'Application Error' OR number = 1001 AND (provider = 'BugCheck' OR provider LIKE '%WER-SystemErrorReporting') THEN 'crash.dump'
        WHEN number = 1001 AND provider = 'Windows Error Reporting' THEN CASE WHEN regexp_matches(coalesce(data[3], d['EventName'], ''), '(?i)crash|^BEX|^CLR|BlueScreen|LiveKernel|InPage|Hang')
            OR contains(lower(line), 'dmp') THEN 'crash.dump' ELSE 'other' END
        WHEN NOT security THEN CASE WHEN number = 7045 THEN 'config.change' ELSE 'other' END
        WHEN number IN (4624, 4625, 4648, 4771, 4776, 4777, 4778, 4801) THEN 'sign_in'
        WHEN number IN (4634, 4647, 4779, 4800) THEN 'sign_out'
        WHEN number IN (4768, 4769, 4770, 4772, 4773) THEN 'token.issue'
        WHEN number = 4663 OR number = 5145 OR number = 4656 AND failed THEN access
        WHEN number IN (4656, 5140) THEN 'object.inspect'
        WHEN number = 4660 THEN 'object.delete'
        WHEN number IN (4670, 5143, 5142) THEN 'object.share'
        WHEN number = 4688 THEN 'process.start'
        WHEN number = 4719 THEN CASE WHEN contains(policy, '%%8448') OR contains(policy, '%%8450') OR contains(lower(policy), 'removed') THEN 'logging.disable'
            WHEN policy <> '' THEN 'logging.enable' ELSE 'config.change' END
        WHEN number = 4907 THEN CASE WHEN contains(d['OldSd'], '(') AND NOT contains(coalesce(d['NewSd'], ''), '(') THEN 'logging.disable' ELSE 'config.change' END
        WHEN number IN (4720, 4722, 4725, 4726, 4738, 4740, 4741, 4742, 4743, 4767, 4780, 4781, 4729, 4733, 4757, 4731, 4734, 4727, 4730, 4754, 4758) THEN 'account.change'
        WHEN number IN (4723, 4724, 4887) THEN 'credential.add'
        WHEN number IN (4728, 4732, 4756, 4704, 4717) THEN 'role.assign'
        WHEN number IN (4706, 4707, 4716, 4865, 4866, 4867) THEN 'federation.change'
        WHEN number IN (5379, 5380, 5381, 5382, 4692, 5059) THEN 'credential.read'
        WHEN number IN (4616, 4697, 4698, 4702, 4713, 4715, 4739, 4902, 4904, 4905, 4906, 4912, 5136, 5137, 5141) THEN 'config.change'
        WHEN number IN (4662, 4661, 4797, 4798, 4799) THEN 'config.read'
        WHEN number IN (4608, 4609, 4612) THEN 'service.event'
        ELSE 'other' END AS action,
    CASE WHEN action = 'other' THEN 'system' ELSE family_of(action) END AS family,
    CASE WHEN number = 4907 AND security AND d['ObjectName'] IS NOT NULL THEN object_audit(d['ObjectName'], d['OldSd'], d['NewSd'])::VARCHAR
         WHEN number IN (1102, 104, 1100, 1104, 6006, 4719) AND (action IN ('log.clear', 'service.event') OR number = 4719 AND security) THEN nullif(all_changes(windows_change(number,
        coalesce(upper(substr(ltrim(d['SubcategoryGuid'], '{'), 1, 8)), ''), lower(policy), scope, CASE WHEN number = 1102 THEN 'security' ELSE lower(replace(replace(coalesce(d['Channel'], '*'), '/', '-'), ' ', '_')) END,
        d['BackupPath']))::VARCHAR, '[]') END AS change,
    CASE WHEN change IS NOT NULL THEN source || '/' || scope END AS subject,
    CASE WHEN number IN (1101, 1106, 1108) AND action = 'service.event' OR number = 4612 AND security THEN 'dropped' END AS mark,
    CASE WHEN failed THEN 'failure' WHEN passed OR action IN ('log.clear', 'crash.dump') THEN 'success' ELSE 'unknown' END AS outcome,
    CASE WHEN number = 1001 THEN coalesce(data[1], d['BugcheckCode']) WHEN action = 'crash.dump' THEN data[7]
         WHEN number = 4719 THEN d['AuditPolicyChanges']
         ELSE nullif(concat_ws(' ', lower(coalesce(d['Status'], d['ReturnCode'], d['ErrorCode'])), nullif(lower(d['SubStatus']), '0x0'), CASE WHEN number IN (4624, 4625, 4634) THEN 'type ' || d['LogonType'] END), '') END AS outcome_detail,
    number IN (4624, 4625, 4634, 4647, 4768, 4769, 4770, 4771, 4772, 4773, 4776, 4777, 4778, 4779, 4800, 4801) AS logon,
    CASE WHEN logon THEN coalesce(d['TargetUserName'], d['AccountName']) ELSE coalesce(stated(d['SubjectUserName']), CASE WHEN sysmon THEN d['User'] END) END AS person,
    CASE WHEN logon THEN coalesce(d['TargetUserSid'], d['TargetSid']) ELSE coalesce(stated(d['SubjectUserSid']), s['Security']['#attributes']['UserID'], s['Security_attributes']['UserID'],
        stated(CASE WHEN starts_with(r.UserId, '{') THEN try(json_extract_string(r.UserId, '$.Value')) ELSE r.UserId END), CASE WHEN NOT security THEN r.winlog.user.identifier END) END AS sid,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '<UserId>([^<]*)</UserId>', 1), '') ELSE nullif(stated(person), 'NULL SID') END AS actor,
    CASE WHEN sid NOT IN ('-', '', 'S-1-0-0', 'NULL SID') THEN sid END AS actor_id,
    CASE WHEN actor_id = 'S-1-5-7' OR actor = 'ANONYMOUS LOGON' THEN 'anonymous' WHEN actor_id IN ('S-1-5-18', 'S-1-5-19', 'S-1-5-20') OR actor_id LIKE 'S-1-5-90-%' THEN 'system'
         WHEN actor LIKE '%$' OR actor LIKE '%$@%' THEN 'workload' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    CASE WHEN adfs THEN address(split_part(regexp_extract(words, '<IpAddress>([^<]*)</IpAddress>', 1), ',', 1))
         ELSE address(coalesce(d['IpAddress'], d['ClientAddress'], d['SourceAddress'], d['SourceIp'])) END AS src_ip,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '<UserAgentString>([^<]*)</UserAgentString>', 1), '') END AS user_agent,
    stated(coalesce(d['WorkstationName'], d['Workstation'], d['ClientName'])) AS device_id,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '<OAuthClientId>([^<]*)</OAuthClientId>', 1), '')
         WHEN number = 1000 AND action = 'crash.dump' THEN coalesce(data[1], d['AppName']) ELSE stated(coalesce(d['ProcessName'], d['Image'], d['CallerProcessName'], d['ParentProcessName'])) END AS app,
    CASE WHEN adfs THEN coalesce(nullif(regexp_extract(words, '<RelyingParty>([^<]*)</RelyingParty>', 1), ''), stated(CASE number WHEN 299 THEN data[3] WHEN 412 THEN data[4] END))
         WHEN number IN (4768, 4769, 4770, 4771) THEN d['ServiceName'] WHEN number = 4648 THEN stated(d['TargetServerName'])
         WHEN number IN (5140, 5145) THEN d['ShareName'] WHEN number IN (4728, 4732, 4756, 4729, 4733, 4757) THEN d['TargetUserName']
         WHEN logon THEN scope END AS resource,
    CASE WHEN number IN (4768, 4769, 4770) THEN d['ServiceSid'] WHEN NOT logon THEN stated(coalesce(d['TargetSid'], d['TargetUserSid'])) END AS resource_id,
    CASE WHEN number IN (4625, 4648) OR NOT logon THEN d['SubjectLogonId'] ELSE coalesce(d['TargetLogonId'], d['LogonID']) END AS logon_id,
    CASE WHEN adfs THEN instance WHEN logon_id NOT IN ('-', '', '0x0') THEN lower(logon_id) END AS session_id,
    stated(d['ResponseTicketHash']) AS token_id,
    coalesce(stated(d['RequestTicketHash']), nullif(stated(d['CertThumbprint']), '')) AS credential_id,
    CASE WHEN adfs THEN activity
         WHEN action = 'crash.dump' THEN coalesce(d['ReportId'], CASE WHEN number = 1000 THEN data[13] WHEN provider = 'Windows Error Reporting' THEN data[20] ELSE data[3] END)
         ELSE nullif(stated(lower(trim(d['LogonGuid'], '{}'))), '00000000-0000-0000-0000-000000000000') END AS request_id,
    CASE
        WHEN number IN (1102, 104) AND action = 'log.clear' THEN coalesce(d['Channel'], channel)
        WHEN number = 1105 THEN d['BackupPath']
        WHEN number = 5145 AND coalesce(d['ShareLocalPath'], '') <> '' THEN rtrim(replace(d['ShareLocalPath'], '\??\', ''), '\') || '\' || ltrim(coalesce(d['RelativeTargetName'], ''), '\')
        WHEN number IN (5140, 5145) THEN d['ShareName'] || coalesce('\' || ltrim(d['RelativeTargetName'], '\'), '')
        WHEN number = 1000 AND action = 'crash.dump' THEN coalesce(data[11], d['AppPath'])
        WHEN number = 1001 AND provider = 'Windows Error Reporting' THEN coalesce(nullif(regexp_extract(replace(coalesce(words, ''), '\??\', ''), '(?i)(\S[^\n;|]*\.[mh]?dmp)', 1), ''), stated(data[17]), stated(d['StorePath']))
        WHEN number = 1001 AND action = 'crash.dump' THEN coalesce(nullif(regexp_extract(coalesce(data[2], d['DumpFile'], ''), '(\S.*)', 1), ''), nullif(regexp_extract(words, '(?i)(\S+\.dmp)', 1), ''))
        WHEN number IN (4728, 4732, 4756, 4729, 4733, 4757) THEN coalesce(stated(d['MemberName']), d['MemberSid'])
        WHEN number = 4719 THEN coalesce('{' || upper(trim(d['SubcategoryGuid'], '{}')) || '}', d['SubcategoryId'])
        WHEN NOT logon AND security AND d['TargetUserName'] IS NOT NULL THEN stated(d['TargetUserName'])
        ELSE stated(coalesce(d['ObjectName'], d['TargetFilename'], d['NewProcessName'], d['TaskName'], d['ServiceFileName'], d['ImagePath'], d['TargetName'], d['ObjectDN'],
            CASE WHEN sysmon AND number = 1 THEN d['Image'] END)) END AS object,
    nullif(regexp_extract(coalesce(d['Hashes'], d['Hash']), 'SHA256=([0-9A-Fa-f]{64})', 1), '') AS object_hash
FROM (SELECT *,
        coalesce(id IN ('4625', '4771', '1201', '1203', '342', '411', '324') OR lower(coalesce(r.winlog.outcome, r.event.outcome)) = 'failure' OR lower(replace(coalesce(r.winlog.keywords, s['Keywords'], r.KeywordsDisplayNames, r.Keywords, r.keywords, r.EventType, ''), '_', ' ')) LIKE '%audit failure%'
            OR coalesce(s['Keywords'], r.Keywords) IN ('0x8010000000000000', '-9218868437227405312') OR id IN ('4768', '4769', '4776') AND d['Status'] <> '0x0', false) AS failed,
        coalesce(id IN ('4624', '4634', '1200', '1202') OR lower(coalesce(r.winlog.outcome, r.event.outcome)) = 'success' OR lower(replace(coalesce(r.winlog.keywords, s['Keywords'], r.KeywordsDisplayNames, r.Keywords, r.keywords, r.EventType, ''), '_', ' ')) LIKE '%audit success%'
            OR coalesce(s['Keywords'], r.Keywords) IN ('0x8020000000000000', '-9214364837600034816', '0x4020000000000000'), false) AS passed,
        try_cast(id AS INTEGER) AS number,
        coalesce(message, array_to_string(data, chr(10))) AS words,
        id IN ('299', '324', '403', '404', '412', '500', '501', '510') AS paired,
        CASE WHEN provider LIKE 'AD FS%' THEN lower(nullif(coalesce(nullif(regexp_extract(message, '(?i)Instance ID: \{?([0-9a-f-]{36})', 1), ''),
            CASE WHEN paired THEN regexp_extract(data[1], '(?i)^\{?([0-9a-f-]{36})\}?$', 1) END), '')) END AS instance,
        CASE WHEN provider LIKE 'AD FS%' THEN lower(coalesce(nullif(regexp_extract(message, '(?i)Activity ID: \{?([0-9a-f-]{36})', 1), ''),
            nullif(regexp_extract(CASE WHEN NOT paired THEN data[1] WHEN id NOT IN ('500', '501') THEN data[2] END, '(?i)^\{?([0-9a-f-]{36})\}?$', 1), ''),
            trim(coalesce(s['Correlation']['#attributes']['ActivityID'], s['Correlation_attributes']['ActivityID'], r.winlog.activity_id, r.ActivityId, r.ActivityID), '{}'))) END AS activity
    FROM (SELECT *,
            coalesce(CASE WHEN s['EventID'] LIKE '{%' THEN try(coalesce(json_extract_string(s['EventID'], '$."#text"'), json_extract_string(s['EventID'], '$.Value'))) ELSE trim(s['EventID'], '"') END,
                r.winlog.event_id, r.EventID, r.EventId, r.Id, r.event_id, r."Event ID") AS id,
            coalesce(s['Provider']['#attributes']['Name'], s['Provider_attributes']['Name'], s['Provider']['Name'], r.winlog.provider_name, r.SourceName, r.ProviderName, r.EventSourceName, r.Provider, r.source_name, r.Source) AS provider,
            CASE WHEN d['Data'] LIKE '[%' THEN try(json_extract_string(d['Data'], '$[*]')) WHEN d['Data'] LIKE '{%' THEN coalesce(try(json_extract_string(d['Data'], '$."#text"[*]')), [])
                WHEN d['Data'] IS NOT NULL THEN [d['Data']] WHEN d['param1'] IS NOT NULL THEN [d['param1'], d['param2'], d['param3'], d['param4'], d['param5'], d['param6'], d['param7'], d['param8'], d['param9'], d['param10'], d['param11'], d['param12'], d['param13'], d['param14'], d['param15'], d['param16'], d['param17'], d['param18'], d['param19'], d['param20']] END AS data
        FROM (SELECT *,
                try(from_json(coalesce(r.Event.System, r.System), '{"Provider":{"#attributes":{"Name":"VARCHAR"},"Name":"VARCHAR"},"Provider_attributes":{"Name":"VARCHAR"},"EventID":"JSON",
                    "TimeCreated":{"#attributes":{"SystemTime":"VARCHAR"},"SystemTime":"VARCHAR"},"TimeCreated_attributes":{"SystemTime":"VARCHAR"},"EventRecordID":"VARCHAR","Channel":"VARCHAR",
                    "Computer":"VARCHAR","Keywords":"VARCHAR","Correlation":{"#attributes":{"ActivityID":"VARCHAR"}},"Correlation_attributes":{"ActivityID":"VARCHAR"},"Security":{"#attributes":{"UserID":"VARCHAR"}},"Security_attributes":{"UserID":"VARCHAR"}}')) AS s,
                try(from_json(fields, '{"SubjectUserSid":"VARCHAR","SubjectUserName":"VARCHAR","SubjectLogonId":"VARCHAR","TargetUserSid":"VARCHAR","TargetSid":"VARCHAR",
                    "TargetUserName":"VARCHAR","TargetLogonId":"VARCHAR","LogonID":"VARCHAR","AccountName":"VARCHAR","LogonType":"VARCHAR","LogonGuid":"VARCHAR","IpAddress":"VARCHAR","ClientAddress":"VARCHAR",
                    "SourceAddress":"VARCHAR","SourceIp":"VARCHAR","WorkstationName":"VARCHAR","Workstation":"VARCHAR","ClientName":"VARCHAR","ServiceName":"VARCHAR","ServiceSid":"VARCHAR",
                    "Status":"VARCHAR","SubStatus":"VARCHAR","ReturnCode":"VARCHAR","ErrorCode":"VARCHAR","TargetServerName":"VARCHAR","ShareName":"VARCHAR","ShareLocalPath":"VARCHAR",
                    "RelativeTargetName":"VARCHAR","AccessMask":"VARCHAR","ObjectType":"VARCHAR","ObjectName":"VARCHAR","ObjectDN":"VARCHAR","OldSd":"VARCHAR","NewSd":"VARCHAR",
                    "AuditPolicyChanges":"VARCHAR","AuditPolicyChangesDescription":"VARCHAR","SubcategoryGuid":"VARCHAR","SubcategoryId":"VARCHAR","NewProcessName":"VARCHAR","ProcessName":"VARCHAR",
                    "ParentProcessName":"VARCHAR","CallerProcessName":"VARCHAR","MemberName":"VARCHAR","MemberSid":"VARCHAR","TaskName":"VARCHAR","ServiceFileName":"VARCHAR","ImagePath":"VARCHAR",
                    "TargetName":"VARCHAR","Channel":"VARCHAR","BackupPath":"VARCHAR","UtcTime":"VARCHAR","TargetFilename":"VARCHAR","Image":"VARCHAR","User":"VARCHAR","Hashes":"VARCHAR","Hash":"VARCHAR",
                    "ResponseTicketHash":"VARCHAR","RequestTicketHash":"VARCHAR","CertThumbprint":"VARCHAR","AppName":"VARCHAR","AppPath":"VARCHAR","ReportId":"VARCHAR","EventName":"VARCHAR",
                    "StorePath":"VARCHAR","BugcheckCode":"VARCHAR","DumpFile":"VARCHAR","Data":"VARCHAR","param1":"VARCHAR","param2":"VARCHAR","param3":"VARCHAR","param4":"VARCHAR","param5":"VARCHAR",
                    "param6":"VARCHAR","param7":"VARCHAR","param8":"VARCHAR","param9":"VARCHAR","param10":"VARCHAR","param11":"VARCHAR","param12":"VARCHAR","param13":"VARCHAR",
                    "param14":"VARCHAR","param15":"VARCHAR","param16":"VARCHAR","param17":"VARCHAR","param18":"VARCHAR","param19":"VARCHAR","param20":"VARCHAR"}')) AS d
            FROM (SELECT *,
                    CASE WHEN NOT starts_with(ltrim(bare), '{') THEN CASE
                        WHEN r.ProviderName = 'Microsoft-Windows-Sysmon' THEN '{' || array_to_string(list_transform(string_split(replace(bare, chr(13), ''), chr(10)),
                            lambda each: CASE WHEN contains(each, ': ') THEN to_json(split_part(each, ': ', 1))::VARCHAR || ':' || to_json(substr(each, position(': ' IN each) + 2))::VARCHAR END), ',') || '}'
                        ELSE json_object('SubjectUserSid', nullif(regexp_extract(bare, 'Subject:\s+Security ID:\s+(S-1-\S+)', 1), ''),
                            'SubjectUserName', nullif(regexp_extract(bare, 'Subject:\s+Security ID:[^\n]*\s+Account Name:[ \t]+([^\r\n]*)', 1), ''),
                            'SubjectLogonId', nullif(regexp_extract(bare, 'Subject:\s+Security ID:[^\n]*\s+Account Name:[^\n]*\s+Account Domain:[^\n]*\s+Logon ID:\s+(\S+)', 1), ''),
                            'TargetUserSid', nullif(regexp_extract(bare, '(?:New Logon|Logon Failed|Target Account|New Account|Member):\s+Security ID:\s+(S-1-\S+)', 1), ''),
                            'TargetUserName', nullif(regexp_extract(bare, '(?:New Logon|Logon Failed|Credentials Were Used|Target Account|New Account|Account Information):\s+(?:Security ID:[^\n]*\s+)?Account Name:[ \t]+([^\r\n]*)|Logon Account:[ \t]+([^\r\n]*)', 1), ''),
                            'TargetLogonId', nullif(regexp_extract(bare, 'New Logon:\s+Security ID:[^\n]*\s+Account Name:[^\n]*\s+Account Domain:[^\n]*\s+Logon ID:\s+(\S+)', 1), ''),
                            'LogonType', nullif(regexp_extract(bare, 'Logon Type:\s+(\d+)', 1), ''), 'Status', nullif(regexp_extract(bare, '(?:Status|Result Code|Failure Code|Error Code):\s+(0x\w+)', 1), ''),
                            'IpAddress', nullif(regexp_extract(bare, '(?:Source Network|Client|Source) Address:\s+(\S+)', 1), ''), 'WorkstationName', nullif(regexp_extract(bare, '(?:Workstation Name|Source Workstation):[ \t]+(\S+)', 1), ''),
                            'ObjectName', nullif(regexp_extract(bare, 'Object Name:[ \t]+([^\r\n]*)', 1), ''), 'ObjectType', nullif(regexp_extract(bare, 'Object Type:[ \t]+([^\r\n]*)', 1), ''),
                            'AccessMask', nullif(regexp_extract(bare, 'Access Mask:\s+(0x\w+)', 1), ''), 'ShareName', nullif(regexp_extract(bare, 'Share Name:[ \t]+([^\r\n]*)', 1), ''),
                            'ShareLocalPath', nullif(regexp_extract(bare, 'Share Path:[ \t]+([^\r\n]*)', 1), ''), 'RelativeTargetName', nullif(regexp_extract(bare, 'Relative Target Name:[ \t]+([^\r\n]*)', 1), ''))::VARCHAR END
                    ELSE bare END AS fields
                FROM (SELECT *, coalesce(r.Message, r.message, r.unnamed, r.Event.RenderingInfo.Message) AS message,
                    CASE WHEN r.Event.EventData IS NOT NULL THEN r.Event.EventData WHEN r.Event.UserData IS NOT NULL THEN try(json_extract(r.Event.UserData, '$.*'))[-1]::VARCHAR
                        WHEN coalesce(r.winlog.event_data, r.winlog.user_data, r.event_data, r.user_data) IS NOT NULL THEN coalesce(r.winlog.event_data, r.winlog.user_data, r.event_data, r.user_data)
                        WHEN starts_with(r.EventData, '{') THEN r.EventData
                        WHEN ez IS NOT NULL THEN CASE WHEN len(told_data) > 0 THEN '{' || array_to_string(list_transform(told_data,
                            lambda each: CASE WHEN each ->> '$."@Name"' IS NOT NULL THEN to_json(each ->> '$."@Name"')::VARCHAR || ':' || coalesce(to_json(each ->> '$."#text"')::VARCHAR, 'null') END), ',') || '}' ELSE ez END
                        WHEN r.EventID IS NOT NULL THEN line
                        WHEN len(cells) > 0 AND r.ProviderName <> 'Microsoft-Windows-Sysmon' THEN CASE WHEN places IS NULL THEN json_object('Data', cells)::VARCHAR ELSE '{' || array_to_string(list_transform(list_zip(string_split(places, ' '), cells),
                            lambda each: CASE WHEN each[1] <> '-' AND each[2] IS NOT NULL THEN to_json(each[1])::VARCHAR || ':' || to_json(CASE WHEN starts_with(each[2], '{"') THEN try(json_extract_string(each[2], '$.Value'))
                                WHEN regexp_matches(each[1], 'LogonId$|Status$|Mask$') AND regexp_matches(each[2], '^\d+$') THEN '0x' || lower(hex(try_cast(each[2] AS UBIGINT))) ELSE each[2] END)::VARCHAR END), ',') || '}' END
                        WHEN coalesce(r.Id, r."Event ID") IS NOT NULL THEN coalesce(r.Message, r.message, r.unnamed) END AS bare
                FROM (SELECT *, CASE WHEN json_extract_string(ez, '$.Data[0]."@Name"') IS NOT NULL THEN json_extract(ez, '$.Data[*]') WHEN json_extract_string(ez, '$.Data."@Name"') IS NOT NULL THEN [json_extract(ez, '$.Data')] END::JSON[] AS told_data,
                        CASE WHEN r.Id IS NOT NULL AND starts_with(ltrim(r.Properties), '[') THEN try(json_extract_string(r.Properties, '$[*].Value')) END::VARCHAR[] AS cells,
                        CASE WHEN r.ProviderName IN ('Microsoft-Windows-Security-Auditing', 'Microsoft-Windows-Eventlog') THEN CASE
                            WHEN r.Id = '4624' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId TargetUserSid TargetUserName - TargetLogonId LogonType - - WorkstationName LogonGuid - - - - ProcessName IpAddress'
                            WHEN r.Id = '4625' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId TargetUserSid TargetUserName - Status - SubStatus LogonType - - WorkstationName - - - - ProcessName IpAddress'
                            WHEN r.Id IN ('4634', '4647') THEN 'TargetUserSid TargetUserName - TargetLogonId LogonType'
                            WHEN r.Id = '4648' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId LogonGuid TargetUserName - - TargetServerName - - ProcessName IpAddress'
                            WHEN r.Id = '4776' THEN '- TargetUserName Workstation Status'
                            WHEN r.Id = '4768' THEN 'TargetUserName - TargetSid ServiceName ServiceSid - Status - - IpAddress - - - CertThumbprint'
                            WHEN r.Id IN ('4769', '4770') THEN 'TargetUserName - ServiceName ServiceSid - - IpAddress - Status LogonGuid'
                            WHEN r.Id = '4771' THEN 'TargetUserName TargetSid ServiceName - Status - IpAddress'
                            WHEN r.Id = '4656' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId - ObjectType ObjectName - - - - AccessMask - - - ProcessName'
                            WHEN r.Id = '4663' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId - ObjectType ObjectName - - AccessMask - ProcessName'
                            WHEN r.Id = '5140' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId ObjectType IpAddress - ShareName ShareLocalPath AccessMask'
                            WHEN r.Id = '5145' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId ObjectType IpAddress - ShareName ShareLocalPath RelativeTargetName AccessMask'
                            WHEN r.Id = '4688' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId - NewProcessName'
                            WHEN r.Id = '4719' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId - SubcategoryId SubcategoryGuid AuditPolicyChanges'
                            WHEN r.Id = '4907' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId - ObjectType ObjectName - OldSd NewSd - ProcessName'
                            WHEN r.Id IN ('4720', '4722', '4723', '4724', '4725', '4726', '4740', '4767') THEN 'TargetUserName - TargetSid SubjectUserSid SubjectUserName - SubjectLogonId'
                            WHEN r.Id = '4738' THEN '- TargetUserName - TargetSid SubjectUserSid SubjectUserName - SubjectLogonId'
                            WHEN r.Id IN ('4728', '4729', '4732', '4733', '4756', '4757') THEN 'MemberName MemberSid TargetUserName - TargetSid SubjectUserSid SubjectUserName - SubjectLogonId'
                            WHEN r.Id = '104' THEN 'SubjectUserName - Channel BackupPath'
                            WHEN r.Id = '4616' THEN 'SubjectUserSid SubjectUserName - SubjectLogonId - - - ProcessName'
                            WHEN r.Id IN ('1102', '4660', '4672', '4673', '4697', '4698') THEN 'SubjectUserSid SubjectUserName - SubjectLogonId' END END AS places
                    FROM (SELECT *, CASE WHEN starts_with(r.Payload, '{') THEN coalesce(try(json_extract(r.Payload, '$.EventData')), try(json_extract(r.Payload, '$.UserData.*')[-1]))::VARCHAR END AS ez FROM records)))))))
