"""The ground truth beside the evidence: what happened, and what an honest tool may say about it."""

from __future__ import annotations

import base64
import gzip
import json
import re
import uuid
from datetime import datetime, timedelta

from tests.story.dice import at, iso
from tests.story.files import Files
from tests.story.forged import Token, forged, older
from tests.story.world import (
    AVERY,
    COMPROMISE,
    COPY,
    CRASH,
    DEBUG_DUMP,
    DETECTION,
    DUMP_MD5,
    DUMP_SIZE,
    FINAL_2023,
    FIRST_FORGED,
    LAST_FORGED,
    PROD_DUMP,
    REVIEW_2021,
    ROBIN,
    SIGNER,
    SPRAY_2021,
    THIEF_2021,
    THIEF_AGENT,
    THIEVES_2023,
    UPLOAD,
)

UTI = re.compile(r'"(?:UniqueTokenId|signInActivityId|uti)":"([\w-]{22})"')
STORAGE_LIMITS = ((at("2020-01-01T00:00:00"), 30), (at("2022-06-01T00:00:00"), 90))
SEPARATOR = "\n\n"


def horizon(limits: tuple[tuple[datetime, int], ...], taken: datetime) -> datetime:
    """Say from which instant a rolling store still held records: the running maximum of t - R(t)."""
    ends = [start for start, _ in limits[1:]] + [taken]
    return max(
        min(end, taken) - timedelta(days=days) for (start, days), end in zip(limits, ends, strict=True) if start < taken
    )


def instant(moment: datetime) -> str:
    return iso(moment, 6) + "Z"


