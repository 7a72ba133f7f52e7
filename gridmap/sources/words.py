"""Words for findings and refusals: lists of rows, counts, and the likeliest right name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

_SHOWN = 5
_NAMES_SHOWN, _LONGEST_NAME = 30, 40


def rows_text(rows: Sequence[int]) -> str:
    """Return row numbers as a phrase; the first five are shown.

    >>> rows_text([7])
    'row 7'
    >>> rows_text([2, 3, 5, 7, 11, 13, 17])
    'rows 2, 3, 5, 7, 11 and 2 more'
    """
    shown = ", ".join(str(row) for row in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN:,} more" if len(rows) > _SHOWN else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}{more}"


def names_text(names: Sequence[str]) -> str:
    """Return names as a list with commas; of many the first thirty, of a long one its beginning.

    >>> names_text(["code", "name"])
    'code, name'
    >>> names_text([f"c{number}" for number in range(100)])[-15:]
    'c29 and 70 more'
    """
    shown = ", ".join(_clipped(name) for name in names[:_NAMES_SHOWN])
    more = f" and {len(names) - _NAMES_SHOWN:,} more" if len(names) > _NAMES_SHOWN else ""
    return f"{shown}{more}"


def _clipped(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def likeliest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice most like the word, None when none is.

    >>> likeliest("naem", ["code", "name"])
    'name'
    """
    by_folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.5)
    return by_folded[close[0]] if close else None


def matching(word: str, choices: Sequence[str]) -> str | None:
    """Return the choice that is the word: as written, else the only one that differs in case alone.

    Programs change the case of column names (shapefiles, KML); a choice between two of them is never guessed.

    >>> matching("name", ["code", "Name"])
    'Name'
    """
    if word in choices:
        return word
    alike = [choice for choice in choices if choice.casefold() == word.casefold()]
    return alike[0] if len(alike) == 1 else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return " Did you mean 'x'?", or nothing when no choice is near."""
    choice = likeliest(word, choices)
    return f" Did you mean '{_clipped(choice)}'?" if choice else ""
