"""House codes (房屋编码): 25 digits for a room, the first 19 of them for its building.

Eight levels stand one behind the other: province 2, city 2, district 2, street 3, community 3, base grid 2,
building 5, room 6 (Shenzhen's unified addresses of 2017). The first 12 digits are the community's code, the
first 14 the base grid's. A code keeps the grid of the day it was given: where a point is known, it counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridmap.errors import UsageError

#: Name and number of digits of each level, from the left.
LEVELS: tuple[tuple[str, int], ...] = (
    ("province", 2), ("city", 2), ("district", 2), ("street", 3), ("community", 3), ("base_grid", 2),
    ("building", 5), ("room", 6),
)  # fmt: skip
BUILDING_DIGITS, ROOM_DIGITS = 19, 25


@dataclass(frozen=True)
class HouseCode:
    """Hold a house code by its levels; room is empty in the code of a building."""

    province: str
    city: str
    district: str
    street: str
    community: str
    base_grid: str
    building: str
    room: str = ""

    @property
    def community_code(self) -> str:
        """Return the 12 digits of the community."""
        return self.province + self.city + self.district + self.street + self.community

    @property
    def base_grid_code(self) -> str:
        """Return the 14 digits of the base grid."""
        return self.community_code + self.base_grid

    @property
    def building_code(self) -> str:
        """Return the 19 digits of the building: what may be shown of a code."""
        return self.base_grid_code + self.building


def parse(code: str) -> HouseCode:
    """Take a house code apart.

    Parameters
    ----------
    code : 19 digits (a building) or 25 (a room)

    Raises
    ------
    UsageError : when it is no house code; the message says why

    >>> parse("4403070030030400042000003").community_code
    '440307003003'
    >>> parse("4403070030030400042").building
    '00042'
    """
    if fault := fault_of(code):
        raise UsageError(f"'{code[:BUILDING_DIGITS]}' is no house code: {fault}.")
    parts, at = [], 0
    for _, digits in LEVELS:
        parts.append(code[at : at + digits])
        at += digits
    return HouseCode(*parts)


def fault_of(code: str) -> str:
    """Return what is wrong with a house code, empty when nothing is.

    >>> fault_of("44030700300304000")
    'it has 17 digits, not 19 (building) or 25 (room)'
    """
    if not (code.isascii() and code.isdigit()):
        return "it holds something else than digits"
    if len(code) not in (BUILDING_DIGITS, ROOM_DIGITS):
        return f"it has {len(code)} digits, not {BUILDING_DIGITS} (building) or {ROOM_DIGITS} (room)"
    empty = [name for name, at, digits in (("province", 0, 1), ("district", 4, 2), ("building", 14, 5))
             if set(code[at : at + digits]) == {"0"}]  # fmt: skip
    return f"it names no {' and no '.join(empty)}" if empty else ""
