"""Audiences: found by area and service, frozen row by row at submit, answered at settling."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import (
    Connection,
    Select,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from notifications.audience import Member, Preference
from notifications.states import MAY_HAVE_ARRIVED, Answered
from storage.directory import affected
from storage.schema import customers, deliveries, members

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
)


# Every settled batch asks for its people and writes their answers: straight to the driver (storage/deliveries.py).
_SOME = """SELECT customer_id, language, phone, email, opted_out, sms, mail, form, answer FROM members
WHERE notice_id = ? AND customer_id IN (SELECT value FROM json_each(?))"""
_ANSWER = "UPDATE members SET answer = ? WHERE notice_id = ? AND customer_id = ?"
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
) -> Member:
    """A row as the driver gives it: truth is still a number."""
    return Member(customer, language, phone, email, bool(opted_out), bool(sms), bool(mail), form, answer)


class Audience:
    def __init__(self, connection: Connection):
        self._connection = connection

    def count_affected(self, areas: Sequence[str], services: Sequence[str]) -> int:
        query = select(func.count()).select_from(customers).where(affected(areas, services))
        return self._connection.execute(query).scalar_one()

    def directory_size(self) -> int:
        return self._connection.execute(select(func.count()).select_from(customers)).scalar_one()

    def freeze_affected(
        self, notice_id: int, areas: Sequence[str], services: Sequence[str], preference: Preference, form: str
    ) -> None:
        """Copy every affected customer into the notice's audience; one set-based statement."""
        reachable = customers.c.service_opt_out.is_(False)
        has_phone, has_email = customers.c.phone.is_not(None), customers.c.email.is_not(None)
        sms = and_(reachable, has_phone)
        mail = and_(reachable, has_email)
        if preference == Preference.ONE:
            mail = and_(mail, customers.c.phone.is_(None))
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
        ).where(affected(areas, services))
        self._insert(found)

    def freeze_family(
        self, notice_id: int, earlier: Sequence[int], preference: Preference, own: str, combined: str
    ) -> None:
        """The audience of earlier notices once more: `own` for those reached or perhaps reached, `combined`
        for those never told. Who could not be reached on any channel is left out. The channels follow the
        level as it is now: all of them, or those that were used."""
        sms: ColumnElement[bool] = members.c.sms
        mail: ColumnElement[bool] = members.c.mail
        if preference == Preference.ALL:
            open_to = members.c.opted_out.is_(False)
            sms = and_(open_to, members.c.phone.is_not(None))
            mail = and_(open_to, members.c.email.is_not(None))
        told = members.c.answer.in_([Answered.REACHED.value, Answered.UNCONFIRMED.value])
        rank = func.max(case((told, 1), else_=0))
        found = (
            select(
                literal(notice_id),
                members.c.customer_id,
                func.max(members.c.language),
                func.max(members.c.phone),
                func.max(members.c.email),
                func.max(members.c.opted_out),
                func.max(sms),
                func.max(mail),
                case((rank == 1, own), else_=combined),
                literal(Answered.PENDING.value),
            )
            .where(members.c.notice_id.in_(earlier), members.c.answer != Answered.IMPOSSIBLE.value)
            .group_by(members.c.customer_id)
        )
        self._insert(found)

    def freeze_told(self, notice_id: int, told_by: int, form: str) -> None:
        """Exactly those whom one notice told, or may have told, by the channels that it used for each."""
        used = {name: self._took(told_by, name) for name in ("sms", "email")}
        found = select(
            literal(notice_id),
            members.c.customer_id,
            members.c.language,
            members.c.phone,
            members.c.email,
            members.c.opted_out,
            used["sms"],
            used["email"],
            literal(form),
            literal(Answered.PENDING.value),
        ).where(members.c.notice_id == told_by, or_(used["sms"], used["email"]))
        self._insert(found)

    def _took(self, notice_id: int, channel: str) -> ColumnElement[bool]:
        """Whether a member may have had this notice by this channel."""
        return (
            select(deliveries.c.id)
            .where(
                deliveries.c.notice_id == notice_id,
                deliveries.c.customer_id == members.c.customer_id,
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

    def spare_reached(self, notice_id: int, earlier: Sequence[int]) -> None:
        """Who was reached by an earlier notice of the same kind is not told again."""
        told = select(members.c.customer_id).where(
            members.c.notice_id.in_(earlier), members.c.answer == Answered.REACHED.value
        )
        mine = and_(members.c.notice_id == notice_id, members.c.customer_id.in_(told))
        self._connection.execute(
            update(members).where(mine).values(sms=False, mail=False, answer=Answered.REACHED.value)
        )

    def _insert(self, found: Select[tuple[object, ...]]) -> None:
        names = ["notice_id", *(column.name for column in _MEMBER)]
        self._connection.execute(insert(members).from_select(names, found))

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
        rows = self._connection.exec_driver_sql(_SOME, (notice_id, json.dumps(list(customer_ids)))).all()
        return {row[0]: _member(*row) for row in rows}

    def set_answers(self, notice_id: int, answers: Mapping[int, Answered]) -> None:
        rows = [(answer.value, notice_id, customer) for customer, answer in answers.items()]
        if rows:
            self._connection.exec_driver_sql(_ANSWER, rows)

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
