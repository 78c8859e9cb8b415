"""Brings what people type to the form that events have: one object, and one token, has one name however it is written."""

from __future__ import annotations

import base64
import re
import uuid
from urllib.parse import unquote

AZURE = re.compile(
    r"https?://([^/?:*]+)\.(blob|dfs|file|queue|table)(\.core\.[a-z.]+)(?::\d+)?(/[^?]*)?(?:\?.*)?", re.IGNORECASE
)
AMAZON = re.compile(
    r"https?://(?:([^/?*]+)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?(?::\d+)?/([^?]*)(?:\?.*)?", re.IGNORECASE
)
GOOGLE = re.compile(
    r"https?://(?:([^/?*]+)\.)?storage\.(?:googleapis|cloud\.google)\.com(?::\d+)?/([^?]*)(?:\?.*)?", re.IGNORECASE
)
GUID_BYTES = 16
UTI = re.compile(r"[A-Za-z0-9_-]{22}|[A-Za-z0-9_-]{48}")


def form(name: str, told: str) -> str:
    """Bring a parameter to the form that events have: the address of an object, the identifier of a token."""
    if name == "token" and UTI.fullmatch(told):
        return _guid(told)
    return _address(told) if told[:4].lower() == "http" else told


def _address(told: str) -> str:
    """Give an address of Azure Storage without port and query, one of the data lake as that of the blob, S3 and Google by bucket and key."""
    if found := AZURE.fullmatch(told):
        service = "blob" if found[2].lower() == "dfs" else found[2]
        return f"https://{found[1]}.{service}{found[3]}{found[4] or ''}"
    for scheme, form in (("s3", AMAZON), ("gs", GOOGLE)):
        if found := form.fullmatch(told):
            return f"{scheme}://{found[1]}/{unquote(found[2])}" if found[1] else f"{scheme}://{unquote(found[2])}"
    return told


def _guid(token: str) -> str:
    """Give the sign-in id that an Entra unique token identifier encodes: a GUID's sixteen bytes, or its text."""
    read = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    if len(read) != GUID_BYTES:
        return read.decode().lower() if read.isascii() else token
    return str(uuid.UUID(bytes_le=read))
