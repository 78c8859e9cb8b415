"""Connections to a case's DuckDB file: one writer, readers that cannot change anything, the views that people query."""

from __future__ import annotations

from pathlib import Path

import duckdb

from timeline import catalog
from timeline.case import places
from timeline.case.normal import WORDS
from timeline.errors import CaseError

SCHEMA_VERSION = "4"
SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
GROUPS = "string_split(split_part(e.src_ip, '%', 1), ':')"
NETWORK = f"""CASE WHEN e.src_ip IS NULL THEN NULL
    WHEN NOT contains(e.src_ip, ':') THEN CASE WHEN e.src_ip >= '0' AND e.src_ip < ':' AND contains(e.src_ip, '.')
        THEN substr(e.src_ip, 1, length(e.src_ip) - length(split_part(e.src_ip, '.', -1))) || '0/24' END
    ELSE lower(array_to_string(list_transform(CASE WHEN contains(e.src_ip, '::')
        THEN list_concat(string_split(split_part(e.src_ip, '::', 1), ':'), ['0', '0', '0', '0']) ELSE {GROUPS} END[:4],
        lambda each: coalesce(nullif(ltrim(each, '0'), ''), '0')), ':')) || '::/64' END"""
"""The network of a client: of IPv6 the first four groups, for `::` stands for at least one group of zeros and hardly ever for fewer than four."""
DERIVED = {
    "time": "make_timestamp(e.time_us)",
    "logged_time": "make_timestamp(e.logged_us)",
    "issued_time": "make_timestamp(e.issued_time_us)",
    "expires_time": "make_timestamp(e.expires_time_us)",
    "network": NETWORK,
    "retention_days": """try_cast(try_cast(regexp_extract(e.change, '"days": ?([0-9.]+)', 1) AS DOUBLE) AS BIGINT)""",
    "file_id": "f.sha256",
}
SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_progress_bar = false",
)


def lowered(text: str) -> str:
    """Give a text in lower case as DuckDB's `lower` does, letter by letter: Python makes two of İ, and another sigma at the end of words."""
    return "".join(sign.lower()[0] for sign in text)


def like(glob: str) -> str:
    """Give a glob as a lower-case LIKE pattern whose escape is the backslash."""
    text = lowered(glob).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    while "**" in text:
        text = text.replace("**", "*")
    return text.replace("*", "%")


def quoted(text: str) -> str:
    """Give a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def zone_case(zones: list[tuple[str, int, tuple[str, ...]]]) -> str:
    """Give the expression that names an object's zone: the longest fitting glob decides; events name a data lake's objects as blobs."""
    pairs = sorted(
        ((glob.replace(".dfs.core.", ".blob.core."), name) for name, _, globs in zones for glob in globs),
        key=lambda pair: (-len(pair[0].replace("*", "")), pair),
    )
    whens = " ".join(
        f"WHEN lower(e.object) LIKE {quoted(like(glob))} ESCAPE '\\' THEN {quoted(name)}" for glob, name in pairs
    )
    return f"CASE {whens} END" if whens else "NULL::VARCHAR"


def events_view(zones: list[tuple[str, int, tuple[str, ...]]], where: str = "e.kept", table: str = "event") -> str:
    """Give the SELECT behind the view `events`: the columns of the vocabulary, kept copies only."""
    listed = []
    for name in catalog.column_types():
        expression = zone_case(zones) if name == "zone" else DERIVED.get(name, f"e.{name}")
        listed.append(f"{expression} AS {name}")
    listed += ["f.path || coalesce('!' || f.member, '') AS file", "e.file_no", "e.start", "e.size"]
    return f"SELECT {', '.join(listed)} FROM {table} AS e JOIN file AS f USING (file_no) WHERE {where}"


def _check(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    rows = connection.execute("SELECT value FROM about WHERE key = 'schema'").fetchall()
    if not rows or rows[0][0] != SCHEMA_VERSION:
        raise CaseError(
            f"{path}: schema version {rows[0][0] if rows else 'missing'}, this program writes {SCHEMA_VERSION}: "
            "make a new case and ingest the evidence again"
        )


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        text = str(error).splitlines()[0]
        raise CaseError(
            f"{path}: cannot be opened: {text}. Is another timeline command writing to it, or was it written by another DuckDB?"
        ) from error


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    for statement in SETTINGS:
        connection.execute(statement)


def _make(path: Path) -> None:
    """Make an empty case file under another name, so that a file of that name is always a whole one."""
    made = path.with_name(f"{path.name}.new")
    for left in (made, made.with_name(f"{made.name}.wal")):  # of a command that was killed
        left.unlink(missing_ok=True)
    with _connect(made, read_only=False) as connection:
        connection.execute(SCHEMA)
        connection.execute(
            "INSERT INTO about VALUES ('schema', ?), ('duckdb', ?)", [SCHEMA_VERSION, duckdb.__version__]
        )
    made.replace(path)


def writer(path: Path) -> duckdb.DuckDBPyConnection:
    """Open (or make) the case file for writing."""
    if not path.exists():
        _make(path)
    connection = _connect(path, read_only=False)
    _prepare(connection)
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET memory_limit = '1200MB'")
    # pushed filters would parse each record a second time, and short IN lists would become joins; of a join the files' side is to be
    # held, not the stream of records, whose size the optimizer cannot know (it took one row for it, and held whole files)
    connection.execute("SET disabled_optimizers = 'filter_pushdown,in_clause,join_order,build_side_probe_side'")
    _check(connection, path)
    places.remember(connection, path.parent)
    connection.execute(WORDS)
    return connection


def reader(path: Path, zones: list[tuple[str, int, tuple[str, ...]]]) -> duckdb.DuckDBPyConnection:
    """Open the case file read-only, with the view `events` and no way out to files or the network."""
    if not path.exists():
        raise CaseError(f"{path}: nothing is ingested yet: run `timeline ingest PATH…` first")
    connection = _connect(path, read_only=True)
    _check(connection, path)
    undated = connection.execute("SELECT 1 FROM undated LIMIT 1").fetchall()
    table = "(FROM event UNION ALL FROM undated)" if undated else "event"
    connection.execute(f"CREATE TEMP VIEW events AS {events_view(zones, table=table)}")
    # connections of one process to one file share their settings: the first has locked them
    if not connection.execute("SELECT current_setting('lock_configuration')").fetchall()[0][0]:
        _prepare(connection)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    return connection
