"""One outage from alarm to recovery, past programs that nobody here wrote."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message

from tests.peers_tests.peers import Alertmanager, chromium, until
from tests.peers_tests.telco import Telco

ALARM = (
    "alertname=CellSitesDown",
    "area=ZZ0101",
    "service=mobile",
    "level=1",
    "--annotation=summary=41 sites down",
)


def test_from_the_alarm_to_the_recovery(telco: Telco) -> None:
    """Alertmanager's alarm opens an incident; its approved notice reaches Twilio, the mail server and the public
    page as a browser shows it; the alarm's end resolves nothing by itself; the recovery is told to those who were
    told, the windows are met and the books agree (R01, R20, R23, R24, R26, R28, I9)."""
    run = telco.runs()
    alertmanager = telco.has_alertmanager()
    started = datetime.now(UTC)
    alertmanager.is_told(*ALARM, start=started)
    reference = until(lambda: _opened(telco), "no incident opens")

    telco.types("alice", "confirm", reference)
    first = telco.tells(reference, "first_notice")
    assert {"+8613800000001", "+8613800000002"} == {row["to"] for row in telco.sms.messages()}
    assert 3 == first["audience_size"]
    telco.sms.delivers()
    until(lambda: {"delivered": 2} == telco.counts(first, "sms"), "the signed receipts do not count")
    assert ["a1@x.example", "a3@x.example"] == sorted(_to(mail) for mail in telco.mail.mails())
    _page_shows(telco, reference, {"zh": "手机业务", "en": "mobile services"})

    _resolves_nothing(telco, alertmanager, reference, started)

    for window in telco.record(reference)["windows"]:
        if window["kind"] == "superior_report":
            said = ("--how", "phone", "--to", "the commander", "--evidence", "call log 7")
            telco.types("alice", "fulfil", str(window["id"]), *said)
    telco.types("alice", "restored", reference)
    telco.types("alice", "resolve", reference)
    telco.tells(reference, "resolution_notice")
    assert 4 == len(telco.sms.messages())
    mails = telco.mail.mails()
    assert 4 == len(mails)
    assert 2 == len([mail for mail in mails if "恢复" in _subject(mail)])
    _page_shows(telco, reference, {"zh": "已恢复", "en": "restored"})

    states = {window["kind"]: window["state"] for window in telco.record(reference)["windows"]}
    assert ("met", "met") == (states["first_notice"], states["resolution_notice"])
    reports = {kind: states.pop(kind) for kind in ("handling_report", "summary_report")}
    assert ({"met", "lapsed"}, {"open"}) == (set(states.values()), set(reports.values()))
    assert telco.types("alice", "verify", "--database")["ok"]
    _staff_have_read(telco, reference)
    assert 0 == run.ends()
    _page_shows(telco, reference, {"zh": "已恢复", "en": "restored"})


def _opened(telco: Telco) -> str:
    items = telco.types("alice", "list")["items"]
    return str(items[0]["reference"]) if items else ""


def _to(mail: Message) -> str:
    return re.sub(r".*<|>.*", "", str(mail["To"]))


def _subject(mail: Message) -> str:
    return str(make_header(decode_header(str(mail["Subject"]))))


def _resolves_nothing(telco: Telco, alertmanager: Alertmanager, reference: str, started: datetime) -> None:
    alertmanager.is_told(*ALARM, start=started, end=datetime.now(UTC))
    until(lambda: telco.timeline(reference, "alarm_resolved"), "the end of the alarm is not on the record")
    record = telco.record(reference)
    assert ("responding", None, None) == (record["status"], record["restored_at"], record["resolved_at"])


def _staff_have_read(telco: Telco, reference: str) -> None:
    """One thread on Slack, each thing once, in order."""
    until(lambda: len(telco.slack.messages()) >= 7, "not everything is posted")
    root, *replies = telco.slack.messages()
    said = [message["text"] for message in (root, *replies)]
    assert f"{reference} (Level 1 response)" in said[0]
    assert {root["ts"]} == {reply["thread_ts"] for reply in replies}
    assert ["approve 1", "told", "back", "stood down", "approve", "told"] == [
        next(word for word in ("approve 1", "approve", "told", "back", "stood down") if word in text)
        for text in said[1:]
    ]


def _page_shows(telco: Telco, reference: str, words: dict[str, str]) -> None:
    """The incident's page and the list say so in each language, with JavaScript and without, and without a
    complaint of the browser."""
    complaints: list[str] = []
    with chromium() as browser:
        for scripts in (True, False):
            page = browser.new_context(java_script_enabled=scripts).new_page()
            page.on("console", lambda said: complaints.append(said.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("requestfailed", lambda request: complaints.append(request.url))
            for folder, word in words.items():
                answer = page.goto(f"{telco.pages.url}/{folder}/")
                assert 200 == answer.status
                page.get_by_role("link").filter(has_text="手机" if "zh" == folder else "mobile").first.click()
                page.wait_for_load_state()
                assert f"{telco.pages.url}/{folder}/incidents/{reference}/" == page.url
                assert word in page.locator("body").inner_text()
                assert {"zh": "zh-CN", "en": "en"}[folder] == page.locator("html").get_attribute("lang")
    assert [] == complaints
