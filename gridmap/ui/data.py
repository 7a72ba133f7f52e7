"""What the screens ask the store, remembered until the store changes.

Every question is put to the store as whoever asks may see it. What the store answers is remembered for all
who see the same part of the map, with the names of the statements that it took: nobody is given an answer
who may not run each of them. What a page makes of answers is remembered for one scope alone. Both are keyed
on the version of the store and on that of the measures' definitions, and what depends on the clock on the
moment that counts as now, to ten minutes. Both are shared between sessions: read them, make new ones of
them, never change them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar, cast

import pandas as pd

from gridmap import disclosure, measures, quality, regions, settings
from gridmap.access import Scope, audit, may, narrowed, personal, refusals
from gridmap.errors import Denied
from gridmap.levels import EVERY
from gridmap.periods import Period
from gridmap.registers import register_named
from gridmap.store import Database, shared_store
from gridmap.ui import who
from gridmap.ui.memory import Memory
from gridmap.ui.tree import CellTree
from gridmap.watermarks import Watermark

P = ParamSpec("P")
T = TypeVar("T")

#: So long the version that a run began with counts; parts of a page are drawn anew by themselves.
_HELD_S = 1.0
#: Answers of the store, and what pages have made of them for one scope: more than some 300 views are seldom
#: asked for again.
_ANSWERS, _PRODUCTS = Memory(96_000_000), Memory(64_000_000)


@dataclass(frozen=True)
class _Version:
    """Name a state of the store, and the ten minutes that count as now."""

    store: str
    moment: str

    @property
    def day(self) -> str:
        """Return the day of the moment: from one to the next other regions may be those of a reader."""
        return self.moment[:10]


_NOTHING = _Version("", "")
_HELD: ContextVar[tuple[float, _Version]] = ContextVar("held", default=(-_HELD_S, _NOTHING))
#: The statements that an answer being worked out has taken so far.
_TAKEN: ContextVar[set[str] | None] = ContextVar("taken", default=None)
_WORKED_ON: ContextVar[Database | None] = ContextVar("worked_on", default=None)


def database() -> Database:
    """Return the open store of this process, as whoever asks may see it.

    Raises
    ------
    Denied : when nobody has signed in
    """
    asking, taken = who.scope(), _TAKEN.get()
    db = narrowed(_whole(), asking)
    return db if taken is None else db.limited(_noting(taken, asking))


def now() -> datetime:
    """Return the moment that counts as now: the first that was asked for in its ten minutes.

    The same for all until the version changes, so that what depends on it is worked out once for all.
    """
    version = _version()
    return cast(datetime, _ANSWERS.recall((version.store, version.moment), "now", _whole().now))


def desk() -> Database:
    """Return the open store for those who draw its boundaries: drafts are one for all who may.

    Raises
    ------
    Denied : when whoever asks may not, or only for a part of the map
    """
    return _of_the_whole("page.desk")


def loading_into() -> Database:
    """Return the open store for those who load files into it.

    Raises
    ------
    Denied : when whoever asks may not, or only for a part of the map
    """
    return _of_the_whole("command.load petitions")


def _of_the_whole(action: str) -> Database:
    """Return the open store to those who may do something with the whole of it."""
    asking = who.scope()
    asking.require(action)
    if asking.regions is not None:
        raise Denied("That takes rights over the whole store.", action=action)
    return _whole()


def note(action: str, **more: Any) -> None:
    """Log what whoever asks has done; see `gridmap.access.audit.note`."""
    if not _whole().read_only:
        audit.note(_whole(), who.scope(), action, **more)


def note_refused(action: str) -> None:
    """Log that whoever asks may not do something; see `gridmap.access.refusals`."""
    refusals.note(_whole(), who.scope(), action)


def watermark(why: str = "") -> Watermark:
    """Return the watermark of what whoever asks takes away now."""
    scope = who.scope()
    return Watermark(f"{who.author()} ({scope.role})", datetime.now(), " ".join(why.split())[:200])


def notebook() -> Database:
    """Return the open store for what everybody keeps for themselves: views under a name, nothing else."""
    return _whole().limited(_only_views)


def _only_views(name: str) -> None:
    if not name.startswith("views/"):
        raise Denied(f"A notebook holds views, nothing of {name}.", action=f"query.{name}")
    who.scope().require_query(name)


def _whole() -> Database:
    return _WORKED_ON.get() or shared_store(settings.from_environment().store)


@contextmanager
def working_on(db: Database) -> Iterator[None]:
    """Let this thread ask an open store that is not that of the settings, until the block ends."""
    token = _WORKED_ON.set(db)
    try:
        yield
    finally:
        _WORKED_ON.reset(token)


def look_afresh() -> None:
    """Look at the version of the store, once a second for all that this run of a page asks.

    A page asks some twenty times; looking each time took longer than all remembered answers together.
    """
    _, before = _HELD.get()
    found = _version_now()
    _HELD.set((time.monotonic(), found))
    if found != before:
        for memory in (_ANSWERS, _PRODUCTS):
            memory.forget_others(frozenset({(found.store, found.day), (found.store, found.moment)}))


def forget() -> None:
    """Let go of everything remembered, of the version of the store too."""
    _HELD.set((-_HELD_S, _NOTHING))
    for memory in (_ANSWERS, _PRODUCTS):
        memory.clear()


def stamp() -> str:
    """Return a text that differs between scopes and changes when the store, a definition or the day does.

    It is part of every cache key.
    """
    version = _version()
    return sha256(f"{who.scope().key}|{version.store}|{version.moment}".encode()).hexdigest()[:16]


def answered(*, by_the_clock: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember what a function is answered by the store, for all who see the same part of the map.

    The statements it takes are noted; nobody is given the answer who may not run them all. The function asks
    through `database` and depends on nothing else but what it is given.

    Parameters
    ----------
    by_the_clock : whether it depends on what counts as now, other than by what it is given
    """

    def remembered(function: Callable[P, T]) -> Callable[P, T]:
        name = (function.__module__, function.__qualname__)

        @wraps(function)
        def recalled(*args: P.args, **kwargs: P.kwargs) -> T:
            asking, version = who.scope(), _version()
            state = (version.store, version.moment if by_the_clock else version.day)
            key = (*name, asking.regions, args, tuple(sorted(kwargs.items())))
            answer, taken = _ANSWERS.recall(state, key, lambda: _asked(lambda: function(*args, **kwargs)))
            _require(asking, taken)
            return cast(T, answer)

        return recalled

    return remembered


