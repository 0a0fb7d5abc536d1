"""The proof of one incident: every part of the archive that a regulator checks offline (docs/proof.md).

Reads only, from one snapshot. Nothing of when it was made is in it: the same record gives the same bytes. Where a
person would be named there are salted hashes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from coordinator import checkpoints, rulebook, views
from coordinator.act import Act
from coordinator.family import kin_of, members_of
from coordinator.foresight import texts_at
from coordinator.outside import Archive, Signer
from incidents.chain import canonical, leaf, merkle_path
from incidents.effects import Effect
from incidents.incident import Incident
from incidents.sealing import Sealed
from incidents.terms import Kind
from notifications.audience import Member, sealed
from notifications.delivery import Delivery
from notifications.notice import Notice
from notifications.standing import hash_of, said_of
from reports.verifier.packed import FORMAT, OPENING, PARTS
from windows.window import Window

Document = dict[str, Any]
Load = Callable[[str], bytes]
"""The bytes of a checkpoint file by its name; b"" when it cannot be read."""
SIGNATURE = "signature.json"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Proved:
    """What was put into the archive, in figures."""

    reference: str
    entries: int
    parts: int
    bytes: int
    recipients: int
    checkpoint: bool
    lost_checkpoint: str = ""
    """The file of the checkpoint that should be in it, where that is gone or not as it was written."""


def proof(
    act: Act, reference: str, archive: Archive, signer: Signer, inside: Mapping[str, bytes], load: Load
) -> Proved:
    """Write every part; `inside` has those that are the same for every incident (README, verifier)."""
    incident = act.tx.incidents.record(reference)
    gathered = _Parts(act, incident, load)
    listed: list[Document] = []
    for name in PARTS[:-2]:
        chunks = [inside[name]] if name in inside else gathered.part(name)
        size, digest = archive.add(name, chunks)
        listed.append({"name": name, "bytes": size, "sha256": digest})
    head, length = gathered.head
    manifest = pretty(
        {
            "format": FORMAT,
            "incident": reference,
            "chain": {"length": length, "head": head},
            "parts": listed,
        }
    )
    archive.add(MANIFEST, [manifest])
    signature = signer.sign(FORMAT.encode() + b"\n" + manifest)
    said = {"algorithm": "Ed25519", "key": signer.key, "signature": signature}
    archive.add(SIGNATURE, [canonical(said) + b"\n"])
    total = sum(row["bytes"] for row in listed)
    people, covered = gathered.recipients, bool(gathered.checkpoint)
    return Proved(reference, length, len(PARTS), total, people, covered, gathered.lost_checkpoint)


def pretty(value: object) -> bytes:
    """JSON for people too; the order of the keys is as given."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _lines(rows: Iterable[object]) -> Iterator[bytes]:
    return (canonical(row) + b"\n" for row in rows)


