/*
# A missing or empty status is success by the vendor's word. The last record of a long operation without any status says only that it ended.
# Data access (reading and writing of objects, tokens of service accounts, secrets) is recorded only where somebody switched it on: see `optional`.
# Those that are in `optional` alone (secrets, tokens, sign-ins of Workspace) are switched on service by service: their absence is never proof.
# No token has an id here: a GenerateAccessToken and the use of its token share the service account, the time (an hour, at most twelve) and often the address.
# credential_id is the id of a service account key, both where it is made (CreateServiceAccountKey) and where it is presented.
# change: what narrows data access logs (audit configuration, exclusions, the sink _Default) never touches the activity log; other sinks are copies.
title        = "Google Cloud audit logs"
docs         = ["https://cloud.google.com/logging/docs/audit/understanding-audit-logs", "https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/AuditLog", "https://cloud.google.com/storage/docs/audit-logging"]
names        = ["gcp.audit"]
match        = '''starts_with(r.protoPayload."@type", 'type.googleapis.com/google.cloud.audit.AuditLog')
    OR (contains(r.logName, 'cloudaudit.googleapis.com') OR r.protoPayload.serviceName IS NOT NULL OR r.protopayload_auditlog.serviceName IS NOT NULL)
        AND coalesce(r.protoPayload.methodName, r.protopayload_auditlog.methodName) IS NOT NULL'''
witnesses    = ["object.create", "object.read", "object.write", "object.copy", "object.move", "object.delete", "object.list", "object.inspect", "object.share", "credential.add", "role.assign", "account.change", "federation.change", "logging.disable", "logging.enable", "log.clear", "retention.change", "config.change"]
optional     = ["sign_in", "sign_out", "token.issue", "object.read", "object.write", "object.copy", "object.move", "object.delete", "object.list", "object.inspect", "credential.read", "consent.grant", "process.start"]
completeness = "complete"
scope        = "project, else organizations/…, folders/… or billingAccounts/…"
objects      = ["gs://*", "projects/*", "organizations/*", "folders/*", "billingAccounts/*", "//*.googleapis.com/*", "core/*", "apps/*"]
token_kinds  = ["access and id tokens of service accounts that another principal asked for (GenerateAccessToken), where data access of IAM is logged"]
empty        = ["session_id", "token_id", "signing_key_id", "token_issuer", "issued_time", "object_hash", "object_size", "mailbox", "device_id"]
sees_not     = ["reads and writes of data where data access logs are off (the default, but for BigQuery)", "who read a public object", "ids of tokens", "the address of callers inside Google (private, gce-internal-ip)",
                "contents, hashes and sizes of objects", "tokens that the metadata server of a machine hands out"]
export       = "gcloud logging read 'log_id(\"cloudaudit.googleapis.com/activity\") OR log_id(\"cloudaudit.googleapis.com/data_access\")' --project=… --freshness=400d --format=json, or gcloud storage cp -r gs://BUCKET-OF-THE-SINK/cloudaudit.googleapis.com ."

[collect]
"*" = '''gcloud logging read '(log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access") OR log_id("cloudaudit.googleapis.com/system_event") OR log_id("cloudaudit.googleapis.com/policy") OR log_id("cloudaudit.googleapis.com/access_transparency")) AND timestamp>="{start}" AND timestamp<"{end}"' --project={scope} --order=asc --format=json > {file}.json # of an organisation or a folder: --organization=ID or --folder=ID in place of --project. Data access needs the role Private Logs Viewer, without it its records are left out without a word'''
"*@sink*" = '''gcloud logging read '(log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access") OR log_id("cloudaudit.googleapis.com/system_event") OR log_id("cloudaudit.googleapis.com/policy") OR log_id("cloudaudit.googleapis.com/access_transparency")) AND timestamp>="{start}" AND timestamp<"{end}"' --project={scope} --bucket=LOG-BUCKET --location=LOCATION --view=_AllLogs --order=asc --format=json > {file}.json # gcloud logging sinks list says where the sink goes: this is for a log bucket, _Required and _Default are in location global. For one of Cloud Storage: gcloud storage cp -r gs://SINK-BUCKET/cloudaudit.googleapis.com .'''
"*@bucket" = 'mkdir -p {file}; d={first_day}; while :; do for l in activity data_access system_event policy; do gcloud storage cp -r "gs://SINK-BUCKET/cloudaudit.googleapis.com/$l/${d//-//}" "{file}/$l-$d/" 2>> {file}/missing.txt; done; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # missing.txt names the days without a folder, and every other failure: read it'
*/
SELECT
    instant_utc(told) AS time,
    precision_of(replace(told, ' UTC', '')) AS time_precision,
    instant_utc(r.receiveTimestamp) AS logged_time,
    scope,
    concat_ws('/', r.insertId, kind) AS record_id,
    method AS operation,
    action,
    family_of(action) AS family,
    outcome,
    coalesce(stated(r.protoPayload.status.message), stated(r.protopayload_auditlog.status.message), code) AS outcome_detail,
    coalesce(stated(email), stated(r.protoPayload.authenticationInfo.principalSubject), stated(r.protopayload_auditlog.authenticationInfo.principalSubject)) AS actor,
    coalesce(stated(r.protoPayload.authenticationInfo.principalSubject), stated(r.protopayload_auditlog.authenticationInfo.principalSubject), stated(email)) AS actor_id,
    CASE WHEN actor = 'system:anonymous' THEN 'anonymous' WHEN starts_with(actor, 'system:serviceaccount:') OR starts_with(actor, 'principal') THEN 'workload'
         WHEN starts_with(actor, 'system:') OR contains(kind, 'system_event') THEN 'system' WHEN suffix(actor, 'gserviceaccount.com') OR starts_with(actor, 'serviceAccount:') THEN 'service'
         WHEN contains(actor, '@') THEN 'user' END AS actor_type,
    CASE WHEN contains(caller, '.') OR contains(caller, ':') THEN address(caller) END AS src_ip,
    coalesce(stated(r.protoPayload.requestMetadata.callerSuppliedUserAgent), stated(r.protopayload_auditlog.requestMetadata.callerSuppliedUserAgent)) AS user_agent,
    r.protoPayload.authenticationInfo.oauthInfo.oauthClientId AS app_id,
    service AS resource,
    coalesce(regexp_extract(r.protoPayload.response.name, '^projects/[^/]+/serviceAccounts/[^/]+/keys/([^/]+)$', 1), '') AS made,
    nullif(coalesce(nullif(made, ''), split_part(coalesce(r.protoPayload.authenticationInfo.serviceAccountKeyName, r.protopayload_auditlog.authenticationInfo.serviceAccountKeyName), '/keys/', 2)), '') AS credential_id,
    CASE WHEN action = 'token.issue' THEN r.protoPayload.request.audience END AS token_audience,
    r.operation.id AS request_id,
    CASE WHEN copied IS NOT NULL THEN copied ELSE thing END AS object,
    CASE WHEN copied IS NOT NULL THEN thing WHEN action = 'object.copy' THEN r.protoPayload.request.sourceDisk END AS object_from,
    try_cast(r.protoPayload.metadata.requested_bytes AS BIGINT) AS bytes,
    CASE WHEN outcome <> 'failure' AND (verb = 'setiampolicy' AND (switches IS NOT NULL OR service = 'cloudresourcemanager.googleapis.com')
            OR service = 'logging.googleapis.com' AND verb IN ('deletesink', 'createsink', 'updatesink', 'createexclusion', 'updateexclusion', 'deleteexclusion', 'updatebucket', 'deletebucket', 'undeletebucket', 'deletelog'))
        THEN coalesce(name, '') END AS changed,
    CASE WHEN changed IS NOT NULL THEN try(json_extract(line, '$.protoPayload.request')) END AS asked,
    CASE WHEN changed IS NOT NULL THEN try(json_extract(line, '$.protoPayload.serviceData')) END AS differences,
    CASE WHEN changed IS NOT NULL THEN nullif(gcp_change(verb, 'gcp.audit/' || scope, changed, asked, differences)::VARCHAR, '[]') END AS change
