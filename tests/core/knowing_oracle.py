"""The definitions of the coverage calculus, evaluated record by record and instant by instant: slow and plain.

Nothing of the sweeps of timeline.core is used here, only its values. Real time is walked in half steps, so that
"just after" and "just before" a whole instant are there too.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

from timeline.core.coverage import Collection, State, Stream
from timeline.core.retention import Policy
from timeline.core.scope import Scope
from timeline.core.spans import Span

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


def stated_limit(policy: Policy, t: float) -> float:
    """R(t), infinite for ever; t may be a half."""
    keep = None
    limits = {limit.start: limit.keep for limit in sorted(policy.limits, key=lambda limit: limit.start)}
    for start in reversed(list(limits)):
        keep = limits[start]
        if start <= t:
            break
    return float("inf") if keep is None else keep


@lru_cache(maxsize=256)
def limits_in_force(policy: Policy) -> dict[int, float]:
    """R(t) with grace, for each half step from -20 on."""
    steps = range(-40, 2 * UNTIL)
    stated = {step: stated_limit(policy, step / 2) for step in range(-60, 2 * UNTIL)}
    back = 0 if policy.semantics == "stamped" else 2 * policy.grace
    return {step: max(stated[step - before] for before in range(back + 1)) for step in steps}


@lru_cache(maxsize=4096)
def death(policy: Policy, e: int, lag: tuple[int, int]) -> float:
    """The first half step at which the record of e is gone, if deletion comes `lag` after it is due."""
    if policy.semantics == "stamped":
        return 2 * (e + stated_limit(policy, e) + lag) + 1
    limits, run = limits_in_force(policy), 0
    for step in range(2 * e, 2 * UNTIL):
        run = run + 1 if step / 2 - e > limits[step] else 0
        if run > 2 * lag:
            return step
    return float("inf")


def deleted(policy: Policy, e: int, at: float, lag: tuple[int, int]) -> bool:
    """Is the record of e gone at the moment?"""
    return death(policy, e, lag) <= 2 * (at if policy.hold_from is None else min(at, policy.hold_from))


def rule_number(policy: Policy, e: int) -> int:
    return max((n for n, start in enumerate(sorted({limit.start for limit in policy.limits})) if n == 0 or start <= e))


def fate(policy: Policy, e: int, at: float, oldest: int | None = None, uncut: bool = False) -> str:
    """ "kept", "gone" or "doubtful"."""
    if policy.semantics == "none" or e >= at:
        return "kept"
    ruled = bool(policy.limits) and policy.semantics != "ring"
    late = policy.latency if policy.anchor != "event" else 0
    if ruled and not deleted(policy, e, at, policy.lag[0]):
        return "kept"
    if ruled and deleted(policy, e, at, policy.lag[1] + late):
        return "gone"
    stamped = policy.semantics == "stamped" and ruled
    if oldest is None or (stamped and rule_number(policy, e) != rule_number(policy, oldest)):
        return "doubtful"
    if e >= oldest:
        return "kept"
    return "gone" if uncut and (ruled or policy.semantics == "ring") else "doubtful"


def moment(stream: Stream, taken: Collection) -> int:
    if taken.collected_at is not None:
        return taken.collected_at
    return stream.as_of if stream.last_seen is None else stream.last_seen


def oldest_in(stream: Stream, store: str, at: float) -> tuple[int | None, bool]:
    """What was seen in the store at one moment: (oldest, uncut)."""
    taken = [c for c in stream.collections if c.store == store and c.collected_at == at and c.oldest_seen is not None]
    if not taken or len({p.scope for p in stream.policies if p.store == store}) > 1:
        return None, False
    return min(c.oldest_seen for c in taken), any(c.uncut for c in taken)


def policy_of(stream: Stream, record: Record, store: str) -> Policy | None:
    best = None
    for policy in stream.policies:
        wins = best is None or detail(policy) >= detail(best)
        if policy.store == store and matches(record, policy.scope) and wins:
            best = policy
    return best


def detail(policy: Policy) -> tuple[int, int]:
    terms = policy.scope.terms
    return len(terms), sum(min(len(v.replace("*", "")) for v in term.values) for term in terms)


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
    oldest, uncut = oldest_in(stream, taken.store, taken.collected_at)
    found = fate(policy, e, at, oldest, uncut)
    if taken.collected_at is None and found == "kept" and (oldest is None or e < oldest):
        found = "doubtful"
    layers = {
        "not_enabled": e not in points(policy.enabled),
        "disabled": "disabled" in flaws,
        "expired": found == "gone",
        "unknown": found == "doubtful",
        "archived": policy.archive_after is not None and at - e > policy.archive_after,
        "not_collected": not (taken.window[0] <= e < taken.window[1])
        or e in points(taken.lost)
        or e >= at
        or not matches(record, taken.scope),
        "pending": at - policy.latency <= e,
        "lossy": "lossy" in flaws,
        "silent": "silent" in flaws,
    }
    return next((state for state, fails in layers.items() if fails), "covered")


def untouched(stream: Stream, record: Record, e: int, store: str) -> str:
    """The state of a store of which no collection was taken."""
    policy, flaws = policy_of(stream, record, store), set(defects(stream, record, e, store, ""))
    if policy is None:
        return "disabled" if "disabled" in flaws else "unknown"
    found = fate(policy, e, stream.as_of)
    layers = {
        "not_enabled": e not in points(policy.enabled),
        "disabled": "disabled" in flaws,
        "expired": found == "gone",
        "unknown": found == "doubtful",
        "archived": policy.archive_after is not None and stream.as_of - e > policy.archive_after,
    }
    return next((state for state, fails in layers.items() if fails), "not_collected")


def unstated(stream: Stream, record: Record, e: int) -> str:
    flaws = set(defects(stream, record, e, "native", ""))
    seen = None not in (stream.first_seen, stream.last_seen) and stream.first_seen <= e < stream.last_seen
    if "disabled" in flaws or not seen:
        return "disabled" if "disabled" in flaws else "unknown"
    return next((state for state in ("lossy", "silent") if state in flaws), "covered")


def state(stream: Stream, record: Record, e: int) -> State:
    """The state of one instant for one record."""
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
    own = [d for d in stream.defects if d.collection is None and d.store in (None, store)]
    if any(d.span[0] <= e < d.span[1] and matches(record, d.scope) for d in own):
        return False
    oldest, uncut = oldest_in(stream, store, stream.as_of)
    return fate(policy, e, stream.as_of, oldest, uncut) == "kept"


def mendable(stream: Stream, record: Record, e: int) -> bool:
    return any(held(stream, record, e, store) for store in {p.store for p in stream.policies})


def lost_at(policy: Policy, e: int, as_of: int) -> int | None:
    """The instant from which on the record of e is lost, not before `as_of`; None: never."""
    if policy.semantics in ("none", "ring") or not policy.limits:
        return None
    step = death(policy, e, policy.lag[0])
    if step == float("inf") or (policy.hold_from is not None and step > 2 * policy.hold_from):
        return None
    return max(int(step // 2), as_of)
