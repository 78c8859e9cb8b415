"""The written page: the same bytes each time, sealed, focused, without raw records, or without names."""

import hashlib
from pathlib import Path

import polars as pl
import pytest
from unpack import case_of, everything, raw_of, words_of

from tests.conftest import Command
from timeline import report
from timeline.api import Case
from timeline.errors import CaseError
from timeline.export.html import seal
from timeline.export.html.focus import Shown, focus
from timeline.export.html.redact import Veil, read

RULES = 'salt = "sixteen characters and more"\n'


def rules(folder: Path, text: str = RULES) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def of_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pages ask the questions of the chain alone: what is tested here does not rest on how many they ask."""
    monkeypatch.setattr(report, "LARGE", 0)


def page(case: Case, folder: Path, shown: Shown | None = None) -> bytes:
    return case.html(folder / "page.html", shown).read_bytes()


def test_the_same_case_gives_the_same_bytes_however_often_it_is_opened(alices: Case, tmp_path: Path) -> None:
    assert page(alices, tmp_path) == page(Case(alices.root), tmp_path)


@pytest.mark.usefixtures("of_the_chain")
def test_the_page_carries_its_own_fingerprint_that_of_the_case_and_the_versions(alices: Case, tmp_path: Path) -> None:
    made = page(alices, tmp_path)
    blank = seal.SEAL.sub(seal.blank().encode(), made)
    assert seal.stated(made) == hashlib.sha256(blank).hexdigest()
    told = case_of(made)
    assert len(told["fingerprint"]) == 64
    assert {"timeline", "duckdb", "polars", "plotly", "zlib"} <= told["versions"].keys()


@pytest.mark.usefixtures("of_the_chain")
def test_the_fingerprint_of_the_case_changes_with_what_people_state(alices: Case, tmp_path: Path) -> None:
    before = case_of(page(alices, tmp_path))["fingerprint"]
    (alices.root / "case.toml").write_text((alices.root / "case.toml").read_text() + "# a word\n")
    assert case_of(page(Case(alices.root), tmp_path))["fingerprint"] != before


def test_a_page_of_this_case_verifies(alices: Case, tmp_path: Path, timeline: Command) -> None:
    page(alices, tmp_path)
    alices.close()
    told = timeline("verify", tmp_path / "page.html", "-C", alices.root, "--format", "csv")
    assert told.code == 0
    assert "page made again,page.html,true,made again from the case: the same bytes" in told.out


@pytest.mark.usefixtures("of_the_chain")
def test_a_changed_page_does_not_verify(alices: Case, tmp_path: Path, timeline: Command) -> None:
    made = page(alices, tmp_path)
    (tmp_path / "page.html").write_bytes(made.replace(b"What alice did", b"What mallet did", 1))
    told = timeline("verify", tmp_path / "page.html", "-C", alices.root, "--format", "csv")
    assert told.code == 1
    assert 'page,page.html,false,"the file was changed after it was written' in told.out


@pytest.mark.usefixtures("of_the_chain")
def test_a_page_changed_and_sealed_anew_does_not_verify_either(alices: Case, tmp_path: Path) -> None:
    forged = page(alices, tmp_path).replace(b"What alice did", b"What nobody did", 1)
    forged = forged.replace((seal.stated(forged) or "").encode(), seal.computed(forged).encode(), 1)
    (tmp_path / "page.html").write_bytes(forged)
    checks = dict(alices.verify_page(tmp_path / "page.html").select("check", "ok").iter_rows())
    assert checks == {"page": True, "page's case": True, "page made again": False}


@pytest.mark.usefixtures("of_the_chain")
def test_a_page_of_another_case_does_not_verify(alices: Case, many: Path, tmp_path: Path) -> None:
    page(alices, tmp_path)
    checks = dict(Case(many).verify_page(tmp_path / "page.html").select("check", "ok").iter_rows())
    assert checks["page"]
    assert not checks["page's case"]


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b'<script type="application/json" id="data-case">{}</script>']
)
def test_a_file_that_is_no_page_is_refused_by_name(alices: Case, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.html").write_bytes(content)
    with pytest.raises(CaseError, match=r"other\.html: is no page"):
        alices.verify_page(tmp_path / "other.html")


@pytest.mark.usefixtures("of_the_chain")
def test_without_raw_no_record_travels_along(alices: Case, tmp_path: Path) -> None:
    assert len(raw_of(page(alices, tmp_path))) == 40
    bare = page(alices, tmp_path, Shown(raw=False))
    assert raw_of(bare) == {}
    assert "The words of" not in everything(bare)
    assert case_of(bare)["made"]["raw"] is False


def test_a_focus_on_an_account_leaves_all_others_out(alices: Case, tmp_path: Path) -> None:
    shown = Shown(focus(["actor=alice@contoso.com"], alices.questions))
    made = page(alices, tmp_path, shown)
    assert words_of(made, "actor") == ["alice@contoso.com"]
    assert case_of(made)["total"] == 20
    assert "bob" not in everything(made)
    assert case_of(made)["made"]["focus"] == ["account alice@contoso.com"]
    assert all(alices.verify_page(tmp_path / "page.html")["ok"])


def test_a_focus_on_a_range_cuts_events_period_and_gaps(alices: Case, tmp_path: Path) -> None:
    made = case_of(page(alices, tmp_path, Shown(focus(["2023-05-10..2023-05-20"], alices.questions))))
    assert made["begin"] == 1_683_676_800_000_000
    assert made["end"] == 1_684_540_800_000_000
    assert made["total"] == alices.events().filter(pl.col("time").dt.day().is_between(10, 19)).height
    assert made["verdicts"]


def test_a_focus_on_a_question_keeps_its_answer_alone(alices: Case, tmp_path: Path) -> None:
    made = case_of(page(alices, tmp_path, Shown(focus(["question=sign-in-by"], alices.questions))))
    assert {verdict["question"] for verdict in made["verdicts"]} == {"sign-in-by"}
    assert made["total"] == made["verdicts"][0]["rows"] == 40


@pytest.mark.parametrize(
    "told", ["alice", "question=nonsense", "2023-06-01..2023-05-01", "actor=", "..", "person=alice"]
)
def test_a_focus_that_cannot_be_understood_is_refused_with_its_words(alices: Case, told: str) -> None:
    with pytest.raises(CaseError, match="--focus"):
        focus([told], alices.questions)


def test_names_and_addresses_are_gone_from_every_place(alices: Case, tmp_path: Path) -> None:
    made = page(alices, tmp_path, Shown(veil=read(rules(tmp_path))))
    told = everything(made).lower()
    assert [name for name in ("alice", "bob", "192.0.2.7", "198.51.100.9") if name in told] == []
    assert len(words_of(made, "actor")) == 2
    assert all(word.startswith("person-") for word in words_of(made, "actor"))
    assert len(raw_of(made)) == 40


def test_the_same_salt_gives_the_same_pseudonyms_and_another_gives_others(tmp_path: Path) -> None:
    one, two = read(rules(tmp_path)), read(rules(tmp_path))
    other = read(rules(tmp_path, 'salt = "another text that is secret"'))
    text = pl.Series(["Alice@contoso.com wrote to alice@CONTOSO.com from 192.0.2.7"])
    assert one.texts(text).to_list() == two.texts(text).to_list() != other.texts(text).to_list()
    words = one.texts(text)[0].split()
    assert words[0] == words[3]


@pytest.mark.parametrize(
    "written",
    ["CONTOSO\\alice.b", r'{"user":"CONTOSO\\alice.b"}', "/home/alice.b/x", "?u=CONTOSO%5Calice.b", "ALICE.B"],
)
def test_a_name_is_found_in_each_form_that_logs_write_it_in(tmp_path: Path, written: str) -> None:
    veil = read(rules(tmp_path))
    veil.learn_column(pl.Series("actor", ["CONTOSO\\alice.b"]))
    told = veil.texts(pl.Series([written]))[0]
    assert "alice" not in told.lower()
    assert veil.pseudonym("person", "contoso\\alice.b") in told


def test_an_ipv6_address_is_an_address_and_what_is_kept_stays(tmp_path: Path) -> None:
    veil = read(rules(tmp_path, RULES + 'keep = ["*@example.com"]\n'))
    told = veil.texts(pl.Series(["2001:db8::17 and desk@example.com at 10:30:00"]))[0]
    assert told.startswith("address-")
    assert "desk@example.com at 10:30:00" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "salt: expected"),
        ('salt = "short"', "salt: expected"),
        ('salt_file = "nowhere"', "salt_file"),
        (RULES + "keep = 3", "keep: expected a list"),
        (RULES + "[person]\npatterns = ['(']", "is no regular expression"),
        (RULES + "[Person]\ncolumns = []", "Person: expected a table"),
        ("salt = ", "no file of rules"),
    ],
)
def test_a_mistake_in_the_rules_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        read(rules(tmp_path, text))


@pytest.mark.usefixtures("of_the_chain")
def test_a_redacted_page_verifies_with_its_rules_only(alices: Case, tmp_path: Path) -> None:
    path = rules(tmp_path)
    page(alices, tmp_path, Shown(veil=read(path)))
    without = alices.verify_page(tmp_path / "page.html")
    assert "page's names" in without["check"].to_list()
    checks = dict(alices.verify_page(tmp_path / "page.html", read(path)).select("check", "ok").iter_rows())
    assert checks["page made again"]


def test_the_options_of_the_command_reach_the_page(alices: Case, tmp_path: Path, timeline: Command) -> None:
    alices.close()
    path = rules(tmp_path)
    told = timeline(
        "-C", alices.root, "html", "-o", tmp_path / "p.html", "--focus", "actor=bob*", "--no-raw", "--redact", path
    )
    assert told.code == 0, told.err
    made = case_of((tmp_path / "p.html").read_bytes())["made"]
    assert made["redacted"] is True
    assert made["raw"] is False
    assert "bob" not in everything((tmp_path / "p.html").read_bytes())


def test_a_column_that_no_rule_names_keeps_its_type(tmp_path: Path) -> None:
    veil: Veil = read(rules(tmp_path))
    numbers = pl.Series("bytes", [1, 2])
    assert veil.series(numbers).to_list() == [1, 2]
    assert veil.series(pl.Series("action", ["alice@contoso.com"])).to_list() == ["alice@contoso.com"]


STEP = ("mail-read", {"mailbox": "a"})
OWN = [STEP, ("mail-read", {}), ("sign-in-by", {})]


@pytest.mark.parametrize(
    ("shown", "events", "asked", "unasked"),
    [
        (Shown(), report.LARGE, OWN, []),
        (Shown(), report.LARGE + 1, [STEP], ["mail-read", "sign-in-by"]),
        (Shown(every=True), report.LARGE + 1, OWN, []),
        (Shown(focus(["question=sign-in-by"], ["sign-in-by"])), report.LARGE + 1, [OWN[2]], []),
    ],
)
def test_a_large_case_is_asked_about_anyone_only_if_that_is_wanted(
    shown: Shown, events: int, asked: list[report.Call], unasked: list[str]
) -> None:
    assert report.chosen(OWN, [STEP], shown, events) == (asked, unasked)


@pytest.mark.parametrize("every", [True, False])
def test_a_page_of_a_large_case_names_what_was_not_asked_and_verifies(
    alices: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, timeline: Command, *, every: bool
) -> None:
    monkeypatch.setattr(report, "LARGE", 39)
    wanted = ["--every-question"] if every else []
    assert timeline("html", "-C", alices.root, "-o", tmp_path / "page.html", *wanted).code == 0
    told = case_of((tmp_path / "page.html").read_bytes())
    assert {row["question"] for row in told["verdicts"]} == (set(alices.questions) if every else {"bulk-read"})
    assert set(told["made"]["unasked"]) == (set() if every else set(alices.questions) - {"bulk-read"})
    verified = timeline("verify", tmp_path / "page.html", "-C", alices.root, "--format", "csv")
    assert (verified.code, "made again from the case: the same bytes" in verified.out) == (0, True)
