"""Before a file is read: what it is. Identity, encoding, shape, and by its content which sources its records belong to."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

from timeline.case.normal import Kind, fitting, paths_of, spread, wording
from timeline.case.origin import Origin
from timeline.catalog import Source, rewrite
from timeline.readers import archive, documents, envelopes, evtx, joined, lines, pages, prefixed, stream, table, xml
from timeline.readers.batch import Batch, Fault
from timeline.readers.blobs import Blob, on_disk
from timeline.readers.limits import Limits, Torn

SAMPLE = 48
PORTION = 512, 1 << 30  # files, bytes
EMPTY = "the file is empty"
MACOS = "what macOS keeps about a file or folder: no log"
ASIDE = (EMPTY, MACOS)
"""Notes of files that hold no record which could be lost."""
_RECORD = pa.schema(
    [
        ("file_no", pa.int32()),
        ("record", pa.int64()),
        ("start", pa.int64()),
        ("size", pa.int64()),
        ("line", pa.string()),
    ]
)
_BRACKET = re.compile(rb"[\s\x00]*(\{|\[\s*[\[{\]])")  # a line of text may begin with [ too
_CONTROL = bytes(sign for sign in range(32) if sign not in b"\t\r\n\x1b")
HEAD = 1 << 18
_Object = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class Found:
    """One file as met: its place in the ledger and how to cut it."""

    file_no: int
    origin: Origin
    sha256: str
    size: int
    opened: stream.Opened
    kind: Kind
    documents: bool = False
    xml: bool = False
    prefixed: bool = False
    mixed: bool = False  # prefixed lines among which may be those of a log of text
    header: table.Header | None = None
    note: str = ""
    poison: tuple[int, ...] = ()

    def pieces(self, blocks: Iterable[bytes] | None = None) -> Iterator[Batch | Fault]:
        """Cut the file (or the given beginning of it) into batches of records and faults."""
        blocks = stream.blocks(self.opened) if blocks is None else blocks
        if self.kind.shape == "csv" and self.header:
            return table.cut(blocks, self.header, self.opened.mark)
        if self.opened.content == "evtx":
            return evtx.cut(blocks)
        if self.xml:
            return xml.cut(blocks, self.opened.mark)
        if self.documents:
            return documents.cut(blocks)
        if self.prefixed:
            return prefixed.cut(blocks, self.opened.mark)
        found = lines.cut(blocks, self.opened.mark)
        return joined.apart(found) if self.kind.shape == "json" and self.kind.careful else found

    def by(self, source: Source) -> Found:
        """Give the file as a source reads it: behind prefixes it reads the JSON, but one of text logs the lines as they are."""
        return self.as_text if self.prefixed and source.text_log else self

    @property
    def as_text(self) -> Found:
        """The same records as lines of text."""
        return replace(self, kind=Kind("lines", careful=self.kind.careful))


def digest(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json_lines(head: bytes, *, complete: bool) -> bool:
    """Tell whether a JSON text is one record a line (and no line is a wrapper of many)."""
    rows = head.split(b"\n")
    rows = [row for row in (rows if complete or len(rows) == 1 else rows[:-1])[:24] if row.strip()]
    whole = 0
    for row in rows:
        try:
            _Object.decode(row)
        except pages.REFUSED:
            continue
        if pages.wrapped(row):
            return False
        whole += 1
    return whole * 2 > len(rows)


def _cell(head: bytes, header: table.Header) -> str:
    """Name the column of a shipper's CSV whose cells are JSON records."""
    shipped = [name for name in envelopes.CELLS if name in header.names]
    for piece in table.cut([head], header) if shipped else ():
        if isinstance(piece, Batch):
            first = {name: str(piece.cells[name][0]) for name in shipped}
            return next((name for name, cell in first.items() if cell.lstrip()[:1] == "{"), "")
    return ""


def _binary(head: bytes) -> bool:
    """Tell whether a tenth of a text's beginning is control characters, or a third no UTF-8 (Latin-1 has less); lost blocks aside."""
    rest = lines.ZEROS.sub(b"", head) if lines.zeroed(head) else head
    near = (rest or head)[:4096]
    text, control = near.decode("utf-8", "replace"), len(near) - len(near.translate(None, _CONTROL))
    return control * 10 > len(text) or text.count("\ufffd") * 3 > len(text)


