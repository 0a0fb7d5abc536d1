"""The mail channel: one transaction per recipient, and the final dot as the line to the unknown."""

from __future__ import annotations

import ssl

import pytest

from notifications.channels.email_smtp import SmtpEmail
from notifications.channels.mail_form import message_id_of
from notifications.message import (
    Accepted,
    CallbackRequest,
    Finding,
    LookUp,
    NotAccepted,
    Rejected,
    Scope,
    Text,
    Unknown,
)

from .wires import a_message, serving, smtp

WEI = a_message(to="wei@example.net", text=Text("Service is down.\n.\nINC-7 (1)", "Network fault"))
WEIS_MAIL = Accepted(message_id_of(7, "wei@example.net", "operator.example"))


@pytest.fixture
def opened():
    """Opens channels and closes them after the test."""
    channels: list[SmtpEmail] = []

    def opens(port: int, **changes) -> SmtpEmail:
        settings = {"connect_seconds": 2, "reply_seconds": 0.5, "final_seconds": 0.5, **changes}
        channels.append(
            SmtpEmail("127.0.0.1", port, "notice@operator.example", {"en": "Operator"}, **settings)
        )
        return channels[-1]

    yield opens
    for channel in channels:
        channel.close()


def send(opened, script: dict[str, str], message=WEI, **settings):
    with serving(smtp(script)) as server:
        return opened(server.port, **settings).send(message)


def test_a_taken_mail_is_in_the_sinks_ledger(sandbox, opened):
    """What was accepted is what the server has, with our ids and time, readable as it was written."""
    address = sandbox.address
    channel = opened(address["smtp_port"], final_seconds=15, stamp=True)

    assert WEIS_MAIL == channel.send(WEI)

    (row,) = sandbox.ledger(channel="email", to=WEI.to)
    expected = ("Service is down.\n.\nINC-7 (1)\n", "Network fault", WEIS_MAIL.reference, "41.1", "7")
    assert expected == tuple(row[key] for key in ("body", "subject", "message_id", "attempt", "notice"))
    assert WEI.now.isoformat(timespec="microseconds") == row["at"]


def test_a_lost_answer_after_the_dot_is_unknown(sandbox, opened):
    """I6: the sink has the mail and the answer is lost; nobody can be asked."""
    sandbox.dial("smtp", lose_answer=1)
    channel = opened(sandbox.address["smtp_port"])

    assert Unknown("smtp dot SMTPServerDisconnected") == channel.send(WEI)
    assert LookUp(Finding.UNAVAILABLE) == channel.look_up(WEI)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({"greet": ""}, NotAccepted("smtp connect SMTPServerDisconnected")),
        ({"greet": "421 busy"}, NotAccepted("smtp connect 421")),
        ({"greet": "554 no"}, Rejected(Scope.ACCOUNT, "smtp connect 554")),
        ({"greet": "what?"}, NotAccepted("smtp connect -1")),
        ({"EHLO": ""}, NotAccepted("smtp ehlo SMTPServerDisconnected")),
        ({"EHLO": "550 no", "HELO": "550 no"}, Rejected(Scope.ACCOUNT, "smtp ehlo 550")),
        ({"EHLO": "502 no", "HELO": "250 me"}, WEIS_MAIL),
        ({"MAIL": ""}, NotAccepted("smtp mail SMTPServerDisconnected")),
        ({"MAIL": "451 4.3.0 later"}, NotAccepted("smtp mail 451 4.3.0")),
        ({"MAIL": "550 5.1.8 who?"}, Rejected(Scope.ACCOUNT, "smtp mail 550 5.1.8")),
        ({"RCPT": ""}, NotAccepted("smtp rcpt SMTPServerDisconnected")),
        ({"RCPT": "450 4.2.0 greylisted"}, NotAccepted("smtp rcpt 450 4.2.0")),
        ({"RCPT": "550 5.1.1 nobody"}, Rejected(Scope.RECIPIENT, "smtp rcpt 550 5.1.1")),
        ({"RCPT": "550 5.7.1 policy"}, Rejected(Scope.ACCOUNT, "smtp rcpt 550 5.7.1")),
        ({"RCPT": "251 forwarded"}, WEIS_MAIL),
        ({"DATA": ""}, NotAccepted("smtp data SMTPServerDisconnected")),
        ({"DATA": "451 later"}, NotAccepted("smtp data 451")),
        ({"DATA": "554 no"}, Rejected(Scope.ACCOUNT, "smtp data 554")),
        ({"dot": ""}, Unknown("smtp dot SMTPServerDisconnected")),
        ({"dot": "451 4.3.0 later"}, NotAccepted("smtp dot 451 4.3.0")),
        ({"dot": "554 5.6.0 bad"}, Rejected(Scope.CONTENT, "smtp dot 554 5.6.0")),
        ({"dot": "what?"}, Unknown("smtp dot -1")),
        ({"dot": "250 " + "x" * 9000}, Unknown("smtp dot SMTPResponseException")),
        ({"RCPT": "550 " + "x" * 9000}, NotAccepted("smtp rcpt SMTPResponseException")),
    ],
)
def test_each_stage_fails_in_its_own_way(opened, script, expected):
    """Every stage closed, deferred, refused and garbled: only what follows the final dot is unknown."""
    assert expected == send(opened, script)


