"""What vendors write of a copy becomes a hop: each shape of their records goes through a real ingest, and the path is asked for."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline import Case

Asked = Callable[..., list[tuple[Any, ...]]]
MD5 = "f554839e901917380b1d02062498d1d7"
IN_BASE64 = base64.b64encode(bytes.fromhex(MD5)).decode()


@pytest.fixture
def path_of(tmp_path: Path) -> Asked:
    """Ingest files by their names and texts and give the hops of an object: action, object, where from, grade."""

    def asked(seed: str, **files: str) -> list[tuple[Any, ...]]:
        for name, text in files.items():
            place = tmp_path / "logs" / name.replace("__", ".")
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(gzip.compress(text.encode()) if place.suffix == ".gz" else text.encode())
        with Case.create(tmp_path / "case") as case:
            status = case.ingest(tmp_path / "logs")
            assert status["rejected"].sum() == 0
            assert status["skipped"].sum() == 0
            return (
                case.query("artefact-path", {"object": seed}).select("action", "object", "object_from", "grade").rows()
            )

    return asked


def trail(*records: dict[str, Any]) -> str:
    whole = [
        {"eventVersion": "1.09", "eventTime": f"2023-05-20T00:00:{number:02}Z", "eventSource": "s3.amazonaws.com", "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7",
         "userAgent": "aws-cli", "requestID": f"REQ{number}", "eventID": f"id-{number}", "eventType": "AwsApiCall", "recipientAccountId": "111122223333", "readOnly": False,
         "eventCategory": "Data", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ann", "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "accountId": "111122223333"}, **record}
        for number, record in enumerate(records)
    ]  # fmt: skip
    return json.dumps({"Records": whole})


def s3(name: str, key: str, **parameters: str) -> dict[str, Any]:
    return {"eventName": name, "requestParameters": {"bucketName": "contoso-debug", "key": key, **parameters}}


def test_a_copy_a_copy_in_parts_and_a_rename_in_a_bucket(path_of: Asked) -> None:
    records = trail(
        s3("CopyObject", "triage/core.zst", **{"x-amz-copy-source": "/contoso-dumps/crash/core%20one.zst?versionId=7"}),
        s3(
            "UploadPartCopy",
            "parts/core.zst",
            **{"x-amz-copy-source": "contoso-debug/triage/core.zst", "partNumber": "1", "uploadId": "u"},
        ),
        s3(
            "UploadPartCopy",
            "parts/core.zst",
            **{"x-amz-copy-source": "contoso-debug/triage/core.zst", "partNumber": "2", "uploadId": "u"},
        ),
        s3("CompleteMultipartUpload", "parts/core.zst", uploadId="u"),
        s3("RenameObject", "holiday.zip", **{"x-amz-rename-source": "/contoso-debug/parts/core.zst"}),
        s3("GetObject", "holiday.zip"),
    )
    assert path_of("https://contoso-dumps.s3.eu-west-1.amazonaws.com/crash/core%20one.zst", a__json=records) == [
        ("object.copy", "s3://contoso-debug/triage/core.zst", "s3://contoso-dumps/crash/core one.zst", "proven"),
        ("object.copy", "s3://contoso-debug/parts/core.zst", "s3://contoso-debug/triage/core.zst", "proven"),
        ("object.copy", "s3://contoso-debug/parts/core.zst", "s3://contoso-debug/triage/core.zst", "proven"),
        ("object.write", "s3://contoso-debug/parts/core.zst", None, "proven"),
        ("object.move", "s3://contoso-debug/holiday.zip", "s3://contoso-debug/parts/core.zst", "proven"),
        ("object.read", "s3://contoso-debug/holiday.zip", None, "proven"),
    ]


def line(bucket: str, second: int, request: str, operation: str, key: str) -> str:
    return (
        f"79a5 {bucket} [20/May/2023:00:00:{second:02} +0000] 192.0.2.7 arn:aws:iam::111122223333:user/ann {request} {operation} {key} "
        f'"GET /{key} HTTP/1.1" 200 - 500 500 9 9 "-" "aws-cli" - host= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader {bucket}.s3.amazonaws.com TLSv1.2 - -'
    )


def test_the_two_records_of_a_copy_in_access_logs_whose_keys_are_encoded_twice(path_of: Asked) -> None:
    text = "\n".join([
        line("contoso-dumps", 1, "AAAAAAAAAAAAAAA1", "REST.COPY.OBJECT_GET", "crash/core%2520one.zst"),
        line("contoso-debug", 1, "AAAAAAAAAAAAAAA1", "REST.COPY.OBJECT", "triage/core.zst"),
        line("contoso-debug", 5, "AAAAAAAAAAAAAAA2", "REST.GET.OBJECT", "triage/core.zst"),
    ])  # fmt: skip
    assert path_of("s3://contoso-dumps/crash/core one.zst", access=text + "\n") == [
        ("object.copy", "s3://contoso-debug/triage/core.zst", "s3://contoso-dumps/crash/core one.zst", "proven"),
        ("object.read", "s3://contoso-debug/triage/core.zst", None, "proven"),
    ]


def blob(account: str, second: int, operation: str, place: str, correlation: str, **more: Any) -> str:
    category = (
        "StorageRead" if operation.startswith(("Get", "Read")) or operation.endswith("Source") else "StorageWrite"
    )
    properties = {"accountName": account, "serviceType": "blob", "etag": f'"0x8D{second}"', **more}
    return json.dumps(
        {"time": f"2023-05-20T00:00:{second:02}.0000000Z", "category": category, "operationName": operation, "statusCode": 200, "statusText": "Success",
         "resourceId": f"/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/{account}/blobServices/default", "schemaVersion": "1.0",
         "callerIpAddress": "192.0.2.7:1", "correlationId": correlation, "identity": {"type": "OAuth", "requester": {"upn": "ann@contoso.com", "objectId": "a-1"}},
         "properties": properties, "uri": place, "protocol": "HTTPS"}
    )  # fmt: skip


def test_copies_of_blobs_by_request_by_stated_source_and_by_the_md5_of_their_contents(path_of: Asked) -> None:
    dumps, debug = "https://dumps.blob.core.windows.net:443", "https://debug.blob.core.windows.net:443"
    lines = [
        blob("dumps", 1, "PutBlob", f"{dumps}/c/core.zst", "q1", serverMd5=IN_BASE64, requestBodySize=500),
        blob("debug", 2, "CopyBlob", f"{debug}/c/copy.zst", "q2"),
        blob("dumps", 2, "CopyBlobSource", f"{dumps}/c/core.zst", "q2"),
        blob("debug", 2, "CopyBlobDestination", f"{debug}/c/copy.zst", "q2"),
        blob(
            "debug",
            3,
            "PutBlobFromURL",
            f"{debug}/c/by-url.zst",
            "q3",
            sourceUri=f"{dumps}/c/core.zst?sv=2022-11-02&sig=XXXXX",
        ),
        blob("debug", 4, "PutBlob", f"{debug}/c/holiday.jpg", "q4", serverMd5=IN_BASE64, requestBodySize=500),
        blob("debug", 5, "ReadFile", "https://debug.dfs.core.windows.net/c/copy.zst", "q5", responseBodySize=500),
        blob(
            "debug",
            6,
            "RenamePathFile",
            "https://debug.dfs.core.windows.net/c/renamed.zst",
            "q6",
            sourceUri="https://debug.dfs.core.windows.net/c/copy.zst",
        ),
    ]
    dumps, debug = "https://dumps.blob.core.windows.net", "https://debug.blob.core.windows.net"
    assert path_of("https://dumps.dfs.core.windows.net/c/core.zst", a__json="\n".join(lines)) == [
        ("object.write", f"{dumps}/c/core.zst", None, "proven"),
        ("object.copy", f"{debug}/c/copy.zst", f"{dumps}/c/core.zst", "proven"),
        ("object.copy", f"{debug}/c/by-url.zst", f"{dumps}/c/core.zst", "proven"),
        ("object.write", f"{debug}/c/holiday.jpg", f"{dumps}/c/core.zst", "strong"),
        ("object.read", f"{debug}/c/copy.zst", None, "proven"),
        ("object.move", f"{debug}/c/renamed.zst", f"{debug}/c/copy.zst", "proven"),
    ]


def test_a_blob_fetched_from_a_bucket_has_the_name_of_the_object_there(path_of: Asked) -> None:
    link = "https://contoso-dumps.s3.eu-west-1.amazonaws.com/crash/core%20one.zst?X-Amz-Expires=600"
    text = blob("debug", 3, "PutBlockFromURL", "https://debug.blob.core.windows.net/c/a", "q3", sourceUri=link)
    assert path_of("s3://contoso-dumps/crash/core one.zst", a__json=text) == [
        ("object.copy", "https://debug.blob.core.windows.net/c/a", "s3://contoso-dumps/crash/core one.zst", "proven")
    ]


def test_a_rewrite_of_google_names_its_destination_in_the_record_of_the_read(path_of: Asked) -> None:
    entry = {
        "insertId": "i1", "logName": "projects/contoso/logs/cloudaudit.googleapis.com%2Fdata_access", "timestamp": "2023-05-20T00:00:01.5Z", "receiveTimestamp": "2023-05-20T00:00:02Z",
        "resource": {"type": "gcs_bucket", "labels": {"bucket_name": "contoso-dumps", "project_id": "contoso"}},
        "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": "storage.googleapis.com", "methodName": "storage.objects.get",
            "resourceName": "projects/_/buckets/contoso-dumps/objects/crash/core.zst", "authenticationInfo": {"principalEmail": "ann@contoso.com"},
            "metadata": {"destination": "projects/other/buckets/elsewhere/objects/core.zst"}, "requestMetadata": {"callerIp": "192.0.2.7"}},
    }  # fmt: skip
    assert path_of("https://storage.googleapis.com/contoso-dumps/crash/core.zst", a__json=json.dumps([entry])) == [
        ("object.copy", "gs://elsewhere/core.zst", "gs://contoso-dumps/crash/core.zst", "proven")
    ]


def shared(second: int, operation: str, name: str, to: str, folder: str) -> dict[str, Any]:
    site = "https://contoso.sharepoint.com/sites/crash/"
    return {
        "CreationTime": f"2023-05-20T00:00:{second:02}", "Id": f"id-{second}", "Operation": operation, "OrganizationId": "aaaa", "RecordType": 6, "UserType": 0, "Workload": "SharePoint",
        "UserId": "ann@contoso.com", "ClientIP": "192.0.2.7", "ObjectId": f"{site}Dumps/{name}", "SiteUrl": site, "SourceFileName": name, "SourceRelativeUrl": "Dumps",
        "DestinationFileName": to, "DestinationRelativeUrl": folder, "ItemType": "File",
    }  # fmt: skip


def test_files_copied_moved_and_renamed_in_sharepoint(path_of: Asked) -> None:
    records = [
        shared(1, "FileCopied", "core.zst", "core.zst", "Triage"),
        shared(2, "FileRenamed", "core.zst", "a.jpg", "Dumps"),
        shared(3, "FileMoved", "a.jpg", "a.jpg", "Out"),
    ]
    site = "https://contoso.sharepoint.com/sites/crash"
    assert path_of(f"{site}/Dumps/core.zst", a__json="\n".join(map(json.dumps, records))) == [
        ("object.copy", f"{site}/Triage/core.zst", f"{site}/Dumps/core.zst", "proven"),
        ("object.move", f"{site}/Dumps/a.jpg", f"{site}/Dumps/core.zst", "proven"),
        ("object.move", f"{site}/Out/a.jpg", f"{site}/Dumps/a.jpg", "proven"),
    ]
