"""Which JSON documents are pages: wrappers such as {"Records": […]} or {"stat": "OK", "response": {"authlogs": […]}} around a list of records.

A wrapper is known by the name of its list, or by all that stands beside its only list: counts, cursors and links are no record's members.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from timeline.readers.structure import BLANK, level

Path = tuple[str, ...]
SURE = ("records", "Records", "value", "logEvents")
LIKELY = ("items", "alerts", "activities", "Events", "events", "logs", "results", "hits", "data", "entries")
NESTS = ("response", "_embedded", "hits", "data", "result", "d", "payload")
NESTED = ("authlogs", "activities", "hits", "items", "logs", "events", "results", "entries")
OWN = {
    "id",
    "uuid",
    "time",
    "timestamp",
    "@timestamp",
    "eventTime",
    "CreationTime",
    "createdDateTime",
    "published",
    "actor",
}
BESIDE = frozenset({
    "next", "nextLink", "next_link", "nextPageToken", "next_page_token", "nextToken", "NextToken", "next_token", "nextForwardToken",
    "nextBackwardToken", "cursor", "next_cursor", "previous", "prev", "has_more", "hasMore", "more", "count", "total", "total_count",
    "totalCount", "total_objects", "totalSize", "size", "limit", "offset", "page", "pages", "per_page", "start", "length", "stat", "status",
    "ok", "success", "done", "kind", "etag", "metadata", "meta", "response_metadata", "ResponseMetadata", "links", "_links",
    "next_stream_position", "chunk_size", "next_offset", "took", "timed_out", "_shards", "searchedLogStreams", "pagination", "paging", "summary",
})  # fmt: skip
NEAR = 64
REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
Members = Mapping[str, msgspec.Raw]
_Members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_Elements = msgspec.json.Decoder(list[msgspec.Raw])
_Columns = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_Rows = msgspec.json.Decoder(list[list[msgspec.Raw]])
_Name = msgspec.json.Decoder(str)


def opens(text: bytes) -> bool:
    """Tell whether a list begins here that is empty or whose first element is an object."""
    first = text[:NEAR].lstrip(BLANK)
    return first[:1] == b"[" and first[1:].lstrip(BLANK)[:1] in (b"{", b"]", b"")


def _listed(keys: Members, name: str) -> bool:
    return name in keys and opens(bytes(memoryview(keys[name])[:NEAR]))


def _beside(keys: Members) -> set[str]:
    """Give the members of an object that are no paging of a list."""
    return {name for name in keys if name not in BESIDE and not name.startswith("@odata.")}


def _only(keys: Members) -> str:
    """Name the one list of objects in an object that has nothing else but paging, and some of it."""
    rest = _beside(keys)
    name = next(iter(rest), "")
    return name if len(rest) == 1 and len(keys) > 1 and _listed(keys, name) else ""


def _deeper(keys: Members) -> Path:
    """Name the list in the one object that holds a page's contents."""
    for nest in NESTS:
        if nest not in keys or _beside(keys) - {nest}:
            continue
        try:
            inner = _Members.decode(keys[nest])
        except REFUSED:
            continue
        name = next((each for each in NESTED if _listed(inner, each)), "") or _only(inner)
        if name:
            return (nest, name)
    return ()


def _lists(keys: Members) -> Path:
    """Name the lists of an object that are known by their names."""
    known = SURE if OWN & keys.keys() else SURE + LIKELY
    return tuple(name for name in keys if name in known and _listed(keys, name))


def place_of(keys: Members) -> Path:
    """Give the names that lead to the (first) list of records in a page; none if the object is a record of its own.

    An object with an id or a time of its own is a record that has a list in it, whatever that is called.
    """
    known = _lists(keys)
    if known or OWN & keys.keys():
        return known[:1]
    name = _only(keys)
    return (name,) if name else _deeper(keys)


def wrapped(document: bytes) -> Path:
    """Give the names that lead to a document's list of records; none if it is no page (a table of columns and rows is one)."""
    try:
        keys = _Members.decode(document)
    except REFUSED:
        return ()
    return ("tables",) if _tabled(keys) else place_of(keys)


def _tabled(keys: Members) -> bool:
    """Tell whether this is the answer of a query as columns and rows, as the API of Azure Monitor gives it."""
    if not _listed(keys, "tables"):
        return False
    try:
        return all({"columns", "rows"} <= table.keys() for table in _Columns.decode(keys["tables"]))
    except REFUSED:
        return False


def _table_rows(tables: msgspec.Raw) -> Iterator[msgspec.Raw]:
    for table in _Columns.decode(tables):
        names = [_Name.decode(column["name"]) for column in _Columns.decode(table["columns"])]
        for row in _Rows.decode(table["rows"]):
            yield msgspec.Raw(msgspec.json.encode(dict(zip(names, row, strict=False))))


def _repeated(document: bytes, name: str) -> Iterator[msgspec.Raw]:
    """Give every value of a key that an object states more than once; a decoder keeps only the last."""
    body = document[document.find(b"{") + 1 : document.rfind(b"}")]
    for start, end in level(body, inside=True).spans:
        keys = _Members.decode(b"{" + body[start:end] + b"}")
        yield from (value for key, value in keys.items() if key == name)


def _values(document: bytes, keys: Members, name: str) -> list[msgspec.Raw]:
    once = document.count(b'"' + name.encode() + b'"') < 2  # noqa: PLR2004  a second one may be in a record's text
    return [keys[name]] if once else list(_repeated(document, name))


def elements(document: bytes) -> list[msgspec.Raw] | None:
    """Give the records of one valid object: those of a page, or itself. None where it is not valid JSON."""
    try:
        keys = _Members.decode(document)
        if _tabled(keys):
            return list(_table_rows(keys["tables"]))
        path = place_of(keys)
        if not path:
            return [msgspec.Raw(document.strip(BLANK))]
        found = [value for name in _lists(keys) or path[:1] for value in _values(document, keys, name)]
        for name in path[1:]:
            found = [value for each in found for value in _values(bytes(each), _Members.decode(each), name)]
        return [
            record for value in found if opens(bytes(memoryview(value)[:NEAR])) for record in _Elements.decode(value)
        ]
    except REFUSED:
        return None
    except KeyError:
        return [msgspec.Raw(document.strip(BLANK))]
