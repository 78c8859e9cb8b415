"""What responders would use instead, on the same file: jq into sqlite, pandas.json_normalize."""

import gzip
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.limits import columns

ROWS = 20_000


def there() -> list[str]:
    """Name the peers that are installed here."""
    tools = {"jq_sqlite": shutil.which("jq") and shutil.which("sqlite3"), "pandas_normalize": find_spec("pandas")}
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
