"""Configuration events as state machines, instant by instant."""

from hypothesis import given
from hypothesis import strategies as st

from timeline.core.scope import EVERYTHING, scope_of
from timeline.core.spans import END
from timeline.core.stream import State
from timeline.core.switches import USUAL, Change, Switched, dated, doubts, purges, switched, touches, whole_past

READS, WRITES = scope_of({"category": ["read"]}), scope_of({"category": ["write"]})


def change(at: int, *off: object, key: str = "trail", **more: object) -> Change:
    return Change("aws.cloudtrail/*", key, at, f"event-{at}", "Change", off=off, **more)  # type: ignore[arg-type]


def spans(found: list[Switched]) -> list[tuple[int, int, str, State]]:
    return sorted(
        (each.defect.span[0], each.defect.span[1], each.defect.scope.text(), each.defect.state) for each in found
    )


def test_from_stop_to_start_nothing_is_recorded() -> None:
    assert spans(switched([change(10, EVERYTHING), change(20)])) == [(10, 20, "", State.DISABLED)]


def test_what_was_never_started_again_is_off_for_ever() -> None:
    assert spans(switched([change(10, EVERYTHING)])) == [(10, END, "", State.DISABLED)]


def test_starting_what_runs_says_nothing_of_the_time_before() -> None:
    assert spans(switched([change(10)])) == []


def test_a_second_stop_moves_no_border() -> None:
    assert spans(switched([change(10, EVERYTHING), change(15, EVERYTHING), change(20)])) == [
        (10, 20, "", State.DISABLED)
    ]


def test_a_stop_in_the_same_instant_as_a_start_counts_also_if_it_was_off_before() -> None:
    found = switched([change(0, EVERYTHING), change(10, EVERYTHING), change(10)])
    assert spans(found) == [(0, 11, "", State.DISABLED)]


def test_a_new_set_of_selectors_replaces_the_old_one() -> None:
    found = switched([change(10, READS), change(20, WRITES), change(30)])
    assert spans(found) == [(10, 20, "category=read", State.DISABLED), (20, 30, "category=write", State.DISABLED)]


def test_things_do_not_switch_one_another() -> None:
    assert spans(switched([change(10, EVERYTHING, key="a"), change(20, key="b")])) == [(10, END, "", State.DISABLED)]


def test_switching_on_takes_its_delay_and_switching_off_none() -> None:
    assert spans(switched([change(10, EVERYTHING, delay=7), change(20, delay=5)])) == [(10, 25, "", State.DISABLED)]


def test_a_change_that_does_not_say_what_it_did_is_unknown_until_one_that_does() -> None:
    found = switched([change(10, EVERYTHING, doubt=True), change(20, EVERYTHING), change(30)])
    assert spans(found) == [(10, 20, "", State.UNKNOWN), (20, 30, "", State.DISABLED)]


def test_an_event_that_is_about_something_else_ends_nothing() -> None:
    limit = Change("aws.cloudtrail/*", "trail", 15, "e", "Limit", keep=30)
    assert spans(switched([change(10, EVERYTHING), limit])) == [(10, END, "", State.DISABLED)]


def test_evidence_names_both_ends() -> None:
    (found,) = switched([change(10, EVERYTHING), change(20)])
    assert (found.defect.evidence, found.defect.basis) == (("event-10", "event-20"), "config_event")


def test_limits_follow_each_other() -> None:
    told = [Change("s", "k", at, f"e{at}", "Limit", keep=keep) for at, keep in ((10, 30), (40, 90))]
    assert [(each.start, each.end, each.keep) for each in dated(told)] == [(10, 40, 30), (40, END, 90)]


def test_a_purge_takes_what_was_before_it() -> None:
    ((_, found),) = purges([Change("s", "k", 50, "e", "Clear", purged=whole_past(50))])
    assert (found.at, found.taken[-1][1]) == (50, 50)


def test_a_change_of_one_copy_leaves_the_others_alone() -> None:
    """T15: trail A stops; trail B and the event history go on."""
    stop = change(10, EVERYTHING, copy="trail A", spared=("event-history",))
    stores = ("trail A", "trail B", "event-history", "native")
    assert [touches(stop, store, stores) for store in stores] == [True, False, False, False]


