"""Answers to pages over real HTTP: links, forms, replies by SMS; who may, once, and in time."""

from __future__ import annotations

import http.client
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from coordinator import planned, roster
from incidents.terms import Kind
from notifications.paging import Page
from notifications.paging import PageState as State
from sandbox.receipts import signature
from tests.forked import sandbox_in
from tests.house import House
from web.serve import Server
from wiring.answers import by_reply
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


def code_of(house: House, person: str, letter: str = "Y") -> str:
    """The code in this person's newest SMS."""
    return str(re.findall(rf"{letter} ([0-9]{{4,6}})", house.paged("sms", person)[-1]["body"])[-1])


def speaks(house: House, person: str, language: str) -> None:
    house.app.coordinator.system(roster.contact, person, {"language": language})


def waits_for_days(house: House) -> Any:
    """A notice of planned work, which may wait for bob as long as that is not near."""
    house.has_customers(both=3)
    begins = house.clock.now() + timedelta(hours=300)
    ends = begins + timedelta(hours=2)
    plan = planned.Plan("更换核心交换机", ("ZZ0101",), ("mobile",), begins, ends, {})
    work = house.app.coordinator.act("planned", house.alice.actor, planned.add, plan)
    notice = house.alice.submits(work, Kind.PLANNED_WORK_NOTICE)
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
    """A wrong signature is 403; a stranger's number does nothing, and says nothing; a wrong code does nothing (S7)."""
    notice = waits(house)
    code = re.findall(r"Y (\d{6})", house.paged("sms", "bob")[-1]["body"])[-1]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    assert 403 == phone.texts(number_of(house, "bob"), f"Y {code}", token="wrong")[0]
    assert (200, "<Response></Response>") == phone.texts("+8613812345678", f"Y {code}")
    assert (200, "<Response></Response>") == phone.texts("+8613812345678", "谢谢")
    assert "此答复无效" in phone.texts(number_of(house, "bob"), f"Y {wrong}")[1]
    assert "批准请回复 Y" in phone.texts(number_of(house, "bob"), "谢谢")[1]
    assert "submitted" == house.notice(notice).state


def test_codes_cannot_be_tried_out(house: House, phone: Phone):
    """After five wrong codes the right one is not heard either for an hour, and is told so; the link still is (S7)."""
    notice = waits(house)
    code = int(re.findall(r"Y (\d{6})", house.paged("sms", "bob")[-1]["body"])[-1])
    number = number_of(house, "bob")
    for guess in range(1, 6):
        phone.texts(number, f"Y {(code + guess) % 1_000_000:06}")

    assert "一小时内不读取" in phone.texts(number, f"Y {code:06}")[1]
    assert "submitted" == house.notice(notice).state
    assert 200 == phone.follows(phone.link("bob", "y"))[0]


NEARLY = (
    "Ｙ {code}",
    "Y {wide}",
    "Y {code}.",
    "Y {code}。",
    "Y，{code}",
    "Y {first} {last}",
    "y{code}",
    "yes: {first}-{last}",
    "同意 {code}",
    "“批准”\u200b{code}！",
    "Y {code}\n\nSent from my iPhone 15",
    "同意{code}\n发自我的iPhone",
)
"""What people write who are half asleep: each is the right word and the right code, and nothing else."""


@pytest.mark.parametrize("form", NEARLY)
def test_a_reply_is_read_as_it_was_meant(house: House, phone: Phone, form: str):
    """Full-width letters and digits, punctuation, blanks, the other word, a program's signature (S4)."""
    notice = waits(house)
    code = code_of(house, "bob")
    wide = code.translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    text = form.format(code=code, wide=wide, first=code[:3], last=code[3:])

    assert "已批准" in phone.texts(number_of(house, "bob"), text)[1]
    assert "sending" == house.notice(notice).state


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "批准请回复 Y"), ("en", "To approve reply Y and the code")]
)
def test_what_is_not_understood_is_answered_with_the_form(
    house: House, phone: Phone, language: str, said: str
):
    """A bare code, a question, more words, a doubt: nothing is approved, and the person learns what to write (S4)."""
    speaks(house, "bob", language)
    notice = waits(house)
    number, code = number_of(house, "bob"), code_of(house, "bob")
    doubtful = [code, "Y", *(form.format(code=code) for form in DOUBTFUL)]

    assert [True] * len(doubtful) == [said in phone.texts(number, one)[1] for one in doubtful]
    assert "submitted" == house.notice(notice).state
    assert 200 == phone.texts(number, f"Y {code}")[0]
    assert "sending" == house.notice(notice).state


