"""What an answer weighs in memory, so that no more of them is kept than fits. Pure.

An estimate: frames and texts by what pandas counts, shapes by their corners, our own small objects by what
they hold; what is held twice counts once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

#: A shape beside its corners: the object, and that of the library behind it.
_SHAPE_BYTES, _CORNER_BYTES = 240, 16


def weight_of(value: object) -> int:
    """Return about how many bytes a value takes, with all that it holds.

    Parameters
    ----------
    value : frames, arrays, texts, and tuples, lists, dictionaries and objects of them

    >>> weight_of(np.zeros(1000)) // 1000
    8
    """
    return _weight(value, set())


def _weight(value: object, seen: set[int]) -> int:
    if id(value) in seen:
        return 0
    seen.add(id(value))
    for kind, weigh in _WEIGHED:
        if isinstance(value, kind):
            return weigh(value)
    return sys.getsizeof(value, 0) + sum(_weight(part, seen) for part in _parts(value))


def _frame(frame: pd.DataFrame) -> int:
    plain = [_is_plain(kind) for kind in frame.dtypes]
    numbers = sum(kind.itemsize for kind, simple in zip(frame.dtypes, plain, strict=True) if simple)
    others = (frame.iloc[:, place] for place, simple in enumerate(plain) if not simple)
    return int(frame.index.memory_usage(deep=True) + numbers * len(frame) + sum(map(_column, others)))


def _is_plain(kind: object) -> bool:
    """Return whether a column of a type is an array of numbers: its length alone says what it takes."""
    return isinstance(kind, np.dtype) and kind != np.dtype(object)


def _column(column: pd.Series) -> int:
    if column.dtype.name == "geometry":
        return _shapes(column.to_numpy())
    return int(column.memory_usage(index=False, deep=True))


def _shapes(shapes: Any) -> int:
    return len(shapes) * _SHAPE_BYTES + int(shapely.get_num_coordinates(shapes).sum()) * _CORNER_BYTES


_WEIGHED: tuple[tuple[Any, Callable[[Any], int]], ...] = (
    (pd.DataFrame, _frame),
    (pd.Series, _column),
    (shapely.STRtree, lambda tree: _shapes(tree.geometries)),
    (np.ndarray | pa.Table, lambda array: int(array.nbytes)),
)


def _parts(value: object) -> Iterable[object]:
    """Return what a value holds; of objects what stands in their fields."""
    if isinstance(value, str | bytes | int | float | type):
        return ()
    if isinstance(value, Mapping):
        return (*value.keys(), *value.values())
    if isinstance(value, tuple | list | set | frozenset):
        return value
    return tuple(vars(value).values()) if hasattr(value, "__dict__") and not callable(value) else ()
