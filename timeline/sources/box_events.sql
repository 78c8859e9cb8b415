/*
title        = "Box events (enterprise and user streams)"
docs         = ["https://developer.box.com/guides/events/event-types/", "https://developer.box.com/reference/get-events/"]
names        = ["box.events"]
match        = "r.event_type IS NOT NULL AND r.event_id IS NOT NULL AND coalesce(r.created_at, r.created_by.id) IS NOT NULL"
undated      = """regexp_matches(r.event_type, '^[A-Z][A-Z0-9_]+$')"""
witnesses    = ["sign_in", "role.assign", "account.change", "object.create", "object.read", "object.write", "object.copy", "object.move", "object.delete", "object.share", "config.change"]
completeness = "complete"
scope        = "default (the records name no enterprise)"
objects      = ["0*", "1*", "2*", "3*", "4*", "5*", "6*", "7*", "8*", "9*"]
token_kinds  = ["OAuth 2 access tokens of applications, as they are made"]
optional     = ["token.issue"]
empty        = ["user_agent", "device_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "bytes", "object_from", "mailbox"]
sees_not     = ["what others do in the stream of one user (without stream_type=admin_logs)", "user events older than two weeks to two months, enterprise events older than a year", "the old name of what was renamed or moved", "the path of an item in enterprise events"]
export       = "curl -H 'Authorization: Bearer …' 'https://api.box.com/2.0/events?stream_type=admin_logs&created_after=…&created_before=…&limit=500&stream_position=…' until chunk_size is 0"

[collect]
"*" = '''s=0; while a=$(curl -sSf --retry 9 -G -H 'Authorization: Bearer TOKEN' https://api.box.com/2.0/events -d stream_type=admin_logs -d created_after={start} -d created_before={end} -d limit=500 -d "stream_position=$s") || { echo INCOMPLETE >&2; false; }; do jq -c '.entries[]' <<<"$a"; [ "$(jq .chunk_size <<<"$a")" -gt 0 ] || break; s=$(jq -r .next_stream_position <<<"$a"); done > {file}.jsonl # an enterprise token with manage_enterprise_properties. One year back'''
*/
SELECT
    instant(r.created_at) AS time,
    precision_of(r.created_at) AS time_precision,
    instant(r.recorded_at) AS logged_time,
    r.event_id AS record_id,
    r.event_type AS operation,
    coalesce(r.source.item_type, r.source.type) AS kind,
    CASE
        WHEN operation IN ('LOGIN', 'ADMIN_LOGIN', 'FAILED_LOGIN', 'DEVICE_TRUST_CHECK_FAILED') THEN 'sign_in'
        WHEN operation IN ('USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE', 'OAUTH2_ACCESS_TOKEN_CREATE', 'JWT_AUTH_TOKEN_CREATE') THEN 'token.issue'
        WHEN operation LIKE '%TOKEN_REVOKE%' OR operation IN ('REMOVE_LOGIN_ACTIVITY_DEVICE', 'REMOVE_DEVICE_ASSOCIATION', 'ACCESS_REVOKED') THEN 'token.revoke'
        WHEN operation IN ('DOWNLOAD', 'ITEM_DOWNLOAD', 'PREVIEW', 'ITEM_PREVIEW', 'ITEM_OPEN', 'ITEM_SYNC', 'CONTENT_ACCESS', 'FILE_WATERMARKED_DOWNLOAD', 'SIGNER_DOWNLOADED', 'BOX_SIGN_DOWNLOAD') THEN 'object.read'
        WHEN operation = 'ITEM_CREATE' AND kind = 'folder' THEN 'object.create'
        WHEN operation IN ('UPLOAD', 'ITEM_UPLOAD', 'ITEM_CREATE', 'EDIT', 'ITEM_MODIFY', 'ITEM_MAKE_CURRENT_VERSION', 'UNDELETE', 'ITEM_UNDELETE_VIA_TRASH') THEN 'object.write'
        WHEN operation IN ('COPY', 'ITEM_COPY') THEN 'object.copy'
        WHEN operation IN ('MOVE', 'RENAME', 'ITEM_MOVE', 'ITEM_RENAME') THEN 'object.move'
        WHEN operation IN ('DELETE', 'ITEM_TRASH', 'STORAGE_EXPIRATION') THEN 'object.delete'
        WHEN operation IN ('SHARE', 'ITEM_SHARED', 'ITEM_SHARED_CREATE', 'ITEM_SHARED_UPDATE', 'UPDATE_SHARE_EXPIRATION', 'COLLABORATION_INVITE', 'COLLABORATION_ACCEPT', 'COLLABORATION_ROLE_CHANGE',
            'COLLAB_ADD_COLLABORATOR', 'COLLAB_INVITE_COLLABORATOR', 'COLLAB_ROLE_CHANGE', 'CHANGE_FOLDER_PERMISSION', 'GROUP_ADD_ITEM', 'UPDATE_COLLABORATION_EXPIRATION') THEN 'object.share'
        WHEN operation IN ('APPLICATION_PUBLIC_KEY_ADDED', 'ENABLE_TWO_FACTOR_AUTH', 'EMAIL_ALIAS_CONFIRM', 'CHANGE_PASSWORD', 'RESET_PASSWORD') THEN 'credential.add'
        WHEN operation IN ('ENTERPRISE_APP_AUTHORIZATION_UPDATE', 'ACCESS_GRANTED', 'MASTER_INVITE_ACCEPT') THEN 'consent.grant'
        WHEN operation IN ('CHANGE_ADMIN_ROLE', 'GROUP_ADD_USER', 'ADD_ADMIN_ROLE') THEN 'role.assign'
        WHEN operation IN ('NEW_USER', 'EDIT_USER', 'DELETE_USER', 'APPLICATION_CREATED', 'APPLICATION_PUBLIC_KEY_DELETED', 'EMAIL_ALIAS_REMOVE') OR operation LIKE 'GROUP_%' THEN 'account.change'
        WHEN operation LIKE 'SHIELD_%' OR operation LIKE 'CONTENT_WORKFLOW%VIOLATION' OR operation LIKE '%ABNORMAL%' OR operation = 'FILE_MARKED_MALICIOUS' THEN 'service.event'
        WHEN operation LIKE '%POLICY%' OR operation LIKE 'DATA_RETENTION%' OR operation LIKE 'LEGAL_HOLD%' OR operation LIKE 'METADATA_TEMPLATE%' OR operation LIKE 'CONTENT_WORKFLOW%' THEN 'config.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    CASE WHEN operation LIKE '%FAILED%' OR operation LIKE '%BLOCKED%' OR operation LIKE '%REJECT%' THEN 'failure' WHEN action IN ('sign_in', 'token.issue') THEN 'success' ELSE 'unknown' END AS outcome,
    coalesce(r.additional_details.shield_alert.rule_name, r.additional_details.access_token_identifier, r.additional_details."type") AS outcome_detail,
    coalesce(nullif(r.created_by.login, ''), nullif(r.created_by.name, '')) AS actor,
    r.created_by.id AS actor_id,
    CASE WHEN actor_id = '2' THEN 'system' WHEN actor LIKE 'AutomationUser%@boxdevedition.com' THEN 'service' WHEN actor_id IS NOT NULL THEN 'user' END AS actor_type,
    CASE WHEN r.ip_address <> 'Unknown IP' THEN address(r.ip_address) END AS src_ip,
    r.additional_details.service_name AS app,
    r.additional_details.service_id AS app_id,
    r.session_id AS session_id,
    coalesce(r.source.item_name, r.source.name, r.source.file_name, r.source.folder_name) AS called,
    CASE WHEN json_valid(r.source.path_collection.entries) THEN array_to_string(json_extract_string(r.source.path_collection.entries, '$[*].name'), '/') END AS place,
    CASE WHEN starts_with(action, 'object.') OR action = 'other' THEN concat_ws('/', coalesce(nullif(place, ''), r.source.parent.name), called) ELSE coalesce(nullif(r.source.login, ''), called) END AS told_object,
    nullif(told_object, '') AS object,
    coalesce(r.source.sha1, r.source.file_version.sha1) AS object_hash,
    try_cast(coalesce(r.source.size, r.additional_details.size) AS BIGINT) AS object_size,
    coalesce(r.accessible_by.login, r.accessible_by.name, r.source.owned_by.login) AS resource,
    coalesce(r.source.item_id, r.source.id, r.source.file_id, r.source.folder_id) AS resource_id
FROM records
