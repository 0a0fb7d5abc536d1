"""App: the rooms joined together, built once from settings."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coordinator.act import Actor, House, Lane, StaffChat
from coordinator.outside import Clock, PageDesk
from coordinator.perform import Coordinator
from incidents.errors import Invalid, NotAllowed, NotFound, Unavailable
from incidents.terms import LANGUAGES, Channel, lane_of
from notifications.chat import ChatChannel
from notifications.facts import Setting
from notifications.message import CallbackRequest, DirectChannel, ReceiptStatus
from notifications.pages import Page, Publisher
from notifications.paging import StaffChannel
from storage.database import Database
from wiring import seeds, startup, targets
from wiring.boundary import EXERCISE_FOLDER, EXERCISE_THREADS, Boundary, public_folder
from wiring.mark import Mark
from wiring.paging import Links, staff_paging
from wiring.settings import Settings
from wiring.targets import places
from wiring.voice import VoiceChannel

if TYPE_CHECKING:
    from incidents.levels import Levels
    from playbooks.shelf import Source
    from sandbox.client import Sandbox
    from triggers.routing import Routing

PAGE_LEASE = timedelta(seconds=60)
MARK = "record-mark.json"
STAFF_THREADS = 8
REAL_CHANNELS = "real_channels"
KEY_PREFIX = "tongbao_key_"


class Bell:
    """The doorbell of one process: rung when there is work, waited on when there is none."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        self._event.set()

    def wait(self, seconds: float) -> None:
        self._event.wait(seconds)
        self._event.clear()


