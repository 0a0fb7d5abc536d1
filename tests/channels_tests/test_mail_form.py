"""What a mail looks like: parsed back by the standard library, with everything hostile in its fields."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.channels.mail_form import Mail, Sender, compose, header_words, thread_id_of
from notifications.message import Message, Rejected, Scope, Text

from .wires import a_message

OPERATOR = Sender("notice@operator.example", {"en": 'Op, "Inc." \\o/', "zh-CN": "某某电信客户服务中心"})
BODY = Text("Down since 10:00.\n.\n..two\nFrom here\n", "网络故障通知", "<p>.Down</p>")


def letter(**changes) -> Message:
    return a_message(**{"to": "wei@example.net", "text": BODY, **changes})


def parsed(message: Message, stamp: bool = False) -> EmailMessage:
    """The mail as a server would store it: dots undoubled, the final dot taken off."""
    mail = compose(message, OPERATOR, stamp)
    assert isinstance(mail, Mail)
    lines = mail.data.split(b"\r\n")
    assert [b".", b""] == lines[-2:]
    assert b"." not in lines[:-2]
    assert 998 >= max(map(len, lines))
    assert mail.data.isascii()
    assert not mail.data.replace(b"\r\n", b"").count(b"\n") + mail.data.replace(b"\r\n", b"").count(b"\r")
    text = b"".join((line[1:] if line.startswith(b"..") else line) + b"\r\n" for line in lines[:-2])
    return email.message_from_bytes(text, policy=email.policy.default)  # type: ignore[return-value]


def said(part: EmailMessage) -> str:
    """A part's text with the line ends of Python."""
    return part.get_content().replace("\r\n", "\n")


def test_a_mail_reads_back_as_it_was_written():
    """Both parts, the thread, the ids, and that it was generated; no List-Unsubscribe on a service notice."""
    mail = parsed(letter(), stamp=True)

    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert "multipart/alternative" == mail.get_content_type()
    assert (BODY.body, BODY.html + "\n") == (said(plain), said(html))
    assert BODY.subject == mail["Subject"]
    assert ("auto-generated", "<incident.INC-7@operator.example>") == (
        mail["Auto-Submitted"],
        mail["References"],
    )
    assert ("41.1", "7") == (mail["X-Tongbao-Attempt"], mail["X-Tongbao-Notice"])
    assert ("2026-03-04T12:00:00+00:00", "Wed, 04 Mar 2026 12:00:00 +0000") == (
        mail["X-Tongbao-Now"],
        mail["Date"],
    )
    assert "List-Unsubscribe" not in mail
    assert [] == list(mail.defects)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_sender_is_named_in_the_readers_language(language):
    """A name with commas, quotes or Chinese comes through whole; without one, the address stands alone."""
    (sender,) = parsed(letter(language=language))["From"].addresses

    assert (OPERATOR.names[language], OPERATOR.address) == (sender.display_name, sender.addr_spec)
    assert OPERATOR.address == str(parsed(letter(language="fr"))["From"]).strip("<>")


def test_a_plain_mail_is_one_part_and_has_no_stamp():
    """Without HTML there is no multipart, and without the sandbox no time of ours."""
    mail = parsed(letter(text=Text("hello", "s")))

    assert ("text/plain", "hello\n") == (mail.get_content_type(), said(mail))
    assert "X-Tongbao-Now" not in mail


def test_an_attempt_more_is_the_same_mail():
    """The Message-ID is one per (notice, recipient), so that a repeated mail shows once."""
    first, again, other, newer = (
        parsed(letter(**changes))["Message-ID"]
        for changes in ({}, {"attempt": "41.2"}, {"to": "li@example.net"}, {"notice": 8})
    )

    assert first == again
    assert 3 == len({first, other, newer})


def test_a_thread_that_is_no_token_is_hashed():
    """An incident's reference never breaks out of its header."""
    assert ">" not in thread_id_of("x> y\r\nBcc: z", "d")[:-1]
    assert thread_id_of("x y", "d") != thread_id_of("x z", "d")


HOSTILE = [
    f"{before}{bad}{after}"
    for bad in (
        *map(chr, range(32)),
        *map(chr, range(127, 160)),
        "\u2028",
        "\u2029",
        "\ud800",
        "\r\nBcc: all@example.net",
        "\n\nbody",
        "=?utf-8?q?a=0D=0ABcc:all?=",
        "=?UTF-8?B?DQpCY2M6?=",
    )
    for before, after in (
        ("", ""),
        ("a", ""),
        ("", "b"),
        ("a", "b"),
        ("通", "知"),
        ("a " * 40, "b"),
        ("x@y", ".z"),
    )
]


def test_there_are_five_hundred_hostile_strings():
    """S10 asks for 500."""
    assert 500 < len(HOSTILE)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_string_becomes_no_header(text):
    """S10: refused as subject, as address, as sender's name and as sender, each for the one it concerns."""
    assert Scope.CONTENT is _scope(letter(text=Text("body", text)))
    assert Scope.RECIPIENT is _scope(letter(to=text))
    assert Scope.RECIPIENT is _scope(letter(to=f"{text}@example.net"))
    assert Scope.ACCOUNT is _scope(letter(), Sender("notice@operator.example", {"en": text}))
    assert Scope.ACCOUNT is _scope(letter(), Sender(text, {}))


def _scope(message: Message, sender: Sender = OPERATOR) -> Scope:
    answer = compose(message, sender, False)
    assert isinstance(answer, Rejected)
    return answer.scope


@pytest.mark.parametrize(
    "to",
    [
        "",
        "wei",
        "@example.net",
        "wei@",
        "a b@example.net",
        "wei@x..net",
        "<wei@example.net>",
        "wei@exa_mple.net",
        "a@b@c",
        "wei@example.net,li@example.net",
        '"a b"@example.net',
        "卫@example.net",
        "w" * 65 + "@x.net",
        "w@" + "x." * 130 + "net",
    ],
)
def test_a_malformed_address_concerns_only_its_owner(to):
    """One address, plain ASCII, in the sizes of RFC 5321."""
    assert Scope.RECIPIENT is _scope(letter(to=to))


@pytest.mark.parametrize(
    "to", ["wei@localhost", "a..b.@docomo.example", "a+b=c/d@x-y.example", "o'neil@e.example"]
)
def test_an_unusual_address_is_still_an_address(to):
    """Some carriers give out addresses with dots where no standard has them."""
    assert to == parsed(letter(to=to))["To"].strip("<>")


fit = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200).filter(
    lambda text: "=?" not in text
)


@settings(max_examples=200, deadline=None)
@given(subject=fit, body=st.text(st.characters(exclude_categories=("Cs",)), max_size=400))
def test_any_text_comes_through_with_the_same_headers(subject, body):
    """S10: the count of headers never changes, and what is written is what is read."""
    mail = parsed(letter(text=Text(body, subject)))

    assert 12 == len(mail.keys())
    assert (body.encode().splitlines() or [b""]) == mail.get_content().encode().splitlines()
    raw = email.message_from_bytes(f"Subject: {header_words(subject)}\r\n\r\n".encode())
    decoded = email.header.decode_header(raw["Subject"])
    assert subject.strip() == "".join(p if isinstance(p, str) else p.decode() for p, _ in decoded).strip()


def test_a_text_is_encoded_once_for_all_recipients():
    """A notice to ten thousand is built once: the shared part is the very same bytes."""
    letters = [compose(letter(to=f"c{number}@example.net"), OPERATOR, False).data for number in range(3)]

    assert 1 == len({each.partition(b"From:")[2] for each in letters})