DOUBTFUL = ("Y? {code}", "Y {code} 等一下", "Y {code}\n不", "不同意 {code}", "Y/N {code}", "N {code}")


def test_two_machines_do_not_write_to_each_other_for_ever(house: House, phone: Phone):
    """Ten answers within an hour to what is not understood, then none; the right answer is heard all the same."""
    notice = waits(house)
    number, code = number_of(house, "bob"), code_of(house, "bob")
    said = [phone.texts(number, "我在休假")[1] for _ in range(12)]

    assert [True] * 10 + [False] * 2 == ["批准请回复 Y" in one for one in said]
    assert "已批准" in phone.texts(number, f"Y {code}")[1]
    assert "sending" == house.notice(notice).state


def test_a_code_of_two_pages_approves_neither(house: House, phone: Phone):
    """Should two matters ever have the same code, the answer is by link, or at the desk (S4)."""
    notice = waits(house)
    code = code_of(house, "bob")
    with house.app.database.transaction() as tx:
        first = next(call for call in tx.paging.live() if call.about == "approval")
        other = tx.paging.open_call(replace(first, id=0, key="other"))
        assert other is not None
        page = next(one for one in tx.paging.of_call(first.id) if one.person == "bob")
        tx.paging.add_pages([replace(page, id=0, call=other.id)])

    assert "此码对应多次呼叫" in phone.texts(number_of(house, "bob"), f"Y {code}")[1]
    assert "submitted" == house.notice(notice).state


@settings_of(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_text_without_the_right_code_approves(house: House, data: st.DataObject):
    """Whatever somebody on the roster writes, without exactly the code of a waiting notice it approves nothing (S4)."""
    if not house.paged("sms", "bob"):
        waits(house)
    code, number = code_of(house, "bob"), number_of(house, "bob")
    wrong = st.from_regex(r"\A[0-9]{4,6}\Z").filter(lambda digits: digits != code)
    nearly = st.sampled_from([code[:-1], code[1:], code + "0", code * 2])
    head = st.sampled_from(["Y ", "y", "YES ", "同意 ", "批准：", "Ｙ，", "", "不同意 ", "Y? "])
    tail = st.sampled_from(["", "。", " ", "\n\nSent from my iPhone"])
    body = data.draw(st.text(max_size=60) | st.tuples(head, wrong | nearly, tail).map("".join))
    with house.app.database.transaction() as tx:
        tx.meta.put("reply_misses:bob", "")

    said = by_reply(house.app, number, body)

    assert said is None or not said.done
    with house.app.database.transaction() as tx:
        assert ["submitted"] == [one.state.value for one in tx.notices.of_incident(1)]


@pytest.mark.parametrize(
    ("language", "said"), [("zh-CN", "已超过十二小时"), ("en", "more than twelve hours old")]
)
def test_a_code_expires_with_the_link_of_its_page(house: House, phone: Phone, language: str, said: str):
    """After twelve hours neither the link nor the code of a page is an answer, and the reply says so (S4)."""
    speaks(house, "bob", language)
    notice = waits_for_days(house)
    house.fast_forward(hours=17)
    link, code = phone.link("bob", "y"), code_of(house, "bob")

    assert 403 == phone.asks("GET", link)[0]
    assert said in phone.texts(number_of(house, "bob"), f"Y {code}")[1]
    assert said in phone.texts(number_of(house, "bob"), f"A {code}")[1]
    assert "submitted" == house.notice(notice).state
    with house.app.database.transaction() as tx:
        refused = [e.data["how"] for e in tx.incidents.entries(notice.incident) if e.kind == "page_refused"]
    assert ["sms", "sms"] == refused


def test_a_code_holds_as_long_as_its_newest_page(house: House, phone: Phone):
    """The code is the same on every page of a call-out: the newest says how long it holds (S4)."""
    notice = waits_for_days(house)
    code = code_of(house, "bob")
    house.fast_forward(hours=5)
    phone.texts(number_of(house, "bob"), f"A {code}")
    house.fast_forward(hours=8)

    assert code == code_of(house, "bob")
    assert "已批准" in phone.texts(number_of(house, "bob"), f"Y {code}")[1]
    assert "sending" == house.notice(notice).state


def test_the_secret_is_its_owners_alone(house: House, phone: Phone):
    """What signs the links lies in the home, whole, and nobody else may read it (0600)."""
    waits(house)
    file = house.folder / "paging-secret"

    assert 0o600 == stat.S_IMODE(os.stat(file).st_mode)
    assert 32 == file.stat().st_size