def _nothing(opened: stream.Opened) -> str:
    """Say why a file gives no text: it is empty, or its compression is damaged from the start."""
    try:
        for _ in stream.blocks(opened):
            pass
    except Torn as error:
        return str(error)
    return EMPTY


def look(file_no: int, where: Origin | Path, sha256: str, sources: Iterable[Source], blob: Blob | None = None) -> Found:
    """Find out how a file is to be cut; its `note` says why if it cannot be."""
    origin = Origin(where) if isinstance(where, Path) else where
    blob = on_disk(origin.path) if blob is None else blob
    try:
        opened = stream.probe(blob, Limits.stated(os.environ))
    except Torn as error:
        return Found(file_no, origin, sha256, blob.size, stream.Opened(blob), Kind("none"), note=str(error))
    found = Found(file_no, origin, sha256, blob.size, opened, Kind("lines"))
    if opened.content:
        evtx_log = opened.content == "evtx"
        note = evtx.note(stream.head(opened, evtx.PREAMBLE)) if evtx_log else ""
        return replace(found, kind=Kind("json" if evtx_log else "archive"), note=note)
    head = stream.head(opened)
    if note := _unread(opened, head):
        return replace(found, kind=Kind("none"), note=note)
    if xml.begins(head):
        return replace(found, kind=Kind("json"), xml=True)
    known = list(sources)
    if _BRACKET.match(head) or _json_lines(head, complete=len(head) < HEAD):
        return _json(found, head, known)
    return _csv(found, head, known) or _prefixed(found, head, known)


def _unread(opened: stream.Opened, head: bytes) -> str:
    """Say why a file is not read as text; empty if it is."""
    if not head.strip():
        return _nothing(opened)
    if head.startswith((b"\x00\x05\x16\x07", b"\x00\x00\x00\x01Bud1")):
        return MACOS
    if packed := archive.foreign(head):
        return f"a {packed} archive, which is not read: unpack it, and ingest the files"
    return "not a text file: no reader for these bytes" if _binary(head) else ""


def _kind(texts: list[str], sources: list[Source]) -> Kind:
    """Give the kind of JSON records from some of them, by the envelope that is around another one."""
    wanted = {key for source in sources for key in source.payload}
    return Kind("json", payload=envelopes.payload(texts, sorted(wanted)))


def _prefixed(found: Found, head: bytes, sources: list[Source]) -> Found:
    texts = prefixed.first(head, SAMPLE, complete=len(head) < HEAD)
    if not texts:
        return found
    return replace(found, kind=_kind(texts, sources), prefixed=True, mixed=prefixed.of_syslog(head, SAMPLE))


def _json(found: Found, head: bytes, sources: list[Source]) -> Found:
    many = not _json_lines(head, complete=len(head) < HEAD)
    some = documents.first(head, SAMPLE) if many else head.split(b"\n")[:SAMPLE]
    texts = [piece.decode("utf-8", "replace") for piece in some]
    return replace(found, kind=_kind(texts, sources), documents=many)


def _csv(found: Found, head: bytes, sources: list[Source]) -> Found | None:
    header = table.header(head)
    if header is None:
        return None
    names = set(header.names)
    payload = next((key for source in sources for key in source.payload if key in names), "") or _cell(head, header)
    if not payload and not any(names.issuperset(wanted) for source in sources for wanted in source.columns):
        return None
    return replace(found, kind=Kind("csv", header.names, payload), header=header)


def portions(files: Iterable[Found]) -> Iterator[list[Found]]:
    """Give files in the portions of one transaction each: until its end DuckDB holds a part of what it writes (60 MB a million events)."""
    portion: list[Found] = []
    for found in files:
        if portion and (len(portion) == PORTION[0] or sum(each.size for each in portion) + found.size > PORTION[1]):
            yield portion
            portion = []
        portion.append(found)
    if portion:
        yield portion


def arrow(found: Found, batch: Batch) -> pa.RecordBatch:
    """Give a batch as the relation `batch` that the statements read."""
    count = len(batch.number)
    line = batch.text if batch.meant is None or found.kind.shape == "lines" else batch.meant
    if found.kind.shape == "csv" and found.kind.payload:
        line = batch.cells[found.kind.payload]
    columns = [
        pa.repeat(pa.scalar(found.file_no, pa.int32()), count),
        pa.array(batch.number, pa.int64()),
        pa.array(batch.start, pa.int64()),
        pa.array(batch.size, pa.int64()),
        line,
    ]
    names = list(_RECORD.names)
    if found.kind.shape == "csv" and not found.kind.payload:
        columns += [batch.cells[name] for name in found.kind.names]
        names += [f"c{index}" for index in range(len(found.kind.names))]
    return pa.RecordBatch.from_arrays(columns, names=names)


