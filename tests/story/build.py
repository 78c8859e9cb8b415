"""All files of the evidence, from the sign-ins outwards."""

from __future__ import annotations

from pathlib import Path

from tests.story import activity, audit, aws, classic, entra, graph, linux, okta, s3access, storage, windows
from tests.story.files import Files
from tests.story.truth import truth
from tests.story.world import DEBUG_DUMP, SIGNER

README = """# Sample logs

A **fictional** case in genuine vendor formats: contoso.com, its people, hosts, keys and tokens do not exist, and the addresses are
those reserved for documentation. Its shape follows the public record of a real theft of a signing key. `python -m tests.story
sample_logs` writes it (seeded: always the same); `tests/story/truth.toml` says what happened. One folder a source, in it one
folder a day of collection, in it the paths of the vendor.
"""


def case() -> bytes:
    text = Path(__file__).with_name("case_template.toml").read_text(encoding="utf-8")
    return text.replace("DEBUG_DUMP", DEBUG_DUMP).replace("SIGNER", SIGNER).encode()


def build() -> tuple[Files, str]:
    """Make every file of the folder and the truth about them."""
    early, late = entra.sign_ins_2021(), entra.sign_ins_2023()
    made: Files = entra.files(early, late) | audit.files(early, late)
    made |= storage.files() | classic.files() | graph.files(late) | activity.files(late)
    events = aws.trail_2023()
    made |= aws.files(events) | s3access.files(events) | okta.files() | windows.files() | linux.files()
    made["case.toml"] = case()
    made["README.md"] = README.encode()
    return made, truth(made)
