"""README.md is true: what is made is up to date, what can be run was run, and every name of the program stands in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.readme import FILE, MADE, PICTURE, ROOT, names
from tests.readme.shell import BLOCK, Run, follow, shown
from tests.readme.tables import TABLES, leaves
from timeline import Case, catalog
from timeline.core.stream import State
from timeline.core.verdict import Answer, Censor, Strength

TEXT = FILE.read_text(encoding="utf-8")
MEND = "README.md is out of date; mend it with: python -m tests.readme"
RUN = [block["name"] for block in BLOCK.finditer(TEXT) if block["name"]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Follow README.md once, from the first block to the last."""
    return {run.name: run for run in follow(TEXT, tmp_path_factory.mktemp("home"))}


def spelled() -> Iterator[str]:
    """Give every name that a reader may look for, as README.md should spell it."""
    for name, command in leaves():
        yield f"`{name}"
        yield from (option for each in command.params if each.param_type_name == "option" for option in each.opts)
    for source in catalog.sources().values():
        yield from (f"`{name}`" for name in source.names)
    for words in (catalog.questions(), catalog.actions(), catalog.column_types(), State, Answer, Censor, Strength):
        yield from (f"`{word}`" for word in words)


def test_every_command_option_source_question_and_word_stands_in_it() -> None:
    assert [name for name in spelled() if name not in TEXT] == []


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_up_to_date(name: str) -> None:
    assert _body(name) == TABLES[name](), MEND


def _body(name: str) -> str:
    found = next(each for each in MADE.finditer(TEXT) if each[2] == name)
    return found[0].removeprefix(found[1]).removesuffix(found[3]).strip("\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_a_block_runs_and_shows_what_is_printed(name: str, runs: dict[str, Run]) -> None:
    assert runs[name].code == 0, runs[name].told + runs[name].wrong
    if name in names(TEXT):
        assert _body(name) == shown(runs[name]), MEND


def test_nothing_is_made_for_a_mark_that_nobody_fills() -> None:
    assert set(names(TEXT)) <= {*TABLES, *RUN}


def test_the_example_of_a_question_answers_on_the_demo_case(demo_case: Path, tmp_path: Path) -> None:
    block = next(block for block in BLOCK.finditer(TEXT) if block["place"] == "object-listed.sql")
    (tmp_path / block["place"]).write_text(block["text"], encoding="utf-8")
    question = catalog.read_question(tmp_path / block["place"])
    with Case.open(demo_case) as case:
        everywhere = case.asker.answer(question, {})
        nowhere = case.asker.answer(question, {"object": "no://such/*", "actor": "nobody"})
    assert everywhere.verdict.verdict == Answer.FOUND_INCOMPLETE
    assert everywhere.rows["object"].drop_nulls().len() > 0
    assert nowhere.verdict.verdict == Answer.UNKNOWN


def test_local_links_lead_somewhere() -> None:
    outside_code = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    targets = re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", outside_code)
    anchors = {
        "#" + re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.*)$", outside_code, re.MULTILINE)
    }
    assert [path for path, _ in targets if path and not (ROOT / path).exists()] == []
    assert [anchor for path, anchor in targets if not path and anchor not in anchors] == []
    assert len(targets) > 5


def test_the_picture_is_a_small_png() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert PICTURE.stat().st_size < 400_000
