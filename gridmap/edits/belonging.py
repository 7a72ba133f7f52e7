"""Edits of what is said of a region: its parent, name and code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gridmap.coverage import Coverage
from gridmap.edits.changes import ChangeSet
from gridmap.edits.lands import require_region
from gridmap.edits.mutator import accept
from gridmap.edits.naming import require_free_code
from gridmap.edits.rules import DEFAULT, Rules, refusal
from gridmap.nesting import Region, Snapshot


def reparent(
    coverage: Coverage,
    code: str | Sequence[str],
    parent: str,
    *,
    new: Mapping[str, str] | None = None,
    rules: Rules = DEFAULT,
) -> tuple[Coverage, ChangeSet]:
    """Move regions to another parent, which may be new.

    Parameters
    ----------
    coverage : the map
    code : one region, or several of one level
    parent : code of the region they are to belong to
    new : name, level and parent of that region, when it does not exist yet; those of the old parent where
        nothing is said
    rules : what is locked

    Raises
    ------
    EditRefused : unknown_code, code_taken, cross_level, no_change, parent_emptied, parent_cut, locked_border
    """
    codes = [code] if isinstance(code, str) else list(code)
    for each in codes:
        require_region(coverage, each)
    after: dict[str, Snapshot | None] = {}
    if new is not None:
        require_free_code(coverage, parent)
        after[parent] = Snapshot(_new_parent(coverage, codes, parent, new))
    else:
        require_region(coverage, parent)
    for each in codes:
        snapshot = coverage.snapshot(each)
        after[each] = replace(snapshot, region=replace(snapshot.region, parent=parent))
    asked = {
        "op": "reparent",
        "codes": codes,
        "parent": parent,
        **({"new": dict(new)} if new is not None else {}),
    }
    return accept(coverage, after, rules=rules, operation=asked)


def rename(coverage: Coverage, code: str, name: str, *, rules: Rules = DEFAULT) -> tuple[Coverage, ChangeSet]:
    """Give a region another name.

    Raises
    ------
    EditRefused : unknown_code, bad_operation for an empty name, no_change
    """
    require_region(coverage, code)
    if not name.strip():
        raise refusal(coverage, "bad_operation", f"{code} needs a name. Give one.", codes=[code])
    snapshot = coverage.snapshot(code)
    after = {code: replace(snapshot, region=replace(snapshot.region, name=name.strip()))}
    return accept(coverage, after, rules=rules, operation={"op": "rename", "code": code, "name": name})


def recode(
    coverage: Coverage, code: str, new_code: str, *, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Give a region another code; what belongs to it follows.

    Raises
    ------
    EditRefused : unknown_code, code_taken, bad_code
    """
    require_region(coverage, code)
    require_free_code(coverage, new_code)
    snapshot = coverage.snapshot(code)
    after: dict[str, Snapshot | None] = {
        code: None, new_code: replace(snapshot, region=replace(snapshot.region, code=new_code))
    }  # fmt: skip
    for child in coverage.children.get(code, ()):
        below = coverage.snapshot(child)
        after[child] = replace(below, region=replace(below.region, parent=new_code))
    asked = {"op": "recode", "code": code, "new_code": new_code}
    return accept(coverage, after, rules=rules, operation=asked, same={new_code: code})


def _new_parent(coverage: Coverage, codes: Sequence[str], parent: str, new: Mapping[str, str]) -> Region:
    """Describe a parent that begins, like the one the first of its children leaves."""
    old = coverage.region(coverage.region(codes[0]).parent)
    return Region(
        parent, new.get("name") or parent, new.get("level", old.level), new.get("parent", old.parent)
    )
