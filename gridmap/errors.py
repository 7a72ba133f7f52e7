"""The error tree: what went wrong, and which exit code says so.

    GridmapError                    base; catch it to show any message gridmap means for people
    |-- UsageError        exit 2    the request itself is wrong: unknown level, measure, column
    |-- UnreadableInput   exit 2    a file cannot be read: missing, damaged, wrong format or encoding
    |-- StoreError        exit 2    the store cannot be opened: absent, of a newer version
    |   |-- StoreInUse    exit 2    another process has it open
    |   |-- StoreFull     exit 2    the disk is full
    |   `-- StoreLost     exit 2    the database failed inside
    `-- Refused           exit 3    understood and not done: it would break a rule that gridmap keeps
        |-- EditRefused   exit 3    a boundary edit that would break the map, with the place where
        `-- Denied        exit 3    whoever asks has no right to it, or has not signed in

Every message says what, where and how many, and ends with the way out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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


class StoreInUse(StoreError):
    """Say that another process has the store open.

    Parameters
    ----------
    message : which store, and what to do
    folder : folder of the store
    """

    def __init__(self, message: str, *, folder: Path) -> None:
        super().__init__(message)
        self.folder = folder


class StoreFull(StoreError):
    """Say that the disk is full, and that nothing is lost."""


class StoreLost(StoreError):
    """Say that the database failed inside and is opened again, and that nothing is lost.

    Parameters
    ----------
    statement : the statement of `queries/` at which it failed; empty when it had failed before
    """

    def __init__(self, statement: str = "") -> None:
        where = f" at the statement {statement}" if statement else ""
        super().__init__(f"The database failed inside{where}. Nothing that was acknowledged is lost and "
                         "nothing half-done; it is opened anew for who asks next. Ask again.")  # fmt: skip
        self.statement = statement


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


class Denied(Refused):
    """Say that whoever asks has no right to something.

    Parameters
    ----------
    message : who may not do what, and who can help
    action : what was asked, as the table of rights names it; empty when nobody has signed in
    """

    def __init__(self, message: str, *, action: str = "") -> None:
        super().__init__(message)
        self.action = action


class EditRefused(Refused):
    """Say which guard a boundary edit ran into, where, and the way out.

    Parameters
    ----------
    reason : stable key of the guard, such as `locked_border`
    message : what is refused, and the way out
    codes : regions concerned
    at : place in the CRS of the coverage, None where it has none
    lon_lat : the same place in WGS-84 degrees
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        codes: Sequence[str] = (),
        at: tuple[float, float] | None = None,
        lon_lat: tuple[float | None, float | None] = (None, None),
    ) -> None:
        self.reason, self.codes, self.at, self.lon_lat = reason, tuple(codes), at, lon_lat
        lon, lat = lon_lat
        found = Finding(f"edit.{reason}", "error", message, codes=self.codes, lon=lon, lat=lat)
        super().__init__(message, findings=[found])

    def to_json(self) -> dict[str, Any]:
        """Return reason, message, codes, place and the place in degrees, for the editor."""
        return {"reason": self.reason, "message": str(self), "codes": list(self.codes),
                "at": self.at, "lon_lat": None if None in self.lon_lat else self.lon_lat}  # fmt: skip
