"""Findings: what a check or an import has to say, collected and reported once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """Hold one fault or remark, with where it is, how much of it there is, and the way out.

    Parameters
    ----------
    check : short stable name of the check, `group.fault` (`coverage.overlap`, `row.bad_date`)
    severity : error (cannot be used or breaks a rule), warning (used, look at it), info
    message : one sentence for people, with the way out
    level : level of the regions concerned, empty where none
    codes : codes of the regions or records concerned
    amount : how much, in `unit`
    unit : unit of `amount`: m2, m, rows, cells, days
    file : name of the file concerned, empty where none
    row : row number in the file, the header being row 1; None where no single row is meant
    lon, lat : a point inside the fault, WGS-84 degrees; None where it has no place
    width_m : greatest width of the faulty land in metres; None where it has none
    """

    check: str
    severity: Severity
    message: str
    level: str = ""
    codes: tuple[str, ...] = ()
    amount: float | None = None
    unit: str = ""
    file: str = ""
    row: int | None = None
    lon: float | None = None
    lat: float | None = None
    width_m: float | None = None


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the gravest severity among the findings, None when there are none."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), None)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any finding is an error."""
    return worst(findings) == "error"


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings ordered by severity, then by amount, the largest first."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.check, -(f.amount or 0)))
