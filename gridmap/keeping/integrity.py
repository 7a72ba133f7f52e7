"""What must hold inside a store, whatever it was given and whatever happened to it."""

from __future__ import annotations

from datetime import date

from gridmap import placing, sql, versions
from gridmap.coverage import Certificate, Coverage
from gridmap.findings import Finding
from gridmap.placing import PLACED_TABLES
from gridmap.regions import crs_of, leaves_on
from gridmap.store import Database, Session, Sums, sums_of

_MEND_DERIVED = "Derive it anew: gridmap doctor --repair."
_RESTORE = "Restore the last backup (gridmap restore-backup FILE), and tell who looks after gridmap."

#: Query of `queries/keeping/` -> what is wrong with the rows it finds, and the way out.
_RULES: dict[str, tuple[str, str]] = {
    "imports_not_adding_up": ("rows read and what became of them do not add up", _RESTORE),
    "rows_of_no_import": ("rows belong to an import that was never recorded", _RESTORE),
    "records_kept_twice": ("records are held twice under one key", _RESTORE),
    "versions_overlapping": ("days have two boundaries in force", _RESTORE),
    "versions_of_no_changeset": ("region versions belong to no changeset", _RESTORE),
    "changesets_out_of_order": ("changeset out of its order", _RESTORE),
    "drafts_amiss": ("steps of a draft are missing", _RESTORE),
    "rtree_indexes": ("RTREE index stored, which makes the file unusable after a crash",
                      "Remove it: gridmap doctor --repair."),
    "places_amiss": ("records do not have exactly one place on every day", _MEND_DERIVED),
    "settled_amiss": ("records are noted in another cell than they lie in", _MEND_DERIVED),
}  # fmt: skip
#: Rules over one row per record and day: left to `gridmap doctor`.
_LONG = ("records_kept_twice", "places_amiss", "settled_amiss")


class _Undone(Exception):
    """Take a transaction back that was tried out."""


def broken_rules(db: Database, *, quick: bool = False) -> list[Finding]:
    """Return what in a store contradicts the rest of it, one finding per rule and subject.

    Parameters
    ----------
    db : the open store, or a copy
    quick : leave out what reads every record
    """
    names = [name for name in _RULES if not (quick and name in _LONG)]
    return [finding for name in names for finding in _broken(db, name)]


def without_certificate(db: Database) -> list[Finding]:
    """Return the days from which on the leaf cells do not tile their land exactly."""
    days = [entry.date() for entry in db.query("versions/epochs")["day"]]
    return [_not_exact(day) for day in days if not _certificate(db, day)]


def derived_otherwise(db: Database) -> list[Finding]:
    """Return the derived tables that come out otherwise when they are worked out anew.

    Everything is worked out in a transaction that is taken back.
    """
    before = db.sums()
    after: dict[str, Sums] = {}
    try:
        with db.transaction() as tx:
            derive(tx, crs=crs_of(db))
            after["sums"] = sums_of(tx)
            raise _Undone
    except _Undone:
        changed = [name for name in before if before[name] != after["sums"][name]]
    return [Finding("store.derived", "error", f"Table {name} is not what its records and boundaries give: "
                    f"{before[name][0]:,} rows, {after['sums'][name][0]:,} worked out anew. {_MEND_DERIVED}",
                    codes=(name,), amount=float(after["sums"][name][0]), unit="rows")
            for name in changed]  # fmt: skip


def derive(tx: Session, *, crs: str) -> None:
    """Work out everything derived anew: ancestors, places, courses of petitions, registers that are data."""
    versions.rebuild_ancestry(tx)
    tx.run("keeping/clear_places")
    placing.place_all(tx, crs=crs)
    petitions = tx.arrow("placing/ids", record_kind="petition")
    tx.run("load/petition_course.forget", records=petitions)
    tx.run("load/petition_course.fill", records=petitions)
    for name in sql.names_in("registers"):
        tx.run(name)


def _broken(db: Database, name: str) -> list[Finding]:
    what, way_out = _RULES[name]
    asked = {"kinds": list(PLACED_TABLES)} if name == "places_amiss" else {}
    found = db.query(f"keeping/{name}", **asked)
    return [Finding(f"store.{name}", "error",
                    f"{subject}: {amount:,} {what}, such as {example}. {way_out}",
                    codes=(str(example),), amount=float(amount), unit="rows")
            for subject, amount, example in found.to_numpy().tolist()]  # fmt: skip


def _certificate(db: Database, day: date) -> Certificate:
    leaves = leaves_on(db, day)
    # Numbered: two versions of one cell in force together are to be seen as land covered twice.
    return Coverage.from_frame(
        leaves.assign(code=[str(number) for number in range(len(leaves))])
    ).certificate()


def _not_exact(day: date) -> Finding:
    return Finding("store.certificate", "error", f"From {day} on the cells do not tile their land exactly. "
                   f"See where: gridmap check. {_RESTORE}")  # fmt: skip
