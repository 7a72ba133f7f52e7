"""Open any format that gridmap reads, as chunks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gridmap.sources import filetypes
from gridmap.sources.parquet import open_parquet
from gridmap.sources.source import Source
from gridmap.sources.staging import Staged, stage
from gridmap.sources.tables import open_csv, open_excel
from gridmap.sources.vectors import layers_in, open_vectors


@dataclass(frozen=True)
class Ways:
    """Hold how to open a file, as far as the person says."""

    layer: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@contextmanager
def open_source(path: Path, folder: Path, ways: Ways) -> Iterator[Source]:
    """Open a file of any known format.

    Parameters
    ----------
    path : file, or folder of a file geodatabase
    folder : empty folder for what has to be unpacked or linked
    ways : layer, sheet, encoding and delimiter, as far as they are given

    Raises
    ------
    UnreadableInput, UsageError : as the formats have it
    """
    staged = stage(path, folder, layer=ways.layer, encoding=ways.encoding)
    with _opened(staged, ways) as source:
        yield replace(source, findings=tuple(dict.fromkeys((*staged.findings, *source.findings))))


def layers_of(path: Path, folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the columns of every layer of a file that can hold several; empty for other files.

    Parameters
    ----------
    path : file, or folder of a file geodatabase
    folder : empty folder for what has to be unpacked or linked

    Raises
    ------
    UnreadableInput : when the file cannot be read
    """
    layered = (filetypes.GEOPACKAGE, filetypes.FILEGDB, filetypes.OSM, filetypes.PMTILES)
    if filetypes.format_of(path) not in layered:
        return {}
    return layers_in(stage(path, folder))


@contextmanager
def _opened(staged: Staged, ways: Ways) -> Iterator[Source]:
    if staged.format is filetypes.CSV:
        with open_csv(staged.path, staged.shown, encoding=ways.encoding, delimiter=ways.delimiter) as source:
            yield source
    elif staged.format is filetypes.EXCEL:
        with open_excel(staged.path, staged.shown, sheet=ways.sheet) as source:
            yield source
    elif staged.format is filetypes.PARQUET:
        with open_parquet(staged.path, staged.shown) as source:
            yield source
    else:
        with open_vectors(staged, encoding=ways.encoding) as source:
            yield source
