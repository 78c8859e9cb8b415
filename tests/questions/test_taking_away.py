"""Taking away any need of any question turns an absence into an unknown, and never into a finding, whatever took it away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest

from tests.questions.trial import CASES, DAY, HOUR, QUESTIONS, Bench, Table, Trial, instant, moment, trial_of
from timeline.core.spans import Span, minus
from timeline.evidence.questions import Answered

Names = frozenset[str]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("taking_away"))
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def absence(bench: Bench) -> Callable[[str], Answered]:
    """Give the answer to a question's case `absent` as it is."""
    return cache(lambda name: bench.answer(absent(name)))


def absent(name: str) -> Trial:
    return trial_of(next(path for path in CASES if path.parent.name == name and path.stem == "absent"))


def collected(trial: Trial, names: Names, change: Callable[[Table], list[Table]]) -> Trial:
    """Change the collections of these streams."""
    tables = [
        changed
        for each in trial.tables["collection"]
        for changed in (change(each) if each["streams"][0] in names else [each])
    ]
    return trial.told(collection=tables)


def ruled(trial: Trial, names: Names, **rule: Any) -> Trial:
    """Give these streams another policy."""
    return trial.told(
        policy=[
            {"stream": each["stream"], **rule} if each["stream"] in names else each for each in trial.tables["policy"]
        ]
    )


def cut(hole: Span) -> Callable[[Table], list[Table]]:
    def change(each: Table) -> list[Table]:
        start, end = moment(hole[0]), moment(hole[1])
        halves = [each | {"id": f"{each['id']} a", "to": start}, each | {"id": f"{each['id']} b", "from": end}]
        return [half for half in halves if half["from"] < half["to"]]

    return change


def hole_at(trial: Trial, place: str) -> Span:
    start, end = trial.window
    middle = (start + end) // 2
    return {"start": (start, start + HOUR), "middle": (middle, middle + HOUR), "end": (end - HOUR, end)}[place]


def outage(trial: Trial, names: Names) -> Trial:
    start, end = (moment(at) for at in hole_at(trial, "middle"))
    return trial.told(outage=[{"stream": name, "from": start, "to": end} for name in sorted(names)])


def soon(trial: Trial, names: Names) -> Trial:
    """Collected an hour after the window by way of a log that delivers within two."""
    end = moment(trial.window[1])
    late = collected(trial, names, lambda each: [each | {"collected_at": end + timedelta(hours=1)}])
    return ruled(late, names, semantics="none", latency="2h")


WAYS: dict[str, Callable[[Trial, Names], Trial]] = {
    "all of it": lambda trial, names: collected(trial, names, lambda _: []),
    "an hour at the start": lambda trial, names: collected(trial, names, cut(hole_at(trial, "start"))),
    "an hour in the middle": lambda trial, names: collected(trial, names, cut(hole_at(trial, "middle"))),
    "an hour at the end": lambda trial, names: collected(trial, names, cut(hole_at(trial, "end"))),
    "other principals only": lambda trial, names: collected(
        trial, names, lambda each: [each | {"subjects": ["stranger@example.com"]}]
    ),
    "a record limit": lambda trial, names: collected(trial, names, lambda each: [each | {"max_records": 1}]),
    "expired": lambda trial, names: ruled(trial, names, semantics="rolling", retention_days=31),
    "expired for somebody": lambda trial, names: ruled(
        trial, names, semantics="rolling", retention_days=31, where={"operation": "Some*"}
    ),
    "archived": lambda trial, names: ruled(trial, names, semantics="none", archive_after_days=31),
    "not yet delivered": soon,
    "not yet enabled": lambda trial, names: ruled(
        trial, names, semantics="none", enabled_from=moment(trial.window[0] + HOUR)
    ),
    "no longer enabled": lambda trial, names: ruled(
        trial, names, semantics="none", enabled_to=moment(trial.window[1] - HOUR)
    ),
    "an outage": outage,
    "a ring": lambda trial, names: ruled(trial, names, semantics="ring"),
    "nothing known of its life": lambda trial, names: trial.told(
        policy=[each for each in trial.tables["policy"] if each["stream"] not in names]
    ),
}
SHOWN = (
    "a ring",
    "nothing known of its life",
)  # what is younger than the oldest record seen is known to have been kept
FEW = ("all of it", "an hour in the middle")


def victims(answered: Answered) -> list[Names]:
    """Sets of streams, each of which leaves some need without a whole alternative."""
    needs = [[[one.stream for one in way] for way in need.alternatives] for need in answered.needs if need.asked]
    return list(dict.fromkeys(frozenset(some) for ways in needs for some in product(*ways)))


