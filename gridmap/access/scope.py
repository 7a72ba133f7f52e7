"""The scope: who asks, in which role, for which part of the map. Only signing in makes one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from gridmap.access.rights import may, role_named
from gridmap.errors import Denied


@dataclass(frozen=True)
class Scope:
    """Hold who asks and what of the store is theirs.

    Parameters
    ----------
    user : name of the account
    role : key of a role
    regions : region_id of the regions whose insides are theirs; None = the whole store
    """

    user: str
    role: str
    regions: tuple[int, ...] | None = ()

    @property
    def sees_personal_data(self) -> bool:
        """Return whether personal data may be revealed to them, case by case."""
        return self.has("reveal")

    @property
    def key(self) -> str:
        """Return a text that two scopes share only when they see the same: part of every cache key."""
        return hashlib.sha256(f"{self.role}|{self.regions}".encode()).hexdigest()[:16]

    def has(self, right: str) -> bool:
        """Return whether their role has a right."""
        return right in role_named(self.role).all_rights

    def may(self, action: str) -> bool:
        """Return whether they may do something, such as `page.mine` or `command.stats`."""
        return may(self.role, action)

    def require(self, action: str) -> None:
        """Refuse what they may not do.

        Raises
        ------
        Denied : when their role lacks the right, or no rule knows the action
        """
        if not self.may(action):
            raise Denied(f"'{self.user or 'nobody'}' has no right to {action}. "
                         "An administrator can give it: gridmap users grant", action=action)  # fmt: skip

    def require_query(self, name: str) -> None:
        """Refuse a statement of `queries/` that they may not run."""
        self.require(f"query.{name}")


#: Whoever may start a process on the store's file: the command line, and the server's own work.
OWNER = Scope("", "owner", None)
#: Everybody, where a store is opened to all on this machine; shown as such on every page.
DEMO = Scope("demo", "demo", None)

#: A program of this machine that asks how the server is doing.
MACHINE = Scope("", "machine", None)

_ACTING: ContextVar[Scope | None] = ContextVar("scope", default=None)


@contextmanager
def acting(scope: Scope | None) -> Iterator[None]:
    """Let this task and the threads it starts through anyio act for somebody until the block ends."""
    token = _ACTING.set(scope)
    try:
        yield
    finally:
        _ACTING.reset(token)


def acting_now() -> Scope | None:
    """Return for whom this task acts; None when nobody has said."""
    return _ACTING.get()
