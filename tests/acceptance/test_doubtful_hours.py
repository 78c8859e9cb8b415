"""What the clock of a log leaves in doubt stays in doubt in every answer."""

from pathlib import Path

from own_case import Make

LINE = "{} jump sshd[1]: Accepted password for ann from 192.0.2.7 port 22 ssh2\n"
STEP = '[case]\nfrom = 2023-10-01\nto = 2023-11-01\n[[collection]]\nid = "c"\ncollected_at = 2023-11-02T00:00:00Z\ntimezone = "Europe/Paris"\n'
KEPT = '[[policy]]\nstream = "*"\nsemantics = "none"\n[[chain.step]]\nid = "in"\nquestion = "sign-in-by"\n'


def test_an_hour_that_was_shown_twice_is_an_interval_of_an_hour(trial: Make) -> None:
    case = trial(base=STEP + KEPT).ingest(auth_log=LINE.format("Oct 29 02:30:00"))
    (row,) = case.rows("events")
    assert (row["time"], row["time_precision"]) == ("2023-10-29T00:30:00.000000Z", "year_inferred,ambiguous")
    asked = case.ask("sign-in-by")
    assert (asked["first_is"], asked["last_is"]) == ("exact", "no_earlier_than")
    (step,) = case.rows("chain")
    assert step["windows"] == [{"start": "2023-10-29T00:30:00.000000Z", "end": "2023-10-29T01:30:01.000000Z"}]


def test_a_zone_that_is_no_zone_is_a_mistake_with_a_remedy(trial: Make, tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_text(LINE.format("Oct 29 12:00:00"))
    case = trial(base=STEP.replace("Europe/Paris", "CEST") + KEPT).ingest()
    assert case.codes == [2]
    assert '"Europe/Paris" or "+02:00"' in case.run("status").err
    (case.folder / "case.toml").write_text(STEP + KEPT)
    result = case.run("ingest", tmp_path / "auth.log", "--timezone", "*=EST")
    assert result.code == 2
    assert '"America/New_York" or "-05:00"' in result.err
