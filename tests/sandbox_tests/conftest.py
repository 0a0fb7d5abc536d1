"""A running sandbox, the real Twilio client pointed at it, and a place that receives callbacks."""

import contextlib
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from sandbox.client import Sandbox

SENDER = "+15005550006"
_numbers = itertools.count(13_800_000_000)


class LoopbackHttpClient(TwilioHttpClient):
    """Twilio's own client, with another host."""

    def __init__(self, host: str) -> None:
        super().__init__(timeout=10)
        self.host = host
        self.stamp: str | None = None

    def request(self, method, url, params=None, data=None, headers=None, *rest, **named) -> Response:
        headers = {**(headers or {}), **({"X-Tongbao-Now": self.stamp} if self.stamp else {})}
        url = url.replace("https://api.twilio.com", self.host)
        return super().request(method, url, params, data, headers, *rest, **named)


@dataclass
class Callback:
    """One callback as it came in."""

    path: str
    signature: str
    form: dict[str, str]


@dataclass
class Receiver:
    """Callbacks that came in, in the order of arrival; `answers` are statuses to give first."""

    url: str = ""
    got: list[Callback] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def statuses(self) -> list[str]:
        return [callback.form["MessageStatus"] for callback in self.got]


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition; fails the test when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("waited in vain")
        time.sleep(0.01)


@pytest.fixture
def number() -> str:
    """A recipient no other test uses."""
    return f"+86{next(_numbers)}"


def twilio_of(sandbox: Sandbox) -> Client:
    address = sandbox.address
    http = LoopbackHttpClient(address["twilio"])
    return Client(address["account_sid"], address["auth_token"], http_client=http)


@contextlib.contextmanager
def running(home: Path, *options: str) -> Iterator[Sandbox]:
    sandbox = Sandbox(home)
    sandbox.start(20, *options)
    try:
        yield sandbox
    finally:
        sandbox.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("home")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared) -> Iterator[Sandbox]:
    """A running sandbox with every fault at rest; its ledger is shared with other tests."""
    shared.calm()
    yield shared
    shared.calm()


@pytest.fixture
def own(tmp_path) -> Iterator[Sandbox]:
    """A running sandbox of this test alone."""
    with running(tmp_path / "home") as sandbox:
        yield sandbox


@pytest.fixture
def twilio(sandbox) -> Iterator[Client]:
    client = twilio_of(sandbox)
    yield client
    client.http_client.session.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on loopback that takes callbacks."""
    into = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            into.got.append(Callback(self.path, self.headers["X-Twilio-Signature"], dict(parse_qsl(body))))
            self.send_response(into.answers.pop(0) if into.answers else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    into.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield into
    server.shutdown()
    thread.join()
    server.server_close()


def kill(sandbox: Sandbox) -> None:
    """End the sandbox's process without a chance to tidy up, and wait until it is gone."""
    os.kill(sandbox.health()["pid"], signal.SIGKILL)
    until(lambda: not sandbox._home.is_served())
