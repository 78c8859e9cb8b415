"""Big logs made of the sample records: each copy with ids of its own, written as the vendor's export would be."""

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tests.readers import evtx_writer
from timeline import catalog
from timeline.case import plan
from timeline.readers.batch import Batch

SAMPLES = Path(__file__).parents[2] / "sample_logs"
ID = re.compile(r"\b(?:[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4})|[0-9A-F]{8}(?=[0-9A-F]{8} ))")
CLOUDTRAIL_FILE, EVTX_CHUNK = 400, 50


@dataclass(frozen=True)
class Log:
    """One bulk log: the source that reads it, its folder of samples, its share of the records, and its shape."""

    source: str
    folder: str
    share: float
    shape: str
    name: str = ""

    @property
    def place(self) -> str:
        """The name of the log among these."""
        return self.name or self.folder


LOGS = (
    Log("entra_signin", "entra.signin.noninteractive", 0.25, "ndjson"),
    Log("azure_storage", "azure.storage", 0.2, "ndjson"),
    Log("graph_activity", "graph.activity", 0.07, "ndjson"),
    Log("okta_system", "okta.system", 0.08, "ndjson"),
    Log("m365_audit", "m365.audit", 0.05, "ndjson"),
    Log("m365_audit", "m365.audit", 0.1, "ual.csv", "m365.audit.csv"),
    Log("aws_cloudtrail", "aws.cloudtrail", 0.1, "records.gz"),
    Log("aws_s3access", "aws.s3access", 0.13, "lines"),
    Log("windows_events", "windows.evtx", 0.02, "evtx"),
)


def samples(log: Log) -> list[str]:
    """Give the records of a log's samples: JSON in one line each, or lines of text."""
    sources, found = catalog.sources(), []
    shape = "lines" if log.shape == "lines" else "json"
    for path in sorted(each for each in (SAMPLES / log.folder).rglob("*") if each.is_file()):
        one = plan.look(1, path, "", sources.values())
        if one.kind.shape == shape:
            found += [
                text.strip() for piece in one.pieces() if isinstance(piece, Batch) for text in piece.text.to_pylist()
            ]
    return found if shape == "lines" else [json.dumps(json.loads(text), separators=(",", ":")) for text in found]


def copies(texts: list[str], count: int) -> Iterator[str]:
    """Give so many records; from the second round on with other ids."""
    for number in range(count):
        turn, index = divmod(number, len(texts))
        text = texts[index]
        yield ID.sub(lambda found, turn=turn: _turned(found.group(), turn), text) if turn else text


def _turned(digits: str, turn: int) -> str:
    """Give another id of the same form."""
    other = f"{int(digits, 16) ^ turn:08x}"
    return other if digits.islower() or digits.isdigit() else other.upper()


def _event_log(chunks: int) -> bytes:
    """Give a Windows event log of sign-ins within one hour."""
    numbers = range(1, chunks * EVTX_CHUNK, EVTX_CHUNK)
    nodes = ([evtx_writer.logon(n, n % 3600) for n in range(first, first + EVTX_CHUNK)] for first in numbers)
    parts = [evtx_writer.chunk(first, some)[0] for first, some in zip(numbers, nodes, strict=True)]
    return evtx_writer.log([EVTX_CHUNK] * chunks).data[: evtx_writer.HEADER] + b"".join(parts)


def _ual(path: Path, records: Iterator[str]) -> None:
    """Write audit records as Search-UnifiedAuditLog exports them: a few columns and the record as a cell of JSON."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow(["RecordType", "CreationDate", "UserIds", "Operations", "AuditData"])
        for record in records:
            told = json.loads(record)
            rows.writerow(
                [told.get("RecordType"), told.get("CreationTime"), told.get("UserId"), told.get("Operation"), record]
            )


def write(log: Log, folder: Path, count: int) -> list[Path]:
    """Write a log of so many records; give its files."""
    place = folder / log.place
    place.mkdir(parents=True, exist_ok=True)
    if log.shape == "evtx":
        path = place / "Security.evtx"
        path.write_bytes(_event_log(count // EVTX_CHUNK))
        return [path]
    records = copies(samples(log), count)
    if log.shape == "ual.csv":
        _ual(place / "export.csv", records)
        return [place / "export.csv"]
    if log.shape != "records.gz":
        path = place / ("export.json" if log.shape == "ndjson" else "export.log")
        with path.open("w", encoding="utf-8") as file:
            file.writelines(record + "\n" for record in records)
        return [path]
    paths = []
    for number in range(0, count, CLOUDTRAIL_FILE):
        some = list(islice(records, CLOUDTRAIL_FILE))
        path = place / f"111122223333_CloudTrail_us-east-1_{number:08}.json.gz"
        path.write_bytes(gzip.compress(('{"Records":[' + ",".join(some) + "]}").encode(), 6, mtime=0))
        paths.append(path)
    return paths
