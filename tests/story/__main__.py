"""Write the evidence: `python -m tests.story sample_logs`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.story.build import build
from tests.story.files import write

if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "sample_logs")
    files, truth = build()
    write(files, target)
    beside = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("truth.toml")
    beside.write_text(truth, encoding="utf-8")
