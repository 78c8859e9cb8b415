"""Every row of the join-key table: two logs of different vendors or hosts, in their real shapes, and the question that joins them.

The shapes are the vendors'; names, addresses and keys are made up. Each row's records are read through the sources' own SELECTs, all of
them in one case, and each answer must hold the events of exactly the row's own streams.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from timeline.api import Case

TENANT = "52977449-77be-4a5e-abad-d17cd25a4930"
USER = "0f0e0d0c-0b0a-4908-8706-050403020100"
MONTH = {"from": "2023-06-01", "to": "2023-07-01"}


def guid(number: int) -> str:
    return f"{number:08x}-1111-4222-8333-444455556666"


def uti(told: str, *, plain: bool = False) -> str:
    """Spell a sign-in's id as the identifier in its token: the GUID's bytes, or (until 2022) its text."""
    data = told.encode() if plain else uuid.UUID(told).bytes_le
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed_in(name: str, **more: Any) -> dict[str, Any]:
    """A sign-in as Entra's diagnostic setting writes it."""
    facts = {"id": name, "createdDateTime": "2023-06-05T08:00:00.1234567Z", "userPrincipalName": "avery@contoso.com", "userId": USER, "ipAddress": "192.0.2.31",
             "appId": guid(901), "status": {"errorCode": 0}, **more}  # fmt: skip
    return {"time": "2023-06-05T08:02:00.0000000Z", "category": "SignInLogs", "operationName": "Sign-in activity", "tenantId": TENANT, "resultType": "0", "properties": facts}  # fmt: skip


def graph(request: str, **more: Any) -> dict[str, Any]:
    facts = {"requestId": request, "requestMethod": "GET", "requestUri": "https://graph.microsoft.com/v1.0/users", "responseStatusCode": 200, "userId": USER, "appId": guid(901),
             "ipAddress": "192.0.2.31", "C_Iat": "1685952000", **more}  # fmt: skip
    return {"time": "2023-06-05T08:10:00.0000000Z", "category": "MicrosoftGraphActivityLogs", "tenantId": TENANT, "properties": facts}  # fmt: skip


def audited(name: str, operation: str, record_type: int, **more: Any) -> dict[str, Any]:
    return {"CreationTime": "2023-06-05T08:20:00", "Id": name, "Operation": operation, "RecordType": record_type, "OrganizationId": TENANT, "ResultStatus": "Succeeded", "UserType": 0,
            "UserId": "avery@contoso.com", "Workload": "Exchange", "ClientIP": "192.0.2.31", **more}  # fmt: skip


def managed(token: str) -> dict[str, Any]:
    """A call of Azure Resource Manager, which carries the claims of its token."""
    claims = {"uti": token, "iat": "1685952000", "exp": "1685957000", "iss": f"https://sts.windows.net/{TENANT}/", "aud": "https://management.core.windows.net/",
              "http://schemas.microsoft.com/identity/claims/objectidentifier": USER}  # fmt: skip
    return {"time": "2023-06-05T08:30:00.0000000Z", "operationName": "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION", "category": "Administrative", "resultType": "Success",
            "resourceId": "/SUBSCRIPTIONS/11111111-2222-4333-8444-555566667777/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/PRODDUMPS", "callerIpAddress": "192.0.2.31",
            "correlationId": str(uuid.uuid5(uuid.NAMESPACE_OID, token)), "identity": {"claims": claims}}  # fmt: skip


def trail(number: int, service: str, name: str, who: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"eventVersion": "1.08", "userIdentity": who, "eventTime": "2023-06-05T09:00:00Z", "eventSource": f"{service}.amazonaws.com", "eventName": name, "awsRegion": "us-east-1",
            "sourceIPAddress": "192.0.2.31", "userAgent": "aws-cli/2.11", "eventID": guid(1000 + number), "recipientAccountId": "111122223333", **more}  # fmt: skip


