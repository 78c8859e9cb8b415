"""What a verdict on a rule stands on: the log, its coverage, the fields that are logged, the records that can be read back."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from tests.sigma.conftest import COVERED, MAY, Make, Put, rule
from tests.sigma.events import audit, aws, office, okta, sign_in, windows
from timeline.sigma.run import Outcome

STOP = "  a:\n    eventName: StopLogging\n  condition: a\n"
TIME = "2023-05-03T10:00:00Z"


def call(name: str, time: str = TIME, number: int = 1, **more: object) -> dict:
    return {**aws(time, number), "eventName": name, **more}


def only(found: Outcome) -> dict:
    (row,) = found.verdicts.to_dicts()
    return row


def test_a_match_in_a_covered_log_is_found(make: Make, put: Put) -> None:
    found = put(make(COVERED, aws=[call("StopLogging"), call("Noop", number=2)]), rule(STOP))
    row = only(found)
    assert (row["rule"], row["level"], row["verdict"], row["rows"], row["first_is"]) == (
        "A rule",
        "high",
        "found",
        1,
        "exact",
    )
    assert row["first"] == row["last"]
    assert (found.events["rule"].to_list(), found.events["operation"].to_list()) == (["A rule"], ["StopLogging"])


def test_no_match_in_a_covered_log_is_absent(make: Make, put: Put) -> None:
    row = only(put(make(COVERED, aws=[call("Noop")]), rule(STOP)))
    assert (row["verdict"], row["strength"], row["rows"], row["uncovered"], row["lacks"]) == (
        "absent",
        "strong",
        0,
        [],
        [],
    )


def test_no_match_without_coverage_is_unknown_and_says_where(make: Make, put: Put) -> None:
    row = only(put(make(MAY, aws=[call("Noop")]), rule(STOP)))
    assert (row["verdict"], row["strength"]) == ("unknown", None)
    assert row["uncovered"]


def test_a_match_where_more_may_be_missing_is_incomplete(make: Make, put: Put) -> None:
    row = only(put(make(MAY, aws=[call("StopLogging")]), rule(STOP)))
    assert (row["verdict"], row["first_is"]) == ("found_incomplete", "no_later_than")


@pytest.mark.parametrize(
    "log",
    [
        "product: okta\n  service: okta",
        "product: onelogin\n  service: onelogin.events",
        "category: proxy",
        "product: timeline\n  service: no.such.*",
    ],
)
def test_a_rule_without_its_log_is_unknown_and_says_which(log: str, make: Make, put: Put) -> None:
    row = only(put(make(COVERED, aws=[call("Noop")]), rule("  a:\n    actor: x\n  condition: a\n", log)))
    assert row["verdict"] == "unknown"
    assert row["lacks"][0].startswith("no log of ")


def test_a_missing_sibling_of_the_log_keeps_it_from_absent(make: Make, put: Put) -> None:
    told = rule("  a:\n    ResultType: 50126\n  condition: a\n", "product: azure\n  service: signinlogs")
    record = {**sign_in(TIME, 1), "status": {"errorCode": 0}}
    row = only(put(make(COVERED, signin=[record]), told))
    assert row["verdict"] == "unknown"
    assert any("noninteractive" in each for each in row["lacks"])


def test_a_field_that_no_record_states_is_not_absent(make: Make, put: Put) -> None:
    told = rule("  a:\n    eventName: Noop\n    vendorNeverWrote: x\n  condition: a\n")
    row = only(put(make(COVERED, aws=[call("Noop")]), told))
    assert (row["verdict"], row["lacks"]) == (
        "unknown",
        ["field vendorneverwrote is in no record of aws.cloudtrail/111122223333/us-east-1"],
    )


def test_a_field_that_only_excludes_needs_not_be_logged(make: Make, put: Put) -> None:
    told = rule("  a:\n    eventName: Noop\n  filter:\n    vendorNeverWrote: x\n  condition: a and not filter\n")
    assert only(put(make(COVERED, aws=[call("Noop")]), told))["verdict"] == "found"


def test_a_field_left_out_where_there_is_nothing_to_say_is_no_lack(make: Make, put: Put) -> None:
    told = rule("  a:\n    eventName: Noop\n    errorCode: AccessDenied\n  condition: a\n")
    assert only(put(make(COVERED, aws=[call("Noop")]), told))["verdict"] == "absent"


def test_an_operation_logged_by_choice_is_absent_only_where_somebody_chose(
    make: Make, put: Put, tmp_path: Path
) -> None:
    told = rule("  a:\n    eventName: DeleteObject\n  condition: a\n")
    row = only(put(make(COVERED, aws=[call("Noop")]), told))
    assert row["verdict"] == "unknown"
    assert "only where somebody chose to" in row["lacks"][0]
    (tmp_path / "more.jsonl").write_text(json.dumps(call("GetObject", number=9)) + "\n")
    case = make(COVERED)
    assert only(put(case, told))["verdict"] == "absent"


def test_records_that_are_gone_keep_a_rule_from_absent(make: Make, put: Put, tmp_path: Path) -> None:
    case = make(COVERED, aws=[call("StopLogging", userAgent="x")])
    (tmp_path / "aws.jsonl").unlink()
    row = only(put(case, rule("  a:\n    eventName: StopLogging\n    userAgent: y\n  condition: a\n")))
    assert (row["verdict"], row["lacks"]) == ("unknown", ["1 records that cannot be read back from the evidence"])


def test_a_record_too_deep_to_take_apart_stays_open(make: Make, put: Put) -> None:
    deep: object = "StopLogging"
    for _ in range(200):
        deep = {"a": deep}
    row = only(put(make(COVERED, aws=[call("StopLogging", requestParameters=deep)]), rule(STOP)))
    assert row["verdict"] == "unknown"


def test_rules_on_our_own_columns_are_put_to_every_log(make: Make, put: Put) -> None:
    case = make(
        COVERED,
        aws=[call("StopLogging", eventSource="cloudtrail.amazonaws.com", requestParameters={"name": "t"})],
        okta=[okta(TIME, 7)],
    )
    detection = "  a:\n    action: logging.disable\n    src_ip|cidr: 192.0.2.0/24\n  condition: a\n"
    found = put(
        case,
        rule(detection, "product: timeline\n  service: 'aws.*'"),
        rule("  a:\n    src_ip: 192.0.2.7\n  condition: a\n", "product: timeline", "All"),
    )
    assert dict(found.verdicts.select("rule", "rows").iter_rows()) == {"A rule": 1, "All": 2}


def test_a_rule_on_columns_that_no_log_states_is_never_absent(make: Make, put: Put) -> None:
    case = make(COVERED, aws=[call("Noop")])
    for detection in ("signing_key_id: x", "action: mail.read", "action: object.read"):
        row = only(put(case, rule(f"  a:\n    {detection}\n  condition: a\n", "product: timeline")))
        assert (detection, row["verdict"]) == (detection, "unknown")
    row = only(put(case, rule("  a:\n    action: role.assign\n    actor: bob\n  condition: a\n", "product: timeline")))
    assert row["verdict"] == "absent"


def test_a_rule_that_names_only_a_product_is_put_to_all_its_logs(make: Make, put: Put) -> None:
    case = make(
        COVERED,
        signin=[{**sign_in(TIME, 1), "userPrincipalName": "x@contoso.com"}],
        audit=[audit("2023-05-03T11:00:00Z", 2)],
    )
    told = rule(
        "  a:\n    properties.message: noop\n  b:\n    username: x@contoso.com\n  condition: a or b\n", "product: azure"
    )
    assert only(put(case, told))["rows"] == 2


def test_a_filter_of_sigma_narrows_the_rules_it_names(make: Make, put: Put) -> None:
    narrowed = "title: Known\nlogsource:\n  product: aws\n  service: cloudtrail\nfilter:\n  rules: [a_rule]\n  known:\n    userAgent: good\n  condition: not known\n"
    case = make(COVERED, aws=[call("StopLogging", userAgent="good"), call("StopLogging", "2023-05-03T11:00:00Z", 2)])
    assert only(put(case, rule(STOP), narrowed))["rows"] == 1


def test_started_programs_are_seen_by_sysmon_or_by_an_audit_policy(make: Make, put: Put) -> None:
    told = rule(
        "  a:\n    Image|endswith: '\\evil.exe'\n  condition: a\n", "product: windows\n  category: process_creation"
    )
    sysmon, security = windows("Microsoft-Windows-Sysmon/Operational")(TIME, 1), windows("Security")(TIME, 1)
    sysmon["Event"]["EventData"] = {"Image": "C:\\a\\EVIL.exe"}
    with make(COVERED, sysmon=[sysmon]) as case:
        assert only(put(case, told))["verdict"] == "found"
    security["Event"]["System"]["EventID"] = 4624
    with make(COVERED, security=[security]) as case:
        row = only(put(case, told))
    assert (row["rows"], row["verdict"]) == (1, "found_incomplete")
    assert any("4688 is logged only where" in each for each in row["lacks"])
    second = windows("Security")(TIME, 2)
    second["Event"]["System"]["EventID"] = 4688
    second["Event"]["EventData"] = {"NewProcessName": "C:\\b\\evil.exe"}
    assert only(put(make(COVERED, more=[second]), told))["rows"] == 2


@pytest.mark.parametrize("packed", ["gz", "zip"])
def test_packed_evidence_is_read_again(packed: str, make: Make, put: Put, tmp_path: Path) -> None:
    data = "".join(
        f"{json.dumps(call('StopLogging' if number == 3 else 'Noop', number=number))}\n" for number in range(9)
    )
    if packed == "gz":
        (tmp_path / "logs.json.gz").write_bytes(gzip.compress(data.encode()))
    else:
        with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
            archive.writestr("inner/logs.jsonl", data)
    case = make(COVERED)
    case.ingest(tmp_path / ("logs.json.gz" if packed == "gz" else "logs.zip"))
    assert only(put(case, rule(STOP)))["rows"] == 1


def test_csv_exports_and_wrapped_records_are_read_too(make: Make, put: Put) -> None:
    inner = json.dumps(
        {**office(TIME, 3), "Operation": "Set-Mailbox", "Parameters": [{"Name": "AuditEnabled", "Value": "False"}]}
    )
    text = (
        'CreationDate,UserIds,Operations,AuditData\n2023-05-03T10:00:00Z,alice@contoso.com,Set-Mailbox,"'
        + inner.replace('"', '""')
        + '"\n'
    )
    told = rule(
        "  a:\n    Operation: Set-Mailbox\n    Parameters.AuditEnabled: 'false'\n  condition: a\n",
        "product: m365\n  service: audit",
    )
    assert only(put(make(COVERED, ual=text), told))["rows"] == 1


def test_windows_fields_are_found_in_event_data(make: Make, put: Put) -> None:
    record = windows("Security")(TIME, 5)
    record["Event"]["System"]["EventID"] = 4625
    record["Event"]["EventData"] = {"TargetUserName": "Alice", "Status": "0xc000006d"}
    detection = "  a:\n    EventID: 4625\n    TargetUserName: alice\n    Computer|startswith: fs01\n  condition: a\n"
    assert only(put(make(COVERED, win=[record]), rule(detection, "product: windows\n  service: security")))["rows"] == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "no YAML"),
        ("just text", "no Sigma rule"),
        (rule("  a:\n    x|re: '(?=a)b'\n  condition: a\n"), "egular expression"),
        (rule("  a:\n    x|expand: '%list%'\n  condition: a\n"), "placeholder"),
        (rule("  a:\n    x: 1\n  condition: b\n"), "b"),
        (rule("  a:\n    x|nonsense: 1\n  condition: a\n"), "nonsense"),
        (rule("  a:\n    nocolumn: 1\n  condition: a\n", "product: timeline"), "nocolumn"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]", ""),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_asked_is_named_and_the_rest_runs(text: str, reason: str, make: Make, put: Put) -> None:
    found = put(make(COVERED, aws=[call("StopLogging")]), text, rule(STOP))
    assert found.verdicts["rule"].to_list() == ["A rule"]
    assert len(found.refused) >= 1
    assert "rule0.yml" in str(found.refused[0])
    assert reason in str(found.refused[0])


def test_a_condition_in_thousands_of_brackets_does_no_harm(make: Make, put: Put) -> None:
    told = STOP.replace("condition: a", f"condition: {'(' * 3000}a{')' * 3000}")
    found = put(make(COVERED, aws=[call("StopLogging")]), rule(told, title="Deep"), rule(STOP))
    assert "A rule" in found.verdicts["rule"].to_list()


def test_hostile_values_stay_values(make: Make, put: Put) -> None:
    nasty = "'); DROP TABLE event; --\x01\u202e{}$number$value%_\\"
    told = rule(f"  a:\n    userAgent: {json.dumps(nasty.replace(chr(92), chr(92) * 2))}\n  condition: a\n")
    case = make(COVERED, aws=[call("Noop", userAgent=nasty), call("Noop", number=2, userAgent="%_")])
    assert only(put(case, told))["rows"] == 1
    assert case.count() == 2


def test_a_regular_expression_cannot_run_wild(make: Make, put: Put) -> None:
    case = make(COVERED, aws=[call("Noop", userAgent="a" * 50_000 + "!")])
    assert only(put(case, rule("  a:\n    userAgent|re: '^(a+)+$'\n  condition: a\n")))["rows"] == 0


def test_only_the_asked_window_counts(make: Make, put: Put) -> None:
    case = make(COVERED, aws=[call("StopLogging")])
    row = only(put(case, rule(STOP), start="2023-05-04", end="2023-05-05"))
    assert (row["verdict"], row["rows"]) == ("absent", 0)
