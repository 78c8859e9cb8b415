"""Correlation rules against what they say, worked out by hand."""

from datetime import UTC, datetime, timedelta

from tests.sigma.conftest import COVERED, MAY, Make, Put, rule
from tests.sigma.events import Record, okta
from timeline.sigma.run import Outcome

OKTA = "product: okta\n  service: okta"
START = datetime(2023, 5, 3, tzinfo=UTC)
FAILED = rule("  a:\n    eventType: failed\n  condition: a\n", OKTA, "Failed")
DONE = rule("  a:\n    eventType: done\n  condition: a\n", OKTA, "Done")


def event(minute: float, kind: str, who: str = "alice", number: int = 0, ip: str = "192.0.2.7") -> Record:
    time = (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
    record = okta(time, number or int(minute * 60) + 1 + 100_000 * len(who))
    return {**record, "eventType": kind, "actor": {**record["actor"], "alternateId": who}, "client": {"ipAddress": ip}}


def correlation(kind: str, rules: str, condition: str, more: str = "") -> str:
    return f"title: Together\ncorrelation:\n  type: {kind}\n  rules: [{rules}]\n  group-by: [actor.alternateId]\n  timespan: 10m\n{more}  condition:\n    {condition}\n"


def minutes(found: Outcome) -> list[float]:
    """Give the minutes at which the correlation came to hold."""
    rows = found.events.filter(found.events["rule"] == "Together")
    return sorted((at - START).total_seconds() / 60 for at in rows["time"])


def test_events_are_counted_in_their_group_and_window(make: Make, put: Put) -> None:
    events = [*(event(at, "failed") for at in (0, 4, 8, 12, 40)), *(event(at, "failed", "bob") for at in (1, 30, 59))]
    found = put(make(COVERED, okta=events), FAILED, correlation("event_count", "failed", "gte: 3"))
    assert minutes(found) == [8, 12]
    assert found.verdicts["rule"].to_list() == ["Together"]
    assert found.verdicts["verdict"].to_list() == ["found"]


def test_distinct_values_are_counted(make: Make, put: Put) -> None:
    events = [event(at, "failed", ip=f"192.0.2.{ip}") for at, ip in ((0, 1), (1, 1), (2, 2), (3, 3), (30, 4))]
    told = correlation("value_count", "failed", "field: client.ipAddress\n    gte: 3")
    assert minutes(put(make(COVERED, okta=events), FAILED, told)) == [3]


def test_two_rules_near_in_time_in_any_order(make: Make, put: Put) -> None:
    events = [
        event(0, "done"),
        event(5, "failed"),
        event(20, "failed"),
        event(21, "done", "bob"),
        event(40, "failed"),
        event(51, "done"),
    ]
    found = put(make(COVERED, okta=events), FAILED, DONE, correlation("temporal", "failed, done", "gte: 2"))
    assert minutes(found) == [5]


def test_two_rules_in_order(make: Make, put: Put) -> None:
    events = [event(0, "done"), event(5, "failed"), event(9, "done"), event(14, "done"), event(16, "done")]
    found = put(make(COVERED, okta=events), FAILED, DONE, correlation("temporal_ordered", "failed, done", "gte: 2"))
    assert minutes(found) == [9, 14]


def test_aliases_name_fields_of_each_rule(make: Make, put: Put) -> None:
    events = [event(0, "failed"), {**event(3, "done", "bob"), "displayMessage": "alice"}, event(4, "done", "carol")]
    more = "  aliases:\n    who:\n      failed: actor.alternateId\n      done: displayMessage\n"
    told = correlation("temporal", "failed, done", "gte: 2", more).replace("[actor.alternateId]", "[who]")
    assert minutes(put(make(COVERED, okta=events), FAILED, DONE, told)) == [3]


def test_rules_of_a_correlation_are_shown_when_it_says_so(make: Make, put: Put) -> None:
    told = correlation("event_count", "failed", "gte: 1", "  generate: true\n")
    assert sorted(put(make(COVERED, okta=[event(0, "failed")]), FAILED, told).verdicts["rule"]) == [
        "Failed",
        "Together",
    ]


def test_a_correlation_is_absent_or_unknown_as_its_rules_are(make: Make, put: Put) -> None:
    told = correlation("event_count", "failed", "gte: 2")
    row = put(make(COVERED, okta=[event(0, "failed")]), FAILED, told).verdicts.row(0, named=True)
    assert (row["verdict"], row["rows"]) == ("absent", 0)
    row = put(make(MAY, okta=[event(0, "failed")]), FAILED, told).verdicts.row(0, named=True)
    assert row["verdict"] == "unknown"


def test_a_correlation_over_another_logs_rule_is_unknown(make: Make, put: Put) -> None:
    other = rule("  a:\n    eventName: x\n  condition: a\n", title="Other")
    found = put(
        make(COVERED, okta=[event(0, "failed")]), FAILED, other, correlation("temporal", "failed, other", "gte: 2")
    )
    row = found.verdicts.row(0, named=True)
    assert row["verdict"] == "unknown"
    assert row["lacks"][0].startswith("no log of product aws")


def test_a_correlation_without_its_rule_is_refused(make: Make, put: Put) -> None:
    found = put(make(COVERED, okta=[event(0, "failed")]), FAILED, correlation("event_count", "nowhere", "gte: 2"))
    assert [each for each in found.refused if "nowhere" in str(each)]
