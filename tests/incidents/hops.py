"""How well the path of an artefact is found: its rows against what truly happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.incidents import cases
from tests.incidents.lineage import ACCOUNTS, BUCKET, ZONES, Hop, Lineage, end, made
from timeline.api import Case

CLAIMED = ("proven", "strong", "probable")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Score:
    """Counted over stories: rows that are claimed, those of them that are true, hops, and hops that are listed."""

    claimed: int = 0
    true: int = 0
    hops: int = 0
    listed: int = 0
    plain: int = 0
    found: int = 0
    possible: int = 0
    possible_true: int = 0

    @property
    def precision(self) -> float:
        return self.true / max(self.claimed, 1)

    @property
    def recall(self) -> float:
        """Of all hops those that are listed, be it as a candidate: only a packed copy may be no more than that."""
        return self.listed / max(self.hops, 1)

    @property
    def certain(self) -> float:
        """Of the hops that no packing hides those that are findings."""
        return self.found / max(self.plain, 1)


def case_of(story: Lineage, folder: Path) -> Case:
    places = {
        zone: [f"https://{name}.blob.core.windows.net/**" for name, own in ACCOUNTS.items() if own == zone]
        for zone in ZONES
    }
    places["edge"].append(f"s3://{BUCKET}/**")
    toml = (
        f"[case]\nfrom = 2023-03-01\nto = {end(story):%Y-%m-%d}\n"
        f'[[collection]]\nid = "all"\ncollected_at = {end(story):%Y-%m-%dT%H:%M:%SZ}\n'
        '[[policy]]\nstream = "*"\nsemantics = "none"\n'
    )
    files = {
        "storage.json": cases.lines(sorted(story.storage, key=lambda row: str(row["time"]))),
        "trail.json": cases.lines(story.trail),
        "2023-03-02-00-00-00-0123456789ABCDEF": "".join(f"{line}\n" for line in story.access),
    }
    return cases.opened(folder, toml + cases.zones(ZONES, places), {name: text for name, text in files.items() if text})


def measure(seed: int, folder: Path, score: Score) -> list[str]:
    """Add one story to the score; give in words what is wrong, row by row."""
    story = made(seed)
    with case_of(story, folder) as case:
        rows = list(case.query("artefact-path", {"object": story.seed}).iter_rows(named=True))
    claimed = [row for row in rows if row["grade"] in CLAIMED]
    good = [row for row in claimed if _true(story, row)]
    possible = [row for row in rows if row["grade"] not in CLAIMED]
    score.claimed, score.true = score.claimed + len(claimed), score.true + len(good)
    score.possible += len(possible)
    score.possible_true += sum(_true(story, row) for row in possible)
    wrong = [
        f"{seed}: false {row['time']} {row['action']} {row['object_from']} -> {row['object']} {row['grade']}"
        for row in claimed
        if row not in good
    ]
    return wrong + list(_missing(seed, story, rows, score))


def _missing(seed: int, story: Lineage, rows: list[dict[str, Any]], score: Score) -> Iterator[str]:
    for hop in story.hops:
        listed = [row for row in rows if _shows(row, hop)]
        score.hops += 1
        score.listed += bool(listed)
        score.plain += not hop.packed
        score.found += not hop.packed and any(row["grade"] in CLAIMED for row in listed)
        if not listed or (not hop.packed and not any(row["grade"] in CLAIMED for row in listed)):
            yield f"{seed}: {'only a candidate' if listed else 'missing'} {hop}"


def _shows(row: Mapping[str, Any], hop: Hop) -> bool:
    kinds = {
        "read": ("object.read",),
        "create": ("object.write",),
        "upload": ("object.write",),
        "copy": ("object.copy",),
        "move": ("object.move",),
    }
    same = (
        row["object"] == hop.object
        and abs((row["time"] - hop.at).total_seconds()) < 1
        and row["action"] in kinds[hop.kind]
    )
    return same and (hop.kind not in {"copy", "move"} or row["object_from"] == hop.source)


def _true(story: Lineage, row: Mapping[str, Any]) -> bool:
    """Tell whether the row is about an object while it held the artefact, and names no wrong source."""
    moment = row["time"]
    for held in story.held:
        # an hour's slack at neither end: only the second in which a log may have rounded
        if (
            held.blob.url == row["object"]
            and (held.since - moment).total_seconds() < 1
            and (held.until is None or moment < held.until)
        ):
            sources = {hop.source for hop in story.hops if hop.object == row["object"]} | {None}
            origin = {each.blob.url for each in story.held}
            return row["object_from"] in sources or (row["action"] == "object.write" and row["object_from"] in origin)
    return False
