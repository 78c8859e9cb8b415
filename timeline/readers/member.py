"""What an archive lists: members, and problems that are no member's."""

import lzma
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass

from timeline.readers.blobs import Blob

DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError, OSError, EOFError, ValueError, KeyError, IndexError, TypeError,
    AttributeError, AssertionError, OverflowError, NotImplementedError, MemoryError, RecursionError, struct.error,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What the readers of archives raise on bytes that somebody has broken, or made up."""


@dataclass(frozen=True)
class Member:
    """A file in an archive, or why it cannot be read."""

    name: str
    blob: Blob | None
    size: int
    problem: str = ""


@dataclass(frozen=True)
class Problem:
    """Something wrong with an archive itself."""

    reason: str
