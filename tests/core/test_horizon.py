"""Planted horizons are found, and streams without one are not said to have one."""

from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.core.horizon import DAY, Candidate, Fit, Oldest, Rhythm, distance, fit, near
from timeline.core.spans import BEGIN

TAKEN = 20_000 * DAY
HOUR = DAY // 24
Times = npt.NDArray[np.int64]


def limits(*days: int) -> list[Candidate]:
    return [Candidate(f"{each} d", TAKEN - each * DAY, TAKEN - each * DAY) for each in days]


def stream(seed: int, rate: float, age: float) -> Times:
    """Records at so many a day, from `age` days before the collection on."""
    waits = np.random.default_rng(seed).exponential(DAY / rate, round(rate * age * 1.5) + 50)
    times = (TAKEN - age * DAY + np.cumsum(waits)).astype(np.int64)
    return times[times < TAKEN]


def since(times: Times, days: int, taken: int = TAKEN) -> Times:
    """What a store of so many days still holds."""
    return times[times >= taken - days * DAY]


def working_hours(times: Times) -> Times:
    """Only what falls between 8 and 18 o'clock on five days of the week."""
    hours, days = times // HOUR % 24, times // DAY % 7
    return times[(hours >= 8) & (hours < 18) & (days < 5)]


def rhythm(times: Times) -> Rhythm:
    silences, length = np.sort(np.diff(times))[::-1], int(times[-1] - times[0])
    wait = float((silences.astype(float) ** 2).sum() / (2 * length)) if length else 0.0
    return Rhythm(len(times), length, wait, tuple(silences[:500].tolist()))


def judged(times: Times, candidates: list[Candidate], taken: int = TAKEN) -> Fit | None:
    return fit(Oldest(int(times[0]), taken), rhythm(times), candidates) if len(times) else None


@pytest.mark.parametrize("days", [7, 30, 90, 180, 365])
def test_a_planted_horizon_of_a_busy_stream_is_found(days: int) -> None:
    found = 0
    for seed in range(50):
        times = since(stream(seed, 200, days + 40), days)
        given = judged(times, limits(7, 30, 90, 180, 365))
        found += given is not None and given.candidate.name == f"{days} d"
    assert found >= 49


def test_a_night_or_weekend_at_the_horizon_does_not_hide_it() -> None:
    found = 0
    for seed in range(60):
        taken_late = TAKEN + seed * 7 * HOUR
        times = since(working_hours(stream(seed, 500, 200)), 90, taken_late)
        candidates = [Candidate("90", taken_late - 90 * DAY, taken_late - 90 * DAY)]
        found += judged(times, candidates, taken_late) is not None
    assert found >= 40  # on the others the horizon lies deep in a weekend, and the wait is too long to be sure


@pytest.mark.parametrize("rate", [0.2, 1, 5, 20, 200, 600])
def test_a_log_that_merely_began_one_day_fits_a_limit_no_more_often_than_chance(rate: float) -> None:
    random = Random(f"began {rate}")
    wrong = 0
    for seed in range(300):
        age = 10 ** random.uniform(0.7, 2.6)
        wrong += judged(stream(seed, rate, age), limits(7, 30, 90, 180, 365)) is not None
    assert wrong <= 6  # one in a hundred is allowed, and twice that with luck


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
def test_a_quiet_stream_shows_no_limit_even_where_there_is_one(rate: float) -> None:
    for seed in range(200):
        assert judged(since(stream(seed, rate, 60), 30), limits(30)) is None


def test_records_far_older_than_the_limit_do_not_fit_it() -> None:
    times = stream(1, 300, 33)
    assert judged(times, limits(30)) is None
    assert judged(times, limits(33)) is not None


def test_limits_of_one_length_are_one_limit_with_all_their_names() -> None:
    times = stream(2, 300, 30)
    same = [Candidate("p1", TAKEN - 30 * DAY, TAKEN - 30 * DAY), Candidate("p2", TAKEN - 30 * DAY, TAKEN - 30 * DAY)]
    given = judged(times, same)
    assert given is not None
    assert given.candidate.name == "p1, p2"
    assert given.chance == judged(times, same[:1]).chance  # type: ignore[union-attr]


def test_what_is_kept_for_ever_is_no_limit_to_sit_at() -> None:
    times = stream(3, 300, 30)
    assert judged(times, [Candidate("none", BEGIN, BEGIN)]) is None


def test_a_deletion_without_a_bound_leaves_two_days_of_doubt() -> None:
    lifecycle = [Candidate("lifecycle", BEGIN, TAKEN - 365 * DAY)]
    assert judged(stream(4, 300, 366), lifecycle) is not None
    assert judged(stream(4, 300, 400), lifecycle) is None


@settings(deadline=None, max_examples=200)
@given(
    age=st.integers(1, 4000 * DAY),
    kept=st.integers(1, 4000 * DAY),
    width=st.integers(0, 40 * DAY),
)
def test_the_distance_is_nothing_inside_the_band_and_grows_outside(age: int, kept: int, width: int) -> None:
    oldest, band = Oldest(TAKEN - age, TAKEN), Candidate("x", TAKEN - kept - width, TAKEN - kept)
    found = distance(oldest, band)
    assert (found == 0) == (band.gone <= oldest.at <= band.kept)
    assert found == max(oldest.at - band.kept, 0) - max(band.gone - oldest.at, 0)


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 10_000), rate=st.floats(0.5, 300), age=st.floats(2, 60), days=st.integers(1, 90))
def test_a_fit_is_always_near_and_never_less_likely_than_it_claims(
    seed: int, rate: float, age: float, days: int
) -> None:
    times = stream(seed, rate, age)
    candidates = limits(days)
    given = judged(times, candidates)
    if given is not None:
        assert near(Oldest(int(times[0]), TAKEN), candidates)
        assert 0 <= given.chance <= 0.01 <= given.late <= 1


@settings(deadline=None, max_examples=100)
@given(
    silences=st.lists(st.integers(1, 30 * DAY), min_size=2, max_size=50),
    first=st.integers(1, 60 * DAY),
    second=st.integers(1, 60 * DAY),
)
def test_a_longer_wait_is_never_likelier(silences: list[int], first: int, second: int) -> None:
    total = sum(silences)
    told = Rhythm(
        len(silences) + 1, total, sum(each * each for each in silences) / (2 * total), tuple(sorted(silences))
    )
    assert told.later(max(first, second)) <= told.later(min(first, second)) <= told.later(0) == 1
