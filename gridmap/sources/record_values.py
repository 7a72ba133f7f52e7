"""Inside the child process: the values of each field of a chunk, and the rows whose values cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridmap.registers import Field, FieldType
from gridmap.sources import mapping as mappings
from gridmap.sources import values
from gridmap.sources.personal import quoted
from gridmap.sources.source import Booleans

_CHECKS: dict[FieldType, str] = {
    "text": "row.bad_text",
    "integer": "row.bad_number",
    "number": "row.bad_number",
    "boolean": "row.bad_boolean",
    "date": "row.bad_date",
    "timestamp": "row.bad_date",
}


@dataclass(frozen=True)
class Fault:
    """Hold the rows of a chunk in which one field cannot be used.

    Parameters
    ----------
    check : name of the check
    field : name of the field
    rows : whether each row has the fault
    reasons : gives the reason of the row at a position
    way_out : what to do about it
    """

    check: str
    field: str
    rows: Booleans
    reasons: Callable[[int], str]
    way_out: str


@dataclass(frozen=True)
class Read:
    """Hold the values of one field, and the texts they were read from where those could not be read."""

    values: pa.Array
    texts: pa.Array | None
    unreadable: Booleans


def read_field(field: Field, table: pa.Table, column: str | None, mapping: mappings.Mapping) -> Read:
    """Return a field's values for the rows of a chunk.

    A rule of the mapping decides first, then the column (translated), then the constant.
    """
    if column is not None and not _worded(field, mapping):
        native = _native(table[column], field.type)
        if native is not None:
            return Read(native, None, np.zeros(len(table), dtype=np.bool_))
    texts = _texts(field, table, column, mapping)
    found = _parsed(texts, field, mapping)
    unreadable = pc.and_(pc.is_valid(texts), pc.is_null(found))
    return Read(found, texts, unreadable.to_numpy(zero_copy_only=False))


def faults_of(field: Field, read: Read, column: str | None) -> list[Fault]:
    """Return the faults that make rows unusable: unreadable, missing or not allowed."""
    source = f"{field.name} (column {column})" if column and column != field.name else field.name
    found = [_unreadable(field, read, source)]
    if field.required:
        found.append(_missing(field, read, source))
    if field.values:
        found.append(_not_allowed(field, read, source))
    return [fault for fault in found if fault.rows.any()]


# -- texts --------------------------------------------------------------------------------------------


def _worded(field: Field, mapping: mappings.Mapping) -> bool:
    """Return whether the mapping says something about the field that has to be done on texts."""
    ruled = any(rule.field == field.name for rule in mapping.derive)
    return bool(
        ruled
        or field.name in mapping.values
        or field.name in mapping.constants
        or field.values
        or field.words
    )


def _native(column: pa.ChunkedArray, kind: FieldType) -> pa.Array | None:
    """Return a column whose type already is the field's; None when it has to be read as text."""
    found = column.type
    fits = {
        "timestamp": pa.types.is_timestamp(found) and found.tz is None,
        "date": pa.types.is_date(found),
        "integer": pa.types.is_integer(found),
        "number": pa.types.is_floating(found) or pa.types.is_integer(found),
        "boolean": pa.types.is_boolean(found),
        "text": False,
    }
    if not fits[kind]:
        return None
    cast = pc.cast(column, values.ARROW_TYPES[kind], safe=False)
    known = pc.if_else(pc.is_finite(cast), cast, None) if kind == "number" else cast
    return pa.concat_arrays(known.chunks) if known.num_chunks else pa.array([], values.ARROW_TYPES[kind])


def _texts(field: Field, table: pa.Table, column: str | None, mapping: mappings.Mapping) -> pa.Array:
    nothing = pa.nulls(len(table), pa.string())
    texts = nothing if column is None else values.trimmed(values.as_text(table[column]), mapping.null)
    texts = _translated(texts, {**mapping.values.get(field.name, {}), **dict(field.words)})
    for rule in reversed([rule for rule in mapping.derive if rule.field == field.name]):
        texts = pc.if_else(_holds(rule, table), rule.value, texts)
    constant = mapping.constants.get(field.name)
    texts = texts if constant is None else pc.fill_null(texts, constant)
    return _as_allowed(texts, field.values)


def _translated(texts: pa.Array, words: Mapping[str, str]) -> pa.Array:
    if not words:
        return texts
    at = pc.index_in(texts, value_set=pa.array(list(words), pa.string()))
    return pc.coalesce(pc.take(pa.array(list(words.values()), pa.string()), at), texts)


def _as_allowed(texts: pa.Array, allowed: Sequence[str]) -> pa.Array:
    """Return texts in the spelling of the allowed values, which are all lower case."""
    if not allowed:
        return texts
    lower = pc.utf8_lower(texts)
    return pc.if_else(pc.is_in(lower, value_set=pa.array(allowed, pa.string())), lower, texts)


def _holds(rule: mappings.Rule, table: pa.Table) -> pa.Array:
    """Return for each row whether every column that the rule tests holds one of its texts."""
    result = pa.array(np.ones(len(table), dtype=np.bool_))
    for column, wanted in rule.when:
        texts = pc.fill_null(values.trimmed(values.as_text(table[column])), "")
        result = pc.and_(result, pc.is_in(texts, value_set=pa.array(wanted, pa.string())))
    return result


def _parsed(texts: pa.Array, field: Field, mapping: mappings.Mapping) -> pa.Array:
    if field.type in ("date", "timestamp"):
        read = values.dates if field.type == "date" else values.timestamps
        return read(texts, formats=mapping.formats.get(field.name, ()), timezone=mapping.timezone)
    return values.PARSERS[field.type](texts)


# -- faults -------------------------------------------------------------------------------------------


def _unreadable(field: Field, read: Read, source: str) -> Fault:
    wanted = values.WANTED[field.type]

    def reason(at: int) -> str:
        text = read.texts[at].as_py() if read.texts is not None else ""
        return f"{source} holds '{quoted(text or '')}' where {wanted} is wanted"

    way_out = f"Write {wanted}"
    if field.type in ("date", "timestamp"):
        way_out += f", or say how it is written under [formats] {field.name} in the mapping"
    return Fault(_CHECKS[field.type], field.name, read.unreadable, reason, f"{way_out}.")


def _missing(field: Field, read: Read, source: str) -> Fault:
    missing = pc.is_null(read.values).to_numpy(zero_copy_only=False) & ~read.unreadable
    return Fault("row.missing_value", field.name, missing, lambda _: f"{source} is empty",
                 "Every row needs it: fill it in.")  # fmt: skip


def _not_allowed(field: Field, read: Read, source: str) -> Fault:
    allowed = pc.is_in(read.values, value_set=pa.array(field.values, pa.string()))
    wrong = pc.and_(pc.is_valid(read.values), pc.invert(allowed)).to_numpy(zero_copy_only=False)
    way_out = (
        f"Allowed are: {', '.join(field.values)}. Translate other words under [values.{field.name}] "
        "in the mapping."
    )

    def reason(at: int) -> str:
        return f"{source} holds '{quoted(read.values[at].as_py())}', which is not allowed"

    return Fault("row.value_not_allowed", field.name, wrong, reason, way_out)
