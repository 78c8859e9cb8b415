"""A case of very many events, made inside DuckDB in the real schema: nothing is read from logs, so that it is there in seconds."""

from __future__ import annotations

from pathlib import Path

from timeline.case.store import writer

STREAMS = 30
SECONDS_PER_DAY = 86_400
CASE = """[case]
name = "A crowd"
notes = "Made for a benchmark."
from = 2023-01-01T00:00:00Z
to = 2024-01-01T00:00:00Z

[[collection]]
id = "all"
collected_at = 2024-01-01T06:00:00Z

[[policy]]
stream = "*"
semantics = "rolling"
retention_days = 180

[[zone]]
name = "production"
level = 3
objects = ["https://prod*"]

[[zone]]
name = "corporate"
level = 1
objects = ["https://files*"]

[[chain.step]]
id = "read"
question = "artefact-read-by"
params = { object = "https://prod7.example.com/data/0000000007" }
"""
KINDS = """(VALUES
    (0, 'entra.signin.interactive', 'sign_in', 'sign_in', 'us'), (1, 'entra.signin.noninteractive', 'token', 'token.issue', 'us'),
    (2, 'azure.storage', 'storage', 'object.read', '100ns'), (3, 'azure.storage', 'storage', 'object.write', '100ns'),
    (4, 'm365.audit', 'audit', 'mail.read', 's'), (5, 'aws.cloudtrail', 'control', 'config.read', 's'),
    (6, 'aws.s3access', 'storage', 'object.read', 's'), (7, 'graph.activity', 'audit', 'config.read', 'us'),
    (8, 'windows.security', 'system', 'process.start', '100ns'), (9, 'linux.journal', 'system', 'service.event', 'us')
) AS kind(number, source, family, action, precision)"""
EVENTS = f"""INSERT INTO event BY NAME
    WITH numbered AS (SELECT range AS i, hash(range) AS h, hash(range + 1000000007) AS g FROM range($events)),
    placed AS (SELECT *, CAST(floor(pow((h % 1000003) / 1000003.0, 2.2) * {STREAMS}) AS INTEGER) AS stream_no FROM numbered),
    even AS (SELECT *, (i * {365 * SECONDS_PER_DAY}.0 / $events) AS plain, pow((g % 99991) / 99991.0, 3) AS rank FROM placed),
    -- bent to the rhythm of days and weeks
    timed AS (SELECT *, greatest(0, least({365 * SECONDS_PER_DAY - 10}.0, plain - 9000 * sin(2 * pi() * plain / {SECONDS_PER_DAY})
        - 40000 * sin(2 * pi() * plain / {7 * SECONDS_PER_DAY}))) AS second FROM even)
    SELECT stream_no AS file_no, i + 1 AS record, i * 700 AS start, 690 + (h % 40)::BIGINT AS size, md5(i::VARCHAR) AS event_id, i::UHUGEINT AS record_key,
        true AS kept,
        CASE WHEN precision = 's' THEN 1000000 ELSE 1 END * CAST(floor((1672531200 + second + (g % 1000) / 1000.0 * 3) * CASE WHEN precision = 's' THEN 1 ELSE 1000000 END) AS BIGINT)
            AS time_us,
        precision AS time_precision, source, family, source || '/' || (stream_no // 10)::VARCHAR AS stream, 'Operation' || (h % 17) AS operation,
        CASE WHEN h % 40 = 0 THEN 'object.list' WHEN h % 5000 = 1 THEN 'credential.add' WHEN h % 90000 = 2 THEN 'logging.disable' ELSE action END AS action,
        CASE WHEN h % 13 = 0 THEN 'failure' ELSE 'success' END AS outcome, CASE WHEN h % 13 = 0 THEN (50000 + h % 60)::VARCHAR END AS outcome_detail,
        'user' || CAST(floor(rank * 5000) AS INTEGER) || '@contoso.com' AS actor, 'id-' || CAST(floor(rank * 5000) AS INTEGER) AS actor_id,
        CASE WHEN h % 7 = 0 THEN 'service' ELSE 'user' END AS actor_type,
        '198.51.' || (CAST(floor(rank * 5000) AS INTEGER) % 100) || '.' || (h % 3 + CAST(floor(rank * 5000) AS INTEGER) % 250) AS src_ip,
        'Mozilla/5.0 (X11; Linux x86_64) client/' || (CAST(floor(rank * 5000) AS INTEGER) % 300) AS user_agent,
        'app ' || (h % 40) AS app, md5('app' || h % 40) AS app_id,
        'session-' || CAST(floor(rank * 5000) AS INTEGER) || '-' || (i // ($events // 700 + 1)) AS session_id,
        CASE WHEN family = 'token' THEN md5('t' || i) END AS token_id, md5('r' || i) AS request_id,
        CASE WHEN family = 'storage' THEN CASE WHEN h % 3 = 0 THEN 'https://prod' || stream_no || '.example.com/data/' || lpad((g % 200000)::VARCHAR, 10, '0')
            ELSE 'https://files.example.com/team' || (g % 90) || '/' || (g % 60000) || '.xlsx' END END AS object,
        CASE WHEN family = 'storage' THEN (g % 5000000)::BIGINT END AS bytes
    FROM timed JOIN {KINDS} ON kind.number = stream_no % 10 ORDER BY stream_no, i"""
FILES = f"""INSERT INTO file BY NAME
    SELECT range AS file_no, '/nowhere/export-' || range || '.json' AS path, md5('file' || range) || md5(range::VARCHAR) AS sha256,
        700 * (SELECT count(*) FROM event WHERE file_no = range) AS bytes, 'ndjson' AS kind, 'utf-8' AS encoding,
        (SELECT count(*) FROM event WHERE file_no = range) AS records, 0 AS skipped, false AS twin, false AS torn FROM range({STREAMS})"""


def make(folder: Path, events: int) -> Path:
    """Make a case folder with so many events."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(CASE, "utf-8")
    with writer(folder / "case.duckdb") as connection:
        connection.execute(EVENTS, {"events": events})
        connection.execute(FILES)
    return folder