@pytest.mark.parametrize("silent_at", ["greet", "MAIL", "DATA", "dot"])
def test_silence_before_the_dot_is_not_accepted_and_after_it_unknown(opened, silent_at):
    """R-providers: SMTP silent after the final dot may have taken the mail."""
    spoken = smtp({})

    def falls_silent(line) -> None:
        says = line.say
        order = ["greet", "EHLO", "MAIL", "RCPT", "DATA", "dot"]
        replies = iter(order)

        def say(*words) -> None:
            if next(replies) == silent_at:
                line.hush()
            says(*words)

        line.say = say
        spoken(line)

    with serving(falls_silent) as server:
        answer = opened(server.port, connect_seconds=0.3, reply_seconds=0.3, final_seconds=0.3).send(WEI)

    assert (Unknown if silent_at == "dot" else NotAccepted) is type(answer)


def test_a_line_lost_within_the_text_is_surely_not_accepted(opened):
    """Without the final dot a server must not deliver (RFC 5321 §4.1.1.4)."""

    def closes_in_data(line) -> None:
        for reply in ("220 hi", "250 me", "250 ok", "250 ok", "354 go"):
            line.say(reply)
            if reply != "354 go":
                line.line()
        line.line()

    long = a_message(to=WEI.to, text=Text("x" * 8_000_000, "Fault"))
    with serving(closes_in_data) as server:
        assert NotAccepted("smtp data SMTPServerDisconnected") == opened(server.port).send(long)


def test_nobody_there_and_no_such_host_are_surely_not_accepted(opened):
    """A refused connection and a name that DNS does not know."""
    with serving(smtp({})) as server:
        pass

    assert NotAccepted("smtp connect ConnectionRefusedError") == opened(server.port).send(WEI)
    nowhere = SmtpEmail("no-such-host.invalid", 25, "notice@operator.example", {})
    assert isinstance(nowhere.send(WEI), NotAccepted)


def test_a_host_name_that_cannot_be_is_the_accounts_fault():
    """A malformed setting stops the lane, not the text."""
    sent = SmtpEmail("x" * 70 + ".example", 25, "notice@operator.example", {}).send(WEI)

    assert (Rejected, Scope.ACCOUNT) == (type(sent), sent.scope)


def test_tls_that_is_not_there_is_the_accounts_fault(opened):
    """A server that offers no STARTTLS never sees a mail or a password."""
    seen: list[bytes] = []
    with serving(smtp({}, seen)) as server:
        channel = opened(server.port, starttls=True, tls=ssl.create_default_context())
        assert Rejected(Scope.ACCOUNT, "smtp starttls SMTPNotSupportedError") == channel.send(WEI)

    assert [] == seen


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("454 4.7.0 later", NotAccepted("smtp starttls 454 4.7.0")),
        ("501 5.5.4 no", Rejected(Scope.ACCOUNT, "smtp starttls 501 5.5.4")),
    ],
)
def test_tls_that_fails_is_not_accepted(opened, reply, expected):
    """A refused TLS start: surely nothing was processed."""
    script = {"EHLO": "250-me\r\n250 STARTTLS", "STAR": reply}

    assert expected == send(opened, script, starttls=True)


