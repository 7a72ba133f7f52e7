"""Options that several commands share, and how faults become exit codes."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

import click
import pandas as pd

from gridmap import disclosure, measures, settings, watermarks
from gridmap.access import (
    OWNER,
    RIGHTS,
    Scope,
    accounts,
    acting,
    acting_now,
    audit,
    narrowed,
    narrowing,
    refusals,
    rights_for,
)
from gridmap.cli import caller, output, relay
from gridmap.errors import Denied, GridmapError, Refused, StoreFull, StoreInUse
from gridmap.store import Database, open_store

Command = Callable[..., Any]

DAY = click.DateTime(["%Y-%m-%d"])
_LOOK_AGAIN_S = 0.3
_WHOLE: ContextVar[Database] = ContextVar("whole")
#: Commands that need one of these are logged,
_LOGGED = frozenset({"load", "publish", "accounts", "take_records"})
#: those of an account that need one of these too,
_LOGGED_OF_ACCOUNTS = frozenset({"take_figures"})
#: and of the others those that change drafts, take files away, or copy the whole store.
_LOGGED_TOO = frozenset(
    f"command.{name}"
    for name in ("edit", "draw", "export", "regions", "report", "board", "picture", "backup", "dump",
                 "restore-backup", "load dump", "snapshot")
)  # fmt: skip


class CallersPath(click.Path):
    """Take a path as the caller means it, wherever the command runs."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, relative ones from the caller's folder."""
        return caller.path_of(str(super().convert(value, param, ctx)))


FILE = CallersPath()
OUT = CallersPath(dir_okay=False)

store_option = click.option("--store", type=FILE, default=None,
                            help="Folder of the store (GRIDMAP_STORE; ./gridmap-store).")  # fmt: skip
crs_option = click.option("--crs", default=None, metavar="X", help="Datum or CRS of the coordinates: "
                          "wgs84, gcj02, bd09, cgcs2000 or EPSG:n.")  # fmt: skip
kind_option = click.option("--kind", default=None, metavar="COL", help="Column with base, dedicated or "
                           "unassigned; a cell of which it says nothing stays what it is.")  # fmt: skip
