"""Lines that are a known prefix and one JSON record: the record's text stays the whole line, and what sources read is the JSON.

The prefixes are a closed list, each anchored at the line's start, so that a text log whose lines merely hold braces is none of these. None has
a brace in it: the object begins at the first one. A line without such a prefix means what it says: it is given as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from timeline.readers import lines, partial
from timeline.readers.batch import Batch, Fault

STAMP = partial.TIME.removesuffix(")") + ")?"
_BSD = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
_NAMED = r"[^\s:\[{]+(?:\[[^\]\s{]*\])?: ?"
PREFIXES = (
    # CloudWatch Logs, exported to S3; docker logs --timestamps, kubectl logs --timestamps, aws logs tail --format short
    # https://github.com/darold/pgbadger/issues/609 (lines of such an export) https://docs.docker.com/reference/cli/docker/container/logs/
    rf"{STAMP} ",
    # aws logs tail --format detailed: time, stream, message (no stream's name holds : or *)
    # https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
    rf"{partial.TIME} [^\s:*{{]+ ",
    # aws logs filter-log-events (or get-log-events) --output text: the members of an event in the order of their names
    # https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html
    r"EVENTS\t(?:[^\t{]*\t){1,3}",
    # kubectl logs --prefix https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/
    rf"\[pod/[^\s/\]]+/[^\s\]]+\] (?:{partial.TIME} )?",
    # container runtimes of Kubernetes
    partial.CRI,
    # syslog as it is sent (RFC 3164) and as rsyslog writes it to files; the cookie of mmjsonparse may stand before the object
    # https://www.rfc-editor.org/rfc/rfc3164 https://www.rsyslog.com/doc/configuration/modules/mmjsonparse.html
    rf"(?:<\d{{1,3}}>)?(?:{_BSD}|{partial.TIME}) [^\s{{]+ {_NAMED}(?:@cee: ?)?",
    # syslog of RFC 5424: header, structured data, perhaps a byte order mark https://www.rfc-editor.org/rfc/rfc5424#section-6
    rf'<\d{{1,3}}>[1-9]\d? (?:-|{partial.TIME}) (?:[^\s{{]+ ){{4}}(?:-|(?:\[(?:[^"\]{{]|"(?:[^"\\{{]|\\[^{{])*")*\])+) \x{{FEFF}}?(?:@cee: ?)?',
)
_ANY = "^(?:" + "|".join(PREFIXES) + r")\{"
_SYSLOG = "^(?:" + "|".join(PREFIXES[-2:]) + r")\{"
_TAIL = r"^(\{.*\})\t\d+\s*$"


def _without(text: pa.Array, sizes: np.ndarray) -> pa.Array:
    """Give texts without so many bytes at their beginnings: each is seen as two, and every second one is taken."""
    _, offsets, data = text.buffers()
    ends = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
    places = np.empty(2 * len(text) + 1, np.int32)
    places[::2] = ends
    places[1::2] = ends[:-1] + sizes
    halves = pa.StringArray.from_buffers(2 * len(text), pa.py_buffer(places), data)
    return halves.take(pa.array(np.arange(1, 2 * len(text), 2)))


def _meant(batch: Batch) -> pa.Array:
    """Give what lines mean: the object behind a prefix, or else the line."""
    told = batch.text if batch.meant is None else batch.meant
    known = pc.match_substring_regex(told, _ANY).to_numpy(zero_copy_only=False)
    bare = _without(told, np.where(known, pc.find_substring(told, "{").to_numpy(), 0))
    if pc.any(pc.starts_with(batch.text, "EVENTS\t")).as_py():  # the time of the event is behind its message
        bare = pc.replace_substring_regex(bare, _TAIL, r"\1", max_replacements=1)
    return bare


def cut(blocks: Iterable[bytes], lead: int = 0) -> Iterator[Batch | Fault]:
    """Cut blocks into lines and say what each means; `lead` is the length of a byte order mark before the text."""
    for piece in partial.joined(lines.cut(blocks, lead)):
        if isinstance(piece, Fault):
            yield piece
        else:
            yield Batch(piece.number, piece.start, piece.size, piece.text, meant=_meant(piece))


def first(head: bytes, count: int, *, complete: bool) -> list[str]:
    """Give the objects of the first lines of a text if most of these are a prefix and one object, else none."""
    rows = head.split(b"\n", count)
    rows = rows[:count] if complete or len(rows) > count else rows[:-1]
    texts = pa.array([row.decode("utf-8", "replace") for row in rows], pa.string())
    if not pc.any(pc.match_substring_regex(texts, _ANY)).as_py():
        return []
    found, records = [], 0
    for piece in cut([b"\n".join(rows)]):
        if isinstance(piece, Batch) and piece.meant is not None:
            records += len(piece.number)
            told = zip(piece.text.to_pylist(), piece.meant.to_pylist(), strict=True)
            found += [meant for text, meant in told if meant != text and partial.is_object(meant)]
    return found if len(found) * 2 > records else []


def of_syslog(head: bytes, count: int) -> bool:
    """Tell whether the prefixes of a text's first lines are syslog's own: then its other lines may be those of a log of text."""
    texts = pa.array([row.decode("utf-8", "replace") for row in head.split(b"\n", count)[:count]], pa.string())
    return bool(pc.any(pc.match_substring_regex(texts, _SYSLOG)).as_py())
