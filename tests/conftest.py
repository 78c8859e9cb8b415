"""The demo case, ingested once for all tests that only read it, and the command line as a user meets it."""

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from timeline.api import demo
from timeline.cli import app


@dataclass(frozen=True)
class Outcome:
    """What a command gave."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]
COMMANDS = typer.main.get_command(app)
"""Built once: the runner of typer would build it for each command anew."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: a process that came to one of them last would leave the others idle."""
    long = {item.path for item in items for name in ("slow", "browser") if item.get_closest_marker(name)}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def demo_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the demo case; nobody writes to it."""
    with demo(tmp_path_factory.mktemp("demo") / "case") as case:
        return case.root


@pytest.fixture
def timeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Give the command line, run in an empty folder with its streams apart."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_CASE", raising=False)

    def run(*words: str | Path, typed: str | None = None) -> Outcome:
        with CliRunner().isolation(input=typed) as (out, err, _):
            try:
                code = COMMANDS.main(args=[str(word) for word in words], prog_name="timeline")
            except SystemExit as end:
                code = end.code
            sys.stdout.flush()
            sys.stderr.flush()
            return Outcome(code or 0, _text(out), _text(err))

    return run


def _text(written: io.BytesIO) -> str:
    return written.getvalue().decode(errors="replace").replace("\r\n", "\n")


@pytest.fixture
def terminal() -> Callable[..., str]:
    """Give the command line on a terminal of its own: what it shows there, both streams together."""

    def run(*words: str | Path, typed: str = "", **environ: str) -> str:
        screen, side = pty.openpty()
        os.write(screen, typed.encode())
        command = [sys.executable, "-m", "timeline", *map(str, words)]
        settings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "160", **environ}
        process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=settings)
        os.close(side)
        shown = b"".join(iter(lambda: _read(screen), b""))
        process.wait()
        os.close(screen)
        return shown.decode()

    return run


def _read(screen: int) -> bytes:
    """Read what there is; a closed terminal is an error to Linux and an end to others."""
    try:
        return os.read(screen, 65_536)
    except OSError:
        return b""
