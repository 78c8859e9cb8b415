"""`timeline policy import`."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from timeline.commands import Output, Session, pairs

if TYPE_CHECKING:
    import polars as pl

    from timeline.case.imported import Imported

OWN = {"stream", "store", "where", "evidence", "basis"}

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Exports of platforms, or folders of them.", exists=True)
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="What an export does not say itself, as in bucket=my-logs or host=dc01."
    ),
]


def run(session: Session, output: Output, files: Files, given: Given = None) -> None:
    """Take what platforms say of their own logging into the case: how long, since when, of what. Recognised by content.

    Reads the output of aws, az, gcloud and PowerShell (as JSON), wevtutil, auditpol, journald.conf, auditd.conf, logrotate and Terraform.
    What an export does not say stays unknown; of two policies on one copy the more specific stream wins, of equals the one in case.toml.

    Example: timeline policy import trails.json lifecycle.json --set bucket=contoso-trail
    """
    with session.open(output.target) as case:
        found = case.import_policies(files, pairs(given, "--set", "bucket=my-logs"))
    for evidence, why in found.resolved.unused:
        session.note(f"{evidence}: {why}")
    session.show(_rows(found), output)


def _rows(found: "Imported") -> "pl.DataFrame":
    import polars as pl

    rows = [
        {
            "stream": policy["stream"],
            "store": policy.get("store", "native"),
            "scope": ",".join(f"{key}={_text(value)}" for key, value in policy.get("where", {}).items()),
            "says": _says(policy),
            "evidence": policy["evidence"],
        }
        for policy in found.resolved.policies
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("stream", "store", "scope", "says", "evidence"), pl.String))


def _says(policy: Mapping[str, Any]) -> str:
    told = (f"{key} = {_text(value)}" for key, value in policy.items() if key not in OWN)
    return ", ".join(told) or "it exists; how long it keeps is not said"


def _text(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "|".join(map(_text, value))
    return (
        f"{value:%Y-%m-%d %H:%M:%SZ}"
        if isinstance(value, datetime)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )
