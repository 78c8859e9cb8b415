/*
# The CSV of the console's page "Event history": one row an event, less than its record. (The page's JSON is the records themselves: aws_cloudtrail.sql.)
# Columns as in files of 2021 to 2024. This file's name stands before aws_cloudtrail: of two sources of one log the facts of the last one count.
# Neither parameters nor answers of a call are in it, nor errorMessage. So a refused ConsoleLogin looks like one that succeeded, and whether
# calls such as PutEventSelectors switched something off is not told: these are the actions that they might be, with the outcome unknown.
title        = "AWS CloudTrail: event history of the console (CSV)"
docs         = ["https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-console.html"]
names        = ["aws.cloudtrail"]
columns      = [["Event time", "Event source", "Event name", "AWS region"]]
completeness = "complete"
scope        = "account/region"
siblings     = ["aws.cloudtrail/{account}/us-east-1"]
objects      = ["s3://*"]
token_kinds  = ["temporary credentials that STS hands out by name: AssumeRole*, GetSessionToken, GetFederationToken (not those that AWS services mint for themselves)"]
empty        = ["object_hash", "object_size", "device_id", "signing_key_id", "mailbox"]
sees_not     = ["what is older than 90 days when it is downloaded, another region than the one that the console stood in, other accounts",
                "data events (reads and writes of objects), Insights and network activity: the event history has management events alone",
                "reads, unless the page's filter is changed: at first it leaves out read-only events; a download is of what the filter lets through, and nothing in the file tells the filter",
                "whether a sign-in succeeded: a refused one has no error code (its outcome is unknown)",
                "parameters and answers of calls: what UpdateTrail, PutEventSelectors, PutBucketLogging, UpdateDetector or UpdateAccessKey set (their outcome is unknown), role, kind and session of the caller",
                "names of users by their ARN: the user name stands alone, for a role the name of its session"]
export       = "console: CloudTrail, Event history, take away the filter Read-only, set the time range, Download events as JSON (whole records) rather than CSV; region by region"
optional     = ["object.read", "object.write", "object.copy", "object.delete", "object.list", "object.inspect"]
[witnesses]
"*" = ["sign_in", "token.issue", "object.create", "object.read", "object.write", "object.copy", "object.delete", "object.list", "object.inspect", "object.share",
       "credential.add", "credential.read", "role.assign", "account.change", "federation.change", "logging.disable", "logging.enable", "log.clear",
       "retention.change", "config.change", "config.read"]

[collect]
"*" = 'd={first_day}; while :; do aws s3 sync --no-progress "s3://TRAIL-BUCKET/AWSLogs/{account}/CloudTrail/{region}/${d//-//}/" "{file}/AWSLogs/{account}/CloudTrail/{region}/${d//-//}/" || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # GNU date, as in CloudShell. An organisation trail has o-ORGID/ before the account. Without a trail: aws cloudtrail lookup-events, 90 days'
"*@bucket" = 'd={first_day}; while :; do aws s3 sync --no-progress "s3://TRAIL-BUCKET/AWSLogs/{account}/CloudTrail/{region}/${d//-//}/" "{file}/AWSLogs/{account}/CloudTrail/{region}/${d//-//}/" || { echo "INCOMPLETE from $d" >&2; break; }; [[ $d > {last_day} ]] && break; d=$(date -u -d "$d + 1 day" +%F) || break; done # GNU date, as in CloudShell. An organisation trail has o-ORGID/ before the account'
"*@event-history" = 'aws cloudtrail lookup-events --region {region} --start-time {start} --end-time {end} --output json > {file}.json # management events of 90 days only. Pages by itself, 2 requests of 50 a second: split a busy window by days'
"*@loggroup" = "aws logs filter-log-events --region {region} --log-group-name LOG-GROUP --start-time {start_unix}000 --end-time {end_unix}000 --output json | jq -c '.events[]' > {file}.jsonl # pages by itself. 5 requests a second, so for days of a busy log aws logs create-export-task to a bucket is faster"
"*@cloudtrail-lake" = '''aws cloudtrail start-query --region {region} --query-statement "SELECT eventJson FROM EVENT-DATA-STORE-ID WHERE eventTime >= '{start}' AND eventTime < '{end}' AND recipientAccountId = '{account}'" --delivery-s3-uri s3://RESULT-BUCKET/{file}/ # then aws s3 sync of that folder, when aws cloudtrail describe-query says FINISHED'''
*/
SELECT
    r."Event time" AS told,
    instant_utc(told) AS time,
    precision_of(told) AS time_precision,
    concat_ws('/', r."Recipient Account Id", r."AWS region") AS scope,
    r."Event ID" AS record_id,
    coalesce(r."Event name", r."Event type") AS operation,
    split_part(r."Event source", '.', 1) AS service,
    service || ':' || operation AS call,
    lower(coalesce(r."Read-only", '')) AS reads,
    -- a call names several resources, one of them by name, ARN and id, in no order: the kind that the call is about, by its plain name
    CASE WHEN starts_with(r.Resources, '[{') AND strlen(r.Resources) < 20000 THEN list_transform(try(json_extract(r.Resources, '$[*]')),
        lambda each: {'kind': each ->> '$.resourceType', 'name': each ->> '$.resourceName'}) END AS items,
    list_sort(list_transform(list_filter(items, lambda each: each.name IS NOT NULL), lambda each: {
        'rank': 3 * coalesce(list_position(['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::CloudTrail::Trail', 'AWS::S3::Bucket', 'AWS::KMS::Key',
            'AWS::SecretsManager::Secret', 'AWS::EC2::Snapshot', 'AWS::EC2::Instance'], each.kind), 99)
            + CASE WHEN each.kind <> 'AWS::IAM::Policy' AND starts_with(each.name, 'arn:') THEN 1 WHEN regexp_matches(each.name, '^A[A-Z]{3}[A-Z0-9]{12,}$') THEN 2 ELSE 0 END,
        'name': each.name}))[1].name AS first_named,
    list_filter(items, lambda each: each.kind = 'AWS::IAM::AccessKey')[1].name AS key_named,
    list_filter(items, lambda each: each.kind = 'AWS::IAM::Role' AND starts_with(each.name, 'arn:'))[1].name AS role_named,
    list_filter(items, lambda each: each.kind = 'AWS::S3::Bucket')[1].name AS bucket,
    list_filter(items, lambda each: each.kind = 'AWS::CloudTrail::Trail')[1].name AS trail_told,
    list_sort(list_transform(list_filter(items, lambda each: each.kind IN ('AWS::IAM::Group', 'AWS::IAM::Policy')
        AND NOT regexp_matches(each.name, '^A[A-Z]{3}[A-Z0-9]{12,}$')), lambda each: each.name))[1] AS given,
    call IN ('cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors', 's3:PutBucketLogging', 'guardduty:UpdateDetector', 'eks:UpdateClusterConfig') AS may_disable,
    CASE
        WHEN r."Event type" IN ('AwsCloudTrailInsight', 'AwsServiceEvent') AND service NOT IN ('signin', 'sts', 's3') THEN 'service.event'
        WHEN may_disable THEN 'logging.disable'
        WHEN service = 's3' THEN CASE
            WHEN operation = 'DeleteBucket' THEN 'object.delete'
            WHEN operation LIKE 'ListObject%' OR operation IN ('ListBuckets', 'ListMultipartUploads', 'ListBucketMultipartUploads') THEN 'object.list'
            WHEN operation LIKE 'HeadObject%' OR operation LIKE 'GetObject%' OR operation = 'HeadBucket' THEN 'object.inspect'
            WHEN operation IN ('PutBucketAcl', 'PutBucketPolicy', 'PutAccessPointPolicy', 'DeleteBucketPublicAccessBlock', 'DeletePublicAccessBlock', 'DeleteAccountPublicAccessBlock') THEN 'object.share'
            WHEN operation = 'CreateBucket' THEN 'object.create'
            WHEN operation LIKE '%BucketLifecycle%' AND operation NOT LIKE 'Get%' OR operation IN ('PutBucketObjectLockConfiguration', 'PutObjectLockConfiguration') THEN 'retention.change'
            WHEN operation LIKE 'Get%' OR operation LIKE 'List%' OR reads = 'true' THEN 'config.read'
            ELSE 'config.change' END
        WHEN call IN ('signin:ConsoleLogin', 'signin:SwitchRole', 'signin:CheckMfa', 'sso:Authenticate', 'signin:UserAuthentication', 'signin:CredentialVerification',
                      'signin:CredentialChallenge') THEN 'sign_in'
        WHEN call IN ('signin:ExitRole', 'sso:Logout', 'signin:Logout') THEN 'sign_out'
        WHEN service = 'sts' AND (operation LIKE 'Assume%' OR operation IN ('GetSessionToken', 'GetFederationToken'))
          OR call IN ('signin:GetSigninToken', 'sso:Federate', 'sso:GetRoleCredentials', 'sso:CreateToken', 'sso-oauth:CreateToken', 'cognito-identity:GetCredentialsForIdentity',
                      'rolesanywhere:CreateSession', 'ecr:GetAuthorizationToken', 'redshift:GetClusterCredentials') THEN 'token.issue'
        WHEN service = 'cloudtrail' AND reads <> 'true' THEN CASE
            WHEN operation IN ('StopLogging', 'DeleteTrail', 'DeleteEventDataStore', 'StopEventDataStoreIngestion', 'DeleteChannel', 'DeregisterOrganizationDelegatedAdmin') THEN 'logging.disable'
            WHEN operation IN ('StartLogging', 'CreateTrail', 'CreateEventDataStore', 'StartEventDataStoreIngestion', 'RestoreEventDataStore') THEN 'logging.enable'
            WHEN operation = 'UpdateEventDataStore' THEN 'retention.change'
            WHEN operation LIKE 'Get%' OR operation LIKE 'List%' OR operation LIKE 'Describe%' OR operation LIKE 'Lookup%' THEN 'config.read'
            ELSE 'config.change' END
        WHEN call IN ('ec2:DeleteFlowLogs', 'guardduty:DeleteDetector', 'config:StopConfigurationRecorder', 'config:DeleteConfigurationRecorder', 'config:DeleteDeliveryChannel',
                      'securityhub:DisableSecurityHub', 'macie2:DisableMacie', 'wafv2:DeleteLoggingConfiguration', 'route53resolver:DeleteResolverQueryLogConfig',
                      'route53resolver:DisassociateResolverQueryLogConfig', 'route53:DeleteQueryLoggingConfig', 'logs:DeleteSubscriptionFilter', 'logs:DeleteDestination', 'logs:DeleteDelivery',
                      'guardduty:DeletePublishingDestination', 'guardduty:DisassociateMembers', 'guardduty:StopMonitoringMembers') THEN 'logging.disable'
        WHEN call IN ('ec2:CreateFlowLogs', 'guardduty:CreateDetector', 'config:StartConfigurationRecorder', 'securityhub:EnableSecurityHub', 'macie2:EnableMacie',
                      'wafv2:PutLoggingConfiguration', 'route53resolver:AssociateResolverQueryLogConfig', 'logs:PutSubscriptionFilter', 'logs:CreateDelivery') THEN 'logging.enable'
        WHEN call IN ('logs:DeleteLogGroup', 'logs:DeleteLogStream') THEN 'log.clear'
        WHEN call IN ('logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy', 'config:PutRetentionConfiguration', 'config:DeleteRetentionConfiguration') THEN 'retention.change'
        WHEN call IN ('iam:PutRolePolicy', 'iam:PutUserPolicy') AND contains(r.Resources, '"AWSRevokeOlderSessions"') THEN 'token.revoke'
        WHEN call IN ('iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:ChangePassword', 'iam:UploadSSHPublicKey',
                      'iam:UploadSigningCertificate', 'iam:UploadServerCertificate', 'iam:CreateServiceSpecificCredential', 'iam:ResetServiceSpecificCredential',
                      'iam:CreateVirtualMFADevice', 'iam:EnableMFADevice', 'iam:ResyncMFADevice', 'ec2:CreateKeyPair', 'ec2:ImportKeyPair', 'ec2-instance-connect:SendSSHPublicKey',
                      'secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecret', 'secretsmanager:RotateSecret', 'ssm:PutParameter',
                      'kms:ImportKeyMaterial', 'rolesanywhere:CreateTrustAnchor') THEN 'credential.add'
        WHEN call IN ('secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue', 'ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath',
                      'ec2:GetPasswordData', 'kms:ReplicateKey') THEN 'credential.read'
        WHEN call IN ('iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:AttachGroupPolicy', 'iam:PutUserPolicy', 'iam:PutRolePolicy', 'iam:PutGroupPolicy', 'iam:AddUserToGroup',
                      'iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:AddRoleToInstanceProfile', 'iam:UpdateAssumeRolePolicy', 'kms:CreateGrant', 'kms:PutKeyPolicy',
                      'sso:CreateAccountAssignment', 'sso:AttachManagedPolicyToPermissionSet', 'identitystore:CreateGroupMembership') THEN 'role.assign'
        WHEN service = 'iam' AND (operation LIKE '%SAMLProvider%' OR operation LIKE '%OpenIDConnect%') AND reads <> 'true' AND operation NOT LIKE 'Get%' AND operation NOT LIKE 'List%' THEN 'federation.change'
        WHEN call IN ('ec2:CreateSnapshot', 'ec2:CreateSnapshots', 'ec2:CopySnapshot', 'ec2:CreateImage', 'ec2:CopyImage', 'ec2:CreateStoreImageTask', 'rds:CreateDBSnapshot', 'rds:CopyDBSnapshot',
                      'rds:StartExportTask') THEN 'object.copy'
        WHEN call IN ('ec2:ModifySnapshotAttribute', 'ec2:ModifyImageAttribute', 'rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute') THEN 'object.share'
        WHEN call IN ('ec2:DeleteSnapshot', 'rds:DeleteDBSnapshot') THEN 'object.delete'
        WHEN call IN ('ssm:StartSession', 'ssm:SendCommand', 'ssm:StartAutomationExecution', 'ecs:ExecuteCommand') THEN 'process.start'
        WHEN reads = 'true' OR regexp_matches(operation, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Simulate|Query|Scan|Select)[A-Z]') THEN 'config.read'
        WHEN service IN ('iam', 'sso', 'sso-directory', 'identitystore', 'cognito-idp', 'organizations') THEN 'account.change'
        WHEN reads = 'false' OR regexp_matches(operation, '^(Create|Delete|Update|Put|Modify|Attach|Detach|Add|Remove|Start|Stop|Run|Terminate|Enable|Disable|Set|Tag|Untag|Authorize|Revoke|Associate|Disassociate|Register|Import|Schedule|Cancel)[A-Z]') THEN 'config.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    -- AWS hides the name of a user who does not exist: only refused sign-ins have that
    r."User name" = 'HIDDEN_DUE_TO_SECURITY_REASONS' AS hidden,
    may_disable OR action = 'sign_in' OR call IN ('iam:UpdateAccessKey', 'cloudtrail:UpdateEventDataStore') AS untold,
    CASE WHEN r."Error code" IS NOT NULL OR hidden THEN 'failure' WHEN untold THEN 'unknown' ELSE 'success' END AS outcome,
    coalesce(r."Error code", CASE WHEN hidden THEN r."User name" WHEN untold THEN 'the CSV of the event history does not tell' END) AS outcome_detail,
    CASE WHEN hidden IS NOT TRUE THEN r."User name" END AS actor,
    CASE WHEN r."Event type" = 'AwsServiceEvent' AND actor IS NULL THEN 'service' WHEN starts_with(r."AWS access key", 'AKIA') OR call = 'signin:ConsoleLogin' THEN 'user' END AS actor_type,
    address(r."Source IP address") AS src_ip,
    r."User agent" AS user_agent,
    r."Event source" AS resource,
    -- a key that begins with ASIA is a temporary one: one key, one session
    CASE WHEN action = 'token.issue' THEN key_named ELSE r."AWS access key" END AS credential_id,
    CASE WHEN action = 'token.issue' OR starts_with(r."AWS access key", 'ASIA') THEN r."AWS access key" END AS session_id,
    r."Request ID" AS request_id,
    CASE WHEN contains(trail_told, ':trail/') THEN split_part(trail_told, ':trail/', 2) ELSE trail_told END AS trail,
    CASE WHEN contains(trail_told, ':trail/') THEN split_part(trail_told, ':', 5) ELSE r."Recipient Account Id" END AS home,
    CASE WHEN service = 's3' THEN 's3://' || bucket WHEN action = 'token.issue' THEN coalesce(role_named, first_named)
         WHEN service = 'cloudtrail' THEN coalesce(trail, first_named) ELSE first_named END AS object,
    CASE WHEN service = 'iam' THEN CASE WHEN operation LIKE '%AccessKey' THEN key_named WHEN given <> object THEN given END END AS resource_id,
    list_filter(items, lambda each: each.kind = 'AWS::KMS::Key')[1].name AS cipher,
    json_object('bucketName', bucket, 'keyId', cipher, 'logGroupName', first_named) AS asked,
    -- what a call did to a log, as far as its name says it; what its parameters decide is in doubt
    CASE WHEN outcome = 'failure' OR reads = 'true' THEN NULL
         WHEN call IN ('cloudtrail:StopLogging', 'cloudtrail:StartLogging', 'cloudtrail:DeleteTrail') THEN aws_change(service, operation, asked, trail, home, home)::VARCHAR
         WHEN call IN ('cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors') THEN one_change(json_object('subject', 'aws.cloudtrail/' || home || '/*', 'copy', 'trail ' || trail,
            'spared', ['event-history'], 'key', 'management selectors', 'doubt', true, 'off', whole()))::VARCHAR
         WHEN call IN ('s3:PutBucketLifecycle', 's3:PutBucketLifecycleConfiguration', 's3:DeleteBucketLifecycle', 's3:DeleteBucket', 's3:CreateBucket', 's3:PutBucketPolicy',
            's3:DeleteBucketPolicy', 's3:PutBucketAcl', 'kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:EnableKey', 'logs:DeleteLogGroup') AND coalesce(bucket, cipher, first_named) IS NOT NULL
            THEN aws_change(service, operation, asked, trail, home, home)::VARCHAR END AS change
FROM records
