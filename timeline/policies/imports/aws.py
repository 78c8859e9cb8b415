"""AWS: trails, their status and selectors, lifecycle rules, access logging, object lock, log groups (`--output json`)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from timeline.policies.imports.facts import (
    Amendment,
    Export,
    Fact,
    Keeping,
    Reader,
    Remark,
    Route,
    Statement,
    has,
    items,
    moment,
)

CHOSEN = {"Tag", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}
FROZEN = ("GLACIER", "DEEP_ARCHIVE")
LATENCY = "15m"
KEPT = "rolling"


def _trails(export: Export) -> Iterator[Fact]:
    """`describe-trails`, `get-trail`: where each trail writes; the first one is the native copy."""
    trails = items(export.value.get("trailList", export.value.get("Trail")))
    for number, trail in enumerate(trails):
        name = str(trail.get("Name", ""))
        account = str(trail.get("TrailARN", "")).split(":")[4:5] or ["*"]
        region = "*" if trail.get("IsMultiRegionTrail") else trail.get("HomeRegion", "*")
        stream = f"aws.cloudtrail/{'*' if trail.get('IsOrganizationTrail') else account[0]}/{region}"
        store = "native" if number == 0 else f"trail {name}"
        above = f"{trail['S3KeyPrefix']}/" if trail.get("S3KeyPrefix") else ""
        prefix = f"{above}AWSLogs/" if "*" in stream.split("/")[1] else f"{above}AWSLogs/{account[0]}/"
        keys = {"latency": LATENCY}
        yield Route(stream, store, f"s3://{trail.get('S3BucketName', '')}", prefix, keys, name)
        if group := trail.get("CloudWatchLogsLogGroupArn"):
            yield Route(
                stream,
                f"{store} (log group)",
                f"loggroup:{str(group).split(':log-group:')[-1].removesuffix(':*')}",
                "",
                keys,
            )
        if trail.get("LogFileValidationEnabled") is False:
            yield Remark(f"trail {name}: log file validation is off, so there are no digests to prove anything with")


def _status(export: Export) -> Iterator[Fact]:
    """`get-trail-status`: whether the trail is on, and since when."""
    value = export.value
    started, stopped = moment(value.get("StartLoggingTime")), moment(value.get("StopLoggingTime"))
    if value.get("LatestDeliveryError"):
        yield Remark(
            f"the last delivery failed ({value['LatestDeliveryError']}): what was not delivered is not in the bucket"
        )
    periods = _periods(started, stopped, on=bool(value["IsLogging"]))
    if periods is not None:
        yield Amendment(export.given.get("trail", ""), "aws.cloudtrail/", {"enabled": periods})
    if periods is False:
        yield Remark("the trail is off, and the status states no stop: it was never switched on")


def _periods(
    started: datetime | None, stopped: datetime | None, *, on: bool
) -> list[dict[str, datetime]] | Literal[False] | None:
    """Say when the trail was on, False: never; None: not told. A status without a stop is that of a trail that never was stopped."""
    if not on:
        return [{"to": stopped}] if stopped else False
    if started and not stopped:
        return [{"from": started}]
    return [{"to": stopped}, {"from": started}] if started and stopped and stopped < started else None


def _selectors(export: Export) -> Iterator[Fact]:
    """`get-event-selectors`: what the trail leaves out of its management events."""
    arn = str(export.value.get("TrailARN", ""))
    account = (arn.split(":")[4:5] or ["*"])[0]
    base = {"stream": f"aws.cloudtrail/{account}/*", "store": export.given.get("store", "native"), "enabled": False}
    yield from _classic(base, items(export.value.get("EventSelectors") or []))
    yield from _advanced(base, items(export.value.get("AdvancedEventSelectors") or []))


def _classic(base: dict[str, Any], selectors: list[dict[str, Any]]) -> Iterator[Fact]:
    """Classic selectors: management events come unless none includes them, all reading or all writing ones, and not of excluded sources."""
    wanted = [each for each in selectors if each.get("IncludeManagementEvents", True)]
    if selectors and not wanted:
        yield Statement({**base, "where": {"category": "management"}})
    kinds = {each.get("ReadWriteType", "All") for each in wanted}
    if "All" not in kinds and len(kinds) == 1:
        missing = "true" if kinds == {"WriteOnly"} else "false"
        yield Statement({**base, "where": {"category": "management", "read_only": missing}})
    sources = sorted({name for each in selectors for name in each.get("ExcludeManagementEventSources", [])})
    if sources:
        yield Statement({**base, "where": {"category": "management", "event_source": sources}})


def _advanced(base: dict[str, Any], selectors: list[dict[str, Any]]) -> Iterator[Fact]:
    """Advanced selectors: management events need one that asks for them; conditions beside that narrow it."""
    wanted = [each for each in selectors if _asks(each, "Management")]
    if selectors and not wanted:
        yield Statement({**base, "where": {"category": "management"}})
    if wanted and all(len(each.get("FieldSelectors", [])) > 1 for each in wanted):
        named = ", ".join(str(each.get("Name") or "unnamed") for each in wanted)
        yield Statement({**base, "where": {"category": "management", "selector": f"not {named}"}})


def _asks(selector: dict[str, Any], category: str) -> bool:
    fields = items(selector.get("FieldSelectors") or [])
    return any(each.get("Field") == "eventCategory" and category in each.get("Equals", []) for each in fields)


def _lifecycle(export: Export) -> Iterator[Fact]:
    """`get-bucket-lifecycle-configuration`: a rule's prefix is literal, deletion waits for the next midnight and longer."""
    bucket = export.need("bucket", "which bucket it is about")
    rules = [each for each in items(export.value["Rules"]) if each.get("Status") == "Enabled"]
    for rule in rules:
        if keys := _rule(rule):
            yield Keeping(f"s3://{bucket}", _prefix(rule), keys, doubt=_doubtful(rule))
    yield Keeping(f"s3://{bucket}", "", {"semantics": "none"})


