"""The audience of one notice: who it is for, frozen at submit, and its hash.

Pure. Level 1 and 2: SMS and e-mail to all who have them; level 3: the preferred one of the two, or the one that
is not doubtful. People who share
a number or an address are told by one delivery to it, and answered by it together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from incidents.chain import merkle_root
from incidents.sealing import Sealed, Sealer, audience_seal
from incidents.terms import Channel


class Preference(StrEnum):
    ALL = "all"
    ONE = "one"
    ONE_BY_EMAIL = "one_by_email"
    """One, by mail to whoever has it: SMS is doubtful."""
    ONE_BY_SMS = "one_by_sms"


def preference_of(level: int, doubtful: Collection[str] = ()) -> Preference:
    """Source: docs/windows.md, "What is sent"; of two channels the one that is not `doubtful` is preferred."""
    if level <= 2:
        return Preference.ALL
    if (Channel.SMS in doubtful) == (Channel.EMAIL in doubtful):
        return Preference.ONE
    return Preference.ONE_BY_EMAIL if Channel.SMS in doubtful else Preference.ONE_BY_SMS


@dataclass(frozen=True)
class Upload:
    """A list of accounts given for one incident; `alone`: instead of its areas and services."""

    id: int
    incident: int
    alone: bool


@dataclass(frozen=True)
class Share:
    """Whose people of earlier notices count, by where they live now; () for `inside` means everywhere."""

    notices: tuple[int, ...]
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Whom an incident meets: customers of these services in these areas (as given), and uploaded ones."""

    areas: tuple[str, ...]
    services: tuple[str, ...]
    uploads: tuple[int, ...] = ()
    alone: bool = False
    """Only the uploaded ones."""

    @property
    def known(self) -> bool:
        """Whether anybody can be in it at all (AMB-23)."""
        return bool(self.uploads or (self.areas and self.services))


@dataclass(frozen=True)
class Group:
    """So many customers who are alike in all of this."""

    area: str
    segment: str
    language: str
    channel: str
    opted_out: bool
    phone: bool
    email: bool
    n: int


@dataclass
class People:
    """An audience in numbers of people. `channel` says by what they would be told at first, or why not."""

    matched: int = 0
    channel: Counter[str] = field(default_factory=Counter)
    """sms, email, both, no_address, opted_out: these sum to `matched`."""
    language: Counter[str] = field(default_factory=Counter)
    area: Counter[str] = field(default_factory=Counter)
    segment: Counter[str] = field(default_factory=Counter)
    reach: Counter[str] = field(default_factory=Counter)
    """with_sms, with_email, email_only, none, opted_out, as in Breakdown."""

    def of(self, name: str) -> dict[str, int]:
        """One of the countings, the largest first."""
        counting: Counter[str] = getattr(self, name)
        return dict(sorted(counting.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def by_sms(self) -> int:
        return self.channel["sms"] + self.channel["both"]

    @property
    def by_email(self) -> int:
        return self.channel["email"] + self.channel["both"]


def counted(groups: Iterable[Group], preference: Preference) -> People:
    """Add the groups up by each of their marks."""
    found = People()
    found.reach.update(dict.fromkeys(("with_sms", "with_email", "email_only", "none", "opted_out"), 0))
    for group in groups:
        found.matched += group.n
        found.channel[_way(group, preference)] += group.n
        found.language[group.language] += group.n
        found.area[group.area] += group.n
        found.segment[group.segment] += group.n
        for name, holds in _reach(group).items():
            found.reach[name] += group.n * holds
    return found


def _reach(group: Group) -> dict[str, bool]:
    open_to = not group.opted_out
    return {
        "with_sms": open_to and group.phone,
        "with_email": open_to and group.email,
        "email_only": open_to and group.email and not group.phone,
        "none": open_to and not group.email and not group.phone,
        "opted_out": group.opted_out,
    }


def _way(group: Group, preference: Preference) -> str:
    """By what a group is told at first; the same rule as the one that freezes an audience in SQL."""
    if group.opted_out:
        return "opted_out"
    if not group.phone and not group.email:
        return "no_address"
    if group.phone and group.email:
        one = {Preference.ALL: "both", Preference.ONE_BY_EMAIL: "email", Preference.ONE_BY_SMS: "sms"}
        return one.get(preference) or group.channel or "sms"
    return "sms" if group.phone else "email"


@dataclass(frozen=True)
class Member:
    """One recipient as frozen. `sms` and `mail` say by which channels the notice goes at first."""

    customer_id: int
    language: str
    phone: str | None
    email: str | None
    opted_out: bool
    sms: bool
    mail: bool
    form: str
    answer: str
    sms_with: int | None = None
    """The customer whose SMS tells this one too, because they have one number; likewise `mail_with`."""
    mail_with: int | None = None

    def address(self, channel: str) -> str:
        return (self.phone if channel == Channel.SMS else self.email) or ""

    def told_with(self, channel: str) -> int | None:
        """The customer whose delivery by `channel` is this one's too; None where it has its own."""
        return self.sms_with if channel == Channel.SMS else self.mail_with

    @property
    def own(self) -> tuple[Channel, ...]:
        """The channels by which this customer gets a delivery of its own at first."""
        wanted = ((Channel.SMS, self.sms), (Channel.EMAIL, self.mail))
        return tuple(channel for channel, wants in wanted if wants and self.told_with(channel) is None)

    def second_channel(self, used: set[str]) -> str | None:
        """A channel that the customer has and the notice has not used yet."""
        if self.opted_out:
            return None
        left = [name for name in (Channel.SMS, Channel.EMAIL) if name not in used and self.address(name)]
        return left[0] if left else None


def sealed(member: Member, sealer: Sealer) -> Sealed:
    """A member as the record may show it to anybody: salted hashes of number and address, and a language."""
    return sealer.seal(member.customer_id, member.language, member.phone, member.email)


def audience_hash(notice_id: int, members: Iterable[Member], sealer: Sealer) -> str:
    """The hash of a frozen audience: notice, size and the Merkle root of its salted members in order; fixed by
    submit, cited by approvals and attempts (I3).

    Neither the form (own or combined wording) nor the channels are part of it: they follow what each person
    was told before release. Source of the salted leaves: docs/proof.md.
    """
    size = 0

    def leaves() -> Iterator[str]:
        nonlocal size
        for member in members:
            size += 1
            yield sealed(member, sealer).leaf

    root = merkle_root(leaves())
    return audience_seal(notice_id, size, root)
