"""Who asks: in a page the session that the gate named to it, in a route the one the gate is acting for."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gridmap import settings
from gridmap.access import DEMO, Scope, accounts, acting_now
from gridmap.access.sessions import SESSIONS
from gridmap.errors import Denied
from gridmap.store import shared_store

#: What the gate calls the session in `st.user`.
SESSION = "gridmap_session"
#: Pages that mean nothing to somebody with rights over a part of the map, or tell of the whole.
_OF_THE_WHOLE = ("desk", "audit")


def scope() -> Scope:
    """Return the scope of whoever asks.

    Raises
    ------
    Denied : when nobody has signed in, or the session has ended
    """
    acting = acting_now()
    if acting is not None:
        return acting
    if settings.from_environment().sign_in == "open":
        return DEMO
    found = _of_page() if get_script_run_ctx(suppress_warning=True) is not None else None
    if found is None:
        raise Denied("Nobody has signed in, or the session has ended.")
    return found


def pages(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some pages that whoever asks may open."""
    asking = scope()
    closed = () if asking.regions is None else _OF_THE_WHOLE
    return tuple(name for name in names if asking.may(f"page.{name}") and name not in closed)


def author() -> str:
    """Return the name to record beside what whoever asks changes."""
    asking = scope()
    return settings.from_environment().author if asking.role in ("owner", "demo") else asking.user


def scopes_of(user: str) -> tuple[Scope, ...]:
    """Return what an account may see today, by the store of this process."""
    return accounts.scopes_of(shared_store(settings.from_environment().store), user)


def _of_page() -> Scope | None:
    ident = st.user.get(SESSION)
    session = SESSIONS.known(str(ident), scopes_of) if ident else None
    return session.scope if session else None
