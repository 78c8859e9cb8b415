"""One object has one name, however its address is written."""

import pytest

from timeline.evidence.forms import form


@pytest.mark.parametrize(("told", "object_"), [
    ("https://contoso-dumps.s3.amazonaws.com/crash/core%20x.zst?X-Amz-Signature=1", "s3://contoso-dumps/crash/core x.zst"),
    ("https://contoso-dumps.s3.eu-west-1.amazonaws.com/crash/a", "s3://contoso-dumps/crash/a"),
    ("https://my.dotted.bucket.s3.eu-west-1.amazonaws.com/a", "s3://my.dotted.bucket/a"),
    ("https://contoso-dumps.s3-eu-west-1.amazonaws.com/a", "s3://contoso-dumps/a"),
    ("https://contoso-dumps.s3.dualstack.eu-west-1.amazonaws.com/a", "s3://contoso-dumps/a"),
    ("http://s3.eu-west-1.amazonaws.com/contoso-dumps/crash/a*", "s3://contoso-dumps/crash/a*"),
    ("https://s3.amazonaws.com/contoso-dumps/a", "s3://contoso-dumps/a"),
    ("https://contoso-dumps.s3.cn-north-1.amazonaws.com.cn/a", "s3://contoso-dumps/a"),
    ("https://storage.googleapis.com/contoso-dumps/a/b", "gs://contoso-dumps/a/b"),
    ("https://contoso-dumps.storage.googleapis.com/a", "gs://contoso-dumps/a"),
    ("https://storage.cloud.google.com/contoso-dumps/a", "gs://contoso-dumps/a"),
    ("https://dumps.dfs.core.windows.net:443/fs/a?x=1", "https://dumps.blob.core.windows.net/fs/a"),
    ("http://Dumps.blob.core.windows.net/c/*", "https://Dumps.blob.core.windows.net/c/*"),
    ("https://dumps.file.core.usgovcloudapi.net/share/a", "https://dumps.file.core.usgovcloudapi.net/share/a"),
    ("s3://contoso-dumps/a b", "s3://contoso-dumps/a b"),
    ("https://contoso.sharepoint.com/sites/x/a.docx", "https://contoso.sharepoint.com/sites/x/a.docx"),
    ("*core.signer*", "*core.signer*"),
])  # fmt: skip
def test_an_address_is_the_object_that_events_name(told: str, object_: str) -> None:
    assert form("object", told) == object_


def test_only_a_token_is_read_as_an_identifier() -> None:
    coded = "c874WMifAk-OqBkIlk-ELg"
    assert form("token", coded) == "58f8ce73-9fc8-4f02-8ea8-1908964f842e"
    assert form("session", coded) == coded
