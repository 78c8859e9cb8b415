"""The typed form of case.toml: what investigators state about their evidence, checked as a whole before use.

Instants and durations are whole microseconds, UTC; what may be left out is None or empty.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from timeline.case.offsets import ClockSpec, clock
from timeline.case.order import check_order
from timeline.case.playbooks import OPEN, Zone
from timeline.case.policies import IMPORTED, FieldSpec, Policies, PolicySpec, PurgeSpec
from timeline.case.policy_sheet import check_window, read_policies
from timeline.case.sheet import Table, read
from timeline.case.values import (
    ExpectedError,
    choice,
    count,
    day,
    duration,
    glob,
    instant,
    several,
    text,
    texts,
    whole,
)
from timeline.case.zones import log_zone
from timeline.core.spans import BEGIN, END
from timeline.errors import CaseError

FILE = "case.toml"
Questions = Mapping[str, Collection[str]]
TEMPLATE = Path(__file__).with_name("template.toml").read_text("utf-8")


@dataclass(frozen=True)
class CollectionSpec:
    """One act of acquiring evidence; no `paths` means every file, no `streams` those found in the files."""

    id: str
    collected_at: int
    store: str
    paths: tuple[str, ...]
    start: int | None
    end: int | None
    streams: tuple[str, ...]
    subjects: tuple[str, ...]
    max_records: int | None
    cut: str | None
    timezone: str | None
    access: str = ""

    @property
    def bare(self) -> bool:
        """Tell whether neither window nor filter nor record limit is stated: then a collector's own log may tell them."""
        return self.start is None and self.end is None and not self.subjects and self.max_records is None


@dataclass(frozen=True)
class StepSpec:
    """One step of the chain: a question, and what it must come after or before."""

    id: str
    question: str
    params: Mapping[str, str]
    after: tuple[str, ...]
    within: int | None
    before: tuple[str, ...]


@dataclass(frozen=True)
class OutageSpec:
    """A known loss, declared."""

    stream: str
    start: int
    end: int
    why: str


