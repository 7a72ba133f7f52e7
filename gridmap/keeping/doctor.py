"""Examine a store and what it lies on, and mend what can be mended without a backup."""

from __future__ import annotations

from gridmap.findings import Finding, gravest_first
from gridmap.keeping import integrity, surroundings
from gridmap.regions import crs_of
from gridmap.store import Database

#: Where these were found nothing can be derived from the boundaries.
_NO_GROUND = frozenset({"store.versions_overlapping", "store.certificate"})


def at_start(db: Database) -> list[Finding]:
    """Return what should be known before a store is served; takes a moment, also on a large store."""
    return gravest_first([*surroundings.around(db.folder), *integrity.broken_rules(db, quick=True)])


def examine(db: Database, *, derived: bool = True) -> list[Finding]:
    """Return everything that is wrong with a store, or may soon be.

    Parameters
    ----------
    db : the open store, or a copy of one
    derived : also work out everything derived anew and compare; not possible on a copy

    Returns
    -------
    Findings, the gravest first
    """
    found = [
        *surroundings.around(db.folder),
        *integrity.broken_rules(db),
        *integrity.without_certificate(db),
    ]
    if derived and not db.read_only and not {entry.check for entry in found} & _NO_GROUND:
        found += integrity.derived_otherwise(db)
    return gravest_first(found)


def make_safe(db: Database) -> None:
    """Remove stored RTREE indexes: after a crash they would make the file unusable."""
    for name in db.query("keeping/rtree_indexes")["subject"]:
        db.drop_index(str(name))


def mend(db: Database) -> None:
    """Remove stored RTREE indexes, work out everything derived anew, and take up the log."""
    make_safe(db)
    with db.transaction() as tx:
        integrity.derive(tx, crs=crs_of(db))
    db.checkpoint()
