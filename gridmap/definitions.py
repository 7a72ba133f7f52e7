"""Where definitions lie: the statements, registers and measures shipped, and those of one's own beside them.

A folder of definitions is laid out as `queries/` is. The setting `extensions` names further ones: what lies
there is found like what is shipped, so that a register or a measure is added without touching the program.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from gridmap import settings
from gridmap.errors import UsageError

#: Names may come from addresses: none leads out of the folders.
_LONGEST = 120
_PLAIN = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*")


@cache
def shipped_folder() -> Path:
    """Return the folder of what is shipped: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "queries"
    return inside if inside.is_dir() else package.parent / "queries"


@cache
def folders() -> tuple[Path, ...]:
    """Return all folders of definitions, the shipped one first.

    Raises
    ------
    UsageError : when the setting `extensions` names a folder that is not there
    """
    named = settings.from_environment().extensions
    more = [Path(text).resolve() for text in named.split(os.pathsep) if text]
    absent = [str(folder) for folder in more if not folder.is_dir()]
    if absent:
        raise UsageError(f"GRIDMAP_EXTENSIONS names folders that are not there: {', '.join(absent)}.")
    return (shipped_folder(), *more)


def find(name: str) -> Path | None:
    """Return the file of a definition (`measures/petition.open.sql`), None when there is none.

    Raises
    ------
    UsageError : when two folders have it: a figure has one definition, which nothing replaces silently
    """
    if not _PLAIN.fullmatch(name) or len(name.encode()) > _LONGEST:
        return None
    found = [folder / name for folder in folders() if (folder / name).is_file()]
    if len(found) > 1:
        raise UsageError(f"{name} is defined twice: {', '.join(map(str, found))}. Give one another name.")
    return found[0] if found else None


def names_in(folder: str, ending: str) -> tuple[str, ...]:
    """Return the names (without ending) of all definitions in one folder of each, in alphabetical order."""
    paths = (path for place in folders() for path in (place / folder).glob(f"*{ending}"))
    return tuple(sorted({f"{folder}/{path.name.removesuffix(ending)}" for path in paths}))
