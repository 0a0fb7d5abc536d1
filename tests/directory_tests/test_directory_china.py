"""The shipped divisions of China, and the tree that a home makes of them."""

from collections import Counter

import pytest

from coordinator.directory import import_areas
from incidents.errors import Invalid
from notifications.directory import Area, rank_of, with_descendants
from notifications.imports import areas, load_seed, shipped


@pytest.fixture(scope="module")
def china() -> dict[str, Area]:
    return {area.code: area for area in areas(shipped("cn"))}


def test_every_row_of_the_shipped_divisions_is_sound(china):
    """Provinces, cities and counties: every row is taken, and hangs below a higher rank (R53)."""
    assert {"": 1, "province": 34, "city": 333, "district": 2851} == Counter(a.rank for a in china.values())
    for area in china.values():
        assert area.parent is None or china[area.parent].rank in ("", "province", "city")
        assert area.rank == rank_of(area.code)


@pytest.mark.parametrize(
    ("code", "parent", "chinese", "english"),
    [
        ("110101", "110000", "东城区", "Dongcheng District"),
        ("330108", "330100", "滨江区", "Binjiang District"),
        ("429004", "420000", "仙桃市", "Xiantao"),
        ("441900", "440000", "东莞市", "Dongguan"),
        ("140400", "140000", "长治市", "Changzhi"),
        ("610000", "CN", "陕西省", "Shaanxi"),
        ("650100", "650000", "乌鲁木齐市", "Urumqi"),
        ("810000", "CN", "香港特别行政区", "Hong Kong"),
    ],
)
def test_places_have_their_codes_and_names(china, code, parent, chinese, english):
    """A handful of places that are easily got wrong (R53)."""
    assert Area(code, parent, {"zh-CN": chinese, "en": english}, rank_of(code)) == china[code]


def test_no_place_is_called_by_a_placeholder(china):
    """What the statistics need and no customer knows is not among the names."""
    assert [] == [
        a.code
        for a in china.values()
        if a.names["zh-CN"] in ("市辖区", "县") or "直辖县级" in a.names["zh-CN"]
    ]


def test_the_seed_agrees_with_the_shipped_divisions(china):
    """Importing the whole of China renames nothing that a fresh home knows already."""
    for area in load_seed()[0]:
        assert area.names == china.get(area.code, area).names


def test_only_what_is_shipped_can_be_named():
    """A name that is not shipped is refused, and no path is read (R53)."""
    with pytest.raises(Invalid) as refused:
        shipped("../areas")

    assert "shipped" == refused.value.field


def test_an_area_holds_everything_below_it(home, china):
    """A province holds its cities and counties, in the database as in memory (AMB-23)."""
    home.does(import_areas, china.values())
    tree = {area.code: area for area in china.values()}

    with home.database.transaction() as tx:
        for codes in (["330000"], ["330100", "440106"], ["CN"], [], ["ZZ01"], ["nowhere"]):
            known = {**tree, **tx.directory.areas()}
            expected = with_descendants([code for code in codes if code in known], known)
            assert expected == tx.directory.within(codes)
