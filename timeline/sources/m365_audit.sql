/*
# CreationTime states no zone and is UTC by the vendor's word. A missing ResultStatus is no success.
# A mailbox that is opened more than 1 000 times a day is no longer recorded: such a record carries the mark `throttled`. Whether it was has
# three states, and with the way of access (Bind: items, Sync: whole folders) and the number of operations in one record stands in outcome_detail.
# Operations on logs count as such by their parameters, and only if they did not fail.
title        = "Microsoft 365 unified audit log (Purview)"
docs         = ["https://learn.microsoft.com/en-us/office/office-365-management-api/office-365-management-activity-api-schema", "https://learn.microsoft.com/en-us/purview/audit-log-activities"]
names        = ["m365.audit"]
family       = "audit"
match        = "coalesce(r.CreationTime, r.Workload) IS NOT NULL AND r.RecordType IS NOT NULL OR r.Type = 'OfficeActivity'"
columns      = [["OfficeWorkload", "Operation", "UserId", "RecordType"]]
payload      = ["AuditData", "auditData"]
witnesses    = ["sign_in", "token.use", "mail.read", "mail.send", "mail.rule", "object.create", "object.read", "object.write", "object.copy", "object.move", "object.delete", "object.share", "credential.add", "consent.grant", "role.assign", "account.change", "federation.change", "token.revoke", "logging.disable", "logging.enable", "retention.change", "config.change", "secret.scan"]
completeness = "complete"
scope        = "tenant id, else the organisation"
objects      = ["https://*.sharepoint.com/*", "\\*", "<*"]
empty        = ["object_hash", "signing_key_id", "token_issuer", "credential_id"]
sees_not     = ["which items of a synchronised folder were read", "binds of a mailbox for 24 hours after throttling", "mail access of users without the licence of the time (before 2024)", "hashes of files", "session ids of most mail access before 2025"]
export       = "Search-UnifiedAuditLog -StartDate … -EndDate … -SessionId x -SessionCommand ReturnLargeSet (pages until none is left), or the Office 365 Management Activity API"

[collect]
"*" = '''$s=[guid]::NewGuid().ToString(); $n=0; do { $p=@(Search-UnifiedAuditLog -StartDate '{start}' -EndDate '{end}' -SessionId $s -SessionCommand ReturnLargeSet -ResultSize 5000); if ($p) { $p.AuditData | Add-Content -Encoding utf8 '{file}.jsonl'; $n+=$p.Count; "$n of $($p[0].ResultCount)" } } while ($p) # PowerShell 7 after Connect-ExchangeOnline. A session ends without a word at 50 000 records: where the total comes near, halve the window, with a new session each'''
"*@management-api" = '''for t in Audit.AzureActiveDirectory Audit.Exchange Audit.SharePoint Audit.General DLP.All; do curl -sSf --retry 9 -D - -H "Authorization: Bearer TOKEN" "https://manage.office.com/api/v1.0/{scope}/activity/feed/subscriptions/content?contentType=$t&startTime={start}&endTime={end}" -o "{file}-$t.json" | grep -i '^NextPage'; done # 24 hours a request and 7 days back only. A NextPageUri that is shown is one more request. Then fetch each contentUri of the lists with the same header'''
"*@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "OfficeActivity | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # only what the connector takes: Exchange, SharePoint, Teams. An answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
*/
SELECT
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    instant_any(r.TimeGenerated) AS logged_time,
    lower(coalesce(r.OrganizationId, r.OrganizationName, r.TenantId)) AS scope,
    coalesce(r.Id, r.SourceRecordId) AS record_id,
    operation,
    coalesce(r.Workload, r.OfficeWorkload) AS resource,
    outcome,
    CASE WHEN operation = 'MailItemsAccessed' THEN named_value(r.OperationProperties, 'IsThrottled') END AS throttled,
    CASE WHEN operation = 'MailItemsAccessed' THEN concat_ws(' ', coalesce(named_value(r.OperationProperties, 'MailAccessType'), 'access type not stated'),
        'of ' || r.OperationCount, CASE lower(throttled) WHEN 'true' THEN 'throttled' WHEN 'false' THEN 'not throttled' ELSE 'throttling not stated' END) END AS mail_access,
    nullif(concat_ws(' ', r.ResultStatus, stated(r.LogonError), nullif(r.ErrorNumber, '0'), mail_access), '') AS outcome_detail,
    action,
    stated(r.UserId) AS actor,
    coalesce(stated(r.TokenObjectId), CASE WHEN r.Actor."#0".Type = '0' THEN stated(r.Actor."#0".ID) END, stated(r.UserKey)) AS actor_id,
    CASE WHEN lower(actor) = 'anonymous' OR starts_with(actor, 'urn:spo:anon') THEN 'anonymous'
         WHEN r.UserType IN ('0', '2', 'Regular', 'Admin') THEN 'user'
         WHEN r.UserType IN ('5', '6', 'Application', 'ServicePrincipal') THEN 'service'
         WHEN r.UserType IN ('3', '4', '7', '8', 'DcAdmin', 'System', 'CustomPolicy', 'SystemPolicy') THEN 'system' END AS actor_type,
    coalesce(address(CASE WHEN contains(told_address, '(') THEN split_part(split_part(told_address, '(', 2), ')', 1) ELSE told_address END),
        address(r.ClientIP), address(r.ActorIpAddress)) AS src_ip,
    CASE WHEN r.UserAgent IS NULL OR stated(r.UserAgent) IS NULL THEN named_value(r.ExtendedProperties, 'UserAgent') END AS told_agent,
    coalesce(stated(r.UserAgent), stated(told_agent), stated(r.ClientInfoString)) AS user_agent,
    named_value(r.DeviceProperties, 'Id') AS told_device,
    named_value(r.DeviceProperties, 'SessionId') AS told_session,
    coalesce(stated(r.AppAccessContext.DeviceId), stated(r.DeviceId), stated(r.MachineId), stated(told_device)) AS device_id,
    coalesce(stated(r.AppAccessContext.ClientAppName), stated(r.ApplicationDisplayName), stated(r.ClientApplication)) AS app,
    coalesce(stated(r.AppAccessContext.ClientAppId), stated(r.ClientAppId), stated(r.AppId), stated(r.ApplicationId)) AS app_id,
    CASE WHEN action = 'sign_in' THEN r.ObjectId END AS resource_id,
    coalesce(stated(r.AppAccessContext.AADSessionId), stated(told_session), stated(r.SessionId)) AS session_id,
    coalesce(stated(r.AppAccessContext.UniqueTokenId), CASE WHEN action = 'sign_in' THEN stated(r.IntraSystemId) END) AS told_token,
    token_of(told_token) AS token,
    nullif(token, '00000000-0000-0000-0000-000000000000') AS token_id,
    CASE WHEN NOT starts_with(r.AppAccessContext.IssuedAtTime, '1601-') THEN instant_any(r.AppAccessContext.IssuedAtTime) END AS issued_time,
    stated(r.AppAccessContext.APIId) AS token_audience,
    coalesce(stated(r.AppAccessContext.CorrelationId), stated(r.CorrelationId), stated(r.InterSystemsId)) AS request_id,
    coalesce(stated(r.ObjectId), stated(r.OfficeObjectId)) AS thing,
    CASE WHEN destination IS NOT NULL THEN rtrim(r.SiteUrl, '/') || '/' || trim(r.DestinationRelativeUrl, '/')
        || CASE WHEN suffix(r.DestinationRelativeUrl, destination) THEN '' ELSE '/' || destination END END AS target,
    coalesce(target, thing, stated(r.Folders."#0".Path), stated(r.Folder.Path), stated(r.Item.ParentFolder.Path), stated(r.Item.InternetMessageId),
        stated(r.AffectedItems."#0".ParentFolder.Path), stated(r.SharePointMetaData.FilePathUrl), stated(r.TeamName), stated(r.SourceFileName)) AS object,
    CASE WHEN target IS NOT NULL THEN thing END AS object_from,
    try_cast(coalesce(r.FileSizeBytes, r.SharePointMetaData.FileSize) AS BIGINT) AS object_size,
    try_cast(coalesce(r.FileSyncBytesCommitted, r.Item.SizeInBytes) AS BIGINT) AS bytes,
    CASE WHEN of_mail OR action = 'mail.rule' THEN coalesce(stated(r.MailboxOwnerUPN), CASE WHEN contains(operation, '-') THEN
        coalesce(named_value(parameters, 'Mailbox'), named_value(parameters, 'Identity')) END, actor) END AS mailbox,
    CASE WHEN lower(throttled) = 'true' THEN 'throttled' END AS mark,
    CASE WHEN outcome <> 'failure' AND (operation IN ('Set-AdminAuditLogConfig', 'Set-MailboxAuditBypassAssociation', 'Set-OrganizationConfig', 'Set-Mailbox')
            OR operation LIKE '%-UnifiedAuditLogRetentionPolicy' AND NOT starts_with(operation, 'Get-')) THEN
        CASE WHEN contains(r.ObjectId, '@') THEN r.ObjectId ELSE coalesce(named_value(parameters, 'Identity'), named_value(parameters, 'Name'), r.ObjectId, '') END END AS switched,
    CASE WHEN switched IS NOT NULL THEN try(from_json(parameters, '[{"Name":"VARCHAR","Value":"VARCHAR"}]')) END AS entries,
    list_transform(entries, lambda each: each.Name) AS names,
    map_from_entries(list_transform(list_filter(entries, lambda each, place: list_position(names, each.Name) = place), lambda each: row(each.Name, nullif(each.Value, '')))) AS asked,
    CASE WHEN switched IS NOT NULL THEN nullif(all_changes(m365_change(operation, asked, switched))::VARCHAR, '[]') END AS change,
    CASE WHEN change IS NOT NULL THEN 'm365.audit/' || coalesce(scope, '*') END AS subject
