"""What a person reads on a terminal is shorter, and never says more than the rows do."""

import datetime as dt

import polars as pl

from timeline.export.summary import chain, gaps, preserve, streams, verdicts

MOMENT = pl.Datetime("us", "UTC")


def at(day: int) -> dt.datetime:
    return dt.datetime(2023, 5, day, tzinfo=dt.UTC)


def test_a_stream_tells_its_covered_share_and_what_became_of_the_rest() -> None:
    sources = pl.DataFrame(
        {"stream": ["a/x", "a/y"], "events": [7, 0], "first": [at(1), None], "last": [at(2), None]},
        schema_overrides={"first": MOMENT, "last": MOMENT},
    )
    coverage = pl.DataFrame(
        {
            "stream": ["a/x", "a/x", "a/x", "a/y", "a/y"],
            "scope": ["", "", "", "actor=pat", "not actor=pat"],
            "state": ["expired", "covered", "not_collected", "covered", "unknown"],
            "start": [at(1), at(8), at(10), at(1), at(1)],
            "end": [at(8), at(10), at(11), at(11), at(11)],
        }
    )
    assert streams(sources, coverage).rows() == [
        ("a/x", 7, "2023-05-01", "2023-05-02", "20 %", "expired 7 d, not_collected 1 d"),
        ("a/y (actor=pat)", 0, None, None, "100 %", ""),
        ("a/y (not actor=pat)", 0, None, None, "0 %", "unknown 10 d"),
    ]


def test_a_censored_bound_is_never_shown_as_exact() -> None:
    asked = pl.DataFrame(
        {
            "question": ["q", "r"],
            "subject": ["object=" + "x" * 99, ""],
            "verdict": ["found_incomplete", "absent"],
            "strength": [None, "strong"],
            "rows": [3, 0],
            "first": [at(1), None],
            "last": [at(2), None],
            "first_is": ["no_later_than", None],
            "last_is": ["exact", None],
            "uncovered": [[{"state": "expired"}, {"state": "pending"}, {"state": "expired"}], []],
        }
    )
    first, second = verdicts(asked).rows()
    assert first[2:] == ("found_incomplete", 3, "≤ 2023-05-01 00:00:00", "2023-05-02 00:00:00", "2 expired, 1 pending")
    assert len(first[1]) == 48
    assert second == ("r", "", "absent (strong)", 0, None, None, "")


def test_a_step_tells_its_windows_and_its_reason() -> None:
    later = {"start": at(3), "end": None}
    steps = pl.DataFrame(
        {
            "step": ["copy", "read", "theft", "never"],
            "verdict": ["found", "found_incomplete", "unknown", "refuted"],
            "earliest": [at(1), at(1), at(2), None],
            "latest": [at(1), at(2), None, None],
            "windows": [
                [{"start": at(1), "end": at(1)}],
                [{"start": at(1), "end": at(1)}, {"start": at(2), "end": at(2)}],
                [{"start": at(2), "end": at(3)}, *[later] * 3],
                [],
            ],
            "because": ["found", "found", "not before the copy", "nothing is left"],
        }
    )
    assert chain(steps)["when"].to_list() == [
        ["at 2023-05-01 00:00:00"],
        ["2 times from 2023-05-01 00:00:00 to 2023-05-02 00:00:00"],
        [
            "possible from 2023-05-02 00:00:00 to 2023-05-03 00:00:00",
            *["possible from 2023-05-03 00:00:00 to an open end"] * 2,
            "and in 1 more windows, the last to an open end",
        ],
        [],
    ]


def test_a_gap_tells_whether_and_until_when_it_can_be_mended() -> None:
    found = pl.DataFrame(
        {
            "stream": ["a/x"] * 3,
            "scope": ["", "actor=pat", ""],
            "state": ["not_collected", "pending", "expired"],
            "start": [at(1)] * 3,
            "end": [at(2)] * 3,
            "cause": ["c"] * 3,
            "basis": ["b"] * 3,
            "store": ["native"] * 3,
            "mendable": [True, True, False],
            "deadline": [at(9), None, None],
        },
        schema_overrides={"deadline": MOMENT},
    )
    assert gaps(found)["mendable"].to_list() == ["until 2023-05-09 00:00:00", None, "any time"]
    assert gaps(found)["stream"].to_list() == ["a/x", "a/x", "a/x (actor=pat)"]


def test_what_can_be_collected_names_the_first_questions_and_counts_the_rest() -> None:
    asked = [{"question": name, "subject": "", "now": "unknown", "then": "unknown"} for name in "abcde"]
    rows = pl.DataFrame(
        {
            "deadline": [at(9), None],
            "stream": ["a/x"] * 2,
            "store": ["native", "siem"],
            "scope": ["", "actor=pat"],
            "start": [at(1)] * 2,
            "end": [at(2), None],
            "expected_events": [12.4, None],
            "questions": [asked, [{**asked[0], "then": "absent"}, asked[1]]],
        },
        schema_overrides={"deadline": MOMENT, "end": MOMENT},
    )
    assert preserve(rows).rows() == [
        (
            1,
            "2023-05-09 00:00:00",
            "a/x",
            "2023-05-01 00:00 to 2023-05-02 00:00",
            "about 12",
            "narrows a, b, c and 2 more",
        ),
        (2, "any time", "a/x (actor=pat) at siem", "2023-05-01 00:00 to an open end", None, "settles a; narrows b"),
    ]
