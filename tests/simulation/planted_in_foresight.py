"""Bugs planted in the holding notice; planted.py has the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from coordinator import delivery, foresight
from coordinator import holding as verbs
from coordinator import pages as public
from notifications import standing as approvals
from tests.simulation.planted_in_clocks import Spot
from windows import holding


def _the_holding_notice_stays_at_home() -> list[Spot]:
    return [(holding, "decided", lambda situation, now: holding.Decision(why="not_yet"))]


def _the_holding_notice_goes_early() -> list[Spot]:
    lead = holding.lead

    def bad(sending: Any, rule_lead: Any, half: Any) -> Any:
        return min(half, lead(sending, rule_lead, half) + timedelta(minutes=20))

    return [(holding, "lead", bad), (holding, "starts", _starts(bad))]


def _starts(lead: Any) -> Any:
    def bad(situation: Any) -> Any:
        half = (situation.due_at - situation.started_at) / 2
        at = situation.due_at - lead(timedelta(0), situation.rule_lead, half)
        return {"web": at, **{load.channel: at for load in situation.loads}}

    return bad


def _the_holding_notice_forgets_sms() -> list[Spot]:
    decide = holding.decided

    def bad(situation: Any, now: Any) -> Any:
        decision = decide(situation, now)
        return replace(decision, channels=tuple(one for one in decision.channels if one != "sms"))

    return [(holding, "decided", bad)]


def _held_and_sent_all_the_same() -> list[Spot]:
    return _situations(held=False)


def _nobody_confirmed_it() -> list[Spot]:
    return _situations(confirmed=True)


def _more_people_than_were_approved() -> list[Spot]:
    return _situations(audience=0)


def _situations(**otherwise: Any) -> list[Spot]:
    decide = holding.decided
    return [(holding, "decided", lambda situation, now: decide(replace(situation, **otherwise), now))]


def _an_approval_never_ends() -> list[Spot]:
    stands = approvals.standing_of

    def bad(one: Any, text_hash: str, now: Any) -> str:
        found = stands(one, text_hash, now)
        return "in_force" if found == "approval_expired" else found

    return [(approvals, "standing_of", bad)]


def _an_approval_covers_every_level() -> list[Spot]:
    return [(approvals.Standing, "covers", lambda self, kind, level: True)]


def _lets_go_again_what_went() -> list[Spot]:
    return [(foresight, "_let_go", lambda mine: frozenset())]


def _holds_out_to_who_was_told() -> list[Spot]:
    return [(delivery, "already_told", lambda act, notice, ready: ([], []))]


def _not_labelled_automatic() -> list[Spot]:
    write = verbs._written

    def bad(act: Any, window: Any, incident: Any, approval: Any, page: bool, automatic: bool) -> Any:
        return write(act, window, incident, approval, page, False)

    return [(verbs, "_written", bad)]


def _the_page_shows_both() -> list[Spot]:
    def bad(act: Any, incident_id: int) -> Any:
        shown = [n for n in act.tx.notices.of_incident(incident_id) if n.released and n.page_live_at]
        return sorted(shown or whole(act, incident_id), key=lambda n: n.number, reverse=True)

    whole = public.public
    return [(public, "public", bad)]


IN_FORESIGHT: tuple[Callable[[], list[Spot]], ...] = (
    _the_holding_notice_stays_at_home,
    _the_holding_notice_goes_early,
    _the_holding_notice_forgets_sms,
    _held_and_sent_all_the_same,
    _nobody_confirmed_it,
    _more_people_than_were_approved,
    _an_approval_never_ends,
    _an_approval_covers_every_level,
    _lets_go_again_what_went,
    _holds_out_to_who_was_told,
    _not_labelled_automatic,
    _the_page_shows_both,
)
