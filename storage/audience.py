"""Audiences: found by area and service, frozen row by row at submit, answered at settling."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Update,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.sql.elements import ColumnElement

from notifications.audience import Group, Member, Preference, Scope, Share
from notifications.states import MAY_HAVE_ARRIVED, Answered
from storage.columns import driver
from storage.directory import affected, affected_as_text
from storage.notice_schema import deliveries, members
from storage.schema import customers

_MEMBER = (
    members.c.customer_id,
    members.c.language,
    members.c.phone,
    members.c.email,
    members.c.opted_out,
    members.c.sms,
    members.c.mail,
    members.c.form,
    members.c.answer,
    members.c.sms_with,
    members.c.mail_with,
)
_FROZEN = _MEMBER[:-2]

# Every settled batch asks for its people and writes their answers: straight to the driver (storage/deliveries.py).
_SOME = """SELECT customer_id, language, phone, email, opted_out, sms, mail, form, answer, sms_with, mail_with
FROM members WHERE notice_id = ? AND customer_id IN (SELECT value FROM json_each(?))"""
_ANSWER = "UPDATE members SET answer = ? WHERE notice_id = ? AND customer_id = ?"
_THROUGH = """SELECT customer_id FROM members WHERE notice_id = ? AND sms_with IN (SELECT value FROM json_each(?))
UNION SELECT customer_id FROM members WHERE notice_id = ? AND mail_with IN (SELECT value FROM json_each(?))"""
_SHARED = (("phone", "sms", "sms_with"), ("email", "mail", "mail_with"))
_ANSWERED = (Answered.REACHED.value, Answered.IMPOSSIBLE.value, Answered.UNCONFIRMED.value)
_RANK = {"reached": 5, "unconfirmed": 4, "impossible": 3, "spared": 2, "pending": 1}
"""Which answer counts when several notices went to one person."""


def _member(
    customer: int,
    language: str,
    phone: str | None,
    email: str | None,
    opted_out: int,
    sms: int,
    mail: int,
    form: str,
    answer: str,
    *told_with: int | None,
) -> Member:
    """A row as the driver gives it: truth is still a number."""
    flags = bool(opted_out), bool(sms), bool(mail)
    return Member(customer, language, phone, email, *flags, form, answer, *told_with)


def _ways(preference: Preference) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Who gets an SMS at first, and who an e-mail: everything at levels 1 and 2, else what they prefer, or
    what is not doubtful."""
    reachable = customers.c.service_opt_out.is_(False)
    has_phone, has_email = customers.c.phone.is_not(None), customers.c.email.is_not(None)
    sms, mail = and_(reachable, has_phone), and_(reachable, has_email)
    if preference == Preference.ONE:
        sms = and_(sms, or_(customers.c.channel != "email", ~has_email))
        mail = and_(mail, or_(customers.c.channel.in_(("email", "both")), ~has_phone))
    elif preference == Preference.ONE_BY_EMAIL:
        sms = and_(sms, ~has_email)
    elif preference == Preference.ONE_BY_SMS:
        mail = and_(mail, ~has_phone)
    return sms, mail


@lru_cache
def _counts(preference: Preference) -> str:
    """Every look at a forecast asks for this: people, numbers, addresses."""
    sms, mail = _ways(preference)
    counted = select(
        func.count(),
        func.count(customers.c.phone.distinct()).filter(sms),
        func.count(customers.c.email.distinct()).filter(mail),
    )
    return str(counted.compile(dialect=dialect(), compile_kwargs={"literal_binds": True}))


def _share(notice_id: int, address: str, wanted: str, told_with: str) -> Update:
    """Point everybody who is still to be told at the first of those with the same address, who keeps no pointer."""
    waits = and_(~members.c.opted_out, members.c.answer == Answered.PENDING.value)
    mine, reached_at = and_(members.c.notice_id == notice_id, waits), members.c[address]
    several = (
        select(reached_at)
        .where(mine, reached_at.is_not(None))
        .group_by(reached_at)
        .having(func.count() > 1)
        .subquery()
    )
    order = (members.c[wanted].desc(), members.c.form, members.c.customer_id)
    first = func.first_value(members.c.customer_id).over(partition_by=reached_at, order_by=order)
    group = (
        select(members.c.customer_id, first.label("first"))
        .where(mine, reached_at.in_(select(several.c[address])))
        .subquery()
    )
    return (
        update(members)
        .where(
            members.c.notice_id == notice_id,
            members.c.customer_id == group.c.customer_id,
            group.c.first != group.c.customer_id,
        )
        .values({told_with: group.c.first})
    )


