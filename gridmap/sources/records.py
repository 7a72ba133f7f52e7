"""Records of a register from any file: read in a child process, handed over as Parquet."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from gridmap.crs import METRIC, parse_crs
from gridmap.errors import UsageError
from gridmap.findings import Finding
from gridmap.registers import Register
from gridmap.settings import Settings, from_environment
from gridmap.sources.mapping import Mapping
from gridmap.sources.polygons import content_hash
from gridmap.sources.worker import Progress, findings_of, own_folder, run_child


@dataclass(frozen=True)
class Records:
    """Hold the records of one file. The Parquet files live in the work folder until the caller removes it.

    Parameters
    ----------
    parquet : usable rows: row_no, every field of the register with its type; a placed register has raw_x,
        raw_y, src_crs, x, y (metric, null where unusable), the other ways to name a place, and
        place_reason (why x, y are unusable, null where they are not)
    set_aside_parquet : rows that cannot be used: row_no, check_name, reason, raw (JSON); one row per row of
        the file and reason
    personal_parquet : what says who somebody is, sealed: row_no, record_key, field, kind, key_id, sealed,
        mark, shown; one row per row of the file and field
    rows_read : rows in the file, blank ones not counted
    rows_set_aside : rows of the file that were set aside
    findings : every fault and remark
    sha256 : hash of the file's content
    crs : CRS the coordinates were read in; empty where there are none
    """

    parquet: Path
    set_aside_parquet: Path
    personal_parquet: Path
    rows_read: int
    rows_set_aside: int
    findings: tuple[Finding, ...]
    sha256: str
    crs: str


def read_records(
    path: str | Path, *, register: Register, mapping: Mapping, workdir: Path, crs: str | None = None,
    target_crs: str = METRIC, progress: Progress | None = None, settings: Settings | None = None,
    seal: dict[str, object] | None = None,
) -> Records:  # fmt: skip
    """Read the records of a file of any known format, however large.

    A row whose required value is missing, whose value cannot be read or is not allowed, or whose key was
    used before in the file is set aside with the reason. Bad coordinates keep the row: a record may be
    placed by its building or its region's name.

    Parameters
    ----------
    path : file, or folder of a file geodatabase
    register : register that the records are of
    mapping : how its columns become fields, from `load_mapping`
    workdir : folder for the result
    crs : declared CRS of the coordinates; wins over the mapping's, which wins over the file's own
    target_crs : metric CRS of the result, an EPSG code
    progress : called with the number of rows read since the last call
    settings : limits of the reading process; from the environment when omitted
    seal : the keys that seal personal values, by period, and the first month that is kept; None = they are
        left out

    Raises
    ------
    UsageError : when a column that the mapping names, a sheet, a layer or a CRS does not exist, or somebody's
        identity would be read without a key to hash it with
    UnreadableInput : when the file cannot be read, or has coordinates whose CRS nobody says
    """
    file = Path(path)
    for name in filter(None, (crs, target_crs)):
        parse_crs(name)
    digest = content_hash(file)
    key = _hash_key(register, settings or from_environment())
    folder = own_folder(workdir)
    job = {"kind": "records", "hash_key": key, "path": str(file.resolve()), "register": asdict(register),
           "mapping": asdict(mapping), "crs": crs or mapping.crs, "target_crs": target_crs,
           "seal": seal}  # fmt: skip
    try:
        result = run_child(job, folder=folder, shown=file.name, progress=progress, settings=settings)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder / "staged", ignore_errors=True)
    return Records(
        folder / "canonical.parquet", folder / "set_aside.parquet", folder / "sealed.parquet",
        result["rows_read"], result["rows_set_aside"], findings_of(result), digest, result["crs"],
    )  # fmt: skip


def _hash_key(register: Register, settings: Settings) -> str:
    """Return the key that identities are hashed with; a register that has some is not read without it."""
    if not settings.hash_key and any(entry.secret for entry in register.fields):
        raise UsageError(
            f"{register.name} hold who somebody is, of which only a keyed hash is read. "
            "Set GRIDMAP_HASH_KEY to a long secret of your office, the same every time."
        )
    return settings.hash_key
