"""The collections that collectors' own logs attest: which files each run speaks of, and what becomes of collections that people state beside it.

A log speaks of the files in its own folder and below; where it has none of a stream, what it says was left out counts for those beside that
folder. Where case.toml states a collection of the same files with a window, a filter or a record limit, that counts, and the log adds what
it says was left out. Where it states none of these, the runs take its place, at its time and from its store. Files that neither speaks of
are a collection that nobody stated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from timeline.core.coverage import Collection, Defect, State, Stream
from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.evidence.collectors import Loss, Plan, Run
from timeline.evidence.facts import Seen
from timeline.globs import matches

ATTESTED = "attestation"
REST = "inferred"
MOST = 16
"""Of so many parts with filters of their own each is told apart; of more only that the searches were narrow."""
UNTOLD = "the collector searched with many narrow filters"
NO_FILE = "the collector counted records in this window, and the case has no file of it"


@dataclass(frozen=True)
class Told:
    """A run with the name of its collection, the numbers of the files that it speaks of, and those in the folder around its log's."""

    id: str
    run: Run
    files: frozenset[int]
    near: frozenset[int] = frozenset()

    @property
    def scope(self) -> Scope:
        """Give the filter of the run."""
        return scope_of(self.run.where) if self.run.where else EVERYTHING

    def collection(self, seen: Iterable[Seen], stated: Collection | None) -> Collection | None:
        """Give it as a collection of one stream, at the time and from the store that people state, if they do."""
        if self.run.window is None:
            return None
        mine = [each for each in seen if each.file_no in self.files]
        start, end = self.run.window
        if stated is None:
            end = max(start + 1, min(end, self.run.low))
        at = self.run.high if stated is None else stated.collected_at
        found = Collection(self.id, "native", at, (start, end), self.scope, basis=ATTESTED)
        if stated is not None:
            found = replace(found, store=stated.store, access=stated.access)
        oldest, newest = (
            min((each.first for each in mine), default=None),
            max((each.last for each in mine), default=None),
        )
        return replace(found, oldest_seen=oldest, newest_seen=newest)

    def defects(self, collection: str | None, seen: Iterable[Seen]) -> Iterator[Defect]:
        """Give what the run left out, as defects of a collection."""
        losses = [*self.run.losses, *(_unfilled(each) for each in self.run.plans if not _held(each, seen, self.files))]
        for state, span, why, event, _ in losses:
            yield Defect(state, span, self.scope, why, ATTESTED, (event,), collection=collection)


def _held(plan: Plan, seen: Iterable[Seen], files: frozenset[int]) -> bool:
    """Tell whether a planned window is empty, or some file has records of it."""
    start, end = plan.span
    return not plan.records or any(each.file_no in files and each.first < end and start <= each.last for each in seen)


def _unfilled(plan: Plan) -> Loss:
    return Loss(State.NOT_COLLECTED, plan.span, NO_FILE, plan.event)


