"""What holds for every log source: its facts are true of its samples, and nothing of a sample is lost, doubled or guessed.

Each source has samples in `sample_logs/`; shapes that no sample has stand in `tests/sources/records`. Everything is ingested once.
`ACCEPT=1 pytest tests/test_sources.py` writes the golden files in `tests/expected` anew.
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from timeline import catalog, globs
from timeline.case import normal, plan
from timeline.case.context import Context, files_under
from timeline.case.ingest import Ingest
from timeline.case.store import writer
from timeline.catalog import Source
from timeline.readers.batch import Batch

HERE = Path(__file__).parent
SAMPLES, RECORDS, EXPECTED = HERE.parent / "sample_logs", HERE / "sources" / "records", HERE / "expected"
SOURCES = catalog.sources()
EACH = pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
MOMENTS = {"time", "logged_time", "issued_time", "expires_time"}
STORED = {"logged_time": "logged_us", "time": "time_us", "issued_time": "issued_time_us",
          "expires_time": "expires_time_us"}  # fmt: skip
SMALL = 40_000
UNSHOWN = tomllib.loads((HERE / "sources" / "unshown.toml").read_text())


def collected(path: Path) -> int | None:
    """Give the instant that a sample's folder names."""
    day = re.search(r"\d{4}-\d\d-\d\d", str(path))
    return int(datetime.fromisoformat(day.group()).replace(tzinfo=UTC, hour=12).timestamp() * 1e6) if day else None


def evidence() -> list[Path]:
    return [path for path in files_under([SAMPLES, RECORDS]) if path.parent != SAMPLES]


def ingested(place: Path, paths: list[Path]) -> duckdb.DuckDBPyConnection:
    connection = writer(place)
    Ingest(connection, SOURCES, Context(zones=(("*", "UTC"),), collected=collected), None).run(paths)
    return connection


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = ingested(tmp_path_factory.mktemp("sources") / "case.duckdb", evidence())
    yield connection
    connection.close()


def belongs(source: Source) -> str:
    """Give the condition under which an event is of the source."""
    names = " OR ".join(f"source LIKE '{name.replace('*', '%')}'" for name in source.names)
    return f"({names})"


def given(connection: duckdb.DuckDBPyConnection, source: Source, kind: normal.Kind) -> dict[str, str]:
    """Give the columns that a source's SELECT gives for a kind of record, with their types."""
    plan.offer(connection, kind, pa.Table.from_batches([], plan.schema(kind)))
    return {
        str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {normal.mapped(source, kind)}").fetchall()
    }


def kind_of(source: Source) -> normal.Kind:
    return normal.Kind("lines" if source.text_log else "json")


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()


@EACH
def test_every_source_has_a_sample(case: duckdb.DuckDBPyConnection, source: Source) -> None:
    assert rows(
        case,
        f"SELECT count(*) > 0 FROM event JOIN file USING (file_no) WHERE contains(path, 'sample_logs') AND {belongs(source)}",
    ) == [(True,)]


@EACH
def test_every_declared_name_occurs_and_no_other(case: duckdb.DuckDBPyConnection, source: Source) -> None:
    seen = {str(row[0]) for row in rows(case, f"SELECT DISTINCT source FROM event WHERE {belongs(source)}")}
    assert [name for name in source.names if not any(globs.matches(name, each) for each in seen)] == []


def test_every_event_is_of_a_declared_name(case: duckdb.DuckDBPyConnection) -> None:
    assert (
        rows(case, f"SELECT DISTINCT source FROM event WHERE NOT ({' OR '.join(map(belongs, SOURCES.values()))})") == []
    )


@EACH
def test_every_column_has_the_type_of_the_vocabulary(case: duckdb.DuckDBPyConnection, source: Source) -> None:
    wanted = {
        name: "TIMESTAMP WITH TIME ZONE" if name in MOMENTS else kind for name, kind in catalog.column_types().items()
    }
    columns = given(case, source, kind_of(source))
    wrong = {
        name: kind for name, kind in columns.items() if name in wanted and kind not in (wanted[name], "NULL", '"NULL"')
    }
    assert wrong == {}
    assert "time" in columns


@EACH
def test_the_samples_fill_every_column_but_the_empty_ones(case: duckdb.DuckDBPyConnection, source: Source) -> None:
    told = set(given(case, source, kind_of(source))) & set(catalog.column_types()) - {"zone", "file_id"}
    listed = sorted(told | set(source.empty))
    counts = rows(
        case,
        f"SELECT {', '.join(f'count({STORED.get(name, name)})' for name in listed)} FROM event WHERE {belongs(source)}",
    )[0]
    filled = {name for name, count in zip(listed, counts, strict=True) if count}
    assert filled & set(source.empty) == set()
    assert told - set(source.empty) - filled == set(UNSHOWN["columns"].get(source.id, ()))


