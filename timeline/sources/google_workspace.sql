/*
# One activity may hold several events: the first names the operation, the record keeps them all. An event that states no outcome has none, though it
# says that something was done. `uniqueQualifier` alone is no key: it repeats within seconds.
# Rows of the export to BigQuery (table `activity`) name no customer: their scope is `default`.
# The object of Drive is the document's id (they begin with 0 or 1); its title is in `resource`.
# Alerts (Alert Center API) have another shape: the account they speak about, or the one they were given to, is the actor.
title        = "Google Workspace activity reports and alerts"
docs         = ["https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list", "https://developers.google.com/workspace/admin/reports/v1/appendix/activity/login", "https://developers.google.com/workspace/admin/alertcenter/reference/rest/v1beta1/alerts"]
names        = ["google_workspace.*"]
match        = '''r.kind = 'admin#reports#activity' OR (r.id.applicationName IS NOT NULL AND coalesce(r.id.time, r.id.uniqueQualifier, r.id.customerId, r.actor.email) IS NOT NULL AND r.events IS NOT NULL)
    OR (r.time_usec IS NOT NULL AND r.event_name IS NOT NULL AND r.record_type IS NOT NULL) OR starts_with(r.data."@type", 'type.googleapis.com/google.apps.alertcenter.') OR (r.alertId IS NOT NULL AND r.customerId IS NOT NULL AND r.createTime IS NOT NULL)'''
completeness = "complete"
scope        = "customer id"
token_kinds  = ["SAML assertions for applications (saml)", "OAuth grants (token)"]
empty        = ["session_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "request_id", "issued_time", "object_hash", "object_size"]
optional     = ["mail.read", "mail.send", "credential.read"]
objects      = ["0*", "1*"]
sees_not     = ["sessions and tokens by an id", "hashes and sizes of files", "what an application did with its grant, but for some APIs (token, activity)", "activity younger than the delay of its application (minutes to three days)",
                "reads of mail, unless Gmail logs are switched on for export"]
export       = "gam report drive start … end … (for each application), or GET https://admin.googleapis.com/admin/reports/v1/activity/users/all/applications/APPLICATION?startTime=…&maxResults=1000 and follow nextPageToken"
[witnesses]
"google_workspace.login" = ["sign_in", "sign_out"]
"google_workspace.saml" = ["token.issue"]
"google_workspace.token" = ["consent.grant", "token.revoke"]
"google_workspace.drive" = ["object.create", "object.read", "object.write", "object.copy", "object.move", "object.delete", "object.share"]
"google_workspace.admin" = ["credential.add", "role.assign", "consent.grant", "account.change", "federation.change", "token.revoke", "mail.rule"]
"google_workspace.user_accounts" = ["credential.add", "account.change", "mail.rule"]
"google_workspace.rules" = ["secret.scan"]
"google_workspace.groups_enterprise" = ["role.assign", "account.change"]
"*" = []

[collect]
"*" = '''t=; while a=$(curl -sSf --retry 9 -G -H 'Authorization: Bearer TOKEN' https://admin.googleapis.com/admin/reports/v1/activity/users/all/applications/{part} -d startTime={start} -d endTime={end} -d maxResults=1000 ${t:+--data-urlencode "pageToken=$t"}) || { echo INCOMPLETE >&2; false; }; do jq -c '.items[]?' <<<"$a"; t=$(jq -r '.nextPageToken // empty' <<<"$a"); [ -n "$t" ] || break; done > {file}.jsonl # a token of an administrator with the scope admin.reports.audit.readonly. It lives for an hour'''
"google_workspace.alert" = '''t=; while a=$(curl -sSf --retry 9 -G -H 'Authorization: Bearer TOKEN' https://alertcenter.googleapis.com/v1beta1/alerts --data-urlencode 'filter=createTime >= "{start}" AND createTime < "{end}"' -d pageSize=1000 ${t:+--data-urlencode "pageToken=$t"}) || { echo INCOMPLETE >&2; false; }; do jq -c '.alerts[]?' <<<"$a"; t=$(jq -r '.nextPageToken // empty' <<<"$a"); [ -n "$t" ] || break; done > {file}.jsonl # a token of a delegated service account with the scope apps.alerts'''
*/
SELECT
    'google_workspace.' || coalesce(application, 'unknown') AS source,
    coalesce(instant(told), instant_epoch(r.time_usec)) AS time,
    coalesce(precision_of(told), 'us') AS time_precision,
    CASE WHEN application = 'alert' THEN instant(r.updateTime) END AS logged_time,
    coalesce(r.id.customerId, r.customerId) AS scope,
    CASE WHEN application = 'alert' THEN r.alertId ELSE concat_ws('/', told, coalesce(r.id.uniqueQualifier, r.id.uniqQualifier, r.unique_identifier), r.actor.profileId, r.actor.email, r.email, name, md5(coalesce(parameters, part))) END AS record_id,
    coalesce(name, r.source) AS operation,
    action,
    CASE WHEN action IN ('secret.scan', 'token.use') AND application <> 'token' THEN 'audit' ELSE family_of(action) END AS family,
    CASE WHEN suffix(name, '_failure') OR name IN ('ACCESS_DENY_EVENT', 'FAILED_PASSWORD_ATTEMPTS_EVENT', 'deny') OR status LIKE '%failed%' OR status = 'incorrect answer entered.' THEN 'failure'
         WHEN name = 'login_success' OR status LIKE '%passed%' OR suffix(name, '_allowed') AND action = 'sign_in' THEN 'success' ELSE 'unknown' END AS outcome,
    coalesce(stated(told_values[list_position(keys, 'login_failure_type')]), stated(told_values[list_position(keys, 'failure_type')]), stated(told_values[list_position(keys, 'login_challenge_status')]),
        stated(told_values[list_position(keys, 'visibility')]), stated(r.metadata.status)) AS outcome_detail,
    coalesce(stated(r.actor.email), stated(r.email), stated(r.data.maliciousEntity.entity.emailAddress), stated(r.data.actorEmail), stated(r.metadata.assignee), stated(r.data.email), stated(r.actor.key)) AS told_actor,
    coalesce(told_actor, r.actor.profileId) AS actor,
    r.actor.profileId AS actor_id,
    CASE WHEN application = 'access_transparency' THEN 'system' WHEN r.actor.callerType = 'USER' THEN CASE WHEN suffix(r.actor.email, 'gserviceaccount.com') THEN 'service' ELSE 'user' END
         WHEN r.actor.callerType = 'APPLICATION' THEN 'service' WHEN r.actor.callerType = 'KEY' THEN 'system' END AS actor_type,
    coalesce(address(r.ipAddress), address(r.ip_address), address(r.data.sourceIp), address(r.data.loginDetails.ipAddress)) AS src_ip,
    stated(r.networkInfo.regionCode) AS country,
    try_cast(r.networkInfo.ipAsn."#0" AS BIGINT) AS asn,
    CASE WHEN application = 'login' THEN stated(told_values[list_position(keys, 'login_type')]) END AS protocol,
    coalesce(stated(told_values[list_position(keys, 'user_agent')]), stated(told_values[list_position(keys, 'USER_AGENT')])) AS user_agent,
    coalesce(stated(told_values[list_position(keys, 'device_id')]), stated(told_values[list_position(keys, 'DEVICE_ID')]), stated(told_values[list_position(keys, 'CAA_DEVICE_ID')])) AS device_id,
    coalesce(stated(told_values[list_position(keys, 'app_name')]), stated(told_values[list_position(keys, 'OAUTH2_APP_NAME')]), stated(told_values[list_position(keys, 'application_name')]),
        stated(told_values[list_position(keys, 'APPLICATION_NAME')]), stated(told_values[list_position(keys, 'CAA_APPLICATION')])) AS app,
    coalesce(stated(told_values[list_position(keys, 'client_id')]), stated(told_values[list_position(keys, 'OAUTH2_APP_ID')]), stated(told_values[list_position(keys, 'API_CLIENT_NAME')]),
        stated(told_values[list_position(keys, 'originating_app_id')]), stated(told_values[list_position(keys, 'APP_ID')])) AS app_id,
    coalesce(stated(told_values[list_position(keys, 'doc_title')]), stated(told_values[list_position(keys, 'api_name')]), stated(told_values[list_position(keys, 'ROLE_NAME')]), stated(told_values[list_position(keys, 'SETTING_NAME')]),
        stated(told_values[list_position(keys, 'GSUITE_PRODUCT_NAME')]), stated(r.type), application) AS resource,
    coalesce(stated(told_values[list_position(keys, 'method_name')]), stated(told_values[list_position(keys, 'ROLE_ID')]), stated(told_values[list_position(keys, 'shared_drive_id')])) AS resource_id,
    coalesce(stated(told_values[list_position(keys, 'doc_id')]), stated(told_values[list_position(keys, 'USER_EMAIL')]), stated(told_values[list_position(keys, 'affected_email_address')]),
        stated(told_values[list_position(keys, 'GROUP_EMAIL')]), stated(told_values[list_position(keys, 'group_id')]), stated(told_values[list_position(keys, 'GROUP_NAME')]), stated(told_values[list_position(keys, 'resource_id')]), stated(told_values[list_position(keys, 'RESOURCE_NAME')]),
        stated(told_values[list_position(keys, 'email_forwarding_destination_address')]), stated(told_values[list_position(keys, 'DOMAIN_NAME')]), stated(r.data.ruleViolationInfo.resourceInfo.documentId), stated(r.data.email)) AS object,
    CASE WHEN action = 'object.move' THEN coalesce(stated(told_values[list_position(keys, 'source_folder_title')]), stated(try(json_extract_string(told_lists[list_position(keys, 'old_value')], '$[0]'))), stated(told_values[list_position(keys, 'old_value')])) END AS object_from,
    try_cast(told_values[list_position(keys, 'num_response_bytes')] AS BIGINT) AS bytes,
    CASE WHEN action IN ('mail.rule', 'mail.read') THEN coalesce(stated(told_values[list_position(keys, 'USER_EMAIL')]), CASE WHEN application <> 'admin' THEN told_actor END) END AS mailbox
