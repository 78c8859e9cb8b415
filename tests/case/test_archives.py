"""Logs come packed: every member is a file of its own in the ledger, and no archive, however made, does harm or goes missing."""

import gzip
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import py7zr
import pytest
from packing import ARCHIVES, COMPRESSIONS, locked, log, record, renamed, sevenzipped, strange, tarred, zipped

from timeline.api import Case
from timeline.commands.ingest import REJECTED

sys.path.append(str(Path(__file__).parents[1] / "readers"))

from evtx_writer import log as event_log

FILES = {"a/one.json": log(0, 3), "two.json": log(3, 7)}
NUMBERS = ["records", "events", "rejected", "duplicates", "skipped"]


class Bench:
    """A case with a folder of evidence."""

    def __init__(self, root: Path) -> None:
        self.case = Case.create(root / "case")
        self.folder = self.case.root / "in"
        self.folder.mkdir()

    def put(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def ingest(self, timezones: dict[str, str] | None = None) -> dict[str, dict[str, object]]:
        """Ingest all; give the ledger by name."""
        self.case.__dict__.pop("config", None)
        rows = self.case.ingest(self.folder, timezones)
        total = pl.sum_horizontal("events", "rejected", "duplicates", "skipped")
        assert rows.filter(pl.col("records") != total).is_empty()
        start = f"{self.folder}/"
        return {str(row["file"]).removeprefix(start): row for row in rows.iter_rows(named=True)}

    def texts(self) -> list[str]:
        return sorted(self.case.events(raw=True)["raw"])

    def reasons(self) -> dict[str, str]:
        rows = self.case.rejected()
        return {str(row["file"]).rpartition("in/")[2]: row["reason"] for row in rows.iter_rows(named=True)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.case:
        yield made


def counts(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in NUMBERS)


@pytest.mark.parametrize("pack", ARCHIVES)
def test_every_archive_gives_the_records_of_its_members(bench: Bench, pack: str) -> None:
    bench.put("log.txt", ARCHIVES[pack](FILES))
    rows = bench.ingest()
    assert {name.rpartition("!")[2]: row["events"] for name, row in rows.items() if row["records"]} == {
        "a/one.json": 3,
        "two.json": 4,
    }
    assert bench.texts() == sorted(record(number) for number in range(7))
    assert bench.case.verify()["ok"].all()
    assert bench.ingest() == rows


@pytest.mark.parametrize("outer", COMPRESSIONS)
@pytest.mark.parametrize("inner", ["", "gz", "zst"])
def test_compressions_are_undone_also_one_in_another(bench: Bench, outer: str, inner: str) -> None:
    data = COMPRESSIONS[inner](log(0, 9)) if inner else log(0, 9)
    bench.put("log", COMPRESSIONS[outer](data))
    assert counts(bench.ingest()["log"]) == (9, 9, 0, 0, 0)
    assert bench.texts() == sorted(record(number) for number in range(9))


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_streams_that_follow_one_another_are_one_file(bench: Bench, name: str) -> None:
    bench.put("log", COMPRESSIONS[name](log(0, 4)) + COMPRESSIONS[name](log(4, 9)))
    assert counts(bench.ingest()["log"]) == (9, 9, 0, 0, 0)


def test_the_ledger_names_archives_and_members_of_members(bench: Bench) -> None:
    inner = zipped({"c.json": log(3, 4)})
    bench.put("a.zip", zipped({"b.tar": tarred({"x/d.zip": inner, "y.json": log(0, 3)})}))
    rows = bench.ingest()
    assert list(rows) == [
        "a.zip",
        "a.zip!b.tar",
        "a.zip!b.tar!x/d.zip",
        "a.zip!b.tar!x/d.zip!c.json",
        "a.zip!b.tar!y.json",
    ]
    assert [row["records"] for row in rows.values()] == [0, 0, 0, 1, 3]
    assert rows["a.zip!b.tar!x/d.zip"]["bytes"] == len(inner)
    assert len({row["sha256"] for row in rows.values()}) == 5
    assert all("archive of" in str(rows[name]["note"]) for name in ("a.zip", "a.zip!b.tar", "a.zip!b.tar!x/d.zip"))


HOSTILE = [
    "../../up.json",
    "/etc/root.json",
    "C:\\win.json",
    "new\nline.json",
    "\x1b[31mred.json",
    "rtl\u202etxt.exe",
    "bang!in.json",
    "..",
    " ",
]


@pytest.mark.parametrize("pack", ["tar", "stored zip", "tar.gz"])
def test_no_name_leads_out_of_the_case(bench: Bench, pack: str, tmp_path: Path) -> None:
    bench.put("a", ARCHIVES[pack]({name: log(n, n + 1) for n, name in enumerate(HOSTILE)}))
    before = set(tmp_path.rglob("*"))
    rows = bench.ingest()
    assert set(tmp_path.rglob("*")) - before == {bench.case.file}
    names = [name.partition("!")[2] for name in rows if "!" in name]
    assert len(names) == len(HOSTILE)
    assert all(name.isprintable() and "!" not in name and "\u202e" not in name for name in names)
    assert bench.texts() == sorted(record(number) for number in range(len(HOSTILE)))


def test_no_name_in_a_7z_leads_out_of_the_case(bench: Bench, tmp_path: Path) -> None:
    bench.put("a", renamed({"xx/xx/up.json": log(0, 2), "b.json": log(2, 3)}, "xx/xx/up.json", "../../up.json"))
    before = set(tmp_path.rglob("*"))
    assert list(bench.ingest()) == ["a", "a!../../up.json", "a!b.json"]
    assert set(tmp_path.rglob("*")) - before == {bench.case.file}
    assert len(bench.texts()) == 3


def test_members_of_one_name_are_kept_apart(bench: Bench) -> None:
    data = zipped({f"{name}.json": log(number, number + 1) for number, name in enumerate("xyz")})
    bench.put("a.zip", data.replace(b"y.json", b"x.json").replace(b"z.json", b"x.json"))
    assert list(bench.ingest()) == ["a.zip", "a.zip!x.json", "a.zip!x.json#2", "a.zip!x.json#3"]
    assert bench.texts() == sorted(record(number) for number in range(3))
    assert bench.case.verify()["ok"].all()


def test_what_cannot_be_unpacked_is_rejected_by_name_and_the_rest_is_read(bench: Bench) -> None:
    bench.put(
        "a.zip",
        strange(
            locked(zipped({"good.json": log(0, 2), "shut.json": log(2, 3), "odd.json": log(3, 4)}), "shut.json"),
            "odd.json",
        ),
    )
    bench.put("b.7z", sevenzipped({"shut.json": log(4, 5)}, password="secret"))  # noqa: S106
    bench.put("d.7z", sevenzipped({"odd.json": log(5, 6)}, [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}]))
    bench.put("c.rar", b"Rar!\x1a\x07\x01\x00" + bytes(99))
    rows = bench.ingest()
    assert counts(rows["a.zip!good.json"]) == (2, 2, 0, 0, 0)
    reasons = bench.reasons()
    assert set(reasons) == {"a.zip!shut.json", "a.zip!odd.json", "b.7z!shut.json", "d.7z!odd.json", "c.rar"}
    assert all(
        "encrypted" in reasons[name] and "password" in reasons[name] for name in ("a.zip!shut.json", "b.7z!shut.json")
    )
    assert "method 97" in reasons["a.zip!odd.json"]
    assert "RAR" in reasons["c.rar"]
    assert bench.case.verify()["ok"].all()


def test_a_damaged_member_keeps_what_came_before_the_damage(bench: Bench) -> None:
    data = bytearray(zipped({"a.json": log(0, 400), "b.json": log(400, 402)}, zipfile.ZIP_STORED))
    place = bytes(data).find(b'"id-399"')
    data[place + 1] ^= 1
    bench.put("a.zip", bytes(data))
    rows = bench.ingest()
    assert counts(rows["a.zip!a.json"]) == (401, 400, 1, 0, 0)
    assert "checksum differs" in bench.reasons()["a.zip!a.json"]
    assert counts(rows["a.zip!b.json"]) == (2, 2, 0, 0, 0)
    assert bench.case.verify()["ok"].all()


def test_a_zip_without_its_end_gives_the_members_that_are_there(bench: Bench) -> None:
    whole = zipped({"a.json": log(0, 5), "b.json": log(5, 1000)})
    bench.put("a.zip", whole[: len(whole) // 2])
    rows = bench.ingest()
    assert counts(rows["a.zip!a.json"]) == (5, 5, 0, 0, 0)
    assert int(str(rows["a.zip!b.json"]["events"])) > 100
    assert set(bench.reasons()) == {"a.zip", "a.zip!b.json"}


@pytest.mark.parametrize("pack", ["tar", "tar.gz", "tar.xz"])
def test_a_tar_that_is_cut_off_gives_the_members_that_are_there(bench: Bench, pack: str) -> None:
    whole = ARCHIVES[pack]({"a.json": log(0, 5), "b.json": os.urandom(200_000).hex().encode(), "c.json": log(5, 9)})
    bench.put("a.tar", whole[: len(whole) * 2 // 3])
    rows = bench.ingest()
    assert counts(rows["a.tar!a.json"]) == (5, 5, 0, 0, 0)
    assert "a.tar!c.json" not in rows
    assert "a.tar" in bench.reasons()


def test_a_tar_with_a_broken_header_tells_of_it_and_goes_on(bench: Bench) -> None:
    data = bytearray(tarred({"a.json": log(0, 2), "b.json": log(2, 4), "c.json": log(4, 6)}))
    place = bytes(data).find(b"b.json")
    data[place : place + 200] = b"x" * 200
    bench.put("a.tar", bytes(data))
    rows = bench.ingest()
    assert [name for name in rows if rows[name]["events"]] == ["a.tar!a.json", "a.tar!c.json"]
    assert "are no member" in bench.reasons()["a.tar"]


def test_a_member_that_is_identical_to_a_file_counts_once(bench: Bench) -> None:
    bench.put("plain.json", log(0, 3))
    bench.put("a.zip", zipped({"same.json": log(0, 3), "other.json": log(3, 4)}))
    bench.put("copy.zip", zipped({"same.json": log(0, 3), "other.json": log(3, 4)}))
    rows = bench.ingest()
    assert len(bench.texts()) == 4
    assert sum(int(str(row["events"])) for row in rows.values()) == 4
    assert rows["copy.zip!other.json"]["duplicates"] == 1
    assert bench.case.verify()["ok"].all()


def zeros(megabytes: int) -> bytes:
    return gzip.compress(bytes(megabytes << 20))


LIMITS = {
    "UNPACKED": ("100", zipped({"a.json": log(0, 1), "b.json": log(1, 99)})),
    "RATIO": ("20", zipped({"a.json": log(0, 1), "zeros": bytes(80 << 20), "b.json": log(1, 3)})),
    "DEPTH": ("2", zipped({"a.json": log(0, 1), "b.zip": zipped({"c.zip": zipped({"d.json": log(1, 2)})})})),
    "MEMBERS": ("2", zipped({f"{n}.json": log(n, n + 1) for n in range(5)})),
    "SPARE": (str(1 << 60), zipped({"a.json": log(0, 1), "b.tar": tarred({"c.json": log(1, 2)})})),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_bomb_ends_at_a_limit_that_the_rejection_names(
    bench: Bench, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, data = LIMITS[limit]
    monkeypatch.setenv(f"TIMELINE_MAX_{limit}", told if limit != "UNPACKED" else str(len(log(0, 1)) + 10))
    bench.put("bomb.zip", data)
    rows = bench.ingest()
    assert counts(rows[next(name for name in rows if "!" in name)]) == (1, 1, 0, 0, 0)
    assert sum(int(str(row["rejected"])) for row in rows.values()) >= 1
    assert all(f"TIMELINE_MAX_{limit}" in reason or "disk" in reason for reason in bench.reasons().values())
    monkeypatch.delenv(f"TIMELINE_MAX_{limit}")
    assert all(not row["rejected"] or limit == "RATIO" for row in bench.ingest().values())


def test_a_compressed_bomb_that_is_no_archive_ends_at_the_ratio(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMELINE_MAX_RATIO", "50")
    bench.put("bomb.gz", gzip.compress(log(0, 3) + b"\n" * (90 << 20)))
    row = bench.ingest()["bomb.gz"]
    assert (row["events"], row["rejected"]) == (3, 1)
    assert "TIMELINE_MAX_RATIO" in bench.reasons()["bomb.gz"]


def test_a_mistaken_limit_is_a_mistake_of_the_user(
    timeline: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIMELINE_MAX_DEPTH", "deep")
    (tmp_path / "x.json").write_bytes(log(0, 1))
    Case.create(tmp_path / "case")
    outcome = timeline("-C", tmp_path / "case", "ingest", tmp_path / "x.json")  # type: ignore[operator]
    assert outcome.code == 2
    assert "TIMELINE_MAX_DEPTH=deep" in outcome.err


def test_a_locked_member_ends_in_exit_code_3(timeline: object, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(locked(zipped({"shut.json": log(0, 1)}), "shut.json"))
    Case.create(tmp_path / "case")
    assert timeline("-C", tmp_path / "case", "ingest", tmp_path / "a.zip").code == REJECTED  # type: ignore[operator]


SYSLOG = b"2023-05-01 12:00:00 x\n"
LOCAL = "".join(
    f"May  1 12:00:{n:02d} host1 sshd[7]: Accepted publickey for avery from 192.0.2.7 port 22 ssh2\n" for n in range(3)
).encode()
TOML = """[case]
name = "x"
[[collection]]
id = "c"
collected_at = 2023-05-02T00:00:00Z
timezone = "Europe/Paris"
paths = ["{glob}"]
"""


@pytest.mark.parametrize("glob", ["a.zip", "*/a.zip", "auth.log", "*!logs/*", "*a.zip!logs/auth.log", "*in.tar"])
def test_a_zone_is_stated_for_a_member_or_the_archives_around_it(bench: Bench, glob: str) -> None:
    (bench.case.root / "case.toml").write_text('[[collection]]\nid = "c"\ncollected_at = 2023-05-02T00:00:00Z\n')
    packed = zipped({"in.tar": tarred({"logs/auth.log": LOCAL})}) if "tar" in glob else zipped({"logs/auth.log": LOCAL})
    bench.put("a.zip", packed)
    rows = bench.ingest()
    assert sum(int(str(row["rejected"])) for row in rows.values()) == 3
    assert all(not row["rejected"] for row in bench.ingest({glob: "Europe/Paris"}).values())
    assert str(bench.case.events()["time"][0]) == "2023-05-01 10:00:00+00:00"


@pytest.mark.parametrize("glob", ["in/a.zip", "in/a.zip!logs/*", "in/*"])
def test_a_collection_covers_members_by_their_own_path_and_the_archives(bench: Bench, glob: str) -> None:
    (bench.case.root / "case.toml").write_text(TOML.format(glob=glob))
    bench.put("a.zip", zipped({"logs/auth.log": LOCAL}))
    assert bench.ingest()["a.zip!logs/auth.log"]["events"] == 3
    assert bench.case.knowledge.builder.members["c"]


def test_a_changed_archive_replaces_its_members(bench: Bench) -> None:
    bench.put("a.zip", zipped({"x.json": log(0, 2), "y.json": log(2, 3)}))
    bench.ingest()
    bench.put("a.zip", zipped({"x.json": log(5, 6)}))
    assert list(bench.ingest()) == ["a.zip", "a.zip!x.json"]
    assert bench.texts() == [record(5)]


def test_an_ingest_that_ended_inside_an_archive_is_made_whole(bench: Bench) -> None:
    bench.put("a.zip", zipped(FILES))
    bench.put("b.json", log(3, 7))
    bench.ingest()
    whole = bench.case.sql("SELECT event_id, file FROM events ORDER BY ALL")
    bench.case.close()
    from timeline.case.store import writer  # noqa: PLC0415

    with writer(bench.case.file) as connection:
        connection.execute("DELETE FROM file WHERE member IS NULL AND kind = 'archive'")
        connection.execute("DELETE FROM event WHERE file_no = (SELECT file_no FROM file WHERE member = 'a/one.json')")
        connection.execute("DELETE FROM file WHERE member = 'a/one.json'")
    bench.ingest()
    assert (
        bench.case.sql("SELECT event_id, file FROM events ORDER BY ALL")
        .select("event_id")
        .equals(whole.select("event_id"))
    )
    assert bench.case.verify()["ok"].all()


def test_verify_tells_of_members_that_are_gone_or_changed(bench: Bench) -> None:
    path = bench.put("a.zip", zipped({"x.json": log(0, 2), "y.json": log(2, 3)}))
    bench.ingest()
    path.write_bytes(zipped({"x.json": log(0, 2), "y.json": log(3, 4)}))
    bad = bench.case.verify().filter(~pl.col("ok"))
    assert [str(each).rpartition("in/")[2] for each in bad["subject"]] == ["a.zip", "a.zip!y.json"]
    path.unlink()
    assert bench.case.verify().filter(~pl.col("ok")).height == 3


def test_nothing_is_left_of_what_was_unpacked(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    bench.put("a.tar.gz", ARCHIVES["tar.gz"](FILES))
    bench.ingest()
    bench.texts()
    bench.case.verify()
    assert list((tmp_path / "temp").iterdir()) == []
    assert {path.name for path in bench.case.root.iterdir()} == {"case.toml", "case.duckdb", "in"}


def test_what_macos_adds_to_a_zip_is_no_lost_record(bench: Bench) -> None:
    bench.put("a.zip", zipped({"x.json": log(0, 2), "__MACOSX/._x.json": b"\x00\x05\x16\x07" + bytes(90)}))
    rows = bench.ingest()
    assert counts(rows["a.zip!__MACOSX/._x.json"]) == (0, 0, 0, 0, 0)


def test_a_member_that_was_rejected_is_read_again_and_its_archive_stays_whole(bench: Bench) -> None:
    (bench.case.root / "case.toml").write_text('[[collection]]\nid = "c"\ncollected_at = 2023-05-02T00:00:00Z\n')
    packed = zipped(
        {"x.json": log(0, 2), "auth.log": LOCAL, "in.zip": zipped({"y.json": log(2, 3)}), "shut.json": log(7, 8)}
    )
    bench.put("a.zip", locked(packed, "shut.json"))
    first = bench.ingest()
    assert (first["a.zip!auth.log"]["rejected"], first["a.zip!shut.json"]["rejected"]) == (3, 1)
    again = bench.ingest({"auth.log": "Europe/Paris"})
    assert set(again) == set(first)
    assert (again["a.zip!auth.log"]["events"], again["a.zip!shut.json"]["rejected"]) == (3, 1)
    assert bench.case.sql("SELECT count(*) AS n FROM rejected")["n"][0] == 1
    assert bench.case.verify()["ok"].all()


def test_an_event_log_in_an_archive_is_read_back(bench: Bench) -> None:
    made = event_log((4, 3))
    bench.put("a.zip", zipped({"Security.evtx": made.data, "Security.evtx.gz": gzip.compress(made.data[:-70_000])}))
    rows = bench.ingest()
    assert (rows["a.zip!Security.evtx"]["records"], rows["a.zip!Security.evtx"]["rejected"]) == (7, 0)
    assert (rows["a.zip!Security.evtx.gz"]["rejected"], rows["a.zip!Security.evtx.gz"]["source"]) == (
        1,
        "windows.security",
    )
    texts = bench.texts()
    assert len(texts) == 7
    assert all('"EventRecordID"' in text for text in texts)
