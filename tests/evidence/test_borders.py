"""Planted gaps whose borders policies, windows and record numbers tell: each exactly so, and nothing else."""

from pathlib import Path

from tests.benchmarks import borders


def test_gaps_with_known_borders_are_told_to_the_microsecond_and_decoys_are_none(tmp_path: Path) -> None:
    made = list(borders.streams(7, 2))
    found = borders.told(made, tmp_path)
    assert {each.name: found[each.name] for each in made} == {each.name: each.lost for each in made}
