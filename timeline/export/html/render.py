"""A report as one HTML file: inert data, our scripts and the chart library, under a policy that allows nothing else.

The policy names each script by its hash, so nothing that a log says can become a script even if an escape were missed.
The chart library travels compressed in an inert element and is run under its own hash after it was unpacked.
"""

import base64
import hashlib
import html
import re
from functools import lru_cache
from importlib.resources import files

import polars as pl

from timeline.export.escape import visible
from timeline.export.html.choice import Choice, chosen, leading
from timeline.export.html.report import Report
from timeline.export.html.rows import inert, rows
from timeline.export.html.store import packed, stored

FIRST = ("text", "dom", "store", "states")  # what the others stand on
SCRIPTS = (*FIRST, "overview", "chain", "kept", "lanes", "chart", "pointer", "table", "detail", "main")
NOTHING = b""  # the chart library makes an empty style element and fills it by rules, which the policy may allow


def render(report: Report) -> bytes:
    """Give the whole file; equal reports give equal bytes."""
    scripts = [asset(f"{name}.js") for name in SCRIPTS]
    style = asset("style.css")
    choice = chosen(report)
    parts = {
        "policy": policy([*scripts, library()], [style, NOTHING]),
        "title": html.escape(visible(report.title)),
        "style": style.decode(),
        "data": data_elements(report, choice),
        "scripts": "\n".join(f"<script>{script.decode()}</script>" for script in scripts),
    }
    page = asset("page.html").decode()
    for name in ("policy", "style", "scripts", "title", "data"):
        page = page.replace(f"<!--{name}-->", parts[name], 1)
    return page.encode()


def data_elements(report: Report, choice: Choice) -> str:
    blocks = "\n".join(element(f"raw-{number}", text) for number, text in enumerate(choice.blocks))
    case = f'<script type="application/json" id="data-case">{inert(summary(report, choice))}</script>'
    chart = element("plotly", packed_library())
    return "\n".join([case, element("events", stored(choice.events)), blocks, stand_ins(), chart])


def element(name: str, text: str) -> str:
    return f'<script type="application/octet-stream" id="data-{name}">{text}</script>'


def stand_ins() -> str:
    """Empty elements in the place of the library's style for maps: it adds the style only where this id is not taken.

    We draw no map, and the policy would refuse the style and say so in the console.
    """
    ids = re.findall(rb'getElementById\("([0-9a-f]{64})"\)', library())
    return "".join(f'<template id="{one.decode()}"></template>' for one in sorted(set(ids)))


def summary(report: Report, choice: Choice) -> dict[str, object]:
    """Collect all but the events: small, and readable in the file itself."""
    frames: dict[str, pl.DataFrame] = {
        "streams": report.streams,
        "gaps": report.gaps,
        "coverage": report.coverage,
        "chain": report.chain,
        "path": report.path,
        "retention": report.retention,
        "files": report.files,
    }
    words = {"title": report.title, "notes": report.notes, "fingerprint": report.fingerprint}
    times = {"begin": report.begin, "end": report.end, "as_of": report.as_of}
    totals = {"total": report.events.height, "density": choice.density, "versions": report.versions}
    asked = {"leading": leading(report), "verdicts": verdicts(report, choice)}
    return {**words, **times, **totals, **asked, **{name: rows(frame) for name, frame in frames.items()}}


def verdicts(report: Report, choice: Choice) -> list[dict[str, object]]:
    """Give the verdicts; the events that each rests on as their places in the list, which is shorter than their ids."""
    if "events" not in report.verdicts.columns:
        return rows(report.verdicts)
    places = {one: place for place, one in enumerate(choice.events["event_id"].to_list())}
    listed = [sorted(places[one] for one in ids or () if one in places) for ids in report.verdicts["events"].to_list()]
    told = rows(report.verdicts.drop("events"))
    return [{**verdict, "events": events} for verdict, events in zip(told, listed, strict=True)]


def asset(name: str) -> bytes:
    return files("timeline.export.html").joinpath(name).read_bytes()


@lru_cache(maxsize=1)
def library() -> bytes:
    return files("plotly").joinpath("package_data/plotly.min.js").read_bytes()


@lru_cache(maxsize=1)
def packed_library() -> str:
    return packed(library())


def digest(content: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode('ascii')}'"


def policy(scripts: list[bytes], styles: list[bytes]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(digest, scripts))}",
            f"style-src {' '.join(map(digest, styles))}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
