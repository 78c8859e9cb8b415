"""The fingerprint of a file over its own content: whoever changes a byte of the page changes it, and nobody's clock is in it."""

import hashlib
import re

BLANK = b"0" * 64
SEAL = re.compile(rb'<meta name="timeline-fingerprint" content="sha256:([0-9a-f]{64})">')


def blank() -> str:
    """Give the element that will carry the fingerprint."""
    return f'<meta name="timeline-fingerprint" content="sha256:{BLANK.decode()}">'


def sealed(page: bytes) -> bytes:
    """Put the fingerprint of a page into its first such element: the hash of the page as it was with zeros there."""
    return _with(page, hashlib.sha256(page).hexdigest().encode())


def stated(page: bytes) -> str | None:
    """Give the fingerprint that a page carries."""
    found = SEAL.search(page)
    return found[1].decode() if found else None


def computed(page: bytes) -> str:
    """Give the fingerprint that the page should carry by its content."""
    return hashlib.sha256(_with(page, BLANK)).hexdigest()


def _with(page: bytes, digits: bytes) -> bytes:
    found = SEAL.search(page)
    return page if found is None else page[: found.start(1)] + digits + page[found.end(1) :]
