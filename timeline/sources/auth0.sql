/*
# The type's code says what happened and how it ended. A log stream wraps each record in {log_id, data}; the Management API gives it bare.
# The tenant log itself cannot be switched off: what is switched is a log stream, the only copy that outlives the plan's 1 to 30 days.
title        = "Auth0 tenant logs"
docs         = ["https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes", "https://github.com/auth0/auth0-log-schemas"]
names        = ["auth0.logs"]
match        = "coalesce(r.data.log_id, r.log_id) IS NOT NULL AND coalesce(r.data.type, r.type) IS NOT NULL AND coalesce(r.data.date, r.date, r.data.client_id, r.client_id, r.data.tenant_name, r.tenant_name) IS NOT NULL"
witnesses    = ["sign_in", "sign_out", "token.issue", "token.revoke", "credential.add", "credential.read", "consent.grant", "role.assign", "account.change", "federation.change", "logging.disable", "logging.enable", "config.change"]
completeness = "best_effort"
scope        = "tenant name or default"
token_kinds  = ["access and refresh tokens from exchanges of codes, credentials, passwords and refresh tokens"]
empty        = ["logged_time", "device_id", "resource", "resource_id", "credential_id", "signing_key_id", "token_issuer", "request_id", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["what a signed-in person did inside an application", "the ids of issued tokens (an exchange shows three characters of its code)", "reads through the Management API that returned no secret",
                "records that a log stream dropped while its receiver did not answer"]
export       = "auth0 api get 'logs?from=<log_id>&take=100' until a page is empty, or the files of a log stream"

[collect]
"*" = '''h='Authorization: Bearer TOKEN'; a=$(curl -sSfG --retry 9 -H "$h" https://DOMAIN/api/v2/logs --data-urlencode 'q=date:[{start} TO {end}]' -d sort=date:1 -d per_page=1); while [ "$(jq length <<<"$a")" -gt 0 ]; do jq -c '.[]' <<<"$a"; [[ $(jq -r '.[-1].date' <<<"$a") > {end} ]] && break; a=$(curl -sSf --retry 9 -H "$h" "https://DOMAIN/api/v2/logs?take=100&from=$(jq -r '.[-1].log_id' <<<"$a")") || { echo INCOMPLETE >&2; break; }; sleep 1; done > {file}.jsonl # DOMAIN such as contoso.eu.auth0.com. A token with read:logs. A search alone ends at 1 000 records, paging by log_id does not'''
*/
SELECT
    instant_utc(coalesce(r.data.date, r.date)) AS time,
    precision_of(coalesce(r.data.date, r.date)) AS time_precision,
    lower(coalesce(r.data.tenant_name, r.tenant_name)) AS scope,
    coalesce(r.data.log_id, r.log_id) AS record_id,
    coalesce(r.data.type, r.type) AS operation,
    lower(coalesce(r.data.details.request.method, r.details.request.method)) AS method,
    coalesce(r.data.details.request.path, r.details.request.path) AS called,
    lower(coalesce(r.data.details.request.body.status, r.details.request.body.status)) AS status_set,
    CASE
        WHEN operation IN ('sapi', 'fapi', 'mgmt_api_read') THEN CASE
            WHEN coalesce(r.data.details.accessedSecrets, r.details.accessedSecrets, '[]') <> '[]' THEN 'credential.read'
            WHEN called LIKE '/api/v2/log-streams%' THEN CASE WHEN method = 'get' THEN 'config.read' WHEN operation = 'fapi' THEN 'config.change'
                WHEN method = 'delete' OR status_set = 'paused' THEN 'logging.disable' WHEN method = 'post' OR status_set = 'active' THEN 'logging.enable' ELSE 'config.change' END
            WHEN method = 'get' OR called LIKE '/api/v2/jobs/users-exports%' THEN 'config.read'
            WHEN method = 'delete' AND (called LIKE '%/sessions%' OR called LIKE '%/refresh-tokens%' OR called LIKE '%/grants%' OR called LIKE '%/device-credentials%')
                OR called LIKE '%/revoke%' OR called LIKE '/api/v2/blacklists/tokens%' THEN 'token.revoke'
            WHEN method = 'post' AND (called LIKE '/api/v2/client-grants%' OR called LIKE '/api/v2/grants%') THEN 'consent.grant'
            WHEN called LIKE '%/rotate-secret' OR called LIKE '%/credentials%' OR called LIKE '/api/v2/keys/%' OR called LIKE '%/authentication-methods%'
                OR called LIKE '/api/v2/device-credentials%' OR called LIKE '/api/v2/tickets/password-change%' OR called LIKE '%/recovery-code-regeneration'
                OR called LIKE '/api/v2/users/%' AND coalesce(r.data.details.request.body.password, r.details.request.body.password) IS NOT NULL THEN 'credential.add'
            WHEN method IN ('post', 'put') AND (called LIKE '%/roles%' OR called LIKE '%/permissions%' OR called LIKE '%/members%') THEN 'role.assign'
            WHEN called LIKE '/api/v2/connections%' OR called LIKE '%/enabled_connections%' THEN 'federation.change'
            WHEN called LIKE '/api/v2/users%' OR called LIKE '/api/v2/clients%' OR called LIKE '/api/v2/organizations%' OR called LIKE '%/roles%'
                OR called LIKE '/api/v2/resource-servers%' THEN 'account.change'
            ELSE 'config.change' END
        WHEN operation IN ('s', 'f', 'fp', 'fu', 'fc', 'fco', 'fcoa', 'scoa', 'ssa', 'fsa', 'w', 'pwd_leak', 'mfar', 'limit_wc', 'gd_start_auth', 'gd_auth_succeed', 'gd_auth_failed',
            'gd_auth_rejected', 'gd_recovery_succeed', 'gd_recovery_failed', 'gd_otp_rate_limit_exceed', 'gd_recovery_rate_limit_exceed') OR operation LIKE 'passkey_challenge%' THEN 'sign_in'
        WHEN operation IN ('slo', 'flo') OR operation LIKE 'oidc_backchannel_logout%' THEN 'sign_out'
        WHEN operation IN ('srrt', 'frrt') OR operation LIKE '%revo%' THEN 'token.revoke'
        WHEN operation = 'ferrt' THEN 'token.use'
        WHEN regexp_matches(operation, '^[sf]e[a-z]+$') OR operation IN ('sd', 'fd') OR operation LIKE 'ciba_exchange%' THEN 'token.issue'
        WHEN operation IN ('scp', 'fcp', 'gd_enrollment_complete', 'gd_update_device_account') THEN 'credential.add'
        WHEN operation IN ('ss', 'fs', 'si', 'fi', 'du', 'sdu', 'fdu', 'sce', 'fce', 'scu', 'fcu', 'scpn', 'fcpn', 'scpr', 'fcpr', 'sv', 'fv', 'svr', 'fvr', 'gd_unenroll', 'signup_pwd_leak', 'user_block', 'gd_user_delete')
            OR operation LIKE 'organization_member%' OR operation LIKE 'scim%' THEN 'account.change'
        WHEN operation IN ('sdeac', 'fdeac', 'sdeaz', 'fdeaz', 'fdecc') THEN 'consent.grant'
        WHEN operation IN ('gd_tenant_update', 'admin_update_launch') OR operation LIKE 'appliance_configuration%' OR operation LIKE 'kms_key%' THEN 'config.change'
        WHEN operation LIKE 'limit%' OR operation LIKE 'api_limit%' OR operation IN ('con', 'coff', 'depnote', 'sys_os_update_start', 'sys_os_update_end', 'sys_update_start', 'sys_update_end') THEN 'service.event'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    CASE WHEN called LIKE '/api/v2/log-streams%' AND method <> 'get' AND operation <> 'fapi' THEN export_change('auth0.logs/' || coalesce(scope, '*'), 'stream ' || split_part(called, '/', 5), called,
        CASE WHEN action LIKE 'logging.%' THEN off_where(action = 'logging.disable') END) END AS change,
    CASE WHEN operation IN ('w', 'mfar', 'gd_start_auth', 'pwd_leak', 'signup_pwd_leak', 'depnote', 'con', 'coff') OR operation LIKE 'api_limit%' THEN 'unknown'
         WHEN operation IN ('limit_wc', 'limit_sul', 'limit_mu', 'limit_ui') OR operation LIKE '%_fail%' OR operation LIKE '%reject%' OR operation LIKE '%_exceed'
             OR regexp_matches(operation, '^f[a-z]{0,6}$') THEN 'failure'
         WHEN regexp_matches(operation, '^s[a-z]{0,6}$') OR operation LIKE '%succe%' OR operation IN ('mgmt_api_read', 'du', 'gd_enrollment_complete', 'gd_unenroll') THEN 'success'
         ELSE 'unknown' END AS outcome,
    coalesce(nullif(coalesce(r.data.details.error.message, r.details.error.message), ''), nullif(coalesce(r.data.description, r.description), ''),
        coalesce(r.data.details.response.statusCode, r.details.response.statusCode)) AS outcome_detail,
    coalesce(r.data.user_id, r.user_id, r.data.details.request.auth.user.user_id, r.details.request.auth.user.user_id) AS user_id,
    nullif(coalesce(r.data.client_id, r.client_id), '') AS app_id,
    nullif(coalesce(r.data.client_name, r.client_name), '') AS app,
    coalesce(nullif(coalesce(r.data.user_name, r.user_name), ''), r.data.details.request.auth.user.email, r.details.request.auth.user.email, user_id, app, app_id) AS actor,
    coalesce(nullif(user_id, ''), CASE WHEN coalesce(r.data.user_name, r.user_name, '') = '' THEN app_id END) AS actor_id,
    CASE WHEN coalesce(user_id, '') <> '' OR coalesce(r.data.user_name, r.user_name, '') <> '' THEN 'user' WHEN app_id IS NOT NULL THEN 'service' END AS actor_type,
    address(coalesce(r.data.ip, r.ip, r.data.details.request.ip, r.details.request.ip)) AS src_ip,
    coalesce(r.data.user_agent, r.user_agent) AS user_agent,
    coalesce(r.data.details.session_id, r.details.session_id) AS session_id,
    coalesce(r.data.details.request.auth.credentials.jti, r.details.request.auth.credentials.jti) AS token_id,
    coalesce(r.data.audience, r.audience) AS token_audience,
    called AS object
FROM records
