/*
# A server-side copy is three records with one correlation id, told here as one `request_id`: CopyBlob and CopyBlobDestination are
# `object.copy` of the destination, CopyBlobSource is `object.read` of the source. Only the Log Analytics tables name the source
# beside the destination (`object_from`); elsewhere the path of an object is found by joining the three by `request_id`.
# The hash of an OAuth token is a `credential_id`, not a `token_id`: it is of the whole token and equals nothing in a sign-in log.
# The log numbers no record: request, operation and place in the request together are its identity.
title        = "Azure Storage resource logs"
docs         = "https://learn.microsoft.com/en-us/azure/storage/blobs/monitor-blob-storage-reference"
names        = ["azure.storage"]
family       = "storage"
match        = "coalesce(r.category, r.Category) IN ('StorageRead', 'StorageWrite', 'StorageDelete') OR r.Type IN ('StorageBlobLogs', 'StorageFileLogs', 'StorageQueueLogs', 'StorageTableLogs')"
columns      = [["AccountName", "OperationName", "StatusText", "Uri"]]
witnesses    = ["object.create", "object.read", "object.write", "object.copy", "object.move", "object.delete", "object.list", "object.inspect", "object.share", "log.clear"]
completeness = "best_effort"
scope        = "storage account"
objects      = ["https://{scope}.blob.core.windows.net/*", "https://{scope}.dfs.core.windows.net/*", "https://{scope}.file.core.windows.net/*", "https://{scope}.queue.core.windows.net/*", "https://{scope}.table.core.windows.net/*"]
empty        = ["session_id", "token_id", "issued_time", "device_id", "mailbox", "app", "logged_time"]
sees_not     = ["who made or holds a SAS or an account key", "the sign-in a token came from (no uti, no session)", "deletions by a lifecycle rule", "the destination of a copy into an account of others (it shows as a read of the source)", "reads while the category StorageRead was off"]
export       = "az storage blob download-batch -s insights-logs-storageread -d . --account-name ACCOUNT (and -storagewrite, -storagedelete)"

[collect]
"*" = 'mkdir -p {file}; d={first_day}; while :; do for c in read write delete; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s "insights-logs-storage$c" -d {file} --pattern "*storageAccounts/{scope}/*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d: storage$c" >&2; break 2; }; done; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. The setting of {scope} names LOG-ACCOUNT. An archived blob is left out with an error: rehydrate it first'
"*@storage" = 'mkdir -p {file}; d={first_day}; while :; do for c in read write delete; do az storage blob download-batch --account-name LOG-ACCOUNT --auth-mode login -s "insights-logs-storage$c" -d {file} --pattern "*storageAccounts/{scope}/*y=${d:0:4}/m=${d:5:2}/d=${d:8:2}/*" -o none || { echo "INCOMPLETE from $d: storage$c" >&2; break 2; }; done; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader. The setting of {scope} names LOG-ACCOUNT. An archived blob is left out with an error: rehydrate it first'
"*@workspace" = '''az monitor log-analytics query -w WORKSPACE-ID --analytics-query "union isfuzzy=true StorageBlobLogs, StorageFileLogs, StorageQueueLogs, StorageTableLogs | where TimeGenerated between (datetime({start}) .. datetime({end})) and AccountName =~ '{scope}'" -o json > {file}.json # an answer is cut without a word at 500 000 rows or 64 MB: run it with count as its last step first, and halve the window until it fits'''
*/
SELECT
    instant_any(told) AS time,
    precision_of(told) AS time_precision,
    lower(account) AS scope,
    operation,
    object,
    action,
    outcome,
    concat_ws(' ', code, status) AS outcome_detail,
    coalesce(r.identity.type, r.AuthenticationType) AS credential_kind,
    credential_kind AS protocol,
    coalesce(stated(r.identity.requester.objectId), stated(r.RequesterObjectId)) AS actor_id,
    coalesce(stated(r.identity.requester.upn), stated(r.RequesterUpn)) AS person,
    coalesce(person, actor_id) AS actor,
    CASE WHEN credential_kind = 'Anonymous' THEN 'anonymous'
         WHEN person IS NOT NULL OR r.identity.authorization."#0".principals."#0".type = 'User' THEN 'user'
         WHEN r.identity.authorization."#0".principals."#0".type = 'ServicePrincipal' THEN 'service' END AS actor_type,
    address(coalesce(r.callerIpAddress, r.CallerIpAddress)) AS src_ip,
    coalesce(r.properties.userAgentHeader, r.UserAgentHeader) AS user_agent,
    coalesce(stated(r.identity.requester.appId), stated(r.RequesterAppId)) AS app_id,
    'Azure Storage ' || coalesce(r.properties.serviceType, r.ServiceType) AS resource,
    coalesce(r.resourceId, r.ResourceId, r._ResourceId) AS resource_id,
    CASE WHEN contains(hash, 'SasSignature(') THEN nullif(split_part(split_part(hash, 'SasSignature(', 2), ')', 1), '') END AS sas,
    nullif(split_part(split_part(split_part(hash, ',', 1), '(', 2), ')', 1), '') AS account_key,
    coalesce(sas, account_key, hash) AS credential_id,
    CASE WHEN sas IS NOT NULL THEN instant_any(replace(replace(nullif(regexp_extract(uri, '[?&]se=([^&]+)', 1), ''), '%3A', ':'), '%3a', ':')) END AS expires_time,
    CASE WHEN sas IS NOT NULL AND starts_with(hash, 'key') THEN account_key END AS signing_key_id,
    coalesce(stated(r.identity.requester.tokenIssuer), stated(r.RequesterTokenIssuer)) AS token_issuer,
    coalesce(stated(r.identity.requester.audience), stated(r.RequesterAudience)) AS token_audience,
    request_id,
    CASE WHEN request_id IS NOT NULL THEN concat_ws('/', request_id, operation, nullif(coalesce(r.properties.operationCount, r.OperationCount), '0')) END AS record_id,
    -- the MD5 of whole contents equals that of the same contents anywhere; an entity tag is of one version of one object
    CASE WHEN operation = 'PutBlob' AND outcome = 'success' THEN md5_hex(coalesce(stated(r.properties.serverMd5), stated(r.properties.responseMd5), stated(r.ResponseMd5),
             stated(r.properties.requestMd5), stated(r.RequestMd5)))
         WHEN operation IN ('GetBlob', 'ReadFile') AND code = '200' THEN md5_hex(coalesce(stated(r.properties.responseMd5), stated(r.ResponseMd5), stated(r.properties.serverMd5))) END AS md5,
    coalesce(md5, etag_of(coalesce(r.properties.etag, r.Etag))) AS object_hash,
    try_cast(coalesce(r.properties.requestBodySize, r.RequestBodySize) AS BIGINT) AS bytes_in,
    try_cast(coalesce(r.properties.responseBodySize, r.ResponseBodySize) AS BIGINT) AS bytes_out,
    CASE WHEN operation = 'PutBlob' AND outcome = 'success'
         THEN coalesce(bytes_in, try_cast(coalesce(r.properties.contentLengthHeader, r.ContentLengthHeader) AS BIGINT)) END AS object_size,
    CASE WHEN action IN ('object.read', 'object.list', 'object.inspect') THEN bytes_out ELSE bytes_in END AS bytes,
    source_object(coalesce(r.properties.sourceUri, r.SourceUri)) AS object_from
FROM (SELECT *,
        storage_action(operation, object) AS action
    FROM (SELECT *,
        https_object(address_told) AS object,
        http_outcome(code, status) AS outcome
    FROM (SELECT *,
        CASE WHEN suffix(operation, 'Source') AND contains(key, '://') THEN key ELSE uri END AS address_told
    FROM (SELECT *,
        coalesce(r.time, r.TimeGenerated, r.Time) AS told,
        coalesce(r.properties.accountName, r.AccountName, nullif(split_part(coalesce(r.resourceId, r.ResourceId, r._ResourceId), '/', 9), '')) AS account,
        coalesce(r.operationName, r.OperationName) AS operation,
        coalesce(r.uri, r.Uri) AS uri,
        coalesce(r.properties.objectKey, r.ObjectKey) AS key,
        coalesce(r.statusCode, r.StatusCode) AS code,
        coalesce(r.statusText, r.StatusText) AS status,
        coalesce(r.correlationId, r.CorrelationId) AS request_id,
        coalesce(r.identity.tokenHash, r.AuthenticationHash) AS hash
    FROM records))))
