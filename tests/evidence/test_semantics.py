"""The retention semantics S01 to S50 of the catalogue, each written in case.toml as people would and asked at the end of the year."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from timeline.case.config import load
from timeline.core.coverage import Stream, coverage, gaps
from timeline.evidence.facts import Facts
from timeline.evidence.streams import Builder

COLLECTED = """
[[collection]]
id = "c"
collected_at = 2024-12-31
streams = ["log.x/one"]
"""
YEAR = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def stream(folder: Path, text: str, name: str = "log.x/one") -> Stream:
    (folder / "case.toml").write_text(text, "utf-8")
    config = load(folder / "case.toml")
    return Builder(Facts(), config, folder).stream(name, config.as_of or 0)


def day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1_000_000, UTC).isoformat()[5:16].replace("T00:00", "")


def shown(found: Stream, fields: tuple[str, ...] = ()) -> list[str]:
    """The gaps of the year but for its last day, which nobody can have collected."""
    window = micros(YEAR[0]), micros(YEAR[1]) - 86_400_000_000
    listed = gaps(coverage(found, window, fields), window)
    return sorted(f"{gap.state} {day(gap.start)}..{day(gap.end)} {gap.scope.text()}".strip() for gap in listed)


def policy(text: str) -> str:
    return f'{COLLECTED}\n[[policy]]\nstream = "log.x/*"\n{text}\n'


SEMANTICS = {
    "S01 a limit for each tier and kind of record": (
        policy('retention_days = 30\n[[policy]]\nstream = "log.x/*"\nretention_days = 90\nwhere = { risk = "high" }'),
        ["expired 01-01..10-02 risk=high", "expired 01-01..12-01 not risk=high"],
    ),
    "S02 the licence of the actor": (
        policy(
            'retention_days = 180\n[[policy]]\nstream = "log.x/*"\nretention_days = 365\nwhere = { actor = "ann@contoso.com" }'
        ),
        ["expired 01-01..07-04 not actor=ann@contoso.com"],
    ),
    "S03 an upgrade of the tenant": (
        policy('semantics = "rolling"\nretention = [{ days = 7 }, { days = 30, from = 2024-12-20 }]'),
        ["expired 01-01..12-13"],
    ),
    "S05 by record type": (
        policy(
            'retention_days = 180\n[[policy]]\nstream = "log.x/*"\nretention_days = 365\nwhere = { record_type = ["ExchangeItem", "SharePoint"] }'
        ),
        ["expired 01-01..07-04 not record_type=exchangeitem|sharepoint"],
    ),
    "S06 the lowest priority wins, and any custom policy beats the default even if it is shorter": (
        policy(
            'retention_days = 365\n[[policy]]\nstream = "log.x/*"\nretention_days = 180\npriority = 2\nwhere = { operation = "Send" }'
            '\n[[policy]]\nstream = "log.x/*"\nretention_days = 90\npriority = 5\nwhere = { operation = "Send", actor = "ann" }'
        ),
        ["expired 01-01..07-04 operation=send"],
    ),
    "S07 the licence caps the policy": (policy("retention_days = 1095\ncap_days = 90"), ["expired 01-01..10-02"]),
    "S08 a change that concerns only new records": (
        policy('semantics = "stamped"\nretention = [{ days = 90 }, { days = 180, from = 2024-09-01 }]'),
        ["expired 01-01..09-01"],
    ),
    "S09 a change that concerns all that is still there, and one that does not, in one policy": (
        policy(
            'semantics = "rolling"\nretention = [{ days = 30 }, { days = 60, from = 2024-08-01, applies_to = "new" }, { days = 400, from = 2024-08-20 }]'
        ),
        ["expired 01-01..07-21"],
    ),
    "S10 an expiry that is written on each object": (
        policy('semantics = "stamped"\nretention = [{ days = 400 }, { days = 10, from = 2024-06-01 }]'),
        ["expired 06-01..12-21"],
    ),
    "S11 a shortening waits for its grace": (
        policy('semantics = "rolling"\ngrace = "30d"\nretention = [{ days = 300 }, { days = 30, from = 2024-12-10 }]'),
        ["expired 01-01..03-06"],
    ),
    "S12 a shortening that waits for nothing beside one that does": (
        policy(
            'semantics = "rolling"\ngrace = "30d"\nretention = [{ days = 300 }, { days = 30, from = 2024-12-10, grace = "0d" }]'
        ),
        ["expired 01-01..12-01"],
    ),
    "S13 a deletion that comes late, nobody knows when": (
        policy('retention_days = 30\nlag = ["0h", "unbounded"]'),
        ["unknown 01-01..12-01"],
    ),
    "S14 at the next midnight of a zone": (
        policy('retention_days = 30\nrounding = "day"\nrounding_zone = "America/New_York"'),
        ["expired 01-01..11-30T05:00"],
    ),
    "S14 by whole months": (policy('retention = [{ months = 3 }]\nrounding = "month"'), ["expired 01-01..09-01"]),
    "S14 months without a calendar are a band": (
        policy("retention = [{ months = 6 }]"),
        ["expired 01-01..06-30", "unknown 06-30..07-03"],
    ),
    "S15 the age of the file counts": (
        policy('retention_days = 30\nanchor = "creation"\nlatency = "12h"'),
        ["expired 01-01..11-30T12:00", "unknown 11-30T12:00..12-01", "pending 12-30T12:00..12-31"],
    ),
    "S16 imported history ages from its own time": (
        policy("retention_days = 300\nenabled_from = 2024-02-01"),
        ["not_enabled 01-01..02-01", "expired 02-01..03-06"],
    ),
    "S17 a ring says nothing without a record": (policy('semantics = "ring"'), ["unknown 01-01..12-31"]),
    "S18 a file goes when its newest record is overdue": (
        policy('retention_days = 28\npurge_unit = "7d"'),
        ["expired 01-01..11-26", "unknown 11-26..12-03"],
    ),
    "S18 a file goes when its oldest record is overdue": (
        policy('retention_days = 28\npurge_unit = "7d"\npurge_by = "oldest"'),
        ["expired 01-01..12-03", "unknown 12-03..12-10"],
    ),
    "S19 a full buffer that drops what is new": (
        policy('semantics = "ring"\noverflow = "drop_newest"'),
        ["unknown 01-01..12-31"],
    ),
    "S19 a full buffer that blocks loses nothing": (policy('semantics = "ring"\noverflow = "block"'), []),
    "S20 volatile storage of the current boot": (
        policy('semantics = "none"\nanchor = "boot"\nboots = [2024-05-01T08:00:00Z, 2024-11-03T08:00:00Z]'),
        ["expired 01-01..11-03T08:00"],
    ),
    "S21 a state has no past": (policy('semantics = "state"'), ["unknown 01-01..12-31"]),
    "S22 nothing is kept unless somebody switches it on": (policy("enabled = false"), ["not_enabled 01-01..12-31"]),
    "S23 collection starts when the page is first opened": (
        policy('semantics = "none"\nenabled_from = 2024-03-05T09:00:00Z'),
        ["not_enabled 01-01..03-05T09:00"],
    ),
    "S24 a query looks less far back than the store": (
        policy('retention_days = 180\naccess = [{ name = "hunting", days = 30, latency = "6h" }]').replace(
            'id = "c"', 'id = "c"\naccess = "hunting"'
        ),
        ["expired 01-01..07-04", "not_collected 07-04..12-01", "pending 12-30T18:00..12-31"],
    ),
    "S25 a query beyond the horizon succeeds with fewer rows": (
        policy("retention_days = 90").replace("streams =", "from = 2024-01-01\nstreams ="),
        ["expired 01-01..10-02"],
    ),
    "S26 an archive of which a part was restored for a while": (
        policy(
            'retention_days = 730\narchive_after_days = 90\nrestore_latency = "24h"\n'
            'restored = [{ from = 2024-03-01, to = 2024-04-01, at = 2024-12-20, lasts = "14d" }, { at = 2024-11-01, lasts = "14d" }]'
        ),
        ["archived 01-01..03-01", "archived 04-01..10-02"],
    ),
    "S27 two days of collection have two windows": (
        policy("retention_days = 30") + COLLECTED.replace('"c"', '"d"').replace("2024-12-31", "2024-11-15"),
        ["expired 01-01..10-16", "expired 11-15..12-01"],
    ),
    "S36, S46 a copy outlives its source": (
        policy('retention_days = 30\n[[policy]]\nstream = "log.x/*"\nstore = "siem"\nretention_days = 200')
        + COLLECTED.replace('"c"', '"s"\nstore = "siem"'),
        ["expired 01-01..06-14"],
    ),
    "S37 a copy of a part of the source": (
        policy(
            'retention_days = 30\n[[policy]]\nstream = "log.x/*"\nstore = "siem"\nenabled = false\n'
            '[[policy]]\nstream = "log.x/*"\nstore = "siem"\nsemantics = "none"\nenabled_from = 2024-07-01\nwhere = { operation = "SignIn" }'
        )
        + COLLECTED.replace('"c"', '"s"\nstore = "siem"'),
        ["not_enabled 01-01..07-01 operation=signin", "not_enabled 01-01..12-01 not operation=signin"],
    ),
    "S40 a hold of the log, until it ends": (
        policy("retention_days = 30\nhold_from = 2024-09-01\nhold_to = 2025-02-01"),
        ["expired 01-01..08-02"],
    ),
    "S40 a hold of the content is none of the log": (
        policy('retention_days = 30\nhold_from = 2024-09-01\nhold_applies_to = "content"'),
        ["expired 01-01..12-01"],
    ),
    "S41 rows were purged inside a covered window": (
        policy(
            'semantics = "none"\n[[purge]]\nstream = "log.x/*"\nat = 2024-10-01\nfrom = 2024-03-01\nto = 2024-03-09\nwhere = { actor = "ann" }'
        ),
        ["expired 03-01..03-09 actor=ann"],
    ),
    "S43 the key was destroyed": (
        policy("retention_days = 300\nunreadable_from = 2024-12-01"),
        ["expired 01-01..12-31"],
    ),
    "S44 the record is there and the field is not": (
        policy('semantics = "none"\n[[field]]\nstream = "log.x/*"\nfield = "session_id"\nfrom = 2024-05-01'),
        ["not_enabled 01-01..05-01"],
    ),
    "S45 a kind of event appears, is withdrawn and returns": (
        policy(
            'semantics = "none"\n[[policy]]\nstream = "log.x/*"\nsemantics = "none"\nwhere = { operation = "MailItemsAccessed" }\n'
            "enabled = [{ from = 2024-02-01, to = 2024-03-01 }, { from = 2024-06-01 }]"
        ),
        [
            "not_enabled 01-01..02-01 operation=mailitemsaccessed",
            "not_enabled 03-01..06-01 operation=mailitemsaccessed",
        ],
    ),
    "S48 the store ends with its account": (
        policy('semantics = "none"\nstore_ends = 2025-03-01').replace("2024-12-31", "2025-04-01"),
        ["expired 01-01..12-31"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), SEMANTICS.values(), ids=SEMANTICS.keys())
def test_a_semantics_of_the_catalogue_is_a_line_of_case_toml(tmp_path: Path, text: str, expected: list[str]) -> None:
    fields = ("session_id",) if "[[field]]" in text else ()
    assert shown(stream(tmp_path, text), fields) == sorted(expected)


def test_a_field_that_nobody_asks_for_is_no_gap(tmp_path: Path) -> None:
    assert shown(stream(tmp_path, SEMANTICS["S44 the record is there and the field is not"][0]), ("object",)) == []


def test_a_purge_after_the_collection_takes_nothing_from_it(tmp_path: Path) -> None:
    text = policy('semantics = "none"\n[[purge]]\nstream = "log.x/*"\nat = 2025-02-01')
    assert shown(stream(tmp_path, text)) == []


def test_s39_t23_an_incident_of_the_vendor_is_a_loss_that_the_catalogue_knows(tmp_path: Path) -> None:
    text = policy('semantics = "none"').replace("log.x", "entra.signin.interactive")
    found = stream(tmp_path, text, "entra.signin.interactive/one")
    window = micros(YEAR[0]), micros(YEAR[1]) - 86_400_000_000
    (gap,) = gaps(coverage(found, window), window)
    assert (day(gap.start), day(gap.end), gap.state, gap.basis) == ("09-02T23:00", "09-19", "lossy", "catalogue")
    assert "microsoft-2024-09" in gap.evidence[0]
    assert shown(stream(tmp_path, text, "okta.system/one")) == ["unknown 01-01..12-31"]


def test_s50_what_was_imported_says_so_and_what_is_declared_beside_it_wins(tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text(
        '[[policy]]\nstream = "log.x/*"\nretention_days = 90\nbasis = "imported"\nevidence = "describe-log-groups of 2024-12-30"\n'
        'imported_at = 2024-12-30\n[[purge]]\nstream = "log.x/*"\nat = 2024-12-01\nfrom = 2024-10-20\nto = 2024-11-01\nwhy = "log group deleted"\n',
        "utf-8",
    )
    window = micros(YEAR[0]), micros(YEAR[1])
    found = gaps(coverage(stream(tmp_path, COLLECTED), window), window)
    assert [(gap.basis, gap.evidence, gap.cause) for gap in found[:2]] == [
        ("imported", ("describe-log-groups of 2024-12-30",), "past its retention"),
        ("imported", ("policies.toml: purge log.x/*",), "log group deleted"),
    ]
    assert shown(stream(tmp_path, COLLECTED)) == ["expired 01-01..10-02", "expired 10-20..11-01"]
    assert shown(stream(tmp_path, policy("retention_days = 30"))) == ["expired 01-01..12-01"]