def assumed(key: str, made: str = "2023-06-05T08:59:00Z") -> dict[str, Any]:
    return {"type": "AssumedRole", "principalId": "AROAEXAMPLE:build", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/build", "accountId": "111122223333", "accessKeyId": key,
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/deploy"}, "attributes": {"creationDate": made, "mfaAuthenticated": "false"}}}  # fmt: skip


def assume(number: int, who: dict[str, Any], key: str) -> dict[str, Any]:
    answer = {
        "credentials": {"accessKeyId": key, "expiration": "Jun 5, 2023, 9:59:00 AM"},
        "assumedRoleUser": {"assumedRoleId": "AROAEXAMPLE:build"},
    }
    return trail(number, "sts", "AssumeRole", who, requestParameters={"roleArn": "arn:aws:iam::111122223333:role/deploy"}, responseElements=answer, eventTime="2023-06-05T08:59:00Z")  # fmt: skip


def okta(number: int, kind: str, session: str, **more: Any) -> dict[str, Any]:
    return {"uuid": guid(2000 + number), "published": f"2023-06-05T10:0{number % 10}:00.000Z", "eventType": kind, "outcome": {"result": "SUCCESS"},
            "actor": {"id": "00u1EXAMPLE", "type": "User", "alternateId": "pat@example.com"}, "client": {"ipAddress": "192.0.2.44"}, "authenticationContext": {"externalSessionId": session},
            "transaction": {"id": f"transaction-{number}", "type": "WEB"}, "target": [], **more}  # fmt: skip


def cluster(name: str, path: str, verb: str, **more: Any) -> dict[str, Any]:
    return {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": name, "stage": "ResponseComplete", "requestURI": path, "verb": verb,
            "user": {"username": "system:serviceaccount:ci:builder", "uid": "u1"}, "sourceIPs": ["192.0.2.61"], "responseStatus": {"code": 201},
            "requestReceivedTimestamp": "2023-06-05T11:00:00.000000Z", "stageTimestamp": "2023-06-05T11:00:00.100000Z", **more}  # fmt: skip


def keycloak(number: int, words: str) -> dict[str, Any]:
    return {"timestamp": f"2023-06-05T12:00:0{number}.000000000Z", "sequence": number, "loggerName": "org.keycloak.events", "level": "DEBUG", "processId": 1, "hostName": "idp-01",
            "message": f'{words}, realmId="contoso", realmName="contoso", userId="u-9", ipAddress="192.0.2.71"'}  # fmt: skip


def windows(host: str, number: int, event: int, data: dict[str, str], second: int = 0) -> dict[str, Any]:
    system = {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}}, "EventID": event, "EventRecordID": number, "Channel": "Security", "Computer": host,
              "Keywords": "0x8020000000000000", "TimeCreated": {"#attributes": {"SystemTime": f"2023-06-05T13:00:0{second}.000000Z"}}}  # fmt: skip
    return {"Event": {"System": system, "EventData": data}}


