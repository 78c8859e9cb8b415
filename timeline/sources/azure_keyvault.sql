/*
# `Success` in resultType is that of the request's handling: a call that was answered with 403 or 404 failed, and says so in the HTTP status only.
# Reading or listing secrets, keys (their public part) and certificates, and backing them up, is credential.read. Use of a key (sign, unwrap) is token.use:
# the key stays in the vault, and the record does not say what was signed.
title        = "Azure Key Vault and managed HSM audit events"
docs         = ["https://learn.microsoft.com/en-us/azure/key-vault/general/logging", "https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/azkvauditlogs"]
names        = ["azure.keyvault"]
family       = "audit"
match        = '''(coalesce(r.category, r.Category) = 'AuditEvent' AND (contains(lower(coalesce(r.resourceId, r.ResourceId)), '/providers/microsoft.keyvault/') OR lower(r.ResourceProvider) = 'microsoft.keyvault'))
    OR r.Type = 'AZKVAuditLogs' '''
columns      = [["TimeGenerated", "OperationName", "RequestUri", "HttpStatusCode", "IsAccessPolicyMatch"], ["TimeGenerated", "OperationName", "requestUri_s", "httpStatusCode_d"]]
witnesses    = ["token.use", "credential.read", "credential.add", "object.delete", "config.change", "config.read"]
completeness = "best_effort"
scope        = "vault"
objects      = ["https://{scope}.vault.azure.net/*", "https://{scope}.managedhsm.azure.net/*"]
empty        = ["session_id", "token_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox", "device_id"]
sees_not     = ["the value of a secret", "what was signed or unwrapped with a key", "the token that was presented (no uti, no session)", "changes through Azure Resource Manager (the Activity log has them)",
                "anything before the diagnostic setting was made"]
export       = "az storage blob download-batch -s insights-logs-auditevent -d . --account-name …"

[collect]
"*" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-auditevent -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first. The setting of the vault {scope} names LOG-ACCOUNT'
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-auditevent -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first. The setting of the vault {scope} names LOG-ACCOUNT'
"*@workspace" = '''az monitor log-analytics query -w WORKSPACE-ID --analytics-query "union isfuzzy=true AZKVAuditLogs, (AzureDiagnostics | where ResourceProvider == 'MICROSOFT.KEYVAULT') | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'''
*/
SELECT
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    lower(coalesce(nullif(split_part(place, '/vaults/', 2), ''), nullif(split_part(place, '/managedhsms/', 2), ''), nullif(split_part(split_part(address_of_request, '://', 2), '.', 1), ''), r.Resource)) AS scope,
    coalesce(r.operationName, r.OperationName) AS operation,
    coalesce(stated(r.correlationId), stated(r.CorrelationId)) AS request_id,
    CASE WHEN request_id IS NOT NULL THEN concat_ws('/', request_id, operation, told, address_of_request) END AS record_id,
    lower(coalesce(operation, '')) AS op,
    CASE
        WHEN contains(op, 'eventgridnotification') THEN 'service.event'
        WHEN regexp_matches(op, '^vault(get|list|recoverget)|deleted(vault)?(get|list)$') THEN 'config.read'
        WHEN starts_with(op, 'vault') OR starts_with(op, 'managedhsm') THEN CASE WHEN regexp_matches(op, '(get|list)') THEN 'config.read' ELSE 'config.change' END
        WHEN op = 'authentication' OR regexp_matches(op, '^key(sign|verify|encrypt|decrypt|wrap|unwrap|release)') THEN 'token.use'
        WHEN regexp_matches(op, '(get|list|listversions|backup|download|export)$') AND regexp_matches(op, '^(secret|key|certificate|storage|sas|deleted)') THEN 'credential.read'
        WHEN regexp_matches(op, '(delete|purge)$') THEN 'object.delete'
        WHEN regexp_matches(op, '(set|create|import|rotate|restore|recover|merge|regeneratekey|renew)$') THEN 'credential.add'
        ELSE 'config.change' END AS action,
    split_part(coalesce(r.properties.httpStatusCode, r.HttpStatusCode, r.httpStatusCode_d), '.', 1) AS code,
    coalesce(r.resultType, r.ResultType) AS result,
    http_outcome(code, result) AS outcome,
    concat_ws(' ', code, coalesce(stated(r.resultDescription), stated(r.ResultDescription), stated(r.resultSignature), stated(r.ResultSignature), result)) AS outcome_detail,
    coalesce(claim[1], claim[2], stated(r.identity_claim_oid_g), stated(r.identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g)) AS actor_id,
    coalesce(claim[3], claim[4], claim[5], claim[6], stated(r.identity_claim_upn_s), stated(r.identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s), stated(r.identity_claim_unique_name_s)) AS person,
    coalesce(claim[7], stated(r.identity_claim_appid_g)) AS app_id,
    coalesce(person, actor_id, app_id) AS actor,
    CASE WHEN person IS NOT NULL THEN 'user' WHEN actor IS NOT NULL THEN 'service' END AS actor_type,
    coalesce(address(r.callerIpAddress), address(r.CallerIpAddress), address(r.CallerIPAddress), address(r.clientIp_s), address(claim[8])) AS src_ip,
    coalesce(stated(r.properties.clientInfo), stated(r.ClientInfo), stated(r.clientInfo_s)) AS user_agent,
    'Key Vault' AS resource,
    place AS resource_id,
    object_url(coalesce(stated(r.properties.id), stated(r.id_s), stated(r.Id), address_of_request)) AS object,
    CASE WHEN action IN ('credential.read', 'credential.add') AND object LIKE 'https://%/%/%/%' THEN split_part(object, '/', 6) END AS version,
    nullif(version, '') AS credential_id
FROM (SELECT *,
        coalesce(r.time, r.TimeGenerated) AS told,
        lower(coalesce(r.resourceId, r.ResourceId, r._ResourceId)) AS place,
        coalesce(stated(r.properties.requestUri), stated(r.RequestUri), stated(r.requestUri_s)) AS address_of_request,
        try(json_extract_string(coalesce(r.identity.claim, r.identity, try(json_extract_string(r.Identity, '$.claim')), r.Identity), ['$.oid', '$."http://schemas.microsoft.com/identity/claims/objectidentifier"', '$.upn',
            '$."http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"', '$.unique_name', '$."http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"', '$.appid', '$.ipaddr'])) AS claim
    FROM records)
