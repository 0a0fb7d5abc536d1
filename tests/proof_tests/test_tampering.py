"""Whatever is done to a proof archive is found, and the part is named (S22)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reports.signing import public_key
from reports.verifier.command import Found, Outside, document_of, verify
from reports.verifier.packed import (
    LOCAL,
    MOST_PARTS,
    PARTS,
    TROUBLE,
    Broken,
    Pack,
    canonical,
    directory,
    local_header,
    sha,
)
from reports.verifier.seals import check_parts, public_key_in
from tests.proof_tests.conftest import FORGER, first_of, first_row, forged, packed, problems


def container_problems(data: bytes) -> list[str]:
    """What the archive's own form and its manifest say; quicker than everything."""
    pack = Pack(data)
    try:
        check_parts(pack)
    except (Broken, *TROUBLE) as error:
        pack.wrong("stopped: {why}", why=error)
    return [template.format(**values) for template, values in pack.problems]


def places(data: bytes) -> dict[str, tuple[int, int, int]]:
    """Part -> where its header begins, its content begins, and it ends."""
    found, at = {}, 0
    for name, content in Pack(data).parts.items():
        start = at + LOCAL.size + len(name)
        found[name] = (at, start, start + len(content))
        at = start + len(content)
    return found


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_an_untouched_proof_is_whole(told: bytes) -> None:
    """Nothing is found where nothing was done."""
    assert [] == problems(told)


