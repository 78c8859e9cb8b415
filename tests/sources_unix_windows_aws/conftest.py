"""Records of one log, written to a file and ingested as evidence would be."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer

Event = dict[str, Any]
Read = Callable[..., list[Event]]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    """Ingest lines of text, or objects as one JSON line each; give the rows of table event in the records' order."""
    connection = writer(tmp_path / "case.duckdb")
    collected = int(dt.datetime(2024, 2, 1, tzinfo=dt.UTC).timestamp() * 1e6)

    def run(*records: str | dict[str, Any], name: str = "export.log", zone: str | None = None) -> list[Event]:
        path = tmp_path / name
        path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in records))
        context = Context(zones=(("*", zone),) if zone else (), collected=lambda _: collected)
        Ingest(connection, catalog.sources(), context, None).run([path])
        rows = connection.execute(
            "SELECT make_timestamp(time_us)::VARCHAR AS time, make_timestamp(logged_us)::VARCHAR AS logged, "
            "make_timestamp(issued_time_us)::VARCHAR AS issued, * FROM event ORDER BY record"
        )
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]

    yield run
    connection.close()
