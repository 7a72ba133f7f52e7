"""Where records lie: coordinates of any CRS become metres; bad ones are told and never mended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gridmap.crs import gcj02_of, to_metric
from gridmap.errors import UnreadableInput
from gridmap.registers import RATINGS
from gridmap.sources import records
from tests.sources_helpers import only, records_of, run_here

HEADER = "petition_no,status,received_at"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without a child process; the process has tests of its own."""
    monkeypatch.setattr(records, "run_child", run_here)


PLACES = f"""{HEADER},x,y
P1,closed,2018-07-04,114.06,22.72
P2,closed,2018-07-04,0,0
P3,closed,2018-07-04,22.72,114.06
P4,closed,2018-07-04,-0.1,51.5
P5,closed,2018-07-04,114.06,
P6,closed,2018-07-04,,
P7,closed,2018-07-04,east,north
P8,closed,2018-07-04,1e999,22
"""

REASONS = [
    None,
    "coordinates 0,0",
    "swapped longitude and latitude",
    "outside the plausible area",
    "one of the two coordinates is missing",
    "no coordinates",
    "coordinates are no numbers",
    "coordinates are no numbers",
]


def test_bad_coordinates_keep_the_row_and_are_told_never_mended(tmp_path: Path) -> None:
    read, kept, aside = records_of(PLACES, tmp_path, crs="wgs84")
    assert (len(kept), len(aside), read.crs) == (8, 0, "wgs84")
    assert [reason if isinstance(reason, str) else None for reason in kept["place_reason"]] == REASONS
    assert kept["x"].notna().tolist() == [True] + [False] * 7
    assert kept["raw_x"].tolist()[:4] == [114.06, 0, 22.72, -0.1]
    assert kept["src_crs"].tolist()[0] == "wgs84"
    told = [finding for finding in read.findings if finding.check == "row.bad_coordinates"]
    assert {finding.severity for finding in told} == {"warning"}
    assert sum(finding.amount or 0 for finding in told) == 6
    assert only(read.findings, "row.no_coordinates").amount == 1


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000", "gcj02", "EPSG:4526"])
def test_coordinates_become_metres_whatever_their_crs(crs: str, tmp_path: Path) -> None:
    lon, lat = np.array([114.06, 114.35]), np.array([22.72, 22.7])
    east, north = to_metric(lon, lat, "wgs84", "EPSG:4526")
    x, y = {"gcj02": gcj02_of(lon, lat), "EPSG:4526": (east, north)}.get(crs, (lon, lat))
    rows = "".join(f"P{n},closed,2018-07-04,{float(x[n])!r},{float(y[n])!r}\n" for n in (0, 1))
    read, kept, _ = records_of(f"{HEADER},x,y\n{rows}", tmp_path, crs=crs)
    assert np.allclose(kept["x"], [506163.967, 535961.853], atol=2e-3, rtol=0)
    assert np.allclose(kept["y"], [2513531.049, 2511357.391], atol=2e-3, rtol=0)
    assert kept["src_crs"].tolist() == [crs] * 2
    assert read.findings == ()


def test_northing_before_easting_is_told(tmp_path: Path) -> None:
    _, kept, _ = records_of(f"{HEADER},x,y\nP1,closed,2018-07-04,2513531,506163\n", tmp_path, crs="EPSG:4547")
    assert kept["place_reason"].tolist() == ["swapped x and y"]


def test_coordinates_without_a_crs_are_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"table.csv does not say which CRS.*--crs"):
        records_of(PLACES, tmp_path)


def test_the_declared_crs_wins_over_the_mapping_s(tmp_path: Path) -> None:
    mapping = {"file": {"by_name": True, "crs": "bd09"}}
    assert records_of(PLACES, tmp_path, mapping=mapping)[0].crs == "bd09"
    assert records_of(PLACES, tmp_path, mapping=mapping, crs="wgs84")[0].crs == "wgs84"


def test_a_file_whose_numbers_contradict_its_crs_is_an_error_and_places_nothing(tmp_path: Path) -> None:
    good = "".join(f"Q{n},closed,2018-07-04,114.0{n},22.7\n" for n in range(5))
    read, kept, _ = records_of(PLACES + good, tmp_path, crs="EPSG:4547")
    finding = only(read.findings, "file.crs_mismatch")
    assert finding.severity == "error"
    assert "look like longitude and latitude" in finding.message
    assert kept["x"].notna().sum() == 0
    assert len(kept) == 13


def test_a_register_without_places_has_no_columns_for_them(tmp_path: Path) -> None:
    text = "building_no,scheme,level,valid_from\nB1,s,watch,2020-01-01\n"
    _, kept, _ = records_of(text, tmp_path, register=RATINGS)
    assert not {"x", "raw_x", "place_reason"} & set(kept.columns)
