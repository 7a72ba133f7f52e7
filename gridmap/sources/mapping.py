"""Mappings: how the columns of someone's table become the fields of a register. TOML, checked on loading.

[file]         encoding, sheet, layer, delimiter, crs, timezone, null = ["-"], register, by_name
[columns]      field = "COLUMN", or the first of ["COLUMN", "Column"] that is there, or
               {any = [...], optional = true}
[formats]      field = "%Y-%m-%d", or several; "iso" stands for the usual forms
[constants]    field = value, the same for every row
[values.FIELD] "投诉" = "complaint"; values not listed stay
[[derive]]     field, value, when = {COLUMN = "1"}; the first rule that fits decides
[aliases]      field = ["other header"], used with by_name
[personal]     field = "name", "phone", "id", "address", "text" or "remark": what it says of somebody, where
               the register does not say so itself
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from gridmap.crs import parse_crs
from gridmap.errors import UsageError
from gridmap.registers import REGISTERS, PersonalKind, Register, refuse_personal_key
from gridmap.sources.encodings import known_encoding
from gridmap.sources.words import did_you_mean

_SECTIONS = ("file", "columns", "formats", "constants", "values", "derive", "aliases", "personal")
_FILE_KEYS = ("encoding", "sheet", "layer", "delimiter", "crs", "timezone", "null", "register", "by_name")
_PROFILES = Path(__file__).parent.parent / "profiles"


@dataclass(frozen=True)
class ColumnChoice:
    """Name the columns that may hold a field; the first that is there does."""

    any: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True)
class Rule:
    """Give a field a value where all named columns hold one of the given texts."""

    field: str
    value: str
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Mapping:
    """Hold how a table is read into a register.

    Parameters
    ----------
    name : name of the profile or of the file
    columns : columns by field
    formats : forms of dates and times by field, in strptime's notation or `iso`
    constants : fields that are the same in every row
    values : translations by field
    derive : rules, in order
    aliases : other headers by field
    personal : what fields say of somebody, beyond what the register says
    by_name : whether a field is also taken from a column of its own name
    encoding, sheet, layer, delimiter, crs : how to open the file, None where it is to be found out
    timezone : zone of the result, for times written with a zone of their own
    null : words for nothing
    """

    name: str
    columns: MappingOf[str, ColumnChoice] = field(default_factory=dict)
    formats: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    constants: MappingOf[str, str] = field(default_factory=dict)
    values: MappingOf[str, MappingOf[str, str]] = field(default_factory=dict)
    derive: tuple[Rule, ...] = ()
    aliases: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    personal: MappingOf[str, PersonalKind] = field(default_factory=dict)
    by_name: bool = False
    encoding: str | None = None
    sheet: str | None = None
    layer: str | None = None
    delimiter: str | None = None
    crs: str | None = None
    timezone: str = "Asia/Shanghai"
    null: tuple[str, ...] = ()


def profiles() -> tuple[str, ...]:
    """Return the names of the shipped mappings."""
    return tuple(sorted(path.stem for path in _PROFILES.glob("*.toml")))


def load_mapping(name_or_path: str | Path, register: Register) -> Mapping:
    """Return a shipped mapping by name, or a person's own by path.

    Parameters
    ----------
    name_or_path : `plain`, `pingshan`, `open311`, or a TOML file
    register : register that the table is loaded into

    Raises
    ------
    UsageError : when there is no such mapping, or it names what does not exist; the message says the file,
        section and key, and the likeliest right word
    """
    path = _find(str(name_or_path))
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UsageError(f"{path.name} is no valid TOML: {fault}.") from fault
    return mapping_from(content, name=path.name if path.parent != _PROFILES else path.stem, register=register)


def mapping_from(content: MappingOf[str, Any], *, name: str, register: Register) -> Mapping:
    """Return the mapping that TOML content describes, checked against the register.

    Raises
    ------
    UsageError : as `load_mapping`
    """
    return _Reader(name, register).read(content)


def _find(name: str) -> Path:
    if name in profiles():
        return _PROFILES / f"{name}.toml"
    path = Path(name)
    if path.is_file():
        return path
    known = ", ".join(profiles())
    raise UsageError(
        f"There is no mapping '{name}'.{did_you_mean(name, profiles())} Give a TOML file, or one of: {known}."
    )


@dataclass(frozen=True)
class _Reader:
    """Read one mapping; every complaint names the file, the section and the key."""

    name: str
    register: Register

    def read(self, content: MappingOf[str, Any]) -> Mapping:
        self._known("the file", content, _SECTIONS, "section")
        file = self._section(content, "file")
        self._known("[file]", file, _FILE_KEYS, "key")
        self._meant_for(file)
        by_name = self._flag(file, "by_name")
        mapping = Mapping(
            name=self.name,
            columns={key: self._choice(key, value) for key, value in self._fields(content, "columns")},
            formats={key: self._forms(key, value) for key, value in self._fields(content, "formats")},
            constants={key: self._value("constants", key, value)
                       for key, value in self._fields(content, "constants")},
            values=self._translations(content, shared=by_name),
            derive=tuple(self._rule(entry) for entry in self._list(content, "derive")),
            aliases=self._aliases(content),
            personal={key: self._kind(key, value) for key, value in self._fields(content, "personal")},
            by_name=by_name,
            timezone=self._timezone(file),
            null=self._texts("[file] null", file.get("null", [])),
            **self._opening(file),
        )  # fmt: skip
        self._not_twice(mapping)
        return mapping

    def _section(self, content: MappingOf[str, Any], section: str) -> MappingOf[str, Any]:
        entries = content.get(section, {})
        if not isinstance(entries, dict):
            raise UsageError(f"{self.name}: [{section}] must be a table of keys and values.")
        return entries

    def _list(self, content: MappingOf[str, Any], section: str) -> list[MappingOf[str, Any]]:
        entries = content.get(section, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise UsageError(f"{self.name}: write every rule under a heading [[{section}]] of its own.")
        return entries

    def _fields(self, content: MappingOf[str, Any], section: str) -> Iterable[tuple[str, Any]]:
        entries = self._section(content, section)
        for key in entries:
            self._field(f"[{section}]", key)
        return entries.items()

    def _field(self, where: str, key: str) -> None:
        names = [entry.name for entry in self.register.all_fields]
        if key not in names:
            raise UsageError(
                f"{self.name}, {where}: {self.register.name} has no field '{key}'.{did_you_mean(key, names)} "
                f"Its fields: {', '.join(names)}."
            )

    def _known(self, where: str, entries: MappingOf[str, Any], known: Iterable[str], noun: str) -> None:
        for key in entries:
            if key not in known:
                listed = ", ".join(known)
                raise UsageError(
                    f"{self.name}: there is no {noun} '{key}' in {where}.{did_you_mean(key, known)} "
                    f"There are: {listed}."
                )

    def _meant_for(self, file: MappingOf[str, Any]) -> None:
        meant = file.get("register", self.register.name)
        if meant != self.register.name:
            raise UsageError(f"{self.name} is a mapping for {meant}, not for {self.register.name}.")

    def _opening(self, file: MappingOf[str, Any]) -> dict[str, str | None]:
        found = {key: self._text(key, file.get(key)) for key in
                 ("encoding", "sheet", "layer", "delimiter", "crs")}  # fmt: skip
        if found["crs"]:
            parse_crs(found["crs"])
        if found["encoding"]:
            known_encoding(found["encoding"])
        if found["delimiter"] and len(found["delimiter"]) != 1:
            raise UsageError(f"{self.name}: [file] delimiter must be one character, such as ';'.")
        return found

    def _timezone(self, file: MappingOf[str, Any]) -> str:
        zone = self._text("timezone", file.get("timezone")) or Mapping.timezone
        try:
            return ZoneInfo(zone).key
        except (KeyError, ValueError, OSError) as fault:
            raise UsageError(f"{self.name}: there is no timezone '{zone}'. Write Asia/Shanghai.") from fault

    def _text(self, key: str, value: object) -> str | None:
        if value is not None and not isinstance(value, str):
            raise UsageError(f"{self.name}: [file] {key} must be a text in quotes.")
        return value

    def _flag(self, entries: MappingOf[str, Any], key: str) -> bool:
        value = entries.get(key, False)
        if not isinstance(value, bool):
            raise UsageError(f"{self.name}: {key} must be true or false, without quotes.")
        return value

    def _texts(self, where: str, value: object) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise UsageError(f"{self.name}: {where} must be a text in quotes, or a list of such.")
        return tuple(items)

    def _choice(self, key: str, value: object) -> ColumnChoice:
        if not isinstance(value, dict):
            return ColumnChoice(self._texts(f"[columns] {key}", value))
        self._known(f"[columns] {key}", value, ("any", "optional"), "key")
        return ColumnChoice(self._texts(f"[columns] {key}", value.get("any")), self._flag(value, "optional"))

    def _forms(self, key: str, value: object) -> tuple[str, ...]:
        kind = next(entry.type for entry in self.register.all_fields if entry.name == key)
        forms = self._texts(f"[formats] {key}", value)
        if kind not in ("date", "timestamp"):
            raise UsageError(
                f"{self.name}: [formats] {key} is of type {kind}; only dates and times have a form."
            )
        for form in forms:
            if form != "iso" and "%" not in form:
                raise UsageError(
                    f"{self.name}: [formats] {key} = '{form}' is no form such as '%Y-%m-%d %H:%M'."
                )
        return forms

    def _value(self, section: str, key: str, value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float):
            return str(value)
        raise UsageError(f"{self.name}: [{section}] {key} must be a text, a number, true or false.")

    def _translations(self, content: MappingOf[str, Any], *, shared: bool) -> dict[str, MappingOf[str, str]]:
        """Read [values.*]. A mapping shared by all registers translates only what a register restricts."""
        entries = self._section(content, "values")
        restricted = {entry.name for entry in self.register.all_fields if entry.values}
        found: dict[str, MappingOf[str, str]] = {}
        for key, words in entries.items():
            if shared and key not in restricted:
                continue
            self._field("[values]", key)
            if not isinstance(words, dict):
                raise UsageError(f"{self.name}: write translations of {key} under [values.{key}].")
            found[key] = {word: self._value(f"values.{key}", word, to) for word, to in words.items()}
        return found

    def _rule(self, entry: MappingOf[str, Any]) -> Rule:
        self._known("[[derive]]", entry, ("field", "value", "when"), "key")
        if "field" not in entry or "value" not in entry:
            raise UsageError(f"{self.name}: every [[derive]] needs a field and a value.")
        self._field("[[derive]]", str(entry["field"]))
        when = entry.get("when", {})
        if not isinstance(when, dict):
            raise UsageError(f"{self.name}: [[derive]] when must be like {{ COLUMN = '1' }}.")
        tests = tuple(
            (column, self._texts(f"[[derive]] when {column}", texts)) for column, texts in when.items()
        )
        return Rule(str(entry["field"]), self._value("derive", "value", entry["value"]), tests)

    def _aliases(self, content: MappingOf[str, Any]) -> dict[str, tuple[str, ...]]:
        """Read [aliases]; they may name the fields of any register."""
        names = {entry.name for register in (*REGISTERS, self.register) for entry in register.all_fields}
        entries = self._section(content, "aliases")
        self._known("[aliases]", entries, sorted(names), "field")
        return {key: self._texts(f"[aliases] {key}", value) for key, value in entries.items()}

    def _kind(self, key: str, value: object) -> PersonalKind:
        kinds = [kind for kind in get_args(PersonalKind) if kind]
        if value not in kinds:
            raise UsageError(f"{self.name}: [personal] {key} = '{value}' is none of {', '.join(kinds)}.")
        declared = next((entry for entry in self.register.fields if entry.name == key), None)
        if declared is None:
            raise UsageError(f"{self.name}: [personal] {key} says where a record is, not who somebody is.")
        kind: PersonalKind = value  # type: ignore[assignment]
        refuse_personal_key(replace(self.register, fields=(replace(declared, personal=kind),)))
        return declared.personal if declared.is_sealed else kind

    def _not_twice(self, mapping: Mapping) -> None:
        for key in mapping.constants:
            if key in mapping.columns:
                raise UsageError(f"{self.name}: {key} is under both [columns] and [constants]. Keep one.")