class Collected:
    """What the collectors' logs of a case say of its files.

    `members` has the files of the collections that people state; `bare` those among them without window, filter and record limit.
    """

    def __init__(
        self, runs: Iterable[Run], paths: Mapping[int, Path], members: Mapping[str, set[int]], bare: frozenset[str]
    ) -> None:
        self.paths, self.stated, self.bare = paths, dict(members), bare
        runs = list(runs)
        below = {log: (self._below(log, 1), self._below(log, 2)) for log in {each.log for each in runs}}
        names = _named(_called(each) for each in runs)
        self.told = [Told(name, each, *below[each.log]) for name, each in zip(names, runs, strict=True)]
        self.members = {each.id: set(each.files) for each in self.told}

    def _below(self, log: PurePath, levels: int) -> frozenset[int]:
        """Give the files in the log's folder (or the one around it) and below; the members of an archive are below its folders too."""
        folder = f"{_slashed(log).rsplit('/', levels)[0]}/"
        return frozenset(number for number, path in self.paths.items() if _slashed(path).startswith(folder))

    def on(self, stream: Stream, seen: list[Seen]) -> Stream:
        """Give a stream that has the stated collections alone with what the logs say of it."""
        here = {each.file_no for each in seen}
        fit = [each for each in self._of(stream.name) if each.files & here]
        if not fit:
            return stream if stream.collections else self._around(stream, here)
        spoken = {number for each in fit for number in each.files}
        kept, found, flaws = [], list[Collection](), list[Defect]()
        for stated in stream.collections:
            mine = self.stated.get(stated.id, set()) & here
            theirs = [each for each in fit if each.files & mine]
            taken = _taken(theirs, seen, stated) if stated.id in self.bare and mine <= spoken else []
            kept += [] if taken else [stated]
            found += taken
            flaws += _left(theirs, seen, [each.id for each in taken] or [stated.id], own=bool(taken))
        known = {number for each in stream.collections for number in self.stated.get(each.id, ())}
        alone = [each for each in fit if not each.files & here & known]
        mine_alone = _taken(alone, seen, None)
        owners: list[str | None] = [each.id for each in mine_alone] or [REST if stream.policies else None]
        flaws += [*_left(alone, seen, owners, own=bool(mine_alone)), *_waits(alone, stream)]
        rest = _rest(seen, spoken | known) if mine_alone else []
        return replace(stream, collections=(*kept, *found, *mine_alone, *rest), defects=(*stream.defects, *flaws))

    def _around(self, stream: Stream, here: set[int]) -> Stream:
        """Give a stream of which only logs in a folder beside its files speak: what they say was left out may be missing in these."""
        owner = REST if stream.policies else None
        flaws = [
            Defect(loss.state, loss.span, each.scope, loss.why, ATTESTED, (loss.event,), collection=owner)
            for each in self._of(stream.name)
            for loss in each.run.losses
            if each.near & here and not loss.derived
        ]
        return replace(stream, defects=(*stream.defects, *flaws))

    def _of(self, stream: str) -> list[Told]:
        """Give what is told of a stream; too many narrow parts are told as ones that say little."""
        fit = [each for each in self.told if any(matches(glob, stream) for glob in each.run.streams)]
        if len({each.scope for each in fit}) <= MOST:
            return fit
        return [each if each.scope == EVERYTHING else _vague(each) for each in fit]


def _taken(told: Iterable[Told], seen: list[Seen], stated: Collection | None) -> list[Collection]:
    return [one for each in told if (one := each.collection(seen, stated)) is not None]


def _left(told: Iterable[Told], seen: list[Seen], owners: Sequence[str | None], *, own: bool) -> Iterator[Defect]:
    """Give what runs left out: those with a window that are collections of their own to these, all else to each owner."""
    for each in told:
        for owner in [each.id] if own and each.run.window is not None else owners:
            yield from each.defects(owner, seen)


def _vague(told: Told) -> Told:
    """Give a narrow run as one of everything that brought nothing for certain."""
    run = told.run
    loss = [] if run.window is None else [Loss(State.NOT_COLLECTED, run.window, UNTOLD, "")]
    return replace(told, run=replace(run, where={}, losses=(*run.losses, *loss)))


def _waits(told: Iterable[Told], stream: Stream) -> Iterator[Defect]:
    """Give what was younger than the delivery latency when it was collected, if only bounds of that moment are known."""
    latency = max((policy.latency for policy in stream.policies), default=0)
    for each in told:
        if latency and each.run.low < each.run.high:
            span = (each.run.low - latency, each.run.low)
            yield Defect(
                State.PENDING, span, EVERYTHING, "younger than the delivery latency", ATTESTED, collection=each.id
            )


def _rest(seen: list[Seen], spoken: set[int]) -> list[Collection]:
    """Give the files of which no log and nobody speaks as a collection of what lies between their records."""
    other = [each for each in seen if each.file_no not in spoken]
    if not other:
        return []
    first, last = min(each.first for each in other), max(each.delivered for each in other)
    return [Collection(REST, window=(first, last + 1), oldest_seen=first, basis="inferred", newest_seen=last)]


def _slashed(path: PurePath) -> str:
    return path.as_posix().replace("!", "/")


def _named(names: Iterable[str]) -> Iterator[str]:
    """Make names unique: logs in folders of the same name are told apart by their number."""
    met = Counter[str]()
    for name in names:
        met[name] += 1
        yield name if met[name] == 1 else f"{name} #{met[name]}"


def _called(run: Run) -> str:
    """Name a run by its tool, its log and the line where it begins, and say if the zone of its clock is not known."""
    doubt = "" if run.low == run.high else ", the zone of its clock is unknown"
    return f"{run.tool} ({'/'.join(_slashed(run.log).split('/')[-2:])}:{run.first}{doubt})"
