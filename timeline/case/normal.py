"""The statements that turn records into events: a source's SELECT with its paths read in one pass, framed by provenance and identity."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from timeline.case import local_times
from timeline.case.layers import Select, column, parsed
from timeline.catalog import Source, json_path, references
from timeline.errors import CaseError

WORDS, CHANGES = ((Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("macros.sql", "changes.sql"))
OF_CHANGES = re.compile(rf"\b({'|'.join(re.findall('MACRO ([a-z_]+)', CHANGES))})[(]")
CALENDAR = "BETWEEN TIMESTAMPTZ '0001-01-02 00:00:00+00' AND TIMESTAMPTZ '9999-12-30 00:00:00+00'"
MOMENTS = {
    "time": "time_us",
    "logged_time": "logged_us",
    "issued_time": "issued_time_us",
    "expires_time": "expires_time_us",
}
INWARD = ("scope", "record_id", "local_time")
CARRIED = ("file_no", "record", "start", "size")


@dataclass(frozen=True)
class Kind:
    """How records reach a source: `json`, `csv` or `lines`, with a CSV's header and the payload that is the record.

    `careful`: some may not be JSON. The check costs a sixth of the reading, so it is made only once a record has failed.
    """

    shape: str
    names: tuple[str, ...] = ()
    payload: str = ""
    careful: bool = False

    @property
    def as_json(self) -> bool:
        """Tell whether `r` is read from JSON text."""
        return self.shape == "json" or bool(self.payload)


def wording(paths: list[tuple[str, ...]], kind: Kind) -> dict[tuple[str, ...], str]:
    """Say for each path how it is read from a record of this kind."""
    if kind.as_json:
        return {path: f"f{index}" for index, path in enumerate(paths, 1)}
    if kind.shape == "csv":
        place = {name: index for index, name in enumerate(kind.names)}
        return {
            path: f"nullif(c{place[path[0]]}, '')" if len(path) == 1 and path[0] in place else "NULL::VARCHAR"
            for path in paths
        }
    return dict.fromkeys(paths, "NULL::VARCHAR")


def extraction(paths: list[tuple[str, ...]], kind: Kind) -> str:
    """Give the expression that reads all paths of a JSON record at once."""
    if not kind.as_json or not paths:
        return "NULL::VARCHAR[]"
    listed = ", ".join("'" + json_path(path).replace("'", "''") + "'" for path in paths)
    read = f"json_extract_string(line, [{listed}])"
    return f"try({read})" if kind.careful else read


def spread(paths: list[tuple[str, ...]], kind: Kind, *, context: bool = True) -> str:
    """Give the SELECT over `batch` in which each path is a column of its own: read once, however often it is used."""
    known = "batch JOIN context USING (file_no)" if context else "batch"
    fields = "".join(f", x[{index}] AS f{index}" for index in range(1, len(paths) + 1)) if kind.as_json else ""
    return f"SELECT * EXCLUDE (x){fields} FROM (SELECT *, {extraction(paths, kind)} AS x FROM {known})"


def paths_of(*statements: str) -> list[tuple[str, ...]]:
    """Give every path that the statements read, once, in order."""
    return list(dict.fromkeys(path for text in statements for path, _, _ in references(text)))


def fitting(source: Source, kind: Kind) -> str:
    """Give the condition under which a record of this kind is the source's.

    Rows of a CSV are what its header says, but for a union of tables of Log Analytics: there the column Type tells whose each row is.
    """
    if kind.shape != "csv" or kind.payload:
        return source.match or "false"
    of_types = source.match and ("Type",) in paths_of(f"SELECT ({source.match}) AS m") and "Type" in kind.names
    return f"(nullif(r.Type, '') IS NULL OR ({source.match}))" if of_types else "true"


def selected(source: Source, kind: Kind, wanted: frozenset[str] | None = None) -> Select:
    """Give a source's SELECT with `fits` before its columns, or with only the wanted ones."""
    own = parsed(source.select)
    select = Select((column(f"({fitting(source, kind)})", "fits"), *own.columns), own.rest)
    return select.pruned(wanted) if wanted else select


def framed(select: Select, kind: Kind) -> str:
    """Give a SELECT as a statement over a relation `batch`, in which each of its paths is read once."""
    paths = select.paths
    return f"WITH records AS ({spread(paths, kind)}) {select.layered(wording(paths, kind))}"


def mapped(source: Source, kind: Kind, wanted: frozenset[str] | None = None) -> str:
    """Give the SELECT over a relation `batch` that yields the source's columns (or only the wanted ones) with provenance and `fits`."""
    return framed(selected(source, kind, wanted), kind)


