"""One vote for each collection of each store: which layer fails first at each instant of event time."""

from dataclasses import dataclass
from typing import NamedTuple

from timeline.core.retention import Fate, Policy, Semantics, Sighting, archived, fate
from timeline.core.scope import EVERYTHING
from timeline.core.spans import ALWAYS, BEGIN, END, Spans, clip, common, minus, tidy, union
from timeline.core.stream import Collection, Defect, Purge, State, Stream
from timeline.core.sweep import Mark, Origin, Stroke, paint, strokes

LAYERS = (
    State.NOT_ENABLED,
    State.DISABLED,
    State.EXPIRED,
    State.UNKNOWN,
    State.ARCHIVED,
    State.NOT_COLLECTED,
    State.PENDING,
    State.LOSSY,
    State.SILENT,
    State.COVERED,
)
LAYER = {state: number for number, state in enumerate(LAYERS)}
MERIT = {state: number for number, state in enumerate(State)}
DOUBT = {"catalogue": 1, "inferred": 2}
UNLIMITED = "no retention policy is known, and nothing so old was seen"
UNDECIDED = "may have been deleted already, and nothing so old was seen"
UNTIMED = "nobody states when it was collected, and nothing so old was seen"
MUTABLE = "a state keeps no past: what was there may have been deleted by an action"
FULL = "the buffer may have been full, and then new records were dropped"
HOUR = 3_600_000_000


class Flaw(NamedTuple):
    """A defect and the spans in which it shows."""

    defect: Defect
    spans: Spans


class Hole(NamedTuple):
    """A purge and the spans that it took from every collection after it."""

    purge: Purge
    spans: Spans


@dataclass(frozen=True)
class View:
    """What concerns one atom of a stream: each store's policy, collections (with or without the atom), losses."""

    stream: Stream
    policies: dict[str, Policy]
    collections: tuple[tuple[Collection, bool], ...]
    flaws: tuple[Flaw, ...] = ()
    holes: tuple[Hole, ...] = ()

    def stores(self) -> list[str]:
        return sorted({policy.store for policy in self.stream.policies} | {c.store for c, _ in self.collections})

    def policy(self, store: str) -> Policy:
        """Give the store's policy; where nobody stated one, nothing is known of deletion."""
        return self.policies.get(store) or Policy(store, basis="inferred")

    def moment(self, taken: Collection) -> int:
        """Give the time of the collection, or the end of the latest delivery if nobody knows it."""
        if taken.collected_at is not None:
            return taken.collected_at
        return self.stream.as_of if self.stream.last_seen is None else self.stream.last_seen

    def sighting(self, store: str, moment: int | None) -> Sighting | None:
        """Give the oldest record found in the store at this moment, if all records there are kept by one rule."""
        taken = [c for c, _ in self.collections if (c.store, c.collected_at) == (store, moment)]
        seen = [c for c in taken if c.oldest_seen is not None]
        mixed = any(policy.scope != EVERYTHING for policy in self.stream.policies if policy.store == store)
        if mixed or not seen:
            return None
        newest = max((c.newest_seen for c in seen if c.newest_seen is not None), default=None)
        oldest = min(c.oldest_seen for c in seen if c.oldest_seen is not None)
        policy = self.policy(store)
        whole = (c.uncut and policy.archive_after is None and policy.access(c.access).depth is None for c in seen)
        return Sighting(oldest, any(whole), newest)

    def purged(self, store: str, at: int) -> Spans:
        """Give what was deleted from the store by hand, by a moment."""
        return union(*(hole.spans for hole in self.holes if hole.purge.at <= at and hole.purge.store in {None, store}))

    def purges(self, store: str) -> tuple[tuple[int, Spans], ...]:
        """Give when which event times are deleted from the store by hand."""
        return tuple((hole.purge.at, hole.spans) for hole in self.holes if hole.purge.store in {None, store})

    def held(self, store: str) -> Spans:
        """Give the event times that the store surely holds at `as_of`, or will hold when they come."""
        if store not in self.policies:
            return ()
        policy, as_of = self.policies[store], self.stream.as_of
        own = (
            each.spans for each in self.flaws if each.defect.collection is None and each.defect.store in {None, store}
        )
        kept = fate(policy, as_of, self.sighting(store, as_of)).kept
        return minus(common(kept, policy.enabled), union(*own, self.purged(store, as_of)))


