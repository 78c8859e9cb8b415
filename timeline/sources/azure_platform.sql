/*
# Resource logs of every service that has no source of its own: one stream for each category of each resource (azure.resource.<category>/<resource>).
# Kubernetes: the record is the audit event in properties.log; its own time and status count, the outer time is that of the collection.
title        = "Azure resource logs of other services (diagnostic settings)"
docs         = ["https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs-schema", "https://learn.microsoft.com/en-us/azure/azure-monitor/reference/supported-logs/logs-index", "https://learn.microsoft.com/en-us/azure/aks/monitor-aks-reference"]
names        = ["azure.resource.*"]
match        = '''coalesce(r.category, r.Category) IS NOT NULL AND starts_with(lower(coalesce(r.resourceId, r.ResourceId)), '/subscriptions/') AND contains(lower(coalesce(r.resourceId, r.ResourceId)), '/providers/')
    AND coalesce(r.time, r.Time, r.TimeGenerated, r.EventTimeString) IS NOT NULL AND coalesce(r.eventDataId, r.event_data_id, r.EventDataId) IS NULL AND coalesce(r.Type, 'AzureDiagnostics') = 'AzureDiagnostics'
    AND coalesce(r.category, r.Category) NOT IN ('Administrative', 'ServiceHealth', 'ResourceHealth', 'Alert', 'Autoscale', 'Security', 'Recommendation', 'Policy', 'Action', 'Write', 'Delete',
        'StorageRead', 'StorageWrite', 'StorageDelete', 'AuditLogs', 'ProvisioningLogs', 'MicrosoftGraphActivityLogs', 'RiskyUsers', 'UserRiskEvents', 'RiskyServicePrincipals', 'ServicePrincipalRiskEvents')
    AND NOT suffix(lower(coalesce(r.category, r.Category)), 'signinlogs')
    AND NOT (coalesce(r.category, r.Category) = 'AuditEvent' AND contains(lower(coalesce(r.resourceId, r.ResourceId)), '/providers/microsoft.keyvault/'))'''
completeness = "best_effort"
scope        = "resource (the last part of its id)"
objects      = ["{scope}.azurecr.io/*"]
optional     = ["credential.read"]
empty        = ["session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_from", "mailbox", "device_id"]
sees_not     = ["categories that no diagnostic setting of the resource sends", "what happened before the setting was made", "contents of requests, but for what the service writes down"]
export       = "az storage blob download-batch -s insights-logs-CATEGORY -d . --account-name …"
[witnesses]
"azure.resource.kube-audit" = ["process.start"]
"azure.resource.containerregistryrepositoryevents" = ["object.read", "object.write", "object.delete"]
"azure.resource.containerregistryloginevents" = ["sign_in"]
"*" = []

[collect]
"*" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-{part} -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first. The setting of {scope} names LOG-ACCOUNT'
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-{part} -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first. The setting of {scope} names LOG-ACCOUNT'
"*@workspace" = '''az monitor log-analytics query -w WORKSPACE-ID --analytics-query "AzureDiagnostics | where TimeGenerated between (datetime({start}) .. datetime({end})) and Category =~ '{part}'" -o json > {file}.json # a resource-specific table, such as AKSAudit, in place of AzureDiagnostics where the setting says so. An answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'''
*/
SELECT
    'azure.resource.' || lower(replace(replace(category, '/', '-'), ' ', '_')) AS source,
    coalesce(instant_any(told_event), instant_any(told_delivery)) AS time,
    precision_of(CASE WHEN instant_any(told_event) IS NOT NULL THEN told_event ELSE told_delivery END) AS time_precision,
    instant_any(told_delivery) AS logged_time,
    lower(split_part(place, '/', -1)) AS scope,
    CASE WHEN kube[10] IS NOT NULL THEN concat_ws('/', kube[10], kube[13]) END AS record_id,
    coalesce(stated(r.operationName), stated(r.OperationName), r.EventName, category) AS operation,
    CASE
        WHEN starts_with(lower(category), 'kube-audit') THEN CASE
            WHEN kube[1] IS NULL THEN 'other'
            WHEN kube[2] = 'pods' AND kube[3] IN ('exec', 'attach') THEN 'process.start'
            WHEN kube[2] = 'secrets' AND kube[1] IN ('get', 'list', 'watch') OR kube[2] = 'serviceaccounts' AND kube[3] = 'token' THEN 'credential.read'
            WHEN kube[1] IN ('get', 'list', 'watch') OR suffix(kube[2], 'reviews') THEN 'config.read'
            ELSE 'config.change' END
        WHEN category = 'ContainerRegistryRepositoryEvents' THEN CASE lower(operation) WHEN 'pull' THEN 'object.read' WHEN 'push' THEN 'object.write' WHEN 'import' THEN 'object.write'
            WHEN 'delete' THEN 'object.delete' WHEN 'purge' THEN 'object.delete' WHEN 'untag' THEN 'config.change' ELSE 'other' END
        WHEN category IN ('ContainerRegistryLoginEvents', 'AppServiceAuditLogs') THEN 'sign_in'
        WHEN contains(lower(category), 'audit') OR category IN ('OperationalLogs', 'AllMetrics') THEN CASE
            WHEN regexp_matches(lower(operation), '^(get|list|retr|read|query)|/read$') THEN 'config.read'
            WHEN regexp_matches(lower(operation), '^(create|update|delete|put|set|add|remove|import|rotate)|/(write|delete|action)$') THEN 'config.change' ELSE 'other' END
        ELSE 'other' END AS action,
    family_of(action) AS family,
    coalesce(r.Status, r.resultType, r.ResultType) AS result,
    coalesce(kube[9], r.properties.httpStatus) AS code,
    CASE WHEN try_cast(code AS INTEGER) IS NOT NULL THEN http_outcome(code, NULL)
         WHEN lower(result) IN ('success', 'succeeded', 'ok', 'accept', '0', 'httpstatuscode 200') THEN 'success' WHEN lower(result) IN ('failure', 'failed', 'error', 'unauthorized', 'forbidden') THEN 'failure' ELSE 'unknown' END AS outcome,
    nullif(concat_ws(' ', code, result, coalesce(stated(r.resultDescription), stated(r.ResultDescription))), '') AS outcome_detail,
    coalesce(stated(kube[6]), CASE WHEN NOT starts_with(r.identity, '{') THEN stated(r.identity) END, try(json_extract_string(r.identity, '$.claim.upn')), stated(r.properties.identity), stated(r.Caller)) AS actor,
    kube[14] AS actor_id,
    CASE WHEN starts_with(actor, 'system:serviceaccount:') THEN 'workload' WHEN actor = 'system:anonymous' THEN 'anonymous' WHEN starts_with(actor, 'system:') THEN 'system' WHEN contains(actor, '@') THEN 'user' END AS actor_type,
    coalesce(address(kube[7]), address(r.callerIpAddress), address(r.CallerIpAddress), address(r.CallerIPAddress), address(r.properties.clientIP), address(r.properties.clientIp), address(r.properties.callerIpAddress)) AS src_ip,
    coalesce(stated(kube[8]), stated(r.properties.userAgent), stated(r.properties.UserAgent)) AS user_agent,
    split_part(lower(place), '/', 7) AS resource,
    place AS resource_id,
    coalesce(CASE WHEN kube[2] IS NOT NULL THEN concat_ws('/', kube[4], kube[2], nullif(kube[5], ''), kube[3]) END,
        CASE WHEN r.properties.repository IS NOT NULL THEN concat_ws('/', r.properties.loginServer, r.properties.repository) || coalesce(':' || nullif(r.properties.tag, ''), '') END,
        stated(kube[12]), stated(r.properties.requestUri), stated(r.properties.deviceId), place) AS object,
    r.properties.digest AS object_hash,
    try_cast(r.properties.size AS BIGINT) AS object_size,
    try_cast(coalesce(r.properties.sentBytes, r.properties.responseSize) AS BIGINT) AS bytes,
    coalesce(stated(kube[10]), stated(r.correlationId), stated(r.CorrelationId), stated(r.ActivityId)) AS request_id
FROM (SELECT *,
        coalesce(kube[11], r.EventTimeString) AS told_event
    FROM (SELECT *,
        coalesce(r.category, r.Category) AS category,
        coalesce(r.resourceId, r.ResourceId) AS place,
        coalesce(r.time, r.Time, r.TimeGenerated) AS told_delivery,
        try(json_extract_string(r.properties.log, ['$.verb', '$.objectRef.resource', '$.objectRef.subresource', '$.objectRef.namespace', '$.objectRef.name', '$.user.username', '$.sourceIPs[0]', '$.userAgent',
            '$.responseStatus.code', '$.auditID', '$.requestReceivedTimestamp', '$.requestURI', '$.stage', '$.user.uid'])) AS kube
    FROM records))
