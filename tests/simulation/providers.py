"""Fake providers with ledgers of their own: SMS and mail that lose, repeat and delay; a page that may be down.

A request that is on its way arrives even if who sent it has died. What they took is in the ledger; the checker
trusts nothing else about what customers got.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from notifications.message import (
    Accepted,
    Answer,
    CallbackRequest,
    Finding,
    LookUp,
    Message,
    NotAccepted,
    Receipt,
    ReceiptStatus,
    Rejected,
    Scope,
    Unknown,
)
from tests.simulation.world import SECOND, World, chance

TIMEOUT_SECONDS = 15.0


@dataclass
class Taken:
    """One message that a provider took: the ledger's line. `answered`: its sender was told so."""

    at: int
    channel: str
    attempt: str
    notice: int
    to: str
    language: str
    subject: str
    body: str
    reference: str
    answered: bool = False
    answered_at: int = 0
    word: str = ""


@dataclass
class Call:
    """One request as it left: before the provider saw it."""

    at: int
    channel: str
    attempt: str
    notice: int
    to: str


@dataclass
class Ledger:
    calls: list[Call] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    found: list[tuple[int, str]] = field(default_factory=list)
    """(instant, attempt) of every look-up that said found."""
    live: list[tuple[int, str]] = field(default_factory=list)
    """(instant, token) of every GET that found the entry."""
    mishaps: list[tuple[int, int]] = field(default_factory=list)
    """When a process of ours died, stood still or could not write: an answer may have been lost with it."""
    refused: list[str] = field(default_factory=list)
    """Attempts refused for the recipient's own reason."""


@dataclass
class Trouble:
    """What is wrong with one provider in this world; shares are of 1 per call."""

    down: list[tuple[int, int]] = field(default_factory=list)
    hanging: float = 0.0
    """Of the calls while it is down, those that wait for a connection instead of being refused."""
    throttled: float = 0.0
    broken: float = 0.0
    """5xx: taken in half of the cases, and nobody knows."""
    lost: float = 0.0
    late: float = 0.0
    account: float = 0.0
    content: list[tuple[int, int]] = field(default_factory=list)
    blind: list[tuple[int, int]] = field(default_factory=list)
    """When look-ups answer nothing."""
    dead: frozenset[str] = frozenset()
    """Numbers and addresses that do not exist."""
    unwilling: frozenset[str] = frozenset()
    """Those who opted out at the provider."""
    receipts_lost: float = 0.0
    receipts_again: float = 0.0
    receipts_early: float = 0.0
    undelivered: float = 0.1

    def calm(self) -> None:
        """The faults end; who does not exist still does not exist."""
        self.down, self.content, self.blind = [], [], []
        self.throttled = self.broken = self.lost = self.late = self.account = 0.0
        self.receipts_lost = 0.0


def within(spans: list[tuple[int, int]], now: int) -> bool:
    return any(begin <= now < end for begin, end in spans)


