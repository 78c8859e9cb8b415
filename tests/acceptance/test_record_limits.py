"""A record limit of a tool, over one file or several."""

import json

import pytest
from own_case import KEPT, MAY, TAKEN, Make


def calls(*times: str) -> str:
    return "".join(
        json.dumps(
            {
                "uuid": at,
                "published": f"2023-05-{at}:00.000Z",
                "eventType": "user.session.start",
                "outcome": {"result": "SUCCESS"},
                "actor": {"id": "a", "type": "User", "alternateId": "kim@example.com"},
            }
        )
        + "\n"
        for at in times
    )


FIRST = calls("03T10:00", "04T10:00", "05T10:00")
SECOND = calls("10T10:00", "11T10:00")


def gaps(trial: Make, limit: int, **files: str) -> list[tuple[str, str, str]]:
    return trial(base=f"{MAY}{TAKEN}max_records = {limit}\n{KEPT}").ingest(**files).gaps()


def test_files_that_fill_the_limit_together_are_cut_at_their_ends(trial: Make) -> None:
    assert gaps(trial, 5, a_jsonl=FIRST, b_jsonl=SECOND) == [("not_collected", "05-11T10:00:00.000001Z", "06-01")]


def test_files_that_exceed_the_limit_together_and_fill_it_nowhere_were_not_cut(trial: Make) -> None:
    assert gaps(trial, 4, a_jsonl=FIRST, b_jsonl=SECOND) == []


def test_a_full_file_was_cut_until_the_next_one_begins(trial: Make) -> None:
    assert gaps(trial, 3, a_jsonl=FIRST, b_jsonl=SECOND) == [("not_collected", "05-05T10:00:00.000001Z", "05-10T10:00")]


@pytest.mark.parametrize("limit", [5, 3, 2])
def test_no_limit_that_was_reached_is_forgotten(trial: Make, limit: int) -> None:
    assert gaps(trial, limit, a_jsonl=calls("03T10:00", "04T10:00", "05T10:00", "06T10:00", "07T10:00"))
