"""Versions: what was in force when and believed when, published change by change, never overwritten.

publishing   put a change into force within a transaction, with its lineage
states       the boundaries of a day as believed at a moment, or of a version
history      the list of changesets, and which regions each made out of which
diffing      what differs between two states: cells, borders, land, people and petitions that moved
borders      which changesets touched a border, and why
reverting    what takes a changeset back
"""

from gridmap.versions.borders import border_at, border_between
from gridmap.versions.diffing import COUNTED, Diff, compare, counted_in, diff
from gridmap.versions.history import Changeset, changeset, lineage, versions
from gridmap.versions.publishing import Change, people_on, publish, rebuild_ancestry, share_people
from gridmap.versions.reverting import Reversal, reversal
from gridmap.versions.states import State, state_named, version_state

__all__ = [
    "COUNTED",
    "Change",
    "Changeset",
    "Diff",
    "Reversal",
    "State",
    "border_at",
    "border_between",
    "changeset",
    "compare",
    "counted_in",
    "diff",
    "lineage",
    "people_on",
    "publish",
    "rebuild_ancestry",
    "reversal",
    "share_people",
    "state_named",
    "version_state",
    "versions",
]
