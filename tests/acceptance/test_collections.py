"""Collections of case.toml, stated and inferred, seen in gaps and verdicts."""

import gzip
from pathlib import Path

import pytest
from own_case import KEPT, MAY, TAKEN, Make
from vendor_logs import ALICE, BOB, lines, mail, okta, windows

THREE = [okta(f"2023-05-{day}T00:00:00Z") for day in (10, 11, 12)]
BROKEN = '{"uuid": "x'


def test_without_policy_and_collection_only_what_was_seen_is_covered(trial: Make) -> None:
    case = trial(base=MAY).ingest(okta_jsonl=lines(*THREE))
    assert case.gaps("basis") == [
        ("unknown", "05-01", "05-10", "inferred"),
        ("unknown", "05-12T00:00:00.000001Z", "06-01", "inferred"),
    ]
    inside = ("--from", "2023-05-10", "--to", "2023-05-12")
    row = case.ask("sign-in-by", *inside, actor="nobody")
    assert (row["verdict"], row["strength"]) == ("absent", "weak")
    assert case.ask("sign-in-by", actor="nobody")["verdict"] == "unknown"


def test_with_a_policy_alone_nothing_older_than_the_oldest_record_is_covered(trial: Make) -> None:
    case = trial(base=MAY + KEPT).ingest(okta_jsonl=lines(*THREE))
    assert case.gaps()[0] == ("unknown", "05-01", "05-10")


def test_without_a_collection_files_are_from_the_native_store(trial: Make) -> None:
    policies = (
        '[[policy]]\nstream = "okta.*"\nretention_days = 1\n',
        '[[policy]]\nstream = "okta.*"\nstore = "siem"\nretention_days = 90\n',
    )
    first = trial(*policies, base=MAY).ingest(okta_jsonl=lines(*THREE)).gaps("store", "mendable")[0]
    assert first[0] == "not_collected"
    assert first[3:] == ("siem", True)


def test_what_lies_outside_of_the_window_was_not_collected(trial: Make) -> None:
    case = trial(base=f"{MAY}{TAKEN}from = 2023-05-05\nto = 2023-05-15\n{KEPT}").ingest(okta_jsonl=lines(*THREE))
    assert case.gaps() == [("not_collected", "05-01", "05-05"), ("not_collected", "05-15", "06-01")]


def test_an_export_of_some_subjects_answers_for_them_alone(trial: Make) -> None:
    case = trial(base=f'{MAY}{TAKEN}subjects = ["{ALICE}"]\n{KEPT}').ingest(okta_jsonl=lines(*THREE))
    assert case.gaps("scope") == [("not_collected", "05-01", "06-01", f"not actor={ALICE}")]
    assert case.ask("sign-in-by", "--from", "2023-05-15", actor=ALICE)["verdict"] == "absent"
    assert case.ask("sign-in-by", actor=BOB)["verdict"] == "unknown"


def test_mail_that_another_could_have_read_is_open_in_an_export_of_one_user(trial: Make) -> None:
    case = trial(base=f'{MAY}{TAKEN}subjects = ["{BOB}"]\n{KEPT}').ingest(mail_jsonl=lines(mail("2023-05-09T00:00:00")))
    assert case.ask("mail-read", mailbox=BOB)["verdict"] == "found_incomplete"


@pytest.mark.parametrize(
    ("records", "stated", "lost"),
    [
        (THREE, "", ("not_collected", "05-12T00:00:00.000001Z", "06-01")),
        (THREE[::-1], "", ("not_collected", "05-01", "05-10")),
        (THREE, 'cut = "oldest"\n', ("not_collected", "05-01", "05-10")),
        (THREE[::-1], 'cut = "newest"\n', ("not_collected", "05-12T00:00:00.000001Z", "06-01")),
    ],
)
def test_a_record_limit_cut_the_end_that_is_stated_or_told_by_the_order(
    records: list[dict[str, object]], stated: str, lost: tuple[str, ...], trial: Make
) -> None:
    case = trial(base=f"{MAY}{TAKEN}max_records = 3\n{stated}{KEPT}").ingest(okta_jsonl=lines(*records))
    assert case.gaps() == [lost]


def test_a_record_limit_that_was_not_reached_cut_nothing(trial: Make) -> None:
    assert trial(base=f"{MAY}{TAKEN}max_records = 4\n{KEPT}").ingest(okta_jsonl=lines(*THREE)).gaps() == []


