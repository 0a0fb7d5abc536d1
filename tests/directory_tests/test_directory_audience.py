"""The preview of an audience: exact by every mark, and the same people that submit freezes."""

from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.terms import Kind
from notifications.audience import Group, Preference, Scope, counted
from notifications.directory import Customer
from notifications.notice import FORM_OWN
from tests.house import START

ZZ = Scope(("ZZ0101", "ZZ0102"), ("mobile",))
PHONES = (None, "+8613800000001", "+8613800000002")
MAILS = (None, "a@example.com", "b@example.com")
_PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(PHONES),
        st.sampled_from(MAILS),
        st.sampled_from(("", "sms", "email", "both")),
        st.booleans(),
        st.sampled_from(("ZZ0101", "ZZ0102", "ZZ0201")),
    ),
    max_size=8,
)


def _customers(people) -> list[Customer]:
    return [
        Customer(f"A{n}", "", phone, mail, "zh-CN", area, ("mobile",), "", False, refused, channel)
        for n, (phone, mail, channel, refused, area) in enumerate(people)
    ]


@pytest.mark.parametrize("preference", Preference)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_PEOPLE)
def test_the_preview_is_what_submit_freezes(house, preference, people):
    """People, messages and shared numbers of the preview are those of the frozen audience; each number and address
    has one delivery, and whoever can be told is told by one (R53, AMB-23)."""
    with _ended(house.app.database) as tx:
        tx.directory.put_customers(_customers(people))
        seen = counted(tx.audience.groups(ZZ), preference)
        people_met, *distinct = tx.audience.sizes(ZZ, preference)
        tx.audience.freeze_affected(house.draft, ZZ, preference, FORM_OWN)
        tx.audience.share(house.draft)
        frozen = list(tx.audience.members(house.draft))

    assert (seen.matched, people_met) == (len(frozen), len(frozen))
    assert (seen.by_sms, seen.by_email) == (sum(m.sms for m in frozen), sum(m.mail for m in frozen))
    sent = [(channel, m.address(channel)) for m in frozen for channel in m.own]
    assert distinct == [sum(channel == name for channel, _ in sent) for name in ("sms", "email")]
    assert len(sent) == len(set(sent))
    wanted = {("sms", m.phone) for m in frozen if m.sms} | {("email", m.email) for m in frozen if m.mail}
    assert wanted == set(sent)


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("listed", [0, 3])
@pytest.mark.parametrize("known", [True, False])
def test_the_sizes_are_those_of_the_people_that_are_met(house, known, listed, alone):
    """What a forecast counts is what is frozen: by area and service, by a list, by both, by the list alone (AMB-23)."""
    here, there = ZZ.areas[0], "ZZ0201"
    people = [(f"+8613{n:09d}", None, "", False, here if n < 4 else there) for n in range(6)]
    with _ended(house.app.database) as tx:
        tx.directory.put_customers(_customers(people))
        incident = tx.notices.get(house.draft).incident
        upload = tx.uploads.begin(incident, alone, "alice", START)
        tx.uploads.add(upload.id, [f"A{n}" for n in range(6 - listed, 6)])
        lists = (upload.id,) if listed else ()
        tx.uploads.finish(upload)
        scope = Scope((here,) if known else (), ZZ.services if known else (), lists, alone and bool(lists))
        found = (tx.audience.sizes(scope, Preference.ALL), tx.audience.count_affected(scope))
        tx.audience.freeze_affected(house.draft, scope, Preference.ALL, FORM_OWN)
        frozen = len(list(tx.audience.members(house.draft)))
    assert ((frozen, frozen, 0), frozen) == found


class _Undone(Exception):
    pass


@contextmanager
def _ended(database):
    """A transaction that leaves nothing behind."""
    with suppress(_Undone), database.transaction() as tx:
        yield tx
        raise _Undone


@pytest.fixture
def house(house):
    """A house with an incident and the draft of its first notice."""
    incident = house.alice.opens(level=1)
    house.draft = house.alice.drafts(incident, Kind.FIRST_NOTICE).id
    return house


MARKS = ("matched", "channel", "language", "area", "segment")
GROUPS = [
    Group("ZZ0101", "vip", "zh-CN", "email", False, True, True, 5),
    Group("ZZ0101", "", "en", "", False, True, True, 3),
    Group("ZZ0102", "", "en", "both", False, True, True, 2),
    Group("ZZ0102", "", "zh-CN", "email", False, True, False, 7),
    Group("ZZ0102", "", "zh-CN", "", True, True, True, 11),
    Group("ZZ0102", "", "zh-CN", "", False, False, False, 13),
]


def test_each_person_is_counted_once_by_each_mark():
    """Every counting sums to all the people; who is left out stands with the reason (R53)."""
    seen = counted(GROUPS, Preference.ONE)

    assert {"email": 5, "sms": 10, "both": 2, "opted_out": 11, "no_address": 13} == seen.channel
    assert {"zh-CN": 36, "en": 5} == seen.language
    assert {"ZZ0102": 33, "ZZ0101": 8} == seen.of("area")
    assert {41} == {sum(getattr(seen, name).values()) for name in MARKS[1:]} | {seen.matched}
    assert (17, 10, 0, 13, 11) == tuple(
        seen.reach[name] for name in ("with_sms", "with_email", "email_only", "none", "opted_out")
    )


def test_above_level_3_everything_is_used():
    """Where all channels are used, the preferred one changes nothing (AMB-23)."""
    seen = counted(GROUPS, Preference.ALL)

    assert (17, 10) == (seen.by_sms, seen.by_email)
