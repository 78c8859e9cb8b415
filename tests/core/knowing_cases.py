"""Strategies: small whole numbers for times, two keys for scopes."""

from typing import Any

from hypothesis import strategies as st

from timeline.core.coverage import Collection, Defect, Field, Purge, State, Stream
from timeline.core.retention import Access, Ending, Limit, Policy, Restored
from timeline.core.rounding import Every
from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.core.spans import ALWAYS, BEGIN, END, tidy

RECORDS = [
    {"actor": actor, "mailbox": mailbox}
    for actor in ("ann@c", "bob@c", "ann@d", "eve", None)
    for mailbox in ("m1", "m2", None)
]
SCOPES = [
    EVERYTHING,
    EVERYTHING,
    EVERYTHING,
    scope_of({"actor": "ann@c"}),
    scope_of({"actor": "*@c"}),
    scope_of({"actor": "ann@*"}),
    scope_of({"actor": ["bob@c", "eve"]}),
    scope_of({}, {"actor": "ann@c"}),
    scope_of({"mailbox": "m1"}),
    scope_of({"actor": "*@c"}, {"mailbox": "m1"}),
]
instants = st.integers(0, 30)
spans = st.lists(st.tuples(instants, instants), max_size=3).map(tidy)
keeps = st.one_of(st.none(), st.integers(0, 20), st.integers(0, 20))
windows = st.one_of(st.just((BEGIN, END)), st.tuples(instants, instants), st.tuples(st.just(BEGIN), instants))
lags = st.tuples(st.integers(0, 3), st.integers(0, 4)).map(lambda lag: (lag[0], lag[0] + lag[1]))


def mostly(usual: Any, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(usual), st.just(usual), strategy)


maybe = mostly(None, st.booleans())
limits = st.lists(
    st.builds(Limit, instants, keeps, months=st.just(0), grace=mostly(None, st.integers(0, 6)), new_only=maybe),
    max_size=3,
)
some_instants = st.lists(instants, max_size=2).map(tuple)
ANY_SCOPE = st.sampled_from(SCOPES)
ANY_SEMANTICS = st.sampled_from(["rolling", "rolling", "stamped", "ring", "state", "none"])


restored = st.builds(Restored, st.tuples(instants, instants), instants, st.one_of(st.just(END), instants))
ways = st.builds(Access, st.just("portal"), mostly(None, st.integers(0, 20)), mostly(None, st.integers(0, 4))).map(
    lambda way: (way,)
)


@st.composite
def policies(
    draw: st.DrawFn,
    scopes: st.SearchStrategy[Scope] = ANY_SCOPE,
    semantics: st.SearchStrategy[str] = ANY_SEMANTICS,
) -> Policy:
    return Policy(
        store=draw(st.sampled_from(["native", "siem"])),
        semantics=draw(semantics),
        limits=tuple(draw(limits)),
        enabled=draw(mostly(ALWAYS, st.tuples(instants).map(lambda start: ((start[0], END),)))),
        latency=draw(st.integers(0, 4)),
        caps=tuple(draw(mostly([], limits))),
        priority=draw(mostly(None, st.integers(1, 3))),
        hold=draw(mostly(None, st.tuples(instants, st.one_of(instants, st.just(END))))),
        archive_after=draw(mostly(None, st.integers(0, 15))),
        restored=tuple(draw(mostly([], st.lists(restored, max_size=2)))),
        rounding=draw(mostly(None, st.builds(Every, st.integers(1, 6), st.integers(0, 5)))),
        unit=draw(mostly(0, st.integers(0, 5))),
        unit_by=draw(st.sampled_from(["newest", "oldest"])),
        overflow=draw(st.sampled_from(["drop_oldest", "drop_newest", "block"])),
        boots=draw(mostly((), some_instants)),
        accesses=draw(mostly((), ways)),
        ending=draw(mostly(Ending(), st.builds(Ending, instants, st.just("key destroyed")))),
        grace=draw(mostly(0, st.integers(0, 6))),
        lag=draw(mostly((0, 0), lags)),
        scope=draw(scopes),
        basis=draw(st.sampled_from(["declared", "catalogue", "inferred"])),
        anchor=draw(st.sampled_from(["event", "event", "receipt"])),
    )


@st.composite
def collections(draw: st.DrawFn, number: int = 0) -> Collection:
    return Collection(
        id=f"c{number}",
        store=draw(st.sampled_from(["native", "siem"])),
        collected_at=draw(mostly(None, instants).filter(lambda at: at is not None) | st.none()),
        window=draw(windows),
        scope=draw(st.sampled_from(SCOPES)),
        lost=draw(mostly((), spans)),
        oldest_seen=draw(st.one_of(st.none(), instants)),
        uncut=draw(st.booleans()),
        basis=draw(st.sampled_from(["declared", "inferred"])),
        newest_seen=draw(mostly(None, instants)),
        access=draw(st.sampled_from(["", "portal"])),
    )


@st.composite
def purges(draw: st.DrawFn) -> Purge:
    start = draw(instants)
    return Purge(
        at=draw(instants),
        span=(start, start + draw(st.integers(1, 10))),
        scope=draw(st.sampled_from(SCOPES)),
        store=draw(st.sampled_from([None, "native", "siem"])),
        cause="deleted by hand",
    )


@st.composite
def missing(draw: st.DrawFn) -> Field:
    return Field(
        draw(st.sampled_from(["session_id", "token_id"])), draw(spans), draw(st.sampled_from(SCOPES)), "not logged yet"
    )


@st.composite
def flaws(draw: st.DrawFn) -> Defect:
    start = draw(instants)
    return Defect(
        state=State(draw(st.sampled_from(["lossy", "silent", "disabled"]))),
        span=(start, start + draw(st.integers(1, 8))),
        scope=draw(st.sampled_from(SCOPES)),
        cause="planted",
        store=draw(st.sampled_from([None, None, "native"])),
        collection=draw(st.sampled_from([None, None, "c0"])),
    )


@st.composite
def streams(draw: st.DrawFn, most: int = 3) -> Stream:
    return Stream(
        name="s",
        policies=tuple(draw(st.lists(policies(), max_size=3))),
        collections=tuple(draw(collections(number)) for number in range(draw(st.integers(0, most)))),
        defects=tuple(draw(st.lists(flaws(), max_size=3))),
        first_seen=draw(st.one_of(st.none(), instants)),
        last_seen=draw(st.one_of(st.none(), instants)),
        as_of=draw(st.integers(0, 34)),
        attested=draw(mostly((), spans)),
        purges=tuple(draw(mostly([], st.lists(purges(), max_size=2)))),
        fields=tuple(draw(mostly([], st.lists(missing(), max_size=2)))),
    )
