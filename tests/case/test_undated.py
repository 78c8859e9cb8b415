"""A record that states no time is evidence all the same: an event without a time, which no answer counts and nothing is covered by."""

import json
from pathlib import Path

import pytest

import timeline
from timeline.case.undated import stated

BOX = {
    "type": "event",
    "event_id": "e1",
    "event_type": "DOWNLOAD",
    "created_at": "2023-05-01T10:00:00Z",
    "created_by": {"type": "user", "id": "7", "login": "alice@contoso.com"},
    "source": {"item_type": "file", "item_id": "11", "item_name": "plan.txt"},
}


def made(root: Path, *records: dict[str, object]) -> timeline.Case:
    (root / "box.json").write_text("".join(json.dumps(record) + "\n" for record in records))
    case = timeline.Case.create(root / "case")
    case.ingest(root / "box.json")
    return case


def without(name: str, **more: object) -> dict[str, object]:
    return {key: value for key, value in BOX.items() if key != name} | more


@pytest.fixture
def case(tmp_path: Path) -> timeline.Case:
    late = BOX | {"event_id": "e3", "created_at": "2023-05-03T10:00:00Z"}
    return made(tmp_path, BOX, without("created_at", event_id="e2"), late)


def test_a_record_that_states_no_time_is_an_event_without_one(case: timeline.Case) -> None:
    rows = case.events()
    assert rows["record"].to_list() == [1, 3, 2]
    assert rows["time"].is_null().to_list() == [False, False, True]
    assert rows["time_precision"].to_list()[-1] is None
    assert set(rows["actor"]) == {"alice@contoso.com"}


def test_the_ledger_counts_it_among_the_events(case: timeline.Case) -> None:
    (row,) = case.status().iter_rows(named=True)
    assert (row["records"], row["events"], row["rejected"], row["skipped"]) == (3, 3, 0, 0)
    assert case.rejected().height == 0
    assert case.verify()["ok"].all()
    assert "1 of its events state no time" in case.status(notes=True)["note"][0]


def test_nothing_is_covered_where_it_may_have_happened(case: timeline.Case) -> None:
    lossy = case.gaps().filter(state="lossy")
    assert lossy.height == 1
    assert "no time is stated" in lossy["cause"][0]
    params = {"object": "*plan.txt", "actor": "bob@contoso.com"}
    (asked,) = case.ask("artefact-read-by", params).iter_rows(named=True)
    assert asked["verdict"] == "unknown"


def test_no_answer_counts_it(case: timeline.Case) -> None:
    assert case.query("artefact-read-by", {"object": "*plan.txt"}).height == 2


def test_a_time_that_cannot_be_read_is_rejected_as_before(tmp_path: Path) -> None:
    case = made(tmp_path, BOX, BOX | {"event_id": "e2", "created_at": "yesterday"})
    assert case.status()["rejected"].to_list() == [1]
    assert case.events().height == 1


def test_read_again_it_is_there_once(case: timeline.Case) -> None:
    before = case.events()["event_id"].to_list()
    case.retry()
    assert case.events()["event_id"].to_list() == before


def test_the_paths_of_a_time_are_found_through_the_columns_it_uses() -> None:
    assert stated(
        "SELECT r.a AS told, coalesce(r.x.startTime, told) AS early, instant(early) AS time, r.createdAt AS other FROM records"
    ) == (("x", "startTime"),)
    assert stated("SELECT instant(told) AS time FROM (SELECT *, r.eventTime AS told FROM records)") == (("eventTime",),)