def quote(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(quote(part) for part in value) + "]"
    return json.dumps(value)


def table(name: str, values: dict[str, object]) -> str:
    return "\n".join([name, *(f"{key} = {quote(value)}" for key, value in values.items())])


def used(files: Files) -> set[str]:
    """Collect every Entra token id that a log of uses states."""
    found: set[str] = set()
    for name, data in files.items():
        if name.startswith(("m365.audit/2023", "graph.activity", "azure.activity")):
            text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
            found |= {str(uuid.UUID(bytes_le=base64.urlsafe_b64decode(uti + "=="))) for uti in UTI.findall(text)}
    return found


def token(name: str, made: Token) -> str:
    values = {
        "token_id": made.id,
        "mailbox": made.person.upn,
        "issued": made.issued,
        "ip": made.ip,
        "mail": made.mail,
        "graph": made.graph,
    }
    return table(f"[[{name}]]", values)


def events() -> str:
    return table("[events]", {
        "crash": CRASH, "crash_reported": CRASH + timedelta(seconds=6, microseconds=318204), "upload": UPLOAD, "copy": COPY,
        "first_replay": COMPROMISE, "first_forged": FIRST_FORGED, "last_forged": LAST_FORGED, "detection": DETECTION,
        "dump": SIGNER, "production_object": PROD_DUMP, "debugging_object": DEBUG_DUMP, "size": DUMP_SIZE, "md5": DUMP_MD5,
        "engineer": AVERY.upn, "replay_address": THIEF_2021, "replay_agent": THIEF_AGENT, "forged_addresses": THIEVES_2023,
    })  # fmt: skip


def window() -> str:
    """State when the theft can have happened, border by border."""
    gone = (horizon(STORAGE_LIMITS, REVIEW_2021), REVIEW_2021, horizon(STORAGE_LIMITS, FINAL_2023), FINAL_2023)
    return table("[exfiltration]", {
        "earliest": COMPROMISE,
        "earliest_because": "account-compromised: the thief had the engineer's account from here on, and the dump was already in the debugging zone",
        "latest": gone[2],
        "latest_because": "the storage log of debugdumps is covered again from here on (90 days before its collection) and shows no such read",
        "covered": [[gone[0], gone[1]], [gone[2], gone[3]]],
        "expired": [[at("2021-04-01T00:00:00"), gone[0]], [gone[1], gone[2]]],
        "not_collected": [[gone[3], at("2023-07-15T00:00:00")]],
    })  # fmt: skip


EXPECTED = (
    ("artefact-created", "found_incomplete", f"object=*/{SIGNER}", "the signer's journal, then PutBlob in production"),
    ("artefact-moved", "found_incomplete", f"object=*/{SIGNER} zone=debugging", "CopyBlob, 22 April 2021"),
    (
        "account-compromised",
        "found_incomplete",
        f"actor={AVERY.upn}",
        "a success from a new address with a new program",
    ),
    ("artefact-read-by", "unknown", f"object={DEBUG_DUMP} actor={AVERY.upn}", "expired"),
    ("token-used-without-issuance", "found_incomplete", "", "nine tokens; three older ones stay unknown"),
    (
        "mail-read",
        "found_incomplete",
        f"mailbox={ROBIN.upn}",
        "the owner's own reading; the thieves' since 15 May 2023",
    ),
    ("logging-disabled", "unknown", "", "everything of that kind was refused, failed or harmless: no row"),
)


def verdicts() -> str:
    """State the expected verdicts over the whole case window, and one over a part that is covered."""
    keys = ("question", "verdict", "params", "because")
    made = [table("[[verdict]]", dict(zip(keys, row, strict=True))) for row in EXPECTED]
    part: dict[str, object] = {"from": at("2023-04-14T00:00:00"), "to": at("2023-06-17T00:00:00")}
    covered: tuple[object, ...] = (
        EXPECTED[3][0],
        "absent",
        EXPECTED[3][2],
        "covered, nothing found; best effort, so the absence is weak",
    )
    return SEPARATOR.join([*made, table("[[verdict]]", dict(zip(keys, covered, strict=True)) | part)])


def decoys() -> str:
    return table("[decoys]", {
        "crashes": ["sign-prod-07 health-probe 2021-04-09 and 2021-04-27", "debug-ws-12 symbol-index 2023", "build-03 clang++ 2023-05-23"],
        "copies": ["CopyBlob within proddumps and within debugdumps to /archive/", "scrubbed web-frontend dumps moved by the pipeline, four times"],
        "reads": ["dana.wolff and lee.sandoval read the signer's dump on 22 and 23 April 2021", "avery.chen reads other dumps"],
        "new_address_same_program": ["jordan.pike travels 2021-08-30 and 2023-05-22 within one session", "riley.novak: VPN egress moved 2023-06-03"],
        "new_program_same_address": ["browser update of everybody 2021-09-05 and 2023-06-05"],
        "spray": ["42 failures on avery.chen 2021-09-06, no success"],
        "shared_address": ["198.51.100.10 is the office's NAT: several people, several tokens"],
        "logging": ["StopLogging AccessDenied 2023-05-18", "PutEventSelectors widened 2023-05-02", "diagnosticSettings/delete refused 2023-06-01", "diagnosticSettings/write 2023-05-09 and 2023-06-22", "Set-AdminAuditLogConfig False failed 2023-05-30, True 2023-04-26", "4719 success auditing added 2023-05-04"],
        "rotation": ["CreateAccessKey 2023-06-27", "regenerateKey of proddumps 2023-06-28"],
        "aws_out_of_reach": ["ASIAOLDER0413EXAMPLE, created 2023-04-13T08:20:05Z, before the first collected record"],
        "aws_console": ["console sessions have no AssumeRole: their creation date is the second of a ConsoleLogin"],
        "collections": [REVIEW_2021, SPRAY_2021, FINAL_2023],
    })  # fmt: skip


def truth(files: Files) -> str:
    """Write all of it as one TOML document."""
    made = [token("forged", one) for one in forged()] + [token("outside", one) for one in older()]
    known = {one.id for one in [*forged(), *older()]}
    legit = sorted(used(files) - known)
    head = "# The ground truth of the fictional case in sample_logs, written by tests/story. No command of the product reads it."
    return (
        SEPARATOR.join([head, table("[tokens]", {"legit": legit}), events(), window(), decoys(), verdicts(), *made])
        + "\n"
    )
