"""A small app and a real server before it, spoken to with plain sockets."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coordinator.act import Act, Actor
from coordinator.ports import Transaction
from incidents.errors import NotAllowed, NotFound
from notifications.message import CallbackRequest

KEYS = {
    "am-key": Actor("am-1", ("trigger",)),
    "alice-key": Actor("alice", ("duty_manager",)),
    "hq-key": Actor("hq", ("admin",)),
    "vera-key": Actor("vera", ("viewer",)),
    "carol-key": Actor("carol", ("comms",)),
}


@dataclass
class Shelf:
    """Keeps events in memory; stands where the transaction's intake drawer is."""

    kept: list[tuple[str, str, bytes]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    @property
    def intake(self) -> Shelf:
        return self

    def store(self, name: str, source: str, body: bytes, now: object) -> tuple[int, bool]:
        self.before()
        event = (name, source, body)
        new = event not in self.kept
        if new:
            self.kept.append(event)
        return self.kept.index(event) + 1, new


@dataclass
class FakeApp:
    """What the web needs of wiring's App, without database and channels."""

    public_dir: Path
    shelf: Shelf = field(default_factory=Shelf)
    rung: int = 0
    callbacks: list[tuple[str, CallbackRequest]] = field(default_factory=list)
    receipt_error: Exception | None = None
    ready_error: Exception | None = None

    @property
    def coordinator(self) -> FakeApp:
        return self

    @property
    def bell(self) -> FakeApp:
        return self

    def ring(self) -> None:
        self.rung += 1

    def act(self, permission: str, actor: Actor, verb: Any, *args: Any) -> Any:
        shelf: Transaction = self.shelf  # type: ignore[assignment]
        return verb(Act(shelf, None, actor, None), *args)[0]  # type: ignore[arg-type]

    def actor_for_key(self, key: str) -> Actor:
        if key not in KEYS:
            raise NotAllowed("the key is not valid", field="key")
        return KEYS[key]

    def receipt(self, provider: str, request: CallbackRequest) -> bool:
        self.callbacks.append((provider, request))
        if provider != "twilio":
            raise NotFound("no provider {name}", name=provider, field="provider")
        if self.receipt_error is not None:
            raise self.receipt_error
        if request.headers.get("x-twilio-signature") != "right":
            raise NotAllowed("the signature is wrong", field="signature")
        return True

    def ready(self) -> dict[str, object]:
        if self.ready_error is not None:
            raise self.ready_error
        return {"database": {"journal_mode": "wal"}}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]


@dataclass
class Site:
    """A running server over `app`."""

    app: FakeApp
    port: int
    stop: Callable[[], None]

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def triggers(self, body: bytes, key: str | None = "am-key", name: str = "alertmanager") -> Answer:
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return self.ask("POST", f"/v1/triggers/{name}", body, headers)

    def says(self, sent: bytes) -> tuple[int, bytes]:
        """Send raw bytes, keep the connection open, and return what comes back until the server closes it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(sent)
            came = b""
            while piece := connection.recv(65_536):
                came += piece
        return int(came.split()[1]) if came else 0, came


def alarm(**changes: Any) -> dict[str, Any]:
    usual = {
        "status": "firing",
        "labels": {"alertname": "CellSitesDown", "severity": "critical"},
        "annotations": {"summary": "滨江区41个基站退服"},
        "startsAt": "2026-10-14T06:15:00.123456789Z",
        "fingerprint": "1a30ba71cca2921f",
    }
    return {**usual, **changes}


def webhook(*alarms: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({"version": "4", "alerts": list(alarms), **changes}).encode()
