/*
title        = "1Password Events API"
docs         = ["https://developer.1password.com/docs/events-api/reference", "https://developer.1password.com/docs/events-api/audit-events"]
names        = ["onepassword.audit", "onepassword.signin", "onepassword.usage"]
match        = '''r.uuid IS NOT NULL AND r.timestamp IS NOT NULL AND (r.actor_uuid IS NOT NULL AND r.object_type IS NOT NULL
    OR r.target_user.uuid IS NOT NULL AND r.category IS NOT NULL OR r.item_uuid IS NOT NULL AND r.vault_uuid IS NOT NULL)'''
completeness = "complete"
scope        = "account or default"
objects      = ["op://*"]
token_kinds  = ["bearer tokens of service accounts and integrations, as they are made (object type satoken or similar): not each use"]
empty        = ["logged_time", "credential_id", "token_id", "signing_key_id", "token_issuer", "token_audience", "request_id", "app_id", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["items of private vaults", "reads of an item that a client has in its cache while it is offline, until it synchronises", "what a service account did with a secret it read", "the contents of items"]
export       = "curl -H 'Authorization: Bearer …' -d '{\"limit\":1000,\"start_time\":\"…\"}' https://events.1password.com/api/v2/auditevents (and signinattempts, itemusages), with the answer's cursor until has_more is false"
[witnesses]
"onepassword.audit" = ["credential.add", "role.assign", "account.change", "federation.change", "object.create", "object.delete", "object.share", "token.issue", "token.revoke", "config.change"]
"onepassword.signin" = ["sign_in"]
"onepassword.usage" = ["credential.read", "object.write", "object.share"]

[collect]
"onepassword.audit" = '''b='{"limit":1000,"start_time":"{start}","end_time":"{end}"}'; while a=$(curl -sSf --retry 9 -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' -d "$b" https://events.1password.com/api/v2/auditevents) || { echo INCOMPLETE >&2; false; }; do jq -c '.items[]' <<<"$a"; [ "$(jq .has_more <<<"$a")" = true ] || break; b=$(jq -c '{cursor}' <<<"$a"); done > {file}.jsonl # the host of your region: events.1password.eu, events.1password.ca, events.ent.1password.com'''
"onepassword.signin" = '''b='{"limit":1000,"start_time":"{start}","end_time":"{end}"}'; while a=$(curl -sSf --retry 9 -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' -d "$b" https://events.1password.com/api/v2/signinattempts) || { echo INCOMPLETE >&2; false; }; do jq -c '.items[]' <<<"$a"; [ "$(jq .has_more <<<"$a")" = true ] || break; b=$(jq -c '{cursor}' <<<"$a"); done > {file}.jsonl # the host of your region: events.1password.eu, events.1password.ca, events.ent.1password.com'''
"onepassword.usage" = '''b='{"limit":1000,"start_time":"{start}","end_time":"{end}"}'; while a=$(curl -sSf --retry 9 -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' -d "$b" https://events.1password.com/api/v2/itemusages) || { echo INCOMPLETE >&2; false; }; do jq -c '.items[]' <<<"$a"; [ "$(jq .has_more <<<"$a")" = true ] || break; b=$(jq -c '{cursor}' <<<"$a"); done > {file}.jsonl # the host of your region: events.1password.eu, events.1password.ca, events.ent.1password.com'''
*/
SELECT
    instant_utc(r.timestamp) AS time,
    precision_of(r.timestamp) AS time_precision,
    lower(r.account_uuid) AS scope,
    r.uuid AS record_id,
    CASE WHEN r.item_uuid IS NOT NULL THEN 'onepassword.usage' WHEN r.target_user.uuid IS NOT NULL THEN 'onepassword.signin' ELSE 'onepassword.audit' END AS source,
    CASE source WHEN 'onepassword.signin' THEN r.category ELSE r.action END AS operation,
    r.object_type AS kind,
    CASE
        WHEN source = 'onepassword.signin' THEN 'sign_in'
        WHEN source = 'onepassword.usage' THEN CASE WHEN r.action IN ('server-create', 'server-update', 'create', 'update', 'edit') THEN 'object.write' WHEN r.action = 'share' THEN 'object.share' ELSE 'credential.read' END
        WHEN kind IN ('satoken', 'sa', 'slackapp', 'eventsreporting', 'token', 'integration') AND r.action IN ('create', 'sendts', 'issue') THEN 'token.issue'
        WHEN kind IN ('satoken', 'token') AND r.action IN ('revoke', 'delete', 'deauth', 'expire') OR r.action IN ('deauth', 'dealldev', 'deolddev') THEN 'token.revoke'
        WHEN r.action IN ('chngpsk', 'chngasymk', 'changeks', 'changela', 'changemp', 'changesk', 'beginr', 'completr', 'enblduo', 'dsblmfa', 'disblmfa', 'enblmfa', 'prvdr', 'trvrsn') OR kind IN ('cred', 'mfa')
            AND r.action IN ('create', 'update') THEN 'credential.add'
        WHEN kind LIKE 'sso%' OR r.action LIKE '%sso%' THEN 'federation.change'
        WHEN r.action IN ('grant', 'join') OR kind IN ('gm', 'gva', 'uva', 'membership') AND r.action IN ('create', 'update', 'join') THEN 'role.assign'
        WHEN r.action IN ('export', 'vrexport') OR kind = 'itemshare' OR r.action = 'share' THEN 'object.share'
        WHEN kind IN ('vault', 'items', 'item', 'uservault') THEN CASE WHEN r.action IN ('create') THEN 'object.create' WHEN r.action IN ('delete', 'purge', 'patch', 'trash') THEN 'object.delete' ELSE 'config.change' END
        WHEN r.action IN ('view', 'read', 'list') THEN 'config.read'
        WHEN kind IN ('user', 'group', 'invite', 'device', 'gm', 'gva', 'uva', 'account', 'sa', 'cred') THEN 'account.change'
        ELSE 'config.change' END AS action,
    family_of(action) AS family,
    CASE WHEN source <> 'onepassword.signin' THEN 'unknown' WHEN r.category = 'success' OR r.category = 'firewall_reported_success' THEN 'success' WHEN r.category IS NOT NULL THEN 'failure' ELSE 'unknown' END AS outcome,
    CASE source WHEN 'onepassword.signin' THEN r.type WHEN 'onepassword.audit' THEN concat_ws(' ', kind, r.aux_info) END AS outcome_detail,
    coalesce(r.actor_details.email, r.target_user.email, r."user".email, r.actor_details.name, r.target_user.name, r."user".name, r.actor_uuid) AS actor,
    coalesce(r.actor_uuid, r.target_user.uuid, r."user".uuid) AS actor_id,
    CASE WHEN r.actor_type IN ('service_account', 'external_service_account') OR coalesce(r."user".type, r.target_user.type) LIKE '%service_account%' THEN 'service' WHEN actor_id IS NOT NULL THEN 'user' END AS actor_type,
    address(coalesce(r.session.ip, r.client.ip_address)) AS src_ip,
    coalesce(r.country, r.location.country) AS country,
    nullif(concat_ws(' ', r.client.app_name, r.client.app_version, r.client.platform_name, r.client.platform_version, r.client.os_name, r.client.os_version), '') AS user_agent,
    r.session.device_uuid AS device_id,
    r.client.app_name AS app,
    coalesce(r.session_uuid, r.session.uuid) AS session_id,
    instant_utc(r.session.login_time) AS issued_time,
    CASE source WHEN 'onepassword.usage' THEN 'op://' || r.vault_uuid || '/' || r.item_uuid WHEN 'onepassword.audit' THEN CASE WHEN kind IN ('vault', 'uservault') THEN 'op://' || r.object_uuid ELSE r.object_uuid END END AS object,
    coalesce(r.object_details.email, r.object_details.name, r.aux_details.email, r.aux_details.name) AS resource,
    r.aux_uuid AS resource_id
FROM records
