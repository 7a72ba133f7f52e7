"""Days and periods: half-open, with a named beginning and end of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: "As far back as anyone looks" and "still so": the open ends of every period in the store.
OPEN_PAST = date(1900, 1, 1)
OPEN_FUTURE = date(9999, 12, 31)


@dataclass(frozen=True)
class Period:
    """Hold a half-open period of days [since, until); an open end is None."""

    since: date | None = None
    until: date | None = None
