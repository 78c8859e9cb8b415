"""Where addresses are: the networks of the view `events`, and the user's own MaxMind database, in a case as people open it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.questions.mmdb import database
from timeline.api import Case
from timeline.errors import CaseError

PARIS = {"country": {"iso_code": "FR"}, "location": {"latitude": 48.86, "longitude": 2.34, "accuracy_radius": 20}}
SAMPA = {"country": {"iso_code": "BR"}, "location": {"latitude": -23.55, "longitude": -46.63, "accuracy_radius": 50}}
ADDRESSES = {
    "192.0.2.31": "192.0.2.0/24",
    "203.0.113.9": "203.0.113.0/24",
    "2001:db8::7": "2001:db8:0:0::/64",
    "2001:0db8:0:1:2:3:4:5": "2001:db8:0:1::/64",
}


def signed_in(number: int, address: str) -> str:
    facts = {"id": f"{number:08x}-1111-4222-8333-444455556666", "createdDateTime": f"2023-05-02T0{number}:00:00Z", "userPrincipalName": "avery@contoso.com", "userId": "u1", "ipAddress": address,
             "status": {"errorCode": 0}, "isInteractive": True}  # fmt: skip
    return json.dumps(facts)


def case_of(root: Path, geo: str = "") -> Case:
    (root / "logs").mkdir()
    (root / "logs" / "entra.ndjson").write_text(
        "\n".join(signed_in(n, address) for n, address in enumerate(ADDRESSES)), "utf-8"
    )
    with Case.create(root / "case") as case:
        case.ingest([root / "logs"])
    (root / "case" / "case.toml").write_text(f'[case]\nname = "places"\n{geo}\n', "utf-8")
    return Case.open(root / "case")


def test_each_address_has_its_network(tmp_path: Path) -> None:
    with case_of(tmp_path) as case:
        told = case.connection.execute("SELECT src_ip, network FROM events ORDER BY time").fetchall()
    assert dict(told) == ADDRESSES


def test_a_database_of_places_tells_countries_and_journeys(tmp_path: Path) -> None:
    (tmp_path / "own.mmdb").write_bytes(database({"192.0.2.0/24": PARIS, "203.0.113.0/24": SAMPA}))
    with case_of(tmp_path, 'geo = "../own.mmdb"') as case:
        assert case.query("account-new-country", {})["country"].to_list() == ["BR"]
        assert case.query("impossible-travel", {})["km"].to_list() == [9331]
        countries = next(row for row in case.ask(["account-new-country"]).to_dicts())
    assert countries["rows"] == 1


def test_without_a_database_the_log_must_state_the_country(tmp_path: Path) -> None:
    with case_of(tmp_path) as case:
        assert case.query("account-new-country", {}).is_empty()
        told = case.ask(["account-new-country"]).to_dicts()[0]
    assert told["verdict"] == "unknown"
    assert "not_enabled" in {loss["state"] for loss in told["uncovered"]}


@pytest.mark.parametrize("content", [None, b"no database"])
def test_a_database_that_cannot_be_read_is_a_mistake_of_the_case(tmp_path: Path, content: bytes | None) -> None:
    if content:
        (tmp_path / "own.mmdb").write_bytes(content)
    with case_of(tmp_path, 'geo = "../own.mmdb"') as case, pytest.raises(CaseError, match=r"own\.mmdb: cannot be read"):
        case.query("account-new-country", {})
