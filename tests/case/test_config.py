"""case.toml: what is stated is taken exactly, and every mistake is named at its line."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.case.config import TEMPLATE, Config, find, load
from timeline.case.toml_lines import locate
from timeline.case.values import DAY, moment
from timeline.core.spans import BEGIN, END
from timeline.errors import CaseError

HOUR = DAY // 24

CONTRACT = """
[case]
name = "Key theft reconstruction"
from = 2021-04-01T00:00:00Z
to   = 2023-07-15T00:00:00Z
as_of = 2023-07-15T12:00:00Z
holidays = [2023-05-29]

[[collection]]
id = "azure-2023-07-12"
collected_at = 2023-07-12T09:00:00Z
store = "native"
paths = ["exports/azure/**"]
from = 2021-01-01T00:00:00Z
to = 2023-07-12T09:00:00Z
streams = ["azure.storage/*"]
subjects = ["alice@contoso.com"]
max_records = 50000
cut = "oldest"
timezone = "Europe/Paris"

[[policy]]
stream = "azure.storage/*"
store = "native"
semantics = "rolling"
retention = [ { days = 30, from = 2020-01-01 }, { days = 90, from = 2022-06-01 } ]
enabled_from = 2020-01-01
latency = "2h"
hold_from = 2023-06-20
archive_after_days = 30
where = { actor = "*@contoso.com" }
grace = "30d"
lag = ["0h", "72h"]
anchor = "event"

[[zone]]
name = "production"
level = 3
objects = ["https://proddumps.blob.core.windows.net/**"]

[[chain.step]]
id = "detection"
question = "mail-read"

[[chain.step]]
id = "exfiltration"
question = "artefact-read-by"
params = { object = "*.dmp", actor = "alice" }
after = ["moved"]
within = "90d"
before = ["detection"]

[[chain.step]]
id = "moved"
question = "artefact-moved"

[[outage]]
stream = "entra.*"
from = 2024-09-02T23:00:00Z
to = 2024-09-19T00:00:00Z
why = "vendor incident"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "case.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(CaseError) as caught:
        load(written(folder, text))
    return str(caught.value).splitlines()


@pytest.fixture
def contract(tmp_path: Path) -> Config:
    return load(written(tmp_path, CONTRACT))


def test_instants_are_microseconds_and_dates_their_midnight(contract: Config) -> None:
    assert contract.start == 1_617_235_200_000_000
    assert contract.end == 1_689_379_200_000_000
    assert contract.as_of == 1_689_422_400_000_000
    assert contract.holidays == (1_685_318_400_000_000,)


def test_a_collection_is_taken_as_stated(contract: Config) -> None:
    spec = contract.collections[0]
    assert (spec.id, spec.store, spec.cut, spec.max_records) == ("azure-2023-07-12", "native", "oldest", 50_000)
    assert (spec.paths, spec.streams) == (("exports/azure/**",), ("azure.storage/*",))
    assert spec.end == spec.collected_at == 1_689_152_400_000_000


def test_a_policy_is_taken_as_stated(contract: Config) -> None:
    spec = contract.policies[0]
    assert [limit[:2] for limit in spec.retention] == [
        (1_577_836_800_000_000, 30 * DAY),
        (1_654_041_600_000_000, 90 * DAY),
    ]
    assert (spec.latency, spec.grace, spec.lag, spec.archive_after) == (2 * HOUR, 30 * DAY, (0, 72 * HOUR), 30 * DAY)
    assert spec.where == {"actor": ("*@contoso.com",)}


def test_steps_keep_their_order_and_their_ties(contract: Config) -> None:
    assert [step.id for step in contract.steps] == ["detection", "exfiltration", "moved"]
    step = contract.steps[1]
    assert (step.after, step.before, step.within) == (("moved",), ("detection",), 90 * DAY)
    assert step.params == {"object": "*.dmp", "actor": "alice"}


def test_an_offset_is_converted_and_never_dropped(tmp_path: Path) -> None:
    config = load(written(tmp_path, "[case]\nfrom = 2021-04-01T02:00:00+02:00"))
    assert config.start == 1_617_235_200_000_000


