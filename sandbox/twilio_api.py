"""Twilio's Messages and Calls: create, list, fetch, with the faults of the dial.

A 201 goes out only after the commit; a withheld one leaves the message or the call in the ledger.
"""

import asyncio
import base64
import dataclasses
import hmac
import math
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

from sandbox.call_shapes import (
    SCENES,
    call_document,
    call_fault_in,
    event_documents,
    heard,
    just_dialled,
    played,
)
from sandbox.dial import Gate
from sandbox.http1 import Reply, Request
from sandbox.ledger import Ledger, Row
from sandbox.moment import moment, sortable
from sandbox.parts import parts
from sandbox.receipts import Callback, Courier, Errand
from sandbox.twilio_shapes import Refusal, fault_in, just_created, message_document, refusal

_ROUTE = re.compile(
    r"/2010-04-01/Accounts/(?P<account>AC[0-9a-f]{32})/"
    r"(?:Messages(?:/(?P<message>(?:SM|MM)[0-9a-f]{32}))?|Calls(?:/(?P<call>CA[0-9a-f]{32})(?P<events>/Events)?)?)"
    r"\.json"
)
_LARGEST_PAGE = 1_000


class Twilio:
    """One account of the provider."""

    def __init__(
        self,
        account: str,
        token: str,
        ledger: Ledger,
        gate: Gate,
        courier: Courier,
        touch: Callable[[], None],
    ) -> None:
        self._account = account
        self._basic = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()
        self._ledger = ledger
        self._gate = gate
        self._courier = courier
        self._touch = touch

    async def handle(self, request: Request) -> Reply | None:
        """Answer one request; None withholds the answer."""
        self._touch()
        await asyncio.sleep(self._gate.faults["latency_ms"] / 1000)
        route = _ROUTE.fullmatch(request.path)
        sid = "" if route is None else route["message"] or route["call"] or ""
        if request.method == "POST" and route is not None and not sid:
            return await self._create(request)
        if not self._may(request):
            return _refused(refusal(20003))
        if route is None or route["account"] != self._account or request.method != "GET":
            return _refused(refusal(20404))
        if not self._gate.faults["lookup"]:
            return _refused(Refusal(20503, 503))
        if route["events"]:
            return Reply(200, self._page({}, event_documents(self._ledger.call(sid)[1]), "events", 50, ""))
        return self._fetch(sid) if sid else self._list(request)

    def _may(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), self._basic.encode())

    async def _create(self, request: Request) -> Reply | None:
        form = request.form()
        try:
            at = sortable(moment(request.headers.get("x-tongbao-now")))
        except ValueError as error:
            return Reply(400, refusal(20001).document() | {"message": str(error)})
        row = (_call_row if _is_call(request) else _row)(form, request.headers, at)
        refused, headers = self._refusal(request, form)
        if refused is not None:
            await self._ledger.append([dataclasses.replace(row, accepted=False, code=refused.code)])
            return _refused(refused, headers)
        if _is_call(request):
            return await self._dial(row, form, request.every("StatusCallbackEvent"))
        return await self._accept(row, form.get("StatusCallback", ""))

    def _refusal(
        self, request: Request, form: dict[str, str]
    ) -> tuple[Refusal | None, tuple[tuple[str, str], ...]]:
        """Why this create is not taken, if so; the order is Twilio's: who, what, how fast."""
        faults = self._gate.faults
        if faults["status"]:
            return Refusal(faults["status"], faults["status"]), ()
        route = _ROUTE.fullmatch(request.path)
        if not self._may(request) or route is None or route["account"] != self._account:
            return refusal(20003), ()
        events = request.every("StatusCallbackEvent")
        code = (call_fault_in(form, events) if _is_call(request) else fault_in(form)) or self._gate.refuses(
            form["To"]
        )
        if code:
            return refusal(code), ()
        wait = self._gate.wait_before(time.monotonic())
        return (refusal(20429), (("Retry-After", str(math.ceil(wait))),)) if wait else (None, ())

    async def _accept(self, row: Row, callback: str) -> Reply | None:
        row = self._carried(row)
        await self._ledger.append([row])
        lost = self._gate.loses()
        errand = [Callback(callback, form) for form in self._receipts(row)] if callback else []
        await self._courier.announce(errand, self._gate.faults["receipts"])
        if lost:
            return None
        return Reply(201, just_created(self._document(dataclasses.asdict(row))))

    async def _dial(self, row: Row, form: dict[str, str], events: list[str]) -> Reply | None:
        """A call as it ends: whoever is called does at once what the dial says."""
        scene = SCENES[self._gate.faults["answers"]]
        row = dataclasses.replace(row, status=scene.statuses[-1])
        answered_by = scene.answered_by if form.get("MachineDetection") else None
        await self._ledger.append_call(row, answered_by, form.get("StatusCallback", ""))
        lost = self._gate.loses()
        errand = played(scene, self._of_call(row), form, events)
        await self._play(errand)
        if lost:
            return None
        return Reply(201, just_dialled(self._document(dataclasses.asdict(row))))

    async def _play(self, errand: Errand) -> None:
        """Receipts go as the dial says; a key is no receipt, and is pressed in any case."""
        receipts = self._gate.faults["receipts"]
        if receipts == "off":
            errand, receipts = [one for one in errand if "Digits" in one.form], "on"
        await self._courier.announce(errand, receipts)

    def _of_call(self, row: Row) -> dict[str, str]:
        """What every callback of a call says."""
        return {
            "AccountSid": self._account,
            "ApiVersion": "2010-04-01",
            "CallSid": str(row.sid),
            "Called": row.recipient,
            "Caller": row.sender,
            "Direction": "outbound-api",
            "From": row.sender,
            "To": row.recipient,
        }

    def _document(self, row: dict[str, Any]) -> dict[str, Any]:
        """A ledger row as Twilio shows it."""
        if row["channel"] == "voice":
            return call_document(row, self._account, self._ledger.call(row["sid"])[0])
        return message_document(row, self._account)

    def _carried(self, row: Row) -> Row:
        """The message as it ends: the carrier here is immediate, and silent when receipts are off."""
        faults = self._gate.faults
        if faults["receipts"] == "off":
            return dataclasses.replace(row, status="sent")
        if faults["undelivered_code"]:
            return dataclasses.replace(row, status="undelivered", error_code=faults["undelivered_code"])
        return dataclasses.replace(row, status="delivered")

    def _receipts(self, row: Row) -> list[dict[str, str]]:
        """The callbacks of a message in their natural order."""
        common = {
            "AccountSid": self._account,
            "ApiVersion": "2010-04-01",
            "From": row.sender,
            "MessageSid": str(row.sid),
            "SmsSid": str(row.sid),
            "To": row.recipient,
        }
        last = {"MessageStatus": str(row.status), "SmsStatus": str(row.status)}
        if row.error_code:
            last["ErrorCode"] = str(row.error_code)
        return [{**common, "MessageStatus": "sent", "SmsStatus": "sent"}, {**common, **last}]

    def _fetch(self, sid: str) -> Reply:
        found = self._ledger.find(["sid = ?"], [sid], "")
        if not found:
            return _refused(refusal(20404))
        return Reply(200, self._document(found[0]))

    def _list(self, request: Request) -> Reply:
        """Newest first; a page's token names the last row it showed."""
        asked = request.params()
        key, channel, stamp = ("calls", "voice", "StartTime") if _is_call(request) else _OF_MESSAGES
        try:
            size = min(max(int(asked.get("PageSize", "50")), 1), _LARGEST_PAGE)
            where, values = _filters(asked, channel, stamp)
        except ValueError as error:
            return Reply(400, refusal(20001).document() | {"message": f"Invalid parameter: {error}"})
        found = self._ledger.find(where, values, f"ORDER BY id DESC LIMIT {size + 1}")
        token = f"PA{found[size - 1]['id']}" if len(found) > size else ""
        return Reply(200, self._page(asked, [self._document(row) for row in found[:size]], key, size, token))

    def _page(
        self, asked: dict[str, str], shown: list[dict[str, Any]], key: str, size: int, token: str
    ) -> dict[str, Any]:
        """One page of a list; `token` leads to the next, "" for none."""
        path = f"/2010-04-01/Accounts/{self._account}/{key.title()}.json"
        page = int(asked.get("Page") or 0)
        following = {**asked, "PageSize": str(size), "Page": str(page + 1), "PageToken": token}
        return {
            "end": page * size + len(shown) - 1 if shown else 0,
            "first_page_uri": f"{path}?" + urlencode({**asked, "PageSize": str(size), "Page": "0"}),
            key: shown,
            "next_page_uri": f"{path}?{urlencode(following)}" if token else None,
            "page": page,
            "page_size": size,
            "previous_page_uri": None,
            "start": page * size,
            "uri": f"{path}?{urlencode(asked)}",
        }


