"""Records of ours, one a platform, and the files that shippers, APIs and exports make of them."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

TENANT = "52977449-77be-4a5e-abad-d17cd25a4930"
USER = "847e8be5-38c8-4510-8a33-779d9a72e209"
SIGN_IN = "58f8ce73-9fc8-4f02-8ea8-1908964f842e"
WORKSPACE = "11111111-2222-4333-8444-555555555555"
Record = dict[str, Any]


def page(record: Record) -> str:
    return json.dumps(
        {"@odata.context": "https://graph.microsoft.com/beta/$metadata", "@odata.nextLink": "…", "value": [record]},
        indent=1,
    )


def array(record: Record) -> str:
    return json.dumps([record])


def lines(record: Record) -> str:
    return json.dumps(record) + "\n"


def records(record: Record) -> str:
    return json.dumps({"records": [record]})


def capital_records(record: Record) -> str:
    return json.dumps({"Records": [record]})


def flat(row: Mapping[str, object]) -> dict[str, str]:
    """Give a row as Log Analytics does in CSV: objects as JSON text."""
    return {
        name: json.dumps(value)
        if isinstance(value, (dict, list))
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
        for name, value in row.items()
    }


def table(row: Record) -> str:
    out = io.StringIO()
    writing = csv.DictWriter(out, list(row), lineterminator="\r\n")
    writing.writeheader()
    writing.writerow(flat(row))
    return "\ufeff" + out.getvalue()


def portal_table(row: Record) -> str:
    """Give a row as the Azure portal exports a query: times with the zone in the header, in American text."""
    return table(
        {f"{name} [UTC]" if "Time" in name or "IssuedAt" in name else name: value for name, value in row.items()}
    )


def query(row: Record) -> str:
    """Give a row as the API of Azure Monitor answers."""
    columns = [{"name": name, "type": "string"} for name in row]
    return json.dumps({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": [list(flat(row).values())]}]})


def hec(record: Record) -> str:
    return lines(
        {"time": 1687147932, "host": "collector", "source": "http:logs", "sourcetype": "vendor:log", "event": record}
    )


def eventbridge(record: Record) -> str:
    return lines({"version": "0", "id": "8f3c0d", "detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "account": "111122223333",
                  "time": "2023-06-19T04:12:12Z", "region": "eu-west-1", "resources": [], "detail": record})  # fmt: skip


def subscription(record: Record) -> str:
    """Give two documents back to back, as Firehose writes what CloudWatch Logs sends."""
    events = [{"id": "36", "timestamp": 1687147932000, "message": json.dumps(record)}]
    sent = {
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "g",
        "logStream": "s",
        "subscriptionFilters": ["all"],
        "logEvents": events,
    }
    control = {**sent, "messageType": "CONTROL_MESSAGE", "logEvents": []}
    return json.dumps(control) + json.dumps(sent)


def log_events(record: Record) -> str:
    event = {
        "logStreamName": "s",
        "timestamp": 1687147932000,
        "message": json.dumps(record),
        "ingestionTime": 1687147940000,
        "eventId": "36",
    }
    return json.dumps({"events": [event], "searchedLogStreams": []}, indent=4)


def splunk(record: Record) -> str:
    return lines(
        {
            "preview": False,
            "offset": 0,
            "result": {"_raw": json.dumps(record), "_time": "2023-06-19 04:12:12.000 UTC", "sourcetype": "x"},
        }
    )


def splunk_table(record: Record) -> str:
    return table({"_time": "2023-06-19T04:12:12.000+0000", "_raw": json.dumps(record), "host": "collector"})


def hit(record: Record) -> str:
    found = {
        "_index": "logs",
        "_id": "1",
        "_source": {"@timestamp": "2023-06-19T04:12:13Z", "event": {"original": json.dumps(record)}},
    }
    return json.dumps({"took": 1, "timed_out": False, "hits": {"total": {"value": 1}, "hits": [found]}})


def container(record: Record) -> str:
    return lines({"log": json.dumps(record) + "\n", "stream": "stdout", "time": "2023-06-19T04:12:13.000000001Z"})


SIGN = {"id": SIGN_IN, "createdDateTime": "2023-06-19T04:12:12Z", "userDisplayName": "Robin", "userPrincipalName": "robin@contoso.com", "userId": USER,
        "appId": "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "appDisplayName": "Microsoft Teams", "ipAddress": "192.0.2.7", "clientAppUsed": "Browser",
        "correlationId": "c0a1", "conditionalAccessStatus": "notApplied", "isInteractive": False, "signInEventTypes": ["nonInteractiveUser"],
        "resourceDisplayName": "Microsoft Graph", "resourceId": "00000003-0000-0000-c000-000000000000", "resourceTenantId": TENANT, "homeTenantId": TENANT,
        "uniqueTokenIdentifier": "c874WMifAk-OqBkIlk-ELg", "sessionId": "s1", "userAgent": "Mozilla/5.0", "tokenIssuerType": "AzureAD",
        "status": {"errorCode": 0, "failureReason": "Other."}, "deviceDetail": {"deviceId": "d1"}, "location": {"city": "Dublin"}}  # fmt: skip
DIAGNOSTIC = {"time": "2023-06-19T04:14:59.1234567Z", "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam", "operationName": "Sign-in activity",
              "category": "NonInteractiveUserSignInLogs", "tenantId": TENANT, "resultType": "0", "callerIpAddress": "192.0.2.7", "correlationId": "c0a1",
              "properties": {**SIGN, "createdDateTime": "2023-06-19T04:12:12.0000000+00:00"}}  # fmt: skip
ANALYTICS = {"TenantId": WORKSPACE, "TimeGenerated": "2023-06-19T04:14:59.1234567Z", "OperationName": "Sign-in activity", "Category": "NonInteractiveUserSignInLogs",
             "ResultType": "0", "CorrelationId": "c0a1", "AADTenantId": TENANT, "AppDisplayName": "Microsoft Teams", "AppId": SIGN["appId"],
             "CreatedDateTime": "2023-06-19T04:12:12Z", "DeviceDetail": {"deviceId": "d1"}, "Id": SIGN_IN, "IPAddress": "192.0.2.7", "IsInteractive": False,
             "LocationDetails": {"city": "Dublin"}, "ResourceDisplayName": "Microsoft Graph", "ResourceIdentity": SIGN["resourceId"], "SessionId": "s1",
             "Status": {"errorCode": 0, "failureReason": "Other."}, "TokenIssuerType": "AzureAD", "UniqueTokenIdentifier": "c874WMifAk-OqBkIlk-ELg",
             "UserAgent": "Mozilla/5.0", "UserDisplayName": "Robin", "UserId": USER, "UserPrincipalName": "robin@contoso.com",
             "Type": "AADNonInteractiveUserSignInLogs"}  # fmt: skip
AMERICAN = {**ANALYTICS, "TimeGenerated": "6/19/2023, 4:14:59.123 AM", "CreatedDateTime": "6/19/2023, 4:12:12.000 AM"}
PORTAL = {"Date (UTC)": "2023-06-19T04:12:12Z", "Request ID": SIGN_IN, "User agent": "Mozilla/5.0", "Correlation ID": "c0a1", "User ID": USER, "User": "Robin",
          "Username": "robin@contoso.com", "Application": "Microsoft Teams", "Application ID ": SIGN["appId"], "Resource": "Microsoft Graph",
          "Resource ID ": SIGN["resourceId"], "Resource tenant ID": TENANT, "Home tenant ID": TENANT, "IP address": "192.0.2.7", "Location": "Dublin",
          "Status": "Success", "Sign-in error code": "0", "Device ID": "d1", "Session ID": "s1", "Unique token identifier": "c874WMifAk-OqBkIlk-ELg",
          "Token issuer type": "AzureAD"}  # fmt: skip


def noninteractivesignins_table(row: Record) -> str:
    """Give a row as the portal downloads sign-ins: the kind stands in the file's name alone."""
    return table(row)


