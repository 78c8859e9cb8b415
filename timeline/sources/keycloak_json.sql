/*
# The same log as `keycloak`, of a server that writes its console in JSON: there the times state their zone.
title        = "Keycloak server log (JSON console)"
docs         = ["https://www.keycloak.org/docs/latest/server_admin/#auditing-and-events", "https://www.keycloak.org/server/logging"]
names        = ["keycloak.events", "keycloak.server"]
match        = '''r.loggerName IS NOT NULL AND r.sequence IS NOT NULL AND r.message IS NOT NULL AND r.timestamp IS NOT NULL
    AND (starts_with(r.loggerName, 'org.keycloak') OR starts_with(r.loggerName, 'io.quarkus') OR starts_with(r.loggerName, 'org.infinispan') OR starts_with(r.loggerName, 'org.jgroups'))'''
completeness = "complete"
scope        = "realm (lines of the server itself: the host, or default)"
optional     = ["sign_in", "sign_out", "token.issue", "token.revoke", "consent.grant", "credential.add", "role.assign", "account.change", "federation.change"]
token_kinds  = ["access tokens (token_id is their jti) and refresh tokens, by every grant"]
empty        = ["logged_time", "user_agent", "device_id", "app", "resource_id", "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["successful sign-ins, tokens and changes by administrators, unless org.keycloak.events logs at DEBUG (the default shows errors alone)", "what a token was used for at a service", "other nodes of a cluster: each has its own file"]
export       = "kubectl logs deployment/keycloak --since-time=… > keycloak.json (started with --log-console-output=json)"
[witnesses]
"keycloak.events" = ["sign_in", "sign_out", "token.issue", "token.revoke", "consent.grant", "credential.add", "role.assign", "account.change", "federation.change"]
"keycloak.server" = []

[collect]
"*" = 'kubectl logs -n NAMESPACE -l LABEL --all-containers --tail=-1 --since-time={start} --max-log-requests=50 > {file}.jsonl # LABEL such as app=keycloak. The node keeps few megabytes of each container, and nothing of a pod that is gone: look at --previous and at the log platform of the cluster too'
*/
SELECT
    instant(r.timestamp) AS time,
    precision_of(r.timestamp) AS time_precision,
    concat_ws('/', r.hostName, r.processId, r.sequence) AS record_id,
    lower(r.hostName) AS host,
    r.loggerName AS logger,
    r.message AS message,
    starts_with(logger, 'org.keycloak.events') AND regexp_matches(message, '^(type|operationType)=') AS of_events,
    -- names and values are cut from left to right, so that nothing inside a quoted value can pass for a name
    CASE WHEN of_events THEN regexp_extract_all(message, '(\w+)=("(?:[^"\\]|\\.)*"|(?:[^,]|,[^ ])*)(?:, |$)', 1) END AS names,
    CASE WHEN of_events THEN list_transform(regexp_extract_all(message, '(\w+)=("(?:[^"\\]|\\.)*"|(?:[^,]|,[^ ])*)(?:, |$)', 2),
        lambda each: nullif(nullif(CASE WHEN each[1] = '"' THEN replace(each[2:-2], '\"', '"') ELSE trim(each) END, 'null'), '')) END AS held,
    CASE WHEN of_events THEN 'keycloak.events' ELSE 'keycloak.server' END AS source,
    CASE WHEN of_events THEN lower(coalesce(held[list_position(names, 'realmName')], held[list_position(names, 'realmId')])) ELSE host END AS scope,
    held[list_position(names, 'resourceType')] AS kind,
    held[list_position(names, 'resourcePath')] AS touched,
    CASE WHEN of_events THEN coalesce(held[list_position(names, 'type')], held[list_position(names, 'operationType')] || coalesce('-' || kind, '')) ELSE logger END AS operation,
    regexp_replace(operation, '_ERROR$', '') AS done,
    CASE WHEN NOT of_events THEN 'service.event'
         WHEN done IN ('LOGIN', 'IDENTITY_PROVIDER_LOGIN', 'IDENTITY_PROVIDER_FIRST_LOGIN', 'IDENTITY_PROVIDER_POST_LOGIN', 'IMPERSONATE', 'RESTART_AUTHENTICATION') THEN 'sign_in'
         WHEN done IN ('LOGOUT', 'USER_SESSION_DELETED') THEN 'sign_out'
         WHEN done LIKE '%TO_TOKEN' OR done LIKE 'REFRESH_TOKEN' OR done IN ('CLIENT_LOGIN', 'TOKEN_EXCHANGE', 'PERMISSION_TOKEN', 'IDENTITY_PROVIDER_RETRIEVE_TOKEN') THEN 'token.issue'
         WHEN done LIKE 'INTROSPECT_TOKEN%' OR done LIKE 'VALIDATE_ACCESS_TOKEN%' OR done = 'USER_INFO_REQUEST' THEN 'token.use'
         WHEN done IN ('REVOKE_GRANT', 'INVALID_SIGNATURE') OR touched LIKE '%/logout' OR touched LIKE '%push-revocation' OR touched LIKE 'logout-all%' OR touched LIKE 'sessions/%' THEN 'token.revoke'
         WHEN done IN ('GRANT_CONSENT', 'OAUTH2_DEVICE_VERIFY_USER_CODE') THEN 'consent.grant'
         WHEN done IN ('UPDATE_PASSWORD', 'RESET_PASSWORD', 'UPDATE_TOTP', 'UPDATE_CREDENTIAL', 'CLIENT_REGISTER') OR touched LIKE '%/reset-password' OR touched LIKE '%/client-secret%'
             OR touched LIKE '%/certificates/%' OR touched LIKE 'components/%' AND kind = 'COMPONENT' AND operation LIKE 'CREATE%' THEN 'credential.add'
         WHEN done LIKE 'FEDERATED_IDENTITY%' OR done LIKE 'IDENTITY_PROVIDER_LINK%' OR kind LIKE 'IDENTITY_PROVIDER%' THEN 'federation.change'
         WHEN kind IN ('REALM_ROLE_MAPPING', 'CLIENT_ROLE_MAPPING', 'GROUP_MEMBERSHIP') AND operation LIKE 'CREATE%' THEN 'role.assign'
         WHEN done IN ('REGISTER', 'UPDATE_PROFILE', 'UPDATE_EMAIL', 'VERIFY_EMAIL', 'VERIFY_PROFILE', 'REMOVE_TOTP', 'REMOVE_CREDENTIAL', 'DELETE_ACCOUNT', 'CLIENT_DELETE', 'CLIENT_UPDATE', 'USER_DISABLED_BY_PERMANENT_LOCKOUT')
             OR kind IN ('USER', 'GROUP', 'CLIENT', 'REALM_ROLE', 'CLIENT_ROLE', 'REALM_ROLE_MAPPING', 'CLIENT_ROLE_MAPPING', 'GROUP_MEMBERSHIP', 'USER_PROFILE', 'ORGANIZATION', 'ORGANIZATION_MEMBERSHIP') THEN 'account.change'
         WHEN kind IS NOT NULL THEN 'config.change' ELSE 'other' END AS action,
    CASE source WHEN 'keycloak.server' THEN 'system' ELSE family_of(action) END AS family,
    held[list_position(names, 'error')] AS refusal,
    CASE WHEN NOT of_events THEN 'unknown' WHEN operation LIKE '%_ERROR' OR refusal IS NOT NULL THEN 'failure' ELSE 'success' END AS outcome,
    CASE WHEN of_events THEN coalesce(refusal, held[list_position(names, 'grant_type')], held[list_position(names, 'auth_method')]) ELSE message END AS outcome_detail,
    held[list_position(names, 'userId')] AS actor_id,
    coalesce(held[list_position(names, 'username')], actor_id) AS actor,
    CASE WHEN done = 'CLIENT_LOGIN' THEN 'service' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(held[list_position(names, 'ipAddress')]) AS src_ip,
    held[list_position(names, 'clientId')] AS app_id,
    coalesce(held[list_position(names, 'sessionId')], held[list_position(names, 'code_id')], held[list_position(names, 'authSessionParentId')]) AS session_id,
    held[list_position(names, 'token_id')] AS token_id,
    held[list_position(names, 'refresh_token_id')] AS credential_id,
    held[list_position(names, 'redirect_uri')] AS resource,
    -- only success names the place that was reached: refusals are logged by default, successes where somebody chose to
    coalesce(touched, held[list_position(names, 'updated_refresh_token_id')], CASE WHEN outcome = 'success' THEN resource END) AS object
FROM records
