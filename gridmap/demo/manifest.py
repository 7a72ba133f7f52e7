"""The manifest: what the demo's files are and in which order to load them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

AS_OF_TEXT = "2026-10-31T18:00:00"
FILE_NAME = "manifest.json"


@dataclass(frozen=True)
class DemoFile:
    """Describe one file of the demo.

    Parameters
    ----------
    path : below the demo's folder, with forward slashes
    register : regions, a register of `gridmap.registers`, or base
    level : level of the regions, None for registers
    effective : day from which the regions are in force (1900-01-01 = always), None for registers
    crs : CRS of the geometry or of x and y; None where there is no place
    mapping : profile to read it with, None for regions and the base map
    rows : number of rows
    parent : column that names the region above, None for the uppermost level and for registers
    """

    path: str
    register: str
    level: str | None
    effective: str | None
    crs: str | None
    mapping: str | None
    rows: int
    parent: str | None = None


@dataclass(frozen=True)
class Manifest:
    """Describe a demo: its titles, its fixed "now", and its files in loading order.

    Parameters
    ----------
    title_zh, title_en : titles, both of which say that the data are synthetic
    seed, scale : what it was made from
    as_of : the moment that counts as now for every figure
    synthetic : always true
    note : the sentence that says so
    centre : longitude and latitude of the middle, WGS-84 degrees
    files : in loading order
    """

    title_zh: str
    title_en: str
    seed: int
    scale: str
    as_of: str
    synthetic: bool
    note: str
    centre: tuple[float, float]
    files: tuple[DemoFile, ...]


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write manifest.json."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read manifest.json from a demo's folder."""
    held = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    files = tuple(DemoFile(**entry) for entry in held.pop("files"))
    return Manifest(**{**held, "centre": tuple(held["centre"])}, files=files)
