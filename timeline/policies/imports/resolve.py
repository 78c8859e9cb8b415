"""From the facts of all exports to policies: each route takes what its destination says, and what is not said stays unknown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from timeline.policies.imports.facts import Amendment, Fact, Keeping, Keys, Remark, Route, Statement


@dataclass(frozen=True)
class Told:
    """A fact with the export that it comes from, as `evidence` names it."""

    fact: Fact
    evidence: str


@dataclass(frozen=True)
class Resolved:
    """Policies as tables of policies.toml, and what could not be used, each with its reason."""

    policies: tuple[Keys, ...]
    unused: tuple[tuple[str, str], ...]


def resolve(told: Sequence[Told]) -> Resolved:
    """Join routes with destinations and amendments; statements on the same log, copy and records become one."""
    used: set[int] = set()
    policies: list[Keys] = []
    for each in told:
        if isinstance(each.fact, Statement):
            policies.append({**each.fact.keys, "basis": "imported", "evidence": each.evidence})
        elif isinstance(each.fact, Route):
            policies.append(_routed(each, each.fact, told, used))
    unused = [(each.evidence, each.fact.text) for each in told if isinstance(each.fact, Remark)]
    unused += [
        (each.evidence, why) for number, each in enumerate(told) if number not in used and (why := _left(each.fact))
    ]
    return Resolved(tuple(_merged(policies)), tuple(dict.fromkeys(unused)))


def _left(fact: Fact) -> str:
    """Say why a fact about something else found nothing to be about."""
    if isinstance(fact, Keeping):
        under = f" under {fact.prefix!r}" if fact.prefix else ""
        return f"{fact.of}{under}: no import says that a log is written there"
    if isinstance(fact, Amendment):
        return f"which of the routes of {fact.stream}* is meant is not clear: import one that names it first, or say which with --set"
    return ""


def _routed(each: Told, route: Route, told: Sequence[Told], used: set[int]) -> Keys:
    fit = [
        (number, other.evidence, other.fact) for number, other in enumerate(told) if _concerns(other.fact, route, told)
    ]
    used.update(number for number, _, _ in fit)
    keepings = [fact for _, _, fact in fit if isinstance(fact, Keeping)]
    rules = [one for one in keepings if not one.floor]
    rules = [one for one in rules if one.overrides] or rules
    kept = (
        {}
        if any(_doubtful(one, route) for one in rules)
        else _strictest(rules, max((one.floor for one in keepings), default=0))
    )
    amended = {key: value for _, _, fact in fit if isinstance(fact, Amendment) for key, value in fact.keys.items()}
    evidence = "; ".join(dict.fromkeys([each.evidence, *(text for _, text, _ in fit)]))
    own = {"stream": route.stream, "store": route.store, **route.keys}
    if "retention_days" in route.keys and kept.get("semantics") == "none":
        kept = {}
    return {**own, **kept, **amended, "basis": "imported", "evidence": evidence}


def _doubtful(rule: Keeping, route: Route) -> bool:
    """Tell whether a rule deletes a part of what the route writes: then the limit of the whole is unknown."""
    return rule.doubt or (bool(rule.keys.get("retention_days")) and not route.prefix.startswith(rule.prefix))


def _concerns(fact: Fact, route: Route, told: Sequence[Told]) -> bool:
    """Tell whether a fact is about this route: its destination (one prefix begins with the other), or its name."""
    if isinstance(fact, Amendment):
        names = {
            one.fact.name for one in told if isinstance(one.fact, Route) and one.fact.stream.startswith(fact.stream)
        }
        return route.stream.startswith(fact.stream) and (fact.of == route.name if fact.of else len(names) == 1)
    if not isinstance(fact, Keeping) or not route.to or route.to.lower() != fact.of.lower():
        return False
    if fact.overrides:
        return route.prefix.lower() == fact.prefix.lower()
    return route.prefix.startswith(fact.prefix) or fact.prefix.startswith(route.prefix)


def _strictest(rules: Iterable[Keeping], floor: int) -> Mapping[str, Any]:
    """Of several rules the one that deletes first wins; nothing goes before the floor."""
    known = [rule.keys for rule in rules if rule.keys]
    if not known:
        return {}
    first = min(known, key=lambda keys: keys.get("retention_days", 10**9))
    days = first.get("retention_days")
    frozen = [keys["archive_after_days"] for keys in known if "archive_after_days" in keys]
    archive = {"archive_after_days": min(frozen)} if frozen else {}
    return {**first, **archive} if days is None else {**first, **archive, "retention_days": max(days, floor)}


def _merged(policies: Iterable[Keys]) -> Iterator[Keys]:
    """Join statements of several exports on the same records of the same copy: per copy only one policy is in force."""
    found: dict[str, dict[str, Any]] = {}
    for policy in policies:
        key = repr((policy["stream"], policy.get("store", "native"), sorted(dict(policy.get("where", {})).items())))
        before = found.get(key)
        found[key] = (
            {**before, **policy, "evidence": f"{before['evidence']}; {policy['evidence']}"} if before else dict(policy)
        )
    yield from found.values()
