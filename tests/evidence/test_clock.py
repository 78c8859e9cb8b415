"""Clocks of two logs that recorded the same requests: compared, offered, and moved only as far as the user accepts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Command
from timeline.api import Case
from timeline.errors import CaseError

START = datetime(2023, 6, 1, tzinfo=UTC)
ACCOUNT = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{}/blobServices/default"
BLOB = "https://{}.blob.core.windows.net/c/b{}"


def record(account: str, number: int, at: datetime) -> str:
    told = {
        "time": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "resourceId": ACCOUNT.format(account),
        "category": "StorageRead",
        "operationName": "GetBlob",
        "statusCode": 200,
        "statusText": "Success",
        "uri": BLOB.format(account, number),
        "correlationId": f"00000000-0000-4000-8000-{number:012}",
        "properties": {"accountName": account, "objectKey": f"/{account}/c/b{number}"},
    }
    return json.dumps(told)


def two_logs(folder: Path, ahead: float, extra: str = "", *, behind: float | None = None) -> Case:
    """Make two logs of the same requests, the first of them ahead; every other one `behind`, if that is told."""
    times = [START + timedelta(minutes=37 * number) for number in range(60)]
    shifts = (ahead, ahead if behind is None else -behind)
    for account, some in (("one", shifts), ("two", (0.0, 0.0))):
        rows = [record(account, number, at + timedelta(seconds=some[number % 2])) for number, at in enumerate(times)]
        (folder / f"{account}.json").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "case.toml").write_text(f"[case]\nname = 'test'\n{extra}", encoding="utf-8")
    with Case.open(folder) as case:
        case.ingest([folder / "one.json", folder / "two.json"])
    return Case.open(folder)


ACCEPTED = "[[clock]]\nstream = 'azure.storage/one'\noffset = '-3.2s'\n"


def test_shared_requests_tell_how_far_a_clock_is_ahead(tmp_path: Path) -> None:
    with two_logs(tmp_path, 3.2) as case:
        (row,) = case.clocks().iter_rows(named=True)
        assert (row["stream"], row["against"], row["pairs"]) == ("azure.storage/one", "azure.storage/two", 60)
        assert row["low_seconds"] == row["ahead_seconds"] == row["high_seconds"] == pytest.approx(3.2)
        assert row["differs"]
        assert 'offset = "-3.200s"' in row["note"]


def test_an_accepted_offset_is_said_and_changes_no_time_of_an_event(tmp_path: Path) -> None:
    with two_logs(tmp_path, 3.2, ACCEPTED) as case:
        assert case.clocks()["note"].to_list() == ["accepted in case.toml"]
        assert case.clocks()["accepted_seconds"].to_list() == [-3.2]
        first = case.events().filter(stream="azure.storage/one")["time"].min()
        assert first == START + timedelta(seconds=3.2)


def test_the_chain_puts_its_findings_right_and_says_so(tmp_path: Path) -> None:
    steps = "".join(
        f"[[chain.step]]\nid = '{name}'\nquestion = 'artefact-read-by'\nparams = {{ object = '{BLOB.format(account, number)}' }}\n{order}"
        for name, account, number, order in (
            ("first", "one", 1, ""),
            ("second", "two", 1, "after = ['first']\nwithin = '1s'\n"),
        )
    )
    (tmp_path / "told").mkdir()
    (tmp_path / "moved").mkdir()
    with two_logs(tmp_path / "told", 3.2, steps) as case:
        assert "refuted" in case.chain()["verdict"].to_list()
    with two_logs(tmp_path / "moved", 3.2, ACCEPTED + steps) as case:
        rows = case.chain()
        assert "refuted" not in rows["verdict"].to_list()
        assert "clocks that case.toml accepts: azure.storage/one" in rows["because"][0]


def test_clocks_that_agree_are_no_matter(tmp_path: Path) -> None:
    with two_logs(tmp_path, 2.0, behind=2.0) as case:
        assert case.clocks()["differs"].to_list() == [False]


@pytest.mark.parametrize("told", ["'3 weeks'", "'-2d'", "3.2", "'30h'"])
def test_a_wrong_offset_is_refused_with_its_line(tmp_path: Path, told: str) -> None:
    (tmp_path / "case.toml").write_text(f"[[clock]]\nstream = 'a/b'\noffset = {told}\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"case\.toml:3"):
        _ = Case.open(tmp_path).config


def test_the_command_tells_the_same(timeline: Command, tmp_path: Path) -> None:
    two_logs(tmp_path, 3.2).close()
    outcome = timeline("-C", tmp_path, "clock", "--format", "json")
    assert outcome.code == 0
    assert json.loads(outcome.out)[0]["ahead_seconds"] == pytest.approx(3.2)
