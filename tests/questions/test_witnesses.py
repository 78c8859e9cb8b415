"""Which streams a question needs: where a log of the case is missing, nobody can say; where an action cannot be, nobody has to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.questions.trial import QUESTIONS, Bench, Trial, trial
from timeline.catalog import Need
from timeline.evidence.witnesses import Witnesses, subject

URL = "https://proddumps.blob.core.windows.net/crash/core.1.zst"
MAY = {"from": "2023-05-01T00:00:00Z", "to": "2023-06-01T00:00:00Z"}
STORAGE = {"name": "azure.storage/proddumps", "witnesses": ["object.write", "object.copy", "object.read"]}
DEBUG = {**STORAGE, "name": "azure.storage/debugdumps"}
JOURNAL = {"name": "linux.journal/prod-07", "witnesses": ["crash.dump"]}
SIGN_INS = [
    {"name": f"entra.signin.{kind}/contoso", "witnesses": ["sign_in", "token.issue"]}
    for kind in ("interactive", "noninteractive", "service_principal", "managed_identity")
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("witnesses"))
    yield bench
    bench.close()


def asked(
    question: str, streams: list[dict[str, Any]], events: list[dict[str, Any]] | None = None, **params: str
) -> Trial:
    return trial(question, {**MAY, "params": params, "stream": streams, "event": events or []})


@pytest.mark.parametrize("place", [URL, "https://proddumps.blob.core.windows.net/crash/*", "s3://vault/core.1"])
def test_a_crash_is_not_looked_for_at_an_address(bench: Bench, place: str) -> None:
    bucket = {"name": "aws.s3access/vault", "witnesses": ["object.write"]}
    assert bench.verdict(asked("artefact-created", [STORAGE, bucket], object=place)) == "absent"


@pytest.mark.parametrize("place", ["*core.1*", "*", "*://proddumps*", "*:\\dumps\\core.1"])
def test_a_place_that_may_be_on_a_host_needs_the_logs_of_hosts(bench: Bench, place: str) -> None:
    verdict = bench.answer(asked("artefact-created", [STORAGE], object=place)).verdict
    assert verdict.verdict == "unknown"
    assert any("crash.dump" in loss.stream for loss in verdict.uncovered)


def test_a_file_of_a_host_may_be_written_without_any_log(bench: Bench) -> None:
    verdict = bench.answer(
        asked("artefact-created", [STORAGE, JOURNAL], object="/var/lib/systemd/coredump/core.1")
    ).verdict
    assert verdict.verdict == "unknown"
    assert {loss.stream for loss in verdict.uncovered} == {"no log of the case shows object.write"}


def test_a_source_that_tells_no_places_may_see_a_crash_anywhere(bench: Bench) -> None:
    crashes = {"name": "my.crashes/here", "witnesses": ["crash.dump"]}
    gone = asked("artefact-created", [STORAGE, crashes], object=URL)
    assert bench.verdict(gone) == "absent"
    gone = gone.told(collection=[each for each in gone.tables["collection"] if each["streams"] == [STORAGE["name"]]])
    assert {loss.stream for loss in bench.answer(gone).verdict.uncovered} == {"my.crashes/here"}


def test_a_need_that_no_log_could_ever_show_is_never_met(bench: Bench) -> None:
    told = asked("artefact-created", [STORAGE, JOURNAL], object=URL)
    crash = replace(told.question, needs=(Need(actions=("crash.dump",), restrict={"object": "$object"}),))
    verdict = bench.answer(replace(told, question=crash)).verdict
    assert (verdict.verdict, [loss.stream for loss in verdict.uncovered]) == ("unknown", ["no log could show it"])


def test_a_zone_is_seen_only_if_each_of_its_places_is(bench: Bench) -> None:
    told = asked("artefact-moved", [STORAGE, DEBUG], zone="debugging")
    places = ["https://debugdumps.blob.core.windows.net/**"]
    one = told.told(zone=[{"name": "debugging", "level": 2, "objects": places}])
    assert bench.verdict(one) == "absent"
    other = "https://triage.blob.core.windows.net/**"
    two = told.told(zone=[{"name": "debugging", "level": 2, "objects": [*places, other]}])
    verdict = bench.answer(two).verdict
    assert verdict.verdict == "unknown"
    assert {loss.stream for loss in verdict.uncovered} == {
        f"no log of the case shows {action} of {other}" for action in ("object.write", "object.copy")
    }


def test_a_need_of_one_log_does_not_ask_for_its_siblings(bench: Bench) -> None:
    told = asked("sign-in-by", SIGN_INS[:1])
    assert bench.verdict(told) == "unknown"
    own = replace(told.question, needs=(Need(actions=("sign_in",), restrict={"stream": "entra.signin.interactive/*"}),))
    assert bench.verdict(replace(told, question=own)) == "absent"


def test_what_a_stream_lost_is_worked_out_once(bench: Bench) -> None:
    told = asked("sign-in-by", SIGN_INS)
    with bench.laid(told) as asker:
        witnesses, wanted = Witnesses(asker.knowledge), subject(QUESTIONS["sign-in-by"].needs[0], {}, {})
        first, again = (witnesses.of("sign_in", wanted, asker.knowledge.window) for _ in range(2))
        assert len(first) == len(SIGN_INS)
        assert all(one is other for one, other in zip(first, again, strict=True))


def signed(name: str | None, number: str | None) -> dict[str, Any]:
    facts = {"actor": name, "actor_id": number}
    return {
        "time": "2023-05-02T00:00:00Z",
        "action": "sign_out",
        "stream": SIGN_INS[0]["name"],
        **{key: value for key, value in facts.items() if value},
    }


def sign_ins_by(actor: str) -> Trial:
    """Ask a case in which Alice and Bob signed out."""
    both = [signed("alice@contoso.com", "id-alice"), signed("bob@contoso.com", "id-bob")]
    return asked("sign-in-by", SIGN_INS, both, actor=actor)


@pytest.mark.parametrize(("ruled", "actor", "verdict"), [
    ("alice@contoso.com", "alice@contoso.com", "unknown"),
    ("alice@contoso.com", "id-alice", "unknown"),
    ("id-alice", "alice@contoso.com", "unknown"),
    ("alice@contoso.com", "id-never-seen", "unknown"),
    ("id-somebody", "never-seen@contoso.com", "unknown"),
    ("alice@contoso.com", "bob@contoso.com", "absent"),
    ("alice@contoso.com", "id-bob", "absent"),
    ("id-alice", "bob@contoso.com", "absent"),
    ("*@contoso.com", "id-alice", "unknown"),
    ("*@example.com", "id-alice", "absent"),
])  # fmt: skip
def test_what_is_lost_of_an_account_counts_by_whichever_name_one_asks(
    bench: Bench, ruled: str, actor: str, verdict: str
) -> None:
    told = sign_ins_by(actor)
    lost = {"stream": "entra.signin.*/contoso", "semantics": "rolling", "retention_days": 31, "where": {"actor": ruled}}
    assert (
        bench.verdict(
            told.told(policy=[*({**lost, "stream": each["name"]} for each in SIGN_INS), *told.tables["policy"]])
        )
        == verdict
    )


@pytest.mark.parametrize(("filtered", "actor", "verdict"), [
    ("alice@contoso.com", "id-alice", "absent"),
    ("id-alice", "alice@contoso.com", "absent"),
    ("alice@contoso.com", "id-bob", "unknown"),
    ("alice@contoso.com", "*", "unknown"),
    ("alice@contoso.com", "*alice*", "unknown"),
    ("alice@contoso.com", "never-seen", "unknown"),
])  # fmt: skip
def test_an_export_of_one_account_answers_for_that_account_by_each_of_its_names(
    bench: Bench, filtered: str, actor: str, verdict: str
) -> None:
    told = sign_ins_by(actor)
    assert bench.verdict(told.each("collection", lambda each: each | {"subjects": [filtered]})) == verdict
