"""What a search over whole streams is worth: found, absent or unknown by the coverage of every stream that could have shown it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import BEGIN, Span, Spans, union
from timeline.core.verdict import Loss, Need, Verdict, Witness, censor, judge, nobody, witness
from timeline.evidence import frames
from timeline.evidence.knowledge import Knowledge

WEAK = "best_effort"


@dataclass(frozen=True)
class Seen:
    """What a search found: how many events, the first and the last of them (µs); `open` says that some could not be decided."""

    rows: int = 0
    first: int | None = None
    last: int | None = None
    open: bool = False


@dataclass(frozen=True)
class Asked:
    """What must have been listening: streams of the case (True: an absence there is weak), what the case lacks, for which records."""

    streams: tuple[tuple[str, bool], ...]
    lacking: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    fields: tuple[str, ...] = ()


class Weigher:
    """Weighs searches of one case over one window; works out nothing twice."""

    def __init__(self, knowledge: Knowledge, window: Span | None = None) -> None:
        self.knowledge, self.window = knowledge, window or knowledge.window
        self._made: dict[tuple[str, Scope, Span, tuple[str, ...], bool], Witness] = {}

    def row(self, seen: Seen, asked: Asked) -> dict[str, object]:
        """Give the columns `verdict, strength, rows, first, last, first_is, last_is, uncovered`."""
        verdict = self.verdict(seen, asked)
        flags = self.flags(seen, verdict, asked)
        return {
            "verdict": str(verdict.verdict),
            "strength": None if verdict.strength is None else str(verdict.strength),
            "rows": seen.rows,
            "first": seen.first,
            "last": seen.last,
            "first_is": flags[0],
            "last_is": flags[1],
            "uncovered": [frames.loss_row(loss.stream, loss.gap) for loss in verdict.uncovered],
        }

    def verdict(self, seen: Seen, asked: Asked) -> Verdict:
        """Judge what was found against what could have been."""
        return judge(seen.rows, [self._need(asked, self.window)], candidates=int(seen.open))

    def losses(self, asked: Asked) -> tuple[Loss, ...]:
        """Give what is not covered of those who must have been listening."""
        return self.verdict(Seen(), asked).uncovered

    def flags(self, seen: Seen, verdict: Verdict, asked: Asked) -> tuple[str | None, str | None]:
        """Tell whether there may be something before the first and after the last finding."""
        if seen.first is None or seen.last is None:
            return None, None
        unseen: Spans = union(verdict.spans, self._before(asked), (self.window,) if seen.open else ())
        first, last = censor(seen.first, seen.last, (self.window[0] - 1, self.window[1]), unseen)
        return str(first), str(last)

    def _before(self, asked: Asked) -> Spans:
        """Where nobody states when the case begins, give the instant before its oldest record if more could have been there."""
        start = self.window[0]
        if self.knowledge.config.start != BEGIN or start != self.knowledge.window[0]:
            return ()
        return ((start - 1, start),) if judge(0, [self._need(asked, (BEGIN, start))]).spans else ()

    def _need(self, asked: Asked, window: Span) -> Need:
        heard = [self._witness(name, asked, window, weak=weak) for name, weak in asked.streams]
        missing = [nobody(what) for what in asked.lacking]
        return Need((window,), ((*heard, *missing) or (nobody("no log could show it"),),))

    def _witness(self, name: str, asked: Asked, window: Span, *, weak: bool) -> Witness:
        key = (name, asked.scope, window, asked.fields, weak)
        if key not in self._made:
            source = self.knowledge.source_of(name)[1]
            covered = self.knowledge.coverage(name, window, asked.fields)
            made = witness(name, source.completeness if source else WEAK, covered, asked.scope)
            self._made[key] = replace(made, completeness=WEAK, proven=()) if weak else made
        return self._made[key]

    def siblings(self, names: Iterable[str]) -> tuple[str, ...]:
        """Name the streams beside these that must be heard too before their silence means anything, and that the case lacks."""
        here = {name.lower() for name in self.knowledge.names}
        beside = {each: None for name in names for each in self._beside(name)}
        return tuple(each for each in beside if each.lower() not in here)

    def _beside(self, name: str) -> Iterable[str]:
        source, scope = self.knowledge.source_of(name)[1], name.partition("/")[2]
        for sibling in source.siblings if source else ():
            yield sibling.replace("{account}", scope.partition("/")[0]) if "/" in sibling else f"{sibling}/{scope}"
