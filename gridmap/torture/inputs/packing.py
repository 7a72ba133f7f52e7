"""What hostile files have in common: what they are, the bait they point at, and how they are packed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from gridmap.torture.inputs.seeds import Kind

#: Stands in the bait alone: whoever reads it has followed a pointer.
SECRET = "bait-that-nobody-may-read"


@dataclass(frozen=True)
class Attack:
    """Hold one hostile file.

    Parameters
    ----------
    family : what it tries
    name : its name, whose ending says what it claims to be
    kind : as what it is read
    content : its bytes
    may_be_read : whether a right result will do as well as a refusal
    """

    family: str
    name: str
    kind: Kind
    content: bytes
    may_be_read: bool = True


@dataclass(frozen=True)
class Bait:
    """Hold a file that nobody may read, and a port that nobody may call.

    Parameters
    ----------
    folder : where the file lies
    port : of this machine
    calls : what callers of the port said
    """

    folder: Path
    port: int
    calls: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address that nobody may call."""
        return f"http://127.0.0.1:{self.port}/bait"

    @property
    def file(self) -> Path:
        """Return the file that nobody may read."""
        return self.folder / "bait.geojson"

    def lay(self) -> None:
        """Write the file."""
        ring = [[114.0, 22.7], [114.01, 22.7], [114.01, 22.71], [114.0, 22.7]]
        feature = {
            "type": "Feature",
            "properties": {"code": SECRET, "name": SECRET},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        self.file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    def faults(self) -> list[str]:
        """Return who called the port."""
        return [f"a reader called the network: {call}" for call in self.calls]


Family = Callable[[Bait, Random], Iterator[Attack]]


def packed(
    entries: Iterable[tuple[str, bytes]],
    *,
    change: Callable[[zipfile.ZipInfo], object] | None = None,
    deflated: bool = False,
) -> bytes:
    """Return an archive.

    Parameters
    ----------
    entries : names and contents, taken as they are
    change : what is done to the description of each entry before it is written
    deflated : whether the contents are packed
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = archive.compression
            if change:
                change(info)
            archive.writestr(info, content)
    return held.getvalue()
