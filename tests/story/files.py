"""The files of the evidence, held in memory until all of them are made."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
Files = dict[str, bytes]


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def lines(records: Iterable[Record]) -> bytes:
    return "".join(compact(record) + "\n" for record in records).encode()


def document(value: object, *, indent: int | None = None) -> bytes:
    text = json.dumps(value, indent=indent, ensure_ascii=False) if indent else compact(value)
    return (text + "\n").encode()


def packed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def write(files: Files, folder: Path) -> None:
    """Write what changed and take away what is no longer made."""
    wanted = {folder / name: data for name, data in files.items()}
    for path, data in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
    if (folder / "case.toml") in wanted:
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.relative_to(folder).parts[0] != "more":
                stale(path, wanted)


def stale(path: Path, wanted: Mapping[Path, bytes]) -> None:
    if path.is_file() and path not in wanted:
        path.unlink()
    elif path.is_dir() and not any(path.iterdir()):
        path.rmdir()
