"""An answer claims no more than its evidence: candidates, look-backs, odd windows and parameters, an empty case."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.questions.test_witnesses import DEBUG, MAY, SIGN_INS, STORAGE, asked
from tests.questions.trial import CASES, DAY, QUESTIONS, Bench, Trial, instant, moment, trial_of
from timeline.core.chain import Step, solve
from timeline.core.spans import BEGIN
from timeline.core.verdict import Answer
from timeline.errors import CaseError
from timeline.evidence.questions import ask_row

START, END = instant(MAY["from"]), instant(MAY["to"])
SECOND = 1_000_000


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("answers"))
    yield bench
    bench.close()


def case(name: str, kind: str) -> Trial:
    return trial_of(next(path for path in CASES if (path.parent.name, path.stem) == (name, kind)))


def read(place: str, time: str = "2023-05-15T00:00:00Z", **facts: Any) -> dict[str, Any]:
    return {
        "time": time,
        "action": "object.read",
        "outcome": "success",
        "object": place,
        "actor": "quinn@contoso.com",
        "stream": STORAGE["name"],
        **facts,
    }


def test_a_candidate_may_be_when_it_happened_and_says_which_log_of_issuance_is_lost(bench: Bench) -> None:
    answered = bench.answer(case("token-used-without-issuance", "unknown_issued_in_a_gap"))
    at = int(answered.rows["time_us"][0])
    assert answered.verdict.verdict == "unknown"
    assert any(start <= at < end for start, end in answered.spans)
    assert any(loss.stream.startswith("entra.signin.") for loss in answered.verdict.uncovered)


def test_a_candidate_outside_of_all_gaps_is_not_ruled_out_in_a_chain(bench: Bench) -> None:
    told = case("token-used-without-issuance", "unknown_without_echo")
    streams = [name for name, stream in told.streams.items() if "mail.read" in stream["witnesses"]]
    hole = {"stream": streams[0], "from": moment(END - DAY), "to": moment(END)}
    answered = bench.answer(told.told(outage=[hole]))
    at = int(answered.rows["time_us"][0])
    assert at < END - DAY
    step = Step("use", answered.verdict.verdict, answered.window, answered.found, answered.spans)
    assert any(start <= at < end for start, end in solve([step])[0].windows)


def test_a_candidate_before_the_first_finding_makes_it_no_later_than(bench: Bench) -> None:
    told = case("token-used-without-issuance", "found")
    forged = next(each for each in told.events if each["event_id"] == "forged")
    early = {
        **forged,
        "event_id": "early",
        "token_id": "aaaaaaaa-0000-4000-8000-000000000009",
        "time": "2023-05-03T00:00:00Z",
    }
    early = {key: value for key, value in early.items() if key != "issued_time"}
    row = ask_row(bench.answer(replace(told, events=(*told.events, early))))
    assert (row["verdict"], row["rows"], row["first_is"], row["last_is"]) == (
        "found_incomplete",
        1,
        "no_later_than",
        "exact",
    )


def test_a_lookback_must_be_covered_too(bench: Bench) -> None:
    told = asked("sign-in-by", SIGN_INS, actor="quinn@contoso.com")
    wide = replace(
        told,
        question=replace(told.question, needs=tuple(replace(need, lookback="10d") for need in told.question.needs)),
    )
    verdict = bench.answer(wide).verdict
    assert (verdict.verdict, verdict.spans) == ("unknown", ((START - 10 * DAY, START + 10 * DAY),))
    longer = wide.each("collection", lambda each: each | {"from": moment(START - 10 * DAY)})
    assert bench.verdict(longer) == "absent"


@pytest.mark.parametrize(
    "window", [(START - DAY, END), (START, END + DAY), (END + 40 * DAY, END + 41 * DAY), (START - 2 * DAY, START - DAY)]
)
def test_a_window_beyond_the_case_is_unknown_where_nothing_was_collected(bench: Bench, window: tuple[int, int]) -> None:
    told = asked("sign-in-by", SIGN_INS, actor="quinn@contoso.com")
    assert bench.answer(told, (START + DAY, END - DAY)).verdict.verdict == "absent"
    assert bench.answer(told, window).verdict.verdict == "unknown"


def test_a_window_beyond_the_case_shows_what_is_there(bench: Bench) -> None:
    told = asked(
        "artefact-read-by", [STORAGE], [read("https://proddumps.blob.core.windows.net/a", "2023-04-01T00:00:00Z")]
    )
    assert bench.verdict(told) == "absent"
    assert bench.answer(told, (START - 60 * DAY, END)).verdict.verdict == "found_incomplete"


@pytest.mark.parametrize("window", [(START, START), (END, START)])
def test_an_empty_window_is_refused(bench: Bench, window: tuple[int, int]) -> None:
    with pytest.raises(CaseError, match="the window is empty"):
        bench.answer(asked("sign-in-by", SIGN_INS), window)


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_empty_case_knows_nothing(bench: Bench, name: str) -> None:
    nothing = Trial(QUESTIONS[name], {}, {"case": [{"name": "empty"}]}, (), {})
    answered = bench.answer(nothing)
    row = ask_row(answered)
    assert (row["verdict"], row["rows"], row["first_is"]) == ("unknown", 0, None)
    assert row["uncovered"]


def test_signs_of_patterns_in_a_parameter_are_plain_text(bench: Bench) -> None:
    root = "https://proddumps.blob.core.windows.net/c"
    odd = [f"{root}/50%_o'f\\x", f"{root}/50xxo'f\\x", f"{root}/50%xo'f\\x", f"{root}/50%_o'fx"]
    events = [read(place, event_id=place) for place in odd]
    for place in odd:
        for told in (place, place.upper(), f"*{place.rpartition('/')[2]}"):
            answered = bench.answer(asked("artefact-read-by", [STORAGE], events, object=told))
            assert answered.rows["event_id"].to_list() == [place], told
    assert bench.verdict(asked("artefact-read-by", [STORAGE], events, object=f"{root}/50%")) == "absent"


@pytest.mark.parametrize(
    "told",
    [
        "http://ProdDumps.blob.core.windows.net/c/a",
        "https://proddumps.blob.core.windows.net:443/c/a?sv=2022&sig=x",
        "https://proddumps.blob.core.windows.net:443/c/*",
    ],
)
def test_an_address_with_port_or_query_is_the_object_that_events_name(bench: Bench, told: str) -> None:
    events = [read("https://proddumps.blob.core.windows.net/c/a")]
    answered = bench.answer(asked("artefact-read-by", [STORAGE], events, object=told))
    assert (answered.verdict.verdict, answered.subject) == ("found", f"object={told}")


def identifiers() -> list[str]:
    guid = uuid.UUID("aaaaaaaa-0000-4000-8000-000000000007")
    coded = [base64.urlsafe_b64encode(told).decode().rstrip("=") for told in (guid.bytes_le, str(guid).encode())]
    return [str(guid), str(guid).upper(), *coded]


@pytest.mark.parametrize("told", identifiers())
def test_a_token_is_found_by_each_form_of_its_identifier(bench: Bench, told: str) -> None:
    assert bench.connection.execute("SELECT token_of(?)", [told]).fetchall() == [
        ("aaaaaaaa-0000-4000-8000-000000000007",)
    ]
    trial = replace(case("token-used-without-issuance", "found"), params={"token": told})
    assert bench.verdict(trial) == "found"


def test_a_token_is_also_found_by_its_credential(bench: Bench) -> None:
    told = case("token-used-without-issuance", "unknown_aws_console_keys")
    keys = {each["credential_id"] for each in told.events if each["event_id"] == "console"}
    for key in keys:
        assert bench.answer(replace(told, params={"token": key})).rows["credential_id"].to_list() == [key]


def test_a_zone_that_the_case_does_not_have_is_a_mistake(bench: Bench) -> None:
    told = case("artefact-moved", "found")
    with pytest.raises(CaseError, match=r"no zone is called 'debuging'; its zones are: .*debugging"):
        bench.answer(replace(told, params={**told.params, "zone": "debuging"}))
    with pytest.raises(CaseError, match=r"it has no \[\[zone\]\]"):
        bench.answer(asked("artefact-moved", [DEBUG], zone="debugging"))
    assert bench.verdict(replace(told, params={**told.params, "zone": "Debug*"})) == "found"


def test_an_empty_or_unknown_parameter_is_a_mistake(bench: Bench) -> None:
    with pytest.raises(CaseError, match="'actor' is empty"):
        bench.answer(asked("sign-in-by", SIGN_INS, actor=""))
    with pytest.raises(CaseError, match=r"unknown parameter 'account'.* actor"):
        bench.answer(asked("sign-in-by", SIGN_INS, account="x"))


@pytest.mark.parametrize(
    ("policy", "flag"),
    [
        ({"semantics": "none"}, "exact"),
        ({"semantics": "rolling", "retention_days": 90}, "no_later_than"),
        ({"semantics": "none", "enabled_from": moment(START)}, "no_later_than"),
    ],
)
def test_the_first_finding_of_a_case_that_states_no_start_is_as_old_as_the_log_allows(
    bench: Bench, policy: dict[str, Any], flag: str
) -> None:
    told = asked("artefact-read-by", [STORAGE], [read("https://proddumps.blob.core.windows.net/a")])
    open_ended = told.told(
        case=[{"name": "open"}],
        collection=[{"id": "all", "collected_at": moment(END)}],
        policy=[{"stream": STORAGE["name"], **policy}],
    )
    answered = bench.answer(open_ended)
    assert answered.window[0] != BEGIN
    assert (answered.verdict.verdict, ask_row(answered)["first_is"]) == ("found", flag)


def test_a_stated_start_is_where_the_question_begins(bench: Bench) -> None:
    told = asked("artefact-read-by", [STORAGE], [read("https://proddumps.blob.core.windows.net/a", MAY["from"])])
    row = ask_row(bench.answer(told))
    assert (row["verdict"], row["first_is"], row["last_is"]) == ("found", "exact", "exact")


@pytest.mark.parametrize(("time", "precision", "length"), [
    ("2023-05-15T00:00:00Z", None, SECOND), ("2023-05-15T00:00:00.5Z", None, 1), ("2023-05-15T00:00:00Z", "ms", 1000),
    ("2023-05-15T00:00:00Z", "day", DAY), ("2023-05-15T00:00:00Z", "s", SECOND), ("2023-05-15T00:00:00Z", "100ns", 1),
])  # fmt: skip
def test_a_finding_lasts_as_long_as_its_log_is_inexact(
    bench: Bench, time: str, precision: str | None, length: int
) -> None:
    answered = bench.answer(
        asked(
            "artefact-read-by",
            [STORAGE],
            [read("https://proddumps.blob.core.windows.net/a", time, time_precision=precision)],
        )
    )
    assert answered.found == ((instant(time), instant(time) + length),)
    assert answered.verdict.verdict == Answer.FOUND


def test_the_issue_time_of_a_use_need_not_lie_in_the_window(bench: Bench) -> None:
    told = case("token-used-without-issuance", "found")
    forged = next(each for each in told.events if each["event_id"] == "forged")
    old = {**forged, "issued_time": "2023-04-20T00:00:00Z"}
    aged = replace(told, events=tuple(old if each is forged else each for each in told.events))
    assert bench.verdict(aged) == "unknown"
    assert (
        bench.verdict(aged.each("collection", lambda each: each | {"from": moment(instant("2023-04-01T00:00:00Z"))}))
        == "found"
    )
