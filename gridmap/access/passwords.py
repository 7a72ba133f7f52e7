"""Passwords: argon2id, few at a time, the same time for those nobody knows."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gridmap.errors import UsageError

#: Each check takes 64 MiB for a sixth of a second; more of them at once would be an attack by itself.
_AT_ONCE = 2
_TURN = threading.BoundedSemaphore(_AT_ONCE)
_HASHER = PasswordHasher()
SHORTEST, LONGEST = 10, 200
_EASY = (
    "password",
    "gridmap",
    "12345678",
    "87654321",
    "qwertyui",
    "admin123",
    "abcd1234",
    "11111111",
    "00000000",
)


def hashed(password: str, *, account: str) -> str:
    """Return the hash of a new password.

    Raises
    ------
    UsageError : when it is too short or too easy; the message says why
    """
    _require_hard(password, account)
    with _TURN:
        return _HASHER.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Return whether a password is the one hashed; without a hash to compare with it takes as long."""
    with _TURN:
        try:
            right = _HASHER.verify(password_hash or _nobodys(), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("of nobody")


def prepare() -> None:
    """Make what is compared with for unknown accounts, so that the first of them takes no longer."""
    _nobodys()


def _require_hard(password: str, account: str) -> None:
    low = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"A password has {SHORTEST} to {LONGEST} characters; several words are easy to keep."
        )
    if account.casefold() in low or len(set(low)) < 5 or any(word in low for word in _EASY):
        raise UsageError("This password is one of the first that would be tried. Take several words instead.")
