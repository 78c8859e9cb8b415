"""What collectors' own logs say of windows, filters and failures, seen in gaps and verdicts."""

import io
import os
import zipfile

import pytest
from own_case import KEPT, MAY, TAKEN, Make, Own
from vendor_logs import ALICE, lines, mail, sign_in

LOG = "Output/LogFile.txt"
DATA = "Output/UnifiedAuditLog/20230602-090000/UAL-20230501000000-20230601000000.json"
DAYS = [mail(f"2023-05-{day:02}T12:00:00") for day in range(1, 32)] + [mail("2023-06-01T12:00:00")]
RECORDS = lines(*DAYS)


def suite(*said: str, clock: str = "2023-06-02 09:00:00") -> str:
    """Write a log of Microsoft-Extractor-Suite."""
    return "".join(f"{clock}: {line}\n" for line in said)


STARTED = (
    "=== Starting Unified Audit Log Collection ===",
    "Start date: 2023-05-01 00:00:00",
    "End date: 2023-06-01 00:00:00",
)
ENDED = ("\n=== Unified Audit Log Collection Summary ===",)
SKIPPED = (
    "[ERROR] Max retries reached for window 2023-05-10 00:00:00 -> 2023-05-11 06:00:00. Skipping. "
    "Last error: The operation has timed out."
)
CAPPED = (
    "[ERROR] Window 2023-05-20T10:00:00Z -> 2023-05-20T10:00:06Z has 5000+ events in the minimum interval (0.1 min). Cannot shrink "
    "further; writing partial data and advancing. SOME EVENTS IN THIS RANGE ARE NOT CAPTURED."
)


def written(case: Own, name: str, text: str | bytes) -> None:
    path = case.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def collected(trial: Make, log: str | bytes, *more: str, base: str = MAY + KEPT, data: str = RECORDS) -> Own:
    """Give a case with a log of Microsoft-Extractor-Suite and the records of a month beside it."""
    case = trial(*more, base=base)
    written(case, LOG, log)
    written(case, DATA, data)
    return case.ingest()


def test_a_window_that_the_tool_skipped_was_not_collected_and_can_be(trial: Make) -> None:
    case = collected(trial, suite(*STARTED, SKIPPED, *ENDED))
    assert case.codes == [0]
    assert case.gaps("basis", "mendable") == [
        ("not_collected", "05-10", "05-11T06:00", "attestation", True),
    ]
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "unknown"
    (event,) = [
        row
        for row in case.rows("events", "--action", "collect", "--columns", "event_id,outcome,outcome_detail")
        if row["outcome"] == "failure"
    ]
    assert case.rows("gaps")[0]["evidence"] == [event["event_id"]]
    assert "Skipping" in event["outcome_detail"]


def test_without_a_skipped_window_the_same_export_is_whole(trial: Make) -> None:
    case = collected(trial, suite(*STARTED, *ENDED))
    assert case.gaps() == []
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "absent"


def test_what_came_only_in_part_is_lossy_and_says_how(trial: Make) -> None:
    (row,) = collected(trial, suite(*STARTED, CAPPED, *ENDED)).rows("gaps")
    assert (row["state"], row["start"], row["end"]) == (
        "lossy",
        "2023-05-20T10:00:00.000000Z",
        "2023-05-20T10:00:06.000000Z",
    )
    assert row["cause"] == "the collector says that only 5000 records of this window came"


def test_a_window_that_was_skipped_and_came_later_is_whole(trial: Make) -> None:
    again = "[INFO] Found 7 audit logs between 2023-05-10T00:00:00Z and 2023-05-11T00:00:00Z"
    assert collected(trial, suite(*STARTED, SKIPPED, again, *ENDED)).gaps() == [
        ("not_collected", "05-11", "05-11T06:00")
    ]


def test_two_runs_make_good_what_each_of_them_skipped(trial: Make) -> None:
    once = (*STARTED, SKIPPED, *ENDED)
    again = (*STARTED, SKIPPED.replace("05-10", "05-20").replace("05-11", "05-21"), *ENDED)
    assert collected(trial, suite(*once, *again)).gaps() == []


