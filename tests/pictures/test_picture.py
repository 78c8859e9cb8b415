"""Which events are listed and which only counted: nothing is missing from the picture, and what answers rest on is always listed."""

from pathlib import Path

import polars as pl
import pytest

from tests.benchmarks import crowd
from timeline.api import Case
from timeline.case.store import writer
from timeline.evidence.picture import Picture, Wanted

NONE = pl.Series("event_id", [], pl.String)
WINDOW = (1_672_531_200_000_000, 1_704_067_200_000_000)


def picture(folder: Path, most: int, first: pl.Series = NONE, others: pl.Series = NONE) -> Picture:
    case = Case(folder)
    zones = [(zone.name, zone.level, zone.objects) for zone in case.config.zones]
    made = Picture(case.connection, zones, Wanted(first, others, most, WINDOW))
    assert made.counts.rows + made.listed.height == made.total
    return made


@pytest.mark.parametrize("most", [0, 1, 500, 4_999, 5_000])
def test_listed_and_counted_events_are_all_events_in_every_kind_of_lanes(many: Path, most: int) -> None:
    made = picture(many, most)
    assert made.listed.height == most
    assert made.counts.rows == 5_000 - most
    assert [table.sum() for _, table in made.counts.lanes.values()] == ([made.counts.rows] * 3 if most < 5_000 else [])


def test_counted_events_lie_in_the_bin_and_lane_of_their_time_and_stream(many: Path) -> None:
    made = picture(many, 1_000)
    lanes, table = made.counts.lanes["stream"]
    listed = set(made.listed.get_column("event_id").to_list())
    rest = Case(many).events().filter(pl.col("event_id").is_in(list(listed)).not_())
    for stream in (lanes[0], lanes[-1]):
        own = rest.filter(pl.col("stream") == stream)
        bins = ((own["time_us"] - made.counts.first) // made.counts.step).value_counts().sort("time_us")
        row = table[lanes.index(stream)]
        assert row.nonzero()[0].tolist() == bins["time_us"].to_list()
        assert row[row > 0].tolist() == bins["count"].to_list()


def test_rare_kinds_are_listed_in_full_before_common_ones(many: Path) -> None:
    made = picture(many, 1_000)
    partial = made.counts.kinds
    kinds = Case(many).events().group_by("stream", "action", "outcome").len("total")
    whole = kinds.join(partial, on=["stream", "action", "outcome"], how="anti", nulls_equal=True)
    assert whole.height + partial.height == kinds.height
    assert int(whole["total"].max()) <= int(partial["total"].min())  # type: ignore[arg-type]
    assert partial.filter(pl.col("listed") > 0).height <= 1


def test_what_answers_rest_on_is_listed_however_common_it_is(many: Path) -> None:
    events = Case(many).events()
    commonest = events.group_by("stream", "action", "outcome").len().sort("len").row(-1, named=True)
    ids = events.filter((pl.col("stream") == commonest["stream"]) & (pl.col("action") == commonest["action"]))[
        "event_id"
    ]
    made = picture(many, 100, first=ids)
    assert set(ids.to_list()) <= set(made.listed.get_column("event_id").to_list())
    fewer = picture(many, 100, others=ids)
    assert fewer.listed.height == 100


def test_columns_are_those_of_the_timeline_in_its_order(many: Path) -> None:
    made = picture(many, 5_000)
    events = Case(many).events()
    for name in ("event_id", "time_us", "actor", "object", "zone", "record", "network", "file_id"):
        assert made.listed.get_column(name).cast(events[name].dtype).to_list() == events[name].to_list(), name


def test_events_far_from_the_case_do_not_make_its_bins_coarse(tmp_path: Path) -> None:
    alone = picture(crowd.make(tmp_path / "alone", 5_000), 1_000)
    folder = crowd.make(tmp_path / "far", 5_000)
    with writer(folder / "case.duckdb") as connection:
        connection.execute("UPDATE event SET time_us = 0 WHERE event_id = (SELECT min(event_id) FROM event)")
    made = picture(folder, 1_000)
    assert made.counts.step < 3 * alone.counts.step
    assert made.listed.get_column("time_us")[0] == 0
    assert made.listed.height + made.counts.rows == 5_000
