"""Which events are listed one by one, and which raw records travel along, when not all of them fit in the file.

The events that answers rest on always stay; then whatever is rare, because noise comes in bulk and an intruder seldom
does. All others are counted in the picture as density, so that nothing of the case is missing from it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from timeline.export.html.report import Report
from timeline.export.html.rows import micros
from timeline.export.html.store import packed

BINS = 4096
ACTORS = 24
FEW = 8
BLOCK = 1000
RAW_BUDGET = 3_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """The events to list, their raw records in blocks, and the density of the rest."""

    events: pl.DataFrame
    blocks: list[str]
    density: dict[str, object]


def leading(report: Report) -> int:
    """How many verdicts stand first, as cards: those of the chain, else those that ask about someone or something."""
    if report.chain.height:
        return min(report.chain.height, report.verdicts.height)
    subjects = report.verdicts["subject"].to_list() if "subject" in report.verdicts.columns else []
    return max(
        (place + 1 for place, subject in enumerate(subjects) if subject), default=min(FEW, report.verdicts.height)
    )


def of_verdicts(report: Report, number: int) -> list[str]:
    if "events" not in report.verdicts.columns:
        return []
    return sorted({one for listed in report.verdicts["events"].head(number).to_list() for one in listed or ()})


def walked(report: Report) -> pl.Expr:
    """Whether an event is a hop of the path: by its id, or by its time and action."""
    if "event_id" in report.path.columns:
        return pl.col("event_id").is_in(sorted({one for one in report.path["event_id"].to_list() if one}))
    hops = {(micros(hop["time"]), hop.get("action")) for hop in report.path.iter_rows(named=True)}
    tests = [(pl.col("time_us") == time) & (pl.col("action") == action) for time, action in sorted(hops, key=str)]
    return pl.any_horizontal(pl.lit(value=False), *tests)


def in_order(report: Report) -> pl.DataFrame:
    kind = ["stream", "action"] + [name for name in ("outcome",) if name in report.events.columns]
    hop = walked(report).fill_null(value=False)
    first, every = (of_verdicts(report, number) for number in (leading(report), report.verdicts.height))
    return report.events.sort("time_us", "event_id").with_columns(
        (hop | pl.col("event_id").is_in(first)).alias("named"),
        (hop | pl.col("event_id").is_in(every)).alias("asked"),
        pl.len().over(kind).alias("common"),
    )


def chosen(report: Report) -> Choice:
    ranked = in_order(report).with_row_index("place")
    ranked = ranked.sort(pl.col("named").not_(), pl.col("asked").not_(), "common", "place")
    kept = ranked.head(report.exact).sort("place")
    left = ranked.tail(max(0, ranked.height - report.exact))
    blocks, owner = raw_blocks(kept)
    drop = [name for name in ("time", "raw", "place", "common", "asked") if name in kept.columns]
    listed = kept.drop(drop).with_columns(pl.Series("block", owner, dtype=pl.Int64), pl.col("named").cast(pl.Int64))
    return Choice(listed, blocks, density(left))


def raw_blocks(kept: pl.DataFrame) -> tuple[list[str], list[int | None]]:
    """Raw records in compressed blocks, named events first, until the budget is spent; and each event's block."""
    owner: list[int | None] = [None] * kept.height
    blocks: list[str] = []
    spent = 0
    for block in batches(kept):
        text = packed(json.dumps(block, ensure_ascii=True, sort_keys=True).encode("ascii"))
        spent += len(text)
        if blocks and spent > RAW_BUDGET:
            break
        for row in block:
            owner[int(row)] = len(blocks)
        blocks.append(text)
    return blocks, owner


def batches(kept: pl.DataFrame) -> Iterator[dict[str, str]]:
    if "raw" not in kept.columns:
        return
    order = kept.select("named", "raw").with_row_index("row").filter(pl.col("raw").is_not_null())
    for batch in order.sort(pl.col("named").not_(), "row").iter_slices(BLOCK):
        yield {str(row): text for row, text in zip(batch["row"], batch["raw"].cast(pl.String), strict=True)}


def density(left: pl.DataFrame) -> dict[str, object]:
    """How many events are not listed, per lane and bin; empty when all are listed."""
    if left.is_empty():
        return {"rows": 0}
    first, last = int(left["time_us"].to_numpy().min()), int(left["time_us"].to_numpy().max())
    step = (last - first) // BINS + 1
    binned = left.with_columns(((pl.col("time_us") - first) // step).alias("bin"))
    lanes = {name: counted(binned, name) for name in ("stream", "zone", "actor") if name in left.columns}
    return {"rows": left.height, "first": first, "last": last, "step": step, "lanes": lanes}


def counted(binned: pl.DataFrame, name: str) -> list[dict[str, object]]:
    lane = pl.col(name).cast(pl.String)
    top = binned.group_by(lane).len().sort(pl.col("len"), name, descending=[True, False])[name].head(10 * ACTORS)
    counts = binned.filter(lane.is_in(top.drop_nulls().to_list()) | lane.is_null())
    table = counts.group_by(lane, "bin").len().sort(name, "bin", nulls_last=True)
    return [
        {"lane": key[0], "bins": part["bin"].to_list(), "counts": part["len"].to_list()}
        for key, part in table.group_by(name, maintain_order=True)
    ]
