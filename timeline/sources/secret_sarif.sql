/*
title        = "Scanner reports in SARIF"
docs         = ["https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"]
names        = ["sarif.report"]
match        = """r.runs IS NOT NULL AND (contains(r."$schema", 'sarif') OR r.version LIKE '2.1%')"""
completeness = "best_effort"
scope        = "the scanner"
objects      = ["*"]
witnesses    = []
optional     = ["secret.scan"]
empty        = ["src_ip", "user_agent", "device_id", "actor_id", "app_id", "resource_id", "session_id", "token_id", "signing_key_id", "token_issuer", "token_audience", "credential_id",
                "request_id", "issued_time", "object_size", "object_from", "object_hash", "bytes", "mailbox", "logged_time"]
sees_not     = ["when the scan was made, where no invocation states it (gitleaks' SARIF does not): then the time is the collection's collected_at (no later than), as outcome_detail says; else the report is rejected",
                "a verdict, where a run has no `results` at all, failed, or is another kind of analysis than a search for secrets. It witnesses nothing"]
export       = "gitleaks git --report-format sarif; noseyparker report -f sarif; and others"
# One event for each report: object is the one file that all findings are in, else the place that was scanned; outcome_detail names the findings (at most 20).
*/
SELECT
    coalesce(list_max(list_transform(stops, lambda each: instant(each))), list_max(list_transform(starts, lambda each: instant(each)))) AS stated_time,
    coalesce(stated_time, collected AT TIME ZONE 'UTC') AS time,
    CASE WHEN stated_time IS NULL THEN 'day' ELSE precision_of(coalesce(stops[1], starts[1])) END AS time_precision,
    array_to_string(tools, ', ') AS app,
    lower(tools[1]) AS scope,
    CASE WHEN regexp_matches(array_to_string(tools, ' '), '(?i)gitleaks|trufflehog|secret|ggshield|gitguardian|noseyparker|kingfisher|credscan|credentialscanner|whispers|betterleaks') THEN 'secret.scan' ELSE 'other' END AS action,
    CASE action WHEN 'other' THEN 'system' ELSE family_of(action) END AS family,
    'scan' AS operation,
    CASE WHEN list_contains(ok, 'false') THEN 'failure' WHEN complete AND action = 'secret.scan' THEN 'success' ELSE 'unknown' END AS outcome,
    concat_ws(', ', CASE WHEN NOT complete THEN 'a run has no results: no verdict' WHEN len(rules) = 0 THEN 'nothing found' ELSE 'found ' || len(rules) || ': ' || array_to_string(list_transform(range(1, least(len(rules), 20) + 1),
            lambda i: rules[i] || coalesce(' in ' || places[i], '')), '; ') END,
        CASE WHEN stated_time IS NULL THEN 'when it was scanned is not stated: no later than the collection' END) AS outcome_detail,
    accounts[1] AS actor,
    CASE WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    roots[1] AS resource,
    CASE WHEN len(list_distinct(places)) = 1 THEN places[1] ELSE roots[1] END AS object
FROM (SELECT *,
        json_extract_string(runs, '$[*].tool.driver.name') AS tools,
        json_extract_string(runs, '$[*].invocations[*].endTimeUtc') AS stops,
        json_extract_string(runs, '$[*].invocations[*].startTimeUtc') AS starts,
        json_extract_string(runs, '$[*].invocations[*].executionSuccessful') AS ok,
        json_extract_string(runs, '$[*].invocations[*].account') AS accounts,
        list_concat(json_extract_string(runs, '$[*].invocations[*].workingDirectory.uri'), json_extract_string(runs, '$[*].versionControlProvenance[*].repositoryUri'),
            json_extract_string(runs, '$[*].originalUriBaseIds.*.uri')) AS roots,
        json_array_length(runs) > 0 AND len(list_filter(json_extract(runs, '$[*].results'), lambda each: json_type(each) = 'ARRAY')) = json_array_length(runs) AS complete,
        list_transform(json_extract(runs, '$[*].results[*]'), lambda each: coalesce(each ->> '$.ruleId', each ->> '$.rule.id', 'finding')) AS rules,
        list_transform(json_extract(runs, '$[*].results[*]'), lambda each: each ->> '$.locations[0].physicalLocation.artifactLocation.uri') AS places
    FROM (SELECT *, try(json_extract(r.runs, '$')) AS runs FROM records))
