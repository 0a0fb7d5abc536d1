"""A fresh home with customers and a submitted first notice, on the database that production uses."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.sink import ACCOUNT, TOKEN
from coordinator import incidents, notices
from coordinator.act import Actor
from incidents.effects import Opening
from incidents.incident import Incident
from incidents.terms import IncidentType, Kind
from notifications.directory import Customer
from notifications.notice import Notice
from storage.database import sqlite_module
from wiring.app import App, build
from wiring.settings import Settings

AREA = "ZZ0101"
ALICE = Actor("alice", ("duty_manager",))
BOB = Actor("bob", ("approver",))
HQ = Actor("hq", ("commander", "headquarters", "admin"))
PROFILE = {"journal_mode": "wal", "synchronous": 2}
PUBLIC_URL = "http://127.0.0.1:9"
"""Where the provider would send receipts; it makes the attempt's id travel to the sink."""


def phone(n: int) -> str:
    return f"+86138{n:08d}"


def customers(n: int) -> list[Customer]:
    """`n` people with a phone and no mail, one in three reading English."""
    return [
        Customer(
            account=f"B{i:07d}",
            name=f"客户{i}",
            phone=phone(i),
            email=None,
            language="en" if i % 3 == 0 else "zh-CN",
            area=AREA,
            services=("mobile",),
            segment="consumer",
            marketing_opt_out=False,
            service_opt_out=False,
        )
        for i in range(1, n + 1)
    ]


def settings(sink_url: str, folder: Path, threads: int) -> Settings:
    """SMS to the sink over Twilio's protocol, the page as files that the sink serves; no sandbox anywhere."""
    return Settings.model_validate(
        {
            "sms": {
                "provider": "twilio",
                "account_sid": ACCOUNT,
                "auth_token": TOKEN,
                "base_url": sink_url,
                "threads": threads,
            },
            "email": {"provider": "smtp", "host": "127.0.0.1", "port": 9},
            "web": {"provider": "files", "folder": str(folder), "public_url": sink_url},
            "server": {"public_url": PUBLIC_URL},
        }
    )


def variables(settings: Settings) -> dict[str, str]:
    """The same settings as a person would export them."""
    tree = settings.model_dump(exclude_defaults=True)
    tree["sms"]["auth_token"] = TOKEN
    return {
        f"TONGBAO_{part}__{name}".upper(): str(value)
        for part, values in tree.items()
        for name, value in values.items()
    }


def create_form() -> bytes:
    """One create as the client sends it, for measuring the sink alone."""
    fields = {
        "To": phone(1),
        "From": "+15005550006",
        "Body": "【云港电信】" + "手机服务异常，正在抢修。" * 5,
        "ValidityPeriod": "36000",
        "StatusCallback": f"{PUBLIC_URL}/callbacks/twilio?attempt=1.1&notice=1",
    }
    return urlencode(fields).encode()


def assert_durable(app: App) -> None:
    """Every connection of ours writes ahead and syncs each commit; asked inside the connection."""
    found = app.database.profile()
    assert PROFILE.items() <= found.items(), found


def submitted(app: App, n: int) -> Notice:
    """A level-2 incident whose first notice, for `n` people, waits for the second person."""
    with app.database.transaction() as tx:
        tx.directory.put_customers(customers(n))
    opened: Incident = app.coordinator.act("open", ALICE, incidents.open_incident, opening())
    draft = app.coordinator.act("draft", ALICE, notices.draft, opened.reference, Kind.FIRST_NOTICE)
    notice: Notice = app.coordinator.act("submit", ALICE, notices.submit, draft.id)
    assert n == notice.audience_size, notice.audience_size
    return notice


def opening() -> Opening:
    """A level-2 outage that begins now."""
    return Opening(
        type=IncidentType.NETWORK_FAULT,
        level=2,
        title="手机服务异常",
        areas=(AREA,),
        services=("mobile",),
        onset_at=datetime.now(UTC),
        aware_at=None,
        affected=46_000,
        cause={},
        source="person",
    )


def reader(home: Path) -> closing[Any]:
    """A connection that only reads, past all of our code; of the same SQLite.

    A second copy of the library in one process would drop the first one's locks when it closes a file.
    """
    return closing(sqlite_module().connect(f"file:{home / 'tongbao.db'}?mode=ro", uri=True))


def opened(settings: Settings, home: Path) -> App:
    app = build(settings, home)
    assert_durable(app)
    return app
