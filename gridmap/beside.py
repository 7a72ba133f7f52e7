"""Work beside the work: a thread that ends with the block that needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def beside(name: str, work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do something in a thread of its own until the block ends; it is told so then, and waited for.

    It is waited for because a thread that is inside DuckDB when Python ends brings the whole process down.

    Parameters
    ----------
    name : of the thread
    work : what to do; it looks at the event now and then, which is set when the block has ended

    Examples
    --------
    >>> def work(over):
    ...     over.wait()
    ...     done.append("work")
    >>> done = []
    >>> with beside("example", work):
    ...     done.append("block")
    >>> done
    ['block', 'work']
    """
    over = threading.Event()
    thread = threading.Thread(target=work, args=(over,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
