"""Boundary edits as pure functions: a coverage goes in, a new one and its change set come out, or a refusal.

    functions       what they change
    vertices        single corners: move_vertex, move_edge, insert_vertex, remove_vertex
    lands           whole cells: split, merge, transfer
    unassigned      land nobody is in charge of: create, release, divide
    belonging       reparent, rename, recode
    operations      apply and apply_all: any of them, as plain values
    mutator         carry_over: a change made on another version

All go through `mutator.accept`, which keeps the certificate of `gridmap.coverage`.
"""

from gridmap.edits.belonging import recode, rename, reparent
from gridmap.edits.changes import ChangeSet
from gridmap.edits.lands import merge, split, transfer
from gridmap.edits.mutator import carry_over
from gridmap.edits.operations import OPERATIONS, apply, apply_all
from gridmap.edits.rules import Rules
from gridmap.edits.unassigned import create, divide, release
from gridmap.edits.vertices import insert_vertex, move_edge, move_vertex, remove_vertex
from gridmap.errors import EditRefused
from gridmap.nesting import Region, Snapshot

__all__ = [
    "OPERATIONS", "ChangeSet", "EditRefused", "Region", "Rules", "Snapshot", "apply", "apply_all",
    "carry_over", "create", "divide", "insert_vertex", "merge", "move_edge", "move_vertex", "recode",
    "release", "remove_vertex", "rename", "reparent", "split", "transfer",
]  # fmt: skip
