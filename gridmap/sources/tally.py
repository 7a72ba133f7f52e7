"""Count faults of rows while a file streams by; say each kind once, with examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gridmap.findings import Finding, Severity
from gridmap.sources.words import counted

_EXAMPLES = 5


@dataclass
class _Kind:
    severity: Severity
    said: str
    way_out: str
    rows: int = 0
    examples: list[int] = field(default_factory=list)


@dataclass
class Tally:
    """Collect faults by kind.

    Parameters
    ----------
    file : name of the file for people
    """

    file: str
    _kinds: dict[tuple[str, str], _Kind] = field(default_factory=dict)

    def add(
        self,
        check: str,
        topic: str,
        rows: Sequence[int],
        *,
        said: str,
        way_out: str,
        severity: Severity = "error",
    ) -> None:
        """Add rows with one kind of fault.

        Parameters
        ----------
        check : name of the check
        topic : what tells two kinds of the same check apart, such as the field
        rows : row numbers
        said : what is wrong, to follow "N rows: "
        way_out : what to do about it
        severity : of the finding
        """
        if not rows:
            return
        kind = self._kinds.setdefault((check, topic), _Kind(severity, said, way_out))
        kind.rows += len(rows)
        kind.examples += rows[: _EXAMPLES - len(kind.examples)]

    def findings(self) -> list[Finding]:
        """Return one finding per kind."""
        return [self._finding(check, kind) for (check, _), kind in self._kinds.items()]

    def _finding(self, check: str, kind: _Kind) -> Finding:
        examples = ", ".join(str(row) for row in kind.examples)
        more = ", ..." if kind.rows > len(kind.examples) else ""
        message = f"{self.file}: {counted(kind.rows, 'row')} ({examples}{more}): {kind.said}. {kind.way_out}"
        row = kind.examples[0] if kind.rows == 1 else None
        return Finding(check, kind.severity, message, amount=kind.rows, unit="rows", file=self.file, row=row)
