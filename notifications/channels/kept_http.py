"""Kept-alive HTTP to one provider that never redirects, never retries and always ends.

Every exception of requests and urllib3 means one thing (EXCEPTIONS). What fails while the connection is being
made (DNS, refusal, TLS) is told apart from what fails once bytes may have left: only the former is surely not
sent. Reads the monotonic clock, to bound an answer that drips; never the time of day.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests import exceptions as http
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3 import exceptions as wire
from urllib3.connection import HTTPConnection, HTTPSConnection

LARGEST_ANSWER = 1 << 20
_CHUNK = 1 << 16


class Meaning(Enum):
    """What an exception says about the request."""

    NOT_SENT = auto()
    """Surely not processed: it never had a connection."""
    MISBUILT = auto()
    """Surely not processed, and never will be: the address or the credentials are malformed."""
    UNFIT = auto()
    """Surely not processed: the text itself cannot be sent."""
    UNKNOWN = auto()
    """It may have been processed."""
    INSIDE = auto()
    """A wrapper: the exception inside it knows."""


class AnswerTooLong(wire.HTTPError):
    """The answer is longer, or takes longer, than any answer of the provider."""


def _each(meaning: Meaning, *kinds: type[Exception]) -> dict[type[Exception], Meaning]:
    return dict.fromkeys(kinds, meaning)


EXCEPTIONS: dict[type[Exception], Meaning] = {
    **_each(
        Meaning.NOT_SENT,
        http.ConnectTimeout,
        http.ProxyError,
        wire.ConnectTimeoutError,
        wire.NewConnectionError,
        wire.NameResolutionError,
        wire.ProxyError,
        wire.ClosedPoolError,
        wire.EmptyPoolError,
        wire.FullPoolError,
    ),
    **_each(
        Meaning.MISBUILT,
        http.URLRequired,
        http.MissingSchema,
        http.InvalidSchema,
        http.InvalidURL,
        http.InvalidHeader,
        http.InvalidProxyURL,
        wire.LocationValueError,
        wire.LocationParseError,
        wire.URLSchemeUnknown,
        wire.ProxySchemeUnknown,
        wire.ProxySchemeUnsupported,
        wire.HostChangedError,
        wire.InvalidHeader,
        wire.TimeoutStateError,
    ),
    **_each(Meaning.UNFIT, UnicodeEncodeError),
    # A TLS failure while connecting arrives as NewConnectionError (see _Connecting); any SSLError came later.
    **_each(
        Meaning.UNKNOWN,
        http.SSLError,
        http.Timeout,
        http.ReadTimeout,
        http.HTTPError,
        http.TooManyRedirects,
        http.InvalidJSONError,
        http.JSONDecodeError,
        http.ChunkedEncodingError,
        http.ContentDecodingError,
        http.StreamConsumedError,
        http.RetryError,
        http.UnrewindableBodyError,
        http.RequestException,
        wire.SSLError,
        wire.DecodeError,
        wire.ProtocolError,
        wire.TimeoutError,
        wire.ReadTimeoutError,
        wire.ResponseError,
        wire.ResponseNotChunked,
        wire.BodyNotHttplibCompatible,
        wire.IncompleteRead,
        wire.InvalidChunkLength,
        wire.HeaderParsingError,
        wire.UnrewindableBodyError,
        wire.PoolError,
        wire.RequestError,
        wire.HTTPError,
        AnswerTooLong,
        OSError,
    ),
    # An answer that is no JSON, or JSON of another shape than expected: it was an answer all the same.
    **_each(
        Meaning.UNKNOWN, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError
    ),
    **_each(Meaning.INSIDE, http.ConnectionError, wire.MaxRetryError),
}

FAILURES: tuple[type[Exception], ...] = tuple(EXCEPTIONS)


def meaning_of(error: BaseException, table: Mapping[type[Exception], Meaning] = EXCEPTIONS) -> Meaning:
    """What `error` says, by the nearest of its classes in the table; UNKNOWN when there is none."""
    known = (table[kind] for kind in type(error).__mro__ if kind in table)
    return next(known, Meaning.UNKNOWN)


def core_of(error: Exception, table: Mapping[type[Exception], Meaning] = EXCEPTIONS) -> Exception:
    """The exception that knows: `error`, or what it wraps when the table says INSIDE."""
    while meaning_of(error, table) is Meaning.INSIDE:
        inner = getattr(error, "reason", None) or next(iter(error.args), None)
        if not isinstance(inner, Exception):
            return error
        error = inner
    return error


class _Connecting(HTTPConnection):
    """A connection whose every failure to come about is a NewConnectionError, a reset handshake too."""

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, wire.SSLError) as error:
            raise wire.NewConnectionError(self, type(error).__name__) from error


class _ConnectingTls(_Connecting, HTTPSConnection):
    """The same over TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connecting


class _PoolTls(urllib3.HTTPSConnectionPool):
    ConnectionCls = _ConnectingTls


@dataclass(frozen=True)
class Reply:
    """An answer as it came, decoded as UTF-8; header names in any case."""

    status: int
    text: str
    headers: Mapping[str, str]


class KeptHttp:
    """Up to `connections` kept connections, shared by threads; `close` ends them.

    Ignores the environment's proxies, netrc and certificate variables: what is configured is what happens.
    """

    def __init__(self, connections: int, connect_seconds: float, read_seconds: float) -> None:
        self._timeout = (connect_seconds, read_seconds)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _adapter(connections))

    def ask(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        data: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        auth: tuple[bytes, bytes] | None,
    ) -> Reply:
        """One request, one answer; raises one of FAILURES."""
        deadline = time.monotonic() + sum(self._timeout)
        with self._session.request(
            method,
            url,
            params=params,
            data=data,
            headers=dict(headers),
            auth=HTTPBasicAuth(*auth) if auth else None,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            text = _bounded(response.raw, deadline).decode("utf-8", "replace")
            return Reply(response.status_code, text, response.headers)

    def close(self) -> None:
        self._session.close()


def _adapter(connections: int) -> HTTPAdapter:
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=connections, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTls}
    return adapter


def _bounded(raw: urllib3.HTTPResponse, deadline: float) -> bytes:
    """The whole body, unless it is too long or drips past the deadline: then AnswerTooLong."""
    chunks, size = [], 0
    while chunk := raw.read1(_CHUNK, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_ANSWER or time.monotonic() > deadline:
            raise AnswerTooLong("too long")
    return b"".join(chunks)
