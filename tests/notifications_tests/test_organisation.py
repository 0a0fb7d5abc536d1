"""The tree of units and the routing over it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.directory import Area
from notifications.organisation import HANDLED_BY, RANKS, OrgUnit, Rank, Unfit, owner, unfit

NAMES = {"zh-CN": "单位", "en": "Unit"}
TREE = {
    code: Area(code, parent, {})
    for code, parent in {
        "P": None, "C1": "P", "C2": "P", "D1": "C1", "D2": "C1", "D3": "C2", "S1": "D1", "Q": None,
    }.items()
}  # fmt: skip
UNITS = {
    unit.code: unit
    for unit in (
        OrgUnit("HQ", None, Rank.GROUP, NAMES),
        OrgUnit("PROV", "HQ", Rank.PROVINCE, NAMES, ("P",)),
        OrgUnit("CITY1", "PROV", Rank.CITY, NAMES, ("C1",)),
        OrgUnit("CITY2", "PROV", Rank.CITY, NAMES, ("C2",)),
        OrgUnit("CENTRE1", "CITY1", Rank.DISTRICT, NAMES, ("D1",)),
        OrgUnit("CENTRE2", "CITY1", Rank.DISTRICT, NAMES, ("D2",)),
    )
}


@pytest.mark.parametrize(
    ("level", "areas", "unit"),
    [
        (3, ["D1"], "CENTRE1"),
        (3, ["D2"], "CENTRE2"),
        (3, ["S1"], "CENTRE1"),
        (3, ["D1", "D2"], "CITY1"),
        (3, ["D3"], "CITY2"),
        (3, ["C1"], "CITY1"),
        (3, ["D1", "C2"], "PROV"),
        (3, ["P"], "PROV"),
        (2, ["D1"], "CITY1"),
        (2, ["D1", "D2"], "CITY1"),
        (2, ["D1", "D3"], "PROV"),
        (2, ["P"], "PROV"),
        (1, ["D1"], "HQ"),
        (1, ["P"], "HQ"),
        (3, [], "HQ"),
        (3, ["Q"], "HQ"),
        (3, ["D1", "Q"], "HQ"),
        (2, ["nowhere"], "HQ"),
    ],
)
def test_an_incident_belongs_to_the_lowest_unit_that_its_level_allows(level, areas, unit):
    """Level 1 is headquarters', level 2 a city's or province's, level 3 the district centre's (R53, R14, R15)."""
    assert unit == owner(level, areas, UNITS, TREE)


def test_without_an_organisation_nobody_owns():
    """A home without units gives its incidents none (R53)."""
    assert owner(1, ["D1"], {}, TREE) is None


@given(st.sampled_from([1, 2, 3]), st.lists(st.sampled_from([*TREE, "nowhere"]), max_size=4))
def test_every_incident_has_an_owner_of_a_rank_that_its_level_allows(level, areas):
    """Whatever the areas, there is an owner, its rank is allowed, and the order of areas is nothing (R53)."""
    found = owner(level, areas, UNITS, TREE)

    assert UNITS[str(found)].rank in HANDLED_BY[level]
    assert found == owner(level, list(reversed(areas)), UNITS, TREE)


@given(st.lists(st.sampled_from(list(TREE)), min_size=1, max_size=3))
def test_a_higher_level_is_never_handled_lower(areas):
    """Raising the level never moves an incident down the tree (R13, R53)."""
    ranks = [RANKS.index(UNITS[str(owner(level, areas, UNITS, TREE))].rank) for level in (1, 2, 3)]

    assert sorted(ranks) == ranks


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        (OrgUnit("X", "NONE", Rank.CITY, NAMES), (Unfit.UNKNOWN_PARENT, "NONE")),
        (OrgUnit("X", "CITY1", Rank.CITY, NAMES), (Unfit.RANK, "CITY1")),
        (OrgUnit("X", "CITY1", Rank.PROVINCE, NAMES), (Unfit.RANK, "CITY1")),
        (OrgUnit("X", None, Rank.CITY, NAMES), (Unfit.TOP, "")),
        (OrgUnit("X", "HQ", Rank.GROUP, NAMES), (Unfit.TOP, "HQ")),
        (OrgUnit("X", None, Rank.GROUP, NAMES), (Unfit.SECOND_GROUP, "HQ")),
        (OrgUnit("X", "CITY1", Rank.DISTRICT, NAMES, ("D1",)), (Unfit.TAKEN, "D1")),
        (OrgUnit("X", "X", Rank.CITY, NAMES), (Unfit.RANK, "X")),
    ],
)
def test_a_unit_that_does_not_fit_says_why(unit, reason):
    """Unknown or equal parents, a second group and an area looked after twice are named (R53)."""
    assert {"X": reason} == unfit({"X": unit}, UNITS)


def test_the_same_units_again_fit():
    """A second import of the same tree is no defect (R53)."""
    assert {} == unfit(UNITS, UNITS)


def test_what_hangs_from_an_unfit_unit_is_unfit_and_the_rest_is_not():
    """One wrong line costs itself and what is below it, not the file (R53)."""
    new = {
        "BAD": OrgUnit("BAD", "NONE", Rank.CITY, NAMES),
        "UNDER": OrgUnit("UNDER", "BAD", Rank.DISTRICT, NAMES),
        "SOUND": OrgUnit("SOUND", "CITY1", Rank.DISTRICT, NAMES),
    }
    expected = {"BAD": (Unfit.UNKNOWN_PARENT, "NONE"), "UNDER": (Unfit.UNKNOWN_PARENT, "BAD")}
    assert expected == unfit(new, UNITS)


def test_a_unit_cannot_go_below_what_is_below_it():
    """A new rank is judged by the units that hang from it too: no circle comes about (R53)."""
    province = UNITS["CITY1"].parent
    lowered = OrgUnit("CITY1", str(province), Rank.DISTRICT, NAMES)
    children = [unit.code for unit in UNITS.values() if unit.parent == "CITY1"]

    assert {"CITY1": (Unfit.BELOW, children[0])} == unfit({"CITY1": lowered}, UNITS)


@st.composite
def files_of_units(draw):
    codes = [*UNITS, "N1", "N2", "N3"]
    drawn = draw(st.lists(st.sampled_from(codes), unique=True))
    parents = st.sampled_from([None, *codes])
    areas = st.lists(st.sampled_from([*TREE]), max_size=2, unique=True).map(tuple)
    return {c: OrgUnit(c, draw(parents), draw(st.sampled_from(RANKS)), NAMES, draw(areas)) for c in drawn}


@given(files_of_units())
def test_whatever_the_file_the_tree_stays_a_tree(new):
    """What is taken stands: one group at most, every line ends at it, no area has two keepers (R53)."""
    taken = {code: unit for code, unit in new.items() if code not in unfit(new, UNITS)}
    tree = {**UNITS, **taken}
    kept = [area for unit in tree.values() for area in unit.areas]

    assert 1 == sum(unit.rank == Rank.GROUP for unit in tree.values())
    assert all(
        u.parent is None or RANKS.index(tree[u.parent].rank) < RANKS.index(u.rank) for u in tree.values()
    )
    assert len(set(kept)) == len(kept)
