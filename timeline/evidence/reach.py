"""How far back each store reached when it was collected: the retention horizons that the timeline draws."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from timeline.core.retention import horizon
from timeline.core.scope import EVERYTHING
from timeline.core.spans import BEGIN, END
from timeline.core.stream import Collection, Stream
from timeline.evidence import frames
from timeline.evidence.knowledge import Knowledge

REACH: frames.Schema = {
    "stream": pl.String,
    "collection": pl.String,
    "store": pl.String,
    "taken": frames.MOMENT,
    "start": frames.MOMENT,
}


def reach(knowledge: Knowledge) -> pl.DataFrame:
    """Give for each collection of each stream when it was taken, and from which instant on the store surely still held its records.

    `start` is empty where no policy of the whole stream says it.
    """
    rows = []
    for name in knowledge.names:
        stream = knowledge.builder.stream(name, knowledge.as_of)
        rows += [{"stream": name, **row} for row in _taken(stream)]
    return frames.frame(rows, REACH)


def _taken(stream: Stream) -> Iterator[dict[str, object]]:
    for each in stream.collections:
        if each.collected_at is not None and BEGIN < each.collected_at < END:
            start = frames.moment(_start(stream, each))
            yield {"collection": each.id, "store": each.store, "taken": each.collected_at, "start": start}


def _start(stream: Stream, taken: Collection) -> int | None:
    fit = [each for each in stream.policies if each.store == taken.store and each.scope == EVERYTHING]
    if not fit or taken.collected_at is None or not fit[-1].ruled:
        return None
    start = horizon(fit[-1], taken.collected_at).kept_from
    return start if start < taken.collected_at else None
