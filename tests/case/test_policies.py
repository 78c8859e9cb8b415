"""[[policy]], [[purge]] and [[field]]: what is stated is taken exactly, here and in policies.toml, and every mistake is named."""

from pathlib import Path

import pytest

from timeline.case.config import Config, load
from timeline.case.policies import AccessSpec, LimitSpec, PolicySpec, RestoreSpec
from timeline.case.values import DAY, moment
from timeline.core.spans import BEGIN, END
from timeline.errors import CaseError

HOUR = DAY // 24


def at(text: str) -> int:
    return moment(text, "test")


def loaded(folder: Path, text: str, imported: str = "") -> Config:
    (folder / "case.toml").write_text(text, "utf-8")
    if imported:
        (folder / "policies.toml").write_text(imported, "utf-8")
    return load(folder / "case.toml")


def test_every_key_of_a_policy_is_taken_as_stated(tmp_path: Path) -> None:
    text = """
[[policy]]
stream = "log.x/*"
store = "siem"
semantics = "rolling"
retention = [{ days = 30 }, { months = 6, from = 2022-01-01, grace = "7d", applies_to = "new" }, { forever = true, from = 2023-01-01 }]
cap = [{ years = 1 }, { days = 90, from = 2023-06-01, applies_to = "all" }]
priority = 3
where = { actor = "ann" }
enabled = [{ from = 2020-01-01, to = 2021-01-01 }, { from = 2021-06-01 }]
hold_from = 2023-01-01
hold_to = 2023-02-01
archive_after_days = 30
restore_latency = "24h"
restored = [{ from = 2022-01-01, to = 2022-02-01, at = 2023-03-01, lasts = "14d" }]
lag = ["0h", "unbounded"]
rounding = "day"
rounding_zone = "Europe/Paris"
purge_unit = "7d"
purge_by = "oldest"
boots = [2023-05-01T08:00:00Z]
access = [{ name = "hunting", days = 30, latency = "6h" }, { name = "export" }]
unreadable_from = 2024-01-01
store_ends = 2024-02-01
"""
    (spec,) = loaded(tmp_path, text).policies
    assert spec == PolicySpec(
        stream="log.x/*",
        store="siem",
        semantics="rolling",
        retention=(
            LimitSpec(BEGIN, 30 * DAY),
            LimitSpec(at("2022-01-01"), None, 6, 7 * DAY, new_only=True),
            LimitSpec(at("2023-01-01"), None),
        ),
        cap=(LimitSpec(BEGIN, None, 12), LimitSpec(at("2023-06-01"), 90 * DAY, new_only=False)),
        priority=3,
        where={"actor": ("ann",)},
        enabled=((at("2020-01-01"), at("2021-01-01")), (at("2021-06-01"), END)),
        hold=(at("2023-01-01"), at("2023-02-01")),
        archive_after=30 * DAY,
        restore_latency=24 * HOUR,
        restored=(RestoreSpec(at("2022-01-01"), at("2022-02-01"), at("2023-03-01"), at("2023-03-15")),),
        lag=(0, END),
        rounding="day",
        zone="Europe/Paris",
        purge_unit=7 * DAY,
        purge_by="oldest",
        boots=(at("2023-05-01T08:00:00Z"),),
        access=(AccessSpec("hunting", 30 * DAY, 6 * HOUR), AccessSpec("export", None, None)),
        unreadable_from=at("2024-01-01"),
        store_ends=at("2024-02-01"),
    )


