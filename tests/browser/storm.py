"""A made-up Storm-0558-like report with every state and verdict, for tests of the HTML. All names are examples."""

import hashlib
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from timeline.export.html import Report

DAY = 86_400_000_000
DUMP = "https://proddumps.blob.core.windows.net/crash/signing-2021-04-11.dmp"
COPY = "https://debugdumps.blob.core.windows.net/inbox/signing-2021-04-11.dmp"
ENGINEER = "engineer@contoso.com"
STREAMS = {
    "entra.signin.interactive/contoso": "sign_in",
    "entra.signin.noninteractive/contoso": "token",
    "azure.storage/proddumps": "storage",
    "azure.storage/debugdumps": "storage",
    "azure.activity/00000000-0000-0000-0000-00000000aaaa": "control",
    "m365.audit/contoso.com": "audit",
    "graph.activity/contoso": "audit",
    "aws.cloudtrail/111122223333/us-east-1": "control",
    "windows.security/WS-017.contoso.com": "system",
    "linux.journal/signing-03": "system",
}
ACTIONS = [
    "sign_in",
    "token.use",
    "object.read",
    "object.read",
    "config.read",
    "mail.read",
    "config.read",
    "service.event",
    "process.start",
    "service.event",
]


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


BEGIN, END, AS_OF = us("2021-04-01"), us("2023-07-15"), us("2023-07-15T12:00:00")


def moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def event(number: int, time: int, stream: str, action: str, **more: object) -> dict[str, object]:
    name = str(more.get("actor") or f"user{number % 37}@contoso.com")
    base = {
        "event_id": hashlib.sha256(f"{number}".encode()).hexdigest()[:32],
        "time_us": time,
        "time": moment(time),
        "time_precision": "us",
        "source": stream.split("/", maxsplit=1)[0],
        "family": STREAMS.get(stream, "system"),
        "stream": stream,
        "operation": action.title(),
        "action": action,
        "outcome": "failure" if number % 11 == 0 else "success",
        "actor": name,
        "src_ip": f"198.51.100.{number % 250}",
        "user_agent": f"Mozilla/5.0 (test {number % 7})",
        "object": None,
        "object_from": None,
        "object_size": number * 17,
        "zone": None,
        "session_id": None,
        "token_id": None,
        "file": f"exports/{stream.split('/', maxsplit=1)[0]}.json",
        "file_id": hashlib.sha256(stream.encode()).hexdigest(),
        "record": number + 1,
    }
    filled = {**base, **more}
    filled["raw"] = json.dumps(
        {"time": str(filled["time"]), "who": filled["actor"], "what": action, "target": filled["object"], "n": number},
        ensure_ascii=False,
    )
    return filled


def story() -> list[dict[str, object]]:
    debug, prod = "azure.storage/debugdumps", "azure.storage/proddumps"
    steps = [
        (
            us("2021-04-11T03:12:45"),
            "linux.journal/signing-03",
            "crash.dump",
            {"object": "/var/crash/signing.core", "actor": "root", "zone": "production"},
        ),
        (
            us("2021-04-11T03:20:02") + 123456,
            prod,
            "object.write",
            {
                "object": DUMP,
                "actor": "crash-collector",
                "zone": "production",
                "object_from": "/var/crash/signing.core",
            },
        ),
        (
            us("2021-04-14T09:01:11"),
            debug,
            "object.copy",
            {"object": COPY, "object_from": DUMP, "actor": "build-bot@contoso.com", "zone": "debugging"},
        ),
        (
            us("2021-05-02T18:44:00"),
            debug,
            "object.read",
            {"object": COPY, "actor": ENGINEER, "zone": "debugging", "session_id": "s-engineer-1"},
        ),
        (
            us("2021-05-02T18:30:00"),
            "entra.signin.interactive/contoso",
            "sign_in",
            {"actor": ENGINEER, "session_id": "s-engineer-1", "src_ip": "203.0.113.66"},
        ),
        (
            us("2023-05-15T02:10:00"),
            "m365.audit/contoso.com",
            "mail.read",
            {"actor": "chief@contoso.com", "token_id": "forged-1", "zone": "mail"},
        ),
        (
            us("2023-05-16T02:12:31"),
            "m365.audit/contoso.com",
            "mail.read",
            {"actor": "chief@contoso.com", "token_id": "forged-2", "zone": "mail"},
        ),
    ]
    session = [
        (
            us("2021-05-02T18:30:00") + i * 420_000_000,
            "entra.signin.noninteractive/contoso",
            "token.use",
            {"actor": ENGINEER, "session_id": "s-engineer-1"},
        )
        for i in range(40)
    ]
    return [
        event(10_000_000 + n, time, stream, action, **more)
        for n, (time, stream, action, more) in enumerate(steps + session)
    ]


