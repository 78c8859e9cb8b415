"""Dated limits laid end to end: which rule is in force when, and for which of the records.

A policy is cut into segments of event time in which all records share one sequence of rules: a change that concerns only new
records begins a segment, any other change a rule in every segment before it. So "stamped" (each change begins a segment) and
"rolling" (none does) are the two ends of one scale, and deletion inside a segment is always rolling.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from timeline.core.policy import Limit, Policy, Semantics
from timeline.core.rounding import Calendar, Rounding, longest, shortest
from timeline.core.spans import BEGIN, END, Span


class Rule(NamedTuple):
    """In force from `start` until `end`: records are kept for `keep` (None: for ever) and `months` more."""

    start: int
    end: int
    keep: int | None
    months: int = 0


@dataclass(frozen=True)
class Segment:
    """The rules for all records of a span of event time."""

    span: Span
    rules: tuple[Rule, ...]
    rounding: Rounding | None = None

    def deleted(self, at: int, lag: int) -> int:
        """Give the event time before which everything was overdue for `lag` on end, at some moment up to `at`.

        This is the running maximum of t - R(t), and of its least value in the last `lag`: what a lengthened limit
        catches up with before the deletion is kept. Between two borders it only grows, so its values there are all that
        count.
        """
        borders = {at, *(m for rule in self.rules for m in (rule.start, rule.start + lag) if BEGIN < m <= at)}
        return max(max(self._overdue(moment, lag), self._nearly(moment, lag)) for moment in borders)

    def loses(self, event: int, as_of: int, lag: int) -> int:
        """Give the first moment, not before `as_of`, at which the record of this time is lost; END: never."""
        ends = (self._due(rule, event) + lag for rule in self.rules if rule.keep is not None)
        moments = {as_of, *ends, *(moment for rule in self.rules for moment in (rule.start, rule.start + lag))}
        later = sorted(moment for moment in moments if as_of <= moment < END)
        return next((at for at in later if max(self.deleted(at, lag), self._overdue(at, lag, soon=1)) > event), END)

    def _due(self, rule: Rule, event: int) -> int:
        """Give the moment at which the record is overdue under one rule."""
        due = event + (rule.keep or 0)
        if self.rounding is None:
            return due
        run = self.rounding.after(due)
        return self.rounding.back(run, -rule.months)

    def _overdue(self, at: int, lag: int, soon: int = 0) -> int:
        first = at - lag + (0 if self.rounding else soon)
        return min(self._since(rule, first) for rule in self.rules if rule.start <= at and rule.end > at - lag)

    def _nearly(self, at: int, lag: int) -> int:
        """Give the limit of `_overdue` from below: a rule that ends at this very moment has worked until then."""
        first = at - lag - (1 if self.rounding else 0)
        return min(self._since(rule, first) for rule in self.rules if rule.start < at and rule.end >= at - lag)

    def _since(self, rule: Rule, first: int) -> int:
        if rule.keep is None:
            return BEGIN
        moment = max(rule.start, first)
        if self.rounding:
            moment = self.rounding.back(self.rounding.before(moment), rule.months)
        return max(BEGIN, moment - rule.keep)


@lru_cache(maxsize=4096)
def segments(policy: Policy, *, most: bool) -> tuple[Segment, ...]:
    """Cut a policy by the changes that concern only new records; `most`: with the longest that it may mean, else the least."""
    changes = _changes(policy, most=most)
    births = [number for number, change in enumerate(changes) if not number or change.new_only]
    ends = [*(changes[number].start for number in births[1:]), END]
    found = []
    for number, end in zip(births, ends, strict=True):
        start = changes[number].start if number else BEGIN
        own = (changes[number], *(change for change in changes[number + 1 :] if not change.new_only))
        found.append(Segment((start, end), _rules(policy, own), policy.rounding))
    return tuple(found)


def _changes(policy: Policy, *, most: bool) -> list[Limit]:
    """Lay the limits and the caps over each other: the shorter of both holds."""
    limits, caps = (_plain(policy, some, most=most) for some in (policy.limits, policy.caps))
    dated = {**{limit.start: limit for limit in caps[1:]}, **{limit.start: limit for limit in limits[1:]}}
    first = _shorter(limits[:1], caps[:1])._replace(start=BEGIN)
    changes = [first]
    for start, change in sorted(dated.items()):
        both = _shorter(_in_force(limits, start), _in_force(caps, start))
        changes.append(change._replace(keep=both.keep, months=both.months))
    return changes


def _plain(policy: Policy, limits: tuple[Limit, ...], *, most: bool) -> list[Limit]:
    """Put the limits in order of time (the later of two of one date counts), with all that they leave to the policy."""
    new_only = policy.semantics == Semantics.STAMPED
    dated = {limit.start: limit for limit in limits}
    return [
        _length(policy, limit, most=most)._replace(
            grace=policy.grace if limit.grace is None else limit.grace,
            new_only=new_only if limit.new_only is None else limit.new_only,
        )
        for _, limit in sorted(dated.items())
    ]


def _length(policy: Policy, limit: Limit, *, most: bool) -> Limit:
    """Give how long at most or at least; months are exact only where deletion runs by months."""
    early = policy.unit if policy.unit_by == "oldest" and not most else 0
    by_month = isinstance(policy.rounding, Calendar) and policy.rounding.unit == "month" and not early
    if limit.keep is None and not limit.months:
        return limit
    if by_month:
        return limit._replace(keep=limit.keep or 0)
    months = (longest if most else shortest)(limit.months)
    return limit._replace(keep=max(0, (limit.keep or 0) + months - early), months=0)


def _in_force(limits: list[Limit], at: int) -> list[Limit]:
    return [next((limit for limit in reversed(limits) if limit.start <= at), limits[0])] if limits else []


def _shorter(one: list[Limit], other: list[Limit]) -> Limit:
    return min((*one, *other), key=_size, default=Limit(BEGIN, None))


def _size(limit: Limit | Rule) -> int:
    return END if limit.keep is None else limit.keep + shortest(limit.months)


def _rules(policy: Policy, changes: tuple[Limit, ...]) -> tuple[Rule, ...]:
    """Let a shortening take force after its grace, if nothing lengthened it until then; inside the hold nothing is deleted."""
    ends = [(change.start, change.start + (change.grace or 0)) for change in changes[1:]] + [(END, END)]
    stated = [
        Rule(change.start if number else BEGIN, shadow, change.keep, change.months)
        for number, (change, (_, shadow)) in enumerate(zip(changes, ends, strict=True))
    ]
    hold = policy.hold or (END, END)
    borders = {BEGIN, *hold, *(border for rule in stated for border in rule[:2])} - {END}
    dated = {
        _run(policy.rounding, border): Rule(border, END, None)
        if hold[0] <= border < hold[1]
        else max((rule for rule in stated if rule.start <= border < rule.end), key=_size)
        for border in sorted(borders)
    }
    starts = sorted(start for start in dated if start < END)
    return tuple(dated[start]._replace(start=start, end=end) for start, end in pairwise([*starts, END]))


def _run(rounding: Rounding | None, moment: int) -> int:
    """Give the first run of the deletion that is not before the moment."""
    if rounding is None or moment == BEGIN:
        return moment
    before = rounding.before(moment)
    return moment if before == moment else rounding.after(moment)
