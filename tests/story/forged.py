"""Tokens that no service of the tenant ever issued, and honest ones whose issuance is out of reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.story.dice import Dice, at, later
from tests.story.world import FIRST_FORGED, LAST_FORGED, LEE, MORGAN, ROBIN, SAM, THIEVES_2023, Person

THIEF_CLIENT = "Client=REST;Client=RESTSystem;;"
THIEF_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0.0.0 Safari/537.36"
)


@dataclass(frozen=True)
class Token:
    """A token as its uses state it."""

    id: str
    person: Person
    issued: datetime
    session: str
    ip: str
    mail: tuple[datetime, ...]
    graph: tuple[datetime, ...] = ()


def forged() -> list[Token]:
    """Nine tokens for two mailboxes in the thieves' working nights, 15 May to 16 June 2023."""
    dice = Dice("forged")
    nights = (
        "2023-05-15",
        "2023-05-17",
        "2023-05-19",
        "2023-05-24",
        "2023-05-31",
        "2023-06-05",
        "2023-06-08",
        "2023-06-13",
        "2023-06-16",
    )
    return [forge(number, at(f"{night}T00:00:00"), dice) for number, night in enumerate(nights)]


def forge(number: int, night: datetime, dice: Dice) -> Token:
    person, ip = (ROBIN, SAM)[number % 2], THIEVES_2023[number % 3 % 2]
    first = later(night, dice.randrange(3_000, 20_000))
    mail = [later(first, 127 * step + dice.randrange(60)) for step in range(dice.randrange(3, 7))]
    if number == 0:
        mail = [FIRST_FORGED, *(FIRST_FORGED + timedelta(seconds=190 * step + 41) for step in range(1, 4))]
    if night.date() == LAST_FORGED.date():
        mail = [LAST_FORGED - timedelta(seconds=151 * step) for step in (3, 2, 1, 0)]
    graph = tuple(later(mail[0], 61.25 + 83.4 * step) for step in range(3)) if number in (2, 5) else ()
    issued = later(mail[0], -dice.randrange(140, 2_300)).replace(microsecond=0)
    return Token(dice.request(), person, issued, dice.guid(), ip, tuple(mail), graph)


def older() -> list[Token]:
    """Long-lived honest tokens issued before the oldest sign-in that anybody still has."""
    dice = Dice("older")
    plan = ((LEE, "2023-04-12T20:14:09", "2023-04-13T10:22:31"), (MORGAN, "2023-04-13T02:51:40", "2023-04-13T12:40:05"),
            (ROBIN, "2023-04-13T08:39:58", "2023-04-13T15:03:47"))  # fmt: skip
    return [
        Token(dice.request(), person, at(issued), dice.guid(), person.home, (at(used), later(at(used), 611)),
              (later(at(used), 95.37),) if person is LEE else ())
        for person, issued, used in plan
    ]  # fmt: skip
