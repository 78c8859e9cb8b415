"""Chains of digests: what they prove, and what is missing where they break."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from timeline.core.digests import HOUR, Digest, Listed, check, delivered
from timeline.core.spans import BEGIN, holds
from timeline.core.stream import State

MINUTE = HOUR // 60
LATE = 15 * MINUTE


def name(hour: int) -> str:
    return f"digest-{hour}"


def digest(hour: int, *files: str, **more: object) -> Digest:
    """Give the digest of an hour, whose files (keys) have the hash of their key and events in the first minute."""
    listed = tuple(Listed(key, f"hash of {key}", (hour * HOUR, hour * HOUR + MINUTE)) for key in files)
    made = Digest(
        name(hour),
        f"hash {hour}",
        hour * HOUR,
        (hour + 1) * HOUR,
        listed,
        name(hour - 1),
        f"hash {hour - 1}",
        f"event {hour}",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def held(*keys: str) -> dict[str, str]:
    return {key: f"hash of {key}" for key in keys}


def told(found: object) -> list[tuple[int, int, str]]:
    return [
        (flaw.span[0] // MINUTE, flaw.span[1] // MINUTE, flaw.cause.split(":")[0])
        for flaw in found.flaws
        if flaw.span[0] > BEGIN
    ]  # type: ignore[attr-defined]


def test_an_empty_hour_between_sound_ones_is_proven_silent() -> None:
    """T16: logFiles=[] and a valid chain on both sides."""
    found = check([digest(1, "a"), digest(2), digest(3)], held("a"), LATE)
    assert found.attested == ((HOUR, 4 * HOUR - LATE),)
    assert told(found) == []


def test_a_deleted_head_is_known_from_the_first_digest_that_is_there() -> None:
    (flaw,) = check([digest(1)], {}, LATE).flaws
    assert (flaw.span, flaw.kind) == ((BEGIN, HOUR), "head")
    assert name(0) in flaw.cause
    assert check([digest(1, before=None, before_hash=None)], {}, LATE).flaws == ()


def test_a_listed_file_that_is_missing_names_the_times_of_its_events() -> None:
    found = check([digest(1, "a"), digest(2), digest(3)], {}, LATE)
    assert told(found) == [(60, 61, "a log file that a digest lists is not here")]
    assert found.attested == ((2 * HOUR, 4 * HOUR - LATE),)


def test_a_changed_file_is_no_proof() -> None:
    found = check([digest(1, "a"), digest(2)], {"a": "other"}, LATE)
    assert told(found) == [(60, 61, "a log file was changed after its delivery")]


def test_a_deleted_digest_leaves_a_hole() -> None:
    found = check([digest(1), digest(3)], {}, LATE)
    assert [each[:2] for each in told(found)] == [(2 * 60 - 15, 3 * 60)]
    assert name(2) in found.flaws[-1].cause
    assert found.attested == ((HOUR, 2 * HOUR - LATE), (3 * HOUR, 4 * HOUR - LATE))


def test_a_deleted_run_of_three_leaves_one_hole() -> None:
    found = check([digest(1), digest(5)], {}, LATE)
    assert [each[:2] for each in told(found)] == [(2 * 60 - 15, 5 * 60)]


def test_a_changed_digest_proves_nothing_of_its_hour() -> None:
    found = check([digest(1), replace(digest(2), hash="forged"), digest(3)], {}, LATE)
    assert [each[:2] for each in told(found)] == [(2 * 60 - 15, 3 * 60)]
    assert not holds(found.attested, 2 * HOUR + 1)
    assert holds(found.attested, 3 * HOUR + 1)


def test_a_chain_that_begins_anew_leaves_the_time_before_unknown() -> None:
    """T17: a starting digest at 14:01, the last one before it ended at 09:01."""
    first = digest(8, start=8 * HOUR + MINUTE, end=9 * HOUR + MINUTE)
    second = digest(14, start=14 * HOUR + MINUTE, end=15 * HOUR + MINUTE, before=None, before_hash=None)
    flaw = check([first, second], {}, 0).flaws[-1]
    assert (flaw.span, flaw.state) == ((9 * HOUR + MINUTE, 14 * HOUR + MINUTE), State.UNKNOWN)


def test_a_deleted_tail_is_missed_from_the_second_hour_on() -> None:
    assert told(check([digest(1)], {}, LATE, until=4 * HOUR)) == []
    assert told(check([digest(1)], {}, LATE, until=9 * HOUR)) == [
        (2 * 60 - 15, 9 * 60, "digests after the last one are missing")
    ]


def test_a_file_that_no_digest_lists_was_put_there() -> None:
    at = datetime(2023, 6, 19, 9, 17, tzinfo=UTC)
    hour = int(at.timestamp()) // 3600
    key = "AWSLogs/111122223333/CloudTrail/eu-west-1/2023/06/19/111122223333_CloudTrail_eu-west-1_20230619T0917Z_abc.json.gz"
    assert delivered(key) == int(at.timestamp()) * 1_000_000
    found = check([digest(hour)], held(key), LATE)
    assert [each[2] for each in told(found)] == ["a log file that no digest lists"]
    assert check([digest(hour, key)], held(key), LATE).flaws[1:] == ()


@given(st.sets(st.integers(1, 12), min_size=1), st.sets(st.integers(1, 12)))
def test_an_instant_is_proven_only_if_every_digest_of_its_delivery_is_there_with_its_files(
    there: set[int], lost: set[int]
) -> None:
    chain = [digest(hour, f"file {hour}") for hour in sorted(there)]
    found = check(chain, held(*(f"file {hour}" for hour in there - lost)), LATE)
    for instant in range(0, 14 * HOUR, 7 * MINUTE):
        deliveries = {at // HOUR for at in (instant, instant + LATE)}
        assert holds(found.attested, instant) == (deliveries <= there - lost), instant // MINUTE


@given(st.integers(0, 100_000_000))
def test_the_time_in_a_name_is_that_of_the_calendar(minute: int) -> None:
    at = datetime.fromtimestamp(minute * 60, UTC)
    assert delivered(f"111122223333_CloudTrail_eu-west-1_{at:%Y%m%dT%H%MZ}_x.json.gz") == minute * MINUTE
