"""An ingest that is killed and begun again ends as one that was left alone; so does one in another order, or file by file."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random

import duckdb
import polars as pl
import pytest

from timeline import catalog
from timeline.api import Case
from timeline.case.context import Context, files_under
from timeline.case.ingest import Ingest
from timeline.case.store import writer
from timeline.evidence.streams import Builder, Facts

SAMPLES = catalog.folder("sample_logs")
FEW = ("azure.storage", "linux.auth", "m365.audit", "more/aws.cloudtrail_digest", "more/windows.nxlog")
"""Folders of logs that go through every way of reading: documents, lines, CSV, compressed, proofs, local times, a second statement."""
EVENTS = """SELECT f.path, f.member, f.sha256, e.* EXCLUDE (file_no) FROM event AS e JOIN file AS f USING (file_no) ORDER BY event_id, f.path, f.member"""
LEDGER = "SELECT * EXCLUDE (file_no) FROM file ORDER BY path, member"
REJECTED = "SELECT f.path, f.member, r.* EXCLUDE (file_no) FROM rejected AS r JOIN file AS f USING (file_no) ORDER BY f.path, f.member, record"
Content = tuple[pl.DataFrame, ...]


def contents(root: Path) -> Content:
    with duckdb.connect(str(root / "case.duckdb"), read_only=True) as connection:
        return tuple(connection.sql(query).pl() for query in (EVENTS, LEDGER, REJECTED))


def ingest(root: Path, paths: Iterable[Path], threads: int = 2) -> None:
    root.mkdir(exist_ok=True)
    shutil.copy(SAMPLES / "case.toml", root)
    case = Case.open(root)
    connection = writer(case.file)
    try:
        connection.execute(f"SET threads = {threads}")
        context = Context((), *Builder(Facts(), case.config, case.root).statements())
        Ingest(connection, case.log_sources, context, None).run(list(paths))
    finally:
        connection.close()


def same(one: Content, two: Content) -> bool:
    return all(a.equals(b) for a, b in zip(one, two, strict=True))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("few")
    for name in FEW:
        shutil.copytree(SAMPLES / name, root / name)
    return root


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, few: Path) -> Content:
    root = tmp_path_factory.mktemp("undisturbed")
    ingest(root, [few])
    return contents(root)


def kill_after(root: Path, logs: Path, seconds: float | None) -> float:
    """Start an ingest and kill it some time after the case's file is there, if a time is given; tell how long it worked from then on."""
    command = [sys.executable, "-m", "timeline", "--case", str(root), "ingest", str(logs)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (root / "case.duckdb").exists() and process.poll() is None:
            time.sleep(0.002)
        began = time.monotonic()
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        process.wait()
        return time.monotonic() - began


@pytest.fixture(scope="module")
def duration(tmp_path_factory: pytest.TempPathFactory, few: Path) -> float:
    """Give how long an ingest works once the case's file is there, in seconds."""
    root = tmp_path_factory.mktemp("timed")
    shutil.copy(SAMPLES / "case.toml", root)
    return kill_after(root, few, None)


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(20))
def test_an_ingest_that_was_killed_ends_like_an_undisturbed_one(
    tmp_path: Path, few: Path, undisturbed: Content, duration: float, turn: int
) -> None:
    shutil.copy(SAMPLES / "case.toml", tmp_path)
    kill_after(tmp_path, few, Random(turn).uniform(turn / 20, (turn + 1) / 20) * duration)
    ingest(tmp_path, [few])
    assert same(contents(tmp_path), undisturbed)


@pytest.mark.slow
def test_order_company_and_threads_make_no_difference(tmp_path: Path) -> None:
    files = files_under([SAMPLES])
    ingest(tmp_path / "forwards", files)
    ingest(tmp_path / "backwards", files[::-1], threads=1)
    ingest(tmp_path / "piecemeal", files[:1])
    for place in range(1, len(files), 25):
        ingest(tmp_path / "piecemeal", files[place : place + 25])
    found = contents(tmp_path / "forwards")
    for name in ("backwards", "piecemeal"):
        assert same(contents(tmp_path / name), found)
