"""Configuration exports of a case: copies kept in `imported/`, and the policies.toml that is made of all of them.

The copies make an import repeatable: an export of a bucket may come weeks after that of the trail which writes there.
"""

from __future__ import annotations

import hashlib
import json
import pkgutil
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import tomli_w

from timeline.case.policies import IMPORTED
from timeline.errors import CaseError
from timeline.policies import imports
from timeline.policies.imports.facts import Export, Reader
from timeline.policies.imports.resolve import Resolved, Told, resolve

FOLDER = "imported"
GIVEN = ".set.json"
LIMIT = 64 << 20
HEAD = f"""# Written by `timeline policy import` from the exports in {FOLDER}/, and written anew by the next one.
# What you know better belongs in case.toml: of two policies on one copy the more specific stream wins, of equals the one in case.toml.

"""


@dataclass(frozen=True)
class Imported:
    """What an import found: the kind of each file, the policies of all, and what could not be used with its reason."""

    kinds: Mapping[str, str]
    resolved: Resolved


@cache
def readers() -> tuple[Reader, ...]:
    """Give every kind of export that is known, of all platforms."""
    names = sorted(found.name for found in pkgutil.iter_modules(imports.__path__))
    modules = [import_module(f"{imports.__name__}.{name}") for name in names]
    return tuple(reader for module in modules for reader in getattr(module, "READERS", ()))


def add(root: Path, paths: Sequence[Path], given: Mapping[str, str]) -> Imported:
    """Take exports into the case, and write policies.toml anew from all that were ever imported.

    `given` is what the exports do not say (`bucket`, `host`, `stream` …). Nothing is written unless every file is understood.
    """
    fresh = [_export(path, given) for path in _files(paths)]
    kinds = {export.name: _reader(export).name for export in fresh}
    known = {export.name: export for export in (*_kept(root), *fresh)}
    found = resolve([told for export in known.values() for told in _told(export)])
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    for path, export in zip(_files(paths), fresh, strict=True):
        shutil.copyfile(path, folder / export.name)
        (folder / f"{export.name}{GIVEN}").write_text(json.dumps(dict(given), sort_keys=True))
    target = root / IMPORTED
    target.with_suffix(".new").write_text(HEAD + tomli_w.dumps({"policy": list(found.policies)}), encoding="utf-8")
    target.with_suffix(".new").replace(target)
    return Imported(kinds, found)


def _files(paths: Sequence[Path]) -> list[Path]:
    found = [
        each for path in paths for each in (sorted(path.rglob("*")) if path.is_dir() else [path]) if each.is_file()
    ]
    if not found:
        raise CaseError(f"{', '.join(map(str, paths))}: there is no file; name exports, or a folder of them")
    return found


def _export(path: Path, given: Mapping[str, str], name: str = "") -> Export:
    """Read a file; its name in the case holds a hash of what is in it, so that two exports of one name stay apart."""
    if path.stat().st_size > LIMIT:
        raise CaseError(
            f"{path}: is larger than {LIMIT >> 20} MB; a configuration export is not (evidence goes in by `timeline ingest`)"
        )
    data = path.read_bytes()
    text = _decoded(data)
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", path.name).strip(".-")[-80:] or "export"
    origin = f"{FOLDER}/{name}" if name else str(path)
    return Export(name or f"{hashlib.sha256(data).hexdigest()[:8]}-{safe}", text, value, dict(given), origin)


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def _kept(root: Path) -> Iterator[Export]:
    for path in sorted((root / FOLDER).glob("*")):
        if path.is_file() and not path.name.endswith(GIVEN):
            told = path.with_name(path.name + GIVEN)
            yield _export(path, json.loads(told.read_text()) if told.is_file() else {}, path.name)


def _reader(export: Export) -> Reader:
    found = next((reader for reader in readers() if reader.knows(export)), None)
    if found is None:
        known = "; ".join(reader.name for reader in readers())
        raise CaseError(f"{export.shown}: no configuration export that is known. Known are: {known}")
    return found


def _told(export: Export) -> Iterator[Told]:
    reader = _reader(export)
    try:
        facts = list(reader.read(export))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise CaseError(
            f"{export.shown}: looks like {reader.name}, but cannot be read as such: {error!r}; export it anew, as JSON"
        ) from error
    evidence = f"{FOLDER}/{export.name} ({reader.name})"
    yield from (Told(fact, evidence) for fact in facts)
