"""What the places of files tell: exports lie in folders, or bear names, of the hour or day (or window) that they stand for.

An hour without a folder between others is not an hour without events: its file may not have been copied, or nothing was there to write.
Where nobody states the collection, no collector's log does and no chain of digests proves it, nothing is known of such an hour. Azure's files
stand for the hour in which the platform received the records, CloudTrail's and the access logs of S3 for that of delivery.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from timeline.core.coverage import Defect, State
from timeline.core.spans import Span, minus, tidy
from timeline.evidence.facts import Facts

SECOND, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000
GOOSE_DAY = 4 * HOUR
"""Untitled Goose Tool asks for whole days from four o'clock, UTC."""
FEW = 200
"""More holes than this in one stream's files are told as one."""
SHOWN = 8
DATE, CLOCK = r"(?P<Y>\d{4})[-_/]?(?P<M>\d\d)[-_/]?(?P<D>\d\d)", r"(?P<h>\d\d)[-_:](?P<m>\d\d)[-_:](?P<s>\d\d)"
CONTAINER = re.compile(r"/(insights-[^/]+)(?=/)")
AZURE = r"y=(?P<Y>\d{4})/m=(?P<M>\d\d)/d=(?P<D>\d\d)/h=(?P<h>\d\d)/m=\d\d/"
GOOSE = rf"{DATE}_(?P<last>\d{{4}}-\d\d-\d\d)(?:_{CLOCK}_\d{{3}}Z_(?P<until>\d\d_\d\d_\d\d)_\d{{3}}Z)?"


class Layout(NamedTuple):
    """A pattern of paths: what a file of it stands for in words, for how long (0: the name states the end), and a search's record limits.

    The group `part` tells files of one log apart that stand side by side; all before `tree` is the place of the export.
    """

    pattern: re.Pattern[str]
    unit: str
    length: int
    limits: tuple[int, ...] = ()


def _layout(pattern: str, unit: str, length: int, *limits: int) -> Layout:
    return Layout(re.compile(pattern), unit, length, limits)


LAYOUTS = (
    _layout(rf"/(?P<tree>{AZURE})[^/]*$", "hour", HOUR),
    _layout(r"(?P<part>blob|table|queue|file)/(?P<tree>(?P<Y>\d{4})/(?P<M>\d\d)/(?P<D>\d\d)/(?P<h>\d\d)00/)\d{6}\.log", "hour", HOUR),
    _layout(r"(?P<tree>(?P<Y>\d{4})/(?P<M>\d\d)/(?P<D>\d\d)/(?P<h>\d\d)[:_]00[:_]00_\d\d[:_]59[:_]59_S\d+\.json)", "hour", HOUR),
    _layout(r"(?P<tree>_usage_(?P<Y>\d{4})_(?P<M>\d\d)_(?P<D>\d\d)_(?P<h>\d\d)_00_00_)", "hour", HOUR),
    _layout(r"/(?P<part>CloudTrail/[^/]+)/(?P<tree>(?P<Y>\d{4})/(?P<M>\d\d)/(?P<D>\d\d)/)[^/]+$", "day", DAY),
    _layout(r"/(?P<part>\d{12}_CloudTrail_[^_/]+)_(?P<tree>(?P<Y>\d{4})(?P<M>\d\d)(?P<D>\d\d)T\d{4}Z_)[^/]*$", "day", DAY),
    _layout(r"/(?P<tree>(?P<Y>\d{4})-(?P<M>\d\d)-(?P<D>\d\d)-\d\d-\d\d-\d\d-[0-9A-F]{16})(?:\.[^/]*)?$", "day", DAY),
    _layout(rf"/UAL-(?P<tree>{DATE}(?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)-(?P<to>\d{{14}}))\.[^/]*$", "window", 0, 5_000, 50_000),
    _layout(rf"/(?P<part>UnifiedAuditLog|AADSigninLog|AzRM)_[^/]*_(?P<tree>{DATE}_{CLOCK})[^/]*$", "hour", HOUR, 50_000),
    _layout(rf"/AADAuditLog_[^/]*_(?P<tree>{DATE})\.[^/]*$", "day", DAY),
    _layout(rf"/ual_(?P<tree>{GOOSE})\.[^/]*$", "window", 0, 50_000),
)  # fmt: skip


class Place(NamedTuple):
    """What the place of one file tells: the log and the part of it, and the time that the file stands for."""

    tree: str
    part: str
    span: Span
    layout: Layout


