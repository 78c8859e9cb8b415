/*
# One record is one request. What it did is read from method and path; a batch is several requests whose paths are not logged here.
title        = "Microsoft Graph activity"
docs         = "https://learn.microsoft.com/en-us/graph/microsoft-graph-activity-logs-overview"
names        = ["graph.activity"]
family       = "token"
match        = "coalesce(r.category, r.Category, r.Type) = 'MicrosoftGraphActivityLogs'"
columns      = [["SignInActivityId", "RequestUri", "RequestMethod"]]
witnesses    = ["token.use", "token.revoke", "mail.read", "mail.send", "mail.rule", "object.read", "object.write", "object.delete", "object.share", "credential.add", "consent.grant", "role.assign", "federation.change", "config.read", "config.change"]
completeness = "complete"
scope        = "tenant id"
objects      = ["https://graph.microsoft.*"]
empty        = ["object_hash", "object_from", "object_size", "signing_key_id"]
sees_not     = ["request bodies and answers", "calls to services other than Microsoft Graph"]
export       = "az monitor diagnostic-settings create --logs '[{\"category\":\"MicrosoftGraphActivityLogs\",\"enabled\":true}]' …, then az storage blob download-batch"

[collect]
"*" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-microsoftgraphactivitylogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-microsoftgraphactivitylogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
"*@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "MicrosoftGraphActivityLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
*/
SELECT
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    lower(coalesce(r.tenantId, r.properties.tenantId, r.AadTenantId, r.TenantId)) AS scope,
    request_id AS record_id,
    coalesce(r.operationName, 'Microsoft Graph Activity') AS operation,
    object,
    graph_action(method, asked) AS action,
    outcome_detail,
    http_outcome(outcome_detail, NULL) AS outcome,
    coalesce(person, service) AS actor,
    coalesce(person, service) AS actor_id,
    CASE WHEN person IS NOT NULL THEN 'user' WHEN service IS NOT NULL THEN 'service' END AS actor_type,
    address(coalesce(r.properties.ipAddress, r.IPAddress, r.callerIpAddress)) AS src_ip,
    coalesce(r.properties.userAgent, r.UserAgent) AS user_agent,
    coalesce(r.properties.deviceId, r.DeviceId) AS device_id,
    coalesce(r.properties.appId, r.AppId) AS app_id,
    'Microsoft Graph' AS resource,
    coalesce(r.properties.C_Sid, r.properties.sessionId, r.SessionId) AS session_id,
    token_of(coalesce(r.properties.signInActivityId, r.SignInActivityId)) AS token_id,
    coalesce(r.properties.identityProvider, r.IdentityProvider) AS token_issuer,
    request_id,
    coalesce(instant_any(coalesce(r.properties.tokenIssuedAt, r.TokenIssuedAt)), instant_epoch(r.properties.C_Iat)) AS issued_time,
    CASE WHEN action IN ('mail.read', 'mail.send', 'mail.rule') THEN
        coalesce(nullif(split_part(split_part(asked, '/users/', 2), '/', 1), ''), CASE WHEN contains(asked, '/me/') THEN person END) END AS mailbox,
    try_cast(coalesce(r.properties.responseSizeBytes, r.ResponseSizeBytes) AS BIGINT) AS bytes
FROM (SELECT *,
        rtrim(split_part(object, '?', 1), '/') AS asked
    FROM (SELECT *,
        coalesce(r.time, r.properties.timeGenerated, r.TimeGenerated) AS told,
        coalesce(r.properties.requestId, r.RequestId) AS request_id,
        coalesce(r.properties.requestUri, r.RequestUri) AS object,
        coalesce(r.properties.requestMethod, r.RequestMethod) AS method,
        coalesce(r.properties.responseStatusCode, r.ResponseStatusCode, r.resultSignature) AS outcome_detail,
        coalesce(stated(r.properties.userId), stated(r.UserId)) AS person,
        coalesce(stated(r.properties.servicePrincipalId), stated(r.ServicePrincipalId)) AS service
    FROM records))
