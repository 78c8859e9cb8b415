"""What a file that no source recognises is nearest to, and what it lacks to be that: a hint for people, never a decision."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from timeline.case.normal import paths_of
from timeline.catalog import Source

GUESSES, LACKS, DEPTH = 3, 4, 4
_TOLD = re.compile(r"'((?:[^']|'')*)'")
_CELLS = re.compile(r"[,;\t|]")
_SIGNS = re.compile(r"\\d|\\[SwW]|\[[^\]]*\]|[{(][^a-zA-Z]*[)}]|[?+*^$()|\\]")
_RUNS = re.compile(r"[0-9]+|[A-Za-z_]+")
Path = tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """What a file's first records look like: the keys of JSON, the cells of a first row, the text."""

    keys: frozenset[Path]
    header: tuple[str, ...]
    text: str


def nearest(texts: Sequence[str], sources: Iterable[Source]) -> str:
    """Name the three sources nearest to some records, each with the keys or columns that these lack."""
    keys = frozenset(_plain(path) for text in texts for path in _paths(_parsed(text)))
    header = tuple(cell.strip().strip('"\ufeff') for cell in _CELLS.split(texts[0].strip())) if texts else ()
    look = Look(keys, header, texts[0] if texts else "")
    scored = [
        _by_keys(source, look) if keys else _by_columns(source, look) or _by_form(source, look) for source in sources
    ]
    best = sorted((each for each in scored if each[0] > 0), key=lambda each: (-each[0], each[1]))[:GUESSES]
    return "; ".join(f"{name} (lacks {lacks})" for _, name, lacks in best)


def _by_keys(source: Source, look: Look) -> tuple[float, str, str]:
    """Give how near a source of JSON is, from 0 to 1, its name, and which keys are missing that it is known by; spelling does not count."""
    wanted = {
        _plain(path): ".".join(path) for path in (paths_of(f"SELECT ({source.match}) AS m") if source.match else ())
    }
    read = {_plain(path) for path in paths_of(source.select)}
    near = 0.6 * _share(wanted, look.keys) + 0.4 * _share(read, look.keys)
    missing = [name for path, name in wanted.items() if path not in look.keys]
    return near if wanted else 0.0, source.names[0], _lacks(missing, "the values of its keys")


def _by_columns(source: Source, look: Look) -> tuple[float, str, str] | None:
    near = [
        (_share(told, look.header), [f"column {name}" for name in told if name not in look.header])
        for told in source.columns
    ]
    share, missing = max(near, default=(0.0, []))
    return (share, source.names[0], _lacks(missing, "rows")) if share > 0 else None


def _by_form(source: Source, look: Look) -> tuple[float, str, str]:
    """Compare the form of a line with that of the source's expression; at most half as near as a column that is there."""
    told = _TOLD.search(source.match) if source.text_log else None
    if told is None:
        return 0.0, source.names[0], ""
    form = _SIGNS.sub(lambda sign: {"\\d": "9", "\\S": "a", "\\w": "a"}.get(sign[0], ""), told[1])
    ratio = SequenceMatcher(None, _form(look.text), _form(form), autojunk=False).ratio()
    return ratio / 2, source.names[0], "the form of its lines"


def _form(text: str) -> str:
    return _RUNS.sub(lambda run: "9" if run[0].isdigit() else "a", text[:200])


def _plain(path: Path) -> Path:
    return tuple(re.sub(r"[^a-z0-9#]", "", part.lower()) for part in path)


def _lacks(names: Sequence[str], otherwise: str) -> str:
    more = f" and {len(names) - LACKS} more" if len(names) > LACKS else ""
    return ", ".join(names[:LACKS]) + more if names else otherwise


def _share(wanted: Collection[object], there: Collection[object]) -> float:
    return sum(each in there for each in wanted) / len(wanted) if wanted else 0.0


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _paths(value: object, above: Path = ()) -> Iterator[Path]:
    """Give every path in a JSON record, as sources write them, down to some depth."""
    if above:
        yield above
    if len(above) >= DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*above, str(key)))
    elif isinstance(value, list) and above:
        for index, inner in enumerate(value[:2]):
            yield from _paths(inner, (*above, f"#{index}"))
