"""Questions of the user's own may give rows that stand for nothing: these are mistakes, and no findings."""

from __future__ import annotations

from timeline.errors import CaseError
from timeline.evidence.finds import Statement

KINDS = {"time_us": "BIGINT", "event_id": "VARCHAR"}


def refuse_strange_rows(made: Statement) -> None:
    """Raise a CaseError if rows of a user's question have no time or belong to no event; the package's own are tested for it."""
    path = made.question.home
    if path is None:
        return
    kinds = made.run(", ".join(f"typeof(answer.{name}) AS {name}" for name in KINDS), "LIMIT 1").to_dicts()
    for name, kind in KINDS.items():
        if wrong := [told[name] for told in kinds if told[name] != kind]:
            raise CaseError(f"{path}: its column {name} is {wrong[0]}; give that of the event, as e.{name} AS {name}")
    counts = "count(*) FILTER (answer.time_us IS NULL) AS timeless, count(*) FILTER (event.event_id IS NULL) AS nobody"
    (row,) = made.run(counts, "LEFT JOIN event ON event.event_id = answer.event_id").to_dicts()
    if row["timeless"]:
        raise CaseError(
            f"{path}: {row['timeless']} of its rows have no time_us; give that of the event, as e.time_us AS time_us"
        )
    if row["nobody"]:
        raise CaseError(
            f"{path}: {row['nobody']} of its rows belong to no event; give the event's id, as e.event_id AS event_id"
        )
