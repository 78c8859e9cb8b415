"""The cost of answers: every question of the library on a case of ten million events, on two threads.

The events are made in DuckDB, in the real schema and in the order in which an ingest leaves them (one file after another, each by time).
"""

import hashlib
import resource
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from timeline import Case
from timeline.case.store import SCHEMA, writer
from timeline.evidence.questions import ask_row

DAY = 86_400_000_000
START = 1_672_531_200_000_000  # 2023-01-01
DAYS = 180
USERS = 3_000
OBJECTS = 400_000
SEED = "https://proddumps.blob.core.windows.net/crash/core.sts-signer.4711.zst"
COPY = "https://debugdumps.blob.core.windows.net/triage/INC-1/core.sts-signer.4711.zst"
SUBJECT = {
    "object": SEED,
    "actor": "user7@contoso.com",
    "mailbox": "user7@contoso.com",
    "zone": "debugging",
    "stream": "azure.storage/*",
    "session": "",  # filled from the data
    "token": "",
    "request": "",
    "address": "10.7.0.7",
    "key": "ASIA0123456789ABCDEF",
}
CASE = """
[case]
name = "Ten million events"
from = 2023-01-01T00:00:00Z
to = 2023-06-30T00:00:00Z
as_of = 2023-07-01T00:00:00Z

[[collection]]
id = "all"
collected_at = 2023-07-01T00:00:00Z

[[policy]]
stream = "*"
semantics = "none"

[[zone]]
name = "production"
level = 3
objects = ["https://proddumps.blob.core.windows.net/**"]

[[zone]]
name = "debugging"
level = 2
objects = ["https://debugdumps.blob.core.windows.net/**", "s3://contoso-debug/**"]

[[zone]]
name = "corporate"
level = 1
objects = ["https://contoso.sharepoint.com/**"]
"""


@dataclass(frozen=True)
class Log:
    """One stream: its share of the events in thousandths, its actions with their parts in a hundred, and where its objects lie."""

    stream: str
    family: str
    share: int
    actions: Mapping[str, int]
    place: str = ""
    stated: frozenset[str] = field(default_factory=frozenset)


READS = {
    "object.read": 62,
    "object.write": 16,
    "object.copy": 4,
    "object.list": 6,
    "object.inspect": 8,
    "object.delete": 4,
}
TOKEN = frozenset({"token", "issued"})
SIGNED = frozenset({"token", "session", "device"})
BLOBS = frozenset({"hash", "size", "credential"})
LOGS = (
    Log("azure.storage/proddumps", "storage", 80, READS, "https://proddumps.blob.core.windows.net", BLOBS),
    Log("azure.storage/debugdumps", "storage", 80, READS, "https://debugdumps.blob.core.windows.net", BLOBS),
    Log("azure.storage/analytics", "storage", 120, READS, "https://analytics.blob.core.windows.net", BLOBS),
    Log("aws.s3access/contoso-build", "storage", 70, READS, "s3://contoso-build", frozenset({"size", "request"})),
    Log("aws.cloudtrail/111122223333/us-east-1", "audit", 90, {"object.read": 40, "object.write": 10, "token.issue": 15, "config.read": 25,
        "config.change": 6, "role.assign": 1, "credential.add": 1, "sign_in": 2}, "s3://contoso-build", frozenset({"credential", "session", "issued", "request"})),
    Log("entra.signin.interactive/contoso", "sign_in", 25, {"sign_in": 100}, "", SIGNED),
    Log("entra.signin.noninteractive/contoso", "sign_in", 140, {"sign_in": 100}, "", SIGNED),
    Log("entra.signin.service_principal/contoso", "sign_in", 60, {"sign_in": 100}, "", SIGNED),
    Log("entra.signin.managed_identity/contoso", "sign_in", 30, {"sign_in": 100}, "", SIGNED),
    Log("graph.activity/contoso", "token", 100, {"object.read": 20, "token.use": 10, "config.read": 60, "mail.read": 8, "config.change": 2},
        "https://graph.microsoft.com/v1.0/drives", TOKEN),
    Log("m365.audit/contoso", "audit", 150, {"mail.read": 45, "object.read": 25, "object.write": 8, "object.move": 2, "sign_in": 8, "mail.send": 7,
        "object.share": 2, "mail.rule": 1, "config.change": 2}, "https://contoso.sharepoint.com/sites", TOKEN | {"session"}),
    Log("entra.audit/contoso", "audit", 10, {"credential.add": 10, "role.assign": 30, "consent.grant": 10, "account.change": 48, "federation.change": 1,
        "config.change": 1}),
    Log("okta.system/default", "sign_in", 20, {"sign_in": 80, "token.issue": 20}, "", frozenset({"session"})),
    Log("windows.security/dc01", "sign_in", 15, {"sign_in": 70, "token.issue": 20, "process.start": 10}, "", frozenset({"session"})),
    Log("linux.auth/jump-01", "sign_in", 10, {"sign_in": 90, "process.start": 10}),
)  # fmt: skip


