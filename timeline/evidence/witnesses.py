"""Which streams could have shown what a question asks for: from the actions of its needs, the object's place and the subject's scope.

In doubt a stream is a witness, for a needless unknown is mended by declaring more, a false absence by nothing. So a need about
`someone@contoso.com` keeps the logs of hosts: a host joined to a domain or to Entra signs in just such names, and an account of
the host may be that person too; no fact of a source says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from timeline.catalog import Need, Source
from timeline.core.scope import EVERYTHING, Scope, both, scope_of
from timeline.core.spans import Span
from timeline.core.verdict import Witness, nobody, witness
from timeline.errors import CaseError
from timeline.evidence.knowledge import Knowledge
from timeline.globs import matches

SCOPED = ("actor", "mailbox", "operation")
COLUMNS = ("actor", "mailbox", "object")
"""Parameters that are looked up in the column of their name: where a log does not state it, its records answer nothing."""
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
HOST_FILE = ("/", "\\", "*:\\", "?:\\")


@dataclass(frozen=True)
class Subject:
    """What a need is about, with the question's parameters filled in; None: any."""

    objects: tuple[str, ...] = ()
    stream: str | None = None
    scope: Scope = EVERYTHING
    fields: tuple[str, ...] = ()


def subject(
    need: Need,
    params: Mapping[str, str],
    zones: Mapping[str, tuple[str, ...]],
    names: Mapping[str, tuple[str, ...]] | None = None,
) -> Subject:
    """Fill a need's restrictions with the parameters that were given; `names` are all that the case calls an actor."""
    told = {key: params.get(value[1:]) if value.startswith("$") else value for key, value in need.restrict.items()}
    objects: tuple[str, ...] = (str(told["object"]),) if told.get("object") else ()
    if (zone := told.get("zone")) and not objects:
        objects = _places(zone, zones)
    scope = {key: (names or {}).get(value, (value,)) for key in SCOPED if (value := told.get(key))}
    asked = tuple(key for key in COLUMNS if told.get(key) and key not in need.fields)
    return Subject(objects, told.get("stream"), scope_of(scope) if scope else EVERYTHING, (*need.fields, *asked))


