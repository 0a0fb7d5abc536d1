"""What Twilio's numbers mean: every one that the design lists has its class."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.twilio_codes import (
    LATER,
    LONGEST_WAIT_SECONDS,
    later_scope,
    number,
    refusal,
    wait_of,
)
from notifications.message import NotAccepted, Rejected, Scope, Unknown

from .wires import NOON

# A literal copy of the table in docs/delivery.md §4.
DESIGN = """
| recipient, permanent | 21211 21214 21217 21268 21408 21612 21614 21635; later 30005 30006 |
| opted out → suppression list | 21610 |
| content or compliance: no retry, alarm | 21617; later 30004 30007 30034 30024 32017 |
| account or sender: pause provider, fail over | 20003 20404 21212 21603 21606 21712 30002 |
| surely not processed: back off | HTTP 429 / 20429, 21611, refused connection, DNS |
| after acceptance, may be temporary: one delayed attempt or second channel | 30001 30003 30008 30500 |
"""
CLASSES = {
    "recipient": Scope.RECIPIENT,
    "opted out": Scope.RECIPIENT,
    "content": Scope.CONTENT,
    "account": Scope.ACCOUNT,
    "surely": NotAccepted,
    "after": None,
}


def designed() -> list[tuple[int, object]]:
    """(code, class) of every five-digit code in the design."""
    found: list[tuple[int, object]] = []
    for row in DESIGN.strip().splitlines():
        words, codes = row.strip("| ").split("|")
        kind = next(CLASSES[key] for key in CLASSES if words.startswith(key))
        found += [(int(each), kind) for each in re.findall(r"\b[0-9]{5}\b", codes)]
    return found


def test_the_design_lists_what_it_lists():
    """The copy of the table is read completely: 30 codes."""
    assert 30 == len(designed())


@pytest.mark.parametrize(("code", "kind"), designed())
def test_every_listed_code_has_its_class(code, kind):
    """R-delivery §4: each code of the table means what its row says."""
    answer = refusal(400, code, 3.0)

    if kind is NotAccepted:
        assert NotAccepted(f"twilio {code}", 3.0) == answer
    elif kind is None:
        assert isinstance(answer, Unknown)
        assert LATER[code] is None
    else:
        assert Rejected(kind, f"twilio {code}", opted_out=code == 21610) == answer
        assert kind is later_scope(code)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, 0, Rejected(Scope.ACCOUNT, "twilio 401")),
        (403, 403, Rejected(Scope.ACCOUNT, "twilio 403")),
        (404, 20404, Rejected(Scope.ACCOUNT, "twilio 20404")),
        (302, 0, Rejected(Scope.ACCOUNT, "twilio 302")),
        (400, 29999, Rejected(Scope.ACCOUNT, "twilio 29999")),
        (403, 21610, Rejected(Scope.RECIPIENT, "twilio 21610", opted_out=True)),
        (408, 0, Unknown("twilio HTTP 408")),
        (429, 0, NotAccepted("twilio 429", 7.0)),
        (429, 20429, NotAccepted("twilio 20429", 7.0)),
        (429, 21610, NotAccepted("twilio 21610", 7.0)),
        (500, 21211, Unknown("twilio HTTP 500")),
        (503, 20503, Unknown("twilio HTTP 503")),
    ],
)
def test_a_status_decides_what_a_code_cannot(status, code, expected):
    """5xx and 408 prove nothing whatever the body says; an unknown refusal never burns the recipient."""
    assert expected == refusal(status, code, 7.0)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("7", 7.0),
        (" 12 ", 12.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("999999", LONGEST_WAIT_SECONDS),
        ("Wed, 04 Mar 2026 12:00:30 GMT", 30.0),
        ("Wednesday, 04-Mar-26 12:00:30 GMT", 30.0),
        ("Wed, 04 Mar 2026 11:00:00 GMT", 0.0),
        ("Wed, 04 Mar 2099 11:00:00 GMT", LONGEST_WAIT_SECONDS),
        ("Wed, 04 Mar 2026 12:00:30 -0000", 30.0),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("١٢", None),
        ("", None),
        (None, None),
    ],
)
def test_every_form_of_retry_after_is_understood_or_ignored(header, expected):
    """Seconds, a date, garbage and nothing: a wait is never negative and never over an hour."""
    assert expected == wait_of(header, NOON)


@given(st.text(max_size=60))
def test_no_retry_after_breaks_anything(header):
    """Whatever a provider writes there, the answer is a wait in range or none."""
    wait = wait_of(header, NOON)

    assert wait is None or 0 <= wait <= LONGEST_WAIT_SECONDS


@pytest.mark.parametrize(
    ("value", "expected"),
    [(21610, 21610), ("21610", 21610), (None, 0), ("x", 0), ([1], 0), (True, 0), (-4, 0)],
)
def test_a_code_may_be_anything(value, expected):
    """A code that is no number reads as none."""
    assert expected == number(value)
