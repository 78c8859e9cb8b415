/*
# Who did it is a user or an application; the first target is the object. The role or group that somebody was added to stands in `resource`.
# credential.read (BitLocker and administrator passwords of devices) is no witness: keys elsewhere are not recorded here.
# credential_id is the key that a credential.add added: sign-ins of the service principal name it as the key they were made with.
title        = "Microsoft Entra audit log (directory changes)"
docs         = ["https://learn.microsoft.com/en-us/entra/identity/monitoring-health/reference-audit-activities", "https://learn.microsoft.com/en-us/graph/api/resources/directoryaudit", "https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/auditlogs"]
names        = ["entra.audit"]
family       = "audit"
match        = '''coalesce(r.category, r.Category) = 'AuditLogs' OR r.Type = 'AuditLogs'
    OR (coalesce(r.activityDisplayName, r.ActivityDisplayName) IS NOT NULL AND coalesce(r.activityDateTime, r.ActivityDateTime) IS NOT NULL
        AND coalesce(r.initiatedBy, r.InitiatedBy) IS NOT NULL)'''
columns      = [["TimeGenerated", "InitiatedBy", "TargetResources"], ["Date (UTC)", "Activity", "ActorType", "Target1Type"]]
optional     = ["credential.read"]
witnesses    = ["credential.add", "consent.grant", "role.assign", "account.change", "federation.change", "token.revoke"]
completeness = "complete"
scope        = "tenant id"
empty        = ["session_id", "token_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox", "device_id"]
sees_not     = ["sign-ins and tokens", "reads of the directory", "changes of diagnostic settings (the Azure Activity log has them)", "changes made inside applications", "the value of a key or secret"]
export       = "Get-MgAuditLogDirectoryAudit -All, or az storage blob download-batch -s insights-logs-auditlogs"

[collect]
"*" = '''u="https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?\$filter=activityDateTime%20ge%20{start}%20and%20activityDateTime%20lt%20{end}"; while [ "$u" != null ]; do p=$(az rest --method get --url "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '.value[]' <<<"$p"; u=$(jq -r '."@odata.nextLink"' <<<"$p"); done > {file}.jsonl # az login --tenant {scope} first. Reports Reader or Security Reader'''
"*@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "AuditLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-auditlogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
*/
SELECT
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    instant_any(told_delivery) AS logged_time,
    lower(coalesce(r.tenantId, r.AADTenantId, CASE WHEN starts_with(lower(place), '/tenants/') THEN split_part(place, '/', 3) END, CASE WHEN r.Type IS NULL THEN r.TenantId END)) AS scope,
    coalesce(r.properties.id, r.id, r.Id) AS record_id,
    operation,
    CASE WHEN NOT contains(operation, ' ') OR op LIKE 'read bitlocker key%' OR op LIKE 'recover device local administrator password%' OR op LIKE 'download %' THEN CASE
            WHEN op LIKE 'read bitlocker%' OR op LIKE 'recover device local%' THEN 'credential.read' WHEN op LIKE 'download %' THEN 'config.read'
            WHEN op LIKE '%federatedidentitycredential%' THEN 'credential.add' ELSE 'account.change' END
        WHEN op LIKE '% registered %security info%' OR op LIKE '% registered %method%' OR op LIKE 'reset password%' OR op LIKE 'change password%' OR op LIKE 'add passwordless%'
            OR op LIKE 'add fido2%' OR op LIKE 'add windows hello%' OR op LIKE '%federated identity credential%' AND NOT op LIKE '%delete%' AND NOT op LIKE '%remove%'
            OR op LIKE 'create temporary access pass%' THEN 'credential.add'
        WHEN op LIKE '%cross-tenant%' OR op LIKE '%federation%' OR op LIKE '%identity provider%' OR op LIKE '%desktop sso%' THEN 'federation.change'
        WHEN op LIKE '%elevated their access%' OR op LIKE 'add eligible member%' THEN 'role.assign'
        ELSE entra_action(operation, changed) END AS action,
    lower(coalesce(r.properties.result, r.result, r.Result, r.resultType, r.ResultType)) AS result,
    CASE WHEN result IN ('success', '0') THEN 'success' WHEN result IN ('failure', 'timeout', 'fail', 'failed') THEN 'failure' ELSE 'unknown' END AS outcome,
    coalesce(stated(r.properties.resultReason), stated(r.resultReason), stated(r.ResultReason), stated(r.resultDescription), stated(r.ResultDescription), result) AS outcome_detail,
    coalesce(person[1], service[1], stated(r.ActorObjectId), stated(r.ActorServicePrincipalId)) AS actor_id,
    coalesce(stated(person[2]), stated(person[3]), stated(service[2]), stated(service[3]), stated(r.ActorUserPrincipalName), stated(r.ActorServicePrincipalName),
        stated(r.ActorDisplayName), stated(r.identity), stated(r.Identity), actor_id) AS actor,
    CASE WHEN person IS NOT NULL OR lower(r.ActorType) = 'user' THEN 'user' WHEN service IS NOT NULL OR r.ActorType IS NOT NULL THEN 'service' END AS actor_type,
    coalesce(address(r.callerIpAddress), address(r.CallerIpAddress), address(r.CallerIPAddress), address(person[4]), address(service[5]), address(r.IPAddress)) AS src_ip,
    coalesce(stated(r.properties.userAgent), stated(r.userAgent), stated(try(named_value(details, 'User-Agent'))), CASE WHEN r.AdditionalDetail1Key = 'User-Agent' THEN r.AdditionalDetail1Value END) AS user_agent,
    CASE WHEN person IS NULL THEN stated(service[2]) END AS app,
    CASE WHEN person IS NULL THEN stated(service[4]) END AS app_id,
    coalesce(nullif(trim(circle, '"'), ''), stated(targets[2]['displayName']), stated(r.Target2DisplayName),
        stated(r.properties.loggedByService), stated(r.loggedByService), stated(r.LoggedByService), stated(r.Service)) AS resource,
    place AS resource_id,
    coalesce(stated(targets[1]['userPrincipalName']), stated(targets[1]['displayName']), stated(targets[1]['id']), stated(r.Target1UserPrincipalName),
        stated(r.Target1DisplayName), stated(r.Target1ObjectId)) AS object,
    CASE WHEN action = 'credential.add' THEN
        list_filter(regexp_extract_all(keys['newValue'], 'KeyIdentifier=([0-9A-Fa-f-]+)', 1), lambda each: NOT contains(coalesce(keys['oldValue'], ''), each))[1]
        END AS credential_id,
    coalesce(stated(r.correlationId), stated(r.properties.correlationId), stated(r.CorrelationId)) AS request_id
