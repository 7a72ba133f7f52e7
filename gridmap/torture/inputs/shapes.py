"""Hostile shapes: numbers that are none, endless rings, deep nests, and counts that lie."""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Iterator
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gridmap.torture.inputs.packing import Attack, Bait, Family
from gridmap.torture.inputs.seeds import Kind

_NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e999",
    "1e308",
    "-1e308",
    "1e-320",
    "null",
    '"114"',
    "true",
    "[]",
    "{}",
    "0",
    "180.0000001",
    "-91",
    "99999999999999999999999",
    "1E+2147483648",
    "-0.0",
    "114,5",
)
_WKT = (
    "POLYGON((nan nan, 1 1, 2 2, nan nan))",
    "POLYGON((inf inf, 1 1, 2 2, inf inf))",
    "POLYGON EMPTY",
    "POLYGON(())",
    "POLYGON((1 1))",
    "POLYGON((114 22, 114 22, 114 22, 114 22))",
    "POLYGON((114 22, 114.1 22, 114 22))",
    "MULTIPOLYGON EMPTY",
    "MULTIPOLYGON(((1 1, 2 2",
    "GEOMETRYCOLLECTION(POLYGON((114 22, 115 22, 115 23, 114 22)), POINT(1 1))",
    "POLYGON Z((114 22 nan, 115 22 1, 115 23 1, 114 22 nan))",
    "POLYGON ZM((114 22 1 1, 115 22 1 1, 115 23 1 1, 114 22 1 1))",
    "CURVEPOLYGON(CIRCULARSTRING(114 22, 115 22, 114 22))",
    "TIN(((0 0 0, 0 1 0, 1 1 0, 0 0 0)))",
    "POINT(1e400 1)",
    "POLYGON((114 22, 115 23, 115 22, 114 23, 114 22))",
    "SRID=4326;POINT(1 1)",
    "LINEARRING(0 0, 1 1, 1 0, 0 0)",
    "POLYGON((1e300 1e300, 1e301 1e300, 1e301 1e301, 1e300 1e300))",
    "point(1 1)",
    "POLYGON((0 0,1 0,1 1,0 0),(9 9,8 8,9 8,9 9))",
    "<Polygon/>",
    "0x0103",
    "'POLYGON'",
    "POLYGON((114 22, 114.00000000000001 22, 114 22.00000000000001, 114 22))",
)


def parquet_in(crs: str, wkb: list[bytes] | None = None) -> bytes:
    """Return GeoParquet whose CRS is a text of somebody's choice.

    Parameters
    ----------
    crs : what stands where the CRS ought to
    wkb : its shapes; one square when omitted
    """
    shapes = wkb or [shapely.to_wkb(shapely.box(114, 22.7, 114.01, 22.71))]
    about = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": crs}},
    }
    codes = pa.array([f"c{number}" for number in range(len(shapes))])
    table = pa.table({"code": codes, "name": codes, "geometry": pa.array(shapes, pa.binary())})
    held = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(about).encode()}), held)
    return held.getvalue()


def _collection(coordinates: str, kind: str = "Polygon") -> bytes:
    return (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", '
        '"properties": {"code": "a", "name": "b", "kind": "road", "rank": 1},'
        f' "geometry": {{"type": "{kind}", "coordinates": {coordinates}}}}}]}}'
    ).encode()


def _kind(rng: Random) -> Kind:
    kinds: tuple[Kind, ...] = ("polygons", "features", "records")
    return rng.choice(kinds)


def _numbers(_: Bait, rng: Random) -> Iterator[Attack]:
    for number in _NUMBERS:
        ring = [[114, 22.7], [114.01, 22.7], [114.01, 22.71], [114, 22.7]]
        text = json.dumps([ring]).replace("22.71", number, 1)
        yield Attack("numbers that are none", "a.geojson", _kind(rng), _collection(text))
        rows = f"P1,closed,2024-01-01,{number},22.7\nP2,closed,2024-01-01,114,{number}\n"
        table = f"petition_no,status,received_at,x,y\n{rows}"
        yield Attack("numbers that are none", "a.csv", "records", table.encode())


def _texts(_: Bait, rng: Random) -> Iterator[Attack]:
    for text in _WKT:
        good = "POLYGON((114 22.7, 114.1 22.7, 114 22.8, 114 22.7))"
        rows = f'code,name,kind,rank,geometry\na,b,road,1,"{text}"\nc,d,water,2,"{good}"\n'
        yield Attack("shapes that are none", "a.csv", _kind(rng), rows.encode())


def _binary(_: Bait, rng: Random) -> Iterator[Attack]:
    square = shapely.to_wkb(shapely.box(114, 22.7, 114.01, 22.71))
    nan, endless = math.nan, math.inf
    lying = bytearray(square)
    struct.pack_into("<I", lying, rng.choice((1, 5, 9)), rng.choice((0xFFFFFFFF, 0x7FFFFFFF, 1 << 24, 0, 17)))
    nest = b"\x01" + struct.pack("<II", 7, 1)
    depth = rng.choice((10, 1_000, 200_000))
    bad = [
        bytes(lying),
        nest * depth + square,
        square[: rng.randrange(len(square))],
        b"",
        b"\x00" * 50,
        rng.randbytes(60),
        square[:9] + struct.pack("<I", 4) + struct.pack("<8d", nan, nan, endless, 0, 0, 0, nan, nan),
        struct.pack("<BI2d", 1, 1, nan, nan),
        struct.pack("<BI2d", 1, 1, endless, 1),
        struct.pack("<BI3d", 1, 0x80000001, 114, 22.7, nan),
    ]
    for wkb in bad:
        yield Attack("damaged WKB", "a.parquet", _kind(rng), parquet_in("OGC:CRS84", [wkb, square]))


