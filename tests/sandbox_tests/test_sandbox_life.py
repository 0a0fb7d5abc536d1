"""A sandbox starts once per home, keeps its address, serves the public folder, and ends by itself."""

import http.client
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.client import Sandbox, SandboxError

from .conftest import kill, running, until


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def public(sandbox: Sandbox) -> Path:
    folder = sandbox._home.public
    (folder / "incidents" / "R1").mkdir(parents=True, exist_ok=True)
    (folder / "incidents" / "R1" / "index.html").write_text("<p>事件</p>", "utf-8")
    (folder / "history.atom").write_text("<feed/>", "utf-8")
    (folder.parent / "secret.txt").write_text("secret", "utf-8")
    return folder


def fetch(sandbox: Sandbox, path: str, method: str = "GET") -> tuple[int, bytes]:
    """One request whose path is sent exactly as given."""
    target = urlsplit(sandbox.address["http"])
    line = http.client.HTTPConnection(target.hostname, target.port, timeout=10)
    line.request(method, path)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    return answer.status, content


def test_the_address_stays_over_restarts(tmp_path):
    """Ports, account and token are those of the first start."""
    with running(tmp_path) as sandbox:
        first = sandbox.address
    with running(tmp_path) as sandbox:
        second = sandbox.address

    kept = ("http", "twilio", "smtp_port", "account_sid", "auth_token")
    assert [first[k] for k in kept] == [second[k] for k in kept]
    assert first["pid"] != second["pid"]


def test_the_address_is_private_to_its_owner(sandbox):
    """Nobody else may read the token."""
    assert 0o600 == stat.S_IMODE(os.stat(sandbox._home.address_file).st_mode)


def test_a_second_serve_says_so_and_exits_0(sandbox):
    """A home that is served is left as it is."""
    before = sandbox.address

    second = python("serve", "--home", str(sandbox._home.root))

    assert 0 == second.returncode
    assert "already served" in second.stdout
    assert before == sandbox.address


def test_start_is_safe_to_repeat(sandbox):
    """Starting a running sandbox returns its address."""
    assert sandbox.address == sandbox.start()


def test_stop_tells_whether_it_was_running(tmp_path):
    """`stop` ends the process of its home, once."""
    with running(tmp_path) as sandbox:
        done = python("stop", "--home", str(tmp_path))

        assert (0, "sandbox: stopped\n") == (done.returncode, done.stdout)
        assert not sandbox.is_running()
        assert False is sandbox.stop()


def test_it_ends_by_itself_when_nobody_calls(tmp_path):
    """An unused sandbox does not outlive its idle time."""
    sandbox = Sandbox(tmp_path)
    sandbox.start(20, "--idle-minutes", "0.01")

    until(lambda: not sandbox._home.is_served())
    assert not sandbox.is_running()


def test_a_taken_port_is_named(sandbox, tmp_path):
    """Asking for a port in use fails with its number."""
    port = urlsplit(sandbox.address["http"]).port

    with pytest.raises(SandboxError, match=f"port {port}"):
        Sandbox(tmp_path).start(20, "--port", str(port))


def test_no_sandbox_is_said_in_words(tmp_path):
    """Without a start the client says what to do."""
    with pytest.raises(SandboxError, match="start it first"):
        Sandbox(tmp_path).ledger()


def test_a_killed_sandbox_starts_again(own):
    """A lock and an address left by SIGKILL stand in nobody's way."""
    kill(own)

    assert not own.is_running()
    own.start()
    assert own.is_running()


@pytest.mark.parametrize("path", ["/incidents/R1", "/incidents/R1/", "/incidents/R1/index.html"])
def test_public_pages_are_served(sandbox, path):
    """A folder shows its index, with and without the slash."""
    public(sandbox)

    answer = requests.get(sandbox.address["http"] + path, timeout=10, allow_redirects=False)

    assert (200, "<p>事件</p>") == (answer.status_code, answer.content.decode())
    assert ("max-age=30", "*") == (
        answer.headers["Cache-Control"],
        answer.headers["Access-Control-Allow-Origin"],
    )


def test_head_and_revalidation_work(sandbox):
    """HEAD has no body, an unchanged page is 304, a feed has a feed's type."""
    public(sandbox)
    url = sandbox.address["http"] + "/history.atom"
    first = requests.head(url, timeout=10)

    assert (200, b"") == (first.status_code, first.content)
    assert "application/atom+xml" == first.headers["Content-Type"]
    again = requests.get(url, headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert 304 == again.status_code


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/incidents/../../secret.txt",
        "/..%2fsecret.txt",
        "/incidents/%2e%2e/%2e%2e/sandbox/address.json",
        "//etc/passwd",
        "/%00",
        "/link.txt",
    ],
)
def test_nothing_outside_the_public_folder_is_read(sandbox, path):
    """Neither dots, nor encodings, nor links lead out."""
    folder = public(sandbox)
    link = folder / "link.txt"
    if not link.is_symlink():
        link.symlink_to(folder.parent / "secret.txt")

    status, content = fetch(sandbox, path)

    assert 404 == status
    assert b"secret" not in content


def test_posts_to_public_pages_are_refused(sandbox):
    """Pages are read-only."""
    assert 405 == fetch(sandbox, "/incidents/R1", "POST")[0]


@pytest.mark.parametrize(("faults", "expected"), [({"down": 1}, 503), ({"status": 500}, 500)])
def test_web_faults_leave_the_sandbox_itself_alone(sandbox, faults, expected):
    """`web` faults touch public pages only."""
    public(sandbox)
    sandbox.dial("web", **faults)

    assert expected == fetch(sandbox, "/incidents/R1")[0]
    assert sandbox.is_running()


def test_unknown_pages_of_the_sandbox_are_404(sandbox):
    """Nothing under /_sandbox/ falls through to the public folder."""
    folder = public(sandbox)
    (folder / "_sandbox").mkdir(exist_ok=True)
    (folder / "_sandbox" / "x.html").write_text("x")

    assert 404 == fetch(sandbox, "/_sandbox/x.html")[0]


@pytest.mark.parametrize("query", ["after=x", "limit=x"])
def test_a_wrong_ledger_query_is_422(sandbox, query):
    """A number that is none is told apart from an empty ledger."""
    status, content = fetch(sandbox, f"/_sandbox/ledger?{query}")

    assert 422 == status
    assert "invalid" == json.loads(content)["error"]["code"]
