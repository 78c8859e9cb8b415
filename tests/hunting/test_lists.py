"""Indicators as reports and spreadsheets write them: what is sought is found, and what cannot be understood is refused, never absent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hunting.conftest import COVERED, Make, bundle, okta, storage
from timeline.hunting.indicators import read

Listed = Callable[[str], Path]
LOGS = {
    "okta": [
        okta("2023-05-03T10:00:00Z", "alice@mail.example.com", "203.0.113.80"),
        okta("2023-05-04T10:00:00Z", "bob@b\u00fccher.example.com", "2001:db8::7"),
    ],
    "storage": [storage("2023-05-05T10:00:00Z", "dump.zst")],
}


@pytest.mark.parametrize("told", [
    "*.example.com", "mail.example.com:8443", "203.0.113.77-203.0.113.90", "203.0.113.77 \u2013 203.0.113.90", "203.0.113.*", "alice@*.example.com",
    "\u200b203.0.113.80\u200b", "203.0.113.80\u00a0", "203.0.113.80;c2;2023", "203.0.113.80\tc2 server", "203.0.113.80|c2", "203.0.113.80, c2",
    "type;value\nip;203.0.113.80", "value\ttype\n203.0.113.80\tip", "*/dump.zst", "acct.blob.core.windows.net:443", "*.blob.core.windows.net",
    "b\u00fccher.example.com", "xn--bcher-kva.example.com", "203.0.113.80 # c2",
])  # fmt: skip
def test_an_indicator_is_found_however_a_list_writes_it(make: Make, listed: Listed, told: str) -> None:
    (row,) = make(COVERED, **LOGS).hunted(listed(f"{told}\n")).verdicts.to_dicts()
    assert (row["verdict"], row["rows"] > 0) == ("found", True)


@pytest.mark.parametrize("told", [
    "*.example.net", "mail.example.net:8443", "198.51.101.0-198.51.101.9", "192.0.2.*", "*@*.example.net", "b\u00fccher.example.net",
])  # fmt: skip
def test_a_pattern_that_fits_nothing_is_absent(make: Make, listed: Listed, told: str) -> None:
    (row,) = make(COVERED, **LOGS).hunted(listed(f"{told}\n")).verdicts.to_dicts()
    assert row["verdict"] == "absent"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("203.0.113.80 seen in May", "what stands behind '203.0.113.80'? write one indicator a line"),
        ("https://evil.example.com/a first seen in May", ""),
        ("alice@contoso.com the victim", "what stands behind 'alice@contoso.com'?"),
        ("evil.example.com the beacon", "what stands behind 'evil.example.com'?"),
        ("***", "is any value; name what is sought"),
    ],
)
def test_a_line_that_cannot_be_understood_is_refused(listed: Listed, told: str, reason: str) -> None:
    refused = read(listed(f"{told}\n")).refused
    assert [reason in str(each) for each in refused] == ([True] if reason else [])


@pytest.mark.parametrize(
    "told",
    [
        "Mozilla/5.0 (X11; Linux x86_64)",
        "python-requests/2.28",
        "quarterly report, final.pdf",
        "Contoso Signing Service",
    ],
)
def test_words_with_blanks_that_begin_with_no_indicator_stay_whole(listed: Listed, told: str) -> None:
    wanted = read(listed(f"{told}\n"))
    assert ([each.told for each in wanted.indicators], wanted.refused) == ([told], [])


@pytest.mark.parametrize(("member", "place", "reason"), [
    ({"type": "indicator", "id": ["x"], "pattern": "[ipv4-addr:value = "}, "object 1", "no STIX pattern"),
    ({"type": "indicator", "id": {"a": 1}, "pattern_type": ["stix"]}, "object 1", 'of the type ["stix"]'),
    ({"type": "file", "id": "file--1", "hashes": {"MD5": 7}}, "file--1", "its hashes.MD5 is 7, where a text must stand"),
    ({"type": "ipv4-addr", "id": "", "value": {"a": 1}}, "object 1", 'its value is {"a": 1}, where a text must stand'),
    ({"type": "indicator", "id": "indicator--1", "pattern": "[domain-name:value = '']"}, "indicator--1", "an empty value is in no event"),
])  # fmt: skip
def test_a_member_of_a_bundle_that_says_no_text_is_refused_and_named_by_its_place(
    listed: Listed, member: dict[str, object], place: str, reason: str
) -> None:
    path = listed(json.dumps({"type": "bundle", "objects": [member]}))
    wanted = read(path)
    assert not wanted.indicators
    assert str(wanted.refused[0]).startswith(f"{path}: {place}: ")
    assert reason in str(wanted.refused[0])


def test_three_observations_follow_each_other_only_if_each_comes_after_the_one_that_was_chosen(
    make: Make, listed: Listed
) -> None:
    times = {"a": ["2023-05-10"], "b": ["2023-05-05", "2023-05-20"], "c": ["2023-05-15"]}
    case = make(
        COVERED, okta=[okta(f"{day}T10:00:00Z", f"{name}@contoso.com") for name, days in times.items() for day in days]
    )
    step = "[user-account:user_id = '{}@contoso.com']".format
    path = listed(
        bundle(
            " FOLLOWEDBY ".join(map(step, "abc")),
            " FOLLOWEDBY ".join(map(step, "acb")),
            " FOLLOWEDBY ".join(map(step, "bcb")),
        )
    )
    assert case.hunted(path).verdicts["verdict"].to_list() == ["unknown", "found", "found"]


@pytest.mark.parametrize("text", ["o\\u0027brien@contoso.com", "o&apos;brien@contoso.com", "o%27brien%40contoso.com"])
def test_what_a_record_holds_in_another_writing_is_not_absent(make: Make, listed: Listed, text: str) -> None:
    case = make(COVERED, okta=[okta("2023-05-02T10:00:00Z")])
    (case.root / "noted.jsonl").write_text(
        json.dumps(okta("2023-05-03T10:00:00Z", note="MARK")).replace("MARK", text) + "\n"
    )
    case.ingest([case.root / "noted.jsonl"])
    assert case.hunted(listed("o'brien@contoso.com\n")).verdicts["verdict"].to_list() == ["unknown"]
    assert case.hunted(listed("o'neill@contoso.com\n")).verdicts["verdict"].to_list() == ["absent"]


@pytest.mark.parametrize(
    "told", ["\u0130stanbul@contoso.com", "\u039f\u0394\u039f\u03a3@contoso.com", "\u00c4rger@contoso.com"]
)
def test_a_name_is_found_by_itself_in_any_script_and_case(make: Make, listed: Listed, told: str) -> None:
    case = make(COVERED, okta=[okta("2023-05-03T10:00:00Z", told), okta("2023-05-04T10:00:00Z")])
    assert case.ask("sign-in-by", {"actor": told})["verdict"].to_list() == ["found"]
    assert case.hunted(listed(f"{told}\n")).verdicts["verdict"].to_list() == ["found"]
    assert case.pivot(told)["value"].to_list() == [told]
