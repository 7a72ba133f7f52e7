"""Registers: the tables that people bring, described once.

A register is one table of the store plus its measures. This module says which fields each has,
of what type, and which are needed; `sources` reads files into these fields, `loading` puts them
into the store, the documentation lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gridmap.errors import UsageError

FieldType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]


@dataclass(frozen=True)
class Field:
    """Describe one field of a register.

    Parameters
    ----------
    name : column name in the register's table
    type : how a text of the file is read
    required : a row without it is set aside
    values : when given, the only values allowed
    """

    name: str
    type: FieldType = "text"
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """Describe one register: its table, its key, its fields and whether its rows have a place.

    Parameters
    ----------
    name : name used on the command line, plural (`petitions`)
    table : table of the store (`petition`)
    key : fields that name a row; a second row with the same key in one file is set aside
    fields : the register's own fields, without those of its place
    placed : whether rows carry the fields of PLACE_FIELDS and are placed into grid cells
    """

    name: str
    table: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    placed: bool = False

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """Return the register's own fields followed by those of its place, where it has one."""
        return self.fields + (PLACE_FIELDS if self.placed else ())


#: How a record may say where it is, in the order in which gridmap believes it. `x`, `y` are the
#: coordinates as they stand in the file (x east or longitude, y north or latitude); loading keeps
#: them as raw_x, raw_y and stores metric x, y beside them.
PLACE_FIELDS: tuple[Field, ...] = (
    Field("x", "number"),
    Field("y", "number"),
    Field("building_code"),
    Field("region_code"),
    Field("region_name"),
    Field("parent_name"),
)

PETITION_STATES = (
    "received", "accepted", "filed", "dispatched", "returned", "signed", "processing", "extended",
    "disposed", "verified", "closed", "reopened", "rejected", "merged", "split", "void",
)  # fmt: skip

PETITIONS = Register(
    name="petitions",
    table="petition",
    key=("petition_no",),
    placed=True,
    fields=(
        Field("petition_no", required=True),
        Field("channel"),
        Field("kind"),
        Field("category"),
        Field("subcategory"),
        Field("handler"),
        Field("status", required=True, values=PETITION_STATES),
        Field("received_at", "timestamp", required=True),
        Field("accepted_at", "timestamp"),
        Field("filed_at", "timestamp"),
        Field("dispatched_at", "timestamp"),
        Field("signed_at", "timestamp"),
        Field("disposed_at", "timestamp"),
        Field("closed_at", "timestamp"),
        Field("due_at", "timestamp"),
        Field("closed_on_time", "boolean"),
        Field("merged_into"),
        Field("split_from"),
    ),
)

BUILDING_CATEGORIES = ("urban_village", "estate", "dormitory", "public_housing", "other")

BUILDINGS = Register(
    name="buildings",
    table="rental_building",
    key=("building_no",),
    placed=True,
    fields=(
        Field("building_no", required=True),
        Field("name"),
        Field("category", values=BUILDING_CATEGORIES),
        Field("rental_units", "integer"),
        Field("tenants", "integer"),
        Field("registered_on", "date"),
    ),
)

SCHEMES = Register(
    name="schemes",
    table="rating_scheme",
    key=("scheme", "level"),
    fields=(
        Field("scheme", required=True),
        Field("level", required=True),
        Field("rank", "integer", required=True),
        Field("title_zh", required=True),
        Field("title_en", required=True),
        Field("colour", required=True),
        Field("interval_days", "integer", required=True),
        Field("weight", "number", required=True),
    ),
)

RATINGS = Register(
    name="ratings",
    table="rental_rating",
    key=("building_no", "valid_from"),
    fields=(
        Field("building_no", required=True),
        Field("scheme", required=True),
        Field("level", required=True),
        Field("valid_from", "date", required=True),
        Field("valid_to", "date"),
        Field("reason"),
    ),
)

INSPECTIONS = Register(
    name="inspections",
    table="inspection",
    key=("inspection_no",),
    fields=(
        Field("inspection_no", required=True),
        Field("building_no", required=True),
        Field("inspected_at", "timestamp", required=True),
        Field("result"),
        Field("hazards_found", "integer"),
    ),
)

POPULATION = Register(
    name="population",
    table="population",
    key=("population_no",),
    placed=True,
    fields=(
        Field("population_no", required=True),
        Field("people", "integer", required=True),
        Field("households", "integer"),
        Field("counted_on", "date"),
    ),
)

ROLES = (
    "block_head", "red_grid_lead", "community_staff", "grid_worker", "grid_leader",
    "building_manager", "council_member", "community_secretary",
)  # fmt: skip

RESPONSIBILITIES = Register(
    name="responsibilities",
    table="responsibility",
    key=("region_code", "role", "person_no", "valid_from"),
    fields=(
        Field("region_code", required=True),
        Field("role", required=True, values=ROLES),
        Field("person_no", required=True),
        Field("person_name"),
        Field("phone"),
        Field("duty"),
        Field("valid_from", "date", required=True),
        Field("valid_to", "date"),
    ),
)

REGISTERS: tuple[Register, ...] = (
    PETITIONS, BUILDINGS, SCHEMES, RATINGS, INSPECTIONS, POPULATION, RESPONSIBILITIES,
)  # fmt: skip


def register_named(name: str) -> Register:
    """Return the register with this name.

    Raises
    ------
    UsageError : when there is none; the message lists those there are
    """
    for register in REGISTERS:
        if register.name == name:
            return register
    known = ", ".join(register.name for register in REGISTERS)
    raise UsageError(f"There is no register '{name}'. The registers are: {known}.")
