"""SVG, written by hand: text is escaped, unseen characters are shown, and nothing in it is a script, a link or a style from outside.

Colours, patterns and words of the states are those of the HTML report, read from its own files: there is one truth about them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape, quoteattr

from timeline.export.escape import visible

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
STATE = re.compile(r'^  \["(\w+)", "([^"]+)", "([^"]+)", "([^"]*)"\],$', re.MULTILINE)
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
STEPS = (1, 2, 7, 14, 31, 92, 183, 366, 731, 1827)
INK, SOFT, LINE, GRID = "#1c2126", "#59636e", "#c9c6bc", "#e6e4dd"
FONT = "font-family:'Segoe UI','DejaVu Sans',Helvetica,Arial,sans-serif"


@dataclass(frozen=True, slots=True)
class Look:
    """How a state of coverage looks, and its word."""

    word: str
    path: str
    back: str
    ink: str


@cache
def looks() -> dict[str, Look]:
    """Give the look of each state, from the best to the worst."""
    folder = files("timeline.export.html")
    colours: dict[str, str] = {}
    for name, colour in COLOUR.findall(folder.joinpath("style.css").read_text("utf-8")):
        colours.setdefault(name, colour)
    states = STATE.findall(folder.joinpath("states.js").read_text("utf-8"))
    return {
        name: Look(word, path, colours[f"{name}-back"], colours[f"{name}-ink"])
        for name, word, _, path in states
        if f"{name}-back" in colours
    }


def element(name: str, *inner: str, **attributes: object) -> str:
    """Give an element; `_` in a name of an attribute stands for `-`, one at its end for nothing."""
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_number(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{told}>{''.join(inner)}</{name}>" if inner else f"<{name}{told}/>"


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else visible(str(value))


def text(x: float, y: float, words: object, **attributes: object) -> str:
    """Give a line of text."""
    size = attributes.pop("size", 12)
    fill = attributes.pop("fill", INK)
    return element("text", escape(visible(str(words))), x=x, y=y, font_size=size, fill=fill, **attributes)


def short(words: object, most: int) -> str:
    """Cut a long name in its middle, where it tells least."""
    told = visible(str(words))
    return told if len(told) <= most else f"{told[: most // 2 - 1]}…{told[-(most // 2) :]}"


def rect(x: float, y: float, width: float, height: float, **attributes: object) -> str:
    """Give a box."""
    return element("rect", x=x, y=y, width=max(0.0, width), height=height, **attributes)


def line(start: tuple[float, float], end: tuple[float, float], **attributes: object) -> str:
    """Give a line."""
    told: dict[str, object] = {"stroke": LINE, **attributes}
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **told)


def patterns() -> str:
    """Give the definitions of the states' patterns."""
    tiles = [
        element(
            "pattern",
            rect(0, 0, 8, 8, fill=look.back),
            element("path", d=look.path, fill=look.ink) if look.path else "",
            id=f"tile-{name}", width=8, height=8, patternUnits="userSpaceOnUse",
        )
        for name, look in looks().items()
    ]  # fmt: skip
    return element("defs", *tiles)


def page(title: str, size: tuple[float, float], parts: Sequence[str]) -> bytes:
    """Give the whole picture on white, with its title for those who cannot see it."""
    width, height = size
    head = element("title", escape(visible(title)))
    ground = rect(0, 0, width, height, fill="#ffffff")
    body = "".join([head, patterns(), ground, text(24, 34, title, size=20, font_weight=600), *parts])
    box = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" style="{FONT}">{body}</svg>\n'.encode()


@dataclass(frozen=True, slots=True)
class Scale:
    """Time from left to right: µs since 1970 as places in a picture."""

    begin: int
    end: int
    left: float
    width: float

    def at(self, moment: int | None, otherwise: int) -> float:
        """Give the place of an instant, of `otherwise` where it is open, never outside."""
        told = min(self.end, max(self.begin, otherwise if moment is None else moment))
        return self.left + self.width * (told - self.begin) / max(1, self.end - self.begin)

    def ticks(self) -> list[tuple[int, str]]:
        """Give instants on the calendar (UTC) with their names, eight at most."""
        days = (self.end - self.begin) / DAY
        step = next((step for step in STEPS if days / step <= 8), STEPS[-1])  # noqa: PLR2004
        first, last = (_calendar(moment) for moment in (self.begin, self.end))
        months = round(step / 30.4)
        if not months:
            starts = [
                first.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=number * step)
                for number in range(12)
            ]
            return [(_micros(each), each.strftime("%m-%d")) for each in starts if first <= each < last]
        number = first.year * 12 + first.month - 1
        number += -number % months
        starts = [
            datetime((number + add) // 12, (number + add) % 12 + 1, 1, tzinfo=UTC)
            for add in range(0, 12 * months, months)
        ]
        return [(_micros(each), each.strftime("%Y-%m")) for each in starts if first <= each < last]

    def axis(self, top: float, bottom: float) -> list[str]:
        """Give the ticks' lines and names, and the label that says UTC."""
        parts = [text(self.left - 10, top - 7, "UTC", fill=SOFT, text_anchor="end")]
        for moment, name in self.ticks():
            x = self.at(moment, moment)
            parts += [line((x, top), (x, bottom), stroke=GRID), text(x, top - 7, name, fill=SOFT, text_anchor="middle")]
        return parts


def _calendar(moment: int) -> datetime:
    return EPOCH + timedelta(microseconds=moment)


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def when(moment: object) -> str:
    """Give an instant to the second, UTC."""
    return "" if not isinstance(moment, int) else _calendar(moment).strftime("%Y-%m-%d %H:%M:%S")