def _places(zone: str, zones: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    chosen = [places for name, places in zones.items() if matches(zone, name)]
    if not chosen:
        known = f"its zones are: {', '.join(zones)}" if zones else "it has no [[zone]]"
        raise CaseError(f"case.toml: no zone is called {zone!r}; {known}")
    return tuple(dict.fromkeys(each for places in chosen for each in places))


def _addresses(objects: Iterable[str]) -> tuple[str, ...]:
    """Give the places (`scheme://name`) of objects; none if one of them has no such place."""
    found = [re.match(r"[^/:]+://[^/]+", each) for each in objects]
    return tuple(dict.fromkeys(each[0].lower() for each in found if each)) if all(found) else ()


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


def _sees(source: Source, stream: str, place: str) -> bool:
    scope = stream.partition("/")[2]
    return not source.objects or any(meet(glob.replace("{scope}", scope), place) for glob in source.objects)


def _could_see(source: Source, stream: str, wanted: Subject) -> bool:
    if wanted.stream and not matches(wanted.stream, stream):
        return False
    return not wanted.objects or any(_sees(source, stream, each) for each in wanted.objects)


def _placed(fields: tuple[str, ...]) -> tuple[str, ...]:
    """With a database of places an address is enough to know its country."""
    return tuple(dict.fromkeys("src_ip" if name == "country" else name for name in fields))


def _beside(sibling: str, stream: str) -> str:
    """Name a stream's sibling: another source at the same place, or a place of its own (`aws.cloudtrail/{account}/us-east-1`)."""
    scope = stream.partition("/")[2]
    return sibling.replace("{account}", scope.partition("/")[0]) if "/" in sibling else f"{sibling}/{scope}"


class Witnesses:
    """Finds the streams that could have shown an action, each with what it lost; works out nothing twice."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._made: dict[tuple[str, Scope, Span, tuple[str, ...]], Witness] = {}

    def of(self, action: str, wanted: Subject, window: Span) -> tuple[Witness, ...]:
        """Give every stream that could have shown it and, as nobody, those that the case lacks; none if it cannot concern the objects."""
        objects = tuple(each for each in wanted.objects if not self._foreign(action, each))
        if wanted.objects and not objects:
            return ()
        asked = replace(wanted, objects=objects)
        chosen = {name.lower(): name for name in self.knowledge.names if self._shows(name, action, asked)}
        found = {low: self._made_of(name, action, asked, window) for low, name in chosen.items()}
        for name in chosen.values():
            found |= self._siblings(name, action, asked, found)
        lacking = [nobody(what) for what in self._unseen(action, asked, chosen.values())]
        return (*found.values(), *lacking)

    def _foreign(self, action: str, place: str) -> bool:
        """Tell whether the action happens to files of hosts only, by all logs that show it, and the place is an address (scheme://).

        The reverse is no rule: that no log shows writes to a host's files does not mean that there are none.
        """
        known = {source.id: source for source in self.knowledge.by_name.values()}
        shown = [each.objects for each in known.values() if any(action in some for some in each.witnesses.values())]
        of_hosts = bool(shown) and all(globs and all(glob.startswith(HOST_FILE) for glob in globs) for globs in shown)
        return of_hosts and ADDRESS.match(place) is not None

    def _shows(self, stream: str, action: str, wanted: Subject) -> bool:
        name, source = self.knowledge.source_of(stream)
        if source is None or action not in source.actions_of(name) or not _could_see(source, stream, wanted):
            return False
        return action not in source.optional or self._chosen(stream, source, wanted)

    def _chosen(self, stream: str, source: Source, wanted: Subject) -> bool:
        """Tell whether somebody chose to log such events: the stream holds some of the place in question (of any, if none is named)."""
        places = self.knowledge.facts.places
        seen = {place for action in source.optional for place in places.get((stream, action), ())}
        if not wanted.objects:
            return bool(seen)
        return any(meet(f"{place}/*", each) for place in seen for each in wanted.objects)

    def _made_of(self, stream: str, action: str, wanted: Subject, window: Span) -> Witness:
        fields = _placed(wanted.fields) if self.knowledge.config.geo else wanted.fields
        covered = self.knowledge.coverage(stream, window, fields)
        asked = {"action": (action,), "place": _addresses(wanted.objects), "object": wanted.objects}
        told = {key: values for key, values in asked.items() if key in covered.keys and values}
        scope = both(wanted.scope, scope_of(told)) or wanted.scope
        key = (stream, scope, window, wanted.fields)
        if key not in self._made:
            source = self.knowledge.source_of(stream)[1]
            worth = source.completeness if source else "best_effort"
            self._made[key] = witness(stream, worth, covered, scope)
        return self._made[key]

    def _unseen(self, action: str, wanted: Subject, streams: Iterable[str]) -> list[str]:
        """Name what no stream of the case could have shown: the action, or the action at one of the places in question."""
        seeing = [(name, source) for name in streams if (source := self.knowledge.source_of(name)[1])]
        if not seeing:
            return [f"no log of the case shows {action}"]
        blind = [each for each in wanted.objects if not any(_sees(source, name, each) for name, source in seeing)]
        return [f"no log of the case shows {action} of {each}" for each in blind]

    def _siblings(self, stream: str, action: str, wanted: Subject, found: Mapping[str, Witness]) -> dict[str, Witness]:
        source = self.knowledge.source_of(stream)[1]
        lacking = {}
        for sibling in source.siblings if source and action not in source.optional else ():
            name = _beside(sibling, stream)
            kind, other = self.knowledge.source_of(name)
            if other is None or action not in other.actions_of(kind) or not _could_see(other, name, wanted):
                continue
            if name.lower() not in found:
                lacking[name.lower()] = nobody(name)
        return lacking
