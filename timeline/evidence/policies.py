"""The policies in force in a case, stream by stream and copy by copy, beside what the oldest records say of them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from timeline.core.coverage import Collection, Stream
from timeline.core.retention import Policy, Semantics, horizon
from timeline.core.spans import BEGIN, END
from timeline.evidence.defaults import UNKNOWN, summary
from timeline.evidence.frames import MOMENT, Schema, frame, moment
from timeline.evidence.horizons import Observed
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.spelled import date, days, kept, length
from timeline.globs import matches

IN_FORCE: Schema = {
    "stream": pl.String,
    "store": pl.String,
    "scope": pl.String,
    "origin": pl.String,
    "semantics": pl.String,
    "keeps": pl.String,
    "enabled": pl.String,
    "latency": pl.String,
    "kept_from": MOMENT,
    "gone_before": MOMENT,
    "collection": pl.String,
    "collected_at": MOMENT,
    "oldest": MOMENT,
    "observed": pl.Float64,
    "fits": pl.String,
    "distance": pl.Float64,
    "late": pl.Float64,
    "chance": pl.Float64,
    "contradiction": pl.String,
    "proposal": pl.String,
    "evidence": pl.List(pl.String),
}
"""`kept_from` and `gone_before`: at `as_of` everything from the one on is there and everything before the other is not.
`observed`: days from the oldest record to the collection; `distance`: days from the limit that it fits to it; `late`: how
likely the stream is to pause for that long; `chance`: how likely a record comes so near to a known limit without one."""
DAY = 86_400_000_000


def in_force(knowledge: Knowledge, wanted: str = "*") -> pl.DataFrame:
    """Give one row for each policy and collection of each copy; a stream of which nobody stated a policy has one too."""
    rows: list[dict[str, object]] = []
    for name in knowledge.names:
        if matches(wanted, name) or matches(wanted, name.partition("/")[0]):
            stream = knowledge.builder.stream(name, knowledge.as_of)
            seen = {(each.store, each.collection): each for each in knowledge.horizons.observed(stream)}
            rows += _rows(stream, seen)
    return frame(rows, IN_FORCE)


def _rows(stream: Stream, seen: dict[tuple[str, str], Observed]) -> Iterator[dict[str, object]]:
    stores = {each.store for each in stream.policies} | {each.store for each in stream.collections}
    for store in sorted(stores) or ["native"]:
        policies: list[Policy | None] = [each for each in stream.policies if each.store == store]
        taken: list[Collection | None] = [each for each in stream.collections if each.store == store]
        for told in policies or [None]:
            for one in taken or [None]:
                found = seen.get((store, one.id if one else ""))
                said = _policy(stream, store, told) | _collection(one) | _observed(found)
                yield said | {"proposal": "" if told else _proposal(stream, found)}


def _policy(stream: Stream, store: str, told: Policy | None) -> dict[str, object]:
    named: dict[str, object] = {"stream": stream.name, "store": store, "scope": told.scope.text() if told else ""}
    if told is None:
        empty = dict.fromkeys(("semantics", "keeps", "enabled", "latency"), "")
        return named | empty | {"origin": "none", "kept_from": None, "gone_before": None, "evidence": []}
    band = horizon(told, stream.as_of) if told.limits else None
    return named | {
        "origin": told.basis,
        "semantics": str(told.semantics),
        "keeps": _keeps(told),
        "enabled": _enabled(told),
        "latency": length(told.latency),
        "kept_from": moment(band.kept_from) if band else None,
        "gone_before": moment(band.gone_before) if band else None,
        "evidence": list(told.evidence),
    }


def _keeps(told: Policy) -> str:
    if not told.enabled:
        return "nothing: it is off"
    words = {Semantics.NONE: "until somebody deletes it", Semantics.RING: "until it is full"}
    return kept(told.limits) or words.get(Semantics(told.semantics), "not stated")


def _enabled(told: Policy) -> str:
    """Say when the log was on, where that is not always."""
    spans = [f"from {date(start)}" if end == END else f"{date(start)} to {date(end)}" for start, end in told.enabled]
    return "" if told.enabled[:1] == ((BEGIN, END),) else "; ".join(spans) or "never"


def _collection(taken: Collection | None) -> dict[str, object]:
    if taken is None:
        return {"collection": "", "collected_at": None, "oldest": None}
    return {
        "collection": taken.id,
        "collected_at": moment(taken.collected_at),
        "oldest": moment(taken.oldest_seen),
    }


def _observed(found: Observed | None) -> dict[str, object]:
    if found is None:
        return dict.fromkeys(("observed", "distance", "late", "chance")) | {"fits": "", "contradiction": ""}
    fit = found.fit
    return {
        "oldest": moment(found.oldest.at),
        "observed": found.oldest.age / DAY,
        "fits": fit.candidate.name if fit else "",
        "distance": fit.distance / DAY if fit else None,
        "late": fit.late if fit else None,
        "chance": fit.chance if fit else None,
        "contradiction": found.words(),
    }


def _proposal(stream: Stream, found: Observed | None) -> str:
    """Say what to state where nobody did: the catalogue proposes, and never decides."""
    fit = found.fit if found else None
    sits = f"the oldest record sits at {days(found.oldest.age)}: {fit.candidate.name}. " if found and fit else ""
    known = summary(stream.name)
    return f"{sits}State a policy; {'the catalogue knows nothing of this log' if known == UNKNOWN else f'by plan: {known}'}"
