"""Files that a collector writes one after another: what time a file stands for that tells none itself, by its neighbours of the same name.

Two names are the same but for their digits: `2023/05/10/PT1H.json` and `2023/05/11/PT1H.json`, `audit.7.log` and `audit.8.log`. Numbers may
mean anything, so a row of files tells a time only if four or more of them follow one another without overlapping, forwards or backwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from timeline.core.spans import BEGIN, END, Span

ROW = 4
_DIGITS = re.compile(r"\d+")


def rows(paths: Mapping[int, str]) -> list[list[int]]:
    """Give the files in rows of the same name, each in the order of its numbers."""
    found: dict[str, list[int]] = {}
    for number in sorted(paths, key=lambda each: (_DIGITS.sub(lambda some: some[0].zfill(24), paths[each]), each)):
        found.setdefault(_DIGITS.sub("#", paths[number]), []).append(number)
    return [row for row in found.values() if len(row) > 1]


def period(row: Sequence[int], known: Mapping[int, Span], file_no: int) -> Span | None:
    """Give the time between the neighbours of a file in its row, from (first, last) of those that tell theirs; None if the row tells nothing."""
    way = _way([known[each] for each in row if each in known and each != file_no])
    if not way:
        return None
    place = row.index(file_no)
    before = next((known[each] for each in reversed(row[:place]) if each in known), None)
    after = next((known[each] for each in row[place + 1 :] if each in known), None)
    earlier, later = (before, after) if way > 0 else (after, before)
    return (earlier[1] if earlier else BEGIN, later[0] + 1 if later else END)


def _way(spans: Sequence[Span]) -> int:
    """Tell whether the spans follow one another (1), or each precedes the one before it (-1); 0 if neither."""
    pairs = list(pairwise(spans))
    if len(spans) < ROW:
        return 0
    return all(a[1] <= b[0] for a, b in pairs) - all(b[1] <= a[0] for a, b in pairs)
