"""Public pages as they lie, health, and what the server itself refuses."""

import re
import socket

import pytest

from incidents.errors import TongbaoError, Unavailable
from storage.database import SCHEMA_VERSION, Database
from web.errors import STATUSES
from web.limits import Limits
from web.serve import Server

FILES = {
    "index.html": "<p>home</p>",
    "zh/index.html": "<p>主页</p>",
    "en/index.html": "<p>home</p>",
    "incidents/INC-2026-0001.html": "<p>INC</p>",
    "s/12.html": "<p>short</p>",
    "s/13": "<p>bare</p>",
    "history.atom": "<feed/>",
    "incidents/.INC.html.0a.tmp": "half",
    ".secret/index.html": "no",
}


@pytest.fixture
def pages(site, tmp_path):
    for name, text in FILES.items():
        file = site.app.public_dir / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "outside.html").write_text("outside", encoding="utf-8")
    (site.app.public_dir / "link.html").symlink_to(tmp_path / "outside.html")
    return site


FOUND = {
    "/": "<p>home</p>",
    "/zh/": "<p>主页</p>",
    "/en": "<p>home</p>",
    "/incidents/INC-2026-0001": "<p>INC</p>",
    "/incidents/INC-2026-0001.html": "<p>INC</p>",
    "/s/12": "<p>short</p>",
    "/s/13": "<p>bare</p>",
}


@pytest.mark.parametrize(("path", "text"), FOUND.items())
def test_a_page_is_served_as_it_lies(pages, path, text):
    """A page is cacheable for 30 seconds, typed, and readable from other sites."""
    answer = pages.ask("GET", path)

    assert (200, text) == (answer.status, answer.body.decode())
    assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
    assert "max-age=30" == answer.headers["Cache-Control"]
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_feed_has_its_type(pages):
    """Feed readers look at the type."""
    assert "application/atom+xml" == pages.ask("GET", "/history.atom").headers["Content-Type"]


def test_head_is_answered_without_a_body(pages):
    """HEAD says what GET would say."""
    answer = pages.ask("HEAD", "/incidents/INC-2026-0001")

    assert (200, b"") == (answer.status, answer.body)
    assert "10" == answer.headers["Content-Length"]


def test_an_unchanged_page_is_304(pages):
    """A reader that has the page is told so."""
    tag = pages.ask("GET", "/").headers["ETag"]

    assert 304 == pages.ask("GET", "/", headers={"If-None-Match": tag}).status


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/s/",
        "/../outside",
        "/../outside.html",
        "/%2e%2e/outside.html",
        "/s/..%2f..%2foutside.html",
        "/s/%5c..%5c..%5coutside.html",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/link",
        "/link.html",
        "/incidents/.INC.html.0a.tmp",
        "/.secret/",
        "/.secret/index.html",
        "/%00",
        "/s/12%00.html",
        "/" + "x" * 5000,
        "/%ff%fe",
    ],
)
def test_nothing_outside_and_nothing_hidden_is_served(pages, path):
    """Whatever is tried, the answer is 404."""
    assert 404 == pages.ask("GET", path).status


def test_a_page_cannot_be_posted_to(pages):
    """Pages are for GET and HEAD."""
    assert 405 == pages.ask("POST", "/zh/", b"x").status


def test_pages_may_come_later(serve):
    """Without a folder there is no page, and no error."""
    site = serve()
    site.app.public_dir.rmdir()
    assert 404 == site.ask("GET", "/").status

    site.app.public_dir.mkdir()
    (site.app.public_dir / "index.html").write_text("x")
    assert 200 == site.ask("GET", "/").status


def test_health_is_told(site):
    """Alive needs nothing; ready asks the database."""
    assert {"ok": True} == site.ask("GET", "/healthz").json
    assert {"database": {"journal_mode": "wal"}} == site.ask("GET", "/readyz").json

    site.app.ready_error = Unavailable("the database is busy")
    assert 503 == site.ask("GET", "/readyz").status
    assert 200 == site.ask("GET", "/healthz").status


def test_the_server_does_not_say_what_it_is(site):
    """No Server header."""
    assert site.ask("GET", "/healthz").headers["Server"] is None


def test_too_many_headers_are_refused(site):
    """100 headers are allowed, 101 are not."""
    few = {f"X-{number}": "1" for number in range(98)}  # and Host, Accept-Encoding

    assert 200 == site.ask("GET", "/healthz", headers=few).status
    assert 431 == site.ask("GET", "/healthz", headers={**few, "X-More": "1"}).status


def test_headers_beyond_16_kib_are_refused(site):
    """Headers that do not end are not collected for ever."""
    status, _ = site.says(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000)

    assert 400 == status


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost:"])
def test_a_request_that_never_ends_is_cut_off(site, sent):
    """A silent or slow sender holds its connection for the time to receive, no longer."""
    assert (0, b"") == site.says(sent)


def test_a_connection_can_be_used_again(site):
    """Two requests over one connection are both answered, also after a refusal that left a body unread."""
    request = b"POST /v1/triggers/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    _, came = site.says(request + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert [b"401", b"200"] == re.findall(rb"HTTP/1.1 (\d+)", came)


def test_one_address_has_a_bounded_number_of_connections(serve):
    """The connection after the last allowed one is closed at once; the others work on."""
    site = serve(Limits(connections_per_address=2))
    first = socket.create_connection(("127.0.0.1", site.port), timeout=10)
    second = socket.create_connection(("127.0.0.1", site.port), timeout=10)
    try:
        for one in (first, second):
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one.recv(1000).startswith(b"HTTP/1.1 200")
        with pytest.raises(ConnectionError):
            site.ask("GET", "/healthz")
    finally:
        first.close()
        second.close()


def test_an_address_that_is_taken_is_said(site):
    """Starting on a port in use is a refusal that names it."""
    with pytest.raises(Unavailable, match=rf"127\.0\.0\.1:{site.port}"):
        Server(site.app, "127.0.0.1", site.port).start()


def test_every_error_of_the_core_has_a_status():
    """No class of error is without its line in the table."""
    named = {cls.__name__ for cls in STATUSES}

    assert {cls.__name__ for cls in TongbaoError.__subclasses__()} <= named
    assert all(re.fullmatch(r"[45]\d\d", str(status.value)) for status in STATUSES.values())


def test_ready_waits_for_no_writer_and_says_why_it_is_not(tmp_path):
    """A writer who holds the record delays no probe; a record that cannot be read is Unavailable, with why."""
    database = Database(tmp_path / "tongbao.db")
    with pytest.raises(Unavailable, match="cannot be read"):
        database.glance()
    database.create()
    with database.transaction():
        assert {"journal_mode": "wal", "schema": SCHEMA_VERSION}.items() <= database.glance().items()
    database.close()
    for file in tmp_path.glob("tongbao.db*"):
        file.write_bytes(b"not a database" * 100)
    with pytest.raises(Unavailable, match="not a database"):
        database.glance()
