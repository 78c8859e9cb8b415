"""Relations: what several questions share stands in front of each of them, and is worked out in stages without changing an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.questions.trial import CASES, QUESTIONS, Bench, trial_of
from timeline import catalog
from timeline.case.store import SCHEMA, like
from timeline.errors import CaseError
from timeline.evidence import stages
from timeline.evidence.questions import statement

SHARING = sorted(name for name, question in QUESTIONS.items() if question.stages)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("relations"))
    yield bench
    bench.close()


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def relation(folder: Path, name: str, select_: str, columns: str = "a", **facts: str) -> Path:
    told = "".join(f"{key} = {value}\n" for key, value in facts.items())
    listed = "".join(f'{column} = "x"\n' for column in columns.split())
    return written(folder, f"relations/{name}.sql", f'/*\ngives = "x"\n{told}[columns]\n{listed}*/\n{select_}')


def question(folder: Path, uses: str, select_: str, parameters: str = "") -> Path:
    told = "".join(f'{name} = "x"\n' for name in parameters.split())
    facts = f'question = "What?"\nuses = {uses}\nneeds = [{{ actions = ["sign_in"] }}]\n[parameters]\n{told}'
    return written(folder, "mine.sql", f"/*\n{facts}*/\n{select_}")


def read(folder: Path) -> catalog.Question:
    return catalog.read_question(folder / "mine.sql", catalog.relations(folder))


@pytest.mark.parametrize(
    "path", [path for path in CASES if path.parent.name in SHARING], ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_the_printed_statement_gives_the_rows_that_its_stages_give(bench: Bench, path: Path) -> None:
    trial = trial_of(path)
    with bench.laid(trial) as asker:
        bound: dict[str, object] = {
            key: like(trial.params[key]) if key in trial.params else None for key in trial.question.parameters
        }
        bound |= {"from_us": trial.window[0], "to_us": trial.window[1]}
        used = stages.within(trial.question.select, bound)
        _ = asker.knowledge.located
        whole = bench.connection.execute(trial.question.select, used).fetchall()
        staged = statement(asker.knowledge, trial.question, trial.params, trial.window).run("answer.*").rows()
    assert [row[1:] for row in whole] == [row[1:] for row in staged]


def test_a_relation_is_made_anew_for_other_parameters_and_other_windows(bench: Bench) -> None:
    trial = trial_of(next(path for path in CASES if (path.parent.name, path.stem) == ("artefact-path", "found")))
    start, end = trial.window
    with bench.laid(trial) as asker:
        first = asker.answer(trial.question, trial.params).rows
        assert asker.answer(trial.question, {"object": "no such thing"}).rows.is_empty()
        assert asker.answer(trial.question, trial.params, (start, start + 1)).rows.is_empty()
        assert asker.answer(trial.question, trial.params, (start, end)).rows.equals(first)


def test_no_relation_has_the_name_of_a_table_of_the_case() -> None:
    tables = {*re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", SCHEMA), "events", "places", stages.KEPT}
    made = {name for each in QUESTIONS.values() for name, _ in each.stages}
    assert made
    assert not made & tables


def test_a_question_stands_on_the_relations_of_its_relations_each_once(tmp_path: Path) -> None:
    relation(tmp_path, "base", "SELECT e.actor AS a FROM events AS e")
    relation(
        tmp_path,
        "early",
        "WITH inner_early AS (SELECT b.a AS a FROM base AS b) SELECT i.a AS a FROM inner_early AS i",
        uses='["base"]',
    )
    relation(
        tmp_path, "late", "SELECT b.a AS a FROM base AS b WHERE b.a = $actor", uses='["base"]', parameters='["actor"]'
    )
    question(
        tmp_path, '["early", "late"]', "SELECT l.a AS time, l.a AS time_us, l.a AS event_id FROM early AS l", "actor"
    )
    found = read(tmp_path)
    assert [name for name, _ in found.stages] == ["base", "inner_early", "early", "late"]
    assert found.select.startswith("WITH base AS (")
    assert found.select.count("base AS (") == 1
    assert catalog.bound(found.select.replace("early", "left_")) == {"actor"}


def test_commas_brackets_quotes_and_comments_do_not_mislead(tmp_path: Path) -> None:
    text = """WITH RECURSIVE one AS ( -- a comment, with SELECT and ( in it
        SELECT ')' AS a, 'it''s, (' AS b),
    /* another, */ two AS (SELECT o.a AS a FROM one AS o)
    SELECT t.a AS a FROM two AS t"""
    relation(tmp_path, "odd", text)
    question(
        tmp_path,
        '["odd"]',
        "WITH three AS (SELECT o.a AS time FROM odd AS o) SELECT t.time AS time, 1 AS time_us, '' AS event_id FROM three AS t",
    )
    found = read(tmp_path)
    assert [name for name, _ in found.stages] == ["one", "two", "odd"]
    assert found.select.startswith("WITH RECURSIVE one")
    assert catalog.aliases(found.select) == ("time", "time_us", "event_id")


@pytest.mark.parametrize(("files", "message"), [
    ({"uses": '["nothing"]'}, "uses the relation 'nothing'; known are: "),
    ({"uses": '["a"]', "a": {"uses": '["b"]'}, "b": {"uses": '["a"]'}}, "in a circle: a → b → a"),
    ({"uses": '["a"]', "a": {"select_": "SELECT e.actor AS a FROM events AS e WHERE e.actor = $actor", "parameters": '["actor"]'}},
     "asks for the parameter 'actor'; declare it too"),
    ({"uses": '["a"]', "a": {"select_": "WITH mine AS (SELECT 1 AS a) SELECT m.a AS a FROM mine AS m"}}, "'mine' is also defined in"),
    ({"uses": '["a"]', "a": {"columns": "b"}}, "it gives the columns a; its facts name b"),
    ({"uses": '["a"]', "a": {"parameters": '["zone"]'}}, r"it binds the parameters \[\]; its facts name \['zone'\]"),
    ({"uses": '["a"]', "a": {"select_": "SELECT FROM WHERE"}}, "a.sql: the SQL cannot be parsed"),
    ({"uses": '["a"]', "a": {"needs": '"x"'}}, "unknown fact 'needs'; known are columns, gives, parameters, uses"),
    ({"uses": '["a-b"]', "a-b": {}}, "its name must be a plain word of SQL"),
    ({"uses": '["copies"]', "copies": {}}, "there is already a relation called 'copies'"),
])  # fmt: skip
def test_a_mistake_names_file_value_and_remedy(tmp_path: Path, files: dict[str, object], message: str) -> None:
    for name, facts in files.items():
        if isinstance(facts, dict):
            relation(tmp_path, name, **{"select_": "SELECT e.actor AS a FROM events AS e", **facts})
    question(
        tmp_path,
        str(files["uses"]),
        "WITH mine AS (SELECT 1 AS a) SELECT m.a AS time, 1 AS time_us, '' AS event_id FROM mine AS m",
    )
    with pytest.raises(CaseError, match=message):
        read(tmp_path)
