-- What configuration events did to logs, in the words of `Told` (timeline/evidence/switches.py), as JSON: NULL for what did nothing.
-- Each macro gets the parts of the record that say it; they are only read where the operation is one of these.

-- One change without what it leaves out, and several as a list.
CREATE OR REPLACE TEMP MACRO one_change(told) AS json_merge_patch('{}', told);
CREATE OR REPLACE TEMP MACRO all_changes(told) AS to_json(list_transform(list_filter(told, lambda each: each IS NOT NULL), lambda each: one_change(each)));
CREATE OR REPLACE TEMP MACRO whole() AS json('[{}]');
CREATE OR REPLACE TEMP MACRO nothing() AS json('[]');
-- All off where a condition holds, all on where it does not, NULL where nobody knows.
CREATE OR REPLACE TEMP MACRO off_where(held) AS CASE WHEN held THEN whole() WHEN NOT held THEN nothing() END;
-- The elements of a JSON list, or the one thing that stands for a list of one.
CREATE OR REPLACE TEMP MACRO elements(told) AS CASE json_type(told) WHEN 'ARRAY' THEN json_extract(told, '$[*]') WHEN 'NULL' THEN []::JSON[] ELSE list_filter([told], lambda each: each IS NOT NULL) END;
CREATE OR REPLACE TEMP MACRO texts_of(told) AS list_transform(elements(told), lambda each: json_extract_string(each, '$'));

