"""The organisation's retention against frameworks, against public incidents, and against the case's own questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from timeline.core.policy import Limit, Policy, Semantics
from timeline.core.scope import EVERYTHING
from timeline.core.spans import BEGIN, END, holds
from timeline.evidence import frames
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.simulate import Asked, Bounds, Simulation
from timeline.globs import matches
from timeline.policies.duties import Framework, Lesson, Price, frameworks, lessons, of, price_of, prices

DAY = 86_400_000_000
GIGA = 1e9
SHORTEST = (0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334)
"""How many days so many months have at least; each twelve more are a year."""
SHORT, ENOUGH, UNKNOWN, STATED, OPPOSED, NO_LOG = (
    "short",
    "enough",
    "unknown",
    "to be stated",
    "longer than allowed",
    "no such log",
)
AUDIT: frames.Schema = {
    "kind": pl.String,
    "id": pl.String,
    "requirement": pl.String,
    "stream": pl.String,
    "verdict": pl.String,
    "required_days": pl.Int64,
    "required_searchable_days": pl.Int64,
    "actual_days": pl.Int64,
    "actual_searchable_days": pl.Int64,
    "since": frames.MOMENT,
    "cost_per_month": pl.Float64,
    "lost": pl.String,
    "evidence": pl.String,
}


@dataclass(frozen=True)
class Keeps:
    """How long a stream is kept at a moment, in the best of its copies (µs; END: for ever, None: not known), and since when."""

    stream: str
    searchable: int | None
    total: int | None
    since: int
    evidence: str


class Audit:
    """One case's retention, weighed."""

    def __init__(self, knowledge: Knowledge, at: int, table: Path | None = None) -> None:
        self.knowledge, self.at = knowledge, at
        self.prices: tuple[Price, ...] = prices(table)
        self.keeps = [self._keeps(name) for name in self._names()]
        self.volumes = self._volumes()

    def _names(self) -> list[str]:
        """Give the streams of the case, and those that only policies speak of, as they speak of them."""
        names = self.knowledge.names
        told = [spec.stream for spec in self.knowledge.config.policies]
        return [*names, *sorted({glob for glob in told if not any(matches(glob, name) for name in names)} - set(names))]

    def _keeps(self, name: str) -> Keeps:
        policies = self.knowledge.builder.stream(name, self.knowledge.as_of).policies
        stores = dict.fromkeys(policy.store for policy in policies)
        copies = (_copy(name, [policy for policy in policies if policy.store == store], self.at) for store in stores)
        return max(
            filter(None, copies),
            key=lambda kept: (kept.total or 0, kept.searchable or 0),
            default=Keeps(name, None, None, BEGIN, ""),
        )

    def _volumes(self) -> dict[str, float]:
        """Give the bytes of a stream in a day, as its files hold them."""
        rows = self.knowledge.connection.execute(
            "SELECT stream, sum(share) / greatest(1, (max(last) - min(first)) / 86400000000.0) FROM (SELECT e.stream, e.file_no, "
            "any_value(f.bytes) * count(*) / greatest(1, any_value(f.records)) AS share, min(e.time_us) AS first, max(e.time_us) AS last "
            "FROM event AS e JOIN file AS f USING (file_no) GROUP BY e.stream, e.file_no) GROUP BY stream"
        ).fetchall()
        return dict(rows)

    def frameworks(self, chosen: Iterable[str] = ()) -> list[dict[str, object]]:
        """Weigh each stream against the frameworks in force (or the chosen ones)."""
        wanted = set(chosen)
        some = [each for each in frameworks() if (each.id in wanted if wanted else each.holds(self.at))]
        return [
            self._against(each, kept)
            for each in some
            for kept in self.keeps
            if any(of(glob, kept.stream) for glob in each.streams)
        ]

    def _against(self, framework: Framework, kept: Keeps) -> dict[str, object]:
        missing = (_missing(framework.searchable, kept.searchable), _missing(framework.total, kept.total))
        return {
            **self._row("framework", framework.id, f"{framework.title}: {framework.asks}", kept),
            "verdict": _weighed(framework, kept),
            "required_days": _days(framework.most if framework.opposing else framework.total),
            "required_searchable_days": _days(framework.searchable),
            "cost_per_month": self._cost(kept.stream, *missing),
            "evidence": framework.evidence,
        }

    def lessons(self) -> list[dict[str, object]]:
        """Ask of each decisive question of the public incidents whether this retention would have answered it."""
        return [self._learnt(each) for each in lessons()]

    def _learnt(self, lesson: Lesson) -> dict[str, object]:
        fit = [kept for kept in self.keeps if any(of(glob, kept.stream) for glob in lesson.streams)]
        best = max(fit, key=lambda kept: kept.total or 0, default=None)
        kept = best or Keeps("", None, None, BEGIN, "")
        enough = kept.total is not None and kept.total >= lesson.reach
        verdict = NO_LOG if best is None else ENOUGH if enough else UNKNOWN if kept.total is None else SHORT
        return {
            **self._row("incident", lesson.incident, f"{lesson.title}: {lesson.asks}", kept),
            "verdict": verdict,
            "required_days": _days(lesson.reach),
            "cost_per_month": self._cost(kept.stream, 0, _missing(lesson.reach, kept.total)),
            "lost": lesson.open if best else f"none of {', '.join(lesson.streams)} is in the case",
            "evidence": lesson.evidence,
        }

    def case(self, simulation: Simulation, asked: Sequence[Asked]) -> list[dict[str, object]]:
        """Say for each question of the case what retention it needed."""
        found = simulation.bounds(asked)
        return [self._own(each, bounds) for each, bounds in zip(asked, found, strict=True)]

    def _own(self, asked: Asked, bounds: Bounds) -> dict[str, object]:
        subject = ", ".join(f"{key}={value}" for key, value in asked.params.items())
        short = bounds.expired
        return {
            **self._row(
                "question",
                asked.question.id,
                f"{asked.question.question} {subject}".strip(),
                Keeps("", None, None, BEGIN, ""),
            ),
            "stream": ", ".join(short),
            "verdict": SHORT if short else ENOUGH,
            "required_days": bounds.needed,
            "lost": f"{bounds.verdict}, because {', '.join(short)} had expired" if short else "",
            "evidence": bounds.because,
        }

    def _row(self, kind: str, name: str, requirement: str, kept: Keeps) -> dict[str, object]:
        return {
            "kind": kind,
            "id": name,
            "requirement": requirement,
            "stream": kept.stream,
            "verdict": "",
            "required_days": None,
            "required_searchable_days": None,
            "actual_days": _days(kept.total),
            "actual_searchable_days": _days(kept.searchable),
            "since": frames.moment(kept.since),
            "cost_per_month": None,
            "lost": "",
            "evidence": kept.evidence,
        }

    def _cost(self, stream: str, searchable: int, total: int) -> float | None:
        """Estimate a month's price of what is missing: bytes of a day, as collected, times days, times the price of a gigabyte."""
        if stream not in self.volumes or not (searchable or total):
            return None
        price, daily = price_of(stream, self.prices), self.volumes[stream] / GIGA
        cold = max(0, total - searchable)
        return float(f"{daily * (searchable * price.searchable + cold * price.cold) / DAY:.2g}")


