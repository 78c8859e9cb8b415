"""All files of the evidence, from the sign-ins outwards."""

from __future__ import annotations

from pathlib import Path

from tests.story import activity, audit, aws, classic, entra, graph, linux, okta, storage, windows
from tests.story.files import Files
from tests.story.truth import truth
from tests.story.world import DEBUG_DUMP, SIGNER


def case() -> bytes:
    text = Path(__file__).with_name("case_template.toml").read_text(encoding="utf-8")
    return text.replace("DEBUG_DUMP", DEBUG_DUMP).replace("SIGNER", SIGNER).encode()


def build() -> tuple[Files, str]:
    """Make every file of the folder and the truth about them."""
    early, late = entra.sign_ins_2021(), entra.sign_ins_2023()
    made: Files = entra.files(early, late) | audit.files(early, late)
    made |= storage.files() | classic.files() | graph.files(late) | activity.files(late)
    made |= aws.files() | okta.files() | windows.files() | linux.files()
    made["case.toml"] = case()
    return made, truth(made)
