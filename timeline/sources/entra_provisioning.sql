/*
# One record is one object in one cycle: what the provisioning service did with it in the target system, or why it skipped it (outcome unknown).
title        = "Microsoft Entra provisioning logs"
docs         = ["https://learn.microsoft.com/en-us/entra/identity/monitoring-health/concept-provisioning-logs", "https://learn.microsoft.com/en-us/graph/api/resources/provisioningobjectsummary", "https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/aadprovisioninglogs"]
names        = ["entra.provisioning"]
family       = "audit"
match        = '''coalesce(r.category, r.Category) = 'ProvisioningLogs' OR r.Type = 'AADProvisioningLogs'
    OR (r.provisioningAction IS NOT NULL AND r.activityDateTime IS NOT NULL AND r.sourceIdentity IS NOT NULL)'''
columns      = [["TimeGenerated", "ProvisioningSteps", "SourceIdentity"]]
witnesses    = ["account.change"]
completeness = "complete"
scope        = "tenant id"
empty        = ["src_ip", "user_agent", "device_id", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["changes that somebody made in the target system itself", "sign-ins there", "the values of passwords"]
export       = "Get-MgAuditLogProvisioning -All, or az storage blob download-batch -s insights-logs-provisioninglogs"

[collect]
"*" = '''u="https://graph.microsoft.com/v1.0/auditLogs/provisioning?\$filter=activityDateTime%20ge%20{start}%20and%20activityDateTime%20lt%20{end}"; while [ "$u" != null ]; do p=$(az rest --method get --url "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '.value[]' <<<"$p"; u=$(jq -r '."@odata.nextLink"' <<<"$p"); done > {file}.jsonl # az login --tenant {scope} first. Reports Reader or Security Reader. The tenant needs Entra ID P1'''
"*@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "AADProvisioningLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-provisioninglogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
*/
SELECT
    coalesce(r.properties.activityDateTime, r.activityDateTime, r.ActivityDateTime, told_delivery) AS told,
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    instant_any(told_delivery) AS logged_time,
    lower(coalesce(r.tenantId, r.AADTenantId, CASE WHEN r.Type IS NULL THEN r.TenantId END)) AS scope,
    coalesce(r.properties.id, r.id, r.Id) AS record_id,
    coalesce(r.properties.provisioningAction, r.properties.action, r.provisioningAction, r.ProvisioningAction, r.Action) AS doing,
    coalesce(r.operationName, r.OperationName, doing) AS operation,
    'account.change' AS action,
    lower(coalesce(r.resultType, r.ResultType, status[1], status[2])) AS result,
    CASE WHEN result = 'success' THEN 'success' WHEN result = 'failure' THEN 'failure' ELSE 'unknown' END AS outcome,
    nullif(concat_ws(' ', doing, result, status[3], status[4]), '') AS outcome_detail,
    coalesce(doer[1], doer[4]) AS kind,
    coalesce(nullif(doer[3], ''), nullif(doer[6], '')) AS actor_id,
    coalesce(nullif(doer[2], ''), doer[5], nullif(doer[7], ''), actor_id) AS actor,
    CASE WHEN lower(kind) = 'user' THEN 'user' WHEN lower(kind) = 'app' OR lower(kind) = 'application' THEN 'service' ELSE 'system' END AS actor_type,
    coalesce(service[1], service[3], service[4]) AS app,
    coalesce(service[2], service[5]) AS app_id,
    coalesce(target[1], target[2], target[3]) AS resource,
    coalesce(r.resourceId, r.ResourceId, r._ResourceId) AS resource_id,
    coalesce(nullif(thing[1], ''), nullif(thing[2], ''), nullif(thing[3], ''), thing[4], thing[5]) AS object,
    coalesce(stated(r.properties.changeId), stated(r.changeId), stated(r.ChangeId), stated(r.correlationId), stated(r.CorrelationId)) AS request_id
FROM (SELECT *,
        coalesce(r.time, r.TimeGenerated) AS told_delivery,
        try(json_extract_string(coalesce(r.properties.initiatedBy, r.initiatedBy, r.InitiatedBy), ['$.Type', '$.Name', '$.Id', '$.initiatorType', '$.displayName', '$.id', '$.name'])) AS doer,
        try(json_extract_string(coalesce(r.properties.provisioningStatusInfo, r.provisioningStatusInfo, r.ProvisioningStatusInfo), ['$.Status', '$.status', '$.errorInformation.errorCode', '$.errorInformation.reason'])) AS status,
        try(json_extract_string(coalesce(r.properties.servicePrincipal, r.servicePrincipal, r.ServicePrincipal), ['$.Name', '$.Id', '$.displayName', '$.name', '$.id'])) AS service,
        try(json_extract_string(coalesce(r.properties.targetSystem, r.targetSystem, r.TargetSystem), ['$.Name', '$.displayName', '$.name'])) AS target,
        try(json_extract_string(coalesce(r.properties.sourceIdentity, r.sourceIdentity, r.SourceIdentity), ['$.details.UserPrincipalName', '$.Name', '$.Id', '$.displayName', '$.id'])) AS thing
    FROM records)
