"""Two cases side by side, or one case with itself later: which files, which coverage, which verdicts differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl

from timeline.core.coverage import Gap, State, gaps
from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import Span
from timeline.evidence import frames
from timeline.evidence.knowledge import Knowledge

DIFF: frames.Schema = {
    "what": pl.String,
    "subject": pl.String,
    "scope": pl.String,
    "start": frames.MOMENT,
    "end": frames.MOMENT,
    "before": pl.String,
    "after": pl.String,
}
COVERAGE: frames.Schema = {
    "stream": pl.String,
    "events": pl.Int64,
    "evidence": pl.String,
    "covered_days": pl.Float64,
    "gaps": pl.Int64,
    "coverage": pl.String,
}
DAY = 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MISSING = "not in the case"


def fingerprints(knowledge: Knowledge) -> pl.DataFrame:
    """Give for each stream, and for all (`*`), one hash of its records and one of what is and is not covered.

    Equal `evidence` means the same records of the same files at the same times; equal `coverage` the same states, borders and deadlines. Neither
    depends on where files lie, on the order of ingestion, or on the machine.
    """
    records = _evidence(knowledge)
    rows = [_fingerprint(knowledge, name, *records.get(name, (0, ""))) for name in knowledge.names]
    total: dict[str, object] = {
        "stream": "*",
        "events": sum(count for count, _ in records.values()),
        "evidence": _hash([(row["stream"], row["evidence"]) for row in rows]),
        "covered_days": None,
        "gaps": sum(int(str(row["gaps"])) for row in rows),
        "coverage": _hash([knowledge.window, *((row["stream"], row["coverage"]) for row in rows)]),
    }
    return frames.frame([total, *rows], COVERAGE)


def _evidence(knowledge: Knowledge) -> dict[str, tuple[int, str]]:
    rows = knowledge.connection.execute(
        "SELECT stream, count(*), printf('%032x', bit_xor(md5_number(event_id || '@' || time_us))) FROM event WHERE kept GROUP BY stream"
    ).fetchall()
    return {stream: (count, told) for stream, count, told in rows}


def _fingerprint(knowledge: Knowledge, name: str, events: int, evidence: str) -> dict[str, object]:
    found = gaps(knowledge.coverage(name), knowledge.window)
    told = [(gap.scope.text(), str(gap.state), gap.start, gap.end, gap.mendable, gap.deadline) for gap in found]
    lost = sum(gap.end - gap.start for gap in found if gap.scope == EVERYTHING)
    return {
        "stream": name,
        "events": events,
        "evidence": evidence,
        "covered_days": round((knowledge.window[1] - knowledge.window[0] - lost) / DAY, 3),
        "gaps": len(found),
        "coverage": _hash(told),
    }


def _hash(told: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(told)).encode()).hexdigest()[:32]


def differences(before: Knowledge, after: Knowledge) -> pl.DataFrame:
    """Give the files that only one case has, streams of the same files read differently, and every window in which a state differs."""
    files = list(_files(before, after))
    read = [] if files else _records(before, after)
    return frames.frame([*_period(before, after), *files, *read, *_coverage(before, after)], DIFF)


def _period(before: Knowledge, after: Knowledge) -> Iterator[dict[str, object]]:
    """Say that two cases ask about different periods: their verdicts are about different times then."""
    if before.window != after.window:
        one, other = _shown(before.window), _shown(after.window)
        yield _row("period", "of the case", "", (None, None), (one, other))


def _shown(window: Span) -> str:
    return " to ".join(f"{EPOCH + timedelta(microseconds=at):%Y-%m-%dT%H:%M:%SZ}" for at in window)


def _records(before: Knowledge, after: Knowledge) -> Iterator[dict[str, object]]:
    """Give the streams that came out of the same files with other records or at other times, as by another zone."""
    one, other = _evidence(before), _evidence(after)
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            told = [
                f"{some[name][0]} events, {some[name][1][:8]}" if name in some else MISSING for some in (one, other)
            ]
            yield _row("records", name, "", (None, None), (told[0], told[1]))


def verdicts(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Give the questions whose verdict, strength or number of rows differs, from two frames of `timeline ask`."""
    one, other = _told(before), _told(after)
    rows = [
        _row(
            "verdict",
            f"{question} {subject}".strip(),
            "",
            (None, None),
            (one.get(key, MISSING), other.get(key, MISSING)),
        )
        for key in sorted(one.keys() | other.keys())
        if one.get(key) != other.get(key)
        for question, subject in [key]
    ]
    return frames.frame(rows, DIFF)


