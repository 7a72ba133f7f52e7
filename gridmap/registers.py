"""Registers: the tables that people bring, described once.

A register is one table of the store plus its measures. This module says which fields each has,
of what type, and which are needed; `sources` reads files into these fields, `loading` puts them
into the store, the documentation lists them.

The registers that need a program of their own (petitions, buildings, ...) are written out here. All others
are data: `queries/registers/NAME.toml` describes one and `NAME.sql` makes its table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gridmap import definitions
from gridmap.errors import UsageError

FieldType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
#: What a field says of somebody. All but a remark are sealed and lie in `personal_value`, away from the
#: record; a text is shown scrubbed. A remark stays with its record, scrubbed, and nobody keeps the original.
PersonalKind = Literal["", "name", "phone", "id", "address", "text", "remark"]


@dataclass(frozen=True)
class Field:
    """Describe one field of a register.

    Parameters
    ----------
    name : column name in the register's table
    type : how a text of the file is read
    required : a row without it is set aside
    values : when given, the only values allowed
    headers : other headers by which a column of the field is known
    words : what the values are called in files, with the value each stands for
    refers : register whose single key the field holds; empty when it holds none
    secret : whether it says who somebody is: a keyed hash of it is all that is read
    personal : what it says of somebody; empty when nothing
    """

    name: str
    type: FieldType = "text"
    required: bool = False
    values: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    refers: str = ""
    secret: bool = False
    personal: PersonalKind = ""

    @property
    def is_sealed(self) -> bool:
        """Return whether its values are sealed and kept away from the record."""
        return self.personal not in ("", "remark")


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
    title_zh, title_en : what people call it; the name when empty
    described : whether it is data only: its rows lie in `record`, from which its table is made
    person_key : fields that name whom the personal values are about; those of `key` when empty
    retained_from : field with the day from which the time runs after which personal values are destroyed;
        empty = they stay as long as the record does
    """

    name: str
    table: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    placed: bool = False
    title_zh: str = ""
    title_en: str = ""
    described: bool = False
    person_key: tuple[str, ...] = ()
    retained_from: str = ""

    @property
    def sealed_fields(self) -> tuple[Field, ...]:
        """Return the fields whose values are sealed."""
        return tuple(entry for entry in self.fields if entry.is_sealed)

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
    title_zh="诉求",
    title_en="Petitions",
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
        Field("petitioner_name", personal="name", headers=("诉求人", "诉求人姓名", "来电人", "投诉人")),
        Field("petitioner_phone", personal="phone",
              headers=("诉求人电话", "联系电话", "来电号码", "手机号码", "手机号", "电话")),
        Field("address", personal="address", headers=("诉求地址", "事发地址", "详细地址", "地址")),
        Field("content", personal="text", headers=("诉求内容", "问题描述", "内容", "描述")),
    ),
    retained_from="received_at",
)  # fmt: skip

_EVENT_WORDS = (
    ("上报", "received"), ("受理", "accepted"), ("不予受理", "rejected"), ("立案", "filed"),
    ("派遣", "dispatched"), ("分拨", "dispatched"), ("退件", "returned"), ("退回", "returned"),
    ("签收", "signed"), ("处置中", "processing"), ("回应", "responded"), ("答复", "responded"),
    ("延期", "extended"), ("挂起", "suspended"), ("恢复", "resumed"), ("升级", "escalated"),
    ("变更分类", "reclassified"), ("督办", "supervised"), ("处置", "disposed"), ("核查", "verified"),
    ("返工", "rework"), ("重办", "rework"), ("结案", "closed"), ("重启", "reopened"), ("并案", "merged"),
    ("拆分", "split"), ("作废", "void"), ("评价", "rated"), ("差评整改", "corrected"),
)  # fmt: skip
#: The five grades of 好差评.
_SCORE_WORDS = (("非常满意", "5"), ("满意", "4"), ("基本满意", "3"), ("不满意", "2"), ("非常不满意", "1"))
_LEVEL_WORDS = (("街区", "block"), ("社区", "community"), ("街道", "street"), ("区", "district"))

