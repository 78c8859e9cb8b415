from hypothesis import given
from hypothesis import strategies as st

from timeline.core.spans import ALWAYS, BEGIN, END, Span, Spans, clip, common, holds, length, minus, tidy, union

raw = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)
spans = raw.map(tidy)


def points(spans: Spans) -> set[int]:
    return {instant for start, end in spans for instant in range(start, end)}


@given(raw)
def test_tidy_keeps_the_instants_and_is_sorted_and_apart(given: list[Span]) -> None:
    tidied = tidy(given)
    borders = [border for span in tidied for border in span]
    assert points(tidied) == points(given)
    assert borders == sorted(set(borders))
    assert tidy(tidied) == tidied == tidy(reversed(given))


@given(spans, spans)
def test_operations_are_those_of_the_sets_of_instants(left: Spans, right: Spans) -> None:
    assert points(union(left, right)) == points(left) | points(right)
    assert points(common(left, right)) == points(left) & points(right)
    assert points(minus(left, right)) == points(left) - points(right)


@given(spans, spans)
def test_what_an_operation_gives_is_tidy(left: Spans, right: Spans) -> None:
    for made in (union(left, right), common(left, right), minus(left, right)):
        assert made == tidy(made)


@given(spans, st.integers(0, 30), st.integers(0, 30))
def test_clip_holds_and_length_count_instants(given: list[Span], start: int, end: int) -> None:
    assert points(clip(given, (start, end))) == points(given) & set(range(start, end))
    assert holds(given, start) == (start in points(given))
    assert length(given) == len(points(given))


@given(spans)
def test_the_rest_of_always_reaches_from_begin_to_end(given: list[Span]) -> None:
    rest = minus(ALWAYS, given)
    assert union(rest, given) == ALWAYS
    assert rest[0][0] == BEGIN
    assert rest[-1][1] == END
    assert minus(ALWAYS, rest) == given
