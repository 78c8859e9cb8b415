"""A report as one HTML file: inert data, our scripts and the chart library, under a policy that allows nothing else.

The policy names each script by its hash, so nothing that a log says can become a script even if an escape were missed.
The chart library travels compressed in an inert element and is run under its own hash after it was unpacked.
"""

import base64
import hashlib
import html
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from timeline.export.escape import visible
from timeline.export.html import seal
from timeline.export.html.choice import chosen, leading
from timeline.export.html.redact import Veil
from timeline.export.html.report import Report
from timeline.export.html.rows import columned, inert, rows
from timeline.export.html.store import packed

FIRST = ("text", "clock", "dom", "page", "dialogs", "store", "states")  # what the others stand on
CHART = ("ground", "lanes", "density", "axis", "marks", "crowd", "chart", "unlisted", "pointer", "gestures", "begin")
LIST = ("filters", "columns", "table", "controls", "copy", "pins", "notes", "links", "keys")
SCRIPTS = (*FIRST, "overview", "missing", "chain", "kept", *CHART, *LIST, "explain", "detail", "main")
STYLES = ("style", "chart")
FRAMES = ("streams", "gaps", "coverage", "chain", "path", "retention", "files", "notes_made", "clocks", "horizons")
NOTHING = b""  # the chart library makes an empty style element and fills it by rules, which the policy may allow


def render(report: Report, veil: Veil | None = None) -> bytes:
    """Give the whole file, behind a veil people and addresses by pseudonyms; equal reports give equal bytes."""
    scripts = [asset(f"{name}.js") for name in SCRIPTS]
    data = data_of(report, veil)
    style = b"\n".join(asset(f"{name}.css") for name in STYLES)
    parts = {
        "policy": policy([*scripts, library()], [style, NOTHING]),
        "seal": seal.blank(),
        "title": html.escape(visible(data.title)),
        "style": style.decode(),
        "data": data.elements,
        "scripts": "\n".join(f"<script>{script.decode()}</script>" for script in scripts),
    }
    page = asset("page.html").decode()
    for name in ("policy", "seal", "style", "scripts", "title", "data"):
        page = page.replace(f"<!--{name}-->", parts[name], 1)
    return seal.sealed(page.encode())


@dataclass(frozen=True, slots=True)
class Data:
    """What of the file comes from the case."""

    title: str
    elements: str


def data_of(report: Report, veil: Veil | None) -> Data:
    """Give the report's data as inert elements: the case as JSON, which people can read, then the compressed pieces."""
    choice = chosen(report, veil)
    told = {**summary(report), "density": choice.density}
    told = veil.tree(told) if veil else told
    whole: dict[str, Any] = {
        **told,
        "answers": choice.answers,
        "left_out": choice.store.left_out,
        "versions": report.versions,
    }
    whole["tables"] = {name: columned(whole.pop(name)) for name in FRAMES}
    whole["store"] = {"rows": choice.store.rows, "columns": choice.store.columns}
    case = f'<script type="application/json" id="data-case">{inert(whole)}</script>'
    pieces = [element(name, text) for name, text in choice.pieces.items()]
    return Data(str(told["title"]), "\n".join([case, *pieces, stand_ins(), element("plotly", packed_library())]))


def element(name: str, text: str) -> str:
    return f'<script type="application/octet-stream" id="data-{name}">{text}</script>'


def stand_ins() -> str:
    """Empty elements in the place of the library's style for maps: it adds the style only where this id is not taken.

    We draw no map, and the policy would refuse the style and say so in the console.
    """
    ids = re.findall(rb'getElementById\("([0-9a-f]{64})"\)', library())
    return "".join(f'<template id="{one.decode()}"></template>' for one in sorted(set(ids)))


def summary(report: Report) -> dict[str, object]:
    """Collect all but the events: small, and readable in the file itself."""
    frames = {name: rows(getattr(report, name)) for name in FRAMES}
    words = {"title": report.title, "notes": report.notes, "fingerprint": report.fingerprint}
    times = {"begin": report.begin, "end": report.end, "as_of": report.as_of}
    asked = {"leading": leading(report.verdicts, report.chain), "verdicts": verdicts(report)}
    return {
        **words,
        **times,
        **asked,
        **frames,
        "total": report.total,
        "undated": report.undated,
        "made": asdict(report.made),
    }


def verdicts(report: Report) -> list[dict[str, object]]:
    """Give the verdicts; the page adds the events that each rests on from their own piece."""
    told = report.verdicts.drop("events", strict=False)
    return [{**verdict, "events": []} for verdict in rows(told)]


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