def test_a_log_that_breaks_off_leaves_the_rest_open(trial: Make) -> None:
    came = "[INFO] Found 7 audit logs between 2023-05-01T00:00:00Z and 2023-05-12T00:00:00Z"
    case = collected(trial, suite(*STARTED, came))
    assert case.gaps("cause") == [
        ("not_collected", "05-12", "06-01", "the collector's log ends before it says that the collector was done")
    ]


@pytest.mark.parametrize(
    "none", ["[INFO] No audit logs between 2023-05-12 00:00:00 and 2023-05-14 00:00:00. Moving on!",
             "[INFO] Found 0 audit logs between 2023-05-12T00:00:00Z and 2023-05-14T00:00:00Z"]
)  # fmt: skip
def test_a_window_without_records_was_collected(none: str, trial: Make) -> None:
    came = "[INFO] Found 7 audit logs between 2023-05-01T00:00:00Z and 2023-05-12T00:00:00Z"
    assert collected(trial, suite(*STARTED, came, none)).gaps() == [("not_collected", "05-14", "06-01")]


def test_what_lies_outside_of_what_the_tool_asked_for_was_not_collected(trial: Make) -> None:
    asked = (STARTED[0], "Start date: 2023-05-05 00:00:00", "End date: 2023-05-25 12:00:00")
    assert collected(trial, suite(*asked, *ENDED)).gaps() == [
        ("not_collected", "05-01", "05-05"),
        ("not_collected", "05-25T12:00", "06-01"),
    ]


def test_record_types_that_were_not_asked_for_are_open(trial: Make) -> None:
    types = (
        "\nThe following RecordType(s) are configured to be extracted:",
        "  - ExchangeItem",
        "  - SharePoint",
        "-" * 40,
    )
    loops = ("=== Processing RecordType: ExchangeItem ===", SKIPPED, "=== Processing RecordType: SharePoint ===")
    case = collected(trial, suite(*STARTED, *types, *loops, *ENDED))
    assert case.codes == [0]
    assert case.gaps("scope") == [
        ("not_collected", "05-01", "06-01", "not record_type=exchangeitem|sharepoint"),
        ("not_collected", "05-10", "05-11T06:00", "record_type=exchangeitem"),
    ]
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "unknown"


def test_an_error_at_the_lowest_level_of_logging_counts_too(trial: Make) -> None:
    (gap,) = [gap for gap in collected(trial, suite(SKIPPED), base=MAY).gaps("basis") if gap[0] == "not_collected"]
    assert gap == ("not_collected", "05-10", "05-11T06:00", "attestation")


def test_sign_ins_are_told_apart_by_their_kinds_and_users(trial: Make) -> None:
    said = suite(
        "=== Starting Sign-in Log Collection ===", "Start Date: 2023-05-01T00:00:00Z", "End Date: 2023-06-01T00:00:00Z",
        f"Filtering for User: {ALICE}", "[INFO] Acquiring the interactiveUser sign-in logs", "\nSummary for interactiveUser:",
        "[INFO] Acquiring the nonInteractiveUser sign-in logs", "[ERROR] Failed to acquire logs after 5 attempts. Error: Too Many Requests",
    )  # fmt: skip
    case = trial(base=MAY + KEPT)
    written(case, LOG, said)
    for kind in ("SignInLogs", "NonInteractiveUserSignInLogs"):
        written(
            case,
            f"Output/SignIns/{kind}.json",
            lines(*(sign_in(f"2023-05-{day:02}T00:00:00Z", kind) for day in (1, 31))),
        )
    gaps = {(row["source"], row["scope"], row["cause"]) for row in case.ingest().rows("gaps")}
    assert gaps == {
        ("entra.signin.interactive", f"not actor={ALICE}", "outside the filter of the collection"),
        ("entra.signin.noninteractive", f"not actor={ALICE}", "outside the filter of the collection"),
        ("entra.signin.noninteractive", f"actor={ALICE}", "the collector says that it stopped with an error"),
    }


