"""Sigma rules put to a case: each ends as a verdict, its matches as events, or with the reason why it cannot be asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
from sigma.correlations import SigmaCorrelationRule
from sigma.rule import SigmaRule, SigmaRuleBase

from timeline.core.spans import Span
from timeline.evidence.frames import LOSS, MOMENT, Schema, frame
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.weigh import Asked, Seen, Weigher
from timeline.sigma import correlate
from timeline.sigma.checks import Refusal
from timeline.sigma.correlate import Matches
from timeline.sigma.logs import Log, streams_of
from timeline.sigma.reading import Refused, Rule, Rules, file_of, read, title_of
from timeline.sigma.scan import FOUND, Scan, Scanned
from timeline.sigma.weighing import Standing, standing, unread

VERDICTS: Schema = {
    "rule": pl.String,
    "rule_id": pl.String,
    "level": pl.String,
    "verdict": pl.String,
    "strength": pl.String,
    "rows": pl.Int64,
    "first": MOMENT,
    "last": MOMENT,
    "first_is": pl.String,
    "last_is": pl.String,
    "lacks": pl.List(pl.String),
    "uncovered": pl.List(LOSS),
}
EVENTS = (
    "SELECT f.place, make_timestamp(e.time_us) AS time, e.event_id, e.stream, e.operation, e.action, e.outcome, e.actor, e.src_ip, e.object, "
    "e.time_us "
    "FROM sigma_found AS f JOIN event AS e USING (event_id) ORDER BY f.place, e.time_us, e.event_id"
)
FOUND_TYPES = pa.schema(
    [("rule", pa.int64()), ("event_id", pa.string()), ("time_us", pa.int64()), ("stream", pa.string())]
)
VALUES = pa.schema([("event_id", pa.string()), ("field", pa.string()), ("v", pa.string())])


@dataclass(frozen=True)
class Outcome:
    """What rules gave: a verdict each, one row a match, and what could not be asked."""

    verdicts: pl.DataFrame
    events: pl.DataFrame
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class _Asked:
    """One row to come: a rule or a correlation, its matches, what it stands on."""

    title: str
    id: str
    level: str
    key: int
    standing: Standing


def hunt(
    knowledge: Knowledge,
    paths: Sequence[Path],
    window: Span | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Outcome:
    """Put rule files (and folders of them) to a case over a window (the case's)."""
    return _Hunt(Weigher(knowledge, window), read(paths), progress or (lambda _text, _done, _of: None)).run()


class _Hunt:
    """One run over a set of rules."""

    def __init__(self, weigher: Weigher, rules: Rules, progress: Callable[[str, int, int], None]) -> None:
        self.weigher, self.rules, self.progress = weigher, rules, progress
        self.connection = weigher.knowledge.connection
        self.refused = list(rules.refused)
        self.found: list[pa.Table] = []
        self.values: list[pa.Table] = []
        self.standings: dict[int, Standing] = {}

    def run(self) -> Outcome:
        names = self.weigher.knowledge.names
        for key, rule in self.rules.rules.items():
            if lacking := unread(rule, self.weigher.knowledge):
                self.standings[key] = lacking
        self._scan(names)
        for correlation in self.rules.correlations:
            self._correlate(correlation)
        return self._outcome()

    def _scan(self, names: list[str]) -> None:
        logs: dict[str, tuple[Log, dict[int, Rule]]] = {}
        for key, rule in self.rules.rules.items():
            if rule.log and key not in self.standings:
                logs.setdefault(repr(rule.log), (rule.log, {}))[1][key] = rule
        grouped = self._grouped()
        for done, (log, rules) in enumerate(logs.values()):
            self.progress(f"{len(rules)} rules about {log.name}", done, len(logs))
            scan = Scan(self.connection, log, rules, self.rules.book.checks)
            wanted = frozenset(name for key in rules for name in grouped.get(key, ()))
            self._weigh(rules, scan.run(streams_of(log, names), self.weigher.window, wanted))
        self.progress("done", 1, 1)

    def _weigh(self, rules: dict[int, Rule], scanned: Scanned) -> None:
        self.found += scanned.matches
        self.values += scanned.values
        for key, rule in rules.items():
            self.standings[key] = standing(key, rule, scanned, self.rules.book.checks, self.weigher)

    def _grouped(self) -> dict[int, set[str]]:
        """Give for each rule the fields whose values its correlations need."""
        wanted: dict[int, set[str]] = {}
        for correlation in self.rules.correlations:
            for base in _bases(correlation):
                names = {correlate.named(correlation, base, name) for name in correlate.fields_of(correlation)}
                wanted.setdefault(id(base), set()).update(names)
        return wanted

    def _correlate(self, rule: SigmaCorrelationRule) -> None:
        """Put a correlation to the matches so far; it stands on all that its rules stand on."""
        bases = _bases(rule)
        if lost := [title_of(base) for base in bases if id(base) not in self.standings]:
            self.refused.append(Refused(file_of(rule), title_of(rule), f"its rule {lost[0]!r} could not be asked"))
            return
        fields = {
            id(base): {name: self._field(rule, base, name) for name in correlate.fields_of(rule)} for base in bases
        }
        try:
            found = correlate.correlated(self.connection, rule, self._matches(), fields, [id(base) for base in bases])
        except Refusal as error:
            self.refused.append(Refused(file_of(rule), title_of(rule), str(error)))
            return
        numbered = pa.array([id(rule)] * found.num_rows, pa.int64())
        self.found.append(found.add_column(0, "rule", numbered).select(FOUND).cast(FOUND_TYPES))
        self.standings[id(rule)] = _joined([self.standings[id(base)] for base in bases])

    def _field(self, rule: SigmaCorrelationRule, base: SigmaRuleBase, name: str) -> str:
        told, known = correlate.named(rule, base, name), self.rules.rules.get(id(base))
        return known.log.field(told) if known and known.log else told.lower()

    def _matches(self) -> Matches:
        return Matches(
            pa.concat_tables([FOUND_TYPES.empty_table(), *(each.cast(FOUND_TYPES) for each in self.found)]),
            pa.concat_tables([VALUES.empty_table(), *(each.cast(VALUES) for each in self.values)]),
        )

    def _outcome(self) -> Outcome:
        told = [
            _Asked(rule.title, rule.id, rule.level, key, self.standings[key])
            for key, rule in self.rules.rules.items()
            if rule.shown
        ]
        told += [
            _Asked(
                title_of(rule),
                str(rule.id or ""),
                rule.level.name.lower() if rule.level else "",
                id(rule),
                self.standings[id(rule)],
            )
            for rule in self.rules.correlations
            if id(rule) in self.standings
        ]
        told.sort(key=lambda each: (each.title, each.id))
        seen = self._seen()
        rows = [self._row(each, seen.get(each.key, Seen())) for each in told]
        return Outcome(frame(rows, VERDICTS), self._events(told), tuple(self.refused))

    def _seen(self) -> dict[int, Seen]:
        self.connection.register("sigma_found", self._matches().found)
        rows = self.connection.execute(
            "SELECT rule, count(DISTINCT event_id), min(time_us), max(time_us) FROM sigma_found GROUP BY rule"
        ).fetchall()
        self.connection.unregister("sigma_found")
        return {key: Seen(count, first, last) for key, count, first, last in rows}

    def _row(self, each: _Asked, seen: Seen) -> dict[str, object]:
        weighed = self.weigher.row(replace(seen, open=each.standing.open), each.standing.asked)
        return {
            "rule": each.title,
            "rule_id": each.id,
            "level": each.level,
            **weighed,
            "lacks": list(each.standing.lacks),
        }

    def _events(self, told: list[_Asked]) -> pl.DataFrame:
        """Give one row a match: rule, time, event_id and what tells most of the event."""
        places = pa.table(
            {"rule": pa.array([each.key for each in told], pa.int64()), "place": pa.array(range(len(told)), pa.int64())}
        )
        self.connection.register("sigma_place", places)
        self.connection.register("sigma_all", self._matches().found)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE sigma_found AS SELECT DISTINCT p.place, m.event_id FROM sigma_all AS m JOIN sigma_place AS p USING (rule)"
        )
        found = self.connection.sql(EVENTS).to_arrow_table()
        for name in ("sigma_place", "sigma_all"):
            self.connection.unregister(name)
        self.connection.execute("DROP TABLE sigma_found")
        rows = pl.DataFrame(pl.from_arrow(found))
        named = pl.DataFrame(
            {"place": range(len(told)), "rule": [each.title for each in told], "rule_id": [each.id for each in told]},
            schema={"place": pl.Int64, "rule": pl.String, "rule_id": pl.String},
        )
        whole = rows.join(named, on="place", how="left", maintain_order="left")
        return whole.select("rule", "time", "event_id", pl.exclude("rule", "time", "event_id", "place")).with_columns(
            pl.col(pl.Datetime).dt.replace_time_zone("UTC")
        )


def _bases(rule: SigmaCorrelationRule) -> list[SigmaRule | SigmaCorrelationRule]:
    return [reference.rule for reference in rule.referenced_rules]


def _joined(some: list[Standing]) -> Standing:
    """Give what a correlation stands on: all of its rules."""
    streams: dict[str, bool] = {}
    for each in some:
        for name, weak in each.asked.streams:
            streams[name] = weak or streams.get(name, False)
    lacking = tuple(dict.fromkeys(what for each in some for what in each.asked.lacking))
    lacks = tuple(dict.fromkeys(what for each in some for what in each.lacks))
    return Standing(Asked(tuple(streams.items()), lacking), any(each.open for each in some), lacks)