def test_a_log_that_was_never_switched_on_needs_no_limit(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[[policy]]\nstream = "x"\nenabled = false').policies[0].enabled == ()
    assert loaded(tmp_path, '[[policy]]\nstream = "x"\nenabled = true\nretention_days = 3').policies[0].enabled == (
        (BEGIN, END),
    )


def test_a_purge_and_a_field_are_taken_as_stated(tmp_path: Path) -> None:
    text = """
[[purge]]
stream = "log.x/*"
at = 2023-05-01
from = 2023-01-01
where = { mailbox = "a@contoso.com" }
why = "age limit set to zero"
[[field]]
stream = "log.x/*"
field = "session_id"
logged = [{ to = 2023-01-01 }, { from = 2023-06-01 }]
[[field]]
stream = "log.y/*"
field = "token_id"
logged = false
"""
    config = loaded(tmp_path, text)
    (purge,) = config.purges
    assert (purge.at, purge.start, purge.end, purge.store) == (at("2023-05-01"), at("2023-01-01"), END, None)
    assert [field.logged for field in config.fields] == [((BEGIN, at("2023-01-01")), (at("2023-06-01"), END)), ()]


IMPORTED = """
[[policy]]
stream = "aws.cloudtrail/*"
store = "bucket"
retention_days = 90
basis = "imported"
evidence = "lifecycle of s3://trail-example, rule expire"
imported_at = 2024-05-01
"""


def test_policies_of_policies_toml_say_how_they_are_known_and_come_first(tmp_path: Path) -> None:
    found = loaded(tmp_path, '[[policy]]\nstream = "aws.*"\nretention_days = 30', IMPORTED).policies
    assert [(spec.basis, spec.evidence, spec.imported_at) for spec in found] == [
        ("imported", "lifecycle of s3://trail-example, rule expire", at("2024-05-01")),
        ("declared", "", None),
    ]


def test_a_mistake_in_policies_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r'^policies.toml:6: policy.basis: "guessed"; expected one of "declared", '):
        loaded(tmp_path, "", IMPORTED.replace('"imported"', '"guessed"'))


def test_what_an_import_says_of_itself_is_no_key_of_case_toml(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        loaded(tmp_path, IMPORTED)
    assert [line.split(" ")[1] for line in str(caught.value).splitlines()] == [
        "policy.basis:",
        "policy.evidence:",
        "policy.imported_at:",
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "retention = [{ days = 3, months = 1 }]",
            3,
            "only one of days, months, years and forever; days is there already",
        ),
        ("retention = [{ from = 2023-01-01 }]", 3, "policy.retention.days: missing"),
        ("retention = [{ forever = false }]", 3, "policy.retention.forever: false; expected true"),
        ('retention = [{ days = 3, applies_to = "old" }]', 3, 'expected one of "new", "all"'),
        ("retention_days = 3\ncap_days = -1", 4, "policy.cap_days: -1; expected a number of days"),
        ('retention_days = 3\nlag = ["0h", "for ever"]', 4, "a duration in quotes"),
        ("retention_days = 3\nhold_to = 2023-01-01", 4, "`hold_from` beside it"),
        ("retention_days = 3\nhold_from = 2023-02-01\nhold_to = 2023-01-01", 5, "expected a time after `hold_from`"),
        ('retention_days = 3\nhold_from = 2023-02-01\nhold_applies_to = "mail"', 5, 'expected one of "log", "content"'),
        ('retention_days = 3\nrounding_zone = "Europe/Paris"', 4, "`rounding` beside it"),
        ('retention_days = 3\nrounding = "week"', 4, 'expected one of "day", "month"'),
        ('retention_days = 3\npurge_by = "oldest"', 4, "`purge_unit` beside it"),
        ('retention_days = 3\noverflow = "block"', 4, 'semantics = "ring" beside it'),
        ("retention_days = 3\nrestored = [{ at = 2023-01-01 }]", 4, "`archive_after_days` beside it"),
        ("archive_after_days = 3\nrestored = [{ from = 2023-01-01 }]", 4, "policy.restored.at: missing"),
        ("retention_days = 3\naccess = [{ days = 3 }]", 4, "policy.access.name: missing"),
        ('retention_days = 3\nboots = "2023-01-01"', 4, "expected a list of times of boots"),
        ("retention_days = 3\nenabled = [{ from = 2023-02-01, to = 2023-01-01 }]", 4, "a time after `from`"),
        (
            "retention_days = 3\nenabled_from = 2023-01-01\nenabled = [{ from = 2023-02-01 }]",
            4,
            "either this or the periods",
        ),
        ('semantics = "state"\nretention_days = 3', 4, 'no limit beside semantics = "state"'),
        ("retention_days = 3\n[[purge]]\nstream = 'x'", 4, "purge.at: missing"),
        ("retention_days = 3\n[[field]]\nstream = 'x'", 4, "field.field: missing"),
        ("retention_days = 3\n[[field]]\nstream = 'x'\nfield = 'sesion_id'", 6, 'an event column, as in "session_id"'),
        ("retention_days = 3\n[[field]]\nstream = 'x'\nfield = 'object'\nlogged = 'never'", 7, "field.logged"),
    ],
)
def test_a_mistake_names_its_line_and_what_was_expected(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(CaseError) as caught:
        loaded(tmp_path, f'[[policy]]\nstream = "x"\n{text}')
    found = str(caught.value).splitlines()
    assert len(found) == 1
    assert found[0].startswith(f"case.toml:{line}: ")
    assert words in found[0]
