"""Silences in real cases: found where a log was too quiet, with the borders of its own records, and never where it is quiet by habit."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.benchmarks import gaps
from tests.benchmarks.arrivals import Made, Plan, make
from timeline.api import Case

START = datetime(2022, 3, 1, tzinfo=UTC)
Lines = Callable[[list[datetime]], str]


def case_of(folder: Path, times: list[datetime], extra: str = "") -> Case:
    lines = (
        f"{at.isoformat(timespec='microseconds')} web sshd[{number % 30000}]: Accepted publickey for ann from 192.0.2.7 port 50000 ssh2"
        for number, at in enumerate(times)
    )
    folder.mkdir(exist_ok=True)
    (folder / "auth.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "case.toml").write_text(f"[case]\nname = 'test'\n{extra}", encoding="utf-8")
    with Case.open(folder) as case:
        case.ingest([folder / "auth.log"])
    return Case.open(folder)


def hourly(days: int) -> list[datetime]:
    dice = np.random.default_rng(4)
    return [START + timedelta(hours=hour, seconds=float(dice.uniform(0, 3600))) for hour in range(24 * days)]


def silent(case: Case) -> pl.DataFrame:
    return case.gaps().filter(pl.col("state") == "silent")


def test_a_silence_reaches_from_the_last_record_before_it_to_the_first_after_it(tmp_path: Path) -> None:
    times = [at for at in hourly(40) if not START + timedelta(days=20) <= at < START + timedelta(days=22)]
    with case_of(tmp_path, times) as case:
        (gap,) = silent(case).iter_rows(named=True)
        assert gap["start"] == max(at for at in times if at < START + timedelta(days=20))
        assert gap["end"] == min(at for at in times if at > START + timedelta(days=21))
        assert gap["basis"] == "statistics"
        assert "no record in 2 d" in gap["cause"]
        assert gap["expected_low"] <= 48 <= gap["expected_high"]
        assert len(gap["evidence"]) == 2


def test_a_silence_in_the_window_of_a_question_makes_its_absence_unknown(tmp_path: Path) -> None:
    times = [at for at in hourly(40) if not START + timedelta(days=20) <= at < START + timedelta(days=22)]
    taken = "[[collection]]\nid = 'all'\ncollected_at = 2022-04-10T00:00:00Z\n[[policy]]\nstream = 'linux.auth/*'\nsemantics = 'none'\n"
    with case_of(tmp_path, times, taken) as case:

        def verdict(start: int, end: int) -> dict[str, object]:
            row = case.ask(
                "failures-then-success", start=START + timedelta(days=start), end=START + timedelta(days=end)
            )
            return row.row(0, named=True)

        around, before = verdict(19, 24), verdict(5, 15)
        assert "silent" in {each["state"] for each in around["uncovered"]}
        assert "silent" not in {each["state"] for each in before["uncovered"]}


def test_of_a_log_with_five_records_nothing_is_claimed(tmp_path: Path) -> None:
    with case_of(tmp_path, [START + timedelta(days=day) for day in (0, 1, 2, 3, 300)]) as case:
        assert silent(case).is_empty()
        assert case.sources()["outage_hours"].to_list() == [None]


def test_a_log_that_speaks_twice_a_day_can_be_dead_for_days_unseen(tmp_path: Path) -> None:
    made = make(Plan("web", 2, 180), np.random.default_rng(5))
    times = [START + timedelta(microseconds=int(at - made.times[0])) for at in made.times]
    with case_of(tmp_path, times) as case:
        assert silent(case).is_empty()
        hours = case.sources()["outage_hours"][0]
        assert 72 < hours < 30 * 24


def test_a_gap_of_a_log_without_history_has_no_expected_number(tmp_path: Path) -> None:
    told = "[[collection]]\nid = 'none'\ncollected_at = 2022-04-10T00:00:00Z\nstreams = ['okta.system/default']\n"
    with case_of(tmp_path, hourly(10), told) as case:
        rows = case.gaps("okta.system/*")
        assert rows.height
        assert rows["expected_events"].null_count() == rows.height


def journal(folder: Path, numbers: list[int], times: list[datetime]) -> Case:
    row = '{{"__REALTIME_TIMESTAMP":"{0}","__SEQNUM":"{1}","_HOSTNAME":"web","MESSAGE":"x","__CURSOR":"s=a;i={1:x}","SYSLOG_IDENTIFIER":"cron"}}\n'
    folder.mkdir(exist_ok=True)
    texts = [row.format(int(at.timestamp()) * 1_000_000, number) for number, at in zip(numbers, times, strict=True)]
    (folder / "journal.json").write_text("".join(texts), encoding="utf-8")
    (folder / "case.toml").write_text("[case]\nname = 'test'\n", encoding="utf-8")
    with Case.open(folder) as case:
        case.ingest([folder / "journal.json"])
    return Case.open(folder)


def test_contiguous_record_numbers_prove_a_silence_and_it_is_covered(tmp_path: Path) -> None:
    times = [at for at in hourly(40) if not START + timedelta(days=20) <= at < START + timedelta(days=22)]
    with journal(tmp_path / "whole", list(range(1, len(times) + 1)), times) as case:
        assert case.sources()["events"].sum() == len(times)
        assert silent(case).is_empty()
    unproven = list(range(1, 3 * len(times) + 1, 3))
    with journal(tmp_path / "torn", unproven, times) as case:
        assert not case.gaps().filter(pl.col("state").is_in(["silent", "lossy"])).is_empty()


def test_a_daily_log_is_not_silent_beside_a_declared_outage(tmp_path: Path) -> None:
    daily = [START + timedelta(days=day, hours=4, seconds=day % 7) for day in range(60)]
    lost = START + timedelta(days=30, hours=3), START + timedelta(days=31, hours=5)
    told = f"[[outage]]\nstream = 'linux.*'\nfrom = {lost[0].isoformat()}\nto = {lost[1].isoformat()}\n"
    with case_of(tmp_path, [at for at in daily if not lost[0] <= at < lost[1]], told) as case:
        assert silent(case).is_empty()
        assert not case.gaps().filter(pl.col("state") == "lossy").is_empty()


def test_of_less_than_a_day_no_volume_is_told(tmp_path: Path) -> None:
    told = "[[policy]]\nstream = 'linux.auth/*'\nsemantics = 'rolling'\nretention_days = 0.5\n"
    with case_of(tmp_path, [START, START + timedelta(days=3)], told) as case:
        assert case.gaps()["expected_events"].null_count() == case.gaps().height > 0


def test_records_of_a_broken_clock_stop_nobody(tmp_path: Path) -> None:
    times = [*hourly(20), datetime(1, 1, 5, tzinfo=UTC), datetime(9999, 12, 1, tzinfo=UTC)]
    with case_of(tmp_path, times) as case:
        assert silent(case).height <= 1


HEALTHY = (
    Plan("nights and weekends", 60, 120, "office"),
    Plan("another zone, with summer time", 60, 365, "us"),
    Plan("sessions", 100, 180, "office", "sessions"),
    Plan("moods", 300, 180, "soft", "moody"),
    Plan("bursts", 20, 120, bursts=3),
    Plan("a launch", 40, 200, growth=lambda part: np.where(part > 0.3, 1.0, 0.0)),
    Plan("twice as much", 40, 200, growth=lambda part: np.where(part > 0.5, 2.0, 1.0)),
    Plan("a slow end", 40, 200, growth=lambda part: 1 - 0.7 * part),
    Plan("a weekly job", 1 / 7, 365, arrival="steady"),
)


@pytest.mark.parametrize("plan", HEALTHY, ids=lambda plan: plan.name)
def test_habits_are_no_silence(plan: Plan) -> None:
    healthy = [make(plan, np.random.default_rng(seed)) for seed in (1, 2)]
    years = sum(len(found) for made in healthy for found in gaps.found([made]).values())
    assert years == 0


def test_planted_silences_are_found_to_the_record_and_partial_losses_nearly() -> None:
    streams: list[tuple[str, Made]] = [each for each in gaps.streams(7, 1) if len(each[1].times) < 200_000]
    scores = gaps.score(streams, gaps.found(made for _, made in streams))
    for kind in ("silent", "twice"):
        assert np.mean(scores[kind].recall) >= 0.99
        assert np.mean(scores[kind].precision) >= 0.98
        assert max(scores[kind].borders) < 1
    for kind in ("partial", "leaking"):
        assert np.mean(scores[kind].recall) >= 0.97
        assert np.mean(scores[kind].precision) >= 0.97
    assert sum(each.false for each in scores.values()) < sum(each.years for each in scores.values()) / 10
