"""The catalogue: every row is sourced, dated and found by the streams that it is about."""

import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.readme.retention import retention
from timeline import catalog
from timeline.case.plans import spec_of
from timeline.core.retention import horizon
from timeline.core.spans import BEGIN, END
from timeline.evidence.defaults import catalogue, keeps, summary
from timeline.evidence.statements import policy
from timeline.policies import history, rows, sheets
from timeline.policies.rows import DEFAULT, NATIVE, Row, about, defaults, planned, plans

DAY = sheets.DAY
FILES = sorted((sheets.FOLDER / "catalogue").glob("*.toml"))
NAMES = sorted({name for source in catalog.sources().values() for name in source.names})
NOT_YET = 0.1
"""Sources may be added without a row, for a new source is one file; they are told as not known."""


def day(year: int, month: int, number: int) -> int:
    return int(datetime(year, month, number, tzinfo=UTC).timestamp()) * 1_000_000


def days(row: Row) -> list[float]:
    return [limit.keep / DAY for limit in row.limits]


def test_every_row_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(row.id for row in rows.rows()).items() if times > 1] == []


def test_every_fact_names_its_sources_or_says_that_it_is_from_memory() -> None:
    for row in rows.rows():
        assert row.cites or not row.known, row.id
        assert row.confidence in {"verified", "memory"}
        if row.confidence == "verified":
            assert {each.key for each in row.cites} - {"memory"}, row.id
    for event in (*history.incidents(), *history.windows(), *history.field_notes()):
        assert event.cites, event.what


def test_no_citation_is_unused() -> None:
    for path in FILES:
        keys = {key for entry in sheets.entries(path, "row") for key in entry.texts("cites")}
        cited = {key for entry in sheets.entries(path, "row") for key in entry.citations}
        assert cited == keys, path.name


def test_a_row_that_knows_nothing_says_so() -> None:
    unknown = [row for row in rows.rows() if not row.known]
    assert {row.id for row in unknown} >= {"duo.other", "jumpcloud.events", "onelogin.events", "slack.audit"}
    for row in unknown:
        assert row.remarks.notes, row.id
        assert keeps(row) == ("not known" if row.store == NATIVE else "as it was set")


def test_the_sources_find_what_is_known_of_them() -> None:
    missing = [name for name in NAMES if not defaults(name)]
    assert len(missing) <= len(NAMES) * NOT_YET, f"add rows to timeline/policies/catalogue/ for {missing}"


def test_the_limits_of_a_row_are_in_order_of_time_and_the_first_holds_since_ever() -> None:
    for row in rows.rows():
        starts = [limit.start for limit in row.limits]
        assert starts == sorted(set(starts)), row.id
        assert starts[:1] in ([], [BEGIN]), row.id


@pytest.mark.parametrize(
    ("stream", "plan", "expected"),
    [
        ("entra.signin.interactive/t", "entra-free", [7]),
        ("entra.signin.noninteractive/t", "entra-p1", [30]),
        ("entra.identity_protection/t", "entra-p2", [90]),
        ("entra.audit/t", "M365-E5", [30]),
        ("m365.audit/t", "audit-standard", [90, 180]),
        ("azure.activity/s", "default", [90]),
        ("aws.cloudtrail/1/eu-west-1", "event-history", [7, 90]),
        ("google_workspace.login/C", "default", [180]),
        ("okta.system/default", "default", [90]),
        ("auth0.logs/t", "auth0-free", [1]),
        ("github.git_events/o", "default", [7]),
        ("linux.auth/h", "default", [28]),
    ],
)
def test_a_plan_gives_the_published_limits(stream: str, plan: str, expected: list[float]) -> None:
    (row,) = planned(stream, plan)
    assert days(row) == expected


def test_the_longer_audit_log_holds_for_records_from_its_day_on() -> None:
    (row,) = planned("m365.audit", "audit-standard")
    assert row.semantics == "stamped"
    assert row.limits[1].start == 1_697_500_800_000_000  # 2023-10-17T00:00:00Z


@pytest.mark.parametrize(
    ("collected", "oldest"),
    [
        ((2024, 1, 20), (2023, 10, 17)),
        ((2024, 3, 1), (2023, 10, 17)),
        ((2024, 4, 10), (2023, 10, 17)),
        ((2024, 5, 1), (2023, 11, 3)),
    ],
)
def test_the_horizon_of_the_standard_audit_log_stood_still_in_early_2024(
    collected: tuple[int, int, int], oldest: tuple[int, int, int]
) -> None:
    (row,) = planned("m365.audit", "audit-standard")
    held = horizon(policy(spec_of(row, "m365.audit/t")), day(*collected))
    assert held.kept_from == day(*oldest)


def test_what_pingone_keeps_for_longer_than_two_weeks_must_be_requested() -> None:
    (row,) = planned("pingone.audit", "pingone-users")
    assert policy(spec_of(row, "pingone.audit/e")).archive_after == 14 * DAY


