"""Verdicts, chains and what a log says of itself."""

import json
from typing import Any

import pytest
from own_case import Make, Own
from vendor_logs import ALICE, BOB, TENANT, graph, lines, sign_in, storage, trail

KINDS = ("SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs")
SIGN_INS = [sign_in("2023-05-02T00:00:00Z", kind) for kind in KINDS]
ISSUED, FORGED, OTHER = (f"aaaaaaaa-0000-0000-0000-00000000000{number}" for number in (1, 2, 3))
MONTH = '[[policy]]\nstream = "entra.signin.*"\nretention_days = 30\n'
STREAM = "aws.cloudtrail/123456789012/us-east-1"


def switch(time: str, name: str, **more: Any) -> dict[str, Any]:
    return trail(time, name, "cloudtrail", requestParameters={"name": "main"}, **more)


def trailed(case: Own, *records: dict[str, Any]) -> Own:
    return case.ingest(trail_json=json.dumps({"Records": [trail("2023-05-01T00:00:00Z"), *records]}))


def test_from_stop_to_start_the_trail_is_disabled_and_the_events_are_the_evidence(trial: Make) -> None:
    case = trailed(
        trial(), switch("2023-05-10T00:00:00Z", "StopLogging"), switch("2023-05-12T00:00:00Z", "StartLogging")
    )
    (row,) = case.rows("gaps")
    assert (row["stream"], row["state"], row["basis"], row["mendable"]) == (STREAM, "disabled", "config_event", False)
    assert (row["start"], row["end"]) == ("2023-05-10T00:00:00.000000Z", "2023-05-12T00:00:00.000000Z")
    switches = {each["event_id"] for each in case.rows("events", "--columns", "event_id", "--action", "logging.*")}
    assert set(row["evidence"]) == switches


def test_a_trail_that_nobody_started_again_stays_disabled(trial: Make) -> None:
    other = trail("2023-05-12T00:00:00Z", "StartLogging", "cloudtrail", requestParameters={"name": "other"})
    assert trailed(trial(), switch("2023-05-10T00:00:00Z", "StopLogging"), other).gaps() == [
        ("disabled", "05-10", "06-01")
    ]


def test_a_stop_that_was_refused_changes_nothing(trial: Make) -> None:
    case = trailed(trial(), switch("2023-05-10T00:00:00Z", "StopLogging", errorCode="AccessDenied"))
    assert case.gaps() == []
    assert case.ask("logging-disabled")["verdict"] == "absent"
    assert case.ask("role-assigned")["verdict"] == "absent"


def used(case: Own, *uses: dict[str, Any], signed: list[dict[str, Any]] = SIGN_INS) -> Own:
    issued = sign_in("2023-05-03T00:00:00Z", token=ISSUED)
    return case.ingest(entra_jsonl=lines(*signed, issued), graph_jsonl=lines(*uses))


def test_a_token_that_was_issued_is_no_finding(trial: Make) -> None:
    case = used(trial(), graph("2023-05-03T01:00:00Z", ISSUED, "2023-05-03T00:00:00Z"))
    assert case.ask("token-used-without-issuance")["verdict"] == "absent"


def test_a_token_that_nobody_issued_is_found(trial: Make) -> None:
    case = used(trial(), graph("2023-05-04T01:00:00Z", FORGED, "2023-05-04T00:59:00Z"))
    row = case.ask("token-used-without-issuance")
    assert (row["verdict"], row["rows"], row["first_is"], row["last_is"]) == ("found", 1, "exact", "exact")
    (use,) = case.rows("query", "token-used-without-issuance")
    assert (use["time"], use["token_id"], use["verdict"]) == ("2023-05-04T01:00:00.000000Z", FORGED, "found")
    assert case.ask("token-used-without-issuance", token=OTHER)["verdict"] == "absent"


@pytest.mark.parametrize("echo", [None, "2023-05-01T00:00:00Z"])
def test_a_use_whose_echo_is_missing_or_uncovered_is_no_finding_and_no_absence(echo: str | None, trial: Make) -> None:
    case = used(trial(MONTH), graph("2023-05-04T01:00:00Z", FORGED, echo))
    row = case.ask("token-used-without-issuance")
    assert (row["verdict"], row["rows"], row["strength"]) == ("unknown", 0, None)
    assert [use["verdict"] for use in case.rows("query", "token-used-without-issuance")] == ["unknown"]


