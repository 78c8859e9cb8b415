/*
# Times count by the integer `timestamp`: the text beside it is broken in some exports. Pages wrap records in {"response": …}: an empty one holds none.
title        = "Cisco Duo logs (Admin API)"
docs         = "https://duo.com/docs/adminapi#logs"
names        = ["duo.auth", "duo.admin", "duo.activity", "duo.telephony", "duo.offline_enrollment"]
match        = '''(r.txid IS NOT NULL AND r.result IS NOT NULL AND r.timestamp IS NOT NULL AND coalesce(r.factor, r.event_type, r.access_device.ip) IS NOT NULL)
    OR (r.isotimestamp IS NOT NULL AND r.timestamp IS NOT NULL AND (r.action IS NOT NULL AND r.username IS NOT NULL OR r.credits IS NOT NULL AND r.phone IS NOT NULL OR r.factor IS NOT NULL))
    OR (r.credits IS NOT NULL AND r.phone IS NOT NULL AND r.telephony_id IS NOT NULL) OR (r.activity_id IS NOT NULL AND r.action.name IS NOT NULL AND r.ts IS NOT NULL)'''
completeness = "complete"
scope        = "default (the records name no account)"
empty        = ["logged_time", "session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "app", "app_id", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["the first factor", "sign-ins to applications that Duo does not protect, or that fail open while Duo cannot be reached", "the last two minutes before an export", "anything older than 180 days",
                "the address of an administrator (only the activity log has it)"]
export       = "python -m duo_client.client --ikey … --skey … --host api-XXXXXXXX.duosecurity.com --method GET --path /admin/v2/logs/authentication mintime=… maxtime=… (and /admin/v1/logs/administrator, /admin/v2/logs/activity, /admin/v2/logs/telephony, /admin/v1/logs/offline_enrollment)"
[witnesses]
"duo.auth" = ["sign_in"]
"duo.admin" = ["sign_in", "credential.add", "credential.read", "role.assign", "account.change", "config.change"]
"duo.activity" = ["sign_in", "credential.add", "credential.read", "role.assign", "account.change", "config.change"]
"duo.telephony" = []
"duo.offline_enrollment" = ["credential.add"]

[collect]
"duo.auth" = '''python3 -c $'import duo_client, json\nadmin, after = duo_client.Admin("IKEY", "SKEY", "api-XXXXXXXX.duosecurity.com"), None\nwhile True:\n page = admin.json_api_call("GET", "/admin/v2/logs/authentication", {"mintime": "{start_unix}000", "maxtime": "{end_unix}000", "limit": "1000", **({"next_offset": after} if after else {})})\n [print(json.dumps(each)) for each in page.get("authlogs") or page.get("items") or []]\n after = page["metadata"].get("next_offset")\n after = ",".join(map(str, after)) if isinstance(after, list) else after\n if not after: break' > {file}.jsonl # pip install duo_client. An Admin API application with read log. A traceback means the file is incomplete'''
"duo.activity" = '''python3 -c $'import duo_client, json\nadmin, after = duo_client.Admin("IKEY", "SKEY", "api-XXXXXXXX.duosecurity.com"), None\nwhile True:\n page = admin.json_api_call("GET", "/admin/v2/logs/activity", {"mintime": "{start_unix}000", "maxtime": "{end_unix}000", "limit": "1000", **({"next_offset": after} if after else {})})\n [print(json.dumps(each)) for each in page.get("authlogs") or page.get("items") or []]\n after = page["metadata"].get("next_offset")\n after = ",".join(map(str, after)) if isinstance(after, list) else after\n if not after: break' > {file}.jsonl # pip install duo_client. An Admin API application with read log. A traceback means the file is incomplete'''
"duo.telephony" = '''python3 -c $'import duo_client, json\nadmin, after = duo_client.Admin("IKEY", "SKEY", "api-XXXXXXXX.duosecurity.com"), None\nwhile True:\n page = admin.json_api_call("GET", "/admin/v2/logs/telephony", {"mintime": "{start_unix}000", "maxtime": "{end_unix}000", "limit": "1000", **({"next_offset": after} if after else {})})\n [print(json.dumps(each)) for each in page.get("authlogs") or page.get("items") or []]\n after = page["metadata"].get("next_offset")\n after = ",".join(map(str, after)) if isinstance(after, list) else after\n if not after: break' > {file}.jsonl # pip install duo_client. An Admin API application with read log. A traceback means the file is incomplete'''
"duo.admin" = '''python3 -c $'import duo_client, json\nadmin, at = duo_client.Admin("IKEY", "SKEY", "api-XXXXXXXX.duosecurity.com"), {start_unix}\nwhile True:\n page = admin.json_api_call("GET", "/admin/v1/logs/administrator", {"mintime": str(at)})\n [print(json.dumps(each)) for each in page if each["timestamp"] <= {end_unix}]\n last = page[-1]["timestamp"] if page else at\n if len(page) < 1000 or last > {end_unix}: break\n at = max(last, at + 1)' > {file}.jsonl # pip install duo_client. An Admin API application with read log. Pages overlap by a second, timeline counts a record once'''
"duo.offline_enrollment" = '''python3 -c $'import duo_client, json\nadmin, at = duo_client.Admin("IKEY", "SKEY", "api-XXXXXXXX.duosecurity.com"), {start_unix}\nwhile True:\n page = admin.json_api_call("GET", "/admin/v1/logs/offline_enrollment", {"mintime": str(at)})\n [print(json.dumps(each)) for each in page if each["timestamp"] <= {end_unix}]\n last = page[-1]["timestamp"] if page else at\n if len(page) < 1000 or last > {end_unix}: break\n at = max(last, at + 1)' > {file}.jsonl # pip install duo_client. An Admin API application with read log. Pages overlap by a second, timeline counts a record once'''
*/
SELECT
    coalesce(r.action.name, r.action) AS act,
    coalesce(try(instant_epoch(r.timestamp)), instant_utc(r.ts)) AS time,
    CASE WHEN r.timestamp IS NOT NULL THEN 's' ELSE precision_of(r.ts) END AS time_precision,
    CASE WHEN r.credits IS NOT NULL AND r.phone IS NOT NULL THEN 'duo.telephony' WHEN act LIKE 'o2fa%' THEN 'duo.offline_enrollment' WHEN r.activity_id IS NOT NULL THEN 'duo.activity'
         WHEN act IS NOT NULL THEN 'duo.admin' ELSE 'duo.auth' END AS source,
    concat_ws('/', r.activity_id, r.txid, r.telephony_id, r.factor, r.result, act, r.username, r.object, r.context, r.phone, r.type, r.description) AS record_id,
    CASE source WHEN 'duo.telephony' THEN concat_ws(' ', r.type, r.context) WHEN 'duo.auth' THEN coalesce(r.event_type, r.factor) ELSE act END AS operation,
    CASE WHEN source = 'duo.telephony' THEN 'service.event'
         WHEN source = 'duo.auth' THEN CASE r.event_type WHEN 'enrollment' THEN 'credential.add' ELSE 'sign_in' END
         WHEN act = 'o2fa_user_provisioned' OR act = 'o2fa_user_reenrolled' THEN 'credential.add'
         WHEN act LIKE 'o2fa%' THEN 'account.change'
         WHEN act LIKE 'admin_login%' OR act LIKE 'admin_2fa%' OR act LIKE 'admin_single_sign_on%' THEN 'sign_in'
         WHEN act LIKE 'integration_%skey%view%' OR act LIKE '%skey_view%' THEN 'credential.read'
         WHEN act LIKE 'activation%password' OR act LIKE '%password%' OR act LIKE '%activate_duo_push' OR act LIKE 'bypass_create' OR act LIKE '%_bypass_code%'
             OR act LIKE 'phone_associate' OR act LIKE 'hardtoken_a%' OR act LIKE 'hardtoken_create' OR act LIKE 'u2ftoken_create' OR act LIKE 'webauthn%create'
             OR act LIKE '%skey%' OR act LIKE 'send_enroll_code' OR act LIKE '%regen%' THEN 'credential.add'
         WHEN act LIKE '%role%' OR act = 'group_user_add' OR act = 'user_adminunit_add' OR act IN ('admin_create', 'adminunit_add_admin') OR r.description LIKE '%"role": "%' AND act = 'admin_update' THEN 'role.assign'
         WHEN act LIKE 'admin_%' OR act LIKE 'user_%' OR act LIKE 'group_%' OR act LIKE 'phone_%' OR act LIKE 'activation_%' OR act LIKE 'hardtoken_%' OR act LIKE '%bulk%'
             OR act LIKE 'ad_sync%' OR act LIKE 'azure_sync%' THEN 'account.change'
         ELSE 'config.change' END AS action,
    CASE source WHEN 'duo.telephony' THEN 'audit' ELSE family_of(action) END AS family,
    CASE WHEN source = 'duo.telephony' THEN 'unknown'
         WHEN source = 'duo.auth' THEN CASE WHEN lower(r.result) = 'success' THEN 'success' WHEN r.result IS NOT NULL THEN 'failure' ELSE 'unknown' END
         WHEN act LIKE '%error%' OR act LIKE '%fail%' OR act LIKE '%denied%' OR lower(r.outcome.result) IN ('failure', 'error', 'denied') THEN 'failure' ELSE 'success' END AS outcome,
    CASE WHEN source = 'duo.auth' THEN concat_ws(' ', r.result, r.reason, r.factor) ELSE coalesce(nullif(r.description, ''), r.action.details) END AS outcome_detail,
    coalesce(nullif(r.user.name, ''), r.actor.name, nullif(r.username, ''), nullif(r.email, '')) AS actor,
    coalesce(r.user.key, r.actor.key) AS actor_id,
    CASE WHEN actor IN ('API', 'System') OR r.actor.type = 'system' THEN 'system' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(regexp_replace(coalesce(r.access_device.ip, r.ip), '( port |p|#)\d+$', '')) AS told_ip,
    CASE WHEN length(told_ip) - length(replace(told_ip, ':', '')) = 8 THEN regexp_replace(told_ip, ':\d+$', '') ELSE told_ip END AS src_ip,
    coalesce(stated(r.access_device.location.country), stated(r.location.country)) AS country,
    CASE WHEN source = 'duo.offline_enrollment' THEN nullif(regexp_extract(r.description, '"user_agent": ?"([^"]*)"', 1), '')
         ELSE nullif(concat_ws(' ', r.access_device.browser, r.access_device.browser_version, r.access_device.os, r.access_device.os_version), '') END AS user_agent,
    coalesce(stated(r.access_device.epkey), stated(r.access_device.hostname), stated(r.auth_device.key), stated(r.auth_device.name), stated(r.device)) AS device_id,
    coalesce(r.application.name, r.integration) AS resource,
    coalesce(r.application.key, r.ikey) AS resource_id,
    r.txid AS request_id,
    CASE WHEN source = 'duo.telephony' THEN r.phone ELSE coalesce(r.target.name, r.target.key, r.object) END AS object
FROM records
