"""The rhythm that the database counts is the one of the records, and each copy is judged by its own collection."""

import duckdb
import numpy as np
import numpy.typing as npt
import pytest

from timeline.core.coverage import Collection, Stream
from timeline.core.horizon import DAY, Oldest
from timeline.core.policy import Limit, Policy
from timeline.core.spans import BEGIN
from timeline.evidence.horizons import HEAD, Horizons, Observed

TAKEN = 19_550 * DAY
NAME = "okta.system/default"
Times = npt.NDArray[np.int64]


def records(seed: int, rate: float, days: float) -> Times:
    waits = np.random.default_rng(seed).exponential(DAY / rate, round(rate * days * 2) + 20)
    times = (TAKEN - days * DAY + np.cumsum(waits)).astype(np.int64)
    return times[times < TAKEN]


def case(*files: Times) -> Horizons:
    """A case of one stream in several files, each of which is a collection named after its number."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE event (file_no INTEGER, stream VARCHAR, time_us BIGINT)")
    for number, times in enumerate(files):
        connection.execute("INSERT INTO event SELECT ?, ?, unnest(?)", [number, NAME.upper(), times.tolist()])
    return Horizons(connection, {str(number): {number} for number in range(len(files))})


def stream(policies: tuple[Policy, ...], *taken: Collection) -> Stream:
    oldest = min(each.oldest_seen for each in taken if each.oldest_seen is not None)
    return Stream(NAME, policies, taken, (), oldest, TAKEN, TAKEN)


def whole(number: int, times: Times, store: str = "native", at: int = TAKEN) -> Collection:
    return Collection(str(number), store, at, oldest_seen=int(times[0]), uncut=True)


@pytest.mark.parametrize("rate", [2, 20, 200, 2000])
def test_the_counted_rhythm_is_that_of_the_records(rate: float) -> None:
    times = records(7, rate, 60)
    told = case(times)._rhythm(NAME, "0")
    gaps = np.sort(np.diff(times))[::-1]
    exact = float((gaps.astype(float) ** 2).sum() / (2 * (times[-1] - times[0])))
    assert (told.records, told.length) == (len(times), int(times[-1] - times[0]))
    assert told.silences[0] == gaps[0]
    assert list(told.silences) == sorted(told.silences, reverse=True)
    assert exact / 2.2 <= told.wait <= exact * 1.01  # within an hour the records are taken to be evenly spread


def test_the_rhythm_is_that_of_the_beginning() -> None:
    early, late = records(1, 100, 300), records(2, 5000, 20)
    told = case(np.sort(np.concatenate([early, late])))._rhythm(NAME, "0")
    assert told.records == int((early < early[0] + HEAD).sum())


def test_each_copy_is_judged_by_its_own_collection() -> None:
    native, siem = records(3, 100, 30), records(4, 100, 90)
    horizons = case(native, siem)
    policies = (Policy(limits=(Limit(BEGIN, 30 * DAY),)), Policy("siem", limits=(Limit(BEGIN, 90 * DAY),)))
    first, second = horizons.observed(stream(policies, whole(0, native), whole(1, siem, "siem")))
    for observed, days in ((first, 30), (second, 90)):
        assert isinstance(observed, Observed)
        assert observed.fit is not None
        assert observed.fit.candidate.name == "the policy in force"
        assert round(observed.oldest.age / DAY) == days
        assert observed.words() == ""


def test_only_a_sharp_fit_elsewhere_makes_a_policy_doubtful() -> None:
    promised = (Policy(limits=(Limit(BEGIN, 200 * DAY),)),)
    for days, doubted in ((90, True), (77, False), (120, False)):
        times = records(5, 200, days)
        found = case(times).doubts(stream(promised, whole(0, times)))
        assert [(each.span, each.collection, each.basis) for each in found] == (
            [((TAKEN - 200 * DAY, int(times[0])), "0", "inferred")] if doubted else []
        )


def test_a_changed_limit_moves_the_horizon_that_is_expected() -> None:
    lengthened = (Policy(limits=(Limit(BEGIN, 30 * DAY), Limit(TAKEN - 10 * DAY, 90 * DAY))),)
    times = records(6, 200, 40)
    (found,) = case(times).observed(stream(lengthened, whole(0, times)))
    assert found.fit is not None
    assert (found.fit.candidate.name, found.less, found.more) == ("the policy in force", 0, 0)


def test_a_cut_collection_or_one_without_records_says_nothing() -> None:
    times = records(8, 200, 90)
    cut = Collection("0", "native", TAKEN, oldest_seen=int(times[0]), uncut=False)
    empty = Collection("1", "native", TAKEN, uncut=True)
    told = Stream(NAME, (), (cut, empty), (), int(times[0]), TAKEN, TAKEN)
    assert case(times).observed(told) == ()


def test_where_nobody_stated_a_collection_the_latest_delivery_stands_for_it() -> None:
    times = records(10, 400, 90)
    last = int(times[-1]) + 1
    (found,) = case(times).observed(Stream(NAME, (), (), (), int(times[0]), last, last))
    assert found.oldest == Oldest(int(times[0]), last)
    assert (found.basis, found.held) == ("inferred", None)
    assert found.fit is not None
    assert found.fit.candidate.name.startswith("okta.system (default)")
