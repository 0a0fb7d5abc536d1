"""POST /v1/triggers/alertmanager: stored, then answered."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from web_house import alarm, webhook

from coordinator.intake import LARGEST_BODY
from incidents.errors import Unavailable
from web.limits import Limits

GOOD = webhook(alarm())
PATH = "/v1/triggers/alertmanager"


def test_a_good_body_is_stored_and_answered_202(site):
    """The answer names the event; its sender is its source, and the reader is woken."""
    answer = site.triggers(GOOD)

    assert 202 == answer.status
    assert {"event": 1, "new": True} == answer.json
    assert [("alertmanager", "am-1", GOOD)] == site.app.shelf.kept
    assert 1 == site.app.rung


def test_the_same_body_again_is_accepted_and_not_new(site):
    """A repeat is answered 2xx, so that its sender stops."""
    site.triggers(GOOD)

    assert {"event": 1, "new": False} == site.triggers(GOOD).json


@pytest.mark.parametrize("key", ["am-key", "alice-key", "hq-key"])
def test_who_may_trigger_is_let_in(site, key):
    """The trigger role, the duty manager and the administrator may send."""
    assert 202 == site.triggers(GOOD, key).status


@pytest.mark.parametrize("key", ["vera-key", "carol-key", "no-such-key"])
def test_who_may_not_trigger_is_refused(site, key):
    """A wrong key or a wrong role is 403, and nothing is stored."""
    answer = site.triggers(GOOD, key)

    assert 403 == answer.status
    assert "not_allowed" == answer.error["code"]
    assert [] == site.app.shelf.kept


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic am-key", "am-key", "Bearer am key", "Bearer \xe4"]
)
def test_a_missing_or_malformed_token_is_401(site, header):
    """Without a token there is a hint how to send one."""
    headers = {} if header is None else {"Authorization": header}
    answer = site.ask("POST", PATH, GOOD, headers)

    assert 401 == answer.status
    assert 'Bearer realm="tongbao"' == answer.headers["WWW-Authenticate"]
    assert [] == site.app.shelf.kept


def test_two_tokens_are_401(site):
    """A doubled Authorization header says nothing."""
    status, _ = site.says(
        b"POST /v1/triggers/alertmanager HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
        b"Authorization: Bearer am-key\r\nAuthorization: Bearer am-key\r\n\r\n"
    )

    assert 401 == status


BAD = {
    "empty": (b"", "body"),
    "no JSON": (b"hello", "body"),
    "no object": (b"[]", "body"),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, "body"),
    "bad UTF-8": (GOOD.replace(b"CellSitesDown", b"\xff"), "body"),
    "200k [": (b"[" * 200_000, "body"),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(100), "body"),
    "a key twice": (b'{"version": "4", "version": "4"}', "version"),
    "NaN": (b'{"version": NaN}', "version"),
    "2**63": (b'{"version": 9223372036854775808}', "version"),
    "no version": (b"{}", "version"),
    "another version": (webhook(alarm(), version="1"), "version"),
    "no alerts": (webhook(), "alerts"),
    "a wrong status": (webhook(alarm(), alarm(status="x")), "alerts[1].status"),
    "a wrong time": (webhook(alarm(startsAt="noon")), "alerts[0].startsAt"),
}


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD.keys())
def test_a_bad_body_is_400_with_its_field_and_is_kept(site, body, field):
    """What can never be accepted is told with its path; it is stored all the same."""
    answer = site.triggers(body)

    assert 400 == answer.status
    assert {"code", "message", "field", "next"} == set(answer.error)
    assert ("invalid", field) == (answer.error["code"], answer.error["field"])
    assert "event 1" in answer.error["next"]
    assert [("alertmanager", "am-1", body)] == site.app.shelf.kept


def test_an_unknown_format_is_404(site):
    """A format that is not known is named with those that are."""
    answer = site.triggers(GOOD, name="smoke-signal")

    assert 404 == answer.status
    assert "alertmanager" in answer.error["next"]


def test_only_post_is_allowed(site):
    """Other methods are 405."""
    answer = site.ask("GET", PATH)

    assert 405 == answer.status
    assert "POST" == answer.headers["Allow"]


def test_exactly_one_mebibyte_is_accepted(site):
    """The limit itself is allowed, a byte more is not."""
    padded = GOOD + b" " * (LARGEST_BODY - len(GOOD))

    assert 202 == site.triggers(padded).status
    assert 413 == site.triggers(padded + b" ").status
    assert 1 == len(site.app.shelf.kept)


def test_ten_megabytes_are_refused_and_the_sender_hears_it(site):
    """A large body is dropped while it comes in, and its sender reads the answer."""
    assert 413 == site.triggers(b"x" * 10_000_000).status


def test_a_large_body_in_chunks_is_refused(site):
    """A body that announces no length is counted as it comes in."""
    pieces = (b"x" * 65_536 for _ in range(40))

    assert 413 == site.ask("POST", PATH, pieces, {"Authorization": "Bearer am-key"}).status


def test_a_large_body_that_waits_to_be_asked_for_is_not_asked_for(site):
    """Expect: 100-continue with too great a length is refused at once."""
    status, came = site.says(_head(b"Content-Length: 2000000\r\nExpect: 100-continue\r\n"))

    assert 413 == status
    assert b"100 Continue" not in came


def _head(more):
    return (
        b"POST "
        + PATH.encode()
        + b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer am-key\r\n"
        + more
        + b"\r\n"
    )


def test_a_body_that_does_not_come_is_408(site):
    """A body shorter than announced is waited for, then given up."""
    status, came = site.says(_head(b"Content-Length: 100\r\n") + b'{"version"')

    assert 408 == status
    assert b"connection: close" in came.lower()
    assert [] == site.app.shelf.kept


@pytest.mark.parametrize("length", [b"-1", b"abc", b"1, 2", b"99999999999999999999999"])
def test_a_length_that_is_none_is_400(site, length):
    """A wrong Content-Length is refused by the protocol, or as too large."""
    status, _ = site.says(_head(b"Content-Length: " + length + b"\r\nConnection: close\r\n"))

    assert status in (400, 408, 413)
    assert [] == site.app.shelf.kept


def test_a_database_that_is_busy_is_503_with_retry_after(site):
    """Alertmanager tries again on 5xx only."""

    def busy():
        raise Unavailable("the database is busy", next="try again")

    site.app.shelf.before = busy
    answer = site.triggers(GOOD)

    assert 503 == answer.status
    assert "1" == answer.headers["Retry-After"]
    assert "unavailable" == answer.error["code"]


def test_more_than_can_wait_is_503_at_once(serve):
    """A full house refuses the next at once, and takes it when there is room again."""
    site = serve(Limits(waiting=1))
    inside, go = threading.Event(), threading.Event()

    def slow():
        inside.set()
        assert go.wait(10)

    site.app.shelf.before = slow
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(site.triggers, GOOD)
        assert inside.wait(10)
        refused = site.triggers(GOOD)
        go.set()
        assert 202 == first.result(10).status

    assert 503 == refused.status
    assert "1" == refused.headers["Retry-After"]
    assert 202 == site.triggers(GOOD).status


def test_our_own_mistake_is_500_without_a_word_of_it(site, caplog):
    """An unexpected error is in the log, not in the answer."""

    def broken():
        raise RuntimeError("secret 13800000000")

    site.app.shelf.before = broken
    answer = site.triggers(GOOD)

    site.stop()

    assert 500 == answer.status
    assert b"13800000000" not in answer.body
    assert "RuntimeError" in caplog.text


def test_fifty_senders_at_once_are_all_stored(site):
    """Nothing that was answered 202 is missing."""
    bodies = [webhook(alarm(fingerprint=str(number))) for number in range(50)]
    with ThreadPoolExecutor(16) as pool:
        statuses = [answer.status for answer in pool.map(site.triggers, bodies)]

    assert [202] * 50 == statuses
    assert set(bodies) == {body for _, _, body in site.app.shelf.kept}
