"""The directory's verbs on a real database."""

import io
from dataclasses import replace

import pytest

from coordinator.directory import (
    BATCH,
    LARGEST,
    Counted,
    import_areas,
    import_services,
    list_areas,
    list_services,
    preview,
    put_customers,
)
from incidents.errors import Invalid
from notifications.audience import Scope
from notifications.directory import Area, Breakdown, Customer, with_descendants
from notifications.imports import customers, load_seed

ANN = Customer("A1", "Ann", "+8613800138000", None, "en", "ZZ0101", ("mobile",), "consumer", False, False)
CAST = [
    ANN,
    replace(ANN, account="A2", phone=None, email="b@example.com", services=("mobile", "sms")),
    replace(ANN, account="A3", email="c@example.com", marketing_opt_out=True),
    replace(ANN, account="A4", email="d@example.com", service_opt_out=True),
    replace(ANN, account="A5", phone=None),
    replace(ANN, account="A6", area="ZZ0201"),
    replace(ANN, account="A7", services=("internet",)),
]


def test_importing_the_seed_twice_changes_nothing(empty):
    """A second import of the same catalogue updates by code and adds nothing."""
    tree, offered = load_seed()

    assert Counted(len(tree), 0) == empty.does(import_areas, tree)
    assert Counted(0, len(tree)) == empty.does(import_areas, tree)
    assert Counted(len(offered), 0) == empty.does(import_services, offered)
    assert Counted(0, len(offered)) == empty.does(import_services, offered)
    assert sorted(tree, key=lambda area: area.code) == empty.does(list_areas)
    assert sorted(offered, key=lambda service: service.code) == empty.does(list_services)


def test_a_loop_is_refused_whole(home):
    """Areas that would make a loop with the catalogue are refused, and none of them is put."""
    names = {"zh-CN": "新", "en": "New"}

    with pytest.raises(Invalid) as refused:
        home.does(import_areas, [Area("NEW", "ZZ", names), Area("ZZ", "ZZ01", names)])

    assert "area ZZ: the area would be below itself, through ZZ01" == refused.value.message
    assert "NEW" not in {area.code for area in home.does(list_areas)}


def test_nothing_to_import_is_nothing(home):
    """Empty imports count nothing."""
    assert [Counted(0, 0)] * 3 == [
        home.does(import_areas, []),
        home.does(import_services, []),
        home.does(put_customers, []),
    ]


def test_importing_customers_twice_keeps_each_account_once(home):
    """A second import of the same accounts replaces them and adds nobody."""
    assert Counted(7, 0) == home.does(put_customers, CAST)
    assert Counted(0, 7) == home.does(put_customers, CAST)
    assert Counted(1, 1) == home.does(put_customers, [ANN, replace(ANN, account="A8")])

    with home.database.transaction() as tx:
        assert 8 == tx.audience.directory_size()


def test_a_later_import_replaces_addresses_and_services(home):
    """What a customer no longer has is gone after the next import."""
    home.does(put_customers, [replace(ANN, services=("mobile", "sms"))])
    home.does(put_customers, [replace(ANN, phone=None, services=("internet",), area="ZZ0102")])

    assert Breakdown() == home.does(preview, ["ZZ"], ["mobile", "sms"], 1).people
    assert Breakdown(matched=1, none=1) == home.does(preview, ["ZZ0102"], ["internet"], 1).people


def test_within_a_batch_the_last_row_of_an_account_stays(home):
    """Two rows of one account in a batch count once, and the last one is kept."""
    batch = [
        replace(ANN, services=("sms", "sms")),
        replace(ANN, area="ZZ0202", services=("mobile", "mobile")),
    ]

    assert Counted(1, 0) == home.does(put_customers, batch)
    assert 1 == home.does(preview, ["ZZ0202"], ["mobile"], 1).people.matched
    assert 0 == home.does(preview, ["ZZ"], ["sms"], 1).people.matched