def schema(kind: Kind) -> pa.Schema:
    """Give the schema of the relation `batch` for a kind of record."""
    cells = kind.names if kind.shape == "csv" and not kind.payload else ()
    return pa.schema([*_RECORD, *(pa.field(f"c{index}", pa.string()) for index in range(len(cells)))])


def offer(connection: duckdb.DuckDBPyConnection, kind: Kind, records: pa.Table | pa.RecordBatchReader) -> None:
    """Put records behind the name `batch`; where a JSON record envelops another one, that is the line."""
    connection.register("incoming", records)
    path = kind.payload.replace("'", "''")
    inner = f"try(json_extract_string(line, '{path}'))"
    line = (
        f"CASE WHEN starts_with(ltrim({inner}), '{{') THEN {inner} ELSE line END"
        if kind.shape == "json" and kind.payload
        else "line"
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW batch AS SELECT * REPLACE ({line} AS line) FROM incoming")


def candidates(sources: Iterable[Source], kind: Kind) -> list[Source]:
    """Give the sources that could read records of this kind, the most demanding header first for CSV."""
    if kind.shape == "csv" and not kind.payload:
        names = set(kind.names)
        fit = [
            (max(len(wanted) for wanted in source.columns if names.issuperset(wanted)), source)
            for source in sources
            if any(names.issuperset(wanted) for wanted in source.columns)
        ]
        return [source for _, source in sorted(fit, key=lambda pair: (-pair[0], pair[1].id))]
    return [source for source in sources if source.match and source.text_log == (kind.shape == "lines")]


def recognition(sources: list[Source], told: Kind) -> str:
    """Give the SELECT over `batch` that names for each record the index of the source it belongs to, or NULL."""
    kind = replace(told, careful=True)
    cases = " ".join(f"WHEN ({fitting(source, kind)}) THEN {index}" for index, source in enumerate(sources))
    statement = f"SELECT {f'CASE {cases} END' if cases else 'NULL'} AS chosen"
    paths = paths_of(statement)  # of all sources at once: the parser takes its time for each statement
    chosen = rewrite(statement, wording(paths, kind))[len("SELECT ") : -len(" AS chosen")]
    valid = "coalesce(try(json_valid(line)), false)" if kind.as_json else "true"
    return f"SELECT file_no, record, {chosen} AS chosen, {valid} AS valid FROM ({spread(paths, kind, context=False)})"


def samples(found: Found) -> pa.RecordBatch | None:
    """Give the first records of a file that a statement gets over."""
    head = stream.head(found.opened)
    cut = (
        [documents.batch(1, rows)]
        if found.documents and (rows := documents.first(head, SAMPLE))
        else found.pieces([head])
    )
    for piece in cut:
        if isinstance(piece, Batch):
            sound = ~np.isin(piece.number, found.poison)
            batch = arrow(found, piece)
            return (batch if sound.all() else batch.filter(pa.array(sound))).slice(0, SAMPLE)
    return None


def recognise(
    connection: duckdb.DuckDBPyConnection, files: list[Found], sources: list[Source]
) -> dict[int, list[Source]]:
    """Say for each file (all of one kind) which sources its first records belong to, the most frequent first."""
    kind = replace(files[0].kind, careful=True)
    fit = candidates(sources, kind)
    first = [sample for sample in map(samples, files) if sample is not None]
    if not first or not fit:
        return {}
    offer(connection, kind, pa.Table.from_batches(first, schema(kind)).combine_chunks())
    rows = connection.execute(
        f"SELECT file_no, chosen, count(*) FROM ({recognition(fit, kind)}) WHERE chosen IS NOT NULL "
        "GROUP BY ALL ORDER BY file_no, count(*) DESC, chosen"
    ).fetchall()
    told: dict[int, list[Source]] = {}
    for file_no, chosen, _ in rows:
        told.setdefault(file_no, []).append(fit[chosen])
    return told
