"""Playbooks: for a kind of incident the chain of steps to test, with what was publicly concluded once and what never could be.

Each is a file of `timeline/playbooks`, called after its id; the folder is the list. Its keys: `title`, `concluded` and `never` (prose), `advice`
(a list of sentences), `[[incident]]` (`name`, `sources`), `[[collect]]` (`logs`, `why`: what to collect first, the most urgent on top), `[[zone]]` as
in case.toml, and `[[step]]`: as a step of the chain in case.toml, and a `hint`. A parameter that begins with `FILL IN` is the analyst's to give.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from timeline.case.order import check_order
from timeline.case.sheet import Table, read
from timeline.case.values import duration, several, text, texts, whole
from timeline.errors import CaseError

FOLDER = Path(__file__).parents[1] / "playbooks"
OPEN = "FILL IN"
WIDTH = 110
_NONE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incident:
    """A public incident that a playbook was drawn from."""

    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Collect:
    """Logs to collect early, and why."""

    logs: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Zone:
    """A trust zone: the highest level is the most isolated."""

    name: str
    level: int
    objects: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A step of the chain; `within` as people write it, empty for none."""

    id: str
    question: str
    params: Mapping[str, str]
    after: tuple[str, ...]
    within: str
    before: tuple[str, ...]
    hint: str


@dataclass(frozen=True)
class Playbook:
    """One playbook."""

    id: str
    title: str
    incidents: tuple[Incident, ...]
    concluded: str
    never: str
    collect: tuple[Collect, ...]
    advice: tuple[str, ...]
    zones: tuple[Zone, ...]
    steps: tuple[Step, ...]

    @property
    def row(self) -> tuple[str, str, str, str]:
        """Its row in lists: id, title, the incidents it is drawn from, and the questions it asks in the order of its steps."""
        questions = dict.fromkeys(step.question for step in self.steps)
        return self.id, self.title, "; ".join(each.name for each in self.incidents), ", ".join(questions)


def playbooks() -> dict[str, Playbook]:
    """Give every playbook, by its id (the name of its file)."""
    return {path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))}


def playbook(name: str) -> Playbook:
    """Give one playbook; if there is none of this name, the CaseError lists all."""
    known = playbooks()
    if name not in known:
        listed = "".join(f"\n  {each.id}: {each.title}" for each in known.values())
        raise CaseError(f"unknown playbook {name!r}; there are:{listed}")
    return known[name]


def load(path: Path) -> Playbook:
    """Read and check one playbook; the CaseError lists every mistake, each with its line."""
    sheet, root = read(path)
    steps = root.tables("step")
    advice = root.need("advice", several(text, "sentences"), _NONE)
    made = Playbook(
        id=path.stem,
        title=root.need("title", text, ""),
        incidents=tuple(_incident(each) for each in root.tables("incident")),
        concluded=_prose(root.need("concluded", text, "")),
        never=_prose(root.need("never", text, "")),
        collect=tuple(_collect(each) for each in root.tables("collect")),
        advice=advice,
        zones=tuple(_zone(each) for each in root.tables("zone")),
        steps=tuple(_step(each) for each in steps),
    )
    check_order(steps)
    root.close()
    sheet.settle()
    return made


def _prose(told: str) -> str:
    return " ".join(told.split())


def _incident(table: Table) -> Incident:
    made = Incident(table.need("name", text, ""), table.need("sources", several(text, "addresses"), _NONE))
    table.close()
    return made


def _collect(table: Table) -> Collect:
    made = Collect(table.need("logs", several(text, "globs over streams"), _NONE), table.need("why", text, ""))
    table.close()
    return made


def _zone(table: Table) -> Zone:
    objects = table.need("objects", several(text, "globs over objects"), _NONE)
    made = Zone(table.need("name", text, ""), table.need("level", whole, 0), objects)
    table.close()
    return made


def _step(table: Table) -> Step:
    ids = several(text, "ids of steps")
    table.take("within", duration, None)
    made = Step(
        id=table.need("id", text, ""),
        question=table.need("question", text, ""),
        params=table.take("params", texts, {}),
        after=table.take("after", ids, ()),
        within=table.take("within", text, ""),
        before=table.take("before", ids, ()),
        hint=_prose(table.need("hint", text, "")),
    )
    table.close()
    return made


def settings(book: Playbook) -> str:
    """Write the part of a case.toml that tests the playbook's chain, with what is to be filled in."""
    lines = [
        f"# Playbook {book.id}: {book.title}.",
        f"# `timeline playbooks {book.id}` tells what is known of such incidents.",
    ]
    if any(OPEN in each for each in (*_given(book), *(one for zone in book.zones for one in zone.objects))):
        lines.append(
            f"# What begins with {OPEN} is yours to give: then `timeline chain` and `timeline ask` test the chain."
        )
    for zone in book.zones:
        lines += [
            "",
            "[[zone]]",
            f"name = {_quoted(zone.name)}",
            f"level = {zone.level}",
            f"objects = {_list(zone.objects)}",
        ]
    for step in book.steps:
        lines += ["", *_commented(step.hint), *_written(step)]
    return "\n".join(lines) + "\n"


def _given(book: Playbook) -> list[str]:
    return [value for step in book.steps for value in step.params.values()]


def _written(step: Step) -> list[str]:
    params = ", ".join(f"{key} = {_quoted(value)}" for key, value in step.params.items())
    return [
        "[[chain.step]]",
        f"id = {_quoted(step.id)}",
        f"question = {_quoted(step.question)}",
        *([f"params = {{ {params} }}"] if params else []),
        *([f"after = {_list(step.after)}"] if step.after else []),
        *([f"within = {_quoted(step.within)}"] if step.within else []),
        *([f"before = {_list(step.before)}"] if step.before else []),
    ]


def _commented(told: str) -> list[str]:
    """Break a text into lines of a comment."""
    lines = ["#"]
    for word in told.split():
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("#")
        lines[-1] += f" {word}"
    return lines


def _quoted(told: str) -> str:
    return json.dumps(told, ensure_ascii=False)


def _list(told: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, told))}]"