FROM (SELECT *,
        list_filter(changes, lambda each: each['displayName'] = 'KeyDescription')[1] AS keys,
        list_filter(changes, lambda each: each['displayName'] IN ('Role.DisplayName', 'Group.DisplayName'))[1]['newValue'] AS circle
    FROM (SELECT *,
        flatten(list_transform(targets, lambda each: each['modifiedProperties'])) AS changes,
        lower(operation) AS op
    FROM (SELECT *,
        try(from_json(changed, '[{"id":"VARCHAR","displayName":"VARCHAR","userPrincipalName":"VARCHAR","modifiedProperties":[{"displayName":"VARCHAR","oldValue":"VARCHAR","newValue":"VARCHAR"}]}]')) AS targets,
        CASE WHEN doer[1] IS NOT NULL OR doer[2] IS NOT NULL THEN doer[1:4] END AS person,
        CASE WHEN coalesce(doer[5], doer[6], doer[7], doer[8]) IS NOT NULL THEN doer[5:9] END AS service,
        coalesce(told_event, told_delivery) AS told
    FROM (SELECT *,
        coalesce(r.time, r.TimeGenerated, r.Time) AS told_delivery,
        coalesce(r.properties.activityDateTime, r.activityDateTime, r.ActivityDateTime, r."Date (UTC)") AS told_event,
        coalesce(r.operationName, r.OperationName, r.properties.activityDisplayName, r.activityDisplayName, r.ActivityDisplayName, r.Activity) AS operation,
        coalesce(r.properties.targetResources, r.targetResources, r.TargetResources) AS changed,
        coalesce(r.properties.additionalDetails, r.additionalDetails, r.AdditionalDetails) AS details,
        coalesce(r.resourceId, r.ResourceId, r._ResourceId) AS place,
        try(json_extract_string(coalesce(r.properties.initiatedBy, r.initiatedBy, r.InitiatedBy), ['$.user.id', '$.user.userPrincipalName', '$.user.displayName', '$.user.ipAddress',
            '$.app.servicePrincipalId', '$.app.displayName', '$.app.servicePrincipalName', '$.app.appId', '$.app.ipAddress'])) AS doer
    FROM records))))
