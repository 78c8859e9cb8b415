"""Windows and parameters that cannot be meant are named as they were given, by every command that takes them."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize("words", [("ask", "sign-in-by"), ("query", "sign-in-by"), ("pivot", "avery"), ("events",)])
def test_a_window_that_ends_before_it_begins_is_wrong_usage(
    timeline: Callable, demo_case: Path, words: tuple[str, ...]
) -> None:
    told = timeline("-C", demo_case, *words, "--from", "2023-05-20", "--to", "2023-05-10")
    assert (told.code, told.out) == (2, "")
    assert "2023-05-20" in told.err
    assert "2023-05-10" in told.err


def test_a_start_behind_the_end_of_the_case_names_that_end(timeline: Callable, demo_case: Path) -> None:
    told = timeline("-C", demo_case, "ask", "sign-in-by", "--from", "2024-01-01")
    assert told.code == 2
    assert "to 2023-07-15 00:00:00Z there is no time" in told.err


@pytest.mark.parametrize("command", ["ask", "query"])
def test_a_parameter_that_is_given_twice_is_wrong_usage(timeline: Callable, demo_case: Path, command: str) -> None:
    told = timeline("-C", demo_case, command, "sign-in-by", "-p", "actor=a", "-p", "actor=b")
    assert told.code == 2
    assert "given twice, 'a' and 'b'" in told.err


def test_a_case_without_events_has_no_stream_to_speak_of(timeline: Callable, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text('[case]\nname = "x"\nfrom = 2023-05-01\nto = 2023-06-01\n')
    (tmp_path / "a.txt").write_text("hello world\n")
    assert timeline("ingest", "a.txt").code == 0
    assert "the case has no events, so no stream" in timeline("gaps").err
