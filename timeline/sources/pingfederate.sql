/*
# Fields are separated by vertical bars. The default order is known (with and without the transaction id of version 11.3 and later); fields that an administrator
# appended come after it. In another order the event, the address, the role and the status are found by their own form, and what has none stays empty.
# An SSO is the issuance of an assertion in the role of an identity provider (IdP), and a sign-in by one in that of a service provider (SP).
title        = "PingFederate security audit log"
docs         = ["https://docs.pingidentity.com/pingfederate/latest/administrators_reference_guide/pf_security_audit_loggin.html"]
names        = ["pingfederate.audit"]
match        = '''regexp_matches(line, '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d{3} *\| *(.*\| *)?tid:[^|]*\|.*\|.*\|.*\|')'''
witnesses    = ["sign_in", "sign_out", "token.issue", "token.revoke"]
completeness = "complete"
scope        = "host of the server, where the pattern has it"
token_kinds  = ["SAML assertions and WS-Trust tokens of the identity provider", "OAuth tokens (without their ids)"]
local_time   = true
optional     = ["credential.add", "account.change", "consent.grant"]
empty        = ["logged_time", "user_agent", "device_id", "app_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox", "actor_id"]
sees_not     = ["ids of tokens and assertions, unless an administrator added them to the pattern", "what was done with a token at a service", "other nodes of the cluster: each has its own file",
                "outbound provisioning (provisioner-audit.log) and administrators (admin.log)", "the time zone of its times", "anything, where the level of the logger was lowered"]
export       = "cp <pf_install>/pingfederate/log/audit.log* evidence/ (with server/default/conf/log4j2.xml, which states the pattern)"

[collect]
"*" = 'sudo find /opt/pingfederate/log /opt/pingfederate/pingfederate/log /opt/pingfederate/server/default/conf/log4j2.xml /opt/pingfederate/pingfederate/server/default/conf/log4j2.xml -type f -print0 | sudo tar --null -czf {file}.tar.gz -T - # on each node of the cluster. Your PF_INSTALL in place of /opt/pingfederate. log4j2.xml states the pattern'
*/
SELECT
    NULL::TIMESTAMPTZ AS time,
    try_cast(replace(part[1], ',', '.') AS TIMESTAMP) AS local_time,
    'ms' AS time_precision,
    list_position(list_transform(part, lambda each: starts_with(each, 'tid:')), true) AS tracked,
    CASE WHEN regexp_matches(part[tracked + 1], '^[A-Z][A-Za-z_]*$') THEN tracked + 1 WHEN regexp_matches(part[tracked + 2], '^[A-Z][A-Za-z_]*$') THEN tracked + 2 END AS named,
    -- the order is the default one where role and status stand where they belong
    coalesce(part[named + 7] IN ('IdP', 'SP', 'AS', 'RS', 'STS', '') AND regexp_matches(lower(part[named + 8]), '^(success|failure|in_?progress|authn_.*|)$'), false) AS usual,
    part[named] AS operation,
    CASE WHEN usual THEN part[named + 7] ELSE list_filter(part, lambda each: each IN ('IdP', 'SP', 'AS', 'RS', 'STS'))[1] END AS role,
    lower(CASE WHEN usual THEN part[named + 8] ELSE list_filter(part, lambda each: regexp_matches(lower(each), '^(success|failure|in_?progress)$'))[1] END) AS status,
    CASE
        WHEN operation IN ('AUTHN_ATTEMPT', 'AUTHN_SESSION_CREATED', 'AUTHN_REQUEST') OR operation = 'SSO' AND role = 'SP' THEN 'sign_in'
        WHEN operation IN ('SLO', 'AUTHN_SESSION_DELETED') THEN 'sign_out'
        WHEN operation IN ('SSO', 'OAuth', 'OAUTH', 'STS', 'WSTrust') THEN 'token.issue'
        WHEN operation IN ('SRI_REVOKED', 'OAUTH_TOKEN_REVOKED', 'TOKEN_REVOKED', 'GRANT_REVOKED', 'USER_SESSIONS_REVOKED') OR operation LIKE '%REVOKE%' THEN 'token.revoke'
        WHEN operation LIKE 'PWD_%' OR operation LIKE 'PASSWORD%' THEN 'credential.add'
        WHEN operation LIKE '%CONSENT%' THEN 'consent.grant'
        WHEN regexp_matches(operation, '^(CREATE|UPDATE|DELETE|PATCH|ADD|REMOVE)(_|$)') OR operation LIKE '%REGISTRATION%' OR operation LIKE 'PROFILE%' THEN 'account.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    CASE status WHEN 'success' THEN 'success' WHEN 'failure' THEN 'failure' ELSE 'unknown' END AS outcome,
    CASE WHEN usual THEN nullif(concat_ws(' ', nullif(status, ''), nullif(part[named + 10], '')), '') ELSE status END AS outcome_detail,
    nullif(part[named + 1], '') AS actor,
    CASE WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(CASE WHEN usual THEN part[named + 2] ELSE list_filter(part, lambda each: regexp_matches(each, '^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)$'))[1] END) AS src_ip,
    CASE WHEN usual THEN nullif(part[named + 3], '') END AS resource_id,
    CASE WHEN usual THEN nullif(part[named + 4], '') END AS app,
    CASE WHEN usual THEN nullif(part[named + 5], '') ELSE list_filter(part, lambda each: regexp_matches(each, '^(SAML|OAuth|WSFED|WSTrust|OIDC|SCIM)'))[1] END AS resource,
    CASE WHEN usual THEN lower(nullif(part[named + 6], '')) END AS scope,
    CASE WHEN usual THEN nullif(part[named + 9], '') END AS object,
    substr(part[tracked], 5) AS session_id,
    CASE WHEN named = tracked + 2 THEN nullif(part[tracked + 1], '') END AS request_id
FROM (SELECT *, list_transform(string_split(rtrim(line, E'\r\n'), '|'), lambda each: trim(each)) AS part FROM records)
