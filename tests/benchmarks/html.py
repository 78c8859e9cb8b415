"""The HTML report of a case of millions of events: building it, its size, and how it answers to the hand in a headless Chromium."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from tests.benchmarks.crowd import make
from tests.benchmarks.ingest import Cost, measured

BROWSER = Path(__file__).parent.parent / "browser"
LARGE, SMALL = 10_000_000, 100_000
FRAMES = """
const done = arguments[0];
const [low, high] = wholeRange();
const span = high - low;
const [work, gaps] = [[], []];
const count = 240;
let number = 0;
let last = performance.now();
function frame() {
  const now = performance.now();
  if (number) gaps.push(now - last);
  last = now;
  if (number === count) return done({ work, gaps });
  const depth = Math.abs(Math.sin((number / count) * Math.PI)); // into it and out again, always moving
  const half = (span / 2) * Math.pow(10, -4 * depth);
  const middle = low + span * (0.3 + 0.4 * (number / count));
  const begun = performance.now();
  showRange(middle - half, middle + half);
  work.push(performance.now() - begun);
  number += 1;
  return requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
"""
FIRST = """
const seen = () => {
  for (const word of ["drawn", "ready"]) if (document.body && document.body.dataset[word]) window[word + "At"] ??= performance.now();
};
new MutationObserver(seen).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-drawn", "data-ready"] });
"""


def build(folder: str, target: str, *, every: bool) -> int:
    """Write the page of a case as the command does; give its bytes."""
    from timeline.api import Case  # noqa: PLC0415  each job pays for its own imports
    from timeline.export.html.focus import Shown  # noqa: PLC0415

    with Case(Path(folder)) as case:
        return case.html(target, Shown(every=every)).stat().st_size


def draw(folder: str, target: str, listed: int) -> int:
    """Write the page of a case of which everything but the picture is known: what this part of the program costs."""
    sys.path.insert(0, str(BROWSER))
    import storm  # noqa: PLC0415

    from timeline.api import Case  # noqa: PLC0415
    from timeline.evidence.picture import Picture, Wanted  # noqa: PLC0415
    from timeline.export.html.render import render  # noqa: PLC0415

    with Case(Path(folder)) as case:
        rare = case.sql("SELECT event_id FROM event WHERE action = 'logging.disable' ORDER BY event_id LIMIT 200")[
            "event_id"
        ]
        window = (case.config.start, case.config.end)
        zones = [(zone.name, zone.level, zone.objects) for zone in case.config.zones]
        picture = Picture(case.connection, zones, Wanted(rare, rare.clear(), listed, window, "/nowhere"))
        streams = case.sql("SELECT DISTINCT stream, source, family FROM event ORDER BY ALL")
        states = [
            ("expired", window[0], window[0] + 185 * 86_400_000_000),
            ("covered", window[0] + 185 * 86_400_000_000, window[1]),
        ]
        pieces = [storm.piece(name, *state) for name in streams["stream"] for state in states]
        told = storm.report(0)
        page = replace(
            told, begin=window[0], end=window[1], as_of=window[1], events=picture.listed, counts=picture.counts, streams=streams,
            coverage=pl.DataFrame(pieces, infer_schema_length=None), gaps=told.gaps.clear(), path=told.path.clear(),
        )  # fmt: skip
        return Path(target).write_bytes(render(page))


def opened(browser: Any, page: Path, width: int = 1440) -> dict[str, Any]:
    """Open a page as a person does, and move in it; milliseconds and megabytes."""
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FIRST})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.set_script_timeout(300)
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    browser.get(page.as_uri())
    while not browser.execute_script("return document.body.dataset.ready && window.readyAt"):
        time.sleep(0.05)
    times = browser.execute_script("return { drawn: window.drawnAt, ready: window.readyAt }")
    before = processor(browser)
    moved = browser.execute_async_script(FRAMES)
    spent = {"opening": before, "frame": (processor(browser) - before) / len(moved["work"])}
    browser.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    heap = browser.execute_cdp_cmd("Runtime.getHeapUsage", {})
    return {
        **times,
        **moved,
        **spent,
        "heap": sum(heap.get(name, 0) for name in ("usedSize", "backingStorageSize", "embedderHeapUsedSize")),
    }


def processor(browser: Any) -> float:
    """Give the processor's time of the page's own thread so far, in milliseconds: what a busy machine does not blur."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return 1000 * float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def told(name: str, figures: dict[str, Any]) -> str:
    """Give the figures of one opening as a line."""
    work, gaps = figures["work"], figures["gaps"]
    return (
        f"{name:28} usable after {figures['drawn']:,.0f} ms, all unpacked after {figures['ready']:,.0f} ms ({figures['opening']:,.0f} ms of processor); "
        f"a frame: work {median(work):.1f} ms in the median, {max(work):.1f} ms at worst, {figures['frame']:.1f} ms of processor with all that follows; "
        f"from frame to frame {median(gaps):.1f} and {max(gaps):.1f} ms; heap {figures['heap'] / 1e6:,.0f} MB"
    )


def line(name: str, cost: Cost) -> str:
    """Give the cost of a build as a line."""
    return f"{name:28} {cost.wall:6.1f} s wall {cost.cpu:6.1f} s CPU {cost.memory / 1e6:7,.0f} MB peak, file of {cost.rows / 1e6:.2f} MB"


def run(work: Path, events: int, *, answers: bool) -> Iterator[str]:
    """Build the pages and drive them; then the whole command; `answers`: also with every question."""
    sys.path.insert(0, str(BROWSER))
    from conftest import driver  # noqa: PLC0415

    pages: dict[str, Callable[[Path], Cost]] = {}
    for number in dict.fromkeys((events, SMALL)):
        begun = time.perf_counter()
        folder = make(work / f"crowd-{number}", number)
        yield f"a case of {number:,} events made in {time.perf_counter() - begun:.0f} s"
        pages[f"{number:,} events"] = partial(_drawn, folder)
    for name, page in pages.items():
        target = work / f"{name.partition(' ')[0].replace(',', '')}.html"
        yield line(f"{name}, picture", page(target))
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            browser = driver(Path(profile))
            try:
                yield told(name, opened(browser, target))
            finally:
                browser.quit()
    for every in (False, True) if answers else (False,):
        target = str(work / "whole.html")
        whole = measured("html", "build", folder=str(work / f"crowd-{events}"), target=target, every=every)
        yield line(f"{events:,} events, {'every question' if every else 'whole command'}", whole)


def _drawn(folder: Path, target: Path) -> Cost:
    return measured("html", "draw", folder=str(folder), target=str(target), listed=1_000_000)