level_option = click.option(
    "--level", required=True, help="Level of the cells: street, community, block, red_grid ..."
)
on_option = click.option(
    "--on", type=DAY, default=None, help="Day whose boundaries to use; today when omitted."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Work everything out, change nothing.")
#: Where the option `why_option` leaves what it was given.
_WHY = f"{__name__}.why"
format_option = click.option("--format", "output_format", type=click.Choice(["table", "json"]),
                             default="table", show_default=True, help="How to print the result.")  # fmt: skip


def keep_why(context: click.Context, _: click.Parameter, value: str) -> str:
    """Keep what somebody says a command is for."""
    context.meta[_WHY] = " ".join(value.split())[:200]
    return value


why_option = click.option("--why", default="", metavar="TEXT", expose_value=False, callback=keep_why,
                          help="What for: stands in the watermark of what is taken away, and in the "
                          "log.")  # fmt: skip


def store_folder(store: Path | None) -> Path:
    """Return the store's folder: the option, else the setting."""
    return store or settings.from_environment().store


@contextmanager
def opened(store: Path | None, *, create: bool = False) -> Iterator[Database]:
    """Open the store for the length of a command, as the caller may see it.

    In the process that serves it, it is open already.
    """
    who = caller.current()
    if who is not None:
        yield from _seen(who.database)
        return
    database = _waited_for(store_folder(store), create=create)
    try:
        yield from _seen(database)
    finally:
        narrowing.forget(database.folder)
        database.close()


def _seen(whole: Database) -> Iterator[Database]:
    """Give the store as the caller may see it, and act for the caller meanwhile."""
    scope = scope_of_caller(whole)
    note_command(whole, scope)
    token = _WHOLE.set(whole)
    # Until the command ends: what it found in the store is written when the store is closed again.
    watermarks.put(_mark(scope))
    try:
        with acting(scope), refusals.noting(whole, scope, _action()):
            yield narrowed(whole, scope)
    finally:
        _WHOLE.reset(token)


def _mark(scope: Scope) -> watermarks.Watermark | None:
    """Return the watermark of what is taken away by a command; the owner's carries one if it says why."""
    why = _why()
    if not (scope.user or why):
        return None
    name = scope.user or settings.from_environment().author
    return watermarks.Watermark(f"{name} ({scope.role})", datetime.now(), why)


def _why() -> str:
    context = click.get_current_context(silent=True)
    return str(context.meta.get(_WHY, "")) if context else ""


def whole_store() -> Database:
    """Return the store that `opened` gives a part of, to write into its log; only while it is open."""
    return _WHOLE.get()


def note_command(whole: Database, scope: Scope) -> None:
    """Log the command that runs, when it changes something or takes something away.

    Parameters
    ----------
    whole : the open store
    scope : who gave it
    """
    context, action = click.get_current_context(silent=True), _action()
    logged = _LOGGED | _LOGGED_OF_ACCOUNTS if scope.user else _LOGGED
    if whole.read_only or context is None or not (rights_for(action) & logged or action in _LOGGED_TOO):
        return
    named = {key: value for key, value in context.params.items() if isinstance(value, str | Path | bool)}
    who = scope if scope.user else replace(scope, user=settings.from_environment().author)
    audit.note(whole, who, action, reason=_why(),
               detail={key: str(value) for key, value in named.items()})  # fmt: skip


def _action() -> str:
    """Return what the table of rights calls the command that runs."""
    context = click.get_current_context(silent=True)
    return f"command.{' '.join(context.command_path.split()[1:])}" if context else ""


def sees_small_cells() -> bool:
    """Return whether the caller, with the store open, may see counts of a few people."""
    scope = acting_now()
    return scope is not None and scope.has("small_cells")


def stats_for_caller(*, withhold: bool = False) -> Callable[..., pd.DataFrame]:
    """Return what computes measures for the caller: without small cells for those who may not see them.

    Parameters
    ----------
    withhold : leave small cells out for everybody
    """
    if sees_small_cells() and not withhold:
        return measures.stats
    return functools.partial(disclosure.stats, fewest=settings.from_environment().small_cells)


def require_right(right: str, option: str) -> None:
    """Refuse an option that shows more than the caller, with the store open, may see.

    Raises
    ------
    Denied : when the caller lacks the right
    """
    scope = acting_now()
    if scope is None or not scope.has(right):
        raise Denied(f"{option} needs the right to {RIGHTS[right]}.", action=option)


def scope_of_caller(whole: Database) -> Scope:
    """Return the rights of the caller: those of the owner, or of the account asked for in its first role.

    Raises
    ------
    Denied : when the account has no rights today
    """
    name = caller.account()
    if not name:
        return OWNER
    scopes = accounts.scopes_of(whole, name)
    if not scopes:
        raise Denied(f"The account '{name}' has no rights today. See: gridmap users list")
    return scopes[0]


def _require_right(kwargs: Mapping[str, Any]) -> None:
    """Refuse a command that the account asked for may not give; the owner may give all."""
    name = caller.account()
    if not name:
        OWNER.require(_action())
        return
    who = caller.current()
    with (
        nullcontext(who.database)
        if who
        else closing(_waited_for(store_folder(kwargs.get("store")), create=False)) as whole,
        refusals.noting(whole, _known_by(whole, name), _action()),
    ):
        scope_of_caller(whole).require(_action())


def _known_by(whole: Database, name: str) -> Scope:
    """Return an account as a refusal names it: what somebody wrote is no name where no account goes by it."""
    account = accounts.found(whole, name) if name else None
    scopes = accounts.scopes_of(whole, account.name) if account else ()
    return scopes[0] if scopes else Scope(account.name if account else "", "")


def _waited_for(folder: Path, *, create: bool) -> Database:
    """Open the store; wait for another command to be done with it, but not for a server."""
    last = time.monotonic() + settings.from_environment().wait_seconds
    while True:
        try:
            return open_store(folder, create=create)
        except StoreInUse:
            if relay.is_listened_to(folder) or time.monotonic() > last:
                raise
            time.sleep(_LOOK_AGAIN_S)


def as_day(value: datetime | None) -> date | None:
    """Return the day of a date option."""
    return value.date() if value else None


def speaking(command: Command) -> Command:
    """Turn gridmap's errors into a message on stderr and the exit code they stand for."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            with watermarks.marking(None):
                return _done_here_or_there(command, *args, **kwargs)
        except GridmapError as fault:
            if isinstance(fault, Refused):
                output.remarks(fault.findings)
            output.say(f"{'Refused' if isinstance(fault, Refused) else 'Error'}: {fault}")
            raise SystemExit(fault.exit_code) from fault
        except OSError as fault:
            if fault.errno not in (ENOSPC, EDQUOT):
                raise
            where = f" on which {fault.filename} was to be written" if fault.filename else ""
            output.say(f"Error: The disk{where} is full. Make room and give the command again.")
            raise SystemExit(StoreFull.exit_code) from fault

    return run


def _done_here_or_there(command: Command, *args: Any, **kwargs: Any) -> Any:
    """Run a command; when a server has its store open, the server runs it."""
    try:
        _require_right(kwargs)
        return command(*args, **kwargs)
    except StoreInUse as fault:
        if not relay.is_listened_to(fault.folder):
            raise
        raise SystemExit(relay.hand_over(fault.folder, sys.argv[1:])) from fault
