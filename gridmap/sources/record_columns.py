"""Inside the child process: which column of the file feeds which field, decided once per file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridmap.errors import UsageError
from gridmap.registers import Register
from gridmap.sources.mapping import ColumnChoice, Mapping
from gridmap.sources.words import did_you_mean, matching, names_text

#: Columns that we put in front of rows set aside: they come back with the mended rows.
_OURS = "gridmap_"


@dataclass(frozen=True)
class Feeds:
    """Hold the column that feeds each field, the fields nothing feeds, and the columns that feed none."""

    column: dict[str, str]
    absent: tuple[str, ...]
    unread: tuple[str, ...] = ()


def feeds_of(mapping: Mapping, register: Register, columns: Sequence[str], shown: str) -> Feeds:
    """Match the mapping with the columns that a file has.

    Raises
    ------
    UsageError : when a named column is not there, or a required field is fed by nothing
    """
    found: dict[str, str] = {}
    absent: list[str] = []
    for field, choice in mapping.columns.items():
        column = next(filter(None, (matching(name, columns) for name in choice.any)), None)
        if column is not None:
            found[field] = column
        elif choice.optional:
            absent.append(field)
        else:
            raise UsageError(_no_column(shown, mapping, field, choice, columns))
    if mapping.by_name:
        found = {**_by_name(mapping, register, columns), **found}
    _require_tested(mapping, columns, shown)
    _require_needed(mapping, register, found, columns, shown)
    read = {*found.values(), *(column for rule in mapping.derive for column, _ in rule.when)}
    unread = (column for column in columns if column not in read and not column.startswith(_OURS))
    return Feeds(found, tuple(absent), tuple(unread))


def _no_column(shown: str, mapping: Mapping, field: str, choice: ColumnChoice, columns: Sequence[str]) -> str:
    named = " or ".join(f"'{name}'" for name in choice.any)
    hint = did_you_mean(choice.any[0], columns)
    listed = names_text(columns)
    return f"{shown} has no column {named}, which {mapping.name} maps to {field}.{hint} It has: {listed}."


def _by_name(mapping: Mapping, register: Register, columns: Sequence[str]) -> dict[str, str]:
    folded: dict[str, str] = {}
    for column in columns:
        folded.setdefault(column.casefold(), column)
    found = {}
    for field in register.all_fields:
        words = (field.name, *field.headers, *mapping.aliases.get(field.name, ()))
        match = next((folded[word.casefold()] for word in words if word.casefold() in folded), None)
        if match is not None:
            found[field.name] = match
    return found


def _require_tested(mapping: Mapping, columns: Sequence[str], shown: str) -> None:
    """Refuse a rule that tests a column which is not there."""
    for rule in mapping.derive:
        for column, _ in rule.when:
            if column not in columns:
                raise UsageError(
                    f"{shown} has no column '{column}', which {mapping.name} tests to derive {rule.field}."
                    f"{did_you_mean(column, columns)} It has: {names_text(columns)}."
                )


def _require_needed(
    mapping: Mapping, register: Register, found: dict[str, str], columns: Sequence[str], shown: str
) -> None:
    """Refuse a file in which nothing feeds a field that every row must have."""
    fed = {*found, *mapping.constants, *(rule.field for rule in mapping.derive)}
    missing = [field.name for field in register.all_fields if field.required and field.name not in fed]
    if missing:
        hints = "".join(did_you_mean(name, columns) for name in missing)
        raise UsageError(
            f"{shown} has no column for {', '.join(missing)}, which every row of {register.name} needs."
            f"{hints} It has: {names_text(columns)}. "
            "Say which column is which in a mapping (--mapping FILE.toml)."
        )
