"""Signing with Ed25519, RFC 8032 section 5.1.6, on the arithmetic that the verifier carries with it.

Pure. It is not constant in time: it signs a few times an hour on the operator's own machine (docs/decisions/0012).
"""

from __future__ import annotations

import hashlib

from reports.verifier.curve import BASE, ORDER, compressed, hashed, times

SEED_BYTES = 32


def public_key(seed: bytes) -> str:
    """The public key of a secret seed of 32 bytes, hexadecimal."""
    return _public(_scalar(seed)).hex()


def sign(seed: bytes, message: bytes) -> str:
    """The signature of a message, hexadecimal; the same message always has the same one."""
    scalar, prefix = _scalar(seed), hashlib.sha512(seed).digest()[32:]
    nonce = hashed(prefix, message)
    commitment = _public(nonce)
    number = (nonce + hashed(commitment, _public(scalar), message) * scalar) % ORDER
    return (commitment + number.to_bytes(32, "little")).hex()


def _scalar(seed: bytes) -> int:
    number = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return number & ((1 << 254) - 8) | (1 << 254)


def _public(scalar: int) -> bytes:
    return compressed(times(scalar, BASE))
