"""Where people of one street are served: a service centre in every community, a station in every block."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from gridmap.demo.noise import Ints
from gridmap.demo.regions import NOBODY
from gridmap.demo.street import Street, lonlat
from gridmap.demo.tables import table_of
from gridmap.registers import register_named


def facilities_table(street: Street) -> pa.Table:
    """Return the facilities of one street, each in the building nearest to the middle of its people."""
    centres = _sites(street, _of_communities(street))
    stations = _sites(street, [block.parcels for block in street.grids.today("block").values()])
    blocks = [block.name for block in street.grids.today("block").values()]
    names = [f"{name}党群服务中心" for name in street.community_names] + [f"{name}驿站" for name in blocks]
    kinds = ["service_center"] * len(centres) + ["station"] * len(stations)
    built = np.array([*centres, *stations], dtype=np.int64)
    has_building = built != NOBODY
    built, number = built[has_building], np.arange(len(built))[has_building]
    lon, lat = lonlat(street.buildings.x[built], street.buildings.y[built])
    return table_of(register_named("facilities"), {
        "facility_no": [f"{street.prefix}-F{at + 1:03d}" for at in number.tolist()],
        "name": [names[at] for at in number.tolist()], "kind": [kinds[at] for at in number.tolist()],
        "x": lon, "y": lat,
    }, len(built))  # fmt: skip


def _of_communities(street: Street) -> list[Ints]:
    return [np.flatnonzero(street.grids.community == at) for at in range(len(street.grids.communities))]


def _sites(street: Street, lands: Iterable[Ints]) -> list[int]:
    """Return for each piece of land its building nearest to the middle of its people; NOBODY without one."""
    x, y, weight = street.buildings.x, street.buildings.y, street.people.people + 1e-6
    found = []
    for parcels in lands:
        own = np.flatnonzero(np.isin(street.buildings.parcel, parcels))
        if not len(own):
            found.append(NOBODY)
            continue
        middle = [np.average(axis[own], weights=weight[own]) for axis in (x, y)]
        found.append(int(own[np.argmin(np.hypot(x[own] - middle[0], y[own] - middle[1]))]))
    return found
