"""What of a report goes into the file's compressed pieces: columns of events, raw records, the events of answers, and the density of the rest."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from timeline.export.html.redact import Veil
from timeline.export.html.report import Counts, Report
from timeline.export.html.rows import micros, rows
from timeline.export.html.store import Store, Writer, by_worth, laid, packed, steps

FEW = 8
BLOCK = 1000
CELLS = 4_000_000  # of density: with very many lanes the bins grow wider
NOT_COLUMNS = frozenset({"time", "raw", "named", "block"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The pieces by the names of their elements, and what the page is told of them."""

    store: Store
    pieces: dict[str, str] = field(default_factory=dict)
    density: dict[str, object] = field(default_factory=dict)
    answers: list[dict[str, object]] = field(default_factory=list)


def leading(verdicts: pl.DataFrame, chain: pl.DataFrame) -> int:
    """How many verdicts stand first, as cards: those of the chain, else those that ask about someone or something."""
    if chain.height:
        return min(chain.height, verdicts.height)
    subjects = verdicts["subject"].to_list() if "subject" in verdicts.columns else []
    return max((place + 1 for place, subject in enumerate(subjects) if subject), default=min(FEW, verdicts.height))


def of_verdicts(report: Report, number: int) -> pl.Series:
    """Give the ids of the events that the first verdicts rest on."""
    if "events" not in report.verdicts.columns:
        return pl.Series("event_id", [], pl.String)
    told = report.verdicts["events"].head(number).cast(pl.List(pl.String))
    return told.explode(empty_as_null=True).drop_nulls().unique().rename("event_id")


def named(report: Report) -> pl.Series:
    """Tell which listed events the first answers rest on, or are hops of the path: these by their id, or by time and action."""
    ids = report.events.get_column("event_id").cast(pl.String)
    found = ids.is_in(of_verdicts(report, leading(report.verdicts, report.chain)).implode())
    if "event_id" in report.path.columns:
        hops = ids.is_in(report.path["event_id"].cast(pl.String).drop_nulls().implode())
        return (found | hops).rename("named")
    keys = report.path.select("time", "action").rows() if report.path.height else []
    walked = pl.DataFrame(
        [(micros(time), action) for time, action in keys],
        schema={"time_us": pl.Int64, "action": pl.String},
        orient="row",
    )
    own = pl.DataFrame({name: report.events.get_column(name) for name in ("time_us", "action")})
    hops = own.with_row_index("place").join(walked.unique(), on=["time_us", "action"], how="semi")["place"]
    return (found | pl.arange(found.len(), eager=True).is_in(hops.implode())).rename("named")


def budget(listed: int) -> float:
    """Give how many characters of the file the columns may take: 2.6 million for 100 000 events, 11.6 million for a million."""
    return 1_600_000 + 10 * listed


def chosen(report: Report, veil: Veil | None = None) -> Choice:
    """Lay everything down in the order of the page's need, behind a veil if there is one."""
    for name in report.events.columns if veil else ():
        if veil and name in veil.columns:
            veil.learn_column(report.events.get_column(name))
    marked = named(report)
    blocks, owner = raw_blocks(report, marked, veil)
    writer = Writer(report.events.height, marked, budget(report.events.height))
    own = (marked.cast(pl.Int64), pl.Series("block", owner, dtype=pl.Int64))
    names = by_worth(name for name in report.events.columns if name not in NOT_COLUMNS)
    for series in own:
        writer.add(series)
    columns = report.some(tuple(names))
    while names and not writer.spent:
        series = next(columns)
        writer.add(veil.series(series) if veil else series)
        names.pop(0)
    writer.store.left_out += names
    laid_down = {f"column-{number}": text for number, text in enumerate(writer.store.pieces)}
    density, binned = counted(report.counts)
    answers, places = answered(report)
    pieces = {**laid_down, **binned, "answers": places, **{f"raw-{number}": text for number, text in enumerate(blocks)}}
    return Choice(writer.store, pieces, density, answers)


def raw_blocks(report: Report, marked: pl.Series, veil: Veil | None = None) -> tuple[list[str], list[int | None]]:
    """Raw records in compressed blocks, named events first, until the budget is spent; and each event's block."""
    owner: list[int | None] = [None] * report.events.height
    blocks: list[str] = []
    spent = 0
    for block in batches(report, marked, veil):
        text = packed(json.dumps(block, ensure_ascii=True, sort_keys=True).encode("ascii"))
        spent += len(text)
        if blocks and spent > report.raw_budget:
            break
        for row in block:
            owner[int(row)] = len(blocks)
        blocks.append(text)
    return blocks, owner


def batches(report: Report, marked: pl.Series, veil: Veil | None) -> Iterator[dict[str, str]]:
    """Give raw records by place, a block at a time."""
    if "raw" not in report.events.columns or not report.made.raw:
        return
    table = pl.DataFrame({"named": marked, "raw": report.events.get_column("raw")}).with_row_index("row")
    order = table.filter(pl.col("raw").is_not_null())
    for batch in order.sort(pl.col("named").not_(), "row").iter_slices(BLOCK):
        texts = batch["raw"].cast(pl.String)
        yield {str(row): text for row, text in zip(batch["row"], veil.texts(texts) if veil else texts, strict=True)}


def answered(report: Report) -> tuple[list[dict[str, object]], str]:
    """Give for each verdict how its events stand in one piece, as their places in the list: however many they are, all of them."""
    height = report.verdicts.height
    if "events" not in report.verdicts.columns:
        return [{"rows": 0, "planes": 0}] * height, packed(b"")
    ids = report.events.get_column("event_id").cast(pl.String)
    places = pl.DataFrame({"events": ids, "place": pl.int_range(ids.len(), eager=True)})
    told = report.verdicts.select(pl.col("events").cast(pl.List(pl.String))).with_row_index("verdict")
    found = told.explode("events", empty_as_null=True).join(places, on="events").unique().sort("verdict", "place")
    facts: list[dict[str, object]] = []
    content = []
    for verdict in range(height):
        mine = found.filter(pl.col("verdict") == verdict)["place"].to_numpy().astype(np.int64)
        rising = laid({"rows": len(mine), "first": int(mine[0]) if len(mine) else 0}, steps(mine))
        facts.append(rising.facts)
        content.append(rising.content)
    return facts, packed(b"".join(content))


def counted(counts: Counts | None) -> tuple[dict[str, object], dict[str, str]]:
    """Give what the page is told of the events that are not listed, and their counts by kind of lanes."""
    if counts is None or not counts.rows:
        return {"rows": 0}, {}
    lanes: dict[str, object] = {}
    pieces = {}
    for name, (keys, table) in sorted(counts.lanes.items()):
        wide = 1
        while table.size // wide > CELLS:
            wide *= 2
        shorter = table.reshape(table.shape[0], -1, wide).sum(axis=2, dtype=np.uint64)
        column = laid({"keys": keys, "bins": shorter.shape[1], "step": counts.step * wide}, shorter.ravel())
        lanes[name] = column.facts
        pieces[f"density-{name}"] = packed(column.content, 6)
    return {"rows": counts.rows, "first": counts.first, "lanes": lanes, "kinds": rows(counts.kinds)}, pieces
