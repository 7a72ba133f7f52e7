"""Room on the disk of a store: asked for before anything is begun."""

from __future__ import annotations

import shutil
from pathlib import Path

from gridmap import settings
from gridmap.errors import StoreFull

MB = 1_000_000
#: What an import writes at most, as a multiple of its file: what was read, the store, its log.
_IMPORT = 3


def require_room(folder: Path, needed: int) -> None:
    """Refuse what would fill the disk, before anything is begun.

    Parameters
    ----------
    folder : folder that is written to
    needed : bytes that will be written

    Raises
    ------
    StoreFull : when the disk has less room, with the reserve of the settings on top
    """
    free, wanted = shutil.disk_usage(folder).free, needed + reserve()
    if free < wanted:
        raise StoreFull(f"The disk of {folder} has {free / MB:,.0f} MB free; {wanted / MB:,.0f} MB are "
                        "needed. Nothing was begun. Make room and give the command again.")  # fmt: skip


def require_room_for(file: Path, folder: Path) -> None:
    """Refuse to read a file for which the disk of the store has no room.

    Raises
    ------
    StoreFull : when there is less room than it may need
    """
    require_room(folder, _IMPORT * file.stat().st_size if file.is_file() else 0)


def reserve() -> int:
    """Return how many bytes are to stay free, whatever is written."""
    return settings.from_environment().reserve_mb * MB
