"""What the record keeps of a person where anybody may read it: salted hashes, and nothing else.

Pure. The salts come from a secret of the home, so that the same record always gives the same hashes; who is shown
one salt can check one number or address, and learns nothing of the others. Source: docs/proof.md.
"""

from __future__ import annotations

from hashlib import blake2b, sha256
from typing import NamedTuple

from incidents.chain import leaf

_SALT_CHARACTERS = 32
"""Hexadecimal: 128 bits."""


class Sealed(NamedTuple):
    """One recipient of one notice. `person` is the same in every notice of one incident and in no other."""

    person: str
    language: str
    sms: str
    email: str
    """"" where there is no number, or no address."""

    @property
    def leaf(self) -> str:
        """This recipient's leaf under the audience hash."""
        return sha256("|".join(self).encode()).hexdigest()

    def by(self, channel: str) -> str:
        """What is sealed of the number ("sms") or the address ("email")."""
        return self.sms if channel == "sms" else self.email


class Sealer:
    """Seals the recipients of one notice; a million of them take a few seconds."""

    def __init__(self, secret: bytes, incident: int, notice: int):
        self._person = blake2b(f"person|{incident}|".encode(), key=secret, digest_size=12)
        self._salts = blake2b(f"salt|{notice}|".encode(), key=secret, digest_size=_SALT_CHARACTERS)

    def person(self, customer: int) -> str:
        """What a customer is called in one incident's proof."""
        digest = self._person.copy()
        digest.update(b"%d" % customer)
        return digest.hexdigest()

    def salts(self, customer: int) -> tuple[str, str]:
        """The salts of a recipient's number and address in this notice."""
        digest = self._salts.copy()
        digest.update(b"%d" % customer)
        both = digest.hexdigest()
        return both[:_SALT_CHARACTERS], both[_SALT_CHARACTERS:]

    def seal(self, customer: int, language: str, phone: str | None, email: str | None) -> Sealed:
        by_sms, by_email = self.salts(customer)
        return Sealed(
            self.person(customer),
            language,
            commitment(by_sms, phone) if phone else "",
            commitment(by_email, email) if email else "",
        )


def commitment(salt: str, address: str) -> str:
    """The salted hash of one number (E.164) or one e-mail address, as it was frozen."""
    return sha256(f"{salt}|{address}".encode()).hexdigest()


def audience_seal(notice: int, size: int, root: str) -> str:
    """The audience hash over the Merkle root of its leaves: it binds the notice and the number of people."""
    return leaf("audience", notice, size, root)
