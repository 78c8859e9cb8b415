"""The main states look as they did when somebody last looked at them: small pictures, compared by how far an eye would see them apart.

`ACCEPT=1 pytest tests/browser/test_html_looks.py` writes the pictures anew; look at them before you commit them.
"""

import base64
import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import storm
from driving import Open, wait
from numpy.typing import NDArray
from selenium import webdriver
from test_html_links import noted

pytestmark = pytest.mark.browser
FOLDER = Path(__file__).parent / "looks"
SCALE = 0.125
CELL = 8  # pixels of a small picture that one compared cell takes: letters blur, blocks and colours stay
NEAR = 5.0  # of 255: mean distance of the cells
PATCH = 60.0  # of 255: distance that at most one cell in fifty may have
STATES = {
    "first": (1440, 900, "light", ""),
    "first-dark": (1440, 900, "dark", ""),
    "first-narrow": (320, 800, "light", ""),
    "first-tablet": (768, 1000, "dark", ""),
    "first-4k": (3840, 2160, "light", ""),
    "chain": (1440, 900, "light", "byId('order').scrollIntoView()"),
    "timeline": (1440, 900, "light", "byId('chart').scrollIntoView()"),
    "list": (1440, 900, "light", "byId('events').scrollIntoView(); select(3)"),
    "list-narrow": (320, 800, "dark", "byId('events').scrollIntoView()"),
    "verdict": (1440, 900, "light", "showVerdict(view.report.verdicts[3])"),
    "event-dark": (1440, 900, "dark", "showEvent(60)"),
    "gap": (768, 1000, "light", "showGap(view.report.gaps[0])"),
    "filter": (1440, 900, "light", "openFilter('action')"),
    "keys-dark": (1440, 900, "dark", "showHelp()"),
}
CELLS = """
const [text, cell, done] = arguments;
createImageBitmap(new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))])).then((image) => {
  const [width, height] = [Math.floor(image.width / cell), Math.floor(image.height / cell)];
  const pen = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const sums = new Float64Array(width * height * 3);
  for (let y = 0; y < height * cell; y += 1) for (let x = 0; x < width * cell; x += 1) for (let colour = 0; colour < 3; colour += 1) {
    sums[(Math.floor(y / cell) * width + Math.floor(x / cell)) * 3 + colour] += data[(y * image.width + x) * 4 + colour] / (cell * cell);
  }
  done([...sums]);
});
"""


def small(page: webdriver.Chrome, width: int, height: int) -> bytes:
    """Take a picture of the screen, an eighth as large; no caret blinks and nothing moves in it."""
    top = page.execute_script("document.activeElement.blur(); return scrollY")
    clip = {"x": 0, "y": top, "width": width, "height": height, "scale": SCALE}
    return base64.b64decode(page.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip})["data"])


def cells(page: webdriver.Chrome, picture: bytes) -> NDArray[np.float64]:
    """Give the mean colours of a picture's cells, read by the browser on an empty page."""
    page.get("about:blank")
    rows = page.execute_async_script(CELLS, base64.b64encode(picture).decode(), CELL)
    return np.array(rows).reshape(-1, 3)


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, float]:
    """Tell how far two pictures are apart: in the mean, and in the worst cells but one in fifty."""
    if one.shape != other.shape:
        return 255.0, 255.0
    distance = np.abs(one - other).max(axis=1)
    return float(distance.mean()), float(np.quantile(distance, 0.98))


def near(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    mean, patch = apart(one, other)
    return mean < NEAR and patch < PATCH


@pytest.mark.parametrize("state", STATES)
def test_a_state_looks_as_it_did(opened: Open, state: str) -> None:
    width, height, theme, act = STATES[state]
    page = opened(noted(storm.report()), width, height, theme)
    page.execute_script(act)
    wait(lambda: page.execute_script("return !byId('detail').textContent.includes('Unpacking the record')"))
    wait(
        lambda: page.execute_async_script(
            "requestAnimationFrame(() => requestAnimationFrame(() => arguments[0](true)))"
        )
    )
    picture = small(page, width, height)
    kept = FOLDER / f"{state}.png"
    if os.environ.get("ACCEPT"):
        FOLDER.mkdir(exist_ok=True)
        kept.write_bytes(picture)
    mean, patch = apart(cells(page, picture), cells(page, kept.read_bytes()))
    assert (mean < NEAR, patch < PATCH) == (True, True), (
        f"{state}: {mean:.1f} in the mean, {patch:.1f} in its worst cells"
    )


def test_the_comparison_tells_states_apart(browser: webdriver.Chrome) -> None:
    seen = {state: cells(browser, (FOLDER / f"{state}.png").read_bytes()) for state in STATES}
    alike = [pair for pair in combinations(STATES, 2) if near(seen[pair[0]], seen[pair[1]])]
    assert alike == []
