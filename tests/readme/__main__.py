"""`python -m tests.readme [--picture]`: rewrite the generated blocks of README.md; with --picture also take the picture."""

import sys
import tempfile
from pathlib import Path

from tests.readme import FILE, picture, renewed
from tests.readme.shell import follow, shown
from tests.readme.tables import TABLES


def main() -> None:
    text = FILE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as home:
        runs = list(follow(text, Path(home)))
        for run in runs:
            if run.code:
                sys.exit(f"the block {run.name!r} ends with exit code {run.code}:\n{run.told}{run.wrong}")
        made = {name: table() for name, table in TABLES.items()} | {run.name: shown(run) for run in runs}
        FILE.write_text(renewed(text, made), encoding="utf-8")
        if "--picture" in sys.argv[1:]:
            picture.take(Path(home) / "timeline-demo" / "timeline.html")


if __name__ == "__main__":
    main()
