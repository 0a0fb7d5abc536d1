"""Ed25519 as RFC 8032, section 5.1, has it: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

Pure. Slow beside a library (some milliseconds a signature) and as correct; it reads no secret when it checks.
"""

from __future__ import annotations

import hashlib
import re

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def add(one: Point, two: Point) -> Point:
    """The sum of two points."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """A point, so many times."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def decompressed(data: bytes) -> Point:
    """The point in 32 bytes; ValueError when they are none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or y >= P or x * x % P != square or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def compressed(point: Point) -> bytes:
    """A point as 32 bytes."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decompressed((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def hashed(*parts: bytes) -> int:
    """SHA-512 as a number below the order of the curve."""
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def signed_by(key: str, message: bytes, signature: str) -> bool:
    """Whether `signature` over `message` was made with the secret of this public key.

    Both are hexadecimal in their one spelling: small letters and nothing between, before or behind them. `fromhex`
    would take others, and a proof would have several forms.
    """
    if not re.fullmatch("[0-9a-f]{64}", key) or not re.fullmatch("[0-9a-f]{128}", signature):
        return False
    try:
        public, both = bytes.fromhex(key), bytes.fromhex(signature)
        point, nonce, number = (
            decompressed(public),
            decompressed(both[:32]),
            int.from_bytes(both[32:], "little"),
        )
    except ValueError:
        return False
    if number >= ORDER:
        return False
    right = add(nonce, times(hashed(both[:32], public, message), point))
    return compressed(times(number, BASE)) == compressed(right)