def test_a_change_of_a_copy_that_nobody_named_may_concern_any_of_unknown_name() -> None:
    stop = change(10, EVERYTHING, copy="trail A", spared=("event-history",))
    stores = ("native", "trail B", "event-history")
    assert [touches(stop, store, stores) for store in stores] == [True, False, False]


CHANGES = st.lists(
    st.tuples(st.integers(0, 20), st.sets(st.sampled_from([EVERYTHING, READS, WRITES])), st.sampled_from("ab")),
    max_size=8,
)


@given(CHANGES)
def test_at_each_instant_just_the_last_state_of_each_thing_is_off(told: list[tuple[int, set, str]]) -> None:
    made = [Change("s", key, at, f"{number:02}", "x", off=tuple(off)) for number, (at, off, key) in enumerate(told)]
    found = switched(made)
    for instant in range(22):
        off = {each.defect.scope for each in found if each.defect.span[0] <= instant < each.defect.span[1]}
        expected = set()
        for key in "ab":
            before = [each for each in made if each.key == key and each.at <= instant]
            last = max(before, key=lambda each: (each.at, each.event), default=None)
            expected |= set(last.off or ()) if last else set()
        assert expected <= off
        assert off <= expected | {scope for each in made if each.at == instant for scope in each.off or ()}


def test_a_start_that_may_have_failed_leaves_in_doubt_what_was_off() -> None:
    found = switched([change(10, EVERYTHING), change(20, doubt=True), change(30)])
    assert spans(found) == [(10, 20, "", State.DISABLED), (20, 30, "", State.UNKNOWN)]


def test_a_start_that_may_have_failed_says_nothing_of_what_was_on() -> None:
    assert switched([change(20, doubt=True)]) == []


def test_of_one_configuration_the_strictest_rule_holds() -> None:
    told = [Change("s", "k", 10, "e", "Rules", keep=keep) for keep in (END, 90, 30)]
    assert [(each.start, each.keep) for each in dated(told)] == [(10, 30)]


def test_a_limit_that_is_removed_ends_for_the_records_that_it_was_about() -> None:
    told = [Change("s", "k", 10, "a", "New", keep=30, scope=READS), Change("s", "k", 20, "b", "Remove", keep=USUAL)]
    assert [(each.start, each.keep, each.scope) for each in dated(told)] == [(10, 30, READS), (20, USUAL, READS)]


def test_a_deletion_in_doubt_is_no_purge_but_a_doubt() -> None:
    told = [Change("s", "k", 50, "e", "Purge", purged=whole_past(50), doubt=True)]
    assert purges(told) == []
    assert [(each.defect.state, each.defect.span[1]) for each in doubts(told)] == [(State.UNKNOWN, 50)]


def test_a_change_of_a_named_copy_concerns_no_other_whoever_is_unknown() -> None:
    gone = change(10, EVERYTHING, copy="workspace|sentinel", named=True)
    assert [touches(gone, store, ("native",)) for store in ("native", "workspace", "sentinel")] == [False, True, True]


@given(CHANGES, st.integers(0, 20), st.sampled_from("ab"))
def test_one_more_stop_makes_no_instant_better(told: list[tuple[int, set, str]], at: int, key: str) -> None:
    made = [Change("s", key, at, f"{number:02}", "x", off=tuple(off)) for number, (at, off, key) in enumerate(told)]
    more = [*made, Change("s", key, at, "99", "Stop", off=(EVERYTHING,))]
    for scope in (READS, WRITES):
        assert {t for t in range(22) if lost(made, scope, t)} <= {t for t in range(22) if lost(more, scope, t)}


def lost(made: list[Change], scope: object, instant: int) -> bool:
    found = (each.defect for each in switched(made))
    return any(each.scope in {scope, EVERYTHING} and each.span[0] <= instant < each.span[1] for each in found)


@given(CHANGES, st.permutations(range(8)))
def test_the_order_in_which_events_are_read_is_none_of_their_business(
    told: list[tuple[int, set, str]], order: list[int]
) -> None:
    made = [Change("s", key, at, f"{number:02}", "x", off=tuple(off)) for number, (at, off, key) in enumerate(told)]
    shuffled = [made[number] for number in order if number < len(made)]
    assert spans(switched(made)) == spans(switched(shuffled))
