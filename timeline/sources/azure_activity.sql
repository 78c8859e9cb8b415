/*
# One request is several records (Start, Accept, Success or Failure) with one correlation id; only the last states an outcome.
# A diagnostic setting that is written may start, narrow or stop a log: the request's body decides, and without a body nothing is claimed.
# The claims of the caller's token are in the record: `uti` is the sign-in that issued it, `iat` the second of issuance.
title        = "Azure Activity log"
docs         = "https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema"
names        = ["azure.activity"]
family       = "control"
match        = '''(coalesce(r.eventDataId, r.event_data_id, r.EventDataId) IS NOT NULL AND coalesce(r.operationName, r.operation_name, r.OperationName, r.OperationNameValue) IS NOT NULL)
    OR r.Type = 'AzureActivity'
    OR (coalesce(r.category, r.Category) IN ('Administrative', 'ServiceHealth', 'ResourceHealth', 'Alert', 'Autoscale', 'Security', 'Recommendation', 'Policy', 'Action', 'Write', 'Delete')
        AND coalesce(r.operationName, r.OperationName) IS NOT NULL AND coalesce(r.Type, 'AzureActivity') = 'AzureActivity'
        AND regexp_matches(lower(coalesce(r.resourceId, r.ResourceId)), '^/(subscriptions|tenants|providers)/'))'''
columns      = [["OperationNameValue", "ActivityStatusValue", "Caller"], ["Correlation id", "Operation name", "Event initiated by"]]
witnesses    = ["token.use", "credential.read", "credential.add", "role.assign", "object.create", "object.delete", "object.share", "logging.disable", "logging.enable", "log.clear", "retention.change", "config.change", "process.start"]
completeness = "complete"
scope        = "subscription id"
objects      = ["/subscriptions/*", "/providers/*", "/tenants/*"]
empty        = ["object_hash", "object_size", "object_from", "bytes", "mailbox", "user_agent", "device_id", "signing_key_id"]
sees_not     = ["reads of the control plane (GET)", "anything inside a resource (blobs, secrets, queries)", "which key or SAS was made of what listKeys gave"]
export       = "az monitor activity-log list --start-time … --end-time … --max-events 100000, or az storage blob download-batch -s insights-activity-logs"

[collect]
"*" = 'az monitor activity-log list --subscription {scope} --start-time {start} --end-time {end} --max-events 100000 -o json > {file}.json # without --max-events 50 records come. Where 100 000 come, halve the window. 90 days back'
"*@workspace" = '''az monitor log-analytics query -w WORKSPACE-ID --analytics-query "AzureActivity | where TimeGenerated between (datetime({start}) .. datetime({end})) and SubscriptionId =~ '{scope}'" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'''
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s insights-activity-logs -d {file} --pattern "*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. An archived blob is left out with an error: rehydrate it first'
*/
SELECT
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    instant_any(coalesce(r.submissionTimestamp, r.submission_timestamp, r.SubmissionTimestamp, r.EventSubmissionTimestamp)) AS logged_time,
    operation,
    outcome,
    concat_ws(' ', status, nullif(detail, '')) AS outcome_detail,
    object,
    action,
    coalesce(claim[9], r.identity.authorization.evidence.principalId) AS actor_id,
    coalesce(claim[10], claim[11], caller, actor_id, claim[5]) AS actor,
    coalesce(r.identity.authorization.evidence.principalType, CASE claim[8] WHEN 'app' THEN 'ServicePrincipal' WHEN 'user' THEN 'User' END) AS principal,
    CASE WHEN principal = 'ServicePrincipal' THEN 'service' WHEN principal = 'User' OR contains(actor, '@') THEN 'user' END AS actor_type,
    coalesce(address(r.callerIpAddress), address(r.CallerIpAddress), address(r.httpRequest.clientIpAddress), address(r.http_request.client_ip_address),
        address(r.HttpRequest.ClientIpAddress), address(claim[6])) AS src_ip,
    claim[5] AS app_id,
    split_part(operation, '/', 1) AS resource,
    object AS resource_id,
    CASE WHEN done AND outcome = 'success' AND regexp_matches(op, '/(write|delete|purge/action)$') THEN lower(object) END AS changed,
    CASE WHEN changed IS NOT NULL THEN try(json_extract(body, '$')) END AS asked,
    CASE WHEN changed IS NOT NULL THEN azure_change(op, changed, asked)::VARCHAR END AS change,
    claim[7] AS session_id,
    token_of(claim[1]) AS token_id,
    instant_epoch(claim[2]) AS issued_time,
    instant_epoch(claim[12]) AS expires_time,
    claim[3] AS token_issuer,
    claim[4] AS token_audience,
    coalesce(r.correlationId, r.correlation_id, r.CorrelationId, r."Correlation id") AS request_id,
    -- storage and Event Hub leave out the event's own id, which the API and Log Analytics have: what is in all of them tells a record, but for
    -- the verdicts of policies, of which one request has many at once
    CASE WHEN request_id IS NOT NULL AND object IS NOT NULL AND NOT contains(op, '/policies/') THEN concat_ws('/', request_id, op, lower(status[:4]), lower(object))
         ELSE coalesce(r.eventDataId, r.event_data_id, r.EventDataId, CASE WHEN request_id IS NOT NULL THEN concat_ws('/', request_id, op, status, object, md5(r.properties)) END) END AS record_id,
    split_part(lower(object), '/', 3) AS within,
    lower(coalesce(r.subscriptionId, r.subscription_id, r.SubscriptionId, r."Subscription", nullif(within, ''), r.tenantId, r.tenant_id)) AS scope