def powershell(record: Record) -> str:
    def capital(value: object) -> object:
        return (
            {name[0].upper() + name[1:]: capital(each) for name, each in value.items()}
            if isinstance(value, dict)
            else value
        )

    return json.dumps([capital(record)], indent=4)


CHANGE = {"id": "Directory_1", "category": "ApplicationManagement", "correlationId": "c0a2", "result": "success", "resultReason": "",
          "activityDisplayName": "Add service principal credentials", "activityDateTime": "2023-06-19T04:12:12.1234567Z", "loggedByService": "Core Directory",
          "operationType": "Add", "initiatedBy": {"user": {"id": USER, "userPrincipalName": "robin@contoso.com", "ipAddress": "192.0.2.7"}},
          "targetResources": [{"id": "sp1", "displayName": "Signer", "type": "ServicePrincipal", "modifiedProperties": [
              {"displayName": "KeyDescription", "oldValue": "[]", "newValue": '["[KeyIdentifier=0f1e2d3c-0000-4000-8000-000000000001,KeyType=Password]"]'}]}],
          "additionalDetails": []}  # fmt: skip
CHANGE_DIAGNOSTIC = {"time": "2023-06-19T04:13:00.0000000Z", "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam", "tenantId": TENANT,
                     "operationName": "Add service principal credentials", "category": "AuditLogs", "correlationId": "c0a2", "properties": CHANGE}  # fmt: skip
