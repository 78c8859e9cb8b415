"""The cost of an ingest (hash, records, events, ledger, quarantine) beside a typed read by DuckDB of the same columns into a table."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.records import LOGS, Log, write

CHILD = """
import json, resource, sys, time
from tests.benchmarks import ingest
job, arguments = sys.argv[1], json.loads(sys.argv[2])
started = time.perf_counter()
before = resource.getrusage(resource.RUSAGE_SELF)
rows = getattr(ingest, job)(**arguments)
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"rows": rows, "cpu": cpu, "wall": time.perf_counter() - started, "memory": after.ru_maxrss * 1024}))
"""


def measured(job: str, **arguments: object) -> dict[str, float]:
    """Run one job in a process of its own and give its CPU seconds, wall seconds, peak memory and rows."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, job, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def columns(source: str) -> tuple[dict[str, object], list[str]]:
    """Give the JSON paths that a source reads, as a typed schema and as the leaves; of keys that differ only in case the first."""
    from timeline.case.normal import paths_of  # noqa: PLC0415  the child that reads by DuckDB alone pays for nothing else
    from timeline.catalog import sources  # noqa: PLC0415

    wanted = sources()[source]
    tree: dict[str, object] = {}
    leaves = []
    for path in paths_of(f"SELECT ({wanted.match}) AS m", wanted.select):
        node: dict[str, object] = tree
        plain = path[: next((index for index, part in enumerate(path) if part.startswith("#")), len(path))]
        for part in plain[:-1]:
            below = next((value for key, value in node.items() if key.lower() == part.lower()), None)
            if below is None:
                below = node[part] = {}
            if not isinstance(below, dict):
                break
            node = below
        else:
            if not any(key.lower() == plain[-1].lower() for key in node):
                node[plain[-1]] = "VARCHAR"
                leaves.append(".".join(f'"{part}"' for part in plain))
    return tree, leaves


def _type(node: object) -> str:
    return (
        "STRUCT(" + ", ".join(f'"{key}" {_type(value)}' for key, value in node.items()) + ")"
        if isinstance(node, dict)
        else str(node)
    )


def typed(source: str, paths: list[str], shape: str, database: str) -> int:
    """Read files with DuckDB's own JSON reader, each column by its type, into a table."""
    import duckdb  # noqa: PLC0415

    tree, leaves = columns(source)
    connection = duckdb.connect(database)
    connection.execute("SET enable_progress_bar = false")
    files = ", ".join("'" + path + "'" for path in paths)
    if shape == "ndjson":
        typing = ", ".join(f"'{key}': '{_type(value)}'" for key, value in tree.items())
        chosen = ", ".join(f"{leaf} AS c{index}" for index, leaf in enumerate(leaves))
        relation = f"read_json([{files}], format='newline_delimited', columns={{{typing}}})"
    else:
        chosen = ", ".join(f"r.{leaf} AS c{index}" for index, leaf in enumerate(leaves))
        relation = (
            f"(SELECT unnest(Records) AS r FROM read_json([{files}], format='unstructured', maximum_object_size=268435456, "
            f"columns={{'Records': '{_type(tree)}[]'}}))"
        )
    connection.execute(f"CREATE TABLE typed AS SELECT {chosen} FROM {relation}")
    return int(connection.execute("SELECT count(*) FROM typed").fetchall()[0][0])


def ours(folder: str, case: str) -> int:
    """Ingest a folder into a new case."""
    from timeline.api import Case  # noqa: PLC0415

    made = Case.create(case)
    return int(made.ingest([folder])["events"].sum())


def _figures(name: str, figures: dict[str, float], size: int) -> str:
    return (
        f"{name:34} {figures['rows']:>10,.0f} rows {figures['cpu']:8.2f} s CPU {figures['wall']:8.2f} s wall "
        f"{figures['rows'] / figures['wall']:>10,.0f} rows/s {size / figures['wall'] / 1e6:7.1f} MB/s {figures['memory'] / 1e6:8.0f} MB peak"
    )


def _one(log: Log, work: Path, count: int) -> tuple[dict[str, float], list[str]]:
    paths = [str(path) for path in write(log, work / "in", count)]
    size = sum(Path(path).stat().st_size for path in paths)
    read = measured(
        "typed", source=log.source, paths=paths, shape=log.shape, database=str(work / f"{log.source}.duckdb")
    )
    own = measured("ours", folder=str(work / "in" / log.folder), case=str(work / f"case-{log.source}"))
    ratio = own["cpu"] / read["cpu"]
    return read, [
        f"{log.folder}: {size / 1e6:,.0f} MB in {len(paths)} file(s), {log.shape}",
        _figures("  DuckDB typed read", read, size),
        _figures("  timeline ingest", own, size),
        f"  CPU ratio {ratio:.2f}",
    ]


def run(work: Path, records: int) -> Iterator[str]:
    """Give the lines of the benchmark."""
    total = 0.0
    for log in LOGS:
        read, lines = _one(log, work, int(records * log.share))
        total += read["cpu"]
        yield from lines
    size = sum(path.stat().st_size for path in (work / "in").rglob("*") if path.is_file())
    own = measured("ours", folder=str(work / "in"), case=str(work / "case-all"))
    yield _figures(f"all together, {size / 1e6:,.0f} MB", own, size)
    yield f"CPU ratio of the whole ingest to the typed reads: {own['cpu'] / total:.2f}"
