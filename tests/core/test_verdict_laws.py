from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from timeline.core.coverage import Collection, Defect, Gap, State, Stream, coverage
from timeline.core.retention import Limit, Policy
from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.core.spans import Spans, tidy
from timeline.core.verdict import Answer, Censor, Need, Strength, Witness, censor, judge, nobody, witness

instants = st.integers(0, 12)
spans = st.lists(st.tuples(instants, instants), max_size=3).map(tidy)
CLASSES = ["attested", "complete", "best_effort"]
VALUE = {"attested": 2, "complete": 1, "best_effort": 0}


def points(spans: Spans) -> set[int]:
    return {instant for start, end in spans for instant in range(start, end)}


@st.composite
def witnesses(draw: st.DrawFn) -> Witness:
    gaps = tuple(Gap(start, end, State.EXPIRED) for start, end in draw(spans))
    return Witness(draw(st.sampled_from("abc")), draw(st.sampled_from(CLASSES)), gaps, draw(spans))


def groups(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


needs = groups(st.builds(Need, spans, groups(groups(witnesses()))))


def value(one: Witness, instant: int) -> int:
    """What an absence is worth at one instant to one witness: -1 if not covered."""
    if instant in points((gap.start, gap.end) for gap in one.gaps):
        return -1
    return 0 if instant in points(one.inferred) else VALUE[one.completeness]


def best(need: Need, instant: int) -> int:
    return max((min(value(one, instant) for one in group) for group in need.alternatives if group), default=-1)


@given(st.integers(0, 2), needs, st.integers(0, 1))
def test_the_verdict_is_that_of_the_definition(rows: int, needs: tuple[Need, ...], candidates: int) -> None:
    asked = [best(need, instant) for need in needs for instant in points(need.asked)]
    met = bool(asked) and min(asked) >= 0 and not candidates
    said = judge(rows, needs, candidates)
    words = {
        (True, True): "found",
        (True, False): "found_incomplete",
        (False, True): "absent",
        (False, False): "unknown",
    }
    assert said.verdict == words[bool(rows), met]
    strength = ["weak", "strong", "proven"][min(asked)] if met and not rows else None
    assert said.strength == strength


@given(st.integers(0, 2), needs)
def test_what_is_uncovered_is_named_and_nothing_else(rows: int, needs: tuple[Need, ...]) -> None:
    unmet = {instant for need in needs for instant in points(need.asked) if best(need, instant) < 0}
    said = judge(rows, needs)
    assert points(said.spans) == unmet
    assert {instant for loss in said.uncovered for instant in range(loss.gap.start, loss.gap.end)} == unmet


@given(needs, st.data())
def test_taking_away_coverage_turns_nothing_into_absent_or_found(needs: tuple[Need, ...], data: st.DataObject) -> None:
    hole = Gap(data.draw(instants), 13, State.LOSSY)
    worse = tuple(
        Need(
            need.asked,
            tuple(
                tuple(
                    Witness(
                        w.stream, w.completeness, (*w.gaps, hole) if data.draw(st.booleans()) else w.gaps, w.inferred
                    )
                    for w in group
                )
                for group in need.alternatives
            ),
        )
        for need in needs
    )
    before, after = judge(0, needs), judge(0, worse)
    assert after.verdict in {Answer.ABSENT, Answer.UNKNOWN}
    assert not (before.verdict == Answer.UNKNOWN and after.verdict == Answer.ABSENT)
    if before.strength and after.strength:
        assert list(Strength).index(after.strength) <= list(Strength).index(before.strength)


COMPLETE = Witness("a")
BLIND = Witness("b", gaps=(Gap(3, 5, State.EXPIRED),))


def test_taking_away_the_last_alternative_turns_absent_into_unknown() -> None:
    assert judge(0, [Need(((0, 9),), ((COMPLETE,), (BLIND,)))]).verdict == Answer.ABSENT
    said = judge(0, [Need(((0, 9),), ((BLIND,),))])
    assert (said.verdict, said.spans, said.uncovered[0].stream) == (Answer.UNKNOWN, ((3, 5),), "b")


def test_alternatives_may_cover_for_each_other() -> None:
    other = Witness("c", gaps=(Gap(5, 9, State.EXPIRED),))
    assert judge(0, [Need(((0, 9),), ((BLIND,), (other,)))]).verdict == Answer.ABSENT
    assert judge(0, [Need(((0, 9),), ((BLIND, other),))]).verdict == Answer.UNKNOWN


def test_the_better_alternative_gives_the_strength_where_both_cover() -> None:
    weak = Witness("w", "best_effort")
    assert judge(0, [Need(((0, 9),), ((weak,), (COMPLETE,)))]).strength == Strength.STRONG
    assert judge(0, [Need(((0, 9),), ((weak,), (BLIND,)))]).strength == Strength.WEAK
    assert judge(0, [Need(((0, 9),), ((weak, COMPLETE),))]).strength == Strength.WEAK


def test_a_need_that_nobody_can_witness_is_wholly_uncovered() -> None:
    said = judge(0, [Need(((0, 9),), ((COMPLETE, nobody("mail.read")),))])
    assert (said.verdict, said.spans) == (Answer.UNKNOWN, ((0, 9),))
    assert [(loss.stream, loss.gap.state) for loss in said.uncovered] == [("mail.read", "unknown")]
    for alternatives in ((), ((),)):
        said = judge(0, [Need(((0, 9),), alternatives)])
        assert (said.verdict, said.spans, len(said.uncovered)) == (Answer.UNKNOWN, ((0, 9),), 1)


def test_a_question_that_asks_nothing_is_never_absent() -> None:
    assert judge(0, []).verdict == Answer.UNKNOWN
    assert judge(0, [Need((), ((COMPLETE,),))]).verdict == Answer.UNKNOWN


def test_a_candidate_is_no_finding_but_forbids_an_absence() -> None:
    need = Need(((0, 9),), ((COMPLETE,),))
    assert judge(0, [need], candidates=1).verdict == Answer.UNKNOWN
    assert judge(1, [need], candidates=1).verdict == Answer.FOUND_INCOMPLETE
    assert judge(1, [need]).verdict == Answer.FOUND


def test_a_class_that_nobody_knows_is_worth_least() -> None:
    assert judge(0, [Need(((0, 9),), ((Witness("a", "whatever"),),))]).strength == Strength.WEAK


@given(
    st.integers(0, 30),
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=3).map(tidy),
)
def test_first_and_last_are_censored_where_something_before_or_after_was_not_covered(
    first: int, more: Collection, uncovered: Spans
) -> None:
    last, window = first + more, (2, 35)
    said = censor(first, last, window, uncovered)
    before = any(instant in points(uncovered) for instant in range(2, first))
    after = any(instant in points(uncovered) for instant in range(last + 1, 35))
    assert said == (Censor.NO_LATER_THAN if before else Censor.EXACT, Censor.NO_EARLIER_THAN if after else Censor.EXACT)


