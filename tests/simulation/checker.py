"""The independent checker: what must hold when a world is at rest.

It imports nothing of the program. It reads the bare tables by SQL and the fake providers' ledger, and judges them by
a model of its own, written from windows.md and delivery.md. `LAWS` is the table to extend.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.simulation.watch import TAKEN, instant

GENESIS = "0" * 64
SECRET = b"known to the simulation alone..."
"""What the salts of sealed recipients are made from, in this house."""
MOVING = {"planned", "claimed", "calling", "in_doubt"}
OPEN = {"pending_confirmation", "open", "responding", "partially_restored", "restored"}
HOUR = 3600 * 1_000_000
MINUTE = 60 * 1_000_000
Row = dict[str, Any]


@dataclass
class Record:
    """One world at rest: its tables, the providers' ledger, and what people were told is done."""

    line: Any
    ledger: Any
    acknowledged: list[tuple[str, Any]]
    site: dict[str, bytes]
    under: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    """(incident, sequence of an entry) -> the regimes that were switched on when it was committed."""
    related: bool = False
    """Whether customers come by the import, and incidents become families."""

    def rows(self, sql: str, *values: object) -> list[Row]:
        found = self.line.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def by_id(self, sql: str) -> dict[int, Row]:
        return {row["id"]: row for row in self.rows(sql)}

    @cached_property
    def now(self) -> int:
        found = self.rows("SELECT value FROM meta WHERE key = 'last_instant'")
        return instant(found[0]["value"]) if found else 0

    @cached_property
    def incidents(self) -> dict[int, Row]:
        return self.by_id("SELECT * FROM incidents")

    @cached_property
    def notices(self) -> dict[int, Row]:
        return self.by_id("SELECT * FROM notices")

    @cached_property
    def windows(self) -> dict[int, Row]:
        return self.by_id("SELECT * FROM windows")

    @cached_property
    def deliveries(self) -> dict[int, Row]:
        return self.by_id("SELECT * FROM deliveries")

    @cached_property
    def timeline(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows("SELECT * FROM timeline ORDER BY incident_id, sequence"):
            found[row["incident_id"]].append({**row, "data": json.loads(row["data"])})
        return found

    def entries(self, incident: int, *kinds: str) -> list[Row]:
        return [entry for entry in self.timeline[incident] if entry["kind"] in kinds]

    @cached_property
    def members(self) -> dict[int, dict[int, Row]]:
        found: dict[int, dict[int, Row]] = defaultdict(dict)
        for row in self.rows("SELECT * FROM members"):
            found[row["notice_id"]][row["customer_id"]] = row
        return found

    @cached_property
    def outcomes(self) -> dict[int, list[tuple[int, str, str]]]:
        """Delivery -> (instant, outcome, reason) of everything that was settled, in order."""
        found: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for row in self.rows(
            "SELECT o.delivery_id, t.at, o.outcome, o.reason FROM outcomes o JOIN timeline t"
            " ON t.incident_id = o.incident_id AND t.sequence = o.sequence ORDER BY o.incident_id, o.sequence"
        ):
            found[row["delivery_id"]].append((row["at"], row["outcome"], row["reason"]))
        return found

    @cached_property
    def deliveries_of(self) -> dict[int, dict[tuple[int, str], int]]:
        """Notice -> (customer, channel) -> delivery."""
        found: dict[int, dict[tuple[int, str], int]] = defaultdict(dict)
        for number, row in self.deliveries.items():
            found[row["notice_id"]][(row["customer_id"], row["channel"])] = number
        return found

    def telling(self, notice: int, person: Row) -> dict[str, int]:
        """Channel -> the delivery that tells this person, in whoever's name it goes."""
        found = {}
        for channel, through in (("sms", "sms_with"), ("email", "mail_with")):
            other = person[through] or person["customer_id"]
            number = self.deliveries_of[notice].get((other, channel))
            if number is not None:
                found[channel] = number
        return found

    @cached_property
    def taken(self) -> dict[int, list[Any]]:
        """Delivery -> what the providers took of it."""
        found: dict[int, list[Any]] = defaultdict(list)
        for taken in self.ledger.taken:
            found[int(taken.attempt.partition(".")[0])].append(taken)
        return found


def durable(record: Record) -> Iterator[str]:
    """I1: whatever somebody was told is done is there."""
    events = {row["id"] for row in record.rows("SELECT id FROM events")}
    references = {row["reference"]: row for row in record.incidents.values()}
    receipts = {
        (content["attempt"], content["status"])
        for content in (json.loads(row["content"]) for row in record.rows("SELECT content FROM receipts"))
    }
    approved = {
        (notice["id"], approval["user"])
        for notice in record.notices.values()
        for approval in json.loads(notice["approvals"])
    }
    resolved = {
        record.incidents[incident]["reference"]
        for incident in record.incidents
        if record.entries(incident, "resolved")
    }
    there: dict[str, Callable[[Any], bool]] = {
        "event": events.__contains__,
        "poison": events.__contains__,
        "opened": references.__contains__,
        "planned": references.__contains__,
        "complained": lambda key: key[0] in references,
        "promoted": lambda ref: references[ref]["status"] == "merged",
        "receipt": receipts.__contains__,
        "approved": approved.__contains__,
        "resolved": resolved.__contains__,
        "submitted": lambda n: record.notices.get(n, {}).get("submitted_at") is not None,
        "stopped": lambda n: record.notices[n]["state"] == "stopped",
    }
    for what, key in record.acknowledged:
        if not there[what](key):
            yield f"{what} {key} was acknowledged and is not there"


def one_incident_per_key(record: Record) -> Iterator[str]:
    """I2: every incident that an alarm opened has its alarm, and no outage has two open ones."""
    alarms = record.rows("SELECT * FROM alarms")
    tied = Counter(row["incident_id"] for row in alarms if row["incident_id"])
    for number, row in record.incidents.items():
        by_hand = row["aware_source"].partition(":")[0] in ("person", "planned", "complaint")
        if not by_hand and not tied[number] and row["split_from"] is None:
            yield f"incident {number} was opened by an alarm that is tied to another"
    bodies = Counter((row["hash"]) for row in record.rows("SELECT hash FROM events"))
    yield from (f"event {digest} is there {n} times" for digest, n in bodies.items() if n > 1)


def no_poison(record: Record) -> Iterator[str]:
    """I23: what can be read is read, and only what cannot is set aside."""
    poison = {key for what, key in record.acknowledged if what == "poison"}
    for row in record.rows("SELECT id, state FROM events"):
        wanted = "quarantined" if row["id"] in poison else "parsed"
        known = {key for what, key in record.acknowledged if what in ("event", "poison")}
        if row["state"] != wanted and row["id"] in known:
            yield f"event {row['id']} is {row['state']}, not {wanted}"


def one_end(record: Record) -> Iterator[str]:
    """I4, I21: at rest nothing is on its way any more, and everything that came was read."""
    for number, row in record.deliveries.items():
        notice = record.notices[row["notice_id"]]
        if row["state"] in MOVING and notice["state"] in ("sending", "told", "stopped"):
            yield f"delivery {number} ({row['channel']}) of notice {notice['id']} is {row['state']} at rest"
    for row in record.rows("SELECT count(*) AS n FROM receipts WHERE merged_at IS NULL"):
        if row["n"]:
            yield f"{row['n']} receipts are not merged at rest"
    for notice in record.notices.values():
        if notice["state"] == "sending" and not notice["expanded"]:
            yield f"notice {notice['id']} is not expanded at rest"


def bounded(record: Record) -> Iterator[str]:
    """I6: a provider took each delivery once; twice only at level 1, unasked, after an answer that was lost."""
    found = {(at, attempt.partition(".")[0]) for at, attempt in record.ledger.found}
    for number, taken in record.taken.items():
        row = record.deliveries[number]
        level = record.notices[row["notice_id"]]["level"]
        if len(taken) > 1 + row["resends"] or len(taken) > 2:
            yield f"delivery {number} was taken {len(taken)} times with {row['resends']} re-sends"
        if len(taken) > 1 and (level != 1 or _heard(record, taken[0])):
            yield f"delivery {number} (level {level}) was sent again, answered: {taken[0].answered}"
        known = [at for at, delivery in found if int(delivery) == number]
        if known and any(t.at > min(known) for t in taken):
            yield f"delivery {number} was sent again after a look-up had found it"


def _heard(record: Record, taken: Any) -> bool:
    """Whether the provider's answer came to a process that could write it down: not dead, stopped or out of disk."""
    if not taken.answered:
        return False
    until = taken.answered_at + MINUTE
    return not any(begin <= until and end >= taken.answered_at for begin, end in record.ledger.mishaps)


def nothing_invented(record: Record) -> Iterator[str]:
    """I4: what counts as taken was taken by a provider."""
    for number, row in record.deliveries.items():
        if row["state"] in TAKEN and row["channel"] != "web" and number not in record.taken:
            yield f"delivery {number} is {row['state']}, and no provider ever took it"


def forward(record: Record) -> Iterator[str]:
    """windows.md §4: no clock that steps back takes the record with it."""
    for number, entries in record.timeline.items():
        at = [entry["at"] for entry in entries]
        if at != sorted(at):
            yield f"the timeline of incident {number} goes back in time"


def right_person(record: Record) -> Iterator[str]:
    """I3, I7: each message went to its own person's address with the text that was approved."""
    texts = {
        (row["notice_id"], row["form"], row["channel"], row["language"]): row["body"]
        for row in record.rows("SELECT * FROM texts")
    }
    for number, taken in record.taken.items():
        row = record.deliveries[number]
        person = record.members[row["notice_id"]].get(row["customer_id"])
        if person is None:
            yield f"delivery {number} went to somebody outside the audience"
            continue
        wanted = texts.get((row["notice_id"], row["form"], row["channel"], row["language"]))
        for one in taken:
            if one.to != person["phone" if row["channel"] == "sms" else "email"] or person["opted_out"]:
                yield f"delivery {number} went to another address, or to somebody who opted out"
            if one.body != wanted:
                yield f"delivery {number} said something else than was approved"


def receipts(record: Record) -> Iterator[str]:
    """I19: the last word is the same whatever the order: delivered beats undelivered, and both mean taken."""
    words: dict[int, set[str]] = defaultdict(set)
    for row in record.rows("SELECT content FROM receipts WHERE merged_at IS NOT NULL"):
        content = json.loads(row["content"])
        words[int(content["attempt"].partition(".")[0])].add(content["status"])
    for number, said in words.items():
        state = record.deliveries[number]["state"]
        if "delivered" in said and state != "delivered":
            yield f"delivery {number} has a receipt `delivered` and is {state}"
        elif said == {"undelivered"} and state not in ("undelivered", "delivered"):
            yield f"delivery {number} has a receipt `undelivered` and is {state}"


def answer_now(record: Record, notice: int, person: Row, until: int | None = None) -> str:
    """delivery.md and windows.md §3: what a person's deliveries add up to, now or at an instant."""
    if person["opted_out"]:
        return "impossible"
    states: list[tuple[str, str]] = []
    telling = record.telling(notice, person)
    for number in telling.values():
        row = record.deliveries[number]
        if until is None:
            states.append((row["state"], row["reason"]))
        else:
            known = [(outcome, reason) for at, outcome, reason in record.outcomes[number] if at <= until]
            states.append(known[-1] if known else ("planned", ""))
    if any(state in TAKEN or (state, reason) == ("suppressed", "already_told") for state, reason in states):
        return "reached"
    if states and all(pair == ("suppressed", "sms_limit") for pair in states):
        return "spared"
    if any(state in MOVING for state, _ in states):
        return "pending"
    if any(state == "unconfirmed" for state, _ in states):
        return "unconfirmed"
    if all(state == "failed" and reason.startswith("recipient:") for state, reason in states):
        return "impossible"
    return "pending"


def conservation(record: Record) -> Iterator[str]:
    """I20: counters equal rows, and people's answers follow from their deliveries; whom a channel of a holding notice
    that has not left may still tell is pending."""
    counts: dict[int, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for row in record.rows("SELECT * FROM counts WHERE n != 0"):
        counts[row["notice_id"]][(row["channel"], row["language"], row["state"])] = row["n"]
    for number, notice in record.notices.items():
        if notice["released_at"] is None:
            continue
        rows = [row for row in record.deliveries.values() if row["notice_id"] == number]
        real = Counter((row["channel"], row["language"], row["state"]) for row in rows)
        if notice["expanded"] and not _unexpanded(record, number) and counts[number] != real:
            more, fewer = dict(counts[number] - real), dict(real - counts[number])
            yield f"notice {number}: counts {more} too many, {fewer} too few"
        answers = Counter(person["answer"] for person in record.members[number].values())
        counters = {name: n for name, n in json.loads(notice["counters"]).items() if n}
        if counters != dict(answers):
            yield f"notice {number}: counters say {counters}, people say {dict(answers)}"
        for person in record.members[number].values():
            said = answer_now(record, number, person)
            kept = person["answer"]
            address = {"sms": person["phone"], "email": person["email"]}
            held_out = kept == "pending" and any(address[one] for one in json.loads(notice["held"]))
            if record.telling(number, person) and said != kept and not held_out:
                yield f"notice {number}: person {person['customer_id']} is {kept}, deliveries say {said}"


def _unexpanded(record: Record, notice: int) -> bool:
    """A notice that was stopped or overtaken before its stream of rows was through has pairs without rows."""
    rows = record.notices[notice]
    return any(
        customer > rows["cursor"] and (person["sms"] or person["mail"])
        for customer, person in record.members[notice].items()
    )


def second_channel(record: Record) -> Iterator[str]:
    """delivery.md §3: who could not be told by one channel is tried by the other."""
    for number, notice in record.notices.items():
        if notice["state"] != "told" or notice["kind"] not in ("first_notice", "resolution_notice"):
            continue
        if any(
            n["released_at"] is not None
            and (n["incident"], n["kind"]) == (notice["incident"], "resolution_notice")
            and (n["released_at"], n["id"]) > (notice["released_at"], number)
            for n in record.notices.values()
        ):
            continue  # what it has not sent would be false by now
        for person in record.members[number].values():
            if person["answer"] not in ("impossible", "unconfirmed") or person["opted_out"]:
                continue
            telling = record.telling(number, person)
            missing = [
                channel
                for channel, address in (("sms", "phone"), ("email", "email"))
                if person[address] and channel not in telling
            ]
            if missing:
                yield f"notice {number}: person {person['customer_id']} was not tried by {missing}"


def chains(record: Record) -> Iterator[str]:
    """I16: gap-free, each entry names the one before, the head is the incident's, batch roots cover outcomes."""
    for number, incident in record.incidents.items():
        previous, expected = GENESIS, 1
        for entry in record.timeline[number]:
            stands = _canonical(
                [
                    incident["reference"],
                    entry["sequence"],
                    _iso(entry["at"]),
                    entry["actor"],
                    entry["kind"],
                    entry["data"],
                    entry["previous"],
                ]
            )
            digest = hashlib.sha256(stands).hexdigest()
            if (entry["sequence"], entry["previous"], entry["hash"]) != (expected, previous, digest):
                yield f"incident {number}: entry {entry['sequence']} is not what the chain says"
            previous, expected = entry["hash"], expected + 1
            if (
                entry["kind"] == "batch_settled"
                and _root(record, number, entry["sequence"]) != entry["data"]["root"]
            ):
                yield f"incident {number}: the root of entry {entry['sequence']} does not cover its outcomes"
        if (previous, expected - 1) != (incident["chain_head"], incident["chain_length"]):
            yield f"incident {number}: the chain ends at {expected - 1}, not at {incident['chain_length']}"


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _iso(micros: int) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).isoformat()


def _root(record: Record, incident: int, sequence: int) -> str:
    rows = record.line.execute(
        "SELECT delivery_id, number, outcome, reason, reference, sealed FROM outcomes"
        " WHERE incident_id = ? AND sequence = ? ORDER BY delivery_id",
        (incident, sequence),
    )
    level = [hashlib.sha256(_canonical([str(part) for part in row])).digest() for row in rows]
    while len(level) > 1:
        if len(level) % 2:
            level.append(level[-1])
        level = [hashlib.sha256(a + b).digest() for a, b in zip(level[::2], level[1::2], strict=True)]
    return level[0].hex() if level else ""


def sealed(record: Record) -> Iterator[str]:
    """proof.md: the sealed answer to "was this number told?" is of the very number or address that was told."""
    rows = record.rows("SELECT DISTINCT delivery_id, sealed FROM outcomes")
    for row in rows:
        delivery = record.deliveries[row["delivery_id"]]
        if delivery["channel"] == "web":
            continue
        notice, customer = delivery["notice_id"], delivery["customer_id"]
        person = record.members[notice][customer]
        salts = hashlib.blake2b(f"salt|{notice}|{customer}".encode(), key=SECRET, digest_size=32).hexdigest()
        by_sms = delivery["channel"] == "sms"
        salt, address = (salts[:32], person["phone"]) if by_sms else (salts[32:], person["email"])
        if row["sealed"] != hashlib.sha256(f"{salt}|{address}".encode()).hexdigest():
            yield f"what is sealed of delivery {row['delivery_id']} is not where it went"


def replay(record: Record) -> Iterator[str]:
    """I17: the timeline alone gives the level and the status that the incident has."""
    for number, incident in record.incidents.items():
        level, stands = levels(record, number)[-1][2], statuses(record, number)[-1][1]
        if (level, stands) != (incident["level"], incident["status"]):
            yield f"incident {number} is {incident['level']}, {incident['status']}; its timeline says {level}, {stands}"


def private(record: Record) -> Iterator[str]:
    """I25: no number and no address of a customer is on a timeline."""
    people = record.rows("SELECT phone, email FROM customers")
    secrets = {value for row in people for value in row.values() if value}
    for number, entries in record.timeline.items():
        text = json.dumps([entry["data"] for entry in entries])
        yield from (f"the timeline of incident {number} names {one}" for one in secrets if one in text)


def pages(record: Record) -> Iterator[str]:
    """R24: an entry that was live is still on its page; a holding notice's, as long as no person's is."""
    for notice in record.notices.values():
        if notice["page_live_at"] is None:
            continue
        reference, token = record.incidents[notice["incident"]]["reference"], _token(notice)
        page = record.site.get(f"incidents/{reference}/", b"").decode()
        if page.startswith("-> ") and record.incidents[notice["incident"]]["merged_into"]:
            continue  # law_of_families.py says where it leads
        by_people = [
            n
            for n in record.notices.values()
            if n["incident"] == notice["incident"] and n["kind"] != "holding_notice" and _token(n) in page
            if n["state"] != "stopped" or _stopped_since(record, n)
        ]
        given_way = notice["kind"] == "holding_notice" and bool(by_people)
        if token not in page and not given_way:
            yield f"entry {token} was live and is not on the page of {reference} any more"
        if token in page and given_way:
            yield f"entry {token} is on the page of {reference} beside a person's"
        if token not in {one for _, one in record.ledger.live}:
            yield f"entry {token} counts as live and no GET ever found it"


def _stopped_since(record: Record, notice: Row) -> bool:
    """Whether it was stopped after the page was last written: it stands there until that is written again."""
    mine = (n["page_live_at"] for n in record.notices.values() if n["incident"] == notice["incident"])
    written = max(at for at in mine if at is not None)
    stops = record.entries(notice["incident"], "notice_stopped")
    return any(one["data"]["notice"] == notice["id"] and one["at"] > written for one in stops)


def _token(notice: Row) -> str:
    return f"{notice['id']}-{(notice['text_hash'] or '?')[:16]}"


def tasks(record: Record) -> Iterator[str]:
    """I13: each step takes effect once, and each end says who."""
    steps = Counter(
        (row["incident_id"], row["step"]) for row in record.rows("SELECT incident_id, step FROM tasks")
    )
    yield from (f"step {step} was begun {n} times" for step, n in steps.items() if n > 1)
    for row in record.rows("SELECT * FROM tasks WHERE ended_at IS NOT NULL AND ended_by IS NULL"):
        yield f"task {row['id']} ended by nobody"


from tests.simulation.law_of_complaints import COMPLAINT_LAWS  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_dues import levels, statuses  # noqa: E402  (reads a Record)
from tests.simulation.law_of_families import FAMILY_LAWS  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_going_over import GOING_OVER_LAWS  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_holding import HOLDING_LAWS  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_people import PEOPLE_LAWS  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_planned import PLANNED_LAWS  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_regimes import REGIME_LAWS  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_rungs import rungs  # noqa: E402  (its model reads a Record)
from tests.simulation.law_of_windows import WINDOW_LAWS  # noqa: E402


def nothing_stuck(record: Record) -> Iterator[str]:
    """I9: what is looked at beside the verdicts never failed."""
    for row in record.rows("SELECT about, data FROM operations WHERE about LIKE '%\\_stuck' ESCAPE '\\'"):
        yield f"{row['about']}: {row['data']}"


OF_THE_RECORD: dict[str, tuple[str, Callable[[Record], Iterator[str]]]] = {
    "durable": ("I1", durable),
    "beside": ("I9", nothing_stuck),
    "one incident per key": ("I2", one_incident_per_key),
    "poison": ("I23", no_poison),
    "one end": ("I4, I21", one_end),
    "bounded sends": ("I6", bounded),
    "nothing invented": ("I4", nothing_invented),
    "forward": ("windows.md §4", forward),
    "right person": ("I3, I7", right_person),
    "receipts": ("I19", receipts),
    "conservation": ("I20", conservation),
    "second channel": ("delivery.md §3", second_channel),
    "chains": ("I16", chains),
    "sealed": ("proof.md", sealed),
    "replay": ("I17", replay),
    "private": ("I25", private),
    "pages": ("R24", pages),
    "tasks": ("I13", tasks),
    "rungs": ("I11", rungs),
}


def _together(
    *tables: Mapping[str, tuple[str, Callable[[Record], Iterator[str]]]],
) -> dict[str, tuple[str, Callable[[Record], Iterator[str]]]]:
    """All of them in one table; two laws of one name would be one."""
    names = Counter(name for table in tables for name in table)
    twice = [name for name, n in names.items() if n > 1]
    if twice:
        raise RuntimeError(f"two laws are called {twice[0]}")
    return {name: law for table in tables for name, law in table.items()}


LAWS: dict[str, tuple[str, Callable[[Record], Iterator[str]]]] = _together(
    *(OF_THE_RECORD, WINDOW_LAWS, PEOPLE_LAWS, HOLDING_LAWS),
    *(PLANNED_LAWS, REGIME_LAWS, FAMILY_LAWS, GOING_OVER_LAWS, COMPLAINT_LAWS),
)


def check(record: Record) -> list[str]:
    """Everything that does not hold, with its law."""
    return [f"{code}: {said}" for code, law in LAWS.values() for said in law(record)]
