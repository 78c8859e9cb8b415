"""What responders would use instead, on the same files: jq into sqlite, pandas.json_normalize, Plaso."""

import gzip
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.limits import columns

ROWS = {"ndjson": 300_000, "records.gz": 120_000}  # records of each shape that peers read


def there(shape: str) -> list[str]:
    """Name the peers that read a shape and are installed here."""
    tools = {
        "jq_sqlite": shape != "evtx" and shutil.which("jq") and shutil.which("sqlite3"),
        "pandas_normalize": shape != "evtx" and find_spec("pandas"),
        "plaso": shape == "evtx" and shutil.which("log2timeline"),
    }
    return [name for name, found in tools.items() if found]


def _program(source: str, shape: str) -> str:
    """Give the jq program that writes the columns a source reads as a row of tab-separated text."""
    leaves = ", ".join(
        "(." + leaf.replace('"."', '"?."') + '? | if type == "object" or type == "array" then tojson else . end)'
        for leaf in columns(source)[1]
    )
    return (".Records[] | " if shape == "records.gz" else "") + f"[{leaves}] | @tsv"


def jq_sqlite(source: str, paths: list[str], shape: str, database: str) -> int:
    """Turn JSON into rows by jq and load them with sqlite's own import."""
    Path(database).unlink(missing_ok=True)
    names = ", ".join(f"c{index} TEXT" for index in range(len(columns(source)[1])))
    reader = "zcat" if shape == "records.gz" else "cat"
    with (
        subprocess.Popen([reader, *paths], stdout=subprocess.PIPE) as plain,
        subprocess.Popen(["jq", "-r", _program(source, shape)], stdin=plain.stdout, stdout=subprocess.PIPE) as rows,
    ):
        load = [
            "sqlite3",
            database,
            f"CREATE TABLE t ({names})",
            ".mode ascii",
            r'.separator "\t" "\n"',
            ".import /dev/stdin t",
        ]
        subprocess.run(load, stdin=rows.stdout, check=True)
    told = subprocess.run(["sqlite3", database, "SELECT count(*) FROM t"], capture_output=True, text=True, check=True)
    return int(told.stdout)


def pandas_normalize(source: str, paths: list[str], shape: str, database: str) -> int:
    """Parse and flatten JSON into one frame; `source` and `database` are not needed: it takes every column and keeps nothing."""
    import pandas as pd  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415

    del source, database
    records: list[object] = []
    for path in paths:
        if shape == "records.gz":
            records += json.loads(gzip.decompress(Path(path).read_bytes()))["Records"]
        else:
            with Path(path).open(encoding="utf-8") as lines:
                records += [json.loads(line) for line in lines]
    return len(pd.json_normalize(records))


def plaso(source: str, paths: list[str], shape: str, database: str) -> int:
    """Let Plaso extract events into its own storage, with the parser of the format named; give the events it tells."""
    del source, shape
    Path(database).unlink(missing_ok=True)
    options = [
        "--parsers",
        "winevtx",
        "--single-process",
        "--status_view",
        "none",
        "-q",
        "-u",
        "--storage-file",
        database,
    ]
    with TemporaryDirectory() as folder:
        for path in paths:
            subprocess.run(["log2timeline", *options, path], cwd=folder, capture_output=True, check=True)
    told = subprocess.run(
        ["sqlite3", database, "SELECT count(*) FROM event"], capture_output=True, text=True, check=True
    )
    return int(told.stdout)
