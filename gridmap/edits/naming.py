"""Codes and names of regions that begin: the next free number, and none that is taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from gridmap.coverage import Coverage
from gridmap.errors import EditRefused

_IN_NAME = re.compile(r"\d+(?=\D*$)")
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


def name_of_new(coverage: Coverage, code: str, new: str) -> str:
    """Name the new piece of a cell after it.

    A name with the number of its code gets that of the new code: grid 15 (code ...015) is cut into grid 15
    and grid 25 (code ...025). Any other name gets the end of the new code, as in `North-25`.
    """
    name = coverage.region(code).name
    if not name or name == code:
        return new
    siblings = coverage.children.get(coverage.region(code).parent, ()) if coverage.region(code).parent else ()
    counted = _with_number(name, code, new)
    if counted and counted not in {coverage.region(sibling).name for sibling in siblings}:
        return counted
    return f"{name}-{_end(code, new)}"


def _end(code: str, new: str) -> str:
    """Return what a new code has that the old one has not: from the first letter on which they differ."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(code, new, strict=False)))
    return new[alike:].strip("-") or new


def _with_number(name: str, code: str, new: str) -> str:
    """Put the number of the new code where a name has that of the old one; empty where it has not."""
    number = _IN_NAME.search(name)
    if number is None or not code.endswith(number[0]):
        return ""
    stem = code.removesuffix(number[0]).rstrip("0")
    rest = new.removeprefix(stem)
    # In ...011 a 1 is not the number: only after a zero, or where digits begin, is it the whole of it.
    is_whole = code[len(stem)] == "0" or not stem[-1:].isdigit()
    counted = is_whole and new.startswith(stem) and rest.isdigit()
    return f"{name[: number.start()]}{int(rest)}{name[number.end() :]}" if counted else ""


def _numbers(codes: Iterable[str], stem: str, digits: int) -> list[int]:
    tails = [code[len(stem) :] for code in codes if code.startswith(stem)]
    return [int(tail) for tail in tails if tail.isdigit() and len(tail) == digits]


def _counted_on(coverage: Coverage, stem: str, number: int, digits: int) -> str:
    while f"{stem}{number:0{digits}d}" in coverage:
        number += 1
    return f"{stem}{number:0{digits}d}"
