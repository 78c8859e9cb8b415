"""One thing in the many ways in which lists and logs write it: a spelling that is missed would pass for an absence."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hunting.conftest import COVERED, Make, bundle, okta, storage
from timeline.errors import CaseError

Listed = Callable[[str], Path]
DAY = "2023-05-03T10:00:00Z"


@pytest.mark.parametrize(
    ("logged", "listed_as"),
    [
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:0db8::0001", "2001:DB8:0::1"),
        ("203.0.113.9", "::ffff:203.0.113.9"),
        ("::ffff:203.0.113.9", "::FFFF:cb00:7109"),
        ("203.0.113.9", "::ffff:203.0.113.0/120"),
    ],
)
def test_an_address_is_found_in_whatever_form_it_is_written(
    make: Make, listed: Listed, logged: str, listed_as: str
) -> None:
    case = make(COVERED, okta=[okta(DAY, ip=logged)])
    assert case.hunt(listed(listed_as))["rows"].to_list() == [1]
    assert "src_ip" in case.pivot(listed_as)["column"].to_list()


@pytest.mark.parametrize(
    "told",
    [
        "alice@contoso.com",
        "curl",
        "in/my tool.exe",
        "in\\my tool.exe",
        "my tool.exe",
        "https://acct.blob.core.windows.net:443/in/my%20tool.exe",
        "HTTPS://acct.blob.core.windows.net/in/my%20tool.exe?sig=1",
    ],
)
def test_a_bare_word_or_path_is_looked_for_wherever_a_name_stands(make: Make, listed: Listed, told: str) -> None:
    records = [storage(DAY, "in/my%20tool.exe")]
    case = make(COVERED, okta=[okta(DAY, client={"userAgent": {"rawUserAgent": "curl"}})], storage=records)
    assert case.hunt(listed(told))["rows"].item() >= 1


def test_an_open_quote_does_not_swallow_the_indicators_below_it(make: Make, listed: Listed) -> None:
    found = make(COVERED, okta=[okta(DAY)]).hunted(listed('"198.51.100.1\n198.51.100.7\n'))
    assert [str(each).partition(": ")[2] for each in found.refused] == [
        "row 1: a quote that is not closed on its line; close it, or take it away"
    ]
    assert found.verdicts.height == 0


def test_what_is_no_address_is_refused_and_a_defanged_one_is_not(make: Make, listed: Listed) -> None:
    told = bundle("[ipv4-addr:value = '300.1.1.1']", "[ipv4-addr:value = '198[.]51[.]100[.]7']")
    found = make(COVERED, okta=[okta(DAY)]).hunted(listed(told))
    assert len(found.refused) == 1
    assert found.verdicts["verdict"].to_list() == ["found"]


def test_a_cell_beyond_all_measure_is_an_error_with_a_remedy(make: Make, listed: Listed) -> None:
    case = make(COVERED, okta=[okta(DAY)])
    usual = csv.field_size_limit(1000)
    try:
        with pytest.raises(CaseError, match="one indicator a line"):
            case.hunt(listed("a" * 2000))
    finally:
        csv.field_size_limit(usual)