@pytest.mark.parametrize("name", QUESTIONS)
def test_taking_away_any_need_turns_absent_into_unknown_and_never_into_found(bench: Bench, name: str) -> None:
    trial = absent(name)
    with bench.laid(trial) as asker:
        answered = asker.answer(trial.question, trial.params)
        assert answered.verdict.verdict == "absent"
        some = victims(answered)
        assert some
        for number, names in enumerate(some):
            early = any(each["stream"] in names and instant(each["time"]) <= trial.window[0] for each in trial.events)
            for way in (each for each in (WAYS if number == 0 else FEW) if not (early and each in SHOWN)):
                less = bench.asker(WAYS[way](trial, names))
                less.knowledge.facts = asker.knowledge.facts
                verdict = less.answer(trial.question, trial.params).verdict
                assert (verdict.verdict, {*names} & {loss.stream for loss in verdict.uncovered}) == (
                    "unknown",
                    names,
                ), (way, names)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_stream_that_could_have_shown_it_is_needed(absence: Callable[[str], Answered], name: str) -> None:
    trial = absent(name)
    answered = absence(name)
    used = {one.stream for need in answered.needs for way in need.alternatives for one in way}
    actions = {action for need in trial.question.needs for way in need.any or (need.actions,) for action in way}
    idle = {stream for stream, told in trial.streams.items() if actions & {*told["witnesses"]}} - used
    assert not idle


def broken(trial: Trial, names: Names, way: str) -> Trial:
    """Damage the evidence itself."""
    stops: Table = {
        "time": moment(trial.window[0] + DAY).isoformat(),
        "source": "settings",
        "stream": "settings/other",
        "action": "logging.disable",
        "outcome": "success",
    }
    return {
        "rejected records": lambda: replace(trial, rejected=tuple(names)),
        "a torn file": lambda: replace(trial, torn=tuple(names)),
        "switched off": lambda: replace(
            trial, events=(*trial.events, *({**stops, "event_id": f"off {each}", "subject": each} for each in names))
        ),
    }[way]()


DAMAGES = ("rejected records", "a torn file", "switched off")
FIND_SWITCHES = {"logging-disabled", "logging-changed"}  # that a log was switched off is what these questions find


@pytest.mark.parametrize(
    ("name", "way"),
    [(name, way) for name in QUESTIONS for way in DAMAGES if way != "switched off" or name not in FIND_SWITCHES],
)
def test_damaged_evidence_turns_absent_into_unknown_and_never_into_found(
    bench: Bench, absence: Callable[[str], Answered], name: str, way: str
) -> None:
    trial = absent(name)
    for names in victims(absence(name))[:1]:
        verdict = bench.answer(broken(trial, names, way)).verdict
        states = {str(loss.gap.state) for loss in verdict.uncovered if loss.stream in names}
        assert (verdict.verdict, states) == ("unknown", {"disabled" if way == "switched off" else "lossy"}), names


def dropped(trial: Trial, names: Names) -> Trial:
    """A case that has never heard of these streams."""
    less = collected(trial, names, lambda _: []).told()
    tables = {
        **collected(trial, names, lambda _: []).tables,
        "policy": [each for each in trial.tables["policy"] if each["stream"] not in names],
    }
    return replace(less, tables=tables, events=tuple(each for each in trial.events if each["stream"] not in names))


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_case_that_never_heard_of_any_witness_knows_nothing(
    bench: Bench, absence: Callable[[str], Answered], name: str
) -> None:
    trial = absent(name)
    used = frozenset(one.stream for need in absence(name).needs for way in need.alternatives for one in way)
    assert bench.verdict(dropped(trial, used)) == "unknown"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_case_that_never_heard_of_a_sibling_knows_nothing(
    bench: Bench, absence: Callable[[str], Answered], name: str
) -> None:
    trial = absent(name)
    used = {one.stream for need in absence(name).needs if need.asked for way in need.alternatives for one in way}
    for stream in sorted(each for each in used if each.startswith("entra.signin.")):
        assert bench.verdict(dropped(trial, frozenset({stream}))) == "unknown", stream


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_absence_holds_at_every_instant_by_streams_of_the_case_alone(
    absence: Callable[[str], Answered], name: str
) -> None:
    for need in (each for each in absence(name).needs if each.asked):
        assert not minus(need.asked, need.met())
        assert any(all(one.stream in absent(name).streams and not one.gaps for one in way) for way in need.alternatives)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in QUESTIONS
        if "@" in str(absent(name).params.get("actor", "*")) and "*" not in str(absent(name).params["actor"])
    ],
)
def test_an_export_filtered_to_the_very_account_in_question_is_enough(bench: Bench, name: str) -> None:
    trial = absent(name)
    actor = str(trial.params["actor"])
    own = collected(trial, frozenset(trial.streams), lambda each: [each | {"subjects": [actor, "other@example.com"]}])
    assert bench.verdict(own) == "absent"
    anybody = replace(own, params={key: value for key, value in trial.params.items() if key != "actor"})
    assert bench.verdict(anybody) != "absent"
