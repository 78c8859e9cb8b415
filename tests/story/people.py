"""How people move through their days: places, sessions and the sign-ins that follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.story.dice import Dice, Rhythm, at, later
from tests.story.world import (
    AVERY,
    BUILDER,
    DRIVE_APP,
    EXCHANGE,
    EXPLORER_APP,
    GRAPH,
    JORDAN,
    MANAGEMENT,
    OFFICE,
    OFFICE_APP,
    OWA_APP,
    PEOPLE,
    PORTAL_APP,
    RILEY,
    SHAREPOINT,
    SIGN_IN_FROM_2021,
    STORAGE,
    TEAMS_APP,
    UPLOADER,
    VPN_MOVED,
    VPN_NEW,
    VPN_OLD,
    Person,
    Program,
)

HOTEL, AIRPORT = "203.0.113.20", "2001:db8:77:3::5e"
TRIPS = ((at("2021-08-30T00:00:00"), at("2021-09-04T00:00:00")), (at("2023-05-22T00:00:00"), at("2023-05-27T00:00:00")))
INTERACTIVE = ((PORTAL_APP, MANAGEMENT), (OWA_APP, EXCHANGE), (OFFICE_APP, SHAREPOINT), (TEAMS_APP, GRAPH))
SILENT = ((OFFICE_APP, EXCHANGE), (TEAMS_APP, GRAPH), (DRIVE_APP, SHAREPOINT), (OWA_APP, EXCHANGE), (PORTAL_APP, GRAPH))
ERRORS = {
    50126: "Error validating credentials due to invalid username or password.",
    50053: "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
    50074: "Strong Authentication is required.",
    65001: "The user or administrator has not consented to use the application.",
}


@dataclass(frozen=True)
class SignIn:
    """One request to the token service, before it is put into a vendor's shape."""

    time: datetime
    kind: str  # interactive, noninteractive, service_principal or managed_identity
    id: str
    app: Program
    resource: Program
    correlation: str
    person: Person | None = None
    ip: str = ""
    agent: str = ""
    session: str = ""
    error: int = 0
    incoming: str = "none"
    lag: float = 120.0

    @property
    def issued(self) -> bool:
        return self.error == 0


@dataclass
class Walk:
    """Where one person is today, and in which session."""

    person: Person
    day: object = None
    place: str = OFFICE
    session: str = ""
    seen: set[str] = field(default_factory=set)
    kept: bool = False

    def move(self, moment: datetime, dice: Dice) -> None:
        """Begin a new day: usually a new session; a trip keeps the session of the day before."""
        if self.day == moment.date():
            return
        self.day = moment.date()
        travelling = self.person is JORDAN and any(start <= moment < end for start, end in TRIPS)
        if not travelling or not self.session:
            self.session = dice.guid()
        self.place = self.choose(moment, dice, travelling=travelling)

    def forget(self, moment: datetime) -> None:
        """Begin anew where the kept log begins: what was seen before is no longer known to anybody."""
        if moment >= SIGN_IN_FROM_2021 and not self.kept:
            self.kept, self.seen = True, set()

    def choose(self, moment: datetime, dice: Dice, *, travelling: bool) -> str:
        if travelling:
            return dice.choice((HOTEL, AIRPORT))
        if self.person is RILEY:
            return VPN_NEW if moment >= VPN_MOVED else VPN_OLD
        return self.person.home if moment.weekday() in (0, 4, 5, 6) else OFFICE

    def address(self, agent: str, *, good: bool) -> str:
        """Keep a new program to a known address: programs are renewed at home or at the office."""
        if not good:
            return self.place
        fresh = agent not in self.seen and bool(self.seen)
        place = self.place if not fresh or self.place in self.seen else min(s for s in self.seen if s[0].isdigit())
        self.seen |= {agent, place}
        return place


def user_sign_ins(start: datetime, end: datetime, per_day: float, dice: Dice) -> list[SignIn]:
    """Everybody's sign-ins between two moments, some of them failed."""
    walks = {person.name: Walk(person) for person in PEOPLE}
    found = []
    for moment in dice.times(start, end, Rhythm(per_day)):
        walk = walks[dice.choice(PEOPLE).name]
        walk.forget(moment)
        walk.move(moment, dice)
        found.append(user_sign_in(moment, walk, dice))
    return found