def ballot(view: View) -> list[Stroke]:
    """Collect the votes of all stores, each stroke with the rank of its state among copies."""
    stores = view.stores()
    if not stores:
        return _ranked(paint(_unstated(view), (BEGIN, END)), 0)
    return [stroke for number, store in enumerate(stores) for stroke in _ranked(_store(view, store), number)]


def _ranked(votes: list[Stroke], store: int) -> list[Stroke]:
    return [
        Stroke(start, end, (MERIT[mark.state], DOUBT.get(mark.origin.basis, 0), store, *rank), mark)
        for start, end, rank, mark in votes
    ]


def _store(view: View, store: str) -> list[Stroke]:
    """Let each collection vote for the time before it, and the latest one also for the time after it."""
    taken = [(view.moment(c), c, within) for c, within in view.collections if c.store == store]
    shared = _flaws(view, store)
    if not taken:
        return paint([*_uncollected(view, store), *shared], (BEGIN, END))
    latest = max(moment for moment, _, _ in taken)
    votes: list[Stroke] = []
    for moment, collection, within in taken:
        until = END if moment == latest else moment
        votes += paint([*_collected(view, collection, within=within), *shared], (BEGIN, until))
    return votes


def _collected(view: View, taken: Collection, *, within: bool) -> list[Stroke]:
    """Draw all layers of one collection."""
    policy, moment = view.policy(taken.store), view.moment(taken)
    way = policy.access(taken.access)
    latency = policy.latency if way.latency is None else way.latency
    unseen = () if way.depth is None else tidy([(BEGIN, moment - way.depth)])
    known = Origin(_weaker(policy.basis, taken.basis), taken.store, policy.evidence)
    acquired = Origin(taken.basis, taken.store, (taken.id,) if taken.id else ())
    outside = minus(ALWAYS, tidy([taken.window]))
    return [
        *_retained(policy, _fate(view, taken), moment, known),
        *_purged(view, taken.store, moment),
        *_draw(unseen, State.NOT_COLLECTED, f"further back than {way.name} can look", known),
        *_draw(outside, State.NOT_COLLECTED, "outside the window that was collected", acquired),
        *_draw(() if within else ALWAYS, State.NOT_COLLECTED, "outside the filter of the collection", acquired),
        *_draw(taken.lost, State.NOT_COLLECTED, "cut off by a record limit", acquired),
        *_draw(tidy([(moment, END)]), State.NOT_COLLECTED, "later than the collection", acquired),
        *_draw(tidy([(moment - latency, moment)]), State.PENDING, "younger than the delivery latency", known),
        *_flaws(view, taken.store, taken.id),
        *_covered(view, known),
    ]


def _uncollected(view: View, store: str) -> list[Stroke]:
    """Draw what a store shows from which nothing was taken: what it still holds is there to be collected."""
    nothing = Collection("", store, view.stream.as_of)
    if store not in view.policies:
        unknown = _draw(ALWAYS, State.UNKNOWN, "nothing is known of this copy", Origin("inferred", store))
        return [*_purged(view, store, view.stream.as_of), *unknown]
    policy = view.policies[store]
    known = Origin(policy.basis, store, policy.evidence)
    return [
        *_retained(policy, _fate(view, nothing), view.stream.as_of, known),
        *_purged(view, store, view.stream.as_of),
        *_draw(ALWAYS, State.NOT_COLLECTED, "nothing was collected from this store", known),
    ]


