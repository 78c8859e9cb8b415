"""A log that nobody foresaw needs one file of its own; and what was left out is read again once it is known how."""

import json
from pathlib import Path

from own_case import KEPT, MAY, TAKEN, Make

BADGES = """/*
title        = "Badge readers of Contoso"
docs         = ["https://badges.example.com/format"]
names        = ["contoso.badge"]
family       = "sign_in"
match        = "r.badge IS NOT NULL AND r.door IS NOT NULL"
completeness = "complete"
scope        = "building"
local_time   = true
witnesses    = ["sign_in"]
sees_not     = ["who came in behind somebody else"]
export       = "badgectl export --building ACTON > badges.jsonl"
*/
SELECT
    instant(r.at) AS time,
    CASE WHEN time IS NULL THEN try_cast(r.at AS TIMESTAMP) END AS local_time,
    precision_of(r.at) AS time_precision,
    r.building AS scope,
    r.id AS record_id,
    'door ' || r.door AS operation,
    'sign_in' AS action,
    CASE r.granted WHEN 'true' THEN 'success' ELSE 'failure' END AS outcome,
    r.badge AS actor
FROM records"""
TURNS = [
    {"id": 1, "at": "2023-05-10T08:00:00Z", "building": "acton", "door": 4, "badge": "ann", "granted": True},
    {"id": 2, "at": "2023-05-11T08:00:00", "building": "acton", "door": 4, "badge": "eve", "granted": False},
]


def written(folder: Path) -> Path:
    folder.mkdir()
    (folder / "badge.sql").write_text(BADGES)
    return folder


def test_the_fortieth_source_is_one_file_in_a_folder(trial: Make, tmp_path: Path) -> None:
    case = trial(base=MAY + TAKEN + KEPT).ingest(badges_jsonl="".join(json.dumps(turn) + "\n" for turn in TURNS))
    assert case.codes == [0]
    (row,) = case.rows("status", "--notes")
    assert (row["skipped"], row["note"].startswith("no source recognises it; nearest: ")) == (2, True)
    assert case.run("ingest", "--retry", "--sources", written(tmp_path / "mine")).code == 3
    (refused,) = case.rows("status", "--rejected")
    assert "--timezone GLOB=ZONE" in refused["reason"]
    assert case.run("ingest", "--retry", "--timezone", "badges*=Romance Standard Time").code == 0
    (row,) = case.rows("status")
    assert (row["source"], row["events"], row["rejected"], row["skipped"]) == ("contoso.badge", 2, 0, 0)
    assert [(each["time"], each["actor"]) for each in case.rows("events")] == [
        ("2023-05-10T08:00:00.000000Z", "ann"),
        ("2023-05-11T06:00:00.000000Z", "eve"),
    ]
    (stream,) = case.rows("sources")
    assert (stream["stream"], stream["witnesses"]) == ("contoso.badge/acton", "sign_in")
    assert case.ask("sign-in-by", actor="ann")["verdict"] == "found"
    assert case.ask("sign-in-by", actor="bob")["verdict"] == "absent"
    told = case.run("sources", "contoso.badge").out
    assert "who came in behind somebody else" in told
    assert "badgectl export" in told


def test_nothing_to_read_is_wrong_usage_unless_something_was_left_out(trial: Make) -> None:
    case = trial().ingest(note_txt="to whom it may concern\n")
    assert case.run("ingest").code == 2
    assert case.run("ingest", "--retry").code == 0
    assert len(case.rows("status")) == 1


def test_an_unknown_file_is_listed_with_three_guesses_and_what_they_lack(trial: Make) -> None:
    audit = {"eventVersion": "1.08", "eventTime": "2023-05-10T08:00:00Z", "eventName": "x", "userIdentity": {}}
    case = trial().ingest(
        trail_json=json.dumps(audit), table_csv="Date (UTC),Request ID,Person\n1,2,3\n", t_log="a b\n"
    )
    notes = {Path(row["file"]).name: row["note"] for row in case.rows("status", "--notes")}
    assert "aws.cloudtrail (lacks " in notes["trail.json"]
    assert "entra.signin.interactive (lacks column " in notes["table.csv"]
    assert all(note.count(" (lacks ") == 3 for note in notes.values()), notes


def test_records_without_a_zone_cost_their_own_days_until_it_is_known(trial: Make) -> None:
    line = "2023-05-{}T12:00:00{} jump sshd[1]: Accepted password for ann from 192.0.2.7 port 22 ssh2\n"
    case = trial().ingest(a_log=line.format("02", "Z") + line.format("30", "Z"), b_log=line.format("10", "") * 2)
    assert case.codes == [3]
    assert case.gaps("basis") == [("lossy", "05-09T22:00", "05-11T00:00:01.000000Z", "ledger")]
    assert case.ask("sign-in-by", actor="bob")["verdict"] == "unknown"
    assert case.run("ingest", "--retry", "--timezone", "b.log=Europe/Paris").code == 0
    assert case.gaps() == []
    assert case.ask("sign-in-by", actor="bob")["verdict"] == "absent"


def test_an_unknown_file_in_a_row_of_files_costs_the_time_between_its_neighbours(trial: Make) -> None:
    line = "2023-05-{:02}T12:00:00Z jump sshd[1]: Accepted password for ann from 192.0.2.7 port 22 ssh2\n"
    days = {f"auth-{day:02}_log": line.format(day) for day in range(1, 31)}
    case = trial().ingest(
        **days | {"auth-07_log": "nothing that anybody knows\n"}, readme_txt="to whom it may concern\n"
    )
    assert [gap for gap in case.gaps("basis") if gap[0] == "lossy"] == [
        ("lossy", "05-06T12:00", "05-08T12:00:00.000001Z", "ledger")
    ]
