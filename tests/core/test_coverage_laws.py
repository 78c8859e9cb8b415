from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from knowing_cases import RECORDS, collections, instants, policies, streams
from knowing_oracle import FIRST, INSTANTS, LAST, Record, held, lost_at, matches, mendable, policy_of, purged, state

from timeline.core import blocks
from timeline.core.coverage import Collection, Coverage, Defect, Piece, Purge, State, Stream, coverage, gaps
from timeline.core.retention import Limit, Policy
from timeline.core.scope import EVERYTHING, Scope, atoms, overlap, scope_of
from timeline.core.spans import BEGIN, END, Span

WINDOW = (FIRST, LAST)
WORTH = {State.COVERED: 3, State.LOSSY: 2, State.SILENT: 1}


def home(covered: Coverage, record: Record) -> tuple[Piece, ...]:
    return tuple(piece for scope, pieces in covered.items() if matches(record, scope) for piece in pieces)


def whole(stream: Stream, window: Span) -> tuple[Piece, ...]:
    """The pieces of a stream without scopes."""
    return home(coverage(stream, window), {})


def states(stream: Stream, record: Record, fields: tuple[str, ...] = ()) -> dict[int, State]:
    pieces = home(coverage(stream, WINDOW, fields), record)
    return {e: piece.state for piece in pieces for e in range(piece.start, piece.end)}


def no_worse(better: Stream, worse: Stream) -> bool:
    """Law 2: covered > lossy > silent > any other, for every record and instant."""
    better, worse = coverage(better, WINDOW), coverage(worse, WINDOW)
    for record in RECORDS:
        left, right = iter(home(better, record)), iter(home(worse, record))
        one, other = next(left), next(right)
        while one and other:
            if WORTH.get(one.state, 0) < WORTH.get(other.state, 0):
                return False
            one, other = (
                next(left, None) if one.end <= other.end else one,
                next(right, None) if other.end <= one.end else other,
            )
    return True


FIELDS = st.sampled_from([(), ("session_id",), ("session_id", "token_id")])


@settings(max_examples=200)
@given(streams(), st.sampled_from(RECORDS), FIELDS)
def test_each_instant_has_the_state_of_the_definition(stream: Stream, record: Record, fields: tuple[str, ...]) -> None:
    found = states(stream, record, fields)
    assert found == {e: state(stream, record, e, fields) for e in INSTANTS}
    by_block = [
        piece for scope, pieces in coverage(stream, WINDOW, fields).parts if matches(record, scope) for piece in pieces
    ]
    assert found == {e: piece.state for piece in by_block for e in range(piece.start, piece.end)}
    assert sum(piece.end - piece.start for piece in by_block) == len(INSTANTS)


@given(streams(), FIELDS)
def test_time_in_blocks_and_time_in_one_piece_say_the_same(stream: Stream, fields: tuple[str, ...]) -> None:
    apart = [states(stream, record, fields) for record in RECORDS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "DRAWING", -(10**6))
        assert [states(stream, record, fields) for record in RECORDS] == apart


@given(streams(), instants, instants)
def test_coverage_partitions_the_window_for_each_atom(
    stream: Stream, one: tuple[Piece, ...], other: tuple[Piece, ...]
) -> None:
    window = min(one, other), max(one, other)
    covered = coverage(stream, window)
    for record in RECORDS:
        pieces = home(covered, record)
        borders = [border for piece in pieces for border in (piece.start, piece.end)]
        assert borders == sorted(borders)
        assert borders[1:-1:2] == borders[2::2]
        assert (borders[0], borders[-1]) == window if pieces else window[0] == window[1]


@settings(max_examples=150)
@given(streams(), st.sampled_from(RECORDS))
def test_what_is_mendable_and_until_when_is_that_of_the_definition(stream: Stream, record: Record) -> None:
    for piece in home(coverage(stream, WINDOW), record):
        if piece.state == State.COVERED:
            assert not piece.mendable
            continue
        inner = range(piece.start, piece.end)
        assert {mendable(stream, record, e) for e in inner} == {piece.mendable}
        if piece.mendable:
            assert piece.deadline == last_chance(stream, record, inner)


