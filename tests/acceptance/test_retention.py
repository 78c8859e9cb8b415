"""Policies of case.toml, seen in the rows of `timeline gaps`."""

from own_case import MAY, Make
from vendor_logs import lines, okta

TWENTIETH = MAY + '[[collection]]\nid = "c"\ncollected_at = 2023-05-20T00:00:00Z\n'
OWN = '[[policy]]\nstream = "okta.system/*"\n'
DAYS = lines(*(okta(f"2023-05-{day}T00:00:00Z") for day in range(10, 18)))
LATER = ("not_collected", "05-20", "06-01")

CASES = {
    "a rolling week has deleted all before": (
        'semantics = "rolling"\nretention_days = 7',
        [("expired", "05-01", "05-13"), LATER],
    ),
    "a later, longer limit brings nothing back": (
        'semantics = "rolling"\nretention = [{ days = 7, from = 2020-01-01 }, { days = 30, from = 2023-05-15 }]',
        [("expired", "05-01", "05-08"), LATER],
    ),
    "a stamped record keeps the limit of its writing": (
        'semantics = "stamped"\nretention = [{ days = 7, from = 2020-01-01 }, { days = 30, from = 2023-05-12 }]',
        [("expired", "05-01", "05-12"), LATER],
    ),
    "a ring reaches to its oldest record": ('semantics = "ring"', [("expired", "05-01", "05-10"), LATER]),
    "no rule deletes nothing": ('semantics = "none"', [LATER]),
    "what was not switched on is not enabled": (
        'semantics = "none"\nenabled_from = 2023-05-05\nenabled_to = 2023-05-18',
        [("not_enabled", "05-01", "05-05"), ("not_enabled", "05-18", "06-01")],
    ),
    "what may still be on its way is pending": (
        'semantics = "none"\nlatency = "48h"',
        [("pending", "05-18", "05-20"), LATER],
    ),
    "a hold freezes the horizon": (
        "retention_days = 7\nhold_from = 2023-05-10",
        [("expired", "05-01", "05-03"), LATER],
    ),
    "older records are in the archive": (
        'semantics = "none"\narchive_after_days = 10',
        [("archived", "05-01", "05-10"), LATER],
    ),
    "within the lag the oldest record decides": (
        'retention_days = 7\nlag = ["0h", "72h"]',
        [("expired", "05-01", "05-10"), LATER],
    ),
    "a shortening waits for its grace": (
        'semantics = "rolling"\nretention = [{ days = 30 }, { days = 7, from = 2023-05-15 }]\ngrace = "30d"',
        [LATER],
    ),
    "the longer glob wins, wherever it stands": (
        'retention_days = 7\n[[policy]]\nstream = "okta.*"\nsemantics = "none"',
        [("expired", "05-01", "05-13"), LATER],
    ),
    "of equal globs the later policy wins": (
        f'retention_days = 7\n{OWN}semantics = "none"',
        [LATER],
    ),
}


def test_the_gaps_follow_the_policy_of_the_day(trial: Make) -> None:
    case = trial(base=TWENTIETH).ingest(okta_jsonl=DAYS)
    for name, (policy, expected) in CASES.items():
        (case.folder / "case.toml").write_text(TWENTIETH + OWN + policy)
        assert case.gaps() == expected, name


def test_a_policy_for_some_actors_leaves_the_others_alone(trial: Make) -> None:
    case = trial(
        OWN, 'semantics = "none"', OWN, 'retention_days = 7\nwhere = { actor = "*@contoso.com" }', base=TWENTIETH
    )
    gaps = case.ingest(okta_jsonl=DAYS).gaps("scope")
    assert ("expired", "05-01", "05-13", "actor=*@contoso.com") in gaps
    assert not any(state == "expired" for state, _, _, scope in gaps if scope != "actor=*@contoso.com")


def test_each_gap_says_why_and_until_when_it_can_be_mended(trial: Make) -> None:
    case = trial(OWN, "retention_days = 7", base=TWENTIETH).ingest(okta_jsonl=DAYS)
    columns = "stream source family scope state start end cause basis store mendable deadline expected_events expected_low expected_high evidence"
    expired, later = case.rows("gaps")
    assert list(expired) == columns.split()
    assert (expired["mendable"], expired["deadline"], expired["basis"], expired["store"]) == (
        False,
        None,
        "declared",
        "native",
    )
    assert (later["mendable"], later["deadline"]) == (True, "2023-05-27T00:00:00.000000Z")
    assert expired["evidence"] == ["case.toml: policy okta.system/* (native)"]


def test_a_siem_covers_what_the_native_store_has_lost(trial: Make) -> None:
    siem = '[[collection]]\nid = "s"\nstore = "siem"\ncollected_at = 2023-05-18T00:00:00Z\nfrom = 2023-05-05\n'
    case = trial(siem, OWN, "retention_days = 7", OWN, 'store = "siem"\nretention_days = 90', base=TWENTIETH)
    assert case.ingest(okta_jsonl=DAYS).gaps("mendable") == [("not_collected", "05-01", "05-05", True), (*LATER, True)]


def test_a_copy_of_which_nothing_is_known_keeps_the_answer_open(trial: Make) -> None:
    siem = '[[collection]]\nid = "s"\nstore = "siem"\ncollected_at = 2023-05-18T00:00:00Z\nstreams = ["okta.*"]\n'
    case = trial(siem, OWN, "retention_days = 7", base=TWENTIETH).ingest(okta_jsonl=DAYS)
    assert case.gaps()[0] == ("unknown", "05-01", "05-10")


def test_a_declared_outage_is_lossy_and_cannot_be_mended(trial: Make) -> None:
    outage = '[[outage]]\nstream = "okta.*"\nfrom = 2023-05-11T00:00:00Z\nto = 2023-05-12T00:00:00Z\nwhy = "vendor incident"\n'
    case = trial(OWN, 'semantics = "none"', outage, base=TWENTIETH).ingest(okta_jsonl=DAYS)
    assert case.gaps("cause", "mendable")[0] == ("lossy", "05-11", "05-12", "vendor incident", False)


def test_a_log_that_only_case_toml_names_is_not_collected(trial: Make) -> None:
    case = trial('[[policy]]\nstream = "aws.cloudtrail/123456789012/us-east-1"\nretention_days = 90\n').ingest(
        okta_jsonl=DAYS
    )
    (row,) = case.rows("gaps", "--stream", "aws.*")
    assert (row["state"], row["source"], row["mendable"]) == ("not_collected", "aws.cloudtrail", True)