def place(path: str) -> Place | None:
    """Read a path (with /, the members of an archive below it); None if it follows no known layout, or no real date."""
    for layout in LAYOUTS:
        found = layout.pattern.search(path)
        if found and (span := _span(found.groupdict(), layout)):
            before = path[: found.start("tree")]
            part = found.groupdict().get("part") or "".join(CONTAINER.findall(before)[-1:])
            return Place(before, part, span, layout)
    return None


def _span(told: dict[str, str | None], layout: Layout) -> Span | None:
    start = _instant("".join(told.get(name) or "00" for name in "YMDhms"))
    if start is None or layout.length:
        return None if start is None else (start, start + layout.length)
    if told.get("last") and not told.get("h"):
        start += GOOSE_DAY
    end = _instant(told.get("to") or re.sub(r"\D", "", f"{told['last']}{told['until'] or '040000'}"))
    if end is None or end <= start:
        return None
    return (start, end + (SECOND if (end + SECOND) % HOUR == 0 else 0))


def _instant(digits: str) -> int | None:
    try:
        return int(datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()) * SECOND
    except ValueError:
        return None


class Layouts:
    """The layouts of the files of one case."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def _places(self) -> dict[int, Place]:
        told = ((number, place(path.as_posix().replace("!", "/"))) for number, path in self.facts.paths.items())
        return {number: found for number, found in told if found}

    @cached_property
    def _rows(self) -> dict[str, dict[tuple[str, str], list[tuple[Span, int]]]]:
        """Give for each stream and part of it the times for which there are files, those without any record too."""
        trees = defaultdict(set)
        for each in self.facts.seen:
            if each.file_no in self._places:
                found = self._places[each.file_no]
                trees[found.tree, found.part, found.layout.unit].add(each.stream.lower())
        rows: dict[str, dict[tuple[str, str], list[tuple[Span, int]]]] = defaultdict(lambda: defaultdict(list))
        for number, found in self._places.items():
            for stream in trees.get((found.tree, found.part, found.layout.unit), ()):
                rows[stream][found.part, found.layout.unit].append((found.span, number))
        return rows

    def defects(self, stream: str, latency: int, attested: Iterable[Span]) -> tuple[Defect, ...]:
        """Give the times between files of a stream for which there is none, but for those that are proven, and files that a limit cut."""
        proven = tidy(attested)
        found: list[Defect] = []
        for (part, unit), row in self._rows.get(stream.lower(), {}).items():
            known = tidy(span for span, _ in row)
            gaps = minus(((known[0][0], known[-1][1]),), known)
            holes = [part for start, end in gaps for part in minus(((start - latency, end),), proven)]
            found += _told(holes, f"{unit} in {part}" if part else unit, self._near(row))
        return (*found, *self._capped(stream))

    def _near(self, row: list[tuple[Span, int]]) -> Callable[[Span], tuple[str, ...]]:
        """Give the maker of evidence: the last file before a hole and the first after it."""
        ends, starts = {span[1]: number for span, number in row}, {span[0]: number for span, number in row}

        def near(hole: Span) -> tuple[str, ...]:
            before = max((end for end in ends if end <= hole[1]), default=None)
            after = min((start for start in starts if start >= hole[1]), default=None)
            some = [ends[before]] if before is not None else []
            some += [starts[after]] if after is not None else []
            return tuple("file:" + "/".join(self.facts.paths[number].parts[-SHOWN:]) for number in some)

        return near

    def _capped(self, stream: str) -> Iterator[Defect]:
        """Give the windows of files that hold just as many records as one search gives."""
        for each in self.facts.seen:
            found = self._places.get(each.file_no)
            count = self.facts.records.get(each.file_no, 0)
            if found and each.stream.lower() == stream.lower() and count in found.layout.limits:
                cause = f"the file holds {count} records, as many as one search gives"
                evidence = (f"file:{self.facts.paths[each.file_no].name}",)
                yield Defect(State.LOSSY, found.span, cause=cause, basis="inferred", evidence=evidence)


def _told(holes: list[Span], unit: str, near: Callable[[Span], tuple[str, ...]]) -> Iterator[Defect]:
    cause = f"no file of this {unit}: it was not collected, or nothing happened"
    if len(holes) > FEW:
        cause = (
            f"{len(holes)} spans without a file for any {unit} in them: they were not collected, or nothing happened"
        )
        holes = [(holes[0][0], holes[-1][1])]
    for hole in holes:
        yield Defect(State.UNKNOWN, hole, cause=cause, basis="inferred", evidence=near(hole))
