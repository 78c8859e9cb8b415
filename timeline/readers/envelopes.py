"""Envelopes: what a shipper puts around one record of another log, and where in it the record is.

EventBridge, CloudWatch Logs, Splunk's collector and exports, Elasticsearch, container runtimes and Microsoft's audit searches each wrap the
vendor's record in an object of their own, as an object or as text. An envelope is told by the keys beside the record, never by one key alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
Members = Mapping[str, msgspec.Raw]
_Members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_Text = msgspec.json.Decoder(str)


@dataclass(frozen=True)
class Envelope:
    """The names that lead to the record, keys that must all be beside it, and keys of which one must be."""

    path: tuple[str, ...]
    all: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    flat: bool = False  # it may be an object and not only text
    mark: str = ""  # a key that this object must have

    @property
    def json_path(self) -> str:
        """Spell the path for DuckDB's JSON functions."""
        return "$" + "".join(f'."{name}"' for name in self.path)

    def fits(self, names: frozenset[str]) -> bool:
        """Tell whether these keys are those of this envelope."""
        return self.path[0] in names and self.all <= names and (not self.any or not self.any.isdisjoint(names))

    def holds(self, record: Members) -> bool:
        """Tell whether a record with the keys of this envelope holds an object, or the text of one."""
        value = _inside(record, self.path)
        return (
            self.flat
            and value[:1] == b"{"
            and (not self.mark or bool(_inside({"": msgspec.Raw(value)}, ("", self.mark))))
        ) or _object(value)


def _inside(record: Members, path: tuple[str, ...]) -> bytes:
    value = bytes(record[path[0]]) if path[0] in record else b""
    for name in path[1:]:
        try:
            value = bytes(_Members.decode(value)[name])
        except (KeyError, *REFUSED):
            return b""
    return value.lstrip()


def _object(value: bytes) -> bool:
    """Tell whether a JSON value is text that is an object (a torn one counts: it begins like one)."""
    try:
        return value[:1] == b'"' and _Text.decode(value).lstrip()[:2] in ('{"', "{\n", "{\r", "{ ", "{}")
    except REFUSED:
        return False


def _envelope(path: str, all_of: str = "", any_of: str = "", *, flat: bool = False, mark: str = "") -> Envelope:
    return Envelope(tuple(path.split()), frozenset(all_of.split()), frozenset(any_of.split()), flat, mark)


KNOWN = (
    _envelope("result _raw", "result", "preview lastrow offset"),
    _envelope("_source event original", "_source _index"),
    _envelope("_source message", "_source _index"),
    _envelope("_source", "_source _index", flat=True),
    _envelope("event", "event sourcetype", flat=True),
    _envelope("event", "event host source time", flat=True),
    _envelope("event original", "event @timestamp"),
    _envelope("detail", "detail detail-type source", flat=True, mark="eventVersion"),
    _envelope("detail", "detail detail-type source", flat=True, mark="log_id"),
    _envelope("data", "data eventType eventTime", flat=True, mark="log_id"),
    _envelope("message", "message", "timestamp @timestamp ingestionTime logStreamName eventId"),
    _envelope("log", "log stream time"),
    _envelope("log", "log kubernetes"),
    _envelope("log", "log date"),
    _envelope("_raw"),
)
CELLS = ("_raw", "@message", "message", "Message", "log")


def payload(records: Iterable[str | bytes], named: Iterable[str]) -> str:
    """Give the JSON path of what the first of some records envelops, or an empty text; `named` are keys that sources know as such."""
    known = [*(Envelope((name,), flat=True) for name in named), *KNOWN]
    fitting: dict[frozenset[str], list[Envelope]] = {}
    for text in records:
        try:
            keys = _Members.decode(text)
        except REFUSED:
            continue
        names = frozenset(keys)
        if names not in fitting:
            fitting[names] = [each for each in known if each.fits(names)]
        for each in fitting[names]:
            if each.holds(keys):
                return each.json_path
    return ""
