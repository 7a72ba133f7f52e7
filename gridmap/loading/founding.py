"""Found a new store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gridmap import crs as datum
from gridmap import versions
from gridmap.errors import Refused, UsageError
from gridmap.store import FILE_NAME, open_store


def found(folder: Path, *, crs: str, title: str | None = None, more: Mapping[str, str] | None = None) -> None:
    """Make a new, empty store.

    Parameters
    ----------
    folder : where it is to be
    crs : metric CRS of all its geometry
    title : name of the place
    more : further settings of the store

    Raises
    ------
    Refused : when there is a store already
    UsageError : when the CRS is not metric
    """
    if (folder / FILE_NAME).exists():
        raise Refused(f"There is a store in {folder} already. Choose another folder.")
    metric = datum.parse_crs(crs)
    if metric.proj.is_geographic:
        raise UsageError(f"{crs} is in degrees. A store needs a metric CRS, such as EPSG:4547.")
    chosen = {"crs": crs, **({"title_zh": title, "title_en": title} if title else {}), **(more or {})}
    database = open_store(folder, create=True)
    try:
        with database.transaction() as tx:
            for key, value in chosen.items():
                tx.run("load/set_setting", key=key, value=value)
            versions.rebuild_ancestry(tx)
    finally:
        database.close()
