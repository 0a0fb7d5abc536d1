"""A page by voice from the call to the key, over our own web server and the sandbox's telephone."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator

from incidents.errors import Conflict, NotFound
from notifications.message import Accepted, Answerer, CallReport, StaffPage, Unknown
from sandbox.client import Sandbox
from tests.house import START, House
from web.limits import Limits
from web.serve import Server
from wiring.settings import Settings

TEXT = "事件7为一级。"
_numbers = itertools.count(1)


@dataclass
class Desk:
    """Stands where the record of pages is: what it was told, and whether it refuses."""

    acknowledged: list[tuple[str, str, str]] = field(default_factory=list)
    reports: list[CallReport] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    refuses: bool = False

    def text(self, page: str) -> str:
        if page == "gone":
            raise NotFound("no page {page}", page=page)
        return TEXT

    def acknowledge(self, page: str, by: str, how: str) -> None:
        if self.refuses:
            raise Conflict("the database is elsewhere")
        self.acknowledged.append((page, by, how))
        self.heard.set()

    def reported(self, report: CallReport) -> None:
        self.reports.append(report)
        if report.state in ("completed", "busy", "no_answer"):
            self.ended.set()

    def states(self) -> list[str]:
        return [report.state.value for report in self.reports]


@dataclass
class Line:
    """A house with its web server up: its telephone, its desk, and one page to alice with a number of its own."""

    house: House
    desk: Desk
    url: str
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def page(self) -> StaffPage:
        to = f"+86139{self.number:08d}"
        return StaffPage(str(self.number), f"p{self.number}.1", "alice", to, "zh-CN", TEXT, START)

    @property
    def taken(self) -> list[tuple[str, str, str]]:
        """What the desk has heard when alice took her page, once."""
        return [(self.page.page, "alice", "voice")]

    def dials(self, **faults: object) -> object:
        """Turn the dial, call, and give the answer."""
        self.house.sandbox.dial("twilio", **faults)
        return self.house.app.voice.page(self.page)

    def ledger(self) -> list[dict[str, object]]:
        return [row for row in self.house.told("voice") if self.page.to == row["to"]]

    def posts(self, path: str, form: dict[str, str], token: str | None = None) -> tuple[int, str]:
        """A callback as the provider signs it, or somebody with another token; Host says anything."""
        secret = self.house.sandbox.address["auth_token"] if token is None else token
        signature = RequestValidator(secret).compute_signature(self.url + path, form)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
            "Host": "evil.example",
        }
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        try:
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def presses(self, digit: str, turn: int = 1, page: str = "", token: str | None = None) -> tuple[int, str]:
        asked = f"attempt={self.page.attempt}&person=alice&language=zh-CN&turn={turn}"
        form = {"CallSid": f"CA{self.number:032x}", "Digits": digit}
        return self.posts(f"/callbacks/twilio/voice/{page or self.page.page}?{asked}", form, token)


@contextmanager
def serving(house: House) -> Iterator[str]:
    """Our web server before this house, where the house knows it; gives its address."""
    server = Server(house.app, "127.0.0.1", 0, Limits())
    url = f"http://127.0.0.1:{server.start()}"
    (house.folder / "server.json").write_text(json.dumps({"url": url}), encoding="utf-8")
    yield url
    server.stop()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """One house and its server for all of these stories; each has its own page, number and desk."""
    folder = tmp_path_factory.mktemp("phones")
    sandbox = Sandbox(folder)
    sandbox.start()
    house = House(folder, sandbox)
    with serving(house) as url:
        yield house, url
    assert [] == house.audit()
    house.close()
    sandbox.stop()


@pytest.fixture
def line(standing: tuple[House, str]) -> Iterator[Line]:
    """The telephone, with callbacks that come before the provider's answer."""
    house, url = standing
    house.app.page_desk = desk = Desk()
    house.sandbox.calm()
    house.sandbox.dial("twilio", receipts="early")
    yield Line(house, desk, url)
    house.sandbox.calm()


TAKEN = ["queued", "ringing", "answered", "answered", "completed"]


@pytest.mark.parametrize(
    ("answers", "acknowledges", "states", "who"),
    [
        ("acknowledges", True, TAKEN, Answerer.HUMAN),
        ("hangs_up", False, TAKEN, Answerer.HUMAN),
        ("voicemail", False, TAKEN, Answerer.MACHINE),
        ("busy", False, ["queued", "busy"], None),
        ("nobody", False, ["queued", "ringing", "no_answer"], None),
    ],
)
def test_only_a_key_acknowledges(line: Line, answers, acknowledges, states, who):
    """Whoever presses 1 has the page; a voicemail, a busy line and a silent person never do."""
    answer = line.dials(answers=answers)

    (call,) = line.ledger()
    assert Accepted(call["sid"]) == answer
    assert (line.taken if acknowledges else []) == line.desk.acknowledged
    assert states == line.desk.states()
    assert who is line.desk.reports[-1].answered_by
    known = {(report.page, report.attempt, report.reference) for report in line.desk.reports}
    assert {(line.page.page, line.page.attempt, call["sid"])} == known