EVENTS = Register(
    name="events",
    title_zh="诉求流转记录",
    title_en="Petition events",
    table="petition_event",
    key=("event_no",),
    fields=(
        Field("event_no", required=True, headers=("流转编号", "记录编号")),
        Field("petition_no", required=True),
        Field("event", required=True, values=tuple(dict.fromkeys(value for _, value in _EVENT_WORDS)),
              headers=("环节", "操作", "流转环节"), words=_EVENT_WORDS),
        Field("happened_at", "timestamp", required=True, headers=("操作时间", "发生时间")),
        Field("unit", headers=("操作单位", "接收单位")),
        Field("until", "timestamp", headers=("延期至",)),
        Field("level", values=tuple(value for _, value in _LEVEL_WORDS), headers=("升级层级",),
              words=_LEVEL_WORDS),
        Field("score", "integer", headers=("评分", "满意度"), words=_SCORE_WORDS),
        Field("category"),
        Field("subcategory"),
        Field("reason", personal="remark"),
    ),
)  # fmt: skip

BUILDING_CATEGORIES = ("urban_village", "estate", "dormitory", "public_housing", "other")

BUILDINGS = Register(
    name="buildings",
    title_zh="出租屋",
    title_en="Rental buildings",
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
    title_zh="分级方案",
    title_en="Rating schemes",
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
    title_zh="出租屋评级",
    title_en="Ratings",
    table="rental_rating",
    key=("building_no", "valid_from"),
    fields=(
        Field("building_no", required=True),
        Field("scheme", required=True),
        Field("level", required=True),
        Field("valid_from", "date", required=True),
        Field("valid_to", "date"),
        Field("reason", personal="remark"),
    ),
)

INSPECTIONS = Register(
    name="inspections",
    title_zh="巡查",
    title_en="Inspections",
    table="inspection",
    key=("inspection_no",),
    fields=(
        Field("inspection_no", required=True),
        Field("building_no", required=True),
        Field("inspected_at", "timestamp", required=True),
        Field("result", personal="remark"),
        Field("hazards_found", "integer"),
    ),
)

POPULATION = Register(
    name="population",
    title_zh="人口",
    title_en="Counted places",
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
    "building_manager", "council_member", "community_secretary", "street_secretary", "zone_head",
    "branch_secretary", "group_leader", "member_household", "volunteer", "property_staff",
)  # fmt: skip

RESPONSIBILITIES = Register(
    name="responsibilities",
    title_zh="责任人",
    title_en="People in charge",
    table="responsibility",
    key=("region_code", "role", "person_no", "valid_from"),
    fields=(
        Field("region_code", required=True),
        Field("role", required=True, values=ROLES),
        Field("person_no", required=True),
        Field("person_name", personal="name"),
        Field("phone", personal="phone"),
        Field("duty"),
        Field("valid_from", "date", required=True),
        Field("valid_to", "date"),
    ),
    person_key=("person_no",),
    retained_from="valid_to",
)

#: What a description may say of a register and of a field, beside their names.
_ABOUT_REGISTER = ("table", "key", "placed", "title", "fields", "retained_from")
_ABOUT_FIELD = ("type", "required", "values", "headers", "refers", "secret", "personal")


def register_from(content: Mapping[str, Any], *, name: str) -> Register:
    """Return the register that TOML content describes.

    Parameters
    ----------
    content : table, key, placed, title.zh, title.en, and [fields.NAME] with type, required, values (a list,
        or the words of files with the value each stands for), headers, refers, secret, personal;
        retained_from
    name : name of the register

    Raises
    ------
    UsageError : when it says what does not exist, or lacks what is needed

    >>> register_from({"table": "wish", "key": ["wish_no"], "fields": {"wish_no": {"required": True}},
    ...                "title": {"zh": "微心愿", "en": "Wishes"}}, name="wishes").fields[0].required
    True
    """
    _only(content, _ABOUT_REGISTER, f"{name}.toml")
    missing = [key for key in ("table", "key", "title", "fields") if not content.get(key)]
    missing += [
        f"title.{language}" for language in ("zh", "en") if not content.get("title", {}).get(language)
    ]
    if missing:
        raise UsageError(f"{name}.toml does not say {', '.join(missing)}.")
    described = tuple(
        _field_from(entry, name=key, where=f"{name}.toml") for key, entry in content["fields"].items()
    )
    register = Register(
        name=name, table=content["table"], key=tuple(content["key"]), fields=described,
        placed=bool(content.get("placed", False)), title_zh=content["title"]["zh"],
        title_en=content["title"]["en"], described=True, retained_from=content.get("retained_from", ""),
    )  # fmt: skip
    _refuse_loose_key(register)
    refuse_personal_key(register)
    _refuse_strange_day(register)
    return register