def test_a_collection_none_of_whose_files_is_in_the_case_covers_nothing(trial: Make) -> None:
    base = f'{MAY}{TAKEN}paths = ["not-there/**"]\nstreams = ["okta.system/default"]\n'
    case = trial(base=base + '[[policy]]\nstream = "okta.*"\nsemantics = "none"\n')
    case.ingest(mail_jsonl=lines(mail("2023-05-09T00:00:00")))
    (row,) = case.rows("gaps", "--stream", "okta.*")
    assert (row["state"], row["mendable"]) == ("not_collected", True)
    assert case.ask("sign-in-by", actor="nobody")["verdict"] == "unknown"


@pytest.mark.parametrize("pattern", ["../exports/**", "../exports/*.jsonl", "./../exports/okta.jsonl"])
def test_paths_may_lead_out_of_the_case(pattern: str, trial: Make, tmp_path: Path) -> None:
    case = trial(base=f'{MAY}{TAKEN}paths = ["{pattern}"]\n{KEPT}').ingest()
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "okta.jsonl").write_text(lines(*THREE))
    case.run("ingest", tmp_path / "exports")
    assert case.gaps() == []


def test_around_a_rejected_record_the_log_is_lossy(trial: Make) -> None:
    case = trial().ingest(okta_jsonl=lines(THREE[0], BROKEN, THREE[2]))
    assert case.codes == [3]
    assert case.gaps("basis") == [("lossy", "05-10", "05-12T00:00:00.000001Z", "ledger")]
    row = case.ask("sign-in-by", actor="nobody")
    assert row["verdict"] == "unknown"
    assert row["uncovered"] == [
        {
            "stream": "okta.system/default",
            "scope": "",
            "state": "lossy",
            "start": "2023-05-10T00:00:00.000000Z",
            "end": "2023-05-12T00:00:00.000001Z",
            "mendable": True,
            "deadline": None,
        }
    ]


@pytest.mark.parametrize(
    ("records", "reach"),
    [
        ([*THREE, BROKEN], ("05-12", "06-01")),
        ([*THREE[::-1], BROKEN], ("05-01", "05-10T00:00:00.000001Z")),
        ([THREE[0], BROKEN], ("05-01", "06-01")),
    ],
)
def test_a_rejected_record_at_the_end_of_a_file_reaches_where_its_order_leads(
    records: list[dict[str, object] | str], reach: tuple[str, str], trial: Make
) -> None:
    assert trial().ingest(okta_jsonl=lines(*records)).gaps() == [("lossy", *reach)]


def test_a_damaged_file_is_lossy_in_every_collection_of_a_twin_of_it(trial: Make) -> None:
    both = [
        f'[[collection]]\nid = "{name}"\ncollected_at = 2023-06-02T00:00:00Z\npaths = ["{name}.jsonl"]\n'
        for name in "ab"
    ]
    damaged = lines(THREE[0], BROKEN, THREE[2])
    assert trial(*both, KEPT, base=MAY).ingest(a_jsonl=damaged, b_jsonl=damaged).gaps() == [
        ("lossy", "05-10", "05-12T00:00:00.000001Z")
    ]


def test_what_another_copy_holds_is_not_lossy(trial: Make) -> None:
    both = [
        f'[[collection]]\nid = "{name}"\nstore = "{name}"\ncollected_at = 2023-06-02T00:00:00Z\npaths = ["{name}.jsonl"]\n'
        f'[[policy]]\nstream = "*"\nstore = "{name}"\nsemantics = "none"\n'
        for name in "ab"
    ]
    case = trial(*both, base=MAY).ingest(a_jsonl=lines(THREE[0], BROKEN, THREE[2]), b_jsonl=lines(THREE[0], THREE[2]))
    assert case.gaps() == []