_OF_MESSAGES = ("messages", "sms", "DateSent")


def _is_call(request: Request) -> bool:
    route = _ROUTE.fullmatch(request.path)
    return route is not None and "/Calls" in request.path


def _refused(why: Refusal, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply(why.status, why.document(), headers)


def _row(form: dict[str, str], headers: dict[str, str], at: str) -> Row:
    """The ledger row of a create; our ids ride in the callback's query, else in headers."""
    ids = dict(parse_qsl(urlsplit_query(form.get("StatusCallback", ""))))
    body = form.get("Body", "")
    return Row(
        channel="sms",
        recipient=form.get("To", ""),
        sender=form.get("From", ""),
        service=form.get("MessagingServiceSid"),
        body=body,
        notice=ids.get("notice") or headers.get("x-tongbao-notice"),
        attempt=ids.get("attempt") or headers.get("x-tongbao-attempt"),
        at=at,
        accepted=True,
        sid="SM" + secrets.token_hex(16),
        parts=parts(body),
    )


def _call_row(form: dict[str, str], headers: dict[str, str], at: str) -> Row:
    """The same of a call; its body is what is said."""
    twiml = form.get("Twiml", "")
    try:
        said = heard(twiml).said
    except ElementTree.ParseError:
        said = twiml
    sid = "CA" + secrets.token_hex(16)
    return dataclasses.replace(
        _row(form, headers, at), channel="voice", body=said, sid=sid, notice=None, parts=None
    )


def urlsplit_query(url: str) -> str:
    """The query of a URL; empty when it is no URL at all."""
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _filters(asked: dict[str, str], channel: str, stamp: str) -> tuple[list[str], list[Any]]:
    """The WHERE of a list: To, From, the stamp (a day in UTC), the same with > and <, PageToken."""
    where = ["channel = ?", "accepted = 1"]
    values: list[Any] = [channel]
    for field, column in (("To", "recipient"), ("From", "sender")):
        if asked.get(field):
            where.append(f"{column} = ?")
            values.append(asked[field])
    if day := asked.get(stamp):
        start = _instant(day).replace(hour=0, minute=0, second=0, microsecond=0)
        where += ["at >= ?", "at < ?"]
        values += [sortable(start), sortable(start + timedelta(days=1))]
    for field, sign in ((f"{stamp}>", ">="), (f"{stamp}<", "<=")):
        if asked.get(field):
            where.append(f"at {sign} ?")
            values.append(sortable(_instant(asked[field])))
    if token := asked.get("PageToken"):
        where.append("id < ?")
        values.append(int(token.removeprefix("PA")))
    return where, values


def _instant(text: str) -> datetime:
    stamp = datetime.fromisoformat(text)
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
