"""Who asks: in a page the session that the gate named to it, in a route the one the gate is acting for."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gridmap import settings
from gridmap.access import DEMO, Scope, accounts, acting_now, needs_whole
from gridmap.access.sessions import SESSIONS
from gridmap.errors import Denied
from gridmap.store import shared_store

#: What the gate calls the session in `st.user`.
SESSION = "gridmap_session"
#: The page that a role begins its day with, where it is not the overview.
_FIRST = {"grid_manager": "mine", "planner": "desk", "data_officer": "health"}


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
    return tuple(name for name in names if _opens(name, asking))


def first_page(asking: Scope) -> str:
    """Return the address that somebody is led to who signed in without asking for a page."""
    first = _FIRST.get(asking.role, "")
    return f"/{first}" if first and _opens(first, asking) else "/"


def author() -> str:
    """Return the name to record beside what whoever asks changes."""
    asking = scope()
    return settings.from_environment().author if asking.role in ("owner", "demo") else asking.user


def scopes_of(user: str) -> tuple[Scope, ...]:
    """Return what an account may see today, by the store of this process."""
    return accounts.scopes_of(shared_store(settings.from_environment().store), user)


def _opens(name: str, asking: Scope) -> bool:
    action = f"page.{name}"
    return asking.may(action) and (asking.regions is None or not needs_whole(action))


def _of_page() -> Scope | None:
    ident = st.user.get(SESSION)
    session = SESSIONS.known(str(ident), scopes_of) if ident else None
    return session.scope if session else None
