"""Lines of a list as people write them: which sign parts the cells, and what a bare word may mean.

A word that is taken for something that no log ever writes would be absent for sure, so what cannot be understood is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, summarize_address_range

from timeline.hunting.looks import HOST, Look, recognised, refanged

COLUMNS = ("indicator", "ioc", "value", "observable", "artifact", "indicator_value", "ioc_value")
SEPARATORS = (",", ";", "\t", "|")
PLAIN = ("address", "hash", "url", "account")
"""Kinds that are known for sure by the look of them."""
RANGE = re.compile(r"([0-9a-f:.]+)\s*[-\u2013]\s*([0-9a-f:.]+)", re.IGNORECASE)
PORTED = re.compile(rf"({HOST.pattern}):\d{{1,5}}/?", re.IGNORECASE)
FOREIGN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}\.?|.*\bxn--.*")


def separator(text: str) -> str:
    """Give the sign that parts the cells of a list: by its header, else by what stands before the first sign."""
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    head = next(lines, "")
    for sign in SEPARATORS:
        if sign in head and {cell.strip(' "').lower() for cell in head.split(sign)} & set(COLUMNS):
            return sign
    for sign in SEPARATORS[1:]:
        first = refanged(head.partition(sign)[0].strip())
        if sign in head and recognised(first).kind in (*PLAIN, "domain"):
            return sign
    return ","


def remarked(text: str) -> str:
    """Give the word that a line begins with if it is an indicator of its own and the rest cannot belong to it; else nothing."""
    first = re.split(r"[\s,;|]", text, maxsplit=1)[0]
    whole, kind = recognised(text).kind, recognised(first).kind
    if first == text or RANGE.fullmatch(text) or whole not in ("id", "user_agent", "file"):
        return ""
    return first if kind in PLAIN or (kind == "domain" and whole == "id") else ""


def readings(text: str, kind: str = "") -> tuple[Look, ...]:
    """Give what a word may mean, of which one is enough: a pattern with *, a range from-to, a host with its port, a name in two scripts."""
    if "*" in text:
        return (_pattern(text, kind),)
    if (ends := RANGE.fullmatch(text)) and (some := _networks(ends[1], ends[2])):
        return some
    if ported := PORTED.fullmatch(text):
        return (Look("domain", "under", ported[1]),)
    if recognised(text).kind in ("id", "domain") and FOREIGN.fullmatch(text):
        return _scripts(text)
    return (recognised(text),)


def _pattern(text: str, kind: str) -> Look:
    """Read a word in which * stands for anything."""
    if text.startswith("*.") and HOST.fullmatch(text[2:]):
        return Look("domain", "under", text[2:])
    if re.fullmatch(r"[\d.*]+|[0-9a-f:*]+:[0-9a-f:*]*", text, re.IGNORECASE):
        return Look("address", "glob", text)
    told = kind or ("url" if "://" in text else "account" if re.fullmatch(r"[^\s/]+@[^\s/]+", text) else "id")
    return Look(told, "glob", text)


def _networks(first: str, last: str) -> tuple[Look, ...]:
    """Give a range from one address to another as networks; nothing if it is none."""
    try:
        found: Iterable[object] = summarize_address_range(ip_address(first), ip_address(last))
        return tuple(Look("address", "inside", str(each)) for each in found)
    except (ValueError, TypeError):
        return ()


def _scripts(text: str) -> tuple[Look, ...]:
    """Give a name of a domain as the net writes it and as people do."""
    try:
        coded = text.lower().encode("idna").decode()
        plain = coded.encode().decode("idna")
    except UnicodeError:
        return (recognised(text),)
    return (Look("domain", "under", coded), *(() if plain == coded else (Look("id", "glob", f"*{plain}"),)))
