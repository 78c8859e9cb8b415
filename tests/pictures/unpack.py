"""Reads a page as its own scripts do: the case, the columns, everything that is packed."""

import base64
import gzip
import json
import re
from typing import Any

ELEMENT = re.compile(r'<script type="application/octet-stream" id="data-([\w-]+)">(.*?)</script>', re.DOTALL)


def case_of(page: bytes) -> dict[str, Any]:
    found = re.search(r'id="data-case">(.*?)</script>', page.decode(), re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    tables = told.pop("tables").items()
    return told | {
        table: [dict(zip(each["names"], row, strict=True)) for row in each["rows"]] for table, each in tables
    }


def pieces_of(page: bytes) -> dict[str, bytes]:
    """Every packed piece but the chart library."""
    found = ELEMENT.findall(page.decode())
    return {name: gzip.decompress(base64.b64decode(text)) for name, text in found if name != "plotly"}


def words_of(page: bytes, name: str) -> list[str]:
    """The dictionary of a column."""
    facts = next(one for one in case_of(page)["store"]["columns"] if one["name"] == name)
    told: list[str] = json.loads(pieces_of(page)[f"column-{facts['piece']}"][: facts["told"]])
    return told


def raw_of(page: bytes) -> dict[str, str]:
    """The raw records by place."""
    blocks = [json.loads(piece) for name, piece in pieces_of(page).items() if name.startswith("raw-")]
    return {place: text for block in blocks for place, text in block.items()}


def everything(page: bytes) -> str:
    """All that the page tells of the case, whether packed or plain, for a search."""
    shown = json.dumps(case_of(page), ensure_ascii=False)
    title = page.decode().partition("<title>")[2].partition("</title>")[0]
    return "\n".join([title, shown, *(piece.decode("latin-1") for piece in pieces_of(page).values())])