def test_a_batch_that_would_hold_the_database_too_long_is_refused(home):
    """No more than LARGEST customers are written in one transaction."""
    many = [replace(ANN, account=f"B{n}") for n in range(LARGEST + 1)]

    with pytest.raises(Invalid):
        home.does(put_customers, many)
    assert Counted(LARGEST, 0) == home.does(put_customers, many[:-1])
    assert BATCH <= LARGEST


def test_preview_counts_each_customer_once(home):
    """Opted out, unreachable, by SMS, by e-mail alone: they sum to all; below an area counts too."""
    home.does(put_customers, CAST)

    seen = home.does(preview, ["ZZ01"], ["mobile"], 1)

    people = Breakdown(matched=5, with_sms=2, with_email=2, email_only=1, none=1, opted_out=1)
    assert people == seen.people
    assert people.matched == people.with_sms + people.email_only + people.none + people.opted_out
    assert (("ZZ01", "ZZ0101", "ZZ0102", "ZZ0103"), ("mobile",)) == (seen.areas, seen.services)


@pytest.mark.parametrize(("level", "sms", "email"), [(1, 2, 2), (2, 2, 2), (3, 2, 1)])
def test_the_level_decides_by_how_many_channels(home, level, sms, email):
    """At level 3 who has a phone gets no e-mail; above, everybody gets both."""
    home.does(put_customers, CAST)

    seen = home.does(preview, ["ZZ01"], ["mobile"], level)

    assert (sms, email) == (seen.sms, seen.email)


def test_a_refusal_of_marketing_is_not_one_of_notices(home):
    """Who refused marketing is still told of an outage; who refused service notices is counted apart."""
    home.does(put_customers, [replace(ANN, marketing_opt_out=True)])
    assert (1, 0) == _told(home)

    home.does(put_customers, [replace(ANN, service_opt_out=True)])
    assert (0, 1) == _told(home)


def _told(home):
    people = home.does(preview, ["ZZ"], ["mobile"], 1).people
    return people.with_sms, people.opted_out


@pytest.mark.parametrize(("areas", "services"), [([], ["mobile"]), (["ZZ"], []), ([], [])])
def test_nobody_matches_an_unknown_scope(home, areas, services):
    """While areas or services are unknown nobody would get an SMS (AMB-23)."""
    home.does(put_customers, CAST)

    assert Breakdown() == home.does(preview, areas, services, 1).people


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((["ZZ9"], ["mobile"], 1), "area"),
        ((["ZZ"], ["fax"], 1), "service"),
        ((["ZZ"], ["mobile"], 4), "level"),
    ],
)
def test_preview_refuses_unknown_codes_and_levels(home, arguments, field):
    """An unknown area, service or level is refused by name."""
    with pytest.raises(Invalid) as refused:
        home.does(preview, *arguments)

    assert field == refused.value.field


def test_preview_and_the_frozen_audience_agree(home):
    """The preview counts the same customers that submit would freeze."""
    home.does(put_customers, CAST)
    codes = with_descendants(["ZZ"], {area.code: area for area in home.does(list_areas)})

    with home.database.transaction() as tx:
        frozen = tx.audience.count_affected(Scope(codes, ("mobile", "internet")))
        assert frozen == tx.directory.breakdown(codes, ["mobile", "internet"]).matched


def test_a_file_goes_into_the_database(home):
    """A parsed file is stored as read: phones in E.164, services split, the rejected row left out."""
    content = "account,area,services,phone\nA1,ZZ0101,mobile;sms,138 0013 8000\nA2,ZZ77,sms,\n"
    codes = {area.code for area in home.does(list_areas)}
    found = customers(io.BytesIO(content.encode()), codes, {"mobile", "sms"})

    home.does(put_customers, [customer for customer in found if isinstance(customer, Customer)])

    assert (1, 1) == (
        home.does(preview, ["ZZ"], ["sms"], 1).sms,
        home.does(preview, ["CN", "AU", "ZZ"], ["sms", "mobile"], 1).people.matched,
    )
