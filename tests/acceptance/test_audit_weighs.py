"""`timeline policy audit` weighs what a copy really keeps of all its records."""

import json

import pytest
from own_case import MAY, TAKEN, Make
from vendor_logs import lines, okta

OKTA = '[[policy]]\nstream = "okta.system/*"\n'
ALL = '[[policy]]\nstream = "*"\nsemantics = "none"\n'
YEAR = OKTA + "retention_days = 400\n"


@pytest.mark.parametrize(
    ("policies", "verdict", "days"),
    [
        (YEAR + "cap_days = 30\n", "short", 30),
        (YEAR + 'where = { actor = "alice@contoso.com" }\n', "unknown", None),
        (YEAR + OKTA + 'retention_days = 30\nwhere = { actor = "alice@contoso.com" }\n', "short", 30),
        (YEAR + OKTA + 'enabled = false\nwhere = { operation = "x" }\n', "enough", 400),
        (YEAR + "unreadable_from = 2025-01-01\n", "short", 0),
        (OKTA + 'retention_days = 366\npurge_unit = "7d"\npurge_by = "oldest"\n', "short", 359),
        (OKTA + 'semantics = "rolling"\nretention = [{ months = 12 }]\n', "enough", 365),
        (ALL + OKTA + "retention_days = 10\n", "short", 10),
        (OKTA + 'retention_days = 30\n[[policy]]\nstream = "okta.*"\nstore = "siem"\nretention_days = 400\n', "enough", 400),
    ],
    ids=["capped", "a part", "a shorter part", "a part that is off", "unreadable", "whole files", "a year of months", "the more specific", "a second copy"],
)  # fmt: skip
def test_a_year_is_asked_and_what_is_kept_is_weighed(
    trial: Make, policies: str, verdict: str, days: int | None
) -> None:
    own = trial(policies, base=MAY + TAKEN).ingest(okta_json=lines(okta("2023-05-10T00:00:00Z")))
    told = own.run("policy", "audit", "--framework", "pci-dss-4", "--on", "2025-06-01", "--format", "json").out
    (row,) = [each for each in json.loads(told) if each["kind"] == "framework"]
    assert (row["verdict"], row["actual_days"]) == (verdict, days)
