"""`timeline note`: what analysts say of events and gaps, kept beside the evidence and never erased."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.api import Case
from timeline.case import notes
from timeline.case.notes import Note
from timeline.errors import CaseError
from timeline.export import summary

SAID = ("note_id", "time", "author", "kind", "target", "tag", "star", "text", "there", "filter")


def test_a_note_has_author_time_and_target(case: Any) -> None:
    event = case.events[0]
    (row,) = case.note(event, "--tag", "forged", "--star", "--text", "first use", "--author", "Sam")
    assert tuple(row) == SAID
    assert row == row | {
        "time": "2023-06-05T10:00:00.000000Z",
        "author": "Sam",
        "kind": "event",
        "target": event,
        "tag": "forged",
        "star": True,
        "text": "first use",
        "there": True,
    }
    assert case.rows("note") == [row]


def test_the_author_is_the_analyst_of_the_case_else_the_user(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert case.note(case.events[0], "--star")[0]["author"] == "Robin"
    toml = case.folder / "case.toml"
    toml.write_text(toml.read_text().replace('analyst = "Robin"\n', ""))
    monkeypatch.setenv("USER", "casey")
    assert case.note(case.events[1], "--star")[0]["author"] == "casey"


def test_without_a_stated_time_the_machine_tells_it(case: Any) -> None:
    before = datetime.now(UTC).isoformat()
    (row,) = case.rows("note", case.events[0], "--star")
    assert before <= row["time"] <= datetime.now(UTC).isoformat()


def test_an_event_is_named_by_the_beginning_of_its_id_if_no_other_begins_so(case: Any) -> None:
    event = case.events[0]
    assert case.note(event[:8], "--star")[0]["target"] == event
    for wrong in ("", "%", event[:3], "0123456789abcdef"):
        told = case.run("note", wrong, "--star")
        assert (told.code, "names no event" in told.err) == (2, True)


def test_a_gap_is_named_by_its_key_and_its_start_may_be_short(case: Any) -> None:
    full = case.gap
    assert full == "okta.system/default||expired|2023-05-01T00:00:00.000000Z"
    (row,) = case.note("okta.system/default||expired|2023-05-01", "--tag", "asked-for")
    assert (row["kind"], row["target"], row["there"]) == ("gap", full, True)
    wrong = case.run("note", "okta.system/default||lossy|2023-05-01", "--star")
    assert (wrong.code, f"the nearest is {full!r}" in wrong.err) == (2, True)


def test_one_note_may_be_about_several_things(case: Any) -> None:
    assert [row["kind"] for row in case.note(case.events[0], case.gap, case.events[0], "--star")] == ["event", "gap"]


def test_nothing_is_written_if_one_target_is_wrong(case: Any) -> None:
    assert case.run("note", case.events[0], "0123456789", "--star").code == 2
    assert not case.file.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("EVENT",),
        ("--star",),
        ("EVENT", "--view", "v", "--actor", "a"),
        ("--view", "v"),
        ("--actor", "a"),
        ("--view", "v", "--from", "May"),
        ("--remove", "0123456789ab"),
        ("EVENT", "--star", "--at", "yesterday"),
        ("EVENT", "--text", "\udcff"),
    ],
)
def test_a_note_that_says_nothing_clear_is_refused(case: Any, words: tuple[str, ...]) -> None:
    told = case.run("note", *(case.events[0] if word == "EVENT" else word for word in words))
    assert told.code == 2
    assert told.err.strip()
    assert not case.file.exists()


def test_what_is_taken_back_stays_in_the_file(case: Any) -> None:
    (row,) = case.note(case.events[0], "--text", "wrong")
    before = case.file.read_bytes()
    assert case.note("--remove", row["note_id"][:7]) == [row]
    assert case.rows("note") == []
    assert case.file.read_bytes().startswith(before)
    assert json.loads(case.file.read_text().splitlines()[1])["kind"] == "removal"
    assert case.run("note", "--remove", row["note_id"]).code == 2


def test_notes_survive_a_new_ingest_and_one_whose_event_is_gone_says_so(case: Any) -> None:
    first, last = case.events[0], case.events[-1]
    case.note(first, last, case.gap, "--star")
    (case.folder / "case.duckdb").unlink()
    path = case.folder / "okta.json"
    case.run("ingest", case.folder)
    assert [row["there"] for row in case.rows("note")] == [True, True, True]
    (case.folder / "case.duckdb").unlink()
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    case.run("ingest", case.folder)
    # the file is another one now, and an id is of a file's record
    assert {row["target"]: row["there"] for row in case.rows("note")} == {first: False, last: False, case.gap: True}


def test_a_note_of_a_gap_that_was_mended_says_so(case: Any) -> None:
    gap = case.gap
    case.note(gap, "--text", "ask for the archive", "--star")
    toml = case.folder / "case.toml"
    toml.write_text(toml.read_text().replace("retention_days = 20", 'semantics = "none"'))
    assert [row["there"] for row in case.rows("note")] == [False]
    with Case.open(case.folder) as opened:
        (told,) = summary.notes(opened.notes()).iter_rows(named=True)
    assert (told["about"], told["star"], told["text"]) == (f"{gap} (no longer in the case)", "★", "ask for the archive")


def test_exports_tell_what_was_noted_only_if_something_was(case: Any, tmp_path: Path) -> None:
    plain = case.rows("events")
    first, second = case.events[:2]
    case.note(first, "--tag", "a", "--star", "--text", "one")
    case.note(first, "--tag", "b", "--text", "two")
    case.note(first, "--tag", "a")
    rows = case.rows("events")
    assert [list(row)[-3:] for row in rows] == [["tags", "starred", "notes"]] * len(rows)
    assert [{key: row[key] for key in plain[0]} for row in rows] == plain
    by_id = {row["event_id"]: (row["tags"], row["starred"], row["notes"]) for row in rows}
    assert by_id[first] == (["a", "b"], True, ["one", "two"])
    assert by_id[second] == (None, False, None)
    for form in ("jsonl", "csv", "parquet"):
        target = tmp_path / f"events.{form}"
        assert case.run("export", "--to", form, "-o", target).code == 0
    assert pl.read_parquet(tmp_path / "events.parquet").filter("starred")["tags"].to_list() == [["a", "b"]]
    assert '["a","b"]' in (tmp_path / "events.jsonl").read_text()


def test_gaps_tell_what_was_noted(case: Any) -> None:
    assert "tags" not in case.rows("gaps")[0]
    case.note(case.gap, "--tag", "asked-for")
    assert case.rows("gaps")[0]["tags"] == ["asked-for"]


def test_a_view_is_saved_and_asked_for_by_name(case: Any) -> None:
    (row,) = case.note("--view", "late", "--from", "2023-05-17", "--actor", "alice*", "--text", "the last days")
    assert (row["kind"], row["target"], row["filter"]) == ("view", "late", "from=2023-05-17&actor=alice%2A")
    seen = [one["time"][:10] for one in case.rows("events", "--view", "late")]
    assert seen == ["2023-05-17", "2023-05-18", "2023-05-19"]
    assert len(case.rows("events", "--view", "late", "--from", "2023-05-18")) == 2
    case.note("--view", "late", "--from", "2023-05-19")
    assert len(case.rows("events", "--view", "late")) == 1
    never = case.run("note", "--view", "never", "--from", "2023-05-19", "--to", "2023-05-18")
    assert (never.code, "--from 2023-05-19 is not before --to 2023-05-18" in never.err) == (2, True)
    wrong = case.run("events", "--view", "early")
    assert (wrong.code, "there are: late" in wrong.err) == (2, True)


def test_a_changed_line_shows_when_the_case_is_verified(case: Any) -> None:
    case.note(case.events[0], "--text", "seen by nobody")
    assert case.run("verify").code == 0
    case.file.write_text(case.file.read_text().replace("nobody", "all"))
    told = case.run("verify")
    assert told.code == 1
    assert "notes.jsonl, line 1" in told.out


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "5",
        "{broken",
        '{"note_id":"x","time":7,"author":"a","kind":"event","target":"t"}',
        '{"note_id":"x"}',
        '{"note_id":"x","time":"then","author":"a","kind":"event","target":"t"}',
        '{"note_id":"x","time":"2023-05-01","author":"a","kind":"opinion","target":"t"}',
        '{"note_id":"x","time":"2023-05-01","author":"a","kind":"event","target":7}',
        '{"note_id":"x","time":"2023-05-01","author":"a","kind":"event","target":"t","star":"yes"}',
        '{"note_id":"x","time":"2023-05-01","author":"a","kind":"view","target":"t","filter":["a"]}',
        '{"note_id":"x","time":"2023-05-01","author":"a","kind":"view","target":"t","more":1}',
    ],
)
def test_a_line_that_is_no_note_is_named(case: Any, line: str) -> None:
    case.note(case.events[0], "--star")
    before = case.file.read_text() + line + "\n"
    case.file.write_text(before)
    for words in (["note"], ["events"], ["note", case_event(before), "--star"]):
        told = case.run(*words)
        assert (told.code, "notes.jsonl:2:" in told.err) == (2, True)
        assert not [word for word in ("object has no", "cannot be interpreted", "__init__") if word in told.err]
    assert case.file.read_text() == before


def case_event(text: str) -> str:
    return str(json.loads(text.splitlines()[0])["target"])


def test_hostile_text_is_shown_and_never_acts(case: Any) -> None:
    hostile = "=cmd()\x1b[31m\u202e</script><b>&\n--"
    case.note(case.events[0], "--text", hostile, "--tag", "\x07tag")
    assert case.rows("note")[0]["text"] == hostile
    for words in (("note",), ("events", "--columns", "all"), ("note", "--format", "csv")):
        out = case.run(*words).out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "'=cmd()" in case.run("note", "--format", "csv").out
    assert case.run("html", "-o", case.folder / "report.html").code == 0
    page = (case.folder / "report.html").read_text()
    assert "</script><b>" not in page
    assert "\\u003c/script\\u003e\\u003cb\\u003e" in page


def test_the_page_is_given_gaps_and_views_by_its_own_names(case: Any) -> None:
    case.note(case.gap, "--star")
    case.note("--view", "late", "--from", "2023-05-17", "--to", "2023-05-18", "--actor", "alice*")
    with Case.open(case.folder) as opened:
        targets = opened.report().notes_made["target"].to_list()
    assert targets[0] == "okta.system/default~~expired~1682899200000000"
    assert (
        targets[1] == "range=2023-05-17..2023-05-18&where=%5B%5B%22actor%22%2C%20%22alice%22%2C%20null%2C%20false%5D%5D"
    )


def test_a_note_begins_a_line_of_its_own_even_after_a_torn_one(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    one, two = Note(1, "a", "event", "x", star=True), Note(2, "a", "event", "y", star=True)
    notes.add(path, [one])
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    notes.add(path, [two])
    assert notes.standing(notes.read(path)) == [one, two]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="can be written"):
        notes.add(tmp_path / "none" / "notes.jsonl", [Note(1, "a", "event", "x")])


@given(
    st.builds(
        Note,
        st.integers(0, 2**52),
        st.text(),
        st.sampled_from(["event", "gap"]),
        st.text(),
        st.text(),
        st.booleans(),
        st.text(),
    )
)
def test_every_note_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, note: Note) -> None:
    path = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    notes.add(path, [note])
    (kept,) = notes.read(path)
    assert (kept.note, kept.sound) == (note, True)
