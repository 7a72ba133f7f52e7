"""Fixtures: empty and toy stores, and the real data where it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest

from gridmap.loading.founding import found
from gridmap.loading.regions import Drawing, load_regions
from gridmap.store import Database, open_store, shared_store
from tests import screens_city
from tests.lived_in import live_in
from tests.sources_helpers import run_here
from tests.toy import COMMUNITIES, CRS, GRID_CODES, GRIDS, STREET, draw

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture
def as_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a frame of cells to a GeoPackage and return its path."""

    def write(cells: gpd.GeoDataFrame, name: str = "cells.gpkg") -> Path:
        path = tmp_path / name
        cells.to_file(path, driver="GPKG")
        return path

    return write


@pytest.fixture(scope="session", autouse=True)
def _read_files_here() -> Iterator[None]:
    """Read files in this process, and open stores quickly; what is left out has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gridmap.sources.polygons.run_child", run_here)
        patch.setattr("gridmap.sources.records.run_child", run_here)
        patch.setattr("gridmap.sources.features.run_child", run_here)
        patch.setattr("gridmap.store.attaching.check_signature", False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let nobody sign in and keep keys in a folder of the tests; signing in has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRIDMAP_SIGN_IN", "open")
        patch.setenv("GRIDMAP_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build an empty store and the toy city once; tests work on copies."""
    folder = tmp_path_factory.mktemp("templates")
    found(folder / "empty", crs=CRS, more={"as_of": "2024-07-01T00:00:00"})
    shutil.copytree(folder / "empty", folder / "toy")
    database = open_store(folder / "toy")
    _load_toy(database, folder)
    database.close()
    return {"empty": folder / "empty", "toy": folder / "toy"}


def _load_toy(database: Database, folder: Path) -> None:
    """Load a street, two communities, and three red grids in community A."""
    drawings = {
        "street": draw(STREET).assign(parent=""),
        "community": draw(COMMUNITIES).assign(parent="S"),
        "red_grid": draw(GRIDS, names=GRID_CODES).assign(parent="A"),
    }
    for level, cells in drawings.items():
        path = folder / f"{level}.gpkg"
        cells.to_file(path, driver="GPKG")
        above = None if level == "street" else "parent"
        load_regions(database, path, Drawing(level, "code", "name", above))


@pytest.fixture(scope="session")
def lived_in_folder(_templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a toy city that has been worked with, once; tests work on copies."""
    folder = tmp_path_factory.mktemp("lived-in")
    shutil.copytree(_templates["toy"], folder / "store")
    database = open_store(folder / "store")
    live_in(database, folder / "files")
    database.close()
    return folder / "store"


def _copy_of(template: Path, folder: Path) -> Iterator[Database]:
    shutil.copytree(template, folder)
    database = open_store(folder)
    yield database
    database.close()


@pytest.fixture
def empty(_templates: dict[str, Path], tmp_path: Path) -> Iterator[Database]:
    """Give a new, empty store."""
    yield from _copy_of(_templates["empty"], tmp_path / "store")


@pytest.fixture
def toy(_templates: dict[str, Path], tmp_path: Path) -> Iterator[Database]:
    """Give a store with the toy city."""
    yield from _copy_of(_templates["toy"], tmp_path / "store")


@pytest.fixture
def used(lived_in_folder: Path, tmp_path: Path) -> Iterator[Database]:
    """Give a toy city with history, rows set aside, drafts and changed boundaries."""
    yield from _copy_of(lived_in_folder, tmp_path / "store")


@pytest.fixture
def toy_folder(_templates: dict[str, Path], tmp_path: Path) -> Path:
    """Give the folder of a store with the toy city that no process has open."""
    return Path(shutil.copytree(_templates["toy"], tmp_path / "toy"))


@pytest.fixture(scope="session")
def another_city(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Build the small city that the screens are tried on, once; give folders of copies of it."""
    template = screens_city.build(tmp_path_factory.mktemp("city"))
    return lambda: screens_city.copied(template, tmp_path_factory.mktemp("copy") / "store")


@pytest.fixture(scope="module")
def city(another_city: Callable[[], Path]) -> Iterator[Path]:
    """Give the folder of a small city for the tests of one module."""
    store = another_city()
    yield store
    shared_store(store).close()
    shared_store.cache_clear()


@pytest.fixture
def on_the_city(city: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the screens of this process show the small city."""
    monkeypatch.setenv("GRIDMAP_STORE", str(city))
    return city


@pytest.fixture
def shared_data() -> Path:
    """Return the folder of real data, which is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("shared data absent: ../shared/data")
    return SHARED
