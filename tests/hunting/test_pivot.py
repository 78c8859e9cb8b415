"""Everything about one value: places, neighbours, and what could not have shown it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hunting.conftest import COVERED, MAY, Make, okta, storage
from timeline.errors import CaseError

FIRST, LAST = "2023-05-03T10:00:00Z", "2023-05-20T10:00:00Z"
PLACES = ["value", "column", "source", "stream", "events", "first", "last", "first_is", "last_is"]


def test_a_value_is_shown_by_column_and_stream(make: Make) -> None:
    case = make(COVERED, okta=[okta(FIRST), okta(LAST)], storage=[storage(FIRST, "a")])
    rows = case.pivot("Alice@contoso.com")
    assert rows.columns == PLACES
    assert [
        (row["column"], row["source"], row["events"], row["first_is"], row["last_is"]) for row in rows.to_dicts()
    ] == [
        ("actor", "azure.storage", 1, "exact", "exact"),
        ("actor", "okta.system", 2, "exact", "exact"),
    ]
    assert (rows["first"][1].day, rows["last"][1].day) == (3, 20)


def test_first_and_last_are_bounds_where_nothing_is_known(make: Make) -> None:
    row = make(MAY, okta=[okta(FIRST)]).pivot("198.51.100.7").row(0, named=True)
    assert (row["first_is"], row["last_is"]) == ("no_later_than", "no_earlier_than")


def test_ranges_and_wildcards_show_each_value(make: Make) -> None:
    case = make(
        COVERED,
        okta=[okta(FIRST), okta(LAST, ip="198.51.100.99"), okta(LAST, ip="192.0.2.1", actor="carol@example.com")],
    )
    assert case.pivot("198.51.100.0/24")["value"].to_list() == ["198.51.100.7", "198.51.100.99"]
    assert case.pivot("198.51.100.*")["value"].to_list() == ["198.51.100.7", "198.51.100.99"]
    assert set(case.pivot("*@example.com")["value"]) == {
        "carol@example.com",
        "id-carol@example.com",
        "s-carol@example.com",
    }


def test_neighbours_come_rarest_first_with_their_counts(make: Make) -> None:
    case = make(
        COVERED, okta=[okta(FIRST), okta(LAST), okta(LAST, ip="192.0.2.1"), okta(LAST, actor="bob@contoso.com")]
    )
    rows = case.neighbours("198.51.100.7")
    actors = rows.filter(rows["neighbour_column"] == "actor").select("neighbour", "events", "events_in_all")
    assert list(actors.iter_rows()) == [("bob@contoso.com", 1, 1), ("alice@contoso.com", 2, 3)]
    assert rows["events"].is_sorted()
    assert "198.51.100.7" not in rows["neighbour"].to_list()
    assert {"session_id", "actor_id", "user_agent"} <= set(rows["neighbour_column"])


def test_what_could_not_have_shown_it_is_named(make: Make) -> None:
    toml = COVERED + '[[outage]]\nstream = "okta.system/*"\nfrom = 2023-05-10\nto = 2023-05-11\nwhy = "broken"\n'
    case = make(toml, okta=[okta(FIRST)])
    (row,) = case.unseen("203.0.113.1").to_dicts()
    assert (row["stream"], row["state"], row["start"].day, row["cause"]) == (
        "okta.system/default",
        "lossy",
        10,
        "broken",
    )
    assert case.unseen("203.0.113.1", "2023-05-12", "2023-05-13").is_empty()


@pytest.mark.parametrize("value", ["", "*", " ** "])
def test_any_value_is_no_value(value: str, make: Make) -> None:
    with pytest.raises(CaseError):
        make(COVERED, okta=[okta(FIRST)]).pivot(value)


def test_signs_of_patterns_are_plain_letters(make: Make) -> None:
    case = make(COVERED, okta=[okta(FIRST, actor="a_b%c'd@contoso.com"), okta(LAST, actor="axbyc'd@contoso.com")])
    assert case.pivot("a_b%c'd@contoso.com")["events"].to_list() == [1]
    assert case.pivot("a_b%*")["value"].to_list() == ["a_b%c'd@contoso.com"]


def test_the_command_shows_each_part(timeline: Callable, make: Make, tmp_path: Path) -> None:
    with make(COVERED, okta=[okta(FIRST)]):
        pass
    result = timeline("-C", tmp_path, "pivot", "198.51.100.7", "--format", "json")
    assert result.code == 0
    assert [list(row) for row in json.loads(result.out)] == [PLACES]
    beside = json.loads(
        timeline("-C", tmp_path, "pivot", "198.51.100.7", "--show", "neighbours", "--format", "json").out
    )
    assert beside[0]["value"] == "198.51.100.7"
    assert (
        json.loads(timeline("-C", tmp_path, "pivot", "198.51.100.7", "--show", "uncovered", "--format", "json").out)
        == []
    )
    assert timeline("-C", tmp_path, "pivot", "*").code == 2
