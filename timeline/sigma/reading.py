"""Rule files read by pySigma and brought to formulas over tests; what cannot be read is named by file, place and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from sigma.collection import SigmaCollection
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError, SigmaRuleLocation
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import PythonRegexEngine
from sigma.rule import SigmaRule, SigmaRuleBase
from sigma.types import SigmaExists, SigmaExpansion, SigmaNull

from timeline.core.formula import All, Any, Formula, Not, Test
from timeline.errors import CaseError
from timeline.sigma.checks import KEYWORD, Check, Refusal, check
from timeline.sigma.logs import Log, known, log_of, unknown_columns
from timeline.sigma.refusals import reason

LARGEST = 4 << 20
ENDINGS = (".yml", ".yaml")
POLICY = SigmaPolicy(regex_engine=PythonRegexEngine())
"""Expressions are only compiled there; RE2 in Python would write to the terminal, and DuckDB's judges them anyway."""


@dataclass(frozen=True)
class Refused:
    """A rule, or a whole file, that cannot be put to the case."""

    file: Path
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {f'{self.place}: ' if self.place else ''}{self.reason}"


@dataclass(frozen=True)
class Rule:
    """One rule: its log (None if no source of this program is it) and its condition over numbered tests."""

    title: str
    id: str
    level: str
    told_log: str
    log: Log | None
    known: str
    formula: Formula
    shown: bool = True


@dataclass
class Book:
    """Tests by their numbers, each once."""

    checks: list[Check] = field(default_factory=list)
    _numbers: dict[Check, int] = field(default_factory=dict)

    def number(self, told: Check) -> Test:
        """Enter a test and give its number."""
        if told not in self._numbers:
            self._numbers[told] = len(self.checks)
            self.checks.append(told)
        return Test(self._numbers[told])


@dataclass
class Rules:
    """All that the files say: rules, correlations over them (by pySigma's own objects), and what was refused."""

    book: Book = field(default_factory=Book)
    rules: dict[int, Rule] = field(default_factory=dict)
    correlations: list[SigmaCorrelationRule] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def read(paths: Sequence[Path]) -> Rules:
    """Read rule files, and all of folders; rules are known by the identity of pySigma's objects, to which correlations point."""
    found = Rules()
    merged = SigmaCollection([])
    for path in _files(paths):
        collection = _collection(path, found)
        if collection is not None:  # one of filters only is empty, and false
            merged.rules += collection.rules
            merged.filters += collection.filters
    if not merged.rules and not found.refused:
        raise CaseError(f"{', '.join(map(str, paths))}: no Sigma rule in there; name .yml files or folders of them")
    merged = _linked(merged, found)
    for rule in merged.rules:
        _enter(rule, found)
    return found


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise CaseError(f"{path}: no such file or folder; name Sigma rules (.yml)")
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
        else:
            yield path