def test_beside_a_candidate_a_finding_is_incomplete(trial: Make) -> None:
    uses = (graph("2023-05-04T01:00:00Z", FORGED, None), graph("2023-05-05T01:00:00Z", OTHER, "2023-05-05T00:00:00Z"))
    row = used(trial(), *uses).ask("token-used-without-issuance")
    assert (row["verdict"], row["rows"]) == ("found_incomplete", 1)


def test_a_sign_in_needs_every_log_that_could_have_recorded_it(trial: Make) -> None:
    case = used(trial(), signed=SIGN_INS[:3])
    row = case.ask("sign-in-by", actor="nobody@contoso.com")
    assert row["verdict"] == "unknown"
    assert [loss["stream"] for loss in row["uncovered"]] == [f"entra.signin.managed_identity/{TENANT}"]


def test_first_and_last_carry_what_they_are_worth(trial: Make) -> None:
    old = '[[policy]]\nstream = "azure.storage/*"\nretention_days = 20\n'
    case = trial(old).ingest(storage_jsonl=lines(storage("2023-05-20T00:00:00.1234567Z")))
    row = case.ask("artefact-read-by", object="*/dumps/a.dmp")
    assert list(row) == [
        "question",
        "subject",
        "verdict",
        "strength",
        "rows",
        "first",
        "last",
        "first_is",
        "last_is",
        "uncovered",
    ]
    assert (row["subject"], row["verdict"], row["first_is"], row["last_is"]) == (
        "object=*/dumps/a.dmp",
        "found_incomplete",
        "no_later_than",
        "exact",
    )
    assert row["first"] == row["last"] == "2023-05-20T00:00:00.123456Z"
    (loss,) = row["uncovered"]
    assert list(loss) == ["stream", "scope", "state", "start", "end", "mendable", "deadline"]


def test_an_absence_is_as_strong_as_the_log_is_complete(trial: Make) -> None:
    case = trial().ingest(storage_jsonl=lines(storage("2023-05-20T00:00:00Z")))
    row = case.ask("artefact-read-by", object="https://proddumps.blob.core.windows.net/dumps/b.dmp")
    assert (row["verdict"], row["strength"]) == ("absent", "weak")
    elsewhere = case.ask("artefact-read-by", object="https://elsewhere.blob.core.windows.net/dumps/a.dmp")
    assert elsewhere["verdict"] == "unknown"


def test_the_innermost_zone_of_an_object_is_its_zone(trial: Make) -> None:
    place = "https://proddumps.blob.core.windows.net"
    zones = [
        f'[[zone]]\nname = "{name}"\nlevel = {level}\nobjects = ["{place}/{path}**"]\n'
        for name, level, path in (("prod", 3, ""), ("vault", 4, "vault/"))
    ]
    records = [
        storage("2023-05-20T00:00:00Z"),
        storage("2023-05-21T00:00:00Z", blob="vault/x"),
        storage("2023-05-22T00:00:00Z", account="other"),
    ]
    rows = trial(*zones).ingest(storage_jsonl=lines(*records)).rows("events", "--columns", "object,zone")
    assert [(row["object"], row["zone"]) for row in rows] == [
        (f"{place}/dumps/a.dmp", "prod"),
        (f"{place}/vault/x", "vault"),
        ("https://other.blob.core.windows.net/dumps/a.dmp", None),
    ]


STEPS = """
[[chain.step]]
id = "in"
question = "sign-in-by"
params = { actor = "alice@contoso.com" }
[[chain.step]]
id = "read"
question = "artefact-read-by"
params = { object = "*/dumps/a.dmp" }
after = ["in"]
within = "2d"
before = ["use"]
[[chain.step]]
id = "use"
question = "token-used-without-issuance"
"""
TWENTY = '[[policy]]\nstream = "azure.storage/*"\nretention_days = 20\n'


