"""The store as one object: what `gridmap.open` gives, with a method for everything the command line does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gridmap import checking, measures, regions, versions
from gridmap.editing import drafts, publishing
from gridmap.editing.publishing import Publication
from gridmap.editing.session import Drafting
from gridmap.findings import Finding
from gridmap.loading.features import load_features
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.loading.reports import LoadReport
from gridmap.measures import Boundaries
from gridmap.periods import Period
from gridmap.registers import register_named
from gridmap.repair import Rules
from gridmap.stamping import Stamp
from gridmap.store import Database, open_store
from gridmap.versions import Diff


@dataclass(frozen=True)
class Store:
    """Work with one store from Python.

    Parameters
    ----------
    database : the open store underneath
    """

    database: Database

    def load_regions(
        self,
        file: str | Path,
        *,
        level: str,
        code: str,
        name: str,
        parent: str | None = None,
        layer: str | None = None,
        crs: str | None = None,
        effective: date | None = None,
        repair: bool = False,
        dry_run: bool = False,
    ) -> LoadReport:
        """Load the polygons of one level; see `gridmap.loading.regions.load_regions`."""
        drawing = Drawing(level=level, code=code, name=name, parent=parent, layer=layer, crs=crs)
        return load_regions(self.database, Path(file), drawing, effective=effective,
                            rules=Rules(repair=repair), dry_run=dry_run)  # fmt: skip

    def load(
        self,
        register: str,
        file: str | Path,
        *,
        mapping: str = "plain",
        crs: str | None = None,
        dry_run: bool = False,
    ) -> LoadReport:
        """Load a file into a register; see `gridmap.loading.records.load_records`."""
        return load_records(self.database, Path(file), register_named(register),
                            mapping=mapping, crs=crs, dry_run=dry_run)  # fmt: skip

    def load_base(
        self, file: str | Path, *, crs: str | None = None, layer: str | None = None, dry_run: bool = False
    ) -> LoadReport:
        """Load what is drawn under the data; see `gridmap.loading.features.load_features`."""
        return load_features(self.database, Path(file), crs=crs, layer=layer, dry_run=dry_run)

    def check(self, *, level: str | None = None, on: date | None = None) -> list[Finding]:
        """Check the boundaries of a day and the placement of the records; see `gridmap.checking.check`."""
        return checking.check(self.database, level=level, on=on)

    def place(
        self, points: pd.DataFrame, *, x: str, y: str, level: str, crs: str, on: date | None = None
    ) -> pd.DataFrame:
        """Place the rows of a frame into the cells of a level.

        Parameters
        ----------
        points : any frame with two columns of coordinates
        x, y : names of those columns (east or longitude, north or latitude)
        level : level of the cells
        crs : datum or CRS of the coordinates
        on : day whose boundaries to use; the store's today when None

        Returns
        -------
        The frame in the same order with region_code, region_name, placed_by and on_border; the code is
        empty where there is no cell
        """
        stamp = Stamp.of(self.database, level=level, on=on, crs=crs)
        return stamp.stamped(points, x=x, y=y)

    def measure(
        self,
        *keys: str,
        level: str,
        period: Period | None = None,
        boundaries: Boundaries = "then",
        categories: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Compute measures for every cell of a level; see `gridmap.measures.stats`."""
        return measures.stats(self.database, keys, level=level, period=period,
                              boundaries=boundaries, categories=categories)  # fmt: skip

    def regions(self, *, level: str, on: date | None = None) -> gpd.GeoDataFrame:
        """Return the polygons of a level on a day; see `gridmap.regions.map_of`."""
        return regions.map_of(self.database, level=level, on=on)

    def draft(
        self, name: str, *, title: str = "", on: date | None = None, version: int | None = None
    ) -> Drafting:
        """Open a draft, or begin it when there is none of this name.

        Parameters
        ----------
        name : name of the draft
        title : a new draft: what it is about
        on : a new draft: day whose boundaries it begins with; the store's today when None
        version : a new draft: version it begins with instead
        """
        if name in set(drafts.drafts(self.database)["draft"]):
            return Drafting.open(self.database, name)
        return Drafting.begin(self.database, name, title=title, on=on, version=version)

    def versions(self) -> pd.DataFrame:
        """List all versions of the map; see `gridmap.versions.versions`."""
        return versions.versions(self.database)

    def diff(self, before: str, after: str) -> Diff:
        """Compare two versions or days; see `gridmap.versions.diff`."""
        return versions.diff(self.database, before, after)

    def restore(
        self,
        version: int,
        *,
        effective: date | None = None,
        void: bool = False,
        with_later: bool = False,
        commit: bool = False,
    ) -> Publication:
        """Take a version back; see `gridmap.editing.publishing.restore`."""
        return publishing.restore(self.database, version, effective=effective, void=void,
                                  with_later=with_later, commit=commit)  # fmt: skip

    def close(self) -> None:
        """Close the store."""
        self.database.close()


def open_(path: str | Path, *, create: bool = False) -> Store:
    """Open the store in a folder.

    Parameters
    ----------
    path : the store's folder
    create : make a new, empty store when there is none

    Raises
    ------
    StoreError : when there is no store, or it cannot be opened
    """
    return Store(open_store(Path(path), create=create))
