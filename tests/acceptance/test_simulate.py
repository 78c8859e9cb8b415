"""`timeline policy simulate`: the same case under other retentions."""

from typing import Any

from own_case import MAY, Make
from vendor_logs import lines, okta

TAKEN = MAY.replace("2023-06-01", "2023-05-20") + '[[collection]]\nid = "c"\ncollected_at = 2023-05-20T00:00:00Z\n'
WEEK = '[[policy]]\nstream = "okta.system/*"\nretention_days = 7\n'
MONTH = WEEK.replace("7", "30")
EVENTS = lines(*(okta(f"2023-05-{day}T00:00:00Z") for day in range(10, 18)))


def simulated(trial: Make, policy: str, *words: str, events: str = EVENTS) -> dict[int, dict[str, Any]]:
    own = trial(policy, base=TAKEN).ingest(okta_json=events)
    return {row["days"]: row for row in own.rows("policy", "simulate", *words)}


def test_a_longer_retention_makes_a_question_answerable_and_never_absent(trial: Make) -> None:
    rows = simulated(trial, WEEK, "password-spray", "--days", "7,18,19,30")
    assert [(days, row["verdict"]) for days, row in rows.items()] == [
        (7, "unknown"),
        (18, "unknown"),
        (19, "answerable"),
        (30, "answerable"),
    ]
    assert {row["needed_days"] for row in rows.values()} == {19}
    assert {row["now"] for row in rows.values()} == {"unknown"}


def test_a_shorter_retention_turns_an_absence_into_an_unknown(trial: Make) -> None:
    rows = simulated(trial, MONTH, "password-spray", "--days", "10,30")
    assert (rows[30]["now"], rows[30]["verdict"], rows[10]["verdict"]) == ("absent", "absent", "unknown")
    assert rows[30]["survives_days"] == 19


def test_a_finding_survives_as_long_as_one_of_its_records(trial: Make) -> None:
    """The last of the sign-ins is three days old at the collection."""
    rows = simulated(trial, MONTH, "sign-in-by", "--days", "2,3,5,30")
    assert [(rows[days]["verdict"], rows[days]["rows"]) for days in (2, 3, 5, 30)] == [
        ("unknown", 0),
        ("found_incomplete", 1),
        ("found_incomplete", 3),
        ("found", 8),
    ]
    assert rows[30]["survives_days"] == 3


def test_gaps_that_no_retention_mends_are_named_beside(trial: Make) -> None:
    outage = '[[outage]]\nstream = "okta.system/*"\nfrom = 2023-05-12\nto = 2023-05-13\nwhy = "vendor incident"\n'
    (row,) = simulated(trial, WEEK + outage, "password-spray", "--days", "30").values()
    assert row["verdict"] == "answerable"
    assert "no retention mends okta.system/default: lossy (vendor incident)" in row["because"]


def test_a_stream_that_the_case_does_not_know_is_exit_code_2(trial: Make) -> None:
    own = trial(WEEK, base=TAKEN).ingest(okta_json=EVENTS)
    told = own.run("policy", "simulate", "password-spray", "--stream", "azure.*")
    assert (told.code, told.out) == (2, "")
    assert "no stream of the case is called 'azure.*'" in told.err


def test_a_named_question_is_asked_with_its_parameters(trial: Make) -> None:
    rows = simulated(trial, MONTH, "sign-in-by", "--days", "30", "-p", "actor=nobody@example.com")
    assert (rows[30]["subject"], rows[30]["rows"]) == ("actor=nobody@example.com", 0)


def test_a_wrong_length_is_exit_code_2(trial: Make) -> None:
    own = trial(WEEK, base=TAKEN).ingest(okta_json=EVENTS)
    told = own.run("policy", "simulate", "--days", "30,ten")
    assert (told.code, told.out) == (2, "")
    assert "--days 30,ten" in told.err