def last_chance(stream: Stream, record: Record, inner: range) -> int | None:
    """The store that keeps the span longest, until it begins to lose it."""
    ends = []
    for store in {policy.store for policy in stream.policies if held(stream, record, inner[0], policy.store)}:
        lost = [lost_at(policy_of(stream, record, store), e, stream.as_of) for e in inner]
        lost += [
            purge.at
            for purge in stream.purges
            if purge.at > stream.as_of
            and any(purged(replace(stream, purges=(purge,)), record, e, store, purge.at) for e in inner)
        ]
        ends.append(min((end for end in lost if end is not None), default=None))
    return None if None in ends else max(ends)


@given(streams(most=2), policies(), collections(number=9))
def test_adding_a_collection_makes_no_instant_worse(stream: Stream, policy: Policy, more: Collection) -> None:
    stream = stream if stream.collections or stream.policies else replace(stream, policies=(policy,))
    assert no_worse(replace(stream, collections=(*stream.collections, more)), stream)


@given(streams(most=0), instants)
def test_stating_the_one_collection_of_the_records_makes_no_instant_worse(stream: Stream, later: int) -> None:
    stream = replace(stream, policies=(), defects=tuple(replace(d, collection=None) for d in stream.defects))
    if stream.first_seen is not None and stream.last_seen is not None:
        taken = Collection("c", collected_at=stream.last_seen + later, oldest_seen=stream.first_seen)
        assert no_worse(replace(stream, collections=(taken,)), stream)


@given(streams(), st.data())
def test_a_shorter_policy_makes_no_instant_better(stream: Stream, data: st.DataObject) -> None:
    def shorter(policy: Policy) -> Policy:
        limits = (
            Limit(limit.start, data.draw(st.integers(0, 20 if limit.keep is None else limit.keep)))
            for limit in policy.limits
        )
        return replace(policy, limits=tuple(limits))

    assert no_worse(stream, replace(stream, policies=tuple(map(shorter, stream.policies))))


@given(streams(), instants)
def test_splitting_the_window_of_a_collection_changes_no_state(stream: Stream, cut: int) -> None:
    if not stream.collections:
        return
    whole = stream.collections[0]
    whole = replace(whole, lost=())
    start, end = whole.window
    split = [replace(whole, window=(start, min(end, cut))), replace(whole, window=(max(start, cut), end), uncut=False)]
    one = replace(stream, collections=(whole, *stream.collections[1:]))
    two = replace(stream, collections=(*split, *stream.collections[1:]))
    for record in RECORDS:
        assert states(one, record) == states(two, record)


@given(streams())
def test_gaps_and_covered_pieces_make_up_the_window_for_each_atom(stream: Stream) -> None:
    covered = coverage(stream, WINDOW)
    listed = gaps(covered, WINDOW)
    for record in RECORDS:
        own = [e for gap in listed if matches(record, gap.scope) for e in range(gap.start, gap.end)]
        seen = [e for p in home(covered, record) if p.state == State.COVERED for e in range(p.start, p.end)]
        assert sorted(own + seen) == list(INSTANTS)


@given(streams())
def test_gaps_say_what_the_pieces_say_and_are_maximal(stream: Stream) -> None:
    covered = coverage(stream, WINDOW)
    listed = gaps(covered, WINDOW)
    for record in RECORDS:
        own = sorted((gap for gap in listed if matches(record, gap.scope)), key=lambda gap: gap.start)
        assert all(one.end < two.start or kind(one) != kind(two) for one, two in pairwise(own))
        said = {e: kind(gap) for gap in own for e in range(gap.start, gap.end)}
        pieces = [p for p in home(covered, record) if p.state != State.COVERED]
        assert said == {e: kind(piece) for piece in pieces for e in range(piece.start, piece.end)}
        for piece in pieces:
            gap = next(gap for gap in own if gap.start <= piece.start < gap.end)
            assert set(piece.evidence) <= set(gap.evidence)
            assert piece.deadline is None or gap.deadline <= piece.deadline


