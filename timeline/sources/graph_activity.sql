/*
title        = "Microsoft Graph activity"
docs         = "https://learn.microsoft.com/en-us/graph/microsoft-graph-activity-logs-overview"
names        = ["graph.activity"]
family       = "token"
match        = "coalesce(r.category, r.Category, r.Type) = 'MicrosoftGraphActivityLogs'"
columns      = [["SignInActivityId", "RequestUri", "RequestMethod"]]
witnesses    = ["token.use", "mail.read", "object.read", "config.read", "config.change"]
completeness = "complete"
scope        = "tenant id"
empty        = ["object_hash", "object_from", "object_size", "signing_key_id"]
sees_not     = ["request bodies and answers", "calls to services other than Microsoft Graph"]
export       = "az monitor diagnostic-settings create --logs '[{\"category\":\"MicrosoftGraphActivityLogs\",\"enabled\":true}]' …, then az storage blob download-batch"
*/
SELECT
    coalesce(r.time, r.properties.timeGenerated, r.TimeGenerated) AS told,
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    lower(coalesce(r.tenantId, r.properties.tenantId, r.TenantId)) AS scope,
    coalesce(r.properties.requestId, r.RequestId) AS record_id,
    coalesce(r.operationName, 'Microsoft Graph Activity') AS operation,
    coalesce(r.properties.requestUri, r.RequestUri) AS object,
    coalesce(r.properties.requestMethod, r.RequestMethod) AS method,
    CASE WHEN method <> 'GET' THEN 'config.change'
         WHEN regexp_matches(object, '/(messages|mailFolders)([/?]|$)') THEN 'mail.read'
         WHEN regexp_matches(object, '/(content|\$value)([?]|$)') THEN 'object.read' ELSE 'config.read' END AS action,
    coalesce(r.properties.responseStatusCode, r.ResponseStatusCode, r.resultSignature) AS outcome_detail,
    CASE WHEN try_cast(outcome_detail AS INTEGER) BETWEEN 100 AND 399 THEN 'success' WHEN outcome_detail IS NOT NULL THEN 'failure' ELSE 'unknown' END AS outcome,
    coalesce(stated(r.properties.userId), stated(r.UserId)) AS person,
    coalesce(stated(r.properties.servicePrincipalId), stated(r.ServicePrincipalId)) AS service,
    coalesce(person, service) AS actor,
    actor AS actor_id,
    CASE WHEN person IS NOT NULL THEN 'user' WHEN service IS NOT NULL THEN 'service' END AS actor_type,
    address(coalesce(r.properties.ipAddress, r.IPAddress, r.callerIpAddress)) AS src_ip,
    coalesce(r.properties.userAgent, r.UserAgent) AS user_agent,
    coalesce(r.properties.deviceId, r.DeviceId) AS device_id,
    coalesce(r.properties.appId, r.AppId) AS app_id,
    'Microsoft Graph' AS resource,
    coalesce(r.properties.C_Sid, r.properties.sessionId, r.SessionId) AS session_id,
    token_of(coalesce(r.properties.signInActivityId, r.SignInActivityId)) AS token_id,
    coalesce(r.properties.identityProvider, r.IdentityProvider) AS token_issuer,
    coalesce(r.properties.requestId, r.RequestId) AS request_id,
    coalesce(instant_any(coalesce(r.properties.tokenIssuedAt, r.TokenIssuedAt)), instant_epoch(r.properties.C_Iat)) AS issued_time,
    regexp_extract(object, '/users/([^/?]+)/', 1) AS told_mailbox,
    CASE WHEN action = 'mail.read' THEN coalesce(nullif(told_mailbox, ''), CASE WHEN contains(object, '/me/') THEN person END) END AS mailbox,
    try_cast(coalesce(r.properties.responseSizeBytes, r.ResponseSizeBytes) AS BIGINT) AS bytes
FROM records
