"""The boundary: whatever is configured, an exercise leaves by the sandbox, and nothing else does."""

from __future__ import annotations

import socketserver
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from incidents.errors import Invalid
from incidents.terms import EXERCISE_MARKS, LANGUAGES, Channel
from rendering.marks import marked
from tests.channels_tests.wires import a_message
from wiring.boundary import Boundary, public_folder, settings_for
from wiring.settings import Email, Settings, Sms, Target, Web

SECRET = "a secret of the real providers"


class Door:
    """Whoever calls is counted and hung up on."""

    def __init__(self) -> None:
        self.calls = 0
        door = self

        class Caller(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                door.calls += 1

        self._server = socketserver.TCPServer(("127.0.0.1", 0), Caller)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Doors:
    """The real providers' doors and the sandbox's."""

    def __init__(self) -> None:
        self.real = {channel: Door() for channel in Channel}
        self.sandbox = {channel: Door() for channel in Channel}

    def start(self) -> dict[str, Any]:
        """What a sandbox says of itself."""
        return {
            "http": self.sandbox[Channel.WEB].url,
            "twilio": self.sandbox[Channel.SMS].url,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.sandbox[Channel.EMAIL].port,
            "account_sid": "AC" + "1" * 32,
            "auth_token": "of the sandbox",
        }

    def calls(self) -> dict[tuple[str, Channel], int]:
        sides = {"real": self.real, "sandbox": self.sandbox}
        return {(side, channel): doors[channel].calls for side, doors in sides.items() for channel in Channel}

    def close(self) -> None:
        for door in (*self.real.values(), *self.sandbox.values()):
            door.close()


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    found = Doors()
    yield found
    found.close()


def configured(doors: Doors, real: set[Channel], folder: str) -> Settings:
    """A house with these channels real."""
    port = doors.real[Channel.EMAIL].port
    sms = Sms(
        provider="twilio",
        account_sid="AC" + "0" * 32,
        auth_token=SecretStr(SECRET),
        base_url=doors.real[Channel.SMS].url,
    )
    email = Email(
        provider="smtp", host="127.0.0.1", port=port, starttls=False, user="u", password=SecretStr(SECRET)
    )
    url = doors.real[Channel.WEB].url
    further = Target(name="further", folder=f"{folder}/further", public_url=f"{url}/further")
    web = Web(provider="files", folder=f"{folder}/pages", public_url=url, targets=(further,))
    return Settings(
        sms=sms if Channel.SMS in real else Sms(),
        email=email if Channel.EMAIL in real else Email(),
        web=web if Channel.WEB in real else Web(),
    )


@settings(max_examples=30, deadline=None)
@given(
    real=st.sets(st.sampled_from(list(Channel))),
    channel=st.sampled_from(list(Channel)),
    exercise=st.booleans(),
)
def test_the_sandbox_is_picked_for_an_exercise_or_where_nothing_else_is(
    doors: Doors, real: set[Channel], channel: Channel, exercise: bool
):
    """S28, invariant 6: for every flag, channel and configuration, at the wire; pages of exercises lie apart."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        boundary = Boundary(configured(doors, real, folder), doors, home, "")  # type: ignore[arg-type]
        before = doors.calls()
        if channel == Channel.WEB:
            for publisher in boundary.targets(exercise=exercise).values():
                publisher.publish({"incidents/X/index.html": b"x"})
                publisher.is_live("incidents/X/", "x")
        else:
            to = "a@example.com" if channel == Channel.EMAIL else "+8613800138000"
            boundary.channel(channel, exercise=exercise).send(a_message(to=to))
        boundary.close()

        after = doors.calls()
        side = "sandbox" if exercise or channel not in real else "real"
        assert {(side, channel)} == {key for key in after if after[key] != before[key]}
        written = {
            str(path.relative_to(folder)).split("/incidents")[0] for path in Path(folder).rglob("*.html")
        }
        public = {"pages", "further"} if channel in real else {"home/public"}
        pages = {"home/exercise"} if exercise else public
        assert (pages if channel == Channel.WEB else set()) == written


def test_nothing_of_the_real_providers_goes_along(doors: Doors):
    """S28: no account, address or secret of theirs is in what an exercise leaves by."""
    real = configured(doors, set(Channel), "/var")
    played = settings_for(real, exercise=True)

    ways = f"{played.sms!r}{played.email!r}{played.web!r}{played.sms.auth_token.get_secret_value()}"
    for theirs in (
        SECRET,
        real.sms.account_sid,
        real.sms.base_url,
        str(real.email.port),
        real.web.public_url,
    ):
        assert theirs not in ways + played.email.password.get_secret_value()
    assert real is settings_for(real, exercise=False)


def test_a_public_folder_around_the_home_is_refused():
    """S28: the pages of exercises never lie where the public reads."""
    settings_ = Settings(
        web=Web(provider="files", folder="/srv/home", public_url="https://status.example.net")
    )

    with pytest.raises(Invalid, match="would show the pages of exercises"):
        public_folder(settings_, Path("/srv/home"))


TYPED = ("【演练 】", "【 演练】", "【演 练】", "【【演练】】", "EXERCISEXERCISE")
MARK = st.sampled_from(["", *EXERCISE_MARKS.values(), *TYPED])


@settings(max_examples=30, deadline=None)
@given(
    said=st.tuples(
        st.sampled_from(["", "Subject: ", "【云港电信】", "YG: "]), MARK, st.text(min_size=1, max_size=20)
    ),
    language=st.sampled_from(LANGUAGES),
    exercise=st.booleans(),
)
def test_every_text_of_an_exercise_has_its_mark_and_no_other_text_has(
    said: tuple[str, str, str], language: str, exercise: bool
):
    """R06, invariant 6: whatever the template says, and whatever somebody typed, in either language; the head stays in
    front."""
    head, mark, rest = said
    found = marked(f"{head}{mark}{rest}", language, ("Subject: ", "【云港电信】", "YG: "), exercise)

    assert exercise == (EXERCISE_MARKS[language] in found)
    assert exercise or not [m for m in (*EXERCISE_MARKS.values(), *TYPED) if m in found]
    assert found.startswith(head)


@pytest.mark.parametrize(
    ("text", "language", "plain"),
    [
        ("【演练】 Mobile service is down", "en", "演练 Mobile service is down"),
        ("EXERCISE 手机中断", "zh-CN", "exercise 手机中断"),
        ("手机中断【演练 】", "zh-CN", "手机中断演练"),
        ("Exercises of the gym are unaffected", "en", "Exercises of the gym are unaffected"),
    ],
)
def test_a_real_text_has_the_mark_of_no_language(text: str, language: str, plain: str):
    """R06, S28: what somebody typed in the other language would tell a customer that it is no real outage."""
    assert plain == marked(text, language, (), False)
