"""Writes the logs of an incident as files of a case, and opens it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from timeline.api import Case


def opened(folder: Path, toml: str, files: Mapping[str, str]) -> Case:
    """Make a case of these files and read them; whatever is rejected is a mistake of the generator."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(toml)
    for name, text in files.items():
        path = folder / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    case = Case.open(folder)
    status = case.ingest(folder / "evidence")
    wrong = status.filter((status["rejected"] > 0) | (status["skipped"] > 0))
    assert wrong.is_empty(), wrong.to_dicts()
    return case


def lines(records: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


def zones(names: Mapping[str, int], objects: Mapping[str, Iterable[str]]) -> str:
    """Write the trust zones of a case.toml."""
    return "".join(
        f'[[zone]]\nname = "{name}"\nlevel = {level}\nobjects = {json.dumps(list(objects[name]))}\n'
        for name, level in names.items()
    )
