"""The public page: whole files only, inside the folder only, and live only where the public looks."""

from __future__ import annotations

import os

import pytest

from notifications.channels.web_files import LARGEST_PAGE, WebFiles

from .wires import Line, answering, http_answer, read_request, serving

ENTRY = '<li data-entry="t-1">Down</li>'


@pytest.fixture
def site(tmp_path):
    return WebFiles(tmp_path / "public", "https://status.example.net/")


def test_files_are_written_with_their_folders_and_nothing_else(site, tmp_path):
    """Parents are created; no temporary file stays behind."""
    site.publish({"index.html": b"one", "en/i/INC-7/index.html": b"two"})
    site.publish({"index.html": b"three"})

    found = {
        str(each.relative_to(tmp_path)): each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()
    }
    assert {"public/index.html": b"three", "public/en/i/INC-7/index.html": b"two"} == found


def test_a_reader_keeps_the_file_that_was_opened(site, tmp_path):
    """A page is replaced by name, never rewritten in place."""
    site.publish({"index.html": b"old"})
    with open(tmp_path / "public/index.html", "rb") as reader:
        site.publish({"index.html": b"new and longer"})

        assert b"old" == reader.read()


def test_a_page_can_be_read_by_any_server(site, tmp_path):
    """The file's mode is what the process's umask gives, not a private temporary file's."""
    site.publish({"index.html": b"x"})
    (tmp_path / "plain").write_bytes(b"x")

    assert (tmp_path / "plain").stat().st_mode == (tmp_path / "public/index.html").stat().st_mode


def test_a_write_that_fails_leaves_the_old_page_and_no_scraps(site, tmp_path):
    """A name that is a folder cannot be replaced: OSError, and nothing of the try remains."""
    site.publish({"page/index.html": b"old"})

    with pytest.raises(OSError):
        site.publish({"page": b"new"})

    assert ["page"] == os.listdir(tmp_path / "public")
    assert b"old" == (tmp_path / "public/page/index.html").read_bytes()


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "/etc/x", "", ".", "..", "a\\..\\x", "x\0y", "a/..", "link/x", "link/deep/x"],
)
def test_no_path_leads_out_of_the_folder(site, tmp_path, path):
    """Refused before anything is written, whatever else is in the same call."""
    (tmp_path / "public").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "public/link").symlink_to(tmp_path / "outside")

    with pytest.raises(OSError):
        site.publish({"good.html": b"x", path: b"x"})

    assert ["link"] == os.listdir(tmp_path / "public")
    assert [] == os.listdir(tmp_path / "outside")


def test_a_linked_page_is_replaced_not_followed(site, tmp_path):
    """A link in place of a page does not lead the write elsewhere."""
    (tmp_path / "public").mkdir()
    (tmp_path / "other").write_bytes(b"mine")
    (tmp_path / "public/index.html").symlink_to(tmp_path / "other")

    site.publish({"index.html": b"page"})

    assert (b"mine", b"page") == (
        (tmp_path / "other").read_bytes(),
        (tmp_path / "public/index.html").read_bytes(),
    )


def test_an_address_is_quoted(site):
    """The public address of a path, in characters that an address may have."""
    assert "https://status.example.net/i/INC-7/%E7%AC%AC%201.html" == site.url("/i/INC-7/第 1.html")


def looked(tmp_path, wire: bytes, **settings) -> bool:
    with serving(answering(wire)) as server:
        return WebFiles(tmp_path, server.url, **settings).is_live("i/7.html", "t-1")


def test_an_entry_that_the_public_address_shows_is_live(tmp_path):
    """A 200 with the entry's token; asked for by its path under the public address."""
    seen: list = []
    with serving(answering(http_answer(200, f"<html>{ENTRY}"), seen)) as server:
        assert WebFiles(tmp_path, server.url + "/status").is_live("i/7.html", "t-1")

    assert b"GET /status/i/7.html HTTP/1.1" == seen[0][0]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('<main data-incident="INC-7">', ()),
        (f'<main data-incident="INC-7">{ENTRY}', ("t-1",)),
        (ENTRY, ("t-1",)),
        ("", None),
        ("Coming soon: /incidents/INC-7/", None),
        ('<main data-incident="INC-77">', None),
    ],
)
def test_a_page_without_entries_says_whose_it_is(tmp_path, body, shown):
    """I21: a 200 of somebody else, or of another incident, is not our page with nothing on it."""
    with serving(answering(http_answer(200, body))) as server:
        assert shown == WebFiles(tmp_path, server.url).shown("incidents/INC-7/")


@pytest.mark.parametrize(
    "wire",
    [
        http_answer(404, ENTRY),
        http_answer(302, ENTRY, "Location: /elsewhere"),
        http_answer(206, ENTRY),
        http_answer(200, ENTRY.replace("t-1", "t-11")),
        http_answer(200, "t-1"),
        http_answer(200, "x" * LARGEST_PAGE + ENTRY),
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + ENTRY.encode(),
        b"",
    ],
)
def test_anything_else_is_not_live(tmp_path, wire):
    """Another status, a redirect, another entry, a page too long, garbage, silence."""
    with serving(lambda line: read_request(line) and line.say(wire)) as server:
        assert not WebFiles(tmp_path, server.url, seconds=2).is_live("i/7.html", "t-1")


def test_a_page_that_drips_is_given_up(tmp_path):
    """A byte now and then does not hold the look for longer than its seconds."""

    def drips(line: Line) -> None:
        read_request(line)
        line.say(b"HTTP/1.1 200 OK\r\n\r\n" + ENTRY.encode())
        while line.socket.send(b"x"):
            pass

    with serving(drips) as server:
        assert not WebFiles(tmp_path, server.url, seconds=0.2).is_live("x", "t-1")


@pytest.mark.parametrize(
    "url", ["ftp://x", "no-scheme", "http://", "http://x:99999999", "http://[::1", "file:///etc"]
)
def test_an_address_that_is_none_is_not_live(tmp_path, url):
    """A malformed public address is a no, not an exception."""
    assert not WebFiles(tmp_path, url).is_live("index.html", "t-1")


def test_the_environments_proxies_are_ignored(tmp_path, monkeypatch):
    """Live means live for the public, not for our proxy."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert looked(tmp_path, http_answer(200, ENTRY))


def test_a_page_of_the_sandbox_is_live(sandbox, home):
    """Published into the folder that the sandbox serves, an entry is live at its address."""
    site = WebFiles(home / "public", sandbox.address["http"])
    assert not site.is_live("i/7.html", "t-1")

    site.publish({"i/7.html": ENTRY.encode()})

    assert site.is_live("i/7.html", "t-1")