def test_a_stated_collection_takes_its_bounds_from_the_log_and_keeps_its_time_and_store(trial: Make) -> None:
    asked = (STARTED[0], "Start date: 2023-05-05 00:00:00", "End date: 2023-06-05 00:00:00")
    siem = '[[collection]]\nid = "c"\nstore = "siem"\ncollected_at = 2023-05-30T00:00:00Z\n'
    kept = KEPT + 'store = "siem"\n'
    case = collected(trial, suite(*asked, SKIPPED, *ENDED), base=MAY + siem + kept)
    assert case.gaps("store", "cause") == [
        ("not_collected", "05-01", "05-05", "siem", "outside the window that was collected"),
        (
            "not_collected",
            "05-10",
            "05-11T06:00",
            "siem",
            "the collector says that it skipped this window after several failures",
        ),
        ("not_collected", "05-30", "06-01", "siem", "later than the collection"),
    ]


def test_a_stated_window_wins_over_the_log_but_not_over_what_it_skipped(trial: Make) -> None:
    asked = (STARTED[0], "Start date: 2023-05-05 00:00:00", "End date: 2023-06-05 00:00:00")
    case = collected(trial, suite(*asked, SKIPPED, *ENDED), base=MAY + TAKEN + "from = 2023-05-02\n" + KEPT)
    assert case.gaps() == [("not_collected", "05-01", "05-02"), ("not_collected", "05-10", "05-11T06:00")]


def test_a_log_speaks_only_of_the_files_beside_it(trial: Make) -> None:
    case = trial(base=MAY + KEPT)
    written(case, LOG, suite(*STARTED, SKIPPED, *ENDED))
    written(case, "portal/all.json", RECORDS)
    written(case, "portal/LogFile.txt", suite("=== Starting Sign-in Log Collection ==="))
    told = [gap for gap in case.ingest().gaps("basis") if gap[3] == "attestation"]
    assert told == [("not_collected", "05-10", "05-11T06:00", "attestation")]
    assert len(case.gaps()) > 1


def test_what_a_shorter_retention_had_deleted_was_asked_for_in_vain(trial: Make) -> None:
    asked = (STARTED[0], "Start date: 2023-01-01 00:00:00", "End date: 2023-06-02 07:00:11")
    policy = '[[policy]]\nstream = "m365.*"\nretention_days = 20\n'
    case = collected(
        trial,
        suite(*asked, *ENDED),
        base=MAY + policy,
        data=lines(*DAYS[13:]),
    )
    assert case.gaps() == [("expired", "05-01", "05-13T07:00:11.000000Z")]
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "unknown"


def test_without_a_zone_the_time_of_a_run_is_known_to_a_day_unless_it_asked_for_all_until_now(trial: Make) -> None:
    policy = '[[policy]]\nstream = "m365.*"\nretention_days = 20\n'
    data = lines(*DAYS[13:])
    case = collected(trial, suite(*STARTED, *ENDED), base=MAY + policy, data=data)
    assert case.gaps() == [("expired", "05-01", "05-13T21:00")]
    assert (
        case.rows("events", "--action", "collect", "--columns", "time_precision")[0]["time_precision"]
        == "s,zone_unknown"
    )


def test_with_a_zone_the_time_of_a_run_is_exact(trial: Make) -> None:
    policy = '[[policy]]\nstream = "m365.*"\nretention_days = 20\n'
    case = trial(base=MAY + policy)
    written(case, LOG, suite(*STARTED, *ENDED))
    written(case, DATA, lines(*DAYS[13:]))
    (case.folder / "case.toml").write_text(case.toml)
    assert case.run("ingest", case.folder, "--timezone", "*LogFile.txt=Europe/Paris").code == 0
    assert case.gaps() == [("expired", "05-01", "05-13T07:00")]


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig"])
def test_logs_of_either_powershell_are_read(coding: str, trial: Make) -> None:
    said = suite(*STARTED, SKIPPED, *ENDED).replace("\n", "\r\n").encode(coding)
    assert collected(trial, said).gaps() == [("not_collected", "05-10", "05-11T06:00")]


def test_a_whole_output_folder_may_come_in_an_archive(trial: Make) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(LOG, suite(*STARTED, SKIPPED, *ENDED))
        archive.writestr(DATA, RECORDS)
    assert trial(base=MAY + KEPT).ingest(evidence_zip=packed.getvalue()).gaps() == [
        ("not_collected", "05-10", "05-11T06:00")
    ]


