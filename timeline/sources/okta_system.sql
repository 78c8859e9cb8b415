/*
title        = "Okta System Log"
docs         = "https://developer.okta.com/docs/reference/api/system-log/"
names        = ["okta.system"]
match        = "coalesce(r.eventType, r.detail.eventType) IS NOT NULL AND coalesce(r.published, r.detail.published, r.actor.type, r.detail.actor.type) IS NOT NULL AND coalesce(r.uuid, r.detail.uuid) IS NOT NULL"
completeness = "complete"
scope        = "organisation or default"
token_kinds  = ["authorization codes, access, refresh and id tokens of Okta's authorization servers", "assertions for applications (user.authentication.sso)"]
empty        = ["object_hash", "object_size", "object_from", "bytes", "mailbox", "signing_key_id", "token_audience", "issued_time"]
sees_not     = ["what a signed-in person did inside an application", "session ids of token grants and SSO before release 2024.01.2",
                "events that were still being written when a bounded query was answered"]
export       = "curl -H 'Authorization: SSWS …' 'https://ORG.okta.com/api/v1/logs?since=…&until=…&limit=1000' and follow the link rel=next"
[witnesses]
"*" = ["sign_in", "sign_out", "token.issue", "token.revoke", "credential.add", "role.assign", "consent.grant", "account.change", "federation.change",
       "logging.disable", "logging.enable", "config.change"]

[collect]
"*" = '''u='https://ORG.okta.com/api/v1/logs?since={start}&until={end}&limit=1000&sortOrder=ASCENDING'; while [ -n "$u" ]; do curl -sSf --retry 9 -D {file}.head -H 'Authorization: SSWS TOKEN' "$u" || { echo "INCOMPLETE, go on with u=$u" >&2; break; }; echo; u=$(grep -io '<[^>]*>; rel="next"' {file}.head | cut -c2- | cut -d'>' -f1); done > {file}.json; rm -f {file}.head # a token of a read-only administrator. 90 days back. Records may arrive late, so collect the last hour again'''
*/
SELECT
    coalesce(r.published, r.detail.published) AS told,
    instant_utc(told) AS time,
    precision_of(told) AS time_precision,
    CASE WHEN r.detail.published IS NOT NULL THEN instant(r.time) END AS logged_time,
    CASE WHEN starts_with(r.source, 'aws.partner/okta.com/') THEN split_part(r.source, '/', 3) END AS scope,
    coalesce(r.uuid, r.detail.uuid) AS record_id,
    coalesce(r.eventType, r.detail.eventType) AS operation,
    CASE
        WHEN operation IN ('user.session.start', 'user.authentication.verify', 'user.session.impersonation.initiate', 'user.session.access_admin_app',
                           'app.oauth2.signon', 'user.mfa.attempt_bypass') OR operation LIKE 'user.authentication.auth%' THEN 'sign_in'
        WHEN operation IN ('user.session.end', 'user.authentication.slo', 'user.session.impersonation.end') THEN 'sign_out'
        WHEN operation IN ('user.session.clear', 'system.api_token.revoke', 'user.authentication.universal_logout') OR operation LIKE 'app.oauth2.%token.revoke%'
          OR operation LIKE 'user.session.expire%' THEN 'token.revoke'
        WHEN operation LIKE 'app.oauth2.%token.grant%' OR operation LIKE 'app.oauth2.%authorize%' OR operation = 'user.authentication.sso' THEN 'token.issue'
        WHEN operation LIKE 'app.oauth2.%token.detect_reuse%' OR operation LIKE 'app.oauth2.%token.introspect%' THEN 'token.use'
        WHEN operation LIKE 'app.oauth2.%consent.grant%' OR operation LIKE 'app.oauth2.%scope.grant%' THEN 'consent.grant'
        WHEN operation IN ('system.log_stream.lifecycle.deactivate', 'system.log_stream.lifecycle.delete', 'event_hook.deactivated', 'event_hook.deleted') THEN 'logging.disable'
        WHEN operation IN ('system.log_stream.lifecycle.activate', 'system.log_stream.lifecycle.create', 'event_hook.activated', 'event_hook.created') THEN 'logging.enable'
        WHEN operation IN ('system.api_token.create', 'user.mfa.factor.activate', 'user.mfa.factor.update', 'user.account.update_password', 'user.account.reset_password',
                           'user.credential.enroll', 'user.account.update_secondary_email', 'app.keys.generate', 'app.keys.rotate', 'device.user.add')
          OR operation LIKE 'app.oauth2.credentials.%' OR operation LIKE 'app.oauth2.client.%secret%' OR operation LIKE 'app.oauth2.client_secret.%'
          OR operation LIKE 'application.%.credentials.%' THEN 'credential.add'
        WHEN operation LIKE '%.privilege.grant' OR operation LIKE '%_membership.add' OR operation LIKE 'iam.resourceset.bindings.add%'
          OR operation = 'user.session.impersonation.grant' OR operation LIKE 'app.access_request.grant%' THEN 'role.assign'
        WHEN operation LIKE 'system.idp.%' OR operation LIKE 'app.inbound_%' OR operation LIKE 'system.agent.ad.%' THEN 'federation.change'
        WHEN operation LIKE 'user.lifecycle.%' OR operation LIKE 'user.account.%' OR operation LIKE 'user.mfa.%' OR operation LIKE 'group.%' OR operation LIKE 'application.%'
          OR operation LIKE 'app.user_management%' OR operation LIKE 'user.import.%' OR operation LIKE 'device.%' OR operation LIKE 'iam.%' THEN 'account.change'
        WHEN operation LIKE 'policy.evaluate%' OR operation LIKE 'security.%' THEN 'other'
        WHEN operation LIKE 'policy.%' OR operation LIKE 'zone.%' OR operation LIKE 'system.%.update%' OR operation LIKE 'org.%' OR operation LIKE 'network_zone.%'
          OR operation LIKE 'system.%lifecycle%' OR operation LIKE 'master_application.%' THEN 'config.change'
        WHEN operation LIKE 'core.concurrency%' OR operation LIKE 'system.org.rate_limit.%' OR operation LIKE 'system.org.lifecycle%' THEN 'service.event'
        WHEN operation LIKE 'support.%' THEN 'config.read'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    upper(coalesce(r.outcome.result, r.detail.outcome.result)) AS result,
    CASE WHEN result IN ('SUCCESS', 'ALLOW') THEN 'success' WHEN result IN ('FAILURE', 'DENY') THEN 'failure' ELSE 'unknown' END AS outcome,
    coalesce(r.outcome.reason, r.detail.outcome.reason, result) AS outcome_detail,
    coalesce(r.actor.id, r.detail.actor.id) AS actor_id,
    coalesce(nullif(coalesce(r.actor.alternateId, r.detail.actor.alternateId), 'unknown'), r.actor.displayName, r.detail.actor.displayName, actor_id) AS actor,
    coalesce(r.actor.type, r.detail.actor.type) AS kind,
    CASE WHEN kind = 'User' THEN 'user' WHEN kind = 'SystemPrincipal' THEN 'system' WHEN kind LIKE '%App' OR kind LIKE '%Client%' OR kind LIKE '%Service%' THEN 'service' END AS actor_type,
    address(coalesce(r.client.ipAddress, r.detail.client.ipAddress, r.request.ipChain."#0".ip, r.detail.request.ipChain."#0".ip)) AS src_ip,
    coalesce(r.client.geographicalContext.country, r.detail.client.geographicalContext.country) AS country,
    try_cast(coalesce(r.securityContext.asNumber, r.detail.securityContext.asNumber) AS BIGINT) AS asn,
    coalesce(r.debugContext.debugData.grantType, r.detail.debugContext.debugData.grantType) AS protocol,
    coalesce(r.client.userAgent.rawUserAgent, r.detail.client.userAgent.rawUserAgent) AS user_agent,
    coalesce(r.device.id, r.detail.device.id, r.debugContext.debugData.dtHash, r.detail.debugContext.debugData.dtHash,
        r.debugContext.debugData.deviceFingerprint, r.detail.debugContext.debugData.deviceFingerprint) AS device_id,
    CASE WHEN actor_type = 'service' THEN coalesce(r.actor.displayName, r.detail.actor.displayName) END AS app,
    CASE WHEN actor_type = 'service' THEN actor_id ELSE coalesce(r.client.id, r.detail.client.id) END AS app_id,
    nullif(coalesce(r.authenticationContext.externalSessionId, r.detail.authenticationContext.externalSessionId), 'unknown') AS session_id,
    coalesce(r.authenticationContext.issuer.id, r.detail.authenticationContext.issuer.id) AS token_issuer,
    coalesce(r.transaction.id, r.detail.transaction.id) AS request_id,
    try(from_json(coalesce(r.target, r.detail.target), '[{"id":"VARCHAR","type":"VARCHAR","alternateId":"VARCHAR","displayName":"VARCHAR","detailEntry":{"hash":"VARCHAR","expires":"VARCHAR"}}]')) AS targets,
    list_filter(targets, lambda each: each['type'] IN ('access_token', 'refresh_token', 'id_token', 'code', 'authorization_code', 'Token'))[1] AS token,
    list_filter(targets, lambda each: each['type'] = 'AppInstance')[1] AS application,
    coalesce(list_filter(targets, lambda each: each['type'] = 'User')[1], list_filter(targets, lambda each: each['type'] <> 'AppInstance')[1], targets[1]) AS touched,
    coalesce(token['detailEntry']['hash'], token['id'], r.transaction.detail.requestApiTokenId, r.detail.transaction.detail.requestApiTokenId) AS token_id,
    instant_any(token['detailEntry']['expires']) AS expires_time,
    coalesce(touched['id'], touched['alternateId']) AS object,
    CASE WHEN operation LIKE 'system.log_stream.lifecycle.%' AND outcome <> 'failure' THEN export_change('okta.system/' || coalesce(scope, '*'), 'stream ' || coalesce(touched['displayName'], object, ''), coalesce(object, ''),
        CASE WHEN action LIKE 'logging.%' THEN off_where(action = 'logging.disable') END) END AS change,
    CASE WHEN touched['type'] IN ('User', 'UserGroup') AND application IS NULL THEN coalesce(list_filter(targets, lambda each: each['type'] = 'UserGroup')[1]['displayName'], touched['alternateId'])
         ELSE application['displayName'] END AS resource,
    CASE WHEN touched['type'] IN ('User', 'UserGroup') AND application IS NULL THEN list_filter(targets, lambda each: each['type'] = 'UserGroup')[1]['id'] ELSE application['id'] END AS resource_id
FROM records
