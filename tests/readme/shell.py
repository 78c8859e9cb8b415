"""README.md as a reader follows it: its files are written and its commands run, in order, in a new home folder.

Each block begins in the folder that its mark names. Its output goes to a terminal, so that what is shown is what a
person sees; only the columns of blanks in wide tables are drawn together.
"""

import os
import pty
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from tempfile import TemporaryFile

from timeline.catalog import folder

BLOCK = re.compile(
    r"<!-- (?:run (?P<name>\S+) in|file) (?P<place>\S+) -->\n+```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL
)
EXPORTS = ("okta.system", "azure.storage", "entra.signin.interactive")
DAY = "2023-07-12"
WIDTH = 140
STREAMS = ("stream", "azure.storage/debugdumps", "entra.signin.interactive", "graph.activity", "m365.audit")
STEPS = ("exfiltration", "forged-tokens")
"""What of the demo's streams and steps is shown."""
LINES = {"page": 26, "audit": 6, "archive": 6, "hunt": 16}
"""How many lines of a block's output are shown, where it is long."""
ARCHIVE = re.compile(r"(handed-over\.tar +)(\w+)")
"""The size or hash of an archive, which differs with whose files are in it."""
COMMAND = 5
"""The row of `preserve` whose command is shown."""


@dataclass(frozen=True)
class Run:
    """One block that was run."""

    name: str
    code: int
    told: str
    wrong: str


def follow(text: str, home: Path) -> Iterator[Run]:
    """Do what README.md says, in a home folder that holds some exports."""
    for name in EXPORTS:
        shutil.copytree(folder("sample_logs") / name / DAY, home / "exports" / name)
    for block in BLOCK.finditer(text):
        place = home / block["place"]
        if block["name"]:
            yield Run(block["name"], *_run(block["language"], block["text"], home, place))
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block["text"], encoding="utf-8")


def _run(language: str, text: str, home: Path, place: Path) -> tuple[int, str, str]:
    screen, side = pty.openpty()
    words = ["sh", "-euc", text] if language == "sh" else [sys.executable, "-c", text]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {**os.environ, "HOME": str(home), "PATH": path, "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "250"}
    settings.pop("TIMELINE_CASE", None)
    with TemporaryFile() as errors:
        process = subprocess.Popen(words, cwd=place, env=settings, stdin=subprocess.DEVNULL, stdout=side, stderr=errors)
        os.close(side)
        told = b"".join(iter(lambda: _read(screen), b""))
        os.close(screen)
        code = process.wait()
        errors.seek(0)
        wrong = errors.read().decode()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", told.decode().replace("\r\n", "\n"))
    shown = ARCHIVE.sub(lambda told: told[1] + "…".ljust(len(told[2])), shown)
    own = f"{home.resolve()}/"
    return code, re.sub(rf"{re.escape(own)}(\S*)", lambda path: path[1] + " " * len(own), shown), wrong


def _read(screen: int) -> bytes:
    """Read what there is; a closed terminal is an error to Linux and an end to others."""
    try:
        return os.read(screen, 65_536)
    except OSError:
        return b""


def shown(run: Run) -> str:
    """Give what README.md shows of a block's output."""
    told = ESSENCE.get(run.name, str)(run.told).strip().splitlines()
    many = LINES.get(run.name, len(told))
    parts = [list(lines) for _, lines in groupby(told[:many], key=lambda line: bool(line.strip()))]
    drawn = [line for part in parts for line in _drawn(part)]
    return "\n".join(["```text", *drawn, *["…"][: len(told) - many], "```"])


def _drawn(lines: list[str]) -> Iterator[str]:
    """Draw the columns of each table together; wrap what is no table."""
    rules = [index for index, line in enumerate(lines) if not line.strip("─ ")] if lines[0].strip() else []
    for line in lines[: rules[0] - 1 if rules else None]:
        yield from _wrapped(line)
    for rule, following in pairwise([*rules, len(lines) + 1]):
        yield from _narrow([lines[rule - 1], *lines[rule + 1 : following - 1]])


def _narrow(lines: list[str]) -> Iterator[str]:
    table = [line for line in lines if not re.match(r"\d+ (of|more) |…", line)]
    full = {place for line in table for place, sign in enumerate(line) if sign != " "}
    kept = [place for place in range(max(full) + 1) if not full.isdisjoint((place, place - 1, place - 2))]
    wide = max(map(len, table))
    for line in lines:
        yield "".join(line.ljust(wide)[place] for place in kept).rstrip() if line in table else line


def _wrapped(line: str) -> list[str]:
    margin = " " * (len(line) - len(line.lstrip()) + 3)
    return textwrap.wrap(line, WIDTH, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False) or [""]


def essence(told: str) -> str:
    """Leave out of the demo's story all streams and steps but the most telling ones, and what to try next."""
    parts = re.split(r"\n(?=\d\. )", told)
    return "\n".join(_part(part) for part in parts if not part.startswith("5."))


def _part(part: str) -> str:
    lines = part.splitlines()
    if part.startswith("2."):
        kept = [line for line in lines[1:] if line.startswith((*STREAMS, "─")) or re.match(r"\d+ of ", line)]
        return "\n".join([lines[0], "", *_dots(kept), ""])
    if part.startswith("3."):
        return "\n".join([lines[0], "", *lines[1:], ""])
    if part.startswith("4."):
        steps = re.split(r"\n(?=\S)", part)
        return "\n".join([steps[0], "…", *(step for step in steps if step.startswith(STEPS)), "…"])
    return part


def _dots(lines: list[str]) -> list[str]:
    last = next(index for index, line in enumerate(lines) if re.match(r"\d+ of ", line))
    return [*lines[:last], "…", *lines[last:]]


def _first(told: str) -> str:
    """Leave of what is to be preserved the rows and the command down to one."""
    table, *commands = told.replace("\r", "").split("\n\n")
    command = next(each for each in commands if each.startswith(f"{COMMAND}. "))
    return "\n".join([*table.splitlines()[: COMMAND + 2], "…", "", command, "", "…"])


ESSENCE = {"demo": essence, "preserve": _first}
