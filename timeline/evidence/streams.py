"""Every stream of a case with its policies, collections and defects, as the core wants them: no decision is made here."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from timeline.case.config import CollectionSpec, Config
from timeline.case.origin import enclosing
from timeline.case.plans import resolved
from timeline.core.coverage import Collection, Defect, State, Stream
from timeline.core.retention import Policy, Semantics
from timeline.core.scope import EVERYTHING, scope_of
from timeline.core.spans import ALWAYS, BEGIN, END, Spans
from timeline.evidence.collected import Collected
from timeline.evidence.facts import Facts, Seen
from timeline.evidence.layout import Layouts
from timeline.evidence.limited import lost
from timeline.evidence.lost import ANY
from timeline.evidence.proofs import Proofs
from timeline.evidence.statements import logged, policy, purge
from timeline.evidence.switched import Switches
from timeline.globs import matches, weight
from timeline.policies.history import losses

INFERRED = "inferred"
UNREAD = Defect(State.LOSSY, (BEGIN, END), cause="a file of the collection could not be read at all", basis="ledger")
STRANGE = replace(UNREAD, cause="no record of this log was collected, and a file beside could not be recognised")


class Builder:
    """Makes the core's streams out of facts and settings."""

    def __init__(self, facts: Facts, config: Config, root: Path) -> None:
        self.facts, self.config, self.root = facts, config, root
        self.doubts: Callable[[Stream], tuple[Defect, ...]] = lambda _stream: ()
        self.silences: Callable[[str], tuple[Defect, ...]] = lambda _name: ()
        self.proofs = Proofs(facts.chains, root / config.digest_keys if config.digest_keys else None)
        self.members = {spec.id: self._members(spec) for spec in config.collections}
        bare = frozenset(spec.id for spec in config.collections if spec.bare)
        self.collected = Collected(facts.runs, facts.paths, self.members, bare)
        self.members |= self.collected.members
        self.switches = Switches(facts.changes, self._copies())
        self.layouts = Layouts(facts)

    def statements(self) -> tuple[Callable[[Path], int | None], Callable[[Path], str | None]]:
        """Give what the collections say of a file: when it was taken, and the zone of its local times."""

        def of(path: Path) -> list[CollectionSpec]:
            return [
                spec
                for spec in self.config.collections
                if not spec.paths or any(self._under(glob, path) for glob in spec.paths)
            ]

        return (
            lambda path: max((spec.collected_at for spec in of(path)), default=None),
            lambda path: next((spec.timezone for spec in of(path) if spec.timezone), None),
        )

    def names(self) -> list[str]:
        """Give all streams: those seen, and those that the settings name in full."""
        told = [spec.stream for spec in self.config.policies] + [spec.stream for spec in self.config.outages]
        told += [glob for spec in self.config.collections for glob in spec.streams]
        literal = {name for name in told if "/" in name and not any(sign in name for sign in "*?")}
        literal |= {chain.stream for chain in self.facts.chains}
        seen = {each.stream for each in self.facts.seen if not each.stream.startswith("collector.")}
        known = {name.lower() for name in seen}
        return sorted(seen | {name for name in literal if name.lower() not in known})

    def _copies(self) -> dict[int, frozenset[str]]:
        """Give for each file of a collection the copies that it was taken from, itself or in the same bytes."""
        found: dict[int, set[str]] = {}
        for spec in self.config.collections:
            for number in self.members[spec.id]:
                found.setdefault(number, set()).add(spec.store)
        for number, others in self.facts.twins.items():
            found.setdefault(number, set()).update(*(found.get(other, ()) for other in others))
        return {number: frozenset(stores) for number, stores in found.items() if stores}

    def _members(self, spec: CollectionSpec) -> set[int]:
        """Give the files that a collection covers."""
        if not spec.paths:
            return set(self.facts.paths)
        return {
            number for number, path in self.facts.paths.items() if any(self._under(glob, path) for glob in spec.paths)
        }

    def _under(self, glob: str, path: Path) -> bool:
        """Tell whether a glob over paths fits a file, or an archive around it."""
        whole = posixpath.normpath(f"{'' if glob.startswith('/') else self.root.as_posix()}/{glob}")
        return any(matches(whole, name) for name in enclosing(path.as_posix()))

    def stream(self, name: str, as_of: int) -> Stream:
        """Give one stream with everything known about it."""
        bare = self.bare(name, as_of)
        return replace(bare, defects=(*bare.defects, *self.silences(name)))

    def bare(self, name: str, as_of: int) -> Stream:
        """Give one stream with what is known before anybody asks whether it was too quiet."""
        seen = [each for each in self.facts.seen if each.stream.lower() == name.lower()]
        policies = self._policies(name)
        stated = tuple(one for spec in self.config.collections if (one := self._collection(spec, name, seen)))
        told = self.collected.on(Stream(name, policies, stated, (), None, None, as_of), seen)
        collections = told.collections
        last = max((each.delivered for each in seen), default=None)
        if not collections and policies and seen:
            collections = (_inferred(policies, seen),)
        built = Stream(
            name,
            policies,
            collections,
            (*self._defects(name, collections), *told.defects),
            min((each.first for each in seen), default=None),
            None if last is None else last + 1,
            as_of,
            attested=self.facts.attested.get(name, ()),
            purges=tuple(purge(spec) for spec in self.config.purges if matches(spec.stream, name)),
            fields=tuple(logged(spec) for spec in self.config.fields if matches(spec.stream, name)),
        )
        built = self.proofs.on(self.switches.on(built))
        built = self._laid_out(built)
        return replace(built, defects=(*built.defects, *self.doubts(built)))

    def _laid_out(self, built: Stream) -> Stream:
        """Where nobody states the collection, add what the folders and names of the files leave open."""
        if any(each.basis != INFERRED for each in built.collections):
            return built
        latency = max((each.latency for each in built.policies), default=0)
        flaws = self.layouts.defects(built.name, latency, built.attested)
        owner = INFERRED if built.collections else None
        return replace(built, defects=(*built.defects, *(replace(flaw, collection=owner) for flaw in flaws)))

    def _policies(self, name: str) -> tuple[Policy, ...]:
        fit = [spec for spec in self.config.policies if matches(spec.stream, name)]
        told = sorted(fit, key=lambda spec: weight(spec.stream))
        return tuple(policy(one) for spec in told for one in resolved(spec, name))

    def _collection(self, spec: CollectionSpec, name: str, seen: list[Seen]) -> Collection | None:
        mine = [each for each in seen if each.file_no in self.members[spec.id]]
        if spec.paths and not self.members[spec.id]:
            return None  # none of its files is in the case, so it shows nothing
        if not (any(matches(glob, name) for glob in spec.streams) if spec.streams else mine):
            return None
        lost = self._lost(spec, mine)
        window = (BEGIN if spec.start is None else spec.start, END if spec.end is None else spec.end)
        oldest = min((each.first for each in mine), default=None)
        uncut = spec.start is None and not spec.subjects and not any(start == BEGIN for start, _ in lost)
        scope = scope_of({"actor": spec.subjects}) if spec.subjects else EVERYTHING
        newest = max((each.last for each in mine), default=None)
        return Collection(
            spec.id,
            spec.store,
            spec.collected_at,
            window,
            scope,
            lost,
            oldest,
            uncut,
            newest_seen=newest,
            access=spec.access,
        )

    def _lost(self, spec: CollectionSpec, mine: list[Seen]) -> Spans:
        """Give the ends that a reached record limit cut off: the stated end, or the one that the order in the files tells."""
        if spec.max_records is None:
            return ()
        records = {number: self.facts.records.get(number, 0) for number in self.members[spec.id]}
        return lost(spec.max_records, records, mine, self.facts.order, spec.cut or "")

    def _defects(self, name: str, collections: tuple[Collection, ...]) -> tuple[Defect, ...]:
        known = {each.id for each in collections}
        found = [
            Defect(State.LOSSY, (spec.start, spec.end), cause=spec.why or "declared outage", basis="declared")
            for spec in self.config.outages
            if matches(spec.stream, name)
        ]
        for file_no, stream, defect in self.facts.defects:
            if stream.lower() == name.lower():
                found += self._owned(defect, {file_no, *self.facts.twins.get(file_no, ())}, known)
        for file_no, logs in sorted(self.facts.unread.items()):
            if self._could_be(name, file_no, logs, known):
                found += self._owned(replace(UNREAD, span=self.facts.extents[file_no]), {file_no}, known)
        found += self._missing(name, known)
        found += self._unrecognised(name, known)
        found += self._headless(name, collections)
        found += [defect for stream, defect in self.facts.marks if matches(stream, name)]
        found += losses(name)
        return tuple(found)

    def _could_be(self, name: str, file_no: int, logs: tuple[str, ...], known: set[str]) -> bool:
        """Tell whether a file that was not read could be of a stream: it is of its collections, or of none and of such a log."""
        if any(file_no in self.members.get(each, ()) for each in known):
            return True
        if any(file_no in self.members[spec.id] for spec in self.config.collections):
            return False
        # what may have been any log counts where nobody states what was collected
        counts = logs != ANY or known <= {INFERRED}
        return counts and any(matches(log, name.partition("/")[0]) for log in logs)

    def _unrecognised(self, name: str, known: set[str]) -> list[Defect]:
        """Doubt a collection that is said to hold a log, shows no record of it, and holds a file that no source recognises."""
        shown = {each.file_no for each in self.facts.seen if each.stream.lower() == name.lower()}
        doubted = (each for each in sorted(known) if self.members.get(each) and not self.members[each] & shown)
        return [replace(STRANGE, collection=each) for each in doubted if self.members[each] & self.facts.foreign]

    def _headless(self, name: str, collections: tuple[Collection, ...]) -> list[Defect]:
        """Doubt the time before the first record where its number says that there were others, and no policy, window or filter why."""
        kept = {each.store: each for each in self._policies(name) if each.scope == EVERYTHING}
        endless = {store for store, each in kept.items() if each.semantics == Semantics.NONE and each.enabled == ALWAYS}
        whole = [each for each in collections if each.store in endless and each.window[0] == BEGIN]
        heads = [defect for stream, defect in self.facts.heads if stream.lower() == name.lower()]
        return [replace(defect, collection=each.id) for defect in heads for each in whole if each.scope == EVERYTHING]

    def _missing(self, name: str, known: set[str]) -> list[Defect]:
        """Give the breaks in the numbers of records to the collections that no filter explains them in."""
        filtered = {spec.id for spec in self.config.collections if spec.subjects}
        owners: list[str | None] = [*sorted(known - filtered)] if known else [None]
        breaks = [defect for stream, defect in self.facts.breaks if stream.lower() == name.lower()]
        return [replace(defect, collection=owner) for defect in breaks for owner in owners]

    def _owned(self, defect: Defect, files: set[int], known: set[str]) -> list[Defect]:
        """Say of a defect of these files (all of the same bytes) which collections have it."""
        owners: list[str | None] = [each for each in sorted(known) if files & self.members.get(each, set())]
        evidence = tuple(f"file:{self.facts.paths[number].name}" for number in sorted(files))
        without = INFERRED if INFERRED in known else None
        return [replace(defect, evidence=evidence, collection=owner) for owner in owners or [without]]


def _inferred(policies: tuple[Policy, ...], seen: list[Seen]) -> Collection:
    """Give the collection that nobody stated: of the native copy if there is one, at a time that nobody knows."""
    stores = [each.store for each in policies]
    store = "native" if "native" in stores else stores[-1]
    return Collection(INFERRED, store, oldest_seen=min(each.first for each in seen), uncut=True, basis="inferred")