def vault(number: int, path: str, token: str, kind: str = "response", **more: Any) -> dict[str, Any]:
    return {"time": f"2023-06-05T14:00:0{number}.000000000Z", "type": kind, "auth": {"client_token": token, "accessor": "hmac-sha256:acc", "display_name": "approle", "entity_id": "e1",
            "token_issue_time": "2023-06-05T13:59:00Z"}, "request": {"id": guid(3000 + number), "operation": "read", "path": path, "client_token": token, "remote_address": "192.0.2.81"}, **more}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row of the table: what is joined, the files that hold it, and the question whose answer has all of it."""

    what: str
    question: str
    params: dict[str, str]
    files: dict[str, Any]
    streams: set[str]
    events: int


SIGN_INS, GRAPH, AUDIT = f"entra.signin.interactive/{TENANT}", f"graph.activity/{TENANT}", f"m365.audit/{TENANT}"
ARM, TRAIL = "azure.activity/11111111-2222-4333-8444-555566667777", "aws.cloudtrail/111122223333/us-east-1"
S3 = (
    "79a5EXAMPLE contoso-vault [05/Jun/2023:09:00:00 +0000] 192.0.2.31 arn:aws:sts::111122223333:assumed-role/deploy/build REQUESTEXAMPLE1 REST.GET.OBJECT core.1 "
    '"GET /core.1 HTTP/1.1" 200 - 89 89 30 20 "-" "aws-cli/2.11" - hostidEXAMPLE= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader contoso-vault.s3.amazonaws.com TLSv1.2 - -\n'
)
KEY = "SHA256:EXAMPLEabcdefghijklmnopqrstuvwxyz0123456789A"
SSH = "2023-06-05T15:00:00.000000+00:00 {host} sshd[411]: Accepted publickey for ubuntu from 192.0.2.91 port {port} ssh2: {key}\n"
CERT = "ED25519-CERT SHA256:EXAMPLEcertificate0123456789012345678901234 ID avery@contoso.com (serial 424242) CA ED25519 SHA256:EXAMPLEca0123456789012345678901234567890123"

TABLE = [
    Row("uti (GUID's bytes) = sign-in id", "token-trace", {"token": guid(1)}, {"e1": [signed_in(guid(1), uniqueTokenIdentifier=uti(guid(1)))], "g1": [graph(guid(501), signInActivityId=uti(guid(1)))]}, {SIGN_INS, GRAPH}, 2),
    Row("uti (its text) = sign-in id", "token-trace", {"token": uti(guid(2))}, {"e2": [signed_in(guid(2), uniqueTokenIdentifier=uti(guid(2), plain=True))], "g2": [graph(guid(502), signInActivityId=uti(guid(2)))]}, {SIGN_INS, GRAPH}, 2),
    Row("sign-in id alone, without uti", "token-trace", {"token": guid(3)}, {"e3": [signed_in(guid(3))], "g3": [graph(guid(503), signInActivityId=uti(guid(3)))]}, {SIGN_INS, GRAPH}, 2),
    Row("UniqueTokenId of the unified audit log", "token-trace", {"token": guid(4)}, {"e4": [signed_in(guid(4), uniqueTokenIdentifier=uti(guid(4)))],
        "u4": [audited(guid(504), "MailItemsAccessed", 50, AppAccessContext={"UniqueTokenId": uti(guid(4)), "IssuedAtTime": "2023-06-05T08:00:00"}, MailboxOwnerUPN="avery@contoso.com")]}, {SIGN_INS, AUDIT}, 2),
    Row("UserLoggedIn's IntraSystemId", "token-trace", {"token": guid(5)}, {"e5": [signed_in(guid(5), uniqueTokenIdentifier=uti(guid(5)))], "u5": [audited(guid(5), "UserLoggedIn", 15, IntraSystemId=guid(5), InterSystemsId=guid(605))]}, {SIGN_INS, AUDIT}, 2),
    Row("claims.uti of Azure's activity log", "token-trace", {"token": guid(6)}, {"e6": [signed_in(guid(6), uniqueTokenIdentifier=uti(guid(6)))], "a6": [managed(uti(guid(6)))]}, {SIGN_INS, ARM}, 2),
    Row("sid: Entra, Graph (C_Sid), SharePoint, Exchange, UserLoggedIn", "session-trace", {"session": guid(7)}, {"e7": [signed_in(guid(700), sessionId=guid(7))], "g7": [graph(guid(507), C_Sid=guid(7), signInActivityId=uti(guid(701)))],
        "u7": [audited(guid(508), "FileDownloaded", 6, AppAccessContext={"AADSessionId": guid(7)}, ObjectId="https://contoso.sharepoint.com/a"), audited(guid(509), "MailItemsAccessed", 50, SessionId=guid(7)),
               audited(guid(510), "UserLoggedIn", 15, IntraSystemId=guid(710), DeviceProperties=[{"Name": "SessionId", "Value": guid(7)}])]}, {SIGN_INS, GRAPH, AUDIT}, 5),
    Row("a token of the session, in a log without sessions", "session-trace", {"session": guid(8)}, {"e8": [signed_in(guid(801), sessionId=guid(8), uniqueTokenIdentifier=uti(guid(801)))], "a8": [managed(uti(guid(801)))]}, {SIGN_INS, ARM}, 2),
    Row("STS: accessKeyId of the answer = that of the use", "token-trace", {"token": "ASIAJOINEXAMPLE9"}, {"t9": [assume(1, {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": "111122223333", "accessKeyId": "AKIAJOINEXAMPLE9"}, "ASIAJOINEXAMPLE9"),
        trail(2, "s3", "GetObject", assumed("ASIAJOINEXAMPLE9"), requestParameters={"bucketName": "contoso-vault", "key": "core.9"})]}, {TRAIL}, 2),
    Row("STS: role chaining", "token-chain", {"token": "AKIAJOINEXAMPLEA"}, {"ta": [assume(3, {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": "111122223333", "accessKeyId": "AKIAJOINEXAMPLEA"}, "ASIAJOINEXAMPLEA"),
        assume(4, assumed("ASIAJOINEXAMPLEA"), "ASIAJOINEXAMPLEB")]}, {TRAIL}, 2),
    Row("AWS console: principal and second of the sign-in = creation of the session's keys (one key has no sign-in)", "token-used-without-issuance", {"token": "ASIACONSOLEJOIN*"},
        {"tc": [trail(6, "signin", "ConsoleLogin", {"type": "IAMUser", "principalId": "AIDAJOINEXAMPLE", "arn": "arn:aws:iam::111122223333:user/pat", "accountId": "111122223333", "userName": "pat"}, responseElements={"ConsoleLogin": "Success"},
            eventTime="2023-06-05T08:58:30Z"), *(trail(7 + n, "s3", "GetObject", {**assumed(f"ASIACONSOLEJOIN{n}", f"2023-06-05T08:58:{30 + n}Z"), "principalId": "AIDAJOINEXAMPLE"},
            requestParameters={"bucketName": "contoso-vault", "key": f"core.c{n}"}) for n in range(2))]}, {TRAIL}, 1),
    Row("request id of CloudTrail and of the S3 access log", "request-trace", {"request": "REQUESTEXAMPLE1"}, {"tb": [trail(5, "s3", "GetObject", assumed("ASIAJOINEXAMPLEC"), requestID="REQUESTEXAMPLE1", requestParameters={"bucketName": "contoso-vault", "key": "core.1"})],
        "s3.log": S3}, {TRAIL, "aws.s3access/contoso-vault"}, 2),
    Row("Okta's external session", "session-trace", {"session": "okta-session-1"}, {"o1": [okta(1, "user.session.start", "okta-session-1"), okta(2, "user.authentication.sso", "okta-session-1")]}, {"okta.system/default"}, 2),
    Row("Okta's transaction", "request-trace", {"request": "transaction-3"}, {"o2": [okta(3, "user.authentication.auth_via_mfa", "okta-session-2"), okta(3, "user.session.start", "okta-session-2", uuid=guid(2103))]}, {"okta.system/default"}, 2),
    Row("Okta's token hash", "token-trace", {"token": "ExampleTokenHashA1"}, {"o3": [okta(4, "app.oauth2.as.token.grant.refresh_token", "okta-session-3", target=[{"type": "refresh_token", "id": "rt1", "detailEntry": {"hash": "ExampleTokenHashA1"}}]),
        okta(5, "app.oauth2.as.token.detect_reuse", "okta-session-3", target=[{"type": "refresh_token", "id": "rt1", "detailEntry": {"hash": "ExampleTokenHashA1"}}])]}, {"okta.system/default"}, 2),
    Row("Kubernetes: issued credential id = credential id of later requests", "token-trace", {"token": guid(15)}, {"k1": [cluster(guid(1500), "/api/v1/namespaces/ci/serviceaccounts/builder/token", "create",
        objectRef={"resource": "serviceaccounts", "subresource": "token", "namespace": "ci", "name": "builder"}, annotations={"authentication.kubernetes.io/issued-credential-id": f"JTI={guid(15)}"}),
        cluster(guid(1501), "/api/v1/namespaces/ci/secrets", "list", objectRef={"resource": "secrets", "namespace": "ci"}, user={"username": "system:serviceaccount:ci:builder", "extra": {"authentication.kubernetes.io/credential-id": [f"JTI={guid(15)}"]}})]},
        {"kubernetes.audit/default"}, 2),
    Row("Kubernetes: a token asked for with a token", "token-chain", {"token": guid(16)}, {"k2": [cluster(guid(1600), "/api/v1/namespaces/ci/serviceaccounts/builder/token", "create",
        objectRef={"resource": "serviceaccounts", "subresource": "token", "namespace": "ci", "name": "builder"}, annotations={"authentication.kubernetes.io/issued-credential-id": f"JTI={guid(16)}"}),
        cluster(guid(1601), "/api/v1/namespaces/ci/serviceaccounts/deployer/token", "create", objectRef={"resource": "serviceaccounts", "subresource": "token", "namespace": "ci", "name": "deployer"},
                user={"username": "system:serviceaccount:ci:builder", "extra": {"authentication.kubernetes.io/credential-id": [f"JTI={guid(16)}"]}}, annotations={"authentication.kubernetes.io/issued-credential-id": f"JTI={guid(17)}"})]},
        {"kubernetes.audit/default"}, 2),
    Row("Keycloak: session of sign-in and of tokens", "session-trace", {"session": "kc-session-1"}, {"c1": [keycloak(1, 'type="LOGIN", clientId="web", code_id="kc-session-1"'), keycloak(2, 'type="CODE_TO_TOKEN", clientId="web", sessionId="kc-session-1", token_id="onrtac:jti-1", refresh_token_id="rt-1"')]},
        {"keycloak.events/contoso"}, 2),
    Row("Keycloak: refresh token → its successor", "token-chain", {"token": "rt-7"}, {"c2": [keycloak(3, 'type="CODE_TO_TOKEN", clientId="web", sessionId="kc-session-7", token_id="jti-7", refresh_token_id="rt-7"'),
        keycloak(4, 'type="REFRESH_TOKEN", clientId="web", sessionId="kc-session-7", token_id="jti-8", refresh_token_id="rt-7", updated_refresh_token_id="rt-8"'),
        keycloak(5, 'type="REFRESH_TOKEN", clientId="web", sessionId="kc-session-7", token_id="jti-9", refresh_token_id="rt-8", updated_refresh_token_id="rt-9"')]}, {"keycloak.events/contoso"}, 3),
    Row("Kerberos: hash of the ticket handed out = of the ticket shown", "token-chain", {"token": "VGdtRXhhbXBsZTE="}, {"w1": [windows("dc-01.contoso.com", 1, 4768, {"TargetUserName": "avery", "Status": "0x0", "ResponseTicketHash": "VGdtRXhhbXBsZTE="}),
        windows("dc-02.contoso.com", 1, 4769, {"TargetUserName": "avery@CONTOSO.COM", "ServiceName": "files$", "Status": "0x0", "RequestTicketHash": "VGdtRXhhbXBsZTE=", "ResponseTicketHash": "U3RFeGFtcGxlMQ=="}, 1)]},
        {"windows.security/dc-01.contoso.com", "windows.security/dc-02.contoso.com"}, 2),
    Row("Kerberos: logon GUID of controller and host", "request-trace", {"request": guid(20)}, {"w2": [windows("dc-01.contoso.com", 2, 4769, {"TargetUserName": "avery@CONTOSO.COM", "ServiceName": "files$", "Status": "0x0", "LogonGuid": f"{{{guid(20)}}}"}, 2),
        windows("files-01.contoso.com", 1, 4624, {"TargetUserName": "avery", "TargetLogonId": "0x4e13b2e", "LogonType": "3", "LogonGuid": f"{{{guid(20).upper()}}}"}, 3)]}, {"windows.security/dc-01.contoso.com", "windows.security/files-01.contoso.com"}, 2),
    Row("Windows: logon id of a logon and of what it opened", "session-trace", {"session": "0x5e13b2f"}, {"w3": [windows("files-01.contoso.com", 2, 4624, {"TargetUserName": "avery", "TargetLogonId": "0x5e13b2f", "LogonType": "3"}, 4),
        windows("files-01.contoso.com", 3, 5145, {"SubjectUserName": "avery", "SubjectLogonId": "0x5e13b2f", "ShareName": "\\\\*\\dumps", "RelativeTargetName": "core.1", "AccessMask": "0x1"}, 5)]}, {"windows.security/files-01.contoso.com"}, 2),
    Row("Vault: the token's HMAC from login to use", "token-trace", {"token": "hmac-sha256:joinexample"}, {"v1": [vault(1, "auth/approle/login", "", response={"auth": {"client_token": "hmac-sha256:joinexample", "accessor": "hmac-sha256:a2"}}),
        vault(2, "secret/data/app", "hmac-sha256:joinexample")]}, {"vault.audit/default"}, 2),
    Row("GitHub: hash of the token", "token-trace", {"token": "R2l0SHViRXhhbXBsZQ=="}, {"h1": [{"@timestamp": 1685980000000 + n, "_document_id": f"doc-{n}", "action": action, "actor": "avery", "org": "contoso", "created_at": 1685980000000 + n, "hashed_token": "R2l0SHViRXhhbXBsZQ==",
        "programmatic_access_type": "Personal access token (classic)"} for n, action in enumerate(("git.clone", "repo.download_zip"))]}, {"github.audit/contoso", "github.git_events/contoso"}, 2),
    Row("SSH: fingerprint of one key on two hosts", "token-trace", {"token": KEY}, {"jump.log": SSH.format(host="jump-01", port=51826, key=f"ED25519 {KEY}"), "prod.log": SSH.format(host="prod-07", port=51827, key=f"ED25519 {KEY}")},
        {"linux.auth/jump-01", "linux.auth/prod-07"}, 2),
    Row("SSH: serial of one certificate on two hosts", "token-trace", {"token": "424242"}, {"jump-cert.log": SSH.format(host="jump-02", port=51828, key=CERT), "prod-cert.log": SSH.format(host="prod-08", port=51829, key=CERT)},
        {"linux.auth/jump-02", "linux.auth/prod-08"}, 2),
    Row("Crash report: its id in Application Error and in Windows Error Reporting", "request-trace", {"request": guid(27)}, {"w4": [
        {"Event": {"System": {"Provider": {"#attributes": {"Name": name}}, "EventID": event, "EventRecordID": number, "Channel": "Application", "Computer": "signer-01", "Keywords": "0x80000000000000",
         "TimeCreated": {"#attributes": {"SystemTime": f"2023-06-05T16:00:0{number}.000000Z"}}}, "EventData": data}} for name, event, number, data in (
            ("Application Error", 1000, 1, {"AppName": "signer.exe", "AppPath": "C:\\signer\\signer.exe", "ReportId": guid(27)}),
            ("Windows Error Reporting", 1001, 2, {"EventName": "APPCRASH", "StorePath": "C:\\ProgramData\\Microsoft\\Windows\\WER\\ReportQueue\\x", "ReportId": guid(27)}))]}, {"windows.application/signer-01"}, 2),
]  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """One case with the records of every row, each row's in files of their own."""
    root = tmp_path_factory.mktemp("joins")
    for each in TABLE:
        for name, told in each.files.items():
            path = root / "logs" / (name if "." in name else f"{name}.ndjson")
            path.parent.mkdir(exist_ok=True)
            path.write_text(told if isinstance(told, str) else "".join(json.dumps(one) + "\n" for one in told), "utf-8")
    with Case.create(root / "case") as case:
        ledger = case.ingest([root / "logs"])
        odd = ledger.filter(ledger["records"] != ledger["events"])
        assert odd.is_empty(), odd.to_dicts()
        yield case


@pytest.mark.parametrize("told", TABLE, ids=lambda told: told.what)
def test_a_question_joins_what_two_logs_say(case: Case, told: Row) -> None:
    rows = case.query(told.question, told.params)
    assert (set(rows["stream"]), rows.height) == (told.streams, told.events)


def test_the_hour_of_issue_is_one_in_every_log_that_echoes_it(case: Case) -> None:
    told = case.query("token-trace", {"token": guid(6)}).filter(stream=ARM)
    graphed = case.query("token-trace", {"token": guid(1)}).filter(stream=GRAPH)
    assert [str(at) for at in (*told["issued_time"], *graphed["issued_time"])] == ["2023-06-05 08:00:00+00:00"] * 2
    assert [str(at) for at in told["expires_time"]] == ["2023-06-05 09:23:20+00:00"]


def test_a_role_echoes_the_second_in_which_sts_issued_it(case: Case) -> None:
    issued, used = case.query("token-trace", {"token": "ASIAJOINEXAMPLE9"}).to_dicts()
    assert (issued["part"], used["part"]) == ("issuance", "use")
    assert issued["time"] == used["issued_time"]
    assert str(issued["expires_time"]) == "2023-06-05 09:59:00+00:00"
    assert Path(case.root).exists()
