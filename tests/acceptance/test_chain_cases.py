"""`timeline chain` in odd cases: combined constraints, steps about anyone, and mistakes that are named with their line."""

import re
from typing import Any

import pytest
from own_case import Make
from vendor_logs import lines, okta

NAMES = {"avery": 10, "dana": 12, "lee": 14}
EVENTS = lines(*(okta(f"2023-05-{day}T00:00:00Z", actor=f"{name}@contoso.com") for name, day in NAMES.items()))


def step(name: str, question: str = "sign-in-by", **more: str) -> str:
    told = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'[[chain.step]]\nid = "{name}"\nquestion = "{question}"\n{told}'


def by(name: str) -> str:
    return f'{{ actor = "{name}@contoso.com" }}'


def solved(trial: Make, *steps: str) -> dict[str, dict[str, Any]]:
    return {row["step"]: row for row in trial(*steps).ingest(okta_json=EVENTS).rows("chain")}


def test_a_limit_counts_from_each_step_that_is_named(trial: Make) -> None:
    told = [
        step("a", params=by("avery")),
        step("b", params=by("dana"), after='["a"]'),
        step("c", params=by("lee"), after='["a", "b"]', within='"3d"'),
    ]
    rows = solved(trial, *told)
    assert {row["verdict"] for row in rows.values()} == {"refuted"}
    assert all("no time of c is after a within 3 d" in row["because"] for row in rows.values())


def test_the_same_order_said_twice_is_said_once(trial: Make) -> None:
    rows = solved(
        trial, step("a", params=by("avery"), before='["b"]'), step("b", params=by("dana"), after='["a"]', within='"2d"')
    )
    assert [(row["verdict"], row["earliest"][:10]) for row in rows.values()] == [
        ("found", "2023-05-10"),
        ("found", "2023-05-12"),
    ]


def test_a_step_about_anyone_has_all_findings_and_bounds_the_unseen(trial: Make) -> None:
    rows = solved(
        trial, step("in"), step("read", "mail-read", after='["in"]', before='["out"]'), step("out", after='["in"]')
    )
    assert len(rows["in"]["windows"]) == len(NAMES)
    (window,) = rows["read"]["windows"]
    assert (window["start"][:10], window["end"][:10]) == ("2023-05-10", "2023-05-14")
    assert "no log of the case shows mail.read" in rows["read"]["because"]


def test_a_step_that_is_absent_binds_no_other(trial: Make) -> None:
    rows = solved(trial, step("never", params=by("nobody")), step("b", params=by("dana"), after='["never"]'))
    assert (rows["never"]["verdict"], rows["b"]["verdict"]) == ("refuted", "found")


def test_an_unseen_step_within_a_time_after_another_is_bounded_on_both_sides(trial: Make) -> None:
    rows = solved(trial, step("a", params=by("avery")), step("read", "mail-read", after='["a"]', within='"36h"'))
    (window,) = rows["read"]["windows"]
    assert (window["start"], window["end"]) == ("2023-05-10T00:00:00.000000Z", "2023-05-11T12:00:01.000000Z")


def test_a_case_without_steps_says_so(trial: Make) -> None:
    done = trial().ingest(okta_json=EVENTS).run("chain")
    assert (done.code, "case.toml states no steps" in done.err) == (0, True)


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ([step("a", "sign-in")], r'question: "sign-in"; expected the id of a question, as in "sign-in-by"'),
        ([step("a", params='{ actr = "x" }')], r'params.actr: "x"; expected a parameter of sign-in-by: actor'),
        ([step("a", params="{ actor = 3 }")], "params.actor: 3; expected a text in quotes"),
        ([step("a", params='{ actor = "" }')], 'params.actor: ""; expected a text in quotes'),
        ([step("a", after='["b"]')], 'after: "b"; expected the id of a step: a'),
        ([step("a", after='"b"')], "expected a list of ids of steps"),
        ([step("a", after='["a"]')], "an order without the circle a → a"),
        ([step("a", after='["c"]'), step("b", after='["a"]'), step("c", before='["a"]', after='["b"]')], "an order without the circle"),
        ([step("a", before='["b"]'), step("b", before='["a"]')], "an order without the circle"),
        ([step("a"), step("a")], 'id: "a"; expected a name that no other has'),
        ([step("a", within='"2d"')], "expected `after` beside it"),
        ([step("b"), step("a", after='["b"]', within='"soon"')], 'within: "soon"; expected a duration'),
        ([step("a", afer='["b"]')], "chain.step.afer: unknown key; expected after"),
        (['[[chain.step]]\nid = "a"\n'], "chain.step.question: missing"),
        (['[chain]\nstep = "a"\n'], r"each under \[\[chain.step\]\]"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_chain_is_named_with_its_line(trial: Make, told: list[str], wrong: str) -> None:
    own = trial(*told)
    own.folder.joinpath("case.toml").write_text(own.toml)
    done = own.run("chain")
    assert done.code == 2
    assert done.err.startswith("case.toml:")
    assert re.search(wrong, done.err), done.err


def test_a_mistake_that_only_the_evidence_shows_names_its_step(trial: Make) -> None:
    own = trial(step("moved", "artefact-moved", params='{ zone = "nowhere" }')).ingest(okta_json=EVENTS)
    done = own.run("chain")
    assert (done.code, done.err) == (
        2,
        "chain step 'moved': case.toml: no zone is called 'nowhere'; it has no [[zone]]\n",
    )
