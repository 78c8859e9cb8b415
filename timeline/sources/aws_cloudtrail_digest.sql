/*
# One record an hour and region, also for an hour without any log file: what the digest says of its period (`time` is its end, operation tells how
# many files it lists), of the digest before it (`object_from`), and its own place. Its list of files with their hashes stays in the record.
# object_hash is the hash that the digest gives of the one before it, so `object_from` and `object_hash` belong together.
title        = "AWS CloudTrail digest files"
docs         = ["https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html",
                "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html"]
names        = ["aws.cloudtrail_digest"]
family       = "system"
match        = "r.digestS3Object IS NOT NULL AND r.digestEndTime IS NOT NULL"
witnesses    = []
completeness = "attested"
scope        = "account/region"
empty        = ["actor", "actor_id", "actor_type", "src_ip", "user_agent", "device_id", "app", "app_id", "session_id", "token_id", "credential_id", "token_issuer",
                "token_audience", "issued_time", "object_size", "bytes", "mailbox", "logged_time", "request_id"]
sees_not     = ["what was called: only that the log files of its period are those that CloudTrail wrote", "anything where log file validation is off (the console turns it on, the command line does not)",
                "whether a digest was deleted, but by the next one that names it", "log files that were never delivered"]
export       = "aws s3 sync s3://TRAIL-BUCKET/AWSLogs/ACCOUNT/CloudTrail-Digest/ digests/; aws cloudtrail validate-logs --trail-arn … --start-time … checks them against the signatures, which are metadata of the objects"

[collect]
"*" = 'd={first_day}; while :; do aws s3 sync --no-progress "s3://TRAIL-BUCKET/AWSLogs/{account}/CloudTrail-Digest/{region}/${d//-//}/" "{file}/AWSLogs/{account}/CloudTrail-Digest/{region}/${d//-//}/" || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # GNU date, as in CloudShell. Then aws cloudtrail list-public-keys --start-time {start} --end-time {end} for timeline verify. Log files are fetched beside them, from CloudTrail/'
"*@bucket" = 'd={first_day}; while :; do aws s3 sync --no-progress "s3://TRAIL-BUCKET/AWSLogs/{account}/CloudTrail-Digest/{region}/${d//-//}/" "{file}/AWSLogs/{account}/CloudTrail-Digest/{region}/${d//-//}/" || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # GNU date, as in CloudShell. Then aws cloudtrail list-public-keys --start-time {start} --end-time {end} for timeline verify. Log files are fetched beside them, from CloudTrail/'
*/
SELECT
    instant(r.digestEndTime) AS time,
    precision_of(r.digestEndTime) AS time_precision,
    concat_ws('/', r.awsAccountId, nullif(regexp_extract(r.digestS3Object, '/CloudTrail-Digest/([^/]+)/', 1), '')) AS scope,
    r.digestS3Object AS record_id,
    coalesce(json_array_length(r.logFiles), 0) AS listed,
    'Digest of ' || listed || CASE listed WHEN 1 THEN ' log file' ELSE ' log files' END AS operation,
    'service.event' AS action,
    'success' AS outcome,
    concat_ws(' ', 'from', r.digestStartTime, 'to', r.digestEndTime, 'events', r.oldestEventTime, r.newestEventTime) AS outcome_detail,
    'cloudtrail.amazonaws.com' AS resource,
    r.digestSignatureAlgorithm AS resource_id,
    r.digestPublicKeyFingerprint AS signing_key_id,
    's3://' || r.digestS3Bucket || '/' || r.digestS3Object AS object,
    's3://' || r.previousDigestS3Bucket || '/' || r.previousDigestS3Object AS object_from,
    r.previousDigestHashValue AS object_hash,
    json_object('start', r.digestStartTime, 'end', r.digestEndTime, 'key', r.digestS3Object, 'bucket', r.digestS3Bucket, 'before', r.previousDigestS3Object,
        'before_hash', r.previousDigestHashValue, 'before_signature', r.previousDigestSignature, 'fingerprint', r.digestPublicKeyFingerprint,
        'files', r.logFiles::JSON)::VARCHAR AS proof
FROM records
