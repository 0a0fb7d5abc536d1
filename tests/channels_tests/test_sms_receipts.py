"""The SMS channel believes receipts that are surely the provider's."""

from __future__ import annotations

import dataclasses

import pytest
from twilio.request_validator import RequestValidator

from incidents.errors import NotAllowed
from notifications.channels.sms_twilio import TwilioSms
from notifications.message import (
    CallbackRequest,
    Receipt,
    ReceiptStatus,
    Scope,
)

from .wires import (
    ACCOUNT,
    HELLO,
    PUBLIC,
    SID,
    TOKEN,
    to_nobody_else,
)


def test_polling_asks_for_the_final_word(sms):
    """A delivered message polls as delivered; an unknown or malformed id as nothing."""
    reference = sms.send(to_nobody_else(8)).reference

    assert Receipt("twilio", reference, "", ReceiptStatus.DELIVERED) == sms.poll(reference)
    assert sms.poll(SID) is None
    assert sms.poll("../Calls") is None


def test_polling_a_failed_message_says_whose_fault_it_was(sms, sandbox):
    """The code of an undelivered message comes with the poll."""
    sandbox.dial("twilio", undelivered_code=30005)
    reference = sms.send(to_nobody_else(9)).reference

    expected = Receipt("twilio", reference, "", ReceiptStatus.UNDELIVERED, "twilio 30005", Scope.RECIPIENT)
    assert expected == sms.poll(reference)


PATH = "/callbacks/twilio?attempt=41.1&notice=7"


def signed(form: dict[str, str], url: str = PUBLIC + PATH, token: str = TOKEN, **headers) -> CallbackRequest:
    signature = RequestValidator(token).compute_signature(url, form)
    return CallbackRequest(PATH, {"x-twilio-signature": signature, **headers}, form)


def form(status: str, **more: str) -> dict[str, str]:
    return {"MessageSid": SID, "MessageStatus": status, "To": HELLO.to, **more}


@pytest.fixture
def listening(open_sms):
    return open_sms("http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("queued", "", None),
        ("accepted", "", None),
        ("scheduled", "", None),
        ("sending", "", None),
        ("never heard of", "", None),
        ("sent", "", (ReceiptStatus.SENT, "", None)),
        ("delivered", "", (ReceiptStatus.DELIVERED, "", None)),
        ("canceled", "", (ReceiptStatus.UNDELIVERED, "twilio canceled", None)),
        ("failed", "", (ReceiptStatus.UNDELIVERED, "twilio failed", None)),
        ("failed", "nonsense", (ReceiptStatus.UNDELIVERED, "twilio failed", None)),
        ("undelivered", "30003", (ReceiptStatus.UNDELIVERED, "twilio 30003", None)),
        ("undelivered", "30005", (ReceiptStatus.UNDELIVERED, "twilio 30005", Scope.RECIPIENT)),
        ("undelivered", "30007", (ReceiptStatus.UNDELIVERED, "twilio 30007", Scope.CONTENT)),
        ("failed", "30002", (ReceiptStatus.UNDELIVERED, "twilio 30002", Scope.ACCOUNT)),
        ("failed", "21610", (ReceiptStatus.UNDELIVERED, "twilio 21610", Scope.RECIPIENT)),
    ],
)
def test_a_signed_callback_is_a_receipt_for_its_attempt(listening, status, code, expected):
    """Every status and the scope of every failure, with the attempt from the query."""
    receipt = listening.parse_receipt(signed(form(status, **({"ErrorCode": code} if code else {}))))

    found = receipt and (receipt.status, receipt.reason, receipt.scope)
    assert expected == found
    assert receipt is None or ("twilio", SID, "41.1") == (
        receipt.provider,
        receipt.reference,
        receipt.attempt,
    )


@pytest.mark.parametrize(
    "request_",
    [
        CallbackRequest(PATH, {}, form("delivered")),
        CallbackRequest(PATH, {"x-twilio-signature": ""}, form("delivered")),
        CallbackRequest(PATH, {"x-twilio-signature": "ü" * 28}, form("delivered")),
        dataclasses.replace(signed(form("delivered")), form=form("undelivered")),
        dataclasses.replace(signed(form("delivered")), path_and_query=PATH.replace("41.1", "42.1")),
        signed(form("delivered"), token="another token"),
        signed(form("delivered"), url="https://evil.example" + PATH, host="evil.example"),
        signed(form("delivered"), url="http://status.example.net" + PATH),
        CallbackRequest("//[::1", {"x-twilio-signature": "x"}, {}),
        CallbackRequest(":99999999/x", {"x-twilio-signature": "x"}, {}),
        CallbackRequest(PATH, {"x-twilio-signature": "x"}, {"\ud800": "x"}),
        CallbackRequest(PATH, {"x-twilio-signature": "x"}, {"MessageSid": None}),  # type: ignore[dict-item]
        CallbackRequest(PATH, {"x-twilio-signature": None}, {}),  # type: ignore[dict-item]
    ],
)
def test_a_callback_that_is_not_surely_twilios_is_not_allowed(listening, request_):
    """S7: wrong, missing, forged for another host, altered, or odd enough to make the verifier raise."""
    with pytest.raises(NotAllowed):
        listening.parse_receipt(request_)


@pytest.mark.parametrize("missing", ["callback_url", "token"])
def test_without_an_address_or_a_token_no_callback_is_allowed(missing):
    """S7: an empty key signs for everybody, so it verifies for nobody."""
    token = "" if missing == "token" else TOKEN
    channel = TwilioSms(ACCOUNT, token, "+1", callback_url="" if missing == "callback_url" else PUBLIC)

    with pytest.raises(NotAllowed):
        channel.parse_receipt(signed(form("delivered"), token=token))
    channel.close()


def test_a_signed_callback_about_no_message_says_nothing(listening):
    """A signed form without a message id is no receipt."""
    assert listening.parse_receipt(signed({"MessageStatus": "delivered"})) is None
