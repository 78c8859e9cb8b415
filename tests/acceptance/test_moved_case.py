"""A case that is moved together with its evidence."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from own_case import KEPT, MAY, Own

SHARED = '[[collection]]\nid = "c"\ncollected_at = 2023-06-02T00:00:00Z\npaths = ["{}"]\n'


def okta(at: str) -> str:
    told = {
        "uuid": at,
        "published": f"2023-05-{at}:00.000Z",
        "eventType": "user.session.start",
        "outcome": {"result": "SUCCESS"},
        "actor": {"id": "a", "type": "User", "alternateId": "kim@example.com"},
    }
    return json.dumps(told) + "\n"


@pytest.fixture(params=["case/logs", "evidence"])
def moved(request: pytest.FixtureRequest, tmp_path: Path, timeline: Callable[..., Any]) -> tuple[Own, Path]:
    """Give a case and its evidence, below or beside it, after both were moved."""
    old, new = tmp_path / "old", tmp_path / "new"
    place = old / request.param
    place.mkdir(parents=True)
    (old / "case").mkdir(exist_ok=True)
    (place / "okta.json").write_text(okta("10T10:00") + okta("11T10:00"))
    glob = "logs/**" if request.param == "case/logs" else "../evidence/**"
    own = Own(old / "case", timeline, MAY + SHARED.format(glob) + KEPT)
    (own.folder / "case.toml").write_text(own.toml)
    assert own.run("ingest", place).code == 0
    assert own.gaps() == []
    old.rename(new)
    return replace(own, folder=new / "case"), new / request.param / "okta.json"


def test_a_moved_case_reads_and_verifies_its_evidence(moved: tuple[Own, Path]) -> None:
    own, _ = moved
    assert own.run("verify").code == 0
    assert own.gaps() == []
    assert "eventType" in json.dumps(own.rows("events", "--raw"))


def test_what_lies_there_under_the_same_name_is_not_read_for_it(moved: tuple[Own, Path]) -> None:
    own, path = moved
    path.write_text(path.read_text().replace("kim@", "tim@"))
    assert own.run("verify").code == 1
    assert "tim@" not in json.dumps(own.rows("events", "--raw"))


def test_evidence_that_stayed_is_read_where_it_was(moved: tuple[Own, Path], tmp_path: Path) -> None:
    own, path = moved
    shutil.copytree(own.folder, tmp_path / "far" / "away" / "case", ignore=shutil.ignore_patterns("logs"))
    path.parents[len(path.relative_to(tmp_path / "new").parts) - 1].rename(tmp_path / "old")
    assert replace(own, folder=tmp_path / "far" / "away" / "case").run("verify").code == 0
