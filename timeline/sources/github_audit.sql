/*
# Git events are kept for seven days and exported only where asked for: a log of their own, so that 180 days of the rest never count for them.
# `repo.download_zip` is shown as a read, yet no source promises it.
title        = "GitHub audit log (organisation, enterprise)"
docs         = ["https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization", "https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/identifying-audit-log-events-performed-by-an-access-token"]
names        = ["github.audit", "github.git_events"]
match        = '''r.action LIKE '%_._%' AND NOT contains(r.action, ' ') AND try_cast(coalesce(r."@timestamp", r.created_at) AS BIGINT) BETWEEN 100000000000 AND 99999999999999
    AND coalesce(r.actor, r.org, r.business, r.repo, r._document_id) IS NOT NULL AND r.date_create IS NULL'''
undated = "r.action LIKE '%_._%' AND NOT contains(r.action, ' ') AND coalesce(r.actor, r.org, r.business, r.repo) IS NOT NULL"
completeness = "complete"
scope        = "organisation, else the enterprise, else the repository's owner"
optional     = ["sign_in", "token.issue", "token.revoke", "credential.add", "secret.scan"]
objects      = ["{scope}*"]
empty        = ["device_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "bytes", "mailbox"]
sees_not     = ["addresses of clients, unless their display was switched on", "Git events older than 7 days, and any Git event in an export without include=all or git", "reading of files in the browser", "how many bytes were cloned", "what a person does to the own account (sign-ins, keys, tokens), unless the enterprise manages the accounts",
                "when a presented token was issued (its hash joins uses of one token)", "Git events of public repositories by strangers"]
export       = "gh api --paginate '/orgs/ORG/audit-log?include=all&per_page=100&phrase=created:2024-01-01..2024-01-31' (Enterprise Cloud), or the files of audit log streaming"
[witnesses]
"github.audit" = ["consent.grant", "role.assign", "account.change", "federation.change", "object.create", "object.delete", "object.move", "object.share", "logging.disable", "logging.enable", "config.change"]
"github.git_events" = ["object.read", "object.write"]

[collect]
"*" = "gh api --paginate '/orgs/{scope}/audit-log?include=web&order=asc&per_page=100&phrase=created:{start}..{end}' > {file}.json # an enterprise: /enterprises/NAME/audit-log. gh auth refresh -s read:audit_log first. 180 days back, 1 750 requests an hour"
"github.git_events" = "gh api --paginate '/orgs/{scope}/audit-log?include=git&order=asc&per_page=100&phrase=created:{start}..{end}' > {file}.json # an enterprise: /enterprises/NAME/audit-log. gh auth refresh -s read:audit_log first. 7 days back only, 1 750 requests an hour"
*/
SELECT
    coalesce(r."@timestamp", r.created_at) AS told,
    try(instant_epoch(told)) AS time,
    'ms' AS time_precision,
    CASE WHEN r."@timestamp" <> r.created_at THEN try(instant_epoch(r.created_at)) END AS logged_time,
    CASE WHEN starts_with(r.action, 'git.') THEN 'github.git_events' ELSE 'github.audit' END AS source,
    coalesce(CASE WHEN starts_with(r.org, '[') THEN r.org."#0" ELSE nullif(r.org, '') END, nullif(r.business, ''), nullif(split_part(r.repo, '/', 1), '')) AS told_scope,
    lower(told_scope) AS scope,
    r._document_id AS record_id,
    r.action AS operation,
    CASE
        WHEN operation IN ('git.clone', 'git.fetch', 'repo.download_zip') THEN 'object.read'
        WHEN operation = 'git.push' THEN 'object.write'
        WHEN operation IN ('user.login', 'user.failed_login', 'org.sso_response', 'business.sso_response', 'user.two_factor_challenge_failure', 'user.device_verification_failure') THEN 'sign_in'
        WHEN operation IN ('user.logout', 'user.sign_out') THEN 'sign_out'
        WHEN operation IN ('repo.create', 'repo.restore', 'gist.create') THEN 'object.create'
        WHEN operation IN ('repo.destroy', 'gist.destroy', 'packages.package_deleted', 'packages.package_version_deleted') THEN 'object.delete'
        WHEN operation IN ('repo.rename', 'repo.transfer', 'repo.transfer_outgoing') THEN 'object.move'
        WHEN operation IN ('repo.access', 'repo.change_visibility', 'private_repository_forking.enable', 'org.set_actions_fork_pr_approvals_policy') THEN 'object.share'
        WHEN operation IN ('repo.add_member', 'repo.update_member', 'team.add_member', 'team.add_repository', 'team.update_repository_permission', 'org.add_member', 'org.update_member', 'org.add_outside_collaborator',
            'org.invite_member', 'business.add_admin', 'business.add_organization', 'business.invite_admin', 'business.add_billing_manager', 'org.add_billing_manager', 'org.add_security_manager',
            'role.create', 'organization_role.assign', 'team.promote_maintainer', 'business.add_user_account') THEN 'role.assign'
        WHEN operation LIKE '%saml%' OR operation LIKE '%oidc%' OR operation LIKE '%external_identity%' OR operation LIKE '%.sso_%' THEN 'federation.change'
        WHEN operation LIKE 'audit_log_streaming.%' THEN CASE split_part(operation, '.', 2) WHEN 'destroy' THEN 'logging.disable' WHEN 'create' THEN 'logging.enable'
            WHEN 'update' THEN CASE lower(r.audit_log_stream_enabled) WHEN 'false' THEN 'logging.disable' WHEN 'true' THEN 'logging.enable' ELSE 'config.change' END ELSE 'other' END
        WHEN operation LIKE '%audit_log_git_events_enabled' THEN 'logging.enable'
        WHEN operation LIKE '%audit_log_git_events_disabled' OR operation LIKE '%disable_source_ip_disclosure' OR operation LIKE '%source_ip_disclosure%disable%' THEN 'logging.disable'
        WHEN operation LIKE '%audit_log_export' OR operation LIKE '%audit_log_git_event_export' OR operation LIKE '%_export%' THEN 'config.read'
        WHEN operation IN ('oauth_access.create', 'personal_access_token.access_granted', 'oauth_authorization.create', 'org_credential_authorization.grant') THEN CASE operation
            WHEN 'oauth_access.create' THEN 'token.issue' ELSE 'consent.grant' END
        WHEN operation IN ('org.oauth_app_access_approved', 'integration_installation.create', 'integration_installation.repositories_added', 'integration.approve_request',
            'org_credential_authorization.create') OR operation LIKE 'integration_installation_request.%' THEN 'consent.grant'
        WHEN operation LIKE '%credential_authorization.revoke' OR operation LIKE '%credential_authorization.deauthorized%' OR operation LIKE 'oauth_access.destroy' OR operation LIKE 'oauth_access.revoke'
            OR operation LIKE '%token%revoke%' OR operation LIKE '%personal_access_token%destroy' THEN 'token.revoke'
        WHEN operation LIKE '%secret_scanning_alert.create' OR operation LIKE '%secret_scanning_push_protection.bypass' THEN 'secret.scan'
        WHEN (operation LIKE '%public_key.%' OR operation LIKE '%personal_access_token.%' OR operation LIKE '%oauth_application.%secret%' OR operation LIKE '%integration.%key%' OR operation LIKE '%_secret'
            OR operation LIKE '%ssh_certificate_authority.%' OR operation LIKE '%gpg_key.%') AND regexp_matches(operation, '(create|add|generate|register|update|verif)') OR operation LIKE '%change_password'
            OR operation LIKE 'two_factor_authentication.%' OR operation LIKE '%_token.create' OR operation LIKE '%register_self_hosted_runner' THEN 'credential.add'
        WHEN operation LIKE 'team.%' OR operation LIKE 'user.%' OR operation LIKE 'account.%' OR operation LIKE 'oauth_application.%' OR operation LIKE 'integration.%' OR operation LIKE 'integration_installation.%'
            OR operation LIKE 'public_key.%' OR regexp_matches(operation, '\.(remove|block|unblock|reinstate|cancel|restore)_(member|user|admin|outside_collaborator|invitation)') THEN 'account.change'
        WHEN operation LIKE 'pull_request%' OR operation LIKE 'workflows.%' OR operation LIKE 'issue%' OR operation LIKE 'project%' OR operation LIKE 'discussion%' OR operation LIKE 'checks.%'
            OR operation IN ('protected_branch.rejected_ref_update', 'protected_branch.policy_override') THEN 'other'
        ELSE 'config.change' END AS action,
    family_of(action) AS family,
    CASE WHEN operation IN ('audit_log_streaming.destroy', 'audit_log_streaming.create', 'audit_log_streaming.update') THEN export_change('github.*/' || coalesce(scope, '*'), 'stream', 'stream',
             CASE WHEN action LIKE 'logging.%' THEN off_where(action = 'logging.disable') END)
         WHEN operation LIKE '%audit_log_git_events_%abled' THEN json_object('subject', 'github.git_events/' || coalesce(scope, '*'), 'key', 'git events', 'off', off_where(suffix(operation, '_disabled')))::VARCHAR END AS change,
    -- a record is written once the thing is done; where the name tells of a refusal, it is one
    CASE WHEN regexp_matches(operation, '(rejected|failed|failure|denied)') THEN 'failure' WHEN action IN ('sign_in', 'sign_out', 'token.issue', 'logging.disable', 'logging.enable') THEN 'success' ELSE 'unknown' END AS outcome,
    coalesce(r.explanation, r.reason, r.programmatic_access_type) AS outcome_detail,
    coalesce(nullif(r.actor, ''), nullif(r.external_identity_nameid, '')) AS actor,
    coalesce(r.actor_id, nullif(r.external_identity_nameid, '')) AS actor_id,
    CASE WHEN actor LIKE '%[bot]' OR r.actor_is_bot = 'true' THEN 'service' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(r.actor_ip) AS src_ip,
    r.actor_location.country_code AS country,
    r.user_agent AS user_agent,
    coalesce(r.oauth_application, r.integration) AS app,
    coalesce(r.oauth_application_id, r.application_client_id) AS app_id,
    r.actor_session AS session_id,
    r.token_id AS token_id,
    r.hashed_token AS credential_id,
    r.request_id AS request_id,
    coalesce(nullif(r.repo, ''), nullif(r.repository, '')) AS place,
    CASE WHEN action IN ('role.assign', 'account.change') THEN coalesce(nullif(r."user", ''), place, r.team, r.data.team, told_scope) ELSE coalesce(place, nullif(r."user", ''), r.team, told_scope) END AS object,
    CASE WHEN operation = 'repo.rename' THEN told_scope || '/' || coalesce(r.old_name, r.data.old_name) WHEN operation LIKE 'repo.transfer%' THEN coalesce(r.old_user, r.data.old_user) || '/' || split_part(place, '/', 2) END AS object_from,
    coalesce(r.name, r.team, r.data.team, CASE WHEN action IN ('role.assign', 'account.change') THEN place END) AS resource,
    coalesce(r.hook_id, r.repo_id) AS resource_id
FROM records