@dataclass
class App:
    """What the command line, the web and the worker are given."""

    settings: Settings
    home: Path
    database: Database
    clock: Clock
    house: House
    coordinator: Coordinator
    bell: Bell
    sandbox: Sandbox
    mark: Mark
    links: Links
    """Signs and checks the links of pages."""
    page_desk: PageDesk | None = None
    """Who hears from telephones; the record of pages when there is nobody else."""
    strides: dict[str, int] = field(default_factory=dict)
    """Rows of each lane's next claim, by how long the last one took."""

    def actor(self, key: str, as_name: str) -> Actor:
        """Who acts: the owner of `key`; on a sandbox home also `as_name`, or alice when neither is given."""
        if as_name and not self.settings.all_sandbox:
            raise NotAllowed(
                "--as works only while every channel is the sandbox",
                field="as",
                next="set TONGBAO_KEY to your own key",
            )
        if as_name or (not key and self.settings.all_sandbox):
            return self._person(as_name or seeds.DEFAULT_PERSON)
        if not key:
            raise NotAllowed("no key", field="TONGBAO_KEY", next="tongbao key create --user NAME")
        return self.actor_for_key(key)

    def _person(self, name: str) -> Actor:
        with self.database.transaction() as tx:
            roles = tx.people.roles(name)
        if roles is None:
            raise NotFound("no user {name}", name=name, field="user", next="tongbao user list")
        return Actor(name, roles)

    def actor_for_key(self, key: str) -> Actor:
        """The owner of a key; NotAllowed for a wrong or revoked one."""
        with self.database.transaction() as tx:
            name = tx.people.owner_of(key_digest(key))
        if name is None:
            raise NotAllowed("the key is not valid", field="key", next="tongbao key create --user NAME")
        return self._person(name)

    @cached_property
    def _boundary(self) -> Boundary:
        return Boundary(self.settings, self.sandbox, self.home, self.callback_url)

    def channel(self, channel: Channel | str, *, exercise: bool) -> DirectChannel:
        """The way to customers; for an exercise the sandbox's, whatever is configured (S28)."""
        return self._boundary.channel(Channel(channel), exercise=exercise)

    def targets(self, *, exercise: bool) -> Mapping[str, Publisher]:
        """Where pages go, by the names of the publish targets; those of exercises to one of their own (S28)."""
        return self._boundary.targets(exercise=exercise)

    @property
    def target_places(self) -> dict[str, str]:
        """The publish targets in force: name -> where it is, the first one first."""
        web = self.settings.web
        return {one.name: one.where if web.provider == "files" else "" for one in places(web)}

    @cached_property
    def staff_channels(self) -> Mapping[str, StaffChannel]:
        """The ways by which people on duty are paged, of those that the settings name."""
        from wiring.paging import staff_channels

        found = staff_channels(
            self._boundary.configured, None if self.settings.calls == "none" else self.voice
        )
        return {name: found[name] for name in self.house.paging.channels}

    @cached_property
    def staff_pool(self) -> ThreadPoolExecutor:
        """The few threads that page: customers' threads may all be busy."""
        return ThreadPoolExecutor(STAFF_THREADS, thread_name_prefix="staff")

    @cached_property
    def chat(self) -> ChatChannel:
        """Where staff are posted to; only where `house.chat` says that there is one."""
        from wiring.channels import build_chat

        return build_chat(self.settings, self.sandbox)

    @cached_property
    def voice(self) -> VoiceChannel:
        """How staff are called; NotFound where the settings say that they are not."""
        from wiring.channels import build_voice

        if self.settings.calls == "none":
            raise NotFound("staff are not called here", field="voice.provider", next="set it in tongbao.toml")
        return build_voice(self.settings, self.sandbox, self.callback_url)

    @property
    def callback_url(self) -> str:
        """Where providers reach our callbacks."""
        return callback_url(self.settings, self.home)

    @property
    def public_dir(self) -> Path:
        return public_folder(self.settings, self.home)

    @cached_property
    def _pools(self) -> dict[str, ThreadPoolExecutor]:
        threads = {Channel.SMS: self.settings.sms.threads, Channel.EMAIL: self.settings.email.threads}
        lanes = {lane_of(name, False): n for name, n in threads.items()}
        lanes |= {lane_of(name, True): EXERCISE_THREADS for name in threads}
        lanes |= {targets.lane_of(name): 1 for name in self.target_places}
        return {name: ThreadPoolExecutor(n, thread_name_prefix=name) for name, n in lanes.items()}

    def pool(self, lane: str) -> ThreadPoolExecutor:
        """The bounded threads that call one lane's provider."""
        return self._pools[lane]

    def site_files(
        self,
        own: Mapping[str, Page],
        listed: Sequence[Mapping[str, Page]],
        moved: Sequence[Mapping[str, Page]] = (),
    ) -> dict[str, bytes]:
        """The public files of one incident, of the duplicates that lead to it, and of the list of all; `listed` is of
        exercises only, or of real incidents only."""
        from rendering.pages import index_files, moved_files, page_files

        by_language = {language: [pages[language] for pages in listed] for language in LANGUAGES}
        setting = self.house.setting
        files = {path: body for pages in moved for path, body in moved_files(pages).items()}
        sandbox = any(page.sandbox for page in own.values())
        return page_files(own) | files | index_files(by_language, setting.operator, sandbox)

    def receipt(self, provider: str, request: CallbackRequest) -> bool:
        """Verify and keep a provider's callback; whether it was new. NotAllowed for a wrong signature."""
        from coordinator.delivery import store_receipt

        if provider != "twilio":
            raise NotFound("no provider {name}", name=provider, field="provider")
        receipt = self.channel(Channel.SMS, exercise=False).parse_receipt(request)
        if receipt is None or receipt.status == ReceiptStatus.SENT:
            # "Sent" says no more than the answer did; what is in doubt is looked up.
            return False
        new = self.coordinator.system(store_receipt, receipt)
        self.bell.ring()
        return new

    def ready(self) -> dict[str, object]:
        """That the record can be read, without waiting for its writer; Unavailable says why it cannot."""
        return {"database": self.database.glance(), "sandbox": self.settings.all_sandbox}

    def close(self) -> None:
        for pool in [*self.__dict__.get("_pools", {}).values(), *self._own_pool()]:
            pool.shutdown(wait=True, cancel_futures=True)
        if "_boundary" in self.__dict__:
            self._boundary.close()
        if "voice" in self.__dict__:
            self.voice.close()
        self.mark.close()
        self.database.close()

    def _own_pool(self) -> list[ThreadPoolExecutor]:
        return [self.staff_pool] if "staff_pool" in self.__dict__ else []


