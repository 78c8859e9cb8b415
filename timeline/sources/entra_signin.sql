/*
# A success hands out a token, named by `token_id`: the sign-in's id, which the unique token identifier (the claim `uti`) encodes.
# `request_id` keeps that identifier as logged (else the correlation id): people hold it in this spelling from tokens and other tools.
title        = "Microsoft Entra sign-ins"
docs         = ["https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/signinlogs", "https://learn.microsoft.com/en-us/graph/api/resources/signin"]
names        = ["entra.signin.interactive", "entra.signin.noninteractive", "entra.signin.service_principal", "entra.signin.managed_identity", "entra.signin.adfs"]
family       = "sign_in"
match        = '''lower(coalesce(r.category, r.Category)) IN ('signinlogs', 'noninteractiveusersigninlogs', 'serviceprincipalsigninlogs', 'managedidentitysigninlogs', 'adfssigninlogs')
    OR r.Type IN ('SigninLogs', 'AADNonInteractiveUserSignInLogs', 'AADServicePrincipalSignInLogs', 'AADManagedIdentitySignInLogs', 'ADFSSignInLogs')
    OR (coalesce(r.createdDateTime, r.CreatedDateTime) IS NOT NULL
        AND coalesce(r.signInEventTypes, r.SignInEventTypes, r.isInteractive, r.IsInteractive, r.conditionalAccessStatus, r.ConditionalAccessStatus) IS NOT NULL)'''
columns      = [["Date (UTC)", "Request ID", "Sign-in error code"], ["Date (UTC)", "Request ID", "IP address", "Status"], ["CreatedDateTime", "UserPrincipalName", "AppDisplayName"], ["CreatedDateTime", "ResultType", "AppId"],
                ["TimeGenerated", "UserPrincipalName", "ResultType"], ["TimeGenerated", "ServicePrincipalId", "ResultType"]]
witnesses    = ["sign_in", "token.issue"]
completeness = "complete"
scope        = "tenant id"
siblings     = ["entra.signin.interactive", "entra.signin.noninteractive", "entra.signin.service_principal", "entra.signin.managed_identity"]
token_kinds  = ["access and refresh tokens of users (interactive, non-interactive)", "app-only tokens (service principal)", "managed identity tokens", "AD FS tokens"]
empty        = ["object_hash", "object_size", "object_from", "bytes", "mailbox", "issued_time", "signing_key_id", "token_audience"]
sees_not     = ["tokens that Entra did not issue (forged ones)", "use of a token after its issuance", "sign-ins of applications owned by Microsoft", "the key that signed a token", "a renewed session cookie that no token was asked for with"]
export       = "Get-MgBetaAuditLogSignIn -Filter \"signInEventTypes/any(t: t eq 'nonInteractiveUser')\" -All (once for each type; without a filter only interactive ones come), or az storage blob download-batch -s insights-logs-signinlogs"

[collect]
"entra.signin.interactive" = '''u="https://graph.microsoft.com/beta/auditLogs/signIns?\$filter=createdDateTime%20ge%20{start}%20and%20createdDateTime%20lt%20{end}%20and%20signInEventTypes/any(t:t%20eq%20'interactiveUser')"; while [ "$u" != null ]; do p=$(az rest --method get --url "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '.value[]' <<<"$p"; u=$(jq -r '."@odata.nextLink"' <<<"$p"); done > {file}.jsonl # az login --tenant {scope} first. Reports Reader or Security Reader. The tenant needs Entra ID P1'''
"entra.signin.noninteractive" = '''u="https://graph.microsoft.com/beta/auditLogs/signIns?\$filter=createdDateTime%20ge%20{start}%20and%20createdDateTime%20lt%20{end}%20and%20signInEventTypes/any(t:t%20eq%20'nonInteractiveUser')"; while [ "$u" != null ]; do p=$(az rest --method get --url "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '.value[]' <<<"$p"; u=$(jq -r '."@odata.nextLink"' <<<"$p"); done > {file}.jsonl # az login --tenant {scope} first. Reports Reader or Security Reader. The tenant needs Entra ID P1'''
"entra.signin.service_principal" = '''u="https://graph.microsoft.com/beta/auditLogs/signIns?\$filter=createdDateTime%20ge%20{start}%20and%20createdDateTime%20lt%20{end}%20and%20signInEventTypes/any(t:t%20eq%20'servicePrincipal')"; while [ "$u" != null ]; do p=$(az rest --method get --url "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '.value[]' <<<"$p"; u=$(jq -r '."@odata.nextLink"' <<<"$p"); done > {file}.jsonl # az login --tenant {scope} first. Reports Reader or Security Reader. The tenant needs Entra ID P1'''
"entra.signin.managed_identity" = '''u="https://graph.microsoft.com/beta/auditLogs/signIns?\$filter=createdDateTime%20ge%20{start}%20and%20createdDateTime%20lt%20{end}%20and%20signInEventTypes/any(t:t%20eq%20'managedIdentity')"; while [ "$u" != null ]; do p=$(az rest --method get --url "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '.value[]' <<<"$p"; u=$(jq -r '."@odata.nextLink"' <<<"$p"); done > {file}.jsonl # az login --tenant {scope} first. Reports Reader or Security Reader. The tenant needs Entra ID P1'''
"entra.signin.adfs" = '''u="https://graph.microsoft.com/beta/auditLogs/signIns?\$filter=createdDateTime%20ge%20{start}%20and%20createdDateTime%20lt%20{end}%20and%20tokenIssuerType%20eq%20'ADFederationServices'"; while [ "$u" != null ]; do p=$(az rest --method get --url "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '.value[]' <<<"$p"; u=$(jq -r '."@odata.nextLink"' <<<"$p"); done > {file}.jsonl # az login --tenant {scope} first. Reports Reader or Security Reader. The tenant needs Entra ID P1 and Connect Health for AD FS'''
"entra.signin.interactive@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "SigninLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"entra.signin.noninteractive@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "AADNonInteractiveUserSignInLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"entra.signin.service_principal@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "AADServicePrincipalSignInLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"entra.signin.managed_identity@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "AADManagedIdentitySignInLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"entra.signin.adfs@workspace" = 'az monitor log-analytics query -w WORKSPACE-ID --analytics-query "ADFSSignInLogs | where TimeGenerated between (datetime({start}) .. datetime({end}))" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'
"entra.signin.interactive@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-signinlogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
"entra.signin.noninteractive@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-noninteractiveusersigninlogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
"entra.signin.service_principal@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-serviceprincipalsigninlogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
"entra.signin.managed_identity@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-managedidentitysigninlogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
"entra.signin.adfs@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-logs-adfssigninlogs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
*/
SELECT
    source,
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    instant_any(told_delivery) AS logged_time,
    lower(coalesce(r.tenantId, r.AADTenantId, r.properties.resourceTenantId, r.resourceTenantId, r.ResourceTenantId, r."Resource tenant ID",
        r.homeTenantId, r.HomeTenantId, r."Home tenant ID", r.TenantId)) AS scope,
    record_id,
    coalesce(r.operationName, r.OperationName, 'Sign-in activity') AS operation,
    'sign_in' AS action,
    coalesce(r.properties.status.failureReason, r.status.failureReason, r.Status.FailureReason, r."Failure reason",
        r.resultDescription, r.ResultDescription) AS reason,
    outcome,
    CASE WHEN outcome = 'success' THEN code ELSE concat_ws(': ', code, nullif(reason, '')) END AS outcome_detail,
    source IN ('entra.signin.service_principal', 'entra.signin.managed_identity') AS of_service,
    coalesce(stated(r.properties.userPrincipalName), stated(r.userPrincipalName), stated(r.UserPrincipalName), stated(r.Username)) AS person,
    coalesce(stated(r.properties.userDisplayName), stated(r.userDisplayName), stated(r.UserDisplayName), stated(r."User"), stated(r.identity), stated(r.Identity)) AS person_name,
    coalesce(stated(r.properties.servicePrincipalName), stated(r.servicePrincipalName), stated(r.ServicePrincipalName), stated(r."Service principal name")) AS service,
    app_id,
    CASE WHEN of_service THEN coalesce(service_id, app_id) ELSE person_id END AS actor_id,
    CASE WHEN of_service THEN coalesce(service, actor_id) ELSE coalesce(person, person_name, person_id) END AS actor,
    CASE source WHEN 'entra.signin.service_principal' THEN 'service' WHEN 'entra.signin.managed_identity' THEN 'workload' ELSE 'user' END AS actor_type,
    coalesce(address(r.properties.ipAddress), address(r.callerIpAddress), address(r.ipAddress), address(r.IPAddress), address(r.IpAddress), address(r."IP address"),
        address(r.CallerIpAddress)) AS src_ip,
    coalesce(stated(r.properties.location.countryOrRegion), stated(r.location.countryOrRegion), stated(r.LocationDetails.countryOrRegion), stated(r.Location.CountryOrRegion),
        stated(try(json_extract_string(r.LocationDetails, '$.countryOrRegion'))), CASE WHEN length(r.location) = 2 THEN r.location WHEN length(r.Location) = 2 THEN r.Location
        WHEN contains(r.Location, ', ') THEN split_part(r.Location, ', ', -1) END) AS country,
    try_cast(coalesce(r.properties.autonomousSystemNumber, r.autonomousSystemNumber, r.AutonomousSystemNumber, r."Autonomous system number", r."Autonomous system  number") AS BIGINT) AS asn,
    coalesce(stated(r.properties.authenticationProtocol), stated(r.authenticationProtocol), stated(r.AuthenticationProtocol), stated(r."Authentication Protocol")) AS flow,
    spoken(coalesce(r.properties.clientAppUsed, r.clientAppUsed, r.ClientAppUsed, r."Client app")) AS client,
    spoken(coalesce(r.properties.incomingTokenType, r.incomingTokenType, r.IncomingTokenType, r."Incoming token type")) AS shown,
    -- without the flow nobody can say that it was no device code: then only what is told by itself counts
    CASE WHEN flow IS NOT NULL THEN concat_ws('; ', flow, spoken(coalesce(r.properties.originalTransferMethod, r.originalTransferMethod, r.OriginalTransferMethod)), client, shown)
         WHEN lower(shown) LIKE 'saml%' THEN concat_ws('; ', client, shown)
         WHEN regexp_matches(lower(client), 'imap|pop3|smtp|activesync|other clients|web services|mapi|autodiscover|offline address|powershell|outlook anywhere') THEN client END AS protocol,
    coalesce(stated(r.properties.userAgent), stated(r.userAgent), stated(r.UserAgent), stated(r."User agent")) AS user_agent,
    coalesce(stated(r.properties.deviceDetail.deviceId), stated(r.deviceDetail.deviceId), stated(r.DeviceDetail.DeviceId), stated(r."Device ID"),
        stated(try(json_extract_string(r.DeviceDetail, '$.deviceId')))) AS device_id,
    coalesce(stated(r.properties.appDisplayName), stated(r.appDisplayName), stated(r.AppDisplayName), stated(r.Application)) AS app,
    coalesce(stated(r.properties.resourceDisplayName), stated(r.resourceDisplayName), stated(r.ResourceDisplayName), stated(r.Resource)) AS resource,
    coalesce(stated(r.properties.resourceId), stated(r.ResourceIdentity), stated(r."Resource ID"), stated(r.resourceId), stated(r.ResourceId)) AS resource_id,
    CASE WHEN starts_with(r.resourceId, '/') THEN r.resourceId WHEN starts_with(r.ResourceId, '/') THEN r.ResourceId END AS object,
    coalesce(stated(r.properties.sessionId), stated(r.sessionId), stated(r.SessionId), stated(r."Session ID")) AS session_id,
    coalesce(token_of(told_token), CASE WHEN outcome <> 'failure' THEN lower(record_id) END) AS token_id,
    coalesce(stated(r.properties.servicePrincipalCredentialKeyId), stated(r.servicePrincipalCredentialKeyId), stated(r.ServicePrincipalCredentialKeyId),
        stated(r."Credential key ID"), stated(r.properties.servicePrincipalCredentialThumbprint), stated(r.servicePrincipalCredentialThumbprint),
        stated(r.ServicePrincipalCredentialThumbprint), stated(r."Credential thumbprint")) AS credential_id,
    coalesce(stated(r.properties.tokenIssuerName), stated(r.tokenIssuerName), stated(r.TokenIssuerName), stated(r."Token issuer name"),
        stated(r.properties.tokenIssuerType), stated(r.tokenIssuerType), stated(r.TokenIssuerType), stated(r."Token issuer type")) AS token_issuer,
    coalesce(told_token, stated(r.correlationId), stated(r.properties.correlationId), stated(r.CorrelationId), stated(r."Correlation ID")) AS request_id
