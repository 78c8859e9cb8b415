"""What a store still holds at a moment, when its rules change over the years and deletion is not exact."""

from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import ALWAYS, BEGIN, END, Span, Spans, clip, common, minus, tidy, union


class Semantics(StrEnum):
    """How a rule decides what is deleted."""

    ROLLING = "rolling"
    STAMPED = "stamped"
    RING = "ring"
    NONE = "none"


class Limit(NamedTuple):
    """From `start` on records are kept for `keep` microseconds (None: for ever)."""

    start: int
    keep: int | None


class Band(NamedTuple):
    """Everything from `kept_from` on is certainly there, everything before `gone_before` certainly deleted."""

    kept_from: int
    gone_before: int


@dataclass(frozen=True)
class Policy:
    """The dated retention rule of one store, for the records of one scope.

    Durations are microseconds. Before the first dated limit the first one holds; without limits nothing is known of
    deletion. `latency` is the longest time from an event to its delivery, `grace` the time that a shortening waits,
    `lag` how late a deletion is, at least and at most (END: no bound). The age counts from the `anchor`: "event", or
    something that happens up to `latency` later.
    """

    store: str = "native"
    semantics: str = Semantics.ROLLING
    limits: tuple[Limit, ...] = ()
    enabled: Spans = ALWAYS
    latency: int = 0
    hold_from: int | None = None
    archive_after: int | None = None
    grace: int = 0
    lag: tuple[int, int] = (0, 0)
    scope: Scope = EVERYTHING
    basis: str = "declared"
    evidence: tuple[str, ...] = ()
    anchor: str = "event"


class Rule(NamedTuple):
    """A limit that is in force from `start` until `end`."""

    start: int
    end: int
    keep: int | None


@dataclass(frozen=True)
class Fate:
    """What became of event times in a store: surely kept, surely deleted, or neither is known."""

    kept: Spans
    gone: Spans
    doubtful: Spans


@dataclass(frozen=True)
class Sighting:
    """The oldest record that was found in a store; `uncut` if no window, filter or limit hid older ones."""

    oldest: int
    uncut: bool


def fate(policy: Policy, at: int, sighting: Sighting | None = None) -> Fate:
    """Tell for every event time what became of it in the store at the moment `at`; a sighting decides the doubts."""
    kept, gone = _certain(policy, at)
    doubtful = minus(ALWAYS, union(kept, gone))
    if sighting is None:
        return Fate(kept, gone, doubtful)
    ruled = clip(doubtful, _ruled_alike(policy, sighting.oldest))
    seen = clip(ruled, (sighting.oldest, END))
    lost = minus(ruled, seen) if sighting.uncut and _has_rule(policy) else ()
    return Fate(union(kept, seen), union(gone, lost), minus(doubtful, union(seen, lost)))


def horizon(policy: Policy, at: int, sighting: Sighting | None = None) -> Band:
    """Give the band in which the oldest event time lies that the store holds at the moment `at`."""
    found = fate(policy, at, sighting)
    missing = union(found.gone, found.doubtful)
    from_begin = found.gone and found.gone[0][0] == BEGIN
    return Band(missing[-1][1] if missing else BEGIN, found.gone[0][1] if from_begin else BEGIN)


def archived(policy: Policy, at: int) -> Spans:
    """Give the event times that the store has moved to a tier from which they must be restored."""
    return () if policy.archive_after is None else tidy([(BEGIN, at - policy.archive_after)])


def expires(policy: Policy, span: Span, as_of: int) -> int | None:
    """Give the instant at which the store begins to lose what it holds of the span at `as_of`; None: never, or gone."""
    held = common(clip(fate(policy, as_of).kept, span), policy.enabled)
    if not held or not _has_rule(policy) or policy.semantics == Semantics.RING:
        return None
    if policy.semantics == Semantics.STAMPED:
        ends = [_stamp_ends(policy, rule, clip(held, (rule.start, rule.end))) for rule in _rules(policy)]
    else:
        ends = [_rolls_over(policy, held[0][0], as_of)]
    first = min((end for end in ends if end is not None), default=END)
    return None if first >= min(END, END if policy.hold_from is None else policy.hold_from) else max(first, as_of)


def _has_rule(policy: Policy) -> bool:
    """Tell whether the policy says anything of deletion: it may be there for its latency or switch-on date alone."""
    return policy.semantics == Semantics.RING or (policy.semantics != Semantics.NONE and bool(policy.limits))


