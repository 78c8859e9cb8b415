"""A log whose first record has not the first number lost its beginning, unless a limit, a window or a filter explains it."""

import pytest
from own_case import KEPT, MAY, TAKEN, Make
from vendor_logs import lines, windows

HEADLESS = lines(*(windows(f"2023-05-{day:02}T12:00:00.000000Z", 495 + day) for day in range(5, 32)))
RING = '[[policy]]\nstream = "*"\nsemantics = "ring"\n'


@pytest.mark.parametrize(
    ("base", "gaps"),
    [
        (MAY + TAKEN + KEPT, [("lossy", "05-01", "05-05T12:00")]),
        (MAY + TAKEN + RING, [("expired", "05-01", "05-05T12:00")]),
        (MAY + TAKEN + "from = 2023-05-01\n" + KEPT, []),
    ],
    ids=["nothing is deleted", "ring", "window"],
)
def test_the_beginning_of_a_numbered_log(trial: Make, base: str, gaps: list[tuple[str, str, str]]) -> None:
    own = trial(base=base).ingest(a_jsonl=HEADLESS)
    assert [each[:3] for each in own.gaps()] == gaps
    asked = own.ask("sign-in-by", "--to", "2023-05-20", actor="nobody")
    assert asked["verdict"] == ("unknown" if gaps else "absent")


def test_a_log_that_begins_with_its_first_number_lost_nothing(trial: Make) -> None:
    whole = lines(*(windows(f"2023-05-{day:02}T12:00:00.000000Z", day - 4) for day in range(5, 32)))
    assert trial().ingest(a_jsonl=whole).gaps() == []