def made(function: Callable[P, T]) -> Callable[P, T]:
    """Remember what a function makes of answers and of what it is given, for readers of one scope."""
    name = (function.__module__, function.__qualname__)

    @wraps(function)
    def recalled(*args: P.args, **kwargs: P.kwargs) -> T:
        version = _version()
        key = (*name, who.scope().key, args, tuple(sorted(kwargs.items())))
        found = _PRODUCTS.recall((version.store, version.moment), key, lambda: function(*args, **kwargs))
        return cast(T, found)

    return recalled


def _asked(ask: Callable[[], T]) -> tuple[T, frozenset[str]]:
    """Return an answer and the statements that it took, those of remembered answers in it included."""
    taken: set[str] = set()
    token = _TAKEN.set(taken)
    try:
        return ask(), frozenset(taken)
    finally:
        _TAKEN.reset(token)


def _noting(taken: set[str], asking: Scope) -> Callable[[str], None]:
    def note_and_check(name: str) -> None:
        taken.add(name)
        if asking.role != "owner":
            asking.require_query(name)

    return note_and_check


def _require(asking: Scope, taken: frozenset[str]) -> None:
    """Refuse an answer that took statements which whoever asks may not run; note them for one around it."""
    if not _may_all(asking.role, taken):
        for name in sorted(taken):
            asking.require_query(name)
    around = _TAKEN.get()
    if around is not None:
        around |= taken


@lru_cache(maxsize=1000)
def _may_all(role: str, taken: frozenset[str]) -> bool:
    return role == "owner" or all(may(role, f"query.{name}") for name in taken)


def _version() -> _Version:
    """Return the version that this run looked at last; who asks is never held."""
    since, held = _HELD.get()
    if held == _NOTHING:
        return _version_now()
    if time.monotonic() - since >= _HELD_S:
        look_afresh()
    return _HELD.get()[1]


def _version_now() -> _Version:
    db = _whole()
    definitions = "".join(measure.version for measure in measures.measures())
    moment = db.now()
    store = "|".join((str(db.folder), str(db.known("screens/store_version")), definitions))
    return _Version(store, f"{moment:%F %H}{moment.minute // 10}")


def figures(
    keys: Sequence[str],
    *,
    level: str,
    period: Period,
    boundaries: str,
    categories: Sequence[str],
    sees_small_cells: bool = True,
    running: bool = False,
) -> pd.DataFrame:
    """Return measures for every cell of a level, as gridmap.measures.stats does.

    Readers who may not see small cells get what gridmap.disclosure.told leaves them, by whole months; of a
    window that is not theirs to choose and runs with the days, what gridmap.disclosure.running leaves.
    """
    asked = (period, boundaries, tuple(categories))
    if sees_small_cells and who.scope().has("small_cells"):
        return _figures(tuple(keys), level, *asked)
    everything = (_running if running else _told)(tuple(keys), *asked, fewest_shown())
    if level == EVERY:
        return everything
    of_level = everything[everything["level"] == level]
    return of_level.drop(columns="level").reset_index(drop=True)


