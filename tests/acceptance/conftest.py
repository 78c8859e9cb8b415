"""The maker of cases."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from own_case import KEPT, MAY, TAKEN, Make, Own


@pytest.fixture
def trial(timeline: Callable[..., Any], tmp_path: Path) -> Make:
    """Give a maker of cases; what is added to case.toml comes after a window, a collection and a policy that keeps all."""

    def make(*more: str, base: str = MAY + TAKEN + KEPT) -> Own:
        folder = tmp_path / "case"
        folder.mkdir()
        return Own(folder, timeline, base + "\n".join(more))

    return make