FROM (SELECT *,
        CASE
            WHEN service = 'storage.googleapis.com' THEN CASE
                WHEN call = 'storage.objects.get' THEN CASE WHEN copied IS NULL THEN 'object.read' ELSE 'object.copy' END
                WHEN call IN ('storage.objects.list', 'storage.buckets.list') THEN 'object.list'
                WHEN call IN ('storage.objects.create', 'storage.objects.insert', 'storage.objects.compose', 'storage.objects.restore') THEN 'object.write'
                WHEN call IN ('storage.objects.copy', 'storage.objects.rewrite') THEN 'object.copy'
                WHEN call IN ('storage.objects.move', 'storage.objects.rename') THEN 'object.move'
                WHEN call IN ('storage.objects.delete', 'storage.buckets.delete') THEN 'object.delete'
                WHEN call IN ('storage.buckets.create', 'storage.buckets.insert') THEN 'object.create'
                WHEN verb LIKE 'set%iampermissions' OR verb = 'setiampolicy' OR call LIKE '%accesscontrols.%' AND verb IN ('create', 'insert', 'update', 'patch') THEN CASE WHEN given THEN 'object.share' ELSE 'config.change' END
                WHEN call = 'storage.hmackeys.create' OR call LIKE '%.createhmackey' THEN 'credential.add'
                WHEN call LIKE '%lockretentionpolicy' THEN 'retention.change'
                WHEN starts_with(verb, 'get') OR starts_with(verb, 'list') OR starts_with(verb, 'test') THEN 'object.inspect' ELSE 'config.change' END
            WHEN switches IS NOT NULL AND len(switches) > 0 AND outcome <> 'failure' THEN CASE WHEN list_contains(switches, false) THEN 'logging.disable' ELSE 'logging.enable' END
            WHEN service = 'logging.googleapis.com' THEN CASE
                WHEN verb IN ('deletesink', 'createexclusion', 'updateexclusion', 'updatesink', 'createsink', 'deleteexclusion', 'deletelog', 'deletebucket', 'updatebucket') AND outcome = 'failure' THEN 'config.change'
                WHEN verb = 'updateexclusion' THEN CASE WHEN r.protoPayload.request.exclusion.disabled = 'true' THEN 'logging.enable' ELSE 'logging.disable' END
                WHEN verb IN ('deletesink', 'createexclusion') THEN 'logging.disable'
                WHEN verb IN ('createsink', 'deleteexclusion') THEN 'logging.enable'
                WHEN verb = 'updatesink' THEN CASE WHEN r.protoPayload.request.sink.disabled = 'true' OR r.protoPayload.request.sink.exclusions IS NOT NULL
                    OR r.protoPayload.request.sink.destination IS NOT NULL OR try(json_extract(line, '$.protoPayload.request.sink.filter')) IS NOT NULL THEN 'logging.disable' ELSE 'config.change' END
                WHEN verb IN ('deletelog', 'deletebucket') THEN 'log.clear'
                WHEN verb = 'updatebucket' AND r.protoPayload.request.bucket.retentionDays IS NOT NULL THEN 'retention.change'
                WHEN reads THEN 'config.read' ELSE 'config.change' END
            WHEN verb IN ('generateaccesstoken', 'generateidtoken', 'signblob', 'signjwt', 'exchangetoken') THEN 'token.issue'
            WHEN verb IN ('createserviceaccountkey', 'uploadserviceaccountkey', 'createkey', 'addsecretversion', 'createsecret', 'addsecret', 'importsshpublickey', 'setcommoninstancemetadata', 'createcryptokey', 'createcryptokeyversion',
                'importcryptokeyversion', '2svenroll', 'passwordedit', 'titaniumenroll', 'changepassword', 'recoveryemailedit', 'recoveryphoneedit') THEN 'credential.add'
            WHEN verb IN ('accesssecretversion', 'getkeystring') OR call LIKE 'io.k8s.core.%.secrets.get' OR call LIKE 'io.k8s.core.%.secrets.list' THEN 'credential.read'
            WHEN service = 'login.googleapis.com' THEN CASE WHEN verb = 'logout' THEN 'sign_out' WHEN starts_with(verb, 'login') THEN 'sign_in' ELSE 'account.change' END
            WHEN service = 'oauth2.googleapis.com' THEN CASE WHEN verb = 'authorize' THEN 'consent.grant' ELSE 'other' END
            WHEN verb IN ('assignrole', 'addgroupmember', 'addprivilege', 'grantadminprivilege') OR call LIKE 'io.k8s.authorization.rbac.%' AND verb IN ('create', 'update', 'patch') THEN 'role.assign'
            WHEN verb = 'setiampolicy' OR suffix(verb, 'setiampermissions') THEN CASE
                WHEN NOT given THEN 'config.change'
                WHEN service IN ('compute.googleapis.com', 'bigquery.googleapis.com', 'secretmanager.googleapis.com', 'artifactregistry.googleapis.com') THEN 'object.share' ELSE 'role.assign' END
            WHEN call LIKE '%workloadidentitypool%' OR call LIKE '%workforcepool%' OR call LIKE '%inboundsso%' OR call LIKE '%togglessoenabled' OR call LIKE '%changessosettings' THEN
                CASE WHEN reads THEN 'config.read' ELSE 'federation.change' END
            WHEN service = 'compute.googleapis.com' AND (call LIKE '%.images.insert' OR call LIKE '%.snapshots.insert' OR call LIKE '%.createsnapshot' OR call LIKE '%.machineimages.insert' OR call LIKE '%.images.export') THEN 'object.copy'
            WHEN service = 'compute.googleapis.com' AND (call LIKE '%.images.delete' OR call LIKE '%.snapshots.delete' OR call LIKE '%.disks.delete') THEN 'object.delete'
            WHEN service = 'bigquery.googleapis.com' AND (r.protoPayload.metadata.tableDataRead IS NOT NULL OR call LIKE '%tabledata%list') THEN 'object.read'
            WHEN service = 'bigquery.googleapis.com' AND r.protoPayload.metadata.tableDataChange IS NOT NULL THEN 'object.write'
            WHEN call LIKE 'io.k8s.core.%.pods.exec.%' OR call LIKE 'io.k8s.core.%.pods.attach.%' THEN 'process.start'
            WHEN service = 'iam.googleapis.com' OR service = 'admin.googleapis.com' OR service = 'cloudidentity.googleapis.com' THEN CASE WHEN reads THEN 'config.read' ELSE 'account.change' END
            WHEN reads OR call LIKE 'io.k8s.authorization.%reviews.create' THEN 'config.read'
            WHEN contains(kind, 'system_event') THEN 'service.event'
            ELSE 'config.change' END AS action
    FROM (SELECT *,
        split_part(call, '.', -1) AS verb,
        regexp_matches(split_part(call, '.', -1), '^(get|list|aggregatedlist|batchget|search|query|fetch|lookup|test|check|watch|describe|validate|analyze|read|preview)') AS reads,
        CASE WHEN try_cast(code AS INTEGER) > 0 OR suffix(call, '.loginfailure') THEN 'failure'
             WHEN coalesce(r.protoPayload.status, r.protopayload_auditlog.status) IS NOT NULL THEN 'success'
             WHEN list_contains(try(json_extract_string(decisions, '$[*].granted')), 'false') THEN 'failure'
             WHEN decisions IS NULL AND r.operation.last = 'true' AND coalesce(r.operation.first, 'false') <> 'true' THEN 'unknown'
             ELSE 'success' END AS outcome,
        regexp_replace(regexp_replace(name, '^projects/[^/]+/buckets/([^/]+)/objects/', 'gs://\1/'), '^projects/[^/]+/buckets/([^/]+)$', 'gs://\1') AS thing,
        regexp_replace(regexp_replace(r.protoPayload.metadata.destination, '^projects/[^/]+/buckets/([^/]+)/objects/', 'gs://\1/'), '^projects/[^/]+/buckets/([^/]+)$', 'gs://\1') AS copied,
        -- what a new policy gives and takes; without its differences it counts as giving
        coalesce(list_contains(try(json_extract_string(r.protoPayload.serviceData.policyDelta.bindingDeltas, '$[*].action')), 'ADD'), true) AS given,
        list_transform(try(from_json(r.protoPayload.serviceData.policyDelta.auditConfigDeltas, '[{"action":"VARCHAR","exemptedMember":"VARCHAR"}]')),
            lambda each: (each['action'] = 'ADD') = (each['exemptedMember'] IS NULL)) AS switches,
        CASE WHEN home[1] = 'projects' THEN home[2] ELSE array_to_string(home, '/') END AS stated_scope,
        coalesce(nullif(stated_scope, ''), r.resource.labels.project_id, 'default') AS scope
    FROM (SELECT *,
        lower(method) AS call,
        string_split(CASE WHEN contains(r.logName, '/logs/') THEN split_part(r.logName, '/logs/', 1) END, '/') AS home,
        split_part(r.logName, '/logs/', 2) AS kind
    FROM (SELECT *,
        coalesce(r.timestamp, r.protoPayload.requestMetadata.requestAttributes.time) AS told,
        coalesce(r.protoPayload.methodName, r.protopayload_auditlog.methodName) AS method,
        coalesce(r.protoPayload.serviceName, r.protopayload_auditlog.serviceName, CASE WHEN starts_with(method, 'storage.') THEN 'storage.googleapis.com' END) AS service,
        coalesce(r.protoPayload.resourceName, r.protopayload_auditlog.resourceName) AS name,
        coalesce(r.protoPayload.authenticationInfo.principalEmail, r.protopayload_auditlog.authenticationInfo.principalEmail) AS email,
        coalesce(r.protoPayload.requestMetadata.callerIp, r.protopayload_auditlog.requestMetadata.callerIp) AS caller,
        coalesce(r.protoPayload.status.code, r.protopayload_auditlog.status.code) AS code,
        coalesce(r.protoPayload.authorizationInfo, r.protopayload_auditlog.authorizationInfo) AS decisions
    FROM records))))
