"""What an import has to say when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from gridmap.findings import Finding

CHANGE_COLUMNS = ("code", "name", "change", "area_m2", "changed_m2")


def no_changes() -> pd.DataFrame:
    """Return an empty list of changed cells."""
    return pd.DataFrame(columns=list(CHANGE_COLUMNS))


@dataclass(frozen=True)
class LoadReport:
    """Say what an import did, or would do.

    Parameters
    ----------
    register : register, or `regions LEVEL`
    file : name of the file
    rows_read : rows or features in the file; every one is kept, unchanged or set aside
    rows_kept : rows new or changed in the store
    rows_unchanged : rows that the store holds already, in every field the same
    rows_set_aside : rows that cannot be used; they stay in the store with the reason
    findings : everything worth saying, once
    applied : whether the store changed; False in a dry run and when there was nothing to do
    already_loaded : whether this very file was loaded before
    changes : for boundaries, one row per cell: code, name, change (new, changed, renamed, ended, divided,
        unassigned, noded), area_m2, changed_m2 (land gained plus land lost against the drawing)
    placed : for records, how many were placed in which way on the store's today: placed_by, reason, records
    import_id : number of the import, None when nothing was recorded
    """

    register: str
    file: str
    rows_read: int
    rows_kept: int
    rows_unchanged: int
    rows_set_aside: int
    findings: Sequence[Finding] = ()
    applied: bool = False
    already_loaded: bool = False
    changes: pd.DataFrame = field(default_factory=no_changes)
    placed: pd.DataFrame | None = None
    import_id: int | None = None


def loaded_before(register: str, file: str, *, rows_read: int, set_aside: int, earlier: int) -> LoadReport:
    """Say that a file's content was loaded before, by an earlier import, so that nothing was changed."""
    message = f"{file} was loaded before, as import {earlier}. Nothing was changed."
    return LoadReport(
        register=register,
        file=file,
        rows_read=rows_read,
        rows_kept=0,
        rows_unchanged=rows_read - set_aside,
        rows_set_aside=set_aside,
        findings=[Finding("import.already_loaded", "info", message, file=file)],
        already_loaded=True,
    )
