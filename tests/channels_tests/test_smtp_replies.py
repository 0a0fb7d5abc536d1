"""What replies and exceptions of SMTP mean: none is missing, and policy never blames the person."""

from __future__ import annotations

import inspect
import smtplib

import pytest

from notifications.channels.email_smtp import EXCEPTIONS, answer_of
from notifications.channels.smtp_replies import EXPECTED, Stage, answer_to
from notifications.message import (
    NotAccepted,
    Rejected,
    Scope,
    Unknown,
)


@pytest.mark.parametrize(
    "kind",
    [
        each
        for _, each in inspect.getmembers(smtplib, inspect.isclass)
        if each.__module__ == "smtplib" and issubclass(each, Exception)
    ],
)
def test_every_exception_class_of_smtplib_is_in_the_table(kind):
    """A new version of the library cannot bring an exception that nobody thought about."""
    assert kind in EXCEPTIONS


@pytest.mark.parametrize("kind", EXCEPTIONS)
@pytest.mark.parametrize("stage", Stage)
def test_an_exception_is_unknown_only_after_the_final_dot(kind, stage):
    """Before the dot nothing can have been processed; after it, an exception never says that nothing was."""
    made = kind.__new__(kind)
    made.smtp_error = "made up by the client"

    assert (stage is Stage.DOT) is isinstance(answer_of(stage, made), Unknown)


@pytest.mark.parametrize("code", [*range(400, 600), 0, -1, 99, 200, 354, 999])
@pytest.mark.parametrize("stage", Stage)
def test_every_reply_has_an_answer_at_every_stage(stage, code):
    """4yz is tried again, 5yz is not (but for a full mailbox), nonsense after the dot is unknown."""
    answer = answer_to(stage, code, b"")

    if code in range(400, 500):
        assert isinstance(answer, NotAccepted)
    elif code in range(500, 600):
        assert isinstance(answer, NotAccepted if (stage, code) == (Stage.RCPT, 552) else Rejected)
    else:
        assert (stage is Stage.DOT) is isinstance(answer, Unknown)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("code", [500, 550, 551, 553, 554, 571])
@pytest.mark.parametrize("detail", [b"5.7.1 blocked", b"5.7.26 unauthenticated", b"5.7.606 banned"])
def test_policy_never_counts_against_the_person(stage, code, detail):
    """delivery.md §4: 5.7.x is policy and must not suppress the person, at any stage."""
    assert answer_to(stage, code, detail).scope is not Scope.RECIPIENT


@pytest.mark.parametrize(
    ("stage", "code", "text", "scope"),
    [
        (Stage.RCPT, 550, b"5.1.1 no such user", Scope.RECIPIENT),
        (Stage.RCPT, 550, b"No such user", Scope.RECIPIENT),
        (Stage.RCPT, 551, b"", Scope.RECIPIENT),
        (Stage.RCPT, 553, b"", Scope.RECIPIENT),
        (Stage.RCPT, 501, b"5.1.3 bad address", Scope.RECIPIENT),
        (Stage.RCPT, 556, b"5.1.10 null MX", Scope.RECIPIENT),
        (Stage.RCPT, 550, b"5.2.1 disabled", Scope.RECIPIENT),
        (Stage.RCPT, 550, b"5.1.8 bad sender", Scope.ACCOUNT),
        (Stage.RCPT, 554, b"5.7.1 relay denied", Scope.ACCOUNT),
        (Stage.RCPT, 554, b"", Scope.ACCOUNT),
        (Stage.RCPT, 503, b"5.5.1 bad sequence", Scope.ACCOUNT),
        (Stage.MAIL, 550, b"5.1.8 bad sender", Scope.ACCOUNT),
        (Stage.MAIL, 530, b"5.7.0 authenticate", Scope.ACCOUNT),
        (Stage.LOGIN, 535, b"5.7.8 wrong", Scope.ACCOUNT),
        (Stage.CONNECT, 554, b"go away", Scope.ACCOUNT),
        (Stage.DOT, 552, b"5.3.4 too big", Scope.CONTENT),
        (Stage.DOT, 554, b"5.6.0 bad mail", Scope.CONTENT),
        (Stage.DOT, 550, b"5.7.1 spam", Scope.CONTENT),
        (Stage.DOT, 550, b"5.1.1 no such user", Scope.RECIPIENT),
        (Stage.DOT, 503, b"", Scope.ACCOUNT),
    ],
)
def test_a_refusal_names_whose_fault_it_is(stage, code, text, scope):
    """The enhanced code wins over the three digits; the person is blamed for the address only."""
    assert scope is answer_to(stage, code, text).scope


@pytest.mark.parametrize("text", [b"5.2.2 full", b""])
def test_a_full_mailbox_is_tried_again(text):
    """RFC 5321 §4.5.3.1.10: 552 after RCPT reads as 452."""
    assert isinstance(answer_to(Stage.RCPT, 552, text), NotAccepted)


def test_every_stage_says_what_it_expects():
    """No stage of the conversation is without its good replies."""
    assert set(Stage) == set(EXPECTED)
