"""The definitions of the coverage calculus, evaluated record by record and instant by instant: slow and plain.

Nothing of the sweeps of timeline.core is used here, only its values. Real time is walked in half steps, so that
"just after" and "just before" a whole instant are there too.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

from timeline.core.coverage import Collection, State, Stream
from timeline.core.retention import Access, Limit, Policy
from timeline.core.scope import Scope
from timeline.core.spans import END, Span

Record = Mapping[str, str | None]

ORDER = [
    "covered",
    "lossy",
    "silent",
    "pending",
    "archived",
    "not_collected",
    "unknown",
    "disabled",
    "not_enabled",
    "expired",
]
INSTANTS = range(-4, 37)
FIRST, LAST = INSTANTS[0], INSTANTS[-1] + 1
UNTIL = 110


def points(spans: Iterable[Span], among: Iterable[int] = INSTANTS) -> set[int]:
    return {e for e in among for start, end in spans if start <= e < end}


def matches(record: Record, scope: Scope) -> bool:
    for key, values, negated in scope.terms:
        value = record.get(key)
        hit = value is not None and any(fnmatchcase(value, glob) for glob in values)
        if hit == negated:
            return False
    return True


Change = tuple[int, float, int, bool]
"""When, how long, how long a shortening waits, and whether only new records are concerned."""


def limit_at(limits: Iterable[Limit], t: float) -> float:
    """The last limit that begins by then, or the first one; infinite for ever."""
    dated = {limit.start: limit.keep for limit in limits}
    starts = sorted(dated)
    keep = dated[max([start for start in starts if start <= t], default=starts[0])] if starts else None
    return float("inf") if keep is None else keep


@lru_cache(maxsize=256)
def changes(policy: Policy) -> list[Change]:
    """All changes of what is kept, the first from the beginning of time; the shorter of limit and cap holds."""
    dated = {}
    for limits in (policy.caps, policy.limits):
        for limit in sorted({limit.start: limit for limit in limits}.values())[1:]:
            grace = policy.grace if limit.grace is None else limit.grace
            dated[limit.start] = (grace, policy.semantics == "stamped" if limit.new_only is None else limit.new_only)
    both = [(-1000, 0, False), *((start, *more) for start, more in sorted(dated.items()))]
    return [(at, min(limit_at(policy.limits, at), limit_at(policy.caps, at)), grace, new) for at, grace, new in both]


def born(policy: Policy, e: int) -> int:
    """The number of the last change by then that concerned new records only."""
    return max(
        number for number, (start, _, _, new) in enumerate(changes(policy)) if number == 0 or (new and start <= e)
    )


def in_force(policy: Policy, e: int, t: float) -> float:
    """R(t) for the record of e: the rule of its birth, then each change for all, whose predecessor holds until the grace is over."""
    if policy.hold and policy.hold[0] <= t < policy.hold[1]:
        return float("inf")
    birth = born(policy, e)
    told = list(enumerate(changes(policy)))
    mine = [(start, keep, grace) for number, (start, keep, grace, new) in told[birth:] if number == birth or not new]
    mine[0] = (float("-inf"), *mine[0][1:])
    ends = [start + grace for start, _, grace in mine[1:]] + [float("inf")]
    return max(keep for (start, keep, _), end in zip(mine, ends, strict=True) if start <= t < end)


def overdue(policy: Policy, e: int, t: float, early: int) -> bool:
    """Deletion is decided at its last run, if it does not run all the time."""
    while policy.rounding and (t - policy.rounding.phase) % policy.rounding.period:
        t -= 0.5
    return t - e > max(0, in_force(policy, e, t) - early)


@lru_cache(maxsize=8192)
def death(policy: Policy, e: int, lag: int, early: int = 0) -> float:
    """The first half step at which the record of e is gone, if deletion comes `lag` after it is due."""
    run = 0
    for step in range(2 * e, 2 * UNTIL):
        run = run + 1 if overdue(policy, e, step / 2, early) else 0
        if run > 2 * lag:
            return step
    return float("inf")


def early(policy: Policy) -> int:
    """How much sooner a record may go because an older one of its file is overdue."""
    return policy.unit if policy.unit_by == "oldest" else 0


def late(policy: Policy) -> int:
    """How much later a record may go: its age counts from later, or a younger one of its file is kept."""
    return (policy.latency if policy.anchor != "event" else 0) + (policy.unit if policy.unit_by == "newest" else 0)


def by_age(policy: Policy) -> bool:
    return policy.semantics in ("rolling", "stamped") and bool(policy.limits or policy.caps)


Seen = tuple[int | None, bool, int | None]
"""The oldest record, whether nothing hid an older one, and the newest record."""


def fate(policy: Policy, e: int, at: float, seen: Seen = (None, False, None)) -> str:
    """ "kept", "gone" or "doubtful"."""
    if at >= policy.ending.at or any(e < boot <= at for boot in policy.boots):
        return "gone"
    if policy.semantics == "none" or e >= at or (policy.semantics == "ring" and policy.overflow == "block"):
        return "kept"
    if by_age(policy):
        if death(policy, e, policy.lag[0], early(policy)) > 2 * at:
            return "kept"
        if death(policy, e, policy.lag[1] + late(policy)) <= 2 * at:
            return "gone"
    return decided(policy, e, seen)


def decided(policy: Policy, e: int, seen: Seen) -> str:
    """What was seen decides the doubts."""
    (oldest, uncut, newest), ring = seen, policy.semantics == "ring"
    if oldest is None or policy.semantics == "state" or (by_age(policy) and born(policy, e) != born(policy, oldest)):
        return "doubtful"
    if ring and policy.overflow == "drop_newest":
        return "kept" if newest is not None and e <= newest else "doubtful"
    if e >= oldest:
        return "kept"
    return "gone" if uncut and (by_age(policy) or ring) else "doubtful"


def moment(stream: Stream, taken: Collection) -> int:
    if taken.collected_at is not None:
        return taken.collected_at
    return stream.as_of if stream.last_seen is None else stream.last_seen


def seen_in(stream: Stream, store: str, at: float | None) -> Seen:
    """What was seen in the store at one moment."""
    taken = [c for c in stream.collections if c.store == store and c.collected_at == at and c.oldest_seen is not None]
    if not taken or any(p.scope.terms for p in stream.policies if p.store == store):  # whose record it is, nobody says
        return None, False, None
    newest = max((c.newest_seen for c in taken if c.newest_seen is not None), default=None)
    return min(c.oldest_seen for c in taken), any(c.uncut and reaches_all(stream, c) for c in taken), newest


def reaches_all(stream: Stream, taken: Collection) -> bool:
    """Could the collection have shown records of any age? Not past an archive, nor by a way that looks back so far only."""
    own = [policy for policy in stream.policies if policy.store == taken.store]
    if not own:
        return True
    policy = max(reversed(own), key=detail)
    limited = any(way.name == taken.access and way.depth is not None for way in policy.accesses)
    return policy.archive_after is None and not limited


def policy_of(stream: Stream, record: Record, store: str) -> Policy | None:
    best = None
    for policy in stream.policies:
        wins = best is None or detail(policy) >= detail(best)
        if policy.store == store and matches(record, policy.scope) and wins:
            best = policy
    return best


def detail(policy: Policy) -> tuple[bool, int, int, int]:
    terms = policy.scope.terms
    literal = sum(min(len(v.replace("*", "")) for v in term.values) for term in terms)
    return policy.priority is not None, -(policy.priority or 0), len(terms), literal


def purged(stream: Stream, record: Record, e: int, store: str, at: float) -> bool:
    return any(
        purge.at <= at
        and purge.store in (None, store)
        and matches(record, purge.scope)
        and purge.span[0] <= e < min(purge.span[1], purge.at)
        for purge in stream.purges
    )


def archived(policy: Policy, e: int, at: float) -> bool:
    back = any(part.at <= at < part.until and part.span[0] <= e < part.span[1] for part in policy.restored)
    return policy.archive_after is not None and at - e > policy.archive_after and not back


def defects(stream: Stream, record: Record, e: int, store: str, collection: str) -> Iterator[str]:
    for flaw in stream.defects:
        here = flaw.span[0] <= e < flaw.span[1] and matches(record, flaw.scope)
        ours = flaw.store in (None, store) and flaw.collection in (None, collection)
        if here and ours and not (flaw.state == "silent" and e in points(stream.attested)):
            yield flaw.state


def vote(stream: Stream, record: Record, e: int, taken: Collection) -> str:
    """The first layer that fails for one collection."""
    policy = policy_of(stream, record, taken.store) or Policy(taken.store)
    at, flaws = moment(stream, taken), set(defects(stream, record, e, taken.store, taken.id))
    seen = seen_in(stream, taken.store, taken.collected_at)
    found, oldest = fate(policy, e, at, seen), seen[0]
    way = next((way for way in policy.accesses if way.name == taken.access), Access(""))
    latency = policy.latency if way.latency is None else way.latency
    if taken.collected_at is None and found == "kept" and (oldest is None or e < oldest):
        found = "doubtful"
    layers = {
        "not_enabled": e not in points(policy.enabled),
        "disabled": "disabled" in flaws,
        "expired": found == "gone" or purged(stream, record, e, taken.store, at),
        "unknown": found == "doubtful",
        "archived": archived(policy, e, at),
        "not_collected": not (taken.window[0] <= e < taken.window[1])
        or e in points(taken.lost)
        or e >= at
        or (way.depth is not None and at - e > way.depth)
        or not matches(record, taken.scope),
        "pending": at - latency <= e,
        "lossy": "lossy" in flaws,
        "silent": "silent" in flaws,
    }
    return next((state for state, fails in layers.items() if fails), "covered")


def untouched(stream: Stream, record: Record, e: int, store: str) -> str:
    """The state of a store of which no collection was taken."""
    policy, flaws = policy_of(stream, record, store), set(defects(stream, record, e, store, ""))
    if policy is None:
        layers = {"disabled": "disabled" in flaws, "expired": purged(stream, record, e, store, stream.as_of)}
        return next((state for state, fails in layers.items() if fails), "unknown")
    found = fate(policy, e, stream.as_of)
    layers = {
        "not_enabled": e not in points(policy.enabled),
        "disabled": "disabled" in flaws,
        "expired": found == "gone" or purged(stream, record, e, store, stream.as_of),
        "unknown": found == "doubtful",
        "archived": archived(policy, e, stream.as_of),
    }
    return next((state for state, fails in layers.items() if fails), "not_collected")


def unstated(stream: Stream, record: Record, e: int) -> str:
    flaws = set(defects(stream, record, e, "native", ""))
    seen = None not in (stream.first_seen, stream.last_seen) and stream.first_seen <= e < stream.last_seen
    layers = {
        "disabled": "disabled" in flaws,
        "expired": purged(stream, record, e, "native", UNTIL),
        "unknown": not seen,
        "lossy": "lossy" in flaws,
        "silent": "silent" in flaws,
    }
    return next((state for state, fails in layers.items() if fails), "covered")


def blind(stream: Stream, record: Record, e: int, fields: Iterable[str]) -> bool:
    """Is a field that is asked for not logged then?"""
    return any(f.name in fields and matches(record, f.scope) and e not in points(f.logged) for f in stream.fields)


def state(stream: Stream, record: Record, e: int, fields: Iterable[str] = ()) -> State:
    """The state of one instant for one record, for a question that asks for these fields."""
    found = best(stream, record, e)
    useful = ORDER.index(found) < ORDER.index("unknown") or mendable(stream, record, e)
    return State.NOT_ENABLED if useful and blind(stream, record, e, fields) else found


def best(stream: Stream, record: Record, e: int) -> State:
    """The best state that any copy and collection gives."""
    stores = {p.store for p in stream.policies} | {c.store for c in stream.collections}
    votes = set() if stores else {unstated(stream, record, e)}
    for store in stores:
        taken = [c for c in stream.collections if c.store == store]
        newest = max((moment(stream, c) for c in taken), default=None)
        if not taken:
            votes.add(untouched(stream, record, e, store))
        votes |= {vote(stream, record, e, c) for c in taken if e < moment(stream, c) or moment(stream, c) == newest}
    return State(min(votes, key=ORDER.index))


def held(stream: Stream, record: Record, e: int, store: str) -> bool:
    """Does the store surely hold it at `as_of`?"""
    policy = policy_of(stream, record, store)
    if policy is None or e not in points(policy.enabled):
        return False
    proven = e in points(stream.attested)
    own = [d for d in stream.defects if d.collection is None and d.store in (None, store)]
    own = [d for d in own if not (proven and d.state == "silent")]
    if any(d.span[0] <= e < d.span[1] and matches(record, d.scope) for d in own):
        return False
    if purged(stream, record, e, store, stream.as_of):
        return False
    return fate(policy, e, stream.as_of, seen_in(stream, store, stream.as_of)) == "kept"


def mendable(stream: Stream, record: Record, e: int, fields: Iterable[str] = ()) -> bool:
    return not blind(stream, record, e, fields) and any(
        held(stream, record, e, store) for store in {p.store for p in stream.policies}
    )


def lost_at(policy: Policy, e: int, as_of: int) -> int | None:
    """The instant from which on the record of e is lost, not before `as_of`; None: never."""
    ends = [policy.ending.at, *(boot for boot in policy.boots if boot > as_of and boot > e)]
    if by_age(policy):
        step = death(policy, e, policy.lag[0], early(policy))
        ends += [] if step == float("inf") else [max(int(step // 2), as_of)]
    return min((end for end in ends if end < END), default=None)
