"""What README.md holds that is made, not written; `python -m tests.readme` rewrites it, and test_readme.py holds it true.

Four marks in comments, which a reader does not see, each before a fenced block or around a made one:
`run NAME in FOLDER` (it is run), `file PATH` (it is written there first), `generated NAME` … `end` (it is made).
"""

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "README.md"
PICTURE = ROOT / "tests" / "browser" / "demo.png"
MADE = re.compile(r"(<!-- generated (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def names(text: str) -> list[str]:
    """Give the names of the blocks that are to be made."""
    return [found[2] for found in MADE.finditer(text)]


def renewed(text: str, made: Mapping[str, str]) -> str:
    """Put into each generated block what was made for it."""
    return MADE.sub(lambda found: f"{found[1]}\n{made[found[2]]}\n\n{found[3]}", text)
