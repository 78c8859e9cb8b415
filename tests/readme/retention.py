"""The table of README.md that tells what vendors keep by default, from the catalogue."""

from itertools import groupby

from timeline.core.scope import scope_of
from timeline.evidence.defaults import keeps
from timeline.policies.rows import DEFAULT, NATIVE, Row, rows

HEAD = ("log", "kept by default, by plan", "how sure")


def retention() -> str:
    """Give what the vendor's own copy of each log keeps, one row a log; other copies stand in `policy show --catalogue`."""
    native = [row for row in rows() if row.store == NATIVE]
    lines = [HEAD, ("---",) * len(HEAD), *map(_line, _logs(native))]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _logs(native: list[Row]) -> list[list[Row]]:
    """Put rows on the same streams together."""
    streams = {row.streams: number for number, row in reversed(list(enumerate(native)))}
    ordered = sorted(native, key=lambda row: streams[row.streams])
    return [list(some) for _, some in groupby(ordered, key=lambda row: row.streams)]


def _line(some: list[Row]) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in some[0].streams)
    sure = sorted({row.confidence for row in some}, reverse=True)
    return f"{names}<br>{some[0].remarks.log}", "<br>".join(map(_plan, some)), ", ".join(sure)


def _plan(row: Row) -> str:
    plan = "" if row.plan == DEFAULT else f"`{row.plan}`: "
    part = f" ({scope_of(row.where).text()})" if row.where else ""
    return f"{plan}{keeps(row)}{part}"
