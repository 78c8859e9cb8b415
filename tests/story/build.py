"""All files of the evidence, from the sign-ins outwards."""

from __future__ import annotations

from tests.story import audit, classic, entra, graph, storage
from tests.story.files import Files


def build() -> tuple[Files, str]:
    early, late = entra.sign_ins_2021(), entra.sign_ins_2023()
    made: Files = {}
    made |= entra.files(early, late)
    made |= storage.files()
    made |= classic.files()
    made |= audit.files(early, late)
    made |= graph.files(late)
    return made, ""