def noise(number: int, seed: int) -> list[dict[str, object]]:
    dice = random.Random(seed)
    names = list(STREAMS)
    made = []
    for place in range(number):
        stream = names[min(9, int(dice.random() ** 1.4 * 10))]
        time = BEGIN + int(dice.random() * (END - BEGIN))
        made.append(
            event(
                place,
                time,
                stream,
                ACTIONS[names.index(stream)],
                object=f"https://files.contoso.com/team{place % 90}/doc{place}.xlsx" if place % 2 else None,
                zone=("corporate", "debugging", None)[place % 3],
                session_id=f"s-{place % 300}" if place % 4 == 0 else None,
            )
        )
    return made


def piece(stream: str, state: str, start: int | None, end: int | None, **more: object) -> dict[str, object]:
    facts = {"scope": "", "cause": "", "basis": "declared", "mendable": False, "deadline": None}
    return {
        "stream": stream,
        "state": state,
        "start": None if start is None else moment(start),
        "end": None if end is None else moment(end),
        **facts,
        **more,
    }


def pieces() -> list[dict[str, object]]:
    names = list(STREAMS)
    cut = [
        us(day)
        for day in ("2021-04-01", "2021-11-01", "2022-05-01", "2022-12-01", "2023-03-01", "2023-06-20", "2023-07-15")
    ]
    plan = [
        ["expired", "expired", "expired", "covered", "covered", "covered"], ["not_enabled", "not_enabled", "covered", "covered", "lossy", "covered"],
        ["covered", "expired", "expired", "expired", "covered", "covered"], ["covered", "expired", "expired", "archived", "covered", "covered"],
        ["covered", "covered", "disabled", "covered", "covered", "pending"], ["unknown", "unknown", "not_collected", "not_collected", "covered", "covered"],
        ["not_enabled", "not_enabled", "not_enabled", "covered", "silent", "covered"], ["covered", "covered", "covered", "covered", "covered", "not_collected"],
        ["unknown", "unknown", "unknown", "lossy", "covered", "covered"], ["covered", "covered", "silent", "covered", "archived", "covered"],
    ]  # fmt: skip
    causes = {
        "expired": "kept for 30 days, collected on 2023-07-12",
        "not_collected": "outside the window of the export",
        "disabled": "diagnostic setting deleted by svc-deploy@contoso.com",
        "lossy": "3 records rejected",
        "silent": "p = 0.0004 under its own rhythm",
    }
    mendable = {"not_collected", "archived", "pending"}
    found = []
    for name, states in zip(names, plan, strict=True):
        for number, state in enumerate(states):
            deadline = moment(AS_OF + (number + 3) * DAY) if state == "not_collected" else None
            found.append(
                piece(
                    name,
                    state,
                    cut[number],
                    cut[number + 1],
                    cause=causes.get(state, ""),
                    mendable=state in mendable,
                    deadline=deadline,
                )
            )
    found.append(
        piece(
            names[5],
            "expired",
            us("2023-04-01"),
            us("2023-05-20"),
            scope="mailbox=chief@contoso.com",
            cause="mailbox without premium audit",
        )
    )
    return found


