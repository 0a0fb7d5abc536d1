"""One command's run: its settings, its App, who acts, and doing a verb once with its document.

The document of a change is built in the change's own transaction, where a request id is kept too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.screen import Screen
    from coordinator.act import Act, Actor
    from incidents.effects import Effect
    from wiring.app import App
    from wiring.clock import FixedClock
    from wiring.settings import Settings

Document = dict[str, Any]
Verb = Callable[..., "tuple[Any, list[Effect]]"]


@dataclass
class Session:
    """What a body is given. Nothing is loaded before it is used."""

    command: str
    arguments: Document
    permission: str
    config: str | None
    language: str | None
    as_name: str
    as_json: bool
    request_id: str
    starting: bool = False
    """Whether this command begins a process that runs on."""
    done_now: bool = False
    """Whether this run did it; False when an earlier request had."""

    @cached_property
    def lang(self) -> str:
        from cli.words import from_locale

        return self.language or from_locale(os.environ)

    @cached_property
    def home(self) -> Path:
        from wiring.settings import home_folder

        return home_folder()

    @cached_property
    def settings(self) -> Settings:
        from wiring.settings import load

        return load(Path(self.config) if self.config else None, os.environ)

    @cached_property
    def app(self) -> App:
        from wiring.app import build

        return build(self.settings, self.home, self._fixed_clock(), starting=self.starting)

    @cached_property
    def actor(self) -> Actor:
        """Who acts: the owner of TONGBAO_KEY, or on the sandbox whoever --as names."""
        return self.app.actor(os.environ.get("TONGBAO_KEY", ""), self.as_name)

    def act_as(self, actor: Actor) -> None:
        """Act as somebody that the home's own rules name."""
        self.__dict__["actor"] = actor

    def use(self, settings: Settings) -> None:
        """Go on with these settings instead of the file's."""
        self.__dict__["settings"] = settings

    def _fixed_clock(self) -> FixedClock | None:
        text = os.environ.get("TONGBAO_NOW")
        if not text:
            return None
        from cli.given import instant_of
        from incidents.errors import NotAllowed
        from incidents.instants import as_now
        from wiring.clock import FixedClock

        if not self.settings.all_sandbox:
            raise NotAllowed(
                "TONGBAO_NOW works only while every channel is the sandbox",
                field="TONGBAO_NOW",
                next="unset TONGBAO_NOW",
            )
        return FixedClock(as_now(instant_of(text, "TONGBAO_NOW"), "TONGBAO_NOW"))

    def act(self, verb: Verb, *args: Any, **named: Any) -> Any:
        """What `verb` finds or does, without a view of it."""
        return self.app.coordinator.act(self.permission, self.actor, verb, *args, **named)

    def do(self, view: Callable[[Act, Any], Document], verb: Verb, *args: Any, **named: Any) -> Document:
        """Do `verb` once and return `view` of its result, or what it gave when it was done before."""

        def once(act: Act) -> tuple[Document, list[Effect]]:
            from coordinator.perform import perform

            kept = self.kept(act)
            if kept is not None:
                return kept, []
            result, effects = verb(act, *args, **named)
            perform(act, effects)
            return self.keep(act, view(act, result)), []

        return self.app.coordinator.act(self.permission, self.actor, once)

    def kept(self, act: Act) -> Document | None:
        """The document of an earlier request with this id; Conflict when its arguments were others."""
        earlier = act.tx.meta.request(self.request_id) if self.request_id else None
        if earlier is None:
            return None
        from incidents.errors import Conflict

        if earlier[0] != self._canonical(act.actor.name):
            raise Conflict(
                "request {id} was made before with other arguments",
                id=self.request_id,
                field="request_id",
                next="use a new --request-id",
            )
        return earlier[1]

    def keep(self, act: Act, document: Document) -> Document:
        """Keep the document under the request's id; returns it as JSON would give it back."""
        self.done_now = True
        plain: Document = json.loads(json.dumps(document))
        if self.request_id:
            arguments = self._canonical(act.actor.name)
            act.tx.meta.keep_request(self.request_id, act.actor.name, arguments, plain, act.now)
        return plain

    def look_up_request(self, body: bytes = b"") -> Document | None:
        """The document of an earlier request, for commands of several transactions."""
        if not self.request_id:
            return None
        self._add_body(body)
        found: Document | None = self.act(lambda act: (self.kept(act), []))
        return found

    def keep_request(self, document: Document, body: bytes = b"") -> Document:
        """Keep the document of a command of several transactions, each of which may be repeated."""
        self._add_body(body)
        found: Document = self.act(lambda act: (self.keep(act, document), []))
        return found

    def _add_body(self, body: bytes) -> None:
        """What came in is an argument too."""
        if body:
            import hashlib

            self.arguments["body"] = hashlib.sha256(body).hexdigest()

    def _canonical(self, user: str) -> str:
        """Who asked for what, in one spelling."""
        said = {"command": self.command, "user": user, "arguments": self.arguments}
        return json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)

    @cached_property
    def screen(self) -> Screen:
        """Where people read."""
        from cli.screen import Screen

        return Screen(self.lang, to_stderr=self.as_json)

    def when(self, text: str) -> str:
        """An instant of a document as this run shows it: as it is in JSON, else in the operator's zone."""
        if self.as_json:
            return text
        self.screen.set_zone(self.app.house, self.app.clock.now())
        return self.screen.zoned(text)

    def screen_words(self) -> Callable[..., str]:
        """`t()` in the language of this run."""
        from cli.words import words

        return words(self.lang)

    def present(self, document: Document, show: str, options: Document) -> None:
        """The document as JSON, or as text for people."""
        from cli.screen import write_json

        if self.as_json:
            write_json(document)
            return
        from cli import clock_texts, drill_screens, duty_screens, handed, lists, present, texts

        if "app" in self.__dict__:
            self.screen.set_zone(self.app.house, self.app.clock.now())
        rooms = (present, lists, clock_texts, handed, duty_screens, drill_screens, texts)
        shown = next(getattr(room, show) for room in rooms if hasattr(room, show))
        shown(self.screen, document, **options)

    def aside(self, document: Document, show: str) -> None:
        """Text for people on stderr, where stdout is a file's content."""
        from cli import lists
        from cli.screen import Screen

        screen = Screen(self.lang, to_stderr=True)
        getattr(lists, show)(screen, document)

    def close(self) -> None:
        if "app" in self.__dict__:
            self.app.close()
