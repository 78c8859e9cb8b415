"""An ingest of archives that is killed and begun again ends as one that was left alone, and leaves no scratch copy behind."""

import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from test_kill import FEW, SAMPLES, contents, same

from timeline.case.context import OWN, files_under
from timeline.case.store import writer

REJECTED = 3
"""How an ingest ends of which records are rejected: local times, whose zone case.toml tells by folders."""
LOGS = files_under([SAMPLES / name for name in FEW])


def packed(folder: Path) -> Path:
    """Give a folder with a zip, and a compressed tar that has other logs and the zip."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in LOGS[::2]:
            archive.write(path, str(path.relative_to(SAMPLES)))
    with tarfile.open(folder / "b.tar.gz", "w:gz") as archive:
        for path in LOGS[1::2]:
            archive.add(path, str(path.relative_to(SAMPLES)))
        archive.add(folder / "a.zip", "in.zip")
    return folder


def ingesting(root: Path, folder: Path) -> subprocess.Popen[bytes]:
    root.mkdir(exist_ok=True)
    shutil.copy(SAMPLES / "case.toml", root)
    command = [sys.executable, "-m", "timeline", "--case", str(root), "--quiet", "ingest", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.slow
def test_an_ingest_of_archives_that_was_killed_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    folder = packed(tmp_path / "in")
    begin = time.monotonic()
    with ingesting(tmp_path / "whole", folder) as process:
        assert process.wait() == REJECTED
    took = time.monotonic() - begin
    for share in (0.5, 0.7, 0.9):
        root = tmp_path / f"killed at {share}"
        with ingesting(root, folder) as process:
            time.sleep(took * share)
            process.kill()
        assert {path.name for path in root.iterdir()} <= OWN
        with ingesting(root, folder) as process:
            assert process.wait() == REJECTED
        assert same(contents(root), contents(tmp_path / "whole"))


def test_what_a_killed_command_left_of_an_empty_case_is_in_nobodys_way(tmp_path: Path) -> None:
    writer(tmp_path / "other.duckdb").close()
    for name in ("case.duckdb.new", "case.duckdb.new.wal"):
        shutil.copy(tmp_path / "other.duckdb", tmp_path / name)
    with writer(tmp_path / "case.duckdb") as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchall() == [(0,)]
    assert {path.name for path in tmp_path.iterdir()} == {"case.duckdb", "other.duckdb"}
