"""All figures of one area at once: a street's monthly meeting without reading the whole city for each figure.

What the figures asked for look at is put aside once, in memory; then both views are worked out side by side,
each measure for all levels together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from gridmap import definitions, measures, sql
from gridmap.errors import UsageError
from gridmap.levels import EVERY
from gridmap.measures import Boundaries, measure_named
from gridmap.periods import Period
from gridmap.regions import regions_on
from gridmap.store import Database

#: What is put aside where a figure looks at it, in two strands side by side: each from those before it.
STRANDS = (
    ("petition", "petition_course", "region_version", "ancestry"),
    ("place", "rental_building", "rental_rating", "inspection", "hazard", "responsibility", "population",
     "visit", "record"),
)  # fmt: skip
#: What is worked out once per view where several figures start from it, and what takes its place.
KEPT = {
    "petition_kept": ("petition_placed", "petition_in_cell"),
    "petition_received_kept": ("petition_received",),
    "petition_due_kept": ("petition_due",),
    "petition_disposal_due_kept": ("petition_disposal_due",),
    "petition_disposed_kept": ("petition_disposed",),
    "petition_handled_kept": ("petition_handled",),
    "inspected_kept": ("inspected_before",),
    "building_kept": ("building_in_cell", "building_located"),
    "rating_change_kept": ("rating_change",),  # behind the buildings, from which it starts
}
#: What is counted over the whole store whatever the area: figures that look at it are not worked out apart.
_AROUND = frozenset({"petitioner"})
#: So many figures must start from the same before it pays to keep it.
_PAYS = 3
BOTH: tuple[Boundaries, ...] = ("then", "now")


@dataclass(frozen=True)
class _Asked:
    """Hold what is asked for: the region, the days, the categories, and what counts as now."""

    region: int
    period: Period
    categories: tuple[str, ...]
    now: datetime
    compute: Callable[..., pd.DataFrame]

    def of(self, db: Database, keys: Sequence[str], view: Boundaries) -> pd.DataFrame:
        """Compute measures of everything there is in a store."""
        return self.compute(db, keys, level=EVERY, boundaries=view, period=self.period,
                            categories=self.categories)  # fmt: skip

    def values(self, view: Boundaries) -> dict[str, object]:
        """Return the parameters of statements about a view."""
        return {"region_id": self.region,
                **measures.parameters(EVERY, self.period, view, self.categories, self.now)}  # fmt: skip


def figures_within(
    db: Database,
    keys: Sequence[str],
    code: str,
    *,
    period: Period,
    views: Sequence[Boundaries] = BOTH,
    categories: Sequence[str] = (),
    compute: Callable[..., pd.DataFrame] = measures.stats,
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
    compute : gives the figures: gridmap.measures.stats, or what withholds small cells from a reader, which
        takes longer, for it looks at the whole store

    Returns
    -------
    Frame with view, level, then as gridmap.measures.stats; one row per view and cell, by view, level, code.
    Every figure is the one that stats gives for its level.

    Raises
    ------
    UsageError : when there is no such region or measure
    """
    asked = _Asked(_region(db, code), period, tuple(categories), db.now(), compute)
    is_plain = db.is_itself and compute is measures.stats
    apart = [key for key in keys if _can_be_put_aside(key)] if is_plain else []
    rest = [key for key in keys if key not in apart]
    with ThreadPoolExecutor(max_workers=len(views)) as pool:
        whole = [pool.submit(asked.of, db, rest, view) for view in views] if rest or not apart else []
        parts = [_inside(db, apart, asked, views)] if apart else []
        parts += [[view.result() for view in whole]] if whole else []
    inside = set(db.query("excerpt/regions", region_id=asked.region)["region_id"])
    joined = [_joined(tables, inside, keys) for tables in zip(*parts, strict=True)]
    found = pd.concat(joined, keys=[str(view) for view in views], names=["view", "row"])
    return found.reset_index(level="view").reset_index(drop=True)


def _can_be_put_aside(key: str) -> bool:
    """Return whether a figure can be worked out from an excerpt: one's own may look at anything."""
    measure_named(key)
    return (definitions.shipped_folder() / f"measures/{key}.sql").is_file() and _words(key).isdisjoint(
        _AROUND
    )


def _inside(
    db: Database, keys: Sequence[str], asked: _Asked, views: Sequence[Boundaries]
) -> list[pd.DataFrame]:
    """Put aside what the figures look at, then work the views out side by side, one frame each."""
    with db.annexed() as area, ThreadPoolExecutor(max_workers=len(views)) as pool:
        _put_aside(area, keys, asked)
        return list(pool.map(lambda view: _one_view(area, keys, asked, view), views))


def _put_aside(area: Database, keys: Sequence[str], asked: _Asked) -> None:
    words = frozenset().union(*(_words(key) for key in keys))
    kinds = [word.strip("'") for word in words if word.startswith("'")]
    values = {**asked.values("then"), "words": list(words), "kinds": kinds}
    strands = [[table for table in strand if table in words] for strand in STRANDS]
    with ThreadPoolExecutor(max_workers=len(strands)) as pool:
        list(pool.map(lambda tables: _run_all(area, tables, values), strands))


def _one_view(area: Database, keys: Sequence[str], asked: _Asked, view: Boundaries) -> pd.DataFrame:
    values = asked.values(view)
    with area.aside() as hand:
        for table, macros in KEPT.items():
            if sum(not _words(key).isdisjoint(macros) for key in keys) >= _PAYS:
                _run_all(hand, (table, *macros), values)
        return asked.of(hand, keys, view)


def _words(key: str) -> frozenset[str]:
    return sql.words_of(f"measures/{key}")


def _run_all(db: Database, names: Iterable[str], values: dict[str, object]) -> None:
    """Run statements one after the other, each of which sees what those before it made."""
    with db.transaction() as tx:
        for name in names:
            query = sql.load(f"excerpt/{name}")
            tx.run(query.name, **{param: values[param] for param in query.params})


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
