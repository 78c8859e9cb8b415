"""What is looked for: one thing of one kind, and how its spelling is brought to that of the logs."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from timeline.case.store import lowered

HEX = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", re.IGNORECASE)
GUID = re.compile(r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?", re.IGNORECASE)
HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{1,59})\.?", re.IGNORECASE
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
FILE = re.compile(
    r"[^/\\:*?\"<>|]+\.(?:exe|dll|sys|ps1|bat|cmd|vbs|js|hta|lnk|scr|msi|jar|py|sh|elf|so|bin|dat|tmp|dmp|zip|rar|7z|gz|tar|iso|img|vhdx?|"
    r"docx?|xlsx?|pptx?|pdf|rtf|csv|txt|json|html?|png|jpe?g|pst|ost|eml|msg|pem|pfx|p12|key|kdbx|bak|sql|har)",
    re.IGNORECASE,
)
PORT = re.compile(r"^(https://[^/]*(?=:443(?:/|$))|http://[^/]*(?=:80(?:/|$))):\d+")
"""The port that a scheme has anyway."""
MAPPED = 96
"""Bits before the IPv4 address inside of an IPv6 one."""
DEFANGED = (
    (re.compile(r"\bh(?:xx|XX|\*\*)p(s?)(?=\[?:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(r"\[:(//)?\]"), r":\1"),
    (re.compile(r"\s?[\[({]\s?(?:@|at)\s?[\])}]\s?", re.IGNORECASE), "@"),
)


@dataclass(frozen=True)
class Look:
    """One thing looked for.

    `op` is equals, under (a domain or a name below it), like (% and _), glob (*), regex or inside (a range of addresses).
    """

    kind: str
    op: str
    value: str


UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Signs without width, which reports bring along; bidirectional overrides stay, for names are disguised with them."""


def refanged(told: str) -> str:
    """Take away what keeps an indicator from being clicked (hxxp, [.], [:], [@]), and what nobody sees."""
    told = told.translate(UNSEEN).strip()
    for sign, plain in DEFANGED:
        told = sign.sub(plain, told)
    return told


BARE = (
    ("url", "equals", re.compile(r"[a-z][a-z0-9+.-]*://.*", re.IGNORECASE | re.DOTALL)),
    ("account", "equals", EMAIL),
    ("file", "equals", FILE),
    ("domain", "under", HOST),
    ("user_agent", "equals", re.compile(r"[\w.-]+/\d.*", re.DOTALL)),
    ("id", "equals", re.compile(r".*", re.DOTALL)),
)


def recognised(told: str) -> Look:
    """Give what a bare word is: an address or range, URL, account, hash, file, domain, client software, else an id."""
    text = told.strip().strip("\"'")
    if found := _address(text):
        return found
    if hashed := re.fullmatch(rf"(?:(?:md5|sha-?\d+):)?({HEX.pattern})", text, re.IGNORECASE):
        return Look("hash", "equals", hashed[1])
    return next(Look(kind, op, text) for kind, op, form in BARE if form.fullmatch(text))


def _address(text: str) -> Look | None:
    found = re.fullmatch(r"\[([0-9a-f:.]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+", text, re.IGNORECASE)
    bare = found[1] or found[2] if found else text
    if one := address_of(bare):
        return Look("address", "equals", one)
    some = range_of(text) if "/" in text else None
    return Look("address", "inside", some) if some else None


def address_of(text: str) -> str | None:
    """Give an address in its one canonical form (IPv4 inside of IPv6 is IPv4); None if it is none."""
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def range_of(text: str) -> str | None:
    """Give a range of addresses in its canonical form; None if it is none."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    inner = getattr(network.network_address, "ipv4_mapped", None)
    if inner is None or network.prefixlen < MAPPED:
        return str(network)
    return f"{inner}/{network.prefixlen - MAPPED}"


def spellings(look: Look) -> tuple[str, ...]:
    """Give the ways in which logs may write a thing that is looked for by equality, lower case."""
    low = lowered(look.value).strip()
    if look.kind == "hash":
        return (low, *_encoded(low))
    if look.kind == "url":
        return (PORT.sub(r"\1", low.partition("#")[0].partition("?")[0]).rstrip("/"),)
    if look.kind == "domain":
        return (low.rstrip("."),)
    if look.kind == "address":
        return tuple(dict.fromkeys((low, *_spelled(low))))
    if GUID.fullmatch(low):
        return (low.strip("{}"),)
    return (low, low.replace("\\", "/"))


def _encoded(told: str) -> tuple[str, ...]:
    """Give a hash as base64, as storage services write MD5."""
    try:
        return (base64.b64encode(bytes.fromhex(told)).decode().lower(),)
    except (ValueError, binascii.Error):
        return ()


def _spelled(told: str) -> tuple[str, ...]:
    """Give an address as short and as long as it can be written, and an IPv4 address inside of IPv6."""
    try:
        address = ip_address(told)
    except ValueError:
        return ()
    mapped = (f"::ffff:{address}",) if address.version == 4 else ()  # noqa: PLR2004  the version of the protocol
    return (str(address), address.exploded, *mapped)


def within(value: str, network: str) -> bool:
    """Tell whether a text is an address in a range."""
    address = address_of(value)
    return address is not None and ip_address(address) in ip_network(network, strict=False)
