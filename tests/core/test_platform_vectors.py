"""The test vectors T01 to T28 of the retention catalogue, as far as policies, collections and defects express them.

T14 and T22 (configuration events) are in tests/acceptance/test_switches.py, T24 (a literal prefix) in
tests/policies/test_import_aws_and_hosts.py. T27 (a rewritten event time) is no matter of retention: no record tells it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from timeline.core.coverage import Collection, Coverage, Defect, State, Stream, coverage, gaps
from timeline.core.retention import Limit, Policy, Sighting, expires, fate, horizon
from timeline.core.rounding import Calendar
from timeline.core.scope import EVERYTHING, Scope, overlap, scope_of
from timeline.core.sequence import Break, numbering
from timeline.core.spans import BEGIN, END, holds
from timeline.core.verdict import Answer, Need, Verdict, censor, judge, witness

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
DAY = 24 * HOUR


def at(text: str) -> int:
    """Microseconds of an ISO date or time, UTC."""
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def told(stream: Stream, start: str, end: str) -> list[tuple[int, int, str]]:
    window = at(start), at(end)
    return [(gap.start, gap.end, gap.state.value) for gap in gaps(coverage(stream, window), window)]


def plain(policy: Policy, taken: str, defects: Iterable[Defect] = (), **more: Any) -> Stream:
    collection = Collection("c", collected_at=at(taken), **more)
    return Stream("s", (policy,), (collection,), tuple(defects), None, None, at(taken))


UAL = Policy(semantics="stamped", limits=(Limit(BEGIN, 90 * DAY), Limit(at("2023-10-17"), 180 * DAY)))


def lasts(policy: Policy, event: str, as_of: str) -> int | None:
    return expires(policy, (at(event), at(event) + 1), at(as_of))


def test_t01_a_record_of_the_day_before_the_change_keeps_the_shorter_limit() -> None:
    assert lasts(UAL, "2023-10-16T12:00", "2023-11-01") == at("2024-01-14T12:00")


def test_t02_a_record_of_the_day_of_the_change_has_the_longer_limit() -> None:
    assert lasts(UAL, "2023-10-17T12:00", "2023-11-01") == at("2024-04-14T12:00")


def test_t03_the_horizon_stands_still_until_the_longer_stamps_run_out() -> None:
    for day in ("2024-01-20", "2024-03-01", "2024-04-10"):
        assert horizon(UAL, at(day)) == (at("2023-10-17"), at("2023-10-17"))
    assert horizon(UAL, at("2024-05-01")) == (at("2023-11-03"), at("2023-11-03"))


ENTRA = Policy(limits=(Limit(BEGIN, 7 * DAY), Limit(at("2026-03-10"), 30 * DAY)))


def test_t04_an_upgrade_does_not_bring_back_what_was_gone() -> None:
    assert horizon(ENTRA, at("2026-03-20")) == (at("2026-03-03"), at("2026-03-03"))
    assert horizon(ENTRA, at("2026-04-02")).kept_from == at("2026-03-03")
    assert horizon(ENTRA, at("2026-04-03")).kept_from == at("2026-03-04")


def analytics(*limits: tuple[str, int]) -> Policy:
    dated = tuple(Limit(at(day) if day else BEGIN, keep * DAY) for day, keep in limits)
    return Policy(limits=dated, grace=30 * DAY)


def test_t05_a_shortening_that_is_reverted_within_the_grace_loses_nothing() -> None:
    kept = analytics(("", 365), ("2026-05-01", 90), ("2026-05-20", 365))
    assert horizon(kept, at("2026-07-01")) == horizon(analytics(("", 365)), at("2026-07-01"))


def test_t06_a_shortening_that_is_reverted_after_the_grace_has_purged() -> None:
    lost = analytics(("", 365), ("2026-05-01", 90), ("2026-06-15", 365))
    assert horizon(lost, at("2026-05-30")).kept_from == at("2025-05-30")
    assert horizon(lost, at("2026-05-31")).gone_before == at("2026-03-02")
    assert horizon(lost, at("2026-07-01")).gone_before == at("2026-03-17")


def test_t07_a_lengthening_reaches_back_to_what_was_still_there() -> None:
    band = horizon(analytics(("", 30), ("2026-05-01", 180)), at("2026-08-01"))
    assert band == (at("2026-04-01"), at("2026-04-01"))
    tolerant = Policy(limits=(Limit(BEGIN, 30 * DAY), Limit(at("2026-05-01"), 180 * DAY)), lag=(0, DAY))
    assert horizon(tolerant, at("2026-08-01")) == (at("2026-04-01"), at("2026-03-31"))


def test_t08_a_stamp_of_the_day_before_is_not_changed() -> None:
    policy = Policy(
        semantics="stamped", limits=(Limit(at("2022-01-01"), 180 * DAY), Limit(at("2022-01-02"), 365 * DAY))
    )
    for day, end in (("2022-01-01", "2022-06-30"), ("2022-01-02", "2023-01-02")):
        assert expires(policy, (at(day), at(day) + DAY), at("2022-01-05")) == at(end)


def test_t09_a_lifecycle_rule_acts_at_the_next_midnight_and_removes_some_time_later() -> None:
    created = at("2014-01-15T10:30")
    exact = Policy(limits=(Limit(BEGIN, 3 * DAY),), rounding=Calendar("day"))
    assert lasts(exact, "2014-01-15T10:30", "2014-01-16") == at("2014-01-19")
    assert holds(fate(exact, at("2014-01-19") - 1).kept, created)
    assert holds(fate(exact, at("2014-01-19")).gone, created)
    real = replace(exact, lag=(0, END))
    assert holds(fate(real, at("2014-01-19") - 1).kept, created)
    assert holds(fate(real, at("2014-06-01")).doubtful, created)
    assert not fate(real, at("2014-06-01")).gone


def test_t10_an_imported_event_ages_from_its_own_time() -> None:
    policy = Policy(limits=(Limit(BEGIN, 7 * 365 * DAY),))
    event, imported = at("2020-01-01"), at("2020-01-01") + 5 * 365 * DAY
    assert expires(policy, (event, event + 1), imported) == imported + 2 * 365 * DAY


def test_t11_a_raise_within_the_lag_saves_what_was_not_yet_purged() -> None:
    raised = at("2026-05-01")
    policy = Policy(limits=(Limit(BEGIN, 30 * DAY), Limit(raised, 90 * DAY)), lag=(0, 72 * HOUR))
    event = raised - 31 * DAY
    assert holds(fate(policy, raised + DAY).doubtful, event)
    seen = Sighting(event, uncut=True)
    assert holds(fate(policy, raised + DAY, seen).kept, event)
    assert holds(fate(policy, event + 93 * DAY + 1).gone, event)
    assert not holds(fate(policy, event + 93 * DAY).gone, event)
    assert holds(fate(policy, raised).gone, raised - 33 * DAY - 1)


def test_t12_a_file_ages_from_its_creation_which_may_be_days_after_its_events() -> None:
    hour = at("2026-05-01T10:00")
    policy = Policy(limits=(Limit(BEGIN, 30 * DAY),), latency=5 * HOUR, anchor="creation")
    assert not holds(fate(policy, at("2026-05-31T15:00")).gone, hour)
    assert holds(fate(policy, at("2026-05-31T15:00:01")).gone, hour)
    assert expires(policy, (hour, hour + HOUR), at("2026-05-10")) == at("2026-05-31T10:00")
    later = replace(policy, latency=2 * DAY)
    assert holds(fate(later, at("2026-06-01")).doubtful, hour)
    assert holds(fate(later, at("2026-06-02T10:00:01")).gone, hour)


def test_t13_a_throttled_mailbox_is_lossy_for_a_day_and_the_others_are_not() -> None:
    record = at("2026-05-01T10:00")
    bound = scope_of({"mailbox": "m", "operation": "bind"})
    throttled = Defect(State.LOSSY, (record, record + DAY), bound, "throttled", "attestation")
    stream = plain(Policy(limits=(Limit(BEGIN, 180 * DAY),)), "2026-06-01", [throttled])
    window = at("2026-05-01"), at("2026-05-10")
    (gap,) = gaps(coverage(stream, window), window)
    assert (gap.start, gap.end, gap.scope) == (record, record + DAY, bound)
    for other in ({"mailbox": "m", "operation": "sync"}, {"mailbox": "n"}):
        assert not overlap(gap.scope, scope_of(other))


def test_t15_a_stopped_trail_is_covered_by_the_event_history_but_not_for_data_events() -> None:
    stopped = Defect(
        State.DISABLED,
        (at("2026-05-01T10:00"), at("2026-05-01T12:00")),
        cause="StopLogging",
        store="trail-a",
    )
    history = Policy("history", limits=(Limit(BEGIN, 90 * DAY),))
    trail, taken = Policy("trail-a", semantics="none"), at("2026-06-01")
    collections = tuple(Collection(store, store, taken) for store in ("trail-a", "history"))
    management = Stream("management", (trail, history), collections, (stopped,), None, None, taken)
    assert told(management, "2026-05-01", "2026-05-02") == []
    data = Stream("data", (trail,), collections[:1], (stopped,), None, None, taken)
    assert told(data, "2026-05-01", "2026-05-02") == [(at("2026-05-01T10:00"), at("2026-05-01T12:00"), "disabled")]


def test_t16_an_attested_silence_is_absent_and_proven() -> None:
    window = at("2026-05-01"), at("2026-05-02")
    covered = coverage(plain(Policy(semantics="none"), "2026-06-01"), window)
    said = judge(0, [Need((window,), ((witness("trail", "attested", covered, EVERYTHING),),))])
    assert (said.verdict, said.strength) == ("absent", "proven")


def lossy(start: str, end: str, scope: Scope = EVERYTHING) -> Coverage:
    """A month of a copy that keeps everything, with a known loss."""
    found = Defect(State.LOSSY, (at(start), at(end)), scope, "a known loss")
    window = at(start[:8] + "01"), at(start[:8] + "01") + 30 * DAY
    return coverage(plain(Policy(semantics="none"), "2026-12-01", [found]), window)


def asked(covered: Coverage, rows: int = 0, subject: Scope = EVERYTHING) -> Verdict:
    return judge(rows, [Need((covered.window,), ((witness("s", "complete", covered, subject),),))])


def test_t17_between_two_chains_of_digests_nothing_is_absent() -> None:
    covered = lossy("2026-05-04T09:01", "2026-05-04T14:01")
    assert (asked(covered).verdict, asked(covered).spans) == (
        Answer.UNKNOWN,
        ((at("2026-05-04T09:01"), at("2026-05-04T14:01")),),
    )


def test_t18_skipped_data_of_one_interface_is_unknown_even_beside_rows() -> None:
    interface = scope_of({"resource": "eni-0example"})
    covered = lossy("2026-05-04T09:00", "2026-05-04T09:10", interface)
    assert asked(covered, rows=1, subject=interface).verdict == Answer.FOUND_INCOMPLETE
    assert asked(covered, subject=scope_of({"resource": "eni-1example"})).verdict == Answer.ABSENT


def test_t23_an_incident_of_the_vendor_makes_an_absence_unknown() -> None:
    covered = lossy("2024-09-02T23:00", "2024-09-19T00:00")
    assert asked(covered).verdict == Answer.UNKNOWN
    assert asked(covered, rows=1).verdict == Answer.FOUND_INCOMPLETE


def test_t19_before_a_reboot_a_volatile_journal_is_lost() -> None:
    boot = at("2026-05-01T08:00")
    stated = plain(Policy(semantics="none", boots=(at("2026-04-02"), boot)), "2026-05-02")
    assert told(stated, "2026-03-30", "2026-05-02") == [(at("2026-03-30"), boot, "expired")]
    ring = Policy(semantics="ring")
    stream = plain(ring, "2026-05-02", oldest_seen=boot, uncut=True)
    assert told(stream, "2026-04-30", "2026-05-02") == [(at("2026-04-30"), boot, "expired")]
    filtered = plain(ring, "2026-05-02", oldest_seen=boot, uncut=False)
    assert told(filtered, "2026-04-30", "2026-05-02") == [(at("2026-04-30"), boot, "unknown")]


def test_t20_a_jump_in_record_numbers_counts_the_loss() -> None:
    said = numbering([(4999, at("2026-05-01T09:50")), (5000, at("2026-05-01T10:00")), (5301, at("2026-05-01T10:20"))])
    assert said.breaks == (Break(at("2026-05-01T10:00"), at("2026-05-01T10:20"), 300),)


def test_t21_a_query_beyond_the_horizon_that_succeeds_covers_no_more() -> None:
    stream = plain(Policy(limits=(Limit(BEGIN, 90 * DAY),)), "2026-05-01", window=(at("2026-01-01"), at("2026-05-01")))
    assert told(stream, "2026-01-01", "2026-05-01") == [(at("2026-01-01"), at("2026-01-31"), "expired")]


def test_t25_a_hold_that_does_not_apply_to_audit_records_is_not_given_to_the_policy() -> None:
    without = Policy(limits=(Limit(BEGIN, 90 * DAY),))
    held = Policy(limits=(Limit(BEGIN, 90 * DAY),), hold=(at("2026-04-01"), END))
    day = at("2026-06-01") - 91 * DAY
    assert holds(fate(without, at("2026-06-01")).gone, day)
    assert holds(fate(held, at("2026-06-01")).kept, day)


def test_t26_what_needs_a_retrieval_is_archived_and_not_lost() -> None:
    policy = Policy(limits=(Limit(BEGIN, 730 * DAY),), archive_after=30 * DAY)
    assert told(plain(policy, "2026-06-10"), "2026-05-01", "2026-06-10") == [
        (at("2026-05-01"), at("2026-05-11"), "archived")
    ]


def test_t28_rotation_by_file_leaves_a_band_in_which_the_oldest_line_decides() -> None:
    policy, taken = Policy(limits=(Limit(BEGIN, 28 * DAY),), unit=7 * DAY), "2026-06-10"
    start, sure, seen = at("2026-05-06"), at("2026-05-13"), at("2026-05-09")
    assert told(plain(policy, taken), "2026-05-01", taken) == [
        (at("2026-05-01"), start, "expired"),
        (start, sure, "unknown"),
    ]
    assert told(plain(policy, taken, oldest_seen=seen, uncut=True), "2026-05-01", taken) == [
        (at("2026-05-01"), seen, "expired")
    ]
    assert told(plain(policy, taken, oldest_seen=seen), "2026-05-01", taken) == [
        (at("2026-05-01"), start, "expired"),
        (start, seen, "unknown"),
    ]


def test_a_limit_raised_from_30_to_90_days_shows_a_plateau_and_the_first_access_is_censored() -> None:
    policy = Policy(limits=(Limit(at("2020-01-01"), 30 * DAY), Limit(at("2022-06-01"), 90 * DAY)))
    for taken, oldest in (
        ("2022-05-31", "2022-05-01"),
        ("2022-06-15", "2022-05-02"),
        ("2022-07-31", "2022-05-02"),
        ("2022-09-01", "2022-06-03"),
    ):
        assert horizon(policy, at(taken)) == (at(oldest), at(oldest))
    stream = plain(policy, "2022-06-15")
    assert told(stream, "2022-04-01", "2022-06-15") == [(at("2022-04-01"), at("2022-05-02"), "expired")]
    spans = ((at("2022-04-01"), at("2022-05-02")),)
    first, last = censor(at("2022-05-15"), at("2022-05-20"), (at("2022-04-01"), at("2022-06-15")), spans)
    assert (first, last) == ("no_later_than", "exact")


def test_a_log_that_was_switched_on_after_the_theft_can_never_show_it() -> None:
    policy = Policy(limits=(Limit(BEGIN, 365 * DAY),), enabled=((at("2022-01-01"), END),), latency=2 * HOUR)
    stream = plain(policy, "2023-07-12T09:00")
    assert told(stream, "2021-04-01", "2023-07-15") == [
        (at("2021-04-01"), at("2022-01-01"), "not_enabled"),
        (at("2022-01-01"), at("2022-07-12T09:00"), "expired"),
        (at("2023-07-12T07:00"), at("2023-07-12T09:00"), "pending"),
        (at("2023-07-12T09:00"), at("2023-07-15"), "not_collected"),
    ]
