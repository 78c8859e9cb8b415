"""Linux hosts: the signer's journal of 2021, a triage host's journal, and two auth.log files in two time forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.story.dice import Dice, Rhythm, later
from tests.story.files import Files, lines, packed
from tests.story.world import BOOT, CRASH, FINAL_2023, FROM_2023, REVIEW_2021, SIGNER, STORAGE_FROM_2021, UPLOAD

PARIS = ZoneInfo("Europe/Paris")
COREDUMP = "fc2e22bc6ee647b6b90729ab34a250b1"
MACHINE = Dice("machine").guid().replace("-", "")
SHARED = {"nightly": "192.0.2.150", "ops-jm": "198.51.100.10", "deploy": "198.51.100.61"}
SPOKEN = (
    ("sts-signer", "sts-signer.service", "signed batch %d in %d ms"),
    ("systemd", "init.scope", "Started Rotate signing audit %d of %d."),
    ("chronyd", "chronyd.service", "Selected source 192.0.2.%d (ntp%d.contoso.com)"),
    ("sshd", "ssh.service", "Connection closed by 192.0.2.%d port %d [preauth]"),
)


class Journal:
    """One host's journal: cursors, boots and both clocks."""

    def __init__(self, host: str, boot: str) -> None:
        self.host, self.boot, self.dice, self.count = host, boot, Dice("journal-" + host), 0x3A1F0

    def entry(self, moment: datetime, more: dict[str, Any]) -> dict[str, Any]:
        self.count += 1
        micros = int(moment.timestamp()) * 1_000_000 + moment.microsecond
        cursor = f"s={MACHINE};i={self.count:x};b={self.boot};m={micros % 10**11:x};t={micros:x};x={self.dice.upper(16).lower()}"
        return {
            "__CURSOR": cursor,
            "__REALTIME_TIMESTAMP": str(micros + 212),
            "__MONOTONIC_TIMESTAMP": str(micros % 10**11),
            "_BOOT_ID": self.boot,
            "_MACHINE_ID": MACHINE,
            "_HOSTNAME": self.host,
            "_TRANSPORT": "journal",
            "_SOURCE_REALTIME_TIMESTAMP": str(micros),
            "PRIORITY": "6",
            **more,
        }

    def said(self, moment: datetime) -> dict[str, Any]:
        name, unit, text = self.dice.choice(SPOKEN)
        words: Any = text % (self.dice.randrange(1, 250), self.dice.randrange(2, 900))
        if self.dice.random() < 0.01:
            words = [*words.encode(), 0x1B, 0x5B, 0x33, 0x31, 0x6D]  # bytes that are not text: an array of numbers
        more = {
            "SYSLOG_IDENTIFIER": name,
            "_SYSTEMD_UNIT": unit,
            "_PID": str(self.dice.randrange(300, 32000)),
            "_UID": "0",
            "_COMM": name,
            "MESSAGE": words,
        }
        return self.entry(moment, more)

    def crash(self, moment: datetime, program: str, pid: int, name: str) -> dict[str, Any]:
        """Report a dump: the crash is known to the second, the report a little later to the microsecond."""
        seconds = int(moment.timestamp())
        path = f"/var/lib/systemd/coredump/{name}"
        found = {
            "MESSAGE_ID": COREDUMP,
            "PRIORITY": "2",
            "SYSLOG_IDENTIFIER": "systemd-coredump",
            "_SYSTEMD_UNIT": "systemd-coredump@7-9121-0.service",
            "_UID": "0",
            "_COMM": "systemd-coredum",
            "COREDUMP_PID": str(pid),
            "COREDUMP_UID": "998",
            "COREDUMP_GID": "998",
            "COREDUMP_SIGNAL": "11",
            "COREDUMP_SIGNAL_NAME": "SIGSEGV",
            "COREDUMP_TIMESTAMP": f"{seconds}000000",
            "COREDUMP_COMM": program,
            "COREDUMP_EXE": f"/opt/{program}/bin/{program}",
            "COREDUMP_UNIT": f"{program}.service",
            "COREDUMP_HOSTNAME": self.host,
            "COREDUMP_FILENAME": path,
            "MESSAGE": f"Process {pid} ({program}) of user 998 dumped core.\n\nStack trace of thread {pid}:\n#0  0x00007f1f0a2b4c21 n/a (libc.so.6)",
        }
        return self.entry(later(moment, 6.318204), found)

    def dump_name(self, program: str, pid: int, moment: datetime) -> str:
        return f"core.{program}.998.{self.boot}.{pid}.{int(moment.timestamp())}000000.zst"


