"""Narrow the store to a scope: the one place below pages, tiles, interfaces, exports and commands.

Statements are the same for everybody. What differs is the store they run on: in a narrowed one, only
statements that the role may run are run, and where the scope is a part of the map, views of the same names
hide the tables and show the permitted rows alone. Each view is a file of `queries/scope/`, called after its
table; a table without one is hidden whole, so a new table shows nothing until somebody has said what of it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date
from functools import cache
from pathlib import Path

from gridmap import sql
from gridmap.access.scope import Scope
from gridmap.registers import REGISTERS
from gridmap.store import Database, Session

#: Tables that say nothing about any one place: shown whole.
SHOWN_WHOLE = frozenset({"base_feature", "duty_item", "rating_scheme", "store_setting", "work_day"})
#: Narrowed stores kept ready; each is one cursor with the numbers of its records.
_MOST_KEPT = 64

_Kept = OrderedDict[tuple[Path, str, date, tuple[int, ...], str], Database]
_KEPT: _Kept = OrderedDict()
_KEEPING = threading.Lock()


def narrowed(whole: Database, scope: Scope) -> Database:
    """Return the store as a scope may see it; reading and writing what it may not is refused.

    Parameters
    ----------
    whole : the open store
    scope : who asks
    """
    if scope.role == "owner":
        return whole
    if scope.regions is None:
        return whole.limited(scope.require_query)
    day = whole.now().date()
    state = f"{whole.scalar('screens/store_version')} {whole.instances}"
    key = (whole.folder, scope.role, day, scope.regions, state)
    with _KEEPING:
        if key not in _KEPT:
            _forget_older(key)
            _KEPT[key] = _part(whole, scope, day)
        _KEPT.move_to_end(key)
        return _KEPT[key]


def forget(folder: Path) -> None:
    """Let go of the narrowed stores of a folder, before its store is closed."""
    with _KEEPING:
        for key in [key for key in _KEPT if key[0] == folder]:
            del _KEPT[key]


def _forget_older(key: tuple[Path, str, date, tuple[int, ...], str]) -> None:
    """Let go of what an earlier state of the store was narrowed to, and of what was not asked for longest."""
    for old in [kept for kept in _KEPT if kept[0] == key[0] and kept[-1] != key[-1]]:
        del _KEPT[old]
    while len(_KEPT) >= _MOST_KEPT:
        _KEPT.popitem(last=False)


def _part(whole: Database, scope: Scope, day: date) -> Database:
    def draw_curtains(session: Session) -> None:
        session.run("scope/own_region", roots=list(scope.regions or ()))
        session.run("scope/own_record", on_day=day)
        for table in own_views():
            session.run(f"scope/{table}")

    described = frozenset(register.table for register in REGISTERS if register.described)
    shown = SHOWN_WHOLE | {"own_region", "own_record", *own_views()}
    return whole.part(draw_curtains, shown=shown, of_records=described - shown, check=scope.require_query)


@cache
def own_views() -> tuple[str, ...]:
    """Return the tables that have a view of their own in a narrowed store."""
    names = (name.partition("/")[2] for name in sql.names_in("scope"))
    return tuple(name for name in names if not name.startswith("own_"))