-- CloudTrail: what the selectors of a trail leave out. Basic and advanced ones come to one form: which of management and data events,
-- reads and writes they ask for, from which buckets (s3://*: all), without which services, and whether they ask for more than can be told.
CREATE OR REPLACE TEMP MACRO basic_selectors(told) AS list_transform(elements(told), lambda each: {
    'management': coalesce(json_extract_string(each, '$.includeManagementEvents'), 'true') = 'true', 'odd': false,
    'reads': coalesce(json_extract_string(each, '$.readWriteType'), 'All') IN ('All', 'ReadOnly'), 'writes': coalesce(json_extract_string(each, '$.readWriteType'), 'All') IN ('All', 'WriteOnly'),
    'without': texts_of(json_extract(each, '$.excludeManagementEventSources')),
    'places': list_transform(list_filter(flatten(list_transform(list_filter(elements(json_extract(each, '$.dataResources')), lambda item: json_extract_string(item, '$.type') = 'AWS::S3::Object'),
        lambda item: texts_of(json_extract(item, '$.values')))), lambda arn: regexp_matches(arn, '^arn:[a-z-]+:s3(:::([^/]+/)?)?$')),
        lambda arn: 's3://' || coalesce(nullif(rtrim(regexp_extract(arn, ':::(.*)$', 1), '/'), ''), '*'))});
CREATE OR REPLACE TEMP MACRO selector_field(fields, name) AS list_filter(fields, lambda each: json_extract_string(each, '$.field') = name)[1];
CREATE OR REPLACE TEMP MACRO advanced_selectors(told) AS list_transform(list_transform(elements(told), lambda each: elements(json_extract(each, '$.fieldSelectors'))), lambda fields: {
    'management': list_contains(texts_of(json_extract(selector_field(fields, 'eventCategory'), '$.equals')), 'Management'),
    'odd': len(list_filter(fields, lambda each: json_extract_string(each, '$.field') NOT IN ('eventCategory', 'readOnly', 'eventSource', 'resources.type', 'resources.ARN')
        OR json_extract_string(each, '$.field') = 'eventSource' AND json_extract(each, '$.notEquals') IS NULL)) > 0,
    'reads': coalesce(json_extract_string(selector_field(fields, 'readOnly'), '$.equals[0]'), 'true') = 'true', 'writes': coalesce(json_extract_string(selector_field(fields, 'readOnly'), '$.equals[0]'), 'false') = 'false',
    'without': texts_of(json_extract(selector_field(fields, 'eventSource'), '$.notEquals')),
    'places': CASE WHEN NOT list_contains(texts_of(json_extract(selector_field(fields, 'eventCategory'), '$.equals')), 'Data')
            OR NOT list_contains(texts_of(json_extract(selector_field(fields, 'resources.type'), '$.equals')), 'AWS::S3::Object') THEN []::VARCHAR[]
        WHEN selector_field(fields, 'resources.ARN') IS NULL THEN ['s3://*']
        ELSE list_transform(list_filter(texts_of(json_extract(selector_field(fields, 'resources.ARN'), '$.startsWith')), lambda arn: regexp_matches(arn, ':::[^/]+/$')),
            lambda arn: 's3://' || rtrim(regexp_extract(arn, ':::(.*)$', 1), '/')) END});
-- What is asked of objects is about data events, anything else about management events.
CREATE OR REPLACE TEMP MACRO of_management(more) AS json_merge_patch(json('{"category": "management", "not action": ["object.read", "object.write", "object.copy", "object.move"]}'), more);
CREATE OR REPLACE TEMP MACRO of_data(more) AS json_merge_patch(json('{"category": "data", "action": ["object.read", "object.write", "object.copy", "object.move", "object.delete", "object.list", "object.inspect", "object.share"]}'), more);
CREATE OR REPLACE TEMP MACRO management_off(item) AS CASE WHEN len(item) = 0 THEN [of_management('{}')] ELSE [
    CASE WHEN NOT list_bool_or(list_transform(item, lambda each: each.reads)) THEN json('{"category": "management", "read_only": "true", "action": ["config.read", "credential.read", "token.issue", "object.list", "object.inspect", "other"]}') END,
    CASE WHEN NOT list_bool_or(list_transform(item, lambda each: each.writes)) THEN json('{"category": "management", "read_only": "false", "not action": ["config.read", "credential.read", "object.read", "object.list", "object.inspect"]}') END,
    CASE WHEN list_bool_and(list_transform(item, lambda each: len(each.without) > 0)) THEN json_object('category', 'management', 'event_source', list_distinct(flatten(list_transform(item, lambda each: each.without))),
        'not action', json('["sign_in", "object.read", "object.write", "object.copy", "object.move", "logging.*", "log.clear"]')) END] END;
CREATE OR REPLACE TEMP MACRO data_off(item) AS CASE WHEN len(item) = 0 THEN [of_data('{}')] ELSE [
    CASE WHEN NOT list_bool_or(list_transform(item, lambda each: each.reads)) THEN json('{"category": "data", "read_only": "true", "action": ["object.read", "object.list", "object.inspect"]}') END,
    CASE WHEN NOT list_bool_or(list_transform(item, lambda each: each.writes)) THEN json('{"category": "data", "read_only": "false", "action": ["object.write", "object.copy", "object.move", "object.delete", "object.share"]}') END,
    CASE WHEN NOT list_contains(flatten(list_transform(item, lambda each: each.places)), 's3://*')
        THEN of_data(json_object('not place', list_distinct(flatten(list_transform(item, lambda each: each.places))))) END] END;
CREATE OR REPLACE TEMP MACRO present(item) AS to_json(list_filter(item, lambda each: each IS NOT NULL));
CREATE OR REPLACE TEMP MACRO selector_changes(told, subject, copy) AS all_changes([
    json_object('subject', subject, 'copy', copy, 'spared', ['event-history'], 'key', 'management selectors',
        'off', CASE WHEN len(list_filter(told, lambda each: each.management AND each.odd)) > 0 AND len(list_filter(told, lambda each: each.management AND NOT each.odd)) = 0 THEN nothing()
            ELSE present(management_off(list_filter(told, lambda each: each.management AND NOT each.odd))) END),
    json_object('subject', subject, 'copy', copy, 'spared', ['event-history'], 'key', 'odd management selectors',
        'doubt', len(list_filter(told, lambda each: each.management AND each.odd)) > 0 AND len(list_filter(told, lambda each: each.management AND NOT each.odd)) = 0,
        'off', CASE WHEN len(list_filter(told, lambda each: each.management AND each.odd)) > 0 AND len(list_filter(told, lambda each: each.management AND NOT each.odd)) = 0
            THEN to_json([of_management('{}')]) ELSE nothing() END),
    json_object('subject', subject, 'copy', copy, 'key', 'data selectors', 'off', present(data_off(list_filter(told, lambda each: len(each.places) > 0))))]);

-- AWS: `asked` are the request's parameters, `now` is them with the response, where a trail tells all that it is.
CREATE OR REPLACE TEMP MACRO trail_change(call, asked, now, name, home, region) AS all_changes([
    json_object('subject', 'aws.cloudtrail/' || CASE WHEN json_extract_string(now, '$.isOrganizationTrail') = 'true' THEN '*' ELSE home || '/*' END, 'copy', 'trail ' || name, 'spared', ['event-history'],
        'route', true, 'to', 'trail:' || home || '/' || name),
    CASE WHEN json_extract_string(now, '$.s3BucketName') IS NOT NULL THEN json_object('subject', 'aws.cloudtrail/' || CASE WHEN json_extract_string(now, '$.isOrganizationTrail') = 'true' THEN '*' ELSE home || '/*' END,
        'copy', 'trail ' || name, 'spared', ['event-history'], 'route', true, 'to', 's3://' || (json_extract_string(now, '$.s3BucketName')), 'delay', '15m', 'moved', call = 'UpdateTrail' AND json_extract(asked, '$.s3BucketName') IS NOT NULL,
        'prefix', coalesce(nullif(json_extract_string(now, '$.s3KeyPrefix'), '') || '/', '') || 'AWSLogs/' || CASE WHEN json_extract_string(now, '$.isOrganizationTrail') = 'true' THEN '' ELSE home || '/' END) END,
    CASE WHEN json_extract_string(now, '$.cloudWatchLogsLogGroupArn') IS NOT NULL THEN json_object('subject', 'aws.cloudtrail/' || home || '/*', 'copy', 'trail ' || name || ' (log group)', 'spared', ['event-history'],
        'route', true, 'to', 'loggroup:' || replace(split_part(json_extract_string(now, '$.cloudWatchLogsLogGroupArn'), ':log-group:', 2), ':*', '')) END,
    CASE WHEN json_extract_string(now, '$.kmsKeyId') IS NOT NULL THEN json_object('subject', 'aws.cloudtrail/' || home || '/*', 'copy', 'trail ' || name, 'spared', ['event-history'],
        'route', true, 'to', 'kms:' || split_part(json_extract_string(now, '$.kmsKeyId'), '/', -1)) END,
    CASE WHEN call = 'UpdateTrail' AND json_extract_string(asked, '$.isMultiRegionTrail') IS NOT NULL THEN json_object('subject', 'aws.cloudtrail/' || home || '/*', 'but', ['aws.cloudtrail/*/' || region], 'copy', 'trail ' || name,
        'spared', ['event-history'], 'key', 'regions', 'off', off_where(json_extract_string(asked, '$.isMultiRegionTrail') = 'false'), 'moved', true, 'delay', '15m') END,
    CASE WHEN json_extract_string(asked, '$.includeGlobalServiceEvents') IS NOT NULL THEN json_object('subject', 'aws.cloudtrail/' || home || '/us-east-1', 'copy', 'trail ' || name, 'spared', ['event-history'], 'key', 'global services',
        'off', CASE WHEN json_extract_string(asked, '$.includeGlobalServiceEvents') = 'false' THEN json('[{"event_source": ["iam.amazonaws.com", "sts.amazonaws.com", "cloudfront.amazonaws.com"], "not action": ["object.*", "logging.*", "log.*", "process.*"]}]')
            ELSE nothing() END) END]);
CREATE OR REPLACE TEMP MACRO lifecycle_change(bucket, rules) AS CASE WHEN rules IS NULL THEN json_object('to', 's3://' || bucket, 'key', 'lifecycle', 'days', 0, 'doubt', true) ELSE
    all_changes(list_concat([json_object('to', 's3://' || bucket, 'key', 'lifecycle', 'forever', true)], list_transform(list_filter(elements(rules), lambda each: json_extract_string(each, '$.Status') = 'Enabled'
            AND coalesce(json_extract_string(each, '$.Expiration.Days'), json_extract_string(each, '$.Expiration.Date')) IS NOT NULL AND coalesce(json_extract(each, '$.Filter.Tag'), json_extract(each, '$.Filter.And.Tag')) IS NULL),
        lambda each: json_object('to', 's3://' || bucket, 'key', 'lifecycle', 'days', coalesce(try_cast(json_extract_string(each, '$.Expiration.Days') AS DOUBLE), 0),
            'doubt', json_extract_string(each, '$.Expiration.Date') IS NOT NULL, 'prefix', coalesce(json_extract_string(each, '$.Prefix'), json_extract_string(each, '$.Filter.Prefix'), json_extract_string(each, '$.Filter.And.Prefix'), ''))))) END;
CREATE OR REPLACE TEMP MACRO eks_change(cluster, told) AS CASE WHEN contains(told::VARCHAR, '"audit"') THEN all_changes([
    json_object('subject', 'kubernetes.audit/' || cluster, 'key', 'audit', 'delay', '10m', 'off', off_where(
        len(list_filter(elements(told), lambda each: json_extract_string(each, '$.enabled') = 'false' AND contains(each::VARCHAR, '"audit"'))) > 0)),
    json_object('subject', 'kubernetes.audit/default', 'key', 'audit of ' || cluster, 'doubt', len(list_filter(elements(told), lambda each: json_extract_string(each, '$.enabled') = 'false' AND contains(each::VARCHAR, '"audit"'))) > 0, 'delay', '10m', 'off', off_where(
        len(list_filter(elements(told), lambda each: json_extract_string(each, '$.enabled') = 'false' AND contains(each::VARCHAR, '"audit"'))) > 0))]) END;
CREATE OR REPLACE TEMP MACRO group_change(named, more) AS json_merge_patch(one_change(json_object('to', 'loggroup:' || named, 'key', 'log group',
    'subject', CASE WHEN starts_with(named, '/aws/eks/') THEN 'kubernetes.audit/' || split_part(named, '/', 4) END)), more);
CREATE OR REPLACE TEMP MACRO aws_change(service, call, asked, trail, home, account) AS CASE service
    WHEN 'cloudtrail' THEN CASE
        WHEN call IN ('StopLogging', 'StartLogging', 'DeleteTrail') THEN json_object('subject', 'aws.cloudtrail/' || home || '/*', 'copy', 'trail ' || trail,
            'spared', ['event-history'], 'to', 'trail:' || home || '/' || trail, 'key', 'run', 'off', off_where(call <> 'StartLogging'))
        WHEN call = 'DeregisterOrganizationDelegatedAdmin' THEN json_object('subject', 'aws.cloudtrail/' || coalesce(json_extract_string(asked, '$.delegatedAdminAccountId'), account) || '/*', 'off', whole(), 'doubt', true, 'moved', true,
            'key', 'organisation', 'spared', ['event-history'])
        WHEN call = 'UpdateEventDataStore' THEN CASE WHEN json_extract_string(asked, '$.retentionPeriod') IS NOT NULL THEN json_object('subject', 'aws.cloudtrail/' || account || '/*', 'copy', 'cloudtrail-lake', 'named', true,
            'key', 'retention', 'days', try_cast(json_extract_string(asked, '$.retentionPeriod') AS DOUBLE)) END
        ELSE json_object('subject', 'aws.cloudtrail/' || account || '/*', 'copy', 'cloudtrail-lake', 'named', true, 'key', coalesce(json_extract_string(asked, '$.eventDataStore'), 'store'),
            'off', off_where(call IN ('DeleteEventDataStore', 'StopEventDataStoreIngestion'))) END
    WHEN 'organizations' THEN json_object('subject', 'aws.cloudtrail/' || coalesce(json_extract_string(asked, '$.accountId'), account) || '/*', 'off', whole(), 'doubt', true, 'moved', true, 'key', 'organisation', 'spared', ['event-history'])
    WHEN 's3' THEN CASE
        WHEN call = 'DeleteBucketLifecycle' THEN json_object('to', 's3://' || (json_extract_string(asked, '$.bucketName')), 'key', 'lifecycle', 'forever', true)
        WHEN call LIKE '%BucketLifecycle%' THEN lifecycle_change(json_extract_string(asked, '$.bucketName'), json_extract(asked, '$.LifecycleConfiguration.Rule'))
        WHEN call = 'PutBucketLogging' THEN all_changes([json_object('subject', 'aws.s3access/' || (json_extract_string(asked, '$.bucketName')), 'key', 'logging', 'delay', '1h',
                'off', off_where(json_extract(asked, '$.BucketLoggingStatus.LoggingEnabled') IS NULL)),
            CASE WHEN json_extract_string(asked, '$.BucketLoggingStatus.LoggingEnabled.TargetBucket') IS NOT NULL THEN json_object('subject', 'aws.s3access/' || (json_extract_string(asked, '$.bucketName')), 'route', true, 'moved', true, 'delay', '1h',
                'to', 's3://' || (json_extract_string(asked, '$.BucketLoggingStatus.LoggingEnabled.TargetBucket')), 'prefix', coalesce(json_extract_string(asked, '$.BucketLoggingStatus.LoggingEnabled.TargetPrefix'), '')) END])
        WHEN call IN ('DeleteBucket', 'CreateBucket') THEN json_object('to', 's3://' || (json_extract_string(asked, '$.bucketName')), 'key', 'bucket', 'off', off_where(call = 'DeleteBucket'), 'purged', call = 'DeleteBucket')
        WHEN call = 'PutBucketPolicy' AND contains((json_extract(asked, '$.bucketPolicy'))::VARCHAR, '.amazonaws.com') AND NOT contains((json_extract(asked, '$.bucketPolicy'))::VARCHAR, 'Deny')
            THEN json_object('to', 's3://' || (json_extract_string(asked, '$.bucketName')), 'key', 'policy', 'off', nothing())
        ELSE json_object('to', 's3://' || (json_extract_string(asked, '$.bucketName')), 'key', 'policy', 'off', whole(), 'doubt', true, 'moved', true, 'delay', '15m') END
    WHEN 'logs' THEN CASE call
        WHEN 'PutRetentionPolicy' THEN group_change(json_extract_string(asked, '$.logGroupName'), json_object('days', coalesce(try_cast(json_extract_string(asked, '$.retentionInDays') AS DOUBLE), 0), 'doubt', try_cast(json_extract_string(asked, '$.retentionInDays') AS DOUBLE) IS NULL))
        WHEN 'DeleteRetentionPolicy' THEN group_change(json_extract_string(asked, '$.logGroupName'), '{"forever": true}')
        WHEN 'DeleteLogStream' THEN group_change(json_extract_string(asked, '$.logGroupName'), '{"purged": true, "doubt": true}')
        ELSE group_change(json_extract_string(asked, '$.logGroupName'), json_object('off', off_where(call = 'DeleteLogGroup'), 'purged', call = 'DeleteLogGroup')) END
    WHEN 'kms' THEN json_object('to', 'kms:' || split_part(json_extract_string(asked, '$.keyId'), '/', -1), 'key', 'kms', 'off', off_where(call <> 'EnableKey'))
    WHEN 'eks' THEN eks_change(json_extract_string(asked, '$.name'), json_extract(asked, '$.logging.clusterLogging')) END;

-- Azure Resource Manager: `op` and `object` in lower case, `body` the request's, which is often absent: then nobody knows what was set.
CREATE OR REPLACE TEMP MACRO workspace_copy() AS 'workspace|log-analytics|sentinel|sentinel-lake';
CREATE OR REPLACE TEMP MACRO enabled_logs(body) AS list_transform(list_filter(elements(json_extract(body, '$.properties.logs')), lambda each: json_extract_string(each, '$.enabled') = 'true'),
    lambda each: lower(coalesce(json_extract_string(each, '$.category'), json_extract_string(each, '$.categoryGroup'))));
CREATE OR REPLACE TEMP MACRO setting_change(subject, setting, spared, off) AS json_object('subject', subject, 'copy', 'setting ' || setting, 'spared', spared, 'key', setting,
    'off', coalesce(off, whole()), 'doubt', off IS NULL);
CREATE OR REPLACE TEMP MACRO setting_off(op, body, off) AS CASE WHEN op LIKE '%/delete' THEN whole() WHEN json_extract(body, '$.properties.logs') IS NULL THEN NULL WHEN len(enabled_logs(body)) = 0 THEN whole()
    WHEN list_has_any(enabled_logs(body), ['alllogs', 'audit']) THEN nothing() ELSE off END;
CREATE OR REPLACE TEMP MACRO diagnostic_change(op, object, setting, body) AS CASE
    WHEN contains(object, 'microsoft.aadiam') THEN all_changes(list_transform([['auditlogs', 'entra.audit/*'], ['signinlogs', 'entra.signin.interactive/*'], ['noninteractiveusersigninlogs', 'entra.signin.noninteractive/*'],
            ['serviceprincipalsigninlogs', 'entra.signin.service_principal/*'], ['managedidentitysigninlogs', 'entra.signin.managed_identity/*'], ['microsoftgraphactivitylogs', 'graph.activity/*']],
        lambda each: json_merge_patch(setting_change(each[2], setting, CASE WHEN starts_with(each[2], 'graph.') THEN []::VARCHAR[] ELSE ['native'] END, setting_off(op, body, off_where(NOT list_contains(enabled_logs(body), each[1])))),
            json_object('moved', true, 'delay', '1h', 'doubt', NOT (op LIKE '%/delete' OR contains(lower(body::VARCHAR), each[1]) OR list_has_any(enabled_logs(body), ['alllogs', 'audit']))))))
    WHEN contains(object, '/storageaccounts/') THEN all_changes([setting_change('azure.storage/' || regexp_extract(object, '/storageaccounts/([^/]+)', 1), setting || ' of ' || regexp_extract(object, '/([a-z]+services)/', 1), []::VARCHAR[],
            setting_off(op, body, present([
                CASE WHEN NOT list_contains(enabled_logs(body), 'storageread') THEN json('{"category": "StorageRead", "action": ["object.read", "object.list", "object.inspect"]}') END,
                CASE WHEN NOT list_contains(enabled_logs(body), 'storagewrite') THEN json('{"category": "StorageWrite", "action": ["object.write", "object.create", "object.copy", "object.move", "object.share", "config.change", "retention.change"]}') END,
                CASE WHEN NOT list_contains(enabled_logs(body), 'storagedelete') THEN json('{"category": "StorageDelete", "action": ["object.delete", "log.clear"]}') END]))),
        CASE WHEN json_extract_string(body, '$.properties.storageAccountId') IS NOT NULL THEN json_object('subject', 'azure.storage/' || regexp_extract(object, '/storageaccounts/([^/]+)', 1), 'route', true,
            'copy', 'setting ' || setting || ' of ' || regexp_extract(object, '/([a-z]+services)/', 1), 'to', 'storage:' || lower(split_part(json_extract_string(body, '$.properties.storageAccountId'), '/', -1)), 'prefix', 'insights-logs-') END])
    WHEN regexp_matches(object, '/(vaults|managedhsms)/') THEN setting_change('azure.keyvault/' || regexp_extract(object, '/(?:vaults|managedhsms)/([^/]+)', 1), setting, []::VARCHAR[],
        setting_off(op, body, off_where(NOT list_contains(enabled_logs(body), 'auditevent'))))
    WHEN regexp_matches(object, '^/subscriptions/[^/]+/providers/microsoft.insights/') THEN setting_change('azure.activity/' || split_part(object, '/', 3), setting, ['native'],
        setting_off(op, body, off_where(NOT list_contains(enabled_logs(body), 'administrative'))))
    ELSE setting_change('azure.resource.*/' || split_part(split_part(object, '/providers/microsoft.insights/', 1), '/', -1), setting, []::VARCHAR[], setting_off(op, body, to_json([json_object('category',
        list_transform(list_filter(elements(json_extract(body, '$.properties.logs')), lambda each: json_extract_string(each, '$.enabled') = 'false'), lambda each: coalesce(json_extract_string(each, '$.category'), '*')))]))) END;
CREATE OR REPLACE TEMP MACRO table_source(told) AS CASE lower(told) WHEN 'signinlogs' THEN 'entra.signin.interactive/*' WHEN 'aadnoninteractiveusersigninlogs' THEN 'entra.signin.noninteractive/*'
    WHEN 'aadserviceprincipalsigninlogs' THEN 'entra.signin.service_principal/*' WHEN 'aadmanagedidentitysigninlogs' THEN 'entra.signin.managed_identity/*' WHEN 'auditlogs' THEN 'entra.audit/*' WHEN 'azureactivity' THEN 'azure.activity/*'
    WHEN 'storagebloblogs' THEN 'azure.storage/*' WHEN 'officeactivity' THEN 'm365.audit/*' WHEN 'microsoftgraphactivitylogs' THEN 'graph.activity/*' WHEN 'azkvauditlogs' THEN 'azure.keyvault/*' WHEN 'securityevent' THEN 'windows.security*'
    WHEN 'azurediagnostics' THEN 'azure.*' END;
CREATE OR REPLACE TEMP MACRO workspace_days(body) AS try_cast(coalesce(json_extract_string(body, '$.properties.totalRetentionInDays'), json_extract_string(body, '$.properties.retentionInDays')) AS DOUBLE);
CREATE OR REPLACE TEMP MACRO policy_rules(account, body) AS CASE WHEN json_extract(body, '$.properties.policy.rules') IS NULL THEN json_object('to', 'storage:' || account, 'key', 'lifecycle', 'days', 0, 'doubt', true) ELSE
    all_changes(list_concat([json_object('to', 'storage:' || account, 'key', 'lifecycle', 'forever', true)], flatten(list_transform(list_filter(elements(json_extract(body, '$.properties.policy.rules')),
            lambda each: coalesce(json_extract_string(each, '$.enabled'), 'true') = 'true' AND json_extract(each, '$.definition.actions.baseBlob.delete') IS NOT NULL),
        lambda each: list_transform(coalesce(nullif(texts_of(json_extract(each, '$.definition.filters.prefixMatch')), []), ['']), lambda prefix: json_object('to', 'storage:' || account, 'key', 'lifecycle', 'prefix', prefix,
            'days', coalesce(try_cast(json_extract_string(each, '$.definition.actions.baseBlob.delete.daysAfterModificationGreaterThan') AS DOUBLE), 0))))))) END;
CREATE OR REPLACE TEMP MACRO azure_change(op, object, body) AS CASE
    WHEN op LIKE '%/diagnosticsettings/delete' OR op LIKE '%/diagnosticsettings/write' THEN diagnostic_change(op, object, split_part(object, '/diagnosticsettings/', 2), body)
    WHEN op LIKE 'microsoft.operationalinsights/workspaces/%' OR op LIKE 'microsoft.insights/datacollectionrules/%' OR op = 'microsoft.securityinsights/dataconnectors/delete' THEN CASE
        WHEN op = 'microsoft.operationalinsights/workspaces/delete' THEN json_object('subject', '*', 'copy', workspace_copy(), 'named', true, 'key', 'workspace', 'off', whole(), 'purged', true)
        WHEN op LIKE '%/purge/action' THEN json_object('subject', '*', 'copy', workspace_copy(), 'named', true, 'key', 'purge', 'purged', true, 'doubt', true)
        WHEN op IN ('microsoft.operationalinsights/workspaces/write', 'microsoft.operationalinsights/workspaces/tables/write') THEN CASE
            WHEN body IS NOT NULL AND workspace_days(body) IS NULL OR contains(object, '/tables/') AND table_source(split_part(object, '/tables/', 2)) IS NULL THEN NULL
            ELSE json_object('subject', coalesce(table_source(nullif(split_part(object, '/tables/', 2), '')), '*'), 'copy', workspace_copy(), 'named', true, 'key', 'retention',
                'days', coalesce(workspace_days(body), 0), 'doubt', body IS NULL) END
        WHEN op LIKE 'microsoft.insights/datacollectionrules/%' OR op LIKE '%/dataconnectors/delete' THEN json_object('subject', CASE WHEN contains(op, 'rules') THEN 'windows.*' ELSE '*' END, 'copy', workspace_copy(), 'named', true, 'key', object,
            'off', whole(), 'doubt', true, 'moved', true, 'delay', '1h') END
    WHEN op LIKE 'microsoft.eventhub/namespaces/delete' OR op = 'microsoft.eventhub/namespaces/eventhubs/delete' THEN json_object('subject', '*', 'copy', 'event-hub', 'named', true, 'key', object, 'off', whole(), 'doubt', true, 'moved', true)
    WHEN op = 'microsoft.storage/storageaccounts/delete' THEN json_object('to', 'storage:' || split_part(object, '/', -1), 'subject', 'azure.storage_classic/' || split_part(object, '/', -1), 'key', 'account', 'off', whole(), 'purged', true)
    WHEN op LIKE '%/managementpolicies/delete' THEN json_object('to', 'storage:' || regexp_extract(object, '/storageaccounts/([^/]+)', 1), 'key', 'lifecycle', 'forever', true)
    WHEN op LIKE '%/managementpolicies/write' THEN policy_rules(regexp_extract(object, '/storageaccounts/([^/]+)', 1), body)
    WHEN op LIKE '%/containers/delete' AND contains(object, '/containers/insights-logs-') THEN json_object('to', 'storage:' || regexp_extract(object, '/storageaccounts/([^/]+)', 1), 'subject', '*', 'copy', 'storage|storage-account', 'named', true,
        'purged', true, 'scope', json_object('category', split_part(object, '/containers/insights-logs-', 2)))
    WHEN op LIKE '%/containers/delete' AND contains(object, '/containers/insights-activity-logs') THEN json_object('subject', 'azure.activity/*', 'copy', 'storage|storage-account', 'named', true, 'purged', true)
    WHEN op LIKE '%/blobservices/write' AND contains(lower(coalesce(body, 'logging')), 'logging') THEN json_object('subject', 'azure.storage_classic/' || regexp_extract(object, '/storageaccounts/([^/]+)', 1), 'key', 'logging',
        'off', whole(), 'doubt', true, 'moved', true) END;

-- Microsoft 365: cmdlets by their parameters; what they leave out is as it was. A name without @ may be anybody's.
CREATE OR REPLACE TEMP MACRO audit_days(told) AS CASE told WHEN 'ThreeMonths' THEN 90 WHEN 'SixMonths' THEN 180 WHEN 'NineMonths' THEN 270 WHEN 'TwelveMonths' THEN 365 WHEN 'ThreeYears' THEN 1095 WHEN 'FiveYears' THEN 1825
    WHEN 'SevenYears' THEN 2555 WHEN 'TenYears' THEN 3650 END;
CREATE OR REPLACE TEMP MACRO age_days(told) AS CASE WHEN contains(told, '.') THEN try_cast(split_part(told, '.', 1) AS DOUBLE) WHEN starts_with(told, '00:') THEN 0.0 ELSE try_cast(told AS DOUBLE) END;
CREATE OR REPLACE TEMP MACRO words_in(told) AS nullif(list_filter(regexp_split_to_array(coalesce(told, ''), '[^A-Za-z0-9@._*-]+'), lambda each: each <> ''), []);
CREATE OR REPLACE TEMP MACRO mailbox_scope(box, more) AS json_merge_patch(CASE WHEN contains(box, '@') THEN json_object('mailbox', box) ELSE json('{}') END, more);
CREATE OR REPLACE TEMP MACRO list_off(told, box) AS CASE
    WHEN regexp_matches(told, '(?i)\bremove\b|^-') THEN to_json([CASE WHEN contains(told, 'MailItemsAccessed') THEN mailbox_scope(box, '{"operation": "MailItemsAccessed", "action": ["mail.read"]}')
        ELSE mailbox_scope(box, '{"action": ["mail.send", "mail.rule", "object.*"], "not place": ["https://*"]}') END])
    WHEN regexp_matches(told, '(?i)\badd\b|^[+]') THEN CASE WHEN contains(told, 'MailItemsAccessed') THEN nothing() END
    ELSE to_json([mailbox_scope(box, json_object('not operation', coalesce(words_in(told), ['none']), 'not place', ['https://*'], 'action', CASE WHEN contains(told, 'MailItemsAccessed') THEN ['mail.send', 'mail.rule', 'object.*'] ELSE ['mail.*', 'object.*'] END))]) END;
CREATE OR REPLACE TEMP MACRO audit_lists(asked, box) AS list_transform(list_filter(list_transform(list_filter(['AuditOwner', 'AuditDelegate', 'AuditAdmin'], lambda kind: asked[kind] IS NOT NULL),
    lambda kind: {'key': kind || ' ' || box, 'off': list_off(asked[kind], box)}), lambda each: each.off IS NOT NULL),
    lambda each: json_object('key', each.key, 'off', each.off, 'doubt', NOT contains(box, '@') AND each.off::VARCHAR <> '[]'));
CREATE OR REPLACE TEMP MACRO retention_scope(asked) AS one_change(json_object('record_type', words_in(asked['RecordTypes']), 'operation', words_in(asked['Operations']),
    'actor', words_in(asked['UserIds'])));
CREATE OR REPLACE TEMP MACRO retention_changes(operation, asked, named) AS CASE
    WHEN operation LIKE 'Remove-%' THEN json_object('key', named, 'usual', true)
    ELSE json_object('key', named, 'days', coalesce(audit_days(asked['RetentionDuration']), 0), 'scope', retention_scope(asked), 'delay', '30m',
        'doubt', audit_days(asked['RetentionDuration']) IS NULL OR starts_with(operation, 'Set-') AND retention_scope(asked)::VARCHAR = '{}') END;
CREATE OR REPLACE TEMP MACRO m365_change(operation, asked, object) AS CASE
    WHEN asked IS NULL THEN CASE WHEN operation = 'Set-AdminAuditLogConfig' THEN [json_object('key', 'ingestion', 'off', whole(), 'doubt', true)] END
    WHEN operation = 'Set-AdminAuditLogConfig' THEN [
        CASE WHEN asked['UnifiedAuditLogIngestionEnabled'] IS NOT NULL THEN json_object('key', 'ingestion', 'delay', '1h', 'off', off_where(lower(asked['UnifiedAuditLogIngestionEnabled']) = 'false')) END,
        CASE WHEN asked['AdminAuditLogEnabled'] IS NOT NULL THEN json_object('key', 'cmdlets', 'off', CASE WHEN lower(asked['AdminAuditLogEnabled']) = 'false'
            THEN json('[{"record_type": ["1", "ExchangeAdmin"], "action": ["config.*", "role.assign", "account.change", "mail.rule", "logging.*", "retention.change"]}]') ELSE nothing() END) END,
        CASE WHEN age_days(asked['AdminAuditLogAgeLimit']) IS NOT NULL THEN json_object('key', 'age', 'copy', 'mailbox', 'named', true, 'days', age_days(asked['AdminAuditLogAgeLimit'])) END]
    WHEN operation = 'Set-MailboxAuditBypassAssociation' THEN [CASE WHEN asked['AuditBypassEnabled'] IS NOT NULL THEN json_object('key', 'bypass of ' || object,
        'doubt', lower(asked['AuditBypassEnabled']) = 'true' AND NOT contains(object, '@'),
        'off', CASE WHEN lower(asked['AuditBypassEnabled']) <> 'true' THEN nothing() WHEN contains(object, '@') THEN json_array(json_object('actor', object, 'action', ['mail.*', 'object.*'], 'not place', ['https://*']))
            ELSE json('[{"action": ["mail.*", "object.*"], "not place": ["https://*"]}]') END) END]
    WHEN operation = 'Set-OrganizationConfig' THEN [CASE WHEN asked['AuditDisabled'] IS NOT NULL THEN json_object('key', 'mailboxes', 'off', CASE WHEN lower(asked['AuditDisabled']) = 'true'
        THEN json('[{"record_type": ["2", "3", "50"], "action": ["mail.*", "object.*"], "not place": ["https://*"]}]') ELSE nothing() END) END]
    -- AuditEnabled of one mailbox means nothing as long as the organisation audits by default (Microsoft Learn, audit-mailboxes)
    WHEN operation = 'Set-Mailbox' THEN list_concat(audit_lists(asked, object), list_transform(list_filter(['Owner', 'Delegate', 'Admin'], lambda kind: contains(asked['DefaultAuditSet'], kind)),
            lambda kind: json_object('key', 'Audit' || kind || ' ' || object, 'off', nothing())),
        [CASE WHEN age_days(asked['AuditLogAgeLimit']) IS NOT NULL THEN json_object('key', 'age of ' || object, 'copy', 'mailbox', 'named', true, 'days', age_days(asked['AuditLogAgeLimit']),
            'scope', mailbox_scope(object, '{}')) END])
    WHEN operation LIKE '%-UnifiedAuditLogRetentionPolicy' THEN [retention_changes(operation, asked, object)] END;

-- Google Cloud: the bucket _Required keeps the activity log whatever anybody sets; all else is about data access, or about a copy elsewhere.
CREATE OR REPLACE TEMP MACRO data_access(more) AS json_merge_patch(json('{"log": "data_access", "action": ["object.*", "credential.read", "token.issue", "consent.grant", "process.start", "config.read", "sign_in", "sign_out"]}'), more);
CREATE OR REPLACE TEMP MACRO delta_scope(service, kind) AS data_access(one_change(json_object('service', CASE WHEN service <> 'allServices' THEN service END, 'kind', kind, 'action', CASE
    WHEN service = 'storage.googleapis.com' THEN CASE kind WHEN 'DATA_READ' THEN ['object.read', 'object.copy', 'object.list', 'object.inspect'] WHEN 'DATA_WRITE' THEN ['object.write', 'object.copy', 'object.move', 'object.delete', 'object.share'] ELSE ['object.list', 'object.inspect', 'config.read'] END
    WHEN service = 'secretmanager.googleapis.com' THEN ['credential.read', 'config.read'] WHEN service = 'iamcredentials.googleapis.com' OR service = 'sts.googleapis.com' THEN ['token.issue'] END)));
CREATE OR REPLACE TEMP MACRO gcp_change(verb, subject, name, request, delta) AS CASE
    WHEN verb = 'setiampolicy' THEN CASE WHEN delta IS NULL THEN all_changes([json_object('subject', subject, 'key', 'audit configuration', 'off', json_array(data_access('{}')), 'doubt', true)])
        WHEN json_extract(delta, '$.policyDelta.auditConfigDeltas') IS NOT NULL THEN all_changes(list_transform(elements(json_extract(delta, '$.policyDelta.auditConfigDeltas')), lambda each: json_object('subject', subject,
            'key', concat_ws(' ', 'audit of', json_extract_string(each, '$.service'), json_extract_string(each, '$.logType'), json_extract_string(each, '$.exemptedMember')),
            'off', CASE WHEN (json_extract_string(each, '$.action') = 'ADD') = (json_extract(each, '$.exemptedMember') IS NULL) THEN nothing()
                WHEN json_extract(each, '$.exemptedMember') IS NULL THEN json_array(delta_scope(json_extract_string(each, '$.service'), json_extract_string(each, '$.logType')))
                ELSE json_array(json_merge_patch(delta_scope(json_extract_string(each, '$.service'), json_extract_string(each, '$.logType')), json_object('actor', split_part(json_extract_string(each, '$.exemptedMember'), ':', -1)))) END))) END
    WHEN verb IN ('deletesink', 'createsink', 'updatesink') THEN json_object('subject', subject, 'copy', CASE WHEN name LIKE '%/_Default' THEN 'native' ELSE 'sink ' || split_part(name, '/', -1) END,
        'spared', CASE WHEN name LIKE '%/_Default' THEN []::VARCHAR[] ELSE ['native'] END, 'key', 'sink ' || name,
        'off', CASE WHEN verb = 'deletesink' OR verb = 'updatesink' AND (json_extract_string(request, '$.sink.disabled') = 'true' OR json_extract(request, '$.sink.exclusions') IS NOT NULL OR json_extract(request, '$.sink.filter') IS NOT NULL
            OR json_extract(request, '$.sink.destination') IS NOT NULL OR request IS NULL) THEN CASE WHEN name LIKE '%/_Default' THEN json_array(data_access('{}')) ELSE whole() END ELSE nothing() END,
        'doubt', verb = 'updatesink' AND coalesce(json_extract_string(request, '$.sink.disabled'), 'false') <> 'true' AND (json_extract(request, '$.sink.exclusions') IS NOT NULL OR json_extract(request, '$.sink.filter') IS NOT NULL
            OR json_extract(request, '$.sink.destination') IS NOT NULL OR request IS NULL))
    WHEN verb IN ('createexclusion', 'updateexclusion', 'deleteexclusion') THEN json_object('subject', subject, 'copy', 'native', 'key', 'exclusion ' || split_part(coalesce(json_extract_string(request, '$.exclusion.name'), name), '/', -1),
        'off', CASE WHEN verb = 'deleteexclusion' OR json_extract_string(request, '$.exclusion.disabled') = 'true' THEN nothing() ELSE json_array(data_access('{}')) END,
        'doubt', verb <> 'deleteexclusion' AND coalesce(json_extract_string(request, '$.exclusion.disabled'), 'false') <> 'true')
    WHEN verb = 'updatebucket' THEN CASE WHEN json_extract(request, '$.bucket.retentionDays') IS NOT NULL OR request IS NULL THEN json_object('subject', subject, 'key', 'retention of ' || name,
        'copy', CASE WHEN name LIKE '%/_Default' THEN 'native' ELSE 'bucket ' || split_part(name, '/', -1) END, 'spared', CASE WHEN name LIKE '%/_Default' THEN []::VARCHAR[] ELSE ['native'] END,
        'scope', CASE WHEN name LIKE '%/_Default' THEN data_access('{}') END, 'days', coalesce(try_cast(json_extract_string(request, '$.bucket.retentionDays') AS DOUBLE), 0), 'doubt', request IS NULL) END
    WHEN verb = 'deletebucket' THEN json_object('subject', subject, 'key', name, 'copy', 'bucket ' || split_part(name, '/', -1), 'spared', ['native'], 'off', whole(), 'purged', true)
    WHEN verb = 'undeletebucket' THEN json_object('subject', subject, 'key', name, 'copy', 'bucket ' || split_part(name, '/', -1), 'spared', ['native'], 'off', nothing())
    WHEN verb = 'deletelog' AND contains(coalesce(json_extract_string(request, '$.logName'), name), 'data_access') THEN json_object('subject', subject, 'copy', 'native', 'purged', true, 'scope', data_access('{}')) END;

-- Streams of a service's own log to somewhere else: the log itself goes on.
CREATE OR REPLACE TEMP MACRO export_change(subject, copy, key, off) AS json_object('subject', subject, 'copy', copy, 'spared', ['native'], 'key', key, 'off', coalesce(off, whole()), 'doubt', off IS NULL)::VARCHAR;

-- Windows: what one subcategory of the audit policy shows.
CREATE OR REPLACE TEMP MACRO audited(guid) AS CASE
    WHEN guid IN ('0CCE9215', '0CCE9217', '0CCE921B', '0CCE921C', '0CCE923F', '0CCE9241', '0CCE9243', '0CCE9247', '0CCE9249') THEN ['sign_in'] WHEN guid = '0CCE9216' THEN ['sign_out']
    WHEN guid IN ('0CCE9240', '0CCE9242') THEN ['token.issue', 'sign_in'] WHEN guid IN ('0CCE921D', '0CCE9223', '0CCE9224', '0CCE9227', '0CCE9244', '0CCE9245', '0CCE9246') THEN ['object.*']
    WHEN guid IN ('0CCE9235', '0CCE9236', '0CCE9237', '0CCE9238', '0CCE9239', '0CCE923A') THEN ['account.change', 'role.assign', 'credential.add'] WHEN guid = '0CCE922F' THEN ['logging.*', 'config.change']
    WHEN guid IN ('0CCE9230', '0CCE9231') THEN ['federation.change', 'role.assign', 'account.change', 'config.change'] WHEN guid IN ('0CCE922B', '0CCE922C') THEN ['process.start'] WHEN guid = '0CCE922D' THEN ['credential.read']
    WHEN guid = '0CCE9222' THEN ['token.*', 'sign_*', 'credential.add'] WHEN guid IN ('0CCE9221') THEN ['credential.*', 'token.issue'] WHEN guid IN ('0CCE923B', '0CCE923C', '0CCE921E', '0CCE9220') THEN ['config.*', 'object.*', 'role.assign', 'account.change', 'credential.read']
    ELSE ['config.*', 'other', 'service.event'] END;
CREATE OR REPLACE TEMP MACRO audit_policy(guid, told, kind, gone, back) AS CASE WHEN contains(told, gone) OR contains(told, back) THEN json_object('key', 'audit of ' || kind || ' ' || guid,
    'off', CASE WHEN contains(told, gone) THEN json_array(json_object('subcategory', guid, 'outcome', kind, 'action', audited(guid))) ELSE nothing() END, 'sure', true) END;
CREATE OR REPLACE TEMP MACRO windows_change(number, guid, told, host, log, backup) AS CASE
    WHEN number = 4719 THEN CASE WHEN guid = '' OR told = '' THEN [json_object('key', 'audit policy', 'off', whole(), 'doubt', true)] ELSE [
        audit_policy(guid, replace(told, 'successremoved', '%%8448'), 'success', '%%8448', '%%8449'), audit_policy(guid, replace(told, 'failureremoved', '%%8450'), 'failure', '%%8450', '%%8451')] END
    WHEN number IN (1102, 104) THEN [json_object('subject', 'windows.' || log || '/' || host, 'copy', 'native', 'key', 'log', 'purged', true, 'doubt', coalesce(backup, '') NOT IN ('', '-'), 'sure', true)]
    WHEN number IN (1100, 6006) THEN [json_object('subject', 'windows.*/' || host, 'key', 'service', 'off', whole(), 'until_next', true, 'sure', true)]
    WHEN number = 1104 THEN [json_object('key', 'full', 'off', whole(), 'until_next', true, 'sure', true)] END;

-- Windows: whether an object still asks for its accesses to be audited; of one list that another replaced nobody knows.
CREATE OR REPLACE TEMP MACRO object_audit(path, old, new) AS all_changes([json_object('key', 'audit of ' || path, 'sure', true, 'doubt', contains(coalesce(new, ''), '(') AND contains(coalesce(old, ''), '('),
    'off', CASE WHEN contains(coalesce(new, ''), '(') AND NOT contains(coalesce(old, ''), '(') THEN nothing() ELSE json_array(json_object('object', [path, path || '\*'], 'action', ['object.*'])) END)]);

-- Unix: what a line says of its own log. A stop lasts until the log speaks again.
CREATE OR REPLACE TEMP MACRO unix_change(program, told, host) AS CASE
    WHEN program IN ('rsyslogd', 'syslog-ng') AND regexp_matches(told, '(?i)exiting on signal|shutting down|is exiting') THEN [json_object('subject', 'linux.auth/' || host, 'key', 'daemon', 'off', whole(), 'until_next', true, 'sure', true)]
    WHEN program = 'sudo' AND regexp_matches(told, ' ; COMMAND=\S*journalctl .*--vacuum-') THEN [json_object('subject', 'linux.journal/' || host, 'key', 'vacuum', 'purged', true, 'doubt', true, 'oldest_first', true)]
    WHEN program = 'sudo' AND regexp_matches(told, ' ; COMMAND=\S*(systemctl|service) .*\b(stop|disable|mask|kill)\b') AND contains(told, 'journald') OR program = 'sudo' AND regexp_matches(told, ' ; COMMAND=\S*service systemd-journald stop')
        THEN [json_object('subject', 'linux.journal/' || host, 'key', 'daemon by hand', 'off', whole(), 'doubt', true, 'until_next', true)]
    WHEN program = 'sudo' AND regexp_matches(told, ' ; COMMAND=\S*(systemctl|service) .*(rsyslog|syslog-ng|syslog)') AND regexp_matches(told, '\b(stop|disable|mask|kill)\b')
        THEN [json_object('subject', 'linux.auth/' || host, 'key', 'daemon by hand', 'off', whole(), 'doubt', true, 'until_next', true)]
    WHEN program = 'sudo' AND regexp_matches(told, ' ; COMMAND=\S*(rm|shred|truncate|unlink) .*/var/log/(auth\.log|secure|messages|syslog|\*|\s|$)')
        THEN [json_object('subject', 'linux.auth/' || host, 'key', 'removed', 'copy', 'native', 'purged', true, 'doubt', true)]
    WHEN program = 'sudo' AND regexp_matches(told, ' ; COMMAND=\S*(rm|shred|truncate|unlink) .*/var/log/journal') THEN [json_object('subject', 'linux.journal/' || host, 'key', 'removed', 'copy', 'native', 'purged', true, 'doubt', true)]
    WHEN starts_with(told, 'Deleted archived journal ') OR starts_with(told, 'Vacuuming done, freed ') AND NOT starts_with(told, 'Vacuuming done, freed 0B')
        THEN [json_object('subject', 'linux.journal/' || host, 'key', 'vacuum', 'purged', true, 'doubt', true, 'oldest_first', true, 'sure', true)] END;