def test_hostile_words_in_a_log_are_only_words(trial: Make) -> None:
    evil = "=== Processing RecordType: a|b,not actor=*\x1b[31m\u202e ==="
    case = collected(
        trial,
        suite(*STARTED, evil, "Filtering for User: '; DROP TABLE event; --", "End date: 9999-99-99 99:99:99", *ENDED),
    )
    result = case.run("gaps")
    assert result.code == 0
    assert not {"\x1b", "\u202e"} & set(result.out)
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "unknown"


def test_the_reasoning_of_a_gap_names_the_tool_and_its_word(trial: Make) -> None:
    case = collected(trial, suite(*STARTED, SKIPPED, *ENDED))
    told = case.run("gaps", "--explain").out
    assert "Microsoft-Extractor-Suite (Output/LogFile.txt:1, the zone of its clock is unknown)" in told
    assert "How we know: attestation." in told


def test_a_collectors_log_is_no_stream_of_evidence(trial: Make) -> None:
    case = collected(trial, suite(*STARTED, *ENDED))
    assert {row["stream"].split("/")[0] for row in case.rows("gaps", "--stream", "*")} == set()
    assert len(case.rows("events", "--source", "collector.*")) == len(STARTED) + 2


HAWK = (
    "[2023-06-02 09:00:{0}Z] - Search-UnifiedAuditLog {1} -StartDate '05/01/2023' -EndDate '06/01/2023' "
    "-SessionCommand ReturnLargeSet -resultsize 5000 -sessionid 0900{0}\n"
)
WHOLE = "[2023-06-02 09:00:59Z] - [INFO]   - Retrieved all results.\n[2023-06-02 09:00:59Z] - [INFO]   - Retrieved:2     Total: 2\n"


def hawked(trial: Make, *said: str) -> Own:
    """Give a case with a log of Hawk and the records of a month below it."""
    case = trial(base=MAY + KEPT)
    written(case, "hawk/Hawk.log", "".join(said))
    written(case, "hawk/Tenant/audit.json", RECORDS)
    return case.ingest()


def test_a_search_of_hawk_answers_for_its_filter_alone(trial: Make) -> None:
    case = hawked(trial, HAWK.format("10", "-Operations 'MailItemsAccessed' -UserIds alice@contoso.com"), WHOLE)
    assert {gap[:4] for gap in case.gaps("scope")} == {
        ("not_collected", "05-01", "06-01", "not operation=mailitemsaccessed"),
        ("not_collected", "05-01", "06-01", "not actor=alice@contoso.com,operation=mailitemsaccessed"),
    }
    assert case.codes == [0]


def test_a_search_of_hawk_with_more_results_than_one_session_gives_is_lossy(trial: Make) -> None:
    much = "[2023-06-02 09:00:20Z] - [INFO]   - Retrieved:5000  Total: 61000\n"
    (row,) = hawked(trial, HAWK.format("10", "-UserIds *"), much, WHOLE).rows("gaps")
    assert (row["state"], row["cause"]) == ("lossy", "the collector says that only 50000 records of this window came")


def test_a_search_of_hawk_without_results_was_made(trial: Make) -> None:
    none = "[2023-06-02 09:00:20Z] - [INFO]   - Unified Audit log returned no results.\n"
    assert hawked(trial, HAWK.format("10", "-UserIds *"), none).gaps() == []


def test_a_search_of_hawk_that_says_no_end_did_not_come(trial: Make) -> None:
    case = hawked(trial, HAWK.format("10", "-UserIds *"))
    assert case.gaps("cause") == [
        ("not_collected", "05-01", "06-01", "the collector's log announces this window and does not say that it came")
    ]


def test_a_search_by_address_shows_only_what_nobody_can_tell(trial: Make) -> None:
    case = hawked(trial, HAWK.format("10", "-IPAddresses 192.0.2.7"), WHOLE)
    assert [gap[3] for gap in case.gaps("cause")] == [
        "the collector searched with a filter that its log does not spell out"
    ]


