from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.core.retention import Limit, Policy, fate, horizon
from timeline.core.rounding import Calendar, Every, longest, shortest
from timeline.core.spans import BEGIN, END

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut"]
moments = st.integers(5 * 365 * DAY, 120 * 365 * DAY)


def micros(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


@given(moments, st.sampled_from(ZONES), st.sampled_from(["day", "month"]))
def test_a_run_is_the_start_of_a_day_or_month_and_the_next_one_is_after_it(moment: int, zone: str, unit: str) -> None:
    calendar = Calendar(unit, zone)
    before, after = calendar.before(moment), calendar.after(moment)
    assert before <= moment < after
    assert calendar.before(before) == before
    assert calendar.before(after - 1) == before
    local, earlier = ((EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone)) for at in (before, before - 1))
    assert earlier.date() < local.date() or local.fold
    assert unit == "day" or local.day == 1


@given(moments, st.integers(1, 60))
def test_months_are_between_their_shortest_and_their_longest(moment: int, months: int) -> None:
    run = Calendar("month").before(moment)
    back = Calendar("month").back(run, months)
    assert shortest(months) <= run - back <= longest(months)
    assert Calendar("month").back(back, -months) == run


@given(st.integers(-50, 50), st.integers(1, 9), st.integers(-9, 9))
def test_periodic_runs_are_a_period_apart(moment: int, period: int, phase: int) -> None:
    every = Every(period, phase)
    assert every.before(moment) <= moment < every.after(moment) == every.before(moment) + period
    assert (every.before(moment) - phase) % period == 0


def test_the_open_ends_are_no_days() -> None:
    assert (Calendar().before(BEGIN), Calendar().after(END), Calendar("month").back(BEGIN, 3)) == (BEGIN, END, BEGIN)


@pytest.mark.parametrize(
    ("taken", "oldest"),
    [
        ("2024-03-31T23:59:59", "2023-12-01"),
        ("2024-04-01T00:00:00", "2024-01-01"),
        ("2024-04-15T00:00:00", "2024-01-01"),
    ],
)
def test_this_month_and_the_three_before_it_are_kept(taken: str, oldest: str) -> None:
    policy = Policy(limits=(Limit(BEGIN, None, months=3),), rounding=Calendar("month"))
    assert horizon(policy, micros(taken)) == (micros(oldest), micros(oldest))


def test_months_without_a_calendar_leave_what_may_be_either_in_doubt() -> None:
    found = fate(Policy(limits=(Limit(BEGIN, None, months=1),)), micros("2024-03-01"))
    assert found.doubtful == ((micros("2024-03-01") - 31 * DAY, micros("2024-03-01") - 28 * DAY),)
