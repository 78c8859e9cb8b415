"""Google Cloud: log buckets, sinks, audit configuration of IAM policies (`gcloud … --format=json`)."""

from collections.abc import Iterator
from typing import Any

from timeline.policies.imports.facts import Export, Fact, Keeping, Reader, Remark, Route, Statement, has, items, moment

REQUIRED, DEFAULT = "_Required", "_Default"
FIXED = ["activity", "system_event", "access_transparency"]
CHOSEN = ["data_access", "policy"]
HOST = "logging.googleapis.com/"
GRACE = "7d"


def _buckets(export: Export) -> Iterator[Fact]:
    """Read `logging buckets describe/list`: how long a bucket keeps; `_Required` takes admin activity and cannot be changed."""
    for bucket in items(export.value):
        path = str(bucket["name"])
        owner, name = path.split("/locations/", maxsplit=1)[0], path.rsplit("/", 1)[-1]
        stream = f"gcp.audit/{owner.removeprefix('projects/')}"
        keys: dict[str, Any] = {"semantics": "rolling", "retention_days": int(bucket["retentionDays"])}
        if name == REQUIRED:
            yield Statement({"stream": stream, **keys, "where": {"log": FIXED}})
        elif name == DEFAULT:
            yield Statement({"stream": stream, **keys, "grace": GRACE})
        else:
            created = moment(bucket.get("createTime"))
            yield Keeping(
                f"logbucket:{path}", "", {**keys, "grace": GRACE, **({"enabled_from": created} if created else {})}
            )


def _sinks(export: Export) -> Iterator[Fact]:
    """Read `logging sinks describe/list`: copies that go elsewhere; a filter makes them copies of some records only."""
    for sink in items(export.value):
        name, destination = str(sink["name"]), str(sink["destination"])
        if name in {REQUIRED, DEFAULT}:
            yield from _default(sink, export)
            continue
        project = str(sink.get("writerIdentity", "")).partition("project-")[2].partition("@")[0] or "*"
        if sink.get("disabled"):
            yield Remark(f"sink {name}: switched off today; since when the export does not say")
            continue
        keys: dict[str, Any] = {}
        if sink.get("filter") or sink.get("exclusions"):
            keys["where"] = {"selector": [f"sink {name}"]}
        to = f"logbucket:{destination.removeprefix(HOST)}" if destination.startswith(HOST) else destination
        yield Route(f"gcp.audit/{export.given.get('project', project)}", f"sink {name}", to, "", keys)


def _default(sink: dict[str, Any], export: Export) -> Iterator[Fact]:
    if sink["name"] != DEFAULT:
        return
    stream = f"gcp.audit/{export.given.get('project', '*')}"
    if sink.get("disabled"):
        yield Statement({"stream": stream, "enabled": False, "where": {"log": CHOSEN}})
    elif any(not each.get("disabled") for each in items(sink.get("exclusions") or [])):
        yield Statement(
            {"stream": stream, "enabled": False, "where": {"log": CHOSEN, "selector": ["excluded from _Default"]}}
        )


def _audit(export: Export) -> Iterator[Fact]:
    """`projects get-iam-policy`: whose data access leaves no trace."""
    stream = f"gcp.audit/{export.given.get('project', '*')}"
    configs = items(export.value.get("auditConfigs") or [])
    exempt = {
        str(member).partition(":")[2].lower()
        for config in configs
        for log in items(config.get("auditLogConfigs") or [])
        for member in log.get("exemptedMembers", [])
    }
    if exempt:
        yield Statement(
            {"stream": stream, "enabled": False, "where": {"log": ["data_access"], "actor": sorted(exempt)}}
        )
    services = sorted({str(config.get("service")) for config in configs})
    told = (
        f"data access is logged for {', '.join(services)}" if services else "no data access is logged, but for BigQuery"
    )
    yield Remark(f"{told} today; since when the export does not say")


READERS = (
    Reader(
        "gcloud logging buckets describe",
        lambda e: (
            bool(items(e.value))
            and all(has(each, "name", "retentionDays") and "/buckets/" in str(each["name"]) for each in items(e.value))
        ),
        _buckets,
    ),
    Reader(
        "gcloud logging sinks describe",
        lambda e: bool(items(e.value)) and all(has(each, "name", "destination") for each in items(e.value)),
        _sinks,
    ),
    Reader(
        "gcloud projects get-iam-policy",
        lambda e: has(e.value, "auditConfigs") or has(e.value, "bindings", "etag"),
        _audit,
    ),
)
