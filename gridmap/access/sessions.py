"""Who has signed in: a table in this process, so that a session can be ended at once.

A browser holds a random token and nothing else; the table holds its hash. A session ends half an hour after
it was last used, eight hours after it began, when its user signs out, when the account is taken out of use,
and when the server stops. Which rights it has is asked anew every few seconds.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from gridmap.access.scope import Scope

#: Rights are taken over from the accounts at least so often.
RIGHTS_FRESH_S = 5.0

Scopes = Callable[[str], tuple[Scope, ...]]


@dataclass(frozen=True)
class Session:
    """Hold one session.

    Parameters
    ----------
    ident : how the server's own parts call it; never told to a browser
    user : the account
    role : the role chosen among those of the account; empty = the first
    scopes : what the account may see, as of `fresh_s`
    begun_s, seen_s, fresh_s : seconds of a clock that never goes back
    vouched : whether a proxy vouches for the user with every request, so that no cookie is needed
    agreed : roles that an identity provider agrees to; None where it was not asked
    """

    ident: str
    user: str
    role: str
    scopes: tuple[Scope, ...]
    begun_s: float
    seen_s: float
    fresh_s: float
    vouched: bool = False
    agreed: frozenset[str] | None = None

    @property
    def scope(self) -> Scope:
        """Return the scope in the chosen role."""
        return next((scope for scope in self.scopes if scope.role == self.role), self.scopes[0])


class SessionTable:
    """Keep the sessions of this process.

    Parameters
    ----------
    idle_s, longest_s : seconds after its last use, and after its beginning, at which a session ends
    clock : seconds that never go back
    """

    def __init__(
        self,
        *,
        idle_s: float = 30 * 60,
        longest_s: float = 8 * 3600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.idle_s, self.longest_s = idle_s, longest_s
        self._clock = clock
        self._by_token: dict[str, Session] = {}
        self._guard = threading.Lock()

    def begin(
        self,
        user: str,
        scopes: tuple[Scope, ...],
        *,
        vouched: bool = False,
        agreed: frozenset[str] | None = None,
    ) -> tuple[str, Session]:
        """Begin a session; return the token for the browser, and the session."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(secrets.token_urlsafe(32), user, "", scopes, now, now, now, vouched, agreed)
        with self._guard:
            self._by_token[_hash(token)] = session
        return token, session

    def found(self, token: str, scopes_of: Scopes) -> Session | None:
        """Return the session of a token and note that it was used; None when there is none any more.

        Parameters
        ----------
        token : what the browser sent
        scopes_of : asks the accounts what a user may see
        """
        return self._used(_hash(token), scopes_of)

    def known(self, ident: str, scopes_of: Scopes) -> Session | None:
        """Return the session that the server's own parts call by this name."""
        with self._guard:
            key = next((key for key, one in self._by_token.items() if one.ident == ident), "")
        return self._used(key, scopes_of)

    def vouched_for(self, user: str, scopes_of: Scopes) -> Session | None:
        """Return the session of a user whom a proxy vouches for, beginning one where needed."""
        with self._guard:
            own = [key for key, one in self._by_token.items() if one.vouched and one.user == user]
        for key in own:
            if (session := self._used(key, scopes_of)) is not None:
                return session
        scopes = scopes_of(user)
        return self.begin(user, scopes, vouched=True)[1] if scopes else None

    def choose(self, token: str, role: str) -> Session | None:
        """Let a session go on in another role of its account; return it, None when there is none."""
        with self._guard:
            session = self._by_token.get(_hash(token))
            if session is not None and role in {scope.role for scope in session.scopes}:
                self._by_token[_hash(token)] = session = replace(session, role=role)
        return session

    def end(self, token: str) -> Session | None:
        """End a session; return what it was."""
        with self._guard:
            return self._by_token.pop(_hash(token), None)

    def end_all(self, user: str) -> int:
        """End all sessions of a user; return how many there were."""
        with self._guard:
            own = [key for key, one in self._by_token.items() if one.user == user]
            for key in own:
                del self._by_token[key]
        return len(own)

    def count(self) -> int:
        """Return how many sessions there are."""
        with self._guard:
            self._drop_old()
            return len(self._by_token)

    def _used(self, key: str, scopes_of: Scopes) -> Session | None:
        now = self._clock()
        with self._guard:
            self._drop_old()
            session = self._by_token.get(key)
        if session is None:
            return None
        if now - session.fresh_s >= RIGHTS_FRESH_S:
            session = replace(session, scopes=agreed_of(scopes_of(session.user), session.agreed), fresh_s=now)
        with self._guard:
            if key not in self._by_token:
                return None
            if not session.scopes:
                del self._by_token[key]
                return None
            self._by_token[key] = session = replace(session, seen_s=now)
        return session

    def _drop_old(self) -> None:
        now = self._clock()
        for key in [key for key, one in self._by_token.items()
                    if now - one.seen_s >= self.idle_s or now - one.begun_s >= self.longest_s]:  # fmt: skip
            del self._by_token[key]


def agreed_of(scopes: tuple[Scope, ...], agreed: frozenset[str] | None) -> tuple[Scope, ...]:
    """Return the scopes of an account that an identity provider agrees to; all where it was not asked."""
    return scopes if agreed is None else tuple(scope for scope in scopes if scope.role in agreed)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


#: The sessions of this process.
SESSIONS = SessionTable()
