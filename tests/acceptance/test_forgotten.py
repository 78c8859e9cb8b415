"""What was rejected, or read by the user's own source, still counts in every later answer."""

from pathlib import Path

from tests.conftest import Command

AUTH = "".join(
    f"May {day:>2} 12:00:00 {{host}} sshd[1]: Accepted password for ann from 192.0.2.7 port 22 ssh2\n"
    for day in range(1, 29)
)
DATED = "".join(
    f"2023-05-{day:02}T12:00:00+00:00 jump sshd[1]: Accepted password for ann from 192.0.2.7 port 22 ssh2\n"
    for day in range(1, 29)
)
SOURCE = """/*
title = "Gateway"
names = ["contoso.gateway"]
family = "storage"
match = "r.gateway IS NOT NULL"
witnesses = ["object.read"]
*/
SELECT instant(r.at) AS time, r.gateway AS scope, r.who AS actor, 'object.read' AS action, 'success' AS outcome FROM records"""


def test_a_file_that_was_wholly_rejected_leaves_no_absence_behind(timeline: Command, tmp_path: Path) -> None:
    (tmp_path / "jump.log").write_text(DATED)
    (tmp_path / "old.log").write_text(AUTH.format(host="build"))
    timeline("init", "case")
    assert timeline("-C", "case", "ingest", "jump.log").code == 0
    asked = (
        "-C",
        "case",
        "ask",
        "sign-in-by",
        "-p",
        "actor=nobody",
        "--from",
        "2023-05-05",
        "--to",
        "2023-05-20",
        "--format",
        "csv",
    )
    assert ",absent," in timeline(*asked).out
    assert timeline("-C", "case", "ingest", "old.log").code == 3
    assert ",unknown," in timeline(*asked).out


def test_a_source_of_the_users_own_is_known_to_later_commands(timeline: Command, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "gateway.sql").write_text(SOURCE)
    (tmp_path / "gw.json").write_text('{"gateway":"gw-01","at":"2023-05-30T00:00:00Z","who":"ann"}\n')
    timeline("init", "case")
    assert timeline("-C", "case", "ingest", "gw.json", "--sources", "mine").code == 0
    assert "object.read" in timeline("-C", "case", "sources", "--format", "csv").out
