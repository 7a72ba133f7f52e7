"""Build a store from a folder of files with a manifest, through the same door as everybody's files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from gridmap import progress
from gridmap.demo import DemoFile, Manifest, write_city
from gridmap.errors import Refused
from gridmap.findings import has_errors
from gridmap.loading.features import load_features
from gridmap.loading.founding import found
from gridmap.loading.records import load_records
from gridmap.loading.regions import Drawing, load_regions
from gridmap.loading.reports import LoadReport
from gridmap.registers import register_named
from gridmap.settings import Settings, from_environment
from gridmap.store import FILE_NAME, Database, open_store

FILES = "files"


def build_demo(folder: Path, *, scale: str, seed: int) -> Manifest:
    """Generate the demo city's files and load them into a new store.

    The store is built beside its place and moved there when it is complete, so that an interrupted
    build is never mistaken for a store.

    Parameters
    ----------
    folder : where the store is to be; its files stay in the subfolder `files`
    scale : street, district or city
    seed : the same seed gives the same city

    Raises
    ------
    Refused : when there is a store already
    """
    if (folder / FILE_NAME).exists():
        raise Refused(f"There is a store in {folder} already. Choose another folder.")
    building = folder.with_name(f"{folder.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    manifest = write_city(building / FILES, scale=scale, seed=seed)
    found(building, crs="EPSG:4547", more=_settings_of(manifest))
    database = open_store(building)
    try:
        for file in progress.each(manifest.files, "loading", unit="files", total=len(manifest.files)):
            load_file(database, building / FILES, file)
    finally:
        database.close()
    _move(building, folder)
    return manifest


def load_file(db: Database, folder: Path, file: DemoFile) -> LoadReport:
    """Load one file of a manifest; the door is the one everybody's files go through.

    Raises
    ------
    Refused : when boundaries have faults
    """
    path = folder / file.path
    if file.register == "base":
        return load_features(db, path, crs=file.crs, silent=True)
    if file.register != "regions":
        return load_records(db, path, register_named(file.register), mapping=file.mapping or "plain",
                            crs=file.crs, silent=True, settings=_with_a_key())  # fmt: skip
    effective = date.fromisoformat(file.effective) if file.effective else None
    report = load_regions(db, path, _drawing(file), effective=effective)
    if has_errors(report.findings):
        raise Refused(f"{file.path} has faults.", findings=report.findings)
    return report


def _with_a_key() -> Settings:
    """Return the settings with a key for the demo's petitioners, who are nobody, where none is set."""
    found = from_environment()
    return found if found.hash_key else replace(found, hash_key="demo")


def _drawing(file: DemoFile) -> Drawing:
    return Drawing(
        level=str(file.level), code="code", name="name", parent=file.parent, kind="kind", crs=file.crs
    )


def _settings_of(manifest: Manifest) -> dict[str, str]:
    return {
        "title_zh": manifest.title_zh, "title_en": manifest.title_en, "as_of": manifest.as_of,
        "synthetic": "true", "note": manifest.note, "scale": manifest.scale, "seed": str(manifest.seed),
    }  # fmt: skip


def _move(building: Path, folder: Path) -> None:
    """Put the finished store in its place; a folder that was there before may hold other things."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in building.iterdir():
        part.rename(folder / part.name)
    building.rmdir()