def test_many_narrow_searches_are_told_as_narrow_and_quickly(trial: Make) -> None:
    case = hawked(trial, *(f"{HAWK.format('10', f'-UserIds user{number}@contoso.com')}{WHOLE}" for number in range(60)))
    assert case.gaps("cause") == [
        ("not_collected", "05-01", "06-01", "the collector searched with many narrow filters")
    ]


ANSSI = """2023-06-02 09:00:09, INFO, Processing Unified Audit Log entries between 2023-05-{0} {1}:00:00 and 2023-05-{0} {2}:00:00
2023-06-02 09:00:09, INFO, Collecting {3} events for 05/{0}/2023 {1}:00:00 - 05/{0}/2023 {2}:00:00
"""
CAME = "2023-06-02 09:00:19, INFO, Done collecting events for 05/{0}/2023 {1}:00:00 - 05/{0}/2023 {2}:00:00: 4 events were collected out of 4\n"


def anssi(trial: Make, *said: str) -> Own:
    """Give a case of one day with a log of DFIR-O365RC and records below it."""
    case = trial(base="[case]\nfrom = 2023-05-10\nto = 2023-05-11\n" + KEPT)
    written(case, "rc/Get-O365Full.log", "".join(said))
    written(
        case,
        "rc/O365_unified_audit_logs/2023-05-10/UnifiedAuditLog_contoso.com_2023-05-10_00-00-00.json",
        lines(*DAYS[9:10]),
    )
    return case.ingest()


def test_each_hour_of_dfir_o365rc_is_whole_empty_cut_or_lost(trial: Make) -> None:
    case = anssi(
        trial,
        ANSSI.format(10, "00", "12", "Unfiltered"), CAME.format(10, "00", "12"),
        ANSSI.format(10, "12", "13", "Unfiltered"), "2023-06-02 09:01:19, WARNING, 0 Unfiltered events between 2023-05-10 12:00:00 and 2023-05-10 13:00:00 were found\n",
        ANSSI.format(10, "13", "14", "Unfiltered"),
        "2023-06-02 09:02:19, WARNING, More than 50000 Unfiltered events between 2023-05-10 13:00:00 and 2023-05-10 14:00:00 - some events will be missing\n",
        ANSSI.format(10, "14", "15", "Unfiltered"), "2023-06-02 09:03:19, ERROR, Failed to dump Unfiltered events 11 times - aborting\n",
        ANSSI.format(10, "16", "17", "Unfiltered"), CAME.format(10, "16", "17"), ANSSI.format(10, "17", "18", "Unfiltered"),
    )  # fmt: skip
    assert case.codes == [0]
    assert case.gaps("cause") == [
        ("lossy", "05-10T13:00", "05-10T14:00", "the collector says that only 50000 records of this window came"),
        ("not_collected", "05-10T14:00", "05-10T15:00", "the collector says that it gave up after several failures"),
        ("not_collected", "05-10T15:00", "05-10T16:00", "the collector did not ask for this window"),
        (
            "not_collected",
            "05-10T17:00",
            "05-10T18:00",
            "the collector's log announces this window and does not say that it came",
        ),
        ("not_collected", "05-10T18:00", "05-11", "outside the window that was collected"),
    ]


def test_a_search_of_dfir_o365rc_for_users_is_no_whole_one(trial: Make) -> None:
    case = anssi(trial, ANSSI.format(10, "00", "12", "UserIds"), CAME.format(10, "00", "12"))
    assert case.gaps("cause")[0][3] == "the collector searched with a filter that its log does not spell out"


