"""Verdicts on rules and indicators as a person reads them on a terminal: as those of questions, with what is their own in front."""

from __future__ import annotations

import polars as pl

from timeline.export import summary


def rules(found: pl.DataFrame) -> pl.DataFrame:
    """Give the verdicts on rules; of what a rule lacks the first is told and the rest counted."""
    told = _named(found, "rule", "level")
    more = pl.col("lacks").list.len() - 1
    some = pl.when(more > 0).then(pl.format(" and {} more", more)).otherwise(pl.lit(""))
    lacks = found.select(pl.concat_str(pl.col("lacks").list.first(), some).alias("lacks"))
    return told.with_columns(lacks["lacks"])


def indicators(found: pl.DataFrame) -> pl.DataFrame:
    """Give the verdicts on indicators."""
    return _named(found, "indicator", "kind")


def _named(found: pl.DataFrame, name: str, kind: str) -> pl.DataFrame:
    asked = found.with_columns(pl.col(name).alias("question"), pl.col(kind).alias("subject"))
    return summary.verdicts(asked).rename({"question": name, "subject": kind})