def stream(*defects: Defect, basis: str = "declared") -> Stream:
    return Stream(
        "s",
        (Policy(limits=(Limit(0, 10),), basis=basis),),
        (Collection("c", collected_at=30),),
        defects,
        None,
        None,
        30,
    )


def test_only_gaps_whose_scope_overlaps_the_subject_count() -> None:
    flaw = Defect(State.LOSSY, (22, 25), scope_of({"mailbox": "m1"}), "throttled")
    covered = coverage(stream(flaw), (20, 30))

    def need(subject: Scope) -> Need:
        return Need(((20, 30),), ((witness("s", "complete", covered, subject),),))

    assert judge(0, [need(scope_of({"mailbox": "m2"}))]).verdict == Answer.ABSENT
    said = judge(0, [need(scope_of({"actor": "eve"}))])
    assert (said.verdict, said.spans, said.uncovered[0].gap.scope.text()) == (Answer.UNKNOWN, ((22, 25),), "mailbox=m1")
    assert judge(0, [need(scope_of({"mailbox": "m1"}))]).verdict == Answer.UNKNOWN
    assert judge(0, [need(EVERYTHING)]).verdict == Answer.UNKNOWN


def test_coverage_that_is_only_inferred_makes_an_absence_weak() -> None:
    for basis, strength in (("inferred", "weak"), ("catalogue", "strong"), ("declared", "strong")):
        one = witness("s", "complete", coverage(stream(basis=basis), (20, 30)), EVERYTHING)
        assert judge(0, [Need(((20, 30),), ((one,),))]).strength == strength


def test_an_instant_at_which_something_was_found_is_not_after_the_last_finding() -> None:
    assert censor(5, 8, (0, 9), ((5, 9),)) == (Censor.EXACT, Censor.EXACT)
    assert censor(5, 8, (0, 10), ((5, 10),)) == (Censor.EXACT, Censor.NO_EARLIER_THAN)
