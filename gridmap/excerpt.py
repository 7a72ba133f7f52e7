"""All figures of one area at once: a street's monthly meeting without reading the whole city for each figure.

The records of the area are put aside once, in memory; then every measure is asked for all levels together.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd

from gridmap import measures
from gridmap.errors import UsageError
from gridmap.levels import EVERY
from gridmap.measures import Boundaries, measure_named
from gridmap.periods import Period
from gridmap.regions import regions_on
from gridmap.registers import REGISTERS
from gridmap.store import Database

#: What is put aside, each from the one before.
TABLES = (
    "petition_course", "rental_building", "rental_rating", "inspection", "population", "record",
)  # fmt: skip
#: Each has an area of its own in memory; the database keeps both processors busy for one already.
HANDS = 1
BOTH: tuple[Boundaries, ...] = ("then", "now")


def figures_within(
    db: Database,
    keys: Sequence[str],
    code: str,
    *,
    period: Period,
    views: Sequence[Boundaries] = BOTH,
    categories: Sequence[str] = (),
) -> pd.DataFrame:
    """Compute measures for a region and all cells inside it, of all levels, in one go.

    Parameters
    ----------
    db : the open store
    keys : measures
    code : code of the region, as in force today
    period : days to look at
    views : boundaries in which records are counted: then, now, or days
    categories : categories of petitions to count; all when empty

    Returns
    -------
    Frame with view, level, then as gridmap.measures.stats; one row per view and cell, by view, level, code.
    Every figure is the one that stats gives for its level.

    Raises
    ------
    UsageError : when there is no such region or measure
    """
    region = _region(db, code)
    asked = {"level": EVERY, "period": period, "categories": categories}
    wide = [key for key in keys if measure_named(key).looks == "store"]
    narrow = [key for key in keys if key not in wide]
    with ThreadPoolExecutor(max_workers=HANDS + 1) as pool:
        whole = pool.submit(lambda: [measures.stats(db, wide, boundaries=view, **asked) for view in views])  # type: ignore[arg-type]
        parts = [pool.submit(_inside, db, narrow[hand::HANDS], region, asked, views) for hand in range(HANDS)]
        answers = [whole.result(), *(part.result() for part in parts)]
    inside = set(db.query("excerpt/regions", region_id=region)["region_id"])
    tables = [_joined(tables, inside, keys) for tables in zip(*answers, strict=True)]
    found = pd.concat(tables, keys=[str(view) for view in views], names=["view", "row"])
    return found.reset_index(level="view").reset_index(drop=True)


def _inside(
    db: Database, keys: Sequence[str], region: int, asked: dict[str, Any], views: Sequence[Boundaries]
) -> list[pd.DataFrame]:
    """Put the area's records aside and compute measures of them, one frame per view."""
    with db.aside() as area:
        with area.transaction() as tx:
            tx.run("excerpt/place", region_id=region)
            tx.run("excerpt/petition", region_id=region, since=asked["period"].since)
            for table in TABLES:
                tx.run(f"excerpt/{table}")
            for register in REGISTERS:
                if register.described and register.placed:
                    tx.make_aside(f"registers/{register.name}")
            tx.run("excerpt/ancestry", region_id=region)
        return [measures.stats(area, keys, boundaries=view, **asked) for view in views]


def _region(db: Database, code: str) -> int:
    regions = regions_on(db, db.now().date())
    found = regions[regions["code"] == code]
    if found.empty:
        raise UsageError(
            f"There is no region '{code}' today. List them: gridmap regions --level LEVEL -o FILE"
        )
    return int(found["region_id"].iloc[0])


def _joined(tables: Sequence[pd.DataFrame], inside: set[int], keys: Sequence[str]) -> pd.DataFrame:
    """Put the figures of one view side by side, in the order of the keys, for the cells inside."""
    about = ["level", "region_id", "code", "name", "parent_id", "kind"]
    cells, figures = tables[0][about], [table.set_index("region_id").drop(columns=about[2:] + about[:1])
                                        for table in tables]  # fmt: skip
    both = cells.join(pd.concat(figures, axis=1), on="region_id")
    own = both[both["region_id"].isin(inside)]
    named = [name for key in keys for name in own.columns if name == key or name.startswith(f"{key}.")]
    return own[[*about, *dict.fromkeys(named)]]
