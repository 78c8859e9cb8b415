"""Globs: `*` crosses `/`, case is ignored, and the longest literal text is the most specific."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.globs import matches, weight


@pytest.mark.parametrize(
    ("glob", "text", "fits"),
    [
        ("azure.storage/*", "azure.storage/proddumps", True),
        ("azure.storage/*", "azure.storage_classic/proddumps", False),
        ("AZURE.*", "azure.storage/a/b", True),
        ("exports/**", "exports/a/b.json", True),
        ("*.dmp", "https://x/a\nb.dmp", True),
        ("a?c", "a/c", True),
        ("a?c", "ac", False),
        ("a[bc]", "ab", False),
        ("a[bc]", "A[BC]", True),
        ("a.c", "abc", False),
        ("*ab*ba", "aba", False),
        ("", "", True),
    ],
)
def test_a_glob_fits_the_whole_text(glob: str, text: str, fits: bool) -> None:
    assert matches(glob, text) is fits


def slow(glob: str, text: str) -> bool:
    if not glob:
        return not text
    if glob[0] == "*":
        return any(slow(glob[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and glob[0] in ("?", text[0]) and slow(glob[1:], text[1:])


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=7))
def test_a_glob_means_what_trying_everything_says(glob: str, text: str) -> None:
    assert matches(glob, text) is slow(glob, text)


def test_a_hostile_name_costs_no_time() -> None:
    assert not matches("*a" * 30 + "b", "a" * 5_000)


def test_the_longest_literal_text_is_the_most_specific() -> None:
    globs = ["azure.*", "*zure.storage/?", "azure.storage/*"]
    assert max(globs, key=weight) == "azure.storage/*"