def _certain(policy: Policy, at: int) -> tuple[Spans, Spans]:
    """Split off what is surely kept and what is surely gone."""
    if policy.semantics == Semantics.NONE:
        return ALWAYS, ()
    if policy.semantics == Semantics.RING or not policy.limits:
        return ((at, END),), ()
    frozen = at if policy.hold_from is None else min(at, policy.hold_from)
    least, most = _lags(policy)
    rules = _rules(policy)
    if policy.semantics == Semantics.STAMPED:
        kept = tidy((max(rule.start, _past(frozen, rule, least)), rule.end) for rule in rules)
        gone = tidy((rule.start, min(rule.end, _past(frozen, rule, most))) for rule in rules)
    else:
        kept = tidy([(_deleted(rules, frozen, least), END)])
        gone = tidy([(BEGIN, _deleted(rules, frozen, most))])
    return kept, gone if most < END else ()


def _lags(policy: Policy) -> tuple[int, int]:
    """Count an anchor that comes later than the event as a deletion that may come later."""
    least, most = policy.lag
    return least, most if policy.anchor == "event" else most + policy.latency


def _ruled_alike(policy: Policy, instant: int) -> Span:
    """Give the event times for which the record seen at the instant speaks: stamps differ from rule to rule."""
    if policy.semantics != Semantics.STAMPED or not policy.limits:
        return BEGIN, END
    return next(((rule.start, rule.end) for rule in _rules(policy) if rule.start <= instant < rule.end), (BEGIN, END))


def _rules(policy: Policy) -> tuple[Rule, ...]:
    """Lay the limits end to end; a shortening takes force after the grace, if nothing lengthened it until then."""
    grace = 0 if policy.semantics == Semantics.STAMPED else policy.grace
    dated: dict[int, int | None] = dict(sorted(policy.limits, key=itemgetter(0)))
    stated = _end_to_end(list(dated.items()))
    borders = sorted({BEGIN, *(rule.start for rule in stated), *(rule.start + grace for rule in stated[1:])})
    return _end_to_end([(start, _longest(stated, start - grace, start)) for start in borders])


def _end_to_end(starts: list[tuple[int, int | None]]) -> tuple[Rule, ...]:
    ends = [start for start, _ in starts[1:]] + [END]
    return tuple(
        Rule(start if number else BEGIN, end, keep)
        for number, ((start, keep), end) in enumerate(zip(starts, ends, strict=True))
    )


def _longest(rules: tuple[Rule, ...], first: int, last: int) -> int | None:
    keeps = [rule.keep for rule in rules if rule.start <= last and rule.end > first]
    return None if None in keeps else max(keep for keep in keeps if keep is not None)


def _past(at: int, rule: Rule, lag: int) -> int:
    """Give the event time whose limit under the rule ran out `lag` before `at`."""
    return BEGIN if rule.keep is None else max(BEGIN, at - rule.keep - lag)


def _deleted(rules: tuple[Rule, ...], at: int, lag: int) -> int:
    """Give the event time before which everything was overdue for `lag` on end, at some moment up to `at`.

    This is the running maximum of t - R(t), and of its least value in the last `lag`: what a lengthened limit catches
    up with before the deletion is kept. Between two borders it only grows, so its values there are all that count.
    """
    borders = {at, *(moment for rule in rules for moment in (rule.start, rule.start + lag) if BEGIN < moment <= at)}
    return max(max(_overdue(rules, moment, lag), _nearly(rules, moment, lag)) for moment in borders)


def _overdue(rules: tuple[Rule, ...], at: int, lag: int, soon: int = 0) -> int:
    return min(_since(rule, at - lag + soon) for rule in rules if rule.start <= at and rule.end > at - lag)


def _nearly(rules: tuple[Rule, ...], at: int, lag: int) -> int:
    """Give the limit of `_overdue` from below: a rule that ends at this very moment has worked until then."""
    return min(_since(rule, at - lag) for rule in rules if rule.start < at and rule.end >= at - lag)


def _since(rule: Rule, first: int) -> int:
    return BEGIN if rule.keep is None else max(BEGIN, max(rule.start, first) - rule.keep)


def _stamp_ends(policy: Policy, rule: Rule, held: Spans) -> int | None:
    return held[0][0] + rule.keep + policy.lag[0] if held and rule.keep is not None else None


def _rolls_over(policy: Policy, oldest: int, as_of: int) -> int | None:
    """Give the first moment after which the rolling horizon has passed the oldest event time."""
    rules, lag = _rules(policy), policy.lag[0]
    ends = {oldest + rule.keep + lag for rule in rules if rule.keep is not None}
    moments = {as_of, *ends, *(moment for rule in rules for moment in (rule.start, rule.start + lag))}
    later = sorted(moment for moment in moments if as_of <= moment < END)
    lost = (at for at in later if max(_deleted(rules, at, lag), _overdue(rules, at, lag, soon=1)) > oldest)
    return next(lost, None)