def _collection(path: Path, found: Rules) -> SigmaCollection | None:
    """Read one file; its mistakes are noted, and rules that have one are left out."""
    where = SigmaRuleLocation(path)
    try:
        collection = SigmaCollection.from_yaml(_text(path), True, where, True, False, policy=POLICY)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        found.refused.append(Refused(path, f"line {mark.line + 1}" if mark else "", reason(error)))
        return None
    except (SigmaError, Refusal, OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        found.refused.append(Refused(path, "", reason(error)))
        return None
    sound = [rule for rule in collection.rules if not rule.errors]
    ailing = [rule for rule in [*collection.rules, *collection.filters] if rule.errors]
    collection.filters = [each for each in collection.filters if not each.errors]
    found.refused += [Refused(path, title_of(rule), reason(error)) for rule in ailing for error in rule.errors]
    told_of = {id(error) for rule in ailing for error in rule.errors}
    found.refused += [Refused(path, "", reason(error)) for error in collection.errors if id(error) not in told_of]
    collection.rules = sound
    return collection


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise Refusal(f"it has more than {LARGEST >> 20} MiB, which is no rule")
    return path.read_text(encoding="utf-8")


def title_of(rule: SigmaRuleBase) -> str:
    """Name a rule."""
    return str(rule.title or rule.name or rule.id or "a rule without title")


def file_of(rule: SigmaRuleBase) -> Path:
    """Give the file of a rule."""
    return rule.source.path if rule.source and rule.source.path else Path("rules")


def _linked(merged: SigmaCollection, found: Rules) -> SigmaCollection:
    """Tie correlations to their rules and apply filters; a correlation whose rules are not there is refused."""
    whole = SigmaCollection([*merged.rules], resolve_references=False)
    whole.filters = merged.filters
    if whole.filters:
        whole.apply_filters(whole.filters)
    whole = SigmaCollection([*whole.rules], resolve_references=False)
    lost = []
    for rule in whole.rules:
        if isinstance(rule, SigmaCorrelationRule):
            try:
                rule.resolve_rule_references(whole)
            except SigmaError as error:
                found.refused.append(Refused(file_of(rule), title_of(rule), reason(error)))
                lost.append(id(rule))
    kept = [rule for rule in whole.rules if id(rule) not in lost]
    whole.rules = SigmaCollection._referenced_first(kept)  # noqa: SLF001  the order that pySigma itself converts in
    return whole


def _enter(rule: SigmaRuleBase, found: Rules) -> None:
    if isinstance(rule, SigmaCorrelationRule):
        found.correlations.append(rule)
    elif isinstance(rule, SigmaRule):
        try:
            found.rules[id(rule)] = _rule(rule, found.book)
        except (Refusal, SigmaError, RecursionError) as error:
            found.refused.append(Refused(file_of(rule), title_of(rule), reason(error)))


def _rule(rule: SigmaRule, book: Book) -> Rule:
    source = rule.logsource
    told = ", ".join(
        f"{name} {word}"
        for name, word in (("product", source.product), ("service", source.service), ("category", source.category))
        if word
    )
    log = log_of(source.product, source.service, source.category)
    conditions = [condition.parsed for condition in rule.detection.parsed_condition]
    formula = Any(tuple(_formula(each, log, book) for each in conditions))
    for name, values in (log.where if log else {}).items():
        formula = All((Any(tuple(book.number(Check(name, "equals", value)) for value in values)), formula))  # type: ignore[assignment]
    level = rule.level.name.lower() if rule.level else ""
    return Rule(
        title_of(rule),
        str(rule.id or ""),
        level,
        told or "nothing",
        log,
        "" if log else known(source.product),
        formula,
        rule._output,  # noqa: SLF001  what correlations hide
    )


def _formula(told: object, log: Log | None, book: Book) -> Formula:
    """Bring a parsed condition to a formula."""
    match told:
        case ConditionNOT(args=[inner]):
            return Not(_formula(inner, log, book))
        case ConditionAND(args=parts):
            return All(tuple(_formula(part, log, book) for part in parts))
        case ConditionOR(args=parts):
            return Any(tuple(_formula(part, log, book) for part in parts))
        case ConditionFieldEqualsValueExpression():
            return _tested(told.value, _named(told.field, log), log, book)
        case ConditionValueExpression():
            return _tested(told.value, KEYWORD, log, book)
    raise Refusal(f"the condition holds {type(told).__name__}, which is not understood")


def _named(name: str, log: Log | None) -> str:
    if log and log.of_columns and (wrong := unknown_columns([name])):
        raise Refusal(f"{wrong[0]}: product timeline has the fields of `timeline events --columns all` only")
    return log.field(name) if log else name.lower()


def _tested(value: object, name: str, log: Log | None, book: Book) -> Formula:
    match value:
        case SigmaExpansion(values=values):
            return Any(tuple(_tested(each, name, log, book) for each in values))
        case SigmaNull():
            return Not(book.number(Check(name, "exists")))
        case SigmaExists(exists=there):
            found = book.number(Check(name, "exists"))
            return found if there else Not(found)
    told = check(value, name)
    return book.number(replace(told, value=_named(told.value, log)) if told.kind == "field" else told)


def fields_of(checks: Iterable[Check]) -> frozenset[str]:
    """Give all fields that tests read."""
    some = list(checks)
    return frozenset(each.field for each in some) | frozenset(each.value for each in some if each.kind == "field")