def blamed(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Say beside each shortfall of a stream which questions of the case it has already cost."""
    cost = {
        (row["id"], stream) for row in rows if row["kind"] == "question" for stream in str(row["stream"]).split(", ")
    }
    told = [(row, sorted(str(name) for name, stream in cost if stream == row["stream"])) for row in rows]
    return [
        row | {"lost": f"not answered: {', '.join(names)}"}
        if names and row["kind"] == "framework" and row["verdict"] == SHORT
        else row
        for row, names in told
    ]


def summary(rows: pl.DataFrame) -> Iterator[str]:
    """Say in a sentence each what the rows of incidents and of the case come to."""
    learnt = rows.filter(pl.col("kind") == "incident")
    if learnt.height:
        good = learnt.filter(pl.col("verdict") == ENOUGH).height
        absent = learnt.filter(pl.col("verdict") == NO_LOG).height
        without = f" ({absent} are about logs that this case does not have)" if absent else ""
        yield f"this retention would have answered {good} of {learnt.height} decisive questions of public incidents{without}"
    short = rows.filter((pl.col("kind") == "question") & (pl.col("verdict") == SHORT))
    for row in short.iter_rows(named=True):
        need = f"{row['required_days']} days needed" if row["required_days"] else "no retention by age would do"
        yield f"not answered in this case: {row['id']}: {need}"


def _copy(name: str, policies: Sequence[Policy], at: int) -> Keeps | None:
    """Read what one copy keeps of all records: as long as of those it keeps least of; the last policy of a scope is in force.

    Nobody can say it if some records have no policy. Those that are not logged at all are a matter of what is logged.
    """
    scopes = {policy.scope: policy for policy in policies}
    if EVERYTHING not in scopes:
        return None
    parts = [policy for scope, policy in scopes.items() if scope == EVERYTHING or holds(policy.enabled, at)]
    kept = [_kept(name, policy, at) for policy in parts]
    known = [each for each in kept if each]
    return min(known, key=lambda each: each.total or 0) if known and len(known) == len(kept) else None


def _kept(name: str, policy: Policy, at: int) -> Keeps | None:
    """Read what one policy keeps at a moment; of a ring nobody can say."""
    told = ", ".join(policy.evidence)
    if policy.ending.at <= at:
        return Keeps(name, 0, 0, policy.ending.at, told)
    if not holds(policy.enabled, at):
        return Keeps(name, 0, 0, max((end for _, end in policy.enabled if end <= at), default=BEGIN), told)
    if policy.semantics == Semantics.NONE:
        total: int | None = END
        since = BEGIN
    elif policy.ruled:
        ends = [_in_force(limits, at) for limits in (policy.limits, policy.caps) if limits]
        limit = min(ends, key=_length)
        whole = policy.unit if policy.unit_by == "oldest" else 0
        total, since = _length(limit), limit.start
        total = total if total == END else max(0, total - whole)
    else:
        return None
    searchable = total if policy.archive_after is None or total is None else min(total, policy.archive_after)
    return Keeps(name, searchable, total, since, told)


def _in_force(limits: Sequence[Limit], at: int) -> Limit:
    return max((each for each in limits if each.start <= at), key=lambda each: each.start, default=limits[0])


def _length(limit: Limit) -> int:
    """Give how long a limit keeps at least: so many months are of their shortest."""
    years, months = divmod(limit.months, len(SHORTEST))
    least = (365 * years + SHORTEST[months]) * DAY
    return least if limit.months else END if limit.keep is None else limit.keep


def _missing(required: int | None, actual: int | None) -> int:
    return 0 if required is None or actual is None else max(0, required - actual)


def _weighed(framework: Framework, kept: Keeps) -> str:
    if framework.opposing:
        longer = framework.most is not None and kept.total is not None and kept.total > framework.most
        return (
            OPPOSED if longer else STATED if framework.most is None else ENOUGH if kept.total is not None else UNKNOWN
        )
    if framework.total is None and framework.searchable is None:
        return STATED if kept.total is None else ENOUGH
    if kept.total is None:
        return UNKNOWN
    short = _missing(framework.total, kept.total) or _missing(framework.searchable, kept.searchable)
    return SHORT if short else ENOUGH


def _days(length: int | None) -> int | None:
    return None if length is None or length >= END else length // DAY