def _unstated(view: View) -> list[Stroke]:
    """Draw a stream of which only the records are known: what lies between them counts as covered, weakly."""
    first, last = view.stream.first_seen, view.stream.last_seen
    seen = tidy([(first, last)]) if first is not None and last is not None else ()
    known = Origin("inferred", "native")
    return [
        *_purged(view, known.store, END),
        *_draw(minus(ALWAYS, seen), State.UNKNOWN, "no retention policy and no collection is known", known),
        *_flaws(view, known.store),
        *_covered(view, known),
    ]


def _retained(policy: Policy, found: Fate, moment: int, known: Origin) -> list[Stroke]:
    """Draw the layers of the store: switched on, not yet deleted, not yet archived."""
    own = known._replace(basis=policy.basis)
    ended = moment >= policy.ending.at
    return [
        *_draw(minus(ALWAYS, policy.enabled), State.NOT_ENABLED, "not switched on", own),
        *_draw(found.gone, State.EXPIRED, (ended and policy.ending.why) or "past its retention", known),
        *_draw(found.doubtful, State.UNKNOWN, _doubt(policy), known),
        *_draw(archived(policy, moment), State.ARCHIVED, _tier(policy), known),
    ]


def _doubt(policy: Policy) -> str:
    if policy.semantics == Semantics.STATE:
        return MUTABLE
    if policy.semantics == Semantics.RING and policy.overflow != "drop_oldest":
        return FULL
    if policy.semantics == Semantics.NONE:
        return UNTIMED
    return UNDECIDED if policy.ruled or policy.semantics == Semantics.RING else UNLIMITED


def _tier(policy: Policy) -> str:
    plain = "in a tier that was not restored"
    if policy.restore_latency is None:
        return plain
    return f"{plain}; restoring takes up to {policy.restore_latency / HOUR:g} h"


def _purged(view: View, store: str, moment: int) -> list[Stroke]:
    """Draw what was deleted by hand before the moment, behind what its age has deleted anyway."""
    drawn: list[Stroke] = []
    for purge, spans in view.holes:
        if purge.at <= moment and purge.store in {None, store}:
            origin = Origin(purge.basis, store, purge.evidence)
            drawn += strokes(spans, (LAYER[State.EXPIRED], 1), Mark(State.EXPIRED, purge.cause or "purged", origin))
    return drawn


def _flaws(view: View, store: str, collection: str | None = None) -> list[Stroke]:
    """Draw the defects of a store, or those of one collection of it."""
    drawn: list[Stroke] = []
    for flaw, spans in view.flaws:
        if flaw.store in {None, store} and flaw.collection == collection:
            drawn += _draw(spans, flaw.state, flaw.cause, Origin(flaw.basis, store, flaw.evidence))
    return drawn


def _covered(view: View, known: Origin) -> list[Stroke]:
    proven = Mark(State.COVERED, "", Origin("attestation", known.store))
    plain = Mark(State.COVERED, "", Origin(known.basis, known.store))
    return [
        *strokes(view.stream.attested, (LAYER[State.COVERED],), proven),
        *strokes(ALWAYS, (LAYER[State.COVERED] + 1,), plain),
    ]


def _fate(view: View, taken: Collection) -> Fate:
    """Tell what the store held when it was collected; if nobody knows when that was, only what was seen is sure."""
    sighting = view.sighting(taken.store, taken.collected_at)
    found = fate(view.policy(taken.store), view.moment(taken), sighting)
    if taken.collected_at is not None:
        return found
    kept = clip(found.kept, (sighting.oldest, END)) if sighting else ()
    return Fate(kept, found.gone, minus(ALWAYS, union(kept, found.gone)))


def _draw(spans: Spans, state: State, cause: str, origin: Origin) -> list[Stroke]:
    return strokes(spans, (LAYER[state],), Mark(state, cause, origin))


def _weaker(one: str, other: str) -> str:
    return max(one, other, key=lambda basis: DOUBT.get(basis, 0))
