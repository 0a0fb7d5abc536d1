"""One sentence for each kind of timeline entry, in the language of the screen.

The record itself has everything (`show --json`); here stands what a person at a desk reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Formatter
from typing import TYPE_CHECKING, Any

from cli.drill_screens import DOES
from cli.holding_texts import REASONS
from cli.levels import reason_of
from cli.why import CAUSES
from cli.words import Value

if TYPE_CHECKING:
    from cli.screen import Screen

Document = dict[str, Any]

SENTENCES = {
    "opened": "opened at level {level}: {title}",
    "confirmed": "confirmed as real",
    "upgraded": "level {from} became level {to}: {reason}",
    "downgraded": "level {from} became level {to}: {reason}",
    "downgrade_asked": "{asked_by} asks for level {level}: {reason}",
    "downgrade_approved": "a second person agrees to level {level}",
    "downgrade_declined": "level {level} was refused: {refusal}",
    "downgrade_overtaken": "level {level} is no longer asked for: things moved on",
    "waiver_overtaken": "the waiver of window {window} is no longer asked for: the duty is decided",
    "waiver_asked": "{asked_by} asks to waive window {window}: {reason}",
    "waiver_approved": "a second person agrees to waive window {window}",
    "waiver_declined": "the waiver of window {window} was refused: {refusal}",
    "waived": "window {window} waived: {reason}",
    "ended_by_person": "window {window} is no longer owed: {reason}",
    "aware_changed": "known since {aware_at}; {reason}",
    "onset_changed": "began {onset_at}; {reason}",
    "reopened": "reopened: {reason}",
    "lost_again": "service is not back, or lost again: {reason}",
    "false_alarm": "false alarm: {words}",
    "rejected": "refused as an incident: {words}",
    "merged": "merged into {into}",
    "duplicate_joined": "{ref} is a duplicate of it and was merged into it",
    "regime_asked": "does {pack} apply? {question}",
    "regime_applied": "regime {pack} applies: {reason}",
    "regime_waived": "regime {pack} does not apply: {reason}",
    "split": "{areas} went to {into}",
    "split_off": "split off {of}: {areas}",
    "taking_back_owed": "what was told is not so ({kind}, notice {notice}): {words}",
    "material_change": "material: {change}",
    "finding_added": "learnt after the verdict of window {window}: {finding}",
    "updated": "new facts: {changed}",
    "suggestion_moved": "the facts suggest level {to} instead of {from}",
    "level_review_due": "the level is due for review: how big it is is still unknown",
    "level_kept": "level {level} stays: {reason}",
    "partly_restored": "a part is back since {restored_at}",
    "restored": "service is back since {restored_at}",
    "resolved": "response stood down",
    "combined_notice_owed": "one notice of both outage and restoration is owed",
    "closed": "the record is closed",
    "assigned": "{unit} handles it",
    "supervised": "{person} of {unit} supervises it",
    "nudged": "the supervisor pushes: {text}",
    "audience_grew": "{people} more {people:person is|people are} hit; window {window} is their first notice",
    "audience_imported": "an uploaded list of {people} {people:account|accounts} joins the audience",
    "drill_started": "EXERCISE by the script {script}, {events} events",
    "drill_injected": "EXERCISE: event {number} ({do})",
    "drill_refused": "EXERCISE: event {number} ({do}) did not fit any more: {why}",
    "drill_said": "EXERCISE: {words}",
    "drill_completed": "EXERCISE held to its end",
    "drill_stopped": "EXERCISE: the drill does not count as held",
    "exercise_stopped": "EXERCISE stopped: {reason}",
    "drill_action": "action {number}: {words}, {owner} until {due_on}",
    "drill_action_done": "action {number} is done",
    "note": "{text}",
    "action": "{action}: {text}",
    "finding": "went wrong: {words}",
    "complaint_registered": "ordinary complaint put on the record: {title}",
    "promoted": "the complaint is promoted: {because}",
    "planned_registered": "planned work put on the record: {title}, from {planned_start_at} to {planned_end_at}",
    "planned_changed": "planned work moved: {reason}",
    "planned_begun": "planned work begun",
    "planned_completed": "planned work completed",
    "planned_cancelled": "planned work cancelled: {words}",
    "planned_overran": "not over at its planned end: {incident} was opened",
    "alarm_expected": "an alarm of {source} lies in this planned work (event {event}): {reasons}",
    "alarm_goes_on": "the alarm of {source} fires on after the planned work (event {event}): {incident}",
    "alarm_joined": "another alarm of {source} joined (event {event}): {reasons}",
    "alarm_resolved": "{source} says that its alarm is over",
    "playbook_activated": "playbook {playbook} applies",
    "task_opened": "task for {department}: {task}",
    "task_acknowledged": "task taken: {task}",
    "task_escalated": "nobody took the task of {department} by {due_at}: {task}",
    "role_unfilled": "no one has the role {role}",
    "task_done": "task done: {task}",
    "task_skipped": "task skipped: {task}; {reason}",
    "window_opened": "{kind} {sequence} is due {due_at}",
    "window_moved": "{kind} {sequence} is due {due_at} instead of {from}",
    "window_met": "{kind} {sequence} was told in time",
    "window_breached": "{kind} {sequence} was missed: {causes}",
    "window_waived": "{kind} {sequence} was waived",
    "window_lapsed": "{kind} {sequence} ended before it was due",
    "duty_done": "{kind} {sequence} was told after its time",
    "duty_ended": "{kind} {sequence} is no longer owed",
    "change_joined": "joins window {window}, which is still open",
    "warning": "warning {rung} for the {kind} of window {window}, for {to}: {people}",
    "fulfilled": "window {window} was told by hand: {how} ({evidence})",
    "notice_drafted": "notice {notice} drafted ({kind})",
    "notice_submitted": "notice {notice} submitted for {audience_size} people",
    "notice_approved": "notice {notice} approved",
    "notice_released": "notice {notice} released to {audience_size} people, number {number}",
    "notice_told": "notice {notice} told: {reached} reached, {impossible} cannot be",
    "notice_superseded": "notice {notice} was overtaken by the record; a new draft is needed",
    "notice_stopped": "notice {notice} stopped: {reason}",
    "notice_edited": "notice {notice}: {channel} in {language} has its own words",
    "notice_words_reset": "notice {notice}: {channel} in {language} has the template's words again",
    "notice_declined": "notice {notice} declined: {reason}; draft {again} waits for its author",
    "correction_notice_owed": "notice {notice} said something wrong: those who were told are owed a correction",
    "withdrawal_notice_owed": "notice {notice} is to be withdrawn before those who were told",
    "correction_notice_again": "the correction of notice {notice} is written again",
    "withdrawal_notice_again": "the withdrawal of notice {notice} is written again",
    "task_withdrawn": "task withdrawn with the act that opened it: {step}",
    "undone": "taken back within five minutes: {act}",
    "notice_paused": "notice {notice} paused: {reason}",
    "notice_resumed": "notice {notice} goes on",
    "report_submitted": "report R{report} submitted ({kind}, version {number}): {given} of {asked} fields",
    "report_approved": "report R{report} approved ({kind}, version {number})",
    "report_declined": "report R{report} sent back: {reason}",
    "staff_paged": "paged about {about}: {people} (round {round})",
    "nobody_on_duty": "nobody is on duty as {to}, to be paged about {about}",
    "page_acknowledged": "page {page} about {about} was acknowledged",
    "page_refused": "an answer to page {page} was refused: {why}",
    "forecast_alarm": "window {window} cannot be told in time as things stand: forecast {forecast_at}, due {due_at}",
    "holding_sent": "holding notice {notice} leaves for window {window}: {channels} (approval {approval})",
    "holding_refused": "no holding notice goes for window {window}: {why}",
    "holding_withheld": "holding notice of window {window}: not by itself by {channels}",
    "holding_held": "the holding notice of window {window} is held: {reason}",
    "holding_resumed": "the holding notice of window {window} may go again",
    "page_live": "page entry {number} is live (notice {notice})",
    "batch_settled": "notice {notice}: {outcomes}",
    "handover_signed": "shift handed over: {items} of this incident on the sheet",
    "handover_accepted": "shift taken over from {signed_by}: {items} of this incident, {moved} changed since signed",
    "unsent_expired": "{deliveries} unsent messages expired, overtaken by {why}",
    "unsent_cancelled": "{deliveries} unsent messages cancelled: {why}",
}
"""Timeline kind -> its sentence; the slots are names of the entry's data, said as `_SAID` says."""
PROMOTED = {
    "service_quality": "bad quality of service",
    "policy_change": "a change of policy",
    "several_departments": "it takes several departments",
}
AS_BEFORE = {
    "suggestion_moved": ("to", "the facts still suggest level {to}"),
    "window_moved": ("due_at", "{kind} {sequence} stays due {due_at}"),
}
"""Kinds whose entry may say the same as before in the slot that is named here: another reason, another strict due."""
SEEN_LIVE = "page entry {number} is live at {address} (notice {notice})"
FULFILLED_UPWARDS = "window {window} was told by hand: {how}, to {whom} ({evidence})"


