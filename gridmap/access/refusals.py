"""What people were refused by the table of rights, kept in the log: who tries doors is worth knowing.

However often somebody tries the same door, the log grows by one row an hour: what is refused costs nothing
to ask for again, and must not fill the disk.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from gridmap.access import audit
from gridmap.access.scope import Scope
from gridmap.errors import Denied, StoreError
from gridmap.store import Database

#: What a row of the log calls it.
REFUSED = "refused"
#: The same account and action are logged again after so long.
EVERY = timedelta(hours=1)
_ONE_AT_A_TIME = threading.Lock()


def note(whole: Database, scope: Scope, action: str) -> None:
    """Log that somebody asked for what they may not do, once an hour for each account and action.

    Who is refused stays so where nothing can be logged: in a snapshot, and where the key of the log is lost.

    Parameters
    ----------
    whole : the open store, not narrowed
    scope : who asked
    action : of the table of rights; never what was asked for in it
    """
    if whole.read_only:
        return
    since = datetime.now() - EVERY
    with _ONE_AT_A_TIME:
        if whole.scalar("access/audit.refused", account=scope.user, object=action, since=since):
            return
        try:
            audit.note(whole, scope, REFUSED, object_=action)
        except StoreError:
            return


@contextmanager
def noting(whole: Database, scope: Scope, action: str) -> Iterator[None]:
    """Log what is refused to somebody until the block ends, and let the refusal pass on."""
    try:
        yield
    except Denied:
        note(whole, scope, action)
        raise
