"""The gaps that configuration events make in one log."""

from typing import Any

from own_case import MAY, Make


def of(trial: Make, stream: str, **files: str) -> list[tuple[Any, ...]]:
    """Give the gaps of one stream that was collected whole, in which each file is evidence."""
    base = MAY + f'[[collection]]\nid = "c"\ncollected_at = 2023-06-01\nstreams = ["{stream}"]\n'
    own = trial(f'[[policy]]\nstream = "{stream}"\nsemantics = "none"\n', base=base).ingest(**files)
    assert own.codes == [0]
    return [
        (row["state"], row["start"][5:16], row["end"][5:16], row["scope"])
        for row in own.rows("gaps")
        if row["stream"] == stream
    ]
