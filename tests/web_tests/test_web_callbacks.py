"""POST /callbacks/{provider}: verified by the channel, never a 500."""

import pytest

from incidents.errors import Unavailable

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Twilio-Signature": "right"}
BODY = b"MessageSid=SM1&MessageStatus=delivered&ErrorCode=&Note=%E6%BB%A8%E6%B1%9F+a"
PATH = "/callbacks/twilio?attempt=7.1&x=%20"


def test_a_callback_reaches_the_channel_as_it_came(site):
    """Path, query, headers and form are handed on; the answer is 204."""
    assert 204 == site.ask("POST", PATH, BODY, FORM).status

    ((provider, callback),) = site.app.callbacks
    assert "twilio" == provider
    assert PATH == callback.path_and_query
    assert "right" == callback.headers["x-twilio-signature"]
    assert {
        "MessageSid": "SM1",
        "MessageStatus": "delivered",
        "ErrorCode": "",
        "Note": "滨江 a",
    } == callback.form


@pytest.mark.parametrize("signature", ["wrong", "", None])
def test_a_bad_signature_is_403(site, signature):
    """A forged callback is refused."""
    headers = {name: value for name, value in FORM.items() if name != "X-Twilio-Signature"}
    if signature is not None:
        headers["X-Twilio-Signature"] = signature

    assert 403 == site.ask("POST", PATH, BODY, headers).status


@pytest.mark.parametrize("error", [ValueError, KeyError, IndexError, TypeError, AttributeError, UnicodeError])
def test_a_verifier_that_stumbles_is_403(site, error):
    """A verifier that raises has not verified."""
    site.app.receipt_error = error("13800000000")
    answer = site.ask("POST", PATH, BODY, FORM)

    assert 403 == answer.status
    assert b"13800000000" not in answer.body


def test_a_busy_database_is_503(site):
    """The provider is asked to come again."""
    site.app.receipt_error = Unavailable("busy")
    answer = site.ask("POST", PATH, BODY, FORM)

    assert 503 == answer.status
    assert "1" == answer.headers["Retry-After"]


def test_an_unknown_provider_is_404(site):
    """Nobody listens at another provider's address."""
    assert 404 == site.ask("POST", "/callbacks/pigeon", BODY, FORM).status


BODIES = {
    "bad UTF-8": (b"a=%ff", FORM, 400),
    "raw bytes": (b"a=\xff", FORM, 400),
    "too many fields": (b"&".join(b"a%d=1" % n for n in range(300)), FORM, 400),
    "a field twice": (b"a=1&a=2", FORM, 403),
    "too large": (b"a=" + b"x" * 70_000, FORM, 413),
}


@pytest.mark.parametrize(("body", "headers", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_form_that_cannot_be_read_is_refused(site, body, headers, status):
    """A broken form never reaches the channel."""
    assert status == site.ask("POST", PATH, body, headers).status
    assert [] == site.app.callbacks


def test_json_has_no_form_to_sign(site):
    """A body that is no form is handed on as none, and the channel judges."""
    site.ask("POST", PATH, b'{"MessageSid": "SM1"}', {**FORM, "Content-Type": "application/json"})

    assert {} == site.app.callbacks[0][1].form


def test_a_doubled_signature_fits_nothing(site):
    """Two signature headers are joined, so that neither is right."""
    status, _ = site.says(
        b"POST /callbacks/twilio HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
        b"X-Twilio-Signature: right\r\nX-Twilio-Signature: right\r\n\r\n"
    )

    assert 403 == status
