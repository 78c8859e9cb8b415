"""A plan is also a date since when it logs a kind of record at all."""

from own_case import MAY, TAKEN, Make
from vendor_logs import lines, mail

MONTH = lines(*(mail(f"2023-05-{day:02}T12:00:00Z") for day in range(1, 32)))
PLAN = '[[policy]]\nstream = "m365.audit/*"\nplan = "{}"\n'


def test_readings_of_mail_are_no_part_of_the_standard_audit_of_2023(trial: Make) -> None:
    own = trial(PLAN.format("audit-standard"), base=MAY + TAKEN).ingest(a_json=MONTH)
    assert own.gaps("scope", "basis") == [("not_enabled", "05-01", "06-01", "action=mail.read", "catalogue")]
    assert own.ask("mail-read", mailbox="nobody@contoso.com")["verdict"] == "unknown"
    assert own.ask("consent-granted")["verdict"] == "absent"


def test_they_are_of_the_premium_audit(trial: Make) -> None:
    own = trial(PLAN.format("audit-premium"), base=MAY + TAKEN).ingest(a_json=MONTH)
    assert own.ask("mail-read", mailbox="nobody@contoso.com")["verdict"] == "absent"
