"""How far the backend and the plain evaluator agree on rules: `python -m tests.sigma.agreement RULES…` prints how many of how many."""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from tests.sigma.evaluator import Evaluator, entry
from tests.sigma.events import SHAPES, Maker, Record, written
from timeline import Case

TOML = '[case]\nname = "agreement"\nfrom = 2023-04-30\nto = 2023-06-01\n'


@dataclass
class Compared:
    """Rules by what came of them; `wrong` holds (rule, records that only one of both took)."""

    agreed: int = 0
    pairs: int = 0
    matched: int = 0
    never: list[str] = field(default_factory=list)
    wrong: list[tuple[str, list[Any], list[Any]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)


def shape_of(rule: dict[str, Any]) -> str:
    source = rule["logsource"]
    return f"{source.get('product')}/{source.get('service')}" if not source.get("category") else ""


def compare(rules: dict[Path, dict[str, Any]], folder: Path, seed: int = 1) -> Compared:
    """Make records for rules, ingest them, and put the rules to them in both ways."""
    result, maker = Compared(), Maker(seed)
    by_shape: dict[str, list[Path]] = defaultdict(list)
    for path, rule in rules.items():
        by_shape[shape_of(rule)].append(path)
    records: dict[str, dict[str, Record]] = {}
    for shape, paths in by_shape.items():
        if shape not in SHAPES:
            result.unmapped += map(str, paths)
            continue
        made = dict(pair for path in paths for pair in maker.of(rules[path], shape))
        records[shape] = made
        (folder / f"{shape.replace('/', '-')}.jsonl").write_text(written(list(made.values())), encoding="utf-8")
    (folder / "case.toml").write_text(TOML)
    with Case(folder) as case:
        case.ingest(sorted(folder.glob("*.jsonl")))
        found = case.sigma(list(rules))
        seen = {_spelled(at): source for at, source in case.events().select("time", "source").iter_rows()}
    result.refused = [str(each) for each in found.refused]
    hits: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, number, at in found.events.select("rule", "rule_id", "time").iter_rows():
        hits[name, number].add(_spelled(at))
    for shape, made in records.items():
        for path in by_shape[shape]:
            globs = [] if (log := entry(rules[path]["logsource"])) is None else log["sources"]
            here = {
                at: record for at, record in made.items() if any(fnmatchcase(seen.get(at, ""), glob) for glob in globs)
            }
            _judge(result, path, rules[path], here, hits)
    return result


def _judge(
    result: Compared, path: Path, rule: dict[str, Any], here: dict[str, Record], hits: dict[tuple[str, str], set[str]]
) -> None:
    evaluator = Evaluator(rule)
    expected = {at for at, record in here.items() if evaluator.matches(record)}
    got = hits[rule["title"], str(rule.get("id", ""))] & here.keys()
    result.pairs += len(here)
    result.matched += len(expected)
    if expected != got:
        result.wrong.append((str(path), [here[at] for at in expected - got], [here[at] for at in got - expected]))
    else:
        result.agreed += 1
        result.never += [] if expected else [str(path)]


def _spelled(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def load(paths: Iterable[Path]) -> dict[Path, dict[str, Any]]:
    files = [file for path in paths for file in (sorted(path.rglob("*.yml")) if path.is_dir() else [path])]
    return {file: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}


def main() -> None:
    rules = load(map(Path, sys.argv[1:]))
    with tempfile.TemporaryDirectory() as folder:
        result = compare(rules, Path(folder))
    for path, missed, extra in result.wrong:
        sys.stdout.write(
            f"DIFFERS {path}\n  missed {json.dumps(missed[:2])[:1500]}\n  extra  {json.dumps(extra[:2])[:1500]}\n"
        )
    for title, some in (
        ("refused", result.refused),
        ("without a log here", result.unmapped),
        ("matched nothing", result.never),
    ):
        sys.stdout.write(f"{title}: {len(some)} {' '.join(Path(each).name for each in some[:40])}\n")
    sys.stdout.write(
        f"{result.agreed} of {result.agreed + len(result.wrong)} rules agree on {result.pairs} pairs of rule and record, {result.matched} of them matches\n"
    )


if __name__ == "__main__":
    main()
