from hypothesis import given
from hypothesis import strategies as st
from knowing_cases import RECORDS, SCOPES
from knowing_oracle import matches

from timeline.core.scope import EVERYTHING, Scope, Term, atoms, inside, meet, overlap, scope_of, within
from timeline.core.universe import Universe

globs = st.text("ab*", max_size=5)
some_scopes = st.lists(st.sampled_from(SCOPES), max_size=5)


def words(depth: int = 4) -> list[str]:
    found = [""]
    for word in found:
        if len(word) < depth:
            found += [word + "a", word + "b"]
    return found


def matching(glob: str) -> set[str]:
    return {word for word in words() if matches({"k": word}, Scope(frozenset([Term("k", frozenset([glob]))])))}


@given(globs, globs)
def test_globs_meet_if_and_only_if_a_text_matches_both(one: Scope, other: Scope) -> None:
    if matching(one) & matching(other):
        assert meet(one, other)
    elif len(one.replace("*", "")) + len(other.replace("*", "")) <= 4:
        assert not meet(one, other)


@given(globs, globs)
def test_a_glob_within_another_has_no_match_of_its_own(one: Scope, other: Scope) -> None:
    if within(one, other):
        assert matching(one) <= matching(other)


@given(st.sampled_from(SCOPES), st.sampled_from(SCOPES))
def test_scopes_that_hold_for_one_record_overlap(one: Scope, other: Scope) -> None:
    if any(matches(record, one) and matches(record, other) for record in RECORDS):
        assert overlap(one, other)
    assert overlap(one, other) == overlap(other, one)


def test_different_values_of_one_key_do_not_overlap_but_different_keys_do() -> None:
    assert not overlap(scope_of({"actor": "ann"}), scope_of({"actor": "bob"}))
    assert not overlap(scope_of({"actor": "*@c"}), scope_of({"actor": ["ann@d", "eve"]}))
    assert not overlap(scope_of({"actor": "*@c"}), scope_of({}, {"actor": "*@c"}))
    assert not overlap(scope_of({"actor": ["ann", "*"[:0] + "bob"]}), scope_of({}, {"actor": ["ann", "b*"]}))
    assert overlap(scope_of({"actor": "ann"}), scope_of({"mailbox": "finance"}))
    assert overlap(scope_of({"actor": "ann"}), EVERYTHING)
    assert overlap(scope_of({"actor": "ANN@*"}), scope_of({"actor": "*@C"}))
    assert overlap(scope_of({"actor": ["ann", "bob"]}), scope_of({}, {"actor": "ann"}))


def test_a_star_inside_excluded_values_does_not_hide_the_one_that_is_left() -> None:
    assert not overlap(scope_of({"actor": "*"[:0] + "ann@c"}), scope_of({}, {"actor": "ann@*"}))
    assert overlap(scope_of({"actor": "ann@*"}), scope_of({}, {"actor": "ann@c"}))
    assert not overlap(
        Scope(scope_of({"actor": "a*"}).terms | scope_of({"actor": "ann"}).terms), scope_of({}, {"actor": "ann"})
    )


@given(some_scopes)
def test_each_record_is_in_exactly_one_atom(scopes: list[Scope]) -> None:
    cut = atoms(scopes)
    for record in RECORDS:
        assert sum(matches(record, atom) for atom in cut) == 1


@given(some_scopes)
def test_an_atom_lies_wholly_inside_or_wholly_outside_of_each_scope(scopes: list[Scope]) -> None:
    cut = atoms(scopes)
    for record in RECORDS:
        home = next(atom for atom in cut if matches(record, atom))
        assert [inside(home, scope) for scope in scopes] == [matches(record, scope) for scope in scopes]


def test_combinations_that_no_value_can_have_are_skipped() -> None:
    cut = atoms([scope_of({"actor": "ann@c"}), scope_of({"actor": "*@c"}), scope_of({"actor": "*@d"})])
    assert sorted(atom.text() for atom in cut) == [
        "actor=*@c,not actor=ann@c",
        "actor=*@d",
        "actor=ann@c",
        "not actor=*@c|*@d",
    ]


@given(some_scopes, st.data())
def test_a_description_holds_just_the_atoms_it_describes(scopes: list[Scope], data: st.DataObject) -> None:
    cut = atoms(scopes)
    some = data.draw(st.sets(st.sampled_from(cut)))
    described = Universe(cut).describe(some)
    for record in RECORDS:
        home = next(atom for atom in cut if matches(record, atom))
        assert sum(matches(record, scope) for scope in described) == (home in some)


def test_a_description_is_short() -> None:
    cut = atoms([scope_of({"actor": name}) for name in ("ann", "bob", "eve")])
    universe = Universe(cut)
    assert universe.describe(cut) == (EVERYTHING,)
    by_text = {atom.text(): atom for atom in cut}
    assert [s.text() for s in universe.describe([by_text["actor=ann"], by_text["actor=bob"]])] == ["actor=ann|bob"]
    assert [s.text() for s in universe.describe(set(cut) - {by_text["actor=eve"]})] == ["not actor=eve"]


def test_a_scope_is_written_as_the_contract_says() -> None:
    assert scope_of({"mailbox": "C", "actor": ["b", "A"]}).text() == "actor=a|b,mailbox=c"
    assert scope_of({"actor": ["a", "b"]}, {"mailbox": "c"}).text() == "actor=a|b,not mailbox=c"
    assert EVERYTHING.text() == ""
    assert scope_of({"actor": "*"}) == EVERYTHING
    assert scope_of({"actor": "a**b"}) == scope_of({"actor": "a*b"})


def test_a_narrow_glob_without_the_wide_one_that_includes_it_is_no_atom() -> None:
    cut = atoms([scope_of({"actor": "a*"}), scope_of({"actor": "an*"})])
    assert sorted(atom.text() for atom in cut) == ["actor=a*,not actor=an*", "actor=an*", "not actor=a*"]
