"""When a pause is too long, how many false ones there may be, and what a volume is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.core.rhythm import Habit, Suspect, discovered, habit, interval, outages, silences


def learn(pauses: list[float]) -> Habit | None:
    told = sorted(pauses)
    return habit(told.__getitem__, len(told))


def test_of_seven_pauses_nothing_is_concluded() -> None:
    assert learn([1.0] * 7) is None


def test_a_steady_stream_is_silent_after_one_missed_step() -> None:
    told = learn([1 + number % 7 / 100 for number in range(100)])
    assert told is not None
    assert told.chance(2.0) < 1e-9


def test_chance_arrivals_pause_for_some_records_without_being_silent() -> None:
    told = learn(np.random.default_rng(1).exponential(1, 5000).tolist())
    assert told is not None
    assert told.chance(9.0) > 1e-5
    assert told.chance(25.0) < 1e-8


def test_a_few_silences_among_the_pauses_do_not_make_silence_a_habit() -> None:
    told = learn([*np.random.default_rng(2).exponential(1, 500).tolist(), 90.0, 120.0, 200.0])
    assert told is not None
    assert told.chance(90.0) < 1e-9


@given(st.lists(st.floats(0, 100), min_size=8, max_size=200), st.floats(0, 200), st.floats(0, 50))
def test_a_longer_pause_is_never_more_probable(pauses: list[float], one: float, more: float) -> None:
    told = learn(pauses)
    assert told is not None
    assert told.chance(one + more) <= told.chance(one) <= 1


@given(st.floats(1e-12, 0.01))
def test_the_reach_of_a_chance_has_this_chance(chance: float) -> None:
    told = Habit(3.0, 0.05, 1.2)
    assert told.chance(told.reach(chance)) == pytest.approx(chance)


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    chances = [0.001, 0.006, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275, 0.34]
    assert discovered(chances, 15, 0.05) == 0.006
    assert discovered([0.5], 10, 0.01) == 0.0


def test_silences_that_touch_are_one_and_the_record_between_them_is_counted() -> None:
    two = [Suspect(0, 10, 0, 20.0, 1e-9), Suspect(10, 30, 0, 40.0, 1e-12), Suspect(50, 60, 0, 9.0, 0.1)]
    assert silences(two, 1e-6) == (Suspect(0, 30, 1, 60.0, 1e-12),)


@pytest.mark.parametrize(("mean", "spread"), [(5.0, 1.0), (50.0, 1.0), (50.0, 12.0), (4000.0, 30.0)])
def test_the_interval_holds_95_of_100_volumes(mean: float, spread: float) -> None:
    dice = np.random.default_rng(3)
    shape = mean / (spread - 1) if spread > 1 else None
    drawn = dice.poisson(dice.gamma(shape, mean / shape, 20_000) if shape else mean, 20_000)
    low, high = interval(mean, spread, 0.0)
    assert 0.92 < np.mean((drawn >= low) & (drawn <= high)) < 0.98


@given(st.lists(st.floats(0, 50), min_size=168, max_size=168).filter(lambda week: sum(week) > 1), st.floats(0.1, 500))
def test_an_outage_that_is_noticed_lost_just_what_was_needed(week: list[float], needed: float) -> None:
    for start, hours in list(enumerate(outages(week, needed)))[::37]:
        whole, rest = divmod(hours, 1)
        lost = sum(week[(start + hour) % 168] for hour in range(int(whole) % 168)) + int(whole) // 168 * sum(week)
        assert lost + rest * week[(start + int(whole)) % 168] == pytest.approx(needed, rel=1e-6)


def test_a_stream_that_never_speaks_can_be_dead_for_ever() -> None:
    assert set(outages([0.0] * 168, 5.0)) == {float("inf")}
