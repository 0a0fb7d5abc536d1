"""Answers to pages over real HTTP: links, forms, replies by SMS; who may, once, and in time."""

from __future__ import annotations

import http.client
import os
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from notifications.paging import Page
from notifications.paging import PageState as State
from sandbox.receipts import signature
from tests.forked import sandbox_in
from tests.house import House
from web.serve import Server
from wiring.settings import Server as ServerSettings
from wiring.settings import Settings

PUBLIC = "http://tongbao.test"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def settings() -> Settings:
    """Staff are paged as they are by default."""
    return Settings()


class Phone:
    """The browser and the SMS of somebody who was paged."""

    def __init__(self, house: House, port: int):
        self.house, self.port = house, port

    def asks(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body.encode() or None, headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def link(self, person: str, purpose: str = "a") -> str:
        """The newest link in this person's mail."""
        mail = self.house.paged("email", person)[-1]["body"]
        return re.findall(rf"{PUBLIC}(/p/{purpose}[^\s]+)", mail)[-1]

    def follows(self, link: str) -> tuple[int, str]:
        """Opens the page of the link and presses its button."""
        status, page = self.asks("GET", link)
        found = re.search(r'name="confirmation" value="([^"]+)"', page)
        if status != 200 or found is None:
            return status, page
        return self.asks("POST", link, urlencode({"confirmation": found[1]}), FORM)

    def texts(self, sender: str, body: str, token: str | None = None) -> tuple[int, str]:
        """An SMS to our number, as Twilio hands it on."""
        form = {"From": sender, "Body": body, "MessageSid": "SM" + "0" * 32}
        path = "/callbacks/twilio/inbound"
        secret = token or str(self.house.sandbox.address["auth_token"])
        signed = {**FORM, "X-Twilio-Signature": signature(secret, PUBLIC + path, form)}
        return self.asks("POST", path, urlencode(form), signed)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house whose providers know our address."""
    with sandbox_in(tmp_path) as sandbox:
        built = House(tmp_path, sandbox, Settings(server=ServerSettings(public_url=PUBLIC)))
        yield built
        built.works()
        assert [] == built.audit()
        built.close()


@pytest.fixture
def phone(house: House) -> Iterator[Phone]:
    server = Server(house.app, "127.0.0.1", 0)
    yield Phone(house, server.start())
    server.stop()


def waits(house: House) -> Any:
    """A level-2 notice for three people that waits for bob."""
    house.has_customers(both=3)
    incident = house.alice.opens(level=2)
    notice = house.alice.submits(incident)
    house.works()
    return notice


def number_of(house: House, person: str) -> str:
    with house.app.database.transaction() as tx:
        return str(tx.roster.roster().people[person].phone)


def test_the_sleeping_approver_approves_from_a_link(house: House, phone: Phone):
    """Text and audience are in sight, one button sends it, and the record says that it came by the link (AMB-16)."""
    notice = waits(house)
    link = phone.link("bob", "y")

    status, page = phone.asks("GET", link)
    assert 200 == status
    assert "将发给 3 人" in page
    assert "滨江区" in page
    assert "submitted" == house.notice(notice).state
    assert 200 == phone.follows(link)[0]
    house.works()

    assert "told" == house.notice(notice).state
    assert ["alice", "bob"] == [approval.user for approval in house.notice(notice).approvals]
    with house.app.database.transaction() as tx:
        entries = list(tx.incidents.entries(notice.incident))
    answered = [e for e in entries if e.kind == "page_acknowledged"]
    assert [("bob", "link", notice.id)] == [(e.actor, e.data["how"], e.data["approved"]) for e in answered]


def test_the_approver_approves_by_sms(house: House, phone: Phone):
    """The code of the page, from the number on the roster, signed by the provider, is an approval."""
    notice = waits(house)
    code = re.search(r"Y (\d{6})", house.paged("sms", "bob")[-1]["body"])
    assert code is not None

    status, said = phone.texts(number_of(house, "bob"), f"y {code[1]}")

    assert (200, True) == (status, "已批准" in said)
    assert "sending" == house.notice(notice).state


def test_a_page_is_acknowledged_by_link_and_by_sms(house: House, phone: Phone):
    """Either way it is quiet for half an hour, and the person is told until when."""
    house.has_customers(both=1)
    incident = house.alice.opens(level=3)
    house.fast_forward(minutes=121)
    assert "将再次呼叫" in phone.follows(phone.link("alice"))[1]
    house.fast_forward(minutes=45)
    code = re.findall(r"A (\d{4})", house.paged("sms", "alice")[-1]["body"])[-1]

    assert "已确认" in phone.texts(number_of(house, "alice"), f"A {code}")[1]
    assert ["link", "sms"] == [e.data["how"] for e in house.entries(incident, "page_acknowledged")]


def test_who_wrote_it_cannot_approve_it_by_link(house: House, phone: Phone):
    """Four eyes hold at the phone as at the desk: 403, noted, and nothing leaves (AMB-16)."""
    notice = waits(house)
    with house.app.database.transaction() as tx:
        call = next(call for call in tx.paging.live() if call.about == "approval")
        now = house.clock.now()
        hers = Page(call.id, "alice", "email", 9, "approver", "zh-CN", now, State.ACCEPTED, now)
        tx.paging.add_pages([hers])
        page = max(p.id for p in tx.paging.of_call(call.id))
    link = house.app.links.link(page, "alice", "y", now + timedelta(hours=1)).removeprefix(PUBLIC)

    status, said = phone.follows(link)

    assert (403, True) == (status, "须由另一人批准" in said)
    assert "submitted" == house.notice(notice).state
    with house.app.database.transaction() as tx:
        assert "page_refused" in {e.kind for e in tx.incidents.entries(notice.incident)}


def test_forged_expired_and_replayed_links_are_refused(house: House, phone: Phone):
    """One letter changed, another page, one that no record has, a day later, twice: 403, and nothing happens."""
    notice = waits(house)
    link = phone.link("bob", "y")
    head, until, signed = link.split(".")
    forged = [
        f"{head}.{until}.{signed[:-1]}{'A' if signed[-1] != 'A' else 'B'}",
        f"/p/y{'1' if head[-1] != '1' else '2'}.{until}.{signed}",
        f"/p/a{head.removeprefix('/p/y')}.{until}.{signed}",
        f"{head}.zzzzzz.{signed}",
        "/p/nonsense",
        "/p/yzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz.tmwtd0.x",
        f"/p/a{'z' * 30}.tmwtd0.x",
        "/p/y-1.tmwtd0.x",
        "/p/y0.tmwtd0.x",
        f"/p/{'y' * 300}",
    ]
    assert [403] * len(forged) == [phone.asks("GET", one)[0] for one in forged]
    assert [403] * len(forged) == [phone.asks("POST", one, "confirmation=x", FORM)[0] for one in forged]
    assert 403 == phone.asks("POST", link, "confirmation=guessed", FORM)[0]
    assert 403 == phone.asks("POST", link)[0]
    assert "submitted" == house.notice(notice).state

    acknowledge = phone.link("bob")
    assert 200 == phone.follows(acknowledge)[0]
    assert 403 == phone.follows(acknowledge)[0]
    house.clock.set(house.clock.now() + timedelta(hours=13))
    assert 403 == phone.asks("GET", link)[0]


def test_replies_need_signature_number_and_code(house: House, phone: Phone):
    """A wrong signature is 403; a stranger's number or a wrong code does nothing, and says nothing (S7)."""
    notice = waits(house)
    code = re.findall(r"Y (\d{6})", house.paged("sms", "bob")[-1]["body"])[-1]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    assert 403 == phone.texts(number_of(house, "bob"), f"Y {code}", token="wrong")[0]
    assert (200, "<Response></Response>") == phone.texts("+8613812345678", f"Y {code}")
    assert (200, "<Response></Response>") == phone.texts(number_of(house, "bob"), f"Y {wrong}")
    assert (200, "<Response></Response>") == phone.texts(number_of(house, "bob"), "谢谢")
    assert "submitted" == house.notice(notice).state


def test_codes_cannot_be_tried_out(house: House, phone: Phone):
    """After five wrong codes the right one is not heard either for an hour; the link still is (S7)."""
    notice = waits(house)
    code = int(re.findall(r"Y (\d{6})", house.paged("sms", "bob")[-1]["body"])[-1])
    number = number_of(house, "bob")
    for guess in range(1, 6):
        phone.texts(number, f"Y {(code + guess) % 1_000_000:06}")

    assert (200, "<Response></Response>") == phone.texts(number, f"Y {code:06}")
    assert "submitted" == house.notice(notice).state
    assert 200 == phone.follows(phone.link("bob", "y"))[0]


def test_the_secret_is_its_owners_alone(house: House, phone: Phone):
    """What signs the links lies in the home, whole, and nobody else may read it (0600)."""
    waits(house)
    file = house.folder / "paging-secret"

    assert 0o600 == stat.S_IMODE(os.stat(file).st_mode)
    assert 32 == file.stat().st_size
