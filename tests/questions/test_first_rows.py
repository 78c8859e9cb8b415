"""Of an answer with very many rows the first are shown, and all of them are weighed: the bound changes no figure and no verdict."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.questions import SUBJECT, build
from tests.questions.trial import QUESTIONS
from timeline import Case
from timeline.evidence.questions import ask_row
from timeline.evidence.reasons import reasons

EVENTS, FEW = 4_000, 5


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.open(build(tmp_path_factory.mktemp("rows"), EVENTS)) as case:
        yield case


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_verdict_of_few_shown_rows_is_that_of_all(case: Case, name: str) -> None:
    whole = case.asker.answer(QUESTIONS[name], {}, most=None)
    part = case.asker.answer(QUESTIONS[name], {}, most=FEW)
    assert part.rows.equals(whole.rows.head(FEW))
    assert ask_row(part) == ask_row(whole)
    assert (part.findings, part.candidates) == (whole.findings, whole.candidates)
    assert (part.found, part.spans) == (whole.found, whole.spans)


def test_an_answer_with_more_rows_than_are_shown_says_how_many_and_how_to_get_them(case: Case) -> None:
    part = case.asker.answer(QUESTIONS["sign-in-by"], {}, most=FEW)
    told = reasons(case.knowledge, [part])["explanation"][0]
    assert f"{FEW} of {part.findings:,} are listed here; all of them: timeline query sign-in-by" in told
    assert case.query("sign-in-by").height == part.findings > FEW


def test_the_first_rows_are_the_earliest_whatever_the_verdict_is_about(case: Case) -> None:
    some = case.asker.answer(QUESTIONS["sign-in-by"], {"actor": SUBJECT["actor"]}, most=1)
    everything = case.query("sign-in-by", {"actor": SUBJECT["actor"]})
    assert some.rows["event_id"].to_list() == everything["event_id"].head(1).to_list()
    assert some.reach == (everything["time_us"].min(), everything["time_us"].max())
