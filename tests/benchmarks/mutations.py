"""Damages thousands of sample files and ingests them: what is lost, what ends in a traceback, what hangs."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.fuzz.mutate import mutated

ROUND, PATIENCE = 250, 1800
LARGEST = 400_000
"""Files of a round, seconds until it counts as hung, bytes of the largest sample: a larger one is damaged no other way."""


def once(seed: int, files: int) -> dict[str, int]:
    """Damage and ingest so many files; count what became of their records, and files and records that do not add up."""
    import polars as pl  # noqa: PLC0415  the parent needs none of it

    from timeline import catalog  # noqa: PLC0415
    from timeline.case.context import Context  # noqa: PLC0415
    from timeline.case.ingest import Ingest  # noqa: PLC0415
    from timeline.case.store import writer  # noqa: PLC0415
    from timeline.evidence.ledger import status  # noqa: PLC0415

    known = sorted(path for path in catalog.folder("sample_logs").rglob("*") if path.is_file())
    samples = [path for path in known if path.name != "case.toml" and path.stat().st_size < LARGEST]
    dice = Random(seed)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "in"
        folder.mkdir()
        for number in range(files):
            path = dice.choice(samples)
            (folder / f"{number}_{path.name}").write_bytes(mutated(dice, path.read_bytes()))
        connection = writer(Path(work) / "case.duckdb")
        Ingest(connection, catalog.sources(), Context((("*", "UTC"),)), None).run([folder])
        rows = status(connection)
        doubled = connection.execute("SELECT 1 FROM event GROUP BY file_no, record HAVING count(*) > 1").fetchall()
        connection.close()
    kinds = ["records", "events", "rejected", "duplicates", "skipped"]
    told = {kind: int(rows[kind].sum()) for kind in kinds}
    unbalanced = rows.filter(pl.col("records") != pl.sum_horizontal(kinds[1:])).height
    missing = files - len({name.partition("!")[0] for name in rows["file"]})
    return {"files": files, **told, "unbalanced": unbalanced, "missing": missing, "doubled": len(doubled)}


def run(files: int, seed: int) -> Iterator[str]:
    """Give a line for each round (a process of its own, with a seed that repeats it), then the totals."""
    total: Counter[str] = Counter()
    for number in range(seed, seed + -(-files // ROUND)):
        call = f"import json; from tests.benchmarks.mutations import once; print(json.dumps(once({number}, {ROUND})))"
        try:
            done = subprocess.run(
                [sys.executable, "-c", call], capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            total["hangs"] += 1
            yield f"seed {number}: hung for {PATIENCE} s"
            continue
        if done.returncode:
            total["tracebacks"] += 1
            yield f"seed {number}: {done.stderr[-2000:]}"
        else:
            told = json.loads(done.stdout.splitlines()[-1])
            total.update(told)
            yield f"seed {number}: " + ", ".join(f"{value:,} {key}" for key, value in told.items())
    wrong = ("unbalanced", "missing", "doubled", "tracebacks", "hangs")
    yield "in all: " + ", ".join(f"{total[key]:,} {key}" for key in dict.fromkeys([*total, *wrong]))
