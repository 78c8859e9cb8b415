"""An answer does not depend on the order in which events lie in the case, nor on how many threads look for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.benchmarks.questions import DAYS, START, SUBJECT, build
from tests.questions.trial import DAY, QUESTIONS
from timeline import catalog
from timeline.case import config
from timeline.case.store import events_view
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.questions import statement

EVENTS = 4_000
WINDOW = (START, START + DAYS * DAY)
SOME = {
    **SUBJECT,
    "object": "*blob.core.windows.net/c1*",
    "actor": "user1*",
    "mailbox": "user1*",
    "session": "*a*",
    "token": "*a*",
}


@contextmanager
def asked(root: Path, threads: int) -> Iterator[Knowledge]:
    settings = config.load(root / config.FILE)
    with duckdb.connect(str(root / "case.duckdb"), config={"threads": threads}, read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            f"CREATE TEMP VIEW events AS {events_view([(z.name, z.level, z.objects) for z in settings.zones])}"
        )
        yield Knowledge(connection, settings, root, catalog.sources())


def shuffled(root: Path, other: Path) -> Path:
    """The same case, its events in another order."""
    other.mkdir()
    (other / "case.toml").write_bytes((root / "case.toml").read_bytes())
    (other / "case.duckdb").write_bytes((root / "case.duckdb").read_bytes())
    with duckdb.connect(str(other / "case.duckdb")) as connection:
        connection.execute("CREATE TABLE mixed AS FROM event ORDER BY md5(event_id || 'other order')")
        connection.execute("DELETE FROM event")
        connection.execute("INSERT INTO event FROM mixed")
        connection.execute("DROP TABLE mixed")
    return other


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Knowledge]]:
    folder = tmp_path_factory.mktemp("order")
    root = build(folder, EVENTS)
    with asked(root, 1) as plain, asked(shuffled(root, folder / "mixed"), 2) as mixed:
        yield [plain, mixed]


@cache
def some(name: str) -> dict[str, str]:
    return {key: SOME[key] for key in QUESTIONS[name].parameters if SOME.get(key)}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("about", ["some", "any"])
def test_neither_threads_nor_the_order_of_events_change_an_answer(ways: list[Knowledge], name: str, about: str) -> None:
    params = some(name) if about == "some" else {}
    one, other = (statement(knowledge, QUESTIONS[name], params, WINDOW).run("answer.*") for knowledge in ways)
    assert one.equals(other), pl.concat([one, other], how="vertical").unique(keep="none").head(6)