def _chance(salt: str, below: int) -> str:
    return f"(hash(i, '{salt}') % {below})::BIGINT"


def _uuid(text: str) -> str:
    return f"CAST(CAST(md5({text}) AS UUID) AS VARCHAR)"


def _action(log: Log) -> str:
    cases, limit = [], 0
    for word, part in log.actions.items():
        limit += part
        cases.append(f"WHEN {_chance('action', 100)} < {limit} THEN '{word}'")
    return f"CASE {' '.join(cases)} END"


def _drawn(log: Log, number: int, count: int) -> str:
    """Give what is drawn for each record of one log."""
    step = DAYS * DAY // count
    return f"""SELECT i, {number} AS file_no, {START} + i * {step} + {_chance("jitter", max(step, 1))} AS time_us, {_action(log)} AS action,
        (pow({_chance("user", 1_000_000)} / 1e6, 3) * {USERS})::BIGINT AS u, (pow({_chance("object", 1_000_000)} / 1e6, 2) * {OBJECTS})::BIGINT AS o,
        {_chance("odd", 100)} AS odd FROM range({count}) AS t(i)"""


def _columns(log: Log) -> dict[str, str]:
    source = log.stream.partition("/")[0]
    named = f"'{log.place}/c' || (o % 40) || '/d' || (o % 997) || '/file-' || o || '.bin'" if log.place else "NULL"
    touches = "action LIKE 'object.%'" if log.place else "false"
    size = "(hash(o) % 60000000 + 100)::BIGINT"
    day = f"time_us // {DAY}"
    stated = {
        "token_id": ("token", _uuid(f"concat(u, '/', {day})")),
        "issued_time_us": ("issued", f"{day} * {DAY}"),
        "session_id": ("session", _uuid(f"concat('s', u, '/', time_us // {DAY})")),
        "device_id": ("device", _uuid("concat('d', u)")),
        "credential_id": ("credential", f"'ASIA' || upper(left(md5(concat(u, '/', time_us // {DAY})), 16))"),
        "request_id": ("request", "upper(left(md5(concat('q', i)), 16))"),
        "object_hash": ("hash", "CASE WHEN action = 'object.write' AND odd % 3 = 0 THEN md5(concat('m', i)) WHEN action LIKE 'object.%' THEN '0x8D' || left(md5(concat('e', i)), 13) END"),
        "object_size": ("size", f"CASE WHEN action IN ('object.write', 'object.read') THEN {size} END"),
    }  # fmt: skip
    found = {name: text if key in log.stated else "NULL" for name, (key, text) in stated.items()}
    if source == "azure.storage":
        found["request_id"] = _uuid("concat('r', i)")
        found["object_size"] = f"CASE WHEN action = 'object.write' THEN {size} END"
    return found | {
        "time_precision": "'us'", "logged_us": "NULL", "source": f"'{source}'", "family": f"'{log.family}'", "stream": f"'{log.stream}'",
        "operation": "'Do' || replace(action, '.', '')", "outcome": "CASE WHEN odd < 4 THEN 'failure' ELSE 'success' END",
        "outcome_detail": "CASE WHEN odd < 4 THEN '50126' ELSE '0' END", "actor": "'user' || u || '@contoso.com'", "actor_id": _uuid("concat('u', u)"),
        "actor_type": "CASE WHEN odd = 11 THEN 'anonymous' ELSE 'user' END", "protocol": "CASE WHEN odd IN (12, 13) THEN 'SAS' ELSE 'OAuth' END",
        "country": "CASE WHEN odd > 95 THEN 'FR' ELSE 'US' END", "src_ip": "CASE WHEN odd > 95 THEN '198.51.100.' || (i % 250) ELSE '10.' || (u % 200) || '.' || (u // 200) || '.7' END",
        "user_agent": "'Agent/' || CASE WHEN odd = 50 THEN i % 90 ELSE u % 30 END", "app": "'App ' || (u + odd // 50) % 25", "app_id": _uuid("concat('a', (u + odd // 50) % 25)"),
        "object": f"CASE WHEN {touches} THEN {named} END",
        "object_from": f"CASE WHEN action IN ('object.copy', 'object.move') THEN '{log.place}/c' || ((o + 1) % 40) || '/d' || ((o + 1) % 997) || '/file-' || (o + 1) || '.bin' END",
        "bytes": f"CASE WHEN action = 'object.read' THEN {size} // (1 + odd % 2) END",
        "mailbox": "CASE WHEN action IN ('mail.read', 'mail.send', 'mail.rule') THEN 'user' || u || '@contoso.com' END",
    }  # fmt: skip


