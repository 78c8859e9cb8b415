"""`policy show` on real cases: who says how long a copy is kept, and what its oldest record says of that."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

TAKEN = datetime(2023, 7, 12, 9, tzinfo=UTC)
COLLECTION = '[case]\nname = "x"\nfrom = 2023-03-01\nto = 2023-07-12T09:00:00Z\n[[collection]]\nid = "pull"\ncollected_at = 2023-07-12T09:00:00Z\n'


def okta(at: datetime, number: int) -> str:
    return json.dumps(
        {
            "uuid": f"u{number}",
            "published": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "eventType": "user.session.start",
            "actor": {"id": "00u1", "type": "User", "alternateId": f"user{number % 7}@example.com"},
            "client": {"ipAddress": "192.0.2.7"},
            "outcome": {"result": "SUCCESS"},
        }
    )


def busy(days: float, every: int = 20) -> str:
    """Records every so many minutes, for so many days up to the collection."""
    first = TAKEN - timedelta(days=days) + timedelta(minutes=4)
    count = int((TAKEN - first) / timedelta(minutes=every)) + 1
    return "\n".join(okta(first + timedelta(minutes=every * n), n) for n in range(count)) + "\n"


@pytest.fixture
def case(timeline: Callable, tmp_path: Path) -> Callable[..., list[dict]]:
    """Give the rows of `policy show` for a case.toml and an Okta log that reaches so many days back."""

    def make(settings: str, days: float = 90, every: int = 20) -> list[dict]:
        (tmp_path / "case.toml").write_text(COLLECTION + settings)
        (tmp_path / "okta.jsonl").write_text(busy(days, every))
        assert timeline("ingest", "okta.jsonl", "--quiet").code == 0
        shown = timeline("policy", "show", "--format", "json")
        assert shown.code == 0, shown.err
        return json.loads(shown.out)

    return make


def test_a_plan_is_the_catalogues_default_and_its_gaps_say_so(case: Callable, timeline: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nplan = "default"\n')
    assert (row["origin"], row["keeps"], row["kept_from"]) == ("catalogue", "90 d", "2023-04-13T09:00:00.000000Z")
    assert row["evidence"] == ["catalogue: okta.system [okta-2017, okta-api, okta-kb] (verified)"]
    gaps = json.loads(timeline("gaps", "--format", "json").out)
    assert [(gap["state"], gap["basis"], gap["end"]) for gap in gaps] == [
        ("expired", "catalogue", "2023-04-13T09:00:00.000000Z"),
        ("pending", "catalogue", "2023-07-12T09:00:00.000000Z"),
    ]
    assert gaps[0]["evidence"] == row["evidence"]


def test_what_stands_beside_a_plan_wins_over_the_catalogue(case: Callable, timeline: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nplan = "DEFAULT"\nlatency = "0h"\nenabled_from = 2023-05-01\n')
    assert (row["latency"], row["enabled"]) == ("0", "from 2023-05-01")
    states = [gap["state"] for gap in json.loads(timeline("gaps", "--format", "json").out)]
    assert "pending" not in states
    assert "not_enabled" in states


def test_an_unknown_plan_is_refused_with_the_plans_for_this_stream(timeline: Callable, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text('[case]\n[[policy]]\nstream = "entra.audit/*"\nplan = "p1"\n')
    refused = timeline("policy", "show")
    assert refused.code == 2
    assert refused.err.startswith(
        'case.toml:4: policy.plan: "p1"; expected a plan that the catalogue knows for entra.audit/*: entra-free, entra-p1, '
    )
    (tmp_path / "case.toml").write_text('[case]\n[[policy]]\nstream = "contoso.gateway"\nplan = "p1"\n')
    assert "the catalogue knows none for contoso.gateway; state retention_days" in timeline("gaps").err


def test_without_a_policy_nothing_is_assumed_but_the_catalogue_proposes(case: Callable, timeline: Callable) -> None:
    (row,) = case("")
    assert (row["origin"], row["keeps"], row["kept_from"]) == ("none", "", None)
    assert row["fits"].startswith("okta.system (default)")
    assert "the oldest record sits at 90 d: okta.system (default)" in row["proposal"]
    assert "by plan: default: 90 d" in row["proposal"]
    (gap,) = json.loads(timeline("gaps", "--format", "json").out)
    assert (gap["state"], gap["basis"]) == ("unknown", "inferred")


def test_the_oldest_record_confirms_a_policy(case: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nretention_days = 90\n')
    assert (row["origin"], row["fits"], row["contradiction"]) == ("declared", "the policy in force", "")
    assert abs(row["distance"]) < 0.01
    assert row["chance"] < 0.01 < row["late"]


def test_a_policy_that_promises_more_than_the_records_show_is_doubted(case: Callable, timeline: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nretention_days = 120\n')
    assert row["fits"].startswith("okta.system (default)")
    assert row["contradiction"].startswith("the records begin at 90 d, where okta.system (default)")
    assert "not at 120 d" in row["contradiction"]
    assert "begin at 90 d" in timeline("policy", "show").err
    gaps = [gap for gap in json.loads(timeline("gaps", "--format", "json").out) if gap["basis"] == "inferred"]
    assert [(gap["start"], gap["end"], gap["basis"], gap["cause"]) for gap in gaps] == [
        ("2023-03-14T09:00:00.000000Z", "2023-04-13T09:04:00.000000Z", "inferred", row["contradiction"])
    ]


def test_a_first_finding_at_a_doubted_horizon_is_no_later_than(case: Callable, timeline: Callable) -> None:
    case('[[policy]]\nstream = "okta.*"\nretention_days = 120\n')
    asked = timeline("ask", "sign-in-by", "-p", "actor=user0@example.com", "--from", "2023-03-20", "--format", "json")
    (row,) = json.loads(asked.out)
    assert (row["verdict"], row["first_is"]) == ("found_incomplete", "no_later_than")


def test_a_log_that_was_switched_on_later_is_not_doubted(case: Callable, timeline: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nretention_days = 120\n', days=71.3)
    assert (row["fits"], row["contradiction"]) == ("", "")
    (row,) = case('[[policy]]\nstream = "okta.*"\nretention_days = 120\nenabled_from = 2023-04-13T09:00:00Z\n')
    assert row["contradiction"] == ""
    assert "silent" not in timeline("gaps").out


def test_a_policy_that_is_outlived_by_its_records_is_doubted(case: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nretention_days = 60\n')
    assert row["contradiction"].startswith("the oldest record is 30 d older than the policy allows")


def test_a_store_that_is_said_to_delete_nothing_is_doubted_where_its_records_begin_at_a_limit(
    case: Callable, timeline: Callable
) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nsemantics = "none"\n')
    assert "not at the beginning" in row["contradiction"]
    gaps = [(gap["state"], gap["end"]) for gap in json.loads(timeline("gaps", "--format", "json").out)]
    assert gaps == [("silent", "2023-04-13T09:04:00.000000Z")]


def test_records_of_a_log_that_was_off_contradict_the_policy(case: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nretention_days = 90\nenabled_from = 2023-06-01\n')
    assert row["contradiction"] == "there are records of a time at which the log was off, as the policy has it"


def test_an_imported_policy_is_called_imported(case: Callable, tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text(
        '[[policy]]\nstream = "okta.*"\nsemantics = "rolling"\nretention_days = 90\nevidence = "org.json: logs"\n'
    )
    (row,) = case("")
    assert (row["origin"], row["keeps"], row["evidence"]) == ("imported", "90 d", ["org.json: logs"])


def test_a_quiet_stream_shows_no_horizon(case: Callable) -> None:
    (row,) = case('[[policy]]\nstream = "okta.*"\nretention_days = 120\n', every=60 * 24 * 2)
    assert (row["fits"], row["contradiction"]) == ("", "")
    assert row["observed"] == pytest.approx(90, abs=0.01)


def test_a_collection_of_a_window_says_nothing_of_the_horizon(case: Callable) -> None:
    (row,) = case('from = 2023-04-13T09:00:00Z\n[[policy]]\nstream = "okta.*"\nretention_days = 120\n')
    assert (row["observed"], row["fits"], row["contradiction"]) == (None, "", "")


def test_sources_tell_how_far_back_each_log_reaches(case: Callable, timeline: Callable) -> None:
    case('[[policy]]\nstream = "okta.*"\nretention_days = 90\n')
    (row,) = json.loads(timeline("sources", "--format", "json").out)
    assert row["horizon"] == "native 90 d, at the policy in force"


def test_rows_can_be_narrowed_to_a_stream_or_source(case: Callable, timeline: Callable) -> None:
    case("")
    for wanted, number in (("okta.*", 1), ("okta.system", 1), ("okta.system/default", 1), ("entra.*", 0)):
        assert len(json.loads(timeline("policy", "show", wanted, "--format", "json").out)) == number


def test_the_catalogue_needs_no_case_and_has_every_format(timeline: Callable, tmp_path: Path) -> None:
    told = timeline("policy", "show", "--catalogue", "entra.audit")
    assert told.code == 0
    assert "entra-p1" in told.out
    assert "reference-reports-data-retention.md" in told.out
    rows = json.loads(timeline("policy", "show", "--catalogue", "entra.audit", "--format", "json").out)
    assert {row["plan"]: row["keeps"] for row in rows if row["kind"] == "default" and row["store"] == "native"} == {
        "entra-free": "7 d",
        "entra-p1": "30 d",
        "entra-p2": "30 d",
        "external-id-basic": "7 d",
    }
    assert {row["confidence"] for row in rows} == {"verified", "memory"}
    assert timeline("policy", "show", "--catalogue", "-o", "c.parquet").code == 0
    assert (tmp_path / "c.parquet").stat().st_size > 1000
    nothing = timeline("policy", "show", "--catalogue", "contoso.gateway", "--format", "csv")
    assert (nothing.code, "nothing is known of contoso.gateway" in nothing.err) == (0, True)


def test_an_incident_of_the_vendor_leaves_its_window_lossy_in_every_copy(timeline: Callable, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(
        '[case]\nfrom = 2024-09-01\nto = 2024-10-01\n[[collection]]\nid = "s"\ncollected_at = 2024-10-01T00:00:00Z\n'
        'store = "siem"\nstreams = ["entra.signin.interactive/t"]\n'
        '[[policy]]\nstream = "entra.signin.interactive/t"\nstore = "siem"\nplan = "sentinel"\nlatency = "0h"\n'
    )
    timeline("ingest", tmp_path / "case.toml", "--quiet")
    gaps = json.loads(timeline("gaps", "--stream", "entra.*", "--format", "json").out)
    assert [(gap["state"], gap["start"], gap["end"], gap["basis"]) for gap in gaps] == [
        ("lossy", "2024-09-02T23:00:00.000000Z", "2024-09-19T00:00:00.000000Z", "catalogue")
    ]
    assert gaps[0]["cause"].startswith("incident of the vendor: log loss at Microsoft")


def test_the_group_tells_its_commands(timeline: Callable) -> None:
    assert "show" in timeline("policy", "-h").out
    assert timeline("policy", "show", "-h").code == 0


def test_the_demos_policies_hold_against_its_records(demo_case: Path, timeline: Callable) -> None:
    rows = json.loads(timeline("-C", demo_case, "policy", "show", "--format", "json").out)
    assert len({row["stream"] for row in rows}) > 15
    assert [row["contradiction"] for row in rows if row["contradiction"]] == []
    assert sum(row["fits"] == "the policy in force" for row in rows) >= 10
