"""A policy for some records says nothing of the others, and neither do its records."""

from own_case import MAY, TAKEN, Make
from vendor_logs import ALICE, BOB, lines, okta

POLICY = '[[policy]]\nstream = "okta.system/*"\nretention_days = 90\nwhere = { actor = "alice@contoso.com" }\n'
ALICES = lines(*(okta(f"2023-05-{day:02}T12:00:00Z", ALICE) for day in range(1, 32)))


def test_records_that_one_rule_keeps_tell_nothing_of_those_without_a_rule(trial: Make) -> None:
    own = trial(POLICY, base=MAY + TAKEN).ingest(a_json=ALICES)
    assert own.gaps("scope") == [("unknown", "05-01", "06-01", f"not actor={ALICE}")]
    window = ("--from", "2023-05-02", "--to", "2023-05-30")
    assert own.ask("sign-in-by", *window, actor=BOB)["verdict"] == "unknown"
    assert own.ask("sign-in-by", *window, actor=ALICE)["verdict"] == "found"