class _Parts:
    """The parts of one incident, each made when it is asked for."""

    def __init__(self, act: Act, incident: Incident, load: Load):
        self._act, self._incident, self._load = act, incident, load
        self._windows = act.tx.windows.of_incident(incident.id)
        every = act.tx.notices.of_incident(incident.id)
        self._notices = [notice for notice in every if notice.submitted_at is not None]
        self.head = ("", 0)
        self.recipients = 0
        self.checkpoint: Document = {}
        self.lost_checkpoint = ""

    def part(self, name: str) -> Iterable[bytes]:
        made: dict[str, Callable[[], Iterable[bytes]]] = {
            "incident.json": lambda: [pretty(views.facts(self._incident))],
            "rules.json": lambda: [pretty(self._rules())],
            "chain.jsonl": lambda: _lines(self._chain()),
            "windows.json": lambda: [pretty({"windows": self._clocks(), "duplicates": self._duplicates()})],
            "notices.json": lambda: [
                pretty(
                    {
                        "notices": [self._notice(n) for n in self._notices],
                        "approved_texts": self._approved_texts(),
                    }
                )
            ],
            "reports.json": lambda: [pretty({"reports": self._reports()})],
            "texts.jsonl": lambda: _lines(self._texts()),
            "audience.jsonl": lambda: _lines(self._audience()),
            "deliveries.jsonl": lambda: _lines(self._deliveries()),
            "attempts.jsonl": lambda: _lines(self._attempts()),
            "outcomes.jsonl": lambda: _lines(self._outcomes()),
            "receipts.jsonl": lambda: _lines(self._receipts()),
            "checkpoint.json": lambda: [pretty(self._covering())],
        }
        return made[name]()

    def _chain(self) -> Iterator[Document]:
        for e in self._act.tx.incidents.entries(self._incident.id):
            self.head = (e.hash, e.sequence)
            yield {
                "sequence": e.sequence,
                "at": e.at.isoformat(),
                "actor": e.actor,
                "kind": e.kind,
                "data": e.data,
                "previous": e.previous,
                "hash": e.hash,
            }

    def _rules(self) -> Document:
        rules, packs = rules_of(self._act, self._windows), packs_of(self._act, self._windows)
        return {"rules": rules, "packs": packs}

    def _clocks(self) -> list[Document]:
        """Every window: the strict due first, then the one that counted; its breach row beside it."""
        rows = {row["window_id"]: row for row in self._act.tx.windows.breaches()}
        found = []
        for window in self._windows:
            said, row = views.window(window, self._incident.reference), rows.get(window.id)
            strict = said.pop("strict_due_at")
            breach = row and {
                "due_at": views.iso(row["due_at"]),
                "recorded_at": views.iso(row["recorded_at"]),
                "basis": row["basis"],
                "causes": row["causes"],
            }
            found.append(
                {
                    "id": said.pop("id"),
                    "kind": said.pop("kind"),
                    "strict_due_at": strict,
                    **said,
                    "breach": breach,
                }
            )
        return found

    def _duplicates(self) -> list[Document]:
        """Whom merged duplicates had told: their own proofs show it, and each names the head of its chain here."""
        return [
            _told_by(self._act, self._act.tx.incidents.by_id(one))
            for one in members_of(self._act, self._incident.id)[1:]
        ]

    def _notice(self, notice: Notice) -> Document:
        counts = self._act.tx.notices.counts(notice.id)
        return {
            "id": notice.id,
            "kind": notice.kind,
            "state": notice.state,
            "automatic": notice.automatic,
            "level": notice.level,
            "number": notice.number,
            "corrects": notice.corrects,
            "channels": list(notice.channels),
            "author": notice.author,
            **{name: views.iso(getattr(notice, name)) for name in INSTANTS},
            "stopped_reason": notice.stopped_reason,
            "text_hash": notice.text_hash,
            "audience_hash": notice.audience_hash,
            "audience_size": notice.audience_size,
            "with_address": notice.with_address,
            "people": {**vars(notice.counters)},
            "deliveries": [
                {"channel": channel, "language": language, "state": state, "count": n}
                for (channel, language, state), n in sorted(counts.items())
            ],
            "approvals": [
                {
                    "user": a.user,
                    "at": views.iso(a.at),
                    "text_hash": a.text_hash,
                    "audience_hash": a.audience_hash,
                }
                for a in notice.approvals
            ],
            "approved_in_advance": self._in_advance(notice),
        }

    def _in_advance(self, notice: Notice) -> Document | None:
        """What two people allowed before anything had happened; a holding notice went out on that."""
        return said_of(self._act.tx.approvals.get(notice.standing)) if notice.standing else None

    def _approved_texts(self) -> dict[str, tuple[str, ...] | None]:
        """By the hash that two people approved in advance the texts themselves; None when they are no longer had."""
        given = {notice.standing for notice in self._notices if notice.standing}
        found: dict[str, tuple[str, ...] | None] = {}
        for one in (self._act.tx.approvals.get(number) for number in sorted(given)):
            texts = texts_at(self._act, one.submitted_at)
            found[one.text_hash] = texts if hash_of(texts) == one.text_hash else None
        return found

    def _reports(self) -> list[Document]:
        return [
            {
                "id": version.id,
                "kind": version.kind,
                "number": version.number,
                "state": version.state,
                "hash": version.hash,
                "author": version.author,
                "submitted_at": views.iso(version.submitted_at),
                "decided_by": version.decided_by,
                "decided_at": views.iso(version.decided_at),
            }
            for version in self._act.tx.reports.of_incident(self._incident.id)
        ]

    def _texts(self) -> Iterator[Document]:
        for notice in self._notices:
            parts = self._act.tx.notices.parts(notice.id)
            for key, text in sorted(self._act.tx.notices.texts(notice.id).items()):
                form, channel, language = key
                yield {
                    "notice": notice.id,
                    "form": form,
                    "channel": channel,
                    "language": language,
                    "subject": text.subject,
                    "body": text.body,
                    "html": text.html,
                    "template": text.template,
                    "parts": parts[key],
                }

    def _audience(self) -> Iterator[Document]:
        for notice in self._notices:
            sealer = self._act.house.sealer(self._incident.id, notice.id)
            for member in self._act.tx.audience.members(notice.id):
                self.recipients += 1
                others = {"sms_with": member.sms_with, "email_with": member.mail_with}
                yield {
                    "notice": notice.id,
                    **sealed(member, sealer)._asdict(),
                    "form": member.form,
                    "answer": member.answer,
                    **{name: one and sealer.person(one) for name, one in others.items()},
                }

    def _deliveries(self) -> Iterator[Document]:
        for notice in self._notices:
            sealer = self._act.house.sealer(self._incident.id, notice.id)
            rows = self._act.tx.proofs.deliveries(notice.id)
            while some := list(islice(rows, SLICE)):
                people = self._act.tx.audience.some(notice.id, [d.customer_id for d in some])
                hidden = {one: sealed(member, sealer) for one, member in people.items()}
                yield from (_delivery(d, hidden.get(d.customer_id)) for d in some)

    def _attempts(self) -> Iterator[Document]:
        for notice in self._notices:
            for delivery, number, epoch, at in self._act.tx.proofs.attempts(notice.id):
                yield {"delivery": delivery, "attempt": number, "epoch": epoch, "at": views.iso(at)}

    def _outcomes(self) -> Iterator[Document]:
        for sequence, one in self._act.tx.proofs.outcomes(self._incident.id):
            values = one._asdict()
            yield {"sequence": sequence, "to": values.pop("sealed"), **values}

    def _receipts(self) -> Iterator[Document]:
        for at, content in self._act.tx.proofs.receipts([notice.id for notice in self._notices]):
            yield {"received_at": views.iso(at), **content}

    def _covering(self) -> Document:
        """The first checkpoint that has all that any has of this chain, with the way from this chain to its root.

        Later ones say no more of it, and would give the same record other bytes every hour. One that is not as it was
        written is in no proof: its signature fits nothing any more.
        """
        known = self._act.tx.proofs.covering(self._incident.id)
        if known is None:
            return {}
        name, digest = known
        data = self._load(name)
        if not checkpoints.as_written(data, digest):
            self.lost_checkpoint = name
            return {}
        found = json.loads(data)
        mine = [n for n, head in enumerate(found["heads"]) if head[0] == self._incident.reference]
        if not mine:
            return {}
        path = merkle_path([leaf(*head) for head in found["heads"]], mine[0])
        signed = {name: found[name] for name in ("statement", "key", "signature")}
        self.checkpoint = {**signed, "entry": found["heads"][mine[0]], "path": path}
        return self.checkpoint


