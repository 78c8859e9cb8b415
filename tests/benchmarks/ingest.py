"""The cost of an ingest (hash, records, events, ledger, quarantine) beside a typed read by DuckDB of the same columns into a table."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.peers import ROWS, there
from tests.benchmarks.records import LOGS, Log, write

START = 50  # records of which little but the start of a program is left
CHILD = """
import importlib, json, resource, sys, time
module, job, arguments = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
def cpu():
    all = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in all)
started, before = time.perf_counter(), cpu()
rows = getattr(importlib.import_module(module), job)(**arguments)
memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"rows": rows, "cpu": cpu() - before, "wall": time.perf_counter() - started, "memory": memory * 1024}))
"""


@dataclass(frozen=True)
class Cost:
    """What one job took: rows, CPU seconds, wall seconds, bytes of memory at the peak."""

    rows: float
    cpu: float
    wall: float
    memory: float

    def line(self, name: str, size: int) -> str:
        """Give it as a row of figures, over so many bytes of logs on disk."""
        return (
            f"{name:28} {self.rows:>10,.0f} rows {self.cpu:8.2f} s CPU {self.wall:8.2f} s wall "
            f"{self.rows / self.wall:>10,.0f} rows/s {size / self.wall / 1e6:7.1f} MB/s {self.memory / 1e6:6.0f} MB peak"
        )


def measured(module: str, job: str, **arguments: object) -> Cost:
    """Run one job in a process of its own (imports are part of it) and give its cost."""
    command = [sys.executable, "-c", CHILD, f"tests.benchmarks.{module}", job, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        raise RuntimeError(f"{module}.{job}: {done.stderr[-2000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def ours(folder: str, case: str) -> int:
    """Ingest a folder into a new case."""
    from timeline.api import Case  # noqa: PLC0415

    shutil.rmtree(case, ignore_errors=True)  # what was ingested is not read again
    made = Case.create(case)
    return int(made.ingest([folder])["events"].sum())


def _beside(log: Log, paths: list[str], work: Path) -> Iterator[str]:
    """Give the lines that compare with other tools on a log's files; the start of each program is included."""
    for peer in there(log.shape):
        own = measured("ingest", "ours", folder=str(Path(paths[0]).parent), case=str(work / f"{peer}-{log.place}"))
        told = {"source": log.source, "paths": paths, "shape": log.shape, "database": str(work / f"{log.place}.{peer}")}
        cost = measured("peers", peer, **told)
        ratios = f"{cost.cpu / own.cpu:.1f} x our CPU, {cost.wall / own.wall:.1f} x our time"
        yield f"  {peer}: {ratios} ({own.rows:,.0f} records; it has {cost.rows:,.0f})"


def beside_plaso(path: Path, work: Path) -> Iterator[str]:
    """Give the lines that compare with Plaso on a Windows event log of the user's, alone in its folder."""
    log = Log("windows_events", "evtx", 0, "evtx")
    yield f"{path.name}: {path.stat().st_size / 1e6:,.0f} MB"
    yield from _beside(log, [str(path)], work) if there("evtx") else ["  plaso: not installed"]


def _pair(log: Log, work: Path, paths: list[str]) -> tuple[Cost, Cost]:
    """Read the files of a log by DuckDB alone and by us."""
    work.mkdir(exist_ok=True)
    database = work / f"{log.place}.duckdb"
    database.unlink(missing_ok=True)
    read = measured("limits", "typed", source=log.source, paths=paths, shape=log.shape, database=str(database))
    own = measured("ingest", "ours", folder=str(Path(paths[0]).parent), case=str(work / f"case-{log.place}"))
    return read, own


def _one(log: Log, work: Path, count: int) -> tuple[Cost, Iterator[str]]:
    paths = [str(path) for path in write(log, work / "in", count)]
    size = sum(Path(path).stat().st_size for path in paths)
    read, own = _pair(log, work, paths)
    # a new process imports, plans and makes a case before it reads: seconds that do not grow with the log
    few, start = _pair(log, work / "start", [str(path) for path in write(log, work / "few", START)])
    beyond = (own.cpu - start.cpu) / max(read.cpu - few.cpu, 0.01)
    return read, iter(
        [
            f"{log.place}: {size / 1e6:,.0f} MB in {len(paths)} file(s), {log.shape}",
            read.line("  DuckDB typed read", size),
            own.line("  timeline ingest", size),
            f"  CPU ratio {own.cpu / read.cpu:.2f}; beyond the start of both programs {beyond:.2f}",
        ]
    )


def run(work: Path, records: int, only: str = "", *, peers: bool = True) -> Iterator[str]:
    """Give the lines of the benchmark: each log by its share of the records, or one log with all of them; then all together."""
    total = 0.0
    for log in [log for log in LOGS if log.place == only] if only else LOGS:
        read, lines = _one(log, work, int(records * (1 if only else log.share)))
        total += read.cpu
        yield from lines
        if peers and log.shape in ROWS:
            some = write(log, work / "small", ROWS[log.shape])
            yield from _beside(log, [str(path) for path in some], work)
    if not only:
        size = sum(path.stat().st_size for path in (work / "in").rglob("*") if path.is_file())
        own = measured("ingest", "ours", folder=str(work / "in"), case=str(work / "case-all"))
        yield own.line(f"all together, {size / 1e6:,.0f} MB", size)
        yield f"CPU ratio of the whole ingest to the typed reads: {own.cpu / total:.2f}"