def kind(piece: Piece) -> tuple[object, ...]:
    return piece.state, piece.cause, piece.basis, piece.store, piece.mendable


@given(streams())
def test_gaps_of_the_whole_stream_have_no_scope_and_gaps_are_in_order(stream: Stream) -> None:
    listed = gaps(coverage(stream, WINDOW), WINDOW)
    assert [gap.start for gap in listed] == sorted(gap.start for gap in listed)
    cut = atoms([each.scope for each in (*stream.policies, *stream.collections, *stream.defects, *stream.purges)])
    parts = [told_of(stream, atom) for atom in cut]
    if all(part == parts[0] for part in parts):
        assert {gap.scope for gap in listed} <= {EVERYTHING}


def told_of(stream: Stream, atom: Scope) -> list[tuple[object, ...]]:
    """What is said of an atom at each instant, but for the evidence."""
    found = [piece for scope, pieces in coverage(stream, WINDOW).items() if overlap(atom, scope) for piece in pieces]
    return [(e, *kind(piece), piece.deadline) for piece in found for e in range(piece.start, piece.end)]


@given(policies(), st.integers(0, 34))
def test_a_store_that_nobody_collected_covers_nothing(policy: Policy, as_of: int) -> None:
    stream = Stream("s", (policy,), (), (), 0, 30, as_of)
    for record in RECORDS:
        assert State.COVERED not in states(stream, record).values()


NOTHING = Stream("s", (), (), (), None, None, 30)
MONTH = Policy(limits=(Limit(0, 10),), basis="catalogue", evidence=("rule",))


def told(stream: Stream, window: Span = (0, 30)) -> list[tuple[int, int, str]]:
    """The states of a stream without scopes, neighbours of the same state as one."""
    found = []
    for piece in whole(stream, window):
        start = found.pop()[0] if found and found[-1][2] == piece.state else piece.start
        found.append((start, piece.end, piece.state.value))
    return found


def test_with_nothing_stated_only_what_lies_between_the_records_is_covered_by_inference() -> None:
    stream = replace(NOTHING, first_seen=10, last_seen=20)
    assert told(stream) == [(0, 10, "unknown"), (10, 20, "covered"), (20, 30, "unknown")]
    assert whole(stream, (0, 30))[1].basis == "inferred"
    assert told(NOTHING) == [(0, 30, "unknown")]


def test_a_collection_without_policy_covers_from_its_oldest_record_on() -> None:
    taken = Collection("c", collected_at=25, oldest_seen=12)
    stream = replace(NOTHING, collections=(taken,))
    assert told(stream) == [(0, 12, "unknown"), (12, 25, "covered"), (25, 30, "not_collected")]
    assert whole(stream, (0, 30))[1].basis == "inferred"


def test_where_one_copy_has_lost_it_and_nothing_is_known_of_another_it_is_unknown() -> None:
    siem = Collection("s", store="siem", collected_at=30, window=(20, 30))
    stream = replace(NOTHING, policies=(MONTH,), collections=(Collection("c", collected_at=30), siem))
    assert told(stream) == [(0, 20, "unknown"), (20, 30, "covered")]


def test_a_copy_covers_what_the_native_store_has_lost() -> None:
    siem = Policy("siem", limits=(Limit(0, 25),), basis="catalogue")
    taken = (Collection("c", collected_at=30), Collection("s", store="siem", collected_at=30))
    stream = replace(NOTHING, policies=(MONTH, siem), collections=taken)
    assert told(stream) == [(0, 5, "expired"), (5, 30, "covered")]
    assert {p.store for p in whole(stream, (5, 30))} == {"native", "siem"}


def test_a_copy_that_nobody_collected_is_the_chance_to_mend() -> None:
    siem = Policy("siem", limits=(Limit(0, 25),))
    stream = replace(NOTHING, policies=(MONTH, siem), collections=(Collection("c", collected_at=30),))
    pieces = whole(stream, (0, 30))
    assert [(p.start, p.end, p.state.value, p.mendable, p.deadline) for p in pieces] == [
        (0, 5, "expired", False, None),
        (5, 20, "not_collected", True, 30),
        (20, 30, "covered", False, None),
    ]
    assert pieces[1].store == "siem"