def _of(shares: Sequence[Share]) -> ColumnElement[bool]:
    """Who is in one of these shares: a member of its notices who lives where it says."""
    return or_(False, *(and_(*_conditions(share)) for share in shares))


def _conditions(share: Share) -> Iterator[ColumnElement[bool]]:
    yield members.c.notice_id.in_(share.notices)
    if share.inside:
        yield customers.c.area.in_(share.inside)
    if share.outside:
        yield customers.c.area.not_in(share.outside)


class Audience:
    def __init__(self, connection: Connection):
        self._connection = connection

    def count_affected(self, scope: Scope) -> int:
        query = select(func.count()).select_from(customers).where(affected(scope))
        return self._connection.execute(query).scalar_one()

    def meets(self, scope: Scope) -> bool:
        """Whether anybody is affected at all."""
        query = select(customers.c.id).where(affected(scope)).limit(1)
        return self._connection.execute(query).first() is not None

    def groups(self, scope: Scope) -> Iterator[Group]:
        """The customers of a scope, counted by all that a preview tells apart; one walk."""
        marks = (
            customers.c.area,
            customers.c.segment,
            customers.c.language,
            customers.c.channel,
            customers.c.service_opt_out,
            customers.c.phone.is_not(None),
            customers.c.email.is_not(None),
        )
        query = select(*marks, func.count()).where(affected(scope)).group_by(*marks)
        for row in self._connection.execute(query):
            yield Group(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), bool(row[6]), row[7])

    def sizes(self, scope: Scope, preference: Preference) -> tuple[int, int, int]:
        """How many people are in this scope, and how many numbers and addresses a notice would go to at first."""
        where, values = affected_as_text(scope)
        row = driver(self._connection).execute(f"{_counts(preference)} WHERE {where}", values).fetchone()
        return row[0], row[1], row[2]

    def directory_size(self) -> int:
        return self._connection.execute(select(func.count()).select_from(customers)).scalar_one()

    def freeze_affected(
        self, notice_id: int, scope: Scope, preference: Preference, form: str, but: Sequence[int] = ()
    ) -> None:
        """Copy every affected customer into the notice's audience, `but` those who are in one of these; one set-based
        statement."""
        sms, mail = _ways(preference)
        answer = case((or_(sms, mail), Answered.PENDING.value), else_=Answered.IMPOSSIBLE.value)
        found = select(
            literal(notice_id),
            customers.c.id,
            customers.c.language,
            customers.c.phone,
            customers.c.email,
            customers.c.service_opt_out,
            sms,
            mail,
            literal(form),
            answer,
        ).where(affected(scope))
        self._insert(found.where(customers.c.id.not_in(self._had(but, ()))) if but else found)

    def freeze_family(
        self,
        notice_id: int,
        earlier: Sequence[Share],
        preference: Preference,
        own: str,
        combined: str,
    ) -> None:
        """The audience of earlier notices once more: `own` for those reached or perhaps reached, `combined`
        for those never told. Who could not be reached on any channel is left out. The channels follow the level
        as it is now: all of them, those that were used, or the one that is not doubtful."""
        self._insert(self._family(notice_id, earlier, preference, own, combined))

    def _family(
        self, notice_id: int, earlier: Sequence[Share], preference: Preference, own: str, combined: str
    ) -> Select[Any]:
        # Refusals and addresses are those of now: the directory may have changed since the first notice.
        open_to, phone, email = customers.c.service_opt_out.is_(False), customers.c.phone, customers.c.email
        sms, mail = and_(open_to, phone.is_not(None)), and_(open_to, email.is_not(None))
        if preference == Preference.ONE_BY_EMAIL:
            sms = and_(sms, email.is_(None))
        elif preference == Preference.ONE_BY_SMS:
            mail = and_(mail, phone.is_(None))
        elif preference == Preference.ONE:
            # The channel that was used, or what is left to somebody who has lost it since.
            sms = and_(sms, or_(members.c.sms, email.is_(None)))
            mail = and_(mail, or_(members.c.mail, phone.is_(None)))
        told = members.c.answer.in_([Answered.REACHED.value, Answered.UNCONFIRMED.value])
        rank = func.max(case((told, 1), else_=0))
        return (
            select(
                literal(notice_id),
                members.c.customer_id,
                func.max(members.c.language),
                func.max(phone),
                func.max(email),
                func.max(customers.c.service_opt_out),
                func.max(sms),
                func.max(mail),
                case((rank == 1, own), else_=combined),
                case(
                    (func.max(or_(sms, mail)) == 1, Answered.PENDING.value), else_=Answered.IMPOSSIBLE.value
                ),
            )
            .join(customers, customers.c.id == members.c.customer_id)
            .where(_of(earlier), members.c.answer != Answered.IMPOSSIBLE.value)
            .group_by(members.c.customer_id)
        )

    def count_family(self, earlier: Sequence[Share]) -> int:
        """How many the audience of earlier notices has who could be reached at all."""
        return self._count(self._family(0, earlier, Preference.ALL, "", ""))

    def count_told(self, told_by: Sequence[Share]) -> int:
        """How many `freeze_told` would freeze."""
        return self._count(self._told(0, told_by, ""))

    def _count(self, found: Select[Any]) -> int:
        return self._connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()

    def freeze_told(self, notice_id: int, told_by: Sequence[Share], form: str) -> None:
        """Exactly those whom these notices told, or may have told, by the channels that they used for each."""
        self._insert(self._told(notice_id, told_by, form))

    def _told(self, notice_id: int, told_by: Sequence[Share], form: str) -> Select[Any]:
        sms, mail = self._took("sms"), self._took("email")
        found = (
            select(*_MEMBER[:5], sms.label("sms"), mail.label("mail"))
            .join(customers, customers.c.id == members.c.customer_id)
            .where(_of(told_by), or_(sms, mail))
            .subquery()
        )
        kept = (found.c.language, found.c.phone, found.c.email, found.c.opted_out, found.c.sms, found.c.mail)
        return select(
            literal(notice_id),
            found.c.customer_id,
            *(func.max(column) for column in kept),
            literal(form),
            literal(Answered.PENDING.value),
        ).group_by(found.c.customer_id)

    def _took(self, channel: str) -> ColumnElement[bool]:
        """Whether a member may have had its notice by this channel, in whoever's name it went."""
        told_with = members.c.sms_with if channel == "sms" else members.c.mail_with
        return (
            select(deliveries.c.id)
            .where(
                deliveries.c.notice_id == members.c.notice_id,
                deliveries.c.customer_id == func.coalesce(told_with, members.c.customer_id),
                deliveries.c.channel == channel,
                deliveries.c.state.in_([state.value for state in MAY_HAVE_ARRIVED]),
            )
            .exists()
        )

    def refresh_forms(self, notice_id: int, earlier: Sequence[int], own: str, combined: str) -> None:
        """Decide the form anew at release: more people may have been told since submit."""
        told = select(members.c.customer_id).where(
            members.c.notice_id.in_(earlier),
            members.c.answer.in_([Answered.REACHED.value, Answered.UNCONFIRMED.value]),
        )
        mine = and_(members.c.notice_id == notice_id, members.c.form == combined)
        self._connection.execute(
            update(members).where(mine, members.c.customer_id.in_(told)).values(form=own)
        )

    def count_new(self, scope: Scope, earlier: Sequence[int], gone: Sequence[int] = ()) -> int:
        """How many affected customers are in none of the `earlier` audiences, and answered by none of those `gone`."""
        query = (
            select(func.count())
            .select_from(customers)
            .where(affected(scope), customers.c.id.not_in(self._had(earlier, gone)))
        )
        return self._connection.execute(query).scalar_one()

    def _had(self, earlier: Sequence[int], gone: Sequence[int]) -> Select[Any]:
        """The people of notices that stand, and whom notices that go no further have answered."""
        before = members.alias()
        answered = and_(before.c.notice_id.in_(gone), before.c.answer.in_(_ANSWERED))
        return select(before.c.customer_id).where(or_(before.c.notice_id.in_(earlier), answered))

    def leave_out(self, notice_id: int, earlier: Sequence[int], gone: Sequence[int] = ()) -> None:
        """Take those out of a frozen audience who are in one of these, or were answered by one of those `gone`: they
        have a notice of their own."""
        theirs = members.c.customer_id.in_(self._had(earlier, gone))
        self._connection.execute(delete(members).where(members.c.notice_id == notice_id, theirs))

    def keep_only(self, notice_id: int, earlier: Sequence[int]) -> None:
        """Take those out of a frozen audience who are in none of these."""
        before = members.alias()
        theirs = select(before.c.customer_id).where(before.c.notice_id.in_(earlier))
        self._connection.execute(
            delete(members).where(members.c.notice_id == notice_id, members.c.customer_id.not_in(theirs))
        )

    def spare_reached(self, notice_id: int, earlier: Sequence[int]) -> None:
        """Who was reached by an earlier notice of the same kind is not told again."""
        told = select(members.c.customer_id).where(
            members.c.notice_id.in_(earlier), members.c.answer == Answered.REACHED.value
        )
        mine = and_(members.c.notice_id == notice_id, members.c.customer_id.in_(told))
        self._connection.execute(
            update(members).where(mine).values(sms=False, mail=False, answer=Answered.REACHED.value)
        )

    def _insert(self, found: Select[Any]) -> None:
        names = ["notice_id", *(column.name for column in _FROZEN)]
        self._connection.execute(insert(members).from_select(names, found))

    def share(self, notice_id: int) -> int:
        """Let people with one number be told by one SMS, and those with one address by one e-mail.

        The delivery is in the name of somebody who gets that channel at first, if anybody does. Returns how
        many people are told through another.
        """
        for address, wanted, told_with in _SHARED:
            self._connection.execute(_share(notice_id, address, wanted, told_with))
        through = or_(members.c.sms_with.is_not(None), members.c.mail_with.is_not(None))
        query = select(func.count()).select_from(members).where(members.c.notice_id == notice_id, through)
        return self._connection.execute(query).scalar_one()

    def told_through(self, notice_id: int, customer_ids: Sequence[int]) -> list[int]:
        """Who is told by the deliveries of these customers too."""
        given = json.dumps(list(customer_ids))
        rows = driver(self._connection).execute(_THROUGH, (notice_id, given, notice_id, given))
        return [row[0] for row in rows]

    def members(self, notice_id: int, after: int = 0, limit: int | None = None) -> Iterator[Member]:
        """The audience by customer id, in chunks so that memory stays flat."""
        query = (
            select(*_MEMBER)
            .where(members.c.notice_id == notice_id, members.c.customer_id > after)
            .order_by(members.c.customer_id)
            .limit(limit)
        )
        for row in self._connection.execute(query.execution_options(yield_per=2000)):
            yield Member(*row)

    def forms(self, notice_id: int) -> set[str]:
        """The wordings that anybody of this audience gets."""
        query = select(members.c.form).where(members.c.notice_id == notice_id).distinct()
        return {row.form for row in self._connection.execute(query)}

    def some(self, notice_id: int, customer_ids: Sequence[int]) -> dict[int, Member]:
        rows = driver(self._connection).execute(_SOME, (notice_id, json.dumps(list(customer_ids))))
        return {row[0]: _member(*row) for row in rows}

    def set_answers(self, notice_id: int, answers: Mapping[int, Answered]) -> None:
        rows = [(answer.value, notice_id, customer) for customer, answer in answers.items()]
        if rows:
            driver(self._connection).executemany(_ANSWER, rows)

    def tally(self, notice_ids: Sequence[int], stopped: Sequence[int] = ()) -> Counter[str]:
        """People by their best answer over these notices, and `with_address`.

        Of `stopped` notices only those count who were told before the stop.
        """
        rank = func.max(case(_RANK, value=members.c.answer))
        told = members.c.answer.in_([Answered.REACHED.value, Answered.UNCONFIRMED.value])
        best = (
            select(rank.label("best"), func.max(or_(members.c.sms, members.c.mail)).label("address"))
            .where(or_(members.c.notice_id.in_(notice_ids), and_(members.c.notice_id.in_(stopped), told)))
            .group_by(members.c.customer_id)
            .subquery()
        )
        names = {rank: answer for answer, rank in _RANK.items()}
        found: Counter[str] = Counter()
        query = select(best.c.best, func.count(), func.sum(case((best.c.address, 1), else_=0))).group_by(
            best.c.best
        )
        for value, people, address in self._connection.execute(query):
            found[names[value]] += people
            found["with_address"] += int(address or 0)
        return found
