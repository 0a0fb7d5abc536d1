"""Each fault of the dial does what it says, and leaves the ledger telling the truth."""

import smtplib

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from sandbox.client import SandboxError
from sandbox.dial import Gate

from .conftest import SENDER


def create(twilio, number, body="hello"):
    return twilio.messages.create(to=number, from_=SENDER, body=body)


def refusal_of(twilio, number) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        create(twilio, number)
    return caught.value


def test_down_refuses_connections_and_ends_kept_ones(twilio, sandbox, number):
    """Down means surely not processed: no connection is made, and nothing is in the ledger."""
    create(twilio, number, "before")
    sandbox.dial("twilio", down=1)

    with pytest.raises(requests.ConnectionError) as on_kept:
        create(twilio, number, "during")
    with pytest.raises(requests.ConnectionError) as fresh:
        requests.get(sandbox.address["twilio"], timeout=10)
    sandbox.dial("twilio", down=0)
    create(twilio, number, "after")

    assert "refused" in str(fresh.value)
    assert on_kept.value is not None
    assert ["before", "after"] == [row["body"] for row in sandbox.ledger(to=number)]


def test_down_holds_over_a_restart(own):
    """The dial is kept: what was down when the sandbox ended is down when it starts, same port."""
    own.dial("twilio", down=1)
    port = own.address["twilio"]
    own.stop()
    own.start()

    with pytest.raises(requests.ConnectionError):
        requests.get(own.address["twilio"], timeout=10)
    own.dial("twilio", down=0)
    assert port == own.address["twilio"]
    assert 401 == requests.get(port, timeout=10).status_code


def test_status_answers_that_and_processes_nothing(twilio, sandbox, number):
    """`status` is the HTTP answer to each create, and no message exists afterwards."""
    sandbox.dial("twilio", status=500)

    assert 500 == refusal_of(twilio, number).status
    assert [(False, 500)] == [(row["accepted"], row["code"]) for row in sandbox.ledger(to=number)]
    assert [] == twilio.messages.list(to=number)


def test_rate_beyond_is_429_with_retry_after(twilio, sandbox, number):
    """Above the rate creates are 429, code 20429, with Retry-After in whole seconds."""
    sandbox.dial("twilio", rate=0.001)
    create(twilio, number)

    refused = refusal_of(twilio, number)
    assert (429, 20429) == (refused.status, refused.code)
    headers = twilio.http_client._test_only_last_response.headers
    assert 0 < int(headers["Retry-After"]) <= 1000


def test_a_rate_admits_that_many_in_any_second():
    """A rate of 3 admits three at once, and a fourth only a second after the first."""
    gate = Gate("twilio")
    gate.turn({"rate": 3.0})

    assert [0.0, 0.0, 0.0, 0.5] == [gate.wait_before(now) for now in (10.0, 10.1, 10.2, 10.5)]
    assert 0.0 == gate.wait_before(11.0)


def test_refuse_code_may_be_for_some_numbers_only(twilio, sandbox, number):
    """`refuse_code` answers 400 with that code to those in `refuse_to`, and to nobody else."""
    sandbox.dial("twilio", refuse_code=21610, refuse_to=[number])

    refused = refusal_of(twilio, number)
    assert (400, 21610) == (refused.status, refused.code)
    assert "queued" == create(twilio, number + "0").status
    sandbox.dial("twilio", refuse_to="")
    assert 21610 == refusal_of(twilio, number + "0").code


@pytest.mark.parametrize(("share", "lost"), [(1, [1, 2, 3, 4]), (0.5, [2, 4]), (0.25, [4]), (0, [])])
def test_lose_answer_accepts_and_drops_the_line(twilio, sandbox, number, share, lost):
    """The share of answers is counted out; every message is accepted and found by looking."""
    sandbox.dial("twilio", lose_answer=share)
    unanswered = []
    for n in (1, 2, 3, 4):
        try:
            create(twilio, number, str(n))
        except requests.ConnectionError:
            unanswered.append(n)

    assert lost == unanswered
    assert 4 == len(twilio.messages.list(to=number)) == len(sandbox.ledger(to=number))


