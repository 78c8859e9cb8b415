/*
# One line a bucket and day: how much it held. The line states no time; the day stands in the name of the file, and a renamed file has none.
title        = "Google Cloud Storage daily storage logs"
docs         = "https://docs.cloud.google.com/storage/docs/access-logs"
names        = ["gcp.storage_bytes"]
family       = "system"
match        = "false"
columns      = [["bucket", "storage_byte_hours"]]
witnesses    = []
completeness = "best_effort"
scope        = "bucket"
empty        = ["logged_time", "actor", "actor_id", "actor_type", "src_ip", "user_agent", "device_id", "app", "app_id", "resource_id", "session_id", "token_id", "credential_id", "signing_key_id",
                "token_issuer", "token_audience", "request_id", "issued_time", "object_hash", "object_from", "bytes", "mailbox"]
sees_not     = ["any request", "what was in a bucket: only its average size over a day"]
export       = "gcloud storage cp -r 'gs://LOG-BUCKET/PREFIX_storage*' evidence/"

[collect]
"*" = 'mkdir -p {file}; d={first_day}; while :; do gcloud storage cp "gs://LOG-BUCKET/PREFIX_storage_${d//-/_}_*" {file}/ || echo "nothing taken of $d" >&2; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # gcloud storage buckets describe gs://{scope} names bucket and prefix under logging_config'
*/
SELECT
    try_strptime(regexp_extract(path, '_storage_(\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d)_', 1), '%Y_%m_%d_%H_%M_%S')::TIMESTAMPTZ AS time,
    'day' AS time_precision,
    r.bucket AS scope,
    concat_ws('/', r.bucket, time) AS record_id,
    'Daily storage' AS operation,
    'service.event' AS action,
    'unknown' AS outcome,
    r.storage_byte_hours || ' byte-hours' AS outcome_detail,
    'storage.googleapis.com' AS resource,
    'gs://' || r.bucket AS object,
    try_cast(r.storage_byte_hours AS HUGEINT) // 24 AS mean,
    try_cast(mean AS BIGINT) AS object_size
FROM records