IN_WORDS = {
    "planned_cancelled": "reason",
    "false_alarm": "reason",
    "rejected": "reason",
    "taking_back_owed": "right",
}
"""Entries that a person or the house worded in both languages, and where the words are."""


def sentence(screen: Screen, entry: Document, tasks: list[Document]) -> str:
    """What this entry says; one of an unknown kind is shown as it is."""
    template = SENTENCES.get(entry["kind"])
    data: Document = entry["data"]
    if template is None:
        said = " ".join(f"{name}={value}" for name, value in data.items())
        return f"{entry['kind']} {said}".strip()
    slot, alike = AS_BEFORE.get(entry["kind"], ("", ""))
    if alike and data.get("from") == data.get(slot):
        template = alike
    if entry["kind"] in IN_WORDS:
        data = {**data, "words": data[IN_WORDS[entry["kind"]]]}
    if entry["kind"] == "updated":
        data = {"changed": list(data)}
    elif entry["kind"] == "upgraded":
        data = {**data, "reason": reason_of(screen, data["reason"])}
    elif entry["kind"].startswith("task_"):
        data = {**data, "task": _title(screen, str(data.get("step", "")), tasks)}
    if entry["kind"] == "fulfilled" and data.get("whom"):
        template = FULFILLED_UPWARDS
    if entry["kind"] == "page_live" and data.get("address"):
        template = SEEN_LIVE
    if "kind" in data and "rule" in data:
        from incidents.terms import duty_word

        data = {**data, "kind": duty_word(str(data["kind"]), str(data["rule"]))}
    slots = [name for _, name, _, _ in Formatter().parse(template) if name]
    return screen.t(template).format(**{name: Value(_said(screen, name, data.get(name))) for name in slots})


