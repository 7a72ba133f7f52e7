"""Which things hang together when some pairs of them do."""

from __future__ import annotations

import numpy as np

from gridmap.polygons import Integers


def components(one: Integers, other: Integers, count: int) -> Integers:
    """Number the groups that things form when the two of each pair hang together.

    Parameters
    ----------
    one, other : positions of the two things of each pair
    count : number of things

    Returns
    -------
    (count,) numbers from 0 on, equal within a group

    Examples
    --------
    >>> components(np.array([0, 3]), np.array([2, 2]), 5)
    array([0, 1, 0, 0, 2], dtype=int32)
    """
    # Here and not above: reading scipy takes a fifth of the start of every command, and few need it.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(one)), (one, other)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])
