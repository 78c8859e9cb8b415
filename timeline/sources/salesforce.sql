/*
# Four logs: EventLogFile (Login, Logout: times as 20240221024831.272, UTC), LoginEvent (real-time events), LoginHistory and SetupAuditTrail (all three by query).
title        = "Salesforce logins, logouts and setup audit trail"
docs         = ["https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventlogfile_login.htm", "https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_setupaudittrail.htm"]
names        = ["salesforce.login", "salesforce.logout", "salesforce.setup"]
match        = '''(r.EVENT_TYPE IN ('Login', 'Logout') AND r.TIMESTAMP IS NOT NULL AND r.USER_ID IS NOT NULL) OR (coalesce(r.LoginTime, r.EventDate) IS NOT NULL AND r.LoginType IS NOT NULL)
    OR (r.CreatedDate IS NOT NULL AND r.Action IS NOT NULL AND r.Section IS NOT NULL AND r.Display IS NOT NULL)'''
columns      = [["EVENT_TYPE", "TIMESTAMP", "USER_ID", "LOGIN_STATUS"], ["EVENT_TYPE", "TIMESTAMP", "USER_ID", "USER_INITIATED_LOGOUT"], ["LoginTime", "LoginType", "UserId"], ["EventDate", "LoginType", "UserId"], ["Action", "CreatedDate", "CreatedById", "Section", "Display"]]
completeness = "best_effort"
scope        = "organisation id, where stated"
empty        = ["logged_time", "device_id", "token_id", "credential_id", "signing_key_id", "token_issuer", "token_audience", "issued_time", "app_id", "resource_id", "object_hash", "object_size", "object_from", "bytes", "mailbox"]
sees_not     = ["reads and exports of records (other event types)", "events whose hourly file came late: they stand in a later file with a higher sequence", "event log files older than 30 days, login history and setup older than six months", "sessions that ended without a logout"]
export       = "sf data query -q \"SELECT Id, EventType, LogDate, LogFile FROM EventLogFile WHERE EventType IN ('Login','Logout')\", then each LogFile by REST; sf data query -q 'SELECT FIELDS(ALL) FROM SetupAuditTrail …' --json"
[witnesses]
"salesforce.login" = ["sign_in"]
"salesforce.logout" = ["sign_out"]
"salesforce.setup" = ["credential.add", "role.assign", "account.change", "federation.change", "config.change"]

[collect]
"salesforce.login" = 'SF_ORG_MAX_QUERY_LIMIT=1000000 sf data query -o ORG --result-format csv -q "SELECT Id, UserId, LoginTime, LoginType, LoginUrl, SourceIp, Status, Browser, Platform, Application, ClientVersion, ApiType, ApiVersion, CountryIso FROM LoginHistory WHERE LoginTime >= {start} AND LoginTime < {end} ORDER BY LoginTime" > {file}.csv # six months back. Without the variable it ends at 10 000 records'
"salesforce.setup" = 'SF_ORG_MAX_QUERY_LIMIT=1000000 sf data query -o ORG --result-format csv -q "SELECT Id, Action, Section, CreatedDate, CreatedById, CreatedBy.Username, Display, DelegateUser FROM SetupAuditTrail WHERE CreatedDate >= {start} AND CreatedDate < {end} ORDER BY CreatedDate" > {file}.csv # six months back. Without the variable it ends at 10 000 records'
"salesforce.logout" = '''sf data query -o ORG --result-format csv -q "SELECT Id FROM EventLogFile WHERE EventType = 'Logout' AND LogDate >= {first_day}T00:00:00Z AND LogDate <= {last_day}T23:59:59Z" | tail -n +2 | while read -r id; do sf api request rest -o ORG "/services/data/v60.0/sobjects/EventLogFile/$id/LogFile" --stream-to-file "{file}-$id.csv" < /dev/null; done # event log files: 1 day, or 30 days with Event Monitoring'''
*/
SELECT
    CASE WHEN r.EVENT_TYPE = 'Logout' THEN 'salesforce.logout' WHEN coalesce(r.EVENT_TYPE, r.LoginTime, r.EventDate) IS NOT NULL THEN 'salesforce.login' ELSE 'salesforce.setup' END AS source,
    coalesce(r.TIMESTAMP_DERIVED, r.LoginTime, r.EventDate, r.CreatedDate) AS told,
    coalesce(instant_utc(told), try_strptime(r.TIMESTAMP, ['%Y%m%d%H%M%S.%f', '%Y%m%d%H%M%S'])::TIMESTAMPTZ) AS time,
    CASE WHEN told IS NOT NULL THEN precision_of(told) WHEN contains(r.TIMESTAMP, '.') THEN 'ms' ELSE 's' END AS time_precision,
    r.ORGANIZATION_ID AS scope,
    coalesce(r.REQUEST_ID, r.EventIdentifier, r.Id) AS record_id,
    coalesce(r.EVENT_TYPE, r.Action, r.LoginType) AS operation,
    lower(r.Action) AS done,
    CASE source WHEN 'salesforce.login' THEN 'sign_in' WHEN 'salesforce.logout' THEN 'sign_out' ELSE CASE
        WHEN done IN ('suorgadminlogin', 'sunetworkadminlogin') OR done LIKE 'logged in%' THEN 'sign_in'
        WHEN done LIKE '%password%' OR done LIKE '%certificate%' OR done LIKE '%consumersecret%' OR done LIKE '%oauthsecret%' OR done LIKE '%verificationmethod%' OR done LIKE '%securitytoken%' OR done LIKE '%totp%' THEN 'credential.add'
        WHEN done LIKE 'permset%assign' OR done IN ('permsetassign', 'changedprofileforuser', 'changedroleforuser', 'changedprofileforusercusttostd', 'changedprofileforuserstdtocust', 'groupmembership', 'queuemembership',
            'changedroleforusertonone', 'permsetgroupassign') THEN 'role.assign'
        WHEN done LIKE '%saml%' OR done LIKE '%authprovider%' OR done LIKE '%sso%' OR done LIKE '%identityprovider%' THEN 'federation.change'
        WHEN done LIKE 'loginasgranted%' THEN 'consent.grant'
        WHEN done LIKE '%connectedapp%' OR done LIKE '%oauthapp%' OR done LIKE '%user%' OR done LIKE '%permset%' OR done LIKE '%profile%' OR done LIKE '%role%' OR done LIKE '%group%' THEN 'account.change'
        ELSE 'config.change' END END AS action,
    family_of(action) AS family,
    coalesce(nullif(r.LOGIN_STATUS, ''), r.Status) AS status_told,
    CASE source WHEN 'salesforce.login' THEN CASE WHEN status_told IN ('LOGIN_NO_ERROR', 'Success') THEN 'success' WHEN status_told IS NOT NULL THEN 'failure' ELSE 'unknown' END
         WHEN 'salesforce.logout' THEN 'success' ELSE 'unknown' END AS outcome,
    coalesce(status_told, r.Display, CASE WHEN r.EVENT_TYPE = 'Logout' THEN CASE r.USER_INITIATED_LOGOUT WHEN '1' THEN 'by the user' WHEN '0' THEN 'timeout' END END) AS outcome_detail,
    coalesce(r.USER_ID_DERIVED, r.USER_ID, r.UserId, r.CreatedById) AS told_id,
    -- an id of 15 characters as the one of 18: three more tell which letters are capitals
    CASE WHEN length(told_id) = 15 THEN told_id || array_to_string(list_transform([0, 5, 10], lambda part: substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + list_sum(
        list_transform([0, 1, 2, 3, 4], lambda place: CASE WHEN regexp_matches(substr(told_id, part + place + 1, 1), '[A-Z]') THEN 1 << place ELSE 0 END))::INTEGER, 1)), '') ELSE told_id END AS actor_id,
    coalesce(nullif(r.USER_NAME, ''), nullif(r.Username, ''), r.CreatedBy.Username, r.CreatedBy.Name, nullif(r.DelegateUser, ''), actor_id) AS actor,
    CASE WHEN actor_id IS NOT NULL THEN 'user' END AS actor_type,
    address(coalesce(nullif(r.SOURCE_IP, ''), r.CLIENT_IP, r.SourceIp)) AS src_ip,
    coalesce(nullif(r.BROWSER_TYPE, ''), nullif(concat_ws(' ', r.Browser, r.Platform), '')) AS user_agent,
    r.Application AS app,
    coalesce(nullif(r.LOGIN_KEY, ''), nullif(r.LoginKey, ''), nullif(r.SESSION_KEY, ''), nullif(r.SessionKey, '')) AS session_id,
    r.REQUEST_ID AS request_id,
    nullif(r.URI, '') AS resource,
    r.Section AS object
FROM records
