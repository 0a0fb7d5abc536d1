"""Where a delivery leaves the house: what is an exercise goes to the sandbox, whatever the settings say (S28).

The one place that hands out a way to customers. It is asked with the flag of the delivery's own incident, which
nothing changes once the incident is open.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from incidents.errors import Invalid, Unavailable
from incidents.terms import Channel
from notifications.message import DirectChannel
from notifications.pages import Publisher
from wiring.settings import Email, Settings, Sms, Web
from wiring.targets import FIRST, places

if TYPE_CHECKING:
    from sandbox.client import Sandbox

EXERCISE_FOLDER = "exercise"
"""Where the pages of exercises lie in the home; the sandbox serves it under this name."""
EXERCISE_THREADS = 8


def settings_for(settings: Settings, *, exercise: bool) -> Settings:
    """The settings that a delivery leaves by: as configured; for an exercise the sandbox for every way to customers,
    without any address, account or secret of the real ones."""
    if not exercise:
        return settings
    sms, email = settings.sms, settings.email
    ways = {
        "sms": Sms(sender=sms.sender, threads=EXERCISE_THREADS),
        "email": Email(sender=email.sender, threads=EXERCISE_THREADS),
        "web": Web(),
    }
    return settings.model_copy(update=ways)


class Boundary:
    """The ways to customers of one process, by whether it is an exercise."""

    def __init__(self, settings: Settings, sandbox: Sandbox, home: Path, callback_url: str):
        self._settings = settings
        self._sandbox = sandbox
        self._home = home
        self._callback_url = callback_url
        self._exercise: tuple[object, Mapping[Channel, DirectChannel]] = (None, {})
        self._lock = threading.Lock()

    def channel(self, channel: Channel, *, exercise: bool) -> DirectChannel:
        """The way by which this delivery leaves."""
        return (self._for_exercises() if exercise else self.configured)[channel]

    def targets(self, *, exercise: bool) -> Mapping[str, Publisher]:
        """Where the pages of this incident go, by the names of the publish targets; those of exercises to one place of
        their own, on this machine only."""
        from wiring.channels import build_publisher

        if not exercise:
            return self._targets
        address = started(self._sandbox)["http"]
        return {
            EXERCISE_FOLDER: build_publisher(self._home / EXERCISE_FOLDER, f"{address}/{EXERCISE_FOLDER}")
        }

    @cached_property
    def configured(self) -> Mapping[Channel, DirectChannel]:
        from wiring.channels import build_channels

        return build_channels(self._settings, self._sandbox, self._callback_url)

    @cached_property
    def _targets(self) -> Mapping[str, Publisher]:
        from wiring.channels import build_publisher

        web = self._settings.web
        if web.provider == "files":
            return {one.name: build_publisher(Path(one.folder), one.public_url) for one in places(web)}
        return {
            FIRST: build_publisher(public_folder(self._settings, self._home), self._sandbox.start()["http"])
        }

    def _for_exercises(self) -> Mapping[Channel, DirectChannel]:
        """The sandbox's channels, started on demand: it ends itself when nobody uses it, and may come back elsewhere.

        They have no callback address: a sandbox never calls a real one. Receipts are asked for instead.
        """
        from wiring.channels import build_channels

        with self._lock:
            address = {name: value for name, value in started(self._sandbox).items() if name != "pid"}
            known, channels = self._exercise
            if known != address:
                settings = settings_for(self._settings, exercise=True)
                callback = self._callback_url if self._settings.all_sandbox else ""
                channels = build_channels(settings, self._sandbox, callback)
                self._exercise = (address, channels)
            return channels

    def close(self) -> None:
        for channel in (*self.__dict__.get("configured", {}).values(), *self._exercise[1].values()):
            channel.close()


def started(sandbox: Sandbox) -> dict[str, Any]:
    """Where the sandbox is, started if need be; Unavailable says why it cannot be."""
    from sandbox.client import SandboxError

    try:
        return sandbox.start()
    except SandboxError as error:
        raise _no_sandbox(error) from error


def turn_dial(sandbox: Sandbox, faults: Mapping[str, Mapping[str, float]]) -> None:
    """Make the sandbox's providers fail, or work again; Unavailable when it does not answer."""
    from sandbox.client import SandboxError

    started(sandbox)
    try:
        for provider, values in faults.items():
            sandbox.dial(provider, **values)
    except SandboxError as error:
        raise _no_sandbox(error) from error


def _no_sandbox(error: Exception) -> Unavailable:
    template = "exercises need the sandbox, and it does not answer: {why}"
    return Unavailable(template, why=error, field="sandbox", next="tongbao doctor")


def public_folder(settings: Settings, home: Path) -> Path:
    """Where the public pages lie first. Invalid where those of exercises would lie among any public ones."""
    first, *further = places(settings.web)
    folder = Path(first.folder) if first.folder else home / "public"
    for place, shown in ((first, folder), *((one, Path(one.folder)) for one in further)):
        if (home / EXERCISE_FOLDER).resolve().is_relative_to(shown.resolve()):
            raise Invalid(
                "the public folder {folder} would show the pages of exercises",
                folder=shown,
                field=f"{place.field}.folder",
                next="name a folder beside the home, not around it",
            )
    return folder
