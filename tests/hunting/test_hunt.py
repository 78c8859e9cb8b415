"""Verdicts on indicators: absent only where every log that states such things was listening."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.hunting.conftest import COVERED, MAY, Make, audit, bundle, okta, storage

Listed = Callable[[str], Path]
COLUMNS = [
    "indicator",
    "kind",
    "question",
    "subject",
    "verdict",
    "strength",
    "rows",
    "first",
    "last",
    "first_is",
    "last_is",
    "uncovered",
]
DAY = "2023-05-03T10:00:00Z"


def verdicts(rows: pl.DataFrame) -> list[tuple[str, int]]:
    return list(rows.select("verdict", "rows").iter_rows())


def test_all_kinds_are_found_in_one_go(make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY)], storage=[storage(DAY, "dumps/secret.dmp")])
    told = (
        "198.51.100.7\n198[.]51.100.0/24\nALICE@contoso.com\nhxxps://acct.blob.core.windows.net/dumps/secret.dmp?sv=1\nsecret.dmp\n"
        "blob.core.windows.net\ncontoso.com\ncurl/8\nr-dumps/secret.dmp\n"
    )
    rows = case.hunt(listed(told))
    assert rows.columns == COLUMNS
    assert rows["rows"].to_list() == [1, 2, 2, 1, 1, 1, 2, 1, 1]
    assert set(rows["verdict"]) == {"found"}


def test_what_is_in_no_covered_log_is_absent(make: Make, listed: Listed) -> None:
    row = make(COVERED, okta=[okta(DAY)]).hunt(listed("203.0.113.9\n")).row(0, named=True)
    assert (row["verdict"], row["strength"], row["uncovered"]) == ("absent", "strong", [])


def test_what_is_in_no_log_of_unknown_coverage_is_unknown(make: Make, listed: Listed) -> None:
    row = make(MAY, okta=[okta(DAY)]).hunt(listed("203.0.113.9\n")).row(0, named=True)
    assert (row["verdict"], row["strength"]) == ("unknown", None)
    assert row["uncovered"]


def test_one_uncovered_log_that_states_addresses_keeps_it_from_absent(make: Make, listed: Listed) -> None:
    toml = COVERED + '[[outage]]\nstream = "azure.storage/*"\nfrom = 2023-05-10\nto = 2023-05-11\n'
    case = make(toml, okta=[okta(DAY)], storage=[storage(DAY, "a")])
    row = case.hunt(listed("203.0.113.9\n")).row(0, named=True)
    assert row["verdict"] == "unknown"
    assert [loss["stream"] for loss in row["uncovered"]] == ["azure.storage/acct"]


def test_a_log_that_never_states_addresses_is_no_witness_of_them(make: Make, listed: Listed) -> None:
    toml = COVERED + '[[outage]]\nstream = "windows.system/*"\nfrom = 2023-05-10\nto = 2023-05-11\n'
    toml = toml.replace("windows.system", "gcp.storage_bytes")
    case = make(toml + '[[policy]]\nstream = "gcp.storage_bytes/b"\nsemantics = "none"\n', okta=[okta(DAY)])
    assert "gcp.storage_bytes/b" in case.knowledge.names
    assert verdicts(case.hunt(listed("203.0.113.9\n"))) == [("absent", 0)]


def test_a_copy_without_the_column_is_no_proof_of_absence(make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY, ip=None)])
    row = case.hunt(listed("203.0.113.9\n")).row(0, named=True)
    assert row["verdict"] == "unknown"
    assert "no record here states src_ip" in row["uncovered"][0]["stream"]


def test_no_log_that_states_it_is_unknown(make: Make, listed: Listed) -> None:
    row = make(COVERED, okta=[okta(DAY)]).hunt(listed("d41d8cd98f00b204e9800998ecf8427e\n")).row(0, named=True)
    assert (row["verdict"], row["uncovered"][0]["stream"]) == ("unknown", "no log of the case states object_hash")


def test_a_finding_beside_a_gap_is_incomplete(make: Make, listed: Listed) -> None:
    toml = COVERED + '[[outage]]\nstream = "okta.system/*"\nfrom = 2023-05-01\nto = 2023-05-02\n'
    row = make(toml, okta=[okta(DAY)]).hunt(listed("198.51.100.7\n")).row(0, named=True)
    assert (row["verdict"], row["first_is"], row["last_is"]) == ("found_incomplete", "no_later_than", "exact")


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        ("[ipv4-addr:value = '198.51.100.7' AND user-account:account_login = 'alice@contoso.com']", 1),
        ("[ipv4-addr:value = '198.51.100.8' AND user-account:account_login = 'alice@contoso.com']", 0),
        ("[ipv4-addr:value = '198.51.100.7' OR ipv4-addr:value = '198.51.100.8']", 2),
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/24' AND user-account:account_login != 'alice@contoso.com']", 1),
        ("[ipv4-addr:value = '198.51.100.8'] AND [user-account:account_login = 'alice@contoso.com']", 2),
        ("[ipv4-addr:value = '198.51.100.8'] FOLLOWEDBY [ipv4-addr:value = '198.51.100.7']", 0),
        ("[ipv4-addr:value = '198.51.100.7'] FOLLOWEDBY [ipv4-addr:value = '198.51.100.8']", 2),
        ("[ipv4-addr:value = '198.51.100.7'] OR [ipv4-addr:value = '203.0.113.1']", 1),
        ("[user-account:account_login LIKE '%@contoso.com']", 2),
        ("[domain-name:value = 'contoso.com']", 2),
        ("[domain-name:value = 'toso.com']", 0),
        ("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'CURL/8']", 2),
    ],
)
def test_patterns_of_stix_are_put_to_events(pattern: str, rows: int, make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY), okta("2023-05-04T10:00:00Z", "bob@contoso.com", "198.51.100.8")])
    row = case.hunt(listed(bundle(pattern))).row(0, named=True)
    assert row["rows"] == rows
    assert row["verdict"] in (("found",) if rows else ("absent", "unknown"))


def test_an_observation_that_is_absent_refutes_all(make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY)])
    pattern = "[ipv4-addr:value = '198.51.100.7'] AND [ipv4-addr:value = '203.0.113.1']"
    assert verdicts(case.hunt(listed(bundle(pattern)))) == [("absent", 0)]


def test_events_outside_of_the_window_do_not_count(make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY)])
    assert verdicts(case.hunt(listed("198.51.100.7\n"), start="2023-05-04", end="2023-05-05")) == [("absent", 0)]


def test_hostile_indicators_stay_values(make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY, actor="x'); DROP TABLE event; --@contoso.com")])
    told = "x'); DROP TABLE event; --@contoso.com\n%\n_\n$number\n"
    assert case.hunt(listed(f'type,value\naccount,"{told.splitlines()[0]}"\naccount,%\naccount,_\n'))[
        "rows"
    ].to_list() == [1, 0, 0]
    assert case.count() == 1


def test_the_command_names_what_it_cannot_hunt(timeline: Callable, make: Make, listed: Listed, tmp_path: Path) -> None:
    with make(COVERED, okta=[okta(DAY)]):
        pass
    path = listed(bundle("[process:pid = 1]", "[ipv4-addr:value = '198.51.100.7']"))
    result = timeline("-C", tmp_path, "hunt", path, "--format", "json")
    assert result.code == 3
    assert "process:pid" in result.err
    (row,) = json.loads(result.out)
    assert list(row) == COLUMNS


def test_records_without_a_time_are_searched_too(make: Make, listed: Listed) -> None:
    record = okta(DAY)
    del record["published"]
    case = make(COVERED, okta=[okta("2023-05-04T10:00:00Z", "bob@contoso.com", "198.51.100.8"), record])
    row = case.hunt(listed("198.51.100.7\n")).row(0, named=True)
    assert row["verdict"].startswith("found") if row["rows"] else row["verdict"] == "unknown"


def test_another_log_without_addresses_changes_nothing(make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY)], system=[audit(DAY)])
    assert case.hunt(listed("198.51.100.7\n"))["rows"].to_list() == [1]
