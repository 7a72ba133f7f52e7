"""The log: one JSON object a line on stderr, ours and the framework's alike, without the words of faults."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson

from gridmap.errors import UsageError
from gridmap.web.faults import described

LEVELS = ("debug", "info", "warning", "error")
#: What the framework makes its lines of; `gridmap_line` is what `_whole` has put into each record.
FORMAT = "%(gridmap_line)s"


def checked(level: str) -> str:
    """Return a level of the log, if it is one.

    Raises
    ------
    UsageError : when it is none

    >>> checked("info")
    'info'
    """
    if level not in LEVELS:
        raise UsageError(f"GRIDMAP_LOG_LEVEL={level} is none of {', '.join(LEVELS)}.")
    return level


@contextmanager
def writing(level: str) -> Iterator[None]:
    """Write what happens to stderr until the block ends.

    Parameters
    ----------
    level : debug, info, warning or error: the least that is written
    """
    ours, plain = logging.getLogger("gridmap"), logging.getLogRecordFactory()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    before = ours.level, ours.propagate
    ours.setLevel(checked(level).upper())
    ours.propagate = False
    ours.addHandler(handler)
    logging.setLogRecordFactory(lambda *args, **named: _whole(plain(*args, **named)))
    try:
        yield
    finally:
        logging.setLogRecordFactory(plain)
        ours.removeHandler(handler)
        ours.level, ours.propagate = before


class Lines(logging.Formatter):
    """Make one line of JSON of a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return line_of(record)


def line_of(record: logging.LogRecord) -> str:
    """Return a record as one line of JSON: time, level, logger, what is said, and the facts beside it."""
    facts: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "said": record.getMessage(),
        **getattr(record, "gridmap", {}),
    }
    return orjson.dumps(facts, default=str).decode()


def _whole(record: logging.LogRecord) -> logging.LogRecord:
    """Return a record of any logger with its faults named by their kind only, and with its line."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            type(one).__name__ if isinstance(one, BaseException) else one for one in record.args
        )
    if record.exc_info and record.exc_info[1] is not None:
        record.gridmap = described(record.exc_info[1])
    record.exc_info = None
    record.gridmap_line = line_of(record)
    return record
