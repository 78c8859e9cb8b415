"""The events as a compressed column store: a browser reads a million rows in a moment, where JSON would take a minute.

Every column is a piece of its own, so that the page can be drawn before the last is unpacked: per column a sorted dictionary with codes, or
numbers; both as planes (all lowest bytes, all second bytes, …), because gzip finds far more to share in planes than in whole numbers. What does not
fit in the file's budget is left out by name, the least telling columns first; the events that answers rest on keep their ids in any case.
"""

import base64
import gzip
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

SAFE = 2**53 - 2  # the largest whole number that JavaScript keeps exactly, less the one that null takes
FEW = 200_000
LEAST = 0.25  # characters of the file that a column takes for each event at the very least
BEST, QUICK = 9, 6  # of gzip: the last per cent is worth the time only where there is little to do
IDS = ((20_000, 16), (FEW, 5))  # of so many events so many bytes of each id are kept; of more only those of the named
TELLING = (
    *("time_us", "stream", "action", "outcome", "actor", "zone", "named", "block", "file", "file_id", "record"),
    *("event_id", "time_precision", "source", "family", "object", "src_ip", "session_id", "operation", "mailbox"),
    *("user_agent", "app", "resource", "network", "actor_id", "outcome_detail", "object_from", "logged_time"),
    *("credential_id", "token_id", "bytes", "actor_type"),
)
"""Columns from the most telling one on; all others follow in their own order."""
FOLLOWS = {"file_id": "file", "source": "stream", "family": "stream", "time_precision": "stream", "network": "src_ip", "actor_id": "actor",
    "app_id": "app", "resource_id": "resource"}  # fmt: skip
"""Columns that are mostly told by another one: then one word for each of its words is enough."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column's place in the header, and its bytes."""

    facts: dict[str, object]
    content: bytes


@dataclass(slots=True)
class Store:
    """The pieces, what the header says of them, and the columns that were left out."""

    rows: int
    columns: list[dict[str, object]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def packed(content: bytes, level: int = BEST) -> str:
    """Bytes as text for an inert element; no clock goes into the archive, so equal bytes stay equal."""
    return base64.b64encode(gzip.compress(content, compresslevel=level, mtime=0)).decode("ascii")


def planes(numbers: NDArray[np.uint64]) -> list[bytes]:
    """Split whole numbers into planes of bytes, the lowest first, as many as the highest number needs."""
    highest = int(numbers.max()) if len(numbers) else 0
    width = (highest.bit_length() + 7) // 8
    table = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)
    return [table[:, plane].tobytes() for plane in range(width)]


def laid(facts: dict[str, object], numbers: NDArray[np.uint64]) -> Column:
    """Lay numbers down as planes."""
    parts = planes(numbers)
    return Column({**facts, "planes": len(parts)}, b"".join(parts))