def _fill(connection: duckdb.DuckDBPyConnection, events: int) -> None:
    for number, log in enumerate(LOGS):
        count, columns = max(events * log.share // 1000, 1), _columns(log)
        connection.execute("INSERT INTO file VALUES (?, ?, NULL, ?, 0, 'json', '', NULL, NULL, NULL, ?, 0, false, false, NULL, 0)",
            [number, f"/evidence/{number}.json", log.stream, count])  # fmt: skip
        listed = ", ".join(f"{text} AS {name}" for name, text in columns.items())
        connection.execute(
            f"INSERT INTO event BY NAME SELECT file_no, i + 1 AS record, i * 900 AS start, 850 AS size, md5(concat(file_no, '/', i)) AS event_id, "
            f"true AS kept, time_us, action, {listed} FROM ({_drawn(log, number, count)})"
        )


def _incident(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the case's own story among the rest: a dump is written, copied by the service, and read."""
    at = START + 60 * DAY
    rows = [
        (0, "put", at, "object.write", "PutBlob", SEED, None, 48_627_311, "0x8D111", None),
        (1, "copy", at + DAY, "object.copy", "CopyBlob", COPY, SEED, None, "0x8D222", None),
        (1, "read", at + 2 * DAY, "object.read", "GetBlob", COPY, None, None, "0x8D222", 48_627_311),
        (1, "part", at + 3 * DAY, "object.read", "GetBlob", COPY, None, None, "0x8D222", 1_000_000),
    ]
    connection.executemany(
        "INSERT INTO event BY NAME SELECT ? AS file_no, 0 AS record, md5(?) AS event_id, true AS kept, ?::BIGINT AS time_us, ? AS action, ? AS operation, "
        "? AS object, ? AS object_from, ?::BIGINT AS object_size, ? AS object_hash, ?::BIGINT AS bytes, 'success' AS outcome, 'user7@contoso.com' AS actor, "
        "'192.0.2.7' AS src_ip, 'Agent/7' AS user_agent, 'azure.storage' AS source, 'storage' AS family, NULL AS stream, 'us' AS time_precision",
        rows,
    )
    connection.execute(
        "UPDATE event SET stream = 'azure.storage/' || CASE file_no WHEN 0 THEN 'proddumps' ELSE 'debugdumps' END WHERE stream IS NULL"
    )


def build(folder: Path, events: int) -> Path:
    """Make the case, once for each number of events and form of the schema."""
    form = hashlib.sha256(
        f"{SCHEMA}{[(log.stream, log.share, log.actions, _columns(log)) for log in LOGS]}".encode()
    ).hexdigest()[:8]
    root = folder / f"case-{events}-{form}"
    if not (root / "case.toml").exists():
        root.mkdir(parents=True, exist_ok=True)
        (root / "case.duckdb").unlink(missing_ok=True)
        with writer(root / "case.duckdb") as connection:
            connection.execute("SET disabled_optimizers = ''")
            connection.execute("SET memory_limit = '6GB'")
            _fill(connection, events)
            _incident(connection)
            connection.execute("CHECKPOINT")
        (root / "case.toml").write_text(CASE, encoding="utf-8")
    return root


def _subjects(case: Case) -> dict[str, str]:
    """Choose a session, a token and a request of the account in question."""
    found = {}
    for name in ("session", "token", "request"):
        rows = case.connection.execute(
            f"SELECT min({name}_id) FROM events WHERE actor = '{SUBJECT['actor']}' AND {name}_id IS NOT NULL"
        ).fetchall()
        found[name] = str(rows[0][0])
    return SUBJECT | found


def run(folder: Path, events: int, chosen: str = "", *, anything: bool = True) -> Iterator[str]:
    """Give the seconds of each question, about a subject and (with `anything`) about any, and the median and worst of all."""
    started = time.perf_counter()
    root = build(folder, events)
    yield f"{events:,} events made in {time.perf_counter() - started:.1f} s, {(root / 'case.duckdb').stat().st_size / 1e6:,.0f} MB"
    with Case.open(root) as case:
        started = time.perf_counter()
        case.answer("sign-in-by", {"actor": SUBJECT["actor"]})
        yield f"what each log covers: {time.perf_counter() - started:.2f} s, once for all questions"
        subjects, took = _subjects(case), {"subject": [0.0][:0], "any": [0.0][:0]}
        busy: dict[str, list[float]] = {kind: [] for kind in took}
        for name in sorted(case.questions):
            if not name.startswith(chosen):
                continue
            told = {key: subjects[key] for key in case.questions[name].parameters if key in subjects}
            for kind, params in {"subject": told, "any": {}}.items():
                if kind == "any" and not (anything and told):
                    continue
                started, before = time.perf_counter(), time.process_time()
                row = ask_row(case.answer(name, params))
                took[kind].append(time.perf_counter() - started)
                busy[kind].append(time.process_time() - before)
                yield (
                    f"{name:34} {kind:8} {took[kind][-1]:7.2f} s {busy[kind][-1]:7.2f} s of CPU {row['rows']:>9,} findings  {row['verdict']}"
                )
    for kind, each in took.items():
        if each:
            yield f"{kind:8} median {statistics.median(each):.2f} s, worst {max(each):.2f} s; {_told(busy[kind])} of CPU"
    yield f"most memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:,} MiB"


def _told(busy: list[float]) -> str:
    return f"median {statistics.median(busy):.2f} s, worst {max(busy):.2f} s, {sum(busy):.0f} s together"
