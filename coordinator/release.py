"""From frozen to on its way: the audience that a notice is owed to, its release, and its slices of deliveries.

Not verbs: what `notices` and `sending` do inside their own act. Nothing here asks who may.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coordinator import arrivals
from coordinator.act import Act
from coordinator.failpoints import fp
from coordinator.family import lineage_of, notices_of, shares_of
from coordinator.heard import knows_of
from coordinator.in_line import ahead, parts_of
from coordinator.joined import is_for_those_who_joined, joined_since
from coordinator.scope import preference_for, scope_of
from coordinator.spared import instead_of
from incidents.effects import Effect, JudgeWindows, Record, StopUnsent
from incidents.incident import Incident
from incidents.terms import DIRECT, TAKING_BACK, Channel, Kind, NoticeState
from notifications.audience import Scope, Share, audience_hash
from notifications.notice import FORM_COMBINED, FORM_OWN, OWED_TO_EACH, Counters, CountKey, Notice
from notifications.states import State
from windows.forecast import Load, told_at
from windows.moves import of_their_own

Outcome = tuple[Notice, list[Effect]]
PAGE_FIRST = timedelta(seconds=10)
"""SMS waits for the page at most this long (docs/windows.md, "When the network is the incident")."""
FIRST_SLICE = 200
OUTAGE = (Kind.FIRST_NOTICE, Kind.HOLDING_NOTICE)
"""Kinds that tell people of the outage itself; a first notice goes to those who had the holding notice too."""


def freeze_audience(act: Act, notice: Notice, incident: Incident) -> None:
    """Fix who is to be told, and in which form, as the record stands; nobody for a page-only update."""
    if notice.kind in TAKING_BACK:
        act.tx.audience.freeze_told(notice.id, _wrong(act, notice, incident), FORM_OWN)
        return
    if notice.kind not in OWED_TO_EACH and not set(notice.channels) & set(DIRECT):
        return
    earlier = _earlier(act, notice)
    if notice.kind != Kind.FIRST_NOTICE and earlier:
        shares = shares_of(act, incident, earlier)
        preference = preference_for(act, incident)
        act.tx.audience.freeze_family(notice.id, shares, preference, FORM_OWN, _other_form(notice))
        if _takes_the_rest(act, notice):
            had = [n.id for n in _told_before(act, notice)]
            way = preference_for(act, incident)
            act.tx.audience.freeze_affected(notice.id, scope_of(act, incident), way, FORM_COMBINED, had)
        return
    scope = scope_of(act, incident)
    if scope.known:
        form = FORM_COMBINED if notice.kind == Kind.RESOLUTION_NOTICE else FORM_OWN
        _freeze_untold(act, notice, incident, scope, form)


def _freeze_untold(act: Act, notice: Notice, incident: Incident, scope: Scope, form: str) -> None:
    """Everybody affected who is owed this notice; who has what it tells stays in it as reached, and gets nothing."""
    act.tx.audience.freeze_affected(notice.id, scope, preference_for(act, incident), form)
    before = _before(act, notice)
    if before.of_others or before.gone:
        act.tx.audience.leave_out(notice.id, before.of_others, before.gone)
    if before.its_own:
        act.tx.audience.keep_only(notice.id, before.its_own)
    told = [n.id for n in instead_of(act, notice)]
    if told:
        act.tx.audience.spare_reached(notice.id, told)


def _wrong(act: Act, notice: Notice, incident: Incident) -> tuple[Share, ...]:
    """Whose people a correction or a withdrawal is for: what was wrong in a text was so for all who had it, also where
    a part goes its own way since; what an incident's own turn made wrong, as its false alarm did, is so for its own."""
    known = knows_of(notice.wrong, (n for n in notices_of(act, incident) if n.id != notice.id))
    if not notice.takes_back:
        return (Share(known),)
    return shares_of(act, incident, [act.tx.notices.get(one) for one in known])


def freeze_holding(act: Act, notice: Notice, incident: Incident) -> None:
    """Those who are owed the first notice and whom none has reached yet."""
    scope = scope_of(act, incident)
    if scope.known:
        _freeze_untold(act, notice, incident, scope, FORM_OWN)


def count_audience(act: Act, notice: Notice, incident: Incident) -> int:
    """How many people `freeze_audience` would freeze now."""
    if notice.kind in TAKING_BACK:
        return act.tx.audience.count_told(_wrong(act, notice, incident))
    if notice.kind not in OWED_TO_EACH and not set(notice.channels) & set(DIRECT):
        return 0
    earlier = _earlier(act, notice)
    if notice.kind != Kind.FIRST_NOTICE and earlier:
        people = act.tx.audience.count_family(shares_of(act, incident, earlier))
        if _takes_the_rest(act, notice):
            had = [n.id for n in _told_before(act, notice)]
            people += act.tx.audience.count_new(scope_of(act, incident), had)
        return people
    scope = scope_of(act, incident)
    if not scope.known:
        return 0
    before = _before(act, notice)
    people = act.tx.audience.count_new(scope, before.of_others, before.gone)
    if before.its_own:
        people -= act.tx.audience.count_new(scope, (*before.of_others, *before.its_own), before.gone)
    return people


