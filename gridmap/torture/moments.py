"""Die at a named moment: at the how-manieth statement, commit, checkpoint, copy or rename of this process.

What a moment is called is what the store does then: the name of a statement of `queries/`, or `commit`,
`checkpoint`, `copy`, `rename`. Nothing in the store knows of it: its doings are wrapped from outside.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridmap.store import copying, database, session

#: Where to die, by the part of running a store that it belongs to.
NAMED: dict[str, tuple[str, ...]] = {
    "import": ("load/petition.stage", "load/petition.insert", "placing/insert", "placing/petition.settle",
               "load/record_import", "load/record_set_aside"),
    "edit": ("drafts/insert", "drafts/append"),
    "publish": ("versions/insert_changeset", "versions/shorten", "versions/insert_versions",
                "versions/insert_lineage", "versions/clear_ancestry", "versions/share_people",
                "drafts/set_status"),
    "migration": ("schema_state/record",),
    "commit": ("commit", "after commit"),
    "checkpoint": ("checkpoint", "after checkpoint"),
    "backup and snapshot": ("copy", "after copy"),
    "rename": ("rename", "after rename"),
}  # fmt: skip


@dataclass
class Bomb:
    """Kill this process at a moment.

    Parameters
    ----------
    moment : its name
    after : so many times it passes first
    """

    moment: str
    after: int

    def pass_by(self, moment: str) -> None:
        """Note that a moment has come; end this process at once when it is the one."""
        if moment != self.moment:
            return
        if self.after == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.after -= 1


def arm(bomb: Bomb) -> None:
    """Let this process, which must be one of its own, die when the moment comes."""
    _wrap_statements(bomb)
    _wrap(bomb, database.Database, "checkpoint", "checkpoint")
    _wrap(bomb, copying, "copy", "copy")
    _wrap(bomb, Path, "replace", "rename")
    cursors = database.Database._cursor

    @contextmanager
    def watched(self: Any) -> Any:
        with cursors(self) as cursor:
            yield _Cursor(cursor, bomb)

    database.Database._cursor = watched  # type: ignore[method-assign]


class _Cursor:
    """Stand in for a cursor, to see its commits."""

    def __init__(self, cursor: Any, bomb: Bomb) -> None:
        self._cursor, self._bomb = cursor, bomb

    def commit(self) -> None:
        self._bomb.pass_by("commit")
        self._cursor.commit()
        self._bomb.pass_by("after commit")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def _wrap_statements(bomb: Bomb) -> None:
    result = session.Session._result

    @contextmanager
    def watched(self: Any, name: str, params: dict[str, object]) -> Any:
        with result(self, name, params) as found:
            yield found
        bomb.pass_by(name)

    session.Session._result = watched  # type: ignore[method-assign]


def _wrap(bomb: Bomb, home: Any, name: str, moment: str) -> None:
    inner: Callable[..., Any] = getattr(home, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        bomb.pass_by(moment)
        done = inner(*args, **kwargs)
        bomb.pass_by(f"after {moment}")
        return done

    setattr(home, name, watched)
