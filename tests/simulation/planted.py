"""Bugs planted on purpose, one spot of the product each, to test the tester: every one must be found.

`PLANTED` is the table to extend: a name, and what is put in the place of what. The seeds that are known to find
them are in `known_seeds.json`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from coordinator import (
    answering,
    delivery,
    intake,
    judging,
    kept,
    material,
    notices,
    perform,
    release,
)
from incidents.effects import Record
from incidents.errors import Unavailable
from incidents.terms import Kind, Verdict
from notifications import delivery as rules
from notifications.audience import Member
from notifications.message import Finding, LookUp, ReceiptStatus, Unknown
from notifications.states import Answered, State
from storage.audience import Audience
from storage.deliveries import Deliveries
from storage.intake import Intake
from storage.notice_schema import members
from storage.windows import Windows
from tests.simulation.planted_in_clocks import BY_PEOPLE, Spot
from tests.simulation.planted_in_complaints import IN_COMPLAINTS
from tests.simulation.planted_in_families import IN_FAMILIES, UNDER_HOLDING
from tests.simulation.planted_in_foresight import IN_FORESIGHT
from tests.simulation.planted_in_heirs import IN_HEIRS, OF_PARTS
from tests.simulation.planted_in_planned import IN_PLANNED, IN_REGIMES
from windows import clocks, ladder, verdict
from worker import deliver

SEEDS = Path(__file__).parent / "known_seeds.json"


def known_seeds() -> dict[str, int]:
    found: dict[str, int] = json.loads(SEEDS.read_text(encoding="utf-8"))
    return found


@contextmanager
def planted(name: str) -> Iterator[None]:
    """The product with this bug in it."""
    with ExitStack() as spots:
        for where, what, instead in PLANTED[name]():
            spots.enter_context(patch.object(where, what, instead))
        yield


def _acknowledges_before_the_commit() -> list[Spot]:
    act = perform.Coordinator.act

    def bad(self: Any, permission: str, actor: Any, verb: Any, *args: Any, **options: Any) -> Any:
        box: list[Any] = []

        def kept(one: Any, *more: Any, **named: Any) -> Any:
            done = verb(one, *more, **named)
            box.append(done[0])
            return done

        kept.__name__ = verb.__name__
        try:
            return act(self, permission, actor, kept, *args, **options)
        except Unavailable:
            if box and (permission != "system" or verb.__name__ == "store_receipt"):
                return box[0]
            raise

    return [(perform.Coordinator, "act", bad)]


def _marks_first() -> list[Spot]:
    intend = Deliveries.intend

    def bad(self: Any, held: Any, now: Any, until: Any) -> Any:
        mine = intend(self, held, now, until)
        direct = [d for d in mine if d.channel != "web"]
        self.settle(
            [replace(d, state=State.ACCEPTED, next_at=None, accepted_at=now, reference="?") for d in direct]
        )
        return mine

    return [(Deliveries, "intend", bad)]


def _calls_without_an_intent() -> list[Spot]:
    many = Deliveries._many

    def bad(self: Any, statement: str, rows: Any) -> None:
        if "INSERT INTO attempts" not in statement:
            many(self, statement, rows)

    return [(Deliveries, "_many", bad)]


def _no_fencing() -> list[Spot]:
    settle = delivery.settle

    def bad(act: Any, held: Any, settled: Any, trouble: Any = None) -> Any:
        rows = act.tx.deliveries.by_ids([one.held.id for one in settled])
        fresh = [replace(one, held=replace(one.held, epoch=rows[one.held.id].epoch)) for one in settled]
        return settle(act, held, fresh, trouble)

    return [(delivery, "settle", bad)]


def _local_time() -> list[Spot]:
    opened = clocks.opened

    def bad(*args: Any, **given: Any) -> Any:
        window = opened(*args, **given)
        naive = window.started_at.astimezone().replace(tzinfo=None)
        due = (naive + (window.due_at - window.started_at)).astimezone(window.due_at.tzinfo)
        moves = (replace(window.history[0], due_at=due),)
        rungs = ladder.rungs_for(args[0], window.started_at, due, window.target_at)
        return replace(window, due_at=due, strict_due_at=due, history=moves, rungs=rungs)

    return [(clocks, "opened", bad)]


def _sweep_with_a_lower_bound() -> list[Spot]:
    look = Windows.to_look_at

    def bad(self: Any, now: Any, limit: int) -> Any:
        return [w for w in look(self, now, limit) if w.next_look_at > now - timedelta(minutes=1)]

    return [(Windows, "to_look_at", bad)]


def _drops_an_early_receipt() -> list[Spot]:
    received = rules.received

    def bad(one: Any, receipt: Any, now: Any) -> Any:
        early = one.state in (State.CALLING, State.IN_DOUBT, State.PLANNED)
        return one if early else received(one, receipt, now)

    return [(delivery, "received", bad), (rules, "received", bad)]


def _overwrites_a_breach() -> list[Spot]:
    told = verdict._told

    def bad(window: Any, now: Any, basis: str) -> Any:
        done = told(window, now, basis)
        return replace(done, state=Verdict.MET) if window.state == Verdict.BREACHED else done

    return [(verdict, "_told", bad)]


def _sends_again_after_no_answer() -> list[Spot]:
    decide = rules.decide

    def bad(one: Any, answer: Any, can_look_up: bool, now: Any) -> Any:
        if isinstance(answer, Unknown):
            return rules._again(one, answer.reason, now + timedelta(seconds=2))
        return decide(one, answer, can_look_up, now)

    return [(deliver, "decide", bad)]


def _needs_no_page() -> list[Spot]:
    told = verdict.is_told

    def bad(window: Any, standing: Any, rule: Any) -> bool:
        if window.told_by == "recipients" and not window.audience_state:
            return verdict.answered(standing.coverage, rule)
        return told(window, standing, rule)

    return [(verdict, "is_told", bad)]


def _believes_the_providers_time() -> list[Spot]:
    judged = verdict.judged

    def bad(window: Any, standing: Any, rule: Any, now: Any, alive_at: Any = None) -> Any:
        live = standing.coverage.page_live_at
        at = (
            max(live, window.started_at)
            if live is not None and verdict.is_told(window, standing, rule)
            else now
        )
        return judged(window, standing, rule, at, alive_at)

    return [(verdict, "judged", bad)]


def _counts_from_the_opening() -> list[Spot]:
    opened = clocks.opened

    def bad(*args: Any, **given: Any) -> Any:
        return opened(*args, **{**given, "started_at": given["now"]})

    return [(clocks, "opened", bad)]


def _one_is_enough() -> list[Spot]:
    return [(verdict, "_enough", lambda coverage, rule: coverage.reached >= 1)]


def _unwilling_people_are_missing() -> list[Spot]:
    freeze = Audience.freeze_affected

    def bad(self: Any, notice: int, *rest: Any) -> None:
        freeze(self, notice, *rest)
        mine = (members.c.notice_id == notice) & members.c.opted_out
        self._connection.execute(members.update().where(mine).values(answer="pending"))

    return [(Audience, "freeze_affected", bad)]


def _two_incidents_for_one_alarm() -> list[Spot]:
    def keep(self: Any, source: str, key: str, *rest: Any) -> None:
        self._connection.exec_driver_sql(
            "DELETE FROM alarms WHERE source = ? AND dedup_key = ?", (source, key)
        )
        keep_alarm(self, source, key, *rest)

    keep_alarm = Intake.keep_alarm
    return [
        (Intake, "alarm", lambda self, source, key: None),
        (Intake, "keep_alarm", keep),
        (intake, "known_outage", lambda *args: None),
    ]


def _the_author_approves_too() -> list[Spot]:
    approve = notices.approve

    def bad(act: Any, number: int) -> Any:
        before = act.tx.notices.get(number)
        if act.actor.name not in {a.user for a in before.approvals}:
            return approve(act, number)
        hidden = tuple(replace(a, user="somebody") for a in before.approvals)
        act.tx.notices.save(replace(before, approvals=hidden))
        done, effects = approve(act, number)
        shown = tuple(replace(a, user=act.actor.name) for a in done.approvals)
        act.tx.notices.save(replace(act.tx.notices.get(number), approvals=shown))
        return replace(done, approvals=shown), effects

    bad.__name__ = "approve"
    return [(notices, "approve", bad)]


def _one_approval_is_enough() -> list[Spot]:
    return [(notices, "approvals_needed", lambda level: 1)]


def _reads_the_audience_again_at_release() -> list[Spot]:
    let_go = notices.release

    def bad(act: Any, notice: Any, incident: Any) -> Any:
        if notice.kind == Kind.FIRST_NOTICE:
            statement = "DELETE FROM members WHERE notice_id = ?"
            act.tx.audience._connection.exec_driver_sql(statement, (notice.id,))
            release.freeze_audience(act, notice, incident)
            notice = release.with_audience(act, notice)
        return let_go(act, notice, incident)

    return [(notices, "release", bad)]


def _ignores_what_a_look_up_found() -> list[Spot]:
    looked_up = rules.looked_up

    def bad(one: Any, found: Any, *rest: Any) -> Any:
        return looked_up(one, LookUp(Finding.ABSENT) if found.finding == Finding.FOUND else found, *rest)

    return [(deliver, "looked_up", bad)]


def _leases_never_end() -> list[Spot]:
    take = Deliveries.take

    def bad(self: Any, held: Any, state: Any, until: Any) -> Any:
        return take(self, held, state, until + timedelta(days=400) if state == State.CLAIMED else until)

    return [(Deliveries, "take", bad)]


def _counters_stand_still() -> list[Spot]:
    return [(delivery, "_count", lambda act, notice, moved: None)]


def _chains_after_the_commit() -> list[Spot]:
    late: list[Any] = []
    one, act = perform._perform, perform.Coordinator.act

    def hold(act_: Any, effect: Any) -> Any:
        if isinstance(effect, Record) and effect.kind.startswith("window_"):
            late.append((effect, act_.now))
            return []
        return one(act_, effect)

    def bad(self: Any, *args: Any, **options: Any) -> Any:
        done = act(self, *args, **options)
        mine, late[:] = list(late), []
        if mine:
            with self.store.transaction() as tx:
                for effect, at in mine:
                    tx.incidents.append(effect.incident, at, "system", effect.kind, effect.data)
        return done

    return [(perform, "_perform", hold), (perform.Coordinator, "act", bad)]


def _fires_a_rung_twice() -> list[Spot]:
    climbed = ladder.climbed

    def bad(window: Any, now: Any, cause: str = "") -> Any:
        up, fired = climbed(window, now, cause)
        if fired is None or fired.name != "75%":
            return up, fired
        again = tuple(
            replace(r, fired_at=None, at=now + timedelta(minutes=1)) if r.name == "75%" else r
            for r in up.rungs
        )
        return replace(up, rungs=again), fired

    return [(ladder, "climbed", bad)]


def _fires_what_was_passed() -> list[Spot]:
    def bad(window: Any, now: Any, cause: str = "") -> Any:
        passed = [r for r in window.rungs if r.ahead and r.at <= now]
        if window.state not in (Verdict.OPEN, Verdict.BREACHED) or not passed:
            return window, None
        fired = replace(passed[0], fired_at=now)
        return replace(window, rungs=tuple(fired if r.name == fired.name else r for r in window.rungs)), fired

    return [(ladder, "climbed", bad)]


def _silence_owes_nothing() -> list[Spot]:
    return [(kept, "_silence", lambda act, window: [])]


def _the_end_for_who_never_heard() -> list[Spot]:
    freeze = Audience.freeze_family

    def bad(
        self: Any, notice: int, earlier: Any, preference: Any, own: str, combined: str, *areas: Any
    ) -> None:
        freeze(self, notice, earlier, preference, own, own, *areas)

    return [(Audience, "freeze_family", bad)]


def _doubt_counts_as_reached() -> list[Spot]:
    answer = answering.answer_of

    def bad(rows: Any) -> Any:
        found = answer(rows)
        return Answered.REACHED if found == Answered.UNCONFIRMED else found

    return [(answering, "answer_of", bad)]


def _a_bad_number_counts_as_reached() -> list[Spot]:
    answer = answering.answer_of

    def bad(rows: Any) -> Any:
        found = answer(rows)
        return Answered.REACHED if rows and found == Answered.IMPOSSIBLE else found

    return [(answering, "answer_of", bad)]


def _promises_are_air() -> list[Spot]:
    live = judging.page_went_live

    def bad(act: Any, incident: int, notice: Any) -> Any:
        return live(act, incident, replace(notice, next_update_at=None))

    return [(judging, "page_went_live", bad)]


def _one_channel_only() -> list[Spot]:
    return [(Member, "second_channel", lambda self, used: None)]


def _a_receipt_takes_back() -> list[Spot]:
    received = rules.received

    def bad(one: Any, receipt: Any, now: Any) -> Any:
        if receipt.status == ReceiptStatus.UNDELIVERED and one.state == State.DELIVERED:
            return replace(one, state=State.UNDELIVERED)
        return received(one, receipt, now)

    return [(delivery, "received", bad)]


def _stop_stops_nothing() -> list[Spot]:
    return [
        (delivery, "GOING", (*delivery.GOING, "stopped", "paused")),
        (Deliveries, "end_unsent", lambda self, *args, **options: Counter()),
        (delivery, "overtaken", lambda act, notice: None),
    ]


def _a_breach_without_a_row() -> list[Spot]:
    return [(Windows, "record_breach", lambda self, window, at: None)]


def _forgets_the_last_of_a_slice() -> list[Spot]:
    expand = Deliveries.expand

    def bad(self: Any, notice: int, after: int, *rest: Any) -> Any:
        last = expand(self, notice, after, *rest)
        if last is not None:
            statement = "DELETE FROM deliveries WHERE notice_id = ? AND customer_id = ?"
            self._connection.exec_driver_sql(statement, (notice, last))
        return last

    return [(Deliveries, "expand", bad)]


def _outcomes_are_not_kept() -> list[Spot]:
    append = Deliveries.append_outcomes

    def bad(self: Any, incident: int, sequence: int, settled: Any) -> None:
        append(self, incident, sequence, settled[1:])

    return [(Deliveries, "append_outcomes", bad)]


def _takes_back_before_everybody() -> list[Spot]:
    def bad(self: Any, notice: int, told_by: Any, form: str, *areas: Any) -> None:
        self._connection.exec_driver_sql(
            "INSERT INTO members SELECT ?, customer_id, language, phone, email, opted_out, phone IS NOT NULL,"
            " email IS NOT NULL, ?, 'pending', NULL, NULL FROM members WHERE notice_id = ? AND opted_out = 0"
            " AND (phone IS NOT NULL OR email IS NOT NULL)",
            (notice, form, told_by[-1].notices[-1]),
        )

    return [(Audience, "freeze_told", bad)]


def _no_limit_of_sms() -> list[Spot]:
    return [(release, "_spare", lambda act, notice: (notice, {}))]


def _poison_stays_in_line() -> list[Spot]:
    mark = Intake.mark

    def bad(self: Any, event: int, state: str, problem: Any = None) -> None:
        if state != "quarantined":
            mark(self, event, state, problem)

    return [(Intake, "mark", bad)]


def _the_neighbours_number() -> list[Spot]:
    address = Member.address

    def bad(self: Any, channel: str) -> str:
        found = address(self, channel)
        return found[:-1] + str((int(found[-1]) + 1) % 10) if found[-1:].isdigit() else found

    return [(Member, "address", bad)]


def _doubt_for_ever() -> list[Spot]:
    looked_up = rules.looked_up

    def bad(one: Any, found: Any, level: int, can_look_up: bool, now: Any) -> Any:
        after = looked_up(one, found, level, can_look_up, now)
        if after.state in (State.UNCONFIRMED, State.PLANNED):
            return replace(one, next_at=now + timedelta(minutes=5))
        return after

    return [(deliver, "looked_up", bad)]


def _changes_owe_nothing() -> list[Spot]:
    return [(material, "owe", lambda act, incident, change: [])]


def _time_goes_back() -> list[Spot]:
    return [(perform.Coordinator, "_instant", lambda self, tx, permission: self.clock.now())]


def _closes_over_what_is_in_flight() -> list[Spot]:
    """A retry that comes back after a stop goes into the line again."""
    return [(delivery, "_not_again", lambda act, notice, moves: moves)]


def _merges_a_receipt_into_nothing() -> list[Spot]:
    return [(delivery, "_delivery_id", lambda receipt: int(receipt.attempt.partition(".")[0]) + 1)]


def _page_live_without_a_look() -> list[Spot]:
    publish = deliver._write_pages

    def bad(*given: Any) -> str:
        publish(*given)
        return ""

    from tests.simulation.providers import FakePage

    return [(deliver, "_write_pages", bad), (FakePage, "is_live", lambda self, path, token: True)]


FORESEEN = {function.__name__.strip("_").replace("_", " ") for function in (*IN_FORESIGHT, *UNDER_HOLDING)}
"""The bugs that need worlds with holding notices."""
OF_PLANNED = {function.__name__.strip("_").replace("_", " ") for function in (*IN_PLANNED, *IN_HEIRS)}
"""The bugs that need worlds with planned work or regimes."""
OF_REGIMES = {function.__name__.strip("_").replace("_", " ") for function in (*IN_REGIMES, *IN_HEIRS)}
RELATED = {
    function.__name__.strip("_").replace("_", " ") for function in (*IN_FAMILIES, *OF_PARTS, *IN_HEIRS)
}
"""The bugs that need worlds with families."""
OF_COMPLAINTS = {function.__name__.strip("_").replace("_", " ") for function in IN_COMPLAINTS}
"""The bugs that need worlds with complaints."""
PLANTED: dict[str, Callable[[], list[Spot]]] = {
    function.__name__.strip("_").replace("_", " "): function
    for function in (
        _acknowledges_before_the_commit,
        _marks_first,
        _calls_without_an_intent,
        _no_fencing,
        _local_time,
        _sweep_with_a_lower_bound,
        _drops_an_early_receipt,
        _overwrites_a_breach,
        _sends_again_after_no_answer,
        _needs_no_page,
        _believes_the_providers_time,
        _counts_from_the_opening,
        _one_is_enough,
        _unwilling_people_are_missing,
        _two_incidents_for_one_alarm,
        _the_author_approves_too,
        _one_approval_is_enough,
        _reads_the_audience_again_at_release,
        _ignores_what_a_look_up_found,
        _leases_never_end,
        _counters_stand_still,
        _chains_after_the_commit,
        _fires_a_rung_twice,
        _fires_what_was_passed,
        _silence_owes_nothing,
        _the_end_for_who_never_heard,
        _doubt_counts_as_reached,
        _a_bad_number_counts_as_reached,
        _promises_are_air,
        _one_channel_only,
        _a_receipt_takes_back,
        _stop_stops_nothing,
        _a_breach_without_a_row,
        _forgets_the_last_of_a_slice,
        _outcomes_are_not_kept,
        _takes_back_before_everybody,
        _no_limit_of_sms,
        _poison_stays_in_line,
        _the_neighbours_number,
        _doubt_for_ever,
        _changes_owe_nothing,
        _time_goes_back,
        _closes_over_what_is_in_flight,
        _merges_a_receipt_into_nothing,
        _page_live_without_a_look,
        *BY_PEOPLE,
        *IN_FORESIGHT,
        *IN_PLANNED,
        *IN_FAMILIES,
        *OF_PARTS,
        *IN_HEIRS,
        *IN_COMPLAINTS,
    )
}
