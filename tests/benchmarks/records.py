"""Big logs made of the sample records: each copy with ids of its own, written as the vendor's export would be."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from timeline import catalog
from timeline.case import plan
from timeline.readers.batch import Batch

SAMPLES = Path(__file__).parents[2] / "sample_logs"
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}")
CLOUDTRAIL_FILE = 400


@dataclass(frozen=True)
class Log:
    """One bulk log: the source that reads it, its folder of samples, its share of the records, and its shape."""

    source: str
    folder: str
    share: float
    shape: str


LOGS = (
    Log("entra_signin", "entra.signin.noninteractive", 0.35, "ndjson"),
    Log("azure_storage", "azure.storage", 0.25, "ndjson"),
    Log("graph_activity", "graph.activity", 0.1, "ndjson"),
    Log("okta_system", "okta.system", 0.05, "ndjson"),
    Log("m365_audit", "m365.audit", 0.1, "ndjson"),
    Log("aws_cloudtrail", "aws.cloudtrail", 0.15, "records.gz"),
)


def samples(log: Log) -> list[str]:
    """Give the JSON records of a log's samples."""
    sources = catalog.sources()
    found = []
    for path in sorted(each for each in (SAMPLES / log.folder).rglob("*") if each.is_file()):
        one = plan.look(1, path, "", sources.values())
        if one.kind.shape == "json":
            found += [
                text.strip() for piece in one.pieces() if isinstance(piece, Batch) for text in piece.text.to_pylist()
            ]
    return [json.dumps(json.loads(text), separators=(",", ":")) for text in found]


def copies(texts: list[str], count: int) -> Iterator[str]:
    """Give so many records; from the second round on with other ids."""
    for number in range(count):
        turn, index = divmod(number, len(texts))
        text = texts[index]
        yield (
            GUID.sub(lambda found, turn=turn: f"{int(found.group()[:8], 16) ^ turn:08x}{found.group()[8:]}", text)
            if turn
            else text
        )


def write(log: Log, folder: Path, count: int) -> list[Path]:
    """Write a log of so many records; give its files."""
    place = folder / log.folder
    place.mkdir(parents=True, exist_ok=True)
    records = copies(samples(log), count)
    if log.shape == "ndjson":
        path = place / "export.json"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(record + "\n" for record in records)
        return [path]
    paths = []
    for number in range(0, count, CLOUDTRAIL_FILE):
        some = [record for record, _ in zip(records, range(min(CLOUDTRAIL_FILE, count - number)), strict=False)]
        path = place / f"111122223333_CloudTrail_us-east-1_{number:08}.json.gz"
        path.write_bytes(gzip.compress(('{"Records":[' + ",".join(some) + "]}").encode(), 6, mtime=0))
        paths.append(path)
    return paths
