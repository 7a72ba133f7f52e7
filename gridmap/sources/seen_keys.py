"""Find keys that were used before in a file that is larger than memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridmap.sources.source import Booleans

Hashes = npt.NDArray[np.uint64]

_SEPARATOR = "\x1f"
_FIRST_KEY, _SECOND_KEY = "gridmap row key1", "gridmap row key2"


class SeenKeys:
    """Remember the keys of all rows so far, 16 bytes each.

    Two hashes of 64 bits stand for a key: that two different keys agree in both is as good as impossible
    (one in 10^24 for ten million rows). The runs are merged two by two, as their sizes grow.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Hashes, Hashes]] = []

    def repeated(self, parts: Sequence[pa.Array], usable: Booleans) -> Booleans:
        """Return which usable rows have a key that an earlier usable row had, and remember the others.

        Parameters
        ----------
        parts : the key's fields, as arrays of any type
        usable : rows that count; the others are neither compared nor remembered
        """
        keys = _joined(parts).filter(pa.array(usable)).to_numpy(zero_copy_only=False).astype(object)
        first, second = (pd.util.hash_array(keys, hash_key=key, categorize=False)
                         for key in (_FIRST_KEY, _SECOND_KEY))  # fmt: skip
        again = pd.Series(keys, dtype=object).duplicated().to_numpy(copy=True)
        for run in self._runs:
            again |= _in_run(first, second, run)
        self._remember(first[~again], second[~again])
        result = np.zeros(len(usable), dtype=np.bool_)
        result[np.flatnonzero(usable)[again]] = True
        return result

    def _remember(self, first: Hashes, second: Hashes) -> None:
        order = np.argsort(first, kind="stable")
        run = (first[order], second[order])
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run[0]):
            run = _merged(self._runs.pop(), run)
        self._runs.append(run)


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    texts = [pc.fill_null(pc.cast(part, pa.string()), "") for part in parts]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, _SEPARATOR)


def _in_run(first: Hashes, second: Hashes, run: tuple[Hashes, Hashes]) -> Booleans:
    at = np.searchsorted(run[0], first)
    at[at == len(run[0])] = 0
    return (
        np.asarray((run[0][at] == first) & (run[1][at] == second))
        if len(run[0])
        else np.zeros(len(first), dtype=np.bool_)
    )


def _merged(one: tuple[Hashes, Hashes], other: tuple[Hashes, Hashes]) -> tuple[Hashes, Hashes]:
    first = np.concatenate([one[0], other[0]])
    order = np.argsort(first, kind="stable")
    return first[order], np.concatenate([one[1], other[1]])[order]
