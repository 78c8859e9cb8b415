"""The rules of the house that no linter knows, held for every file at once."""

import ast
import io
import re
import subprocess
import sys
import tokenize
import zipfile
from pathlib import Path

import pytest
from importlinter.api import read_configuration
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "timeline"
MODULES = sorted(PACKAGE.rglob("*.py"))
STATEMENTS = sorted([*PACKAGE.rglob("*.sql"), *(ROOT / "queries").rglob("*.sql")])
QUIET = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER,
}  # fmt: skip
CLOCKS = re.compile(
    r"\b(datetime|date)\.(now|utcnow|today)\b|\btime\.(time|time_ns|localtime|monotonic)\b|\bnow\(\)|\bcurrent_(date|timestamp)\b",
    re.IGNORECASE,
)


def share(sizes: list[int], limit: int) -> float:
    return sum(size <= limit for size in sizes) / len(sizes)


def code_lines(path: Path) -> set[int]:
    """Give the numbers of the lines that bear code: neither comment nor docstring."""
    text = path.read_text(encoding="utf-8")
    lines = {
        number
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in QUIET
        for number in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node) is not None
        ):
            lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return lines


def function_sizes(path: Path) -> list[int]:
    """Give of each function how many of its lines bear code."""
    lines = code_lines(path)
    return [
        len(lines.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_the_rooms_know_only_the_rooms_before_them() -> None:
    assert read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
    assert lint_imports(str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_no_statement_asks_not_in_a_subquery() -> None:
    """One NULL among its rows empties the answer: a false absence."""
    wrong = re.compile(r"\bNOT\s+IN\s*\(\s*(SELECT|FROM|WITH)\b", re.IGNORECASE)
    assert [path.name for path in [*STATEMENTS, *MODULES] if wrong.search(path.read_text(encoding="utf-8"))] == []


def test_no_answer_depends_on_the_clock() -> None:
    """Only a note says when it was written, and no answer reads notes."""
    asking = [path for path in [*MODULES, *STATEMENTS] if path != PACKAGE / "case" / "notes.py"]
    assert [path.name for path in asking if CLOCKS.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_is_printed_past_the_command_line() -> None:
    calls = [
        path.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert calls == []


def test_every_module_says_what_it_is() -> None:
    assert [path.name for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


def test_functions_and_files_stay_short() -> None:
    sizes = [size for path in MODULES for size in function_sizes(path)]
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES]
    assert share(sizes, 25) >= 0.95
    assert max(sizes) <= 50
    assert share(lengths, 300) >= 0.95
    assert max(lengths) <= 400


@pytest.mark.slow
def test_the_wheel_holds_the_questions_the_samples_and_the_words(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    made = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        inside = set(wheel.namelist())
    beside = [path for name in ("queries", "sample_logs") for path in (ROOT / name).rglob("*") if path.is_file()]
    wanted = {f"timeline/{path.relative_to(ROOT).as_posix()}" for path in beside}
    own = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted | own <= inside
    assert not {name for name in inside if name.startswith(("tests", "timeline/tests")) or name.endswith(".pyc")}
