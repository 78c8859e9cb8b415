"""`timeline preserve`: what stores still hold for the open questions, and what collecting it would change."""

from pathlib import Path

from own_case import MAY, Make
from vendor_logs import lines, okta

SHORT = MAY.replace("2023-06-01", "2023-05-20")
WEEK = '[[collection]]\nid = "c"\ncollected_at = 2023-05-20T00:00:00Z\nfrom = 2023-05-10\n'
MONTH = '[[policy]]\nstream = "okta.system/*"\nretention_days = 30\n'
EVENTS = lines(*(okta(f"2023-05-{day}T00:00:00Z") for day in range(10, 18)))


def test_what_the_store_still_holds_is_told_with_its_deadline_and_command(trial: Make) -> None:
    rows = trial(MONTH, base=SHORT + WEEK).ingest(okta_json=EVENTS).rows("preserve")
    (row,) = rows
    assert (row["stream"], row["store"], row["state"]) == ("okta.system/default", "native", "not_collected")
    assert (row["start"][:10], row["end"][:10]) == ("2023-05-01", "2023-05-10")
    assert row["deadline"] == "2023-05-31T00:00:00.000000Z"
    assert "2023-05-01T00:00:00Z" in row["command"]


def test_a_question_that_the_window_alone_keeps_open_would_be_settled(trial: Make) -> None:
    (row,) = trial(MONTH, base=SHORT + WEEK).ingest(okta_json=EVENTS).rows("preserve")
    told = {each["question"]: (each["now"], each["then"]) for each in row["questions"]}
    assert told["password-spray"] == ("unknown", "absent")
    assert told["sign-in-by"] == ("found_incomplete", "found")


def test_what_has_expired_cannot_be_preserved(trial: Make) -> None:
    week = MONTH.replace("30", "7")
    assert trial(week, base=SHORT + WEEK).ingest(okta_json=EVENTS).rows("preserve") == []


def test_a_window_that_leaves_others_open_settles_nothing(trial: Make) -> None:
    outage = '[[outage]]\nstream = "okta.system/*"\nfrom = 2023-05-12\nto = 2023-05-13\n'
    (row,) = trial(MONTH, outage, base=SHORT + WEEK).ingest(okta_json=EVENTS).rows("preserve")
    assert all(each["now"] == each["then"] for each in row["questions"])


def test_the_soonest_to_expire_comes_first_and_what_never_expires_last(trial: Make) -> None:
    copies = MONTH + '[[policy]]\nstream = "okta.system/*"\nstore = "archive"\nsemantics = "none"\n'
    rows = trial(copies, base=SHORT + WEEK).ingest(okta_json=EVENTS).rows("preserve")
    assert [(row["store"], row["deadline"] is None) for row in rows] == [("native", False), ("archive", True)]


def test_the_calendar_holds_each_deadline_and_no_control_characters_of_logs(trial: Make, tmp_path: Path) -> None:
    own = trial(MONTH, base=SHORT + WEEK).ingest(okta_json=EVENTS)
    target = tmp_path / "deadlines.ics"
    assert own.run("preserve", "--ics", target).code == 0
    first = target.read_bytes()
    assert b"DTSTART:20230531T000000Z" in first.replace(b"\r\n ", b"")
    own.run("preserve", "--ics", target)
    assert target.read_bytes() == first
