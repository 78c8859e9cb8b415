"""Every log that can be read has a page made from what the program itself uses."""

from collections.abc import Callable

import pytest

from timeline import catalog
from timeline.errors import CaseError
from timeline.evidence import pages

SOURCES = catalog.sources()


@pytest.mark.parametrize("name", SOURCES)
def test_the_page_of_each_source_says_what_it_shows_hides_and_how_it_is_exported(name: str) -> None:
    told = dict(pages.page(SOURCES[name]))
    assert set(told) >= {"log", "names", "format", "shows", "can never show", "completeness", "times", "kept by default",
                         "delivered", "export", "a record", "the event it becomes"}  # fmt: skip
    assert any(f"source = {each.rstrip('*')}" in told["the event it becomes"] for each in SOURCES[name].names)
    filled = {line.partition(" = ")[0] for line in told["the event it becomes"].splitlines()}
    assert "time" in filled
    assert not filled & set(SOURCES[name].empty)


def test_a_source_is_named_by_its_log_its_stream_or_its_file() -> None:
    for name in ("windows.security", "windows.security/dc01", "windows_events", "windows.*"):
        assert "windows_events" in {each.id for each in pages.chosen(SOURCES, name)}
    with pytest.raises(CaseError, match=r"no source of this name; known are .*okta\.system"):
        pages.chosen(SOURCES, "nonsense")


def test_pages_need_no_case_and_speak_every_format(timeline: Callable) -> None:
    assert timeline("sources").code == 2
    shown = timeline("sources", "okta.system")
    assert shown.code == 0
    assert "can never show: " in shown.out
    assert "session_id" in shown.out
    rows = timeline("sources", "okta.system", "--format", "csv")
    assert rows.out.splitlines()[0] == "source,fact,text"
    assert timeline("sources", "no.such.log").code == 2
