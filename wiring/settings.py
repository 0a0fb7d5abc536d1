"""Settings: one typed tree from tongbao.toml and TONGBAO_* variables; everything has a working default.

An unknown key is refused with its name and line; nothing is guessed.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails

from incidents.errors import Invalid, Several
from incidents.terms import LANGUAGES

FILE = "tongbao.toml"
PLAIN_VARIABLES = ("TONGBAO_HOME", "TONGBAO_NOW", "TONGBAO_KEY", "TONGBAO_FAILPOINT", "TONGBAO_CONFIG")
"""Variables with a meaning of their own, not settings."""
WRONG = "{where}: {key}: {what}"
"""What is said of one key."""
_TABLE = re.compile(r"\s*\[{1,2}\s*([\w.-]+)\s*\]")
_LEAF = re.compile(r"\s*([\w.-]+)\s*=")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Operator(_Part):
    """Who speaks to customers."""

    name: dict[str, str] = {"zh-CN": "云港电信", "en": "YG Telecom"}
    signature: dict[str, str] = {"zh-CN": "云港电信", "en": "YG Telecom"}
    zone: str = "Asia/Shanghai"
    country: str = Field(
        default="CN",
        pattern="^[A-Z]{2}$",
        description="default country of phone numbers, and whose working days staff have",
    )
    hotline: str = ""
    emergency_numbers: tuple[str, ...] = ("110", "119", "120")

    @field_validator("name", "signature")
    @classmethod
    def _both_languages(cls, value: dict[str, str]) -> dict[str, str]:
        missing = [language for language in LANGUAGES if not value.get(language, "").strip()]
        if missing:
            raise ValueError(f"there is none in {missing[0]}; customers are told in every language")
        return value

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {value}") from error
        return value


class Sms(_Part):
    """The SMS provider; `sandbox` until a real one is configured."""

    provider: Literal["sandbox", "twilio"] = "sandbox"
    account_sid: str = ""
    auth_token: SecretStr = SecretStr("")
    sender: str = Field(default="+15005550006", description="a number, or a messaging service (MG…)")
    base_url: str = Field(default="", description="another host that speaks Twilio's protocol")
    price_per_part: float = Field(
        default=0, ge=0, description="what one part costs, for previews; 0 shows none"
    )
    parts_per_second: float = Field(default=0, ge=0, description="the sender's own rate; 0 is no limit")
    drain_seconds: int = Field(
        default=0, ge=0, le=86_400, description="how long the provider queues what it has taken"
    )
    threads: int = Field(default=8, ge=1, le=200)
    lease_seconds: float = Field(
        default=60,
        ge=2,
        le=600,
        description="how long a worker holds what it sends; a dead one's goes on then",
    )


class Email(_Part):
    """The SMTP server; `sandbox` until a real one is configured."""

    provider: Literal["sandbox", "smtp"] = "sandbox"
    host: str = "localhost"
    port: int = Field(default=587, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    starttls: bool = True
    sender: str = "notice@yg.example"
    messages_per_second: float = Field(default=0, ge=0, description="0 is no limit")
    drain_seconds: int = Field(
        default=0, ge=0, le=86_400, description="how long the server queues what it has taken"
    )
    threads: int = Field(default=8, ge=1, le=64)
    lease_seconds: float = Field(default=120, ge=2, le=600, description="the same for e-mail")


class Target(_Part):
    """One more place where the public pages go, beside the first one."""

    name: str = Field(pattern="^[a-z0-9][a-z0-9-]{0,31}$")
    folder: str = ""
    public_url: str = ""


class Web(_Part):
    """Where the public pages go; `sandbox` serves them on this machine."""

    provider: Literal["sandbox", "files"] = "sandbox"
    folder: str = Field(default="", description="where the static files are written")
    public_url: str = Field(default="", description="the address at which customers read them")
    targets: tuple[Target, ...] = Field(
        default=(),
        description="further publish targets, each `[[web.targets]]` with name, folder and public_url; "
        "the first that shows an entry makes it live",
    )


class Chat(_Part):
    """Where staff are posted to, beside everything else; never the only path to anybody."""

    provider: Literal["none", "slack", "sandbox"] = "none"
    token: SecretStr = SecretStr("")
    channel: str = Field(default="", description="the channel's id, such as C0123456789")
    base_url: str = Field(
        default="", description="another host that speaks Slack's protocol, up to its /api/"
    )
    language: Literal["zh-CN", "en"] = "zh-CN"
    posts_per_second: float = Field(default=1, gt=0, le=50, description="Slack takes about one a second")


class Voice(_Part):
    """How staff on duty are called; the sandbox calls nobody, so beside a real channel it counts as `none`."""

    provider: Literal["none", "twilio", "sandbox"] = "sandbox"
    account_sid: str = Field(default="", description="the account at the provider; empty: that of `[sms]`")
    auth_token: SecretStr = Field(default=SecretStr(""), description="its secret; empty: that of `[sms]`")
    sender: str = Field(default="+15005550006", description="the number that staff see calling")
    base_url: str = Field(default="", description="another host that speaks Twilio's protocol")
    rings_seconds: int = Field(
        default=30, ge=5, le=600, description="how long it rings before nobody is there"
    )
    voices: dict[str, str] = Field(
        default={}, description="a voice by language, such as `Polly.Zhiyu`; the provider's own when left out"
    )

    @field_validator("voices")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for language, voice in value.items():
            if language not in LANGUAGES:
                raise ValueError(f"no such language: {language}; languages are {', '.join(LANGUAGES)}")
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,63}", voice, re.ASCII):
                raise ValueError(f"no voice has such a name: {voice[:40]}")
        return value


class Paging(_Part):
    """How people on duty are paged (docs/duty.md)."""

    channels: tuple[Literal["sms", "voice", "email"], ...] = Field(
        default=("sms", "voice", "email"), description="by which ways; the staff chat is told beside them"
    )
    repeat_minutes: float = Field(
        default=5, gt=0, le=120, description="until a page that nobody acknowledges is repeated"
    )
    tries: int = Field(default=2, ge=1, le=10, description="rounds before it climbs to the next people")
    ack_minutes: float = Field(default=30, gt=0, le=240, description="how long an acknowledgement holds")
    reminder_minutes: float = Field(
        default=30, gt=0, le=240, description="between reminders once everybody has been paged"
    )
    depends: dict[str, tuple[str, ...]] = Field(
        default={},
        description="channel to the services that it needs; while an incident has hit one, others go first",
    )


class Server(_Part):
    """Our own HTTP: triggers and callbacks."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = Field(default="", description="the address at which providers reach our callbacks")


