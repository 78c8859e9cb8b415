/*
# 30 fields in version 1.0, 38 in 2.0, split by `;` outside of quotes. Inside quotes `;` is common (user agents, `&quot;`), so it is
# taken away there before the line is split. Version 2.0 writes unescaped quotes into its last field only.
# The records of one copy share their request-url; there the object key says which object a record is about.
title        = "Azure Storage Analytics ($logs)"
docs         = "https://learn.microsoft.com/en-us/rest/api/storageservices/storage-analytics-log-format"
names        = ["azure.storage_classic"]
family       = "storage"
match        = "(starts_with(line, '1.0;') OR starts_with(line, '2.0;')) AND line[15] = 'T' AND line[9] = '-'"
witnesses    = ["object.create", "object.read", "object.write", "object.copy", "object.move", "object.delete", "object.list", "object.inspect", "object.share", "log.clear"]
completeness = "best_effort"
scope        = "storage account"
objects      = ["https://{scope}.blob.core.windows.net/*", "https://{scope}.queue.core.windows.net/*", "https://{scope}.table.core.windows.net/*"]
empty        = ["session_id", "token_id", "issued_time", "device_id", "mailbox", "app", "credential_id", "signing_key_id", "object_from", "logged_time"]
sees_not     = ["which SAS or account key was used", "most failed anonymous requests", "Azure Files", "records that the service lost: delivery is best effort"]
export       = "az storage blob download-batch -s '$logs' -d . --account-name ACCOUNT"

[collect]
"*" = '''mkdir -p {file}; d={first_day}; while :; do az storage blob download-batch --account-name {scope} --auth-mode login -s '$logs' -d {file} --pattern "*${d//-//}/*" -o none || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # needs Storage Blob Data Reader'''
*/
SELECT
    instant(f[2]) AS time,
    precision_of(f[2]) AS time_precision,
    lower(f[10]) AS scope,
    operation,
    object,
    storage_action(operation, object) AS action,
    outcome,
    f[5] || ' ' || f[4] AS outcome_detail,
    coalesce(stated(f[36]), stated(f[31]), stated(f[9])) AS actor,
    stated(f[31]) AS actor_id,
    stated(f[8]) AS protocol,
    CASE WHEN f[8] = 'anonymous' THEN 'anonymous' WHEN stated(f[36]) IS NOT NULL THEN 'user' END AS actor_type,
    address(f[16]) AS src_ip,
    stated(unescaped(replace(f[28], chr(31), ';'))) AS user_agent,
    stated(f[33]) AS app_id,
    'Azure Storage ' || f[11] AS resource,
    key AS resource_id,
    stated(f[34]) AS token_audience,
    stated(f[35]) AS token_issuer,
    stated(f[14]) AS request_id,
    CASE WHEN request_id IS NOT NULL THEN concat_ws('/', request_id, operation, f[15]) END AS record_id,
    coalesce(CASE WHEN operation = 'PutBlob' AND outcome = 'success' THEN md5_hex(coalesce(stated(f[24]), stated(f[23]))) END, etag_of(replace(f[25], chr(31), ';'))) AS object_hash,
    CASE WHEN operation = 'PutBlob' AND outcome = 'success' THEN try_cast(f[22] AS BIGINT) END AS object_size,
    try_cast(CASE WHEN starts_with(operation, 'Get') OR starts_with(operation, 'List') THEN f[21] ELSE f[19] END AS BIGINT) AS bytes
FROM (SELECT *, CASE WHEN NOT contains(operation, 'Copy') THEN https_object(url)
                     WHEN contains(key, '://') THEN https_object(key)
                     WHEN starts_with(key, '/' || f[10] || '/') THEN https_object(split_part(url, '/', 1) || '//' || split_part(url, '/', 3)
                        || CASE WHEN contains(key, '%') THEN key[length(f[10]) + 2:] ELSE replace(url_encode(key[length(f[10]) + 2:]), '%2F', '/') END)
                     ELSE https_object(url) END AS object
      FROM (SELECT *, f[3] AS operation, unescaped(replace(f[12], chr(31), ';')) AS url, unescaped(replace(f[13], chr(31), ';')) AS key,
                CASE WHEN f[4] IN ('', '-') THEN 'unknown' WHEN contains(f[4], 'Success') THEN 'success' ELSE 'failure' END AS outcome
            FROM (SELECT *, string_split(array_to_string(list_transform(string_split(line, '"'),
                      lambda part, place: CASE WHEN place % 2 = 0 THEN replace(part, ';', chr(31)) ELSE part END), ''), ';') AS f FROM records)))
