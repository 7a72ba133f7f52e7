"""The facts behind the demo, read from `geodata/`: names, weights, time limits, schemes."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


def geodata_folder() -> Path:
    """Return the folder of the facts: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "geodata"
    return inside if inside.is_dir() else package.parent / "geodata"


@cache
def facts(name: str) -> dict[str, Any]:
    """Read one file of facts.

    Parameters
    ----------
    name : file name without its ending: names, petitions, rentals
    """
    return tomllib.loads((geodata_folder() / f"{name}.toml").read_text(encoding="utf-8"))
