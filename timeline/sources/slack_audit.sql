/*
# An anomaly is stated after the fact: `action_timestamp` (milliseconds) is when it happened, `date_create` (seconds) when Slack said so.
title        = "Slack audit logs (Enterprise)"
docs         = ["https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference"]
names        = ["slack.audit"]
match        = "coalesce(r.date_create, r.context.location.id) IS NOT NULL AND r.action IS NOT NULL AND coalesce(r.actor.type, r.entity.type) IS NOT NULL"
witnesses    = ["sign_in", "sign_out", "token.revoke", "consent.grant", "role.assign", "account.change", "federation.change", "object.read", "object.write", "object.delete", "object.share", "config.change"]
completeness = "complete"
scope        = "domain of the workspace or organisation"
objects      = ["A0*", "C0*", "D0*", "E0*", "F0*", "G0*", "S0*", "T0*", "U0*", "W0*"]
empty        = ["device_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["messages, read or sent", "anything before the plan had audit logs", "calls of the Web API with a stolen token, apart from anomalies", "files opened in a browser without a download"]
export       = "curl -H 'Authorization: Bearer xoxp-…' 'https://api.slack.com/audit/v1/logs?oldest=…&latest=…&limit=9999&cursor=…' until next_cursor is empty"

[collect]
"*" = '''c=; while a=$(curl -sSf --retry 9 -G -H 'Authorization: Bearer TOKEN' https://api.slack.com/audit/v1/logs -d oldest={start_unix} -d latest={end_unix} -d limit=9999 ${c:+--data-urlencode "cursor=$c"}) || { echo INCOMPLETE >&2; false; }; do jq -c '.entries[]' <<<"$a"; c=$(jq -r '.response_metadata.next_cursor // empty' <<<"$a"); [ -n "$c" ] || break; done > {file}.jsonl # a user token of an owner of the organisation with auditlogs:read'''
*/
SELECT
    coalesce(try(instant_epoch(CASE WHEN r.action = 'anomaly' THEN r.details.action_timestamp END)), try(instant_epoch(r.date_create))) AS time,
    CASE WHEN r.action = 'anomaly' AND r.details.action_timestamp IS NOT NULL THEN 'ms' ELSE 's' END AS time_precision,
    CASE WHEN r.action = 'anomaly' AND r.details.action_timestamp IS NOT NULL THEN try(instant_epoch(r.date_create)) END AS logged_time,
    lower(coalesce(r.context.location.domain, r.context.location.id)) AS scope,
    r.id AS record_id,
    r.action AS operation,
    CASE
        WHEN operation IN ('user_login', 'user_login_failed') THEN 'sign_in'
        WHEN operation = 'user_logout' THEN 'sign_out'
        WHEN operation LIKE 'user_session_%' OR operation LIKE 'user_logout_%' OR operation LIKE '%token%revoked%' OR operation LIKE 'user_sessions_%' THEN 'token.revoke'
        WHEN operation LIKE 'file_download%' OR operation LIKE 'canvas_download%' OR operation LIKE '%_export_downloaded' OR operation = 'file_previewed' THEN 'object.read'
        WHEN operation IN ('file_uploaded', 'canvas_created', 'canvas_edited', 'file_edited') THEN 'object.write'
        WHEN operation IN ('file_deleted', 'canvas_deleted', 'file_malicious_content_detected_deleted') THEN 'object.delete'
        WHEN operation LIKE 'file_shared%' OR operation LIKE 'file_public_link_created' OR operation LIKE 'canvas_shared' OR operation LIKE '%channel_converted_to_public' OR operation LIKE 'external_shared_channel_%accepted'
            OR operation LIKE 'external_shared_channel_connected' THEN 'object.share'
        WHEN operation IN ('app_installed', 'app_approved', 'app_scopes_expanded', 'app_resources_granted', 'org_app_workspace_added', 'bot_token_upgraded', 'app_user_token_scope_granted') THEN 'consent.grant'
        WHEN operation LIKE 'role_change_to_%' OR operation IN ('role_assigned', 'role_permission_added', 'user_added_to_usergroup', 'user_channel_join', 'owner_transferred', 'organization_role_assigned') THEN 'role.assign'
        WHEN operation LIKE 'user_password_%' OR operation LIKE '%two_factor%' OR operation LIKE 'service_owner_transferred' OR operation LIKE 'app_token_%' THEN 'credential.add'
        WHEN operation LIKE 'pref.%sso%' OR operation LIKE 'pref.%saml%' OR operation LIKE '%idp_configuration%' OR operation LIKE 'idp_%' THEN 'federation.change'
        WHEN operation LIKE 'user_%' OR operation LIKE 'guest_%' OR operation LIKE 'usergroup_%' OR operation LIKE 'app_%' OR operation LIKE 'bot_%' OR operation LIKE 'role_%' THEN 'account.change'
        WHEN operation IN ('anomaly') THEN 'service.event'
        WHEN operation LIKE 'pref.%' OR operation LIKE 'ekm_%' OR operation LIKE 'workspace_%' OR operation LIKE 'organization_%' OR operation LIKE '%_policy_%' OR operation LIKE '%export_started' OR operation LIKE '%channel%' THEN 'config.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    CASE WHEN regexp_matches(operation, '(failed|blocked|denied|rejected)') THEN 'failure' WHEN action IN ('sign_in', 'sign_out') THEN 'success' ELSE 'unknown' END AS outcome,
    coalesce(r.details.reason, r.details.type, r.details.new_value) AS outcome_detail,
    coalesce(r.actor.user.email, r.actor.user.name, r.actor.app.name) AS actor,
    coalesce(r.actor.user.id, r.actor.app.id) AS actor_id,
    CASE r.actor.type WHEN 'user' THEN 'user' WHEN 'app' THEN 'service' WHEN 'system' THEN 'system' END AS actor_type,
    address(r.context.ip_address) AS src_ip,
    r.context.ua AS user_agent,
    coalesce(r.context.app.name, r.entity.app.name) AS app,
    coalesce(r.context.app.id, r.entity.app.id) AS app_id,
    r.context.session_id AS session_id,
    coalesce(r.entity.file.id, r.entity.channel.id, r.entity.app.id, r.entity.user.id, r.entity.workspace.id, r.entity.enterprise.id, r.entity.usergroup.id, r.entity.role.id) AS object,
    coalesce(r.entity.file.name, r.entity.channel.name, r.entity.app.name, r.entity.user.email, r.entity.workspace.name, r.entity.enterprise.name, r.entity.usergroup.name, r.entity.role.name) AS resource,
    r.context.location.id AS resource_id
FROM records
