"""Read from the store what a plan is measured by."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import shapely

from gridmap import settings
from gridmap.coverage import Coverage
from gridmap.periods import Period
from gridmap.planning.impact import LOADS, Baseline, Ground, Impact, impact_of
from gridmap.polygons import Geometries
from gridmap.store import Database


def impact(
    db: Database, draft: Coverage, base: Coverage, *, period: Period | None = None, on: date | None = None
) -> Impact:
    """Work out what a draft changes; `baseline` and `impact_of` do the same in two steps.

    Parameters
    ----------
    db : the open store
    draft, base : the map as drafted, and the one it is compared with
    period : count petitions received in it
    on : day of the ratings and inspections; the last day of the period, no later than today, when omitted
    """
    return impact_of(baseline(db, base, period=period, on=on), draft)


def baseline(
    db: Database, base: Coverage, *, period: Period | None = None, on: date | None = None
) -> Baseline:
    """Read everything that lies on a map, once for all edits of a draft.

    Parameters
    ----------
    db : the open store
    base : the map, in the CRS of the store
    period : count petitions received in it
    on : day of the ratings and inspections; the last day of the period, no later than today, when omitted
    """
    asked = period or Period()
    moment = _moment(db, asked, on)
    chosen = settings.from_environment()
    points = db.query("planning/points", since=asked.since, until=asked.until, moment=moment)
    missing = db.query("planning/pointless", since=asked.since, until=asked.until, moment=moment)
    return Baseline.of(
        base, _with_ratings(points), ground=_ground(db, base, moment.date()),
        unplaced={name: float(missing.iloc[0][name]) for name in LOADS[:4]},
        band=(chosen.band_low, chosen.band_high),
    )  # fmt: skip


def _moment(db: Database, period: Period, on: date | None) -> datetime:
    """Return the moment of which states are told: the end of a day, or now."""
    if on is not None:
        return datetime.combine(on + timedelta(days=1), time.min)
    now = db.now()
    return now if period.until is None else min(now, datetime.combine(period.until, time.min))


def _with_ratings(points: pd.DataFrame) -> pd.DataFrame:
    """Give every rating a column of its own: the rental buildings of that rating."""
    levels = sorted(points["rating"].dropna().unique())
    rated = {f"rated_{level}": points["rental_buildings"] * (points["rating"] == level) for level in levels}
    return points.drop(columns="rating").assign(**rated)


def _ground(db: Database, base: Coverage, day: date) -> Ground:
    west, south, east, north = map(float, shapely.total_bounds(base.cells) * base.step)
    box = {"min_x": west, "min_y": south, "max_x": east, "max_y": north}
    buildings, roads = (db.query("planning/ground", kind=kind, **box) for kind in ("building", "road"))
    return Ground(_shapes(buildings), _shapes(roads), tuple(roads["name"].fillna("")),
                  db.query("planning/centres", on_day=day))  # fmt: skip


def _shapes(rows: pd.DataFrame) -> Geometries:
    return np.asarray(shapely.from_wkb(rows["wkb"].map(bytes).to_numpy(dtype=object)))
