"""The importer of configuration exports."""

from pathlib import Path

import pytest
from importing import Importing


@pytest.fixture
def imported(tmp_path: Path) -> Importing:
    """Give a new case's importer."""
    return Importing(tmp_path)