def composition(field: str, period: Period) -> pd.DataFrame:
    """Return what the cells' petitions are made up of, as gridmap.disclosure.composed tells it.

    Parameters
    ----------
    field : category or channel
    period : a month that is over, or the window that runs to today
    """
    return _composition(field, period, fewest_shown())


def fewest_shown() -> int:
    """Return the least count that readers without the right to small cells may see."""
    return settings.from_environment().small_cells


def tree(day: date) -> CellTree:
    """Return the cells in force on a day."""
    return _tree(day)


def setting(key: str) -> str | None:
    """Return a setting of the store, None when it is not set."""
    found = ask("setting", key=key)
    return None if found.empty else str(found.iloc[0, 0])


def ask(name: str, **params: Any) -> pd.DataFrame:
    """Return the rows of a query of `queries/screens`."""
    frozen = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in params.items())
    return _ask(f"screens/{name}", frozen)


def with_people(listed: pd.DataFrame) -> pd.DataFrame:
    """Return people in charge with their names, and of their telephones the ends."""
    return personal.with_people(database(), listed)


def people_named(words: str) -> dict[str, str]:
    """Return the people in charge whose names hold some words, by number; none for who may not see them."""
    if not words.strip() or not who.scope().has("people"):
        return {}
    return {number: name for number, name in _names_of_people().items() if words.strip() in name}


def personal_of(register: str, keys: Sequence[str]) -> list[personal.Value]:
    """Return what a list may show of the personal data of records: masked, texts scrubbed."""
    return personal.shown(database(), register_named(register), keys)


def reveal(register: str, key: str, *, reason: str) -> list[personal.Value]:
    """Return the personal data of one record whole; the log says first who sees them and why."""
    note = personal.noting(_whole(), who.scope())
    return personal.reveal(database(), who.scope(), note, register_named(register), key, reason=reason)


def found_by_number(number: str, *, reason: str) -> list[str]:
    """Return the numbers of the petitions that a telephone or identity number belongs to; logged."""
    note = personal.noting(_whole(), who.scope())
    found = personal.found_by_number(database(), who.scope(), note, number, reason=reason)
    return [key for register, key in found if register.name == "petitions"]


def listed(check: str, *, level: str, most: int) -> pd.DataFrame:
    """Return what a check of gridmap.quality finds."""
    return _listed(check, level, most)


@answered(by_the_clock=True)
def _figures(
    keys: tuple[str, ...], level: str, period: Period, boundaries: Any, categories: tuple[str, ...]
) -> pd.DataFrame:
    return measures.stats(
        database(), keys, level=level, period=period, boundaries=boundaries, categories=categories
    )


@answered()
def _told(
    keys: tuple[str, ...], period: Period, boundaries: Any, categories: tuple[str, ...], fewest: int
) -> pd.DataFrame:
    asked = disclosure.Asked(period, boundaries, categories)
    names = disclosure.names_of(ask("category_list")) if categories else ()
    needed = disclosure.needed(keys)
    return disclosure.told(lambda what: _of_past(needed, what.period, what.boundaries, what.categories), keys,
                           asked, level=EVERY, today=now().date(), fewest=fewest, names=names)  # fmt: skip


@answered(by_the_clock=True)
def _running(
    keys: tuple[str, ...], period: Period, boundaries: Any, categories: tuple[str, ...], fewest: int
) -> pd.DataFrame:
    needed = disclosure.needed(keys)
    return disclosure.running(
        lambda at: _figures(needed, EVERY, at.period, at.boundaries, at.categories), keys,
        disclosure.Asked(period, boundaries, categories), fewest=fewest)  # fmt: skip


@answered()
def _of_past(
    keys: tuple[str, ...], period: Period, boundaries: Any, categories: tuple[str, ...]
) -> pd.DataFrame:
    """Return figures of all levels for a period that is over: the moment that counts as now says nothing."""
    return measures.stats(database(), keys, level=EVERY, period=period, boundaries=boundaries,
                          categories=categories)  # fmt: skip


@answered()
def _composition(field: str, period: Period, fewest: int) -> pd.DataFrame:
    counts = ask("shares_of_cells", field=field, since=period.since, until=period.until)
    cells = disclosure.from_the_top(_of_past(("petition.received",), period, "then", ()))
    order = disclosure.names_of(ask("category_list")) if field == "category" else ()
    return disclosure.composed(counts, cells, order, fewest=fewest)


@answered()
def _names_of_people() -> dict[str, str]:
    return personal.names_of_people(database())


@answered()
def _tree(day: date) -> CellTree:
    return CellTree(regions.regions_on(database(), day))


@answered(by_the_clock=True)
def _listed(check: str, level: str, most: int) -> pd.DataFrame:
    return quality.listed(database(), check, level=level, most=most)


@answered()
def _ask(name: str, params: tuple[tuple[str, Any], ...]) -> pd.DataFrame:
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in params}
    return database().query(name, **values)