def test_a_lost_answer_is_found_and_nobody_is_called_twice(line: Line):
    """I6: the answer is lost, the key is not: acknowledged, found by its address, one call."""
    assert Unknown("twilio ProtocolError") == line.dials(answers="acknowledges", lose_answer=1)

    assert True is line.house.app.voice.look_up(line.page)
    assert line.taken == line.desk.acknowledged
    assert 1 == len(line.ledger())


def test_a_key_counts_without_any_report(line: Line):
    """Reports may stay away altogether: the key comes through all the same."""
    line.dials(answers="acknowledges", receipts="off")

    assert line.desk.heard.wait(10)
    assert [] == line.desk.reports


def test_a_key_that_comes_twice_counts_once(line: Line):
    """S7: the provider tells everything twice; the page is taken once, and reports are only repeated."""
    line.dials(answers="acknowledges", receipts="twice")

    assert line.desk.ended.wait(10)
    assert line.taken == line.desk.acknowledged


def test_reports_in_the_wrong_order_are_handed_on_as_they_come(line: Line):
    """The end may be told before the beginning."""
    line.dials(answers="hangs_up", receipts="reversed")

    assert line.desk.ended.wait(10)
    assert "completed" == line.desk.states()[0]


def test_a_key_is_thanked_for_only_when_it_is_recorded(line: Line):
    """While the record refuses, the person hears so and is asked again; thanks come after it has the key."""
    line.desk.refuses = True
    refused = line.presses("1")
    line.desk.refuses = False
    recorded = line.presses("1", turn=2)

    assert (200, True, True) == (refused[0], "确认未能记录" in refused[1], TEXT in refused[1])
    assert (200, True) == (recorded[0], "已确认收到" in recorded[1])
    assert line.taken == line.desk.acknowledged


def test_another_key_says_the_text_again(line: Line):
    """Anything but 1 acknowledges nothing, and the page is read once more with the next turn's address."""
    status, said = line.presses("7")

    gather = ElementTree.fromstring(said).find("Gather")
    assert 200 == status
    assert gather is not None
    assert TEXT in (gather[0].text or "")
    assert (gather.get("action") or "").endswith("turn=2")
    assert [] == line.desk.acknowledged


def test_a_page_that_nobody_knows_is_asked_again_without_its_text(line: Line):
    """A key for a page that is gone breaks nothing."""
    status, said = line.presses("7", page="gone")

    assert (200, "Response") == (status, ElementTree.fromstring(said).tag)


def test_a_forged_altered_or_replayed_key_is_refused(line: Line):
    """S7: another token, another page, the same callback again after it counted: 403, and nothing happens."""
    path = f"/callbacks/twilio/voice/{line.page.page}"
    assert 200 == line.presses("1")[0]

    assert 403 == line.presses("1")[0]
    assert 403 == line.presses("1", turn=2, token="another token")[0]
    assert 403 == line.posts(path, {"CallSid": f"CA{line.number:032x}", "Digits": "1"})[0]
    assert 403 == line.posts(f"{path}/status?attempt={line.page.attempt}", {}, token="x")[0]
    assert line.taken == line.desk.acknowledged
    assert [] == line.desk.reports


def test_a_replay_is_refused_after_a_restart_too(house: House):
    """What was heard is in the record, not in memory."""
    with serving(house) as url:
        before = Line(house, Desk(), url)
        house.app.page_desk = before.desk
        assert 200 == before.presses("1")[0]
    house.restarts()
    with serving(house) as url:
        after = Line(house, Desk(), url, before.number)
        house.app.page_desk = after.desk
        assert 403 == after.presses("1")[0]

    assert ([(before.page.page, "alice", "voice")], []) == (before.desk.acknowledged, after.desk.acknowledged)


def test_a_key_about_no_page_is_not_thanked_for(line: Line):
    """A key that the record knows nothing of is refused aloud; never thanked for."""
    line.house.app.page_desk = None

    status, said = line.presses("1")

    assert (200, True) == (status, "确认未能记录" in said)


def test_beside_a_real_channel_the_sandbox_calls_nobody():
    """A page that only the sandbox hears is no page: then staff are not called, and no screen says otherwise."""
    real = {"sms": {"provider": "twilio"}}

    assert "sandbox" == Settings().calls
    assert "none" == Settings.model_validate(real).calls
    assert "twilio" == Settings.model_validate({**real, "voice": {"provider": "twilio"}}).calls
    assert not Settings.model_validate({"voice": {"provider": "twilio"}}).all_sandbox
