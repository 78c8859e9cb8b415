from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.core.chain import Order, Step, shrink, solve
from timeline.core.spans import Spans, tidy
from timeline.core.verdict import Answer
from timeline.errors import CaseError

WINDOW = (0, 10)
instants = st.integers(0, 10)
spans = st.lists(st.tuples(instants, instants), max_size=3).map(tidy)
Times = dict[str, Spans]
NAMES = ("a", "b", "c")
orders = st.lists(
    st.builds(Order, st.sampled_from(NAMES), st.sampled_from(NAMES), st.one_of(st.none(), st.integers(0, 6))),
    max_size=4,
).map(tuple)
times = st.fixed_dictionaries(dict.fromkeys(NAMES, spans))


def points(spans: Spans) -> set[int]:
    return {instant for start, end in spans for instant in range(start, end)}


def fits(solution: dict[str, int], orders: tuple[Order, ...]) -> bool:
    gaps = [(solution[order.later] - solution[order.earlier], order.within) for order in orders]
    return all(gap >= 0 and (within is None or gap <= within) for gap, within in gaps)


def solutions(times: Times, orders: tuple[Order, ...]) -> list[dict[str, int]]:
    every = product(*(sorted(points(times[name])) for name in NAMES))
    return [found for values in every if fits(found := dict(zip(NAMES, values, strict=True)), orders)]


@given(times, orders)
def test_a_solution_is_never_cut_away(times: Times, orders: tuple[Order, ...]) -> None:
    left = shrink(times, orders)
    for found in solutions(times, orders):
        assert all(found[name] in points(left[name]) for name in NAMES)


@given(times, orders)
def test_what_is_left_has_a_fitting_time_for_every_constraint(times: Times, orders: tuple[Order, ...]) -> None:
    left = shrink(times, orders)
    for order in orders:
        for here, there in ((order.earlier, order.later), (order.later, order.earlier)):
            for instant in points(left[here]):
                assert (
                    any(fits({here: instant, there: other}, [order]) for other in points(left[there])) or here == there
                )


@given(times, orders, st.randoms())
def test_shrinking_does_not_depend_on_the_order_of_constraints(
    times: Times, orders: tuple[Order, ...], random: Random
) -> None:
    shuffled = list(orders)
    random.shuffle(shuffled)
    assert shrink(times, orders) == shrink(times, shuffled)


@given(times, times, orders)
def test_shrinking_is_monotone(one: Times, other: Times, orders: tuple[Order, ...]) -> None:
    more = {name: tidy((*one[name], *other[name])) for name in NAMES}
    less, greater = shrink(one, orders), shrink(more, orders)
    assert all(points(less[name]) <= points(greater[name]) <= points(more[name]) for name in NAMES)


@st.composite
def chains(draw: st.DrawFn) -> list[Step]:
    steps = []
    for number, name in enumerate(NAMES):
        verdict = draw(
            st.sampled_from([Answer.FOUND, Answer.FOUND_INCOMPLETE, Answer.UNKNOWN, Answer.UNKNOWN, Answer.ABSENT])
        )
        found = draw(spans.filter(bool)) if verdict.startswith("found") else ()
        uncovered = draw(spans) if verdict in {"unknown", "found_incomplete"} else ()
        after = tuple(draw(st.sets(st.sampled_from(NAMES[:number])))) if number else ()
        before = tuple(draw(st.sets(st.sampled_from(NAMES[:number])))) if number else ()
        within = draw(st.one_of(st.none(), st.integers(0, 6)))
        steps.append(Step(name, verdict, WINDOW, found, uncovered, after, within, before))
    return steps


def domain(step: Step, wide: bool) -> set[int]:
    """The times that a step starts with, by the definition."""
    unseen = points(step.uncovered) & set(range(*WINDOW)) or set(range(*WINDOW))
    if step.verdict == Answer.ABSENT:
        return set()
    if step.verdict == Answer.UNKNOWN:
        return unseen
    return points(step.found) | (unseen if wide and step.verdict == Answer.FOUND_INCOMPLETE else set())


@settings(max_examples=300)
@given(chains())
def test_the_windows_hold_every_solution_and_refute_only_what_has_none(steps: list[Step]) -> None:
    alive = [step for step in steps if step.verdict != Answer.ABSENT]
    names = {step.id for step in alive}
    limits = [Order(other, s.id, s.within) for s in alive for other in s.after if other in names]
    limits += [Order(s.id, other, None) for s in alive for other in s.before if other in names]
    said = {solved.step: solved for solved in solve(steps)}
    for wide in (False, True):
        for values in product(*(sorted(domain(step, wide)) for step in alive)):
            found = dict(zip([step.id for step in alive], values, strict=True))
            if fits(found, limits):
                refuted = [name for name in names if said[name].verdict == "refuted"]
                assert not refuted
                if not wide:
                    assert all(found[name] in points(said[name].windows) for name in names)


