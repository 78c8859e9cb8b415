/*
# Rows that a query gave, as CSV: of a table over a trail's bucket in Athena (columns in lower case), or of an event data store of CloudTrail Lake (as the
# query spells them). Structs are text such as {type=IAMUser, principalid=…, sessioncontext={attributes={…}}}, or JSON where the query casts them;
# parameters are JSON in Athena and {name=value, …} in Lake: a name that stands there twice is not believed, for values are the caller's own words.
# Without the column errorcode nothing tells what failed, so such a file is left out. A call that only its parameters explain, without
# them, is the action that it might be, and its outcome is unknown; so is that of a sign-in whose answer is lacking.
# eventJson is the whole record, which aws_cloudtrail.sql reads. What the columns mean, and what a call is: as told there, with the same words.
# This file's name stands before aws_cloudtrail: of two sources of one log the facts of the last one count.
title        = "AWS CloudTrail: results of queries in Athena or CloudTrail Lake (CSV)"
docs         = ["https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table.html", "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html"]
names        = ["aws.cloudtrail"]
columns      = [["eventtime", "eventsource", "eventname", "awsregion", "errorcode"], ["eventTime", "eventSource", "eventName", "awsRegion", "errorCode"]]
payload      = ["eventJson", "eventjson"]
completeness = "complete"
scope        = "account/region"
siblings     = ["aws.cloudtrail/{account}/us-east-1"]
objects      = ["s3://*"]
token_kinds  = ["temporary credentials that STS hands out by name: AssumeRole*, GetSessionToken, GetFederationToken (not those that AWS services mint for themselves)"]
empty        = ["object_hash", "object_size", "device_id", "signing_key_id", "mailbox"]
sees_not     = ["what the query's WHERE, its columns and its LIMIT left out: nothing in a result tells them",
                "reads and writes of objects, unless the trail or event data store records data events for their bucket",
                "read-only calls that the event selectors leave out",
                "parameters and answers that CloudTrail Lake writes as {name=value, …} where a name stands twice or the text is longer than 4,000 characters: ask for eventJson",
                "size, hash and entity tag of objects; request parameters over 100 kB"]
export       = "Athena: SELECT * FROM cloudtrail_logs WHERE eventtime >= … ORDER BY eventtime, then Download results CSV; CloudTrail Lake: SELECT eventJson FROM EVENT-DATA-STORE-ID WHERE eventTime >= …"
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
    -- Lake and casts write a moment as 2023-05-10 10:11:12.000, in UTC; the records state whole seconds
    regexp_replace(coalesce(r.eventtime, r.eventTime), '(\.000)?( UTC)?$', '') AS told,
    instant_utc(told) AS time,
    precision_of(told) AS time_precision,
    coalesce(r.eventsource, r.eventSource) AS event_source,
    coalesce(r.eventname, r.eventName) AS event_name,
    coalesce(r.eventtype, r.eventType) AS event_type,
    coalesce(r.awsregion, r.awsRegion) AS region,
    coalesce(r.readonly, r.readOnly) AS read_only,
    -- no name or ARN of AWS holds a comma before a space; names are taken where they stand first, the session's issuer after its own word
    coalesce(r.useridentity, r.userIdentity) AS who,
    CASE WHEN starts_with(who, '{"') THEN NULL ELSE string_split(who, ', ') END AS parts,
    list_transform(parts, lambda each: lower(regexp_extract(each, '^[{]?(?:\w+=[{])*(\w+)=', 1))) AS held_names,
    list_transform(parts, lambda each: nullif(nullif(rtrim(regexp_extract(each, '^[{]?(?:\w+=[{])*\w+=(.*)$', 1), '}'), 'null'), '')) AS held,
    list_position(list_transform(parts, lambda each: regexp_matches(lower(each), '^(\w+=[{])*sessionissuer=[{]')), true) AS issuer_at,
    CASE WHEN starts_with(who, '{"') THEN try(json_extract_string(who, ['$.type', '$.arn', '$.principalId', '$.accountId', '$.accessKeyId', '$.userName', '$.invokedBy',
        '$.sessionContext.attributes.creationDate', '$.sessionContext.sessionIssuer.arn', '$.sessionContext.webIdFederationData.federatedProvider', '$.identityProvider',
        '$.principalid', '$.accountid', '$.accesskeyid', '$.username', '$.invokedby', '$.sessioncontext.attributes.creationdate', '$.sessioncontext.sessionissuer.arn',
        '$.sessioncontext.webidfederationdata.federatedprovider', '$.identityprovider'])) END AS spelt,
    coalesce(spelt[1], held[list_position(held_names, 'type')]) AS id_type,
    coalesce(spelt[2], held[list_position(held_names, 'arn')], r.arn) AS id_arn,
    nullif(coalesce(spelt[3], spelt[12], held[list_position(held_names, 'principalid')], r.principalid), '') AS id_principalid,
    coalesce(spelt[4], spelt[13], held[list_position(held_names, 'accountid')], r.accountid) AS id_accountid,
    nullif(coalesce(spelt[5], spelt[14], held[list_position(held_names, 'accesskeyid')], r.accesskeyid), '') AS id_accesskeyid,
    coalesce(spelt[6], spelt[15], held[list_position(held_names, 'username')], r.username) AS id_username,
    coalesce(spelt[7], spelt[16], held[list_position(held_names, 'invokedby')]) AS id_invokedby,
    nullif(coalesce(spelt[8], spelt[17], held[list_position(held_names, 'creationdate')]), '') AS id_created,
    nullif(coalesce(spelt[9], spelt[18], held[issuer_at - 1 + list_position(held_names[issuer_at:], 'arn')]), '') AS id_issuer,
    nullif(coalesce(spelt[10], spelt[11], spelt[19], spelt[20], held[list_position(held_names, 'federatedprovider')], held[list_position(held_names, 'identityprovider')]), '') AS id_provider,
    concat_ws('/', coalesce(r.recipientaccountid, r.recipientAccountId, id_accountid), region) AS scope,
    coalesce(r.eventid, r.eventID) AS record_id,
    coalesce(r.requestparameters, r.requestParameters) AS params_told,
    CASE WHEN starts_with(params_told, '{"') THEN try(json(params_told))
         WHEN starts_with(params_told, '{') AND strlen(params_told) < 4000 THEN to_json(map_from_entries(list_transform(list_filter(string_split(params_told[2:-2], ', '), lambda each:
            regexp_matches(each, '^[A-Za-z][\w.-]*=') AND NOT regexp_matches(each, '=(null)?$')
            AND len(string_split(', ' || params_told[2:], ', ' || split_part(each, '=', 1) || '=')) = 2),
            lambda each: {'k': split_part(each, '=', 1), 'v': CASE WHEN regexp_matches(each, '^[^=]+=[\[{]') THEN coalesce(try(json(substr(each, instr(each, '=') + 1))), to_json(substr(each, instr(each, '=') + 1))) ELSE to_json(substr(each, instr(each, '=') + 1)) END}))) END AS params,
    coalesce(r.responseelements, r.responseElements) AS answers_told,
    CASE WHEN starts_with(answers_told, '{"') THEN try(json(answers_told))
         WHEN starts_with(answers_told, '{') AND strlen(answers_told) < 4000 THEN to_json(map_from_entries(list_transform(list_filter(string_split(answers_told[2:-2], ', '), lambda each:
            regexp_matches(each, '^[A-Za-z][\w.-]*=') AND NOT regexp_matches(each, '=(null)?$')
            AND len(string_split(', ' || answers_told[2:], ', ' || split_part(each, '=', 1) || '=')) = 2),
            lambda each: {'k': split_part(each, '=', 1), 'v': CASE WHEN regexp_matches(each, '^[^=]+=[\[{]') THEN coalesce(try(json(substr(each, instr(each, '=') + 1))), to_json(substr(each, instr(each, '=') + 1))) ELSE to_json(substr(each, instr(each, '=') + 1)) END}))) END AS answers,
    coalesce(r.additionaleventdata, r.additionalEventData) AS extra_told,
    CASE WHEN starts_with(extra_told, '{"') THEN try(json(extra_told))
         WHEN starts_with(extra_told, '{') AND strlen(extra_told) < 4000 THEN to_json(map_from_entries(list_transform(list_filter(string_split(extra_told[2:-2], ', '), lambda each:
            regexp_matches(each, '^[A-Za-z][\w.-]*=') AND NOT regexp_matches(each, '=(null)?$')
            AND len(string_split(', ' || extra_told[2:], ', ' || split_part(each, '=', 1) || '=')) = 2),
            lambda each: {'k': split_part(each, '=', 1), 'v': CASE WHEN regexp_matches(each, '^[^=]+=[\[{]') THEN coalesce(try(json(substr(each, instr(each, '=') + 1))), to_json(substr(each, instr(each, '=') + 1))) ELSE to_json(substr(each, instr(each, '=') + 1)) END}))) END AS extra,
    coalesce(event_name, event_type) AS operation,
    split_part(event_source, '.', 1) AS service,
    service || ':' || event_name AS call,
    replace((params ->> '$.eventSelectors'), ' ', '') AS selectors,
    replace((params ->> '$.advancedEventSelectors'), ' ', '') AS advanced,
    lower(coalesce(read_only, '')) AS reads,
    params IS NULL AND call IN ('cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:UpdateEventDataStore', 's3:PutBucketLogging', 'guardduty:UpdateDetector',
        'eks:UpdateClusterConfig', 'iam:UpdateAccessKey') AS untold,
    CASE
        WHEN untold THEN CASE call WHEN 'iam:UpdateAccessKey' THEN 'credential.add' WHEN 'cloudtrail:UpdateEventDataStore' THEN 'retention.change' ELSE 'logging.disable' END
        WHEN event_name IS NULL OR event_type IN ('AwsCloudTrailInsight', 'AwsServiceEvent') AND service NOT IN ('signin', 'sts', 's3') THEN 'service.event'
        WHEN service = 's3' THEN CASE
            WHEN event_name IN ('GetObject', 'GetObjectTorrent', 'SelectObjectContent') THEN 'object.read'
            WHEN event_name IN ('PutObject', 'PostObject', 'UploadPart', 'CompleteMultipartUpload', 'WriteGetObjectResponse') THEN 'object.write'
            WHEN event_name IN ('CopyObject', 'UploadPartCopy') THEN 'object.copy'
            WHEN event_name IN ('RenameObject') THEN 'object.move'
            WHEN event_name IN ('DeleteObject', 'DeleteObjects', 'DeleteObjectVersion', 'DeleteBucket') THEN 'object.delete'
            WHEN event_name LIKE 'ListObject%' OR event_name IN ('ListBuckets', 'ListParts', 'ListMultipartUploads', 'ListBucketMultipartUploads') THEN 'object.list'
            WHEN event_name LIKE 'HeadObject%' OR event_name LIKE 'GetObject%' OR event_name = 'HeadBucket' THEN 'object.inspect'
            WHEN event_name IN ('PutObjectAcl', 'PutBucketAcl', 'PutBucketPolicy', 'PutAccessPointPolicy', 'DeleteBucketPublicAccessBlock',
                                 'DeletePublicAccessBlock', 'DeleteAccountPublicAccessBlock') THEN 'object.share'
            WHEN event_name = 'CreateBucket' THEN 'object.create'
            WHEN event_name LIKE '%BucketLifecycle%' AND event_name NOT LIKE 'Get%'
              OR event_name IN ('PutObjectRetention', 'PutObjectLegalHold', 'PutBucketObjectLockConfiguration', 'PutObjectLockConfiguration') THEN 'retention.change'
            WHEN event_name = 'PutBucketLogging' THEN CASE WHEN (params ->> '$.BucketLoggingStatus.LoggingEnabled') IS NULL THEN 'logging.disable' ELSE 'logging.enable' END
            WHEN event_name LIKE 'Get%' OR event_name LIKE 'List%' OR reads = 'true' THEN 'config.read'
            ELSE 'config.change' END
        WHEN call IN ('signin:ConsoleLogin', 'signin:SwitchRole', 'signin:CheckMfa', 'sso:Authenticate', 'signin:UserAuthentication',
                      'signin:CredentialVerification', 'signin:CredentialChallenge') THEN 'sign_in'
        WHEN call IN ('signin:ExitRole', 'sso:Logout', 'signin:Logout') THEN 'sign_out'
        WHEN service = 'sts' AND (event_name LIKE 'Assume%' OR event_name IN ('GetSessionToken', 'GetFederationToken'))
          OR call IN ('signin:GetSigninToken', 'sso:Federate', 'sso:GetRoleCredentials', 'sso:CreateToken', 'sso-oauth:CreateToken', 'cognito-identity:GetCredentialsForIdentity',
                      'rolesanywhere:CreateSession', 'ecr:GetAuthorizationToken', 'redshift:GetClusterCredentials') THEN 'token.issue'
        WHEN service = 'cloudtrail' AND reads <> 'true' THEN CASE
            WHEN event_name IN ('StopLogging', 'DeleteTrail', 'DeleteEventDataStore', 'StopEventDataStoreIngestion', 'DeleteChannel', 'DeregisterOrganizationDelegatedAdmin') THEN 'logging.disable'
            WHEN event_name IN ('StartLogging', 'CreateTrail', 'CreateEventDataStore', 'StartEventDataStoreIngestion', 'RestoreEventDataStore') THEN 'logging.enable'
            WHEN event_name = 'UpdateTrail' THEN CASE WHEN (params ->> '$.s3BucketName') IS NOT NULL
                OR 'false' IN ((params ->> '$.isMultiRegionTrail'), (params ->> '$.includeGlobalServiceEvents'), (params ->> '$.enableLogFileValidation')) THEN 'logging.disable'
                WHEN 'true' IN ((params ->> '$.isMultiRegionTrail'), (params ->> '$.includeGlobalServiceEvents')) THEN 'logging.enable' ELSE 'config.change' END
            WHEN event_name = 'PutEventSelectors' THEN CASE
                WHEN contains(selectors, '"includeManagementEvents":false') OR contains(selectors, '"readWriteType":"WriteOnly"')
                  OR contains(selectors, '"readWriteType":"ReadOnly"') OR contains(selectors, '"excludeManagementEventSources":["') THEN 'logging.disable'
                WHEN contains(selectors, '"type":"AWS::') THEN 'logging.enable'
                WHEN contains(advanced, '"not') OR contains(advanced, '"readOnly"') OR NOT contains(advanced, '"Management"') THEN 'logging.disable'
                WHEN contains(advanced, '"Data"') THEN 'logging.enable' ELSE 'config.change' END
            WHEN event_name = 'UpdateEventDataStore' AND (params ->> '$.retentionPeriod') IS NOT NULL THEN 'retention.change'
            WHEN event_name LIKE 'Get%' OR event_name LIKE 'List%' OR event_name LIKE 'Describe%' OR event_name LIKE 'Lookup%' THEN 'config.read'
            ELSE 'config.change' END
        WHEN call IN ('ec2:DeleteFlowLogs', 'guardduty:DeleteDetector', 'config:StopConfigurationRecorder', 'config:DeleteConfigurationRecorder',
                      'config:DeleteDeliveryChannel', 'securityhub:DisableSecurityHub', 'macie2:DisableMacie', 'wafv2:DeleteLoggingConfiguration',
                      'route53resolver:DeleteResolverQueryLogConfig', 'route53resolver:DisassociateResolverQueryLogConfig', 'route53:DeleteQueryLoggingConfig',
                      'logs:DeleteSubscriptionFilter', 'logs:DeleteDestination', 'logs:DeleteDelivery',
                      'guardduty:DeletePublishingDestination', 'guardduty:DisassociateMembers', 'guardduty:StopMonitoringMembers')
          OR call = 'guardduty:UpdateDetector' AND lower((params ->> '$.enable')) = 'false' THEN 'logging.disable'
        WHEN call IN ('ec2:CreateFlowLogs', 'guardduty:CreateDetector', 'config:StartConfigurationRecorder', 'securityhub:EnableSecurityHub', 'macie2:EnableMacie',
                      'wafv2:PutLoggingConfiguration', 'route53resolver:AssociateResolverQueryLogConfig', 'logs:PutSubscriptionFilter', 'logs:CreateDelivery')
          OR call = 'guardduty:UpdateDetector' AND lower((params ->> '$.enable')) = 'true' THEN 'logging.enable'
        WHEN call IN ('logs:DeleteLogGroup', 'logs:DeleteLogStream') THEN 'log.clear'
        WHEN call IN ('logs:PutRetentionPolicy', 'logs:DeleteRetentionPolicy', 'config:PutRetentionConfiguration', 'config:DeleteRetentionConfiguration') THEN 'retention.change'
        WHEN call = 'eks:UpdateClusterConfig' THEN CASE WHEN contains(params::VARCHAR, '"clusterLogging"') THEN CASE WHEN contains(eks_change('', json_extract(params, '$.logging.clusterLogging'))::VARCHAR, '{}')
            THEN 'logging.disable' ELSE 'logging.enable' END ELSE 'config.change' END
        WHEN call IN ('iam:PutRolePolicy', 'iam:PutUserPolicy') AND (params ->> '$.policyName') = 'AWSRevokeOlderSessions' THEN 'token.revoke'
        WHEN call IN ('iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:ChangePassword', 'iam:UploadSSHPublicKey',
                      'iam:UploadSigningCertificate', 'iam:UploadServerCertificate', 'iam:CreateServiceSpecificCredential', 'iam:ResetServiceSpecificCredential',
                      'iam:CreateVirtualMFADevice', 'iam:EnableMFADevice', 'iam:ResyncMFADevice', 'ec2:CreateKeyPair', 'ec2:ImportKeyPair',
                      'ec2-instance-connect:SendSSHPublicKey', 'secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecret',
                      'secretsmanager:RotateSecret', 'ssm:PutParameter', 'kms:ImportKeyMaterial', 'rolesanywhere:CreateTrustAnchor')
          OR call = 'iam:UpdateAccessKey' AND (params ->> '$.status') = 'Active' THEN 'credential.add'
        WHEN call IN ('secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue', 'ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath',
                      'ec2:GetPasswordData', 'kms:ReplicateKey') THEN 'credential.read'
        WHEN call IN ('iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:AttachGroupPolicy', 'iam:PutUserPolicy', 'iam:PutRolePolicy', 'iam:PutGroupPolicy',
                      'iam:AddUserToGroup', 'iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:AddRoleToInstanceProfile', 'iam:UpdateAssumeRolePolicy',
                      'kms:CreateGrant', 'kms:PutKeyPolicy', 'sso:CreateAccountAssignment', 'sso:AttachManagedPolicyToPermissionSet', 'identitystore:CreateGroupMembership') THEN 'role.assign'
        WHEN service = 'iam' AND (event_name LIKE '%SAMLProvider%' OR event_name LIKE '%OpenIDConnect%') AND reads <> 'true'
             AND event_name NOT LIKE 'Get%' AND event_name NOT LIKE 'List%' THEN 'federation.change'
        WHEN call IN ('ec2:CreateSnapshot', 'ec2:CreateSnapshots', 'ec2:CopySnapshot', 'ec2:CreateImage', 'ec2:CopyImage', 'ec2:CreateStoreImageTask', 'rds:CreateDBSnapshot',
                      'rds:CopyDBSnapshot', 'rds:StartExportTask') THEN 'object.copy'
        WHEN call IN ('ebs:GetSnapshotBlock') THEN 'object.read'
        WHEN call IN ('ec2:ModifySnapshotAttribute', 'ec2:ModifyImageAttribute', 'rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute') THEN 'object.share'
        WHEN call IN ('ec2:DeleteSnapshot', 'rds:DeleteDBSnapshot') THEN 'object.delete'
        WHEN call IN ('ssm:StartSession', 'ssm:SendCommand', 'ssm:StartAutomationExecution', 'ecs:ExecuteCommand') THEN 'process.start'
        WHEN reads = 'true' OR regexp_matches(event_name, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Simulate|Query|Scan|Select)[A-Z]') THEN 'config.read'
        WHEN service IN ('iam', 'sso', 'sso-directory', 'identitystore', 'cognito-idp', 'organizations') THEN 'account.change'
        WHEN reads = 'false' OR regexp_matches(event_name, '^(Create|Delete|Update|Put|Modify|Attach|Detach|Add|Remove|Start|Stop|Run|Terminate|Enable|Disable|Set|Tag|Untag|Authorize|Revoke|Associate|Disassociate|Register|Import|Schedule|Cancel)[A-Z]') THEN 'config.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    coalesce((answers ->> '$.ConsoleLogin'), (answers ->> '$.SwitchRole'), (answers ->> '$.CheckMfa'), (answers ->> '$.CredentialVerification')) AS verdict,
    coalesce(coalesce(r.errorcode, r.errorCode), coalesce(r.errormessage, r.errorMessage), verdict) AS outcome_detail,
    CASE WHEN coalesce(r.errorcode, r.errorCode) IS NOT NULL OR coalesce(r.errormessage, r.errorMessage) IS NOT NULL OR verdict = 'Failure' THEN 'failure' WHEN untold OR action = 'sign_in' AND verdict IS NULL THEN 'unknown' ELSE 'success' END AS outcome,
    id_type AS kind,
    CASE WHEN id_accountid = 'anonymous' THEN NULL ELSE coalesce(id_arn, id_username, id_principalid,
        id_invokedby, id_accountid) END AS actor,
    id_principalid AS actor_id,
    CASE WHEN id_accountid = 'anonymous' OR kind = 'Unknown' AND actor IS NULL THEN 'anonymous'
         WHEN kind = 'AssumedRole' AND NOT contains(coalesce(id_arn, ''), ':assumed-role/AWSReservedSSO_') THEN 'workload'
         WHEN kind IN ('IAMUser', 'Root', 'FederatedUser', 'SAMLUser', 'WebIdentityUser', 'Directory', 'IdentityCenterUser', 'AssumedRole') THEN 'user'
         WHEN kind = 'AWSService' OR kind IS NULL AND id_invokedby IS NOT NULL THEN 'service' END AS actor_type,
    address(coalesce(r.sourceipaddress, r.sourceIPAddress)) AS src_ip,
    coalesce(r.useragent, r.userAgent) AS user_agent,
    coalesce((params ->> '$.grantType'), (extra ->> '$.AuthenticationMethod')) AS protocol,
    replace(coalesce((answers ->> '$.credentials.expiration'), (answers ->> '$.credentials.Expiration')), chr(8239), ' ') AS ends,
    coalesce(try_strptime(ends, '%b %d, %Y, %I:%M:%S %p'), try_strptime(ends, '%b %d, %Y %I:%M:%S %p'))::TIMESTAMP::TIMESTAMPTZ AS expires_time,
    id_invokedby AS app,
    event_source AS resource,
    coalesce((answers ->> '$.credentials.accessKeyId'), (answers ->> '$.credentials.AccessKeyId')) AS issued,
    CASE WHEN action = 'token.issue' THEN issued ELSE id_accesskeyid END AS credential_id,
    CASE WHEN action = 'token.issue' OR id_created IS NOT NULL OR starts_with(id_accesskeyid, 'ASIA') THEN id_accesskeyid END AS session_id,
    coalesce(id_issuer, id_provider) AS token_issuer,
    coalesce(r.requestid, r.requestID) AS request_id,
    id_created AS created,
    coalesce(instant_utc(created), try_strptime(created, '%Y%m%dT%H%M%SZ')::TIMESTAMPTZ) AS issued_time,
    CASE WHEN service = 's3' THEN 's3://' || (params ->> '$.bucketName') || coalesce('/' || (params ->> '$.key'), '')
         WHEN action = 'token.issue' THEN coalesce((params ->> '$.roleArn'), (answers ->> '$.assumedRoleUser.arn'), (answers ->> '$.federatedUser.arn'), (params ->> '$.name'))
         ELSE coalesce((params ->> '$.userName'), (params ->> '$.groupName'), (params ->> '$.roleName'), (params ->> '$.policyArn'),
            (params ->> '$.secretId'), (params ->> '$.keyId'), (params ->> '$.logGroupName'), (params ->> '$.snapshotId'), (params ->> '$.sourceSnapshotId'),
            (params ->> '$.trailName'), CASE WHEN contains((params ->> '$.name'), ':trail/') THEN split_part((params ->> '$.name'), ':trail/', 2) ELSE (params ->> '$.name') END, (params ->> '$.instanceId'), (params ->> '$.target'), (params ->> '$.functionName'),
            (params ->> '$.detectorId'), (params ->> '$.configurationRecorderName'), (params ->> '$.bucketName'), (params ->> '$.roleArn'),
            (params ->> '$.sAMLProviderArn'), (params ->> '$.instanceProfileName'), (params ->> '$.policyName'), (params ->> '$.keyName'),
            (params ->> '$.serialNumber'), (params ->> '$.DeleteFlowLogsRequest.FlowLogId.content'), (params ->> '$.DeleteFlowLogsRequest.FlowLogId'),
            nullif(regexp_extract(r.resources, '^\[\{(?:\w+=[^, ]*, )*arn=([^, }]*)', 1), '')) END AS object,
    reads <> 'true' AND outcome <> 'failure' AND event_name IN ('StopLogging', 'StartLogging', 'DeleteTrail', 'CreateTrail', 'UpdateTrail', 'PutEventSelectors', 'UpdateEventDataStore',
        'DeleteEventDataStore', 'RestoreEventDataStore', 'StopEventDataStoreIngestion', 'StartEventDataStoreIngestion', 'DeregisterOrganizationDelegatedAdmin', 'LeaveOrganization',
        'RemoveAccountFromOrganization', 'PutBucketLifecycle', 'PutBucketLifecycleConfiguration', 'DeleteBucketLifecycle', 'PutBucketLogging', 'DeleteBucket', 'CreateBucket',
        'PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'PutRetentionPolicy', 'DeleteRetentionPolicy', 'DeleteLogGroup', 'CreateLogGroup', 'DeleteLogStream', 'DisableKey',
        'ScheduleKeyDeletion', 'EnableKey', 'UpdateClusterConfig') AS switching,
    CASE WHEN switching THEN coalesce(params, '{}') END AS asked,
    CASE WHEN switching AND service = 'cloudtrail' THEN json_merge_patch(asked, coalesce(answers, '{}')) END AS settled,
    coalesce(json_extract_string(asked, '$.trailName'), json_extract_string(asked, '$.name')) AS trail_told,
    CASE WHEN contains(trail_told, ':trail/') THEN split_part(trail_told, ':trail/', 2) ELSE trail_told END AS trail,
    CASE WHEN contains(trail_told, ':trail/') THEN split_part(trail_told, ':', 5) ELSE split_part(scope, '/', 1) END AS home,
    CASE WHEN switching AND event_name = 'PutEventSelectors' THEN list_concat(basic_selectors(json_extract(asked, '$.eventSelectors')),
        advanced_selectors(json_extract(asked, '$.advancedEventSelectors'))) END AS chosen,
    CASE WHEN NOT switching THEN NULL
         WHEN untold AND service = 'cloudtrail' THEN one_change(json_object('subject', 'aws.cloudtrail/' || home || '/*', 'copy', 'trail ' || trail, 'spared', ['event-history'],
            'key', 'management selectors', 'doubt', true, 'off', whole()))::VARCHAR
         WHEN chosen IS NOT NULL THEN selector_changes(chosen, 'aws.cloudtrail/' || home || '/*', 'trail ' || trail)::VARCHAR
         WHEN event_name IN ('CreateTrail', 'UpdateTrail') THEN trail_change(event_name, asked, settled, trail, home, region)::VARCHAR
         ELSE aws_change(service, event_name, asked, trail, home, split_part(scope, '/', 1))::VARCHAR END AS change,
    CASE WHEN service <> 's3' AND (params ->> '$.userName') IS NOT NULL THEN coalesce((params ->> '$.groupName'), (params ->> '$.policyArn'),
        (answers ->> '$.accessKey.accessKeyId'), (params ->> '$.accessKeyId')) END AS resource_id,
    ltrim(coalesce((params ->> '$."x-amz-copy-source"'), (params ->> '$."x-amz-rename-source"')), '/') AS copied,
    CASE WHEN service = 's3' AND copied IS NOT NULL AND NOT starts_with(copied, 'arn:')
        THEN 's3://' || CASE WHEN contains(copied, '%') THEN try(url_decode(split_part(copied, '?', 1))) ELSE split_part(copied, '?', 1) END END AS object_from,
    try_cast(CASE WHEN action = 'object.write' THEN (extra ->> '$.bytesTransferredIn') ELSE (extra ->> '$.bytesTransferredOut') END AS BIGINT) AS bytes
FROM records