def key_digest(key: str) -> str:
    """What is stored of a key: its SHA-256; 256 random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_key() -> str:
    """A fresh API key with a prefix that scanners recognise."""
    return KEY_PREFIX + secrets.token_hex(32)


def build(settings: Settings, home: Path, clock: Clock | None = None, *, starting: bool = False) -> App:
    """Open (or make) the home and join the rooms. Pages and people are there from the first start.

    `starting`: a process that will run on takes the wall's time; others join the processes that run.
    """
    from sandbox.client import Sandbox

    routing = examined(settings)
    database = Database(home / "tongbao.db")
    database.create()
    _stay_real(database, settings)
    public_folder(settings, home)
    mark = Mark(Path(settings.clock.mark_file) if settings.clock.mark_file else home / MARK)
    last = startup.recognise(database, mark)
    ticking = clock or startup.clock(database, last, starting)
    sandbox = Sandbox(home)
    links = Links(home, lambda: callback_url(settings, home))
    seeds.plant(database, ticking.now(), settings.all_sandbox)
    house = replace(
        _house(settings, routing, sandbox),
        recipient_secret=seeds.recipient_secret(database),
        paging=staff_paging(settings, links),
    )
    if settings.all_sandbox:
        seeds.approve_holding(database, ticking.now(), house)
    coordinator = Coordinator(database, ticking, house, mark.passed)
    return App(settings, home, database, ticking, house, coordinator, Bell(), sandbox, mark, links)


def callback_url(settings: Settings, home: Path) -> str:
    """Where others reach our HTTP: as configured, else what a running server wrote down."""
    if settings.server.public_url:
        return settings.server.public_url.rstrip("/")
    file = home / "server.json"
    if settings.sms.provider != "sandbox" or not file.exists():
        return ""
    return str(json.loads(file.read_text(encoding="utf-8"))["url"])


def _stay_real(database: Database, settings: Settings) -> None:
    """A home that has sent to real people never falls back to the sandbox unseen.

    Else a missing settings file would call customers told who were not, and open the four eyes. Unavailable
    names what is missing.
    """
    with database.transaction() as tx:
        before = set((tx.meta.get(REAL_CHANNELS) or "").split())
        now = set(settings.real_channels.split())
        lost = {one.partition("=")[0] for one in before} - {one.partition("=")[0] for one in now}
        if lost:
            raise Unavailable(
                "this home tells real customers by {before}; the settings found have the sandbox for {lost}",
                before=", ".join(sorted(before)),
                lost=", ".join(sorted(lost)),
                field="config",
                next="put tongbao.toml into TONGBAO_HOME, or name it by --config or TONGBAO_CONFIG",
            )
        if now != before:
            tx.meta.put(REAL_CHANNELS, settings.real_channels)


def examined(settings: Settings) -> Routing:
    """What the settings name beside themselves, looked at before anything is opened; gives the routing rules.

    Invalid says what is missing or wrong.
    """
    from triggers.routing import default, parse_routing

    targets.examine(settings)
    if settings.chat.provider == "slack" and not (
        settings.chat.channel and settings.chat.token.get_secret_value()
    ):
        raise Invalid("chat needs token and channel", field="chat.channel", next="set both in tongbao.toml")
    if settings.calls == "twilio" and not (all(settings.voice_account) and settings.server.public_url):
        raise Invalid(
            "voice needs an account_sid, an auth_token and server.public_url",
            field="voice.account_sid",
            next="set them in tongbao.toml: a key pressed on the phone comes back to that address",
        )
    _levels(settings)
    return parse_routing(routing_text(settings)) if settings.routing_file else default()


def routing_text(settings: Settings) -> str:
    """The operator's own routing rules as they stand in their file."""
    file = Path(settings.routing_file)
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Invalid(
            "routing file {file} cannot be read: {why}",
            file=file,
            why=why,
            field="routing_file",
            next="check routing_file in tongbao.toml, and who may read it",
        ) from error


