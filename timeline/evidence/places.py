"""Where client addresses are: the table `places`, from the MaxMind database that case.toml names (`geo`), for questions that read it.

No such database comes with the program: their licences forbid it, and without one such questions say what they lack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import maxminddb
import polars as pl

from timeline.errors import CaseError

COLUMNS = {
    "src_ip": pl.String,
    "country": pl.String,
    "latitude": pl.Float64,
    "longitude": pl.Float64,
    "radius_km": pl.Int64,
}
TABLE = (
    "CREATE TEMP TABLE IF NOT EXISTS places "
    "(src_ip VARCHAR, country VARCHAR, latitude DOUBLE, longitude DOUBLE, radius_km BIGINT)"
)
ADDRESSES = "SELECT DISTINCT src_ip FROM event WHERE kept AND src_ip IS NOT NULL AND action = 'sign_in' ORDER BY src_ip"


def fill(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Make the table `places` for the addresses of sign-ins; it is empty where case.toml names no database."""
    connection.execute(TABLE)
    connection.execute("DELETE FROM places")
    if path is None:
        return
    addresses = [str(row[0]) for row in connection.execute(ADDRESSES).fetchall()]
    rows = pl.DataFrame(list(_found(path, addresses)), schema=COLUMNS, orient="row")
    connection.register("located", rows.to_arrow())
    connection.execute("INSERT INTO places SELECT * FROM located")
    connection.unregister("located")


def _found(path: Path, addresses: Iterable[str]) -> Iterator[tuple[object, ...]]:
    try:
        with maxminddb.open_database(path) as database:
            for address in addresses:
                yield from _place(database, address)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise CaseError(
            f"{path}: cannot be read as a MaxMind database (.mmdb): {error}; case.toml names it as `geo` under [case]"
        ) from None


def _place(database: maxminddb.Reader, address: str) -> Iterator[tuple[object, ...]]:
    try:
        told = database.get(address)
    except ValueError:  # a name, or an IPv6 address in a database of IPv4
        return
    if isinstance(told, dict):
        country, location = _part(told, "country") or _part(told, "registered_country"), _part(told, "location")
        keys = ("latitude", "longitude", "accuracy_radius")
        yield (address, country.get("iso_code"), *(location.get(key) for key in keys))


def _part(told: dict[str, object], name: str) -> dict[str, object]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}
