"""`timeline ask --explain`: the records, the coverage and the method behind a verdict."""

import json
from typing import Any

from own_case import KEPT, MAY, TAKEN, Make
from vendor_logs import ALICE, BOB, graph, lines, mail, okta, sign_in

EVENTS = lines(*(okta(f"2023-05-{day}T00:00:00Z") for day in range(10, 18)))
MONTH = '[[policy]]\nstream = "okta.system/*"\nretention_days = 20\n'


def explained(own: Any, question: str, *words: str) -> tuple[dict[str, Any], str]:
    (row,) = own.rows("ask", question, "--explain", *words)
    return row, row["explanation"]


def test_a_finding_names_file_record_and_time(trial: Make) -> None:
    own = trial().ingest(okta_json=EVENTS)
    row, told = explained(own, "sign-in-by", "-p", f"actor={ALICE}")
    assert row["verdict"] == "found"
    assert [(each["record"], each["time"][:10], each["standing"]) for each in row["evidence"]][:2] == [
        (1, "2023-05-10", "finding"),
        (2, "2023-05-11", "finding"),
    ]
    assert "2023-05-10 00:00:00Z okta.system/default user.session.start: okta.json, record 1 (" in told
    assert "First finding: at 2023-05-10 00:00:00Z" in told


def test_the_coverage_is_told_by_need_and_stream_with_its_gaps(trial: Make) -> None:
    own = trial(MONTH, base=MAY + TAKEN).ingest(okta_json=EVENTS)
    row, told = explained(own, "sign-in-by", "-p", f"actor={BOB}")
    assert row["verdict"] == "unknown"
    assert [(each["state"], each["start"][:10], each["end"][:10]) for each in row["coverage"]] == [
        ("covered", "2023-05-13", "2023-06-01"),
        ("expired", "2023-05-01", "2023-05-13"),
    ]
    assert "not met in 1 window from 2023-05-01 00:00:00Z to 2023-05-13 00:00:00Z" in told
    assert "expired (past its retention): 2023-05-01 00:00:00Z to 2023-05-13 00:00:00Z" in told
    assert "Evidence: no record." in told


def test_what_can_still_be_collected_has_its_deadline_and_command(trial: Make) -> None:
    own = trial('[[policy]]\nstream = "okta.*"\nretention_days = 90\n', base=MAY + TAKEN + "from = 2023-05-10\n")
    row, told = explained(own.ingest(okta_json=EVENTS), "sign-in-by")
    (gap,) = (each for each in row["coverage"] if each["mendable"])
    assert (gap["state"], gap["deadline"][:10]) == ("not_collected", "2023-07-30")
    assert "It can still be collected until 2023-07-30 00:00:00Z: u='https://ORG.okta.com/" in told


def test_a_missing_log_is_named_and_nothing_is_covered_by_it(trial: Make) -> None:
    row, told = explained(trial().ingest(okta_json=EVENTS), "mail-read")
    assert row["verdict"] == "unknown"
    assert "no log of the case shows mail.read" in told
    assert all(each["state"] == "unknown" for each in row["coverage"])


def test_candidates_are_told_apart_and_why_they_are_undecided(trial: Make) -> None:
    token, old = "8b157b9f-654c-4ade-be70-7e09be870200", "8b157b9f-654c-4ade-be70-7e09be870300"
    base = (
        MAY
        + TAKEN
        + '[[policy]]\nstream = "entra.*"\nretention_days = 20\n[[policy]]\nstream = "graph.*"\nsemantics = "none"\n'
    )
    uses = lines(
        graph("2023-05-20T01:00:00Z", token, "2023-05-20T00:30:00Z"),
        graph("2023-05-20T02:00:00Z", old, "2023-05-05T00:30:00Z"),
    )
    kinds = ("SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs")
    issued = lines(*(sign_in(f"2023-05-{day}T00:00:00Z", kind) for kind in kinds for day in range(14, 31)))
    own = trial(base=base).ingest(uses_json=uses, issued_json=issued)
    row, told = explained(own, "token-used-without-issuance")
    assert {each["time"][11:13]: each["standing"] for each in row["evidence"]} == {"01": "finding", "02": "candidate"}
    assert "token.issue (stream entra.signin.*), at the time each token was issued: met" in told
    assert "when their tokens were issued:" in told


def test_the_method_is_the_whole_sql_with_its_parameters(trial: Make) -> None:
    own = trial().ingest(okta_json=EVENTS)
    row, told = explained(own, "sign-in-by", "-p", "actor=alice*")
    assert "  $actor = alice*" in told
    assert all(f"  {line}" in told.splitlines() for line in row["method"].splitlines())


def test_people_read_the_explanation_and_control_characters_are_shown(trial: Make) -> None:
    own = trial().ingest(okta_json=lines(okta("2023-05-10T00:00:00Z", actor="eve\x1b[31m@contoso.com")))
    out = own.run("ask", "sign-in-by", "-p", "actor=eve\x1b*", "--explain").out
    assert "\x1b" not in out
    assert "sign-in-by (actor=eve\\x1b*): found" in out


def test_every_question_of_a_case_can_be_explained(trial: Make) -> None:
    own = trial().ingest(okta_json=EVENTS, mail_json=lines(mail("2023-05-10T00:00:00Z")))
    plain = own.rows("ask")
    told = own.rows("ask", "--explain")
    assert [{key: row[key] for key in plain[0]} for row in told] == plain
    assert all(f"{row['question']}: {row['verdict']}" in row["explanation"] for row in told)
    assert json.dumps(told)


def test_a_question_that_two_steps_ask_alike_is_asked_once(trial: Make) -> None:
    step = f'[[chain.step]]\nid = "{{}}"\nquestion = "sign-in-by"\nparams = {{{{ actor = "{ALICE}" }}}}\n'
    own = trial(step.format("one"), step.format("two"), base=MAY + TAKEN + KEPT).ingest(okta_json=EVENTS)
    assert [row["subject"] for row in own.rows("ask") if row["question"] == "sign-in-by"] == [f"actor={ALICE}"]
