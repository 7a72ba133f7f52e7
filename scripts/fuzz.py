"""Search for inputs that our own parsers neither read nor refuse, guided by the code they reach (atheris).

`gridmap torture --inputs` brings what somebody thought of and mutants of it; this lets the program's own
branches choose. It needs the extra `fuzz` and runs until it is stopped or has done what it was told:

    python scripts/fuzz.py TARGET [-runs=100000] [-max_total_time=60] [FOLDER OF INPUTS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gridmap"]):
    import pyarrow as pa

    from gridmap import definitions, edits
    from gridmap.calendar import OfficeHours
    from gridmap.errors import GridmapError
    from gridmap.gazetteer import plain_name
    from gridmap.house_codes import parse
    from gridmap.registers import PETITIONS
    from gridmap.sources import values
    from gridmap.sources.archives import Limits, extract
    from gridmap.sources.encodings import encoding_of_dbase, encoding_of_text, known_encoding
    from gridmap.sources.filetypes import format_of
    from gridmap.sources.mapping import mapping_from
    from gridmap.torture.inputs.drawing import small_map

_FOLDER = Path(tempfile.mkdtemp(prefix="gridmap-fuzz-"))


def _texts(data: bytes) -> None:
    """Read a text as everything that a cell of a table may be."""
    text = data.decode("utf-8", "replace")
    column = values.trimmed(pa.array([text], pa.string()))
    for read in (
        values.timestamps,
        values.dates,
        values.numbers,
        values.integers,
        values.booleans,
        values.as_text,
    ):
        read(column).validate(full=True)
    plain_name(text)
    for refuse in (parse, OfficeHours.parse, known_encoding):
        _refused_or_read(lambda refuse=refuse: refuse(text))  # type: ignore[misc]
    definitions.find(text)


def _mapping(data: bytes) -> None:
    """Read a mapping."""
    try:
        content = tomllib.loads(data.decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    _refused_or_read(lambda: mapping_from(content, name="fuzz.toml", register=PETITIONS))


def _archive(data: bytes) -> None:
    """Open an archive, and take out what is in it."""
    path = _FOLDER / "a.zip"
    path.write_bytes(data)
    out = _FOLDER / "out"
    out.mkdir(exist_ok=True)
    _refused_or_read(lambda: extract(path, out, wanted=lambda _name: True, limits=Limits(64, 1, 50)))
    for file in out.iterdir():
        file.unlink()


def _bytes(data: bytes) -> None:
    """Find out the format and the encoding of a file."""
    for name in ("a.geojson", "a.csv", "a.kml", "a.gpkg", "a.zip"):
        path = _FOLDER / name
        path.write_bytes(data)
        _refused_or_read(lambda path=path: format_of(path))  # type: ignore[misc]
    _refused_or_read(lambda: encoding_of_text(_FOLDER / "a.csv"))
    if len(data) > 32:
        _refused_or_read(lambda: encoding_of_dbase(_FOLDER / "a.csv"))


def _edit(data: bytes) -> None:
    """Do an edit whose fields are drawn from the bytes."""
    given = atheris.FuzzedDataProvider(data)
    name = given.PickValueInList(list(edits.OPERATIONS))
    _, required, optional = edits.OPERATIONS[name]
    asked: dict[str, object] = {"op": name}
    for field in (*required, *optional):
        kind = given.ConsumeIntInRange(0, 3)
        place = [
            506_000 + given.ConsumeFloatInRange(-1e3, 1e3),
            2_513_000 + given.ConsumeFloatInRange(-1e3, 1e3),
        ]
        asked[field] = (f"S01{given.ConsumeIntInRange(0, 15):03}", place, [place, [506_400.0, 2_513_400.0]],
                        given.ConsumeUnicode(9))[kind]  # fmt: skip
    _refused_or_read(lambda: edits.apply(_MAP, asked))


def _refused_or_read(work: Callable[[], object]) -> None:
    try:
        work()
    except GridmapError:
        return


_MAP = small_map()
TARGETS: dict[str, Callable[[bytes], None]] = {
    "texts": _texts, "mapping": _mapping, "archive": _archive, "bytes": _bytes, "edit": _edit,
}  # fmt: skip


def main() -> None:
    """Fuzz the target that is named."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"Name a target: {', '.join(TARGETS)}.")
    target = TARGETS[sys.argv.pop(1)]
    os.environ.setdefault("GRIDMAP_STORE", str(_FOLDER / "store"))
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
