"""Incidents made by chance, and how well they are reconstructed: hops of an artefact, forged tokens, windows of unseen steps; seeded.

A hop is claimed if it is graded proven, strong or probable; a `possible` one is a candidate, and listed without being claimed. Recall counts a
hop as found if it is listed. A forged use is provable if every sign-in log covers the second at which it claims to have been issued.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.incidents import hops, tokens, windows


def run(seed: int, stories: int) -> Iterator[str]:
    """Give the figures, and whatever is wrong, line by line."""
    seeds = range(seed, seed + stories)
    lineage, forged, chains = hops.Score(), tokens.Score(), windows.Score()
    yield from _measured(hops.measure, seeds, lineage)
    yield f"hops of {stories} artefacts: precision {lineage.precision:.4f} of {lineage.claimed} claimed, recall {lineage.recall:.4f} of {lineage.hops}"
    yield f"   of those that no packing hides {lineage.certain:.4f} are claimed; {lineage.possible_true} of {lineage.possible} candidates are true"
    yield from _measured(tokens.measure, seeds, forged)
    yield f"forged tokens in {stories} tenants: precision {forged.precision:.4f} of {forged.claimed} claimed uses, recall {forged.recall:.4f} of {forged.provable} provable"
    yield f"   unknown where their issue time is not covered or not stated: {forged.unknown} of {forged.outside}"
    yield from _measured(windows.measure, seeds, chains)
    yield f"windows of {chains.steps} steps in {stories} chains: exact to the microsecond {chains.share:.4f}"


def _measured(measure: Callable[[int, Path, Any], list[str]], seeds: range, score: object) -> Iterator[str]:
    """Add each story to the score, and give what is wrong with it."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            yield from (f"   {line}" for line in measure(seed, Path(folder) / "case", score))