CHANGE_ANALYTICS = {"TenantId": WORKSPACE, "TimeGenerated": "2023-06-19T04:13:00Z", "OperationName": "Add service principal credentials", "Category": "ApplicationManagement",
                    "CorrelationId": "c0a2", "AADTenantId": TENANT, "ActivityDisplayName": CHANGE["activityDisplayName"], "ActivityDateTime": CHANGE["activityDateTime"],
                    "Id": "Directory_1", "InitiatedBy": CHANGE["initiatedBy"], "TargetResources": CHANGE["targetResources"], "AdditionalDetails": [],
                    "LoggedByService": "Core Directory", "Result": "success", "Type": "AuditLogs"}  # fmt: skip

KEY_LIST = "/subscriptions/5ea7d5ba-0000-4000-8000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/proddumps"
CLAIMS = {"appid": "a1", "ipaddr": "192.0.2.7", "uti": "c874WMifAk-OqBkIlk-ELg", "iat": "1687147800", "iss": f"https://sts.windows.net/{TENANT}/",
          "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "robin@contoso.com"}  # fmt: skip
ACTIVITY = {"eventDataId": "e1", "correlationId": "c0a3", "eventTimestamp": "2023-06-19T04:12:12.1234567Z", "submissionTimestamp": "2023-06-19T04:13:12Z",
            "operationName": {"value": "Microsoft.Storage/storageAccounts/listKeys/action", "localizedValue": "List Storage Account Keys"},
            "status": {"value": "Succeeded", "localizedValue": "Succeeded"}, "subStatus": {"value": "OK"}, "category": {"value": "Administrative"},
            "caller": "robin@contoso.com", "claims": CLAIMS, "resourceId": KEY_LIST, "subscriptionId": "5ea7d5ba-0000-4000-8000-000000000001",
            "httpRequest": {"clientIpAddress": "192.0.2.7", "method": "POST"}}  # fmt: skip
ACTIVITY_DIAGNOSTIC = {"time": "2023-06-19T04:12:12.1234567Z", "resourceId": KEY_LIST.upper(), "operationName": "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
                       "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.OK", "callerIpAddress": "192.0.2.7",
                       "correlationId": "c0a3", "identity": {"claims": CLAIMS}, "level": "Information"}  # fmt: skip
ACTIVITY_ANALYTICS = {"TenantId": WORKSPACE, "TimeGenerated": "2023-06-19T04:12:12.1234567Z", "OperationNameValue": "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
                      "ActivityStatusValue": "Success", "ActivitySubstatusValue": "OK", "CategoryValue": "Administrative", "Caller": "robin@contoso.com",
                      "CallerIpAddress": "192.0.2.7", "Claims": json.dumps(CLAIMS), "CorrelationId": "c0a3", "EventDataId": "e1", "EventSubmissionTimestamp": "2023-06-19T04:13:12Z",
                      "SubscriptionId": "5ea7d5ba-0000-4000-8000-000000000001", "_ResourceId": KEY_LIST.lower(), "Type": "AzureActivity"}  # fmt: skip

BLOB = {"time": "2023-06-19T04:12:12.1234567Z", "resourceId": KEY_LIST + "/blobServices/default", "category": "StorageRead", "operationName": "GetBlob", "statusCode": 200,
        "statusText": "Success", "callerIpAddress": "192.0.2.7:4711", "correlationId": "c0a4", "uri": "https://proddumps.blob.core.windows.net:443/crash/x.zst?sv=2022",
        "identity": {"type": "SAS", "tokenHash": "key1(AAAA),SasSignature(BBBB)"}, "properties": {"accountName": "proddumps", "serviceType": "blob",
        "objectKey": "/proddumps/crash/x.zst", "responseBodySize": 10, "operationCount": 0}}  # fmt: skip
BLOB_ANALYTICS = {"TenantId": WORKSPACE, "TimeGenerated": "2023-06-19T04:12:12.1234567Z", "AccountName": "proddumps", "OperationName": "GetBlob", "StatusCode": "200",
                  "StatusText": "Success", "CallerIpAddress": "192.0.2.7:4711", "CorrelationId": "c0a4", "Uri": BLOB["uri"], "AuthenticationType": "SAS",
                  "AuthenticationHash": "key1(AAAA),SasSignature(BBBB)", "ServiceType": "blob", "ObjectKey": "/proddumps/crash/x.zst", "ResponseBodySize": 10,
                  "Category": "StorageRead", "Type": "StorageBlobLogs", "_ResourceId": KEY_LIST.lower()}  # fmt: skip

REQUEST = {"time": "2023-06-19T04:12:12.1234567Z", "category": "MicrosoftGraphActivityLogs", "tenantId": TENANT, "callerIpAddress": "192.0.2.7", "properties": {
    "requestId": "q1", "requestMethod": "GET", "responseStatusCode": 200, "requestUri": "https://graph.microsoft.com/v1.0/me/messages", "userId": USER, "ipAddress": "192.0.2.7",
    "signInActivityId": "c874WMifAk-OqBkIlk-ELg", "tokenIssuedAt": "2023-06-19T04:12:12Z", "appId": "a1"}}  # fmt: skip
REQUEST_ANALYTICS = {"TenantId": WORKSPACE, "AadTenantId": TENANT, "TimeGenerated": "2023-06-19T04:12:12.1234567Z", "RequestId": "q1", "RequestMethod": "GET", "ResponseStatusCode": "200",
                     "RequestUri": "https://graph.microsoft.com/v1.0/me/messages", "UserId": USER, "IPAddress": "192.0.2.7", "AppId": "a1",
                     "SignInActivityId": "c874WMifAk-OqBkIlk-ELg", "TokenIssuedAt": "2023-06-19T04:12:12Z", "Type": "MicrosoftGraphActivityLogs"}  # fmt: skip

MAIL = {"CreationTime": "2023-06-19T04:12:12", "Id": "6d1c5b2e-0000-4000-8000-000000000001", "Operation": "MailItemsAccessed", "OrganizationId": TENANT, "RecordType": 50,
        "ResultStatus": "Succeeded", "UserKey": "1003", "UserType": 0, "Workload": "Exchange", "UserId": "robin@contoso.com", "ClientIPAddress": "192.0.2.7",
        "MailboxOwnerUPN": "robin@contoso.com", "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
        "Folders": [{"Path": "\\Inbox", "FolderItems": [{"InternetMessageId": "<1@contoso.com>"}]}], "OperationCount": 3}  # fmt: skip
SEARCHED = {"RecordType": "ExchangeItemAggregated", "CreationDate": "6/19/2023 4:12:12 AM", "UserIds": "robin@contoso.com", "Operations": "MailItemsAccessed",
            "AuditData": MAIL, "ResultIndex": 1, "ResultCount": 1, "Identity": MAIL["Id"], "IsValid": True, "ObjectState": "Unchanged"}  # fmt: skip
DOWNLOADED = {"RecordId": MAIL["Id"], "CreationDate": "2023-06-19T04:12:12.0000000Z", "RecordType": 50, "Operation": "MailItemsAccessed", "UserId": "robin@contoso.com",
              "AuditData": MAIL, "AssociatedAdminUnits": "", "AssociatedAdminUnitsNames": ""}  # fmt: skip
ASKED = {"id": MAIL["Id"], "createdDateTime": "2023-06-19T04:12:12Z", "auditLogRecordType": "exchangeItemAggregated", "operation": "MailItemsAccessed", "organizationId": TENANT,
         "userType": "Regular", "userId": "robin@contoso.com", "service": "Exchange", "objectId": "", "userPrincipalName": "robin@contoso.com", "clientIp": "192.0.2.7",
         "administrativeUnits": [], "auditData": MAIL}  # fmt: skip

CALL = {"eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/robin", "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLE"},
        "eventTime": "2023-06-19T04:12:12Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2", "requestParameters": {"bucketName": "dumps", "key": "x.zst"}, "responseElements": None, "requestID": "r1", "eventID": "ev1",
        "readOnly": True, "eventType": "AwsApiCall", "recipientAccountId": "111122223333"}  # fmt: skip


