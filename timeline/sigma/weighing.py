"""The verdict on each rule: what it lacks, and whether its log could have shown what it looks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from timeline.core.formula import wanted
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.stating import SOUGHT, Stating, statements
from timeline.evidence.weigh import Asked, Weigher
from timeline.globs import matches
from timeline.sigma.checks import Check
from timeline.sigma.logs import streams_of
from timeline.sigma.reading import Rule
from timeline.sigma.scan import Scanned


@dataclass(frozen=True)
class Standing:
    """What a rule stands on: who must have been listening, whether some records stay undecided, and in words what it lacks."""

    asked: Asked
    open: bool = False
    lacks: tuple[str, ...] = ()


def unread(rule: Rule, knowledge: Knowledge) -> Standing | None:
    """Say of a rule whose log the case does not have what it lacks; None if the log is there."""
    if rule.log is None:
        return _lacking(_strange(rule))
    if rule.log.of_columns and not streams_of(rule.log, [*knowledge.by_name]):
        return _lacking(
            f"no log of {rule.told_log} is known to this program; `timeline sources` lists what a service may be"
        )
    if not streams_of(rule.log, knowledge.names):
        return _lacking(f"no log of {rule.told_log} in the case ({', '.join(rule.log.sources)})")
    return None


def _strange(rule: Rule) -> str:
    return f"no log of {rule.told_log} is known to this program; {rule.known}; correct the rule if it means one of them"


def _lacking(what: str) -> Standing:
    return Standing(Asked((), (what,)), lacks=(what,))


def standing(key: int, rule: Rule, scanned: Scanned, checks: list[Check], weigher: Weigher) -> Standing:
    """Say what the verdict on a rule stands on after its log was read."""
    if rule.log is None:
        return _lacking(_strange(rule))
    names = streams_of(rule.log, weigher.knowledge.names)
    timeless = (f"the time of {scanned.timeless[key]} record(s) that match",) if key in scanned.timeless else ()
    lacks = [*_unstated(key, rule, scanned, checks), *_undecided(key, scanned), *timeless]
    if rule.log.of_columns:
        return _of_columns(rule, checks, names, weigher, timeless)
    unchosen = _unchosen(key, rule, scanned, checks, names)
    weak = {name: bool(rule.log.chosen) and not _pinned(key, scanned) for name in names}
    siblings = weigher.siblings(names)
    asked = Asked(tuple(weak.items()), (*siblings, *unchosen, *timeless))
    return Standing(asked, bool(lacks), (*lacks, *unchosen, *(f"no stream {name}" for name in siblings)))


def _of_columns(
    rule: Rule, checks: list[Check], names: list[str], weigher: Weigher, timeless: tuple[str, ...]
) -> Standing:
    """Say the same of a rule about event columns: each one that could make it hold must be stated by those who were listening."""
    columns = sorted({checks[number].field for number in wanted(rule.formula)} - {""})
    stating = Stating(weigher, statements(weigher.knowledge, [name for name in columns if name in SOUGHT]))
    told = [stating.among(names, (name,)) for name in columns if name in SOUGHT]
    weak = {name: any(dict(each.streams).get(name, False) for each in told) for name in names}
    actions = {checks[number].value for number in wanted(rule.formula) if checks[number].field == "action"}
    unshown = [what for action in sorted(actions) for what in _unshown(action, names, weigher)]
    lacking = tuple(dict.fromkeys([*(what for each in told for what in each.lacking), *unshown, *timeless]))
    return Standing(Asked(tuple(weak.items()), lacking), lacks=lacking)


def _unshown(action: str, names: list[str], weigher: Weigher) -> Iterable[str]:
    """Say of an action that no log of the case shows it, or which log does so only where somebody chose to."""
    knowledge = weigher.knowledge
    seeing = [
        (name, source)
        for name in names
        if (source := knowledge.source_of(name)[1]) and action in source.actions_of(knowledge.source_of(name)[0])
    ]
    if not seeing:
        yield f"no log of the case shows {action}"
    for name, source in seeing:
        if action in source.optional and (name, action) not in knowledge.facts.places:
            yield f"{name}: {action} is logged only where somebody chose to"


def _pinned(key: int, scanned: Scanned) -> bool:
    return scanned.operations.get(key) is not None


def _concerned(key: int, scanned: Scanned) -> Iterable[tuple[str, str]]:
    """Give the streams and operations whose records the rule was put to."""
    operations = scanned.operations.get(key)
    return (each for each in scanned.events if operations is None or each[1] in operations)


def _unstated(key: int, rule: Rule, scanned: Scanned, checks: list[Check]) -> list[str]:
    """Name the fields whose values could have made the rule hold and that no record of a stream states: those were never logged."""
    log = rule.log
    names = {checks[number].field for number in wanted(rule.formula)} | {
        checks[number].value for number in wanted(rule.formula) if checks[number].kind == "field"
    }
    asked = sorted(name for name in names if name and log and not log.of_columns and not log.leaves_out(name))
    places = [each for each in _concerned(key, scanned) if scanned.decided.get(each)]
    lacks = []
    for stream in sorted({stream for stream, _ in places}):
        mine = [operation for name, operation in places if name == stream]
        never = [name for name in asked if not any((stream, operation, name) in scanned.stated for operation in mine)]
        lacks += [f"field {name} is in no record of {stream}" for name in never]
    return lacks


def _undecided(key: int, scanned: Scanned) -> list[str]:
    """Say of how many records the text is gone, so that the rule could not be put to them."""
    places = list(_concerned(key, scanned))
    lost = sum(scanned.events[each] - scanned.decided.get(each, 0) for each in places)
    return [f"{lost} records that cannot be read back from the evidence"] if lost else []


def _unchosen(key: int, rule: Rule, scanned: Scanned, checks: list[Check], names: list[str]) -> tuple[str, ...]:
    """Name operations that the rule pins and that are only logged by choice, where no stream shows that somebody chose to."""
    log = rule.log
    if log is None or not log.chosen or not _pinned(key, scanned):
        return ()
    pins = [checks[number] for number in wanted(rule.formula) if checks[number].field in log.operation]
    by_choice = {each.value for each in pins if each.kind == "equals" and each.value.lower() in log.chosen}
    by_choice |= {each.value for each in pins if each.kind != "equals" and _some(each, log.chosen)}
    if not by_choice:
        return ()
    blind = [
        name
        for name in names
        if any(matches(glob, name.partition("/")[0]) for glob in log.choosing)
        and not any(stream == name and operation.lower() in log.chosen for stream, operation in scanned.events)
    ]
    told = ", ".join(sorted(by_choice))
    return tuple(f"{name}: {told} is logged only where somebody chose to" for name in blind)


def _some(told: Check, operations: frozenset[str]) -> bool:
    """Tell whether a pattern may mean an operation that is logged by choice; in doubt yes."""
    stem = told.value.lower().replace("\\", "").strip("%")
    return told.kind != "like" or any(stem in each or "%" in stem or "_" in stem for each in operations)
