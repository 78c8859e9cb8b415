/*
# Two records a call, joined by the request's id: `request` (before; no outcome) and `response`. Tokens and accessors are HMACs with a salt of
# their audit device: equal within the life of one device, never across its re-enabling. Vault answers nobody while no device can write.
title        = "HashiCorp Vault audit device"
docs         = ["https://developer.hashicorp.com/vault/docs/audit", "https://developer.hashicorp.com/vault/api-docs/system/audit"]
names        = ["vault.audit"]
match        = "r.type IN ('request', 'response') AND r.request.id IS NOT NULL AND r.request.operation IS NOT NULL AND coalesce(r.time, r.request.mount_type, r.auth.accessor) IS NOT NULL"
witnesses    = ["sign_in", "token.issue", "token.use", "token.revoke", "credential.add", "credential.read", "role.assign", "account.change", "federation.change", "logging.disable", "logging.enable", "config.change"]
completeness = "complete"
scope        = "default (the records name no host)"
token_kinds  = ["Vault tokens, by logins and auth/token/create"]
empty        = ["logged_time", "device_id", "app", "app_id", "session_id", "signing_key_id", "token_issuer", "token_audience", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["secrets, tokens and most values in clear (HMAC only)", "what was done elsewhere with a secret that was read", "requests to endpoints that need no token (sys/health, sys/seal-status and the like)", "that two HMACs of different audit devices are one token"]
export       = "cp /var/log/vault_audit.log* evidence/ (vault audit list -detailed names the path)"

[collect]
"*" = "sudo find /var/log -type f -name 'vault*audit*' -print0 | sudo tar --null -czf {file}.tar.gz -T - # on each server of the cluster. vault audit list -detailed names the path of each file device"
*/
SELECT
    instant(r.time) AS time,
    precision_of(r.time) AS time_precision,
    concat_ws('/', r.request.id, r.type) AS record_id,
    r.request.operation AS operation,
    coalesce(r.request.path, '') AS asked,
    coalesce(nullif(r.request.namespace.path, ''), '') || asked AS object,
    r.type AS kind,
    CASE
        WHEN regexp_matches(asked, '^auth/[^/]+/(login|callback|oidc/callback)(/|$)') OR regexp_matches(asked, '^auth/[^/]+/oidc/callback') THEN 'sign_in'
        WHEN regexp_matches(asked, '^auth/token/create') THEN 'token.issue'
        WHEN regexp_matches(asked, '^(auth/token/revoke|sys/leases/revoke|sys/revoke)') THEN 'token.revoke'
        WHEN regexp_matches(asked, '^sys/audit/') THEN CASE WHEN operation = 'delete' THEN 'logging.disable' WHEN operation IN ('update', 'create') THEN 'logging.enable' ELSE 'config.read' END
        WHEN starts_with(asked, 'auth/token/') THEN 'token.use'
        WHEN r.request.mount_type = 'transit' AND regexp_matches(asked, '/(sign|verify|encrypt|decrypt|rewrap|datakey|hmac|hash|random)') THEN 'token.use'
        WHEN regexp_matches(asked, '^[^/]+/(creds|sts|issue|sign)/') AND NOT starts_with(asked, 'auth/') AND NOT starts_with(asked, 'sys/') THEN 'credential.add'
        WHEN regexp_matches(asked, '^auth/[^/]+/(role|users|groups|map)/.*secret-id$') AND operation IN ('update', 'create') OR regexp_matches(asked, '^auth/[^/]+/users/[^/]+/password$')
            OR regexp_matches(asked, '^(pki[^/]*/(root|intermediate)|[^/]+/rotate-root|sys/(rotate|rekey|generate-root))') THEN 'credential.add'
        WHEN regexp_matches(asked, '^sys/auth/') AND operation IN ('update', 'create', 'delete') OR regexp_matches(asked, '^auth/[^/]+/config$') AND operation IN ('update', 'create') THEN 'federation.change'
        WHEN regexp_matches(asked, '^(sys/polic|identity/group)') AND operation IN ('update', 'create') THEN 'role.assign'
        WHEN regexp_matches(asked, '^(auth|identity)/') AND operation IN ('update', 'create', 'delete', 'patch') THEN 'account.change'
        WHEN starts_with(asked, 'sys/') OR regexp_matches(asked, '^(auth|identity)/') THEN CASE WHEN operation IN ('read', 'list', 'help', 'header') THEN 'config.read' ELSE 'config.change' END
        WHEN operation IN ('read', 'list') THEN 'credential.read'
        WHEN operation IN ('create', 'update', 'patch', 'rotate') THEN 'credential.add'
        WHEN operation IN ('delete', 'revoke') THEN 'config.change'
        ELSE 'token.use' END AS action,
    family_of(action) AS family,
    CASE WHEN action IN ('logging.disable', 'logging.enable') AND kind = 'response' THEN json_object('subject', 'vault.audit/*', 'copy', 'device ' || split_part(asked, '/', 3), 'key', split_part(asked, '/', 3),
        'off', off_where(action = 'logging.disable'))::VARCHAR END AS change,
    CASE WHEN coalesce(r.error, '') <> '' THEN 'failure' WHEN kind = 'response' THEN 'success' ELSE 'unknown' END AS outcome,
    coalesce(nullif(r.error, ''), kind) AS outcome_detail,
    coalesce(nullif(r.auth.display_name, ''), r.response.auth.display_name) AS actor,
    coalesce(nullif(r.auth.entity_id, ''), nullif(r.response.auth.entity_id, '')) AS actor_id,
    CASE WHEN coalesce(r.auth.metadata.username, r.response.auth.metadata.username, r.auth.metadata.email) IS NOT NULL THEN 'user'
         WHEN regexp_matches(actor, '^(approle|kubernetes|aws|azure|gcp|cert|jwt)') THEN 'workload' END AS actor_type,
    address(r.request.remote_address) AS src_ip,
    r.request.headers."user-agent"."#0" AS user_agent,
    -- an issuance names the token it gave; everything else the token it was given
    coalesce(r.response.auth.client_token, r.auth.client_token, r.request.client_token) AS token_id,
    coalesce(r.response.auth.accessor, r.auth.accessor, r.request.client_token_accessor) AS credential_id,
    CASE WHEN r.response.auth.client_token IS NULL THEN instant(r.auth.token_issue_time) END AS issued_time,
    r.request.id AS request_id,
    coalesce(r.request.mount_type, r.request.mount_class) AS resource,
    coalesce(r.response.secret.lease_id, r.request.mount_point) AS resource_id
FROM records