def _doubtful(rule: dict[str, Any]) -> bool:
    """Tell whether a rule deletes by size or tag, which no export states of the objects, or on one day, and all since."""
    filtered, gone = rule.get("Filter") or {}, rule.get("Expiration") or {}
    chosen = CHOSEN & {*filtered, *(filtered.get("And") or {})}
    return bool("Date" in gone or (chosen and "Days" in gone))


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    if _doubtful(rule):
        return {"semantics": KEPT}
    days = (rule.get("Expiration") or {}).get("Days")
    if days:
        keys |= {
            "semantics": KEPT,
            "retention_days": int(days),
            "anchor": "creation",
            "rounding": "day",
            "lag": ["0h", "unbounded"],
        }
    frozen = [
        int(each["Days"])
        for each in rule.get("Transitions", [])
        if each.get("StorageClass") in FROZEN and "Days" in each
    ]
    if frozen:
        keys |= {"archive_after_days": min(frozen)}
        keys.setdefault("semantics", "none")
    return keys


def _prefix(rule: dict[str, Any]) -> str:
    filtered = rule.get("Filter") or {}
    return str(rule.get("Prefix") or filtered.get("Prefix") or filtered.get("And", {}).get("Prefix") or "")


def _logging(export: Export) -> Iterator[Fact]:
    """`get-bucket-logging`: where the accesses to a bucket are written."""
    bucket = export.need("bucket", "whose accesses are logged")
    target = export.value["LoggingEnabled"]
    yield Route(
        f"aws.s3access/{bucket}",
        "native",
        f"s3://{target['TargetBucket']}",
        str(target.get("TargetPrefix", "")),
        {"latency": "24h"},
    )


def _lock(export: Export) -> Iterator[Fact]:
    """`get-object-lock-configuration`: no object goes before that, whatever the lifecycle says."""
    bucket = export.need("bucket", "which bucket it is about")
    rule = (export.value["ObjectLockConfiguration"].get("Rule") or {}).get("DefaultRetention")
    if rule:
        yield Keeping(f"s3://{bucket}", "", floor=int(rule.get("Days", 0)) or 365 * int(rule.get("Years", 0)))
    else:
        yield Remark("object lock is on, but no default retention is set: each object has its own")


def _groups(export: Export) -> Iterator[Fact]:
    """Read `logs describe-log-groups`: without retentionInDays a group keeps for ever; deletion lags up to 72 hours."""
    for group in items(export.value["logGroups"]):
        name = str(group.get("logGroupName", ""))
        days = group.get("retentionInDays")
        keys: dict[str, Any] = (
            {"semantics": KEPT, "retention_days": int(days), "lag": ["0h", "72h"]} if days else {"semantics": "none"}
        )
        if created := moment(group.get("creationTime")):
            keys["enabled_from"] = created
        yield Keeping(f"loggroup:{name}", "", keys)
        if name.startswith("/aws/eks/"):
            yield Route(f"kubernetes.audit/{name.split('/')[3]}", "native", f"loggroup:{name}")


READERS = (
    Reader("aws cloudtrail describe-trails", lambda e: has(e.value, "trailList") or has(e.value, "Trail"), _trails),
    Reader("aws cloudtrail get-trail-status", lambda e: has(e.value, "IsLogging"), _status),
    Reader(
        "aws cloudtrail get-event-selectors",
        lambda e: (
            has(e.value, "TrailARN") and (has(e.value, "EventSelectors") or has(e.value, "AdvancedEventSelectors"))
        ),
        _selectors,
    ),
    Reader(
        "aws s3api get-bucket-lifecycle-configuration",
        lambda e: has(e.value, "Rules") and _is_lifecycle(e.value["Rules"]),
        _lifecycle,
    ),
    Reader("aws s3api get-bucket-logging", lambda e: has(e.value, "LoggingEnabled"), _logging),
    Reader("aws s3api get-object-lock-configuration", lambda e: has(e.value, "ObjectLockConfiguration"), _lock),
    Reader("aws logs describe-log-groups", lambda e: has(e.value, "logGroups"), _groups),
)


def _is_lifecycle(rules: object) -> bool:
    return all("Status" in rule for rule in items(rules)) and isinstance(rules, list)
