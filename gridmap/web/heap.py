"""Memory that the process no longer needs goes back to the system.

The C library keeps an arena of its own for every thread that asks for memory, and gives back only what lies
at the end of one. Answers are worked out on many threads, kept for ten minutes and let go of: what was free
in those arenas grew by 25 MB each time, while what was in use stayed the same. Two arenas, and giving back
what is free in them, keep the process at what it needs.
"""

from __future__ import annotations

import ctypes
import gc
import logging
from functools import cache

_LOG = logging.getLogger("gridmap.heap")
_ARENA_MAX, _ARENAS = -8, 2  # M_ARENA_MAX of mallopt(3)
#: New objects before the young are looked through, and how often that before the older ones.
_COLLECTED_AFTER = (10_000, 20, 20)


def settle() -> None:
    """Let all threads share two arenas (GNU C library), and leave what is loaded for good out of collections.

    Looking through a million objects that stay anyhow holds up everybody for a third of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)
    library = _c_library()
    if library is not None and not library.mallopt(_ARENA_MAX, _ARENAS):
        _LOG.warning("The C library did not take the number of arenas.")


def give_back() -> None:
    """Give free memory back to the system."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


@cache
def _c_library() -> ctypes.CDLL | None:
    """Return the C library when it has what is asked of it here."""
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
