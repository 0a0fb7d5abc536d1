"""Every exception of the wrapped libraries means one thing; a failed connection is no lost answer."""

from __future__ import annotations

import inspect
import ssl

import pytest
import requests.exceptions
import twilio.base.exceptions
import urllib3.exceptions

from notifications.channels import kept_http, twilio_line
from notifications.channels.kept_http import FAILURES, KeptHttp, Meaning, core_of, meaning_of

from .wires import Line, answering, http_answer, serving


def classes_of(module) -> list[type[Exception]]:
    """The exception classes that a library defines in its module of exceptions."""
    found = (each for _, each in inspect.getmembers(module, inspect.isclass))
    return [
        each
        for each in found
        if each.__module__ == module.__name__
        and issubclass(each, Exception)
        and not issubclass(each, Warning)
    ]


@pytest.mark.parametrize(
    "kind",
    [
        each
        for module in (requests.exceptions, urllib3.exceptions, twilio.base.exceptions)
        for each in classes_of(module)
    ],
)
def test_every_exception_class_is_in_the_table(kind):
    """A new version of a wrapped library cannot bring an exception that nobody thought about."""
    assert kind in twilio_line.EXCEPTIONS


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.exceptions.ConnectTimeout(), Meaning.NOT_SENT),
        (requests.exceptions.ReadTimeout(), Meaning.UNKNOWN),
        (
            requests.exceptions.ConnectionError(urllib3.exceptions.NewConnectionError(None, "refused")),
            Meaning.NOT_SENT,
        ),
        (
            requests.exceptions.ConnectionError(
                urllib3.exceptions.MaxRetryError(
                    None, "/", urllib3.exceptions.NameResolutionError("nowhere", None, OSError())
                )
            ),
            Meaning.NOT_SENT,
        ),
        (
            requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("aborted", OSError())),
            Meaning.UNKNOWN,
        ),
        (requests.exceptions.ConnectionError("words only"), Meaning.INSIDE),
        (requests.exceptions.MissingSchema(), Meaning.MISBUILT),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate"), Meaning.UNFIT),
        (ssl.SSLError(), Meaning.UNKNOWN),
        (ConnectionResetError(), Meaning.UNKNOWN),
        (RecursionError(), Meaning.UNKNOWN),
        (KeyError(), Meaning.UNKNOWN),
    ],
)
def test_an_exception_means_what_its_core_says(error, expected):
    """A wrapper is opened until the exception that knows."""
    assert expected is meaning_of(core_of(error))


@pytest.fixture
def line():
    kept = KeptHttp(connections=2, connect_seconds=2, read_seconds=0.3)
    yield kept
    kept.close()


def get(line: KeptHttp, url: str) -> kept_http.Reply:
    return line.ask("GET", url, None, None, {}, None)


def failure(line: KeptHttp, url: str) -> Meaning:
    with pytest.raises(FAILURES) as caught:
        get(line, url)
    return meaning_of(core_of(caught.value))


def test_connections_are_kept(line):
    """Twenty requests one after the other use one connection."""
    with serving(answering(http_answer(200, "x" * 5000))) as server:
        replies = [get(line, server.url) for _ in range(20)]

        assert {5000} == {len(each.text) for each in replies}
        assert 1 == server.connects


def test_chunked_answers_are_kept_too(line):
    """An answer without a length is read to its end, and its connection used again."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    with serving(answering(chunked)) as server:
        assert ["abc", "abc"] == [get(line, server.url).text for _ in range(2)]
        assert 1 == server.connects


def test_a_redirect_is_not_followed(line):
    """S-rule of outgoing calls: a redirect is an answer, nothing goes to another host."""
    with serving(answering(http_answer(302, "", "Location: http://127.0.0.1:1/"))) as server:
        assert 302 == get(line, server.url).status


def test_a_handshake_that_fails_is_surely_not_sent(line):
    """TLS against a server that does not speak it: no byte of the request left."""
    with serving(lambda line: line.say(b"no TLS here, sorry\r\n" * 10)) as server:
        assert Meaning.NOT_SENT is failure(line, server.url.replace("http:", "https:"))


def test_a_connection_closed_during_the_handshake_is_surely_not_sent(line):
    """A reset before the handshake ends is not a lost answer."""
    with serving(lambda line: None) as server:
        assert Meaning.NOT_SENT is failure(line, server.url.replace("http:", "https:"))


def test_nobody_listening_is_surely_not_sent(line):
    """A refused connection."""
    with serving(lambda line: None) as server:
        pass

    assert Meaning.NOT_SENT is failure(line, server.url)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    ],
)
def test_an_answer_cut_short_or_garbled_is_unknown(line, answer):
    """Once the request is out, whatever goes wrong leaves it unknown."""

    def serve(wire: Line) -> None:
        wire.line()
        wire.say(answer)

    with serving(serve) as server:
        assert Meaning.UNKNOWN is failure(line, server.url)


def test_an_endless_answer_is_cut_off(line):
    """A body beyond 1 MiB is not read to its end."""

    def serve(wire: Line) -> None:
        wire.line()
        wire.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            wire.say(b"x" * 65536)

    with serving(serve) as server, pytest.raises(kept_http.AnswerTooLong):
        get(line, server.url)


def test_an_unknown_scheme_is_our_own_fault(line):
    """A malformed address is never sent and never will be."""
    assert Meaning.MISBUILT is failure(line, "ftp://127.0.0.1/")
    assert Meaning.MISBUILT is failure(line, "no-scheme")
