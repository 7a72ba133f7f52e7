"""Ask figures as they were believed at an earlier moment, so that an old report comes out to the digit.

Boundaries are believed as recorded by then, petitions and described records as last reported by then; the
placement and the ancestors are derived from both anew. Registers that keep no earlier states (rental
buildings, inspections, people, responsibilities) are as they are today.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from gridmap import placing, versions
from gridmap.regions import crs_of
from gridmap.store import Database


@contextmanager
def as_believed(db: Database, moment: datetime) -> Iterator[Database]:
    """Give the store as it was believed at a moment, to be asked like the store itself; nothing is changed.

    Parameters
    ----------
    db : the open store
    moment : when it was believed, by the clock of the machine that recorded it
    """
    crs = crs_of(db)
    with db.aside() as then:
        with then.transaction() as tx:
            tx.run("believing/settings", moment=moment.isoformat(timespec="seconds"))
            tx.run("believing/petitions", moment=moment)
            tx.run("believing/records", moment=moment)
            tx.run("believing/regions", moment=moment)
            tx.run("believing/ancestry")
            versions.rebuild_ancestry(tx)
            tx.run("believing/places")
            tx.run("believing/moved")
            placing.place_all(tx, crs=crs)
        yield then
