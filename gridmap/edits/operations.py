"""Operations as the editor and files send them: plain values, checked and handed to the edit they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gridmap.coverage import Coverage
from gridmap.crs import Crs, parse_crs, to_metric
from gridmap.edits import belonging, lands, unassigned, vertices
from gridmap.edits.changes import ChangeSet, Operation, stale
from gridmap.edits.rules import DEFAULT, Rules
from gridmap.errors import EditRefused, UsageError

Edit = Callable[..., tuple[Coverage, ChangeSet]]

#: Per operation: the edit, the fields it must have, and those it may have.
OPERATIONS: dict[str, tuple[Edit, tuple[str, ...], tuple[str, ...]]] = {
    "move_vertex": (vertices.move_vertex, ("at", "to"), ()),
    "move_edge": (vertices.move_edge, ("corners", "places"), ()),
    "insert_vertex": (vertices.insert_vertex, ("at",), ("to",)),
    "remove_vertex": (vertices.remove_vertex, ("at",), ()),
    "split": (lands.split, ("code", "line"), ("new_code", "new_name", "keeps")),
    "merge": (lands.merge, ("codes",), ("into",)),
    "transfer": (lands.transfer, ("giver", "receiver", "polygon"), ()),
    "reparent": (belonging.reparent, ("codes", "parent"), ("new",)),
    "rename": (belonging.rename, ("code", "name"), ()),
    "recode": (belonging.recode, ("code", "new_code"), ()),
    "create": (unassigned.create, ("within", "new_code"), ("name", "kind", "polygon")),
    "release": (unassigned.release, ("code",), ("polygon",)),
    "divide": (unassigned.divide, ("code", "level"), ("new_code", "name")),
}
_FARTHEST, _LONGEST_TEXT = 1e9, 500
_PLACED = frozenset({"at", "to", "corners", "places", "line", "polygon", "keeps"})


def apply(coverage: Coverage, operation: Operation, *, rules: Rules = DEFAULT) -> tuple[Coverage, ChangeSet]:
    """Do what an operation asks.

    Parameters
    ----------
    coverage : the map
    operation : `op` and the fields of that edit; `base`, the stamp of the map it was made on; `crs` of its
        coordinates, that of the coverage when missing. Other fields are kept for the log
    rules : what is locked, how small a cell may be

    Returns
    -------
    The new map, and the change with the operation in its log

    Raises
    ------
    EditRefused : unknown_operation, bad_operation, stale_base, and whatever the edit refuses
    """
    edit, fields = _read(operation)
    if operation.get("base") is not None and operation["base"] != coverage.stamp:
        raise stale(coverage, str(operation["base"]))
    placed = {name: _in_coverage(coverage, value, operation) if name in _PLACED else value
              for name, value in fields.items()}  # fmt: skip
    called = {_parameter(edit, name): value for name, value in placed.items()}
    new, change = edit(coverage, **called, rules=rules)
    known = change.operations[0]
    more = {key: value for key, value in operation.items() if key not in {*known, "base", "crs", "code"}}
    return new, replace(change, operations=({**known, **more},))


def apply_all(
    coverage: Coverage, operations: Sequence[Operation], *, rules: Rules = DEFAULT
) -> tuple[Coverage, ChangeSet]:
    """Do several operations one after the other: all of them, or none.

    Raises
    ------
    EditRefused : what the first refused operation says
    UsageError : when there is none
    """
    if not operations:
        raise UsageError("There are no operations. Give at least one.")
    coverage, whole = apply(coverage, operations[0], rules=rules)
    for operation in operations[1:]:
        coverage, change = apply(coverage, operation, rules=rules)
        whole = whole.then(change)
    return coverage, whole


def _read(operation: Operation) -> tuple[Edit, dict[str, Any]]:
    """Return the edit an operation names, and its fields, checked."""
    name = operation.get("op") if isinstance(operation, Mapping) else None
    if not isinstance(name, str) or name not in OPERATIONS:
        raise EditRefused(
            "unknown_operation",
            f"There is no operation '{str(name)[:40]}'. There are: {', '.join(OPERATIONS)}.",
        )
    edit, required, optional = OPERATIONS[name]
    said = (
        {"codes": [operation["code"]], **operation}
        if "codes" in required and "code" in operation
        else operation
    )
    fields = {field: said[field] for field in (*required, *optional) if said.get(field) is not None}
    wrong = [field for field in (*required, *optional)
             if (field in required or field in fields) and not _FITS[field](fields.get(field))]  # fmt: skip
    if wrong:
        told = "; ".join(f"{field} must be {_KINDS[_FITS[field]]}" for field in wrong)
        raise EditRefused("bad_operation", f"The operation {name} cannot be read: {told}. Send it so.")
    return edit, fields


def _parameter(edit: Edit, name: str) -> str:
    """Return what an edit calls a field that is not named alike in Python."""
    return "code" if name == "codes" and edit is belonging.reparent else name


def _in_coverage(coverage: Coverage, value: Any, operation: Operation) -> Any:
    """Express coordinates in the CRS of the coverage, however deep they are nested."""
    if not operation.get("crs"):
        return value
    if not _is_place(value):
        return [_in_coverage(coverage, inner, operation) for inner in value]
    x, y = to_metric(np.array([value[0]]), np.array([value[1]]), _crs_of(operation), coverage.crs)
    if not np.isfinite([x[0], y[0]]).all():
        raise EditRefused(
            "bad_operation", f"The place {value} does not lie in {coverage.crs}. Check its CRS."
        )
    return [float(x[0]), float(y[0])]


def _crs_of(operation: Operation) -> Crs:
    try:
        return parse_crs(str(operation["crs"]))
    except UsageError as fault:
        raise EditRefused("bad_operation", f"The operation cannot be read: {fault}") from fault


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT


def _is_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_is_text, value))


def _is_said(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, value.values()))


def _is_number(value: Any) -> bool:
    """Return whether it is a number that a place of the Earth may have; larger ones leave the lattice."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _FARTHEST


def _is_place(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) >= 2 and all(map(_is_number, value))


def _is_line(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_is_place, value))


def _is_area(value: Any) -> bool:
    return _is_ring(value) or (isinstance(value, (list, tuple)) and bool(value) and all(map(_is_ring, value)))


def _is_ring(value: Any) -> bool:
    return _is_line(value) and len(value) >= 3


_FITS: dict[str, Callable[[Any], bool]] = {
    "at": _is_place, "to": _is_place, "keeps": _is_place, "corners": _is_line, "places": _is_line,
    "line": _is_line, "polygon": _is_area, "codes": _is_texts, "new": _is_said,
    **dict.fromkeys(("code", "giver", "receiver", "parent", "name", "new_code", "new_name", "into", "within",
                     "kind", "level"), _is_text),
}  # fmt: skip
_KINDS: dict[Callable[[Any], bool], str] = {
    _is_place: "[x, y]", _is_line: "a list of [x, y]", _is_area: "a ring of [x, y], or several",
    _is_text: f"text of at most {_LONGEST_TEXT} letters", _is_texts: "a list of codes",
    _is_said: "name, level and parent as text",
}  # fmt: skip
