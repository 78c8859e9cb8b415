"""A record that states no time may be of any window: it keeps every verdict from `absent`, and is a finding of none."""

import json
from pathlib import Path
from typing import Any

import pytest
from own_case import KEPT, MAY, TAKEN, Own
from vendor_logs import lines, okta

RULE = """title: A locked account
logsource: {product: okta, service: okta}
detection: {s: {eventtype: user.session.start, client.ipaddress: 203.0.113.88}, condition: s}
"""
OURS = """title: An address
logsource: {product: timeline}
detection: {s: {src_ip: 203.0.113.88}, condition: s}
"""
EARLY = ("--to", "2023-05-10")
"""A window in which all is covered: the lone record without a time stands at the end of its file."""


@pytest.fixture
def case(timeline: Any, tmp_path: Path) -> Own:
    days = [okta(f"2023-05-{day:02}T00:00:00Z") for day in range(2, 28)]
    odd = okta("never", "mallory@contoso.com", client={"ipAddress": "203.0.113.88"})
    del odd["published"]
    return Own(tmp_path, timeline, MAY + TAKEN + KEPT).ingest(okta_jsonl=lines(*days, odd))


def told(row: dict[str, Any]) -> tuple[str, int]:
    return row["verdict"], row["rows"]


def test_an_indicator_in_it_is_neither_found_nor_absent(case: Own) -> None:
    (case.folder / "list.txt").write_text("203.0.113.88\n203.0.113.89\n198.51.100.1\n")
    rows = case.rows("hunt", case.folder / "list.txt", *EARLY)
    assert [told(row) for row in rows] == [("unknown", 0), ("absent", 0), ("absent", 0)]
    assert "state no time" in json.dumps(rows[0]["uncovered"])


@pytest.mark.parametrize("rule", [RULE, OURS])
def test_a_rule_that_holds_for_it_is_neither_found_nor_absent(case: Own, rule: str) -> None:
    (case.folder / "rule.yml").write_text(rule)
    (row,) = case.rows("sigma", case.folder / "rule.yml", *EARLY)
    assert told(row) == ("unknown", 0)
    assert row["lacks"] == ["the time of 1 record(s) that match"]
    (case.folder / "rule.yml").write_text(rule.replace("203.0.113.88", "203.0.113.89"))
    assert told(case.rows("sigma", case.folder / "rule.yml", *EARLY)[0]) == ("absent", 0)


def test_the_reason_is_explained_and_other_commands_bear_such_a_record(case: Own) -> None:
    told = case.run("ask", "account-first-last-use", "--explain", *EARLY, "-p", "actor=mallory@contoso.com")
    assert told.code == 0
    assert "state no time" in told.out
    for words in (
        ["preserve"],
        ["pivot", "203.0.113.88"],
        ["export", "--to", "parquet", "--output", "e.parquet"],
        ["html"],
    ):
        assert case.run(*words).code == 0, words


def test_a_question_about_such_events_is_not_answered_by_absent(case: Own) -> None:
    row = case.ask("account-first-last-use", *EARLY, actor="mallory@contoso.com")
    assert told(row) == ("unknown", 0)
    assert "state no time" in json.dumps(row["uncovered"])
