"""What a report may tell."""

from pathlib import Path

import polars as pl

from timeline.api import Case


def test_a_report_does_not_tell_where_the_case_lay(demo_case: Path) -> None:
    with Case(demo_case) as case:
        report = case.report()
        for frame in (report.files, report.events):
            assert frame.get_column("file").cast(pl.String).str.starts_with("evidence/").all()
