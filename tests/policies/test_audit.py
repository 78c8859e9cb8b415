"""`timeline policy audit`: frameworks, public incidents and the case's own questions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline.policies.duties import frameworks, lessons, price_of, prices

CASE = '[case]\nas_of = 2026-01-01\n[[policy]]\nstream = "okta.system/*"\nretention_days = 90\n[[policy]]\nstream = "aws.cloudtrail/*"\nsemantics = "none"\n'
Audit = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture
def audit(timeline: Callable[..., Any], tmp_path: Path) -> Audit:
    """Audit a case of which only policies are known; give the exit code, the rows and what was told beside."""

    def run(*words: str, toml: str = CASE) -> tuple[int, list[dict[str, Any]], str]:
        folder = tmp_path / "case"
        folder.mkdir(exist_ok=True)
        (folder / "case.toml").write_text(toml)
        told = timeline("-C", folder, "policy", "audit", *words, "--format", "json")
        return told.code, json.loads(told.out) if told.out else [], told.err

    return run


def by_stream(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    return {row["stream"]: row for row in rows if row["id"] == name}


def test_policies_alone_can_be_weighed_before_there_is_any_evidence(audit: Audit) -> None:
    code, rows, _ = audit("--framework", "pci-dss-4")
    told = by_stream(rows, "pci-dss-4")
    assert code == 1
    assert (
        told["okta.system/*"]["verdict"],
        told["okta.system/*"]["required_days"],
        told["okta.system/*"]["actual_days"],
    ) == ("short", 365, 90)
    assert told["aws.cloudtrail/*"]["verdict"] == "enough"


def test_searchable_and_total_are_weighed_apart(audit: Audit) -> None:
    toml = '[case]\nas_of = 2026-01-01\n[[policy]]\nstream = "okta.system/*"\nretention_days = 400\narchive_after_days = 30\n'
    _, rows, _ = audit("--framework", "pci-dss-4", toml=toml)
    (row,) = rows
    assert (row["verdict"], row["actual_days"], row["actual_searchable_days"]) == ("short", 400, 30)


def test_a_framework_holds_only_while_it_is_in_force(audit: Audit) -> None:
    before = {row["id"] for row in audit("--on", "2026-05-21")[1]}
    after = {row["id"] for row in audit("--on", "2026-05-22")[1]}
    assert "m-21-31" in before - after
    assert "m-26-14" in after - before


def test_a_log_of_unknown_limit_is_neither_enough_nor_short(audit: Audit) -> None:
    toml = '[case]\nas_of = 2026-01-01\n[[policy]]\nstream = "windows.security/*"\nsemantics = "ring"\n'
    code, rows, _ = audit("--framework", "cert-in-2022", toml=toml)
    assert (code, [row["verdict"] for row in rows]) == (0, ["unknown"])


def test_the_best_copy_counts(audit: Audit) -> None:
    second = CASE + '[[policy]]\nstream = "okta.system/*"\nstore = "siem"\nretention_days = 400\n'
    _, rows, _ = audit("--framework", "pci-dss-4", toml=second)
    assert by_stream(rows, "pci-dss-4")["okta.system/*"]["actual_days"] == 400


def test_since_when_a_limit_holds_is_told(audit: Audit) -> None:
    toml = '[case]\nas_of = 2026-01-01\n[[policy]]\nstream = "okta.system/*"\nsemantics = "rolling"\nretention = [{ days = 400 }, { days = 90, from = 2025-06-01 }]\n'
    _, rows, _ = audit("--framework", "pci-dss-4", toml=toml)
    assert rows[0]["since"][:10] == "2025-06-01"


def test_laws_that_limit_retention_are_shown_as_the_opposing_force(audit: Audit) -> None:
    _, rows, _ = audit("--framework", "cnil-2021-122")
    told = by_stream(rows, "cnil-2021-122")
    assert told["aws.cloudtrail/*"]["verdict"] == "longer than allowed"
    assert told["okta.system/*"]["verdict"] == "enough"


def test_public_incidents_are_test_cases(audit: Audit) -> None:
    _, rows, told = audit()
    incidents = [row for row in rows if row["kind"] == "incident"]
    good = [row for row in incidents if row["verdict"] == "enough"]
    assert f"would have answered {len(good)} of {len(incidents)} decisive questions" in told
    by_question = {(row["id"], row["required_days"]): row["verdict"] for row in incidents}
    assert by_question["okta-support", 20] in {"enough", "no such log"}
    assert by_question["imperva", 300] == "enough"
    assert by_question["storm-0558", 680] == "short"


def test_a_question_of_the_case_names_what_it_needed_and_what_had_expired(
    timeline: Callable[..., Any], demo_case: Path
) -> None:
    told = timeline("-C", demo_case, "policy", "audit", "--format", "json")
    rows = json.loads(told.out)
    own = {row["id"]: row for row in rows if row["kind"] == "question"}
    assert own["artefact-read-by"]["verdict"] == "short"
    assert own["artefact-read-by"]["required_days"] > 730
    assert "azure.storage/debugdumps" in own["artefact-read-by"]["stream"]
    storage = [
        row
        for row in rows
        if row["kind"] == "framework" and row["stream"] == "azure.storage/debugdumps" and row["verdict"] == "short"
    ]
    assert storage
    assert all("artefact-read-by" in row["lost"] for row in storage)
    assert all(row["cost_per_month"] >= 0 for row in storage)


def test_a_price_table_of_ones_own_is_used(timeline: Callable[..., Any], demo_case: Path, tmp_path: Path) -> None:
    dear = tmp_path / "prices.toml"
    dear.write_text('[[price]]\nstreams = ["*"]\nsearchable = 100000\ncold = 100000\n')

    def cost(*words: str | Path) -> float:
        told = timeline("-C", demo_case, "policy", "audit", "--framework", "cert-in-2022", *words, "--format", "json")
        return max(row["cost_per_month"] or 0.0 for row in json.loads(told.out))

    assert cost("--prices", dear) > 100 * cost()


@pytest.mark.parametrize("words", [["--framework", "pci"], ["--on", "tomorrow"]])
def test_a_wrong_word_is_exit_code_2(audit: Audit, words: list[str]) -> None:
    code, rows, told = audit(*words)
    assert (code, rows) == (2, [])
    assert words[1] in told


def test_every_requirement_names_its_source_or_says_that_it_is_from_memory() -> None:
    assert all(each.evidence for each in frameworks())
    assert len({each.id for each in frameworks()}) == len(frameworks())
    assert len(lessons()) == 24


def test_each_platform_has_a_price() -> None:
    for stream in ("entra.audit/t", "aws.cloudtrail/a/r", "gcp.audit/p", "linux.auth/h"):
        assert price_of(stream, prices()).searchable > 0
