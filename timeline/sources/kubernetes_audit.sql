/*
# The audit policy decides, resource by resource, what is recorded and how much of it; batches may be dropped: hence best effort, and no promise about secrets.
# A TokenRequest states the id (JTI) of the token it gave; each later request states the id of the credential that it came with (since 1.30).
title        = "Kubernetes audit log (kube-apiserver)"
docs         = ["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/", "https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/", "https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/4193-bound-service-account-token-improvements"]
names        = ["kubernetes.audit"]
match        = "r.auditID IS NOT NULL AND r.verb IS NOT NULL AND r.stage IS NOT NULL"
witnesses    = ["token.issue", "role.assign", "account.change", "process.start", "config.change"]
completeness = "best_effort"
scope        = "default (the records name no cluster)"
optional     = ["credential.add", "credential.read", "token.use"]
token_kinds  = ["tokens of service accounts, by TokenRequest"]
empty        = ["app", "app_id", "session_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["what the audit policy leaves out", "what was typed, read or copied in an exec or attach (kubectl cp is an exec of tar)", "events that a full buffer dropped, and other API servers of the cluster: each writes its own file",
                "calls to a kubelet past the API server", "ids of credentials before 1.30"]
export       = "cp /var/log/kubernetes/audit/*.log evidence/ from every control-plane node (EKS, GKE and AKS export it through their own logs)"

[collect]
"*" = "sudo find /var/log/kubernetes /var/log/kube-apiserver -type f -name '*audit*' -print0 | sudo tar --null -czf {file}.tar.gz -T - # on every control-plane node. EKS, GKE and AKS keep it in their own logs: for EKS aws logs filter-log-events --log-group-name /aws/eks/CLUSTER/cluster"
"*@loggroup" = "aws logs filter-log-events --region REGION --log-group-name /aws/eks/CLUSTER/cluster --log-stream-name-prefix kube-apiserver-audit --start-time {start_unix}000 --end-time {end_unix}000 --output json | jq -c '.events[]' > {file}.jsonl # pages by itself. 5 requests a second, so for days of a busy log aws logs create-export-task to a bucket is faster"
*/
SELECT
    coalesce(r.requestReceivedTimestamp, r.timestamp) AS told,
    instant(told) AS time,
    precision_of(told) AS time_precision,
    instant(r.stageTimestamp) AS logged_time,
    concat_ws('/', r.auditID, r.stage) AS record_id,
    r.verb AS operation,
    r.objectRef.resource AS kind,
    r.objectRef.subresource AS part,
    operation IN ('create', 'update', 'patch') AS writes,
    CASE
        WHEN kind = 'serviceaccounts' AND part = 'token' THEN 'token.issue'
        WHEN kind IN ('pods', 'nodes', 'services') AND part IN ('exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers') OR kind = 'pods' AND part IS NULL AND operation = 'create' THEN 'process.start'
        WHEN kind = 'secrets' AND operation IN ('get', 'list', 'watch') THEN 'credential.read'
        WHEN kind = 'secrets' AND writes OR kind = 'certificatesigningrequests' AND writes THEN 'credential.add'
        WHEN kind IN ('roles', 'clusterroles', 'rolebindings', 'clusterrolebindings') AND writes THEN 'role.assign'
        WHEN kind IN ('serviceaccounts', 'roles', 'clusterroles', 'rolebindings', 'clusterrolebindings', 'users', 'groups') AND operation NOT IN ('get', 'list', 'watch') THEN 'account.change'
        WHEN kind = 'tokenreviews' THEN 'token.use'
        WHEN operation IN ('get', 'list', 'watch', 'head') OR kind LIKE '%accessreviews' OR kind LIKE 'self%reviews' THEN 'config.read'
        WHEN kind IS NULL THEN 'token.use'
        ELSE 'config.change' END AS action,
    family_of(action) AS family,
    CASE WHEN r.annotations."authorization.k8s.io/decision" = 'forbid' THEN 'failure' WHEN r.stage = 'Panic' THEN 'failure' ELSE http_outcome(r.responseStatus.code, NULL) END AS outcome,
    concat_ws(' ', r.stage, r.responseStatus.code, r.responseStatus.reason, CASE WHEN action = 'process.start' AND part IS NOT NULL THEN r.requestURI END) AS outcome_detail,
    r."user".username AS actor,
    coalesce(r."user".uid, actor) AS actor_id,
    CASE WHEN actor = 'system:anonymous' THEN 'anonymous' WHEN starts_with(actor, 'system:serviceaccount:') THEN 'workload' WHEN starts_with(actor, 'system:') THEN 'system' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    address(r.sourceIPs."#0") AS src_ip,
    r.userAgent AS user_agent,
    r."user".extra."authentication.kubernetes.io/pod-uid"."#0" AS device_id,
    r."user".extra."authentication.kubernetes.io/credential-id"."#0" AS shown,
    r.annotations."authentication.kubernetes.io/issued-credential-id" AS given,
    replace(CASE WHEN action = 'token.issue' THEN given WHEN starts_with(shown, 'JTI=') THEN shown END, 'JTI=', '') AS token_id,
    -- the credential that was presented, when the token's id is that of another one
    CASE WHEN shown IS NOT NULL AND (action = 'token.issue' OR NOT starts_with(shown, 'JTI=')) THEN replace(shown, 'JTI=', '') END AS credential_id,
    r.auditID AS request_id,
    coalesce(nullif(concat_ws('/', r.objectRef.namespace, kind, r.objectRef.name, part), ''), r.requestURI) AS object,
    coalesce(r.impersonatedUser.username, kind) AS resource,
    r.objectRef.uid AS resource_id
FROM records