FROM (SELECT *,
        CASE WHEN action IN ('object.copy', 'object.move') THEN r.DestinationFileName END AS destination
    FROM (SELECT *,
        coalesce(admin_action(operation, parameters, outcome), entra_action(operation, r.ModifiedProperties),
            CASE WHEN of_mail THEN mail_action(operation) ELSE file_action(operation) END, 'other') AS action
    FROM (SELECT *,
        CASE WHEN operation = 'UserLoginFailed' OR result IN ('failed', 'false', 'failure', 'fail', 'error', 'denied') THEN 'failure'
             WHEN result IN ('succeeded', 'success', 'true', 'successful', 'partiallysucceeded') THEN 'success'
             -- a record that names no operation only reports that something was recorded: there is no attempt that could have failed
             WHEN operation IS NULL AND result IS NULL THEN 'success' ELSE 'unknown' END AS outcome
    FROM (SELECT *,
        coalesce(r.CreationTime, r.Start_Time, r.TimeGenerated) AS told,
        r.Operation AS operation,
        r.RecordType IN ('2', '3', '50', 'ExchangeItem', 'ExchangeItemGroup', 'ExchangeItemAggregated') AS of_mail,
        lower(r.ResultStatus) AS result,
        r.Parameters AS parameters,
        coalesce(r.ClientIPAddress, r.Client_IPAddress) AS told_address
    FROM records))))
