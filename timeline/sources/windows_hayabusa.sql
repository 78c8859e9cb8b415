/*
title        = "Hayabusa detections on Windows event logs"
docs         = ["https://github.com/Yamato-Security/hayabusa", "https://github.com/Yamato-Security/hayabusa/blob/main/rules/config/channel_abbreviations.txt"]
names        = ["hayabusa.*"]
match        = "r.RuleTitle IS NOT NULL AND r.Timestamp IS NOT NULL AND coalesce(r.EventID, r.Channel) IS NOT NULL"
columns      = [["Timestamp", "RuleTitle", "Level", "Computer", "Channel"], ["datetime", "timestamp_desc", "message", "Level", "Computer", "Channel", "EventID"]]
completeness = "best_effort"
scope        = "host"
witnesses    = []
optional     = ["sign_in", "sign_out", "token.issue", "log.clear", "process.start", "account.change", "role.assign", "credential.add", "logging.disable", "object.write", "object.delete"]
local_time   = true
empty        = ["logged_time", "user_agent", "app_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox", "resource_id",
                "token_id", "credential_id", "signing_key_id", "request_id", "actor_id"]
sees_not     = ["every record on which no rule fired, or only rules that the run left out (levels, status, --min-level): a silence of Hayabusa is no evidence, so it witnesses nothing",
                "all but the fields that its rule or profile prints; one record may stand here once for each rule that it matched"]
export       = "hayabusa csv-timeline -d EVTX -o hayabusa.csv -p verbose -O (json-timeline for JSON; -O states UTC)"
# The stream is the channel at its host, beside (not instead of) `windows.<channel>`, which has the records themselves. operation is the event id, outcome_detail the rule.
# Both dates of --european-time and --us-military-time fit most days: such a time is taken only where one of them does.
*/
SELECT
    regexp_replace(coalesce(r.Timestamp, r.datetime), ' ([+-]\d\d:?\d\d|Z)$', '\1') AS told,
    try_strptime(told, '%d-%m-%Y %H:%M:%S.%g%z') AS european,
    try_strptime(told, '%m-%d-%Y %H:%M:%S.%g%z') AS american,
    CASE WHEN regexp_matches(told, '^\d{4}-') THEN instant(told)
         WHEN regexp_matches(told, '^[A-Z][a-z]{2}, ') THEN try_strptime(coalesce(r.Timestamp, r.datetime), '%a, %d %b %Y %H:%M:%S %z')
         WHEN regexp_matches(told, '[AP]M[+-]') THEN try_strptime(told, '%m-%d-%Y %I:%M:%S.%g %p%z')
         WHEN european IS NULL OR american IS NULL OR european = american THEN coalesce(european, american) END AS time,
    CASE WHEN time IS NULL AND NOT regexp_matches(told, '[+-]\d\d:?\d\d$|Z$') THEN try_cast(told AS TIMESTAMP) END AS local_time,
    CASE WHEN contains(told, '.') THEN CASE WHEN regexp_matches(told, '\.\d{7}') THEN '100ns' WHEN regexp_matches(told, '\.\d{4}') THEN 'us' ELSE 'ms' END ELSE 's' END AS time_precision,
    lower(r.Computer) AS scope,
    CASE r.Channel WHEN 'Sec' THEN 'Security' WHEN 'Sys' THEN 'System' WHEN 'App' THEN 'Application' WHEN 'Sysmon' THEN 'Microsoft-Windows-Sysmon/Operational'
        WHEN 'PwSh' THEN 'Microsoft-Windows-PowerShell/Operational' WHEN 'PwShClassic' THEN 'Windows PowerShell' WHEN 'Defender' THEN 'Microsoft-Windows-Windows Defender/Operational'
        WHEN 'TaskSch' THEN 'Microsoft-Windows-TaskScheduler/Operational' WHEN 'BitsCli' THEN 'Microsoft-Windows-Bits-Client/Operational' ELSE coalesce(r.Channel, 'unknown') END AS channel,
    'hayabusa.' || lower(replace(replace(channel, '/', '-'), ' ', '_')) AS source,
    coalesce(r.RuleTitle, r.message) AS rule,
    scope || '/' || lower(channel) || '/' || r.RecordID || '/' || rule AS record_id,
    r.EventID AS operation,
    try_cast(r.EventID AS INTEGER) AS number,
    CASE WHEN channel = 'Security' THEN CASE
            WHEN number IN (4624, 4625, 4648, 4771, 4776) THEN 'sign_in' WHEN number IN (4634, 4647) THEN 'sign_out' WHEN number IN (4768, 4769, 4770) THEN 'token.issue'
            WHEN number = 1102 THEN 'log.clear' WHEN number = 4688 THEN 'process.start' WHEN number IN (4720, 4722, 4725, 4726, 4738, 4740, 4742) THEN 'account.change'
            WHEN number IN (4728, 4732, 4756) THEN 'role.assign' WHEN number IN (4723, 4724) THEN 'credential.add' ELSE 'other' END
         WHEN channel = 'System' AND number = 104 THEN 'log.clear'
         WHEN channel LIKE '%Sysmon/Operational' THEN CASE WHEN number = 1 THEN 'process.start' WHEN number IN (11, 15) THEN 'object.write' WHEN number IN (23, 26) THEN 'object.delete' ELSE 'other' END
         ELSE 'other' END AS action,
    CASE WHEN action = 'other' THEN 'system' ELSE family_of(action) END AS family,
    CASE WHEN channel = 'Security' AND (number IN (4625, 4771) OR number IN (4768, 4769, 4776) AND coalesce(field['Status'], '0x0') <> '0x0') THEN 'failure'
         WHEN channel = 'Security' AND (number IN (4624, 4634, 4647) OR number IN (4768, 4769, 4776) AND field['Status'] = '0x0') OR action = 'log.clear' THEN 'success' ELSE 'unknown' END AS outcome,
    concat_ws(': ', r.Level, rule) AS outcome_detail,
    stated(CASE WHEN action IN ('sign_in', 'sign_out', 'token.issue') AND number <> 4648 THEN coalesce(field['TgtUser'], field['TargetUserName'], field['User'], field['SrcUser'])
        ELSE coalesce(field['SrcUser'], field['User'], field['SubjectUserName']) END) AS actor,
    CASE WHEN actor = 'ANONYMOUS LOGON' THEN 'anonymous' WHEN actor LIKE '%$' THEN 'workload' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(coalesce(field['SrcIP'], field['IpAddress'])) AS src_ip,
    stated(coalesce(field['SrcComp'], field['WorkstationName'])) AS device_id,
    stated(coalesce(field['Proc'], field['Image'])) AS app,
    stated(coalesce(field['Svc'], field['ServiceName'])) AS resource,
    lower(stated(coalesce(field['LID'], field['TargetLogonId'], field['SubjectLogonId']))) AS logon_id,
    nullif(logon_id, '0x0') AS session_id,
    stated(coalesce(field['Path'], field['TgtFile'], field['TargetFilename'], field['ObjectName'], CASE WHEN action = 'process.start' THEN coalesce(field['Proc'], field['NewProcessName']) END,
        CASE WHEN action = 'log.clear' THEN channel END)) AS object
