"""The reasoning behind one gap in plain words: what each copy could have shown, why the best of them counts, what can be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from timeline.core.coverage import Collection, Gap, Piece, State, Stream, coverage, gaps
from timeline.core.retention import Limit, Policy, Semantics, horizon
from timeline.core.scope import overlap
from timeline.core.spans import BEGIN, END
from timeline.evidence.acquire import command
from timeline.evidence.frames import GAP, frame, gap_row, moment
from timeline.evidence.knowledge import Knowledge
from timeline.globs import matches

DAY = 86_400_000_000
SHOWN = 3
WORDS = {
    State.LOSSY: "records are missing",
    State.SILENT: "the log was too quiet to be healthy",
    State.PENDING: "records may still have been on their way",
    State.ARCHIVED: "the records lie in an archive that was not restored",
    State.NOT_COLLECTED: "the store held it, but it was not collected",
    State.UNKNOWN: "nothing is known",
    State.DISABLED: "logging was switched off",
    State.NOT_ENABLED: "the log did not exist or was not switched on",
    State.EXPIRED: "the store had deleted it",
    State.COVERED: "covered",
}


def explain(knowledge: Knowledge, name: str, gap: Gap) -> str:
    """Tell why a stream is not covered in a gap: one line for each copy and collection, then what counts and what can be done."""
    stream = knowledge.builder.stream(name, knowledge.as_of)
    part = f" (records with {gap.scope.text()})" if gap.scope.text() else ""
    between = f"between {when(gap.start)} and {when(gap.end)}"
    why = f"{WORDS[State(gap.state)]} ({gap.state}{': ' + gap.cause if gap.cause else ''})"
    lines = [f"{name}{part}: an event {between} need not be in the case: {why}."]
    lines += _copies(stream, gap)
    lines += _hint(knowledge, stream)
    lines.append(f"The best copy counts, so this is {gap.state}. {_known(gap)}")
    lines += _volume(knowledge, name, gap)
    lines.append(remedy(knowledge, name, gap))
    return "\n".join(lines)


def _hint(knowledge: Knowledge, stream: Stream) -> Iterator[str]:
    """Where nobody states when a stream was collected, tell what is taken for it, and when its files were written: that decides nothing."""
    if stream.last_seen is None or any(each.collected_at is not None for each in stream.collections):
        return
    query = "SELECT max(modified_us) FROM file WHERE file_no IN (SELECT file_no FROM event WHERE stream = ?)"
    written = knowledge.connection.execute(query, [stream.name]).fetchall()[0][0]
    hint = f" (a hint only: its files were last written on {when(written)})" if written is not None else ""
    yield f"Nobody states when this was collected: inferred is {when(stream.last_seen - 1)}, the latest delivery seen{hint}."


def _volume(knowledge: Knowledge, name: str, gap: Gap) -> Iterator[str]:
    """Say what the stream's rhythm lets expect, and how long an outage must be to be noticed at all."""
    due = knowledge.silence.expected(name, gap)
    if due:
        yield f"By the log's own rhythm about {due[0]:,.0f} records are missing (95 %: {due[1]:,.0f} to {due[2]:,.0f})."
    usual, worst = knowledge.silence.outages(name)
    if gap.state == State.SILENT and usual is not None and worst is not None:
        yield f"In this log an outage can be noticed once it lasts {usual:,.1f} hours; at its quietest time, {worst:,.1f} hours."


def explained(knowledge: Knowledge, streams: str, at: int | None = None) -> pl.DataFrame:
    """Give the rows of `timeline gaps`, those around an instant if one is told, each with its `explanation`."""
    rows = []
    for name in (each for each in knowledge.names if matches(streams, each)):
        source, family = knowledge.source_of(name)[0], knowledge.family(name)
        for gap in gaps(knowledge.coverage(name), knowledge.window):
            if at is None or gap.start <= at < gap.end:
                row = gap_row(name, source, family, gap.scope.text(), gap) | knowledge.cost(name, gap)
                rows.append(row | {"explanation": explain(knowledge, name, gap)})
    return frame(rows, {**GAP, "explanation": pl.String})


