/*
# One line a request, hourly files. A JSON API get is a read only where it asks for the contents (alt=media); otherwise it reads properties.
# The log names no caller: where data access audit logs are on, they do. A retry of the delivery repeats lines with one s_request_id.
title        = "Google Cloud Storage usage logs"
docs         = "https://docs.cloud.google.com/storage/docs/access-logs"
names        = ["gcp.storage_usage"]
family       = "storage"
match        = "false"
columns      = [["time_micros", "c_ip", "cs_method", "cs_uri", "cs_bucket", "cs_object"]]
witnesses    = ["object.create", "object.read", "object.write", "object.copy", "object.delete", "object.list", "object.inspect", "object.share", "config.change", "config.read"]
completeness = "best_effort"
scope        = "bucket"
objects      = ["gs://{scope}/*", "gs://{scope}"]
empty        = ["logged_time", "actor", "actor_id", "actor_type", "device_id", "app", "app_id", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer",
                "token_audience", "issued_time", "object_hash", "mailbox"]
sees_not     = ["who made a request: only the address (the data access audit log knows the caller)", "which signed URL or key was used", "requests that were never delivered: delivery is best effort, and some come twice",
                "deletions by a lifecycle rule", "anything before logging was set for the bucket", "the destination of a copy, in the record of its source"]
export       = "gcloud storage cp -r 'gs://LOG-BUCKET/PREFIX_usage*' evidence/ (gcloud storage buckets describe gs://BUCKET --format='value(logging_config)' names bucket and prefix)"

[collect]
"*" = 'mkdir -p {file}; d={first_day}; while :; do gcloud storage cp "gs://LOG-BUCKET/PREFIX_usage_${d//-/_}_*" {file}/ || echo "nothing taken of $d" >&2; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # gcloud storage buckets describe gs://{scope} names bucket and prefix under logging_config'
*/
SELECT
    instant_epoch(r.time_micros) AS time,
    'us' AS time_precision,
    r.cs_bucket AS scope,
    r.s_request_id AS request_id,
    CASE WHEN request_id IS NOT NULL THEN concat_ws('/', request_id, operation, r.cs_object) END AS record_id,
    coalesce(r.cs_operation, r.cs_method) AS operation,
    lower(operation) AS op,
    r.sc_status AS code,
    CASE
        WHEN op IN ('get_object', 'select_object') THEN 'object.read'
        WHEN op = 'storage.objects.get' THEN CASE WHEN contains(r.cs_uri, 'alt=media') OR starts_with(r.cs_uri, '/download/') THEN 'object.read' ELSE 'object.inspect' END
        WHEN op IN ('put_object', 'post_object', 'initiate_multipart_upload', 'upload_part', 'complete_multipart_upload', 'put_part') OR op IN ('storage.objects.insert', 'storage.objects.compose', 'storage.objects.create')
            THEN 'object.write'
        WHEN op IN ('copy_object', 'storage.objects.copy', 'storage.objects.rewrite') THEN 'object.copy'
        WHEN op IN ('delete_object', 'delete_bucket', 'storage.objects.delete', 'storage.buckets.delete') THEN 'object.delete'
        WHEN op IN ('get_bucket', 'get_service', 'list_objects', 'list_buckets', 'storage.objects.list', 'storage.buckets.list') THEN 'object.list'
        WHEN op IN ('put_bucket', 'storage.buckets.insert') THEN 'object.create'
        WHEN op IN ('head_object', 'head_bucket', 'options_object') OR op LIKE 'get_object%' THEN 'object.inspect'
        WHEN op IN ('put_object_acl', 'put_bucket_acl', 'put_objectacl', 'put_bucketacl') OR regexp_matches(op, 'accesscontrols\.(insert|update|patch)$') OR op = 'storage.buckets.setiampolicy' THEN 'object.share'
        WHEN r.cs_method IN ('GET', 'HEAD', 'OPTIONS') THEN 'config.read'
        ELSE 'config.change' END AS action,
    http_outcome(code, NULL) AS outcome,
    code AS outcome_detail,
    address(r.c_ip) AS src_ip,
    r.cs_user_agent AS user_agent,
    coalesce(r.cs_host, 'storage.googleapis.com') AS resource,
    r.cs_uri AS resource_id,
    -- a copy by the JSON API names source and destination in its address; that by the XML API names its source in a header, which is not logged
    CASE WHEN action = 'object.copy' THEN regexp_extract(r.cs_uri, '/b/([^/]+)/o/(.+?)/(?:copyTo|rewriteTo)/b/([^/]+)/o/([^?]+)', ['bucket', 'name', 'to_bucket', 'to_name']) END AS copied,
    CASE WHEN copied['name'] <> '' THEN 'gs://' || copied['to_bucket'] || '/' || try(url_decode(copied['to_name']))
         ELSE 'gs://' || r.cs_bucket || coalesce('/' || r.cs_object, '') END AS object,
    CASE WHEN copied['name'] <> '' THEN 'gs://' || copied['bucket'] || '/' || try(url_decode(copied['name'])) END AS object_from,
    CASE WHEN action = 'object.write' AND outcome = 'success' THEN try_cast(r.cs_bytes AS BIGINT) END AS object_size,
    try_cast(CASE WHEN action IN ('object.write', 'object.copy') THEN r.cs_bytes ELSE r.sc_bytes END AS BIGINT) AS bytes
FROM records
