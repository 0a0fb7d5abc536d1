"""The mail sink takes what smtplib sends and keeps it as it came."""

import email
import email.policy
import smtplib
from email.header import Header
from email.message import EmailMessage

import pytest

from .conftest import kill


@pytest.fixture
def address(number) -> str:
    """A mailbox no other test uses."""
    return f"c{number[1:]}@example.com"


@pytest.fixture
def line(sandbox):
    """An open SMTP connection."""
    connection = smtplib.SMTP(sandbox.address["smtp_host"], sandbox.address["smtp_port"], timeout=10)
    yield connection
    connection.close()


def letter(to: str, body: str = "线路已恢复。\n谢谢！\n", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "notice@example.com"
    made["To"] = to
    made["Subject"] = "服务恢复通知"
    made["Message-ID"] = f"<7.{to}>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    made.add_alternative("<p>html</p>", subtype="html")
    return made


def test_a_mail_is_in_the_ledger_as_it_reads(line, sandbox, address):
    """Text, subject, Message-ID, attempt and notice are read from the message; raw is kept."""
    sent = letter(address, X_Tongbao_Attempt="12.2", X_Tongbao_Notice="4")
    line.send_message(sent)

    [row] = sandbox.ledger(channel="email", to=address)

    assert ("12.2", "4", True) == (row["attempt"], row["notice"], row["accepted"])
    assert ("线路已恢复。\n谢谢！\n", "服务恢复通知") == (row["body"], row["subject"])
    assert f"<7.{address}>" == row["message_id"]
    raw = email.message_from_bytes(sandbox.raw(row["id"]), policy=email.policy.default)
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in raw.iter_parts()]


@pytest.mark.parametrize("subject", ["服务恢复通知 abc " * 6 + "end", "plain " * 30 + "end"])
def test_a_long_subject_reads_whole(line, sandbox, address, subject):
    """Folding and encoded-words leave no trace in the ledger's subject."""
    # email.header folds this subject without loss; EmailMessage of Python 3.11 drops blanks in it.
    head = f"Subject: {Header(subject, header_name='Subject').encode()}"
    line.sendmail("a@example.com", [address], head.replace("\n", "\r\n") + "\r\n\r\nhello\r\n")

    assert subject == sandbox.ledger(to=address)[0]["subject"]


def test_a_mail_carries_its_own_time(line, sandbox, address):
    """X-Tongbao-Now in the header stamps the ledger."""
    line.send_message(letter(address, X_Tongbao_Now="2031-05-06T08:09:10+08:00"))

    assert "2031-05-06T00:09:10.000000+00:00" == sandbox.ledger(to=address)[0]["at"]


def test_utf_8_addresses_and_8_bit_bodies_are_fine(line, sandbox, number):
    """SMTPUTF8 and 8BITMIME are spoken."""
    to = f"用户{number[1:]}@例子.example"
    line.ehlo()
    body = "Subject: 通知\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n八位\r\n".encode()
    line.sendmail("a@example.com", [to], body, mail_options=["SMTPUTF8", "BODY=8BITMIME"])

    [row] = sandbox.ledger(to=to)
    assert ("八位\n", "通知") == (row["body"], row["subject"])


def test_each_recipient_is_a_row(line, sandbox, address):
    """One transaction with two recipients is two rows."""
    line.sendmail("a@example.com", [address, f"x{address}"], "Subject: x\r\n\r\nhello\r\n")

    assert [1, 1] == [len(sandbox.ledger(to=to)) for to in (address, f"x{address}")]


def test_a_mail_above_1_mib_is_refused(line, sandbox, address):
    """The size limit is announced and kept."""
    line.ehlo()

    assert str(1 << 20) == line.esmtp_features["size"]
    with pytest.raises(smtplib.SMTPResponseException) as caught:
        line.sendmail("a@example.com", [address], "x\r\n" * 400_000)
    assert 552 == caught.value.smtp_code
    assert [] == sandbox.ledger(to=address)


@pytest.mark.parametrize("code", [451, 554])
def test_status_is_the_answer_to_data(line, sandbox, address, code):
    """`status` refuses after the final dot, and the ledger says so."""
    sandbox.dial("smtp", status=code)

    with pytest.raises(smtplib.SMTPDataError) as caught:
        line.send_message(letter(address))

    assert code == caught.value.smtp_code
    assert [(False, code)] == [(row["accepted"], row["code"]) for row in sandbox.ledger(to=address)]


def test_above_the_rate_is_451(line, sandbox, address):
    """Beyond the rate a mail is put off."""
    sandbox.dial("smtp", rate=0.001)
    line.send_message(letter(address))

    with pytest.raises(smtplib.SMTPDataError) as caught:
        line.send_message(letter(address))
    assert 451 == caught.value.smtp_code


def test_refuse_code_refuses_the_recipient(line, sandbox, address):
    """`refuse_code` answers RCPT of those in `refuse_to`, with a refused row."""
    sandbox.dial("smtp", refuse_code=550, refuse_to=address)

    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        line.send_message(letter(address))
    line.send_message(letter(f"x{address}"))

    assert 550 == caught.value.recipients[address][0]
    assert [(False, 550)] == [(row["accepted"], row["code"]) for row in sandbox.ledger(to=address)]
    assert [True] == [row["accepted"] for row in sandbox.ledger(to=f"x{address}")]


def test_lose_answer_drops_the_line_after_the_dot(line, sandbox, address):
    """The mail is accepted, but the sender never hears of it."""
    sandbox.dial("smtp", lose_answer=1)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        line.send_message(letter(address))

    assert [True] == [row["accepted"] for row in sandbox.ledger(to=address)]


def test_an_answered_mail_survives_kill_9(own, address):
    """After SIGKILL every mail that had its 250 is there."""
    with smtplib.SMTP(own.address["smtp_host"], own.address["smtp_port"], timeout=10) as line:
        for n in range(10):
            line.send_message(letter(address, body=f"{n}\n"))
    kill(own)
    own.start()

    assert [f"{n}\n" for n in range(10)] == [row["body"] for row in own.ledger(to=address)]
