/*
title        = "PingOne audit activities"
docs         = ["https://apidocs.pingidentity.com/pingone/platform/v1/api/#audit-activities", "https://docs.pingidentity.com/pingone/monitoring/p1_audit.html"]
names        = ["pingone.audit"]
match        = "r.action.type IS NOT NULL AND coalesce(r.recordedAt, r.actors.user.id, r.actors.client.id) IS NOT NULL AND r.result.status IS NOT NULL"
witnesses    = ["sign_in", "credential.add", "credential.read", "consent.grant", "role.assign", "account.change", "federation.change", "logging.disable", "logging.enable", "config.change"]
completeness = "complete"
scope        = "environment id"
optional     = ["sign_out", "token.issue", "token.revoke"]
empty        = ["device_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["what a signed-in person did inside an application", "user events older than 90 days (45 before 2024-04); administrators' events are kept for two years", "addresses, in many kinds of records"]
export       = "curl -H 'Authorization: Bearer …' 'https://api.pingone.eu/v1/environments/ENV/activities?filter=recordedat ge \"…\" and recordedat lt \"…\"&limit=1000' and follow _links.next"

[collect]
"*" = '''u='https://api.pingone.com/v1/environments/{scope}/activities?limit=1000&filter=recordedat%20ge%20%22{start}%22%20and%20recordedat%20lt%20%22{end}%22'; while [ -n "$u" ]; do a=$(curl -sSf --retry 9 -H 'Authorization: Bearer TOKEN' "$u") || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; jq -c '._embedded.activities[]' <<<"$a"; u=$(jq -r '._links.next.href // empty' <<<"$a"); done > {file}.jsonl # the host of your region: api.pingone.eu, api.pingone.ca, api.pingone.asia, api.pingone.com.au'''
*/
SELECT
    instant_utc(r.recordedAt) AS time,
    precision_of(r.recordedAt) AS time_precision,
    instant_utc(r.createdAt) AS logged_time,
    coalesce(nullif(regexp_extract(r._links.self.href, '/environments/([^/]+)/', 1), ''), r.resources."#0".environment.id, r.actors.user.environment.id) AS scope,
    r.action.type AS operation,
    concat_ws('/', r.id, operation) AS record_id,
    split_part(operation, '.', 1) AS thing,
    split_part(operation, '.', 2) AS verb,
    CASE
        WHEN thing IN ('PASSWORD', 'OTP', 'MAGIC_LINK', 'ASSERTION', 'DEVICE') AND verb LIKE 'CHECK%' OR thing = 'USER' AND verb LIKE 'ACCESS%' OR thing LIKE '%AUTHENTICATION%'
            OR thing = 'FLOW' AND verb IN ('DELETED', 'COMPLETED') OR thing = 'SESSION' AND verb = 'CREATED' THEN 'sign_in'
        WHEN thing = 'SESSION' AND verb = 'DELETED' THEN 'sign_out'
        WHEN thing LIKE '%TOKEN' THEN CASE WHEN verb IN ('CREATED', 'ISSUED') THEN 'token.issue' WHEN verb IN ('REVOKED', 'DELETED') THEN 'token.revoke' ELSE 'token.use' END
        WHEN thing IN ('FLOW', 'SESSION') THEN 'other'
        WHEN thing IN ('SECRET', 'KEY', 'CERTIFICATE') AND verb = 'READ' OR verb = 'EXPORTED' AND thing = 'KEY' THEN 'credential.read'
        WHEN thing IN ('SECRET', 'KEY', 'CERTIFICATE', 'PASSWORD', 'DEVICE', 'FIDO_DEVICE', 'RECOVERY_CODE', 'GATEWAY_CREDENTIAL') AND verb NOT IN ('DELETED', 'LOCKED', 'UNLOCKED', 'BLOCKED', 'UNBLOCKED') THEN 'credential.add'
        WHEN thing IN ('ROLE_ASSIGNMENT', 'MEMBER_OF_GROUP') AND verb = 'CREATED' THEN 'role.assign'
        WHEN thing IN ('IDENTITY_PROVIDER', 'IDP_ATTRIBUTE', 'GATEWAY') THEN 'federation.change'
        WHEN thing = 'GRANT' AND verb IN ('CREATED', 'UPDATED') OR thing LIKE '%CONSENT' AND verb IN ('CREATED', 'ACCEPTED', 'UPDATED') THEN 'consent.grant'
        WHEN thing = 'SUBSCRIPTION' THEN CASE verb WHEN 'DELETED' THEN 'logging.disable' WHEN 'CREATED' THEN 'logging.enable' ELSE 'config.change' END
        WHEN thing IN ('USER', 'GROUP', 'POPULATION', 'APPLICATION', 'ROLE_ASSIGNMENT', 'MEMBER_OF_GROUP', 'GRANT', 'DEVICE', 'PASSWORD', 'SECRET', 'KEY', 'CERTIFICATE', 'LINKED_ACCOUNT') THEN 'account.change'
        WHEN verb = 'READ' THEN 'config.read'
        ELSE 'config.change' END AS action,
    family_of(action) AS family,
    CASE WHEN thing = 'SUBSCRIPTION' AND verb IN ('DELETED', 'CREATED', 'UPDATED') THEN export_change('pingone.audit/' || coalesce(scope, '*'), 'webhook ' || coalesce(r.resources."#0".name, r.resources."#0".id, ''),
        coalesce(r.resources."#0".id, ''), CASE WHEN verb <> 'UPDATED' THEN off_where(verb = 'DELETED') END) END AS change,
    -- a check that failed is a failure, though writing it down succeeded
    CASE WHEN upper(r.result.status) LIKE 'FAIL%' OR verb LIKE '%FAILED' OR verb LIKE '%DENIED' THEN 'failure' WHEN upper(r.result.status) LIKE 'SUCCE%' THEN 'success' ELSE 'unknown' END AS outcome,
    coalesce(r.result.description, r.result.status) AS outcome_detail,
    coalesce(r.actors.user.name, r.actors.client.name) AS actor,
    coalesce(r.actors.user.id, r.actors.client.id) AS actor_id,
    CASE WHEN r.actors.user.id IS NOT NULL THEN 'user' WHEN r.actors.client.id IS NOT NULL THEN 'service' END AS actor_type,
    r.actors.client.name AS app,
    r.actors.client.id AS app_id,
    address(r.source.ipAddress) AS src_ip,
    r.source.userAgent AS user_agent,
    r.internalCorrelation.sessionId AS session_id,
    r.correlationId AS request_id,
    r.resources."#0".id AS object,
    r.resources."#0".name AS resource,
    r.resources."#0".href AS resource_id
FROM records
