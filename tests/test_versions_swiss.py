"""A real history: the communes of four Swiss cantons in 2020 and 2023, replayed with their fusions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest

from gridmap import versions
from gridmap.editing.publishing import restore
from gridmap.loading.founding import found
from gridmap.loading.regions import Drawing, load_regions
from gridmap.store import open_store
from gridmap.versions import State

CANTONS = (10, 19, 21, 22)  # Fribourg, Aargau, Ticino, Vaud: most of the fusions of those years
YEARS = (2020, 2023)


def communes(folder: Path, year: int) -> gpd.GeoDataFrame:
    read = gpd.read_file(folder / "swiss_communes" / f"swiss_{year}.zip", layer="municipalities").to_crs(2056)
    return read[read["KTNR"].isin(CANTONS)].assign(id=lambda frame: frame["id"].astype(str))


def test_the_swiss_communes_replay_as_a_published_history(shared_data: Path, tmp_path: Path) -> None:
    drawn = {year: communes(shared_data, year) for year in YEARS}
    found(tmp_path / "store", crs="EPSG:2056")
    db = open_store(tmp_path / "store")
    for year, cells in drawn.items():
        cells.to_file(tmp_path / f"{year}.gpkg")
        load_regions(
            db, tmp_path / f"{year}.gpkg", Drawing("community", "id", "name"), effective=date(year, 1, 1)
        )

    differing = versions.diff(db, "2022-12-31", "2023-01-01").cells.set_index("code")
    before, after = (set(drawn[year]["id"]) for year in YEARS)
    assert set(differing.index[differing["change"] == "ended"]) == before - after
    assert set(differing.index[differing["change"] == "created"]) == after - before

    lineage = versions.lineage(db, 2)
    fused = lineage[lineage["from_code"].isin(before - after)]
    assert set(fused["from_code"]) == before - after
    assert fused["share_area"].tolist() == pytest.approx([1.0] * len(fused), abs=1e-6)
    oracle = receivers(drawn[2020], drawn[2023], before - after)
    assert dict(zip(fused["from_code"], fused["to_code"], strict=True)) == oracle

    first = State.at(db, date(2022, 12, 31))
    restore(db, 2, effective=date(2024, 1, 1), commit=True)
    again = State.at(db, date(2024, 1, 1))
    assert (again.entries, again.prints) == (first.entries, first.prints)
    db.close()


def receivers(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, gone: set[str]) -> dict[str, str]:
    """Find by a point inside which commune each of those that are gone became part of."""
    inside = old[old["id"].isin(gone)].assign(geometry=lambda frame: frame.geometry.representative_point())
    joined = inside[["id", "geometry"]].sjoin(new[["id", "geometry"]], predicate="within")
    return dict(zip(joined["id_left"], joined["id_right"], strict=True))
