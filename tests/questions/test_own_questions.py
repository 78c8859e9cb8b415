"""Questions of the user's own: a folder `queries` beside case.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from timeline import Case
from timeline.errors import CaseError

FACTS = """/*
question = "Who listed what lies in this place?"
needs    = [ { actions = ["object.list"], object = "$object" } ]
[parameters]
object = "object name; * is a wildcard"
*/
"""
SELECT = """SELECT e.time AS time, e.time_us AS time_us, e.event_id AS event_id, e.object AS object FROM events AS e
WHERE e.action = 'object.list' AND e.time_us < $to_us AND ($object IS NULL OR lower(e.object) LIKE $object ESCAPE '\\') ORDER BY time_us, event_id"""
LINE = (
    '2.0;2023-06-25T14:58:50.4195457Z;ListBlobs;Success;200;37;6;authenticated;dumps;dumps;blob;"https://dumps.blob.core.windows.net:443/c'
    '?restype=container&comp=list";"/dumps/c";c676d992-f01e-0016-0766-2b5b8a000000;0;192.0.2.7:7040;2018-03-28;354;0;421;1999980;0;;;;;;"x";;"";;;;;;;;'
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A case with one listing in it, and an empty folder for questions."""
    (tmp_path / "000000.log").write_text(LINE + "\n", encoding="utf-8")
    with Case.create(tmp_path / "case") as case:
        case.ingest(tmp_path / "000000.log")
    (tmp_path / "case" / "queries" / "relations").mkdir(parents=True)
    return tmp_path / "case"


def test_a_question_beside_the_case_is_listed_asked_and_may_be_a_step_of_the_chain(own: Path) -> None:
    (own / "queries" / "object-listed.sql").write_text(FACTS + SELECT, encoding="utf-8")
    (own / "case.toml").write_text(
        '[case]\nname = "own"\n[[chain.step]]\nid = "listed"\nquestion = "object-listed"\n', encoding="utf-8"
    )
    with Case.open(own) as case:
        assert "object-listed" in case.queries()["question"].to_list()
        assert case.query("object-listed", {"object": "*dumps*"})["object"].to_list() == [
            "https://dumps.blob.core.windows.net/c"
        ]
        assert case.query("object-listed", {"object": "*elsewhere*"}).is_empty()
        assert case.ask("object-listed")["verdict"].to_list() == ["found"]
        assert case.chain()["step"].to_list() == ["listed"]


def test_a_question_of_ones_own_may_use_relations_of_the_package_and_of_ones_own(own: Path) -> None:
    (own / "queries" / "relations" / "listings.sql").write_text(
        '/*\ngives = "Listings."\n[columns]\nevent_id = "x"\n*/\nSELECT e.event_id AS event_id FROM events AS e WHERE e.action = \'object.list\'',
        encoding="utf-8",
    )
    text = FACTS.replace("needs ", 'uses = ["copies", "listings"]\nneeds ') + SELECT.replace(
        "WHERE", "JOIN listings AS l ON l.event_id = e.event_id WHERE"
    )
    (own / "queries" / "object-listed.sql").write_text(text, encoding="utf-8")
    with Case.open(own) as case:
        assert case.query("object-listed").height == 1
        assert "copies AS (" in case.question("object-listed").select


@pytest.mark.parametrize(("name", "text", "message"), [
    ("sign-in-by.sql", FACTS + SELECT, r"queries/sign-in-by.sql: there is already a question called 'sign-in-by': .*queries/sign-in-by.sql; give yours"),
    ("mine.sql", FACTS + "SELEC 1", "mine.sql: the SQL cannot be parsed"),
    ("mine.sql", FACTS + "DELETE FROM event", "mine.sql: the SQL cannot be parsed"),
    ("mine.sql", FACTS + SELECT.replace("e.event_id AS event_id, ", ""), "mine.sql: its SELECT gives no column 'event_id'"),
    ("mine.sql", FACTS + SELECT.replace("$object", "$objct"), r"mine.sql: \$objct is no parameter of it; declare it under \[parameters\]"),
    ("mine.sql", SELECT, "mine.sql: line 1: the file must begin with a comment"),
    ("mine.sql", FACTS.replace("object.list", "object.lst") + SELECT, r"mine.sql: a need names \['object.lst'\]"),
])  # fmt: skip
def test_a_mistake_in_a_question_of_ones_own_names_its_file(own: Path, name: str, text: str, message: str) -> None:
    (own / "queries" / name).write_text(text, encoding="utf-8")
    with Case.open(own) as case, pytest.raises(CaseError, match=message):
        case.queries()


def test_a_column_that_does_not_exist_is_a_mistake_of_the_question(own: Path) -> None:
    (own / "queries" / "mine.sql").write_text(
        FACTS + SELECT.replace("e.object AS object", "e.objekt AS object"), encoding="utf-8"
    )
    with Case.open(own) as case, pytest.raises(CaseError, match=r"mine\.sql: its SELECT does not run: .*objekt"):
        case.query("mine")
