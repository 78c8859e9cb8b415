"""A value that stands in a record but in no column is no finding, and never an absence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hunting.conftest import COVERED, Make, okta

Listed = Callable[[str], Path]
DAY = "2023-05-03T10:00:00Z"
CHAIN = {
    "request": {"ipChain": [{"ip": "203.0.113.77"}, {"ip": "2001:db8::7"}]},
    "debugContext": {
        "debugData": {"forwardTo": "smtp:evil@attacker.example.com", "url": "https://attacker.example.com/a"}
    },
}


@pytest.mark.parametrize(
    "told",
    [
        "203.0.113.77",
        "203.0.113.0/24",
        "2001:db8::/32",
        "evil@attacker.example.com",
        "attacker.example.com",
        "https://attacker.example.com/a",
    ],
)
def test_what_stands_in_no_column_is_not_absent(make: Make, listed: Listed, told: str) -> None:
    (row,) = make(COVERED, okta=[okta(DAY, **CHAIN)]).hunt(listed(told)).iter_rows(named=True)
    assert (row["verdict"], row["rows"]) == ("unknown", 0)
    assert "1 record(s) that hold it, but in no column" in str(row["uncovered"])


def test_what_stands_nowhere_is_absent(make: Make, listed: Listed) -> None:
    found = make(COVERED, okta=[okta(DAY, **CHAIN)]).hunt(listed("203.0.113.99"))
    assert found["verdict"].to_list() == ["absent"]


def test_a_record_that_cannot_be_read_again_keeps_from_an_absence(make: Make, listed: Listed, tmp_path: Path) -> None:
    case = make(COVERED, okta=[okta(DAY)])
    (tmp_path / "okta.jsonl").unlink()
    (row,) = case.hunt(listed("203.0.113.99")).iter_rows(named=True)
    assert row["verdict"] == "unknown"
    assert "could not be read again" in str(row["uncovered"])


def test_a_range_without_whole_octets_is_not_sought_in_text_and_so_not_absent(make: Make, listed: Listed) -> None:
    (row,) = make(COVERED, okta=[okta(DAY)]).hunt(listed("0.0.0.0/1")).iter_rows(named=True)
    assert row["verdict"] == "unknown"
    assert "too short" in str(row["uncovered"])


def test_a_record_that_states_no_time_may_hold_it_in_any_window(make: Make, listed: Listed) -> None:
    timeless = {key: value for key, value in okta(DAY, **CHAIN).items() if key != "published"}
    case = make(COVERED, okta=[okta("2023-05-02T10:00:00Z"), timeless, okta(DAY)])
    (row,) = case.hunt(listed("203.0.113.77"), "2023-05-20", "2023-05-25").iter_rows(named=True)
    assert row["verdict"] == "unknown"
    assert "in no column" in str(row["uncovered"])