@EACH
def test_only_words_of_the_vocabulary_are_used(case: duckdb.DuckDBPyConnection, source: Source) -> None:
    words: dict[str, set[str | None]] = {"outcome": {"success", "failure", "unknown"}, "actor_type": {"user", "service", "workload", "system", "anonymous", None},
             "family": {"sign_in", "token", "storage", "audit", "control", "system"}, "action": {*catalog.actions()},
             "time_precision": {"day", "s", "ms", "us", "100ns", "year_inferred"}}  # fmt: skip
    for column, known in words.items():
        assert {
            row[0] for row in rows(case, f"SELECT DISTINCT {column} FROM event WHERE {belongs(source)}")
        } - known == set(), column


@EACH
def test_a_source_witnesses_what_its_samples_show(case: duckdb.DuckDBPyConnection, source: Source) -> None:
    quiet = {"other", "config.read", "config.change", "service.event", "object.inspect", "token.use"}
    shown = rows(case, f"SELECT DISTINCT source, action FROM event WHERE {belongs(source)}")
    silent = {name for name, actions in source.witnesses.items() if name != "*" and not actions}
    missing = {
        (name, action)
        for name, action in shown
        if action not in quiet and name not in silent and str(action) not in witnessed(source, str(name))
    }
    assert missing == set()


@EACH
def test_a_witness_of_objects_says_which_objects_it_can_see(source: Source) -> None:
    told = {action for actions in source.witnesses.values() for action in actions}
    assert source.objects or not any(action.startswith("object.") for action in told)


def witnessed(source: Source, name: str) -> set[str]:
    return {*source.optional} | {
        action for known in {name, *source.names} if globs.matches(known, name) for action in source.actions_of(known)
    }


def test_every_record_is_an_event_rejected_duplicate_or_skipped(case: duckdb.DuckDBPyConnection) -> None:
    counted = """SELECT path, records, skipped, (SELECT count(*) FROM event AS e WHERE e.file_no = f.file_no) AS events,
        (SELECT count(*) FROM rejected AS r WHERE r.file_no = f.file_no) AS refused FROM file AS f WHERE NOT twin"""
    assert rows(case, f"SELECT * FROM ({counted}) WHERE records <> skipped + events + refused") == []
    assert rows(case, "SELECT path FROM file WHERE skipped > 0") == []


def test_our_own_records_are_all_taken(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "SELECT path, record, reason FROM rejected JOIN file USING (file_no)") == []


def conditions(kind: normal.Kind) -> tuple[str, list[tuple[str, ...]]]:
    texts = [f"SELECT ({source.match}) AS m" for source in plan.candidates(SOURCES.values(), kind)]
    paths = normal.paths_of(*texts)
    words = normal.wording(paths, kind)
    each = [catalog.rewrite(text, words)[len("SELECT ") : -len(" AS m")] for text in texts]
    return " + ".join(f"coalesce({text}, false)::INTEGER" for text in each), paths


def batches(number: int, path: Path) -> Iterator[tuple[plan.Found, pa.RecordBatch]]:
    found = plan.look(number, path, str(number), SOURCES.values())
    for piece in found.pieces():
        if isinstance(piece, Batch):
            yield found, plan.arrow(found, piece)


@pytest.fixture(scope="module")
def records() -> dict[normal.Kind, pa.Table]:
    """Give the records of all files, those of one kind together; `file_no` is the place of their file in `evidence()`."""
    found: dict[normal.Kind, list[pa.RecordBatch]] = {}
    for number, path in enumerate(evidence()):
        for one, batch in batches(number, path):
            found.setdefault(one.kind, []).append(batch)
    return {kind: pa.Table.from_batches(some) for kind, some in found.items()}


def test_no_record_is_of_two_sources(case: duckdb.DuckDBPyConnection, records: dict[normal.Kind, pa.Table]) -> None:
    for kind, table in records.items():
        if kind.shape == "csv" and not kind.payload:
            continue
        plan.offer(case, kind, table)
        counted, paths = conditions(kind)
        taken = f"SELECT *, {counted} AS takers FROM ({normal.spread(paths, kind, context=False)})"
        wrong = rows(case, f"SELECT file_no, record, line FROM ({taken}) WHERE takers <> 1")
        assert [(evidence()[int(str(number))], *other) for number, *other in wrong] == []


SCRIPT = """import json, sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from tests import test_sources as t
c = t.ingested(Path(sys.argv[2]), [Path(p) for p in sys.argv[3:]])
print(json.dumps(c.execute(t.TIMES).fetchall()))"""
TIMES = "SELECT event_id, time_us, logged_us, issued_time_us FROM event ORDER BY ALL"


