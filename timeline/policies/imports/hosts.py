"""Hosts: wevtutil, auditpol, journald, auditd and logrotate, as their own text says."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

from timeline.policies.imports.facts import Export, Fact, Reader, Remark, Statement

UNITS = {
    "": 1,
    "s": 1,
    "sec": 1,
    "m": 60,
    "min": 60,
    "h": 3600,
    "hour": 3600,
    "day": 86_400,
    "days": 86_400,
    "d": 86_400,
}
UNITS |= {"week": 604_800, "weeks": 604_800, "w": 604_800, "month": 2_629_800, "months": 2_629_800, "year": 31_557_600}
DAY = 86_400
TIME = re.compile(r"(\d+)\s*([a-z]*)")
EVERY = {
    "hourly": 1 / 24,
    "daily": 1,
    "weekly": 7,
    "monthly": 28,
    "yearly": 365,
}  # the shortest: so long it is kept for certain


def _pairs(text: str, sign: str) -> dict[str, str]:
    """Read `key <sign> value` lines; comments and section heads are left out, the last value of a key counts."""
    lines = (line.strip() for line in text.splitlines())
    told = (line.partition(sign) for line in lines if sign in line and not line.startswith(("#", ";", "[")))
    return {key.strip(): value.strip() for key, _, value in told}


def _host(export: Export) -> str:
    return export.need("host", "which host it is from").lower()


def _channel(export: Export) -> Iterator[Fact]:
    """`wevtutil gl CHANNEL`: a ring of bytes that overwrites its oldest records, or stops when it is full."""
    told = _pairs(export.text, ":")
    stream = f"windows.{told['name'].split('/')[0].lower().replace(' ', '-')}/{_host(export)}*"
    stops = told.get("retention", "false") == "true" and told.get("autoBackup", "false") != "true"
    keys: dict[str, Any] = {
        "stream": stream,
        "semantics": "ring",
        "overflow": "drop_newest" if stops else "drop_oldest",
    }
    if told.get("enabled") == "false":
        keys["enabled"] = False
        yield Remark(
            "the channel is switched off today, since when the export does not say: if you know it, state `enabled` in case.toml"
        )
    yield Statement(keys)
    if size := told.get("maxSize"):
        yield Remark(
            f"{told['name']}: {int(size) // 1_048_576} MB; how far back that reaches only the oldest record tells"
        )


def _audit_policy(export: Export) -> Iterator[Fact]:
    """`auditpol /get /category:* /r`: subcategories that are not audited today; since when it does not say."""
    rows = [row for row in csv.DictReader(StringIO(export.text.lstrip("\ufeff\n"))) if row.get("Subcategory")]
    host = (rows[0].get("Machine Name") or _host(export)).lower()
    off = [row["Subcategory"].strip() for row in rows if row.get("Inclusion Setting", "").strip() == "No Auditing"]
    base = {"stream": f"windows.security/{host}*", "semantics": "ring"}
    if off:
        yield Statement({**base, "enabled": False, "where": {"subcategory": sorted(off)}})
    for audited, missing in (("Success", "failure"), ("Failure", "success")):
        half = [row["Subcategory"].strip() for row in rows if row.get("Inclusion Setting", "").strip() == audited]
        if half:
            yield Statement({**base, "enabled": False, "where": {"subcategory": sorted(half), "outcome": missing}})


def _journald(export: Export) -> Iterator[Fact]:
    """`journald.conf` and drop-ins: where it is kept, for how long at most, and the ring of bytes."""
    told = _pairs(export.text, "=")
    stream = f"linux.journal/{_host(export)}"
    storage = told.get("Storage", "auto")
    if storage == "none":
        yield Statement({"stream": stream, "enabled": False})
        return
    keys: dict[str, Any] = {"stream": stream, "semantics": "ring"}
    seconds = _seconds(told.get("MaxRetentionSec", "0"))
    if seconds:
        unit = _seconds(told.get("MaxFileSec", "1month"))
        yield Remark(
            f"the journal is also a ring of bytes ({told.get('SystemMaxUse', '10 % of the disk')}): it may reach back less"
        )
        keys = {
            "stream": stream,
            "semantics": "ring",
            "cap_days": -(-seconds // DAY),
            "purge_unit": f"{unit // 3600}h",
        }
    yield Statement(keys)
    if storage in {"volatile", "auto"}:
        yield Remark(
            f"Storage={storage}: a journal in /run is gone at every boot; state the boots (`boots = […]`) if /var/log/journal is missing"
        )
    if told.get("RateLimitBurst", "").isdigit():
        yield Remark(
            f"messages beyond {told['RateLimitBurst']} in {told.get('RateLimitIntervalSec', '30s')} of one unit are dropped"
        )


def _seconds(told: str) -> int:
    return int(sum(int(number) * UNITS.get(unit, 0) for number, unit in TIME.findall(told.lower())))


def _auditd(export: Export) -> Iterator[Fact]:
    """`auditd.conf`: a ring of files, or a log that stops when it is full."""
    told = {key.lower(): value for key, value in _pairs(export.text, "=").items()}
    action = told.get("max_log_file_action", "rotate").lower()
    overflow = {"rotate": "drop_oldest", "keep_logs": "block", "suspend": "drop_newest", "ignore": "drop_oldest"}.get(
        action, "drop_newest"
    )
    yield Statement({"stream": f"linux.audit/{_host(export)}", "semantics": "ring", "overflow": overflow})
    size, files = told.get("max_log_file", "8"), told.get("num_logs", "5")
    yield Remark(f"{files} files of {size} MB: how far back that reaches only the oldest record tells")


def _rotation(export: Export) -> Iterator[Fact]:
    """Logrotate: how often and how many; what a log of no known source keeps is a remark."""
    host = _host(export)
    for paths, block in re.findall(r"^\s*((?:/\S+\s+)+)\{([^}]*)\}", export.text, re.MULTILINE):
        words = block.split()
        every = next((EVERY[word] for word in words if word in EVERY), EVERY["weekly"])
        number = _number(words, "rotate") or 0
        stream = next((f"linux.auth/{host}" for path in paths.split() if re.search(r"/(auth\.log|secure)", path)), "")
        sized = {"size", "maxsize"} & set(words)
        if not stream or sized:
            yield Remark(
                f"{paths.strip()}: rotated {'by size' if sized else 'by time'}; "
                + ("no log of the case is known there" if not stream else "a ring")
            )
        if stream and sized:
            yield Statement({"stream": stream, "semantics": "ring"})
        elif stream:
            days, unit = round(every * number), f"{round(every * 24)}h"
            if (oldest := _number(words, "maxage")) is not None:
                days = min(days, oldest)
            yield Statement({"stream": stream, "semantics": "rolling", "retention_days": days, "purge_unit": unit})


def _number(words: list[str], name: str) -> int | None:
    """Give the number behind a word."""
    places = (index + 1 for index, word in enumerate(words[:-1]) if word == name)
    return next((int(words[place]) for place in places if words[place].isdigit()), None)


def _says(*words: str) -> "re.Pattern[str]":
    return re.compile("|".join(rf"^\s*{word}" for word in words), re.MULTILINE)


CHANNEL, JOURNAL = _says(r"channelAccess:", r"owningPublisher:"), _says(r"\[Journal\]")
AUDITD, ROTATION = _says(r"max_log_file_action\s*=", r"num_logs\s*="), re.compile(r"\{[^}]*\brotate\s+\d+[^}]*\}")

READERS = (
    Reader("wevtutil gl", lambda e: bool(CHANNEL.search(e.text)) and "maxSize:" in e.text, _channel),
    Reader(
        "auditpol /get /category:* /r", lambda e: "Inclusion Setting" in e.text.lstrip("\ufeff\n")[:200], _audit_policy
    ),
    Reader("journald.conf", lambda e: bool(JOURNAL.search(e.text)), _journald),
    Reader("auditd.conf", lambda e: bool(AUDITD.search(e.text)), _auditd),
    Reader("logrotate", lambda e: e.value is None and bool(ROTATION.search(e.text)), _rotation),
)
