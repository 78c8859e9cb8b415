"""How far one clock is ahead of another."""

import numpy as np

from timeline.core.clock import DAY, offset

SECOND = 1_000_000


def pairs(count: int, ahead: float, drift: float = 0.0, noise: float = 0.05) -> list[tuple[int, int]]:
    dice = np.random.default_rng(count)
    times = np.sort(dice.integers(0, 30 * DAY, count))
    here = times + ahead * SECOND + drift * SECOND * times / DAY + dice.normal(0, noise * SECOND, count)
    return [(int(one), int(other)) for one, other in zip(here, times, strict=True)]


def test_five_pairs_say_nothing() -> None:
    assert offset(pairs(5, 3.0)) is None


def test_an_offset_is_told_with_an_interval_around_it() -> None:
    told = offset(pairs(400, -3.2))
    assert told is not None
    assert told.low < -3.2 * SECOND < told.high
    assert told.high - told.low < 0.05 * SECOND
    assert told.drift is None
    assert told.real(SECOND)


def test_wrong_pairs_do_not_move_it() -> None:
    told = offset(
        sorted([*pairs(100, 1.0), *((number, number + 9 * DAY) for number in range(30))], key=lambda pair: pair[1])
    )
    assert told is not None
    assert abs(told.ahead - SECOND) < 0.1 * SECOND


def test_a_drift_is_told_by_day() -> None:
    told = offset(pairs(300, 0.0, drift=0.5))
    assert told is not None
    assert told.drift is not None
    assert abs(told.drift - 0.5 * SECOND) < 0.02 * SECOND


def test_a_difference_below_the_precision_of_the_logs_is_none() -> None:
    told = offset(pairs(400, 0.4))
    assert told is not None
    assert not told.real(SECOND)
