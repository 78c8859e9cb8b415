"""Bytes of a file as decoded UTF-8, in blocks: compression undone, UTF-16, byte order marks and HTML's escapes brought to plain UTF-8."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from timeline.readers import archive
from timeline.readers.blobs import BLOCK, Blob, Packed, on_disk
from timeline.readers.limits import Excess, Limits, Meter, Torn

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
EVTX = b"ElfFile\x00"
PROBE = 1024
DEFAULT = Limits()
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
_QUOTE = re.compile(rb"&(?:quot|#34|#x22);", re.IGNORECASE)
_ESCAPED = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
LONGEST_ENTITY = 34


@dataclass(frozen=True)
class Opened:
    """How a file is to be read: its bytes, the compressions around them (outermost first), and what the bytes are.

    `content` is `zip`, `tar`, `7z` or `evtx`, or empty for text; `limits` bounds what a compression may give; `html` tells that the text
    is escaped as in a web page.
    """

    blob: Blob
    compression: str = ""
    encoding: str = "utf-8"
    mark: int = 0
    content: str = ""
    html: bool = False
    limits: Limits = DEFAULT

    @property
    def plain(self) -> bool:
        """Tell whether a byte of the text is a byte of the file."""
        return not self.compression and self.encoding == "utf-8" and not self.html and not self.content

    @property
    def layers(self) -> int:
        """How many compressions are around the bytes."""
        return len(self.compression.split("+")) if self.compression else 0

    @property
    def inner(self) -> Blob:
        """The bytes without their compressions."""
        blob = self.blob
        for method in self.compression.split("+") if self.compression else ():
            blob = Packed(blob, method)
        return blob

    def chunks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Give the bytes without their compressions; raise Excess at a limit."""
        chunks = self.inner.chunks(size)
        return Meter(self.limits, max(self.blob.size, 0)).charged(chunks) if self.compression else chunks


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, len(mark)
    even, odd = head[:400:2], head[1:400:2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > len(zeros) * 0.7 and not others.count(0):
            return name, 0
    return "utf-8", 0


def _compression(head: bytes) -> str:
    """Name the compression of a stream that begins with these bytes."""
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[:4] == b"\x28\xb5\x2f\xfd" or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5):  # noqa: PLR2004  a skippable frame
        return "zstd"
    if head[:6] == b"\xfd7zXZ\x00":
        return "xz"
    return "bzip2" if _BZIP2.match(head) else ""


def probe(told: Blob | Path, limits: Limits = DEFAULT) -> Opened:
    """Find out how bytes are compressed and encoded and what they are, from the first of them."""
    blob = on_disk(told) if isinstance(told, Path) else told
    layers: list[str] = []
    opened = Opened(blob, limits=limits)
    while method := _compression(head := first(opened.inner, PROBE)):
        layers.append(method)
        if len(layers) > limits.depth:
            raise Excess(f"not read: it is compressed more than {limits.depth} times; unpack it, and ingest the file")
        opened = Opened(blob, "+".join(layers), limits=limits)
    content = "evtx" if head.startswith(EVTX) else archive.kind(head)
    if content:
        return Opened(blob, opened.compression, "binary", 0, content, limits=limits)
    encoding, mark = _encoding(head[:512])
    plain = head if encoding == "utf-8" else head[mark:].decode(encoding, "replace").encode()
    return Opened(blob, opened.compression, encoding, mark, html=_html(plain), limits=limits)


def first(blob: Blob, size: int) -> bytes:
    """Give the first bytes, or what there is of them."""
    head = b""
    with suppress(Torn):
        for chunk in blob.chunks(size):
            head += chunk
            if len(head) >= size:
                break
    return head[:size]


def _html(head: bytes) -> bool:
    """Tell whether a text is escaped as in a web page: it has quotes or tags, and none of them is bare."""
    quotes = len(_QUOTE.findall(head)) > 1 and b'"' not in head and b"<" not in head
    return quotes or (
        b"&lt;" in head and b"&gt;" in head and b"<" not in head and head.lstrip(b" \t\r\n-").startswith(b"&lt;")
    )


def blocks(opened: Opened, size: int = BLOCK) -> Iterator[bytes]:
    """Give the text of a file as blocks of UTF-8 bytes; raise Torn after the last good one of a damaged file."""
    plain = _decoded(opened, size)
    return _unescaped(plain) if opened.html else plain


def _decoded(opened: Opened, size: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(opened.encoding)("replace") if opened.encoding.startswith("utf-16") else None
    skip = opened.mark
    for block in opened.chunks(size):
        rest = block[skip:] if skip else block
        skip -= len(block) - len(rest)
        yield rest if decoder is None else decoder.decode(rest).encode("utf-8", "replace")
    tail = decoder.decode(b"", final=True) if decoder else ""
    if tail:
        yield tail.encode()


def _unescaped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give text without HTML's escapes; none is cut by the end of a block."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for block in blocks:
        text = rest + decoder.decode(block)
        cut = text.rfind("&", len(text) - LONGEST_ENTITY if len(text) > LONGEST_ENTITY else 0)
        cut = len(text) if cut < 0 or ";" in text[cut:] else cut
        yield _bare(text[:cut])
        rest = text[cut:]
    yield _bare(rest + decoder.decode(b"", final=True))


def _bare(text: str) -> bytes:
    return _ESCAPED.sub(lambda found: html.unescape(found[0]), text).encode("utf-8", "replace")


def until_torn(blocks: Iterable[bytes], faults: list[str]) -> Iterator[bytes]:
    """Give blocks up to the damaged place, if there is one, and note it."""
    try:
        yield from blocks
    except Torn as error:
        faults.append(str(error))


def head(opened: Opened, size: int = 1 << 18) -> bytes:
    """Give the beginning of a file's text."""
    parts: list[bytes] = []
    with suppress(Torn):
        for block in blocks(opened, min(size, BLOCK)):
            parts.append(block)
            if sum(map(len, parts)) >= size:
                break
    return b"".join(parts)[:size]
