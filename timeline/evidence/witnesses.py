"""Which streams could have shown what a question asks for: from the actions of its needs, the object's place and the subject's scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from timeline.catalog import Need, Source
from timeline.core.coverage import State
from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.core.spans import Span, Spans, tidy
from timeline.core.verdict import Witness, nobody, witness
from timeline.evidence.knowledge import Knowledge
from timeline.globs import matches

SCOPED = ("actor", "mailbox", "operation")


@dataclass(frozen=True)
class Subject:
    """What a need is about, with the question's parameters filled in; None: any."""

    objects: tuple[str, ...] = ()
    stream: str | None = None
    scope: Scope = EVERYTHING


def subject(need: Need, params: Mapping[str, str], zones: Mapping[str, tuple[str, ...]]) -> Subject:
    """Fill a need's restrictions with the parameters that were given."""
    told = {key: params.get(value[1:]) if value.startswith("$") else value for key, value in need.restrict.items()}
    objects: tuple[str, ...] = (str(told["object"]),) if told.get("object") else ()
    if told.get("zone") and not objects:
        objects = zones.get(str(told["zone"]), ())
    scope = {key: str(told[key]) for key in SCOPED if told.get(key)}
    return Subject(objects, told.get("stream"), scope_of(scope) if scope else EVERYTHING)


def _literal(glob: str) -> str:
    return glob.lower().split("*", 1)[0].split("?", 1)[0]


def meet(one: str, other: str) -> bool:
    """Tell whether two globs could name the same thing; in doubt yes."""
    if not any(sign in one for sign in "*?"):
        return matches(other, one)
    if not any(sign in other for sign in "*?"):
        return matches(one, other)
    a, b = _literal(one), _literal(other)
    return a.startswith(b) or b.startswith(a)


def _could_see(source: Source, stream: str, wanted: Subject) -> bool:
    if wanted.stream and not matches(wanted.stream, stream):
        return False
    if not wanted.objects or not source.objects:
        return True
    scope = stream.partition("/")[2]
    return any(meet(glob.replace("{scope}", scope), each) for glob in source.objects for each in wanted.objects)


def _chosen(knowledge: Knowledge, stream: str, source: Source, wanted: Subject) -> bool:
    """Tell whether somebody chose to log such events: the stream holds some of the place in question (of any, if none is named)."""
    seen = {place for action in source.optional for place in knowledge.facts.places.get((stream, action), ())}
    return any(meet(f"{place}/*", each) for place in seen for each in wanted.objects) if wanted.objects else bool(seen)


def _inferred(knowledge: Knowledge, stream: str, window: Span) -> Spans:
    pieces = (piece for some in knowledge.coverage(stream, window).values() for piece in some)
    return tidy(
        (piece.start, piece.end) for piece in pieces if piece.state == State.COVERED and piece.basis == "inferred"
    )


def witnesses(knowledge: Knowledge, action: str, wanted: Subject, window: Span) -> tuple[Witness, ...]:
    """Give every stream that could have shown an action, its siblings that the case lacks too; nobody if there is none."""
    found: dict[str, Witness] = {}
    for name in knowledge.names:
        source_name, source = knowledge.source_of(name)
        if source is None or action not in source.actions_of(source_name) or not _could_see(source, name, wanted):
            continue
        if action in source.optional and not _chosen(knowledge, name, source, wanted):
            continue
        covered = knowledge.coverage(name, window)
        made = witness(name, source.completeness, covered, wanted.scope)
        found[name.lower()] = Witness(made.stream, made.completeness, made.gaps, _inferred(knowledge, name, window))
    for name in list(found):
        found |= _siblings(knowledge, name, action, found)
    return tuple(found.values()) or (nobody(f"no log of the case shows {action}"),)


def _siblings(knowledge: Knowledge, stream: str, action: str, found: Mapping[str, Witness]) -> dict[str, Witness]:
    _, source = knowledge.source_of(stream)
    lacking = {}
    for sibling in source.siblings if source else ():
        other = knowledge.source_of(sibling)[1]
        name = f"{sibling}/{stream.partition('/')[2]}"
        if name.lower() not in found and other is not None and action in other.actions_of(sibling):
            lacking[name.lower()] = nobody(name)
    return lacking
