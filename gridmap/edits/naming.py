"""Codes of regions that begin: the next free number, and none that is taken."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gridmap.coverage import Coverage
from gridmap.errors import EditRefused

_NUMBER = re.compile(r"^(.*?)(\d{1,9})$")
UNASSIGNED = re.compile(r"^(?:(.*)-)?U(\d+)$")


def require_free_code(coverage: Coverage, code: str) -> None:
    """Refuse a code that is empty, has blanks around it, or belongs to a region already."""
    if not code or code != code.strip():
        raise EditRefused(
            "bad_code", f"'{code}' is not a code. Give one without blanks around it.", codes=[code]
        )
    if code in coverage:
        raise EditRefused("code_taken", f"The code {code} is taken. Choose another.", codes=[code])


def next_code(coverage: Coverage, code: str) -> str:
    """Return the next free code of a cell's kind: its siblings' numbers counted on, with leading zeros.

    Codes that do not end in a number get one, as in `A-2`.
    """
    siblings = coverage.children.get(coverage.region(code).parent, ()) if coverage.region(code).parent else ()
    numbered = _NUMBER.match(code)
    if numbered is None or UNASSIGNED.match(code):
        return _counted_on(coverage, f"{code}-", 2, 1)
    stem, number = numbered.groups()
    used = _numbers((*siblings, code), stem, len(number))
    return _counted_on(coverage, stem, max(used) + 1, len(number))


def next_unassigned(coverage: Coverage, parent: str, also: Iterable[str] = ()) -> str:
    """Return the next free code of unassigned land below a parent: PARENT-U01, PARENT-U02; U01 at the top."""
    taken = {*coverage.children.get(parent, ()), *also}
    used = [
        int(found[2]) for code in taken if (found := UNASSIGNED.match(code)) and (found[1] or "") == parent
    ]
    return _counted_on(coverage, f"{parent}-U" if parent else "U", max(used, default=0) + 1, 2)


def _numbers(codes: Iterable[str], stem: str, digits: int) -> list[int]:
    tails = [code[len(stem) :] for code in codes if code.startswith(stem)]
    return [int(tail) for tail in tails if tail.isdigit() and len(tail) == digits]


def _counted_on(coverage: Coverage, stem: str, number: int, digits: int) -> str:
    while f"{stem}{number:0{digits}d}" in coverage:
        number += 1
    return f"{stem}{number:0{digits}d}"
