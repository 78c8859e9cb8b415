/*
# Times count by the integer `timestamp`: the text beside it is broken in some exports. Pages wrap records in {"response": …}: an empty one holds none.
title        = "Cisco Duo logs (Admin API)"
docs         = "https://duo.com/docs/adminapi#logs"
names        = ["duo.auth", "duo.admin", "duo.telephony", "duo.offline_enrollment"]
match        = '''(r.txid IS NOT NULL AND r.result IS NOT NULL AND r.timestamp IS NOT NULL AND coalesce(r.factor, r.event_type, r.access_device.ip) IS NOT NULL)
    OR (r.isotimestamp IS NOT NULL AND r.timestamp IS NOT NULL AND (r.action IS NOT NULL AND r.username IS NOT NULL OR r.credits IS NOT NULL AND r.phone IS NOT NULL OR r.factor IS NOT NULL))
    OR (r.credits IS NOT NULL AND r.phone IS NOT NULL AND r.telephony_id IS NOT NULL)'''
completeness = "complete"
scope        = "default (the records name no account)"
empty        = ["logged_time", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "app", "app_id", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["the first factor", "sign-ins to applications that Duo does not protect, or that fail open while Duo cannot be reached", "the last two minutes before an export", "anything older than 180 days",
                "the address of an administrator (only the activity log has it)"]
export       = "python -m duo_client.client --ikey … --skey … --host api-XXXXXXXX.duosecurity.com --method GET --path /admin/v2/logs/authentication mintime=… maxtime=… (and /admin/v1/logs/administrator, /admin/v2/logs/telephony, /admin/v1/logs/offline_enrollment)"
[witnesses]
"duo.auth" = ["sign_in"]
"duo.admin" = ["sign_in", "credential.add", "credential.read", "role.assign", "account.change", "config.change"]
"duo.telephony" = []
"duo.offline_enrollment" = ["credential.add"]
*/
SELECT
    coalesce(instant_epoch(r.timestamp), instant_utc(r.ts)) AS time,
    CASE WHEN r.timestamp IS NOT NULL THEN 's' ELSE precision_of(r.ts) END AS time_precision,
    CASE WHEN r.credits IS NOT NULL AND r.phone IS NOT NULL THEN 'duo.telephony' WHEN r.action LIKE 'o2fa%' THEN 'duo.offline_enrollment'
         WHEN r.action IS NOT NULL THEN 'duo.admin' ELSE 'duo.auth' END AS source,
    concat_ws('/', r.txid, r.telephony_id, r.factor, r.result, r.action, r.username, r.object, r.context, r.phone, r.type, r.description) AS record_id,
    CASE source WHEN 'duo.telephony' THEN concat_ws(' ', r.type, r.context) WHEN 'duo.auth' THEN coalesce(r.event_type, r.factor) ELSE r.action END AS operation,
    CASE WHEN source = 'duo.telephony' THEN 'service.event'
         WHEN source = 'duo.auth' THEN CASE r.event_type WHEN 'enrollment' THEN 'credential.add' ELSE 'sign_in' END
         WHEN r.action = 'o2fa_user_provisioned' OR r.action = 'o2fa_user_reenrolled' THEN 'credential.add'
         WHEN r.action LIKE 'o2fa%' THEN 'account.change'
         WHEN r.action LIKE 'admin_login%' OR r.action LIKE 'admin_2fa%' OR r.action LIKE 'admin_single_sign_on%' THEN 'sign_in'
         WHEN r.action LIKE 'integration_%skey%view%' OR r.action LIKE '%skey_view%' THEN 'credential.read'
         WHEN r.action LIKE 'activation%password' OR r.action LIKE '%password%' OR r.action LIKE '%activate_duo_push' OR r.action LIKE 'bypass_create' OR r.action LIKE '%_bypass_code%'
             OR r.action LIKE 'phone_associate' OR r.action LIKE 'hardtoken_a%' OR r.action LIKE 'hardtoken_create' OR r.action LIKE 'u2ftoken_create' OR r.action LIKE 'webauthn%create'
             OR r.action LIKE '%skey%' OR r.action LIKE 'send_enroll_code' OR r.action LIKE '%regen%' THEN 'credential.add'
         WHEN r.action LIKE '%role%' OR r.action = 'group_user_add' OR r.action = 'user_adminunit_add' OR r.action IN ('admin_create', 'adminunit_add_admin') OR r.description LIKE '%"role": "%' AND r.action = 'admin_update' THEN 'role.assign'
         WHEN r.action LIKE 'admin_%' OR r.action LIKE 'user_%' OR r.action LIKE 'group_%' OR r.action LIKE 'phone_%' OR r.action LIKE 'activation_%' OR r.action LIKE 'hardtoken_%' OR r.action LIKE '%bulk%'
             OR r.action LIKE 'ad_sync%' OR r.action LIKE 'azure_sync%' THEN 'account.change'
         ELSE 'config.change' END AS action,
    CASE source WHEN 'duo.telephony' THEN 'audit' ELSE family_of(action) END AS family,
    CASE WHEN source = 'duo.telephony' THEN 'unknown'
         WHEN source = 'duo.auth' THEN CASE WHEN lower(r.result) = 'success' THEN 'success' WHEN r.result IS NOT NULL THEN 'failure' ELSE 'unknown' END
         WHEN r.action LIKE '%error%' OR r.action LIKE '%fail%' OR r.action LIKE '%denied%' THEN 'failure' ELSE 'success' END AS outcome,
    CASE WHEN source = 'duo.auth' THEN concat_ws(' ', r.result, r.reason, r.factor) ELSE nullif(r.description, '') END AS outcome_detail,
    coalesce(nullif(r.user.name, ''), nullif(r.username, ''), nullif(r.email, '')) AS actor,
    r.user.key AS actor_id,
    CASE WHEN actor IN ('API', 'System') OR actor LIKE '[%]' THEN 'system' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(regexp_replace(coalesce(r.access_device.ip, r.ip), '( port |p|#)\d+$', '')) AS told_ip,
    CASE WHEN length(told_ip) - length(replace(told_ip, ':', '')) = 8 THEN regexp_replace(told_ip, ':\d+$', '') ELSE told_ip END AS src_ip,
    CASE WHEN source = 'duo.offline_enrollment' THEN regexp_extract(r.description, '"user_agent": ?"([^"]*)"', 1)
         ELSE nullif(concat_ws(' ', r.access_device.browser, r.access_device.browser_version, r.access_device.os, r.access_device.os_version), '') END AS user_agent,
    coalesce(stated(r.access_device.epkey), stated(r.access_device.hostname), stated(r.auth_device.key), stated(r.auth_device.name), stated(r.device)) AS device_id,
    coalesce(r.application.name, r.integration) AS resource,
    coalesce(r.application.key, r.ikey) AS resource_id,
    r.txid AS request_id,
    CASE WHEN source = 'duo.telephony' THEN r.phone ELSE r.object END AS object
FROM records
