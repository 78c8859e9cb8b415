"""Archives and event logs with damaged bytes end in clear rows: no error, no record unaccounted for, nothing left behind."""

import sys
from pathlib import Path
from random import Random

import mutate
import polars as pl
import pytest

from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer
from timeline.evidence.ledger import status, verify

sys.path[:0] = [str(Path(__file__).parents[1] / room) for room in ("case", "readers")]

from evtx_writer import log as event_log  # noqa: E402
from packing import ARCHIVES, COMPRESSIONS, log  # noqa: E402

FILES = {"a/one.json": log(0, 30), "two.json": log(30, 90), "host1.evtx": event_log((4, 3)).data}
WHOLE = {name: pack(FILES) for name, pack in ARCHIVES.items()}
WHOLE |= {name: pack(FILES["two.json"]) for name, pack in COMPRESSIONS.items()}
WHOLE |= {"evtx": FILES["host1.evtx"]}
BYTES = (mutate._truncate, mutate._behead, mutate._flip, mutate._flip, mutate._insert, mutate._delete, mutate._splice)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_damaged_archives_are_accounted_for(tmp_path: Path, seed: int) -> None:
    dice = Random(seed)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(60):
        name, data = dice.choice(sorted(WHOLE.items()))
        for _ in range(dice.choice((0, 1, 1, 2, 4))):
            data = dice.choice(BYTES)(dice, data)
        (folder / f"{number}.{name}").write_bytes(data)
    connection = writer(tmp_path / "case.duckdb")
    try:
        Ingest(connection, catalog.sources(), Context(), None).run([folder])
        rows = status(connection)
        checks = verify(connection)
        doubled = connection.execute("SELECT file_no, record FROM event GROUP BY ALL HAVING count(*) > 1").fetchall()
    finally:
        connection.close()
    total = pl.sum_horizontal("events", "rejected", "duplicates", "skipped")
    assert rows.filter(~pl.col("file").str.contains("!")).height == 60
    assert rows["events"].sum() >= 90
    assert rows.filter(pl.col("records") != total).is_empty()
    assert checks.filter(~pl.col("ok")).is_empty()
    assert doubled == []
    assert {path.name for path in tmp_path.iterdir()} <= {"in", "case.duckdb", "case.duckdb.wal"}
