/*
title        = "Windows event log"
docs         = ["https://learn.microsoft.com/windows/security/threat-protection/auditing/advanced-security-audit-policy-settings",
                "https://learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-logging", "https://github.com/omerbenamram/evtx"]
names        = ["windows.security", "windows.*"]
match        = """coalesce(r.Event.System, r.System.EventRecordID, r.winlog.event_id, r.winlog.channel) IS NOT NULL
                  OR r.EventID IS NOT NULL AND coalesce(r.Channel, r.RecordNumber, r.EventRecordID, r.EventSourceName) IS NOT NULL"""
completeness = "complete"
scope        = "host"
objects      = ['*:\*', '\\*']
optional     = ["object.read", "object.write", "object.delete", "object.inspect", "process.start", "logging.enable"]
local_time   = true
token_kinds  = ["Kerberos tickets (on a domain controller)", "AD FS tokens (on an AD FS server with success auditing)"]
empty        = ["issued_time", "bytes", "object_size", "mailbox", "token_audience"]
sees_not     = ["reads and writes of files, unless object access auditing and an access list on the object ask for them: so it is no witness that a file was not read",
                "programs that were started, unless process auditing is on", "records that the ring buffer has overwritten", "sign-ins elsewhere: each host keeps its own"]
export       = "wevtutil epl Security Security.evtx, then evtx_dump -o jsonl Security.evtx > Security.jsonl"
# The stream is the channel at its host. Record numbers of one channel of one host have no holes: sequence_of and sequence_no hold them.
# Kerberos: token_id is the hash of the ticket handed out, credential_id that of the ticket presented, request_id the logon GUID.
# subject (4719): the audit subcategories of sign-ins, tickets, accounts, files, applications and of audit policy itself.
[witnesses]
"windows.security" = ["sign_in", "sign_out", "token.issue", "log.clear", "logging.disable", "account.change", "role.assign"]
"windows.system" = ["crash.dump", "log.clear"]
"windows.application" = ["crash.dump"]
"*" = []
*/
SELECT
    coalesce(s['TimeCreated']['#attributes']['SystemTime'], s['TimeCreated_attributes']['SystemTime'], s['TimeCreated']['SystemTime'], r.winlog.time_created) AS stamp,
    CASE WHEN stamp IS NULL AND coalesce(r.winlog.channel, r.winlog.event_id) IS NOT NULL THEN r."@timestamp" END AS shipped,
    coalesce(stamp, shipped, r.TimeGenerated, d['UtcTime'], r.EventTime) AS told,
    CASE WHEN stamp IS NOT NULL THEN coalesce(instant(stamp), try(instant_epoch(stamp)), instant_utc(d['UtcTime']))
         WHEN shipped IS NOT NULL THEN instant(shipped) WHEN r.TimeGenerated IS NOT NULL THEN instant_utc(r.TimeGenerated)
         ELSE coalesce(instant_utc(d['UtcTime']), instant(r.EventTime)) END AS time,
    CASE WHEN time IS NULL THEN try_cast(r.EventTime AS TIMESTAMP) END AS local_time,
    precision_of(told) AS time_precision,
    CASE WHEN shipped IS NULL THEN coalesce(instant(r."@timestamp"), instant(r.EventReceivedTime)) ELSE coalesce(instant(r.event.created), instant(r.event.ingested)) END AS logged_time,
    lower(coalesce(s['Computer'], r.winlog.computer_name, r.Computer, r.Hostname, r.HostName, r.host.name)) AS scope,
    coalesce(s['Channel'], r.winlog.channel, r.Channel, CASE WHEN provider IN ('Microsoft-Windows-Security-Auditing', 'AD FS Auditing') THEN 'Security' END, 'unknown') AS channel,
    'windows.' || lower(replace(replace(channel, '/', '-'), ' ', '_')) AS source,
    try_cast(coalesce(s['EventRecordID'], r.winlog.record_id, r.RecordNumber, r.EventRecordID) AS BIGINT) AS sequence_no,
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
        WHEN number IN (1102, 104) AND provider LIKE '%Eventlog' THEN 'log.clear'
        WHEN number IN (1100, 1101, 1104, 1105, 1108, 6005, 6006, 6008) AND (provider LIKE '%Eventlog' OR provider IS NULL) THEN 'service.event'
        WHEN number = 1000 AND provider = 'Application Error' OR number = 1001 AND (provider = 'BugCheck' OR provider LIKE '%WER-SystemErrorReporting') THEN 'crash.dump'
        WHEN number = 1001 AND provider = 'Windows Error Reporting' THEN CASE WHEN regexp_matches(coalesce(p3, d['EventName'], ''), '(?i)crash|^BEX|^CLR|BlueScreen|LiveKernel|InPage|Hang')
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
    family_of(action) AS family,
    CASE WHEN number = 4719 AND upper(substr(ltrim(d['SubcategoryGuid'], '{'), 1, 8)) IN ('0CCE9215', '0CCE9216', '0CCE921D', '0CCE9222', '0CCE9224', '0CCE922F', '0CCE9235',
        '0CCE9237', '0CCE923F', '0CCE9240', '0CCE9242', '0CCE9244') THEN source || '/' || scope END AS subject,
    CASE WHEN failed THEN 'failure' WHEN passed OR action IN ('log.clear', 'crash.dump') THEN 'success' ELSE 'unknown' END AS outcome,
    CASE WHEN number = 1001 THEN coalesce(p1, d['BugcheckCode']) WHEN action = 'crash.dump' THEN p7
         WHEN number = 4719 THEN d['AuditPolicyChanges']
         ELSE nullif(concat_ws(' ', coalesce(d['Status'], d['ReturnCode'], d['ErrorCode']), nullif(d['SubStatus'], '0x0'), CASE WHEN number IN (4624, 4625, 4634) THEN 'type ' || d['LogonType'] END), '') END AS outcome_detail,
    number IN (4624, 4625, 4634, 4647, 4768, 4769, 4770, 4771, 4772, 4773, 4776, 4777, 4778, 4779, 4800, 4801) AS logon,
    CASE WHEN logon THEN coalesce(d['TargetUserName'], d['AccountName']) ELSE coalesce(stated(d['SubjectUserName']), CASE WHEN sysmon THEN d['User'] END) END AS person,
    CASE WHEN logon THEN coalesce(d['TargetUserSid'], d['TargetSid']) ELSE coalesce(stated(d['SubjectUserSid']), s['Security']['#attributes']['UserID'], s['Security_attributes']['UserID'],
        CASE WHEN NOT security THEN r.winlog.user.identifier END) END AS sid,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '<UserId>([^<]*)</UserId>', 1), '') ELSE nullif(stated(person), 'NULL SID') END AS actor,
    CASE WHEN sid NOT IN ('-', '', 'S-1-0-0', 'NULL SID') THEN sid END AS actor_id,
    CASE WHEN actor_id = 'S-1-5-7' OR actor = 'ANONYMOUS LOGON' THEN 'anonymous' WHEN actor_id IN ('S-1-5-18', 'S-1-5-19', 'S-1-5-20') OR actor_id LIKE 'S-1-5-90-%' THEN 'system'
         WHEN actor LIKE '%$' OR actor LIKE '%$@%' THEN 'workload' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    CASE WHEN adfs THEN address(split_part(regexp_extract(words, '<IpAddress>([^<]*)</IpAddress>', 1), ',', 1))
         ELSE address(coalesce(d['IpAddress'], d['ClientAddress'], d['SourceAddress'], d['SourceIp'])) END AS src_ip,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '<UserAgentString>([^<]*)</UserAgentString>', 1), '') END AS user_agent,
    stated(coalesce(d['WorkstationName'], d['Workstation'], d['ClientName'])) AS device_id,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '<OAuthClientId>([^<]*)</OAuthClientId>', 1), '')
         WHEN number = 1000 AND action = 'crash.dump' THEN coalesce(p1, d['AppName']) ELSE stated(coalesce(d['ProcessName'], d['Image'], d['CallerProcessName'], d['ParentProcessName'])) END AS app,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '<RelyingParty>([^<]*)</RelyingParty>', 1), '')
         WHEN number IN (4768, 4769, 4770, 4771) THEN d['ServiceName'] WHEN number = 4648 THEN stated(d['TargetServerName'])
         WHEN number IN (5140, 5145) THEN d['ShareName'] WHEN number IN (4728, 4732, 4756, 4729, 4733, 4757) THEN d['TargetUserName']
         WHEN logon THEN scope END AS resource,
    CASE WHEN number IN (4768, 4769, 4770) THEN d['ServiceSid'] WHEN NOT logon THEN stated(coalesce(d['TargetSid'], d['TargetUserSid'])) END AS resource_id,
    CASE WHEN number IN (4625, 4648) OR NOT logon THEN d['SubjectLogonId'] ELSE coalesce(d['TargetLogonId'], d['LogonID']) END AS logon_id,
    CASE WHEN logon_id NOT IN ('-', '', '0x0') THEN logon_id END AS session_id,
    stated(d['ResponseTicketHash']) AS token_id,
    coalesce(stated(d['RequestTicketHash']), nullif(stated(d['CertThumbprint']), '')) AS credential_id,
    CASE WHEN adfs THEN nullif(regexp_extract(words, '(?i)Activity ID: \{?([0-9a-f-]{36})', 1), '')
         WHEN action = 'crash.dump' THEN coalesce(d['ReportId'], CASE WHEN number = 1000 THEN p13 WHEN provider = 'Windows Error Reporting' THEN p20 ELSE p3 END)
         WHEN d['LogonGuid'] <> '{00000000-0000-0000-0000-000000000000}' THEN lower(trim(d['LogonGuid'], '{}')) END AS request_id,
    CASE
        WHEN number IN (1102, 104) AND action = 'log.clear' THEN coalesce(d['Channel'], channel)
        WHEN number = 1105 THEN d['BackupPath']
        WHEN number = 5145 AND coalesce(d['ShareLocalPath'], '') <> '' THEN rtrim(replace(d['ShareLocalPath'], '\??\', ''), '\') || '\' || ltrim(coalesce(d['RelativeTargetName'], ''), '\')
        WHEN number IN (5140, 5145) THEN d['ShareName'] || coalesce('\' || ltrim(d['RelativeTargetName'], '\'), '')
        WHEN number = 1000 AND action = 'crash.dump' THEN coalesce(p11, d['AppPath'])
        WHEN number = 1001 AND provider = 'Windows Error Reporting' THEN coalesce(nullif(regexp_extract(replace(coalesce(words, ''), '\??\', ''), '(?i)(\S[^\n;|]*\.[mh]?dmp)', 1), ''), stated(p17), stated(d['StorePath']))
        WHEN number = 1001 AND action = 'crash.dump' THEN coalesce(nullif(regexp_extract(coalesce(p2, d['DumpFile'], ''), '(\S.*)', 1), ''), nullif(regexp_extract(words, '(?i)(\S+\.dmp)', 1), ''))
        WHEN number IN (4728, 4732, 4756, 4729, 4733, 4757) THEN coalesce(stated(d['MemberName']), d['MemberSid'])
        WHEN number = 4719 THEN coalesce(d['SubcategoryGuid'], d['SubcategoryId'])
        WHEN NOT logon AND security AND d['TargetUserName'] IS NOT NULL THEN stated(d['TargetUserName'])
        ELSE stated(coalesce(d['ObjectName'], d['TargetFilename'], d['NewProcessName'], d['TaskName'], d['ServiceFileName'], d['ImagePath'], d['TargetName'], d['ObjectDN'],
            CASE WHEN sysmon AND number = 1 THEN d['Image'] END)) END AS object,
    nullif(regexp_extract(d['Hashes'], 'SHA256=([0-9A-Fa-f]{64})', 1), '') AS object_hash
FROM (SELECT *,
        coalesce(id IN ('4625', '4771', '1201', '1203', '342', '411', '324') OR lower(coalesce(r.winlog.outcome, r.event.outcome)) = 'failure' OR lower(replace(coalesce(r.winlog.keywords, s['Keywords'], r.Keywords, r.EventType, ''), '_', ' ')) LIKE '%audit failure%'
            OR coalesce(s['Keywords'], r.Keywords) IN ('0x8010000000000000', '-9218868437227405312') OR id IN ('4768', '4769', '4776') AND d['Status'] <> '0x0', false) AS failed,
        coalesce(id IN ('4624', '4634', '1200', '1202') OR lower(coalesce(r.winlog.outcome, r.event.outcome)) = 'success' OR lower(replace(coalesce(r.winlog.keywords, s['Keywords'], r.Keywords, r.EventType, ''), '_', ' ')) LIKE '%audit success%'
            OR coalesce(s['Keywords'], r.Keywords) IN ('0x8020000000000000', '-9214364837600034816', '0x4020000000000000'), false) AS passed,
        try_cast(id AS INTEGER) AS number,
        coalesce(data[1], d['param1']) AS p1, coalesce(data[2], d['param2']) AS p2, coalesce(data[3], d['param3']) AS p3, coalesce(data[7], d['param7']) AS p7,
        coalesce(data[11], d['param11']) AS p11, coalesce(data[13], d['param13']) AS p13, coalesce(data[17], d['param17']) AS p17, coalesce(data[20], d['param20']) AS p20,
        coalesce(r.Message, r.message, CASE WHEN data IS NOT NULL THEN 'Activity ID: ' || array_to_string(data, chr(10)) END) AS words
    FROM (SELECT *,
            coalesce(CASE WHEN s['EventID'] LIKE '{%' THEN try(coalesce(json_extract_string(s['EventID'], '$."#text"'), json_extract_string(s['EventID'], '$.Value'))) ELSE trim(s['EventID'], '"') END,
                r.winlog.event_id, r.EventID) AS id,
            coalesce(s['Provider']['#attributes']['Name'], s['Provider_attributes']['Name'], s['Provider']['Name'], r.winlog.provider_name, r.SourceName, r.ProviderName, r.EventSourceName) AS provider,
            CASE WHEN d['Data'] LIKE '[%' THEN try(json_extract_string(d['Data'], '$[*]')) WHEN d['Data'] LIKE '{%' THEN coalesce(try(json_extract_string(d['Data'], '$."#text"[*]')), []) END AS data
        FROM (SELECT *,
                try(from_json(coalesce(r.Event.System, r.System), '{"Provider":{"#attributes":{"Name":"VARCHAR"},"Name":"VARCHAR"},"Provider_attributes":{"Name":"VARCHAR"},"EventID":"JSON",
                    "TimeCreated":{"#attributes":{"SystemTime":"VARCHAR"},"SystemTime":"VARCHAR"},"TimeCreated_attributes":{"SystemTime":"VARCHAR"},"EventRecordID":"VARCHAR","Channel":"VARCHAR",
                    "Computer":"VARCHAR","Keywords":"VARCHAR","Security":{"#attributes":{"UserID":"VARCHAR"}},"Security_attributes":{"UserID":"VARCHAR"}}')) AS s,
                try(from_json(coalesce(r.Event.EventData, r.Event.UserData.LogFileCleared, r.Event.UserData.AutoBackup, r.EventData, r.winlog.event_data, r.winlog.user_data,
                    CASE WHEN r.EventID IS NOT NULL THEN line END), '{"SubjectUserSid":"VARCHAR","SubjectUserName":"VARCHAR","SubjectLogonId":"VARCHAR","TargetUserSid":"VARCHAR","TargetSid":"VARCHAR",
                    "TargetUserName":"VARCHAR","TargetLogonId":"VARCHAR","LogonID":"VARCHAR","AccountName":"VARCHAR","LogonType":"VARCHAR","LogonGuid":"VARCHAR","IpAddress":"VARCHAR","ClientAddress":"VARCHAR",
                    "SourceAddress":"VARCHAR","SourceIp":"VARCHAR","WorkstationName":"VARCHAR","Workstation":"VARCHAR","ClientName":"VARCHAR","ServiceName":"VARCHAR","ServiceSid":"VARCHAR",
                    "Status":"VARCHAR","SubStatus":"VARCHAR","ReturnCode":"VARCHAR","ErrorCode":"VARCHAR","TargetServerName":"VARCHAR","ShareName":"VARCHAR","ShareLocalPath":"VARCHAR",
                    "RelativeTargetName":"VARCHAR","AccessMask":"VARCHAR","ObjectType":"VARCHAR","ObjectName":"VARCHAR","ObjectDN":"VARCHAR","OldSd":"VARCHAR","NewSd":"VARCHAR",
                    "AuditPolicyChanges":"VARCHAR","AuditPolicyChangesDescription":"VARCHAR","SubcategoryGuid":"VARCHAR","SubcategoryId":"VARCHAR","NewProcessName":"VARCHAR","ProcessName":"VARCHAR",
                    "ParentProcessName":"VARCHAR","CallerProcessName":"VARCHAR","MemberName":"VARCHAR","MemberSid":"VARCHAR","TaskName":"VARCHAR","ServiceFileName":"VARCHAR","ImagePath":"VARCHAR",
                    "TargetName":"VARCHAR","Channel":"VARCHAR","BackupPath":"VARCHAR","UtcTime":"VARCHAR","TargetFilename":"VARCHAR","Image":"VARCHAR","User":"VARCHAR","Hashes":"VARCHAR",
                    "ResponseTicketHash":"VARCHAR","RequestTicketHash":"VARCHAR","CertThumbprint":"VARCHAR","AppName":"VARCHAR","AppPath":"VARCHAR","ReportId":"VARCHAR","EventName":"VARCHAR",
                    "StorePath":"VARCHAR","BugcheckCode":"VARCHAR","DumpFile":"VARCHAR","Data":"VARCHAR","param1":"VARCHAR","param2":"VARCHAR","param3":"VARCHAR","param7":"VARCHAR",
                    "param11":"VARCHAR","param13":"VARCHAR","param17":"VARCHAR","param20":"VARCHAR"}')) AS d
            FROM records)))