FROM (SELECT *,
        lower(coalesce(stated(told_values[list_position(keys, 'login_challenge_status')]), '')) AS status,
        CASE
            WHEN application = 'alert' THEN 'service.event'
            WHEN name IS NULL THEN 'other'
            WHEN application = 'saml' THEN CASE WHEN starts_with(name, 'login') THEN 'token.issue' ELSE 'other' END
            WHEN name IN ('login_success', 'login_failure', 'login_challenge', 'login_verification') THEN 'sign_in'
            WHEN name = 'logout' THEN 'sign_out'
            WHEN application = 'token' AND name IN ('authorize', 'deny') THEN 'consent.grant'
            WHEN application = 'token' AND name = 'revoke' THEN 'token.revoke'
            WHEN application = 'token' AND name = 'activity' THEN CASE WHEN told_values[list_position(keys, 'method_name')] LIKE 'gmail.users.messages.%' AND NOT told_values[list_position(keys, 'method_name')] LIKE '%.send' THEN 'mail.read'
                WHEN told_values[list_position(keys, 'method_name')] IN ('gmail.users.messages.send', 'gmail.users.drafts.send') THEN 'mail.send' ELSE 'token.use' END
            WHEN name = 'ACCESS_DENY_EVENT' THEN 'token.use'
            WHEN name IN ('2sv_enroll', 'password_edit', 'recovery_email_edit', 'recovery_phone_edit', 'recovery_secret_qa_edit', 'titanium_enroll', 'passkey_enrolled') THEN 'credential.add'
            WHEN name IN ('email_forwarding_out_of_domain') THEN 'mail.rule'
            WHEN starts_with(name, 'account_disabled') OR name IN ('2sv_disable', 'titanium_unenroll', 'passkey_removed') THEN 'account.change'
            WHEN starts_with(name, 'suspicious_') OR name = 'gov_attack_warning' OR kind = 'account_warning' OR kind = 'attack_warning' THEN 'service.event'
            WHEN application = 'rules' THEN CASE WHEN name IN ('rule_match', 'rule_trigger', 'content_matched', 'content_unmatched', 'action_complete') THEN 'secret.scan' ELSE 'other' END
            WHEN application = 'drive' THEN CASE
                WHEN name IN ('view', 'preview', 'download', 'print', 'sheets_import_range', 'access_item_content', 'sync_item_content', 'prefetch_item_content', 'export') THEN 'object.read'
                WHEN name IN ('create') AND told_values[list_position(keys, 'doc_type')] IN ('folder', 'shared_drive') OR name = 'shared_drive_created' THEN 'object.create'
                WHEN name IN ('create', 'upload', 'edit', 'untrash') THEN 'object.write'
                WHEN name IN ('copy', 'source_copy') THEN 'object.copy'
                WHEN name IN ('move', 'rename', 'add_to_folder', 'remove_from_folder') THEN 'object.move'
                WHEN name IN ('delete', 'trash', 'team_drive_deleted', 'shared_drive_deleted') THEN 'object.delete'
                WHEN name = 'change_user_access' AND told_lists[list_position(keys, 'new_value')] = '["none"]' OR told_values[list_position(keys, 'membership_change_type')] LIKE 'remove_%' THEN 'config.change'
                WHEN kind = 'acl_change' AND name NOT LIKE '%settings_change' OR name IN ('email_as_attachment', 'publish_change', 'change_owner') THEN 'object.share'
                WHEN name LIKE '%settings_change' OR name IN ('add_lock', 'remove_lock') THEN 'config.change' ELSE 'other' END
            WHEN application IN ('groups', 'groups_enterprise') THEN CASE WHEN name IN ('add_member', 'add_user', 'add_member_role', 'join', 'approve_join_request', 'accept_invitation') THEN 'role.assign' ELSE 'account.change' END
            WHEN application = 'chat' THEN CASE name WHEN 'attachment_download' THEN 'object.read' WHEN 'attachment_upload' THEN 'object.write' ELSE 'other' END
            WHEN application = 'access_transparency' THEN 'object.inspect'
            WHEN application <> 'admin' THEN 'other'
            WHEN name IN ('ASSIGN_ROLE', 'ADD_PRIVILEGE', 'GRANT_ADMIN_PRIVILEGE', 'GRANT_DELEGATED_ADMIN_PRIVILEGES', 'ADD_GROUP_MEMBER', 'UPDATE_GROUP_MEMBER') THEN 'role.assign'
            WHEN name IN ('CHANGE_PASSWORD', 'GENERATE_2SV_SCRATCH_CODES', 'ADD_RECOVERY_EMAIL', 'ADD_RECOVERY_PHONE', 'CHANGE_RECOVERY_EMAIL', 'CHANGE_RECOVERY_PHONE', 'SECURITY_KEY_REGISTERED_FOR_USER',
                'USER_ENROLLED_IN_TWO_STEP_VERIFICATION') THEN 'credential.add'
            WHEN name = 'VIEW_TEMP_PASSWORD' THEN 'credential.read'
            WHEN name IN ('RESET_SIGNIN_COOKIES', 'REVOKE_ASP', 'REVOKE_SECURITY_KEY') OR starts_with(name, 'REVOKE_3LO') THEN 'token.revoke'
            WHEN name IN ('ADD_TO_TRUSTED_OAUTH2_APPS', 'ALLOW_SERVICE_FOR_OAUTH2_ACCESS', 'AUTHORIZE_API_CLIENT_ACCESS', 'TRUST_DOMAIN_OWNED_OAUTH2_APPS', 'ADD_APPLICATION_TO_WHITELIST') THEN 'consent.grant'
            WHEN name IN ('CREATE_EMAIL_MONITOR', 'MAIL_ROUTING_DESTINATION_ADDED', 'CREATE_GMAIL_SETTING', 'CHANGE_GMAIL_SETTING', 'CHANGE_EMAIL_SETTING') THEN 'mail.rule'
            WHEN name IN ('REQUEST_MAILBOX_DUMP', 'EMAIL_UNDELETE') THEN 'mail.read'
            WHEN contains(name, 'SSO_') OR name IN ('ADD_DOMAIN_ALIAS', 'ADD_SECONDARY_DOMAIN', 'CREATE_SAML2_SERVICE_PROVIDER_CONFIG', 'UPDATE_SAML2_SERVICE_PROVIDER_CONFIG') THEN 'federation.change'
            WHEN name = 'CREATE_DATA_TRANSFER_REQUEST' THEN 'object.share'
            WHEN name IN ('EMAIL_LOG_SEARCH', 'REQUEST_ACCOUNT_INFO', 'ALERT_CENTER_VIEW') OR starts_with(name, 'DOWNLOAD_') OR starts_with(name, 'SECURITY_INVESTIGATION_QUERY') THEN 'config.read'
            WHEN kind IN ('USER_SETTINGS', 'DELEGATED_ADMIN_SETTINGS', 'GROUP_SETTINGS') THEN 'account.change'
            ELSE 'config.change' END AS action
    FROM (SELECT *,
        coalesce(list_transform(pairs, lambda each: each['name']), json_keys(part)) AS keys,
        coalesce(list_transform(pairs, lambda each: coalesce(each['value'], each['intValue'])),
            list_transform(json_keys(part), lambda each: json_extract_string(part, '$."' || each || '"'))) AS told_values,
        list_transform(pairs, lambda each: each['multiValue']) AS told_lists
    FROM (SELECT *,
        try(from_json(parameters, '[{"name":"VARCHAR","value":"VARCHAR","intValue":"VARCHAR","multiValue":"VARCHAR"}]')) AS pairs
    FROM (SELECT *,
        coalesce(r.id.time, r.createTime) AS told,
        lower(coalesce(r.id.applicationName, CASE WHEN r.alertId IS NOT NULL THEN 'alert' END, r.record_type)) AS application,
        coalesce(r.events.name, r.events."#0".name, r.event_name) AS name,
        coalesce(r.events.type, r.events."#0".type, r.event_type) AS kind,
        -- BigQuery: the parameters are the members of an object that is named as the application
        CASE WHEN r.time_usec IS NOT NULL THEN coalesce(r.login, r.drive, r.admin, r.token, r.saml, r.rules, r.user_accounts, r.groups, r.chat) END AS part,
        coalesce(r.events.parameters, r.events."#0".parameters) AS parameters
    FROM records))))
