"""The command line: its words, its exit codes, and what it says when something is wrong."""

import re
import resource
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from timeline import commands
from timeline.cli import app

NAMES = [
    "ask",
    "chain",
    "demo",
    "events",
    "export",
    "gaps",
    "html",
    "ingest",
    "init",
    "queries",
    "query",
    "sources",
    "sql",
    "status",
    "verify",
]
READING = ["ask", "chain", "events", "export", "gaps", "html", "queries", "sources", "sql", "status", "verify"]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "case.toml").write_text("[case]\nname = 'Here'\n")
    return tmp_path


def test_the_folder_is_the_list_of_commands() -> None:
    files = sorted(path.stem for path in Path(commands.__file__).parent.glob("[!_]*.py"))
    assert sorted(str(command.name) for command in app.registered_commands) == files
    assert set(NAMES) <= set(files)


def test_the_help_names_every_command(timeline: Callable) -> None:
    shown = timeline("--help")
    assert shown.code == 0
    assert all(re.search(rf"^│ {name} ", shown.out, re.MULTILINE) for name in NAMES)
    assert timeline("-h").out == shown.out


@pytest.mark.parametrize("name", NAMES)
def test_each_command_tells_what_it_answers_with_an_example_that_is_understood(name: str, timeline: Callable) -> None:
    shown = timeline(name, "-h")
    assert shown.code == 0
    assert timeline(name, "--help").out == shown.out
    text = " ".join(shown.out.split())
    example = re.search(rf"Example: timeline ({name}.*?) ╭", text)
    assert example
    words = shlex.split(example[1].split("&&")[0])
    assert timeline(*words, "--help").code == 0


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    code = "import sys, timeline.cli; print({'duckdb', 'polars', 'pyarrow', 'plotly', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "set()\n"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "timeline", "--help"], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_the_case_may_be_named_before_or_after_the_command(timeline: Callable, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "case.toml").write_text("[case]\nnamme = 'x'\n")
    for words in (
        ("-C", other, "queries"),
        ("queries", "-C", other),
        ("--case", other, "--quiet", "queries"),
        ("queries", "--case", other),
    ):
        assert timeline(*words).code == 0
        assert timeline(*words, "--no-color").code == 0
    assert timeline("-C", tmp_path / "none", "queries", "-C", other).code == 0
    assert timeline("queries").code == 2


def test_the_variable_names_the_case(timeline: Callable, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert timeline("queries").code == 2
    monkeypatch.setenv("TIMELINE_CASE", str(here))
    assert timeline("queries").code == 0


@pytest.mark.parametrize("name", READING)
def test_without_a_case_a_command_says_how_to_make_one(name: str, timeline: Callable) -> None:
    words = {"export": ["--to", "csv"], "sql": ["-c", "SELECT 1"]}.get(name, [])
    result = timeline(name, *words)
    assert (result.code, result.out) == (2, "")
    assert "timeline init" in result.err
    assert len(result.err.splitlines()) == 1


def test_every_mistake_in_the_case_is_told_and_nothing_is_done(timeline: Callable, here: Path) -> None:
    (here / "case.toml").write_text('[case]\nform = 2023-01-01\nto = "later"\n')
    (here / "a.json").write_text("{}")
    result = timeline("ingest", "a.json")
    assert (result.code, result.out) == (2, "")
    assert [line.split(": ")[:2] for line in result.err.splitlines()] == [
        ["case.toml:2", "case.form"],
        ["case.toml:3", "case.to"],
    ]
    assert sorted(path.name for path in here.iterdir()) == ["a.json", "case.toml"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["events", "--format", "xls"], "xls"),
        (["events", "--colour"], "--colour"),
        (["evnets"], "evnets"),
        (["query"], "NAME"),
        (["ingest"], "PATH"),
        (["ingest", "no-such-file"], "no-such-file"),
        (["export", "--to", "table"], "table"),
        (["export"], "--to"),
        (["events", "--from", "yesterday"], "yesterday"),
        (["ask", "-p", "object"], "-p object: no key=value"),
        (["ingest", ".", "--timezone", "Paris"], "--timezone Paris: no key=value"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_names_the_word(
    words: list[str], named: str, timeline: Callable, here: Path
) -> None:
    (here / "case.duckdb").unlink(missing_ok=True)
    result = timeline(*words)
    assert (result.code, result.out) == (2, "")
    assert named in result.err


def test_init_makes_a_case_and_never_touches_one(timeline: Callable, tmp_path: Path) -> None:
    made = timeline("init", "new")
    assert (made.code, made.out) == (0, "")
    assert "new/case.toml is made" in made.err
    told = tmp_path / "new" / "case.toml"
    told.write_text("[case]\nname = 'mine'\n")
    again = timeline("init", "new")
    assert (again.code, told.read_text()) == (0, "[case]\nname = 'mine'\n")
    assert "stays as it is" in again.err


def test_quiet_says_nothing_but_errors(timeline: Callable) -> None:
    assert timeline("--quiet", "init", "a").err == ""
    assert timeline("init", "b", "--quiet").err == ""
    assert timeline("status", "--quiet", "-C", "none").err != ""


def test_a_message_shows_what_would_act_on_a_terminal(timeline: Callable) -> None:
    result = timeline("events", "-C", "a\x1b]0;x\x07\u202e")
    assert "a\\x1b]0;x\\x07\\u202e" in result.err
    assert not set(result.err) & {"\x1b", "\x07", "\u202e"}


def test_the_shell_completes_the_names_of_questions(timeline: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TIMELINE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "timeline query mail-")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert timeline().out.split() == ["mail-read"]


def test_completion_can_be_installed(timeline: Callable) -> None:
    assert "--install-completion" in timeline("--help").out


def test_the_version_is_told(timeline: Callable) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", timeline("--version").out)
