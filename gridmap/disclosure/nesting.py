"""Figures of all levels as the tree they are: which row holds which, and what of a measure counts persons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridmap.measures import Measure
from gridmap.suppression import Counts, Positions


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
    denominator and, where both count the same, their difference.
    """
    if measure.protects == "nothing":
        return []
    n, of = (figures[f"{name}.{part}"].to_numpy(dtype=float) for part in ("n", "of"))
    if measure.kind in ("mean", "median", "percentile"):
        return [of]
    if "km2" in measure.unit:
        return [n]
    return [n, of, of - n] if measure.kind == "count" or measure.unit == "share" else [n, of]