def steps(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Give rising numbers as steps from one to the next."""
    return np.diff(numbers, prepend=numbers[:1]).astype(np.uint64)


def moments(series: pl.Series) -> Column:
    """Sorted times, as steps from one to the next."""
    times = series.to_numpy().astype(np.int64)
    return laid({"name": series.name, "kind": "steps", "first": int(times[0]) if len(times) else 0}, steps(times))


def numbers(series: pl.Series, kind: str) -> Column:
    """Whole numbers, each one more than it is; 0 is null."""
    raised = (series.cast(pl.Int64) + 1).fill_null(0).to_numpy().astype(np.uint64)
    return laid({"name": series.name, "kind": kind}, raised)


def records(series: pl.Series, owner: pl.Series) -> Column:
    """Numbers of records, as steps from the one before in the same file (zigzag); 0 is null, and no step then."""
    table = pl.DataFrame({"record": series.cast(pl.Int64) + 1, "owner": owner.cast(pl.String).fill_null("")})
    before = pl.col("record").shift(1).over("owner").fill_null(0)
    step = table.with_columns(step=pl.col("record") - before)["step"].to_numpy()
    zigzag = np.where(step >= 0, 2 * step, -2 * step - 1).astype(np.uint64)
    return laid({"name": series.name, "kind": "records", "of": owner.name}, zigzag)


def words(series: pl.Series) -> Column:
    """Codes of a sorted dictionary, so that sorting by code is sorting by word; 0 is null."""
    text = series.cast(pl.String)
    dictionary = text.drop_nulls().unique().sort()
    codes = text.cast(pl.Enum(dictionary)).to_physical().cast(pl.Int64)
    column = laid({"name": series.name, "kind": "words"}, (codes + 1).fill_null(0).to_numpy().astype(np.uint64))
    told = json.dumps(dictionary.to_list(), ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return Column({**column.facts, "told": len(told)}, told + column.content)


def digests(series: pl.Series, named: pl.Series) -> Column | None:
    """Digests of one length as their bytes, in large cases only the first ones, with the whole ids of the named events beside them.

    None if the words are anything else.
    """
    length = len(str(series[0] or "")) if len(series) else 0
    if not length or length % 2 or not series.str.contains(f"^[0-9a-f]{{{length}}}$").fill_null(value=False).all():
        return None
    width = next((kept for rows, kept in IDS if len(series) <= rows), 0)
    kept = min(length // 2, width)
    digits = "".join(series.str.slice(0, 2 * kept)) if kept else ""
    content = np.frombuffer(bytes.fromhex(digits), dtype=np.uint8)
    facts: dict[str, object] = {"name": series.name, "kind": "digest", "planes": kept, "cut": kept < length // 2}
    whole = _whole(series, named) if kept < length // 2 else b""
    return Column({**facts, "told": len(whole)}, whole + (content.reshape(-1, kept).T.tobytes() if kept else b""))


def followed(series: pl.Series, owner: pl.Series) -> Column | None:
    """Words that another column's words tell, as one code for each of these (and for its null); None if they do not."""
    pairs = pl.DataFrame({"owner": owner.cast(pl.String), "own": series.cast(pl.String)}).unique()
    if pairs["owner"].n_unique() < pairs.height:
        return None
    column = words(pairs.sort("owner", nulls_last=False)["own"].rename(series.name))
    return Column(
        {**column.facts, "of": owner.name, "nulls": int(owner.has_nulls()), "words": pairs.height}, column.content
    )


def _whole(series: pl.Series, named: pl.Series) -> bytes:
    places = named.arg_true()
    told = {"places": places.to_list(), "ids": series.gather(places).to_list()}
    return json.dumps(told, separators=(",", ":")).encode("ascii")


def fits(series: pl.Series) -> bool:
    """Tell whether JavaScript keeps all of these numbers exactly."""
    low, high = series.cast(pl.Int64).min(), series.cast(pl.Int64).max()
    return low is None or (isinstance(low, int) and isinstance(high, int) and low >= 0 and high <= SAFE)


def column(series: pl.Series) -> Column:
    """Give a column in the form that fits its values."""
    if series.name == "time_us":
        return moments(series)
    if series.dtype == pl.Datetime:
        micros = series.dt.epoch("us")
        return numbers(micros, "time") if fits(micros) else words(series.dt.to_string("iso:strict"))
    if series.dtype.is_integer() and fits(series):
        return numbers(series, "number")
    return words(series)


def expected(series: pl.Series) -> float:
    """Guess the size of a column in the file from its different words: only what cannot fit is told apart by it."""
    if not isinstance(series.dtype, (pl.String, pl.Categorical)) or series.name == "event_id":
        return 0
    different = series.n_unique()
    length = float(series.cast(pl.String).str.len_bytes().mean() or 0)  # type: ignore[arg-type]
    return (different * length * 0.15 + len(series) * math.log2(max(2, different)) / 16) * 4 / 3


class Writer:
    """Lays down columns until the budget (characters of the file) is spent."""

    def __init__(self, rows: int, named: pl.Series, budget: float) -> None:
        self.store, self.named, self.left = Store(rows), named, budget
        self.level = BEST if rows <= FEW else QUICK
        self.owners: dict[str, pl.Series] = {}

    @property
    def spent(self) -> bool:
        """Tell whether there are so many events and so little room that no further column needs to be looked at."""
        return self.store.rows > FEW and self.left < self.store.rows * LEAST

    def add(self, series: pl.Series) -> None:
        """Add a column, if it fits; one without any value is not worth a piece."""
        if series.null_count() == len(series):
            return
        if expected(series) > self.left:
            self.store.left_out.append(series.name)
            return
        found = self._column(series)
        text = packed(found.content, self.level)
        if len(text) > self.left:
            self.store.left_out.append(series.name)
            return
        self.left -= len(text)
        if series.name in FOLLOWS.values():
            self.owners[series.name] = series
        self.store.columns.append({**found.facts, "piece": len(self.store.pieces)})
        self.store.pieces.append(text)

    def _column(self, series: pl.Series) -> Column:
        if series.name == "event_id":
            return digests(series.cast(pl.String), self.named) or words(series)
        owner = self.owners.get(FOLLOWS.get(series.name, "file"))
        if series.name == "record" and owner is not None and series.dtype.is_integer() and not series.has_nulls():
            return records(series, owner)
        told = followed(series, owner) if series.name in FOLLOWS and owner is not None else None
        return told or column(series)


def by_worth(names: Iterable[str]) -> list[str]:
    """Give columns in the order in which they are written."""
    rank = {name: place for place, name in enumerate(TELLING)}
    return sorted(names, key=lambda name: rank.get(name, len(rank)))
