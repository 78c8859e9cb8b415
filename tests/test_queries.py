"""Every question of the library: its facts, its needs, and the subset of SQL it is written in; its cases are in tests/questions."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.query_lint import BOUNDS, faults, parameters
from timeline.catalog import actions, questions

QUESTIONS = questions()
FIXED = {
    "artefact-created": {"object"}, "artefact-moved": {"object", "zone"}, "artefact-read-by": {"object", "actor"},
    "artefact-path": {"object"}, "account-compromised": {"actor"}, "sign-in-by": {"actor"}, "session-trace": {"session"},
    "mail-read": {"mailbox"}, "token-used-without-issuance": {"token"}, "logging-disabled": {"stream"},
}  # fmt: skip
RESTRICTIONS = {"object", "actor", "zone", "stream", "mailbox", "session", "token"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_written_in_the_portable_subset(name: str) -> None:
    assert faults(QUESTIONS[name]) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_declared_parameter_is_used_and_each_used_one_declared(name: str) -> None:
    assert parameters(QUESTIONS[name]) == {*QUESTIONS[name].parameters} | BOUNDS


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_facts_of_a_question_are_complete(name: str) -> None:
    question = QUESTIONS[name]
    assert question.question.endswith("?")
    assert question.meaning
    assert question.limits
    assert question.attack
    assert all(re.fullmatch(r"T1\d{3}(\.\d{3})?", technique) for technique in question.attack)
    for need in question.needs:
        assert {*need.actions, *(a for each in need.any for a in each)} <= actions().keys()
        assert need.restrict.keys() <= RESTRICTIONS
        assert all(
            value.removeprefix("$") in question.parameters for value in need.restrict.values() if value.startswith("$")
        )
        assert need.at == "window" or need.at in question.select


def test_the_questions_of_the_contract_exist_with_their_parameters() -> None:
    assert {name: set(QUESTIONS[name].parameters) for name in FIXED} == FIXED


@pytest.mark.parametrize("wrong", [
    "SELECT e.time_us AS t FROM events AS e QUALIFY ROW_NUMBER() OVER (ORDER BY e.event_id ROWS UNBOUNDED PRECEDING) = 1 ORDER BY t, event_id",
    "SELECT e.time_us AS t FROM events AS e WHERE e.actor NOT IN (SELECT f.actor AS a FROM events AS f) ORDER BY t, event_id",
    "SELECT e.time - INTERVAL 1 DAY AS t FROM events AS e ORDER BY t, event_id",
    "SELECT e.time_us / 1000 AS t FROM events AS e ORDER BY t, event_id",
    "SELECT e.time_us FROM events AS e ORDER BY e.time_us, event_id",
    "SELECT * FROM events AS e ORDER BY e.time_us, event_id",
    "SELECT e.time_us AS t FROM events AS e ORDER BY t",
    "SELECT any_value(e.actor) AS a, MIN(e.event_id) AS event_id FROM events AS e ORDER BY a, event_id",
    "SELECT SUM(e.bytes) OVER (PARTITION BY e.actor ORDER BY e.event_id) AS s FROM events AS e ORDER BY s, event_id",
    "SELECT SUM(e.bytes) OVER (ORDER BY e.time_us ROWS UNBOUNDED PRECEDING) AS s FROM events AS e ORDER BY s, event_id",
    "SELECT CAST(e.time AS DATE) AS d FROM events AS e ORDER BY d, event_id",
    "WITH RECURSIVE p AS (SELECT 1 AS a UNION ALL SELECT q.a + 1 AS a FROM p AS q) SELECT r.a AS a FROM p AS r ORDER BY a, event_id",
])  # fmt: skip
def test_the_lint_refuses_what_another_engine_would_answer_otherwise(wrong: str) -> None:
    assert faults(replace(QUESTIONS["sign-in-by"], select=wrong))
