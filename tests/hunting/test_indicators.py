"""Indicators read: their kinds told by themselves, by a column, or by STIX; whatever cannot be hunted is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hunting.conftest import bundle
from timeline.errors import CaseError
from timeline.hunting.indicators import read
from timeline.hunting.looks import Look, recognised, refanged, spellings

Listed = Callable[[str], Path]


@pytest.mark.parametrize(
    ("told", "kind", "op"),
    [
        ("198.51.100.7", "address", "equals"), ("2001:db8::1", "address", "equals"), ("[2001:DB8::1]", "address", "equals"), ("198.51.100.0/24", "address", "inside"),
        ("198.51.100.7:443", "address", "equals"), ("alice@contoso.com", "account", "equals"), ("https://example.com/a?b", "url", "equals"), ("s3://bucket/key", "url", "equals"),
        ("d41d8cd98f00b204e9800998ecf8427e", "hash", "equals"), ("sha256:" + "a" * 64, "hash", "equals"), ("example.com", "domain", "under"), ("evil.exe", "file", "equals"),
        ("dump.dmp", "file", "equals"), ("Mozilla/5.0 (X11)", "user_agent", "equals"), ("azcopy/10.1", "user_agent", "equals"), ("AKIAEXAMPLE", "id", "equals"),
        ("11111111-2222-3333-4444-555555555555", "id", "equals"), ("999.1.1.1", "id", "equals"),
    ],
)  # fmt: skip
def test_a_bare_word_tells_its_kind(told: str, kind: str, op: str) -> None:
    assert (recognised(told).kind, recognised(told).op) == (kind, op)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("198[.]51[.]100[.]7", "198.51.100.7"), ("hxxps://example[.]com/a", "https://example.com/a"), ("hXXp://example(.)com", "http://example.com"),
        ("alice[@]contoso[dot]com", "alice@contoso.com"), ("https[:]//example.com", "https://example.com"), ("example{.}com", "example.com"), ("hxxp[://]example.com", "http://example.com"),
        ("plain text (not) touched", "plain text (not) touched"),
    ],
)  # fmt: skip
def test_what_was_defanged_is_brought_back(told: str, meant: str) -> None:
    assert refanged(told) == meant


def test_addresses_and_hashes_have_all_their_spellings() -> None:
    assert set(spellings(Look("address", "equals", "2001:DB8::1"))) >= {
        "2001:db8::1",
        "2001:0db8:0000:0000:0000:0000:0000:0001",
    }
    assert "1b2m2y8asgtpgamy7phcfg==" in spellings(Look("hash", "equals", "d41d8cd98f00b204e9800998ecf8427e"))


def test_a_list_takes_comments_blank_lines_and_repeats(listed: Listed) -> None:
    wanted = read(listed("# from the vendor\n\n198.51.100.7 # seen in May\n198.51.100.7\nMozilla/5.0 (X11, Linux)\n"))
    assert [(each.told, each.kind) for each in wanted.indicators] == [
        ("198.51.100.7", "address"),
        ("Mozilla/5.0 (X11, Linux)", "user_agent"),
    ]


def test_a_csv_tells_the_kind_in_a_column(listed: Listed) -> None:
    wanted = read(
        listed(
            "type,indicator,comment\nhostname,build01.example.com,x\nusername,build01,y\nsha256," + "b" * 64 + ",z\n"
        )
    )
    assert [(each.told[:7], each.kind) for each in wanted.indicators] == [
        ("build01", "domain"),
        ("build01", "account"),
        ("bbbbbbb", "hash"),
    ]


def test_a_csv_without_a_header_has_the_indicator_first(listed: Listed) -> None:
    wanted = read(listed("198.51.100.7,tor exit,2023\nexample.com,c2,2023\n"))
    assert [each.kind for each in wanted.indicators] == ["address", "domain"]


def test_an_address_that_is_none_is_named(listed: Listed) -> None:
    wanted = read(listed("type,value\nip,300.1.1.1\nplanet,mars\n"))
    assert not wanted.indicators
    assert [
        "line 2" in str(wanted.refused[0]),
        "300.1.1.1" in str(wanted.refused[0]),
        "planet" in str(wanted.refused[1]),
    ] == [True] * 3


@pytest.mark.parametrize(
    ("pattern", "looks"),
    [
        ("[ipv4-addr:value = '198.51.100.7']", [("address", "equals", "198.51.100.7")]),
        ("[ipv4-addr:value = '198.51.100.0/24']", [("address", "inside", "198.51.100.0/24")]),
        ("[ipv6-addr:value ISSUBSET '2001:db8::/32']", [("address", "inside", "2001:db8::/32")]),
        ("[network-traffic:src_ref.value = '198.51.100.7']", [("address", "equals", "198.51.100.7")]),
        ("[domain-name:value = 'example.com']", [("domain", "equals", "example.com")]),
        ("[url:value LIKE 'https://%']", [("url", "like", "https://%")]),
        ("[user-account:account_login = 'al\\'ice']", [("account", "equals", "al'ice")]),
        ("[email-message:from_ref.value = 'a@contoso.com']", [("account", "equals", "a@contoso.com")]),
        (
            "[file:hashes.'SHA-256' = 'aa' OR file:hashes.MD5 = 'bb']",
            [("hash", "equals", "aa"), ("hash", "equals", "bb")],
        ),
        ("[file:name IN ('a.exe', 'b.exe')]", [("file", "equals", "a.exe"), ("file", "equals", "b.exe")]),
        (
            "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' MATCHES '^curl']",
            [("user_agent", "regex", "^curl")],
        ),
    ],
)
def test_patterns_of_stix_are_read(pattern: str, looks: list[tuple[str, str, str]], listed: Listed) -> None:
    wanted = read(listed(bundle(pattern)))
    assert [(each.kind, each.op, each.value) for each in wanted.looks] == looks
    assert wanted.refused == []


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[ipv4-addr:value = '198.51.100.7'", "no STIX pattern"),
        ("[process:command_line = 'x']", "process:command_line"),
        ("[ipv4-addr:value > '1']", "comparison"),
        ("[ipv4-addr:value != '198.51.100.7']", "match every event"),
        ("[ipv4-addr:value = '198.51.100.7'] WITHIN 5 SECONDS", "WITHIN"),
        ("[ipv4-addr:value ISSUBSET 'x']", "no range"),
        ("[file:name MATCHES '(?=a)']", "RE2"),
        ("([file:name = 'a.exe'] AND [file:name = 'b.exe']) OR [file:name = 'c.exe']", "one indicator for each"),
        ("[EXISTS file:name]", "EXISTS"),
    ],
)  # fmt: skip
def test_patterns_that_cannot_be_hunted_are_named_with_a_reason(pattern: str, reason: str, listed: Listed) -> None:
    wanted = read(listed(bundle(pattern, "[file:name = 'other.exe']")))
    assert [each.told for each in wanted.indicators] == ["[file:name = 'other.exe']"]
    (refused,) = wanted.refused
    assert (refused.place, reason in refused.reason) == ("indicator--0", True)


def test_observables_stand_for_their_values_and_other_objects_for_nothing(listed: Listed) -> None:
    text = (
        '{"type":"bundle","objects":[{"type":"ipv4-addr","value":"198.51.100.7"},{"type":"file","name":"a.exe","hashes":{"MD5":"aa"}},'
        '{"type":"malware","name":"x"},{"type":"indicator","id":"indicator--r","revoked":true,"pattern":"[url:value = \'a\']"}]}'
    )
    wanted = read(listed(text))
    assert [(each.told, each.kind) for each in wanted.indicators] == [
        ("198.51.100.7", "address"),
        ("a.exe", "file"),
        ("aa", "hash"),
    ]
    assert [each.place for each in wanted.refused] == ["indicator--r"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "{", '{"objects": 1}', "[" * 100_000])
def test_a_file_without_indicators_is_wrong_usage(text: str, listed: Listed) -> None:
    with pytest.raises(CaseError):
        read(listed(text))


def test_a_long_pattern_of_many_alternatives_is_read_or_refused(listed: Listed) -> None:
    pattern = "[" + " OR ".join(f"ipv4-addr:value = '198.51.100.{number}'" for number in range(200)) + "]"
    wanted = read(listed(bundle(pattern)))
    assert len(wanted.looks) == 200 or wanted.refused
