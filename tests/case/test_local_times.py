"""Local times find their instants where a zone is stated, say what is doubtful about them, and are never guessed."""

from pathlib import Path

import duckdb
import pytest

from tests.case.test_ingest import Bench
from timeline import catalog
from timeline.case.context import Context
from timeline.case.normal import WORDS
from timeline.case.values import ExpectedError
from timeline.case.zones import log_zone

DATED = """/*
title = "Toy text"
names = ["toy.dated"]
family = "system"
match = "starts_with(line, 'toy ')"
witnesses = ["sign_in"]
local_time = true
*/
SELECT instant(rtrim(line[5:], chr(10))) AS time, CASE WHEN time IS NULL THEN try_cast(rtrim(line[5:], chr(10)) AS TIMESTAMP) END AS local_time,
    precision_of(rtrim(line[5:], chr(10))) AS time_precision FROM records"""
YEARLESS = """/*
title = "Toy text"
names = ["toy.yearless"]
family = "system"
match = "starts_with(line, 'toy ')"
witnesses = ["sign_in"]
local_time = true
yearless = true
*/
SELECT instant(rtrim(line[5:], chr(10))) AS time, try_strptime('2000 ' || rtrim(line[5:], chr(10)), '%Y %b %d %H:%M:%S') AS local_time FROM records"""
Read = list[tuple[object, ...]]


def events(root: Path, times: list[str], source: str = DATED, zone: str | None = "Europe/Paris") -> Read:
    bench = Bench(root)
    (root / "sources" / "mine.sql").write_text(source)
    bench.sources = {"mine": catalog.read_source(root / "sources" / "mine.sql")}
    bench.context = Context((("*", zone),) if zone else ())
    bench.ingest(bench.put("a.log", "".join(f"toy {each}\n" for each in times)))
    return bench.rows("SELECT strftime(time, '%d %H:%M'), time_precision FROM events ORDER BY record")


def test_an_hour_that_was_shown_once_is_not_flagged(tmp_path: Path) -> None:
    found = events(tmp_path, ["2023-10-29 01:59:59", "2023-10-29 03:00:00", "2023-10-29T02:30:00+01:00"])
    assert found == [("28 23:59", "s"), ("29 02:00", "s"), ("29 01:30", "s")]


def test_an_hour_that_was_shown_twice_is_flagged_and_the_first_is_given(tmp_path: Path) -> None:
    found = events(tmp_path, ["2023-10-29 01:30:00", "2023-10-29 02:30:00.5", "2023-10-29 03:30:00"])
    assert found == [("28 23:30", "s"), ("29 00:30", "ms,ambiguous"), ("29 02:30", "s")]


def test_an_hour_that_was_never_shown_is_flagged(tmp_path: Path) -> None:
    found = events(tmp_path, ["2023-03-26 01:59:59", "2023-03-26 02:30:00", "2023-03-26 03:00:00"])
    assert found == [("26 00:59", "s"), ("26 01:30", "s,nonexistent"), ("26 01:00", "s")]


NIGHT = ["28 12:00:00", "29 02:10:00", "29 02:50:00", "29 02:49:58", "29 02:05:00", "29 02:40:00", "30 12:00:00"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_order_of_the_file_tells_which_hour_it_was(tmp_path: Path, *, newest_first: bool) -> None:
    times = [f"2023-10-{each}" for each in NIGHT][:: -1 if newest_first else 1]
    found = events(tmp_path, times)[:: -1 if newest_first else 1]
    told = ["28 10:00", "29 00:10", "29 00:50", "29 00:49", "29 01:05", "29 01:40", "30 11:00"]
    assert found == list(zip(told, ["s", *["s,ambiguous,by_order"] * 5, "s"], strict=True))


def test_an_order_that_steps_back_twice_tells_nothing(tmp_path: Path) -> None:
    times = ["28 12:00:00", "29 02:50:00", "29 02:10:00", "29 02:50:00", "29 02:10:00", "30 12:00:00"]
    found = events(tmp_path, [f"2023-10-{each}" for each in times])
    assert [precision for _, precision in found[1:-1]] == ["s,ambiguous"] * 4
    assert [time for time, _ in found[1:-1]] == ["29 00:50", "29 00:10", "29 00:50", "29 00:10"]


def test_a_half_hour_is_shown_twice_where_the_clock_goes_back_by_so_much(tmp_path: Path) -> None:
    found = events(tmp_path, ["2023-04-02 01:29:00", "2023-04-02 01:31:00"], zone="Australia/Lord_Howe")
    assert found == [("01 14:29", "s"), ("01 14:31", "s,ambiguous")]


@pytest.mark.parametrize("collected", [None, 1_705_000_000_000_000])  # 2024-01-11
def test_a_missing_year_is_that_of_the_dated_neighbours_or_of_the_collection(
    tmp_path: Path, collected: int | None
) -> None:
    bench = Bench(tmp_path)
    bench.context = Context((("*", "Europe/Paris"),), lambda _: collected)
    (tmp_path / "sources" / "mine.sql").write_text(YEARLESS)
    bench.sources = {"mine": catalog.read_source(tmp_path / "sources" / "mine.sql")}
    times = ["Nov 30 12:00:00", "2023-12-31T12:00:00Z", "Dec 31 23:59:59", "Jan  1 00:00:01"]
    bench.ingest(bench.put("a.log", "".join(f"toy {each}\n" for each in times)))
    assert bench.rows("SELECT strftime(time, '%Y-%m-%d'), time_precision FROM events ORDER BY record") == [
        ("2023-11-30", "year_inferred"),
        ("2023-12-31", None),
        ("2023-12-31", "year_inferred"),
        ("2023-12-31", "year_inferred"),
    ]


def test_neighbours_that_disagree_tell_no_year(tmp_path: Path) -> None:
    found = events(tmp_path, ["2021-05-01T12:00:00Z", "May  2 12:00:00", "2023-05-03T12:00:00Z"], YEARLESS)
    assert len(found) == 2


def test_without_a_zone_only_times_that_state_theirs_are_taken(tmp_path: Path) -> None:
    times = ["2023-05-01 12:00:00", "2023-05-01T12:00:00Z", "2023-05-01 12:00:00 +02:00", "2023-05-01"]
    assert [time for time, _ in events(tmp_path, times, zone=None)] == ["01 12:00", "01 10:00"]


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("UTC", "UTC"),
        ("Z", "UTC"),
        ("Romance Standard Time", "Europe/Paris"),
        ("India Standard Time", "Asia/Calcutta"),
        ("+05:30", "GMT+05:30"),
        ("UTC-3", "GMT-03:00"),
        ("-0330", "GMT-03:30"),
    ],
)
def test_a_zone_may_be_a_place_a_name_of_windows_or_an_offset(told: str, zone: str) -> None:
    assert log_zone(told) == zone