def test_a_change_of_the_event_history_brought_nothing_back() -> None:
    (row,) = planned("aws.cloudtrail", "event-history")
    told = policy(spec_of(row, "aws.cloudtrail/1/r"))
    assert horizon(told, day(2017, 12, 31)).kept_from == day(2017, 12, 5)
    assert told.enabled[0][0] == day(2017, 8, 14)


def test_what_is_off_by_default_is_kept_nowhere() -> None:
    for source in (
        "graph.activity",
        "azure.storage",
        "azure.keyvault",
        "aws.s3access",
        "kubernetes.audit",
        "aws.vpc_flow",
    ):
        (row,) = planned(source, DEFAULT)
        assert row.off, source
        assert keeps(row) == "nothing, unless it is switched on"


def test_the_closest_row_counts_and_the_vendors_own_copy_comes_first() -> None:
    assert [row.id for row in planned("windows.security", DEFAULT)] == ["windows.security"]
    assert [row.id for row in planned("windows.system", DEFAULT)] == ["windows.channels"]
    stores = [row.store == NATIVE for row in about("entra.audit")]
    assert stores == sorted(stores, reverse=True)
    assert not all(stores)


def test_plans_are_those_of_any_stream_that_a_glob_may_match() -> None:
    assert {"entra-free", "entra-p1", "entra-p2", "log-analytics"} <= set(plans("entra.*"))
    assert set(plans("entra.signin.interactive/*")) <= set(plans("entra.*")) <= set(plans("*"))
    assert plans("contoso.gateway/*") == []
    assert "audit-premium" not in plans("entra.audit/*")


def test_premium_keeps_different_workloads_differently() -> None:
    core, other = planned("m365.audit", "audit-premium")
    assert (days(core), core.where["workload"][1]) == ([365], "Exchange")
    assert (days(other), dict(other.where)) == ([90, 180], {})


def test_a_summary_says_what_each_plan_keeps() -> None:
    assert summary("entra.signin.interactive") == "entra-free, external-id-basic: 7 d; entra-p1, entra-p2: 30 d"
    assert summary("okta.system").startswith("default: 90 d; ")
    assert summary("contoso.gateway") == summary("duo.admin") == "not known"


def test_the_rows_of_the_catalogue_can_be_narrowed_to_a_source_a_stream_or_a_glob() -> None:
    everything = catalogue()
    assert len(everything) == len(rows.rows()) + len(history.incidents()) + len(history.windows()) + len(
        history.field_notes()
    )
    assert everything["citations"].list.len().min() == 0
    one = catalogue("okta.system")
    assert one["id"][0] == "okta.system"
    assert catalogue("okta.system/default").equals(one)
    assert set(one["id"]) <= set(catalogue("okta.*")["id"])
    assert catalogue("contoso.gateway").is_empty()


def test_the_loss_of_september_2024_concerns_sign_ins_and_nothing_else_of_the_tenant() -> None:
    (loss,) = history.losses("entra.signin.interactive/t")
    assert loss.span == (1_725_318_000_000_000, 1_726_704_000_000_000)  # 2024-09-02T23:00Z, 2024-09-19
    assert (loss.state, loss.basis) == ("lossy", "catalogue")
    assert history.losses("m365.audit/t") == []  # what is only remembered is shown, and changes no verdict
    assert history.losses("okta.system/default") == []


def test_availability_windows_are_dated() -> None:
    assert all(BEGIN < each.span[0] < each.span[1] == END for each in history.windows())
    assert any(each.concerns("graph.activity/t") for each in history.windows())
    assert all(each.fields for each in history.field_notes())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("dayz = 3", "dayz"),
        ("days = '3'", "a number of days"),
        ("latency = '3 h'", "a duration"),
        ("lag = ['0h']", "the least and the most"),
        ("semantics = 'forever'", "one of rolling"),
        ("cites = ['nowhere']", "keys of"),
        ("confidence = 'sure'", "verified or memory"),
        ("streams = 'x'", "a list of texts"),
        ("limits = [{ from = 2020-01-01 }]", "a number of days"),
        ("seen = '2020'", "a date"),
    ],
)
def test_a_mistake_in_a_file_names_its_row_and_key(line: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f"[[row]]\nid = 'x.y'\n{line}\n")
    (entry,) = sheets.entries(path, "row")
    with pytest.raises(sheets.TimelineError, match=rf"x\.toml: row 1 \(x\.y\): .*{told}"):
        rows._row("X", entry)


def test_the_table_of_the_readme_has_every_log_once() -> None:
    lines = retention().splitlines()[2:]
    for row in rows.rows():
        if row.store == NATIVE:
            (line,) = [
                line
                for line in lines
                if line.startswith("| " + ", ".join(f"`{name}`" for name in row.streams) + "<br>")
            ]
            assert keeps(row).replace("|", "\\|") in line


def test_the_wheel_holds_the_catalogue(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(Path(__file__).parents[2])).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"timeline/policies/catalogue/{path.name}" for path in FILES} <= names
    assert {"timeline/policies/incidents.toml", "timeline/policies/availability.toml"} <= names
