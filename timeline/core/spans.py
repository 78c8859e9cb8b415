"""Half-open spans of whole microseconds: sorted, apart, never empty, so that each law is one about sets of instants."""

from collections.abc import Iterable

Span = tuple[int, int]
Spans = tuple[Span, ...]

BEGIN = -(2**62)
"""Before every time: the open start."""
END = 2**62
"""After every time: the open end."""
ALWAYS: Spans = ((BEGIN, END),)


def tidy(spans: Iterable[Span]) -> Spans:
    """Bring spans in any order, empty or overlapping ones too, to the one form that stands for their instants."""
    done: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], end))
        else:
            done.append((start, end))
    return tuple(done)


def union(*many: Spans) -> Spans:
    """Instants in any of them."""
    full = [spans for spans in many if spans]
    return full[0] if len(full) == 1 else tidy(span for spans in full for span in spans)


def common(left: Spans, right: Spans) -> Spans:
    """Instants in both."""
    found: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def minus(left: Spans, right: Spans) -> Spans:
    """Instants of the first that are not in the second."""
    if not right:
        return left
    ends = (BEGIN, *(border for span in right for border in span), END)
    outside = tuple(span for span in zip(ends[::2], ends[1::2], strict=True) if span[0] < span[1])
    return outside if left == ALWAYS else common(left, outside)


def clip(spans: Spans, window: Span) -> Spans:
    """Instants inside the window."""
    return common(spans, tidy((window,)))


def holds(spans: Spans, instant: int) -> bool:
    """Tell whether the instant is in one of the spans."""
    return any(start <= instant < end for start, end in spans)


def length(spans: Spans) -> int:
    """Microseconds in all of them together."""
    return sum(end - start for start, end in spans)