def user_sign_in(moment: datetime, walk: Walk, dice: Dice) -> SignIn:
    person, interactive = walk.person, dice.random() < 0.4
    app, resource = dice.choice(INTERACTIVE if interactive else SILENT)
    rich = app in (OFFICE_APP, DRIVE_APP) and not interactive
    agent = person.client(moment) if rich else person.browser(moment)
    error = dice.choice((50126, 50074, 65001)) if dice.random() < 0.04 else 0
    return SignIn(
        moment,
        "interactive" if interactive else "noninteractive",
        dice.request(),
        app,
        resource,
        dice.guid(),
        person,
        walk.address(agent, good=not error),
        agent,
        walk.session,
        error,
        "none" if interactive else "primaryRefreshToken" if rich else "refreshToken",
        dice.choice((45.2, 68.9, 146.3, 222.7, 447.1)),
    )


def machine_sign_ins(times: Iterable[datetime], kind: str, programs: tuple[Program, ...], dice: Dice) -> list[SignIn]:
    """Sign-ins of service principals and managed identities: round the clock, one resource each."""
    found = []
    for moment in times:
        program = dice.choice(programs)
        resource = machine_resource(program, dice)
        error = 7000222 if kind == "service_principal" and dice.random() < 0.02 else 0
        ip = "" if kind == "managed_identity" else dice.choice(("198.51.100.61", "2001:db8:900::12"))
        found.append(SignIn(moment, kind, dice.request(), program, resource, dice.guid(), ip=ip, error=error, lag=98.4))
    return found


def machine_resource(program: Program, dice: Dice) -> Program:
    if program.name == "contoso-mail-archiver":
        return dice.choice((EXCHANGE, GRAPH))
    if program in (UPLOADER, BUILDER) or program.name == "contoso-backup":
        return STORAGE
    return dice.choice((MANAGEMENT, MANAGEMENT, GRAPH))


def spray(dice: Dice) -> list[SignIn]:
    """Fail at the engineer's password from thirty addresses: loud, and without any success."""
    found = []
    for step in range(42):
        moment = at("2021-09-06T21:14:03") + timedelta(seconds=37 * step, microseconds=dice.randrange(1_000_000))
        ip, error = f"203.0.113.{200 + step % 30}", 50053 if step > 33 else 50126
        sign_in = SignIn(moment, "interactive", dice.request(), EXPLORER_APP, STORAGE, dice.guid(), AVERY, ip)
        found.append(replace(sign_in, agent="BAV2ROPC", error=error))
    return found


def replayed(session: str, ip: str, agent: str, dice: Dice) -> list[SignIn]:
    """Use the engineer's stolen token from a second address with another program."""
    plan = (("2021-09-14T02:41:07.331820", OFFICE_APP, SHAREPOINT), ("2021-09-14T03:25:50.118402", OFFICE_APP, GRAPH),
            ("2021-09-15T01:58:12.640071", OFFICE_APP, SHAREPOINT), ("2021-09-16T03:10:29.507736", EXPLORER_APP, STORAGE),
            ("2021-09-16T05:37:44.090263", OFFICE_APP, EXCHANGE))  # fmt: skip
    return [
        SignIn(at(text), "noninteractive", dice.request(), app, resource, dice.guid(), AVERY, ip, agent, session,
               incoming="refreshToken", lag=131.6)
        for text, app, resource in plan
    ]  # fmt: skip


def avery_day(session: str, dice: Dice) -> list[SignIn]:
    """Sign in as the engineer did on the eve of the replay, at home, with the usual device."""
    first, last = at("2021-09-13T08:12:22.904417"), at("2021-09-13T16:40:12.371905")
    morning = SignIn(first, "interactive", dice.request(), PORTAL_APP, MANAGEMENT, dice.guid(), AVERY, AVERY.home)
    morning = replace(morning, agent=AVERY.browser(first), session=session)
    evening = replace(morning, time=last, kind="noninteractive", id=dice.request(), incoming="refreshToken")
    return [morning, replace(evening, app=OFFICE_APP, resource=SHAREPOINT, correlation=dice.guid())]


def lagged(sign_in: SignIn) -> datetime:
    return later(sign_in.time, sign_in.lag)
