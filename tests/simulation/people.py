"""Who lives in a world: a dozen customers of every sort, and when the world begins."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from incidents.terms import LANGUAGES, IncidentType
from notifications.directory import Customer
from notifications.standing import PATHS, Standing, texts_hash
from notifications.template import VersionState
from rendering.notices import Notices
from tests.simulation.world import SECOND

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AREAS = ("ZZ0101", "ZZ0102", "ZZ0201")
NEAR_SWITCHES = (
    datetime(2026, 3, 8, 5, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 4, 0, tzinfo=UTC),
    datetime(2026, 4, 4, 14, 0, tzinfo=UTC),
)
"""A few hours before a daylight-saving switch somewhere."""


def starting_instant(rng: random.Random) -> int:
    if rng.random() < 0.4:
        at = rng.choice(NEAR_SWITCHES) - timedelta(hours=rng.uniform(0, 6))
    else:
        at = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=rng.uniform(0, 500))
    return int(at.timestamp() * 1000) * SECOND // 1000


def customers(rng: random.Random) -> list[Customer]:
    """Nobody, or up to a dozen."""
    return [customer(rng, number) for number in range(1, 1 + rng.choice([0, 2, 4, 6, 8, 10, 12]))]


def customer(rng: random.Random, number: int) -> Customer:
    has = rng.choices(["both", "sms", "email", "nothing"], [5, 2, 2, 1])[0]
    home = number if rng.random() < 0.85 else max(1, number - 1)
    """Now and then two of them share a number and an address."""
    return Customer(
        account=f"A{number:04d}",
        name=f"客户{number}",
        phone=f"+86138{home:08d}" if has in ("both", "sms") else None,
        email=f"c{home}@example.com" if has in ("both", "email") else None,
        language=rng.choice(["zh-CN", "en"]),
        area=rng.choices(AREAS, [5, 2, 1])[0],
        services=("mobile",),
        segment="consumer",
        marketing_opt_out=False,
        service_opt_out=rng.random() < 0.12,
    )


def approved_in_advance(rng: random.Random, start: int) -> Standing | None:
    """What two people have approved before the world begins: nothing in half of the worlds; here and there for some
    levels alone, for fewer people than are hit, or only for a few hours more."""
    if rng.random() < 0.5:
        return None
    begun = EPOCH + timedelta(microseconds=start)
    stands = timedelta(hours=rng.uniform(1, 6)) if rng.random() < 0.15 else timedelta(days=300)
    return Standing(
        id=0,
        types=tuple(sorted(kind.value for kind in IncidentType)),
        levels=rng.choice([(1, 2, 3), (1, 2, 3), (1, 2, 3), (1, 2), (3,)]),
        text_hash=_texts(),
        maximum=rng.choice([1000, 1000, 1000, 3]),
        expires_at=begun + stands,
        author="alice",
        submitted_at=begun - timedelta(days=30),
        state=VersionState.APPROVED,
        decided_by="bob",
        decided_at=begun - timedelta(days=29),
    )


@lru_cache(maxsize=1)
def _texts() -> str:
    desk = Notices()
    words = {language: desk.words(language) for language in LANGUAGES}
    return texts_hash({path: desk.source(path) for path in PATHS}, words)
