/*
title        = "gitleaks findings"
docs         = ["https://github.com/gitleaks/gitleaks#reporting"]
names        = ["gitleaks.report"]
match        = "r.RuleID IS NOT NULL AND r.File IS NOT NULL AND r.StartLine IS NOT NULL OR r.offender IS NOT NULL AND r.rule IS NOT NULL AND r.file IS NOT NULL"
columns      = [["RuleID", "Commit", "File", "Secret", "Match", "StartLine"]]
completeness = "best_effort"
scope        = "repository, if the report tells it"
objects      = ["*"]
witnesses    = []
optional     = ["secret.scan"]
empty        = ["src_ip", "user_agent", "device_id", "actor", "actor_id", "actor_type", "app_id", "resource_id", "session_id", "token_id", "signing_key_id", "token_issuer", "token_audience",
                "request_id", "issued_time", "object_size", "object_from", "bytes", "mailbox", "logged_time"]
sees_not     = ["when the scan was made: the report holds only the dates of commits, which are not it. So the time is the collection's collected_at (the scan was no later, by any time), and outcome_detail says so; without one the findings are rejected",
                "which objects were scanned without a finding, and that a scan took place at all if it found nothing: the report is then an empty list, which names neither tool nor time. It witnesses nothing"]
export       = "gitleaks git --report-format json --report-path gitleaks.json REPOSITORY (redacted: --redact)"
*/
SELECT
    collected AT TIME ZONE 'UTC' AS time,
    'day' AS time_precision,
    nullif(r.repo, '') AS scope,
    coalesce(r.RuleID, r.rule) AS operation,
    'secret.scan' AS action,
    family_of(action) AS family,
    'success' AS outcome,
    concat_ws(', ', 'found: ' || coalesce(r.Description, operation), 'line ' || coalesce(r.StartLine, r.lineNumber), 'commit ' || coalesce(r.Commit, r."commit") || coalesce(' of ' || nullif(coalesce(r.Date, r.date), ''), ''),
        'when it was scanned is not stated: no later than the collection') AS outcome_detail,
    'gitleaks' AS app,
    coalesce(nullif(r.Commit, ''), nullif(r."commit", '')) AS object_hash,
    coalesce(r.File, r.file) AS object,
    nullif(r.repo, '') AS resource,
    nullif(regexp_extract(coalesce(r.Secret, r.offender), '^(A[KS]IA[A-Z0-9]{16})$', 1), '') AS credential_id
FROM records