def prepare(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Make the words about changes known if a statement uses one: they take as long as the start of DuckDB, and most logs need none."""
    # the view goes with the words in a ROLLBACK
    known = "SELECT 1 FROM duckdb_views() WHERE temporary AND view_name = 'known_changes'"
    if OF_CHANGES.search(statement) and not connection.execute(known).fetchall():
        connection.execute(CHANGES)
        connection.execute("CREATE TEMP VIEW known_changes AS SELECT 1")


def checked(connection: duckdb.DuckDBPyConnection, statement: str, source: Source) -> None:
    """Raise if a source's statement over `batch`, which must exist, does not run, or gives a moment whose zone nothing proves."""
    try:
        rows = connection.execute(f"DESCRIBE {statement}").fetchall()
    except duckdb.Error as error:
        raise CaseError(f"source {source.id}: its SELECT does not run: {error}") from error
    for name, kind, *_ in rows:
        if name in MOMENTS and kind not in ("TIMESTAMP WITH TIME ZONE", '"NULL"', "NULL"):
            raise CaseError(
                f"source {source.id}: {name} is {kind}; it must be TIMESTAMPTZ, the proof that its zone is known"
            )


def _moment(name: str) -> str:
    return f"CASE WHEN {name} {CALENDAR} THEN epoch_us({name}) END"


def columns_of_events(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Name the columns of the table `event`."""
    rows = connection.execute("SELECT name FROM pragma_table_info('event')").fetchall()
    return frozenset(str(row[0]) for row in rows)


def _constants(source: Source, columns: Collection[str]) -> dict[str, str]:
    name = "source" if "source" in columns else f"'{source.names[0]}'"
    family = "family" if "family" in columns else f"'{source.family}'"
    scope = "coalesce(nullif(scope, ''), 'default')" if "scope" in columns else "'default'"
    key = "record_id" if "record_id" in columns else "NULL::VARCHAR"
    return {
        "source": name,
        "family": family,
        "stream": f"{name} || '/' || {scope}",
        "event_id": "md5(concat_ws('/', sha256, record, CASE WHEN start >= 0 THEN concat(start, '+', size) ELSE md5(line) END))",
        # whole seconds: one API gives the time of a record in full, another cuts it
        "record_key": f"CASE WHEN {key} IS NOT NULL THEN md5_number(concat_ws('/', {name}, {key}, epoch_us(time) // 1000000)) END",
        "kept": "true",
    }


YEARS = (Path(__file__).parent / "years.sql").read_text(encoding="utf-8")


def _timed(source: Source, columns: Collection[str]) -> str:
    """Give the relation in which local times have found their instants."""
    if "local_time" not in columns:
        return "mapped"
    given = "*" if "time_precision" in columns else "*, NULL::VARCHAR AS time_precision"
    mapped_ = f"(SELECT {given} FROM mapped)"
    base = (
        YEARS.replace("FROM mapped", f"FROM {mapped_}")
        if source.yearless
        else f"(SELECT *, false AS year_inferred FROM {mapped_})"
    )
    return local_times.timed(base, "time_precision")


def insertion(connection: duckdb.DuckDBPyConnection, source: Source, kind: Kind, *, dated: bool = True) -> str:
    """Give the INSERT that reads `batch` through a source.

    Rows that do not fit or have no time (or, not dated: one) stay out. What sources of the package give is known by their tests; of the
    user's own it is asked, which costs a third of the planning.
    """
    known = columns_of_events(connection)
    select = selected(source, kind, frozenset({"fits", *known, *MOMENTS, *INWARD}))
    names = {*CARRIED, *select.given}
    if "time" not in names:
        raise CaseError(f"source {source.id}: its SELECT gives no column `time`")
    statement = framed(select, kind)
    if source.own:
        prepare(connection, statement)
        checked(connection, statement, source)
    into, which = ("event", f"time {CALENDAR}") if dated else ("undated", "time IS NULL")
    return (
        f"INSERT INTO {into} BY NAME WITH mapped AS ({statement}) "
        f"SELECT {_listed(source, names, known, dated=dated)} FROM {_timed(source, names)} WHERE fits AND {which}"
    )


def _listed(source: Source, names: Collection[str], known: Collection[str], *, dated: bool) -> str:
    """Give the columns of an event as expressions over those that a source gives."""
    own = {"fits", "line", "zone", "collected", "sha256", "year_inferred", *INWARD}
    given = _constants(source, names)
    for name in sorted({*names, "time_precision"} if "local_time" in names else names):
        if name in MOMENTS:
            given[MOMENTS[name]] = _moment(name)
        elif name in known and name not in own and name not in given:
            given[name] = f"hash_of({name})" if name == "object_hash" else name
    if not dated:
        given["time_precision"] = "NULL"
    return ", ".join(f"{expression} AS {name}" for name, expression in given.items())
