"""Files of areas and services, the tree they make, and the seed."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.errors import Invalid
from notifications.directory import Area, Misplaced, Service, misplaced, with_descendants
from notifications.imports import areas, load_seed, services
from notifications.rows import Defect, Rejection

KNOWN = {"P": Area("P", None, {"zh-CN": "省", "en": "P"}), "C": Area("C", "P", {"zh-CN": "市", "en": "C"})}


def read(rows: str):
    content = f"code,parent,name_zh,name_en\n{rows}"
    return list(areas(io.BytesIO(content.encode()), KNOWN))


def test_areas_may_hang_below_the_file_or_the_catalogue():
    """A parent may be in the catalogue, or in the file before or after its children."""
    found = read("D1,D,区,District\nD,C,县,County\nQ,,省,Q\n")

    assert [("D1", "D"), ("D", "C"), ("Q", None)] == [(area.code, area.parent) for area in found]
    assert {"zh-CN": "区", "en": "District"} == found[0].names


@pytest.mark.parametrize(
    ("rows", "rejections"),
    [
        (",C,区,D", [Rejection(2, "code", Defect.MISSING)]),
        ("a b,C,区,D", [Rejection(2, "code", Defect.CODE, "a b")]),
        ("x" * 33 + ",C,区,D", [Rejection(2, "code", Defect.CODE, "x" * 33)]),
        ("区,C,区,D", [Rejection(2, "code", Defect.CODE, "区")]),
        ("D,c!,区,D", [Rejection(2, "parent", Defect.CODE, "c!")]),
        ("D,C,,D", [Rejection(2, "name_zh", Defect.MISSING)]),
        ("D,C,区,", [Rejection(2, "name_en", Defect.MISSING)]),
        ("D,C,区\u202e,D", [Rejection(2, "name_zh", Defect.NAME)]),
        ("D,C,区," + "D" * 201, [Rejection(2, "name_en", Defect.NAME)]),
        ("D,C,区", [Rejection(2, "", Defect.FIELDS, "4 : 3")]),
        ("D,X,区,D", [Rejection(2, "parent", Misplaced.UNKNOWN_PARENT, "X")]),
        ("D,D,区,D", [Rejection(2, "parent", Misplaced.LOOP, "D")]),
        (
            "D,X,区,D\nE,D,区,E",
            [
                Rejection(2, "parent", Misplaced.UNKNOWN_PARENT, "X"),
                Rejection(3, "parent", Misplaced.BELOW, "D"),
            ],
        ),
        (
            "F,E,区,F\nD,E,区,D\nE,D,区,E",
            [
                Rejection(2, "parent", Misplaced.BELOW, "E"),
                Rejection(3, "parent", Misplaced.LOOP, "E"),
                Rejection(4, "parent", Misplaced.LOOP, "D"),
            ],
        ),
        ("P,C,省,P", [Rejection(2, "parent", Misplaced.LOOP, "C")]),
    ],
)
def test_each_defect_of_an_area_is_rejected_by_line(rows, rejections):
    """Bad codes, missing names, unknown parents and loops are rejected; what hangs below them too."""
    assert rejections == read(rows)


def test_a_repeated_code_is_rejected():
    """The first row of a code is taken, the second names its line."""
    found = read("D,C,区,D\nD,P,区,D")

    assert ["C", Rejection(3, "code", Defect.REPEATED, "2")] == [found[0].parent, found[1]]


def test_services_need_both_names():
    """A service without one of its two names is rejected; a customer must never read a code."""
    found = list(services(["code,name_zh,name_en\n", "sms,短信,text messages\n", "fax,传真,\n"]))

    expected = [
        Service("sms", {"zh-CN": "短信", "en": "text messages"}),
        Rejection(3, "name_en", Defect.MISSING),
    ]
    assert expected == found


@pytest.mark.parametrize("header", ["code,parent,name_zh", "code,parent,name_zh,name_en,note"])
def test_a_wrong_header_refuses_the_catalogue(header):
    """A missing or unknown column refuses the whole file."""
    with pytest.raises(Invalid):
        areas(io.BytesIO(header.encode()))


_TREES = st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.sampled_from("abcdefghP?"))


@given(_TREES)
def test_what_is_not_misplaced_is_a_tree(parents):
    """Areas that pass, with the catalogue, always lead up to a root; and a whole tree always passes."""
    new = {code: Area(code, parent, {}) for code, parent in parents.items()}

    faults = misplaced(new, KNOWN)

    merged = {**KNOWN, **{code: area for code, area in new.items() if code not in faults}}
    for code in merged:
        steps, here = 0, code
        while merged[here].parent is not None:
            here, steps = merged[here].parent, steps + 1
            assert steps <= len(merged)
    assert {} == misplaced({code: area for code, area in new.items() if code not in faults}, KNOWN)


def test_a_deep_tree_is_judged_without_recursion():
    """A chain of 20,000 areas is no trouble."""
    chain = {str(n): Area(str(n), str(n + 1) if n < 19_999 else None, {}) for n in range(20_000)}

    assert {} == misplaced(chain, {})


def test_the_seed_is_sound():
    """The seed has the demo tree, Australia, all 34 provinces and the demo services, in both languages."""
    tree, offered = load_seed()

    codes = {area.code: area for area in tree}
    lines = open_lines("areas.csv") + open_lines("services.csv")
    assert lines - 2 == len(tree) + len(offered)
    assert 34 == sum(code.isdigit() and code.endswith("0000") for code in codes)
    assert 21 == sum(area.parent == "440000" for area in tree)
    assert ("440100", "330100", "ZZ01") == tuple(codes[c].parent for c in ("440106", "330108", "ZZ0101"))
    assert {"zh-CN": "滨江区", "en": "Binjiang"} == codes["ZZ0101"].names
    assert {"mobile", "mobile_voice", "mobile_data", "sms", "fixed_voice", "internet"} <= {
        service.code for service in offered
    }
    assert {"iptv", "emergency_calls", "private_line"} <= {service.code for service in offered}


def open_lines(name: str) -> int:
    from importlib.resources import files

    return len((files("notifications") / "seed" / name).read_text("utf-8").splitlines())


def test_descendants_are_everything_below():
    """An area's audience includes everything below it in the tree, and nothing beside it."""
    codes = {area.code: area for area in load_seed()[0]}

    assert ("ZZ01", "ZZ0101", "ZZ0102", "ZZ0103") == with_descendants(["ZZ01"], codes)
    assert ("AU-NSW", "ZZ0201") == with_descendants(["ZZ0201", "AU-NSW"], codes)
    assert 9 == len(with_descendants(["AU"], codes))
