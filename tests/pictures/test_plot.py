"""Pictures for other documents: what they show is what the commands say, and no word of a log becomes markup."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from tests.conftest import Command
from timeline.api import Case
from timeline.errors import CaseError
from timeline.export import plots, svg

FRAME = plots.Frame("A case", 1_672_531_200_000_000, 1_704_067_200_000_000)
DAY = 86_400_000_000
HOSTILE = "</text><script>alert(1)</script>\u202e&\x1b"


def drawn(picture: bytes) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314  we wrote it


def words(picture: bytes) -> str:
    return "\n".join("".join(each.itertext()) for each in drawn(picture).iter("{http://www.w3.org/2000/svg}text"))


def pieces(*rows: tuple[str, str, str, int | None, int | None]) -> pl.DataFrame:
    schema = {"stream": pl.String, "scope": pl.String, "state": pl.String, "start": pl.Int64, "end": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def boxes(picture: bytes, state: str) -> list[dict[str, str]]:
    return [
        each.attrib
        for each in drawn(picture).iter("{http://www.w3.org/2000/svg}rect")
        if each.get("fill") == f"url(#tile-{state})"
    ]


def test_every_state_of_coverage_has_its_look_and_word() -> None:
    assert len(svg.looks()) == 10
    assert len({(look.path, look.back) for look in svg.looks().values()}) == 10
    told = pieces(*((f"log/{name}", "", name, FRAME.begin, FRAME.end) for name in svg.looks()))
    picture = plots.coverage(FRAME, told)
    assert all(look.word in words(picture) for look in svg.looks().values())


def test_a_piece_lies_where_its_time_is_and_is_never_too_thin_to_see() -> None:
    middle = (FRAME.begin + FRAME.end) // 2
    picture = plots.coverage(FRAME, pieces(("a", "", "expired", None, middle), ("a", "", "lossy", middle, middle + 1)))
    expired, lossy = boxes(picture, "expired")[0], boxes(picture, "lossy")[0]
    assert float(expired["x"]) == plots.LEFT
    assert abs(float(expired["width"]) - (plots.WIDTH - plots.LEFT - plots.RIGHT) / 2) < 0.1
    assert float(lossy["width"]) == 1.5


def test_a_log_known_by_parts_only_shows_each_part() -> None:
    span = (FRAME.begin, FRAME.end)
    picture = plots.coverage(FRAME, pieces(("a", "actor=x", "covered", *span), ("a", "not actor=x", "expired", *span)))
    covered, expired = boxes(picture, "covered")[0], boxes(picture, "expired")[0]
    assert float(covered["height"]) == float(expired["height"]) == plots.BAND / 2
    assert float(expired["y"]) == float(covered["y"]) + plots.BAND / 2


def test_a_state_of_a_later_version_never_looks_covered() -> None:
    picture = plots.coverage(FRAME, pieces(("a", "", "hazy", FRAME.begin, FRAME.end)))
    assert boxes(picture, "covered") == []
    assert len(boxes(picture, "unknown")) == 2  # the lane's, and the legend's
    assert "Unknown" in words(picture)


def step(verdict: str, windows: list[tuple[int, int]]) -> dict[str, object]:
    spans = [{"start": start, "end": end} for start, end in windows]
    return {
        "step": HOSTILE,
        "verdict": verdict,
        "earliest": FRAME.begin,
        "latest": FRAME.end,
        "windows": spans,
        "because": "",
    }


def test_found_steps_are_marks_and_feasible_windows_are_hatched() -> None:
    span = (FRAME.begin + 10 * DAY, FRAME.begin + 60 * DAY)
    chain = pl.DataFrame(
        [step("found", [(span[0], span[0] + 1)]), step("unknown", [span]), step("refuted", [])],
        infer_schema_length=None,
    )
    picture = plots.chain(FRAME, chain)
    assert [
        word
        for word in ("Found", "Unknown", "Ruled out", "at no time", "feasible in the hatched windows")
        if word not in words(picture)
    ] == []
    assert len(boxes(picture, "unknown")) == 1
    assert (
        len(
            [
                each
                for each in drawn(picture).iter("{http://www.w3.org/2000/svg}path")
                if each.get("fill") == plots.COLOURS["found"]
            ]
        )
        == 1
    )


def test_lineage_leads_from_object_to_object() -> None:
    hops = [
        {
            "time": FRAME.begin,
            "action": "object.write",
            "object": "s3://a/dump",
            "object_from": None,
            "actor": "alice",
            "grade": "proven",
        },
        {
            "time": FRAME.begin + DAY,
            "action": "object.copy",
            "object": "s3://b/dump",
            "object_from": "s3://a/dump",
            "actor": None,
            "grade": "proven",
        },
    ]
    picture = plots.lineage(FRAME, pl.DataFrame(hops))
    told = words(picture)
    assert [
        word
        for word in ("s3://a/dump", "s3://b/dump", "2023-01-02 00:00:00  object.copy", "nobody stated")
        if word not in told
    ] == []
    arrows = [
        each for each in drawn(picture).iter("{http://www.w3.org/2000/svg}line") if each.get("stroke") == "#1f55a5"
    ]
    assert len(arrows) == 1


def test_words_of_logs_are_text_and_hidden_characters_are_shown() -> None:
    picture = plots.chain(plots.Frame(HOSTILE, FRAME.begin, FRAME.end), pl.DataFrame([step("found", [])]))
    assert b"<script" not in picture
    assert "\u202e" not in picture.decode()
    assert "\\u202e" in words(picture)


def test_the_same_picture_has_the_same_bytes(demo_case: Path, tmp_path: Path) -> None:
    with Case(demo_case) as case:
        first, second = (case.plot("coverage", tmp_path / name).read_bytes() for name in ("a.svg", "b.svg"))
    assert first == second


def test_the_command_draws_all_three(demo_case: Path, tmp_path: Path, timeline: Command) -> None:
    for what in ("coverage", "chain", "lineage"):
        told = timeline("-C", demo_case, "plot", what, "-o", tmp_path / f"{what}.svg")
        assert told.code == 0, told.err
        assert "Contoso signing key" in words((tmp_path / f"{what}.svg").read_bytes())


def test_lineage_without_any_object_says_what_to_name(alices: Case, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="--object"):
        alices.plot("lineage", tmp_path / "x.svg")
    assert not (tmp_path / "x.svg").exists()


def test_png_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)  # as if it were not installed
    with pytest.raises(CaseError, match=r"timeline\[png\]"):
        plots.png(b"<svg/>")


def test_png_is_a_picture_of_twice_the_size() -> None:
    pytest.importorskip("resvg_py")
    made = plots.png(plots.coverage(FRAME, pieces(("a", "", "expired", None, None))))
    assert made.startswith(b"\x89PNG")
    assert int.from_bytes(made[16:20], "big") == 2 * plots.WIDTH
