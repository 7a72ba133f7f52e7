"""Ask figures as they were believed at an earlier moment, so that an old report comes out to the digit.

Boundaries are believed as recorded by then, the records of all registers as last reported by then; what is
derived from them (courses and due times of petitions, tables of described registers, placement, ancestors) is
derived anew. Rules of counting and definitions of measures are today's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from gridmap import placing, versions
from gridmap.regions import crs_of
from gridmap.registers import REGISTERS
from gridmap.store import Database

#: Tables whose rows were recorded at some moment and may have been corrected since.
TABLES = (
    "petition", "record", "regions", "petition_event", "rental_building", "rental_rating", "rating_scheme",
    "inspection", "population", "responsibility",
)  # fmt: skip


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
            for table in TABLES:
                tx.run(f"believing/{table}", moment=moment)
            tx.run("believing/petition_course")
            tx.run("load/petition_course.fill", records=tx.arrow("believing/petition_ids"))
            for register in REGISTERS:
                if register.described:
                    tx.make_aside(f"registers/{register.name}")
            tx.run("believing/ancestry")
            versions.rebuild_ancestry(tx)
            tx.run("believing/places")
            tx.run("believing/moved")
            placing.place_all(tx, crs=crs)
        yield then
