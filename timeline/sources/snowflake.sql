/*
# Three views of ACCOUNT_USAGE (or INFORMATION_SCHEMA), as CSV or JSON: LOGIN_HISTORY, QUERY_HISTORY and ACCESS_HISTORY. A query is one record of the second
# and, where it touched objects, one of the third: `request_id` is the query's id in both. Only ACCESS_HISTORY names tables and stages; QUERY_HISTORY
# names the database and schema that were in use. Times state their offset, or else they are in the zone of the session that exported them.
title        = "Snowflake login, query and access history"
docs         = ["https://docs.snowflake.com/en/sql-reference/account-usage/login_history", "https://docs.snowflake.com/en/sql-reference/account-usage/query_history", "https://docs.snowflake.com/en/sql-reference/account-usage/access_history"]
names        = ["snowflake.login", "snowflake.query", "snowflake.access"]
match        = '''(coalesce(r.EVENT_TIMESTAMP, r.event_timestamp) IS NOT NULL AND coalesce(r.IS_SUCCESS, r.is_success) IS NOT NULL)
    OR (coalesce(r.QUERY_ID, r.query_id) IS NOT NULL AND (coalesce(r.QUERY_START_TIME, r.query_start_time) IS NOT NULL OR coalesce(r.QUERY_TYPE, r.query_type) IS NOT NULL AND coalesce(r.START_TIME, r.start_time) IS NOT NULL))'''
columns      = [["EVENT_TIMESTAMP", "USER_NAME", "IS_SUCCESS"], ["QUERY_ID", "START_TIME", "QUERY_TYPE"], ["QUERY_ID", "QUERY_START_TIME", "DIRECT_OBJECTS_ACCESSED"],
                ["event_timestamp", "user_name", "is_success"], ["query_id", "start_time", "query_type"], ["query_id", "query_start_time", "direct_objects_accessed"]]
completeness = "complete"
scope        = "default (the views name no account)"
objects      = ["snowflake://*"]
local_time   = true
empty        = ["logged_time", "actor_id", "device_id", "token_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "object_hash", "object_size", "mailbox"]
sees_not     = ["records older than 365 days (INFORMATION_SCHEMA: seven)", "the last 45 minutes (queries), two hours (logins) or three hours (access)", "the address of a query: its session's login has it, joined by user and time",
                "objects of queries before Enterprise edition, and what a query's result held", "reads of a shared database by its consumers, on the side of the provider"]
export       = "snowsql -o output_format=csv -o header=true -q \"ALTER SESSION SET TIMEZONE='UTC'; SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.LOGIN_HISTORY WHERE EVENT_TIMESTAMP >= '…'\" (and QUERY_HISTORY by START_TIME, ACCESS_HISTORY by QUERY_START_TIME)"
[witnesses]
"snowflake.login" = ["sign_in"]
"snowflake.query" = ["object.create", "object.delete", "object.list", "account.change", "role.assign", "config.change", "config.read"]
"snowflake.access" = ["object.read", "object.write", "object.copy"]

[collect]
"snowflake.login" = '''snowsql -a ACCOUNT -u USER -o output_format=csv -o header=true -o timing=false -o friendly=false -o quiet=true -q "SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.LOGIN_HISTORY WHERE EVENT_TIMESTAMP >= '{start}'::TIMESTAMP_TZ AND EVENT_TIMESTAMP < '{end}'::TIMESTAMP_TZ ORDER BY EVENT_TIMESTAMP" > {file}.csv # the view lags behind by up to 2 hours'''
"snowflake.query" = '''snowsql -a ACCOUNT -u USER -o output_format=csv -o header=true -o timing=false -o friendly=false -o quiet=true -q "SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY WHERE START_TIME >= '{start}'::TIMESTAMP_TZ AND START_TIME < '{end}'::TIMESTAMP_TZ ORDER BY START_TIME" > {file}.csv # the view lags behind by up to 45 minutes'''
"snowflake.access" = '''snowsql -a ACCOUNT -u USER -o output_format=csv -o header=true -o timing=false -o friendly=false -o quiet=true -q "SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.ACCESS_HISTORY WHERE QUERY_START_TIME >= '{start}'::TIMESTAMP_TZ AND QUERY_START_TIME < '{end}'::TIMESTAMP_TZ ORDER BY QUERY_START_TIME" > {file}.csv # the view lags behind by up to 3 hours'''
*/
SELECT
    CASE WHEN signed IS NOT NULL THEN 'snowflake.login' WHEN accessed IS NOT NULL THEN 'snowflake.access' ELSE 'snowflake.query' END AS source,
    coalesce(signed, accessed, coalesce(r.START_TIME, r.start_time)) AS told,
    coalesce(instant(told), try_strptime(told, ['%Y-%m-%d %H:%M:%S.%f %z', '%Y-%m-%d %H:%M:%S %z', '%a, %d %b %Y %H:%M:%S %z'])) AS time,
    CASE WHEN time IS NULL THEN try_cast(told AS TIMESTAMP) END AS local_time,
    precision_of(CASE WHEN contains(told, ',') THEN told ELSE concat_ws(' ', split_part(told, ' ', 1), nullif(split_part(told, ' ', 2), '')) END) AS time_precision,
    coalesce(r.QUERY_ID, r.query_id) AS request_id,
    coalesce(r.EVENT_ID, r.event_id, request_id) AS record_id,
    upper(coalesce(r.QUERY_TYPE, r.query_type)) AS kind,
    CASE source WHEN 'snowflake.login' THEN coalesce(r.EVENT_TYPE, r.event_type, 'LOGIN') WHEN 'snowflake.access' THEN coalesce(kind, CASE WHEN changed IS NULL THEN 'READ' ELSE 'MODIFY' END) ELSE kind END AS operation,
    CASE
        WHEN source = 'snowflake.login' THEN 'sign_in'
        WHEN source = 'snowflake.access' THEN CASE WHEN changed IS NULL THEN 'object.read' WHEN base IS NULL THEN 'object.write' ELSE 'object.copy' END
        WHEN kind IN ('CREATE_DATABASE', 'CREATE_SCHEMA', 'CREATE_STAGE', 'CREATE_SHARE') THEN 'object.create'
        WHEN kind IN ('DROP_TABLE', 'DROP_DATABASE', 'DROP_SCHEMA', 'DROP_STAGE', 'DROP_VIEW', 'TRUNCATE_TABLE', 'REMOVE_FILES') OR starts_with(kind, 'DROP') AND contains(wording, ' TABLE ') THEN 'object.delete'
        WHEN kind = 'LIST_FILES' THEN 'object.list'
        WHEN kind IN ('GRANT', 'GRANT_ROLE', 'CREATE_ROLE_GRANT') OR starts_with(kind, 'GRANT') THEN 'role.assign'
        WHEN regexp_matches(kind, '^(CREATE|ALTER|DROP)_(USER|ROLE)') OR regexp_matches(wording, '^ *(CREATE|ALTER|DROP)( OR REPLACE)? (USER|ROLE) ') THEN 'account.change'
        WHEN kind IN ('SHOW', 'DESCRIBE', 'EXPLAIN', 'USE', 'LIST') OR starts_with(kind, 'DESC') THEN 'config.read'
        WHEN regexp_matches(kind, '^(CREATE|ALTER|DROP|SET|UNSET|REVOKE|RENAME|RESTORE|UNDROP)') THEN 'config.change'
        ELSE 'other' END AS action,
    family_of(action) AS family,
    upper(coalesce(r.IS_SUCCESS, r.is_success, r.EXECUTION_STATUS, r.execution_status)) AS result,
    CASE WHEN result IN ('YES', 'SUCCESS', 'TRUE') OR source = 'snowflake.access' THEN 'success' WHEN result IN ('NO', 'FAIL', 'FAILED', 'FAILED_WITH_ERROR', 'INCIDENT', 'FALSE') THEN 'failure' ELSE 'unknown' END AS outcome,
    nullif(concat_ws(': ', coalesce(r.ERROR_CODE, r.error_code), coalesce(r.ERROR_MESSAGE, r.error_message), CASE WHEN source = 'snowflake.login' THEN
        nullif(concat_ws(' + ', coalesce(r.FIRST_AUTHENTICATION_FACTOR, r.first_authentication_factor), coalesce(r.SECOND_AUTHENTICATION_FACTOR, r.second_authentication_factor)), '') END), '') AS outcome_detail,
    coalesce(r.USER_NAME, r.user_name) AS actor,
    CASE WHEN actor IN ('SYSTEM', 'SNOWFLAKE') THEN 'system' WHEN actor IS NOT NULL THEN 'user' END AS actor_type,
    CASE WHEN coalesce(r.CLIENT_IP, r.client_ip) <> '0.0.0.0' THEN address(coalesce(r.CLIENT_IP, r.client_ip)) END AS src_ip,
    nullif(concat_ws(' ', coalesce(r.REPORTED_CLIENT_TYPE, r.reported_client_type), coalesce(r.REPORTED_CLIENT_VERSION, r.reported_client_version)), '') AS user_agent,
    coalesce(r.WAREHOUSE_NAME, r.warehouse_name) AS app,
    coalesce(r.WAREHOUSE_ID, r.warehouse_id) AS app_id,
    coalesce(r.ROLE_NAME, r.role_name, 'Snowflake') AS resource,
    coalesce(r.PARENT_QUERY_ID, r.parent_query_id) AS resource_id,
    coalesce(r.SESSION_ID, r.session_id) AS session_id,
    coalesce(r.FIRST_AUTHENTICATION_FACTOR_ID, r.first_authentication_factor_id) AS credential_id,
    'snowflake://' || CASE source WHEN 'snowflake.access' THEN coalesce(changed, base, straight)
        WHEN 'snowflake.query' THEN concat_ws('.', coalesce(r.DATABASE_NAME, r.database_name), coalesce(r.SCHEMA_NAME, r.schema_name)) END AS place,
    nullif(place, 'snowflake://') AS object,
    CASE WHEN action = 'object.copy' THEN 'snowflake://' || base END AS object_from,
    try_cast(coalesce(nullif(coalesce(r.OUTBOUND_DATA_TRANSFER_BYTES, r.outbound_data_transfer_bytes), '0'), r.BYTES_WRITTEN_TO_RESULT, r.bytes_written_to_result, r.BYTES_SCANNED, r.bytes_scanned) AS BIGINT) AS bytes
FROM (SELECT *,
        coalesce(r.EVENT_TIMESTAMP, r.event_timestamp) AS signed,
        coalesce(r.QUERY_START_TIME, r.query_start_time) AS accessed,
        upper(coalesce(r.QUERY_TEXT, r.query_text)) AS wording,
        try(json_extract_string(coalesce(r.DIRECT_OBJECTS_ACCESSED, r.direct_objects_accessed), '$[0].objectName')) AS straight,
        try(json_extract_string(coalesce(r.BASE_OBJECTS_ACCESSED, r.base_objects_accessed), '$[0].objectName')) AS base,
        try(json_extract_string(coalesce(r.OBJECTS_MODIFIED, r.objects_modified), '$[0].objectName')) AS changed
    FROM records)
