"""Special cases of the systemd journal and of auth.log."""

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., list[dict[str, Any]]]
DUMP = "/var/lib/systemd/coredump/core.signer.998.906ee79247ab4af0977a98a4004aa7ec.21288.1619553128000000.zst"


def entry(message: str, **more: Any) -> dict[str, Any]:
    return {
        "__CURSOR": "s=6990;i=3a1f1;b=906e;m=1;t=1;x=1",
        "__REALTIME_TIMESTAMP": "1619553134318416",
        "_SOURCE_REALTIME_TIMESTAMP": "1619553134318204",
        "_HOSTNAME": "Sign-01",
        "SYSLOG_IDENTIFIER": "sshd",
        "_BOOT_ID": "906e",
        "MESSAGE": message,
        **more,
    }


def test_a_core_dump_happened_when_the_kernel_says_and_was_logged_later(read: Read) -> None:
    (event,) = read(
        entry(
            "Process 21288 (signer) of user 998 dumped core.",
            SYSLOG_IDENTIFIER="systemd-coredump",
            MESSAGE_ID="fc2e22bc6ee647b6b90729ab34a250b1",
            COREDUMP_TIMESTAMP="1619553128000000",
            COREDUMP_FILENAME=DUMP,
            COREDUMP_SIGNAL_NAME="SIGSEGV",
            COREDUMP_EXE="/opt/signer",
        )
    )
    assert (event["action"], event["object"], event["time"], event["time_precision"]) == (
        "crash.dump",
        DUMP,
        "2021-04-27 19:52:08",
        "s",
    )
    assert (event["logged"], event["stream"], event["outcome_detail"]) == (
        "2021-04-27 19:52:14.318416",
        "linux.journal/sign-01",
        "SIGSEGV",
    )


def test_the_sequence_comes_from_its_field_or_from_the_cursor(read: Read) -> None:
    old, new = read(entry("x"), entry("y", __SEQNUM="238066", __SEQNUM_ID="6990"))
    assert (old["sequence_of"], old["sequence_no"], new["sequence_no"], new["sequence_of"]) == (
        "sign-01/6990",
        0x3A1F1,
        238066,
        "sign-01/6990",
    )


def test_the_rate_limit_speaks_for_itself(read: Read) -> None:
    (event,) = read(
        entry(
            "Suppressed 1274 messages from app.service",
            SYSLOG_IDENTIFIER="systemd-journald",
            MESSAGE_ID="a596d6fe7bfa4994828e72309e95d61e",
        )
    )
    assert (event["action"], event["outcome_detail"]) == ("service.event", "Suppressed 1274 messages from app.service")


def test_a_certificate_names_its_serial_and_who_signed_it(read: Read) -> None:
    (event,) = read(
        entry(
            "Accepted publickey for ops from 192.0.2.4 port 51826 ssh2: ED25519-CERT SHA256:aaa ID ops (serial 42) CA RSA SHA256:ccc"
        )
    )
    assert (event["actor"], event["src_ip"], event["credential_id"], event["token_id"], event["signing_key_id"]) == (
        "ops",
        "192.0.2.4",
        "SHA256:aaa",
        "42",
        "SHA256:ccc",
    )


def test_a_message_of_bytes_is_kept_without_a_guess(read: Read) -> None:
    (event,) = read({**entry(""), "MESSAGE": [65, 255]})
    assert (event["action"], event["outcome"]) == ("other", "unknown")


def test_a_users_name_cannot_forge_the_address(read: Read) -> None:
    (event,) = read(
        "2024-01-05T06:00:11.000001+02:00 jump sshd[7]: Failed password for invalid user root from 198.51.100.1 port 1 ssh2 from 203.0.113.9 port 4711 ssh2"
    )
    assert (event["src_ip"], event["actor"], event["outcome"]) == (
        "203.0.113.9",
        "root from 198.51.100.1 port 1 ssh2",
        "failure",
    )
    assert (event["time"], event["time_precision"], event["stream"]) == (
        "2024-01-05 04:00:11.000001",
        "us",
        "linux.auth/jump",
    )


def test_classic_lines_get_their_year_from_the_collection_and_the_zone_from_the_user(read: Read) -> None:
    last, first = read(
        "Dec 31 23:59:59 jump sshd[7]: Accepted password for ops from 192.0.2.4 port 5 ssh2",
        "Jan  1 00:00:01 jump sshd[7]: Invalid user a from 192.0.2.5 port 6",
        zone="Europe/Paris",
    )
    assert (last["time"], first["time"], last["time_precision"]) == (
        "2023-12-31 22:59:59",
        "2023-12-31 23:00:01",
        "year_inferred",
    )


