"""What all views of one open store share: the instance, the file attached to it, and who is inside."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from gridmap.errors import StoreError, StoreFull, StoreLost
from gridmap.store.attaching import ALIAS, NO_ROOM, answers, attach, detach, is_alive
from gridmap.store.gate import Gate

_LOG = logging.getLogger("gridmap.store")
#: How long to wait until nobody is inside, to attach the file again.
_PATIENCE_S = 60.0
_DETACHED = (f'catalog "{ALIAS}" does not exist', f'no catalog + schema named "{ALIAS}"')
_GIVEN_UP = "has been invalidated"


class Holding:
    """Hold the in-memory instance of one open store, and mend it when DuckDB answers nothing any more.

    That happens in two ways. A disk that was full while DuckDB tidied its file up takes the file away: it is
    attached again. A fault of DuckDB itself (INTERNAL, FATAL) makes it give up the whole instance, which
    then refuses every statement: another instance takes its place. What was committed is in the file and
    its log both times.

    Parameters
    ----------
    instance : the in-memory instance
    file : the file attached to it
    read_only : look, change nothing
    another : makes another instance with a file attached, as locked down as this one; None where one that is
        given up is not replaced: a store that nobody sees yet is thrown away whole
    """

    def __init__(
        self,
        instance: duckdb.DuckDBPyConnection,
        *,
        file: Path,
        read_only: bool = False,
        another: Callable[[Path], duckdb.DuckDBPyConnection] | None = None,
    ) -> None:
        self.instance = instance
        self.file = file
        self.read_only = read_only
        self.gate = Gate()
        self.replaced = 0  #: how often another instance took the place of one that was given up
        self._known: dict[Hashable, Any] = {}
        self._another = another
        self._lost = False
        self._mending = threading.Lock()
        self._lasting: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()

    @property
    def is_lost(self) -> bool:
        """Return whether the file may have to be attached again before anything is answered."""
        return self._lost

    def lasting_cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor that outlives the statement; it ends with its instance."""
        cursor = self.instance.cursor()
        self._lasting.add(cursor)
        return cursor

    def known(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """Return what was answered before, or ask: once until something is committed here.

        This process alone writes the file, so that nothing else can make another answer right.
        """
        known = self._known
        if key not in known:
            known[key] = ask()  # begun before a commit, it ends in what the commit threw away
        return known[key]

    def changed(self) -> None:
        """Forget what was answered: something may have been committed."""
        self._known = {}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Say in words what DuckDB's fault means, and note when the store has to be mended.

        Raises
        ------
        StoreFull : when the disk is full
        StoreLost : when DuckDB failed inside
        """
        try:
            yield
        except duckdb.Error as fault:
            said = str(fault).lower()
            if any(word in said for word in (*NO_ROOM, *_DETACHED)):
                self._lost = True  # perhaps: DuckDB tells only those who ask next
                raise StoreFull(_full(self.file.parent)) from fault
            if _GIVEN_UP in said or isinstance(fault, (duckdb.InternalException, duckdb.FatalException)):
                lost = StoreLost("".join(getattr(fault, "__notes__", [])[-1:]))
                if not self._lost:  # those who ask meanwhile fail for the same reason
                    _LOG.error("the database failed inside", extra={"gridmap": {"statement": lost.statement}})
                self._lost = True
                raise lost from fault
            raise

    def require(self, instance: duckdb.DuckDBPyConnection) -> None:
        """Refuse to ask what was made of an instance that is given up.

        Raises
        ------
        StoreLost : when another one has taken its place
        """
        if instance is not self.instance:
            raise StoreLost

    def mend(self) -> None:
        """Attach the file again where it does not answer; of an instance that is given up, take another.

        Nothing is done while this thread itself is inside.

        Raises
        ------
        StoreError : when somebody stayed inside all the time, or the file cannot be attached
        """
        if not self._lost or self.gate.is_inside:
            return
        with self._mending:  # one at a time: behind the first there is nothing left to be alone for
            if self._lost:
                with self.gate.alone(within_s=_PATIENCE_S):
                    self._make_answer()
                    self._lost = False

    def follow(self, file: Path) -> bool:
        """Show another file from now on, if nobody is inside; return whether it was done.

        Raises
        ------
        StoreError : when the file cannot be opened; what was shown before is shown on
        """
        if self.gate.is_inside:
            return False
        try:
            with self.gate.alone(within_s=0):
                detach(self.instance)
                self._attach_or_go_back(file)
        except StoreError:
            if self.file == file:
                raise
            return False
        return True

    def _attach_or_go_back(self, file: Path) -> None:
        try:
            attach(self.instance, file, read_only=self.read_only)
            self.file = file
            self.changed()
        except StoreError:
            attach(self.instance, self.file, read_only=self.read_only)
            raise

    def _make_answer(self) -> None:
        if not is_alive(self.instance):
            self._replace()
        elif not answers(self.instance):
            detach(self.instance)
            attach(self.instance, self.file, read_only=self.read_only)

    def _replace(self) -> None:
        """Let go of everything that holds the file, then take another instance."""
        if self._another is None:
            raise StoreLost
        for cursor in list(self._lasting):
            cursor.close()
        self.instance.close()
        self.instance = self._another(self.file)
        self.replaced += 1
        self.changed()


def _full(folder: Path) -> str:
    return (f"The disk of the store {folder} is full. Nothing is lost and nothing half-done; make room and "
            "give the command again: what was done already is not done twice.")  # fmt: skip
