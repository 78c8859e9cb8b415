from hypothesis import given
from hypothesis import strategies as st

from timeline.core.sequence import Break, numbering
from timeline.core.spans import common, tidy


def test_a_jump_counts_what_is_missing_and_contiguous_numbers_attest_the_rest() -> None:
    said = numbering([(1, 10), (2, 15), (5, 20), (6, 40)])
    assert said.breaks == (Break(15, 20, 2),)
    assert said.attested == ((10, 15), (20, 40))


def test_a_jump_within_one_instant_is_still_a_loss() -> None:
    assert numbering([(1, 10), (3, 10)]).breaks == (Break(10, 11, 1),)


def test_records_may_come_in_any_order_and_twice() -> None:
    records = [(1, 10), (2, 15), (5, 20), (6, 40)]
    assert numbering(records[::-1] + records) == numbering(records)


def test_a_clock_that_was_set_back_a_little_is_no_loss() -> None:
    said = numbering([(1, 10), (2, 16), (3, 15), (4, 20)])
    assert said.breaks == ()
    assert said.attested == ((10, 20),)


def test_numbers_that_begin_anew_leave_an_unknown_number_missing_between() -> None:
    said = numbering([(5000, 10), (5001, 20), (1, 30), (2, 40)])
    assert said.breaks == (Break(20, 30, None),)
    assert said.attested == ((10, 20), (30, 40))
    assert numbering([(1, 10), (2, 20), (1, 30), (2, 40)]).breaks == (Break(20, 30, None),)


def test_no_record_says_nothing() -> None:
    assert numbering([]) == numbering([(7, 10)])
    assert numbering([]).attested == ()


@given(st.lists(st.integers(0, 5), min_size=2, max_size=12), st.sets(st.integers(1, 10), max_size=4))
def test_removed_records_are_counted_and_what_is_attested_lost_none(steps: list[int], removed: set[int]) -> None:
    time, log = 0, []
    for number, step in enumerate(steps):
        time += step
        log.append((number, time))
    removed = {number for number in removed if number < len(log) - 1}
    said = numbering([record for record in log if record[0] not in removed])
    assert sum(found.missing for found in said.breaks) == len(removed)
    lost = [log[number][1] for number in removed]
    for time in lost:
        assert any(found.start <= time <= found.end for found in said.breaks)
    assert not common(said.attested, tidy((found.start, found.end) for found in said.breaks))
