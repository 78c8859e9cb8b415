"""The playbook of the stolen key on the sample logs: the record of 2021 to 2023, told by a fictional case."""

import shutil
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from timeline.catalog import folder

SAMPLES = folder("sample_logs")
DUMP = "core.sts-signer.998.*.4127.1618368465000000.zst"


def known() -> str:
    """Give what the sample case states of its evidence."""
    text = (SAMPLES / "case.toml").read_text()
    return text[text.index("[[collection]]") : text.index("[[zone]]")]


@pytest.mark.slow
def test_key_theft(book: Callable[[str], Any]) -> None:
    told = tomllib.loads((SAMPLES / "case.toml").read_text())
    debug = next(step["params"]["object"] for step in told["chain"]["step"] if step["question"] == "artefact-read-by")
    case = book("key-theft").case(
        "from = 2021-04-01\nto = 2023-07-15\nas_of = 2023-07-15T12:00:00Z\nholidays = [2023-05-29]"
    )
    case.fill(
        {
            "where the artefact was made": "https://proddumps.blob.core.windows.net/**",
            "where it could be reached from": "https://debugdumps.blob.core.windows.net/**",
            "the artefact that may hold the key": f"*/{DUMP}",
            "the same artefact, where": debug,
            'the same artefact"': f"*/{DUMP}",
            "the account": "avery.chen@contoso.com",
            "the same account": "avery.chen@contoso.com",
            "a mailbox": "robin.adeyemi@contoso.com",
        },
        more=known(),
    )
    shutil.copytree(SAMPLES, case.folder / "evidence", ignore=shutil.ignore_patterns("case.toml", "more"))
    case.ingest()
    chain = case.chain()
    assert {step: row["verdict"] for step, row in chain.items()} == {
        "artefact": "found_incomplete",
        "moved": "found_incomplete",
        "account": "found_incomplete",
        "theft": "unknown",
        "forged": "found_incomplete",
        "mail": "found_incomplete",
    }
    (window,) = chain["theft"]["windows"]
    assert (window["start"][:19], window["end"][:19]) == ("2021-09-14T02:41:07", "2023-04-13T09:00:00")
    assert "azure.storage/debugdumps is expired" in chain["theft"]["because"]
    (forged,) = (row for row in case.rows("ask") if row["question"] == "token-used-without-issuance")
    assert (forged["first"][:10], forged["first_is"]) == ("2023-05-15", "no_later_than")
