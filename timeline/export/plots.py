"""Pictures of a case for other documents: coverage, chain and lineage, as SVG; as PNG with the extra `png`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import polars as pl

from timeline.errors import CaseError
from timeline.export import svg
from timeline.export.html.rows import rows
from timeline.export.svg import Scale, line, rect, text

WIDTH, LEFT, RIGHT, TOP = 1200.0, 330.0, 24.0, 78.0
LANE, BAND = 30.0, 20.0
STEP = 56.0
HOP = 46.0
MOMENT = 1 / 300  # of the width: what is shorter is drawn as a mark
COLOURS = {
    "found": "#a8201a",
    "found_incomplete": "#b25500",
    "absent": "#176a4b",
    "unknown": "#64409a",
    "refuted": "#4d5761",
}
WORDS = {
    "found": "Found",
    "found_incomplete": "Found (incomplete)",
    "absent": "Absent",
    "unknown": "Unknown",
    "refuted": "Ruled out",
}
OBJECTS = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pictures of a case share: its name and its period, µs since 1970."""

    name: str
    begin: int
    end: int

    @property
    def scale(self) -> Scale:
        """Its period across the picture."""
        return Scale(self.begin, self.end, LEFT, WIDTH - LEFT - RIGHT)


def coverage(frame: Frame, pieces: pl.DataFrame) -> bytes:
    """Draw what each log could have shown: a lane for each stream, its states by colour, pattern and, below, by word."""
    streams = pieces["stream"].unique().sort().to_list()
    lanes = {stream: TOP + number * LANE for number, stream in enumerate(streams)}
    bottom = TOP + LANE * len(streams)
    parts = frame.scale.axis(TOP, bottom)
    parts += [text(24, top + 15, svg.short(stream, 42)) for stream, top in lanes.items()]
    told = sorted(rows(pieces), key=lambda row: (row["scope"] or "", str(row["stream"])))
    seats = _seats(told)
    for row in told:
        seat, scope = seats[str(row["stream"])], str(row["scope"] or "")
        beside = scope and row["state"] == "covered" and "" in seat
        if not beside:  # a covered part says nothing new beside its whole log
            parts.append(_piece(frame, row, (lanes[str(row["stream"])] + seat[scope][0], seat[scope][1])))
    states = {row["state"] if row["state"] in svg.looks() else "unknown" for row in told}
    seen = [name for name in svg.looks() if name in states]
    legend, height = _legend(seen, bottom + 26)
    return svg.page(f"Coverage: {frame.name}", (WIDTH, height), [*parts, *legend])


def _seats(told: Sequence[dict[str, Any]]) -> dict[str, dict[str, tuple[float, float]]]:
    """Give for each stream the place and the height of its parts: one above the other where all is said of parts, else upon the whole log."""
    scopes: dict[str, set[str]] = {}
    for row in told:
        scopes.setdefault(str(row["stream"]), set()).add(row["scope"] or "")
    return {stream: _shares(sorted(some), whole="" in some) for stream, some in scopes.items()}


def _shares(scopes: Sequence[str], *, whole: bool) -> dict[str, tuple[float, float]]:
    if whole:
        return {scope: (0.0, BAND / 3 if scope else BAND) for scope in scopes}
    tall = BAND / len(scopes)
    return {scope: (number * tall, tall) for number, scope in enumerate(scopes)}


def _piece(frame: Frame, row: dict[str, Any], seat: tuple[float, float]) -> str:
    left, right = frame.scale.at(row["start"], frame.begin), frame.scale.at(row["end"], frame.end)
    state = row["state"] if row["state"] in svg.looks() else "unknown"
    top, tall = seat
    return rect(
        left,
        top,
        max(1.5, right - left),
        tall,
        fill=f"url(#tile-{state})",
        stroke=svg.looks()[state].ink,
        stroke_width=0.4,
    )


