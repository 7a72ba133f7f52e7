"""The makers and judges of hostile input: seeds are good, mutants repeat, and what is wrong is found."""

from __future__ import annotations

import io
import json
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gridmap import server
from gridmap.errors import UsageError
from gridmap.sources.filetypes import FORMATS, format_of
from gridmap.torture.inputs import attacks, files, packing, phrases, reader, serving, shapes
from gridmap.torture.inputs.mutants import mutant
from gridmap.torture.inputs.seeds import Seed, seeds


@pytest.fixture(scope="module")
def good() -> list[Seed]:
    return seeds()


def ended(folder: Path, given: list[tuple[str, str, bytes]]) -> list[dict[str, Any]]:
    """Give files to a reader; return how each ended."""
    orders = files.Orders("files", len(given), files=files._laid(folder / "files", given))
    return [how for _, how in files.outcomes(orders, folder)]


def test_seeds_are_read_whole_and_the_one_at_which_a_reader_dies_costs_itself_alone(
    good: list[Seed], tmp_path: Path
) -> None:
    deep = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * 400_000
    killer = shapes.parquet_in("OGC:CRS84", [deep])
    given = [(seed.name, str(seed.kind), seed.content) for seed in good]
    found = ended(tmp_path, [given[0], ("a.parquet", "polygons", killer), *given[1:]])
    assert found.pop(1)["ended"] in ("reader ended by SIGSEGV", "refused", "read in part")
    assert [how["ended"] for how in found] == ["read"] * len(good)


def test_every_format_that_is_read_has_a_good_file_to_change(good: list[Seed], tmp_path: Path) -> None:
    found = set()
    for seed in good:
        path = tmp_path / seed.name
        path.write_bytes(seed.content)
        found.add("filegdb" if ".gdb" in seed.name else format_of(path).key)
    assert found >= {entry.key for entry in FORMATS} - {"shapefile"}
    assert "shapefile" in found or any(seed.name.endswith(".shp.zip") for seed in good)


def test_the_same_number_gives_the_same_mutant(good: list[Seed]) -> None:
    contents = [seed.content for seed in good]
    one, other = ([mutant(content, random.Random(7), contents) for content in contents] for _ in range(2))
    assert one == other != contents


def test_a_mutant_of_an_archive_is_mostly_one_that_opens(good: list[Seed]) -> None:
    (content,) = [seed.content for seed in good if seed.name == "records.xlsx"]
    opened = 0
    for number in range(50):
        try:
            with zipfile.ZipFile(io.BytesIO(mutant(content, random.Random(number), [content]))) as archive:
                opened += archive.testzip() is None
        except zipfile.BadZipFile:
            continue
    assert opened > 25


def written(folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any) -> list[str]:
    """Return what is wrong with a result of records in which some columns are others."""
    columns = {"row_no": [2, 3], "petition_no": ["P1", "P2"], "received_at": ["a", "b"], "x": [1.0, None],
               "y": [1.0, None], "raw_x": [1.0, 2.0], "raw_y": [1.0, 2.0]} | more  # fmt: skip
    monkeypatch.chdir(folder)
    pq.write_table(pa.table(columns), "canonical.parquet")
    pq.write_table(pa.table({"row_no": [4]}), "set_aside.parquet")
    return reader.wrong("records", {"rows_read": 3})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, []),
        ({"x": [float("inf"), 1.0]}, ["x is no number"]),
        ({"petition_no": ["P1", "P1"]}, ["a key is there twice"]),
        ({"received_at": ["a", None]}, ["a required value is missing"]),
        ({"row_no": [2, 2]}, ["a row is kept twice, or kept and set aside"]),
        (
            {"row_no": [3, 4]},
            ["3 rows read, 2 kept, 1 set aside", "a row is kept twice, or kept and set aside"],
        ),
        ({"raw_x": [1.0, float("nan")]}, ["raw_x is no number"]),
    ],
)
def test_a_wrong_result_is_found(
    more: dict[str, Any], said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written(tmp_path, monkeypatch, **more) == said


def test_the_bait_is_found_in_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = written(tmp_path, monkeypatch, petition_no=[packing.SECRET, "P2"])
    assert found == ["the bait was read"]


def test_a_refusal_names_the_file_and_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    long = "a.csv " + "x" * 9_999
    said = ("a.csv is bad.", "data.csv is bad.", f"a.csv is not in {tmp_path}.", long)
    ends = [reader._refusal(path, message)["ended"] for message in said]
    assert ends == ["refused", "fault", "fault", "fault"]


def test_whoever_calls_the_bait_s_port_is_told(tmp_path: Path) -> None:
    import urllib.error
    import urllib.request

    with attacks.bait(tmp_path / "bait") as bait, pytest.raises((urllib.error.URLError, OSError)):
        urllib.request.urlopen(bait.url, timeout=5)
    assert len(bait.faults()) == 1


def test_every_route_is_asked() -> None:
    plain = {path.replace("{", "{}").partition("{")[0] for path in serving.ROUTES}
    asked = {route.replace(":int", "") for route in server._ANSWERS}
    missing = [route for route in asked if route.partition("{")[0] not in plain]
    assert missing == []


def test_published_texts_are_a_list(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(["a", "b"]))
    (tmp_path / "b.json").write_text(json.dumps({"a": 1}))
    assert phrases.published(tmp_path / "a.json") == ("a", "b")
    with pytest.raises(UsageError, match=r"b.json is no list of texts"):
        phrases.published(tmp_path / "b.json")


def test_shapes_of_an_endless_ring_are_valid() -> None:
    table = pq.read_table(io.BytesIO(shapes.ring_of(1_000)))
    (shape,) = shapely.from_wkb(table["geometry"].to_pylist())
    assert shapely.is_valid(shape)
    assert shapely.get_num_coordinates(shape) == 1_000
    assert sys.getsizeof(table["geometry"].to_pylist()[0]) > 16_000
