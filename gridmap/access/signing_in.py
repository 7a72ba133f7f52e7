"""Signing in with a password: slow for those who guess, and the same answer whatever was wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from gridmap.access import accounts, passwords
from gridmap.access.sessions import SESSIONS, Session, SessionTable
from gridmap.errors import Denied
from gridmap.store import Database

_WRONG = "Name or password is wrong, or the account is locked for a while. An administrator can help."


class Lockout:
    """Count failures by account and by address; after too many, refuse for a while.

    Parameters
    ----------
    by_account, by_address : failures within the time that lock
    for_s : how long, in seconds
    clock : seconds that never go back
    """

    def __init__(
        self,
        *,
        by_account: int = 5,
        by_address: int = 30,
        for_s: float = 15 * 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = {"account": by_account, "address": by_address}
        self._for_s, self._clock = for_s, clock
        self._failures: dict[tuple[str, str], list[float]] = {}
        self._guard = threading.Lock()

    def is_locked(self, account: str, address: str) -> bool:
        """Return whether an account or an address has failed too often of late."""
        with self._guard:
            return any(len(self._recent(key)) >= self._most[key[0]] for key in _keys(account, address))

    def failed(self, account: str, address: str) -> None:
        """Count a failure."""
        with self._guard:
            for key in list(self._failures):  # names that nobody tries again must not stay for good
                self._recent(key)
            for key in _keys(account, address):
                self._failures[key] = [*self._recent(key), self._clock()]

    def succeeded(self, account: str) -> None:
        """Forget the failures of an account, not those of an address."""
        with self._guard:
            self._failures.pop(("account", account.casefold()), None)

    def _recent(self, key: tuple[str, str]) -> list[float]:
        oldest = self._clock() - self._for_s
        kept = [moment for moment in self._failures.get(key, []) if moment > oldest]
        self._failures[key] = kept
        if not kept:
            del self._failures[key]
        return kept


LOCKOUT = Lockout()


def sign_in(
    db: Database,
    name: str,
    password: str,
    *,
    address: str,
    table: SessionTable = SESSIONS,
    lockout: Lockout = LOCKOUT,
) -> tuple[str, Session]:
    """Begin a session for who knows the password of an account; return the browser's token and the session.

    Parameters
    ----------
    db : the open store
    name, password : as typed
    address : where the request comes from
    table, lockout : where sessions and failures are kept

    Raises
    ------
    Denied : always in the same words, and after the same time
    """
    locked = lockout.is_locked(name, address)
    account = accounts.found(db, name)
    right = passwords.fits(password, account.password_hash if account else None)
    scopes = accounts.scopes_of(db, name) if right and not locked else ()
    if not scopes:
        lockout.failed(name, address)
        raise Denied(_WRONG)
    lockout.succeeded(name)
    return table.begin(name, scopes)


def _keys(account: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("account", account.casefold()), ("address", address)