def test_a_window_of_the_goose_that_the_server_refused_was_not_collected(trial: Make) -> None:
    head = "2023-06-02 09:00:0{},001  goosey.m365_datadumper  DEBUG  "
    case = trial(base="[case]\nfrom = 2023-05-10\nto = 2023-05-11\n" + KEPT)
    said = (
        "Bounded UAL timeframes: ['2023-05-10', '00:00:00'] -> ['2023-05-10', '12:30:00']",
        "UAL dump (2023-05-1000:00:00.000Z to 2023-05-1012:30:00.000Z) response code: 200",
        "Bounded UAL timeframes: ['2023-05-10', '12:30:00'] -> ['2023-05-11', '00:00:00']",
        "UAL dump (2023-05-1012:30:00.000Z to 2023-05-1100:00:00.000Z) response code: 503",
    )
    written(case, "goose/debug.log", "".join(f"{head.format(number)}{line}\n" for number, line in enumerate(said)))
    written(case, "goose/output/m365/ual_2023-05-10_2023-05-10_00_00_00_000Z_12_30_00_000Z.json", lines(*DAYS[9:10]))
    assert case.ingest().gaps("cause") == [
        ("not_collected", "05-10T12:30", "05-11", "the collector says that the server answered with an error")
    ]


def test_a_planned_window_without_its_file_was_not_collected(trial: Make) -> None:
    case = trial(base="[case]\nfrom = 2023-05-10\nto = 2023-05-12\n" + KEPT)
    plan = "2023-05-10 00:00:00,2023-05-11 00:00:00,1\n2023-05-11 00:00:00,2023-05-11 12:00:00,49800\n2023-05-11 12:00:00,2023-05-12 00:00:00,0\n"
    written(case, "m365/.ual_bounds", plan)
    written(case, "m365/ual_2023-05-10_2023-05-11_00_00_00_000Z_00_00_00_000Z.json", lines(*DAYS[9:10]))
    assert (
        "not_collected",
        "05-11",
        "05-11T12:00",
        "the collector counted records in this window, and the case has no file of it",
    ) in (case.ingest().gaps("cause"))


def test_a_copy_of_a_folder_has_its_log_too(trial: Make) -> None:
    case = trial(base=MAY + KEPT)
    for place in ("first", "second"):
        written(case, f"{place}/{LOG}", suite(*STARTED, SKIPPED, *ENDED))
        written(case, f"{place}/{DATA}", RECORDS)
    assert case.ingest().gaps() == [("not_collected", "05-10", "05-11T06:00")]


def test_what_a_log_in_a_folder_beside_the_files_says_was_skipped_is_not_covered(trial: Make) -> None:
    case = trial(base=MAY + KEPT)
    written(case, "logs/LogFile.txt", suite(*STARTED, SKIPPED, *ENDED))
    written(case, "records/audit.json", RECORDS)
    assert ("not_collected", "05-10", "05-11T06:00", "attestation") in case.ingest().gaps("basis")


def test_other_files_of_the_stream_count_beside_a_run(trial: Make) -> None:
    case = trial(base=MAY + KEPT)
    written(case, LOG, suite(STARTED[0], "Start date: 2023-05-01 00:00:00", "End date: 2023-05-11 00:00:00", *ENDED))
    written(case, DATA, lines(*DAYS[:10]))
    written(case, "portal/rest.json", lines(*DAYS[10:20]))
    assert case.ingest().gaps() == [
        ("not_collected", "05-11", "05-11T12:00"),
        ("not_collected", "05-20T12:00:00.000001Z", "06-01"),
    ]


def test_without_any_statement_the_time_of_the_collection_is_inferred_and_marked_so(trial: Make) -> None:
    case = trial(base=MAY)
    written(case, "audit.json", RECORDS)
    os.utime(case.folder / "audit.json", (1_685_700_000, 1_685_700_000))
    told = case.ingest().run("gaps", "--explain").out
    assert (
        "Nobody states when this was collected: inferred is 2023-06-01 12:00:00Z, the latest delivery seen "
        "(a hint only: its files were last written on 2023-06-02 10:00:00Z)."
    ) in told
    assert {gap[3] for gap in case.gaps("basis")} == {"inferred"}


def test_logs_in_folders_of_the_same_name_speak_each_of_their_own_files(trial: Make) -> None:
    case = trial(base=MAY + KEPT)
    for half, log in enumerate(
        (suite(*STARTED, SKIPPED, *ENDED), suite(*STARTED, SKIPPED.replace("05-1", "05-2"), *ENDED))
    ):
        written(case, f"{half}/{LOG}", log)
        written(case, f"{half}/{DATA}", lines(*DAYS[half::2]))
    assert case.ingest().gaps() == []
