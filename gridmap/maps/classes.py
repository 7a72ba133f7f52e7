"""Classes of a choropleth: breaks, colours and how many cells each class holds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import mapclassify
import numpy as np
import numpy.typing as npt

from gridmap.errors import UsageError
from gridmap.maps.paint import LIGHT, RGBA, Paint, ramp_colours

Scheme = Literal["quantile", "natural", "equal", "own"]

SCHEMES: tuple[Scheme, ...] = ("quantile", "natural", "equal", "own")
#: As many classes as an eye can tell apart.
LEAST_CLASSES, MOST_CLASSES = 2, 9


#: Fisher-Jenks is quadratic: above this many values it looks at evenly spaced ranks of them.
_JENKS_VALUES = 200


@dataclass(frozen=True)
class Classes:
    """Hold the classes of a choropleth: what the legend shows and what the cells are coloured by.

    Parameters
    ----------
    scheme : how the breaks were chosen
    edges : lowest value, then the upper edge of each class, which belongs to it
    spans : lowest and highest value found in each class; its edges where it is empty
    colours : one colour per class
    counts : number of cells in each class
    missing : number of cells without a value
    """

    scheme: Scheme
    edges: tuple[float, ...]
    spans: tuple[tuple[float, float], ...]
    colours: tuple[RGBA, ...]
    counts: tuple[int, ...]
    missing: int


def classify(
    values: npt.ArrayLike,
    *,
    scheme: Scheme = "quantile",
    k: int = 5,
    breaks: Sequence[float] = (),
    paint: Paint = LIGHT,
    alpha: float = 0.74,
) -> Classes:
    """Divide values into at most k classes.

    Values that are not numbers belong to no class. Equal breaks are joined, so that no class is empty
    by construction of ties; with k or fewer different values each has a class of its own.

    Parameters
    ----------
    values : one value per cell, NaN where there is none
    scheme : quantile (equal numbers of cells), natural (Fisher-Jenks), equal (equal widths), own
    k : greatest number of classes
    breaks : upper edges of the classes of scheme own; the last class ends with the highest value
    paint : gives the ramp
    alpha : opacity of the colours, 0 to 1

    Raises
    ------
    UsageError : when there is no such scheme
    """
    if scheme not in SCHEMES:
        raise UsageError(f"There is no scheme '{scheme}'. The schemes are: {', '.join(SCHEMES)}.")
    numbers = np.asarray(values, dtype=float)
    known = numbers[np.isfinite(numbers)]
    edges = _edges(known, scheme, k, breaks)
    members = _members(known, edges)
    return Classes(
        scheme,
        edges,
        spans=tuple(_span(found, edges, place) for place, found in enumerate(members)),
        colours=ramp_colours(paint.ramp, len(members), alpha) if members else (),
        counts=tuple(len(found) for found in members),
        missing=len(numbers) - len(known),
    )


def recounted(values: npt.ArrayLike, classes: Classes) -> Classes:
    """Return the same classes with the numbers of cells of other values: one scale for many pictures."""
    numbers = np.asarray(values, dtype=float)
    known = numbers[np.isfinite(numbers)]
    counts = tuple(len(found) for found in _members(known, classes.edges))
    return replace(classes, counts=counts, missing=len(numbers) - len(known))


def colours_of(values: npt.ArrayLike, classes: Classes, *, missing: RGBA) -> npt.NDArray[np.uint8]:
    """Return the colour of each value, shape (n, 4); values outside all classes get the nearest one's."""
    numbers = np.asarray(values, dtype=float)
    table = np.array([*classes.colours, missing], dtype=np.uint8)
    if len(table) == 1:
        return np.repeat(table, len(numbers), axis=0)
    index = _class_index(numbers, classes.edges)
    return table[np.where(np.isfinite(numbers), index, len(table) - 1)]


def _edges(
    known: npt.NDArray[np.float64], scheme: Scheme, k: int, breaks: Sequence[float]
) -> tuple[float, ...]:
    different = np.unique(known)
    if len(different) == 0:
        return ()
    if len(different) <= k and scheme != "own":
        return float(different[0]), *map(float, different)
    upper = np.unique(_upper_edges(known, scheme, k, breaks))
    inner = upper[(upper < different[-1]) & (upper >= different[0])]
    return float(different[0]), *map(float, inner), float(different[-1])


def _upper_edges(
    known: npt.NDArray[np.float64], scheme: Scheme, k: int, breaks: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Return the upper edges as mapclassify finds them."""
    with warnings.catch_warnings():
        # Ties leave fewer classes than asked for, and numba would only be quicker.
        warnings.filterwarnings("ignore", message="Not enough unique values")
        warnings.filterwarnings("ignore", message="Numba not installed")
        match scheme:
            case "quantile":
                return np.asarray(mapclassify.Quantiles(known, k).bins, dtype=float)
            case "natural":
                return np.asarray(mapclassify.FisherJenks(_evenly(known), k).bins, dtype=float)
            case "equal":
                return np.asarray(mapclassify.EqualInterval(known, k).bins, dtype=float)
        return np.asarray(breaks, dtype=float)


def _evenly(known: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return evenly spaced ranks of many values, all of few."""
    ordered = np.sort(known)
    ranks = np.linspace(0, len(ordered) - 1, min(len(ordered), _JENKS_VALUES)).round().astype(int)
    return np.asarray(ordered[ranks], dtype=float)


def _members(known: npt.NDArray[np.float64], edges: Sequence[float]) -> list[npt.NDArray[np.float64]]:
    if not edges:
        return []
    index = _class_index(known, edges)
    return [known[index == place] for place in range(len(edges) - 1)]


def _span(found: npt.NDArray[np.float64], edges: Sequence[float], place: int) -> tuple[float, float]:
    if len(found) == 0:
        return edges[place], edges[place + 1]
    return float(found.min()), float(found.max())


def _class_index(values: npt.NDArray[np.float64], edges: Sequence[float]) -> npt.NDArray[np.intp]:
    return np.clip(np.searchsorted(np.asarray(edges[1:]), values, side="left"), 0, len(edges) - 2)
