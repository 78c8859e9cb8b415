"""What a report may tell."""

from pathlib import Path

from timeline.api import Case


def test_a_report_does_not_tell_where_the_case_lay(demo_case: Path) -> None:
    with Case(demo_case) as case:
        report = case.report()
    for frame in (report.files, report.events):
        assert frame["file"].str.starts_with("evidence/").all()