def _delivery(d: Delivery, whose: Sealed | None) -> Document:
    return {
        "id": d.id,
        "notice": d.notice_id,
        "person": whose.person if whose else "",
        "channel": d.channel,
        "language": d.language,
        "form": d.form,
        "state": d.state,
        "reason": d.reason,
        "attempts": d.attempts,
        "accepted_at": views.iso(d.accepted_at),
        "reference": d.reference,
        "to": whose.by(d.channel) if whose else "",
    }


def _told_by(act: Act, duplicate: Incident) -> Document:
    *_, last = act.tx.incidents.entries(duplicate.id)
    firsts = [
        n for n in act.tx.notices.of_incident(duplicate.id) if n.released and n.kind == Kind.FIRST_NOTICE
    ]
    return {
        "incident": duplicate.reference,
        "entries": last.sequence,
        "head": last.hash,
        "first_notices": [
            {
                "notice": notice.id,
                "audience_hash": notice.audience_hash,
                "reached": notice.counters.reached,
                "page_live_at": views.iso(notice.page_live_at),
            }
            for notice in firsts
        ],
    }


SLICE = 2000
"""Deliveries of which the recipients are read at once."""
INSTANTS = (
    "created_at",
    "submitted_at",
    "released_at",
    "page_live_at",
    "told_at",
    "next_update_at",
    "forecast_at",
)


