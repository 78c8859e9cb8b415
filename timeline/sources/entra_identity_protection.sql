/*
# A detection speaks about a sign-in: `time` is that of the activity, `logged_time` that of the record, token_id the sign-in it is about.
# A record of a risky user or application is its state after a change. Neither is an act of the account, so the outcome is unknown.
title        = "Microsoft Entra ID Protection: risk detections, risky users and applications"
docs         = ["https://learn.microsoft.com/en-us/entra/id-protection/concept-identity-protection-risks", "https://learn.microsoft.com/en-us/graph/api/resources/riskdetection", "https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/aaduserriskevents"]
names        = ["entra.identity_protection"]
family       = "audit"
match        = '''coalesce(r.category, r.Category) IN ('RiskyUsers', 'UserRiskEvents', 'RiskyServicePrincipals', 'ServicePrincipalRiskEvents')
    OR r.Type IN ('AADRiskyUsers', 'AADUserRiskEvents', 'AADRiskyServicePrincipals', 'AADServicePrincipalRiskEvents')
    OR (r.riskState IS NOT NULL AND r.riskLevel IS NOT NULL AND coalesce(r.riskEventType, r.riskLastUpdatedDateTime) IS NOT NULL AND r.createdDateTime IS NULL)'''
columns      = [["TimeGenerated", "RiskEventType", "RiskState", "RiskLevel"], ["TimeGenerated", "RiskLastUpdatedDateTime", "RiskState", "RiskLevel"]]
witnesses    = []
completeness = "best_effort"
scope        = "tenant id"
empty        = ["session_id", "credential_id", "signing_key_id", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox", "device_id", "app"]
sees_not     = ["what no detection of the licence of the time looked for", "sign-ins that were not found risky", "details of detections without a P2 licence"]
export       = "Get-MgRiskDetection -All; Get-MgRiskyUser -All, or az storage blob download-batch -s insights-logs-userriskevents"

[collect]
"*" = "$u='/v1.0/identityProtection/riskDetections?$filter=detectedDateTime ge {start} and detectedDateTime lt {end}&$top=500'; while ($u) { $j=Invoke-MgGraphRequest -Uri $u -OutputType Json; Add-Content -Encoding utf8 '{file}.jsonl' $j; $u=($j | ConvertFrom-Json).'@odata.nextLink' } # PowerShell 7 after Connect-MgGraph -TenantId {scope} -Scopes IdentityRiskEvent.Read.All. Risky users and applications have no window: /v1.0/identityProtection/riskyUsers"
"*@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "union isfuzzy=true withsource=Table AADUserRiskEvents, AADRiskyUsers, AADServicePrincipalRiskEvents, AADRiskyServicePrincipals | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-userriskevents -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first. The same again for -riskyusers, -riskyserviceprincipals and -serviceprincipalriskevents'
*/
SELECT
    coalesce(instant_any(told_event), instant_any(told_delivery)) AS time,
    precision_of(CASE WHEN instant_any(told_event) IS NOT NULL THEN told_event ELSE told_delivery END) AS time_precision,
    coalesce(instant_any(told_delivery), instant_any(r.detectedDateTime)) AS logged_time,
    lower(coalesce(r.tenantId, r.AADTenantId, CASE WHEN r.Type IS NULL THEN r.TenantId END, r.properties.homeTenantId, r.homeTenantId)) AS scope,
    concat_ws('/', coalesce(r.properties.id, r.id, r.Id), coalesce(r.properties.lastUpdatedDateTime, r.lastUpdatedDateTime, r.LastUpdatedDateTime, told_event)) AS record_id,
    coalesce(r.properties.riskEventType, r.riskEventType, r.RiskEventType) AS kind,
    coalesce(r.operationName, r.OperationName, kind, 'Risk state') AS operation,
    'service.event' AS action,
    'unknown' AS outcome,
    nullif(concat_ws(' ', kind, coalesce(r.properties.riskLevel, r.riskLevel, r.RiskLevel), coalesce(r.properties.riskState, r.riskState, r.RiskState), nullif(coalesce(r.properties.riskDetail, r.riskDetail, r.RiskDetail), 'none')), '') AS outcome_detail,
    coalesce(stated(r.properties.servicePrincipalId), stated(r.servicePrincipalId), stated(r.ServicePrincipalId), CASE WHEN of_service THEN coalesce(r.properties.id, r.id, r.Id) END) AS service_id,
    coalesce(service_id, stated(r.properties.userId), stated(r.userId), stated(r.UserId), coalesce(r.properties.id, r.id, r.Id)) AS actor_id,
    coalesce(stated(r.properties.userPrincipalName), stated(r.userPrincipalName), stated(r.UserPrincipalName), stated(r.properties.servicePrincipalDisplayName), stated(r.servicePrincipalDisplayName),
        stated(r.ServicePrincipalDisplayName), stated(r.properties.displayName), stated(r.properties.userDisplayName), stated(r.userDisplayName), stated(r.UserDisplayName), actor_id) AS actor,
    CASE WHEN of_service THEN 'service' ELSE 'user' END AS actor_type,
    coalesce(address(r.properties.ipAddress), address(r.callerIpAddress), address(r.ipAddress), address(r.IpAddress)) AS src_ip,
    try(named_value(replace(replace(coalesce(r.properties.additionalInfo, r.additionalInfo, r.AdditionalInfo), '"Key"', '"Name"'), '"key"', '"Name"'), 'userAgent')) AS user_agent,
    coalesce(stated(r.properties.appId), stated(r.appId), stated(r.AppId)) AS app_id,
    coalesce(stated(r.properties.source), stated(r.source), stated(r.Source), 'IdentityProtection') AS resource,
    coalesce(r.resourceId, r.ResourceId) AS resource_id,
    actor AS object,
    token_of(coalesce(stated(r.properties.requestId), stated(r.requestId), stated(r.RequestId))) AS token_id,
    coalesce(stated(r.properties.tokenIssuerType), stated(r.tokenIssuerType), stated(r.TokenIssuerType)) AS token_issuer,
    coalesce(stated(r.properties.correlationId), stated(r.correlationId), stated(r.CorrelationId)) AS request_id
FROM (SELECT *,
        contains(coalesce(r.category, r.Category, r.Type), 'ServicePrincipal') OR coalesce(r.properties.servicePrincipalId, r.servicePrincipalId, r.ServicePrincipalId) IS NOT NULL AS of_service,
        coalesce(r.time, r.TimeGenerated) AS told_delivery,
        -- some have no leading zero in the hour
        regexp_replace(coalesce(r.properties.activityDateTime, r.activityDateTime, r.ActivityDateTime, r.properties.riskLastUpdatedDateTime, r.riskLastUpdatedDateTime, r.RiskLastUpdatedDateTime), 'T(\d):', 'T0\1:') AS told_event
    FROM records)