def test_a_truncated_file_is_lossy_to_the_end_of_its_period(trial: Make) -> None:
    whole = gzip.compress(
        lines(*(okta(f"2023-05-{day:02}T{hour:02}:00:00Z") for day in range(1, 29) for hour in range(24))).encode()
    )
    case = trial().ingest(okta_gz=whole[: len(whole) // 2])
    assert case.codes == [3]
    last = case.rows("events")[-1]["time"]
    (row,) = case.rows("gaps")
    assert (row["state"], row["start"], row["end"], row["cause"]) == (
        "lossy",
        last,
        "2023-06-01T00:00:00.000000Z",
        "the file is truncated",
    )


def test_a_file_that_could_not_be_read_at_all_leaves_its_collection_open(trial: Make) -> None:
    case = trial().ingest(a_gz=gzip.compress(lines(*THREE).encode())[:14], b_jsonl=lines(*THREE))
    assert case.codes == [3]
    assert case.gaps() == [("lossy", "05-01", "06-01")]
    assert case.ask("sign-in-by", actor="nobody")["verdict"] == "unknown"


def test_a_throttled_mailbox_is_lossy_for_a_day_and_the_others_are_not(trial: Make) -> None:
    records = (
        mail("2023-05-09T00:00:00"),
        mail("2023-05-10T08:00:00", throttled=True),
        mail("2023-05-20T00:00:00", ALICE),
    )
    case = trial().ingest(mail_jsonl=lines(*records))
    assert case.gaps("scope", "basis") == [("lossy", "05-10T08:00", "05-11T08:00", f"mailbox={BOB}", "attestation")]
    assert case.ask("mail-read", mailbox=BOB)["verdict"] == "found_incomplete"
    assert case.ask("mail-read", mailbox=ALICE)["verdict"] == "found"
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "absent"


def test_the_zone_of_local_times_comes_from_the_collection(trial: Make) -> None:
    line = "May 10 10:00:00 host1 sshd[1]: Accepted password for alice from 192.0.2.7 port 1 ssh2\n"
    case = trial(base=f'{MAY}{TAKEN}timezone = "Europe/Paris"\n{KEPT}').ingest(auth_log=line)
    (row,) = case.rows("events", "--columns", "time,time_precision,stream")
    assert row == {
        "time": "2023-05-10T08:00:00.000000Z",
        "time_precision": "year_inferred",
        "stream": "linux.auth/host1",
    }


def test_a_local_time_without_a_zone_is_rejected_and_never_guessed(trial: Make) -> None:
    line = "May 10 10:00:00 host1 sshd[1]: Accepted password for alice from 192.0.2.7 port 1 ssh2\n"
    case = trial().ingest(auth_log=line)
    assert case.codes == [3]
    assert case.rows("events") == []
    assert "--timezone" in case.rows("status", "--rejected")[0]["reason"]


def test_a_time_zone_that_does_not_exist_is_refused_before_anything_is_read(trial: Make) -> None:
    case = trial().ingest()
    (case.folder / "auth.log").write_text(
        "May 10 10:00:00 host1 sshd[1]: Accepted password for alice from 192.0.2.7 port 1 ssh2\n"
    )
    result = case.run("ingest", case.folder, "--timezone", "auth*=Europe/Pari")
    assert (result.code, result.out) == (2, "")
    assert "Europe/Paris" in result.err
    assert case.rows("status") == []
    assert case.run("ingest", case.folder, "--timezone", "auth*=Europe/Paris").code == 0
    assert [row["time"] for row in case.rows("events")] == ["2023-05-10T08:00:00.000000Z"]


def numbered(*numbers: int) -> str:
    return lines(*(windows(f"2023-05-{number:02}T00:00:00Z", number) for number in numbers))


def test_a_break_in_the_record_numbers_is_lossy_and_counts_what_is_missing(trial: Make) -> None:
    case = trial(base=f"{MAY}{TAKEN}from = 2023-05-01\n{KEPT}").ingest(security_jsonl=numbered(9, 10, 11, 15, 16))
    (row,) = case.rows("gaps")
    assert (row["state"], row["basis"], row["cause"]) == (
        "lossy",
        "sequence",
        "3 record(s) are missing by their numbers",
    )
    assert case.gaps() == [("lossy", "05-11", "05-15")]
    named = {
        each["event_id"]
        for each in case.rows("events", "--columns", "event_id", "--from", "2023-05-11", "--to", "2023-05-16")
    }
    assert set(row["evidence"]) == named


def test_what_is_missing_in_one_file_and_there_in_another_is_no_break(trial: Make) -> None:
    own = trial(base=f"{MAY}{TAKEN}from = 2023-05-01\n{KEPT}")
    assert own.ingest(a_jsonl=numbered(9, 10, 15, 16), b_jsonl=numbered(11, 12, 13, 14)).gaps() == []


def test_a_filtered_export_explains_its_holes(trial: Make) -> None:
    base = f'{MAY}{TAKEN}subjects = ["alice"]\n{KEPT}'
    assert {state for state, _, _ in trial(base=base).ingest(security_jsonl=numbered(9, 16)).gaps()} == {
        "not_collected"
    }