def _title(screen: Screen, step: str, tasks: list[Document]) -> str:
    """The task's own words; a step whose task is not there stands as itself."""
    titles: Document = next((task["title"] for task in tasks if task["step"] == step), {})
    return str(titles.get(screen.language) or next(iter(titles.values()), step))


def _said(screen: Screen, name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    return _SAID.get(name, _plainly)(screen, value)


def _plainly(screen: Screen, value: Any) -> str:
    return screen.t("; ").join(map(str, value)) if isinstance(value, list) else str(value)


def _instant(screen: Screen, value: Any) -> str:
    text = str(value)
    return screen.at(text) if "T" in text else text


def _causes(screen: Screen, value: Any) -> str:
    return screen.t("; ").join(screen.t(CAUSES.get(cause, cause)) for cause in value)


def _fields(screen: Screen, value: Any) -> str:
    return screen.t(", ").join(screen.word("fields", name) for name in value)


def _people(screen: Screen, value: Any) -> str:
    return screen.t(", ").join(screen.t(role) for role in str(value).split("+"))


def _outcomes(screen: Screen, value: Mapping[str, int]) -> str:
    parts = (name.partition(":") for name in value)
    counts = zip(parts, value.values(), strict=True)
    return screen.t(", ").join(
        f"{screen.word('channels', channel)} {screen.t(state)} {n:,}" for (channel, _, state), n in counts
    )


def _channels(screen: Screen, value: Any) -> str:
    """Channels, or each channel with its reason."""
    if isinstance(value, Mapping):
        parts = (f"{screen.word('channels', name)} ({screen.t(REASONS[why])})" for name, why in value.items())
        return screen.t(", ").join(parts)
    return screen.t(", ").join(screen.word("channels", name) for name in value)


_SAID: dict[str, Callable[[Screen, Any], str]] = {
    "words": lambda screen, value: str(value.get(screen.language) or next(iter(value.values()), "")),
    "question": lambda screen, value: str(value.get(screen.language) or next(iter(value.values()), "")),
    "about": lambda screen, value: screen.word("matters", value),
    "act": lambda screen, value: screen.word("entries", value),
    "change": lambda screen, value: screen.word("changes", value),
    "finding": lambda screen, value: screen.word("findings", value),
    "due_at": _instant,
    "planned_start_at": _instant,
    "planned_end_at": _instant,
    "aware_at": _instant,
    "from": _instant,
    "restored_at": _instant,
    "forecast_at": _instant,
    "because": lambda screen, value: screen.t(PROMOTED.get(value, value)),
    "why": lambda screen, value: screen.t(REASONS.get(value, value)),
    "channels": _channels,
    "kind": lambda screen, value: screen.word("kinds", value),
    "department": lambda screen, value: screen.word("departments", value),
    "role": lambda screen, value: screen.t(value),
    "action": lambda screen, value: screen.t(value),
    "changed": _fields,
    "causes": _causes,
    "do": lambda screen, value: screen.t(DOES.get(value, value)),
    "to": _people,
    "outcomes": _outcomes,
    "reasons": lambda screen, value: screen.t("; ").join(reason_of(screen, one) for one in value),
}
