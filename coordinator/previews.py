"""A notice as it would leave now: its texts, whose words they are, and how many people it is for. Reads only."""

from __future__ import annotations

from typing import Any

from coordinator import drafting, notices, views
from coordinator.act import Act
from coordinator.scope import preference_for, scope_of
from incidents.effects import Effect
from incidents.terms import Kind, NoticeState
from notifications.audience import counted
from notifications.notice import Notice

Document = dict[str, Any]


def preview(act: Act, notice_id: int) -> tuple[Document, list[Effect]]:
    """The notice's document with every text, and who of its people no message can reach."""
    (found, content, people), _ = notices.preview(act, notice_id)
    document = {**views.notice(act, found, people), "texts": texts(content)}
    document |= {"audience_size": people, "out_of_reach": _out_of_reach(act, found)}
    if found.state == NoticeState.DRAFT:
        document["next"] = f"tongbao notice submit {notice_id}"
    return document, []


def texts(content: drafting.Content) -> list[Document]:
    """Every text with its parts; `source` says whose words it has: shipped, template-N or own."""
    return [
        {
            "form": form,
            "channel": channel,
            "language": language,
            "source": _source(text.template),
            "subject": text.subject,
            "body": text.body,
            "parts": content.parts.get((form, channel, language), 0),
        }
        for (form, channel, language), text in sorted(content.texts.items())
    ]


def _source(template: str) -> str:
    name = template.partition(":")[0]
    return "own" if name.startswith("notice-") else name


def _out_of_reach(act: Act, notice: Notice) -> int:
    """People of its audience who have refused service notices or have no address: the page alone tells them."""
    if notice.released:
        return 0
    if notice.submitted_at is not None:
        return notice.counters.impossible
    incident = act.tx.incidents.by_id(notice.incident)
    scope = scope_of(act, incident)
    if notice.kind != Kind.FIRST_NOTICE or notice.sequence > 1 or not scope.known:
        return 0
    people = counted(act.tx.audience.groups(scope), preference_for(act, incident))
    return people.channel["opted_out"] + people.channel["no_address"]