def _field_from(content: Mapping[str, Any], *, name: str, where: str) -> Field:
    _only(content, _ABOUT_FIELD, f"{where} [fields.{name}]")
    kind = content.get("type", "text")
    if kind not in get_args(FieldType):
        raise UsageError(
            f"{where} [fields.{name}]: type '{kind}' is none of {', '.join(get_args(FieldType))}."
        )
    personal = content.get("personal", "")
    if personal not in get_args(PersonalKind):
        known = ", ".join(filter(None, get_args(PersonalKind)))
        raise UsageError(f"{where} [fields.{name}]: personal = '{personal}' is none of {known}.")
    values = content.get("values", [])
    words = tuple(values.items()) if isinstance(values, dict) else ()
    return Field(
        name=name, type=kind, required=bool(content.get("required", False)),
        values=tuple(dict.fromkeys(values.values() if words else values)),
        headers=tuple(content.get("headers", ())), words=words,
        refers=content.get("refers", ""), secret=bool(content.get("secret", False)), personal=personal,
    )  # fmt: skip


def _only(content: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    strange = [key for key in content if key not in known]
    if strange:
        raise UsageError(f"{where}: there is no {', '.join(strange)} here. There are: {', '.join(known)}.")


def _refuse_loose_key(register: Register) -> None:
    needed = {entry.name for entry in register.fields if entry.required}
    loose = [name for name in register.key if name not in needed]
    if loose:
        raise UsageError(
            f"{register.name}.toml: {', '.join(loose)} is in the key, so it must be a field that is required."
        )


def refuse_personal_key(register: Register) -> None:
    """Refuse a register whose key says who somebody is: keys stand in lists, logs and files.

    Raises
    ------
    UsageError : when a field of the key, or one that is no text, is declared personal
    """
    wrong = [entry.name for entry in register.fields if entry.personal and
             (entry.type != "text" or entry.required or
              entry.name in {*register.key, *register.person_key, register.retained_from})]  # fmt: skip
    if wrong:
        raise UsageError(f"{register.name}: {', '.join(wrong)} cannot be personal: such a field is a text, "
                         "not required and not in the key. Give records a number of their own.")  # fmt: skip


def _refuse_strange_day(register: Register) -> None:
    days = {entry.name for entry in register.fields if entry.type in ("date", "timestamp")}
    if register.retained_from and register.retained_from not in days:
        raise UsageError(f"{register.name}.toml: retained_from = '{register.retained_from}' is no field with "
                         f"a day. There are: {', '.join(sorted(days)) or 'none'}.")  # fmt: skip


def _described() -> tuple[Register, ...]:
    """Read the descriptions of all folders of definitions."""
    found = []
    for name in definitions.names_in("registers", ".toml"):
        path = definitions.find(f"{name}.toml")
        assert path is not None
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise UsageError(f"{path} is no valid TOML: {fault}.") from fault
        found.append(register_from(content, name=path.stem))
    return tuple(found)


CORE: tuple[Register, ...] = (
    PETITIONS, EVENTS, BUILDINGS, SCHEMES, RATINGS, INSPECTIONS, POPULATION, RESPONSIBILITIES,
)  # fmt: skip

REGISTERS: tuple[Register, ...] = (*CORE, *_described())


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


def placed_registers() -> tuple[Register, ...]:
    """Return the registers whose records have a place."""
    return tuple(register for register in REGISTERS if register.placed)
