"""One street with everything in it, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gridmap import crs
from gridmap.demo.buildings import Buildings, place_buildings
from gridmap.demo.grids import Grids, divide_street
from gridmap.demo.land import Land, draw_land
from gridmap.demo.names import StreetNames
from gridmap.demo.noise import Floats, Ints, only_where
from gridmap.demo.people import People, settle
from gridmap.demo.plan import CityPlan
from gridmap.demo.regions import NOBODY

METRIC = "EPSG:4547"
LONLAT = "EPSG:4326"


@dataclass(frozen=True)
class Street:
    """Hold one street: its land, buildings, people and division.

    Parameters
    ----------
    seed, number : seed of the demo and number of the street in it
    prefix : letters that begin the numbers of its records, unlike those of any other street
    names : names it was made with
    """

    seed: int
    number: int
    prefix: str
    names: StreetNames
    land: Land
    buildings: Buildings
    people: People
    grids: Grids

    @property
    def demo_name(self) -> str:
        """Return the short name of the demo the street belongs to."""
        return self.names.demo

    @property
    def community_of_building(self) -> Ints:
        """Return the community of each building, NOBODY on land in none."""
        return self.grids.community[self.buildings.parcel]

    @property
    def community_names(self) -> np.ndarray:
        """Return the names of the communities."""
        return np.array([community.name for community in self.grids.communities], dtype=object)

    def region_names_of(self, parcel: Ints) -> np.ndarray:
        """Return the community's name at each of some parcels, None on land in none."""
        community = self.grids.community[parcel]
        return only_where(community != NOBODY, self.community_names[community])


def build_street(
    plan: CityPlan, names: StreetNames, *, seed: int, number: int, people: int, changes: bool
) -> Street:
    """Draw, build, settle and divide one street.

    Parameters
    ----------
    plan : what the streets of the city share
    names : names and codes of this street
    people : how many live in it
    changes : whether two boundary changes lie in its past
    """
    land = draw_land(plan, number, seed=seed)
    buildings = place_buildings(land, seed=seed, number=number)
    settled = settle(land, buildings, people=people, seed=seed, number=number)
    per_parcel = np.bincount(buildings.parcel, settled.people, len(land.parcels))
    grids = divide_street(land, per_parcel.astype(float), names, seed=seed, number=number, changes=changes)
    return Street(seed, number, f"S{number + 1:02d}", names, land, buildings, settled, grids)


def lonlat(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude (WGS-84 degrees, 7 decimals: about a centimetre) of points in metres."""
    lon, lat = crs.to_lonlat(x, y, METRIC)
    return np.round(lon, 7), np.round(lat, 7)


def building_codes(street: Street) -> np.ndarray:
    """Return the 19-digit code of every building: district, street, community, base grid, number.

    Buildings on land in no community carry community 000; one in twelve has no code.
    """
    community = street.community_of_building
    base_grid = street.buildings.parcel % 40 + 1
    serial = np.arange(len(street.buildings)) + 1
    missing = serial * 7919 % 12 == 0
    codes = [
        f"{street.grids.code}{place + 1:03d}{grid:02d}{at:05d}"
        for place, grid, at in zip(community.tolist(), base_grid.tolist(), serial.tolist(), strict=True)
    ]
    return only_where(~missing, np.array(codes, dtype=object))


def summed(street: Street, parcels: Ints) -> shapely.Geometry:
    """Return the land of some parcels as one geometry, every shared vertex kept."""
    return shapely.coverage_union_all(street.land.parcels[parcels])