def _told(asked: pl.DataFrame) -> dict[tuple[str, str], str]:
    return {(row["question"], row["subject"]): _answer(row) for row in asked.iter_rows(named=True)}


def _answer(row: Mapping[str, object]) -> str:
    strength = f" ({row['strength']})" if row["strength"] else ""
    return f"{row['verdict']}{strength}, {row['rows']} rows"


def _files(before: Knowledge, after: Knowledge) -> Iterator[dict[str, object]]:
    one, other = _shas(before), _shas(after)
    for sha in sorted(one.keys() ^ other.keys(), key=lambda each: (one.get(each) or other[each], each)):
        path = one.get(sha) or other[sha]
        yield _row(
            "file",
            path,
            sha,
            (None, None),
            ("in the case" if sha in one else MISSING, "in the case" if sha in other else MISSING),
        )


def _shas(knowledge: Knowledge) -> dict[str, str]:
    rows = knowledge.connection.execute("SELECT sha256, min(path) FROM file GROUP BY sha256").fetchall()
    return dict(rows)


def _coverage(before: Knowledge, after: Knowledge) -> Iterator[dict[str, object]]:
    window = (min(before.window[0], after.window[0]), max(before.window[1], after.window[1]))
    for name in sorted({*before.names, *after.names}):
        one, other = (_gaps(each, name, window) for each in (before, after))
        scopes = {gap.scope for gap in (*(one or ()), *(other or ()))} | {EVERYTHING}
        for scope in sorted(scopes, key=Scope.text):
            for span, states in _changes(_of(one, scope), _of(other, scope), window):
                yield _row("coverage", name, scope.text(), span, states)


def _gaps(knowledge: Knowledge, name: str, window: Span) -> tuple[Gap, ...] | None:
    return gaps(knowledge.coverage(name, window), window) if name in knowledge.names else None


def _of(found: tuple[Gap, ...] | None, scope: Scope) -> list[Gap] | None:
    """Give the gaps that hold for all of a scope; None if the case does not know the stream."""
    return None if found is None else [gap for gap in found if gap.scope in {scope, EVERYTHING}]


def _changes(one: list[Gap] | None, other: list[Gap] | None, window: Span) -> Iterator[tuple[Span, tuple[str, str]]]:
    inner = {border for gap in (*(one or ()), *(other or ())) for border in (gap.start, gap.end)}
    last: tuple[Span, tuple[str, str]] | None = None
    for start, end in pairwise(sorted({*window, *inner})):
        states = (_at(one, start), _at(other, start))
        if last and last[1] == states:
            last = ((last[0][0], end), states)
            continue
        if last and last[1][0] != last[1][1]:
            yield last
        last = ((start, end), states)
    if last and last[1][0] != last[1][1]:
        yield last


def _at(found: list[Gap] | None, instant: int) -> str:
    if found is None:
        return MISSING
    return next((str(gap.state) for gap in found if gap.start <= instant < gap.end), str(State.COVERED))


def _row(
    what: str, subject: str, scope: str, span: tuple[int | None, int | None], told: tuple[str, str]
) -> dict[str, object]:
    return {
        "what": what,
        "subject": subject,
        "scope": scope,
        "start": frames.moment(span[0]),
        "end": frames.moment(span[1]),
        "before": told[0],
        "after": told[1],
    }