FROM (SELECT *,
        try(from_json(CASE WHEN starts_with(details, '{') THEN details ELSE '{' || array_to_string(list_transform(string_split_regex(details, ' ¦ |\t|\r?\n'),
            lambda each: CASE WHEN contains(each, ': ') THEN to_json(split_part(each, ': ', 1))::VARCHAR || ':' || to_json(substr(each, position(': ' IN each) + 2))::VARCHAR END), ',') || '}' END,
            '{"TgtUser":"VARCHAR","SrcUser":"VARCHAR","User":"VARCHAR","TargetUserName":"VARCHAR","SubjectUserName":"VARCHAR","SrcIP":"VARCHAR","IpAddress":"VARCHAR","SrcComp":"VARCHAR","WorkstationName":"VARCHAR",
              "Proc":"VARCHAR","Image":"VARCHAR","Svc":"VARCHAR","ServiceName":"VARCHAR","LID":"VARCHAR","TargetLogonId":"VARCHAR","SubjectLogonId":"VARCHAR","Path":"VARCHAR","TgtFile":"VARCHAR",
              "TargetFilename":"VARCHAR","ObjectName":"VARCHAR","NewProcessName":"VARCHAR","Status":"VARCHAR"}')) AS field
    FROM (SELECT *, coalesce(r.Details, r.AllFieldInfo) AS details FROM records))