def _copies(stream: Stream, gap: Gap) -> Iterator[str]:
    stores = sorted({each.store for each in stream.policies} | {each.store for each in stream.collections})
    if not stores:
        yield "- No policy and no collection is stated: only what lies between the oldest record and the latest delivery counts, weakly."
    for store in stores:
        policies = tuple(each for each in stream.policies if each.store == store)
        taken: list[Collection | None] = [each for each in stream.collections if each.store == store]
        for one in taken or [None]:
            alone = replace(stream, policies=policies, collections=(one,) if one else ())
            yield f"- {_called(store, one)}: {_states(alone, gap)}{_limits(policies, gap, one, stream.as_of)}"


def _called(store: str, taken: Collection | None) -> str:
    if taken is None:
        return f"copy {store!r}, of which nothing was collected"
    at = "an unknown time" if taken.collected_at is None else when(taken.collected_at)
    return f"copy {store!r}, collection {taken.id!r} of {at}"


def _states(alone: Stream, gap: Gap) -> str:
    found = coverage(alone, (gap.start, gap.end))
    pieces = next((some for atom, some in found.items() if overlap(atom, gap.scope)), ())
    told = [_state(piece, whole=len(pieces) == 1) for piece in pieces[:SHOWN]]
    return "; ".join(told) + (f"; and {len(pieces) - SHOWN} more changes" if len(pieces) > SHOWN else "")


def _state(piece: Piece, *, whole: bool) -> str:
    cause = f" ({piece.cause})" if piece.cause else ""
    return f"{piece.state}{cause}" + ("" if whole else f" until {when(piece.end)}")


def _limits(policies: tuple[Policy, ...], gap: Gap, taken: Collection | None, as_of: int) -> str:
    """Say what the policy in force says, and how far back the store reached when it was collected."""
    fit = [each for each in policies if overlap(each.scope, gap.scope)]
    if not fit:
        return "; no policy of this copy is known"
    policy = fit[-1]
    at = as_of if taken is None or taken.collected_at is None else taken.collected_at
    source = f"{policy.basis}: {', '.join(policy.evidence)}" if policy.evidence else policy.basis
    reach = horizon(policy, at).kept_from if policy.limits else BEGIN
    back = f", so that on {when(at)} it reached back to {when(reach)}" if BEGIN < reach < at else ""
    return f"; {_rule(policy)} ({source}){back}"


def _rule(policy: Policy) -> str:
    if policy.semantics in {Semantics.NONE, Semantics.RING}:
        return "it deletes nothing by age" if policy.semantics == Semantics.NONE else "it overwrites its oldest records"
    if not policy.limits:
        return "its limit is not known"
    kept = [
        f"{_long(limit)}{'' if limit.start == BEGIN else f' from {when(limit.start)} on'}" for limit in policy.limits
    ]
    return f"it keeps records for {', '.join(kept)}"


def _long(limit: Limit) -> str:
    if limit.months:
        return f"{limit.months} month{'s' if limit.months > 1 else ''}"
    return "for ever" if limit.keep is None else f"{limit.keep / DAY:g} days"


def _known(gap: Gap) -> str:
    evidence = f" Evidence: {', '.join(gap.evidence)}." if gap.evidence else ""
    return f"How we know: {gap.basis or 'nothing is stated'}.{evidence}"


def remedy(knowledge: Knowledge, name: str, gap: Gap) -> str:
    """Say whether a gap can still be mended: until when, and with which command."""
    if gap.state == State.UNKNOWN and not gap.mendable:
        return "What helps: state the policy and the collection of this stream in case.toml."
    if not gap.mendable:
        return f"No copy that the case names still holds it on {when(knowledge.as_of)}."
    until = "for as long as nobody deletes it" if gap.deadline is None else f"until {when(gap.deadline)}"
    source_name, source = knowledge.source_of(name)
    told = command(source, source_name, name, gap.store or "native", (gap.start, gap.end))
    return f"It can still be collected {until}" + (f": {told}" if told else ".")


def when(at: int) -> str:
    """Give an instant for a sentence, UTC."""
    shown = None if at in (BEGIN, END) else moment(at)
    if shown is None:
        return "an open end"
    return f"{datetime.fromtimestamp(shown / 1_000_000, UTC):%Y-%m-%d %H:%M:%SZ}"
