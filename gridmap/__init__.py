"""gridmap: grassroots grid governance on exact boundaries.

`gridmap.open(folder)` gives a `Store`; `gridmap.PlacementIndex`, `gridmap.Coverage` and `gridmap.edits` work
without one.
Names are imported when first used, so that the process which reads people's files never loads the database.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridmap import edits
    from gridmap.coverage import Coverage
    from gridmap.index import PlacementIndex
    from gridmap.verbs import Store
    from gridmap.verbs import open_ as open

try:
    __version__ = version("gridmap")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0"

__all__ = ["Coverage", "PlacementIndex", "Store", "__version__", "edits", "open"]

_HOMES = {"Coverage": "coverage", "PlacementIndex": "index", "Store": "verbs", "open": "verbs"}


def __getattr__(name: str) -> Any:
    if name == "edits":
        return import_module("gridmap.edits")
    if name not in _HOMES:
        raise AttributeError(f"gridmap has no attribute '{name}'")
    module = import_module(f"gridmap.{_HOMES[name]}")
    return getattr(module, "open_" if name == "open" else name)
