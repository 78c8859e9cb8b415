"""What a configuration export says, before it is known which log it is about: routes, destinations, finished statements.

An export of a trail names a bucket, an export of the bucket says how long; only both together are a policy. So readers give
facts, and `resolve` joins those of all exports of the case.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from timeline.errors import CaseError

Keys = Mapping[str, Any]
"""Keys of a `[[policy]]` table of policies.toml; instants are datetimes, UTC."""


@dataclass(frozen=True)
class Export:
    """One file as the platform's tool wrote it: JSON as `value`, anything else as None; `given` are the user's `--set`.

    `name` is that of the copy in the case, `origin` where the user has it.
    """

    name: str
    text: str
    value: Any = None
    given: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""

    @property
    def shown(self) -> str:
        """The name by which the user knows it."""
        return self.origin or self.name

    def need(self, key: str, what: str) -> str:
        """Give what the export itself does not state and the user must."""
        if key not in self.given:
            raise CaseError(f"{self.shown}: the export does not say {what}; add --set {key}=NAME")
        return self.given[key]


@dataclass(frozen=True)
class Route:
    """A log is written to a destination under a prefix; `keys`: what the route itself says (enabled, latency).

    `name` is what the platform calls it, so that other exports can speak of it.
    """

    stream: str
    store: str
    to: str = ""
    prefix: str = ""
    keys: Keys = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Amendment:
    """Keys for the routes of one name (empty: the only one there is, of those whose stream begins so)."""

    of: str
    stream: str
    keys: Keys


@dataclass(frozen=True)
class Keeping:
    """How long a destination keeps what lies under a prefix.

    `floor`: at least so many days, whatever another rule says; `overrides`: a rule for a part takes the place of the one for all;
    `doubt`: it deletes some of it, and the export does not say what or when.
    """

    of: str
    prefix: str = ""
    keys: Keys = field(default_factory=dict)
    floor: int = 0
    overrides: bool = False
    doubt: bool = False


@dataclass(frozen=True)
class Statement:
    """A `[[policy]]` table that needs nothing else."""

    keys: Keys


@dataclass(frozen=True)
class Remark:
    """Something that the export says and that no policy can hold, for the user to read."""

    text: str


Fact = Route | Amendment | Keeping | Statement | Remark


@dataclass(frozen=True)
class Reader:
    """One kind of export: its name as a command, how it is recognised, and what it says."""

    name: str
    knows: Callable[[Export], bool]
    read: Callable[[Export], Iterable[Fact]]


def moment(told: object) -> datetime | None:
    """Read the times of exports: ISO text or epoch seconds or milliseconds, UTC; None where there is none."""
    if isinstance(told, bool) or told in (None, ""):
        return None
    if isinstance(told, int | float):
        return datetime.fromtimestamp(told / 1000 if told > MILLISECONDS else told, UTC)
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


MILLISECONDS = 100_000_000_000


def has(value: object, *keys: str) -> bool:
    """Tell whether a JSON value is an object with all of these keys."""
    return isinstance(value, dict) and all(key in value for key in keys)


def items(value: Any, key: str = "") -> list[dict[str, Any]]:  # noqa: ANN401  JSON
    """Give the objects of a list, of the list under a key, or the object alone."""
    inner = value.get(key, value) if key and isinstance(value, dict) else value
    return [each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, dict)]