def chained(
    trial: Make, read: str, *more: str, blob: str = "dumps/a.dmp", steps: str = STEPS
) -> dict[str, dict[str, Any]]:
    case = trial(*more, steps)
    used_at = "2023-05-20T01:00:00Z"
    case.ingest(
        entra_jsonl=lines(*SIGN_INS),
        storage_jsonl=lines(storage(read, blob=blob)),
        graph_jsonl=lines(graph(used_at, FORGED, used_at)),
    )
    return {row["step"]: row for row in case.rows("chain")}


def spans(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["start"], each["end"]) for each in row["windows"]]


def test_an_unseen_step_is_bounded_by_the_steps_around_it(trial: Make) -> None:
    rows = chained(trial, "2023-05-25T00:00:00Z", TWENTY, blob="other")
    assert list(rows["read"]) == ["step", "verdict", "earliest", "latest", "windows", "because"]
    assert [rows[step]["verdict"] for step in ("in", "read", "use")] == ["found", "unknown", "found"]
    assert spans(rows["read"]) == [("2023-05-02T00:00:00.000000Z", "2023-05-04T00:00:01.000000Z")]
    assert (rows["read"]["earliest"], rows["read"]["latest"]) == (
        "2023-05-02T00:00:00.000000Z",
        "2023-05-04T00:00:00.999999Z",
    )
    assert "within 2 d" in rows["read"]["because"]


def test_a_found_step_holds_its_instants_by_the_precision_of_its_log(trial: Make) -> None:
    rows = chained(trial, "2023-05-03T00:00:00.5Z")
    assert {row["verdict"] for row in rows.values()} == {"found"}
    assert spans(rows["read"]) == [("2023-05-03T00:00:00.500000Z", "2023-05-03T00:00:00.501000Z")]
    assert spans(rows["use"]) == [("2023-05-20T01:00:00.000000Z", "2023-05-20T01:00:01.000000Z")]


def test_a_finding_out_of_order_refutes_the_chain(trial: Make) -> None:
    rows = chained(trial, "2023-05-25T00:00:00Z")
    assert rows["read"]["verdict"] == "refuted"
    assert rows["read"]["windows"] == []
    assert "after in within 2 d" in rows["read"]["because"]


def test_whole_seconds_refute_nothing_by_their_rounding(trial: Make) -> None:
    rows = chained(trial, "2023-05-20T01:00:00.5Z", steps=STEPS.replace('within = "2d"\n', ""))
    assert {row["verdict"] for row in rows.values()} == {"found"}


def test_where_more_may_be_unseen_a_chain_is_not_refuted(trial: Make) -> None:
    rows = chained(trial, "2023-05-25T00:00:00Z", TWENTY)
    assert rows["read"]["verdict"] == "unknown"
    assert spans(rows["read"]) == [("2023-05-02T00:00:00.000000Z", "2023-05-04T00:00:01.000000Z")]


def test_an_absent_step_is_refuted_and_the_others_keep_their_verdicts(trial: Make) -> None:
    rows = chained(trial, "2023-05-25T00:00:00Z", blob="other")
    assert [rows[step]["verdict"] for step in ("in", "read", "use")] == ["found", "refuted", "found"]


def test_a_parameter_that_no_question_knows_is_refused(trial: Make) -> None:
    case = trial().ingest(entra_jsonl=lines(*SIGN_INS))
    for words in (
        ("ask", "-p", "objct=x"),
        ("ask", "sign-in-by", "-p", "objct=x"),
        ("query", "sign-in-by", "-p", "objct=x"),
    ):
        result = case.run(*words)
        assert (result.code, result.out) == (2, "")
        assert "objct" in result.err


def test_case_counts_in_no_glob_and_no_parameter(trial: Make) -> None:
    case = trial('[[policy]]\nstream = "ENTRA.*"\nsemantics = "none"\n').ingest(entra_jsonl=lines(*SIGN_INS))
    assert case.ask("sign-in-by", actor=ALICE.upper())["verdict"] == "found"
    assert case.ask("sign-in-by", actor=BOB)["verdict"] == "absent"