def verdicts(gaps: list[dict[str, object]]) -> list[dict[str, object]]:
    lost = [
        {key: gap[key] for key in ("stream", "scope", "state", "start", "end", "mendable", "deadline")} for gap in gaps
    ]
    told = [
        ("artefact-created", DUMP, "found", None, 1, "Who wrote this object first?", []),
        (
            "artefact-moved",
            DUMP,
            "found_incomplete",
            None,
            1,
            "Did the object arrive in this zone?",
            [one for one in lost if "debugdumps" in str(one["stream"])],
        ),
        (
            "account-compromised",
            ENGINEER,
            "found_incomplete",
            None,
            3,
            "Was the account used from a new address and client?",
            [one for one in lost if "interactive" in str(one["stream"])],
        ),
        (
            "artefact-read-by",
            f"{COPY}, {ENGINEER}",
            "unknown",
            None,
            0,
            "Who read this object, in which session, with which token?",
            [one for one in lost if "storage" in str(one["stream"])],
        ),
        ("token-used-without-issuance", "forged-1", "found", None, 2, "Was a token used that was never issued?", []),
        ("logging-disabled", "aws.cloudtrail/*", "absent", "strong", 0, "Was a log switched off?", []),
        (
            "mail-read",
            "chief@contoso.com",
            "unknown",
            None,
            0,
            "Whose mail was read with it?",
            [one for one in lost if "m365" in str(one["stream"])],
        ),
    ]
    times = {"first": moment(us("2021-05-02T18:30:00")), "last": moment(us("2023-05-16T02:12:31"))}
    named = {one["token_id"]: one["event_id"] for one in story()}
    rows = []
    for question, subject, verdict, strength, number, sentence, uncovered in told:
        seen = times if number else {"first": None, "last": None}
        ids = [named["forged-1"], named["forged-2"]] if question.startswith("token") else []
        rows.append(
            {
                "question": question,
                "subject": subject,
                "verdict": verdict,
                "strength": strength,
                "rows": number,
                **seen,
                "first_is": "no_later_than" if number == 3 else "exact",
                "last_is": "exact",
                "uncovered": uncovered,
                "sentence": sentence,
                "meaning": "Each row is one access.",
                "limits": "It does not prove what became of the copy.",
                "needs": '[{ actions = ["object.read"], object = "$object" }]',
                "sql": "SELECT e.time, e.time_us, e.event_id\nFROM events AS e\nWHERE e.time_us < $to_us AND e.action = 'object.read'",
                "events": ids,
            }
        )
    return rows


def chain() -> list[dict[str, object]]:
    span = {"start": moment(us("2021-04-11T03:20:02")), "end": moment(us("2021-04-11T03:20:03"))}
    moved = {"start": moment(us("2021-04-14T09:01:11")), "end": moment(us("2021-04-14T09:01:12"))}
    theft = [
        {"start": moment(us("2021-11-01")), "end": moment(us("2022-12-01"))},
        {"start": moment(us("2022-12-15")), "end": moment(us("2023-03-01"))},
    ]
    used = {"start": moment(us("2023-05-15T02:10:00")), "end": moment(us("2023-05-16T02:12:32"))}
    plan = [("crash-dump-written", "found", [span], "found in azure.storage/proddumps"), ("moved-to-debug", "found_incomplete", [moved], "found; after crash-dump-written"), ("exfiltration", "unknown", theft, "azure.storage/debugdumps had expired; not after forged-tokens, which were found on 2023-05-15"), ("second-copy", "refuted", [], "absent in a covered window"), ("forged-tokens", "found", [used], "found in m365.audit/contoso.com")]  # fmt: skip
    return [
        {
            "step": step,
            "verdict": verdict,
            "earliest": windows[0]["start"] if windows else None,
            "latest": windows[-1]["end"] if windows else None,
            "windows": windows,
            "because": because,
        }
        for step, verdict, windows, because in plan
    ]


def path() -> list[dict[str, object]]:
    hops = [one for one in story() if one["object"]]
    return [
        {
            "time": one["time"],
            "action": one["action"],
            "object": one["object"],
            "object_from": one["object_from"],
            "actor": one["actor"],
            "grade": "proven",
            "event_id": one["event_id"],
        }
        for one in hops
    ]


def retention() -> list[dict[str, object]]:
    """Say of three questions how long their logs would have had to be kept."""
    told = [
        ("artefact-read-by", "unknown", None, 798),
        ("mail-read", "found", 14, 660),
        ("artefact-created", "found", 1, None),
    ]
    names = ("question", "verdict", "survives_days", "needed_days")
    return [dict(zip(names, row, strict=True)) | {"because": ""} for row in told]


@dataclass(frozen=True)
class Counted:
    """Events that are not listed, as `timeline.evidence.picture` counts them."""

    rows: int
    first: int
    step: int
    lanes: dict[str, tuple[list[str | None], NDArray[np.uint32]]]
    kinds: pl.DataFrame


