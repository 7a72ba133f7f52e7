"""What land is used for: hills, a town centre by the river, old villages, estates, works further out."""

from __future__ import annotations

import numpy as np
import shapely

from gridmap.demo.cuts import Style
from gridmap.demo.noise import Bools, Floats, Ints, field
from gridmap.demo.plan import RIVER, Lines

VILLAGE_SHARE, FACTORY_SHARE = 0.27, 0.50  # of the land below the treeline

USES = (
    "village",
    "factory",
    "estate",
    "commerce",
    "public",
    "park",
    "hill",
    "water",
    "construction",
    "vacant",
)


#: How the land of each use is cut by lanes.
LANES: dict[str, Style] = {
    "village": Style(8500.0, wobble=0.13, narrow_m=38.0),
    "factory": Style(26000.0, wobble=0.03, narrow_m=70.0),
    "estate": Style(30000.0, wobble=0.05, narrow_m=80.0),
    "commerce": Style(14000.0, wobble=0.04, narrow_m=50.0),
    "public": Style(30000.0, wobble=0.04, narrow_m=80.0),
    "vacant": Style(60000.0, wobble=0.08, narrow_m=90.0),
}


WHOLE = Style(None)


def choose_uses(
    random: np.random.Generator,
    middles: Floats,
    area: Floats,
    flat: Bools,
    main: Lines,
) -> tuple[np.ndarray, Ints]:
    """Choose uses by place: hills, town centre, old villages, estates near the centre, factories beyond."""
    centre = _town_centre(middles, flat, main)
    far = np.hypot(*(middles - centre).T)
    villages = _village_sites(random, middles, flat, far)
    apart = np.hypot(middles[:, 0, None] - villages[:, 0], middles[:, 1, None] - villages[:, 1])
    reach = random.uniform(150, 330, len(villages))
    works = field(random, wavelength_m=2600).at(*middles.T) + far / 1900
    dice = random.random(len(middles))
    village = (
        flat & (far > 300) & _first_of(np.min(apart / reach, axis=1), area, VILLAGE_SHARE * area[flat].sum())
    )
    use = np.where(
        _first_of(-works, np.where(flat & ~village, area, 0), FACTORY_SHARE * area[flat].sum()),
        "factory",
        "estate",
    ).astype(object)
    use[(use == "estate") & (dice < 0.10)] = "public"
    use[(use == "estate") & (dice > 0.90)] = "park"
    use[(use == "factory") & (dice < 0.05)] = "construction"
    use[(use == "factory") & (dice > 0.85)] = "vacant"
    use[(far < 620) & (dice < 0.72)] = "commerce"
    use[village] = "village"
    use[~flat] = "hill"
    place = np.arange(len(middles)) + 1000
    place[village] = np.argmin(apart / reach, axis=1)[village]
    return use, place


def _first_of(score: Floats, area: Floats, wanted_m2: float) -> Bools:
    """Choose the land with the lowest scores until there is enough of it."""
    order = np.argsort(score, kind="stable")
    chosen = np.zeros(len(score), dtype=bool)
    chosen[order[np.cumsum(area[order]) <= wanted_m2]] = True
    return chosen


def _town_centre(middles: Floats, flat: np.ndarray, main: Lines) -> Floats:
    """Return the middle of the flat land, moved to the river."""
    middle: Floats = middles[flat].mean(axis=0)
    rivers = main.geometry[main.rank == RIVER]
    if not len(rivers):
        return middle
    line = shapely.union_all(rivers)
    near: Floats = shapely.get_coordinates(shapely.shortest_line(line, shapely.Point(middle)))[0]
    return near if np.hypot(*(near - middle)) < 1500 else middle


def _village_sites(random: np.random.Generator, middles: Floats, flat: np.ndarray, far: Floats) -> Floats:
    """Choose the sites of old villages: on flat land, at least 800 m apart."""
    sites: list[Floats] = []
    for at in random.permutation(np.flatnonzero(flat & (far > 380))):
        if all(np.hypot(*(middles[at] - site)) > 760 for site in sites):
            sites.append(middles[at] + random.normal(0, 40, 2))
    return np.array(sites[:24])