def test_what_is_left_out_is_open_or_none(tmp_path: Path) -> None:
    config = load(written(tmp_path, ""))
    assert (config.name, config.start, config.end, config.as_of) == (tmp_path.name, BEGIN, END, None)


def test_as_of_is_the_latest_collection_by_default(tmp_path: Path) -> None:
    text = '[[collection]]\nid = "a"\ncollected_at = 2023-02-01\n[[collection]]\nid = "b"\ncollected_at = 2023-01-01\n'
    assert load(written(tmp_path, text)).as_of == moment("2023-02-01", "--from")


def test_retention_days_is_one_limit_from_the_beginning(tmp_path: Path) -> None:
    policy = load(written(tmp_path, '[[policy]]\nstream = "*"\nretention_days = 90')).policies[0]
    assert [limit[:2] for limit in policy.retention] == [(BEGIN, 90 * DAY)]


def test_dated_limits_are_brought_into_order_of_time(tmp_path: Path) -> None:
    text = '[[policy]]\nstream = "*"\nsemantics = "stamped"\nretention = [{days = 9, from = 2022-01-01}, {days = 3}]'
    assert [limit.keep for limit in load(written(tmp_path, text)).policies[0].retention] == [3 * DAY, 9 * DAY]


def test_the_template_and_all_that_it_shows_are_without_mistakes(tmp_path: Path) -> None:
    load(written(tmp_path, TEMPLATE))
    shown = [
        line.removeprefix("# ")
        for line in TEMPLATE.splitlines()
        if line.startswith(("# [", "#")) and (" = " in line or "[[" in line)
    ]
    config = load(written(tmp_path, "[case]\n" + "\n".join(shown)))
    assert len(config.policies) == 2
    assert len(config.steps) == 2


