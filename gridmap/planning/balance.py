"""How evenly a load is spread over cells."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

#: What is said of the spread of one load.
BALANCE = ("cells", "total", "mean", "max_over_mean", "min_over_mean", "cv", "gini")


def gini(values: npt.ArrayLike) -> float:
    """Return the Gini coefficient: half the mean difference of all pairs, over the mean.

    Returns
    -------
    0 when all are equal, (n - 1) / n when one has everything; nan when there is nothing to spread

    >>> gini([1, 1, 1]), gini([0, 0, 3])
    (0.0, 0.6666666666666666)
    """
    load = np.sort(np.asarray(values, dtype=float))
    if not load.sum():
        return float("nan")
    rank = np.arange(1, len(load) + 1)
    return float(((2 * rank - len(load) - 1) * load).sum() / (len(load) * load.sum()))


def balance(values: npt.ArrayLike) -> dict[str, float]:
    """Say how evenly a load is spread.

    Parameters
    ----------
    values : load of each cell, none negative, shape (n,)

    Returns
    -------
    cells, total, mean, max_over_mean, min_over_mean, cv (standard deviation of the cells over the mean) and
    gini; the last four nan when there is nothing to spread
    """
    load = np.asarray(values, dtype=float)
    total = float(load.sum())
    mean = total / len(load) if len(load) else float("nan")
    spread = (load.max() / mean, load.min() / mean, load.std() / mean) if total else (float("nan"),) * 3
    figures = (float(len(load)), total, mean, *map(float, spread), gini(load) if len(load) else float("nan"))
    return dict(zip(BALANCE, figures, strict=True))


def outside_band(households: Mapping[str, float], *, low: float, high: float) -> pd.DataFrame:
    """List the cells with fewer or more households than a grid should have.

    Parameters
    ----------
    households : households of each cell, by code
    low, high : the band, both ends included

    Returns
    -------
    Frame with code, households, side (low or high), one row per cell outside, in order of code
    """
    counted = pd.Series(dict(households), dtype=float).rename_axis("code").rename("households").sort_index()
    side = pd.Series(np.where(counted < low, "low", "high"), index=counted.index, name="side")
    outside = ~counted.between(low, high)
    return pd.concat([counted, side], axis=1)[outside].reset_index()