FROM (SELECT *,
        azure_action(op, category, lower(object), body, coalesce(done, true)) AS action
    FROM (SELECT *,
        outcome <> 'failure' AND NOT starts_with(lower(status), 'start') AND NOT starts_with(lower(status), 'accept') AS done
    FROM (SELECT *,
        lower(operation) AS op,
        CASE WHEN lower(status) IN ('success', 'succeeded', '0') THEN 'success' WHEN lower(status) IN ('failure', 'failed', 'canceled', 'cancelled', 'timeout') THEN 'failure'
             ELSE 'unknown' END AS outcome,
        coalesce(r.subStatus.value, r.sub_status.value, r.SubStatus.Value, r.ActivitySubstatusValue, r.resultSignature, r.subStatus) AS detail,
        coalesce(r.resourceId, r.resource_id, r.ResourceId, r._ResourceId, r.resourceUri, r.Resource) AS object,
        coalesce(r.properties.requestbody, r.properties.requestBody, r.Properties.Content.requestbody, try(json_extract_string(r.Properties, '$.requestbody'))) AS body,
        coalesce(stated(r.caller), stated(r.Caller), stated(r."Event initiated by")) AS caller
    FROM (SELECT *,
        coalesce(r.operationName.value, r.operationName, r.operation_name.value, r.OperationName.Value, r.OperationNameValue, r.OperationName,
            r."Operation name") AS operation,
        coalesce(r.resultType, r.status.value, r.status, r.Status.Value, r.ActivityStatusValue, r.ActivityStatus, r.Status, r.ResultType) AS status,
        coalesce(r.category.value, r.category, r.Category.Value, r.CategoryValue, r.Category, r."Event category") AS category,
        try(json_extract_string(coalesce(r.identity.claims, r.claims, r.Claims.Content, r.Claims, r.properties.claims), ['$.uti', '$.iat', '$.iss', '$.aud', '$.appid', '$.ipaddr', '$.sid', '$.idtyp',
            '$."http://schemas.microsoft.com/identity/claims/objectidentifier"', '$."http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"',
            '$."http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"', '$.exp'])) AS claim,
        coalesce(r.time, r.eventTimestamp, r.event_timestamp, r.EventTimestamp, r.TimeGenerated, r."Time") AS told
    FROM records))))
