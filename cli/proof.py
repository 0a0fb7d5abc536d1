"""Commands of proof: proof (one archive to hand out) and verify (an archive, or the record of this home)."""

from __future__ import annotations

from pathlib import Path

import click

from cli.command import Answer, command
from cli.session import Session

group = click.Group()


def register(root: click.Group) -> None:
    for name, found in group.commands.items():
        root.add_command(found, name)


@command(
    group,
    "proof",
    permission="proof",
    show="proved",
    example="tongbao proof INC-2026-0001 -o proof.zip\n"
    "tongbao proof INC-2026-0001 --for +8613800000001 -o opening.json",
)
@click.argument("ref")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="Where it goes.")
@click.option(
    "--for",
    "address",
    metavar="NUMBER",
    help="Not the archive, but the answer for one number or address: the archive's holder can check it.",
)
def proof(session: Session, ref: str, output: str, address: str | None) -> Answer:
    """Write the proof of an incident: one archive that a regulator checks offline, the same each time. Exit 1 when it
    lacks its checkpoint, whose file is gone or not as it was written."""
    from wiring import proofs

    if address:
        return _opening(session, ref, output, address)
    done = proofs.write_proof(session.app, session.actor, ref, Path(output))
    document = {
        "incident": ref,
        "file": output,
        **{name: getattr(done, name) for name in FIGURES},
        "key": proofs.HomeKey(session.home).key,
        "next": f"tongbao verify {output}",
    }
    return Answer(document, code=1 if done.lost_checkpoint else 0)


FIGURES = ("entries", "parts", "bytes", "recipients", "checkpoint", "lost_checkpoint")


def _opening(session: Session, ref: str, output: str, address: str) -> Answer:
    from notifications.contacts import Phones, email
    from wiring import proofs

    plain = email(address) if "@" in address else Phones(session.settings.operator.country).read(address)[0]
    found = proofs.write_opening(session.app, session.actor, ref, plain or address, Path(output))
    document = {
        "incident": ref,
        "file": output,
        "found": found.found,
        "elsewhere": found.elsewhere,
        "next": f"tongbao verify proof.zip --opening {output}",
    }
    return Answer(document, show="opened")


@command(
    group,
    "verify",
    permission="read",
    show="verified",
    example="tongbao verify proof.zip\ntongbao verify --database",
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--database", is_flag=True, help="The record of this home, against its last checkpoint.")
@click.option("--opening", type=click.Path(exists=True, dir_okay=False), help="The answer for one number.")
@click.option(
    "--checkpoint", type=click.Path(exists=True, dir_okay=False), help="A checkpoint from elsewhere."
)
@click.option(
    "--key", help="The public key that the archive should be signed with; without it, this home's own."
)
def verify(
    session: Session,
    file: str | None,
    database: bool,
    opening: str | None,
    checkpoint: str | None,
    key: str | None,
) -> Answer:
    """Check a proof archive, or the record: chains, seals, counts. Exit 1 when something is wrong."""
    if bool(file) == database:
        raise click.UsageError(session.screen_words()("name an archive, or give --database"))
    if database and any(given is not None for given in (opening, checkpoint, key)):
        template = "--opening, --checkpoint and --key are for an archive, not for --database"
        raise click.UsageError(session.screen_words()(template))
    if file:
        return _archive(session, file, opening, checkpoint, key)
    from coordinator.verify import verify as check
    from wiring.proofs import checkpoint_problems

    problems = [*session.act(check), *checkpoint_problems(session.app, session.actor)]
    document = {"ok": not problems, "problems": problems, "next": "tongbao board"}
    return Answer(document, code=1 if problems else 0)


def _archive(
    session: Session, file: str, opening: str | None, checkpoint: str | None, key: str | None
) -> Answer:
    """What the verifier in every archive finds; the one of this program, never the one in the file."""
    from reports.verifier import command as verifier

    checked, ours = _key_to_compare(session, key)
    outside = verifier.Outside(checked, _bytes(checkpoint), _bytes(opening), ours)
    found = verifier.document_of(verifier.verify(Path(file).read_bytes(), outside), outside, session.lang)
    return Answer({**found, "next": "tongbao board"}, show="checked_archive", code=0 if found["ok"] else 1)


def _bytes(name: str | None) -> bytes | None:
    return None if name is None else Path(name).read_bytes()


def _key_to_compare(session: Session, given: str | None) -> tuple[str | None, bool]:
    """The key that was given, else the one that this home has; and whether it is the home's."""
    from reports.verifier.seals import public_key_in
    from wiring.proofs import HomeKey

    if given is None:
        own = HomeKey.standing(session.home)
        return (own.key, True) if own else (None, False)
    try:
        return public_key_in(given), False
    except ValueError as error:
        template = "--key is no public key: it has 64 hexadecimal digits"
        raise click.UsageError(session.screen_words()(template)) from error