def test_lookup_0_answers_503_to_list_and_fetch(twilio, sandbox, number):
    """While look-up is off messages are still taken, but neither listed nor fetched."""
    sandbox.dial("twilio", lookup=0)
    made = create(twilio, number)

    with pytest.raises(TwilioException):
        twilio.messages.list(to=number)
    with pytest.raises(TwilioRestException) as caught:
        twilio.messages(made.sid).fetch()
    assert 503 == caught.value.status


def test_latency_outlasts_an_impatient_client(twilio, sandbox, number):
    """With latency above the client's patience the answer never comes."""
    sandbox.dial("twilio", latency_ms=60_000)
    twilio.http_client.timeout = 0.2

    with pytest.raises(requests.Timeout):
        create(twilio, number)


def test_receipts_off_leaves_the_message_sent(twilio, sandbox, number):
    """Without receipts from the carrier a message stays `sent` for ever."""
    sandbox.dial("twilio", receipts="off")
    made = create(twilio, number)

    assert "sent" == twilio.messages(made.sid).fetch().status


def test_undelivered_code_shows_in_the_fetched_message(twilio, sandbox, number):
    """`undelivered_code` lets the carrier fail afterwards."""
    sandbox.dial("twilio", undelivered_code=30005)
    fetched = twilio.messages(create(twilio, number).sid).fetch()

    assert ("undelivered", 30005) == (fetched.status, fetched.error_code)


@pytest.mark.parametrize(
    ("provider", "faults", "words"),
    [
        ("pigeon", {"down": 1}, "unknown provider 'pigeon': choose from twilio, smtp, slack, web"),
        ("twilio", {"donw": 1}, "twilio has no fault 'donw'"),
        ("twilio", {"receipts": "maybe"}, "expected on, off, early, twice or reversed, got 'maybe'"),
        ("twilio", {"lose_answer": 1.5}, "a share from 0 to 1"),
        ("twilio", {"down": 2}, "0 or 1"),
        ("twilio", {"refuse_code": 99}, "five-digit Twilio code"),
        ("smtp", {"status": 250}, "an SMTP code from 400 to 599"),
        ("web", {"latency_ms": -5}, "milliseconds"),
        ("twilio", {"rate": "nan"}, "per second"),
    ],
)
def test_a_wrong_dial_says_what_it_expects(sandbox, provider, faults, words):
    """What the dial does not know is 422 in clear words, and nothing is set."""
    before = sandbox.dials()

    with pytest.raises(SandboxError) as caught:
        sandbox.dial(provider, **{"latency_ms": 1, **faults})

    assert words in str(caught.value)
    assert before == sandbox.dials()


def test_the_dial_takes_form_fields_too(sandbox):
    """A form is as good as JSON, and an empty value brings a fault to rest."""
    where = sandbox.address["http"] + "/_sandbox/dial/twilio"

    answer = requests.put(where, data={"down": "", "lose_answer": "0.5", "receipts": "twice"}, timeout=10)

    assert 200 == answer.status_code
    assert (0.5, "twice", 0) == tuple(answer.json()[k] for k in ("lose_answer", "receipts", "down"))
    assert 422 == requests.put(where, data={"nonsense": "1"}, timeout=10).status_code


def test_mail_down_is_connection_refused(sandbox):
    """A mail server that is down refuses the connection, and comes back on its port."""
    place = sandbox.address["smtp_host"], sandbox.address["smtp_port"]
    sandbox.dial("smtp", down=1)

    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(*place, timeout=10)
    sandbox.dial("smtp", down=0)
    with smtplib.SMTP(*place, timeout=10) as line:
        assert 250 == line.noop()[0]
