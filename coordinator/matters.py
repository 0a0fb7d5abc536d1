"""What people are paged for: which timeline entry calls for whom, and when a matter is over. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from coordinator import rulebook
from coordinator.act import Act
from coordinator.overtaken import why_over
from incidents.chain import Entry
from incidents.decision import Asked
from incidents.effects import PageStaff
from incidents.lifecycle import OPEN
from incidents.terms import LANGUAGES, Kind, NoticeState, Role, Verdict, lane_of
from notifications.notice import Notice, approvals_needed
from notifications.paging import LONG, MATTERS, CallOut
from notifications.roster import who_is_on
from windows.window import Window

DUTY_MANAGER, HEADQUARTERS = Role.DUTY_MANAGER.value, Role.HEADQUARTERS.value
LAST_RUNG = "due"
TROUBLE_SECONDS = 120
NOBODY = ("directory_empty", "no_match")
TOLD_OF_IT = (Kind.FIRST_NOTICE, Kind.PLANNED_WORK_NOTICE)


def unit_of(act: Act, effect: PageStaff) -> str:
    """The unit whose people are called first."""
    if effect.unit is not None:
        return effect.unit
    return act.tx.incidents.by_id(effect.incident).org_unit if effect.incident else ""


def called_for(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """Whom an entry calls out: each kind has its own rule, and most have none."""
    rule = _RULES.get(entry.kind)
    if rule is not None:
        yield from rule(act, entry)


def _warning(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """A rung of a window: its own people, at any hour if the window is short or it is the last one."""
    window = act.tx.windows.get(entry.data["window"])
    rung = entry.data["rung"]
    yield PageStaff(
        key=f"window:{window.id}:{rung}",
        about="warning",
        to=entry.data["to"],
        incident=entry.incident,
        window=window.id,
        urgent=_urgent(act, entry.incident),
        any_hour=is_short(window) or rung == LAST_RUNG,
        data={"rung": rung},
    )


def is_short(window: Window) -> bool:
    """Whether people are woken for it: a window of up to a day."""
    return window.due_at - window.runs_from <= LONG


def _urgent(act: Act, incident: int) -> bool:
    return act.tx.incidents.by_id(incident).level == 1


def _opened(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """The duty manager hears of every incident at once (R11), headquarters of those of level 1 (R14)."""
    urgent = _urgent(act, entry.incident)
    yield PageStaff(f"opened:{entry.incident}", "opened", DUTY_MANAGER, entry.incident, urgent=urgent)
    if urgent:
        yield from _headquarters(entry)


def _headquarters(entry: Entry) -> Iterator[PageStaff]:
    yield PageStaff(f"headquarters:{entry.incident}", "headquarters", HEADQUARTERS, entry.incident)


def _upgraded(act: Act, entry: Entry) -> Iterator[PageStaff]:
    if _urgent(act, entry.incident):
        yield from _headquarters(entry)


def _submitted(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """The second person is asked; never the author (AMB-16)."""
    notice = act.tx.notices.get(entry.data["notice"])
    if notice.state != NoticeState.SUBMITTED or approvals_needed(notice.level) <= len(notice.approvals):
        return
    yield PageStaff(
        key=f"approval:{notice.id}",
        about="approval",
        to=Role.APPROVER.value,
        incident=entry.incident,
        notice=notice.id,
        urgent=_urgent(act, entry.incident),
        data={"but": [approval.user for approval in notice.approvals]},
    )


def _decision_asked(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """A lower level or a waiver waits for a second person; never for who asked (AMB-16)."""
    asked = act.tx.decisions.get(entry.data["decision"])
    yield PageStaff(
        key=f"decision:{asked.id}",
        about="decision",
        to=Role.APPROVER.value,
        incident=entry.incident,
        window=asked.window or None,
        urgent=_urgent(act, entry.incident),
        data={"decision": asked.name, "id": asked.id, "person": asked.author, "but": [asked.author]},
    )


def _paused(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """The provider refuses the text; what a person paused needs no page."""
    if entry.actor != "system":
        return
    notice = act.tx.notices.get(entry.data["notice"])
    yield PageStaff(
        f"paused:{notice.id}", "paused", f"{DUTY_MANAGER}+comms", entry.incident, notice=notice.id
    )


def _window_opened(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """An audience of nobody is said when the window opens: a person must tell it (windows.md §3)."""
    yield from nobody_to_tell(act.tx.windows.get(entry.data["window"]))


def nobody_to_tell(window: Window) -> Iterator[PageStaff]:
    """Whom a window calls out that the directory has nobody for."""
    if window.audience_state in NOBODY and window.kind in TOLD_OF_IT:
        yield _of_window(window, "nobody_to_tell")


def _of_window(window: Window, about: str) -> PageStaff:
    return PageStaff(f"{about}:{window.id}", about, DUTY_MANAGER, window.incident, window.id)


def _told(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """Everybody of a notice is answered, and too few were reached: its windows stay owed."""
    notice = act.tx.notices.get(entry.data["notice"])
    for window in act.tx.windows.of_incident(entry.incident):
        terms = rulebook.terms_of(act, window)
        fits = window.owed and window.told_by == "recipients" and notice.kind in terms.rule.fulfilled_by
        if fits and _too_few(notice, terms.coverage.reached_share):
            yield _of_window(window, "too_few")


def _too_few(notice: Notice, wanted: float) -> bool:
    reached = notice.counters.reached
    return bool(notice.audience_size) and (not reached or reached < wanted * notice.with_address)


def _settled(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """Messages of which nobody can say any more whether they arrived; once for a notice."""
    lost = sum(n for name, n in entry.data["outcomes"].items() if name.endswith(":unconfirmed"))
    if lost:
        yield PageStaff(
            key=f"unconfirmed:{entry.data['notice']}",
            about="unconfirmed",
            to=DUTY_MANAGER,
            incident=entry.incident,
            notice=entry.data["notice"],
            urgent=False,
            data={"count": lost},
        )


def _regime(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """A regime's threshold was reached and nobody has said so: its first report is running already."""
    name = entry.data["pack"]
    if entry.actor != "system" or name not in act.house.regimes:
        return
    pack = act.house.regimes[name]
    mine = {rule.id for rule in pack.rules}
    owed = [w for w in act.tx.windows.of_incident(entry.incident) if w.rule in mine and w.owed]
    first = min(owed, key=lambda window: window.due_at, default=None)
    if first is not None:
        yield PageStaff(
            key=f"regime:{entry.incident}:{name}",
            about="regime",
            to=f"{DUTY_MANAGER}+legal",
            incident=entry.incident,
            window=first.id,
            data={"words": pack.name},
        )


