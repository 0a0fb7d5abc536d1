"""What an SMTP server's replies mean to us, by the stage of the conversation: one table per stage.

Pure. Sources: RFC 5321 §4.2, RFC 3463 (enhanced codes), RFC 7504 (521, 556), docs/delivery.md. The rule
behind them: policy and bad set-up never count against the person.
"""

from __future__ import annotations

import re
from enum import StrEnum

from notifications.message import Answer, NotAccepted, Rejected, Scope, Unknown


class Stage(StrEnum):
    """Where in the conversation we are; DOT: all is sent, and the answer decides."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


EXPECTED: dict[Stage, tuple[int, ...]] = {
    Stage.CONNECT: (220,),
    Stage.EHLO: (250,),
    Stage.STARTTLS: (220,),
    Stage.LOGIN: (235, 503),
    Stage.MAIL: (250,),
    Stage.RCPT: (250, 251, 252),
    Stage.DATA: (354,),
    Stage.DOT: (250,),
}
"""The replies that let the conversation go on."""

WAIT = "wait"
"""A 5yz that is really temporary: RFC 5321 §4.5.3.1.10 asks to read 552 after RCPT as 452."""

REFUSALS: dict[Stage, dict[int, Scope | str]] = {
    Stage.RCPT: {
        521: Scope.RECIPIENT,
        550: Scope.RECIPIENT,
        551: Scope.RECIPIENT,
        553: Scope.RECIPIENT,
        556: Scope.RECIPIENT,
        552: WAIT,
    },
    Stage.MAIL: {552: Scope.CONTENT},
    Stage.DOT: dict.fromkeys((550, 551, 552, 553, 554), Scope.CONTENT),
}
"""Whose fault a 5yz is; what is not listed counts against the account."""

ENHANCED: tuple[tuple[str, dict[Stage, Scope | str]], ...] = (
    # The sender's address (5.1.7, 5.1.8) is refused, not the recipient's.
    (r"5\.1\.[78]", dict.fromkeys(Stage, Scope.ACCOUNT)),
    (r"5\.1\.\d+", {Stage.RCPT: Scope.RECIPIENT, Stage.DOT: Scope.RECIPIENT}),
    (r"5\.2\.2", {Stage.RCPT: WAIT, Stage.DOT: WAIT}),
    (r"5\.2\.1", {Stage.RCPT: Scope.RECIPIENT, Stage.DOT: Scope.RECIPIENT}),
    (r"5\.[34]\.\d+", {Stage.RCPT: Scope.ACCOUNT}),
    (r"5\.[67]\.\d+", {**dict.fromkeys(Stage, Scope.ACCOUNT), Stage.DOT: Scope.CONTENT}),
)
"""Enhanced codes, first match first: they are more exact than the three digits and win over them."""

_ENHANCED_CODE = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


def answer_to(stage: Stage, code: int, text: bytes) -> Answer:
    """What an unexpected reply means. Before the final dot nothing was processed, whatever was said."""
    enhanced = enhanced_code(text)
    reason = f"smtp {stage} {code} {enhanced}".rstrip()
    if 500 <= code <= 599:
        scope = _scope(stage, code, enhanced)
        return Rejected(scope, reason) if isinstance(scope, Scope) else NotAccepted(reason)
    if 400 <= code <= 499 or stage is not Stage.DOT:
        return NotAccepted(reason)
    return Unknown(reason)


def enhanced_code(text: bytes) -> str:
    """The enhanced status code at the beginning of a reply's text; "" if it has none."""
    found = _ENHANCED_CODE.match(text)
    return found[1].decode() if found else ""


def _scope(stage: Stage, code: int, enhanced: str) -> Scope | str:
    for pattern, stages in ENHANCED:
        if stage in stages and re.fullmatch(pattern, enhanced):
            return stages[stage]
    return REFUSALS.get(stage, {}).get(code, Scope.ACCOUNT)
