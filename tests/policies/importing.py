"""A case that imports configuration exports."""

import json
from pathlib import Path
from typing import Any

from timeline.api import Case

Policies = dict[tuple[str, str], dict[str, Any]]


class Importing:
    """Imports exports (named by their file) one after the other, and tells the policies by stream and store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.case = Case.create(folder / "case")

    def __call__(self, given: dict[str, str] | None = None, **exports: Any) -> Policies:
        for name, value in exports.items():
            path = self.folder / name.replace("_", ".")
            path.write_text(value if isinstance(value, str) else json.dumps(value))
            self.case.import_policies([path], given)
        return {(one.stream, one.store): vars(one) for one in self.case.config.policies}

    def all(self) -> list[dict[str, Any]]:
        return [vars(one) for one in self.case.config.policies]


def days(policy: dict[str, Any]) -> list[float | None]:
    """Give a policy's limits in days; None: for ever."""
    return [None if limit.keep is None else limit.keep / 86_400_000_000 for limit in policy["retention"]]
