"""Figures of all levels as the tree they are: which row holds which, and what of a measure counts persons."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gridmap.measures import Measure, measure_named
from gridmap.suppression import Counts, Positions

#: A part of a count that comes out beside other measures: what is added or taken away, of which measure.
_PART = re.compile(r"([+-]?)\s*(?:([a-z_]+\.\w+)\.)?(n|of)\b")


def parents_of(figures: pd.DataFrame) -> Positions:
    """Return the row of each cell's parent; that of the whole store where there is none among them."""
    row_of = {region: row for row, region in enumerate(figures["region_id"])}
    top = row_of.get(0, -1)
    found = [row_of.get(parent, top) for parent in figures["parent_id"]]
    return np.array([-1 if row == top else parent for row, parent in enumerate(found)], dtype=np.intp)


def values_of(figures: pd.DataFrame, measure: Measure) -> list[str]:
    """Return the names of a measure's figures: its own, and those of its parts."""
    names = [str(name).removesuffix(".of") for name in figures.columns if str(name).endswith(".of")]
    return [name for name in names if name == measure.key or (
        measure.split and name.startswith(f"{measure.key}."))]  # fmt: skip


def counts_of_persons(figures: pd.DataFrame, measure: Measure, name: str) -> list[Counts]:
    """Return what of a figure is added up from persons or their cases: what must not be small.

    Of a mean these are the cases it is made of, of a count per land the count, of all others numerator,
    denominator and, where both count the same, their difference; and what comes out beside other measures.
    """
    if measure.protects == "nothing":
        return []
    n, of = (figures[f"{name}.{part}"].to_numpy(dtype=float) for part in ("n", "of"))
    if measure.kind in ("mean", "median", "percentile"):
        return [of]
    if "km2" in measure.unit:
        return [n]
    own = [n, of, of - n] if measure.kind == "count" or measure.unit == "share" else [n, of]
    coming_out = measure.beside.split(",") if measure.beside and name == measure.key else []
    return own + [_beside(figures, measure, text) for text in coming_out]


def needed(keys: Sequence[str]) -> tuple[str, ...]:
    """Return measures and those beside which they are told: what to ask for to tell the first.

    >>> needed(["petition.late_close_rate"])
    ('petition.late_close_rate', 'petition.on_time_close_rate')
    """
    others = [other for key in keys for _, other, _ in _PART.findall(measure_named(key).beside) if other]
    others += [other.key for key in keys for other in withheld_with(key)[1:]]
    return tuple(dict.fromkeys([*keys, *(needed(others) if others else ())]))


def withheld_with(key: str) -> tuple[Measure, ...]:
    """Return a measure, and those with which it is withheld.

    >>> [measure.key for measure in withheld_with("petition.received")]
    ['petition.received']
    """
    measure = measure_named(key)
    return (measure, *(measure_named(other.strip()) for other in measure.withheld_with.split(",") if other))


def _beside(figures: pd.DataFrame, measure: Measure, text: str) -> Counts:
    """Return what a sum of columns of several measures counts in each cell; nothing counts as 0."""
    found: Counts = np.zeros(len(figures))
    for sign, other, column in _PART.findall(text):
        counts = figures[f"{other or measure.key}.{column}"].to_numpy(dtype=float)
        found += np.nan_to_num(counts) * (-1 if sign == "-" else 1)
    return found