@pytest.mark.parametrize("part", PARTS)
def test_one_flipped_byte_is_found_and_named(told: bytes, part: str) -> None:
    """Of its header every byte, of its content the first, the middle and the last: each flip names the part."""
    header, start, end = places(told)[part]
    inside = {start, (start + end) // 2, end - 1} if end > start else set()
    for at in [*range(header, start), *sorted(inside)]:
        found = container_problems(flipped(told, at))
        if part in ("manifest.json", "signature.json") and at in inside:
            found = problems(flipped(told, at))
        assert any(part in problem for problem in found), (at - header, found)


def test_every_flipped_byte_of_the_directory_is_found(told: bytes) -> None:
    """The end of the archive is part of it: whichever byte differs there, a part is named."""
    begin = places(told)["signature.json"][2]
    for at in range(begin, len(told)):
        assert any(name in said for said in container_problems(flipped(told, at)) for name in (*PARTS, "END"))


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part_is_named(told: bytes, part: str) -> None:
    """An archive that was packed again without one part says which."""
    parts = Pack(told).parts
    del parts[part]

    assert f"part {part} is missing" in problems(packed(parts))


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_part_is_named(told: bytes, part: str) -> None:
    """One more space, packed again as if nothing had happened, is found."""
    parts = Pack(told).parts
    parts[part] += b" "

    assert any(part in said for said in problems(packed(parts)))


def test_an_added_and_a_doubled_part_are_named(told: bytes) -> None:
    """What the manifest does not have has no place in the archive."""
    parts = Pack(told).parts
    assert "part remarks.txt was added" in problems(packed({**parts, "remarks.txt": b"all is well"}))

    begin = places(told)["signature.json"]
    doubled = told[: begin[2]] + told[begin[0] : begin[2]] + told[begin[2] :]
    assert any("signature.json" in said for said in problems(doubled))


def test_reordered_parts_are_named(told: bytes) -> None:
    """The order is fixed, so that the same record is the same file."""
    names = list(PARTS)
    names[3], names[5] = names[5], names[3]
    parts = Pack(told).parts

    assert "part chain.jsonl stands where incident.json should be" in problems(
        packed({name: parts[name] for name in names})
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_truncated_archive_says_where(told: bytes, part: str) -> None:
    """Cut off anywhere inside a part or before its directory, the archive says after or in which part."""
    header, start, end = places(told)[part]
    cuts = {header + 5, start, (start + end) // 2, end} - {5}
    for cut in sorted(cuts):
        before = PARTS[max(0, PARTS.index(part) - 1)]
        found = problems(told[:cut])
        assert any(part in said or before in said for said in found), (cut, found)


@pytest.mark.parametrize("names", [70_000 * [""], [f"part{n}" for n in range(300)]], ids=["empty", "many"])
def test_an_archive_of_too_many_parts_is_refused(names: list[str]) -> None:
    """S22: more parts than an archive's directory can count are a problem with a name, not the end of the verifier."""
    data = b"".join(local_header(name, 0, 0) for name in names)
    assert f"the archive has more than {MOST_PARTS} parts" == problems(data)[-1]


ESCAPES = "\x1b]0;whole\x07\r\x9b2J\n证明包完整\u202e\ud800"


def test_what_an_archive_says_does_nothing_to_a_terminal(told: bytes) -> None:
    """S22: names and values from an archive come without control characters, on one line, and not too long."""
    name = "a\x1b[2J\r\nwhole\x7f"
    people = first_of("notices", approvals=[{"user": ESCAPES, "text_hash": 9 * ESCAPES, "audience_hash": ""}])
    answer = first_row(answer="é" * 100_000)
    found = [
        *problems(packed({**Pack(told).parts, name: b""})),
        *problems(forged(told, "notices.json", people)),
        *problems(forged(told, "audience.jsonl", answer)),
    ]
    assert "part a\\u001b[2J\\r\\nwhole\\u007f was added" in found
    assert any(
        "\\u001b]0;whole\\u0007\\r\\u009b2J\\n证明包完整\\u202e\\ud800 approved" in said for said in found
    )
    assert all(said.isprintable() and len(said) < 600 for said in found)


def test_an_answer_does_nothing_to_a_terminal_either(told: bytes) -> None:
    """S22: the same for what became of one number."""
    row = {"notice": 1, "channel": "sms", "state": ESCAPES, "accepted_at": float("inf"), "reference": None}
    [answer] = document_of(Found([], [row], False, ""), Outside(), "en")["told"]
    assert ("inf", None, 1) == (answer["accepted_at"], answer["reference"], answer["notice"])
    assert answer["state"].isprintable()
    json.dumps(answer, ensure_ascii=False).encode()


def test_an_archive_beyond_its_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """S22: parts behind the first 4 GiB have no place in the directory; that is said."""
    monkeypatch.setattr("reports.verifier.packed.MOST_BYTES", 10)
    assert ["the archive has more than 10 bytes"] == problems(packed({"README.en.md": b"x"}))


def test_what_is_no_archive_is_said_to_be_none(told: bytes) -> None:
    """Nothing, a text and an empty zip are no proofs; bytes behind the end are counted."""
    for data in (b"", b"hello", b"".join(directory([]))):
        assert ["this is not a proof archive"] == problems(data)
    assert "3 bytes follow the end of the archive" in problems(told + b"abc")


REPORT = {"id": 9, "kind": "handling_report", "state": "submitted", "decided_by": None}
FINDING = {"at": "2026-10-14T06:16:00+00:00", "kind": "aware_earlier_after_verdict", "detail": ""}
MOVE = {
    "at": "2026-10-14T06:15:00+00:00",
    "due_at": "2026-10-14T08:15:00+00:00",
    "rule": "aware_later",
    "by": "hq",
}


def edited(**new: Any) -> Callable[[bytes], bytes]:
    """An edit: other values in a part that is one object."""
    return lambda content: json.dumps({**json.loads(content), **new}).encode()


FORGERIES: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("chain.jsonl", first_row(actor="bob"), "chain.jsonl: entry 1 was changed"),
    ("chain.jsonl", lambda c: c.partition(b"\n")[2], "chain.jsonl: entry 1 is missing"),
    ("chain.jsonl", lambda c: b"\n".join(c.split(b"\n")[:-2]) + b"\n", "chain.jsonl ends at entry"),
    (
        "chain.jsonl",
        lambda c: b"\n".join([*c.split(b"\n")[1::-1], *c.split(b"\n")[2:]]),
        "chain.jsonl: entry 1 is missing",
    ),
    ("outcomes.jsonl", first_row(outcome="failed"), "outcomes.jsonl: the outcomes under entry"),
    ("outcomes.jsonl", lambda c: c.partition(b"\n")[2], "outcomes.jsonl: the outcomes under entry"),
    ("outcomes.jsonl", first_row(sequence=1), "outcomes.jsonl: no entry 1 of the chain"),
    ("deliveries.jsonl", first_row(state="failed"), "deliveries.jsonl: delivery 1 is not as its last"),
    ("deliveries.jsonl", first_row(channel="sms"), "deliveries.jsonl: delivery 1 goes to nobody"),
    ("texts.jsonl", first_row(body="all is well"), "texts.jsonl: the texts of notice 1"),
    ("texts.jsonl", first_row(notice=77), "texts.jsonl: there is no notice 77"),
    ("audience.jsonl", first_row(sms="0" * 64), "audience.jsonl: the people of notice 1"),
    ("audience.jsonl", lambda c: c.partition(b"\n")[2], "audience.jsonl: the people of notice 1"),
    ("audience.jsonl", first_row(answer="impossible"), "audience.jsonl: person "),
    ("notices.json", first_of("notices", text_hash="0" * 64), "texts.jsonl: the texts of notice 1"),
    ("notices.json", first_of("notices", approvals=[]), "notices.json: the approvals of notice 1"),
    ("notices.json", first_of("notices", audience_size=4), "notices.json: the audience_size of notice 1"),
    ("notices.json", first_of("notices", people={"reached": 5}), "notices.json: the people of notice 1"),
    ("notices.json", first_of("notices", automatic=True), "notices.json: notice 1 went out by itself"),
    ("notices.json", first_of("notices", released_at=None), "notices.json: the chain does not say the same"),
    ("windows.json", first_of("windows", state="breached"), "the verdict of window 1 is not the one"),
    (
        "windows.json",
        first_of("windows", told_at="2026-10-14T09:15:00+00:00"),
        "the verdict of window 1 does not follow",
    ),
    (
        "windows.json",
        first_of("windows", due_at="2026-10-14T06:14:00+00:00"),
        "the verdict of window 1 does not follow",
    ),
    ("windows.json", first_of("windows", length_seconds=60), "the strict due instant of window 1"),
    ("windows.json", first_of("windows", history=[]), "the history of window 1"),
    ("windows.json", first_of("windows", started_at="2026-10-14T06:00:00+00:00"), "window 1 is not the one"),
    ("windows.json", first_of("windows", seconds_late=-1.0), "was told so many seconds late"),
    ("windows.json", first_of("windows", breach={"due_at": ""}), "window 1 and its breach row disagree"),
    ("windows.json", first_of("windows", decided_at="2026-10-14T06:16:00+00:00"), "was not given when"),
    ("windows.json", first_of("windows", basis="person"), "nobody said how window 1 was told"),
    ("windows.json", first_of("windows", id=99), "windows.json: window 1 of the chain is missing"),
    ("windows.json", first_of("windows", coverage={"reached": 5}), "windows.json is not in the form"),
    ("windows.json", lambda c: b"[" * 100_000, "part windows.json cannot be read"),
    ("windows.json", lambda c: b'{"windows": [], "windows": []}', "a key stands twice"),
    ("rules.json", lambda c: b'{"rules": []}', "rules.json: the rule of window 1 is missing"),
    ("rules.json", lambda c: c.replace(b'"PT2H"', b'"PT9H"'), "window 1 opened with another length"),
    ("rules.json", edited(packs={}), "rules.json: the rule of window 1 is missing"),
    ("incident.json", lambda c: b'{"reference": "INC-1"}', "name different incidents"),
    ("incident.json", edited(exercise=True), "incident.json: the exercise is not the one"),
    ("incident.json", edited(level=3), "incident.json: the level is not the one"),
    ("incident.json", edited(type="data_leak"), "incident.json: the type is not the one"),
    ("incident.json", edited(aware_at="2026-10-14T07:00:00+00:00"), "incident.json: the aware_at is not"),
    ("attempts.jsonl", lambda c: b"", "attempts.jsonl: attempts of delivery 1 are missing"),
    ("reports.json", edited(reports=[{**REPORT, "hash": "0"}]), "reports.json: report R9 is not as"),
    ("notices.json", first_of("notices", kind="progress_update"), "notice 1 is of another kind in the chain"),
    ("notices.json", first_of("notices", told_at="2026-10-14T06:16:00+00:00"), "the told_at of notice 1"),
    ("windows.json", first_of("windows", findings=[FINDING]), "the findings of window 1 are not those"),
    ("windows.json", first_of("windows", history=[MOVE]), "a move of window 1 is not one of the chain"),
    (
        "checkpoint.json",
        lambda c: c.replace(b'"number": 1', b'"number": 2'),
        "checkpoint.json: its signature",
    ),
    ("checkpoint.json", lambda c: b"{]", "part checkpoint.json cannot be read"),
]


@pytest.mark.parametrize(
    ("part", "edit", "sentence"), FORGERIES, ids=[sentence for *_, sentence in FORGERIES]
)
def test_a_forger_with_a_key_of_his_own_is_found(
    told: bytes, part: str, edit: Callable[[bytes], bytes], sentence: str
) -> None:
    """Manifest and signature made anew do not help: the parts no longer agree with each other."""
    found = problems(forged(told, part, edit))

    assert any(sentence in said for said in found), found


def rewritten(content: bytes) -> bytes:
    """The whole chain with another first entry, every hash made anew."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in content.splitlines()]
    rows[0]["actor"], previous = "bob", "0" * 64
    for row in rows:
        row["previous"] = previous
        names = ("sequence", "at", "actor", "kind", "data", "previous")
        previous = row["hash"] = sha(canonical(["INC-2026-0001", *(row[name] for name in names)]))
    return b"".join(canonical(row) + b"\n" for row in rows)


def test_a_chain_that_was_rewritten_from_the_start_meets_its_checkpoint(told: bytes) -> None:
    """I16: who rewrites everything after a checkpoint was given contradicts it."""
    found = problems(forged(told, "chain.jsonl", rewritten))

    assert any("checkpoint.json: the chain is not the one that was signed" in said for said in found)


def test_the_key_that_a_reader_has_is_compared(told: bytes) -> None:
    """A forger's own signature is no use against somebody who knows the operator's key."""
    key = json.loads(Pack(told).parts["signature.json"])["key"]
    theirs = forged(told, "README.en.md", lambda c: c + b" ")

    assert [] == problems(told, Outside(key=key))
    assert "signature.json is of another key than the one that you gave" in problems(theirs, Outside(key=key))
    assert ["checkpoint.json and signature.json are of different keys"] == problems(theirs)
    assert (key, public_key(FORGER)) == (verify(told).key, verify(theirs).key)
    house = Outside(key=key, of_house=True)
    assert "signature.json is signed by another key than this house's" in problems(theirs, house)
    assert "" == verify(packed({**Pack(told).parts, "manifest.json": b"{}"})).key


@pytest.mark.parametrize("name", ["key", "signature"])
@pytest.mark.parametrize(
    "respelt",
    [str.upper, lambda text: f"{text} ", lambda text: f"{text}\n", lambda text: f"{text[:2]} {text[2:]}"],
    ids=["capitals", "space behind", "line behind", "space inside"],
)
def test_a_signature_has_one_spelling(told: bytes, name: str, respelt: Callable[[str], str]) -> None:
    """I18, S22: key and signature in capitals or with spaces are another file, so they are no signature."""
    parts = Pack(told).parts
    signed = json.loads(parts["signature.json"])
    parts["signature.json"] = canonical({**signed, name: respelt(signed[name])}) + b"\n"
    assert any(
        said.startswith("the signature in signature.json does not fit") for said in problems(packed(parts))
    )


def test_what_is_no_key_is_refused() -> None:
    """A variable of a shell that is not set, or half a key, is no key to compare with; its spelling is free."""
    assert "ab" * 32 == public_key_in(f" {'AB' * 32}\n")
    for typed in ("", " ", "ab" * 31, "ab" * 33, "xy" * 32, "é" * 64):
        with pytest.raises(ValueError, match="not a public key"):
            public_key_in(typed)


CANARY = "+8613977770001"
WRONG_FILES = (
    b"",
    b"\xff\xfe" + CANARY.encode() * 999,
    CANARY.encode() * 999,
    json.dumps([CANARY] * 999).encode(),
    json.dumps({CANARY: CANARY}).encode(),
    json.dumps({"heads": CANARY, "statement": CANARY, "key": CANARY, "signature": CANARY}).encode(),
    json.dumps({"format": CANARY, "incident": CANARY, "found": CANARY}).encode(),
)


@pytest.mark.parametrize("data", WRONG_FILES, ids=range(len(WRONG_FILES)))
@pytest.mark.parametrize(
    ("option", "wanted"), [("checkpoint", "tongbao-checkpoint/1"), ("opening", "tongbao-opening/1")]
)
def test_a_wrong_file_is_named_and_not_shown(told: bytes, data: bytes, option: str, wanted: str) -> None:
    """I25: a file given by mistake, empty or full of numbers, is a problem; its content stays where it is."""
    found = problems(told, Outside(**{option: data}))
    assert found
    assert [] == [said for said in found if CANARY[3:9] in said or len(said) > 300]
    form = [said for said in found if "is not in the form of" in said]
    assert [] == [said for said in form if f"part --{option} is not in the form of {wanted}: " not in said]


def test_what_a_part_holds_is_not_shown_whole(told: bytes) -> None:
    """I25: a part that is not of the format is named with the kind of trouble and at most a line of it."""
    long = first_of("windows", due_at="soon" * 9999)
    found = problems(forged(told, "windows.json", long))
    assert any(
        "windows.json is not in the form of tongbao-proof/1: ValueError: Invalid iso" in s for s in found
    )
    assert all(len(said) < 600 for said in found)
