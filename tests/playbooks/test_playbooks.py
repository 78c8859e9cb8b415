"""Every playbook, as files and as cases to fill in."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline import catalog
from timeline.api import Case
from timeline.case import playbooks
from timeline.case.config import load
from timeline.errors import CaseError

BOOKS = sorted(playbooks.playbooks())
ALL = ["golden-saml", "insider-copy", "key-theft", "session-hijack", "storage-exfiltration"]


def test_the_folder_is_the_list() -> None:
    assert sorted(path.stem for path in playbooks.FOLDER.iterdir()) == BOOKS
    assert set(ALL) <= set(BOOKS)


@pytest.mark.parametrize("name", BOOKS)
def test_a_playbook_asks_questions_that_there_are_with_parameters_that_they_have(name: str) -> None:
    book, questions = playbooks.playbook(name), catalog.questions()
    assert book.steps
    for step in book.steps:
        assert set(step.params) <= set(questions[step.question].parameters), step.id


@pytest.mark.parametrize("name", BOOKS)
def test_a_playbook_says_where_it_comes_from_and_what_nobody_could_know(name: str) -> None:
    book = playbooks.playbook(name)
    assert all(one.startswith("https://") for each in book.incidents for one in each.sources)
    assert min(len(book.concluded), len(book.never)) > 100
    assert len(book.advice) >= 3
    assert book.collect


@pytest.mark.parametrize("name", BOOKS)
def test_logs_to_collect_are_logs_that_can_be_read(name: str) -> None:
    sources = [one for source in catalog.sources().values() for one in source.names]
    for glob in (one for each in playbooks.playbook(name).collect for one in each.logs):
        begin = glob.partition("/")[0].rstrip("*.")
        assert any(one == begin or one.startswith(f"{begin}.") for one in sources), glob


@pytest.mark.parametrize("name", BOOKS)
def test_a_zone_that_a_step_names_is_in_the_playbook(name: str) -> None:
    book = playbooks.playbook(name)
    named = {step.params["zone"] for step in book.steps if "zone" in step.params}
    assert named <= {zone.name for zone in book.zones}


@pytest.mark.parametrize("name", BOOKS)
def test_a_case_made_from_a_playbook_can_be_read_and_says_what_is_to_be_filled_in(
    name: str, timeline: Callable[..., Any], tmp_path: Path
) -> None:
    told = timeline("init", tmp_path / "case", "--playbook", name)
    assert told.code == 0
    path = tmp_path / "case" / "case.toml"
    config, blanks = load(path), re.findall(r'"FILL IN: [^"]*"', path.read_text())
    assert [step.id for step in config.steps] == [step.id for step in playbooks.playbook(name).steps]
    assert len(config.blanks) == len(blanks) > 0
    assert all(each in told.err for each in config.blanks)
    assert tomllib.loads(path.read_text())["case"]["name"] == playbooks.playbook(name).title


def test_what_is_not_filled_in_is_asked_for_where_the_chain_is_needed_and_nowhere_else(
    timeline: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "case"
    timeline("init", folder, "--playbook", "key-theft")
    (folder / "a.log").write_text(
        "2023-05-15T03:02:11Z jump sshd[1]: Accepted publickey for avery from 192.0.2.7 port 5 ssh2\n"
    )
    assert timeline("-C", folder, "ingest", folder).code == 0
    for words in (["chain"], ["ask"], ["preserve"], ["html", "-o", tmp_path / "r.html"]):
        told = timeline("-C", folder, *words)
        assert told.code == 2
        assert re.search(r"^case.toml:\d+: chain.step.params.actor: FILL IN: the account", told.err, re.MULTILINE)
        assert "fill them in" in told.err
    for words in (["ask", "sign-in-by"], ["gaps"], ["events"], ["status"]):
        assert timeline("-C", folder, *words).code == 0


def test_an_unknown_playbook_lists_all_and_makes_nothing(timeline: Callable[..., Any], tmp_path: Path) -> None:
    told = timeline("init", tmp_path / "case", "--playbook", "unknown")
    assert told.code == 2
    assert all(f"{name}: " in told.err for name in BOOKS)
    assert not (tmp_path / "case").exists()


def test_a_case_that_is_there_is_never_touched(timeline: Callable[..., Any], tmp_path: Path) -> None:
    timeline("init", tmp_path / "case")
    before = (tmp_path / "case" / "case.toml").read_bytes()
    told = timeline("init", tmp_path / "case", "--playbook", "key-theft")
    assert (told.code, "timeline playbooks key-theft --toml" in told.err) == (2, True)
    assert (tmp_path / "case" / "case.toml").read_bytes() == before
    steps = timeline("playbooks", "key-theft", "--toml").out
    assert [step["id"] for step in tomllib.loads(steps)["chain"]["step"]][:2] == ["artefact", "moved"]


def test_playbooks_are_listed_and_told(timeline: Callable[..., Any]) -> None:
    listed = timeline("playbooks").out
    assert all(re.search(rf"^{name} ", listed, re.MULTILINE) for name in BOOKS)
    for name in BOOKS:
        told = timeline("playbooks", name)
        assert told.code == 0
        for head in ("concluded: ", "could never be shown: ", "advice: ", "step ", "collect first, 1: "):
            assert f"\n{head}" in told.out
    assert timeline("playbooks", "unknown").code == 2


def test_the_python_interface_makes_such_a_case_too(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case", "session-hijack") as case:
        assert case.config.blanks
        with pytest.raises(CaseError, match="fill them in"):
            case.chain()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('title = ""', "title"),
        ("steps = 1", "unknown key"),
        ('[[step]]\nid = "a"\nquestion = "q"\nhint = "h"\nafter = ["b"]', "the id of a step"),
        ('[[step]]\nid = "a"\nquestion = "q"\nhint = "h"\nwithin = "soon"', "a duration"),
    ],
)
def test_a_mistake_in_a_playbook_is_named_with_its_line(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "book.toml"
    path.write_text(text)
    with pytest.raises(CaseError, match=wrong):
        playbooks.load(path)