def test_an_older_collection_does_not_speak_of_what_a_newer_one_found_expired() -> None:
    taken = (Collection("old", collected_at=5), Collection("new", collected_at=40))
    stream = replace(NOTHING, policies=(MONTH,), collections=taken, as_of=40)
    assert told(stream, (0, 50)) == [
        (0, 5, "covered"),
        (5, 30, "expired"),
        (30, 40, "covered"),
        (40, 50, "not_collected"),
    ]


def test_a_record_limit_cuts_off_what_can_still_be_collected_until_it_expires() -> None:
    taken = Collection("c", collected_at=30, lost=((20, 26),))
    stream = replace(NOTHING, policies=(MONTH,), collections=(taken,), as_of=32)
    (gap,) = [g for g in gaps(coverage(stream, (20, 30)), (20, 30)) if g.mendable]
    assert (gap.start, gap.end, gap.state, gap.deadline, gap.evidence) == (22, 26, "not_collected", 32, ("c",))
    assert gap.cause == "cut off by a record limit"


def test_a_licence_of_some_users_leaves_the_rest_of_the_stream_alone() -> None:
    longer = replace(MONTH, limits=(Limit(0, 20),), scope=scope_of({"actor": "*@contoso.com"}))
    stream = replace(NOTHING, policies=(MONTH, longer), collections=(Collection("c", collected_at=30),))
    listed = gaps(coverage(stream, (0, 30)), (0, 30))
    assert [(g.start, g.end, g.scope.text()) for g in listed] == [
        (0, 10, "actor=*@contoso.com"),
        (0, 20, "not actor=*@contoso.com"),
    ]


def test_the_later_of_two_equal_policies_wins() -> None:
    stream = replace(
        NOTHING,
        policies=(MONTH, replace(MONTH, limits=(Limit(0, 20),))),
        collections=(Collection("c", collected_at=30),),
    )
    assert told(stream) == [(0, 10, "expired"), (10, 30, "covered")]


def test_a_disabled_actor_stays_disabled_in_every_copy() -> None:
    flaw = Defect(State.DISABLED, (22, 25), scope_of({"actor": "eve"}), "bypassed", "config_event", ("e1",))
    siem = Policy("siem", semantics="none")
    taken = (Collection("c", collected_at=30), Collection("s", store="siem", collected_at=30))
    stream = replace(NOTHING, policies=(MONTH, siem), collections=taken, defects=(flaw,))
    (gap,) = gaps(coverage(stream, (20, 30)), (20, 30))
    assert (gap.start, gap.end, gap.state, gap.scope.text(), gap.mendable) == (22, 25, "disabled", "actor=eve", False)
    assert (gap.cause, gap.basis, gap.evidence) == ("bypassed", "config_event", ("e1",))


def test_a_truncated_file_can_be_collected_again_but_a_throttled_store_cannot() -> None:
    torn = Defect(State.LOSSY, (22, 25), cause="truncated", basis="ledger", collection="c")
    stream = replace(NOTHING, policies=(MONTH,), collections=(Collection("c", collected_at=30),), defects=(torn,))
    (gap,) = gaps(coverage(stream, (20, 30)), (20, 30))
    assert (gap.mendable, gap.deadline) == (True, 32)
    stream = replace(stream, defects=(replace(torn, collection=None),))
    (gap,) = gaps(coverage(stream, (20, 30)), (20, 30))
    assert (gap.mendable, gap.deadline) == (False, None)


def test_a_silence_that_the_log_attests_is_covered() -> None:
    quiet = Defect(State.SILENT, (22, 28), cause="too quiet", basis="statistics")
    stream = replace(NOTHING, policies=(MONTH,), collections=(Collection("c", collected_at=30),), defects=(quiet,))
    assert told(stream, (20, 30)) == [(20, 22, "covered"), (22, 28, "silent"), (28, 30, "covered")]
    stream = replace(stream, attested=((22, 26),))
    assert [(p.start, p.end, p.state, p.basis) for p in whole(stream, (20, 30))] == [
        (20, 22, "covered", "catalogue"),
        (22, 26, "covered", "attestation"),
        (26, 28, "silent", "statistics"),
        (28, 30, "covered", "catalogue"),
    ]