def test_tls_that_breaks_is_not_accepted(opened):
    """The server says go and then speaks no TLS: no mail was handed over."""
    script = {"EHLO": "250-me\r\n250 STARTTLS", "STAR": "220 go\r\nthis is no handshake"}

    answer = send(opened, script, starttls=True)

    assert (NotAccepted, True) == (type(answer), answer.reason.startswith("smtp starttls SSL"))


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("235 welcome", WEIS_MAIL),
        ("535 5.7.8 wrong", Rejected(Scope.ACCOUNT, "smtp login 535 5.7.8")),
        ("454 4.7.0 later", NotAccepted("smtp login 454 4.7.0")),
    ],
)
def test_a_login_that_fails_concerns_the_account(opened, reply, expected):
    """Wrong credentials burn nobody."""
    script = {"EHLO": "250-me\r\n250 AUTH PLAIN", "AUTH": reply}

    assert expected == send(opened, script, user="us", password="secret")


def test_a_server_without_login_is_the_accounts_fault(opened):
    """Configured credentials that the server cannot take."""
    sent = send(opened, {}, user="us", password="secret")

    assert Rejected(Scope.ACCOUNT, "smtp login SMTPNotSupportedError") == sent


def test_connections_are_kept_over_mails_and_refusals(opened):
    """Ten mails and a refused recipient use one connection: a refused transaction is reset."""
    mails: list[bytes] = []
    with serving(smtp({}, mails)) as server:
        channel = opened(server.port)
        assert {WEIS_MAIL} == {channel.send(WEI) for _ in range(10)}
        assert (10, 1) == (len(mails), server.connects)

    with serving(smtp({"RCPT": "550 5.1.1 nobody"})) as server:
        channel = opened(server.port)
        assert {Scope.RECIPIENT} == {channel.send(WEI).scope for _ in range(3)}
        assert 1 == server.connects


def test_a_kept_connection_that_died_is_replaced_and_the_mail_goes_on(opened):
    """Found dead before MAIL: nothing was said, so opening another is no repetition."""
    mails: list[bytes] = []
    with serving(smtp({}, mails, goodbye_after=1)) as server:
        channel = opened(server.port)
        assert [WEIS_MAIL] * 3 == [channel.send(WEI) for _ in range(3)]
        assert (3, 3) == (len(mails), server.connects)


def test_an_idle_connection_told_to_leave_is_replaced(opened):
    """421 at MAIL on a kept connection is the server's idle limit, not an answer to this mail."""
    connections = iter([1, 2])

    def idles_out(line) -> None:
        if next(connections) == 2:
            smtp({})(line)
            return
        for reply in ("220 hi", "250 me", "250 ok", "250 ok", "354 go"):
            line.say(reply)
            line.line()
        list(line.until(b".\r\n"))
        line.say("250 taken")
        line.line()
        line.say("421 4.4.2 idle too long")

    with serving(idles_out) as server:
        channel = opened(server.port)
        assert [WEIS_MAIL] * 2 == [channel.send(WEI) for _ in range(2)]


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ({"to": "wei@example.net\r\nBcc: all@example.net"}, Scope.RECIPIENT),
        ({"to": "wei"}, Scope.RECIPIENT),
        ({"text": Text("body", "Fault\r\nBcc: all@example.net")}, Scope.CONTENT),
        ({"text": Text("\ud800", "Fault")}, Scope.CONTENT),
        ({"attempt": "41.1\n"}, Scope.CONTENT),
    ],
)
def test_what_cannot_be_a_mail_never_connects(opened, changes, scope):
    """S10: refused before a connection is opened."""
    with serving(smtp({})) as server:
        message = a_message(**{"to": WEI.to, "text": WEI.text, **changes})
        assert scope is opened(server.port).send(message).scope
        assert 0 == server.connects


def test_mail_has_no_receipts(opened):
    """Nothing to poll, nothing called back."""
    channel = opened(1)

    assert channel.poll("<x@y>") is None
    assert channel.parse_receipt(CallbackRequest("/", {})) is None
