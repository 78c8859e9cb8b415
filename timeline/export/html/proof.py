"""Whether a page is what it says it is: unchanged, of this case, and the very bytes that the case gives again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from timeline.errors import CaseError
from timeline.export.html import seal

DATA = re.compile(rb'<script type="application/json" id="data-case">(.*?)</script>', re.DOTALL)
Row = dict[str, object]


@dataclass(frozen=True)
class Page:
    """A file that was written by `timeline html`, and what it says of itself."""

    path: Path
    content: bytes
    fingerprint: str
    versions: Mapping[str, str]
    options: tuple[str, ...]
    raw: bool
    redacted: bool
    every: bool


def read(path: Path) -> Page:
    """Read a page; a file that is none is a CaseError."""
    try:
        content = path.read_bytes()
        found = DATA.search(content)
        told = json.loads(found[1]) if found else {}
        made = told["made"]
        said = (str(told["fingerprint"]), dict(told["versions"]), tuple(map(str, made["options"])))
        raw, redacted, every = (bool(made[name]) for name in ("raw", "redacted", "every"))
        return Page(path, content, *said, raw=raw, redacted=redacted, every=every)
    except OSError as error:
        raise CaseError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise CaseError(f"{path}: is no page that `timeline html` wrote; name one, or leave it out") from None


def checks(
    page: Page, fingerprint: str, versions: Mapping[str, str], again: Callable[[], bytes] | None
) -> Iterator[Row]:
    """Give rows check, subject, ok, detail; `again` makes the page anew, None where that cannot be done without the rules of its redaction."""
    subject = page.path.name
    stated, computed = seal.stated(page.content), seal.computed(page.content)
    whole = stated == computed
    yield row(
        "page", subject, ok=whole, detail="" if whole else "the file was changed after it was written, or it was cut"
    )
    same = page.fingerprint == fingerprint
    yield row(
        "page's case",
        subject,
        ok=same,
        detail="" if same else "it was made from other evidence, another case.toml or other notes",
    )
    others = [f"{name} {version}" for name, version in sorted(page.versions.items()) if versions.get(name) != version]
    if others:
        yield row(
            "page's versions", subject, ok=True, detail=f"not made again, because it was made by {', '.join(others)}"
        )
    elif again is None:
        yield row(
            "page's names",
            subject,
            ok=True,
            detail="not made again: names are replaced in it; give its rules with --redact",
        )
    else:
        equal = again() == page.content
        detail = "made again from the case: the same bytes" if equal else "made again from the case it has other bytes"
        yield row("page made again", subject, ok=equal, detail=detail)


def row(check: str, subject: str, *, ok: bool, detail: str) -> Row:
    """Give one check."""
    return {"check": check, "subject": subject, "ok": ok, "detail": detail}