def signer() -> list[dict[str, Any]]:
    """The isolated production host: one crash of the signer, two of its neighbours, the upload job's word."""
    journal = Journal("sign-prod-07", BOOT)
    times = journal.dice.times(later(STORAGE_FROM_2021, -8 * 86_400), REVIEW_2021, Rhythm(6, night=0.95, day_off=0.95))
    found = [journal.said(moment) for moment in times]
    found.append(journal.crash(CRASH, "sts-signer", 4127, SIGNER))
    found += neighbours(journal, ("2021-04-09T11:04:31", "2021-04-27T19:52:08"), "health-probe")
    words = f"uploaded {SIGNER} to proddumps/crash/2021/04/14 (48627311 bytes)"
    found.append(
        journal.entry(
            later(UPLOAD, 0.9),
            {
                "SYSLOG_IDENTIFIER": "crash-upload",
                "_SYSTEMD_UNIT": "crash-upload.service",
                "_PID": "9188",
                "MESSAGE": words,
            },
        )
    )
    return ordered(found)


def neighbours(journal: Journal, days: tuple[str, ...], program: str) -> list[dict[str, Any]]:
    found = []
    for number, day in enumerate(days):
        moment, pid = datetime.fromisoformat(day + "+00:00"), 20_311 + 977 * number
        found.append(journal.crash(moment, program, pid, journal.dump_name(program, pid, moment)))
    return found


def triage() -> list[dict[str, Any]]:
    journal = Journal("debug-ws-12", Dice("boot").guid().replace("-", ""))
    found = [
        journal.said(moment)
        for moment in journal.dice.times(later(FROM_2023, -3 * 86_400), FINAL_2023, Rhythm(5, night=0.9, day_off=0.9))
    ]
    return ordered(found + neighbours(journal, ("2023-05-03T13:22:57", "2023-06-12T09:40:15"), "symbol-index"))


def ordered(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: int(entry["__REALTIME_TIMESTAMP"]))


def visit(dice: Dice, *, bad: float) -> list[tuple[float, str]]:
    """What sshd says about one visit, with the seconds after its start."""
    pid, port = dice.randrange(800, 32000), dice.randrange(1025, 65000)
    if dice.random() < bad:
        name = dice.choice(("invalid user oracle", "invalid user admin", "root"))
        return [
            (0, f"sshd[{pid}]: Failed password for {name} from 203.0.113.{dice.randrange(60, 70)} port {port} ssh2")
        ]
    name = dice.choice(list(SHARED))
    first = f"sshd[{pid}]: Accepted publickey for {name} from {SHARED[name]} port {port} ssh2: ED25519 SHA256:{Dice(name).base64(32)[:43]}"
    said = [(0.0, first), (0.2, f"sshd[{pid}]: pam_unix(sshd:session): session opened for user {name} by (uid=0)")]
    if dice.random() < 0.3:
        said.append(
            (2.4, f"sshd[{pid}]: Starting session: subsystem 'sftp' for {name} from {SHARED[name]} port {port} id 0")
        )
    return [*said, (240.0, f"sshd[{pid}]: pam_unix(sshd:session): session closed for user {name}")]


def auth(host: str, *, modern: bool) -> bytes:
    """One auth.log: either RFC 3339 with an offset, or the old form without year and zone, in Paris time."""
    dice, found = Dice("auth-" + host), list[tuple[datetime, str]]()
    for moment in dice.times(FROM_2023, later(FINAL_2023, -300), Rhythm(3, night=0.5, day_off=0.5)):
        found += [(later(moment, after), text) for after, text in visit(dice, bad=0.25)]
    crash = datetime.fromisoformat("2023-05-23T12:31:07.204518+00:00")
    if not modern:
        found.append((crash, "systemd-coredump[21877]: Process 21860 (clang++) of user 1000 dumped core."))
    return "".join(stamp(moment, modern=modern) + f" {host} {text}\n" for moment, text in sorted(found)).encode()


def stamp(moment: datetime, *, modern: bool) -> str:
    local = moment.astimezone(PARIS)
    return local.isoformat(timespec="microseconds") if modern else f"{local:%b} {local.day:>2} {local:%H:%M:%S}"


def files() -> Files:
    early, late = signer(), triage()
    crash = [
        entry
        for entry in early
        if int(entry["__REALTIME_TIMESTAMP"]) // 10**6 < int(REVIEW_2021.replace(month=4, day=20).timestamp())
    ]
    return {
        "linux.journal/2021-05-06/sign-prod-07/system.json": lines(crash),
        "linux.journal/2021-05-06/sign-prod-07/system-archived.json.gz": packed(lines(early[len(crash) :])),
        "linux.journal/2023-07-12/debug-ws-12/system.json.gz": packed(lines(late)),
        "linux.auth/2023-07-12/jump-01/auth.log": auth("jump-01", modern=True),
        "linux.auth/2023-07-12-paris/build-03/auth.log": auth("build-03", modern=False),
    }
