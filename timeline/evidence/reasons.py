"""The reasoning behind an answer: the records it rests on, what each log could have shown, and the SQL as the method.

The figures are those that the verdict was judged by, need by need and stream by stream; nothing is worked out a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from timeline.core.coverage import Gap
from timeline.core.spans import Span, Spans, clip, minus, tidy
from timeline.core.verdict import Answer, Strength, nobody
from timeline.core.verdict import Need as Asked
from timeline.evidence import frames
from timeline.evidence.explain import DAY, remedy, when
from timeline.evidence.grounds import COVERAGE, RECORDS, Seen, lines, needs, records, seen
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.questions import Answered, ask_row

SHOWN = 3
SCREEN = 12
REASONS: frames.Schema = {
    **frames.ASK,
    "evidence": pl.List(pl.Struct(RECORDS)),
    "coverage": pl.List(pl.Struct(COVERAGE)),
    "method": pl.String,
    "explanation": pl.String,
}
SAYS = {
    Answer.FOUND: "the evidence shows it, and every log that could show more was there all the time",
    Answer.FOUND_INCOMPLETE: "the evidence shows it, and there may be more, where the logs below were not there or cannot decide",
    Answer.ABSENT: "nothing was found, and it would be here: every log that could have shown it was covered all the time",
    Answer.UNKNOWN: "nothing was found, and nobody can say: it may have happened where the logs below were not there or cannot decide",
}
WORTH = {
    Strength.PROVEN: "the logs themselves prove that nothing is missing",
    Strength.STRONG: "the logs are complete by their vendors' word",
    Strength.WEAK: "a log is delivered as well as it may be, or its coverage is inferred and not stated",
}
BOUNDS = {"no_later_than": "on or before", "no_earlier_than": "on or after", "exact": "at"}


def reasons(knowledge: Knowledge, answers: Iterable[Answered]) -> pl.DataFrame:
    """Give the rows of `timeline ask`, each with its evidence, the coverage behind it, its SQL and all that in plain words."""
    return frames.frame([_row(knowledge, each) for each in answers], REASONS)


def _row(knowledge: Knowledge, answered: Answered) -> dict[str, object]:
    row = ask_row(answered)
    found = records(knowledge, answered)
    parts = [each for need, asked in needs(answered) for each in seen(need, asked)]
    told = [
        *_verdict(answered, row),
        *_shown(answered, found, f"{knowledge.root.as_posix()}/"),
        *_behind(knowledge, answered, parts),
        *_method(answered),
    ]
    return row | {
        "evidence": found,
        "coverage": [line for each in parts for line in lines(knowledge, each)],
        "method": answered.question.select,
        "explanation": "\n".join(told),
    }


def _verdict(answered: Answered, row: Mapping[str, object]) -> Iterator[str]:
    about = f" ({answered.subject})" if answered.subject else ""
    verdict, strength = answered.verdict.verdict, answered.verdict.strength
    yield f"{answered.question.id}{about}: {verdict}{f' ({strength})' if strength else ''}"
    yield f"Question: {answered.question.question}"
    yield f"Asked of: {_span(answered.window)}"
    yield f"Answer: {SAYS[verdict]}{f'; {WORTH[strength]}' if strength else ''}."
    for side in ("first", "last"):
        at = row[side]
        if isinstance(at, int):
            yield f"{side.capitalize()} finding: {BOUNDS[str(row[f'{side}_is'])]} {when(at)}"
    if answered.question.limits:
        yield f"What it does not prove: {' '.join(answered.question.limits.split())}"


def _shown(answered: Answered, records: Sequence[Mapping[str, object]], root: str) -> Iterator[str]:
    """List the first records of each standing, findings first."""
    counted = {"finding": answered.findings, "candidate": answered.candidates}
    for standing, rows in counted.items():
        some = [each for each in records if each["standing"] == standing]
        if rows:
            yield f"Evidence, {_many(rows, standing)}:"
            yield from (f"  - {_told(each, root)}" for each in some[:SCREEN])
        if rows > min(len(some), SCREEN):
            yield f"  … {min(len(some), SCREEN):,} of {rows:,} are listed here; all of them: {_command(answered)}"
    if not any(counted.values()):
        yield "Evidence: no record."


def _told(record: Mapping[str, object], root: str) -> str:
    """Name a record: its file as seen from the case, its number in it, and its event."""
    place = f"{str(record['file']).removeprefix(root)}, record {record['record']}"
    return f"{when(int(str(record['time'])))} {record['stream']} {record['operation']}: {place} ({record['event_id']})"


def _behind(knowledge: Knowledge, answered: Answered, parts: Sequence[Seen]) -> Iterator[str]:
    yield "Coverage behind it:"
    for need, asked in needs(answered):
        yield f"  Need: {need}: {_met(asked)}"
        for each in (part for part in parts if part.need == need):
            yield from _stream(knowledge, each, asked.asked)
    if answered.candidates:
        yield "  Candidates are records that fit, but of which nobody can say whether they are what was asked; they forbid an absence."
        yield from _undecided(answered)


def _undecided(answered: Answered) -> Iterator[str]:
    """Say what was not there when the candidates' tokens were issued."""
    known = {loss for _, asked in needs(answered) for loss in asked.losses()}
    lost: dict[str, list[Gap]] = {}
    for loss in answered.verdict.uncovered:
        if loss not in known:
            lost.setdefault(loss.stream, []).append(loss.gap)
    for stream, gaps in lost.items():
        yield f"  - {stream}, when their tokens were issued:"
        yield from (f"      {_lost(some)}" for some in _kinds(gaps).values())


