"""Build hook: what lies beside the package in a checkout goes into it in the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Where a file or folder of the checkout is found once gridmap is installed.
BESIDE_THE_PACKAGE = {
    "queries": "gridmap/queries",
    "geodata": "gridmap/geodata",
    "app.py": "gridmap/app.py",
}
ASSETS = "gridmap/assets/vendor/manifest.json"


class PackEverything(BuildHookInterface):  # type: ignore[type-arg]
    """Put queries, geodata and the entry page into the wheel, and see that the assets are there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Extend the file list of a wheel; an editable install reads the checkout itself.

        Raises
        ------
        SystemExit : when the browser assets have not been fetched
        """
        if version == "editable":
            return
        if not (Path(self.root) / ASSETS).is_file():
            raise SystemExit(f"The browser assets are missing ({ASSETS}). Fetch them first: make assets")
        build_data["force_include"].update(BESIDE_THE_PACKAGE)