@given(chains())
def test_each_step_is_told_consistently(steps: list[Step]) -> None:
    for step, solved in zip(steps, solve(steps), strict=True):
        assert (solved.verdict == "refuted") == (not solved.windows)
        assert (solved.verdict == "refuted") == ("refuted" in solved.because)
        if step.verdict == Answer.ABSENT:
            assert solved.verdict == "refuted"
        if solved.windows:
            assert (solved.earliest, solved.latest) == (solved.windows[0][0], solved.windows[-1][1] - 1)
            assert points(solved.windows) <= domain(step, wide=True)
            assert solved.verdict in {step.verdict, Answer.UNKNOWN}
            if step.verdict == Answer.FOUND_INCOMPLETE:
                kept = points(solved.windows) & points(step.found)
                assert (solved.verdict == Answer.UNKNOWN) == (not kept)
            assert solved.because.startswith("earliest: ")
            assert ": ;" not in solved.because
            assert not solved.because.endswith(": ")


@given(chains(), st.randoms())
def test_the_order_of_steps_changes_nothing_but_the_order_of_answers(steps: list[Step], random: Random) -> None:
    shuffled = list(steps)
    random.shuffle(shuffled)
    one, other = ({s.step: (s.verdict, s.windows) for s in solve(order)} for order in (steps, shuffled))
    assert one == other


CRASH = Step("crash", Answer.FOUND, (0, 100), found=((10, 11),))
FORGED = Step("forged", Answer.FOUND, (0, 100), found=((80, 81),), after=("theft",))
THEFT = Step("theft", Answer.UNKNOWN, (0, 100), uncovered=((0, 60), (90, 100)), after=("crash",))


def test_an_unseen_theft_lies_between_what_was_seen_where_nobody_could_see_it() -> None:
    _, theft, forged = solve([CRASH, THEFT, FORGED])
    assert theft.windows == ((10, 60),)
    assert (theft.verdict, theft.earliest, theft.latest) == ("unknown", 10, 59)
    assert (
        theft.because
        == "earliest: after crash; latest: from then on the evidence would show it, and nothing was found (beyond, ruled out: before forged)"
    )
    assert (forged.verdict, forged.because) == ("found", "earliest: the first finding; latest: the last finding")


def test_within_counts_from_each_step_named_in_after() -> None:
    last = Step("last", Answer.UNKNOWN, (0, 100), ((0, 0),), ((0, 100),), after=("crash", "forged"), within=75)
    found = {
        solved.step: solved for solved in solve([CRASH, Step("forged", Answer.FOUND, (0, 100), ((80, 81),)), last])
    }
    assert found["last"].windows == ((80, 86),)
    assert "within" in found["last"].because


def test_instants_of_the_same_second_refute_nothing() -> None:
    one = Step("one", Answer.FOUND, (0, 100), found=((10, 20),), after=("two",))
    two = Step("two", Answer.FOUND, (0, 100), found=((15, 16),))
    assert [solved.windows for solved in solve([one, two])] == [((15, 20),), ((15, 16),)]
    again = Step("one", Answer.FOUND, (0, 100), found=((15, 16),), after=("two",))
    assert [solved.verdict for solved in solve([again, two])] == ["found", "found"]


def test_findings_in_the_wrong_order_refute_the_chain_and_the_constraint_is_named() -> None:
    late = Step("crash", Answer.FOUND, (0, 100), found=((90, 91),))
    said = solve([late, THEFT, FORGED])
    assert [solved.verdict for solved in said] == ["refuted"] * 3
    assert all("theft" in solved.because and "after" in solved.because for solved in said)


def test_before_a_chain_is_refuted_the_uncovered_parts_of_incomplete_findings_are_admitted() -> None:
    late = Step("crash", Answer.FOUND_INCOMPLETE, (0, 100), found=((90, 91),), uncovered=((5, 20),))
    crash, theft, forged = solve([late, THEFT, FORGED])
    assert (crash.verdict, crash.windows) == ("unknown", ((5, 20),))
    assert theft.windows == ((5, 60),)
    assert forged.verdict == "found"
    fine = Step("crash", Answer.FOUND_INCOMPLETE, (0, 100), found=((10, 11),), uncovered=((5, 20),))
    assert solve([fine, THEFT, FORGED])[0].windows == ((10, 11),)


def test_an_absent_step_is_refuted_and_the_others_keep_their_verdicts() -> None:
    absent = Step("theft", Answer.ABSENT, (0, 100), after=("crash",))
    said = solve([CRASH, absent, FORGED])
    assert [solved.verdict for solved in said] == ["found", "refuted", "found"]
    assert "covered" in said[1].because


def test_an_unknown_step_without_a_named_window_could_have_happened_at_any_time() -> None:
    (said,) = solve([Step("use", Answer.UNKNOWN, (0, 100))])
    assert (said.verdict, said.windows) == ("unknown", ((0, 100),))
    assert (
        said.because
        == "earliest: the case's window ends, not covered there; latest: the case's window ends, not covered there"
    )


def test_an_unrelated_chain_is_not_touched_by_a_refuted_one() -> None:
    late = Step("crash", Answer.FOUND, (0, 100), found=((90, 91),))
    other = Step("other", Answer.FOUND_INCOMPLETE, (0, 100), found=((1, 2),), uncovered=((50, 60),))
    said = solve([late, THEFT, FORGED, other])
    assert (said[3].verdict, said[3].windows) == ("found_incomplete", ((1, 2),))


def test_a_step_that_does_not_exist_is_a_mistake_in_the_case() -> None:
    with pytest.raises(CaseError, match="'nowhere'"):
        solve([Step("a", Answer.FOUND, (0, 9), ((1, 2),), after=("nowhere",))])
