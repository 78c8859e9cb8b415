"""A few incidents of fixed seeds; `python -m tests.benchmarks incidents` tells more."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.incidents import hops, lineage, tokens, windows


@pytest.mark.slow
def test_hops_of_an_artefact_are_found_among_lookalikes(tmp_path: Path) -> None:
    score = hops.Score()
    wrong = [line for seed in range(1, 5) for line in hops.measure(seed, tmp_path / str(seed), score)]
    assert score.hops > 60
    assert score.precision >= 0.98, wrong
    assert min(score.recall, score.certain) >= 0.98, wrong


@pytest.mark.slow
def test_a_token_is_called_forged_only_where_its_issuance_would_be_here(tmp_path: Path) -> None:
    score = tokens.Score()
    wrong = [line for seed in (1, 2) for line in tokens.measure(seed, tmp_path / str(seed), score)]
    assert wrong == []
    assert (score.precision, score.recall) == (1.0, 1.0)
    assert score.unknown == score.outside > 0 < score.provable


@pytest.mark.slow
def test_the_windows_of_unseen_steps_are_the_truth(tmp_path: Path) -> None:
    score = windows.Score()
    wrong = [line for seed in range(1, 8) for line in windows.measure(seed, tmp_path / str(seed), score)]
    assert wrong == []
    assert score.exact == score.steps > 15


def test_a_seed_tells_one_story() -> None:
    for module in (lineage, tokens, windows):
        assert told(module, 7) == told(module, 7) != told(module, 8)


def test_the_lineage_holds_copies_renames_packed_copies_and_two_clouds() -> None:
    stories = [lineage.made(seed) for seed in range(20)]
    kinds = {(hop.kind, hop.packed) for story in stories for hop in story.hops}
    assert {("copy", False), ("move", False), ("upload", False), ("upload", True), ("read", True)} <= kinds
    assert any(hop.object.startswith("s3://") for story in stories for hop in story.hops)


def told(module: ModuleType, seed: int) -> dict[str, object]:
    """Give all of a story but its dice."""
    return {name: value for name, value in vars(module.made(seed)).items() if name != "dice"}
