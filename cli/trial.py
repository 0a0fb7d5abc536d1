"""A trial message: one sample notice to one address, marked as a test in both languages' own words."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cli.session import Document, Session

if TYPE_CHECKING:
    from notifications.facts import Facts
    from notifications.message import Answer as Sent
    from notifications.message import Message, Text
    from notifications.samples import Around
    from rendering.notices import Notices

VALID_SECONDS = 600


def send(session: Session, draft: Notices, around: Around, kind: str, to: str, language: str) -> Document:
    """Send it through the configured channel, outside any transaction; the answer as a document."""
    from incidents.terms import Channel

    channel = Channel.EMAIL if "@" in to else Channel.SMS
    address = _address(session, channel, to)
    facts = draft.sample(kind, language, around)
    text = marked(draft.text(kind, channel, language, facts), draft, language, facts)
    answer = session.app.channel(channel, exercise=False).send(
        _message(session, address, language, text, around)
    )
    return {
        "kind": kind,
        "to": address,
        "channel": channel,
        "language": language,
        "subject": text.subject,
        "body": text.body,
        **_said(answer),
        "next": "tongbao sandbox ledger" if session.settings.all_sandbox else "tongbao template check",
    }


def marked(text: Text, draft: Notices, language: str, facts: Facts) -> Text:
    """The text with its mark: after the signature of an SMS, before everything else."""
    from dataclasses import replace

    says = draft.words(language)["trial"]
    head = f"【{facts['signature']}】"
    if text.subject:
        subject, body = says["label"] + text.subject, f"{says['line']}\n\n{text.body}"
        return replace(text, subject=subject, body=body, html=draft.html(language, subject, body, facts))
    start = head if text.body.startswith(head) else ""
    return replace(text, body=start + says["label"] + text.body.removeprefix(start))


def _address(session: Session, channel: str, to: str) -> str:
    """The address as channels take it. Invalid for a wrong one, NotAllowed for one that is not ours."""
    from incidents.errors import Invalid, NotAllowed

    found = to.strip()
    digits = found.removeprefix("+")
    number = found.startswith("+") and digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15
    mail = (
        found.count("@") == 1 and found.isascii() and found.isprintable() and not set(found) & set(' <>",;')
    )
    if not (mail if channel == "email" else number):
        raise Invalid(
            "{to} is neither a number with its country code nor an e-mail address",
            to=found[:100],
            field="to",
            next="--to +8613800000001, or --to name@example.com",
        )
    if not session.settings.all_sandbox and found not in session.settings.test_recipients:
        raise NotAllowed(
            "tests go to our own people only, and {to} is not among test_recipients",
            to=found,
            field="to",
            next="add it to test_recipients in tongbao.toml",
        )
    return found


def _message(session: Session, to: str, language: str, text: Text, around: Around) -> Message:
    """Delivery 0 and notice 0: a trial is in no book, and its receipts belong to nobody."""
    from notifications.message import Message

    return Message(
        delivery=0,
        attempt=f"0.{secrets.randbelow(10**9)}",
        notice=0,
        to=to,
        language=language,
        text=text,
        thread="template-test",
        number=0,
        valid_seconds=VALID_SECONDS,
        now=around.now,
    )


def _said(answer: Sent) -> Document:
    from notifications.message import Accepted

    if isinstance(answer, Accepted):
        return {"accepted": True, "answer": answer.reference}
    return {"accepted": False, "answer": getattr(answer, "reason", "")}