class FakeChannel:
    """Fits DirectChannel. `calls` and `posts` are how the world hears of requests and of receipts that are due."""

    in_flight = 8

    def __init__(
        self,
        world: World,
        name: str,
        ledger: Ledger,
        called: Callable[[Call], None],
        posts: Callable[[float, Receipt], None],
    ):
        self.name, self.can_look_up = name, name == "sms"
        self.trouble = Trouble()
        self.in_flight = 8 if name == "sms" else 4
        self._world, self._ledger, self._called, self._posts = world, ledger, called, posts
        self._numbers = 0

    def send(self, message: Message) -> Answer:
        world, rng = self._world, self._world.rng
        call = Call(world.now, self.name, message.attempt, message.notice, message.to)
        self._ledger.calls.append(call)
        self._called(call)
        if within(self.trouble.down, world.now):
            hangs = rng.random() < self.trouble.hanging
            world.sleep(rng.uniform(1.0, 10.0) if hangs else 0.01)
            return NotAccepted("no connection" if hangs else "connection refused")
        late = rng.random() < self.trouble.late
        there = rng.uniform(10.0, 22.0) if late else rng.uniform(0.005, 0.4)
        box: list[Answer] = []
        world.after(there, lambda: box.append(self._arrives(message)))
        if there >= TIMEOUT_SECONDS:
            world.sleep(TIMEOUT_SECONDS)
            return Unknown("read timeout")
        world.sleep(there + 0.001)
        world.sleep(rng.uniform(0.001, 0.2))
        answer = box[0]
        if rng.random() < self.trouble.lost:
            world.sleep(rng.uniform(0.1, TIMEOUT_SECONDS))
            return Unknown("reset after sending")
        if isinstance(answer, Accepted):
            taken = next(t for t in self._ledger.taken if t.reference == answer.reference)
            taken.answered, taken.answered_at = True, world.now
        return answer

    def _arrives(self, message: Message) -> Answer:
        rng, trouble = self._world.rng, self.trouble
        if rng.random() < trouble.throttled:
            return NotAccepted("429", chance(rng, {None: 1.0, 0.0: 0.5, 3.0: 1.0, 3600.0: 0.3}))
        if rng.random() < trouble.broken:
            if rng.random() < 0.5 and message.to not in trouble.dead | trouble.unwilling:
                self._take(message)
            return Unknown("503")
        if message.to in trouble.dead:
            self._ledger.refused.append(message.attempt)
            return Rejected(Scope.RECIPIENT, "21211")
        if message.to in trouble.unwilling:
            self._ledger.refused.append(message.attempt)
            return Rejected(Scope.RECIPIENT, "21610", opted_out=True)
        if within(trouble.content, self._world.now):
            return Rejected(Scope.CONTENT, "30007")
        if rng.random() < trouble.account:
            return Rejected(Scope.ACCOUNT, "20003")
        return self._take(message)

    def _take(self, message: Message) -> Accepted:
        self._numbers += 1
        taken = Taken(
            self._world.now,
            self.name,
            message.attempt,
            message.notice,
            message.to,
            message.language,
            message.text.subject,
            message.text.body,
            f"{self.name}-{self._numbers}",
        )
        self._ledger.taken.append(taken)
        if self.name == "sms":
            self._will_post(taken)
        return Accepted(taken.reference)

    def _will_post(self, taken: Taken) -> None:
        rng, trouble = self._world.rng, self.trouble
        taken.word = "undelivered" if rng.random() < trouble.undelivered else "delivered"
        words = [ReceiptStatus(taken.word)]
        if rng.random() < 0.2:
            words.append(ReceiptStatus.UNDELIVERED if rng.random() < 0.3 else ReceiptStatus.SENT)
        for word in words:
            if rng.random() < trouble.receipts_lost:
                continue
            early = rng.random() < trouble.receipts_early
            delay = rng.uniform(0.0, 0.3) if early else rng.uniform(0.5, 90.0)
            receipt = Receipt("sim", taken.reference, taken.attempt, word)
            for _ in range(1 + (rng.random() < trouble.receipts_again) * rng.randint(1, 3)):
                self._posts(delay, receipt)
                delay += rng.uniform(0.0, 30.0)

    def look_up(self, message: Message) -> LookUp:
        world = self._world
        world.sleep(world.rng.uniform(0.01, 0.5))
        if (
            not self.can_look_up
            or within(self.trouble.blind, world.now)
            or within(self.trouble.down, world.now)
        ):
            return LookUp(Finding.UNAVAILABLE)
        mine = [taken for taken in self._ledger.taken if taken.attempt == message.attempt]
        if not mine:
            return LookUp(Finding.ABSENT)
        self._ledger.found.append((world.now, message.attempt))
        return LookUp(Finding.FOUND, mine[0].reference)

    def poll(self, reference: str) -> Receipt | None:
        world = self._world
        world.sleep(world.rng.uniform(0.01, 0.3))
        taken = next((t for t in self._ledger.taken if t.reference == reference), None)
        if taken is None or not taken.word or world.now - taken.at < 90 * SECOND:
            return None
        return Receipt("sim", reference, taken.attempt, ReceiptStatus(taken.word))

    def parse_receipt(self, request: CallbackRequest) -> Receipt | None:
        raise NotImplementedError("receipts come as values here")

    def close(self) -> None:
        """Nothing is open."""


class FakePage:
    """The public page: files by path; a GET may find the disk full or the network down."""

    def __init__(self, world: World, ledger: Ledger):
        self.down: list[tuple[int, int]] = []
        self.files: dict[str, bytes] = {}
        self._world, self._ledger = world, ledger

    def publish(self, files: dict[str, bytes]) -> None:
        world = self._world
        world.sleep(world.rng.uniform(0.001, 0.05))
        if within(self.down, world.now) and world.rng.random() < 0.5:
            raise OSError(28, "No space left on device")
        self.files.update(files)
        world.sleep(world.rng.uniform(0.001, 0.05))

    def is_live(self, path: str, token: str) -> bool:
        world = self._world
        world.sleep(world.rng.uniform(0.001, 0.2))
        if within(self.down, world.now):
            return False
        live = token in self.files.get(path, b"").decode()
        if live:
            self._ledger.live.append((world.now, token))
        return live

    def url(self, path: str) -> str:
        return f"https://notices.example/{path}"
