from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from knowing_cases import instants, limits, mostly, policies
from knowing_oracle import INSTANTS, lost_at, points
from knowing_oracle import fate as true_fate

from timeline.core.retention import Limit, Policy, Sighting, archived, expires, fate, horizon
from timeline.core.spans import ALWAYS, BEGIN, END, common, union

sightings = st.one_of(st.none(), st.builds(Sighting, instants, st.booleans(), st.one_of(st.none(), instants)))
ruled = policies(semantics=st.sampled_from(["rolling", "stamped"]))


def told(policy: Policy, at: int, sighting: Sighting | None = None) -> dict[int, list[str]]:
    found = fate(policy, at, sighting)
    named = {"kept": found.kept, "gone": found.gone, "doubtful": found.doubtful}
    return {e: [name for name, spans in named.items() if e in points(spans)] for e in INSTANTS}


@settings(max_examples=400)
@given(policies(), instants, sightings)
def test_the_fate_of_each_instant_is_that_of_the_definition(policy: Policy, at: int, sighting: Sighting | None) -> None:
    seen = (None, False, None) if sighting is None else (sighting.oldest, sighting.uncut, sighting.newest)
    assert told(policy, at, sighting) == {e: [true_fate(policy, e, at, seen)] for e in INSTANTS}


@given(policies(), instants, sightings)
def test_kept_gone_and_doubtful_share_out_all_time(policy: Policy, at: int, sighting: Sighting | None) -> None:
    found = fate(policy, at, sighting)
    assert union(found.kept, found.gone, found.doubtful) == ALWAYS
    assert not common(found.kept, found.gone) + common(found.kept, found.doubtful) + common(found.gone, found.doubtful)


@given(
    st.integers(0, 20),
    instants,
    st.tuples(st.integers(0, 3), st.integers(3, 6)),
    mostly(None, st.tuples(instants, instants)),
    sightings,
)
def test_rolling_with_a_constant_limit_equals_stamped(
    keep: int, at: int, lag: tuple[int, int], hold: tuple[int, int] | None, sighting: Sighting | None
) -> None:
    rolling = Policy(limits=(Limit(7, keep),), lag=lag, hold=hold)
    assert fate(rolling, at, sighting) == fate(replace(rolling, semantics="stamped"), at, sighting)


@given(ruled, instants, instants)
def test_what_is_certainly_gone_stays_gone(policy: Policy, at: int, later: int) -> None:
    gone = points(fate(policy, min(at, later)).gone)
    assert gone <= points(fate(policy, max(at, later)).gone)


@given(policies(semantics=st.just("rolling")), instants, st.integers(0, 40), instants)
def test_extending_a_limit_resurrects_nothing_that_was_certainly_gone(
    policy: Policy, change: int, keep: int, later: int
) -> None:
    before = replace(policy, limits=tuple(limit for limit in policy.limits if limit.start < change) or (Limit(0, 5),))
    extended = replace(before, limits=(*before.limits, Limit(change, keep)))
    gone = points(fate(before, change - 1).gone)
    assert gone <= points(fate(extended, max(change, later)).gone)


@given(ruled, instants, st.data())
def test_a_shorter_limit_keeps_no_instant_longer(policy: Policy, at: int, data: st.DataObject) -> None:
    def shorter(limit: Limit) -> Limit:
        return limit._replace(keep=data.draw(st.integers(0, 20 if limit.keep is None else limit.keep)))

    short = replace(policy, limits=tuple(map(shorter, policy.limits)))
    long, short = fate(policy, at), fate(short, at)
    assert points(short.kept) <= points(long.kept)
    assert points(long.gone) <= points(short.gone)


@given(policies(), instants, sightings)
def test_the_horizon_is_the_band_between_surely_kept_and_surely_gone(
    policy: Policy, at: int, sighting: Sighting | None
) -> None:
    band, found = horizon(policy, at, sighting), fate(policy, at, sighting)
    assert band.gone_before <= band.kept_from
    kept, gone = points(found.kept), points(found.gone)
    assert kept >= {e for e in INSTANTS if e >= band.kept_from}
    assert gone >= {e for e in INSTANTS if e < band.gone_before}
    assert band.kept_from == BEGIN or band.kept_from - 1 not in kept
    assert band.gone_before not in gone


@settings(max_examples=300)
@given(policies(), instants, instants, instants)
def test_the_deadline_is_the_moment_at_which_the_first_held_instant_is_lost(
    policy: Policy, start: int, end: int, as_of: int
) -> None:
    held = [e for e in range(start, end) if e in points(fate(policy, as_of).kept) and e in points(policy.enabled)]
    ends = [lost_at(policy, e, as_of) for e in held]
    assert expires(policy, (start, end), as_of) == min((end for end in ends if end is not None), default=None)


@given(limits, instants)
def test_a_hold_freezes_what_is_kept_from_its_date(given_limits: list[Limit], hold: int) -> None:
    policy = Policy(limits=tuple(given_limits), hold=(hold, END))
    if given_limits:
        assert fate(policy, hold + 30) == fate(policy, hold)
        assert expires(policy, (0, 40), hold) is None


def test_an_archive_tier_takes_what_is_older_than_its_border() -> None:
    assert archived(Policy(archive_after=10), 30) == ((BEGIN, 20),)
    assert archived(Policy(), 30) == ()


def test_before_the_first_dated_limit_the_first_one_holds() -> None:
    assert horizon(Policy(limits=(Limit(100, 7), Limit(200, 30))), 50) == (43, 43)


def test_the_order_in_which_limits_are_written_does_not_matter() -> None:
    limits = (Limit(100, 7), Limit(200, 30))
    assert fate(Policy(limits=limits), 210) == fate(Policy(limits=limits[::-1]), 210)


def test_an_unbounded_lag_leaves_all_that_is_due_in_doubt() -> None:
    policy = Policy(limits=(Limit(0, 10),), lag=(0, 2**62))
    assert horizon(policy, 30) == (20, BEGIN)
