"""Every command that a source tells, with a log and a copy for which it is the one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from timeline import catalog
from timeline.catalog import Source
from timeline.evidence.acquire import command
from timeline.globs import matches, weight

SOURCES = catalog.sources()
TOOLS = re.compile(r"plaso|windows_hayabusa|secret_.*|collector_.*")
"""What no platform exports: the results of tools that somebody ran."""
MAY = (1_682_899_200_000_000, 1_683_676_800_000_000)


@dataclass(frozen=True)
class Told:
    """One command of a source, and what asks for it."""

    source: Source
    glob: str
    text: str

    def __str__(self) -> str:
        return f"{self.source.id}-{self.glob}"

    def filled(self, scope: str) -> str:
        """Give the command for a stream of this scope, for May 2023."""
        glob, _, copy = self.glob.partition("@")
        name = self._name(glob, copy)
        return command(self.source, name, f"{name}/{scope}", copy.replace("*", "x") or "native", MAY)

    def _name(self, glob: str, copy: str) -> str:
        """Give a name of the source for which this glob is the narrowest one."""
        rivals = [each.partition("@")[0] for each in self.source.collect if each.partition("@")[2] == copy]
        names = [glob.replace("*", ""), *(name.replace("*", "any") for name in self.source.names)]
        return next(
            name for name in names if name and max((each for each in rivals if matches(each, name)), key=weight) == glob
        )


def all_told() -> Iterator[Told]:
    for source in SOURCES.values():
        for glob, text in source.collect.items():
            yield Told(source, glob, text)
