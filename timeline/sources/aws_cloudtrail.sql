/*
title        = "AWS CloudTrail"
docs         = ["https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html"]
names        = ["aws.cloudtrail"]
match        = "r.awsRegion IS NOT NULL AND coalesce(r.eventSource, r.insightDetails) IS NOT NULL"
payload      = ["CloudTrailEvent"]
completeness = "complete"
scope        = "account/region"
siblings     = ["aws.cloudtrail/{account}/us-east-1"]
objects      = ["s3://*"]
token_kinds  = ["temporary credentials that STS hands out by name: AssumeRole*, GetSessionToken, GetFederationToken (not those that AWS services mint for themselves)"]
empty        = ["object_hash", "object_size", "device_id", "signing_key_id", "mailbox"]
sees_not     = ["reads and writes of objects, unless a trail records data events for their bucket (off by default; LookupEvents never has them)",
                "read-only calls that the trail's event selectors leave out",
                "keys that the console and AWS services mint for themselves: no issuance is recorded for most of them",
                "size, hash and entity tag of objects; request parameters over 100 kB"]
export       = "aws s3 sync s3://TRAIL-BUCKET/AWSLogs/ACCOUNT/ cloudtrail/ (with CloudTrail-Digest); for 90 days of management events: aws cloudtrail lookup-events --output json"
# credential_id is the access key: of the caller, or in a token.issue the key that is handed out. session_id is the caller's
# access key where it is a temporary one (one key, one session) and in every token.issue: so a chain of roles can be walked up.
# change says what a call did to which copy of which log (changes.sql): a trail is one copy, the event history another that no call touches.
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
    coalesce(r.eventTime, r."@timestamp") AS told,
    instant_utc(told) AS time,
    precision_of(told) AS time_precision,
    coalesce(CASE WHEN r.eventTime IS NOT NULL THEN instant(r."@timestamp") END,
        CASE WHEN contains(path, '_CloudTrail_') THEN try_strptime(split_part(path, '_', -2), '%Y%m%dT%H%MZ')::TIMESTAMPTZ END) AS logged_time,
    concat_ws('/', coalesce(r.recipientAccountId, r.userIdentity.accountId), r.awsRegion) AS scope,
    r.eventID AS record_id,
    coalesce(r.eventName, r.eventType) AS operation,
    split_part(r.eventSource, '.', 1) AS service,
    service || ':' || r.eventName AS call,
    replace(r.requestParameters.eventSelectors, ' ', '') AS selectors,
    replace(r.requestParameters.advancedEventSelectors, ' ', '') AS advanced,
    lower(coalesce(r.readOnly, '')) AS reads,
    CASE
        WHEN r.eventName IS NULL OR r.eventType IN ('AwsCloudTrailInsight', 'AwsServiceEvent') AND service NOT IN ('signin', 'sts', 's3') THEN 'service.event'
        WHEN service = 's3' THEN CASE
            WHEN r.eventName IN ('GetObject', 'GetObjectTorrent', 'SelectObjectContent') THEN 'object.read'
            WHEN r.eventName IN ('PutObject', 'PostObject', 'UploadPart', 'CompleteMultipartUpload', 'WriteGetObjectResponse') THEN 'object.write'
            WHEN r.eventName IN ('CopyObject', 'UploadPartCopy') THEN 'object.copy'
            WHEN r.eventName IN ('RenameObject') THEN 'object.move'
            WHEN r.eventName IN ('DeleteObject', 'DeleteObjects', 'DeleteObjectVersion', 'DeleteBucket') THEN 'object.delete'
            WHEN r.eventName LIKE 'ListObject%' OR r.eventName IN ('ListBuckets', 'ListParts', 'ListMultipartUploads', 'ListBucketMultipartUploads') THEN 'object.list'
            WHEN r.eventName LIKE 'HeadObject%' OR r.eventName LIKE 'GetObject%' OR r.eventName = 'HeadBucket' THEN 'object.inspect'
            WHEN r.eventName IN ('PutObjectAcl', 'PutBucketAcl', 'PutBucketPolicy', 'PutAccessPointPolicy', 'DeleteBucketPublicAccessBlock',
                                 'DeletePublicAccessBlock', 'DeleteAccountPublicAccessBlock') THEN 'object.share'
            WHEN r.eventName = 'CreateBucket' THEN 'object.create'
            WHEN r.eventName LIKE '%BucketLifecycle%' AND r.eventName NOT LIKE 'Get%'
              OR r.eventName IN ('PutObjectRetention', 'PutObjectLegalHold', 'PutBucketObjectLockConfiguration', 'PutObjectLockConfiguration') THEN 'retention.change'
            WHEN r.eventName = 'PutBucketLogging' THEN CASE WHEN r.requestParameters.BucketLoggingStatus.LoggingEnabled IS NULL THEN 'logging.disable' ELSE 'logging.enable' END
            WHEN r.eventName LIKE 'Get%' OR r.eventName LIKE 'List%' OR reads = 'true' THEN 'config.read'
            ELSE 'config.change' END
        WHEN call IN ('signin:ConsoleLogin', 'signin:SwitchRole', 'signin:CheckMfa', 'sso:Authenticate', 'signin:UserAuthentication',
                      'signin:CredentialVerification', 'signin:CredentialChallenge') THEN 'sign_in'
        WHEN call IN ('signin:ExitRole', 'sso:Logout', 'signin:Logout') THEN 'sign_out'
        WHEN service = 'sts' AND (r.eventName LIKE 'Assume%' OR r.eventName IN ('GetSessionToken', 'GetFederationToken'))
          OR call IN ('signin:GetSigninToken', 'sso:Federate', 'sso:GetRoleCredentials', 'sso:CreateToken', 'sso-oauth:CreateToken', 'cognito-identity:GetCredentialsForIdentity',
                      'rolesanywhere:CreateSession', 'ecr:GetAuthorizationToken', 'redshift:GetClusterCredentials') THEN 'token.issue'
        WHEN service = 'cloudtrail' AND reads <> 'true' THEN CASE
            WHEN r.eventName IN ('StopLogging', 'DeleteTrail', 'DeleteEventDataStore', 'StopEventDataStoreIngestion', 'DeleteChannel', 'DeregisterOrganizationDelegatedAdmin') THEN 'logging.disable'
            WHEN r.eventName IN ('StartLogging', 'CreateTrail', 'CreateEventDataStore', 'StartEventDataStoreIngestion', 'RestoreEventDataStore') THEN 'logging.enable'
            WHEN r.eventName = 'UpdateTrail' THEN CASE WHEN try(json_extract(line, '$.requestParameters.s3BucketName')) IS NOT NULL
                OR 'false' IN (r.requestParameters.isMultiRegionTrail, r.requestParameters.includeGlobalServiceEvents, try(json_extract_string(line, '$.requestParameters.enableLogFileValidation'))) THEN 'logging.disable'
                WHEN 'true' IN (r.requestParameters.isMultiRegionTrail, r.requestParameters.includeGlobalServiceEvents) THEN 'logging.enable' ELSE 'config.change' END
            WHEN r.eventName = 'PutEventSelectors' THEN CASE
                WHEN contains(selectors, '"includeManagementEvents":false') OR contains(selectors, '"readWriteType":"WriteOnly"')
                  OR contains(selectors, '"readWriteType":"ReadOnly"') OR contains(selectors, '"excludeManagementEventSources":["') THEN 'logging.disable'
                WHEN contains(selectors, '"type":"AWS::') THEN 'logging.enable'
                WHEN contains(advanced, '"not') OR contains(advanced, '"readOnly"') OR NOT contains(advanced, '"Management"') THEN 'logging.disable'
                WHEN contains(advanced, '"Data"') THEN 'logging.enable' ELSE 'config.change' END
            WHEN r.eventName = 'UpdateEventDataStore' AND r.requestParameters.retentionPeriod IS NOT NULL THEN 'retention.change'
            WHEN r.eventName LIKE 'Get%' OR r.eventName LIKE 'List%' OR r.eventName LIKE 'Describe%' OR r.eventName LIKE 'Lookup%' THEN 'config.read'
            ELSE 'config.change' END
        WHEN call IN ('ec2:DeleteFlowLogs', 'guardduty:DeleteDetector', 'config:StopConfigurationRecorder', 'config:DeleteConfigurationRecorder',
                      'config:DeleteDeliveryChannel', 'securityhub:DisableSecurityHub', 'macie2:DisableMacie', 'wafv2:DeleteLoggingConfiguration',
                      'route53resolver:DeleteResolverQueryLogConfig', 'route53resolver:DisassociateResolverQueryLogConfig', 'route53:DeleteQueryLoggingConfig',
                      'logs:DeleteSubscriptionFilter', 'logs:DeleteDestination', 'logs:DeleteDelivery',
                      'guardduty:DeletePublishingDestination', 'guardduty:DisassociateMembers', 'guardduty:StopMonitoringMembers')
          OR call = 'guardduty:UpdateDetector' AND lower(r.requestParameters.enable) = 'false' THEN 'logging.disable'
        WHEN call IN ('ec2:CreateFlowLogs', 'guardduty:CreateDetector', 'config:StartConfigurationRecorder', 'securityhub:EnableSecurityHub', 'macie2:EnableMacie',
                      'wafv2:PutLoggingConfiguration', 'route53resolver:AssociateResolverQueryLogConfig', 'logs:PutSubscriptionFilter', 'logs:CreateDelivery')
          OR call = 'guardduty:UpdateDetector' AND lower(r.requestParameters.enable) = 'true' THEN 'logging.enable'
        WHEN call IN ('logs:DeleteLogGroup', 'logs:DeleteLogStream') THEN 'log.clear'
        WHEN call IN ('logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy', 'config:PutRetentionConfiguration', 'config:DeleteRetentionConfiguration') THEN 'retention.change'
        WHEN call = 'eks:UpdateClusterConfig' THEN CASE WHEN contains(line, '"clusterLogging"') THEN CASE WHEN contains(eks_change('', try(json_extract(line, '$.requestParameters.logging.clusterLogging')))::VARCHAR, '{}')
            THEN 'logging.disable' ELSE 'logging.enable' END ELSE 'config.change' END
        WHEN call IN ('iam:PutRolePolicy', 'iam:PutUserPolicy') AND r.requestParameters.policyName = 'AWSRevokeOlderSessions' THEN 'token.revoke'
        WHEN call IN ('iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:ChangePassword', 'iam:UploadSSHPublicKey',
                      'iam:UploadSigningCertificate', 'iam:UploadServerCertificate', 'iam:CreateServiceSpecificCredential', 'iam:ResetServiceSpecificCredential',
                      'iam:CreateVirtualMFADevice', 'iam:EnableMFADevice', 'iam:ResyncMFADevice', 'ec2:CreateKeyPair', 'ec2:ImportKeyPair',
                      'ec2-instance-connect:SendSSHPublicKey', 'secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecret',
                      'secretsmanager:RotateSecret', 'ssm:PutParameter', 'kms:ImportKeyMaterial', 'rolesanywhere:CreateTrustAnchor')
          OR call = 'iam:UpdateAccessKey' AND r.requestParameters.status = 'Active' THEN 'credential.add'
        WHEN call IN ('secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue', 'ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath',
                      'ec2:GetPasswordData', 'kms:ReplicateKey') THEN 'credential.read'
        WHEN call IN ('iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:AttachGroupPolicy', 'iam:PutUserPolicy', 'iam:PutRolePolicy', 'iam:PutGroupPolicy',
                      'iam:AddUserToGroup', 'iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:AddRoleToInstanceProfile', 'iam:UpdateAssumeRolePolicy',
                      'kms:CreateGrant', 'kms:PutKeyPolicy', 'sso:CreateAccountAssignment', 'sso:AttachManagedPolicyToPermissionSet', 'identitystore:CreateGroupMembership') THEN 'role.assign'
        WHEN service = 'iam' AND (r.eventName LIKE '%SAMLProvider%' OR r.eventName LIKE '%OpenIDConnect%') AND reads <> 'true'
             AND r.eventName NOT LIKE 'Get%' AND r.eventName NOT LIKE 'List%' THEN 'federation.change'
        WHEN call IN ('ec2:CreateSnapshot', 'ec2:CreateSnapshots', 'ec2:CopySnapshot', 'ec2:CreateImage', 'ec2:CopyImage', 'ec2:CreateStoreImageTask', 'rds:CreateDBSnapshot',
                      'rds:CopyDBSnapshot', 'rds:StartExportTask') THEN 'object.copy'
        WHEN call IN ('ebs:GetSnapshotBlock') THEN 'object.read'
        WHEN call IN ('ec2:ModifySnapshotAttribute', 'ec2:ModifyImageAttribute', 'rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute') THEN 'object.share'
        WHEN call IN ('ec2:DeleteSnapshot', 'rds:DeleteDBSnapshot') THEN 'object.delete'
        WHEN call IN ('ssm:StartSession', 'ssm:SendCommand', 'ssm:StartAutomationExecution', 'ecs:ExecuteCommand') THEN 'process.start'
        WHEN reads = 'true' OR regexp_matches(r.eventName, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Simulate|Query|Scan|Select)[A-Z]') THEN 'config.read'
        WHEN service IN ('iam', 'sso', 'sso-directory', 'identitystore', 'cognito-idp', 'organizations') THEN 'account.change'
        WHEN reads = 'false' OR regexp_matches(r.eventName, '^(Create|Delete|Update|Put|Modify|Attach|Detach|Add|Remove|Start|Stop|Run|Terminate|Enable|Disable|Set|Tag|Untag|Authorize|Revoke|Associate|Disassociate|Register|Import|Schedule|Cancel)[A-Z]') THEN 'config.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    coalesce(r.responseElements.ConsoleLogin, r.responseElements.SwitchRole, r.responseElements.CheckMfa, r.responseElements.CredentialVerification) AS verdict,
    coalesce(r.errorCode, r.errorMessage, verdict) AS outcome_detail,
    CASE WHEN r.errorCode IS NOT NULL OR r.errorMessage IS NOT NULL OR verdict = 'Failure' THEN 'failure' ELSE 'success' END AS outcome,
    r.userIdentity.type AS kind,
    CASE WHEN r.userIdentity.accountId = 'anonymous' THEN NULL ELSE coalesce(r.userIdentity.arn, r.userIdentity.userName, nullif(r.userIdentity.principalId, ''),
        r.userIdentity.invokedBy, r.userIdentity.accountId) END AS actor,
    coalesce(nullif(r.userIdentity.principalId, ''), r.userIdentity.credentialId) AS actor_id,
    CASE WHEN r.userIdentity.accountId = 'anonymous' OR kind = 'Unknown' AND actor IS NULL THEN 'anonymous'
         WHEN kind = 'AssumedRole' AND NOT contains(coalesce(r.userIdentity.arn, ''), ':assumed-role/AWSReservedSSO_') THEN 'workload'
         WHEN kind IN ('IAMUser', 'Root', 'FederatedUser', 'SAMLUser', 'WebIdentityUser', 'Directory', 'IdentityCenterUser', 'AssumedRole') THEN 'user'
         WHEN kind = 'AWSService' OR kind IS NULL AND r.userIdentity.invokedBy IS NOT NULL THEN 'service' END AS actor_type,
    address(r.sourceIPAddress) AS src_ip,
    r.userAgent AS user_agent,
    coalesce(r.requestParameters.grantType, r.additionalEventData.AuthenticationMethod) AS protocol,
    replace(coalesce(r.responseElements.credentials.expiration, r.responseElements.credentials.Expiration), chr(8239), ' ') AS ends,
    coalesce(try_strptime(ends, '%b %d, %Y, %I:%M:%S %p'), try_strptime(ends, '%b %d, %Y %I:%M:%S %p'))::TIMESTAMP::TIMESTAMPTZ AS expires_time,
    r.userIdentity.invokedBy AS app,
    r.eventSource AS resource,
    coalesce(r.responseElements.credentials.accessKeyId, r.responseElements.credentials.AccessKeyId, r.serviceEventDetails.credentials.accessKeyId) AS issued,
    CASE WHEN action = 'token.issue' THEN issued ELSE r.userIdentity.accessKeyId END AS credential_id,
    CASE WHEN action = 'token.issue' OR r.userIdentity.sessionContext.attributes.creationDate IS NOT NULL THEN r.userIdentity.accessKeyId END AS session_id,
    nullif(coalesce(r.userIdentity.sessionContext.sessionIssuer.arn, r.userIdentity.sessionContext.webIdFederationData.federatedProvider, r.userIdentity.identityProvider), '') AS token_issuer,
    r.requestID AS request_id,
    r.userIdentity.sessionContext.attributes.creationDate AS created,
    coalesce(instant_utc(created), try_strptime(created, '%Y%m%dT%H%M%SZ')::TIMESTAMPTZ) AS issued_time,
    CASE WHEN service = 's3' THEN 's3://' || r.requestParameters.bucketName || coalesce('/' || r.requestParameters.key, '')
         WHEN action = 'token.issue' THEN coalesce(r.requestParameters.roleArn, r.responseElements.assumedRoleUser.arn, r.responseElements.federatedUser.arn, r.requestParameters.name)
         ELSE coalesce(r.requestParameters.userName, r.requestParameters.groupName, r.requestParameters.roleName, r.requestParameters.policyArn,
            r.requestParameters.secretId, r.requestParameters.keyId, r.requestParameters.logGroupName, r.requestParameters.snapshotId, r.requestParameters.sourceSnapshotId,
            r.requestParameters.trailName, CASE WHEN contains(r.requestParameters.name, ':trail/') THEN split_part(r.requestParameters.name, ':trail/', 2) ELSE r.requestParameters.name END, r.requestParameters.instanceId, r.requestParameters.target, r.requestParameters.functionName,
            r.requestParameters.detectorId, r.requestParameters.configurationRecorderName, r.requestParameters.bucketName, r.requestParameters.roleArn,
            r.requestParameters.sAMLProviderArn, r.requestParameters.instanceProfileName, r.requestParameters.policyName, r.requestParameters.keyName,
            r.requestParameters.serialNumber, r.requestParameters.DeleteFlowLogsRequest.FlowLogId.content, r.requestParameters.DeleteFlowLogsRequest.FlowLogId,
            r.resources."#0".ARN, r.resources."#0".arn) END AS object,
    reads <> 'true' AND outcome = 'success' AND r.eventName IN ('StopLogging', 'StartLogging', 'DeleteTrail', 'CreateTrail', 'UpdateTrail', 'PutEventSelectors', 'UpdateEventDataStore',
        'DeleteEventDataStore', 'RestoreEventDataStore', 'StopEventDataStoreIngestion', 'StartEventDataStoreIngestion', 'DeregisterOrganizationDelegatedAdmin', 'LeaveOrganization',
        'RemoveAccountFromOrganization', 'PutBucketLifecycle', 'PutBucketLifecycleConfiguration', 'DeleteBucketLifecycle', 'PutBucketLogging', 'DeleteBucket', 'CreateBucket',
        'PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'PutRetentionPolicy', 'DeleteRetentionPolicy', 'DeleteLogGroup', 'CreateLogGroup', 'DeleteLogStream', 'DisableKey',
        'ScheduleKeyDeletion', 'EnableKey', 'UpdateClusterConfig') AS switching,
    CASE WHEN switching THEN coalesce(try(json_extract(line, '$.requestParameters')), '{}') END AS asked,
    CASE WHEN switching AND service = 'cloudtrail' THEN json_merge_patch(asked, coalesce(try(json_extract(line, '$.responseElements')), '{}')) END AS settled,
    coalesce(json_extract_string(asked, '$.trailName'), json_extract_string(asked, '$.name')) AS trail_told,
    CASE WHEN contains(trail_told, ':trail/') THEN split_part(trail_told, ':trail/', 2) ELSE trail_told END AS trail,
    CASE WHEN contains(trail_told, ':trail/') THEN split_part(trail_told, ':', 5) ELSE split_part(scope, '/', 1) END AS home,
    CASE WHEN switching AND r.eventName = 'PutEventSelectors' THEN list_concat(basic_selectors(json_extract(asked, '$.eventSelectors')),
        advanced_selectors(json_extract(asked, '$.advancedEventSelectors'))) END AS chosen,
    CASE WHEN NOT switching THEN NULL WHEN chosen IS NOT NULL THEN selector_changes(chosen, 'aws.cloudtrail/' || home || '/*', 'trail ' || trail)::VARCHAR
         WHEN r.eventName IN ('CreateTrail', 'UpdateTrail') THEN trail_change(r.eventName, asked, settled, trail, home, r.awsRegion)::VARCHAR
         ELSE aws_change(service, r.eventName, asked, trail, home, split_part(scope, '/', 1))::VARCHAR END AS change,
    CASE WHEN service <> 's3' AND r.requestParameters.userName IS NOT NULL THEN coalesce(r.requestParameters.groupName, r.requestParameters.policyArn,
        r.responseElements.accessKey.accessKeyId, r.requestParameters.accessKeyId) END AS resource_id,
    ltrim(coalesce(r.requestParameters."x-amz-copy-source", r.requestParameters."x-amz-rename-source"), '/') AS copied,
    CASE WHEN service = 's3' AND copied IS NOT NULL AND NOT starts_with(copied, 'arn:')
        THEN 's3://' || CASE WHEN contains(copied, '%') THEN try(url_decode(split_part(copied, '?', 1))) ELSE split_part(copied, '?', 1) END END AS object_from,
    try_cast(CASE WHEN action = 'object.write' THEN r.additionalEventData.bytesTransferredIn ELSE r.additionalEventData.bytesTransferredOut END AS BIGINT) AS bytes
FROM records
