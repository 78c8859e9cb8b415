/*
title        = "Amazon S3 server access log"
docs         = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html"
names        = ["aws.s3access"]
family       = "storage"
match        = '''line LIKE '% % [__/___/____:__:__:__ _____] % %.%.% %' '''
completeness = "best_effort"
scope        = "bucket"
objects      = ["s3://{scope}/*", "s3://{scope}"]
empty        = ["logged_time", "device_id", "app", "app_id", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience",
                "issued_time", "object_hash", "object_from", "mailbox"]
sees_not     = ["requests that were never delivered to the log: delivery is best effort, and some records come twice",
                "which access key or session was used: only the requester's ARN (join with CloudTrail data events by request id)",
                "where a copy came from: REST.COPY.OBJECT_GET on the source and REST.COPY.OBJECT on the target share their request id"]
export       = "aws s3 sync s3://LOG-BUCKET/PREFIX/ s3access/"
# A line is cut at its quotes: head "request" figures "referer" "agent" tail (seven parts), or it has no quotes because all of these are dashes.
# Other lines (one of them is a dash, or an agent or request holds quotes) are read by the pattern, which is slow.
[witnesses]
"*" = ["object.create", "object.read", "object.write", "object.copy", "object.delete", "object.list", "object.inspect", "object.share", "retention.change",
       "config.change", "config.read"]

[collect]
"*" = '''i=(); d={first_day}; while :; do i+=(--include "*$d-*"); [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done; aws s3 sync --no-progress s3://LOG-BUCKET/PREFIX {file} --exclude '*' "${i[@]}" # GNU date, as in CloudShell. aws s3api get-bucket-logging --bucket {scope} names bucket and prefix. Delivery takes hours, so one more day is taken'''
"*@bucket" = '''i=(); d={first_day}; while :; do i+=(--include "*$d-*"); [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done; aws s3 sync --no-progress s3://LOG-BUCKET/PREFIX {file} --exclude '*' "${i[@]}" # GNU date, as in CloudShell. aws s3api get-bucket-logging --bucket {scope} names bucket and prefix. Delivery takes hours, so one more day is taken'''
*/
SELECT
    try_strptime(h[3][2:] || ' ' || h[4][:-2], '%d/%b/%Y:%H:%M:%S %z') AS time,
    's' AS time_precision,
    h[2] AS scope,
    h[8] AS operation,
    CASE
        WHEN h[8] IN ('REST.GET.OBJECT', 'WEBSITE.GET.OBJECT', 'REST.COPY.OBJECT_GET', 'REST.COPY.PART_GET', 'REST.GET.TORRENT', 'REST.SELECT.OBJECT',
                      'REST.POST.SELECT_CONTENT', 'REST.GET.SELECT_CONTENT') THEN 'object.read'
        WHEN h[8] IN ('REST.PUT.OBJECT', 'REST.POST.OBJECT', 'REST.PUT.PART', 'REST.POST.UPLOAD', 'WEBSITE.POST.OBJECT') THEN 'object.write'
        WHEN h[8] IN ('REST.COPY.OBJECT', 'REST.COPY.PART') THEN 'object.copy'
        WHEN h[8] IN ('REST.HEAD.OBJECT', 'WEBSITE.HEAD.OBJECT', 'REST.HEAD.BUCKET', 'REST.GET.ACL', 'REST.GET.OBJECT_TAGGING', 'REST.GET.OBJECT_ATTRIBUTES',
                      'REST.GET.OBJECT_RETENTION', 'REST.GET.OBJECT_LOCK_RETENTION', 'REST.GET.OBJECT_LOCK_LEGALHOLD') THEN 'object.inspect'
        WHEN h[8] IN ('REST.GET.BUCKET', 'REST.GET.BUCKETVERSIONS', 'REST.GET.UPLOADS', 'REST.GET.UPLOAD', 'REST.GET.SERVICE') THEN 'object.list'
        WHEN h[8] IN ('REST.DELETE.OBJECT', 'BATCH.DELETE.OBJECT', 'S3.EXPIRE.OBJECT', 'S3.CREATE.DELETEMARKER', 'S3.DELETE.OBJECT', 'REST.DELETE.BUCKET')
            THEN 'object.delete'
        WHEN h[8] IN ('REST.PUT.ACL', 'REST.PUT.BUCKETPOLICY', 'REST.DELETE.PUBLIC_ACCESS_BLOCK') THEN 'object.share'
        WHEN h[8] = 'REST.PUT.BUCKET' THEN 'object.create'
        WHEN h[8] IN ('REST.PUT.LIFECYCLE', 'REST.DELETE.LIFECYCLE', 'REST.PUT.OBJECT_LOCK_CONFIGURATION', 'REST.PUT.OBJECT_LOCK_RETENTION',
                      'REST.PUT.OBJECT_LOCK_LEGALHOLD') THEN 'retention.change'
        WHEN starts_with(h[8], 'REST.GET.') THEN 'config.read'
        WHEN starts_with(h[8], 'REST.PUT.') OR starts_with(h[8], 'REST.DELETE.') THEN 'config.change'
        ELSE 'other' END AS action,
    CASE WHEN figure[1] BETWEEN '100' AND '399' THEN 'success' WHEN figure[1] BETWEEN '400' AND '599' THEN 'failure' ELSE 'unknown' END AS outcome,
    CASE WHEN figure[2] <> '-' THEN figure[1] || ' ' || figure[2] ELSE nullif(figure[1], '-') END AS outcome_detail,
    nullif(h[6], '-') AS actor,
    actor AS actor_id,
    CASE WHEN h[6] = '-' THEN 'anonymous' WHEN starts_with(h[6], 'svc:') OR h[6] LIKE '%.amazonaws.com' OR h[6] = 'AmazonS3' THEN 'service'
         WHEN contains(h[6], ':assumed-role/') THEN 'workload' ELSE 'user' END AS actor_type,
    nullif(h[5], '-') AS src_ip,
    CASE form WHEN 7 THEN nullif(q[6], '-') WHEN 0 THEN stated(slow['agent']) END AS user_agent,
    's3.amazonaws.com' AS resource,
    CASE form WHEN 7 THEN nullif(string_split(q[7], ' ')[6], '-') WHEN 1 THEN nullif(h[23], '-') END AS protocol,
    nullif(h[7], '-') AS request_id,
    -- the log encodes a key twice: CloudTrail, and people, name it plainly
    's3://' || h[2] || CASE WHEN h[9] IN ('-', '') THEN '' WHEN contains(h[9], '%') THEN '/' || coalesce(try(url_decode(url_decode(h[9]))), h[9]) ELSE '/' || h[9] END AS object,
    try_cast(figure[4] AS BIGINT) AS object_size,
    try_cast(figure[3] AS BIGINT) AS bytes
FROM (SELECT *,
        CASE form WHEN 7 THEN string_split(q[3][2:], ' ') WHEN 1 THEN h[11:14] ELSE [slow['status'], slow['error'], slow['bytes'], slow['size']] END AS figure
    FROM (SELECT *, string_split(q[1], ' ') AS h,
            CASE WHEN form = 0 THEN regexp_extract(line,
                '^\S+ \S+ \[[^\]]*\] \S+ \S+ \S+ \S+ \S+ (?:".*?"|-) (\d{3}|-) (\S+) (\d+|-) (\d+|-) (?:\d+|-) (?:\d+|-) (?:".*?"|-)(?: (?:"(.*)"|-))?',
                ['status', 'error', 'bytes', 'size', 'agent']) END AS slow
        FROM (SELECT *, CASE WHEN len(q) = 1 OR len(q) = 7 AND starts_with(q[3], ' ') AND starts_with(q[7], ' ') THEN len(q) ELSE 0 END AS form
            FROM (SELECT *, string_split(line, '"') AS q FROM records))))
