"""The error tree: what went wrong, and which exit code says so.

    GridmapError                    base; catch it to show any message gridmap means for people
    |-- UsageError        exit 2    the request itself is wrong: unknown level, measure, column
    |-- UnreadableInput   exit 2    a file cannot be read: missing, damaged, wrong format or encoding
    |-- StoreError        exit 2    the store cannot be opened: absent, in use, of a newer version
    `-- Refused           exit 3    understood and not done: it would break a rule that gridmap keeps

Every message says what, where and how many, and ends with the way out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridmap.findings import Finding


class GridmapError(Exception):
    """Say what went wrong in words meant for the person who asked."""

    exit_code = 2


class UsageError(GridmapError):
    """Say that the request itself is wrong, and what would be right."""


class UnreadableInput(GridmapError):
    """Say which file cannot be read, and why."""


class StoreError(GridmapError):
    """Say why the store cannot be opened."""


class Refused(GridmapError):
    """Say which rule an otherwise well-formed request would break.

    Parameters
    ----------
    message : what is refused, how many faults there are, and the way out
    findings : every fault, so that all can be mended in one go
    """

    exit_code = 3

    def __init__(self, message: str, *, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)
