"""The wheel holds everything gridmap needs, and is not built without the files the browser needs."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
import streamlit

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "gridmap" / "assets" / "vendor"

ASK_FOR_PLACES = """
import json, gridmap
from pathlib import Path
from gridmap import definitions, sql
package = Path(gridmap.__file__).parent
print(json.dumps([str(package), str(definitions.shipped_folder()), len(sql.names_in("schema"))]))
"""


def build_hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "scripts" / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def initialize(root: Path, version: str) -> dict[str, str]:
    """Run the build hook as hatchling does; return what it adds to the package."""
    build_data: dict[str, dict[str, str]] = {"force_include": {}}
    hook = build_hook().PackEverything(str(root), {}, None, None, str(root), "wheel")
    hook.initialize(version, build_data)
    return build_data["force_include"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("gridmap-*.whl"))


def ours(folder: Path) -> set[str]:
    """Return the files of a folder that belong into the package, as their paths inside the repository."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in paths}


@pytest.mark.wheel
def test_the_wheel_holds_the_code_the_queries_the_demo_data_and_the_entry(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    beside = {f"gridmap/{name}" for name in ours(ROOT / "queries") | ours(ROOT / "geodata") | {"app.py"}}
    assert (ours(ROOT / "gridmap") | beside) - packed == set()


@pytest.mark.wheel
def test_the_wheel_holds_the_licences(wheel: Path) -> None:
    packed = {Path(name).name for name in zipfile.ZipFile(wheel).namelist()}
    assert {
        "LICENSE",
        "NOTICE",
        "loaders.gl-mvt.LICENSE.txt",
        "fontsource-noto-sans-sc.LICENSE.txt",
    } <= packed


@pytest.mark.wheel
def test_gridmap_from_the_wheel_finds_its_queries(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    only_the_wheel = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", ASK_FOR_PLACES]
    asked = subprocess.run(
        command, cwd=tmp_path, env=only_the_wheel, capture_output=True, text=True, check=True
    )
    package, queries, migrations = json.loads(asked.stdout)
    assert (Path(package), Path(queries)) == (tmp_path / "gridmap", tmp_path / "gridmap" / "queries")
    assert migrations == len(list((ROOT / "queries" / "schema").glob("*.sql")))


def test_a_build_without_the_browser_files_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make assets"):
        initialize(tmp_path, "standard")


def test_an_editable_install_reads_the_checkout(tmp_path: Path) -> None:
    assert initialize(tmp_path, "editable") == {}


def test_everything_beside_the_package_goes_into_it() -> None:
    assert initialize(ROOT, "standard") == build_hook().BESIDE_THE_PACKAGE


def test_the_browser_files_are_the_ones_their_manifest_names() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    named = {entry["file"]: entry["sha256"] for entry in manifest["files"]}
    there = {path.name: path for path in VENDOR.iterdir() if path.name != "manifest.json"}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()} == named


def test_every_browser_file_has_its_licence_beside_it() -> None:
    files = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["files"]
    licensed = {entry["package"] for entry in files if entry["file"].endswith(".LICENSE.txt")}
    assert {entry["package"] for entry in files} == licensed


def test_the_tile_worker_is_of_the_version_the_manifest_and_package_json_name() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    files = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["files"]
    versions = {entry["package"]: entry["version"] for entry in files}
    assert {name: versions[name] for name in wanted} == wanted


def test_the_tile_worker_is_of_the_version_streamlit_speaks_with() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"][
        "@loaders.gl/mvt"
    ]
    (script,) = (Path(streamlit.__file__).parent / "static").rglob("DeckGlJsonChart.*.js")
    assert f"`{wanted}`" in script.read_text(encoding="utf-8")


def test_ci_runs_what_everyone_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make --no-print-directory test" in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
