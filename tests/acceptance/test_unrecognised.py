"""A file that was handed over and shows nothing leaves no absence behind."""

import gzip

import pytest
from own_case import MAY, TAKEN, Make
from vendor_logs import BOB, lines, okta

TAKEN_OKTA = TAKEN + 'streams = ["okta.system/default"]\n'
KEPT = '[[policy]]\nstream = "okta.system/*"\nsemantics = "none"\n'


def month(actor: str) -> str:
    return lines(*(okta(f"2023-05-{day:02}T12:00:00Z", actor) for day in range(1, 32)))


def test_a_collection_of_which_nothing_was_recognised_shows_nothing(trial: Make) -> None:
    own = trial(KEPT, base=MAY + TAKEN_OKTA).ingest(a_json='{"foo": 1}\n')
    assert own.gaps("basis") == [("lossy", "05-01", "06-01", "ledger")]
    assert own.ask("password-spray")["verdict"] == "unknown"


def test_an_empty_page_is_a_witness(trial: Make) -> None:
    own = trial(KEPT, base=MAY + TAKEN_OKTA.replace("streams", 'paths = ["*.json"]\nstreams')).ingest(a_json="[]")
    assert own.ask("password-spray")["verdict"] == "absent"


def test_a_torn_archive_too_short_to_be_recognised_is_a_loss(trial: Make) -> None:
    torn = gzip.compress(month(BOB).encode(), mtime=0)[:200]
    own = trial(KEPT, base=MAY + TAKEN).ingest(a_json=month("alice@contoso.com"), b_gz=torn)
    assert [each[0] for each in own.gaps()] == ["lossy"]
    assert own.ask("password-spray")["verdict"] == "unknown"


TORN = gzip.compress(month(BOB).encode(), mtime=0)[:200]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.parametrize(("beside", "verdict"), [(PICTURE, "absent"), (TORN, "unknown")], ids=["picture", "torn"])
def test_without_a_stated_collection_what_may_have_been_any_log_is_missing_from_each(
    trial: Make, beside: bytes, verdict: str
) -> None:
    own = trial(base=MAY).ingest(a_json=month("alice@contoso.com"), b_bin=beside)
    assert own.ask("password-spray", "--from", "2023-05-02", "--to", "2023-05-30")["verdict"] == verdict
