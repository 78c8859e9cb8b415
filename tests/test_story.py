"""The demo evidence agrees with its own truth; nothing here knows the product."""

import base64
import csv
import gzip
import io
import json
import subprocess
import sys
import tomllib
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOGS = ROOT / "sample_logs"
TRUTH = tomllib.loads((ROOT / "tests/story/truth.toml").read_text(encoding="utf-8"))
CASE = tomllib.loads((LOGS / "case.toml").read_text(encoding="utf-8"))


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def records(pattern: str) -> list[dict[str, Any]]:
    """Read files of JSON, whatever wraps their records."""
    found: list[dict[str, Any]] = []
    for path in sorted(LOGS.glob(pattern)):
        text = content(path).decode() if path.is_file() else ""
        try:
            whole = json.loads(text or "[]")
        except json.JSONDecodeError:
            whole = [json.loads(line) for line in text.splitlines()]
        inner = (
            next((whole[key] for key in ("records", "Records", "value") if key in whole), [whole])
            if isinstance(whole, dict)
            else whole
        )
        found += inner
    assert found, pattern
    return found


def sign_ins() -> dict[str, dict[str, Any]]:
    found = {}
    for record in records("entra.signin.*/**/*.json*") + records("entra.signin.*/**/*.ndjson.gz"):
        body = record.get("properties", record)
        found[body["id"]] = body
    return found


def guid(uti: str) -> str:
    return str(uuid.UUID(bytes_le=base64.urlsafe_b64decode(uti + "==")))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text[:26].rstrip("Z")).replace(tzinfo=UTC)


def sheet() -> list[dict[str, Any]]:
    path = next(LOGS.glob("m365.audit/2021-09-20/*.csv"))
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    return [json.loads(row["AuditData"]) for row in rows]


def audit() -> list[dict[str, Any]]:
    return records("m365.audit/2023-07-12/**/*.json*")


def files() -> list[Path]:
    """Give the files of the story; `more` holds samples of sources that it does not need."""
    return [path for path in LOGS.rglob("*") if path.is_file() and path.relative_to(LOGS).parts[0] != "more"]


def test_the_generator_writes_these_very_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.story", str(tmp_path / "logs"), str(tmp_path / "truth.toml")]
    subprocess.run(command, cwd=ROOT, check=True)
    made = {
        path.relative_to(tmp_path / "logs"): content(path) for path in (tmp_path / "logs").rglob("*") if path.is_file()
    }
    kept = {path.relative_to(LOGS): content(path) for path in files()}
    assert made == kept
    assert (tmp_path / "truth.toml").read_bytes() == (ROOT / "tests/story/truth.toml").read_bytes()


def test_the_evidence_weighs_two_to_three_megabytes() -> None:
    size = sum(path.stat().st_size for path in files())
    assert 2_000_000 < size < 3_000_000


def test_every_honest_token_was_issued_by_a_successful_sign_in() -> None:
    issued = {name for name, body in sign_ins().items() if body["status"]["errorCode"] == 0}
    legit = set(TRUTH["tokens"]["legit"])
    assert len(legit) > 500
    assert legit <= issued


def test_no_forged_token_was_issued_though_the_log_covers_its_issue_time() -> None:
    issued, (start, end) = sign_ins(), TRUTH["exfiltration"]["covered"][1]
    for token in TRUTH["forged"]:
        assert token["token_id"] not in issued
        assert start < token["issued"] < min(token["mail"]) < end


def test_older_tokens_were_issued_before_the_log_begins_and_used_after() -> None:
    issued, (start, _) = sign_ins(), TRUTH["exfiltration"]["covered"][1]
    for token in TRUTH["outside"]:
        assert token["token_id"] not in issued
        assert token["issued"] < start < min(token["mail"])


def test_the_mail_log_holds_exactly_the_uses_the_truth_names() -> None:
    uses = defaultdict(set)
    for row in audit():
        if row["Operation"] == "MailItemsAccessed":
            uses[guid(row["AppAccessContext"]["UniqueTokenId"])].add(moment(row["CreationTime"]))
    for token in [*TRUTH["forged"], *TRUTH["outside"]]:
        assert uses[token["token_id"]] == {used.replace(microsecond=0) for used in token["mail"]}
    known = {token["token_id"] for token in [*TRUTH["forged"], *TRUTH["outside"]]}
    assert set(uses) - known <= set(TRUTH["tokens"]["legit"])