def _levels(settings: Settings) -> Levels:
    """The thresholds in force: the operator's own, or ours when no file is named."""
    from incidents.levels import parse_levels, shipped

    return parse_levels(levels_text(settings)) if settings.levels.file else shipped()


def levels_text(settings: Settings) -> str:
    """The operator's own thresholds as they stand in their file."""
    file = Path(settings.levels.file)
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Invalid(
            "levels file {file} cannot be read: {why}",
            file=file,
            why=why,
            field="levels.file",
            next="check levels.file in tongbao.toml, and who may read it",
        ) from error


def _house(settings: Settings, routing: Routing, sandbox: Sandbox) -> House:
    from playbooks.shelf import library
    from rendering.notices import Notices
    from rendering.reports import Reporter
    from windows.regimes import Shipped
    from windows.rules import handbook

    return House(
        pack=handbook(),
        regimes=Shipped(),
        playbooks=library(_own_playbooks(settings)),
        routing=routing,
        setting=_setting(settings, sandbox),
        renderer=Notices(),
        reporter=Reporter(settings.operator.zone),
        lanes=_lanes(settings),
        chat=_chat(settings),
        levels=_levels(settings),
        automatic_maximum=settings.holding.automatic_maximum,
        expected_approval=timedelta(minutes=settings.holding.approval_minutes),
        drill_person=settings.drills.person,
    )


def _chat(settings: Settings) -> StaffChat | None:
    chat = settings.chat
    if chat.provider == "none":
        return None
    # The sandbox takes what it is given, and a clock that stands still would never come to the next post.
    pace = 0.0 if chat.provider == "sandbox" else 1 / chat.posts_per_second
    return StaffChat(chat.language, pace)


def _own_playbooks(settings: Settings) -> list[Source]:
    """The operator's own playbooks, as they are. One that cannot be read is said so and stops nothing: an
    incident opens by ours."""
    from playbooks.shelf import OWN, Source

    folder = Path(settings.playbooks.folder)
    if not settings.playbooks.folder:
        return []
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError as error:
        return [Source(OWN, str(folder), "", str(error))]
    found = []
    for path in files:
        try:
            found.append(Source(OWN, str(path), path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            found.append(Source(OWN, str(path), "", str(error)))
    return found


def _lanes(settings: Settings) -> dict[Channel, Lane]:
    sms, email = settings.sms, settings.email
    text, mail = timedelta(seconds=sms.lease_seconds), timedelta(seconds=email.lease_seconds)
    return {
        Channel.WEB: Lane(0, PAGE_LEASE, 1, can_look_up=False),
        Channel.SMS: Lane(
            sms.parts_per_second,
            text,
            64,
            can_look_up=True,
            drain=timedelta(seconds=sms.drain_seconds),
        ),
        Channel.EMAIL: Lane(
            email.messages_per_second,
            mail,
            8,
            can_look_up=False,
            drain=timedelta(seconds=email.drain_seconds),
        ),
    }


def _setting(settings: Settings, sandbox: Sandbox) -> Setting:
    public_url = _public_url(settings, sandbox)
    # The same in every process, whenever a sandbox was started: approvals are of exactly these words.
    played = {} if settings.web.provider == "files" else {"exercise_url": f"{public_url}/{EXERCISE_FOLDER}"}
    return Setting(
        operator=settings.operator.name,
        signature=settings.operator.signature,
        zone=settings.operator.zone,
        hotline=settings.operator.hotline,
        emergency_numbers=settings.operator.emergency_numbers,
        public_url=public_url,
        sandbox=settings.all_sandbox,
        **played,
    )


def _public_url(settings: Settings, sandbox: Sandbox) -> str:
    if settings.web.provider == "files":
        return settings.web.public_url
    from sandbox.client import SandboxError

    try:
        return str(sandbox.address["http"])
    except SandboxError:
        return str(sandbox.start()["http"])
