"""The commands that collect a window now: there for every platform, right for the shell that they are pasted into, and harmless.

What is pasted into an administrator's shell holds names out of logs, and logs are written by attackers.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_commands import MAY, SOURCES, TOOLS, Told, all_told

from timeline.core.spans import BEGIN, END
from timeline.evidence import pages
from timeline.evidence.acquire import WORD, WORDS, command

EVERY = list(all_told())
EACH = pytest.mark.parametrize("told", EVERY, ids=str)
POWERSHELL = "# PowerShell"
FILLED = r"[A-Za-z0-9][A-Za-z0-9._:-]*"
HOSTILE = (
    "a b",
    "a'b",
    'a"b',
    "$(touch owned)",
    "`touch owned`",
    "x;touch owned",
    "x\ntouch owned",
    "x&touch owned",
    "x|y",
    "x>y",
    "-rf",
    "../../etc",
    "evil.example/x",
    "evil.example#",
    "evil.example@x",
    "{end}",
    "*",
    "~",
    "x\u2028y",
    "x\u202ey",
    "x\x1b[2J",
    "é",
    "",
)


def pattern(text: str) -> re.Pattern[str]:
    """Give what a command may become: its own text, and plain words for its placeholders."""
    parts = re.split(rf"(\{{(?:{'|'.join(WORDS)})\}})", text)
    return re.compile("".join(FILLED if index % 2 else re.escape(part) for index, part in enumerate(parts)))


@pytest.mark.parametrize("name", [name for name in SOURCES if not TOOLS.fullmatch(name)])
def test_every_log_of_a_platform_has_a_command_for_its_own_store(name: str) -> None:
    source = SOURCES[name]
    for own in source.names:
        told = command(source, own.replace("*", "any"), f"{own.replace('*', 'any')}/x", "native", MAY)
        assert told
        assert told != source.export


@pytest.mark.parametrize("name", [name for name in SOURCES if TOOLS.fullmatch(name)])
def test_what_a_tool_wrote_is_not_collected_from_a_platform(name: str) -> None:
    assert not SOURCES[name].collect


@EACH
def test_all_placeholders_are_known_and_nothing_is_left_to_guess(told: Told) -> None:
    assert set(re.findall(r"(?<!\$)\{([a-z_]+)\}", told.text)) <= {*WORDS, "cursor"}
    filled = told.filled("x")
    assert not WORD.search(filled)
    assert "…" not in filled
    assert "\n" not in filled
    assert pattern(told.text).fullmatch(filled)


@EACH
def test_a_command_is_valid_in_its_shell_and_its_comment_is_only_read(told: Told) -> None:
    filled = told.filled("x")
    comment = filled.partition(" # ")[2]
    assert not set(comment) & set(";'\"`$|&<>(){}[]*\\")
    if POWERSHELL in filled:
        return
    checked = subprocess.run(["bash", "-n", "-c", filled], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    words = shlex.split(filled, comments=True)
    assert shlex.split(shlex.join(words)) == words


@EACH
def test_what_is_written_has_a_name_of_its_own(told: Told) -> None:
    assert "{file}" in told.text


@EACH
def test_no_name_of_a_log_decides_to_whom_a_token_is_sent(told: Told) -> None:
    assert not re.search(r"(?:https?://|@|ssh )[^/\s'\"]*\{(?:scope|account|region|part)\}(?=[/:?#'\"\s]|$)", told.text)


@EACH
def test_a_hostile_name_never_enters_a_command(told: Told) -> None:
    allowed = pattern(told.text)
    for scope in HOSTILE:
        filled = told.filled(scope)
        assert allowed.fullmatch(filled)
        assert filled.isascii()


@given(scope=st.text(), store=st.text(), part=st.text())
def test_no_text_at_all_escapes_its_place(scope: str, store: str, part: str) -> None:
    source = SOURCES["google_workspace"]
    name = f"google_workspace.{part}"
    told = command(source, name, f"{name}/{scope}", "native", MAY)
    assert any(pattern(text).fullmatch(told) for text in source.collect.values())
    copy = command(source, name, f"{name}/{scope}", f"x{store}", MAY)
    assert re.fullmatch(r"# [A-Za-z0-9 ._@:/()+?,-]*", copy)


@given(
    places=st.lists(st.tuples(st.text(max_size=5), st.sampled_from(["storage", "storage 2", "native"])), unique=True)
)
def test_no_two_exports_share_a_file(places: list[tuple[str, str]]) -> None:
    source = SOURCES["graph_activity"]
    told = [command(source, "graph.activity", f"graph.activity/{scope}", store, MAY) for scope, store in places]
    files = [re.findall(r"mkdir -p (\S+);", each)[0] for each in told]
    assert len({*files}) == len(files)


@pytest.mark.parametrize("copy", ["workspace", "siem", "SIEM-2", "sentinel", "log-analytics", "contoso workspace"])
def test_a_copy_in_a_workspace_is_known_by_what_people_call_it(copy: str) -> None:
    source = SOURCES["entra_signin"]
    told = command(source, "entra.signin.noninteractive", "entra.signin.noninteractive/t", copy, MAY)
    assert "AADNonInteractiveUserSignInLogs | where TimeGenerated between (datetime(2023-05-01T00:00:00Z)" in told


def test_the_window_is_never_cut_by_rounding() -> None:
    source = SOURCES["azure_activity"]
    told = command(source, "azure.activity", "azure.activity/s", "native", (MAY[0] + 1, MAY[1] + 1))
    assert "--start-time 2023-05-01T00:00:00Z --end-time 2023-05-10T00:00:01Z" in told


def test_an_open_end_is_for_the_user_to_fill_in() -> None:
    told = command(SOURCES["azure_activity"], "azure.activity", "azure.activity/s", "native", (BEGIN, END))
    assert "--start-time START --end-time END" in told


def test_the_page_of_a_log_tells_its_commands() -> None:
    told = dict(pages.page(SOURCES["okta_system"]))["collect one window"]
    assert "https://ORG.okta.com/api/v1/logs?since={start}&until={end}" in told


def test_the_demo_can_be_collected_without_a_guess(demo_case: Path, timeline: Callable[..., Any]) -> None:
    told = timeline("-C", demo_case, "preserve", "--format", "csv", "--exact").out
    assert told.count("az monitor log-analytics query") == 5
    assert "…" not in told
    assert "no command is known" not in told


PAGES = {
    "okta_system": ("okta.system", ['[{"n":1}]', '[{"n":2}]'], ['link: <https://contoso.example.com/2>; rel="next"\r\n']),
    "slack_audit": (
        "slack.audit",
        ['{"entries":[{"n":1}],"response_metadata":{"next_cursor":"a=="}}', '{"entries":[{"n":2}],"response_metadata":{}}'],
        [],
    ),
    "onepassword": ("onepassword.audit", ['{"items":[{"n":1}],"has_more":true,"cursor":"c"}', '{"items":[{"n":2}],"has_more":false}'], []),
    "box_events": (
        "box.events",
        ['{"entries":[{"n":1},{"n":2}],"chunk_size":2,"next_stream_position":"9"}', '{"entries":[],"chunk_size":0}'],
        [],
    ),
    "pingone": ("pingone.audit", ['{"_embedded":{"activities":[{"n":1}]},"_links":{"next":{"href":"https://contoso.example.com/2"}}}',
                                  '{"_embedded":{"activities":[{"n":2}]},"_links":{}}'], []),
    "google_workspace": ("google_workspace.drive", ['{"items":[{"n":1}],"nextPageToken":"t"}', '{"items":[{"n":2}]}'], []),
    "entra_audit": ("entra.audit", ['{"value":[{"n":1}],"@odata.nextLink":"https://contoso.example.com/2"}', '{"value":[{"n":2}]}'], []),
}  # fmt: skip
ANSWERING = """#!/bin/bash
count=$(( $(cat count 2>/dev/null || echo 0) + 1 )); echo $count > count
while [ $# -gt 0 ]; do if [ "$1" = -D ]; then cat header$count > "$2" 2>/dev/null; fi; shift; done
cat page$count 2>/dev/null || exit 22
"""


def _collected(folder: Path, source: str, answers: list[str]) -> tuple[list[str], str]:
    """Run a command with programs that answer page by page; give the records that it wrote, and what it complained of."""
    for program in ("curl", "az"):
        (folder / program).write_text(ANSWERING)
        (folder / program).chmod(0o755)
    for number, text in enumerate(answers, 1):
        (folder / f"page{number}").write_text(text)
    for number, text in enumerate(PAGES[source][2], 1):
        (folder / f"header{number}").write_text(text)
    name = PAGES[source][0]
    told = command(SOURCES[source], name, f"{name}/x", "native", MAY)
    ran = subprocess.run(
        ["bash", "-c", told], cwd=folder, env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    (written,) = folder.glob(f"{name}_x_*.json*")
    return re.findall(r'"n":(\d)', written.read_text()), ran.stderr


needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="the commands read pages with jq")


@needs_jq
@pytest.mark.parametrize("source", PAGES)
def test_all_pages_are_taken(source: str, tmp_path: Path) -> None:
    assert _collected(tmp_path, source, PAGES[source][1]) == (["1", "2"], "")


@needs_jq
@pytest.mark.parametrize("source", [name for name in PAGES if name != "box_events"])
def test_a_page_that_fails_is_never_taken_for_the_end(source: str, tmp_path: Path) -> None:
    records, complaint = _collected(tmp_path, source, PAGES[source][1][:1])
    assert records == ["1"]
    assert "INCOMPLETE" in complaint
