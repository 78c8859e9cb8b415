"""An open case: its folder, its settings, its file, and what is known of it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from timeline import catalog
from timeline.case import config as settings
from timeline.case import playbooks
from timeline.case.store import reader
from timeline.catalog import Question, Source
from timeline.errors import CaseError
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.questions import Asker


class Opened:
    """A folder with `case.toml` and `case.duckdb`, opened when something is asked of it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._connection: duckdb.DuckDBPyConnection | None = None

    @classmethod
    def create(cls, path: Path | str, playbook: str = "") -> Self:
        """Make a case folder, with the chain of a playbook if one is named; an existing case.toml is left as it is."""
        root = Path(path)
        told = root / settings.FILE
        text = _template(playbook)
        if playbook and told.exists():
            raise CaseError(
                f"{told}: is already there and stays as it is; `timeline playbooks {playbook} --toml` prints what to add"
            )
        try:
            root.mkdir(parents=True, exist_ok=True)
            if not told.exists():
                told.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CaseError(f"{root}: {error.strerror}; choose a folder that can be made and written") from None
        return cls(root)

    @classmethod
    def open(cls, path: Path | str | None = None) -> Self:
        """Open the case at a folder, or the nearest one above the working folder."""
        return cls(settings.find(Path.cwd(), None if path is None else Path(path), os.environ))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the case's file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        for name in ("knowledge", "asker"):
            self.__dict__.pop(name, None)

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.root / "case.duckdb"

    @cached_property
    def config(self) -> settings.Config:
        """What case.toml says; all its mistakes at once as a CaseError."""
        return settings.load(
            self.root / settings.FILE, {each.id: tuple(each.parameters) for each in self.questions.values()}
        )

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions that can be asked: the package's, and those in the folder `queries` beside case.toml."""
        own = self.root / "queries"
        return catalog.questions(own if own.is_dir() else None)

    @cached_property
    def log_sources(self) -> dict[str, Source]:
        """The log formats that can be read: the package's, and those given to `ingest`."""
        kept = self.root / "sources"
        return catalog.sources(kept if kept.is_dir() else catalog.environment_sources())

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection with the view `events`."""
        if self._connection is None:
            self._connection = self._reader()
        return self._connection

    def _reader(self) -> duckdb.DuckDBPyConnection:
        return reader(self.file, [(zone.name, zone.level, zone.objects) for zone in self.config.zones])

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the case can know."""
        return Knowledge(self.connection, self.config, self.root, self.log_sources)

    @cached_property
    def asker(self) -> Asker:
        """Who answers questions."""
        return Asker(self.knowledge)

    @property
    def as_of(self) -> datetime:
        """The case's "now" (UTC): what deadlines are counted from."""
        return datetime.fromtimestamp(self.knowledge.as_of / 1_000_000, UTC)


def _template(playbook: str) -> str:
    if not playbook:
        return settings.TEMPLATE
    book = playbooks.playbook(playbook)
    named = settings.TEMPLATE.replace('name = "New case"', f"name = {json.dumps(book.title, ensure_ascii=False)}", 1)
    return f"{named}\n{playbooks.settings(book)}"