class Levels(_Part):
    """From which facts which level (docs/classification.md)."""

    file: str = Field(default="", description="the operator's own thresholds (YAML), instead of ours")


class Holding(_Part):
    """The holding notice that goes by itself when nothing else will make it."""

    automatic_maximum: int = Field(
        default=100_000, ge=0, description="people at most whom programs alone may have told directly"
    )
    approval_minutes: int = Field(
        default=15, ge=0, le=720, description="what a second person is expected to take, for the forecast"
    )


class Drills(_Part):
    """Exercises (docs/drills.md)."""

    person: str = Field(
        default="", description="who is paged when a full drill is owed; empty: headquarters on duty"
    )


class Playbooks(_Part):
    """What must be done, in the operator's own words."""

    folder: str = Field(default="", description="the operator's own playbooks, in front of ours")


class ClockSettings(_Part):
    """The clock itself (docs/windows.md)."""

    mark_file: str = Field(
        default="", description="where the record's mark is kept; `record-mark.json` in the home when empty"
    )


class Heartbeat(_Part):
    """The sign of life for whatever watches from outside (docs/operator.md)."""

    url: str = Field(default="", pattern="^(https?://.+)?$", description="asked for at every beat")
    method: Literal["GET", "POST"] = Field(default="GET", description="how the address is asked for")
    file: str = Field(default="", description="touched at every beat")
    every_seconds: float = Field(default=15, ge=1, le=60, description="between two beats")
    timeout_seconds: float = Field(default=5, gt=0, le=30, description="how long the watcher may take")


class Proof(_Part):
    """What lets others check the record."""

    checkpoint_folder: str = Field(
        default="",
        description="where the hourly signed checkpoints go: another machine; in the home when empty",
    )


