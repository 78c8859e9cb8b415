"""Why a rule cannot be put to the case, in words for whoever wrote it: what pySigma and PyYAML raise speaks of their own insides."""

from __future__ import annotations

import re

import yaml
from sigma.exceptions import SigmaConditionError, SigmaError, SigmaModifierError, SigmaTimespanError

FORM = "a rule is a YAML map with title, logsource and detection"
WORDS = (
    (r"The pipe syntax in Sigma conditions .*", "the condition counts with |, which Sigma has given up; write a correlation rule"),
    (r"Detection '(.*)' not defined in detections", r"the condition names \1, which is no detection of the rule; add it, or correct the name"),
    (r"Expected .*found (.*?)\s*\(at char (\d+)\).*", r"the condition cannot be read at character \2 (\1); use and, or, not and brackets"),
    (r"Unknown modifier '(.*)'", r"the modifier |\1 is none of Sigma's; correct it"),
    (r"Modifier (\w+) incompatible to value type of '(.*)'", r"the value \2 does not go with its modifier (\1); lt and gt need a number, re a text"),
    (r"Regular expression '(.*)' is invalid: (.*)", r"the regular expression \1 cannot be read: \2; correct it"),
    (r"Invalid CIDR expression: '(.*)' does not .*", r"\1 is no range of addresses; write it like 198.51.100.0/24"),
    (r"Timespan '(.*)' is invalid\.?", r"the timespan \1 cannot be read; write it like 10m, 1h or 1d"),
    (r"Rule '(.*)' not found in rule collection", r"it correlates the rule \1, which is in none of the files; name that file too"),
    (r"Sigma log source can't be empty", "its logsource is empty; name the product and service"),
    (r"Sigma logsource must be a valid YAML map", "its logsource is no map; name product and service under it"),
    (r"Sigma rule must have a detection definitions", "it has no detection; a rule says what it looks for under detection"),
    (r"Sigma rule must have a log source", "it has no logsource; name product and service under it"),
    (r"Sigma rule must contain at least one condition", "its detection has no condition; add one, such as condition: selection"),
    (r"Non-temporal Sigma correlation rule without condition", "it has no condition; add one, such as condition: {gte: 10}"),
)  # fmt: skip
"""What pySigma says, and what it means to whoever wrote the rule."""


KINDS = {
    UnicodeDecodeError: "no Sigma rule: it is not UTF-8; save it as UTF-8",
    RecursionError: "it is nested too deep",
}


def reason(error: BaseException) -> str:
    """Say what is wrong with a rule, and what to do about it."""
    if isinstance(error, SigmaError):
        return _told(error)
    if isinstance(error, AttributeError | TypeError | KeyError):
        return f"no Sigma rule: {FORM}"
    if isinstance(error, yaml.YAMLError):
        return f"no YAML: {getattr(error, 'problem', None) or _first(error)}"
    return KINDS.get(type(error)) or getattr(error, "strerror", None) or _first(error)


def _told(error: SigmaError) -> str:
    """Bring a message of pySigma to our words; one that has none loses only the file, which is named anyway."""
    text = " ".join(str(error.args[0] if error.args else error).split())
    for form, words in WORDS:
        if found := re.fullmatch(form, text, re.DOTALL):
            return found.expand(words)
    kind = {
        SigmaConditionError: "its condition: ",
        SigmaModifierError: "a modifier: ",
        SigmaTimespanError: "its timespan: ",
    }
    return kind.get(type(error), "") + text


def _first(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