@pytest.mark.parametrize(
    ("told", "remedy"),
    [
        ("EST", '"America/New_York" or "-05:00"'),
        ("cest", '"Europe/Paris" or "+02:00"'),
        ("Europe/Pari", "Europe/Paris"),
        ("localtime", "a time zone"),
        ("+25:00", "a time zone"),
        ("", "a time zone"),
        (3, "a time zone"),
    ],
)
def test_a_zone_that_may_mean_two_things_or_none_is_refused_with_a_remedy(told: object, remedy: str) -> None:
    with pytest.raises(ExpectedError) as caught:
        log_zone(told)
    assert remedy in caught.value.expected


@pytest.mark.parametrize(("zone", "told"), [("+05:30", "01 06:30"), ("UTC-3", "01 15:00")])
def test_an_offset_counts_from_utc_eastwards(tmp_path: Path, zone: str, told: str) -> None:
    ((time, _),) = events(tmp_path, ["2023-05-01 12:00:00"], zone=log_zone(zone))
    assert time == told


FORMS = [
    ("instant", "2023-05-15T10:00:00Z", "2023-05-15 10:00:00", "s"),
    ("instant", "2023-05-15T10:00:00.1Z", "2023-05-15 10:00:00.1", "ms"),
    ("instant", "2023-05-15T10:00:00.12+02:00", "2023-05-15 08:00:00.12", "ms"),
    ("instant", "2023-05-15T10:00:00.1234567Z", "2023-05-15 10:00:00.123456", "100ns"),
    ("instant", "2023-05-15T10:00:00.123456789-05:00", "2023-05-15 15:00:00.123456", "100ns"),
    ("instant", "2022-02-08 09:23:37+11:00", "2022-02-07 22:23:37", "s"),
    ("instant", "2022-02-08 09:23:37 -0330", "2022-02-08 12:53:37", "s"),
    ("instant", "2023-05-15t10:00:00z", "2023-05-15 10:00:00", "s"),
    ("instant", "2023-05-15T10:00:00", None, "s"),
    ("instant", "2023-05-15", None, "day"),
    ("instant", "0001-01-01T00:00:00Z", None, "s"),
    ("instant_any", "01/09/2007 09:41:00", "2007-01-09 09:41:00", "s"),
    ("instant_any", "1/9/2007 10:41:00 AM +01:00", "2007-01-09 09:41:00", "s"),
    ("instant_any", "11/14/2025 12:48:53.123 AM +00:00", "2025-11-14 00:48:53.123", "ms"),
    ("instant_any", "11/14/2025, 12:00:00 PM", "2025-11-14 12:00:00", "s"),
    ("instant_any", "13/14/2025 1:48:53 AM", None, "s"),
    ("instant_epoch", "1684143600", "2023-05-15 09:40:00", "s"),
    ("instant_epoch", "1684143600.123", "2023-05-15 09:40:00.123", "ms"),
    ("instant_epoch", "1684143600123", "2023-05-15 09:40:00.123", "ms"),
    ("instant_epoch", "1684143600123456", "2023-05-15 09:40:00.123456", "us"),
    ("instant_epoch", "1684143600123456789", "2023-05-15 09:40:00.123456", "100ns"),
    ("instant_epoch", "1e400", None, "day"),
]


@pytest.mark.parametrize(("word", "told", "instant", "precision"), FORMS)
def test_every_form_of_a_time_is_read_to_the_microsecond(
    word: str, told: str, instant: str | None, precision: str
) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(WORDS)
        query = f"SELECT ({word}($1)::TIMESTAMP)::VARCHAR, precision_of($1)"
        assert connection.execute(query, [told]).fetchall() == [(instant, precision)]