def _nudged(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """The supervisor pushes: who is on duty hears it at once, each time (R42)."""
    yield PageStaff(
        key=f"nudged:{entry.incident}:{entry.sequence}",
        about="nudged",
        to=DUTY_MANAGER,
        incident=entry.incident,
        urgent=_urgent(act, entry.incident),
        data={"person": entry.actor, "words": entry.data["text"]},
    )


def _about(matter: str) -> Callable[[Act, Entry], Iterator[PageStaff]]:
    """What the program foresees of a window: it will be too late, or its holding notice does not go by itself."""

    def of(act: Act, entry: Entry) -> Iterator[PageStaff]:
        yield _of_window(act.tx.windows.get(entry.data["window"]), matter)

    return of


def _forecast(act: Act, entry: Entry) -> Iterator[PageStaff]:
    """The duty manager hears of it; where the page tells the window, a rung that pages them for it and that nobody has
    acknowledged says the same."""
    window = act.tx.windows.get(entry.data["window"])
    if window.told_by == "page" and any(
        call.window == window.id and DUTY_MANAGER in call.to.split("+") and call.acknowledged_until is None
        for call in act.tx.paging.live_of(entry.incident, ("warning",))
    ):
        return
    yield _of_window(window, "forecast")


def lane_trouble(channel: str, reason: str, exercise: bool) -> PageStaff:
    """A channel to customers refuses or cannot be reached; what passes within two minutes wakes nobody."""
    data = {"channel": channel, "reason": reason} | ({"exercise": "1"} if exercise else {})
    key = f"lane:{lane_of(channel, exercise)}"
    return PageStaff(key, "lane", DUTY_MANAGER, after_seconds=TROUBLE_SECONDS, data=data)


def stuck(act: Act, about: str) -> PageStaff:
    """What is looked at beside the verdicts fails: an overrun or a regime would be forgotten, so somebody must look.
    What passes within two minutes wakes nobody."""
    said = {language: str(act.house.renderer.words(language)["stuck"][about]) for language in LANGUAGES}
    data = {"stuck": about, "words": said}
    return PageStaff(f"stuck:{about}", "trouble", DUTY_MANAGER, after_seconds=TROUBLE_SECONDS, data=data)


def target_behind(act: Act, about: str, target: str) -> PageStaff:
    """A publish target has not shown the present pages for a while: who reads there reads what is no longer true."""
    words = {language: act.house.renderer.words(language)["stuck"] for language in LANGUAGES}
    said = {language: str(of["publish_behind"]).format(target=target) for language, of in words.items()}
    return PageStaff(about, "trouble", DUTY_MANAGER, data={"stuck": about, "words": said})


_RULES: dict[str, Callable[[Act, Entry], Iterator[PageStaff]]] = {
    "warning": _warning,
    "opened": _opened,
    "upgraded": _upgraded,
    "notice_submitted": _submitted,
    **{f"{asked}_asked": _decision_asked for asked in Asked},
    "notice_paused": _paused,
    "notice_told": _told,
    "window_opened": _window_opened,
    "batch_settled": _settled,
    "regime_applied": _regime,
    "nudged": _nudged,
    "forecast_alarm": _forecast,
    "holding_refused": _about("holding"),
    "holding_withheld": _about("holding"),
}


def over(act: Act, call: CallOut) -> str:
    """Why nobody need be paged for it any more; "" while somebody must."""
    if call.about in ("opened", "headquarters") and call.incident is not None:
        status = act.tx.incidents.by_id(call.incident).status
        return "" if status in OPEN else status.value
    if "stuck" in call.data:
        return "" if act.tx.operations.standing(call.data["stuck"]) else "well_again"
    match MATTERS[call.about].while_:
        case "owed" if call.window is not None:
            window = act.tx.windows.get(call.window)
            return "" if window.owed else window.state.value
        case "late" if call.window is not None:
            return _not_late(act, act.tx.windows.get(call.window))
        case "submitted" | "paused" as state if call.notice is not None:
            found = act.tx.notices.get(call.notice).state.value
            return "" if found == state else found
        case "waiting":
            return _decided(act, call)
        case "trouble":
            lanes = act.tx.receipts.lanes("exercise" in call.data)
            return "" if call.data["channel"] in lanes else "well_again"
        case "empty":
            role, unit = call.data["role"], call.data["unit"] or None
            return "filled" if who_is_on(act.tx.roster.roster(), act.now, role, unit) else ""
    return ""


def _not_late(act: Act, window: Window) -> str:
    """Why nobody need hear of a forecast any more: there is a verdict, whose rung pages, or it is in time again."""
    if window.state != Verdict.OPEN:
        return window.state.value
    outlook = act.tx.outlooks.get(window.id)
    return "" if outlook is not None and outlook.alarm else "in_time"


def _decided(act: Act, call: CallOut) -> str:
    """Why a downgrade or waiver waits for nobody: it is decided, or what it is about is over."""
    asked = act.tx.decisions.get(call.data["id"])
    return why_over(act, asked)