def looked_up(record: Record) -> str:
    told = {
        "EventId": "ev1",
        "EventName": "GetObject",
        "EventTime": "2023-06-19T06:12:12+02:00",
        "Username": "robin",
        "Resources": [],
        "CloudTrailEvent": json.dumps(record),
    }
    return json.dumps({"Events": [told], "NextToken": "x"}, indent=4)


OKTA = {"uuid": "u1", "published": "2023-06-19T04:12:12.345Z", "eventType": "user.session.start", "version": "0", "severity": "INFO", "actor": {"id": "00u1", "type": "User",
        "alternateId": "robin@contoso.com", "displayName": "Robin"}, "client": {"ipAddress": "192.0.2.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}},
        "outcome": {"result": "SUCCESS"}, "authenticationContext": {"externalSessionId": "s1"}, "transaction": {"id": "t1", "type": "WEB"}, "target": None}  # fmt: skip
GITHUB = {"@timestamp": 1687147932345, "_document_id": "doc1", "action": "repo.create", "actor": "robin", "actor_id": 7, "org": "contoso", "repo": "contoso/keys",
          "created_at": 1687147932345, "actor_ip": "192.0.2.7"}  # fmt: skip
AUTH0 = {"log_id": "90020230619041212", "date": "2023-06-19T04:12:12.345Z", "type": "s", "client_id": "c1", "client_name": "App", "ip": "192.0.2.7", "user_id": "auth0|1",
         "user_name": "robin@contoso.com", "user_agent": "Mozilla/5.0"}  # fmt: skip
CLUSTER = {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "k1", "stage": "ResponseComplete", "requestURI": "/api/v1/namespaces/a/secrets/b",
           "verb": "get", "user": {"username": "robin@contoso.com"}, "sourceIPs": ["192.0.2.7"], "objectRef": {"resource": "secrets", "namespace": "a", "name": "b", "apiVersion": "v1"},
           "responseStatus": {"code": 200}, "requestReceivedTimestamp": "2023-06-19T04:12:12.123456Z", "stageTimestamp": "2023-06-19T04:12:12.223456Z"}  # fmt: skip
VAULT = {"time": "2023-06-19T04:12:12.123456789Z", "type": "response", "auth": {"display_name": "robin", "client_token": "hmac-sha256:aa"},
         "request": {"id": "v1", "operation": "read", "path": "secret/data/x", "remote_address": "192.0.2.7"}, "response": {}}  # fmt: skip
DUO = {"txid": "340a23e3", "timestamp": 1687147932, "isotimestamp": "2023-06-19T04:12:12+00:00", "event_type": "authentication", "result": "success", "reason": "user_approved",
       "factor": "duo_push", "user": {"name": "robin", "key": "DU1"}, "access_device": {"ip": "192.0.2.7"}, "application": {"name": "VPN", "key": "DI1"}}  # fmt: skip
PING = {"id": "p1", "recordedAt": "2023-06-19T04:12:12.345Z", "createdAt": "2023-06-19T04:12:12.400Z", "correlationId": "c0a5", "action": {"type": "USER.ACCESS_ALLOWED"},
        "actors": {"user": {"id": USER, "name": "robin"}}, "resources": [{"id": USER, "type": "USER", "environment": {"id": "env1"}}], "result": {"status": "SUCCESS"}}  # fmt: skip
BOX = {"event_id": "b1", "event_type": "DOWNLOAD", "created_at": "2023-06-18T21:12:12-07:00", "created_by": {"type": "user", "id": "7", "login": "robin@contoso.com"},
       "ip_address": "192.0.2.7", "type": "event", "source": {"item_type": "file", "item_id": "9", "item_name": "x.zst"}}  # fmt: skip
SLACK = {"id": "sl1", "date_create": 1687147932, "action": "user_login", "actor": {"type": "user", "user": {"id": "W1", "email": "robin@contoso.com"}},
         "entity": {"type": "user", "user": {"id": "W1"}}, "context": {"location": {"type": "workspace", "id": "T1"}, "ip_address": "192.0.2.7"}}  # fmt: skip
ONEPASSWORD = {"uuid": "o1", "session_uuid": "s1", "timestamp": "2023-06-19T04:12:12.345Z", "category": "success", "type": "credentials_ok", "country": "IE",
               "target_user": {"uuid": "U1", "email": "robin@contoso.com"}, "client": {"app_name": "1Password", "ip_address": "192.0.2.7"}}  # fmt: skip
ACCESSED = {"QUERY_ID": "01ad-1", "QUERY_START_TIME": "2023-06-19T04:12:12.345Z", "USER_NAME": "ROBIN", "DIRECT_OBJECTS_ACCESSED": [{"objectName": "CRM.PUBLIC.C"}],
            "BASE_OBJECTS_ACCESSED": [{"objectName": "CRM.PUBLIC.C"}], "OBJECTS_MODIFIED": []}  # fmt: skip
WORKSPACE_LOGIN = {"kind": "admin#reports#activity", "id": {"time": "2023-06-19T04:12:12.345Z", "uniqueQualifier": "-1", "applicationName": "login", "customerId": "C01"},
                   "actor": {"email": "robin@contoso.com", "profileId": "1"}, "ipAddress": "192.0.2.7", "events": [{"type": "login", "name": "login_success"}]}  # fmt: skip


def activities(record: Record) -> str:
    return json.dumps({"kind": "admin#reports#activities", "etag": '"x"', "nextPageToken": "A:1", "items": [record]})


def duo_page(record: Record) -> str:
    return json.dumps(
        {
            "response": {
                "authlogs": [record],
                "metadata": {"next_offset": ["1687147932345", "340a"], "total_objects": 1},
            },
            "stat": "OK",
        }
    )


def ping_page(record: Record) -> str:
    return json.dumps(
        {
            "_links": {"self": {"href": "https://api.pingone.eu/v1/environments/env1/activities"}},
            "_embedded": {"activities": [record]},
            "count": 1,
            "size": 1,
        }
    )


def box_page(record: Record) -> str:
    return json.dumps({"chunk_size": 1, "next_stream_position": "1152922976252290886", "entries": [record]})


def slack_page(record: Record) -> str:
    return json.dumps({"entries": [record], "response_metadata": {"next_cursor": ""}})


def onepassword_page(record: Record) -> str:
    return json.dumps({"cursor": "aGVsbG8", "has_more": False, "items": [record]})


def event_grid(record: Record) -> str:
    return json.dumps([{"id": "g1", "topic": "/subscriptions/x", "subject": "s", "eventType": "s", "eventTime": "2023-06-19T04:12:13Z",
                        "data": {"log_id": record["log_id"], "data": record}, "dataVersion": "1.0", "metadataVersion": "1"}])  # fmt: skip


def auth0_bus(record: Record) -> str:
    return eventbridge({"log_id": record["log_id"], "data": record})


def auth0_stream(record: Record) -> str:
    return lines({"log_id": record["log_id"], "data": record})


Shape = tuple[Callable[[Record], str], Record]
AWS = (eventbridge, subscription, log_events, splunk, splunk_table, hit, hec, lines, array, capital_records, looked_up)
CASES: dict[str, list[Shape]] = {
    "entra.signin.noninteractive": [(page, SIGN), (array, SIGN), (lines, SIGN), (lines, DIAGNOSTIC), (records, DIAGNOSTIC), (lines, ANALYTICS), (array, ANALYTICS),
                                    (table, ANALYTICS), (portal_table, AMERICAN), (query, ANALYTICS), (powershell, SIGN), (hec, DIAGNOSTIC), (hit, DIAGNOSTIC),
                                    (noninteractivesignins_table, PORTAL)],
    "entra.audit": [(page, CHANGE), (array, CHANGE), (lines, CHANGE_DIAGNOSTIC), (records, CHANGE_DIAGNOSTIC), (lines, CHANGE_ANALYTICS), (table, CHANGE_ANALYTICS), (query, CHANGE_ANALYTICS)],
    "azure.activity": [(array, ACTIVITY), (page, ACTIVITY), (records, ACTIVITY_DIAGNOSTIC), (lines, ACTIVITY_DIAGNOSTIC), (lines, ACTIVITY_ANALYTICS), (table, ACTIVITY_ANALYTICS)],
    "azure.storage": [(lines, BLOB), (records, BLOB), (lines, BLOB_ANALYTICS), (table, BLOB_ANALYTICS), (portal_table, BLOB_ANALYTICS), (query, BLOB_ANALYTICS)],
    "graph.activity": [(lines, REQUEST), (records, REQUEST), (lines, REQUEST_ANALYTICS), (table, REQUEST_ANALYTICS), (portal_table, REQUEST_ANALYTICS)],
    "m365.audit": [(array, MAIL), (lines, MAIL), (table, SEARCHED), (table, DOWNLOADED), (page, ASKED), (array, {**SEARCHED, "AuditData": json.dumps(MAIL)}), (hec, MAIL), (splunk, MAIL)],
    "aws.cloudtrail": [(shape, CALL) for shape in AWS],
    "okta.system": [(array, OKTA), (lines, OKTA), (hec, OKTA), (splunk_table, OKTA)],
    "github.audit": [(array, GITHUB), (lines, GITHUB), (hec, GITHUB)],
    "auth0.logs": [(array, AUTH0), (auth0_stream, AUTH0), (auth0_bus, AUTH0), (event_grid, AUTH0)],
    "box.events": [(lines, BOX), (array, BOX), (box_page, BOX), (hec, BOX)],
    "slack.audit": [(lines, SLACK), (array, SLACK), (slack_page, SLACK)],
    "onepassword.signin": [(lines, ONEPASSWORD), (onepassword_page, ONEPASSWORD)],
    "snowflake.access": [(array, ACCESSED), (lines, ACCESSED), (table, ACCESSED), (table, {name.lower(): value for name, value in ACCESSED.items()})],
    "kubernetes.audit": [(lines, CLUSTER), (log_events, CLUSTER), (subscription, CLUSTER), (container, CLUSTER)],
    "vault.audit": [(lines, VAULT), (container, VAULT), (log_events, VAULT)],
    "duo.auth": [(array, DUO), (lines, DUO), (duo_page, DUO)],
    "pingone.audit": [(array, PING), (lines, PING), (ping_page, PING)],
    "google_workspace.login": [(lines, WORKSPACE_LOGIN), (activities, WORKSPACE_LOGIN), (hec, WORKSPACE_LOGIN)],
}  # fmt: skip
