"""Who is in charge of which block, red grid and community: most filled, some ended, some empty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from gridmap.demo.facts import facts
from gridmap.demo.noise import generator
from gridmap.demo.regions import Region
from gridmap.demo.rentals import Rentals
from gridmap.demo.street import Street
from gridmap.demo.tables import table_of
from gridmap.registers import RESPONSIBILITIES, register_named

FIELDS = ("region_code", "role", "person_no", "person_name", "phone", "duty", "valid_from", "valid_to")
DUTIES = {
    "block_head": "街区负责人",
    "red_grid_lead": "红色网格牵头人",
    "grid_worker": "网格员",
    "community_secretary": "社区党委书记",
    "community_staff": "片区专职工作者",
    "council_member": "理事会成员",
    "street_secretary": "街道党工委书记",
    "zone_head": "分片主任",
    "building_manager": "楼栋长",
}
#: Share of the rental buildings with a manager, and of those whose term is over; buildings a manager holds.
MANAGED, LAPSED, HELD = 0.83, 0.04, 3
#: A red grid of which so much is works and dormitories is a dedicated one (专属网格).
DEDICATED = 0.75


@dataclass
class _Roll:
    """Collect the rows, numbering people as they come."""

    prefix: str
    random: np.random.Generator
    rows: list[tuple[object, ...]]
    people: int = 0

    def fill(
        self, region: str, role: str, *, ended: bool = False, before: bool = False, again: bool = False,
        duty: str = "",
    ) -> None:  # fmt: skip
        """Put somebody in charge.

        Parameters
        ----------
        region, role : of what, and as what
        ended : whether the term is over
        before : whether somebody else had it earlier
        again : whether it is the person put in charge last
        duty : what the person does there, when it is not what the role says
        """
        self.people -= again and self.people > 0
        start = np.datetime64("2023-01-01") + int(self.random.integers(0, 700))
        if before:
            handed = start + int(self.random.integers(200, 600))
            self._add(region, role, start, handed, duty)
            start = handed
        self._add(
            region,
            role,
            start,
            np.datetime64("2026-06-30") - int(self.random.integers(0, 150)) if ended else None,
            duty,
        )

    def _add(
        self, region: str, role: str, start: np.datetime64, end: np.datetime64 | None, duty: str
    ) -> None:
        self.people += 1
        person = f"{self.prefix}-M{self.people:05d}"
        phone = f"1990000{self.people % 10000:04d}"
        self.rows.append(
            (
                region,
                role,
                person,
                f"示例人员{self.people:04d}",
                phone,
                duty or DUTIES[role],
                start.item(),
                end.item() if end is not None else None,
            )
        )


def kind_of(street: Street, level: str, region: Region) -> str:
    """Return `dedicated` for a red grid that is nearly all works and dormitories, else `base`."""
    if level != "red_grid":
        return "base"
    area = shapely.area(street.land.parcels[region.parcels])
    works = street.land.use[region.parcels] == "factory"
    return "dedicated" if area[works].sum() > DEDICATED * area.sum() else "base"


def chains_table() -> pa.Table:
    """Return three chains of responsibility of five steps each, as reports of the field describe them."""
    steps = [(chain["name"], at, *step) for chain in facts("chains")["chain"]
             for at, step in enumerate(chain["steps"], start=1)]  # fmt: skip
    names = ("chain", "step", "role", "title", "unit")
    return table_of(register_named("chains"), {name: [step[at] for step in steps]
                                               for at, name in enumerate(names)}, len(steps))  # fmt: skip


def responsibilities_table(street: Street, rentals: Rentals) -> pa.Table:
    """Return the people in charge of one street's regions and buildings; names and numbers are made up."""
    roll = _Roll(street.prefix, generator(street.seed, street.number, "duty"), [])
    _communities(roll, street)
    for block in street.grids.today("block").values():
        if roll.random.random() > 0.05:
            roll.fill(block.code, "block_head", before=roll.random.random() < 0.2)
    for grid in street.grids.today("red_grid").values():
        _red_grid(roll, grid)
    # After the others, so that theirs stay as they were.
    for block in street.grids.today("block").values():
        for kind in facts("boards")["council"]:
            roll.fill(block.code, "council_member", duty=kind)
    roll.fill(street.grids.code, "street_secretary")
    _zones_and_buildings(roll, street, rentals)
    columns = {name: [row[at] for row in roll.rows] for at, name in enumerate(FIELDS)}
    return table_of(RESPONSIBILITIES, columns, len(roll.rows))


def _zones_and_buildings(roll: _Roll, street: Street, rentals: Rentals) -> None:
    """Put heads in charge of two zones in three, and managers of a few neighbouring buildings each."""
    own = _Roll(f"{roll.prefix}-L", generator(street.seed, street.number, "managers"), [])
    for block in street.grids.today("block").values():
        if own.random.random() < 0.66:
            own.fill(block.code, "zone_head")
    for at, building in enumerate(rentals.number.tolist()):
        luck = own.random.random()
        if luck < MANAGED:
            own.fill(building, "building_manager", ended=luck < LAPSED, again=at % HELD > 0)
    roll.rows += own.rows


def _communities(roll: _Roll, street: Street) -> None:
    """Give communities people in charge; of six undivided ones one lost them, one never had any."""
    undivided = [community.code for community in street.grids.communities if not community.divided]
    lapsed, vacant = set(undivided[1::6]), set(undivided[4::6])
    for community in street.grids.communities:
        if community.code not in vacant:
            roll.fill(community.code, "community_secretary", ended=community.code in lapsed)
    for code in undivided[::2]:
        if code not in vacant:
            roll.fill(code, "community_staff", ended=code in lapsed)


def _red_grid(roll: _Roll, grid: Region) -> None:
    """Fill a red grid: most have lead and worker, some only one of them, some nobody any more."""
    luck = roll.random.random()
    if luck < 0.06:
        return
    if luck < 0.12:
        roll.fill(grid.code, "red_grid_lead", ended=True)
        return
    roll.fill(grid.code, "red_grid_lead", before=luck > 0.85)
    if luck > 0.2:
        roll.fill(grid.code, "grid_worker")
    if luck > 0.7:
        roll.fill(grid.code, "grid_worker")