def counted(rest: pl.DataFrame, bins: int = 4096) -> Counted:
    step = (END - BEGIN) // bins + 1
    places = ((rest["time_us"] - BEGIN) // step).to_numpy()
    lanes: dict[str, tuple[list[str | None], NDArray[np.uint32]]] = {}
    for name in ("stream", "zone", "actor"):
        keys: list[str | None] = [*rest[name].drop_nulls().unique().sort().to_list(), None]
        codes = rest[name].replace_strict(keys, list(range(len(keys))), return_dtype=pl.Int64)
        table = np.zeros((len(keys), bins), np.uint32)
        np.add.at(table, (codes.to_numpy(), places), 1)
        lanes[name] = (keys, table)
    kinds = rest.group_by("stream", "action", "outcome").len("total").with_columns(listed=pl.lit(0))
    return Counted(rest.height, BEGIN, step, lanes, kinds.sort("total", "stream", "outcome", descending=True))


def split(events: pl.DataFrame, exact: int, must: set[str]) -> tuple[pl.DataFrame, Counted | None]:
    """List so many events, those that must be among them, and count the others."""
    ranked = events.sort(pl.col("event_id").is_in(list(must)).not_(), "time_us", "event_id")
    rest = ranked.tail(max(0, events.height - exact))
    return ranked.head(exact).sort("time_us", "event_id"), counted(rest) if rest.height else None


def horizons() -> list[dict[str, object]]:
    taken = moment(us("2023-07-12T09:00:00"))
    return [
        {"stream": name, "collection": "azure", "store": "native", "taken": taken, "start": moment(us(start))}
        for name, start in (
            ("azure.storage/debugdumps", "2023-03-01"),
            ("entra.signin.interactive/contoso", "2022-12-01"),
        )
    ]


def clocks() -> list[dict[str, object]]:
    told = {
        "stream": "graph.activity/contoso",
        "against": "m365.audit/contoso.com",
        "ahead_seconds": 3.2,
        "differs": True,
    }
    return [{**told, "low_seconds": 3.1, "high_seconds": 3.3, "accepted_seconds": None, "note": "they differ"}]


def report(number: int = 2000, exact: int = 1_000_000, **more: object) -> Report:
    events = pl.DataFrame([*story(), *noise(number, 7)], infer_schema_length=None)
    gaps = [one for one in pieces() if one["state"] != "covered"]
    full = [
        {
            **one,
            "source": str(one["stream"]).split("/")[0],
            "family": "",
            "store": "native",
            "expected_events": 120.4,
            "expected_low": 80.0,
            "expected_high": 171.9,
            "evidence": ["policy azure.storage/*"],
        }
        for one in gaps
    ]
    sizes = events.group_by("file", "file_id", "source").len().sort("file", "file_id")
    files = [
        {
            "file": name,
            "file_id": digest,
            "sha256": digest,
            "bytes": size * 900,
            "source": source,
            "records": size + 4,
            "events": size,
            "rejected": 3,
            "duplicates": 1,
            "skipped": 0,
        }
        for name, digest, source, size in sizes.iter_rows()
    ]
    streams = [{"stream": name, "source": name.split("/")[0], "family": family} for name, family in STREAMS.items()]
    frames = {
        "streams": streams,
        "gaps": full,
        "coverage": pieces(),
        "verdicts": verdicts(gaps),
        "chain": chain(),
        "path": path(),
        "files": files,
        "retention": retention(),
        "horizons": horizons(),
        "clocks": clocks(),
    }
    made = {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in frames.items()}
    words = {
        "title": "Key theft reconstruction",
        "notes": "A made-up case: no such company, no such theft.",
        "fingerprint": "sha256:" + "0b" * 32,
    }
    must = {str(one) for verdict in frames["verdicts"] for one in verdict["events"]}  # type: ignore[attr-defined]
    listed, rest = split(events, exact, must | {str(one["event_id"]) for one in frames["path"]})
    facts = {"begin": BEGIN, "end": END, "as_of": AS_OF, "versions": {"timeline": "0.1.0", "duckdb": "2.0.0"}}
    return Report(**{"events": listed, "counts": rest, **made, **words, **facts, **more})  # type: ignore[arg-type]