def test_the_graph_log_states_when_the_tokens_were_issued() -> None:
    stated = {
        guid(row["properties"]["signInActivityId"]): row["properties"]["tokenIssuedAt"]
        for row in records("graph.activity/**/*json*")
    }
    wanted = [token for token in [*TRUTH["forged"], *TRUTH["outside"]] if token["graph"]]
    assert len(wanted) == 3
    assert all(moment(stated[token["token_id"]]) == token["issued"] for token in wanted)


def test_all_four_issuance_logs_live_around_every_forged_issue_time() -> None:
    times: dict[str, list[datetime]] = defaultdict(list)
    for record in records("entra.signin.*/2023-07-12/*.gz"):
        times[record["category"]].append(moment(record["properties"]["createdDateTime"]))
    assert len(times) == 4
    for token in TRUTH["forged"]:
        for seen in times.values():
            assert min(abs((token["issued"] - time).total_seconds()) for time in seen) < 4 * 86_400


def test_old_and_new_token_identifiers_encode_the_sign_in_id() -> None:
    for body in sign_ins().values():
        text = body["uniqueTokenIdentifier"]
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        assert (str(uuid.UUID(bytes_le=raw)) if len(raw) == 16 else raw.decode()) == body["id"]


def test_only_the_thief_signs_in_from_a_new_address_with_a_new_program() -> None:
    seen: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    found = []
    people = [
        body for body in sign_ins().values() if body.get("userPrincipalName") and body["status"]["errorCode"] == 0
    ]
    for body in sorted(people, key=lambda body: moment(body["createdDateTime"])):
        addresses, agents = seen[body["userPrincipalName"]]
        if addresses and body["ipAddress"] not in addresses and body["userAgent"] not in agents:
            found.append((body["userPrincipalName"], body["ipAddress"], moment(body["createdDateTime"])))
        addresses.add(body["ipAddress"])
        agents.add(body["userAgent"])
    story = TRUTH["events"]
    assert found == [(story["engineer"], story["replay_address"], story["first_replay"])]


def test_the_stolen_session_was_opened_by_the_engineer_at_home() -> None:
    story = TRUTH["events"]
    stolen = next(body for body in sign_ins().values() if body["ipAddress"] == story["replay_address"])
    addresses = {body["ipAddress"] for body in sign_ins().values() if body.get("sessionId") == stolen["sessionId"]}
    assert addresses == {"192.0.2.31", story["replay_address"]}
    read = [row for row in sheet() if row.get("ClientIP") == story["replay_address"]]
    assert {row["AppAccessContext"]["AADSessionId"] for row in read} == {stolen["sessionId"]}


def test_one_token_of_the_engineer_is_used_from_both_addresses() -> None:
    places = defaultdict(set)
    for row in sheet():
        if "AppAccessContext" in row:
            places[guid(row["AppAccessContext"]["UniqueTokenId"])].add(row["ClientIP"])
    twice = [token for token, seen in places.items() if len(seen) > 1]
    assert [places[token] for token in twice] == [{"192.0.2.31", TRUTH["events"]["replay_address"]}]
    assert sign_ins()[twice[0]]["ipAddress"] == "192.0.2.31"


def test_the_spray_never_succeeds() -> None:
    tried = [body for body in sign_ins().values() if body.get("userAgent") == "BAV2ROPC"]
    assert len(tried) == 42
    assert all(body["status"]["errorCode"] for body in tried)


def test_the_dump_moves_once_and_the_copy_is_one_request_of_three_records() -> None:
    story = TRUTH["events"]
    rows = [row for row in records("azure.storage/**/*json*") if story["dump"] in row["uri"]]
    copied = [row for row in rows if row["operationName"].startswith("CopyBlob")]
    assert [row["operationName"] for row in copied] == ["CopyBlob", "CopyBlobSource", "CopyBlobDestination"]
    assert len({row["correlationId"] for row in copied}) == 1
    assert moment(copied[0]["time"]) == story["copy"]
    sizes = {row["properties"]["requestBodySize"] for row in rows if row["operationName"] == "PutBlob"}
    assert sizes == {story["size"]}
    full = [row["properties"] for row in rows if row["properties"].get("responseMd5") and "debugdumps" in row["uri"]]
    assert {(body["responseBodySize"], body["responseMd5"]) for body in full} == {(story["size"], story["md5"])}


