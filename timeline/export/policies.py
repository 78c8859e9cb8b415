"""Policies as a person reads them: fewer columns, and the doubt beside the statement."""

import polars as pl


def in_force(rows: pl.DataFrame) -> pl.DataFrame:
    """Give who says what of each copy, what it still holds, and what the oldest records say."""
    seen = pl.format("{} d", pl.col("observed").round(2))
    names = pl.col("fits").str.split(", ")
    more = pl.when(names.list.len() > 1).then(pl.format(" and {} more", names.list.len() - 1)).otherwise(pl.lit(""))
    fits = pl.format("{}{} ({} d)", names.list.first(), more, pl.col("distance").round(2))
    return rows.select(
        _part(),
        "store",
        "origin",
        "keeps",
        pl.col("kept_from").dt.strftime("%Y-%m-%d %H:%M").alias("holds from"),
        "collection",
        seen.alias("oldest seen"),
        pl.when(pl.col("fits") != "").then(fits).alias("sits at"),
        pl.when(pl.col("contradiction") != "").then("contradiction").otherwise("proposal").alias("remark"),
    )


def catalogue(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the defaults with their sources."""
    sources = pl.col("citations").list.join("; ")
    off = pl.format("{} ({})", "keeps", "scope")
    return rows.select(
        "log",
        "plan",
        "store",
        pl.when(pl.col("scope") == "").then("keeps").otherwise(off).alias("keeps"),
        "applies",
        "latency",
        "confidence",
        sources.alias("sources"),
    )


def _part() -> pl.Expr:
    scoped = pl.format("{} ({})", "stream", "scope")
    return pl.when(pl.col("scope") == "").then("stream").otherwise(scoped).alias("stream")