class Settings(_Part):
    """Everything that can be configured."""

    operator: Operator = Operator()
    sms: Sms = Sms()
    email: Email = Email()
    web: Web = Web()
    chat: Chat = Chat()
    voice: Voice = Voice()
    paging: Paging = Paging()
    server: Server = Server()
    clock: ClockSettings = ClockSettings()
    heartbeat: Heartbeat = Heartbeat()
    levels: Levels = Levels()
    playbooks: Playbooks = Playbooks()
    drills: Drills = Drills()
    proof: Proof = Proof()
    holding: Holding = Holding()
    templates_folder: str = Field(
        default="", description="where comms staff write their own texts; `templates` in the home when empty"
    )
    test_recipients: tuple[str, ...] = Field(
        default=(), description="numbers and addresses of our own that trial messages may go to"
    )
    routing_file: str = Field(default="", description="the operator's own routing rules (YAML)")

    @property
    def real_channels(self) -> str:
        """Which channels leave this machine, as one line: "sms=twilio email=smtp"; "" when none does."""
        providers = {"sms": self.sms.provider, "email": self.email.provider, "web": self.web.provider}
        return " ".join(f"{name}={provider}" for name, provider in providers.items() if provider != "sandbox")

    @property
    def all_sandbox(self) -> bool:
        """Whether no message can leave this machine: then people and time may be played."""
        to_customers = {self.sms.provider, self.email.provider, self.web.provider}
        to_staff = {self.chat.provider, self.voice.provider}
        return to_customers == {"sandbox"} and not to_staff & {"slack", "twilio"}

    @property
    def voice_account(self) -> tuple[str, str]:
        """(account, token) that calls are made with: their own, or those of the SMS."""
        voice, sms = self.voice, self.sms
        account = voice.account_sid or sms.account_sid
        return account, voice.auth_token.get_secret_value() or sms.auth_token.get_secret_value()

    @property
    def calls(self) -> Literal["none", "twilio", "sandbox"]:
        """How staff are called in fact: a sandbox beside real channels would swallow a page unheard."""
        swallowed = self.voice.provider == "sandbox" and not self.all_sandbox
        return "none" if swallowed else self.voice.provider


def home_folder() -> Path:
    return Path(os.environ.get("TONGBAO_HOME", "tongbao-home")).absolute()


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in force: the file's, then the environment's. Invalid names the key and its line."""
    file = path or _found(environ)
    text = ""
    if file.exists():
        text = _text_of(file)
    elif path is not None or "TONGBAO_CONFIG" in environ:
        raise Invalid("no configuration file {path}", path=file, field="config", next="check the path")
    tree = _parsed(text, file)
    _merge_environment(tree, environ)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise _problems(error, text, file, environ) from error


def _text_of(file: Path) -> str:
    """The file's text; Invalid says why it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise Invalid(
            "{file} line {line} is not UTF-8",
            file=file.name,
            line=line,
            field="config",
            next="save the file as UTF-8",
        ) from error
    except OSError as error:
        raise Invalid(
            "{file} cannot be read: {why}",
            file=file,
            why=error.strerror or error,
            field="config",
            next="check the path and who may read it",
        ) from error


def _found(environ: Mapping[str, str]) -> Path:
    """Where the settings stand: as named, in this folder, or in the home (a cron line has no folder)."""
    if "TONGBAO_CONFIG" in environ:
        return Path(environ["TONGBAO_CONFIG"])
    at_home = home_folder() / FILE
    return at_home if not Path(FILE).exists() and at_home.exists() else Path(FILE)


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(
            "{file} is not TOML: {error}",
            file=file.name,
            error=error,
            field="config",
            next="mend that line, then tongbao doctor --config",
        ) from error


def _merge_environment(tree: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, value in environ.items():
        if not name.startswith("TONGBAO_") or name in PLAIN_VARIABLES:
            continue
        *folders, leaf = name.removeprefix("TONGBAO_").lower().split("__")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[leaf] = value


def _problems(error: ValidationError, text: str, file: Path, environ: Mapping[str, str]) -> Invalid:
    """One refusal for every key that is wrong; its field is the first one."""
    found = [_problem(one, text, file, environ) for one in error.errors()]
    following = "tongbao doctor --config; docs/settings.md lists every key"
    key = str(found[0]["key"])
    if len(found) == 1:
        return Invalid(WRONG, **found[0], field=key, next=following)
    problems = Several(tuple((WRONG, one) for one in found))
    return Invalid("{problems}", problems=problems, field=key, next=following)


def _problem(problem: ErrorDetails, text: str, file: Path, environ: Mapping[str, str]) -> dict[str, object]:
    """Where a wrong key stands and what is wrong with it, for WRONG."""
    loc = problem["loc"]
    key = ".".join(str(part) for part in loc)
    line = _line_of(text, key)
    variable = "TONGBAO_" + "__".join(str(part).upper() for part in loc)
    where = variable if variable in environ else f"{file.name} line {line}" if line else file.name
    what = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
    return {"where": where, "key": key, "what": what}


def _line_of(text: str, key: str) -> int:
    """The line on which this dotted key, or the table or list that it lies in, is written; 0 when it is nowhere."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        head, leaf = _TABLE.match(line), _LEAF.match(line)
        if head:
            table = head[1]
            if table == key:
                return number
        elif leaf:
            written = f"{table}.{leaf[1]}" if table else leaf[1]
            if key == written or key.startswith(f"{written}."):
                return number
    return 0
