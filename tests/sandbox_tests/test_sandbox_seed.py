"""Seed data is deterministic, plausible and checked."""

import itertools
from collections import Counter

import phonenumbers
import pytest

from sandbox.parts import parts
from sandbox.replay import aware, case_ids, load
from sandbox.seed.customers import COLUMNS, customers, phone

AREAS = ["440106", "440103"]
SERVICES = ["mobile", "internet"]


def some(count=2000, **more):
    return list(customers(count, AREAS, SERVICES, **more))


def test_the_same_arguments_give_the_same_customers():
    """Rows are deterministic, differ by seed, and do not depend on how many follow."""
    assert some() == some()
    assert some(10) == some()[:10]
    assert some(10, seed=2) != some(10)


def test_customers_have_the_import_columns():
    """Keys and their order are those of the import file."""
    assert [COLUMNS] == [tuple(row) for row in some(1)]


@pytest.mark.parametrize("country", ["CN", "AU"])
def test_phones_are_valid_and_unique(country):
    """Every phone is valid for its country and belongs to one customer."""
    phones = [row["phone"] for row in some(country=country) if row["phone"]]

    assert len(phones) == len(set(phones))
    assert {country} == {phonenumbers.region_code_for_number(phonenumbers.parse(p)) for p in phones}
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(p)) for p in phones)


def test_a_phone_beyond_the_plan_is_an_error():
    """The plan's last phone exists, the one after it does not."""
    assert phone(40 * 10**6 - 1, "AU").startswith("+614")
    with pytest.raises(ValueError, match="index"):
        phone(40 * 10**6, "AU")


def test_most_customers_have_phone_and_mail():
    """About 60 % have both, 30 % only a phone, 10 % only an e-mail; nobody has neither."""
    reach = Counter((bool(row["phone"]), bool(row["email"])) for row in some(5000))

    assert {(True, True), (True, False), (False, True)} == set(reach)
    assert 60 == pytest.approx(reach[True, True] / 50, abs=3)
    assert 30 == pytest.approx(reach[True, False] / 50, abs=3)


def test_languages_follow_their_shares():
    """A share of 0 gives none, and the rest adds up."""
    assert {"en"} == {row["language"] for row in some(200, languages={"zh-CN": 0, "en": 1})}


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("areas", {"areas": []}),
        ("services", {"services": []}),
        ("country", {"country": "XX"}),
        ("count", {"count": -1}),
        ("languages", {"languages": {"en": 0}}),
    ],
)
def test_wrong_arguments_are_named(field, arguments):
    """The error starts with the argument's name."""
    given = {"count": 1, "areas": AREAS, "services": SERVICES, **arguments}
    with pytest.raises(ValueError, match=f"^{field}"):
        next(customers(**given))


def test_the_six_cases_load():
    """Every shipped case loads, and starts with its onset or earlier signs."""
    assert 6 == len(case_ids())
    for case_id in case_ids():
        case = load(case_id)
        assert case_id == case.id
        assert all(one.at <= two.at for one, two in itertools.pairwise(case.events))


@pytest.mark.parametrize(
    ("expected", "case_id"),
    [
        (("2023-11-08T04:37:00+11:00", "aware", False), "optus-2023-11-08"),
        (("2025-09-18T13:17:00+10:00", "aware", False), "optus-2025-09-18"),
        (("2023-06-08T16:11:00+08:00", "public_first", True), "guangdong-telecom-2023-06-08"),
        (("2020-06-15T14:33:00-04:00", "regulator_first", True), "tmobile-2020-06-15"),
        (("2018-12-27T08:40:00+00:00", "onset", True), "centurylink-2018-12-27"),
    ],
)
def test_awareness_is_known_or_assumed(expected, case_id):
    """Without a source for it, awareness is the first sign of knowing, else the onset."""
    found = aware(load(case_id))

    assert expected == (found.at.isoformat(), found.kind, found.assumed)


GOOD = """
id: mine
name: Mine
services: [mobile]
cause: unknown
events:
  - {t: "2026-01-02T10:00:00+08:00", k: restored}
  - {t: "2026-01-02T03:00:00+08:00", k: onset}
"""


def test_a_file_of_ones_own_loads(tmp_path):
    """A file in the same form is a case, with its events in the order of time."""
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)

    assert ["onset", "restored"] == [event.kind for event in load(path).events]
    assert load(path) == load(f"{path}#mine")


@pytest.mark.parametrize(
    ("words", "old", "new"),
    [
        (r"^events\[0\].t: .* has no offset", "+08:00", ""),
        (r"^events\[0\].k: 'mended' is not one of", "restored", "mended"),
        (r"^events: case mine has no event of kind onset", "onset", "update"),
        (r"^services: expected a list", "[mobile]", "mobile"),
        (r"^name: expected a text", "Mine", "[]"),
        (r"not YAML", "id: mine", "id: [mine"),
    ],
)
def test_a_wrong_file_names_the_field(tmp_path, words, old, new):
    """What is wrong is named by its field."""
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD.replace(old, new))

    with pytest.raises(ValueError, match=words):
        load(path)


def test_an_unknown_case_lists_the_known_ones(tmp_path):
    """A wrong id is answered with the ids there are; a missing file is said to be missing."""
    with pytest.raises(ValueError, match="choose from optus-2023-11-08"):
        load("nothing")
    with pytest.raises(ValueError, match="cannot be read"):
        load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (1, ""),
        (1, "a" * 160),
        (2, "a" * 161),
        (1, "€" * 80),
        (3, "a" * 152 + "€" + "a" * 152),
        (1, "通" * 70),
        (2, "通" * 71),
        (3, "通" * 140),
        (2, "通" * 66 + "😀" + "通" * 65),
        (3, "通" * 66 + "😀" + "通" * 66),
    ],
)
def test_parts_follow_the_standard(expected, text):
    """No sign straddles two parts; the examples are those of GSM 03.38."""
    assert expected == parts(text)
