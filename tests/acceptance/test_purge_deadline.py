"""A deletion whose date is known already."""

from own_case import Make

LINE = "2023-05-10T10:00:00+00:00 web sshd[3]: Accepted publickey for ann from 192.0.2.7 port 50000 ssh2\n"
CASE = """[case]
from = 2023-05-01
to = 2023-06-01
as_of = 2023-06-10
[[collection]]
id = "c"
collected_at = 2023-06-02
from = 2023-05-05
streams = ["linux.auth/web"]
[[policy]]
stream = "linux.auth/*"
semantics = "none"
[[purge]]
stream = "linux.auth/*"
at = 2023-07-01
why = "the host is scrapped"
"""


def test_a_purge_to_come_is_the_deadline_of_what_it_will_take(trial: Make) -> None:
    own = trial(base=CASE).ingest(auth_log=LINE)
    ((state, _, _, mendable, deadline),) = own.gaps("mendable", "deadline")
    assert (state, mendable) == ("not_collected", True)
    assert deadline.startswith("2023-07-01T00:00")


def test_a_purge_of_a_copy_that_was_before_is_no_deadline(trial: Make) -> None:
    own = trial(base=CASE.replace("2023-07-01", "2023-06-05")).ingest(auth_log=LINE)
    ((state, _, _, mendable, deadline),) = own.gaps("mendable", "deadline")
    assert (state, mendable, deadline) == ("not_collected", False, None)