def test_a_classic_line_without_a_zone_is_rejected(read: Read) -> None:
    assert read("Dec 31 23:59:59 jump sshd[7]: Accepted password for ops from 192.0.2.4 port 5 ssh2") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "sudo:  alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/cat /etc/shadow",
            ("process.start", "alice", "success", "/bin/cat /etc/shadow"),
        ),
        (
            "sudo: mallory : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
            ("process.start", "mallory", "failure", "/bin/sh"),
        ),
        (
            "sshd[9]: message repeated 3 times: [ Failed password for root from 192.0.2.4 port 5 ssh2]",
            ("sign_in", "root", "failure", None),
        ),
        (
            "sshd[9]: Connection closed by authenticating user root 192.0.2.4 port 5 [preauth]",
            ("sign_in", "root", "failure", None),
        ),
        (
            "sshd[9]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.4  user=root",
            ("sign_in", "root", "failure", None),
        ),
        ("sshd[9]: pam_unix(sshd:session): session closed for user ops", ("sign_out", "ops", "success", None)),
        (
            'sftp-server[9]: close "/dumps/core.zst" bytes read 1999980 written 0',
            ("object.read", None, "success", "/dumps/core.zst"),
        ),
        ('internal-sftp[9]: rename old "/a" new "/b"', ("object.move", None, "unknown", "/b")),
        ("usermod[9]: add 'bob' to group 'sudo'", ("role.assign", None, "success", None)),
        ("rsyslogd: imjournal: 93 messages lost due to rate-limiting", ("service.event", None, "unknown", None)),
        ("cron[9]: (root) CMD (true)", ("other", None, "unknown", None)),
    ],
)
def test_lines_say_what_was_done(read: Read, text: str, said: tuple[str, str | None, str, str | None]) -> None:
    (event,) = read(f"2024-01-05T06:00:11+00:00 jump {text}")
    assert (event["action"], event["actor"], event["outcome"], event["object"]) == said


def test_a_transfer_states_its_bytes(read: Read) -> None:
    (event,) = read('2024-01-05T06:00:11Z jump sftp-server[9]: close "/dumps/core.zst" bytes read 0 written 77')
    assert (event["action"], event["bytes"]) == ("object.write", 77)


APPORT = "ERROR: apport (pid 3822) Tue Apr 27 19:52:08 2021: "


def test_apport_names_the_report_and_the_program_that_crashed(read: Read) -> None:
    called, _, wrote = read(
        APPORT + "called for pid 3821, signal 11, core limit 0, dump mode 1",
        APPORT + 'executable: /opt/contoso/bin/signer (command line "signer --serve")',
        APPORT + "wrote report /var/crash/_opt_contoso_bin_signer.998.crash",
        zone="America/New_York",
    )
    assert (called["action"], called["time"], called["stream"]) == (
        "other",
        "2021-04-27 23:52:08",
        "linux.apport/default",
    )
    assert (wrote["action"], wrote["object"], wrote["app"], wrote["actor_id"], wrote["outcome_detail"]) == (
        "crash.dump",
        "/var/crash/_opt_contoso_bin_signer.998.crash",
        "/opt/contoso/bin/signer",
        "998",
        "signal 11",
    )
    assert called["request_id"] == wrote["request_id"]


def test_apport_times_are_local_whatever_their_form(read: Read) -> None:
    line = "INFO: apport (pid 7) 2023-07-11 22:14:05,412: writing core dump to core.x (limit: 18446744073709551615)"
    assert read(line, name="a.log") == []
    (event,) = read(line + " ", name="b.log", zone="Europe/Paris")
    assert (event["time"], event["time_precision"], event["object"]) == ("2023-07-11 20:14:05.412", "ms", "core.x")


def test_a_crash_that_apport_skipped_is_no_dump(read: Read) -> None:
    (event,) = read(APPORT + "this executable already crashed 2 times, ignoring", zone="UTC")
    assert (event["action"], event["outcome"]) == ("other", "unknown")


def test_a_core_dump_in_syslog_names_program_and_user(read: Read) -> None:
    (event,) = read("2024-01-05T06:00:11Z jump systemd-coredump[9]: Process 21288 (signer) of user 998 dumped core.")
    assert (event["action"], event["app"], event["actor_id"], event["object"]) == ("crash.dump", "signer", "998", None)


def test_a_kernel_dump_names_its_place(read: Read) -> None:
    said = "kdump-tools[512]: saved vmcore in /var/crash/202401050600"
    (line,) = read(f"2024-01-05T06:00:11Z jump {said}", name="a.log")
    assert (line["action"], line["object"]) == ("crash.dump", "/var/crash/202401050600")
    entries = read(entry("saved vmcore in /var/crash/202401050600", SYSLOG_IDENTIFIER="kdump-tools"), name="b.json")
    assert {event["object"] for event in entries} == {"/var/crash/202401050600"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('open "/dumps/a b.zst" flags READ mode 0666', ("object.read", "unknown", "/dumps/a b.zst", None)),
        ('open "/dumps/a" flags WRITE,CREATE,TRUNCATE mode 0644', ("object.write", "unknown", "/dumps/a", None)),
        ('close "/dumps/a" bytes read 1999980 written 0', ("object.read", "success", "/dumps/a", 1999980)),
        ('close "/dumps/a" bytes read 0 written 12', ("object.write", "success", "/dumps/a", 12)),
        ('close "/dumps/a" bytes read 0 written 0', ("other", "unknown", None, None)),
        ('remove name "/dumps/a"', ("object.delete", "unknown", "/dumps/a", None)),
        ('posix-rename old "/a" new "/b"', ("object.move", "unknown", "/b", None)),
        ('opendir "/dumps"', ("object.list", "unknown", "/dumps", None)),
        ("sent status Permission denied", ("other", "unknown", None, None)),
    ],
)
@pytest.mark.parametrize("program", ["sftp-server", "internal-sftp"])
def test_sftp_writes_down_requests_before_it_grants_them(
    read: Read, program: str, text: str, said: tuple[str, str, str | None, int | None]
) -> None:
    (event,) = read(f"2024-01-05T06:00:11Z jump {program}[9]: {text}")
    assert (event["action"], event["outcome"], event["object"], event["bytes"]) == said
