"""Outages that let some records through: told as one gap, near their borders; silences stay what they are."""

import numpy as np

from tests.benchmarks import gaps
from tests.benchmarks.arrivals import BEGIN, DAY, HOUR, Made, Plan, lose, make
from timeline.evidence.edges import Loss, explained, worth


def planted(left: float, hours: int, seed: int = 3) -> Made:
    dice = np.random.default_rng(seed)
    made = make(Plan("web", 600, 120), dice)
    return lose(made, (BEGIN + 60 * DAY, BEGIN + 60 * DAY + hours * HOUR), left, dice)


def test_a_leaking_outage_is_one_gap_and_not_one_for_each_pause() -> None:
    made = planted(0.05, 30)
    ((start, end),) = gaps.found([made])["web"]
    ((first, last),) = made.lost
    assert abs(start - first) + abs(end - last) < HOUR


def test_a_loss_of_some_minutes_in_a_busy_log_is_found_though_no_hour_is_empty() -> None:
    dice = np.random.default_rng(5)
    made = make(Plan("web", 20_000, 60), dice)
    made = lose(made, (BEGIN + 30 * DAY + HOUR // 2, BEGIN + 30 * DAY + HOUR + HOUR // 2), 0.1, dice)
    ((start, end),) = gaps.found([made])["web"]
    ((first, last),) = made.lost
    assert abs(start - first) + abs(end - last) < HOUR // 10


def test_a_silence_keeps_the_borders_of_its_records() -> None:
    for seed in range(3):
        made = planted(0.0, 12, seed)
        assert gaps.found([made])["web"] == made.lost


def test_one_silence_explains_a_loss_that_is_hardly_longer_and_many_weak_ones_do_not() -> None:
    loss = Loss(0, 1, 3.0, 45.0, worth(3.0, 45.0))
    assert explained(loss, [40.0], 1.0, 1000.0)
    assert not explained(loss, [12.0, 11.0, 9.0], 1.0, 1000.0)


def test_nothing_lost_is_worth_nothing() -> None:
    assert worth(50.0, 45.0) == 0.0
    assert worth(0.0, 45.0) == 45.0
