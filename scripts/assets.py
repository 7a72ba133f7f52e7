"""Copy the few files the browser and the PDFs need from node_modules into the package, with their licences.

The repository holds no third-party code: npm fetches the pinned packages of package.json (`npm ci`),
this script copies what is used to gridmap/assets/vendor/, which git ignores, and writes manifest.json
with the sha256 of every file. The wheel is built from that folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "gridmap" / "assets" / "vendor"
MANIFEST = "manifest.json"

_FONT_FILES = "files/noto-sans-sc-{subset}-{weight}-normal.woff2"


@dataclass(frozen=True)
class Asset:
    """Name one npm package, the files of it that are used, and its licence file.

    Parameters
    ----------
    package : name on npm
    files : paths inside the package to copy; none when the package is part of another's bundle
    licence : path of the licence inside the package
    """

    package: str
    files: tuple[str, ...] = ()
    licence: str = "LICENSE"

    @property
    def folder(self) -> Path:
        """Return where npm has put the package."""
        return NODE_MODULES / self.package


ASSETS = (
    Asset("leaflet", ("dist/leaflet.js", "dist/leaflet.css")),
    Asset("@loaders.gl/mvt", ("dist/mvt-worker.js",)),
    # Bundled into mvt-worker.js: their licences travel with it.
    Asset("@loaders.gl/gis"),
    Asset("@loaders.gl/loader-utils"),
    Asset("@loaders.gl/worker-utils"),
    Asset("@math.gl/polygon"),
    Asset("@probe.gl/env"),
    Asset("@probe.gl/log"),
    Asset("ieee754"),
    Asset("pbf"),
    Asset(
        "@fontsource/noto-sans-sc",
        tuple(
            _FONT_FILES.format(subset=subset, weight=weight)
            for subset in ("chinese-simplified", "latin")
            for weight in (400, 700)
        ),
    ),
    # Whole typefaces for PDF: rare characters of people's names are in them, and PDF needs them as TrueType.
    Asset(
        "@expo-google-fonts/noto-sans-sc",
        ("400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf"),
        licence="LICENSE_FONT",
    ),
)


def main() -> None:
    """Fill gridmap/assets/vendor/ afresh."""
    absent = [str(path.relative_to(ROOT)) for path in _wanted() if not path.is_file()]
    if absent:
        sys.exit(f"{len(absent)} files are not where npm puts them, the first: {absent[0]}. Run: npm ci")
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    entries = [entry for asset in ASSETS for entry in _copy(asset)]
    manifest = json.dumps({"files": entries}, indent=2) + "\n"
    (VENDOR / MANIFEST).write_text(manifest, encoding="utf-8")
    size_mb = sum(path.stat().st_size for path in VENDOR.rglob("*")) / 1e6
    print(f"{len(entries)} browser files, {size_mb:.1f} MB, in {VENDOR.relative_to(ROOT)}")


def _wanted() -> list[Path]:
    return [asset.folder / name for asset in ASSETS for name in (*asset.files, asset.licence)]


def _copy(asset: Asset) -> list[dict[str, str]]:
    """Copy the files of one package flat into the vendor folder; describe each for the manifest."""
    package = json.loads((asset.folder / "package.json").read_text(encoding="utf-8"))
    flat_name = asset.package.lstrip("@").replace("/", "-")
    copies = [(asset.folder / name, Path(name).name) for name in asset.files]
    copies.append((asset.folder / asset.licence, f"{flat_name}.LICENSE.txt"))
    origin = {"package": asset.package, "version": package["version"], "licence": package["license"]}
    return [{"file": name, **origin, "sha256": _place(source, name)} for source, name in copies]


def _place(source: Path, name: str) -> str:
    content = source.read_bytes()
    (VENDOR / name).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