def ring_of(corners: int) -> bytes:
    """Return GeoParquet with one ring of so many corners, a toothed circle around a place of Shenzhen."""
    turn = np.linspace(0, 2 * np.pi, corners)
    reach = 0.01 * (1 + 0.05 * np.sin(turn * (corners // 8)))
    points = np.column_stack([114.3 + reach * np.cos(turn), 22.7 + reach * np.sin(turn)])
    points[-1] = points[0]
    return parquet_in("OGC:CRS84", [shapely.to_wkb(shapely.Polygon(points))])


def _endless(_: Bait, rng: Random) -> Iterator[Attack]:
    yield Attack("endless rings", "a.parquet", "polygons", ring_of(rng.choice((1_000, 20_000, 100_000))))
    holes = rng.choice((100, 2_000))
    side = math.isqrt(holes) + 1
    inner = [
        [
            (114 + (n % side + 0.2) / side, 22 + (n // side + 0.2) / side),
            (114 + (n % side + 0.8) / side, 22 + (n // side + 0.2) / side),
            (114 + (n % side + 0.5) / side, 22 + (n // side + 0.8) / side),
        ]
        for n in range(holes)
    ]
    shape = shapely.to_wkb(shapely.Polygon([(114, 22), (115, 22), (115, 23), (114, 23)], inner))
    yield Attack("thousands of holes", "a.parquet", "polygons", parquet_in("OGC:CRS84", [shape]))
    star = np.array(
        [
            [114.3 + 0.01 * math.cos(n * 2.4), 22.7 + 0.01 * math.sin(n * 2.4)]
            for n in range(rng.choice((50, 400)))
        ]
    )
    crossing = shapely.to_wkb(shapely.Polygon(star))
    yield Attack("rings that cross themselves", "a.parquet", "polygons", parquet_in("OGC:CRS84", [crossing]))


def _nested_json(_: Bait, rng: Random) -> Iterator[Attack]:
    depth = rng.choice((60, 5_000, 100_000))
    yield Attack("deep nests", "a.geojson", _kind(rng), _collection("[" * depth + "]" * depth))
    yield Attack(
        "deep nests", "a.geojson", _kind(rng), b'{"type": "FeatureCollection", "features": ' + b"[" * depth
    )
    inner = '{"type": "GeometryCollection", "geometries": ['
    yield Attack(
        "deep nests",
        "a.geojson",
        "polygons",
        _collection("[]").replace(b'"coordinates": []', b'"x": ' + inner.encode() * depth),
    )
    yield Attack(
        "deep nests",
        "a.topojson",
        "polygons",
        b'{"type": "Topology", "arcs": ' + b"[" * depth + b"]" * depth + b', "objects": {}}',
    )
    yield Attack("deep nests", "a.kml", "polygons", b"<kml><Document>" + b"<Folder>" * depth)
    arcs = rng.choice(("[[-1]]", "[[999999999]]", "[[1e9]]", "[[null]]", '["a"]'))
    topology = (
        '{"type": "Topology", "arcs": [[[0,0]]], "transform": {"scale": [0, 1e999], "translate": [NaN, 0]}, '
        f'"objects": {{"a": {{"type": "Polygon", "arcs": {arcs}}}}}}}'
    )
    yield Attack("arcs that are not there", "a.topojson", "polygons", topology.encode())


def _odd_json(_: Bait, rng: Random) -> Iterator[Attack]:
    for text in (
        "{}",
        "[]",
        "null",
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": null}',
        '{"type": "Feature"}',
        '{"type": "FeatureCollection", "features": [null, 1, "x", [], {}]}',
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Polygon"}}]}',
        '{"type": "FeatureCollection", "features": {"type": "Feature"}}',
        '{"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,0]]]}',
        '{"a": 1, "a": 2, "type": "FeatureCollection", "type": "Topology", "features": []}',
        "\x1e{}\n\x1e{}",
    ):
        yield Attack(
            "JSON that is no map",
            rng.choice(("a.geojson", "a.json", "a.geojsonl", "a.topojson")),
            _kind(rng),
            text.encode(),
        )
    wide = ",".join(f'"k{n}": {n}' for n in range(rng.choice((1_000, 5_000))))
    yield Attack(
        "thousands of fields",
        "a.geojson",
        "polygons",
        _collection("[[[114,22],[115,22],[115,23],[114,22]]]").replace(
            b'"code"', wide.encode() + b', "code"'
        ),
    )
    long = "x" * rng.choice((100_000, 3_000_000))
    yield Attack(
        "huge values",
        "a.geojson",
        "polygons",
        _collection("[[[114,22],[115,22],[115,23],[114,22]]]").replace(b'"b"', f'"{long}"'.encode()),
    )


FAMILIES: tuple[Family, ...] = (_numbers, _texts, _binary, _endless, _nested_json, _odd_json)