def rules_of(act: Act, windows: Sequence[Window]) -> list[Document]:
    """The rules that these windows opened by, with version, source and what their pack asks of coverage."""
    by_rule = {(window.rule_version, window.rule): window for window in windows}
    found = []
    for version, rule in sorted(by_rule):
        terms = rulebook.terms_of(act, by_rule[version, rule])
        said = terms.rule.model_dump(mode="json", exclude_none=True)
        found.append({**said, "version": version, "coverage": terms.coverage.model_dump(mode="json")})
    return found


def packs_of(act: Act, windows: Sequence[Window]) -> dict[str, str]:
    """The packs of these windows word for word, by name and version."""
    return {label: act.tx.packs.text(label) for label in sorted({window.rule_version for window in windows})}


def opening(act: Act, reference: str, address: str) -> tuple[Document, list[str]]:
    """What lets the holder of the archive answer for this number or address, and for no other; and the accounts
    that have it, so that the look is kept.

    Who was told by a duplicate or by a part counts as told here, but only that incident's archive has the message:
    `elsewhere` names the released notices of the family that had it in their audience.
    """
    incident = act.tx.incidents.record(reference)
    own = list(_held(act, incident.id, address))
    kin = {one.id: one.reference for one in kin_of(act, incident)}
    others = [
        (notice, member) for one in kin for notice, member in _held(act, one, address) if notice.released
    ]
    elsewhere = [
        {"incident": kin[notice.incident], "notice": notice.id, "channel": _channel(member, address)}
        for notice, member in others
    ]
    customers = {member.customer_id for _, member in (*own, *others)}
    accounts = [act.tx.proofs.account(customer) for customer in sorted(customers)]
    document = {
        "format": OPENING,
        "incident": reference,
        "address": address,
        "found": [_opened(act, notice, member, address) for notice, member in own],
        "elsewhere": [one for n, one in enumerate(elsewhere) if one not in elsewhere[:n]],
    }
    return document, accounts


def _held(act: Act, incident_id: int, address: str) -> Iterator[tuple[Notice, Member]]:
    """Every notice of the incident that had this number or address in its audience, with whoever has it."""
    for notice in act.tx.notices.of_incident(incident_id):
        for member in act.tx.proofs.members_at(notice.id, address):
            yield notice, member


def _channel(member: Member, address: str) -> str:
    return "sms" if member.phone == address else "email"


def _opened(act: Act, notice: Notice, member: Member, address: str) -> Document:
    sealer, channel = act.house.sealer(notice.incident, notice.id), _channel(member, address)
    salt = sealer.salts(member.customer_id)[0 if channel == "sms" else 1]
    return {
        "notice": notice.id,
        "person": sealer.person(member.customer_id),
        "channel": channel,
        "salt": salt,
    }


def keep_look(act: Act, accounts: Sequence[str]) -> tuple[None, list[Effect]]:
    """Keep who looked for whom, also when there was nobody (S3)."""
    for account in accounts or [NOBODY]:
        act.tx.reads.keep(act.now, act.actor.name, account, len(accounts))
    return None, []


NOBODY = "(a number or address of no audience)"
