"""What every reader gives: batches of records with their number, place and text, and the faults between them."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Batch:
    """Some records of one file.

    `number` counts from 1 in the file; `start` and `size` are bytes of the decoded text (-1 where the record cannot be sought);
    `text` is the record; `cells` holds the columns of a CSV record (`text` is then the raw row, or the payload cell); `meant` is what
    sources read where that is not the text itself, as the JSON of an XML element.
    """

    number: np.ndarray
    start: np.ndarray
    size: np.ndarray
    text: pa.Array
    cells: dict[str, pa.Array] = field(default_factory=dict)
    meant: pa.Array | None = None


@dataclass(frozen=True)
class Fault:
    """A record that could not even be cut out: its number, place and the reason."""

    number: int
    start: int
    size: int
    reason: str
    text: str = ""
