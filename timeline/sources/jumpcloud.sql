/*
title        = "JumpCloud Directory Insights"
docs         = ["https://docs.jumpcloud.com/api/insights/directory/1.0/index.html", "https://jumpcloud.com/support/view-the-directory-insights-data"]
names        = ["jumpcloud.events"]
match        = "r.event_type IS NOT NULL AND coalesce(r.timestamp, r.initiated_by.type) IS NOT NULL AND r.service IS NOT NULL AND r.organization IS NOT NULL"
witnesses    = ["sign_in", "sign_out", "credential.add", "role.assign", "account.change", "federation.change", "config.change"]
completeness = "complete"
scope        = "organisation id"
empty        = ["session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "logged_time", "object_hash", "object_size", "object_from", "bytes", "app_id", "mailbox"]
sees_not     = ["what a person did inside an application after signing in to it", "events older than 15 or 90 days, by plan", "sign-ins to devices that have not reported yet"]
export       = "curl -H 'x-api-key: …' -d '{\"service\":[\"all\"],\"start_time\":\"…\",\"end_time\":\"…\",\"limit\":10000}' https://api.jumpcloud.com/insights/directory/v1/events, with search_after from the header x-search_after"

[collect]
"*" = '''s=null; while curl -sSf --retry 9 -D {file}.head -o {file}.page -H 'x-api-key: KEY' -H 'Content-Type: application/json' -d "$(jq -nc --argjson s "$s" '{service:["all"],start_time:"{start}",end_time:"{end}",sort:"ASC",limit:10000} + if $s then {search_after:$s} else {} end')" https://api.jumpcloud.com/insights/directory/v1/events || { echo INCOMPLETE >&2; false; }; do jq -c '.[]' {file}.page; [ "$(jq length {file}.page)" -eq 10000 ] || break; s=$(grep -i '^x-search_after:' {file}.head | cut -d: -f2- | tr -d '\r'); done > {file}.jsonl; rm -f {file}.head {file}.page # several organisations: add the header x-org-id: {scope}'''
*/
SELECT
    instant(r.timestamp) AS time,
    precision_of(r.timestamp) AS time_precision,
    r.organization AS scope,
    r.id AS record_id,
    r.event_type AS operation,
    CASE
        WHEN operation LIKE '%login_attempt' OR operation IN ('sso_auth', 'sso_auth_failed', 'ldap_bind', 'radius_auth_attempt', 'radius_auth', 'user_mfa_attempt', 'push_mfa_attempt', 'oidc_auth') THEN 'sign_in'
        WHEN operation LIKE '%logout%' THEN 'sign_out'
        WHEN operation LIKE '%password%' OR operation LIKE '%totp%' OR operation LIKE '%webauthn%' OR operation LIKE '%ssh_key%' OR operation LIKE '%apikey%' OR operation LIKE '%api_key%' OR operation LIKE '%mfa_enroll%'
            OR operation LIKE '%certificate%' THEN CASE WHEN operation LIKE '%delete' OR operation LIKE '%policy%' THEN 'account.change' ELSE 'credential.add' END
        WHEN operation = 'association_change' OR operation LIKE '%role_%assign%' OR operation LIKE 'admin_promot%' THEN CASE WHEN r.association.op = 'remove' THEN 'account.change' ELSE 'role.assign' END
        WHEN operation LIKE 'idp_%' OR operation LIKE 'identity_provider%' OR operation LIKE 'integration_%' OR operation LIKE '%translationrules%' THEN 'federation.change'
        WHEN operation LIKE 'command_run%' THEN 'process.start'
        WHEN operation LIKE 'user_%' OR operation LIKE 'admin_%' OR operation LIKE 'group_%' OR operation LIKE 'application_%' OR operation LIKE 'administrator_%' THEN 'account.change'
        WHEN regexp_matches(operation, '_(create|update|delete|change|add|remove)[a-z]*$') THEN 'config.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    CASE lower(r.success) WHEN 'true' THEN 'success' WHEN 'false' THEN 'failure' ELSE 'unknown' END AS outcome,
    coalesce(nullif(r.error_message, ''), nullif(r.message, ''), r.auth_method) AS outcome_detail,
    coalesce(r.initiated_by.email, r.initiated_by.username, r.initiated_by.name, r.username) AS actor,
    r.initiated_by.id AS actor_id,
    CASE WHEN r.initiated_by.type IN ('admin', 'user', 'administrator') THEN 'user' WHEN r.initiated_by.type IN ('system', 'agent') THEN 'system' WHEN r.initiated_by.type LIKE '%service%' THEN 'service'
         WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(coalesce(r.client_ip, r.src_ip)) AS src_ip,
    r.geoip.country_code AS country,
    nullif(concat_ws(' ', r.useragent.name, r.useragent.version, r.useragent.os_full), '') AS user_agent,
    r.system.id AS device_id,
    r.process_name AS app,
    coalesce(r.application.display_label, r.application.name, r.system.hostname, r.service) AS resource,
    coalesce(r.application.id, r.system.id) AS resource_id,
    coalesce(r.resource.username, r.resource.email, r.resource.name, r.resource.id, r.association.connection."to".name) AS object
FROM records