def test_all_mistakes_are_told_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = """[case]
from = 2023-01-01T00:00:00
to = "soon"
colour = 1

[[policy]]
stream = "x/*"
semantics = "roling"
retention_days = "90d"

[[chain.step]]
id = "a"
question = "q"
params = { object = 3 }
after = [
    "b",
]
"""
    found = mistakes(tmp_path, text)
    assert [line.split(": ")[0] for line in found] == [f"case.toml:{line}" for line in (2, 3, 4, 8, 9, 14, 16)]
    assert (
        found[0]
        == "case.toml:2: case.from: 2023-01-01T00:00:00; expected the same time with its zone, as in 2023-01-01T00:00:00Z"
    )
    assert found[2].startswith("case.toml:4: case.colour: unknown key; expected ")
    assert (
        found[3]
        == 'case.toml:8: policy.semantics: "roling"; expected one of "rolling", "stamped", "ring", "state", "none"'
    )
    assert found[6] == 'case.toml:16: chain.step.after: "b"; expected the id of a step: a'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            '[[policy]]\nstream = "x"\nretension_days = 3',
            3,
            "policy.retension_days: unknown key; expected retention_days",
        ),
        ("[[colection]]", 1, "colection: unknown key; expected collection"),
        ("[collection]", 1, "a list of tables, each under [[collection]]"),
        ('[[collection]]\nid = "a"', 1, "collection.collected_at: missing; expected a date or a time"),
        ('[[collection]]\nid="a"\ncollected_at=2023-01-01\ntimezone="Europe/Pariss"', 4, 'as in "Europe/Paris"'),
        (
            '[[collection]]\nid="a"\ncollected_at=2023-01-01\n[[collection]]\nid="a"\ncollected_at=2023-01-01',
            5,
            "a name that no other has",
        ),
        (
            "[case]\nfrom = 2023-02-01\nto = 2023-01-01",
            3,
            "case.to: 2023-01-01; expected a time after `from` (2023-02-01)",
        ),
        ("[case]\nfrom = '2023-02-01'", 2, "without quotes"),
        ("[case]\nholidays = [2023-01-01,\n2023-01-02T00:00:00Z]", 3, "expected a date, as in 2023-05-29"),
        ('[[policy]]\nstream = "x"\nsemantics = "rolling"', 1, "policy.retention_days: missing"),
        (
            '[[policy]]\nstream = "entra.signin.*"\nretention_days = 3\nplan = "entra-p1"',
            4,
            "only one of retention, retention_days and plan",
        ),
        ('[[policy]]\nstream = "x"', 1, "policy.retention_days: missing"),
        ('[[policy]]\nstream = "x"\nretention_days = true', 3, "a number of days"),
        ('[[policy]]\nstream = "x"\nretention_days = nan', 3, "a number of days"),
        ('[[policy]]\nstream = "x"\nretention_days = inf', 3, "at most a hundred years"),
        ('[[policy]]\nstream = "x"\nsemantics = "none"\nretention_days = 3', 4, 'no limit beside semantics = "none"'),
        (
            '[[policy]]\nstream = "x"\nretention = [{days = 3}, {days = 4, from = 2023-01-01}]',
            1,
            "policy.semantics: missing",
        ),
        (
            '[[policy]]\nstream = "x"\nsemantics = "rolling"\nretention = [{days = 3}, {days = 4}]',
            4,
            "limits with different dates",
        ),
        (
            '[[policy]]\nstream = "x"\nretention = [\n{days = 3, form = 2023-01-01}]',
            4,
            "form: unknown key; expected from",
        ),
        ('[[policy]]\nstream = "x"\nretention_days = 3\nlatency = "two hours"', 4, 'a duration in quotes, as in "90d"'),
        ('[[policy]]\nstream = "x"\nretention_days = 3\nlag = ["3h", "1h"]', 4, "the shorter first"),
        (
            '[[policy]]\nstream = "x"\nretention_days = 3\nwhere = { actor = ["a", 1] }',
            4,
            "policy.where.actor: 1; expected a text",
        ),
        ('[[chain.step]]\nid = "a"\nquestion = "q"\nwithin = "1d"', 4, "`after` beside it"),
        ('[[chain.step]]\nid = "a"\nquestion = "q"\nafter = ["a"]', 4, "an order without the circle a → a"),
        ('[[zone]]\nname = "z"\nlevel = "3"\nobjects = ["x"]', 3, 'zone.level: "3"; expected a whole number'),
        ('[[outage]]\nstream = "x"\nfrom = 2023-01-02\nto = 2023-01-01', 4, "outage.to"),
        ("[case]\nname = ", 2, "expected TOML"),
        ("[case]\nname = 'a'\nname = 'b'", 3, "expected TOML"),
    ],
)
def test_a_mistake_names_its_line_and_what_was_expected(tmp_path: Path, text: str, line: int, words: str) -> None:
    found = mistakes(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(f"case.toml:{line}: ")
    assert words in found[0]


def test_a_circle_over_after_and_before_is_found(tmp_path: Path) -> None:
    text = """[[chain.step]]
id = "a"
question = "q"
before = ["b"]
[[chain.step]]
id = "b"
question = "q"
before = ["a"]
"""
    assert mistakes(tmp_path, text) == [
        "case.toml:4: chain.step.before: a list of 1; expected an order without the circle a → b → a"
    ]


def test_a_question_must_exist_where_the_questions_are_known(tmp_path: Path) -> None:
    path = written(tmp_path, '[[chain.step]]\nid = "a"\nquestion = "mail-reed"')
    with pytest.raises(CaseError, match='expected the id of a question, as in "mail-read"'):
        load(path, {"mail-read": ()})


def test_a_parameter_must_be_one_of_its_question(tmp_path: Path) -> None:
    path = written(tmp_path, '[[chain.step]]\nid = "a"\nquestion = "mail-read"\nparams = { mailbx = "robin" }')
    with pytest.raises(
        CaseError, match=r'case.toml:4: chain.step.params.mailbx: "robin"; expected a parameter of mail-read: mailbox'
    ):
        load(path, {"mail-read": ("mailbox",)})
    with pytest.raises(CaseError, match="it has none"):
        load(path, {"mail-read": ()})


def test_a_byte_that_is_no_text_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"[case]\nname = '\xff'\n")
    with pytest.raises(CaseError, match=r"case.toml:2: byte 0xff; expected UTF-8"):
        load(path)


