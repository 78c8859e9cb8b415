"""The reasoning behind a gap, and what differs between two cases."""

import json
from pathlib import Path

from own_case import KEPT, MAY, TAKEN, Make
from vendor_logs import lines, okta

from timeline.api import Case
from timeline.export import summary

EVENTS = lines(*(okta(f"2023-05-{day}T00:00:00Z") for day in range(10, 18)))
MONTH = '[[policy]]\nstream = "okta.system/*"\nretention_days = 20\n'
SIEM = '[[collection]]\nid = "copy"\ncollected_at = 2023-05-30\nstore = "siem"\nstreams = ["okta.*"]\n'


def test_an_explanation_names_every_copy_its_limit_and_its_reach(trial: Make) -> None:
    own = trial(MONTH, SIEM, '[[policy]]\nstream = "okta.*"\nstore = "siem"\nretention_days = 10\n', base=MAY + TAKEN)
    told = own.ingest(okta_json=EVENTS).run("gaps", "--at", "2023-05-05", "--explain").out
    assert "the store had deleted it (expired: past its retention)" in told
    assert "copy 'native', collection 'c' of 2023-06-02 00:00:00Z: expired" in told
    assert "keeps records for 20 days (declared: case.toml" in told
    assert "on 2023-06-02 00:00:00Z it reached back to 2023-05-13 00:00:00Z" in told
    assert "copy 'siem', collection 'copy' of 2023-05-30 00:00:00Z: expired" in told
    assert "No copy that the case names still holds it" in told


def test_an_explanation_says_what_can_still_be_collected_and_how(trial: Make) -> None:
    own = trial(KEPT, base=MAY + TAKEN + "from = 2023-05-10\n").ingest(okta_json=EVENTS)
    (row,) = own.rows("gaps", "--explain", "--at", "2023-05-05")
    assert row["state"] == "not_collected"
    assert "It can still be collected for as long as nobody deletes it: u='https://ORG.okta.com/" in row["explanation"]


def test_an_instant_that_is_covered_has_nothing_to_explain(trial: Make) -> None:
    own = trial().ingest(okta_json=EVENTS)
    assert own.run("gaps", "--at", "2023-05-15", "--explain").out == "nothing is missing there\n"


def test_the_same_evidence_in_another_folder_has_the_same_fingerprint(trial: Make, tmp_path: Path) -> None:
    own = trial().ingest(okta_json=EVENTS)
    first = own.rows("status", "--coverage")
    twin = tmp_path / "elsewhere"
    twin.mkdir()
    for name in ("case.toml", "okta.json"):
        (twin / name).write_bytes((own.folder / name).read_bytes())
    own.timeline("-C", twin, "ingest", twin)
    assert json.loads(own.timeline("-C", twin, "status", "--coverage", "--format", "json").out) == first
    (twin / "case.toml").write_text(own.toml.replace('semantics = "none"', "retention_days = 5"))
    changed = json.loads(own.timeline("-C", twin, "status", "--coverage", "--format", "json").out)
    assert [row["evidence"] for row in changed] == [row["evidence"] for row in first]
    assert all(one["coverage"] != other["coverage"] for one, other in zip(first, changed, strict=True))


def test_a_difference_names_files_windows_and_verdicts(trial: Make, tmp_path: Path) -> None:
    own = trial().ingest(okta_json=EVENTS)
    other = tmp_path / "other"
    other.mkdir()
    (other / "case.toml").write_text(own.toml.replace('semantics = "none"', "retention_days = 20"))
    (other / "okta.json").write_text(EVENTS)
    (other / "more.json").write_text(lines(okta("2023-05-20T00:00:00Z")))
    own.timeline("-C", other, "ingest", other)
    rows = json.loads(own.timeline("diff", own.folder, other, "--format", "json").out)
    by_kind = {what: [row for row in rows if row["what"] == what] for what in ("file", "coverage", "verdict")}
    (file,) = by_kind["file"]
    assert (Path(file["subject"]).name, file["before"], file["after"]) == (
        "more.json",
        "not in the case",
        "in the case",
    )
    (span,) = by_kind["coverage"]
    assert (span["before"], span["after"], span["start"][:10], span["end"][:10]) == (
        "covered",
        "expired",
        "2023-05-01",
        "2023-05-13",
    )
    told = {row["subject"]: (row["before"], row["after"]) for row in by_kind["verdict"]}
    assert told["password-spray"] == ("absent (strong), 0 rows", "unknown, 0 rows")


def test_a_case_does_not_differ_from_itself(trial: Make) -> None:
    own = trial().ingest(okta_json=EVENTS)
    assert json.loads(own.timeline("diff", own.folder, own.folder, "--format", "json").out) == []


def test_many_gaps_of_one_kind_are_one_row_for_people_and_each_its_own_for_programs(trial: Make) -> None:
    around = [(f"2023-05-{day}T00:00:00Z", f"2023-05-{day}T01:00:00Z") for day in range(10, 29)]
    broken = "".join(lines(okta(start)) + "{broken\n" + lines(okta(end)) for start, end in around)
    own = trial().ingest(okta_json=broken)
    assert len(own.rows("gaps")) == len(range(10, 29))
    with Case.open(own.folder) as case:
        (row,) = summary.gaps(case.gaps()).iter_rows(named=True)
    assert row["state"] == "lossy"
    assert row["cause"].startswith("19 windows, ")


def test_a_store_that_deletes_nothing_is_not_said_to_have_no_policy(trial: Make) -> None:
    base = "[case]\nfrom = 2023-05-01\nto = 2023-06-01\n"
    line = "2023-05-10T10:00:00+00:00 web sshd[3]: Accepted publickey for ann from 192.0.2.7 port 50000 ssh2\n"
    own = trial('[[policy]]\nstream = "linux.auth/*"\nsemantics = "none"\n', base=base).ingest(auth_log=line)
    told = own.rows("gaps", "--explain")[0]["explanation"]
    assert "nobody states when it was collected" in told
    assert "no retention policy" not in told
