"""`[[field]]`: questions that join on a column which the log did not state yet are not answered by its records."""

import pytest
from own_case import Make
from vendor_logs import lines, okta

MONTH = lines(*(okta(f"2023-05-{day:02}T12:00:00Z") for day in range(1, 32)))


def field(name: str) -> str:
    return f'[[field]]\nstream = "okta.system/*"\nfield = "{name}"\nfrom = 2023-05-20\n'


@pytest.mark.parametrize(
    ("column", "question", "params"),
    [
        ("src_ip", "two-places-at-once", {}),
        ("src_ip", "password-spray", {}),
        ("src_ip", "failures-then-success", {}),
        ("user_agent", "account-compromised", {}),
        ("actor", "sign-in-by", {"actor": "nobody"}),
    ],
)
def test_the_time_before_a_column_was_logged_is_unknown_to_what_joins_on_it(
    trial: Make, column: str, question: str, params: dict[str, str]
) -> None:
    own = trial(field(column)).ingest(a_json=MONTH)
    assert own.ask(question, **params)["verdict"] == "unknown"
    assert own.ask(question, "--from", "2023-05-20", **params)["verdict"] == "absent"


def test_a_column_that_nothing_was_asked_about_takes_nothing_away(trial: Make) -> None:
    own = trial(field("actor")).ingest(a_json=MONTH)
    assert own.ask("sign-in-by")["verdict"] == "found"
    assert own.ask("password-spray")["verdict"] == "absent"
