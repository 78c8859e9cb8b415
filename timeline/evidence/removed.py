"""Log files that somebody deleted from the place where they were delivered: each is a purge of the time that its name stands for.

The deletion is seen in any log that tells of objects (CloudTrail data events, server access logs, storage logs). A CloudTrail file is named by
the minute of its delivery and holds what was recorded up to a quarter of an hour before (AWS, "CloudTrail log file name format"); a PT1H.json
of Azure is named by its hour. A file that was collected before it was deleted is in the case: the purge only counts for what came after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import duckdb

from timeline.core.spans import Span
from timeline.core.switches import Change

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000
BEFORE = 15 * MINUTE
DELETED = """SELECT object, time_us, event_id, coalesce(operation, 'a deletion') FROM event
    WHERE kept AND action IN ('object.delete', 'log.clear') AND outcome = 'success'
        AND regexp_matches(object, '/CloudTrail/.*\\.json\\.gz$|/PT1H\\.json$')
    ORDER BY time_us, event_id"""
TRAIL = re.compile(
    r"(s3://[^/]+)/(.*AWSLogs/(?:o-[^/]+/)?(\d{12})/CloudTrail/([a-z0-9-]+)/.*_(\d{8}T\d{4})Z_[^/]*)\.json\.gz"
)
HOURLY = re.compile(
    r"https://([^./]+)\.[^/]+/(insights-logs-[a-z]+/resourceId=.*/storageAccounts/([^/]+)/.*"
    r"/y=(\d{4})/m=(\d\d)/d=(\d\d)/h=(\d\d)/.*)PT1H\.json",
    re.IGNORECASE,
)


class Removed(NamedTuple):
    """A deleted log file: its destination as routes name it, its path there, and the change that it is."""

    to: str
    path: str
    change: Change


def removed(connection: duckdb.DuckDBPyConnection) -> Iterator[Removed]:
    """Give every deletion of a log file that the case tells of."""
    for name, at, event, operation in connection.execute(DELETED).fetchall():
        found = _trail(name) or _hourly(name)
        if found:
            to, path, subject, span = found
            yield Removed(to, path, Change(subject, f"file {name}", at, event, operation, purged=span))


def _trail(name: str) -> tuple[str, str, str, Span] | None:
    told = TRAIL.fullmatch(name)
    if told is None:
        return None
    bucket, path, account, region, minute = told.groups()
    try:
        stamp = _us(datetime.strptime(minute, "%Y%m%dT%H%M").replace(tzinfo=UTC))
    except ValueError:
        return None
    return bucket, path, f"aws.cloudtrail/{account}/{region}", (stamp - BEFORE, stamp + MINUTE)


def _hourly(name: str) -> tuple[str, str, str, Span] | None:
    told = HOURLY.fullmatch(name)
    if told is None:
        return None
    account, path, resource, *when = told.groups()
    try:
        hour = datetime.strptime("".join(when), "%Y%m%d%H").replace(tzinfo=UTC)
    except ValueError:
        return None
    return f"storage:{account}", path, f"azure.storage/{resource.lower()}", (_us(hour), _us(hour + timedelta(hours=1)))


def _us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
