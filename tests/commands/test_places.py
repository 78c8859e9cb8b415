"""A place that nobody looked at is not a place where nothing is missing, and one that cannot be written to is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOML = '[case]\nfrom = 2023-05-01\nto = 2023-05-20\n[[policy]]\nstream = "okta.system/*"\nsemantics = "none"\n'
LOGIN = {"uuid": "u1", "published": "2023-05-10T10:10:00.000Z", "eventType": "user.session.start"}


@pytest.fixture
def own(timeline: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Give a maker of commands in a case with one record of one log."""
    (tmp_path / "case.toml").write_text(TOML)
    (tmp_path / "okta.json").write_text(json.dumps(LOGIN))
    timeline("-C", tmp_path, "ingest", tmp_path)
    return lambda *words: timeline("-C", tmp_path, *words)


def test_gaps_of_a_log_that_is_not_there_are_not_called_none(own: Callable[..., Any]) -> None:
    told = own("gaps", "--stream", "otka.*", "--explain")
    assert "--stream otka.*: the case has no stream of this name" in told.err
    assert told.out == "nothing is known of that\n"


def test_gaps_at_a_time_outside_of_the_case_are_not_called_none(own: Callable[..., Any]) -> None:
    told = own("gaps", "--at", "1999-01-01", "--explain")
    assert "outside of the case, which looks from 2023-05-01 00:00:00Z to 2023-05-20 00:00:00Z" in told.err
    assert told.out == "nothing is known of that\n"


def test_a_log_without_gaps_has_none_and_no_warning(own: Callable[..., Any]) -> None:
    told = own("gaps", "--at", "2023-05-10T10:10", "--stream", "okta.*", "--explain")
    assert (told.out, told.err) == ("nothing is missing there\n", "")


@pytest.mark.parametrize("words", [("html", "-o"), ("preserve", "--ics"), ("gaps", "-o")])
def test_a_folder_that_is_not_there_is_told_by_the_name_that_was_asked_for(
    own: Callable[..., Any], tmp_path: Path, words: tuple[str, str]
) -> None:
    target = tmp_path / "missing" / "file.csv"
    told = own(*words, target)
    assert (told.code, told.err) == (2, f"{target}: No such file or directory; choose a place that can be written\n")
