/*
title        = "TruffleHog findings and log"
docs         = ["https://github.com/trufflesecurity/trufflehog#json-output", "https://github.com/trufflesecurity/trufflehog/blob/main/pkg/output/json.go"]
names        = ["trufflehog.report"]
match        = """r.SourceMetadata.Data IS NOT NULL AND r.DetectorName IS NOT NULL OR r.logger = 'trufflehog' AND r.msg IS NOT NULL
                  OR r.msg = 'finished scanning' AND r.unverified_secrets IS NOT NULL OR r.stringsFound IS NOT NULL AND r.commitHash IS NOT NULL"""
completeness = "best_effort"
scope        = "repository, if the report tells it"
objects      = ["*"]
witnesses    = []
optional     = ["secret.scan"]
empty        = ["src_ip", "user_agent", "device_id", "actor", "actor_id", "actor_type", "app_id", "resource_id", "session_id", "token_id", "signing_key_id", "token_issuer", "token_audience",
                "request_id", "issued_time", "object_size", "object_from", "bytes", "mailbox", "logged_time"]
sees_not     = ["when a finding was made: that stands in the log (stderr) alone. A finding takes the time of the line `finished scanning` that follows it in the file; without one the collection's collected_at (no later than), as outcome_detail says; else it is rejected",
                "which objects were scanned without a finding; a run that ended with errors or scanned no chunk proves nothing, and is `unknown`. It witnesses nothing"]
export       = "trufflehog filesystem --json PATH > trufflehog.jsonl 2>&1 (with the log: it states the time and the counts, also of a scan that found nothing)"
*/
SELECT
    coalesce(instant(ended), collected AT TIME ZONE 'UTC') AS time,
    CASE WHEN ended IS NULL THEN 'day' ELSE precision_of(ended) END AS time_precision,
    coalesce(place ->> '$.repository', place ->> '$.repo', place ->> '$.bucket') AS scope,
    coalesce(r.DetectorName, r.reason, r.msg) AS operation,
    coalesce(r.msg = 'finished scanning', false) AS verdict,
    coalesce(try_cast(r.verified_secrets AS BIGINT), 0) AS sure,
    coalesce(try_cast(r.unverified_secrets AS BIGINT), 0) AS likely,
    CASE WHEN verdict OR r.msg IS NULL THEN 'secret.scan' ELSE 'service.event' END AS action,
    family_of(action) AS family,
    CASE WHEN r.level = 'error' THEN 'failure' WHEN verdict AND (failing OR coalesce(r.chunks, '0') = '0') OR action = 'service.event' THEN 'unknown' ELSE 'success' END AS outcome,
    CASE WHEN action = 'service.event' THEN coalesce(r.error, r.errors)
         WHEN verdict THEN concat_ws(', ', CASE WHEN sure + likely = 0 THEN 'nothing found' ELSE 'found: ' || sure || ' verified, ' || likely || ' unverified' END,
             CASE WHEN coalesce(r.chunks, '0') = '0' THEN 'nothing was scanned' END, CASE WHEN failing THEN 'the scan had errors' END)
         ELSE concat_ws(', ', 'found: ' || operation, CASE r.Verified WHEN 'true' THEN 'verified' WHEN 'false' THEN 'unverified' END, 'commit ' || coalesce(place ->> '$.commit', r.commitHash),
             CASE WHEN ended IS NULL THEN 'when it was scanned is not stated: no later than the collection' END) END AS outcome_detail,
    'trufflehog' || coalesce(' ' || r.trufflehog_version, '') AS app,
    scope AS resource,
    CASE WHEN place ->> '$.bucket' IS NOT NULL THEN CASE WHEN r.SourceMetadata.Data.GCS IS NOT NULL THEN 'gs://' ELSE 's3://' END || (place ->> '$.bucket') || '/' || coalesce(place ->> '$.file', place ->> '$.filename', '')
         ELSE coalesce(place ->> '$.file', place ->> '$.path', place ->> '$.link', r.path) END AS object,
    coalesce(place ->> '$.commit', r.commitHash) AS object_hash,
    nullif(regexp_extract(coalesce(r.Redacted, ''), '^(A[KS]IA[A-Z0-9]{16})$', 1), '') AS credential_id
FROM (SELECT *,
        try(json_extract(r.SourceMetadata.Data, '$.*'))[1] AS place,
        coalesce(max(r.level = 'error') OVER (PARTITION BY file_no), false) AS failing,
        CASE WHEN r.msg IS NOT NULL THEN r.ts ELSE first_value(CASE WHEN r.msg = 'finished scanning' THEN r.ts END IGNORE NULLS) OVER (PARTITION BY file_no ORDER BY record ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) END AS ended
    FROM records)