def test_the_most_trusted_copy_gives_the_basis() -> None:
    taken = (Collection("a", collected_at=30, basis="inferred"), Collection("b", collected_at=30))
    policy = replace(MONTH, basis="declared")
    stream = replace(NOTHING, policies=(policy,), collections=taken[:1])
    assert whole(stream, (25, 30))[0].basis == "inferred"
    stream = replace(NOTHING, policies=(policy,), collections=taken)
    assert whole(stream, (25, 30))[0].basis == "declared"


def test_an_archive_can_be_restored_until_it_expires() -> None:
    policy = replace(MONTH, limits=(Limit(0, 25),), archive_after=10)
    stream = replace(NOTHING, policies=(policy,), collections=(Collection("c", collected_at=30),))
    listed = gaps(coverage(stream, (0, 30)), (0, 30))
    assert [(g.start, g.end, g.state.value, g.mendable, g.deadline) for g in listed] == [
        (0, 5, "expired", False, None),
        (5, 20, "archived", True, 30),
    ]


def test_an_open_window_is_partitioned_too() -> None:
    stream = replace(NOTHING, policies=(MONTH,), collections=(Collection("c", collected_at=30),))
    assert told(stream, (BEGIN, END)) == [(BEGIN, 20, "expired"), (20, 30, "covered"), (30, END, "not_collected")]


def test_an_empty_window_has_no_pieces() -> None:
    assert whole(NOTHING, (5, 5)) == ()


def test_a_collection_whose_time_nobody_knows_covers_only_what_was_seen() -> None:
    taken = Collection("c", collected_at=None, oldest_seen=22)
    stream = replace(NOTHING, policies=(MONTH,), collections=(taken,), last_seen=28)
    assert told(stream) == [(0, 18, "expired"), (18, 22, "unknown"), (22, 28, "covered"), (28, 30, "not_collected")]


def test_a_record_that_a_longer_rule_kept_does_not_decide_the_doubts_of_a_shorter_one() -> None:
    doubtful = replace(MONTH, lag=(0, 5))
    longer = replace(MONTH, limits=(Limit(0, 25),), scope=scope_of({"actor": "ann"}))
    taken = Collection("c", collected_at=30, oldest_seen=16, uncut=True)
    stream = replace(NOTHING, policies=(doubtful,), collections=(taken,))
    assert told(stream) == [(0, 16, "expired"), (16, 30, "covered")]
    listed = gaps(coverage(replace(stream, policies=(doubtful, longer)), (0, 30)), (0, 30))
    assert [(g.start, g.end, g.state.value) for g in listed if g.scope.text() == "not actor=ann"] == [
        (0, 15, "expired"),
        (15, 20, "unknown"),
    ]


def test_neighbours_that_differ_only_in_their_deadline_are_one_gap_with_the_earliest_deadline() -> None:
    siem = Policy("siem", semantics="stamped", limits=(Limit(0, 30), Limit(20, 12)))
    stream = replace(NOTHING, policies=(MONTH, siem))
    assert [(p.start, p.deadline) for p in whole(stream, (12, 30))] == [(12, 42), (20, 32)]
    listed = gaps(coverage(stream, (12, 30)), (12, 30))
    assert [(g.start, g.end, g.store, g.deadline) for g in listed] == [(12, 30, "siem", 32)]


def test_what_was_purged_from_a_copy_of_which_nothing_else_is_known_is_gone() -> None:
    ruled = Policy(scope=scope_of({"actor": "ann@c"}))
    stream = Stream("s", (ruled,), (), (), None, None, as_of=20, purges=(Purge(at=10, span=(5, 30)),))
    found = states(stream, {"actor": "bob@c"})
    assert {found[e] for e in range(5, 10)} == {State.EXPIRED}
    assert {found[4], found[10]} == {State.UNKNOWN}
