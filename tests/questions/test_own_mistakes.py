"""A broken question beside case.toml is named by its file, with what to do: never a traceback, and never a finding that stands for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from timeline import Case
from timeline.errors import CaseError

NEED = '{ actions = ["sign_in"] }'
ROWS = "SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id FROM events AS e ORDER BY time_us, event_id"
LINES = (
    "2023-05-15T03:02:11Z jump-01 sshd[4711]: Accepted publickey for avery from 203.0.113.77 port 50112 ssh2\n"
    "2023-05-16T03:02:11Z jump-01 sshd[4712]: Accepted publickey for avery from 203.0.113.77 port 50113 ssh2\n"
)


def asking(need: str = NEED, rows: str = ROWS) -> str:
    return f'/*\nquestion = "Who came?"\nneeds = [ {need} ]\n*/\n{rows}'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    (folder / "auth.log").write_text(LINES)
    with Case.create(folder / "case") as case:
        case.ingest(folder / "auth.log")
    (folder / "case" / "queries").mkdir()
    return folder / "case"


@pytest.fixture
def own(root: Path) -> Iterator[Path]:
    path = root / "queries" / "came.sql"
    yield path
    path.unlink()


def needing(told: str) -> str:
    return asking(NEED.replace(" }", f", {told} }}"))


@pytest.mark.parametrize(("text", "reason"), [
    (needing('lookback = "x"'), "looks back 'x', which is no duration"),
    (needing("lookback = 5"), "looks back '5', which is no duration"),
    (needing('lookback = "-5d"'), "looks back '-5d', which is no duration"),
    (needing('lookback = "\u00b2d"'), "which is no duration"),
    (needing('lookback = "99999999999999d"'), "which is no duration"),
    (needing('at = "noon"'), "tested at 'noon'; it must be window or issued_time"),
    (needing('at = "issued_time"'), "its SELECT gives no column 'issued_time_us'"),
    (needing('actr = "x"'), "narrowed by 'actr'; it must be one of object, actor"),
    (needing('actor = "$who"'), "asks for $who, which is no parameter of it; declare it"),
    (asking(rows="DROP TABLE event"), "it must be one SELECT"),
    (asking(rows=f"{ROWS}; DROP TABLE event"), "it must be one SELECT"),
    (asking(rows="COPY (SELECT 1) TO '/tmp/x.csv'"), "it must be one SELECT"),
    (asking(rows=ROWS.replace("FROM events AS e", "FROM events AS e, read_text('/etc/hostname') AS t")), "its SELECT does not run: Permission Error"),
    (asking(rows=ROWS.replace("e.time_us AS", "CAST(e.actor AS BIGINT) AS")), "its SELECT does not run: Conversion Error"),
    (asking(rows=ROWS.replace("e.event_id AS event_id", "e.event_id AS event_id, error('boom') AS x")), "its SELECT does not run: Invalid Input Error"),
    (asking(rows=ROWS.replace("e.event_id AS event_id", "5 AS event_id")), "its column event_id is INTEGER"),
    (asking(rows=ROWS.replace("e.event_id AS event_id", "'made up' AS event_id")), "2 of its rows belong to no event"),
    (asking(rows=ROWS.replace("e.time_us AS", "nullif(e.time_us, e.time_us) AS")), "2 of its rows have no time_us"),
])  # fmt: skip
def test_a_broken_question_is_named_with_its_file_and_what_is_wrong(
    own: Path, root: Path, text: str, reason: str
) -> None:
    own.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as raised, Case.open(root) as case:
        case.ask("came")
    assert str(raised.value).startswith(f"{own}: ")
    assert reason in str(raised.value)


def test_rows_outside_of_the_window_are_no_findings_of_it(own: Path, root: Path) -> None:
    own.write_text(asking(), encoding="utf-8")
    with Case.open(root) as case:
        assert case.ask("came")["rows"].to_list() == [2]
        told = case.ask("came", start="2023-05-16T00:00:00Z", end="2023-05-16T12:00:00Z")
        assert told["rows"].to_list() == [1]
        assert case.ask("came", start="2023-05-15T12:00:00Z", end="2023-05-16T00:00:00Z")["rows"].to_list() == [0]