def test_lines_end_as_on_any_system_and_a_byte_order_mark_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xef\xbb\xbf[case]\r\nname = 'x'\r\nfrom = 1\r\n")
    with pytest.raises(CaseError, match=r"^case.toml:3: case.from"):
        load(path)


def test_the_case_is_found_in_the_nearest_parent(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    written(tmp_path, "")
    assert find(inner, None, {}) == tmp_path
    written(tmp_path / "a", "")
    assert find(inner, None, {}) == tmp_path / "a"


def test_an_option_goes_before_the_variable_and_both_before_the_parents(tmp_path: Path) -> None:
    for name in ("here", "named", "told"):
        (tmp_path / name).mkdir()
        written(tmp_path / name, "")
    environ = {"TIMELINE_CASE": str(tmp_path / "told")}
    assert find(tmp_path / "here", tmp_path / "named", environ) == tmp_path / "named"
    assert find(tmp_path / "here", None, environ) == tmp_path / "told"
    assert find(tmp_path / "here", tmp_path / "named" / "case.toml", {}) == tmp_path / "named"


def test_a_named_folder_without_case_is_an_error_even_inside_another_case(tmp_path: Path) -> None:
    written(tmp_path, "")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CaseError, match="timeline init"):
        find(tmp_path, tmp_path / "empty", {})


def paths(value: object, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [place] * bool(place) + [path for key, part in inner for path in paths(part, (*place, key))]


TRICKY = '''
# [no.table]
a."b.c".d = """
[[x]] = 1
""""
'q"\u00e9' = [ [1, 2], # ] = [
  { x = "}", y = [ 3.5, 2021-01-01 10:00:00 ] },
]
[[t]]
[[t.u]]
k = 1
[[t.u]]
k = \'\'\'
two \'\'\'
[t.v.w]
k = +1_000.5e3
[[t]]
[t . u]
"k" = "a\\"b"
'''


def test_every_key_of_a_tricky_text_has_its_line() -> None:
    lines = locate(TRICKY)
    every = paths(tomllib.loads(TRICKY))
    assert [path for path in every if path not in lines] == []
    rows = TRICKY.splitlines()
    for path, number in lines.items():
        key = next(part for part in reversed(path) if isinstance(part, str))
        if isinstance(path[-1], str) and path[0] != 'q"é':
            assert key in rows[number - 1]
    assert lines["t", 0, "u", 1, "k"] == 13
    assert lines["t", 1, "u", "k"] == 19
    assert lines['q"é', 1, "y", 1] == 7


SCALARS = st.one_of(
    st.integers(-9, 9), st.booleans(), st.sampled_from(['"a=[{,}]#"', "'x'", '"""\n\n"""', "2021-01-01", "1.5"])
)
VALUES = st.recursive(
    SCALARS.map(lambda value: str(value).lower() if isinstance(value, bool) else str(value)),
    lambda inner: st.lists(inner, max_size=3).map(lambda parts: "[\n" + ", # ]\n".join(parts) + "]"),
    max_leaves=5,
)


@given(st.lists(VALUES, max_size=6))
def test_the_line_of_a_key_is_where_it_was_written(parts: list[str]) -> None:
    text, expected = "[t]\n", {}
    for number, part in enumerate(parts):
        expected["t", f"k{number}"] = text.count("\n") + 1
        text += f"k{number} = {part}\n"
    lines = locate(text)
    assert {path: lines[path] for path in expected} == expected
    assert all(path in lines for path in paths(tomllib.loads(text)))


@pytest.mark.parametrize(
    ("written_as", "micros"),
    [
        ("1970-01-02", DAY),
        ("1970-01-01T10:00", 10 * HOUR),
        ("1970-01-01T10:00:00Z", 10 * HOUR),
        ("1970-01-01T10:00:00.000001+02:00", 8 * HOUR + 1),
    ],
)
def test_a_moment_of_the_command_line_is_utc_unless_it_says_otherwise(written_as: str, micros: int) -> None:
    assert moment(written_as, "--from") == micros


def test_a_moment_that_is_none_is_named_with_its_option() -> None:
    with pytest.raises(CaseError, match=r'--from: "yesterday"; expected a date or a time'):
        moment("yesterday", "--from")
