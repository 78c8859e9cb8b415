"""What the Microsoft sources make of the shapes and tricks that no sample has; the records stand beside this file."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import events_view, writer

RECORDS = Path(__file__).parent / "records"
SIGN_IN = "58f8ce73-9fc8-4f02-8ea8-1908964f842e"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = writer(tmp_path_factory.mktemp("microsoft") / "case.duckdb")
    Ingest(connection, catalog.sources(), Context(), None).run([RECORDS])
    connection.execute(
        f"CREATE TEMP VIEW events AS SELECT * REPLACE (parse_filename(file) AS file), mark, subject FROM ({events_view([])}) JOIN "
        "(SELECT event_id, mark, subject FROM event) USING (event_id)"
    )
    yield connection
    connection.close()


def rows(case: duckdb.DuckDBPyConnection, columns: str, file: str) -> list[tuple[object, ...]]:
    return case.execute(f"SELECT {columns} FROM events WHERE file = ? ORDER BY record", [file]).fetchall()


def test_no_record_is_lost(case: duckdb.DuckDBPyConnection) -> None:
    assert case.execute("SELECT * FROM rejected").fetchall() == []
    assert case.execute("SELECT path FROM file WHERE skipped > 0 OR records = 0").fetchall() == []


@pytest.mark.parametrize(("file", "source"), [
    ("entra_adfs.ndjson", "adfs"), ("entra_graph_v1.ndjson", "interactive"), ("entra_powershell.ndjson", "noninteractive"),
    ("entra_log_analytics.ndjson", "service_principal"), ("InteractiveSignIns_2025-12-04.csv", "interactive"),
    ("ApplicationSignIns_2025-12-04.csv", "service_principal"), ("MSISignIns_2025-12-04.csv", "managed_identity"), ("legacy_SignInLogs.csv", "interactive"),
])  # fmt: skip
def test_each_shape_of_a_sign_in_is_of_its_category(case: duckdb.DuckDBPyConnection, file: str, source: str) -> None:
    assert {row[0] for row in rows(case, "source", file)} == {f"entra.signin.{source}"}


def test_the_event_time_is_the_sign_in_and_not_its_emission(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "time::VARCHAR, logged_time::VARCHAR", "entra_adfs.ndjson") == [
        ("2025-12-12 14:56:31", "2025-12-12 15:03:58")
    ]
    assert rows(case, "time::VARCHAR, logged_time", "entra_powershell.ndjson") == [("2023-06-20 04:12:49", None)]


def test_a_token_identifier_and_the_sign_in_it_encodes_are_one(case: duckdb.DuckDBPyConnection) -> None:
    files = ("entra_adfs.ndjson", "entra_powershell.ndjson", "activity_shapes.ndjson", "graph_log_analytics.ndjson")
    assert {row for file in files for row in rows(case, "token_id", file)} == {(SIGN_IN,)}


def test_a_failed_sign_in_names_no_token_that_it_does_not_state(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "outcome, token_id", "InteractiveSignIns_2025-12-04.csv") == [
        ("success", SIGN_IN),
        ("failure", None),
    ]
    assert rows(case, "outcome, outcome_detail, token_id", "entra_graph_v1.ndjson") == [
        ("failure", "50126: Invalid username or password.", None)
    ]


def test_the_log_analytics_workspace_is_not_the_tenant(case: duckdb.DuckDBPyConnection) -> None:
    assert {str(row[0]).split("/")[1] for row in rows(case, "stream", "entra_log_analytics.ndjson")} == {
        "52977449-77be-4a5e-abad-d17cd25a4930"
    }


def test_american_dates_put_the_month_first(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "time::VARCHAR, outcome", "legacy_SignInLogs.csv") == [
        ("2025-03-12 07:22:01", "success"),
        ("2025-03-13 19:22:01", "failure"),
    ]


def test_a_copy_is_a_read_of_the_source_and_a_copy_to_the_destination(case: duckdb.DuckDBPyConnection) -> None:
    there, here = (
        "https://proddumps.blob.core.windows.net/crash/x.zst",
        "https://debugdumps.blob.core.windows.net/triage/x.zst",
    )
    assert rows(case, "action, object", "storage_copy.ndjson") == [
        ("object.copy", here),
        ("object.read", there),
        ("object.copy", here),
    ]
    assert len(set(rows(case, "request_id", "storage_copy.ndjson"))) == 1


def test_the_old_log_tells_the_objects_of_a_copy_by_their_keys(case: duckdb.DuckDBPyConnection) -> None:
    place = "https://contosolegacy.blob.core.windows.net/public/"
    copied = [
        ("object.copy", place + "lake%20bck.jpg"),
        ("object.read", place + "lake.jpg"),
        ("object.copy", place + "lake%20bck.jpg"),
    ]
    assert rows(case, "action, object", "classic_copy.log") == copied


def test_one_object_has_one_name(case: duckdb.DuckDBPyConnection) -> None:
    told = rows(case, "object, object_from, object_hash, stream", "storage_log_analytics.ndjson")
    assert told == [("https://debugdumps.blob.core.windows.net/triage/a%20b.zst", "https://proddumps.blob.core.windows.net/crash/a%20b.zst",
                     "0x8DA5E826848D428", "azure.storage/debugdumps")]  # fmt: skip


def test_a_shared_signature_names_itself_and_the_key_that_signed_it(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "credential_id, signing_key_id, token_id, src_ip", "storage_copy.ndjson")[0] == (
        "BBBB",
        "AAAA",
        None,
        "<Redacted>",
    )


def test_a_hash_of_a_token_is_not_the_identifier_of_a_token(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "token_id", "storage_log_analytics.ndjson") == [(None,)]


def test_a_diagnostic_setting_counts_by_its_body_and_its_end(case: duckdb.DuckDBPyConnection) -> None:
    told = rows(case, "action, outcome", "activity_camel.ndjson")
    assert told == [("credential.read", "success"), ("logging.enable", "success"), ("logging.disable", "success"), ("config.change", "success"),
                    ("config.change", "unknown"), ("logging.disable", "success"), ("config.change", "failure")]  # fmt: skip


def test_every_shape_of_the_activity_log_says_the_same(case: duckdb.DuckDBPyConnection) -> None:
    columns = "time_us, action, outcome, actor, src_ip, token_id, issued_time_us, stream, app_id"
    assert len(set(rows(case, columns, "activity_shapes.ndjson"))) == 1
    assert rows(case, "actor, outcome", "activity_portal.csv") == [("avery.chen@contoso.com", "success")]


def test_settings_of_the_audit_count_by_parameter_and_success(case: duckdb.DuckDBPyConnection) -> None:
    assert [row[0] for row in rows(case, "action", "m365_admin.ndjson")] == [
        "logging.disable", "logging.enable", "config.change", "logging.disable", "logging.disable", "mail.rule", "config.change", "logging.disable",
        "retention.change", "mail.rule", "credential.add", "consent.grant", "role.assign", "federation.change", "mail.read", "object.move",
        "sign_in", "object.read"]  # fmt: skip


def test_only_what_changed_the_audit_names_the_stream_it_is_about(case: duckdb.DuckDBPyConnection) -> None:
    told = [row for row in rows(case, "subject, operation, outcome", "m365_admin.ndjson") if row[0]]
    assert {row[0] for row in told} == {"m365.audit/52977449-77be-4a5e-abad-d17cd25a4930"}
    assert {row[1] for row in told} == {
        "Set-AdminAuditLogConfig",
        "Set-MailboxAuditBypassAssociation",
        "Set-OrganizationConfig",
        "Set-Mailbox",
        "New-UnifiedAuditLogRetentionPolicy",
    }
    assert "failure" not in {row[2] for row in told}


def test_a_missing_result_is_no_success_and_a_failed_login_is_a_failure(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "outcome", "m365_admin.ndjson")[-2:] == [("failure",), ("unknown",)]


def test_a_throttled_mailbox_is_marked(case: duckdb.DuckDBPyConnection) -> None:
    marked = [row for row in rows(case, "mark, mailbox, object, action", "m365_admin.ndjson") if row[0]]
    assert marked == [("throttled", "robin@contoso.com", "\\Inbox", "mail.read")]


def test_a_moved_file_has_its_new_name_and_its_old_one(case: duckdb.DuckDBPyConnection) -> None:
    moved = [
        row
        for row in rows(case, "action, object, object_from, object_size", "m365_admin.ndjson")
        if row[0] == "object.move"
    ]
    site = "https://contoso.sharepoint.com/sites/a/"
    assert moved == [("object.move", site + "Archive/x.docx", site + "Docs/x.docx", 10)]


def test_placeholders_of_a_token_are_no_token(case: duckdb.DuckDBPyConnection) -> None:
    moved = [
        row
        for row in rows(case, "action, token_id, issued_time, session_id", "m365_admin.ndjson")
        if row[0] == "object.move"
    ]
    assert moved == [("object.move", None, None, None)]


def test_each_workload_names_its_object_in_its_own_key(case: duckdb.DuckDBPyConnection) -> None:
    site = "https://contoso.sharepoint.com/sites/a/"
    assert rows(case, "action, object, bytes, object_size, token_id, app", "m365_workloads.ndjson") == [
        ("object.read", site + "x.png", 1344200, None, SIGN_IN, "OneDrive Sync"), ("secret.scan", site + "keys.docx", None, 35920, None, None),
        ("credential.add", None, None, None, None, None), ("account.change", None, None, None, None, None),
        ("role.assign", "Response", None, None, None, None), ("mail.send", "<1@mail.contoso.com>", None, None, None, "REST")]  # fmt: skip


def test_a_graph_request_is_told_by_method_and_path(case: duckdb.DuckDBPyConnection) -> None:
    assert rows(case, "action, outcome, mailbox", "graph_log_analytics.ndjson") == [
        ("mail.read", "success", "robin@contoso.com"), ("mail.send", "success", "847e8be5-38c8-4510-8a33-779d9a72e209"), ("credential.add", "success", None),
        ("consent.grant", "failure", None), ("object.read", "success", None), ("token.use", "success", None)]  # fmt: skip