def test_no_log_shows_the_engineer_at_the_dump_and_none_covers_the_months_between() -> None:
    story, border = TRUTH["events"], TRUTH["exfiltration"]
    rows = records("azure.storage/**/*json*")
    readers = {
        row["identity"].get("requester", {}).get("upn")
        for row in rows
        if story["dump"] in row["uri"] and row["operationName"] == "GetBlob"
    }
    assert readers == {"dana.wolff@contoso.com", "lee.sandoval@contoso.com", None}
    spans = border["covered"]
    assert all(any(start <= moment(row["time"]) < end for start, end in spans) for row in rows)
    assert border["earliest"] == story["first_replay"] > story["copy"]
    assert border["latest"] == spans[1][0] < story["first_forged"]


def test_every_role_key_was_handed_out_in_the_second_that_its_uses_state() -> None:
    events = records("aws.cloudtrail/**/*.json.gz")
    issued = {
        event["responseElements"]["credentials"]["accessKeyId"]: event["eventTime"]
        for event in events
        if event["eventName"] == "AssumeRole"
    }
    logins = {event["eventTime"] for event in events if event["eventName"] == "ConsoleLogin"}
    for event in events:
        key = event["userIdentity"].get("accessKeyId", "")
        created = event["userIdentity"].get("sessionContext", {}).get("attributes", {}).get("creationDate")
        if key == "ASIAOLDER0413EXAMPLE":
            assert moment(created) < TRUTH["exfiltration"]["covered"][1][0]
        elif event.get("sessionCredentialFromConsole"):
            assert created in logins
        elif key.startswith("ASIA"):
            assert issued[key] == created


def test_the_server_log_of_the_bucket_joins_to_the_data_events() -> None:
    lines = [
        line for path in LOGS.glob("aws.s3access/**/*") if path.is_file() for line in path.read_text().splitlines()
    ]
    events = {
        event["requestID"] for event in records("aws.cloudtrail/**/*.json.gz") if event["eventCategory"] == "Data"
    }
    assert {line.split()[6] for line in lines if " REST." in line} == events


def test_classic_lines_have_thirty_or_thirty_eight_fields_outside_quotes() -> None:
    for path in LOGS.glob("azure.storage_classic/**/*.log"):
        for line in path.read_text().splitlines():
            assert fields(line) == (30 if line.startswith("1.0;") else 38)


def fields(line: str) -> int:
    """Count fields with a scanner that knows quotes; the last field of version 2.0 has raw quotes inside."""
    body, _, tail = line.partition(';"[{')
    parts, inside = 1, False
    for letter in body:
        inside ^= letter == '"'
        parts += letter == ";" and not inside
    return parts + bool(tail)


@pytest.mark.parametrize("pattern", ["windows.security/**/fs01/*", "windows.security/**/dc01/*"])
def test_windows_record_numbers_have_no_hole(pattern: str) -> None:
    rows = records(pattern)
    numbers = sorted(
        row["Event"]["System"]["EventRecordID"] if "Event" in row else row["winlog"]["record_id"] for row in rows
    )
    assert numbers == list(range(numbers[0], numbers[0] + len(rows)))


def test_every_file_belongs_to_one_collection_of_the_case() -> None:
    patterns = [glob for collection in CASE["collection"] for glob in collection["paths"]]
    for path in files():
        name = "evidence/" + path.relative_to(LOGS).as_posix()
        if path.is_file() and path.suffix not in (".toml", ".md"):
            assert sum(matches(glob, name) for glob in patterns) == 1, name


def matches(glob: str, name: str) -> bool:
    """Match as the contract says: `*` also crosses `/`."""
    parts = glob.split("*")
    place = len(parts[0]) if name.startswith(parts[0]) else -1
    for part in parts[1:]:
        place = name.find(part, place) + len(part) if place >= 0 and part in name[place:] else -1
    return place >= 0 and (glob.endswith("*") or place == len(name))


def test_every_stream_has_a_policy_and_the_dates_are_in_order() -> None:
    covered = {policy["stream"].split(".")[0] for policy in CASE["policy"]}
    assert covered == {path.name.split(".")[0] for path in LOGS.iterdir() if path.is_dir() and path.name != "more"}
    story = TRUTH["events"]
    order = ["crash", "crash_reported", "upload", "copy", "first_replay", "first_forged", "last_forged", "detection"]
    assert sorted(order, key=lambda name: story[name]) == order
    assert CASE["case"]["as_of"] > datetime(2023, 7, 12, 9, tzinfo=UTC)


def test_only_addresses_reserved_for_documentation_occur() -> None:
    allowed = ("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:")
    for body in sign_ins().values():
        assert not body["ipAddress"] or body["ipAddress"].startswith(allowed)
    for row in records("azure.storage/**/*json*"):
        caller = row.get("callerIpAddress", "").lstrip("[")
        assert not caller or caller.startswith(allowed)