def test_times_do_not_depend_on_the_machines_zone(case: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    small = [path for path in evidence() if path.stat().st_size < SMALL][::6] + files_under([RECORDS])
    command = [sys.executable, "-c", SCRIPT, str(HERE.parent), str(tmp_path / "case.duckdb"), *map(str, small)]
    there = {**os.environ, "TZ": "Pacific/Chatham"}
    told = json.loads(subprocess.run(command, env=there, capture_output=True, text=True, check=True).stdout)
    assert len(told) > len(small)
    assert {tuple(row) for row in told} <= {*rows(case, TIMES)}


@EACH
def test_the_first_events_are_as_reviewed(case: duckdb.DuckDBPyConnection, source: Source) -> None:
    columns = [
        STORED.get(name, name)
        for name in catalog.column_types()
        if name
        not in (
            "zone",
            "file_id",
            "issued_time_us",
            "expires_time_us",
            "network",
            "retention_days",
            "time_us",
            "event_id",
        )
    ]
    query = f"""SELECT {", ".join(columns)} FROM (SELECT *, row_number() OVER (PARTITION BY source, action, outcome ORDER BY time_us, event_id) AS turn
        FROM event JOIN file USING (file_no) WHERE contains(path, 'sample_logs') AND {belongs(source)}) WHERE turn <= 2 ORDER BY source, time_us, event_id LIMIT 20"""
    text = io.StringIO()
    writing = csv.writer(text, lineterminator="\n")
    writing.writerow(columns)
    writing.writerows(rows(case, query))
    golden = EXPECTED / f"{source.id}.csv"
    if os.environ.get("ACCEPT") == "1":
        EXPECTED.mkdir(exist_ok=True)
        golden.write_text(text.getvalue(), encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text.getvalue()


NAMES = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,})")
ADDRESSES = re.compile(r"(?<![\w.:-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.-])")
OURS = re.compile(
    r"(^|\.)(contoso|example)\.(com|net|org|onmicrosoft\.com)$|(^|\.)(iam\.gserviceaccount\.com|openssh\.com|libssh\.org)$",
    re.IGNORECASE,
)
RESERVED = re.compile(
    r"^(192\.0\.2|198\.51\.100|203\.0\.113|127\.0\.0|10\.\d+\.\d+|192\.168\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+|169\.254\.\d+)\.|^0\.0\.0\.0$"
)


def test_the_samples_name_no_real_person_or_machine(case: duckdb.DuckDBPyConnection) -> None:
    columns = ("actor", "src_ip", "mailbox", "object")
    told = {
        str(value)
        for row in rows(case, f"SELECT DISTINCT {', '.join(columns)} FROM event")
        for value in row
        if value is not None
    }
    assert {host for text in told for host in NAMES.findall(text) if not OURS.search(host)} == set()
    client = {str(row[0]) for row in rows(case, "SELECT DISTINCT src_ip FROM event WHERE src_ip IS NOT NULL")}
    assert {ip for text in client for ip in ADDRESSES.findall(text) if not RESERVED.match(ip)} == set()


def plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


@pytest.fixture(scope="module")
def filled(case: duckdb.DuckDBPyConnection, records: dict[normal.Kind, pa.Table]) -> dict[str, set[tuple[str, ...]]]:
    """Give for each source the paths that some record of samples and records fills."""
    whose: dict[str, set[str]] = {}
    for path, name in rows(case, "SELECT DISTINCT path, source FROM event JOIN file USING (file_no)"):
        whose.setdefault(str(path), set()).add(str(name))
    names = [whose.get(str(place), set()) for place in evidence()]
    found: dict[str, set[tuple[str, ...]]] = {name: set() for name in SOURCES}
    for source in SOURCES.values():
        told = [number for number, some in enumerate(names) if any(map(source_is(source), some))]
        for kind, table in records.items():
            own = table.filter(pc.is_in(table["file_no"], pa.array(told, pa.int32())))
            if own.num_rows and kind.shape != "lines":
                plan.offer(case, kind, own)
                found[source.id] |= read(case, source, kind)
    return found


def source_is(source: Source) -> Callable[[str], bool]:
    return lambda seen: any(globs.matches(name, seen) for name in source.names)


def read(connection: duckdb.DuckDBPyConnection, source: Source, kind: normal.Kind) -> set[tuple[str, ...]]:
    paths = normal.paths_of(source.select)
    words = normal.wording(paths, kind)
    counts = ", ".join(f"count({words[path]})" for path in paths)
    row = rows(connection, f"SELECT {counts} FROM ({normal.spread(paths, kind, context=False)})")[0]
    return {path for path, count in zip(paths, row, strict=True) if count}


@EACH
def test_every_key_that_is_read_occurs_or_is_another_spelling_of_one_that_does(
    filled: dict[str, set[tuple[str, ...]]], source: Source
) -> None:
    seen = filled[source.id]
    known = {plain(path[-1]) for path in seen}
    unshown = {
        ".".join(path) for path in normal.paths_of(source.select) if path not in seen and plain(path[-1]) not in known
    }
    assert unshown == set(UNSHOWN["keys"].get(source.id, ()))