@dataclass(frozen=True)
class Before:
    """The first notices before one, as its audience is bounded by them; () bounds nothing."""

    of_others: tuple[int, ...] = ()
    """Their people are told, or owed a notice, by these: they are left out."""
    gone: tuple[int, ...] = ()
    """Those of duplicates that were stopped: whom they had answered is left out, the others are taken over."""
    its_own: tuple[int, ...] = ()
    """What was sent for the same window; who is in none of these is owed a notice of their own."""


def _before(act: Act, notice: Notice) -> Before:
    """How the people of several such notices are told apart: each window has its own, and nobody is in none.

    What was stopped is sent again to its own people, by the window that owes it now.
    """
    if notice.kind not in OUTAGE:
        return Before()
    incident = act.tx.incidents.by_id(notice.incident)
    kinds = OUTAGE if notice.holding else (notice.kind,)
    firsts = [n for n in notices_of(act, incident) if n.kind in kinds and n.released and n.id != notice.id]
    lineage = lineage_of(act, incident)
    mine = [n for n in firsts if n.incident in lineage and max(1, n.sequence) == max(1, notice.sequence)]
    stopped = [n for n in firsts if n.state == NoticeState.STOPPED]
    gone = [n for n in stopped if n.incident not in lineage]
    again = [*gone, *(n for n in stopped if n in mine)]
    # An automatic notice goes beside a person's that stalls, to whom that has not reached.
    again += mine if notice.holding else []
    if is_for_those_who_joined(act, notice):
        # Who heard of outage and end in one text is in no first notice.
        ends = [n for n in notices_of(act, incident) if n.final and n.released]
        firsts += [n for n in ends if n.state != NoticeState.STOPPED]
        gone += [n for n in ends if n.state == NoticeState.STOPPED]
    else:
        gone, firsts = [], again
    others = tuple(n.id for n in firsts if n not in again)
    its_own = tuple(n.id for n in mine) if joined_since(act, notice) else ()
    return Before(others, tuple(n.id for n in gone), its_own)


def _other_form(notice: Notice) -> str:
    return FORM_COMBINED if notice.kind == Kind.RESOLUTION_NOTICE else FORM_OWN


def _earlier(act: Act, notice: Notice) -> list[Notice]:
    """Released notices of the incident that told people directly, before this one.

    Who was told only after the end has had both in one; they need no resolution notice.
    """
    found = _told_before(act, notice)
    end = act.tx.incidents.by_id(notice.incident).resolved_at
    if notice.kind == Kind.RESOLUTION_NOTICE and end is not None:
        before = [n for n in found if n.submitted_at is None or n.submitted_at < end]
        found = before or [n for n in found if n.sequence <= 1]
    return found


def _told_before(act: Act, notice: Notice) -> list[Notice]:
    """What told people of the outage before it; also of an end that was none, with which some heard of the outage."""
    incident = act.tx.incidents.by_id(notice.incident)
    found = [n for n in notices_of(act, incident) if n.released and n.id != notice.id]
    if notice.kind == Kind.FIRST_NOTICE:
        return [n for n in found if n.kind == Kind.FIRST_NOTICE]
    return [n for n in found if n.kind in OUTAGE or (n.final and n.state != NoticeState.STOPPED)]


def _takes_the_rest(act: Act, notice: Notice) -> bool:
    """Whether a resolution notice is for those too who are in no earlier notice: only others of the family have told
    anybody, and the first notice is still owed."""
    if notice.kind != Kind.RESOLUTION_NOTICE:
        return False
    mine = [n for n in _told_before(act, notice) if n.incident == notice.incident]
    # A first notice of its own was for everybody; a holding notice may be for the page alone.
    return not any(n.audience_size or not n.holding for n in mine) and any(
        w.kind == Kind.FIRST_NOTICE and w.owed and not of_their_own(w)
        for w in act.tx.windows.of_incident(notice.incident)
    )


def with_audience(act: Act, notice: Notice) -> Notice:
    """The notice with the hash, the size and the counters of its frozen audience, where who shares is joined."""
    shared = act.tx.audience.share(notice.id)
    members = list(act.tx.audience.members(notice.id))
    addressed = sum(1 for m in members if m.sms or m.mail or m.answer == "reached")
    answers = Counter(member.answer for member in members)
    return replace(
        notice,
        audience_hash=audience_hash(notice.id, members, act.house.sealer(notice.incident, notice.id)),
        audience_size=len(members),
        with_address=addressed,
        shared=shared,
        counters=Counters(
            reached=answers["reached"], impossible=answers["impossible"], pending=answers["pending"]
        ),
    )


def superseded(act: Act, notice: Notice) -> list[Effect]:
    """A notice that waited will not go out."""
    act.tx.notices.save(replace(notice, state=NoticeState.SUPERSEDED))
    return [Record(notice.incident, "notice_superseded", {"notice": notice.id, "kind": notice.kind})]


