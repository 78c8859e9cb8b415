"""Damaged evidence of every kind ends in clear rows: no error, no record unaccounted for, no wait."""

from pathlib import Path
from random import Random

import polars as pl
import pytest
from mutate import mutated

from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer
from timeline.evidence.ledger import status

SAMPLES = [
    path for path in sorted(catalog.folder("sample_logs").rglob("*")) if path.is_file() and path.name != "case.toml"
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_damaged_files_are_accounted_for(tmp_path: Path, seed: int) -> None:
    dice = Random(seed)
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(80):
        path = dice.choice(SAMPLES)
        (folder / f"{number}_{path.name}").write_bytes(mutated(dice, path.read_bytes()))
    connection = writer(tmp_path / "case.duckdb")
    try:
        Ingest(connection, catalog.sources(), Context(), None).run([folder])
        rows = status(connection)
        doubled = connection.execute("SELECT file_no, record FROM event GROUP BY ALL HAVING count(*) > 1").fetchall()
    finally:
        connection.close()
    assert rows.height == 80
    assert rows["events"].sum() > 500
    assert rows.filter(pl.col("records") != pl.sum_horizontal("events", "rejected", "duplicates", "skipped")).is_empty()
    assert doubled == []
