"""The demo tells a stranger, in words, what was found, what was not, and what nobody can know."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_demo_gives_the_honest_answer(timeline: Callable, tmp_path: Path) -> None:
    told = timeline("demo", "--quiet")
    assert (told.code, told.err) == (0, "")
    assert "exfiltration: unknown" in told.out
    assert "because" in told.out.partition("exfiltration: unknown")[2]
    assert (tmp_path / "timeline-demo" / "timeline.html").stat().st_size > 100_000
    again = timeline("demo", "timeline-demo")
    assert (again.code, again.out) == (2, "")
