"""A rule that cannot be asked says what is wrong with it in words for its author: file, place, value, remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sigma.conftest import COVERED, Make, Put, rule
from tests.sigma.events import aws
from timeline.sigma.reading import read

HEAD = "title: A rule\nlogsource:\n  product: aws\n  service: cloudtrail\n"


def detection(told: str, condition: str = "s") -> str:
    return f"{HEAD}detection:\n  s:\n    {told}\n  condition: {condition}\n"


WRONG = {
    "a modifier": (detection("eventName|foo: X"), "the modifier |foo is none of Sigma's"),
    "a condition": (detection("eventName: X", "s and"), "the condition cannot be read at character"),
    "a name": (detection("eventName: X", "s and t"), "the condition names t, which is no detection of the rule"),
    "a count": (detection("eventName: X", "s | count() > 5"), "write a correlation rule"),
    "an expression": (detection("eventName|re: '('"), "the regular expression ( cannot be read: missing )"),
    "an expression of others": (detection("eventName|re: '(?=a)b'"), "is not one of RE2: invalid perl operator: (?="),
    "a range": (detection("sourceIPAddress|cidr: here"), "here is no range of addresses"),
    "a number": (detection("eventName|lt: abc"), "the value abc does not go with its modifier"),
    "no condition": (f"{HEAD}detection:\n  s:\n    a: b\n", "its detection has no condition"),
    "no detection": (HEAD, "it has no detection"),
    "no log": ("title: A rule\ndetection:\n  s:\n    a: b\n  condition: s\n", "it has no logsource"),
    "a list": ("- a\n- b\n", "a rule is a YAML map with title, logsource and detection"),
    "a word": ("hello\n", "a rule is a YAML map with title, logsource and detection"),
    "a tab": ("title: a\n\tb: c\n", "line 2: no YAML: found character"),
    "a correlation": (
        "title: C\ncorrelation:\n  type: event_count\n  rules: [gone]\n  group-by: [x]\n  timespan: 5m\n  condition:\n    gte: 5\n",
        "it correlates the rule gone, which is in none of the files",
    ),
}  # fmt: skip
INSIDES = ("Error", "object has no attribute", "codec", "b'missing", " in /", "pySigma", "W:(", "Detection is")


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_refused_with_its_file_and_no_words_of_a_library(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    text, told = WRONG[name]
    path = tmp_path / "wrong.yml"
    path.write_text(text)
    (refused,) = read([path]).refused
    assert str(refused).startswith(f"{path}: ")
    assert told in str(refused)
    assert not [word for word in INSIDES if word in str(refused)]
    assert capfd.readouterr() == ("", "")


def test_a_rule_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_bytes(b"title: \xff\n")
    assert [each.reason for each in read([path]).refused] == ["no Sigma rule: it is not UTF-8; save it as UTF-8"]


@pytest.mark.parametrize(("log", "told"), [
    ("product: azure\n  service: signin_logs", "of azure it knows service auditlogs, service pim, service activitylogs, service signinlogs"),
    ("product: amazon\n  service: cloudtrail", "the products that it knows are aws, azure, m365"),
    ("service: cloudtrail", "the products that it knows are aws, azure, m365"),
    ("product: timeline\n  service: aws.cloudtrial", "`timeline sources` lists what a service may be"),
])  # fmt: skip
def test_a_rule_that_names_its_log_otherwise_is_unknown_and_told_how_logs_are_named(
    make: Make, put: Put, log: str, told: str
) -> None:
    case = make(COVERED, aws=[aws("2023-05-03T10:00:00Z", 1)])
    row = put(case, rule("  a:\n    action: sign_in\n  condition: a\n", log)).verdicts.row(0, named=True)
    assert row["verdict"] == "unknown"
    assert told in row["lacks"][0]
    assert "is read by this program" not in row["lacks"][0]
