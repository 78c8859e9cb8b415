"""Strategies: small whole numbers for times, two keys for scopes."""

from typing import Any

from hypothesis import strategies as st

from timeline.core.coverage import Collection, Defect, State, Stream
from timeline.core.retention import Limit, Policy
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
limits = st.lists(st.builds(Limit, instants, st.one_of(st.none(), st.integers(0, 20), st.integers(0, 20))), max_size=3)
windows = st.one_of(st.just((BEGIN, END)), st.tuples(instants, instants), st.tuples(st.just(BEGIN), instants))
lags = st.tuples(st.integers(0, 3), st.integers(0, 4)).map(lambda lag: (lag[0], lag[0] + lag[1]))


def mostly(usual: Any, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(usual), st.just(usual), strategy)


ANY_SCOPE = st.sampled_from(SCOPES)
ANY_SEMANTICS = st.sampled_from(["rolling", "rolling", "stamped", "ring", "none"])


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
        hold_from=draw(mostly(None, instants)),
        archive_after=draw(mostly(None, st.integers(0, 15))),
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
    )