def _legend(states: Sequence[str], top: float) -> tuple[list[str], float]:
    parts = []
    for number, name in enumerate(states):
        x, y = 24 + (number % 6) * 190.0, top + (number // 6) * 26.0
        parts += [
            rect(x, y, 30, 16, fill=f"url(#tile-{name})", stroke=svg.SOFT),
            text(x + 38, y + 13, svg.looks()[name].word),
        ]
    return parts, top + (len(states) + 5) // 6 * 26.0 + 14


def chain(frame: Frame, steps: pl.DataFrame) -> bytes:
    """Draw when each step can have happened: findings filled, feasible windows hatched, all else ruled out."""
    bottom = TOP + STEP * steps.height
    parts = frame.scale.axis(TOP, bottom)
    for number, row in enumerate(rows(steps)):
        parts += _step(frame, row, TOP + number * STEP)
    return svg.page(f"Chain: {frame.name}", (WIDTH, bottom + 24), parts)


def _step(frame: Frame, row: dict[str, Any], top: float) -> list[str]:
    verdict = row["verdict"] if row["verdict"] in WORDS else "unknown"
    colour = COLOURS[verdict]
    parts = [
        text(24, top + 16, svg.short(str(row["step"]).replace("-", " "), 40), font_weight=600),
        text(24, top + 33, WORDS[verdict], fill=colour, font_weight=600),
        line((LEFT, top + 22), (WIDTH - RIGHT, top + 22)),
    ]
    found = verdict.startswith("found")
    parts += [_window(frame, span, top + 12, colour if found else None) for span in row["windows"] or ()]
    words = {True: "", False: "feasible in the hatched windows"}[found] if row["windows"] else "at no time"
    span = f"{svg.when(row['earliest'])} to {svg.when(row['latest'])}" if row["earliest"] is not None else ""
    return [*parts, text(LEFT, top + 48, ", ".join(filter(None, (span, words))), size=11, fill=svg.SOFT)]


def _window(frame: Frame, span: dict[str, int | None], top: float, colour: str | None) -> str:
    left, right = frame.scale.at(span["start"], frame.begin), frame.scale.at(span["end"], frame.end)
    if colour and right - left < WIDTH * MOMENT:
        return svg.element("path", d=f"M{left:.2f},{top} l7,10 l-7,10 l-7,-10z", fill=colour)
    look = svg.looks()["unknown"]
    fill = colour or "url(#tile-unknown)"
    return rect(left, top, max(2.0, right - left), BAND, fill=fill, stroke=colour or look.ink)


def lineage(frame: Frame, path: pl.DataFrame) -> bytes:
    """Draw the way of an artefact and of what was made from it: a line for each object, hops from top to bottom by time."""
    hops = rows(path)
    names = list(dict.fromkeys(str(hop[key]) for hop in hops for key in ("object_from", "object") if hop[key]))
    shown, more = names[:OBJECTS], len(names) - OBJECTS
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(shown))
    places = {name: LEFT + wide * (number + 0.5) for number, name in enumerate(shown)}
    top = TOP + 14
    bottom = top + HOP * max(1, len(hops))
    parts = [text(24, TOP - 14, "Time (UTC), action, account", fill=svg.SOFT)]
    for number, (name, x) in enumerate(places.items()):
        parts += [
            line((x, top - 8), (x, bottom), stroke=svg.LINE, stroke_dasharray="3 3"),
            text(
                x,
                TOP - 14 + (number % 2) * 15,
                svg.short(name, max(8, int(wide / 6.4))),
                size=11,
                text_anchor="middle",
            ),
        ]
    for number, hop in enumerate(hops):
        parts += _hop(hop, places, top + HOP * (number + 0.5))
    if more > 0:
        parts.append(text(24, bottom + 18, f"{more} more objects are not drawn.", fill=svg.SOFT))
    return svg.page(f"Lineage: {frame.name}", (WIDTH, bottom + 32), parts)


def _hop(hop: dict[str, Any], places: dict[str, float], y: float) -> list[str]:
    parts = [
        text(24, y - 2, f"{svg.when(hop['time'])}  {hop['action'] or ''}", font_weight=600),
        text(24, y + 13, svg.short(hop["actor"] or "nobody stated", 44), size=11, fill=svg.SOFT),
    ]
    end, start = places.get(str(hop["object"])), places.get(str(hop["object_from"]))
    if end is None:
        return parts
    if start is not None and start != end:
        back = 7 if end > start else -7
        parts.append(line((start, y), (end - back, y), stroke="#1f55a5", stroke_width=2))
        parts.append(svg.element("path", d=f"M{end:.2f},{y:.2f} l{-back * 1.4:.2f},-5 v10z", fill="#1f55a5"))
    return [*parts, svg.element("circle", cx=end, cy=y, r=4.5, fill="#a8201a")]


def png(picture: bytes) -> bytes:
    """Turn an SVG picture into a PNG of twice its size; without the extra a CaseError names it."""
    try:
        drawing = import_module("resvg_py")
    except ModuleNotFoundError:
        raise CaseError(
            "--to png needs the extra `png`, which is not installed: pip install 'timeline[png]', or write --to svg"
        ) from None
    return bytes(drawing.svg_to_bytes(svg_string=picture.decode(), zoom=2))
