"""CloudTrail digests: an hour that is proven silent, and every way in which a chain can break."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from cloudtrail_digests import FORGED, Trail, day
from own_case import Make, Own

STREAM = "aws.cloudtrail/111122223333/us-east-1"
CASE = f"""[case]
from = 2023-05-10T00:00:00Z
to = 2023-05-10T08:00:00Z
[[collection]]
id = "c"
collected_at = 2023-05-10T10:30:00Z
streams = ["{STREAM}"]
[[policy]]
stream = "aws.cloudtrail/*"
semantics = "none"
"""
HOURS = ((10,), (), (20,), (), (), (30,), (), (), (5,), ())


@pytest.fixture
def chained(trial: Make) -> Any:
    """Give a maker of cases of a day's trail, with what is left out or changed."""

    def make(trail: Trail, *without: str, changed: dict[str, bytes] | None = None) -> Own:
        own = trial(base=CASE)
        trail.objects.update(changed or {})
        trail.write(own.folder / "bucket", without)
        return own.ingest()

    return make


def failures(own: Own, *words: str | Path) -> list[str]:
    return [row["detail"] for row in own.rows("verify", *words) if not row["ok"]]


def gaps(own: Own) -> list[tuple[Any, ...]]:
    return [(row["state"], row["start"][11:16], row["end"][11:16]) for row in own.rows("gaps", "--stream", STREAM)]


def keyed(own: Own, trail: Trail) -> Own:
    """Name the public keys in case.toml."""
    trail.keys(own.folder / "keys.json")
    (own.folder / "case.toml").write_text(own.toml.replace("[case]", '[case]\ndigest_keys = "keys.json"'))
    return own


def test_a_sound_chain_under_aws_signatures_makes_an_absence_proven(chained: Any) -> None:
    """T16: an empty digest between sound ones proves its hour silent."""
    trail = day(*HOURS)
    own = keyed(chained(trail), trail)
    assert gaps(own) == []
    assert failures(own) == []
    row = own.ask("role-assigned")
    assert (row["verdict"], row["strength"]) == ("absent", "proven")


def test_hashes_alone_prove_nothing(chained: Any) -> None:
    own = chained(day(*HOURS))
    assert failures(own) == []
    assert own.ask("role-assigned")["strength"] == "strong"


def test_a_forged_chain_proves_nothing(chained: Any) -> None:
    forged = Trail(day().start, key=FORGED)
    for minutes in HOURS:
        forged.hour(*minutes)
    own = keyed(chained(forged), day())
    assert own.ask("role-assigned")["strength"] == "strong"
    assert any("the signature does not fit" in each for each in failures(own))


def test_without_digests_the_same_absence_is_only_strong(chained: Any) -> None:
    own = chained(day(*HOURS), "CloudTrail-Digest")
    assert own.ask("role-assigned")["strength"] == "strong"


def test_a_log_file_that_is_missing_is_a_hole_at_the_times_of_its_events(chained: Any) -> None:
    own = chained(day(*HOURS), "20230510T0220Z")
    assert gaps(own) == [("lossy", "02:18", "02:18")]
    assert any("a log file that a digest lists is not here" in each for each in failures(own))
    assert own.ask("role-assigned")["verdict"] == "unknown"


def test_a_log_file_that_was_changed_is_found(chained: Any) -> None:
    trail = day(*HOURS)
    key = next(key for key in trail.objects if "20230510T0220Z" in key)
    text = gzip.decompress(trail.objects[key]).replace(b"ListUsers", b"ListRoles")
    own = chained(trail, changed={key: gzip.compress(text, mtime=0)})
    assert any("was changed after its delivery" in each for each in failures(own))
    assert [each[0] for each in gaps(own)] == ["lossy"]


def test_a_deleted_run_of_three_digests_is_one_hole(chained: Any) -> None:
    own = chained(day(*HOURS), "main_us-east-1_20230510T04", "main_us-east-1_20230510T05", "main_us-east-1_20230510T06")
    assert gaps(own) == [("lossy", "02:45", "06:00")]


def test_a_deleted_head_is_found_where_the_log_begins_with_it(chained: Any) -> None:
    own = chained(day(*HOURS), "main_us-east-1_20230510T01", "20230510T0010Z")
    assert gaps(own) == [("lossy", "00:00", "01:00")]
    assert any("the digest before the first one is missing" in each for each in failures(own))


def test_a_deleted_tail_is_found_where_the_log_ends_with_it(chained: Any) -> None:
    late = (
        "main_us-east-1_20230510T06",
        "main_us-east-1_20230510T07",
        "main_us-east-1_20230510T08",
        "main_us-east-1_20230510T09",
    )
    own = chained(day(*HOURS), *late, "20230510T0530Z", "20230510T0805Z")
    assert gaps(own) == [("lossy", "04:45", "08:00")]


def test_a_file_that_no_digest_lists_is_found(chained: Any) -> None:
    trail = day(*HOURS)
    key = next(key for key in trail.objects if "20230510T0220Z" in key)
    own = chained(trail, changed={key.replace("aaaabbbb", "planted0"): gzip.compress(b'{"Records":[]}', mtime=0)})
    assert failures(own) == []  # a file without a record is no evidence of anything
    text = gzip.decompress(trail.objects[key]).replace(b'"eventID": "', b'"eventID": "x')
    (own.folder / "bucket" / key.replace("aaaabbbb", "planted1")).write_bytes(gzip.compress(text, mtime=0))
    own.run("ingest", own.folder)
    assert any("a log file that no digest lists" in each for each in failures(own))


def test_a_trail_that_began_anew_leaves_the_time_between_unknown(chained: Any) -> None:
    """T17: the second chain begins without a digest before it."""
    trail = day((10,), ())
    again = day(*HOURS)
    again.digests = []
    again.objects = {}
    again.start = again.start.replace(hour=5)
    again.signature = ""
    again.hour(30).hour().hour().hour(5)
    trail.objects.update(again.objects)
    own = chained(trail)
    assert gaps(own) == [("unknown", "01:45", "05:00")]


def test_signatures_are_checked_with_the_public_keys(chained: Any, tmp_path: Path) -> None:
    trail = day(*HOURS)
    own = chained(trail)
    keys = trail.keys(tmp_path / "keys.json")
    rows = [row for row in own.rows("verify", "--keys", keys) if row["check"] == "digest signature"]
    assert len(rows) == len(HOURS) - 1
    assert all(row["ok"] for row in rows)


def test_a_forged_chain_has_sound_hashes_and_wrong_signatures(chained: Any, tmp_path: Path) -> None:
    forged = Trail(day().start, key=FORGED)
    for minutes in HOURS:
        forged.hour(*minutes)
    own = chained(forged)
    assert failures(own) == []
    wrong = failures(own, "--keys", forged.keys(tmp_path / "keys.json"))
    assert len(wrong) == len(HOURS) - 1
    assert all("the signature does not fit" in each for each in wrong)


def test_keys_of_another_kind_are_refused(chained: Any, tmp_path: Path) -> None:
    own = chained(day((10,)))
    other = tmp_path / "keys.json"
    other.write_text("{}")
    told = own.run("verify", "--keys", other)
    assert told.code == 2
    assert "list-public-keys" in told.err