FROM (SELECT *,
        CASE WHEN contains(kind, 'noninteractive') THEN 'entra.signin.noninteractive'
             WHEN contains(kind, 'serviceprincipal') THEN 'entra.signin.service_principal'
             WHEN contains(kind, 'managedidentity') THEN 'entra.signin.managed_identity'
             WHEN contains(kind, 'adfs') THEN 'entra.signin.adfs'
             WHEN kind IS NOT NULL THEN 'entra.signin.interactive'
             WHEN starts_with(file_name, 'msi') THEN 'entra.signin.managed_identity'
             WHEN r."Service principal ID" IS NOT NULL OR starts_with(file_name, 'application') OR service_id IS NOT NULL AND person_id IS NULL THEN 'entra.signin.service_principal'
             WHEN starts_with(file_name, 'noninteractive') OR lower(coalesce(r.isInteractive, r.IsInteractive)) = 'false' THEN 'entra.signin.noninteractive'
             ELSE 'entra.signin.interactive' END AS source,
        CASE WHEN code IN ('0', 'Success') OR status = 'Success' THEN 'success' WHEN code IS NULL THEN 'unknown' ELSE 'failure' END AS outcome,
        coalesce(told_event, told_delivery) AS told
    FROM (SELECT *,
        lower(coalesce(r.category, r.Category, r.Type, r.signInEventTypes, r.SignInEventTypes)) AS kind,
        lower(split_part(replace(path, '\', '/'), '/', -1)) AS file_name,
        coalesce(r.time, r.TimeGenerated, r.Time) AS told_delivery,
        coalesce(r.properties.createdDateTime, r.createdDateTime, r.CreatedDateTime, r."Date (UTC)") AS told_event,
        coalesce(r.resultType, r.ResultType, r.properties.status.errorCode, r.status.errorCode, r."Sign-in error code", status) AS code,
        coalesce(r.properties.id, r.id, r.Id, r."Request ID") AS record_id,
        coalesce(stated(r.properties.uniqueTokenIdentifier), stated(r.uniqueTokenIdentifier), stated(r.UniqueTokenIdentifier), stated(r."Unique token identifier")) AS told_token,
        coalesce(stated(r.properties.servicePrincipalId), stated(r.servicePrincipalId), stated(r.ServicePrincipalId), stated(r."Service principal ID")) AS service_id,
        coalesce(stated(r.properties.appId), stated(r.appId), stated(r.AppId), stated(r."Application ID")) AS app_id,
        coalesce(stated(r.properties.userId), stated(r.userId), stated(r.UserId), stated(r."User ID")) AS person_id
    FROM (SELECT *,
        CASE WHEN starts_with(r.Status, '{') THEN coalesce(r.Status.ErrorCode, try(json_extract_string(r.Status, '$.errorCode')))
             WHEN starts_with(r.Status, '@{') THEN nullif(regexp_extract(r.Status, 'ErrorCode=(\d+)', 1), '')  -- PowerShell, cut off at its depth
             WHEN NOT starts_with(r.Status, 'Microsoft.Graph.') THEN r.Status END AS status
    FROM records)))