@dataclass(frozen=True)
class Config:
    """All of case.toml; `start` and `end` are BEGIN and END where the file does not state them."""

    name: str
    start: int
    end: int
    as_of: int | None
    holidays: tuple[int, ...]
    collections: tuple[CollectionSpec, ...]
    policies: tuple[PolicySpec, ...]
    zones: tuple[Zone, ...]
    steps: tuple[StepSpec, ...]
    outages: tuple[OutageSpec, ...]
    notes: str = ""
    digest_keys: str = ""
    geo: str = ""
    analyst: str = ""
    clocks: tuple[ClockSpec, ...] = ()
    purges: tuple[PurgeSpec, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    blanks: tuple[str, ...] = ()  # what a playbook left to be filled in: where, and what


def load(path: Path, questions: Questions | None = None) -> Config:
    """Read and check a case.toml and the policies.toml beside it; the CaseError lists every mistake, each with its line.

    `questions` are the names of the parameters of each question that can be asked.
    """
    imported = _imported(path.with_name(IMPORTED))
    sheet, root = read(path)
    config = _config(root, path.absolute().parent.name, questions)
    _check_unique(root.tables("collection"), "id")
    _check_unique(root.tables("zone"), "name")
    root.close()
    sheet.settle()
    kept = imported + Policies(config.policies, config.purges, config.fields)
    return replace(config, policies=kept.policies, purges=kept.purges, fields=kept.fields)


def _imported(path: Path) -> Policies:
    """Read what `timeline policy import` wrote; it comes before what people declare, so that these win where both fit alike."""
    if not path.is_file():
        return Policies()
    sheet, root = read(path)
    found = read_policies(root, sourced=True)
    root.close()
    sheet.settle()
    return found


def find(start: Path, explicit: Path | None, environ: Mapping[str, str]) -> Path:
    """Find the folder of the case: named by option or TIMELINE_CASE, else the nearest parent with a case.toml."""
    named = explicit or (Path(environ["TIMELINE_CASE"]) if environ.get("TIMELINE_CASE") else None)
    if named:
        folder = named.parent if named.name == FILE else named
        if not (folder / FILE).is_file():
            raise CaseError(f"{named}: no {FILE} there; `timeline init {named}` makes a case")
        return folder
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise CaseError(f"{start}: no {FILE} here or in a parent folder; `timeline init` makes a case, -C DIR names one")


def _config(root: Table, name: str, questions: Questions | None) -> Config:
    case = root.table("case")
    collections = tuple(_collection(table) for table in root.tables("collection"))
    kept = read_policies(root)
    config = Config(
        name=case.take("name", text, name),
        start=case.take("from", instant, BEGIN),
        end=case.take("to", instant, END),
        as_of=case.take("as_of", instant, max((one.collected_at for one in collections), default=None)),
        holidays=case.take("holidays", several(day, "dates, as in [2023-05-29]"), ()),
        collections=collections,
        policies=kept.policies,
        purges=kept.purges,
        fields=kept.fields,
        zones=tuple(_zone(table) for table in root.tables("zone")),
        steps=_chain(root.table("chain"), questions),
        outages=tuple(_outage(table) for table in root.tables("outage")),
        clocks=tuple(clock(table) for table in root.tables("clock")),
        notes=case.take("notes", text, ""),
        blanks=tuple(root.blanks(OPEN)),
        digest_keys=case.take("digest_keys", text, ""),
        geo=case.take("geo", text, ""),
        analyst=case.take("analyst", text, ""),
    )
    check_window(case, "from", "to")
    case.close()
    return config


def _collection(table: Table) -> CollectionSpec:
    spec = CollectionSpec(
        id=table.need("id", text, ""),
        collected_at=table.need("collected_at", instant, END),
        store=table.take("store", text, "native"),
        paths=table.take("paths", several(text, 'globs over files, as in ["exports/**"]'), ()),
        start=table.take("from", instant, None),
        end=table.take("to", instant, None),
        streams=table.take("streams", several(glob, 'globs over stream names, as in ["azure.storage/*"]'), ()),
        subjects=table.take("subjects", several(text, 'principals, as in ["alice@contoso.com"]'), ()),
        max_records=table.take("max_records", count, None),
        cut=table.take("cut", choice("oldest", "newest"), None),
        timezone=table.take("timezone", log_zone, None),
        access=table.take("access", text, ""),
    )
    check_window(table, "from", "to")
    table.close()
    return spec


def _zone(table: Table) -> Zone:
    spec = Zone(
        name=table.need("name", text, ""),
        level=table.need("level", whole, 0),
        objects=table.need("objects", several(text, 'globs over objects, as in ["s3://vault/**"]'), ()),
    )
    table.close()
    return spec


def _chain(table: Table, questions: Questions | None) -> tuple[StepSpec, ...]:
    steps = table.tables("step")
    found = tuple(_step(step, questions) for step in steps)
    _check_unique(steps, "id")
    check_order(steps)
    table.close()
    return found


def _step(table: Table, questions: Questions | None) -> StepSpec:
    ids = several(text, 'ids of steps, as in ["detection"]')
    spec = StepSpec(
        id=table.need("id", text, ""),
        question=table.need("question", text if questions is None else _question(questions), ""),
        params=table.take("params", texts, {}),
        after=table.take("after", ids, ()),
        within=table.take("within", duration, None),
        before=table.take("before", ids, ()),
    )
    known = spec.params if questions is None else questions.get(spec.question, spec.params)
    for name in sorted(spec.params.keys() - known):
        table.wrong(f"a parameter of {spec.question}: {', '.join(known) or 'it has none'}", "params", name)
    if spec.within is not None and not spec.after:
        table.wrong("`after` beside it: the time is counted from those steps", "within")
    table.close()
    return spec


def _question(known: Questions) -> Callable[[object], str]:
    def read(value: object) -> str:
        if isinstance(value, str) and value in known:
            return value
        near = get_close_matches(str(value), known, n=1) or sorted(known)
        raise ExpectedError(f'the id of a question, as in "{near[0]}"; `timeline queries` lists all')

    return read


def _outage(table: Table) -> OutageSpec:
    spec = OutageSpec(
        stream=table.need("stream", glob, ""),
        start=table.need("from", instant, BEGIN),
        end=table.need("to", instant, END),
        why=table.take("why", text, ""),
    )
    check_window(table, "from", "to")
    table.close()
    return spec


def _check_unique(tables: list[Table], key: str) -> None:
    seen: set[object] = set()
    for table in tables:
        value = table.values.get(key)
        if isinstance(value, str) and value in seen:
            table.wrong("a name that no other has", key)
        elif isinstance(value, str):
            seen.add(value)
