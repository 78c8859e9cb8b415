"""Globs over names: `*` crosses `/`, `?` is one character, case is ignored, and nothing else is magic."""

import re
from functools import lru_cache


def matches(glob: str, text: str) -> bool:
    """Whether the whole of `text` is of the form `glob`."""
    return _pattern(glob.lower()).fullmatch(text.lower()) is not None


def weight(glob: str) -> int:
    """How much of a glob is literal text: the heavier of two globs is the more specific."""
    return sum(character not in "*?" for character in glob)


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    """Atomic groups keep a hostile name from costing more than one pass for each star."""
    first, *others = [re.escape(piece).replace(r"\?", ".") for piece in re.split(r"\*+", glob)]
    if not others:
        return re.compile(first, re.DOTALL)
    *middle, last = others
    return re.compile(first + "".join(f"(?>.*?{piece})" for piece in middle) + ".*" + last, re.DOTALL)