def seal(notice: Notice) -> dict[str, object]:
    """What the audit chain keeps of a notice: its hashes and figures, nobody's name."""
    return {
        "notice": notice.id,
        "kind": notice.kind,
        "number": notice.number,
        "text_hash": notice.text_hash,
        "audience_hash": notice.audience_hash,
        "audience_size": notice.audience_size,
        "next_update_at": notice.next_update_at and notice.next_update_at.isoformat(),
    }


def release(act: Act, notice: Notice, incident: Incident) -> Outcome:
    """Approved = released: the page entry and the first slice are planned in this transaction."""
    earlier = _earlier(act, notice)
    if notice.kind == Kind.RESOLUTION_NOTICE and earlier:
        act.tx.audience.refresh_forms(notice.id, [n.id for n in earlier], FORM_OWN, FORM_COMBINED)
    notice, suppressed = _spare(act, notice)
    direct = any(channel in DIRECT for channel in notice.channels)
    on_page = Channel.WEB in notice.channels
    released = replace(
        notice,
        state=NoticeState.SENDING,
        released_at=act.now,
        direct_from=act.now + PAGE_FIRST if on_page else act.now,
        forecast_at=when_sent(act, notice, incident),
        expanded=not (direct and notice.audience_size),
    )
    act.tx.notices.save(released)
    if on_page:
        act.tx.deliveries.add_page(notice.id, act.now)
    act.tx.notices.add_counts(notice.id, {**_planned(act, notice), **suppressed})
    if notice.kind == Kind.FIRST_NOTICE:
        arrivals.released(act, incident.id)
    fp("notice.before_release")
    effects: list[Effect] = [
        Record(incident.id, "notice_released", seal(released)),
        StopUnsent(incident.id, notice.id),
        JudgeWindows(incident.id),
    ]
    if not released.expanded:
        released = expand(act, released, FIRST_SLICE)
    return released, effects


def when_sent(act: Act, notice: Notice, incident: Incident) -> datetime:
    """When the slowest lane is through at its own rate, in message parts, with what stands before and what its provider
    queues; every release stores it (I27)."""
    parts, planned, line = parts_of(act, notice), _planned(act, notice), ahead(act, incident, notice)
    loads = []
    for channel in DIRECT:
        lane = act.house.lane(channel)
        people = sum(n for key, n in planned.items() if key[0] == channel)
        each, before = parts if channel == Channel.SMS else 1, line.get(channel, timedelta(0))
        loads.append(Load(channel, people, each, lane.rate, lane.drain, before))
    return told_at(act.now, loads, timedelta(0))


def _planned(act: Act, notice: Notice) -> dict[CountKey, int]:
    """Every delivery that this notice will have, unexpanded ones included (I20)."""
    on_page = {(Channel.WEB.value, "", State.PLANNED.value): 1} if Channel.WEB in notice.channels else {}
    return {**on_page, **plan_walk(act, notice)}


def plan_walk(act: Act, notice: Notice) -> dict[CountKey, int]:
    """Every delivery that the notice's walk over its people will give."""
    planned: dict[CountKey, int] = {}
    for member in act.tx.audience.members(notice.id):
        for channel in member.own:
            if channel in notice.walking:
                key = (channel.value, member.language, State.PLANNED.value)
                planned[key] = planned.get(key, 0) + 1
    return planned


def sms_limit(act: Act, notice: Notice) -> timedelta | None:
    """The notice's limit; the first one by a person after an automatic one is exempt."""
    family = notices_of(act, act.tx.incidents.by_id(notice.incident))
    before = [n for n in family if n.id != notice.id and n.released]
    exempt = bool(before) and not notice.automatic and all(n.automatic for n in before)
    return None if exempt else notice.sms_limit


def _spare(act: Act, notice: Notice) -> tuple[Notice, dict[CountKey, int]]:
    """Spare people the SMS who had one of this incident a short while ago; their count is suppressed."""
    limit = sms_limit(act, notice)
    if limit is None:
        return notice, {}
    family = notices_of(act, act.tx.incidents.by_id(notice.incident))
    released = [n for n in family if n.id != notice.id and n.released]
    by_people = any(not n.holding for n in released)
    # The first notice of a person after a holding notice is exempt.
    others = [n.id for n in released if by_people or not n.holding]
    spared = act.tx.deliveries.spare_texted(notice.id, others, act.now - limit)
    alone = spared.pop("", 0)
    counters = replace(notice.counters, spared=alone, pending=notice.counters.pending - alone)
    suppressed = {(Channel.SMS.value, language, State.SUPPRESSED.value): n for language, n in spared.items()}
    return replace(notice, counters=counters), suppressed


def expand(act: Act, notice: Notice, limit: int) -> Notice:
    """Give the next slice its deliveries; the cursor moves in the same transaction."""
    channels = [channel.value for channel in notice.walking]
    last = act.tx.deliveries.expand(notice.id, notice.cursor, limit, channels, act.now)
    moved = replace(notice, cursor=notice.cursor if last is None else last, expanded=last is None)
    act.tx.notices.save(moved)
    return moved
