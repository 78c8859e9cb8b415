/*
# Each table is sent by a switch of its own and is a stream of its own: m365.defender.<table>/<tenant>. A sensor does not report every act of a machine
# (it samples and leaves out what is common), so nothing here proves an absence.
title        = "Microsoft Defender XDR advanced hunting tables (streaming API)"
docs         = ["https://learn.microsoft.com/en-us/defender-xdr/streaming-api", "https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-schema-tables"]
names        = ["m365.defender.*"]
match        = '''starts_with(coalesce(r.category, r.Category), 'AdvancedHunting-')
    OR r.Type IN ('DeviceEvents', 'DeviceProcessEvents', 'DeviceFileEvents', 'DeviceLogonEvents', 'DeviceNetworkEvents', 'DeviceRegistryEvents', 'DeviceImageLoadEvents', 'DeviceInfo', 'DeviceNetworkInfo',
        'DeviceFileCertificateInfo', 'EmailEvents', 'EmailAttachmentInfo', 'EmailUrlInfo', 'EmailPostDeliveryEvents', 'UrlClickEvents', 'IdentityLogonEvents', 'IdentityQueryEvents', 'IdentityDirectoryEvents',
        'CloudAppEvents', 'AlertInfo', 'AlertEvidence', 'BehaviorInfo', 'BehaviorEntities')'''
columns      = [["Timestamp", "ActionType", "ReportId"], ["TimeGenerated", "ActionType", "ReportId"]]
completeness = "best_effort"
scope        = "tenant id"
objects      = ['*:\*', '\\*', '/*', '<*']
optional     = ["object.read", "object.write", "object.copy", "object.move", "object.delete", "object.create", "object.share", "mail.read", "mail.rule", "account.change", "role.assign", "credential.add", "secret.scan"]
empty        = ["credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "bytes"]
sees_not     = ["machines without a sensor", "most reads of files", "common acts that the sensor leaves out", "mail between hybrid servers outside of Exchange Online", "what happened while a sensor was off"]
export       = "az storage blob download-batch -s insights-logs-advancedhunting-deviceprocessevents, or Start-MgSecurityHuntingQuery -Query 'DeviceProcessEvents | where …' (30 days)"
[witnesses]
"m365.defender.deviceprocessevents" = ["process.start"]
"m365.defender.devicelogonevents" = ["sign_in"]
"m365.defender.identitylogonevents" = ["sign_in"]
"m365.defender.aadsignineventsbeta" = ["sign_in"]
"m365.defender.emailevents" = ["mail.send"]
"*" = []

[collect]
"*" = '''Start-MgSecurityHuntingQuery -Query 'TABLE | where Timestamp between (datetime({start}) .. datetime({end})) | extend Type = "TABLE"' | Select-Object -ExpandProperty Results | ForEach-Object { ConvertTo-Json -Depth 20 -Compress -InputObject $_.AdditionalProperties } | Add-Content -Encoding utf8 '{file}.jsonl' # PowerShell 7 after Connect-MgGraph -TenantId {scope} -Scopes ThreatHunting.Read.All. TABLE is {part} in its own spelling, such as DeviceProcessEvents. 30 days back. Cut at 100 000 rows or 50 MB: count first, and halve the window until it fits'''
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-advancedhunting-{part} -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
"*@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "TABLE | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # TABLE is {part} in its own spelling, such as DeviceProcessEvents. An answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
*/
SELECT
    'm365.defender.' || tab AS source,
    coalesce(instant_any(told_event), instant_any(told_delivery)) AS time,
    precision_of(coalesce(told_event, told_delivery)) AS time_precision,
    instant_any(told_delivery) AS logged_time,
    -- in a workspace's tables TenantId is the workspace
    lower(coalesce(r.tenantId, CASE WHEN r.Type IS NULL THEN r.TenantId END)) AS scope,
    coalesce(stated(r.properties.FolderPath), stated(r.FolderPath)) AS told_folder,
    coalesce(stated(r.properties.FileName), stated(r.FileName)) AS file,
    coalesce(stated(r.properties.Url), stated(r.Url)) AS link,
    coalesce(stated(r.properties.NetworkMessageId), stated(r.NetworkMessageId)) AS message,
    coalesce(stated(r.properties.ReportId), stated(r.ReportId), stated(r.properties.AlertId), stated(r.AlertId)) AS report,
    CASE WHEN report IS NOT NULL THEN concat_ws('/', tab, coalesce(r.properties.DeviceId, r.DeviceId, message), report, told_event, file, link, coalesce(r.properties.RecipientEmailAddress, r.RecipientEmailAddress)) END AS record_id,
    coalesce(stated(doing), tab_name) AS operation,
    CASE
        WHEN tab = 'deviceprocessevents' OR doing = 'ProcessCreated' THEN 'process.start'
        WHEN tab IN ('devicelogonevents', 'identitylogonevents') OR tab LIKE 'aadsignin%' THEN 'sign_in'
        WHEN tab = 'emailevents' THEN 'mail.send'
        WHEN tab = 'devicefileevents' THEN CASE doing WHEN 'FileCreated' THEN 'object.write' WHEN 'FileModified' THEN 'object.write' WHEN 'FileRenamed' THEN 'object.move' WHEN 'FileDeleted' THEN 'object.delete' ELSE 'other' END
        WHEN tab = 'deviceregistryevents' THEN 'config.change'
        WHEN tab IN ('identityqueryevents') THEN 'config.read'
        WHEN tab = 'identitydirectoryevents' THEN CASE WHEN contains(lower(doing), 'password') THEN 'credential.add' WHEN contains(lower(doing), 'group membership') THEN 'role.assign'
            WHEN starts_with(lower(doing), 'account') OR starts_with(lower(doing), 'device') THEN 'account.change' ELSE 'other' END
        WHEN tab = 'cloudappevents' THEN CASE
            WHEN contains(coalesce(r.properties.Application, r.Application), 'Exchange') THEN coalesce(try(admin_action(doing, inner_record[1], 'unknown')), mail_action(doing), 'other')
            WHEN contains(coalesce(r.properties.Application, r.Application), 'SharePoint') OR contains(coalesce(r.properties.Application, r.Application), 'OneDrive') OR contains(coalesce(r.properties.Application, r.Application), 'Teams')
                THEN coalesce(file_action(doing), 'other') ELSE 'other' END
        WHEN starts_with(tab, 'alert') OR starts_with(tab, 'behavior') OR tab IN ('deviceinfo', 'devicenetworkinfo', 'devicefilecertificateinfo') THEN 'service.event'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    CASE WHEN action = 'sign_in' THEN CASE WHEN suffix(doing, 'Success') OR coalesce(r.properties.ErrorCode, r.ErrorCode) = '0' THEN 'success' WHEN suffix(doing, 'Failed') OR coalesce(r.properties.ErrorCode, r.ErrorCode) <> '0' THEN 'failure' ELSE 'unknown' END
         WHEN coalesce(r.properties.DeliveryAction, r.DeliveryAction) = 'Delivered' THEN 'success' WHEN coalesce(r.properties.DeliveryAction, r.DeliveryAction) = 'Blocked' OR suffix(doing, 'Blocked') THEN 'failure'
         ELSE 'unknown' END AS outcome,
    coalesce(stated(r.properties.FailureReason), stated(r.FailureReason), stated(r.properties.DeliveryAction), stated(r.DeliveryAction), stated(r.properties.ErrorCode), stated(r.properties.LogonType), stated(r.LogonType), stated(r.properties.Severity)) AS outcome_detail,
    coalesce(stated(r.properties.AccountObjectId), stated(r.AccountObjectId), stated(r.properties.AccountId), stated(r.properties.AccountSid), stated(r.AccountSid), stated(r.properties.InitiatingProcessAccountObjectId), stated(r.properties.SenderObjectId), stated(r.SenderObjectId),
        stated(r.properties.InitiatingProcessAccountSid)) AS actor_id,
    coalesce(stated(r.properties.AccountUpn), stated(r.AccountUpn), stated(r.properties.AccountName), stated(r.AccountName), CASE WHEN contains(r.properties.AccountId, '@') THEN r.properties.AccountId END, stated(r.properties.AccountDisplayName), stated(r.AccountDisplayName), stated(r.properties.SenderFromAddress), stated(r.SenderFromAddress),
        stated(r.properties.InitiatingProcessAccountUpn), stated(r.properties.InitiatingProcessAccountName), stated(r.InitiatingProcessAccountName), actor_id) AS actor,
    CASE WHEN lower(actor) IN ('system', 'local service', 'network service') OR actor_id = 'S-1-5-18' THEN 'system' WHEN suffix(actor, '$') THEN 'workload' WHEN contains(actor, '@') THEN 'user'
         WHEN coalesce(r.properties.AccountType, r.AccountType) = 'Application' THEN 'service' WHEN coalesce(r.properties.AccountType, r.AccountType) IN ('Regular', 'Admin') THEN 'user' END AS actor_type,
    coalesce(address(r.properties.IPAddress), address(r.IPAddress), address(r.properties.SenderIPv4), address(r.SenderIPv4), address(r.properties.SenderIPv6), address(r.SenderIPv6),
        CASE WHEN tab = 'devicelogonevents' THEN coalesce(address(r.properties.RemoteIP), address(r.RemoteIP)) ELSE address(r.properties.LocalIP) END) AS src_ip,
    coalesce(stated(r.properties.UserAgent), stated(r.UserAgent)) AS user_agent,
    coalesce(stated(r.properties.DeviceId), stated(r.DeviceId), stated(r.properties.DeviceName), stated(r.DeviceName)) AS device_id,
    coalesce(stated(r.properties.InitiatingProcessFileName), stated(r.InitiatingProcessFileName), stated(r.properties.Application), stated(r.Application)) AS app,
    coalesce(stated(r.properties.OAuthAppId), stated(r.properties.ApplicationId), stated(r.ApplicationId)) AS app_id,
    coalesce(stated(r.properties.DeviceName), stated(r.DeviceName), stated(r.properties.DestinationDeviceName), stated(r.properties.Workload), stated(r.properties.Application), stated(r.properties.Title)) AS resource,
    coalesce(stated(r.properties.LogonId), stated(r.properties.SessionId), stated(inner_record[4])) AS session_id,
    token_of(coalesce(stated(r.properties.RequestId), stated(inner_record[3]))) AS token_id,
    coalesce(told_folder, file, link, stated(r.properties.RemoteUrl), stated(r.properties.RegistryKey), stated(r.properties.ObjectName), stated(r.properties.ObjectId), stated(r.properties.InternetMessageId), stated(r.InternetMessageId),
        stated(r.properties.QueryTarget), stated(r.properties.TargetAccountUpn), stated(r.properties.TargetAccountDisplayName), stated(r.properties.TargetDeviceName), CASE WHEN tab = 'devicenetworkevents' THEN r.properties.RemoteIP END) AS object,
    CASE WHEN action = 'object.move' THEN concat_ws('\', stated(r.properties.PreviousFolderPath), stated(r.properties.PreviousFileName)) END AS moved,
    nullif(moved, '') AS object_from,
    coalesce(stated(r.properties.SHA256), stated(r.SHA256), stated(r.properties.SHA1), stated(r.SHA1), stated(r.properties.MD5)) AS object_hash,
    try_cast(coalesce(r.properties.FileSize, r.FileSize) AS BIGINT) AS object_size,
    CASE WHEN starts_with(tab, 'email') THEN coalesce(stated(r.properties.RecipientEmailAddress), stated(r.RecipientEmailAddress)) ELSE stated(inner_record[2]) END AS mailbox,
    coalesce(message, stated(r.properties.CorrelationId)) AS request_id
FROM (SELECT *,
        coalesce(replace(coalesce(r.category, r.Category), 'AdvancedHunting-', ''), r.Type, CASE WHEN starts_with(doing, 'Process') THEN 'DeviceProcessEvents' WHEN starts_with(doing, 'File') THEN 'DeviceFileEvents' WHEN starts_with(doing, 'Registry') THEN 'DeviceRegistryEvents' WHEN starts_with(doing, 'Connection') THEN 'DeviceNetworkEvents' END, 'unknown') AS tab_name,
        lower(tab_name) AS tab,
        coalesce(r.properties.Timestamp, r.Timestamp) AS told_event,
        coalesce(r.time, r.TimeGenerated) AS told_delivery
    FROM (SELECT *,
        coalesce(r.properties.ActionType, r.ActionType) AS doing,
        try(json_extract_string(coalesce(r.properties.RawEventData, r.RawEventData), ['$.Parameters', '$.MailboxOwnerUPN', '$.AppAccessContext.UniqueTokenId', '$.AppAccessContext.AADSessionId'])) AS inner_record
    FROM records))
