"""`[[field]]`: questions that join on a column which the log did not state yet are not answered by its records."""

from datetime import datetime, timedelta

import pytest
from own_case import Make
from vendor_logs import lines, okta

MONTH = lines(*(okta(f"2023-05-{day:02}T12:00:00Z") for day in range(1, 32)))


def field(name: str) -> str:
    return f'[[field]]\nstream = "okta.system/*"\nfield = "{name}"\nfrom = 2023-05-10\n'


@pytest.mark.parametrize(
    ("column", "question", "known"),
    [
        ("src_ip", "two-places-at-once", "2023-05-10T00:10:00Z"),
        ("src_ip", "password-spray", "2023-05-10T00:00:00Z"),
        ("src_ip", "failures-then-success", "2023-05-10T01:00:00Z"),
        ("user_agent", "account-compromised", "2023-05-24T00:00:00Z"),
        ("actor", "sign-in-by", "2023-05-10T00:00:00Z"),
    ],
)
def test_the_time_before_a_column_was_logged_is_unknown_to_what_joins_on_it(
    trial: Make, column: str, question: str, known: str
) -> None:
    params = {"actor": "nobody"} if column == "actor" else {}
    own = trial(field(column)).ingest(a_json=MONTH)
    early = (datetime.fromisoformat(known) - timedelta(seconds=1)).isoformat()
    assert own.ask(question, **params)["verdict"] == "unknown"
    assert own.ask(question, "--from", early, **params)["verdict"] == "unknown"
    assert own.ask(question, "--from", known, **params)["verdict"] == "absent"


def test_a_column_that_nothing_was_asked_about_takes_nothing_away(trial: Make) -> None:
    own = trial(field("actor")).ingest(a_json=MONTH)
    assert own.ask("sign-in-by")["verdict"] == "found"
    assert own.ask("password-spray")["verdict"] == "absent"
