"""A question over a time in which a field that it joins on was not logged cannot be answered, although the records are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.questions.trial import Bench, Trial, instant, trial
from timeline import catalog
from timeline.errors import CaseError

STREAMS = [
    {"name": f"entra.signin.{kind}/contoso", "witnesses": ["sign_in"]}
    for kind in ("interactive", "noninteractive", "service_principal", "managed_identity")
]
MAY = {"from": "2023-05-01T00:00:00Z", "to": "2023-06-01T00:00:00Z"}
SIGN_IN = {
    "time": "2023-05-20T10:00:00Z",
    "source": "entra.signin.interactive",
    "action": "sign_in",
    "outcome": "success",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("fields"))
    yield bench
    bench.close()


def asked(*fields: str, events: tuple[dict[str, str], ...] = (), **params: str) -> Trial:
    """A question about sign-ins that joins on these fields; the case states when they were logged."""
    told = trial(
        "sign-in-by",
        {**MAY, "params": {"actor": "ann@contoso.com", **params}, "stream": STREAMS, "event": list(events)},
    )
    need = catalog.Need(actions=("sign_in",), restrict={"actor": "$actor"}, fields=fields)
    logged = [
        {
            "stream": "entra.signin.*",
            "field": "session_id",
            "from": datetime(2023, 5, 10, tzinfo=UTC),
            "why": "added by the vendor",
        }
    ]
    return replace(told, question=replace(told.question, needs=(need,))).told(field=logged)


def test_a_question_that_needs_the_field_is_unknown_where_it_is_not_logged(bench: Bench) -> None:
    verdict = bench.answer(asked("session_id")).verdict
    assert verdict.verdict == "unknown"
    assert {(str(loss.gap.state), loss.gap.cause) for loss in verdict.uncovered} == {
        ("not_enabled", "the field session_id is not logged then: added by the vendor")
    }
    assert [(end - start) / 86_400_000_000 for start, end in verdict.spans] == [9.0]


def test_the_same_question_without_the_field_is_answered(bench: Bench) -> None:
    assert bench.verdict(asked()) == "absent"
    assert bench.verdict(asked("src_ip")) == "absent"


def test_what_was_found_may_not_be_all(bench: Bench) -> None:
    event = {**SIGN_IN, "actor": "ann@contoso.com"}
    assert bench.verdict(asked("session_id", events=(event,))) == "found_incomplete"
    assert bench.verdict(asked(events=(event,))) == "found"


def test_a_need_must_name_event_columns(tmp_path: Path) -> None:
    path = tmp_path / "own.sql"
    path.write_text(
        '/*\nquestion = "?"\nneeds = [{ actions = ["sign_in"], fields = ["sessionid"] }]\n*/\nSELECT 1', "utf-8"
    )
    with pytest.raises(CaseError, match="names the field 'sessionid'"):
        catalog.read_question(path)
    path.write_text(path.read_text("utf-8").replace("sessionid", "session_id"), "utf-8")
    assert catalog.read_question(path).needs[0].fields == ("session_id",)


def seen(day: int, **facts: str) -> dict[str, str]:
    return {**SIGN_IN, "event_id": f"e{day}", "time": f"2023-05-{day:02}T10:00:00Z", "actor": "bo@contoso.com", **facts}


def own(*fields: str, events: tuple[dict[str, str], ...]) -> Trial:
    return replace(asked(*fields, events=events), tables=asked(*fields).told(field=[]).tables)


def test_days_whose_records_lack_the_field_are_blind_and_others_are_not(bench: Bench) -> None:
    events = (seen(3, session_id="s"), seen(4), seen(6), seen(8, session_id="s"))
    verdict = bench.answer(own("session_id", events=events)).verdict
    assert verdict.verdict == "unknown"
    assert [loss.gap.cause for loss in verdict.uncovered] == [
        "the field session_id is not stated by all records of sign_in then"
    ]
    assert [(start, end) for start, end in verdict.spans] == [
        (instant("2023-05-04T00:00:00Z"), instant("2023-05-07T00:00:00Z"))
    ]
    assert bench.verdict(own(events=events)) == "absent"


def test_refusals_and_services_may_lack_it(bench: Bench) -> None:
    events = (seen(3, session_id="s"), seen(4, outcome="failure"), seen(5, actor_type="service"))
    assert bench.verdict(own("session_id", events=events)) == "absent"


def test_a_log_that_never_states_a_field_cannot_answer_what_needs_it(bench: Bench) -> None:
    verdict = bench.answer(own("signing_key_id", events=())).verdict
    assert verdict.verdict == "unknown"
    assert {loss.gap.cause for loss in verdict.uncovered} == {"the field signing_key_id is never logged there"}


def test_a_missing_address_is_the_business_of_the_question(bench: Bench) -> None:
    assert bench.verdict(own("src_ip", "user_agent", events=(seen(4),))) == "absent"
