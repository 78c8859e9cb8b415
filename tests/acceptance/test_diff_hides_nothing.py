"""`timeline diff` tells of what the verdicts and the states alone would hide."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from own_case import KEPT, MAY, TAKEN

AUTH = "May 10 12:00:00 jump sshd[1]: Accepted password for ann from 192.0.2.7 port 22 ssh2\n"


def differences(timeline: Callable[..., Any], folder: Path, other: str, *words: str) -> list[tuple[str, str]]:
    """Give what differs between a case read as UTC and another one."""
    (folder / "auth.log").write_text(AUTH)
    for name, toml, zone in (("a", MAY, ("--timezone", "auth*=UTC")), ("b", other, words)):
        (folder / name).mkdir()
        (folder / name / "case.toml").write_text(toml + TAKEN + KEPT)
        assert timeline("-C", folder / name, "ingest", folder / "auth.log", *zone).code == 0
    told = timeline("diff", folder / "a", folder / "b", "--format", "json")
    return [(row["what"], row["subject"]) for row in json.loads(told.out)]


def test_the_same_file_in_another_zone_is_a_difference(timeline: Callable[..., Any], tmp_path: Path) -> None:
    assert differences(timeline, tmp_path, MAY, "--timezone", "auth*=Asia/Tokyo") == [("records", "linux.auth/jump")]


def test_another_period_is_a_difference(timeline: Callable[..., Any], tmp_path: Path) -> None:
    other = MAY.replace("2023-05-01", "2023-05-05")
    assert ("period", "of the case") in differences(timeline, tmp_path, other, "--timezone", "auth*=UTC")


def test_the_same_case_twice_differs_in_nothing(timeline: Callable[..., Any], tmp_path: Path) -> None:
    assert differences(timeline, tmp_path, MAY, "--timezone", "auth*=UTC") == []
