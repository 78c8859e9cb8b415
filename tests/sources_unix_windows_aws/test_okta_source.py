"""Special cases of Okta System Log events."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., list[dict[str, Any]]]


def event_of(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "actor": {"id": "00u1", "type": "User", "alternateId": "alice@example.com", "displayName": "Alice"},
        "eventType": kind,
        "uuid": "u-1",
        "published": "2024-01-05T06:00:11.008Z",
        "outcome": {"result": "SUCCESS"},
        "client": {"ipAddress": "192.0.2.9"},
        "authenticationContext": {"externalSessionId": "102abc"},
        "transaction": {"id": "t-1", "detail": {}},
        "target": None,
        **more,
    }


def test_a_token_grant_is_an_issuance_known_by_the_tokens_hash(read: Read) -> None:
    (event,) = read(
        event_of(
            "app.oauth2.token.grant.access_token",
            authenticationContext={"externalSessionId": "unknown"},
            actor={"id": "0oa1", "type": "PublicClientApp", "displayName": "Robot", "alternateId": "unknown"},
            target=[
                {
                    "type": "access_token",
                    "id": "AT.1",
                    "detailEntry": {"hash": "h4sh", "expires": "2024-01-05T07:00:10.000Z"},
                }
            ],
        )
    )
    assert (event["action"], event["token_id"], event["session_id"], event["request_id"]) == (
        "token.issue",
        "h4sh",
        None,
        "t-1",
    )
    assert (event["actor"], event["actor_type"]) == ("Robot", "service")


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ("ALLOW", "success"),
        ("DENY", "failure"),
        ("FAILURE", "failure"),
        ("CHALLENGE", "unknown"),
        ("SKIPPED", "unknown"),
    ],
)
def test_only_four_results_are_outcomes(read: Read, told: str, outcome: str) -> None:
    (event,) = read(event_of("policy.evaluate_sign_on", outcome={"result": told}))
    assert (event["outcome"], event["time"], event["time_precision"]) == (outcome, "2024-01-05 06:00:11.008", "ms")


def test_an_event_bus_envelope_names_the_organisation_and_its_delivery(read: Read) -> None:
    (event,) = read(
        {
            "source": "aws.partner/okta.com/contoso/logs",
            "time": "2024-01-05T06:00:20Z",
            "detail": event_of("user.session.start"),
        }
    )
    assert (event["stream"], event["logged"], event["action"], event["src_ip"]) == (
        "okta.system/contoso",
        "2024-01-05 06:00:20",
        "sign_in",
        "192.0.2.9",
    )


def test_the_person_granted_a_right_is_the_object_and_the_group_the_resource(read: Read) -> None:
    (event,) = read(
        json.dumps(
            [
                event_of(
                    "group.user_membership.add",
                    target=[
                        {"type": "UserGroup", "id": "00g1", "displayName": "Admins"},
                        {"type": "User", "id": "00u2"},
                    ],
                )
            ]
        )
    )
    assert (event["action"], event["object"], event["resource"]) == ("role.assign", "00u2", "Admins")


def test_a_log_stream_switched_off_disables_a_log(read: Read) -> None:
    (event,) = read(
        event_of(
            "system.log_stream.lifecycle.deactivate", target=[{"type": "LogStream", "id": "ls1", "displayName": "siem"}]
        )
    )
    assert (event["action"], event["family"], event["object"]) == ("logging.disable", "control", "ls1")
