"""What a record limit cut off: of a collection as a whole, or of each call that filled its file.

A limit is of one call of the tool. Where the files of a collection hold just as many records together, it was reached by all of them; where
they hold more, it cannot have been of their sum, so each was a call of its own, and those that are full were cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from timeline.core.spans import BEGIN, END, Span, Spans, tidy
from timeline.evidence.facts import Seen


def lost(
    limit: int, records: Mapping[int, int], seen: Sequence[Seen], order: Mapping[int, int], cut: str = ""
) -> Spans:
    """Give the event times that a limit cut off from a stream.

    `records` of each file of the collection, `seen` the files with records of the stream, `order` how their records run (1: oldest first,
    -1: newest first), `cut` the stated end ("oldest" or "newest").
    """
    if not seen:
        return ((BEGIN, END),) if sum(records.values()) >= limit else ()
    whole = min(each.first for each in seen), max(each.last for each in seen)
    if sum(records.values()) <= limit or len(records) == 1:
        reached = sum(records.values()) >= limit
        return _ends(whole, (BEGIN, END), {order.get(number, 0) for number in records}, cut) if reached else ()
    full = [each for each in seen if records.get(each.file_no, 0) >= limit]
    found = (_ends((one.first, one.last), _around(one, seen), {order.get(one.file_no, 0)}, cut) for one in full)
    return tidy(span for spans in found for span in spans)


def _around(one: Seen, seen: Iterable[Seen]) -> Span:
    """Give the time between the files before and after one; calls of other times speak for themselves."""
    before = (each.last + 1 for each in seen if each.last < one.first)
    after = (each.first for each in seen if each.first > one.last)
    return max(before, default=BEGIN), min(after, default=END)


def _ends(inner: Span, outer: Span, order: set[int], cut: str) -> Spans:
    """Give the end that the order of the records, or the user, says was cut; both if nobody says."""
    told = order - {0}
    oldest = cut == "oldest" if cut else told != {1}
    newest = cut == "newest" if cut else told != {-1}
    return tidy([(outer[0], inner[0])] * oldest + [(inner[1] + 1, outer[1])] * newest)
