"""What the deliveries of a notice add up to for its people, and the second channel where that is needed.

Not verbs: what settling does inside its own act. People who share a number or an address are answered together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from coordinator.act import Act
from coordinator.family import own_notices, survivor_of
from incidents.terms import NoticeState
from notifications.audience import Member
from notifications.delivery import Delivery
from notifications.notice import CountKey, Notice, overtakes
from notifications.states import Answered, State, answer_of


def answer(act: Act, notice: Notice, after: list[Delivery]) -> tuple[Notice, bool]:
    """Bring the touched recipients' answers up to date; plan the second channel where it is needed."""
    ids = sorted({delivery.customer_id for delivery in after})
    if not ids:
        return notice, False
    if notice.shared:
        ids = sorted({*ids, *act.tx.audience.told_through(notice.id, ids)})
    people = act.tx.audience.some(notice.id, ids)
    rows = _rows_of(act, notice, people)
    answers = {customer: answer_of([(d.state, d.reason) for d in rows[customer]]) for customer in people}
    second: dict[tuple[int, str], dict[str, object]] = {}
    waiting: list[int] = []
    for customer, person in people.items():
        other = person.second_channel({d.channel for d in rows[customer]}) or ""
        wanted = answers[customer] in (Answered.IMPOSSIBLE, Answered.UNCONFIRMED)
        if wanted and other in notice.channels and other not in notice.held:
            row = _second(act, person, other)
            second[(cast(int, row["customer_id"]), other)] = row
            waiting.append(customer)
        elif answers[customer] == Answered.IMPOSSIBLE and any(person.address(c) for c in notice.held):
            # What has not been let go yet may still reach them.
            answers[customer] = Answered.PENDING
    if second and overtaken(act, notice) is None:
        _plan_second(act, notice, list(second.values()))
        answers.update(dict.fromkeys(waiting, Answered.PENDING))
        if notice.shared:
            people = _also_told(act, notice, people, [target for target, _ in second])
            rows = _rows_of(act, notice, people)
            answers = {one: answer_of([(d.state, d.reason) for d in rows[one]]) for one in people}
    return _keep_answers(act, notice, people, answers)


def without_second(act: Act, notice: Notice) -> Notice:
    """Who was unknown and whose second channel was just called off is unconfirmed: nothing more will be asked."""
    ids = act.tx.deliveries.unconfirmed(notice.id)
    ids = sorted({*ids, *act.tx.audience.told_through(notice.id, ids)}) if notice.shared else ids
    waiting = act.tx.audience.some(notice.id, ids) if ids else {}
    people = {one: who for one, who in waiting.items() if who.answer == Answered.PENDING.value}
    rows = _rows_of(act, notice, people) if people else {}
    answers = {one: answer_of([(d.state, d.reason) for d in rows[one]]) for one in people}
    found = {one: said for one, said in answers.items() if said == Answered.UNCONFIRMED}
    return _keep_answers(act, notice, people, found)[0] if found else notice


def _also_told(
    act: Act, notice: Notice, people: Mapping[int, Member], targets: Sequence[int]
) -> dict[int, Member]:
    """These people, and all whom a new delivery in another's name tells too."""
    more = {*targets, *act.tx.audience.told_through(notice.id, targets)} - set(people)
    return {**people, **act.tx.audience.some(notice.id, sorted(more))}


def _keep_answers(
    act: Act, notice: Notice, people: Mapping[int, Member], answers: Mapping[int, Answered]
) -> tuple[Notice, bool]:
    """Write the answers that changed, and move the notice's counters with them."""
    changed = {one: answer for one, answer in answers.items() if answer.value != people[one].answer}
    act.tx.audience.set_answers(notice.id, changed)
    counters = notice.counters
    for customer, answer in changed.items():
        old = people[customer].answer
        counters = replace(counters, **{old: getattr(counters, old) - 1})
        counters = replace(counters, **{answer.value: getattr(counters, answer.value) + 1})
    return replace(notice, counters=counters), bool(changed)


def _rows_of(act: Act, notice: Notice, people: Mapping[int, Member]) -> dict[int, list[Delivery]]:
    """Each person's deliveries: their own, and those in another's name to the same number or address."""
    through = {one for person in people.values() for one in (person.sms_with, person.mail_with) if one}
    by_customer: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in act.tx.deliveries.of_recipients(notice.id, sorted({*people, *through})):
        by_customer[delivery.customer_id].append(delivery)
    if not through:
        return by_customer
    return {
        customer: [
            *by_customer[customer],
            *(
                d
                for other in {person.sms_with, person.mail_with} - {None}
                for d in by_customer[cast(int, other)]
                if person.told_with(d.channel) == other
            ),
        ]
        for customer, person in people.items()
    }


def _second(act: Act, person: Member, channel: str) -> dict[str, object]:
    return {
        "customer_id": person.told_with(channel) or person.customer_id,
        "channel": channel,
        "language": person.language,
        "form": person.form,
        "state": State.PLANNED.value,
        "next_at": act.now,
    }


def _plan_second(act: Act, notice: Notice, rows: list[dict[str, object]]) -> None:
    act.tx.deliveries.plan(notice.id, rows)
    deltas: dict[CountKey, int] = defaultdict(int)
    for row in rows:
        deltas[(str(row["channel"]), str(row["language"]), State.PLANNED.value)] += 1
    act.tx.notices.add_counts(notice.id, deltas)


def overtaken(act: Act, notice: Notice) -> tuple[State, str] | None:
    """How unsent rows of this notice end by now, and why; None while it may still be sent."""
    if notice.state == NoticeState.STOPPED:
        return State.CANCELLED, "stopped"
    later = [
        n
        for n in own_notices(act, survivor_of(act, notice.incident).id)
        if n.released_at is not None
        and notice.released_at is not None
        and (n.released_at, n.id) > (notice.released_at, notice.id)
        and overtakes(n, notice)
    ]
    if not later:
        return None
    return State.CANCELLED if later[-1].final else State.EXPIRED, f"notice {later[-1].id}"