def _met(asked: Asked) -> str:
    """Say whether a need is met; where there are alternatives, one of them is enough at each instant."""
    ways = f"; any one of {len(asked.alternatives)} ways is enough" if len(asked.alternatives) > 1 else ""
    if not asked.asked:
        return f"nothing was found that it would have to carry{ways}"
    unmet = minus(asked.asked, asked.met())
    if not unmet:
        return f"met{ways}"
    return f"not met in {_many(len(unmet), 'window')} from {_span((unmet[0][0], unmet[-1][1]))}{ways}"


def _stream(knowledge: Knowledge, one: Seen, asked: Spans) -> Iterator[str]:
    whole = sum(end - start for start, end in asked)
    share = 100 * sum(end - start for start, end in one.covered) / whole if whole else 100
    name, worth = one.witness.stream, one.witness.completeness.replace("_", " ")
    if one.witness == nobody(name):
        yield f"  - {name}: {one.gaps[0].cause if one.gaps else 'it was not needed'}"
        return
    inferred = "; partly inferred" if _meet(one.witness.inferred, one.covered) else ""
    yield f"  - {name}: {'covered' if not one.gaps else f'covered {share:.3g} % of it'} ({worth}{inferred})"
    for some in _kinds(one.gaps).values():
        yield f"      {_lost(some)}"
    open_ = [gap for gap in one.gaps if gap.mendable]
    for gap in open_[:SHOWN]:
        yield f"      {_span((gap.start, gap.end))}. {remedy(knowledge, name, gap)}"
    if len(open_) > SHOWN:
        yield f"      … and {_many(len(open_) - SHOWN, 'more window')} that can be collected: `timeline preserve` gives each command"


def _meet(spans: Spans, others: Spans) -> bool:
    """Tell whether two sets of spans have an instant in common."""
    return any(clip(spans, other) for other in others)


def _kinds(gaps: Iterable[Gap]) -> dict[tuple[str, str, str], list[Gap]]:
    """Put together what is lost for the same reason; figures in the reason do not count."""
    kinds: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in gaps:
        kinds.setdefault((str(gap.state), gap.scope.text(), re.sub(r"\d+", "…", gap.cause)), []).append(gap)
    return kinds


def _lost(some: Sequence[Gap]) -> str:
    first = some[0]
    part = f" for {first.scope.text()}" if first.scope.text() else ""
    why = f" ({first.cause})" if first.cause else ""
    if len(some) <= SHOWN:
        return f"{first.state}{part}{why}: {'; '.join(_span((gap.start, gap.end)) for gap in some)}"
    spans = tidy((gap.start, gap.end) for gap in some)
    days = sum(end - start for start, end in spans) / DAY
    return f"{first.state}{part}{why}: {len(some)} windows, {days:.3g} days in all, from {_span((spans[0][0], spans[-1][1]))}"


def _method(answered: Answered) -> Iterator[str]:
    """Give the SQL with what was put in for its parameters; those not given are NULL, which means any."""
    yield "Method, as SQL over the table `events`:"
    for name in answered.question.parameters:
        yield f"  ${name} = {answered.params.get(name, 'NULL (any)')}"
    yield f"  $from_us = {answered.window[0]}, $to_us = {answered.window[1]} (µs since 1970)"
    yield from (f"  {line}" for line in answered.question.select.splitlines())


def _command(answered: Answered) -> str:
    """Write the command that gives all rows; no value of the case stands in it, for it may be pasted into a shell."""
    given = "".join(f" -p {name}=…" for name in answered.params)
    return f"timeline query {answered.question.id}{given}"


def _span(span: Span) -> str:
    return f"{when(span[0])} to {when(span[1])}"


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
