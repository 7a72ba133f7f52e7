"""The reading process: what it may not do, and how its end is put into words."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gridmap.errors import UnreadableInput
from gridmap.registers import PETITIONS
from gridmap.settings import Settings
from gridmap.sources import load_mapping, polygons, read_polygons, read_records, records, worker
from gridmap.sources.filetypes import DRIVERS
from tests.sources_helpers import drawn, only

SECRET = '{"type": "FeatureCollection", "features": []}'
VRT = """<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{path}</SrcDataSource>
<SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"""


def _read(path: Path, folder: Path, **options: Any) -> Any:
    return read_polygons(path, columns={"code": "code"}, workdir=folder / "work", **options)


@pytest.fixture(autouse=True)
def in_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in a child process, whatever the other tests do."""
    monkeypatch.setattr(polygons, "run_child", worker.run_child)
    monkeypatch.setattr(records, "run_child", worker.run_child)


# -- attacks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.geojson", "a.json", "a.kml", "a.gpkg", "a.csv"])
def test_a_virtual_file_in_disguise_is_refused(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.geojson"
    drawn().to_file(secret)
    (tmp_path / name).write_text(VRT.format(path=secret))
    with pytest.raises(UnreadableInput, match=rf"{name} is a GDAL virtual file"):
        _read(tmp_path / name, tmp_path)


def test_a_virtual_file_behind_a_long_comment_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.geojson"
    drawn().to_file(secret)
    disguise = "<!--" + " " * 5000 + "-->" + VRT.format(path=secret)
    (tmp_path / "a.kml").write_text(disguise)
    with pytest.raises(UnreadableInput, match=r"a.kml cannot be read as KML"):
        _read(tmp_path / "a.kml", tmp_path)


def test_drivers_that_follow_paths_are_off(tmp_path: Path) -> None:
    skipped = worker.environment(tmp_path)["OGR_SKIP"].split(",")
    assert {"OGR_VRT", "CSV", "GML", "WFS", "HTTP", "SQLite"} <= set(skipped)
    assert not DRIVERS & set(skipped)


def test_no_secret_of_ours_reaches_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_STORE", "store")
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    assert not {"GRIDMAP_STORE", "SECRET_TOKEN"} & worker.environment(tmp_path).keys()


def test_a_path_that_is_an_instruction_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "!a.zip!b.geojson"
    drawn().to_file(tmp_path / "plain.geojson")
    (tmp_path / "plain.geojson").rename(path)
    assert len(_read(path, tmp_path).frame) == 3


def test_a_module_beside_the_file_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    drawn().to_file(tmp_path / "a.geojson")
    assert len(_read(Path("a.geojson"), tmp_path).frame) == 3


def test_deeply_nested_json_is_an_answer_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": ' + "[" * 100_000)
    with pytest.raises(UnreadableInput, match=r"a.geojson"):
        _read(tmp_path / "a.geojson", tmp_path)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    import zipfile

    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr("[Content_Types].xml", laughs + "<Types>&b;</Types>")
        book.writestr("xl/workbook.xml", laughs + "<workbook>&b;</workbook>")
    with pytest.raises(UnreadableInput, match=r"a.xlsx is no readable workbook"):
        read_records(tmp_path / "a.xlsx", register=PETITIONS, mapping=load_mapping("plain", PETITIONS),
                     workdir=tmp_path / "work")  # fmt: skip


GML = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{path}">]>
<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:ogr="http://ogr.maptools.org/"
 xmlns:xlink="http://www.w3.org/1999/xlink"><gml:featureMember xlink:href="file://{path}"/>
<gml:featureMember><ogr:a><ogr:code>&e;</ogr:code><ogr:geometryProperty><gml:Polygon srsName="EPSG:4326">
<gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>0,0 0,1 1,1 0,0</gml:coordinates></gml:LinearRing>
</gml:outerBoundaryIs></gml:Polygon></ogr:geometryProperty></ogr:a></gml:featureMember></gml:FeatureCollection>"""


@pytest.mark.parametrize("name", ["a.gml", "a.xml", "a.kml", "a.geojson"])
def test_gml_is_refused_and_nothing_it_points_at_is_read(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-bait-in-the-file")
    (tmp_path / name).write_text(GML.format(path=secret))
    with pytest.raises(UnreadableInput, match=name) as refused:
        _read(tmp_path / name, tmp_path)
    work = [path.read_bytes() for path in tmp_path.rglob("work/**/*") if path.is_file()]
    assert "the-bait" not in str(refused.value)
    assert not any(b"the-bait" in content for content in work)


# -- limits ---------------------------------------------------------------------------------------------


def _records(path: Path, folder: Path, **options: Any) -> Any:
    mapping = load_mapping("plain", PETITIONS)
    return read_records(path, register=PETITIONS, mapping=mapping, workdir=folder / "work", **options)


def test_a_file_that_needs_too_much_memory_says_how_to_give_more(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = "P{0:09d},closed,2018-07-04 17:24:41," + "x" * 400 + "\n"
    with path.open("w") as file:
        file.write("petition_no,status,received_at,kind\n")
        file.writelines(row.format(number) for number in range(300_000))
    with pytest.raises(UnreadableInput, match=r"a.csv needs more than 600 MB.*GRIDMAP_CHILD_MEMORY_MB"):
        _records(path, tmp_path, settings=Settings(child_memory_mb=600))
    assert not list((tmp_path / "work").iterdir())


def test_a_file_that_takes_too_long_says_how_to_give_more(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("petition_no,status,received_at\nP1,closed,2018-07-04\n")
    with pytest.raises(UnreadableInput, match=r"a.csv was not read within 0 s.*GRIDMAP_CHILD_SECONDS"):
        _records(tmp_path / "a.csv", tmp_path, settings=Settings(child_seconds=0))


def test_the_child_gets_a_whole_job_done(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("petition_no,status,received_at\nP1,closed,2018-07-04\nP2,closed,never\n")
    seen: list[int] = []
    read = _records(tmp_path / "a.csv", tmp_path, progress=seen.append)
    assert (read.rows_read, read.rows_set_aside, sum(seen)) == (2, 1, 2)
    assert only(read.findings, "row.bad_date").row == 3
    assert sorted(part.name for part in read.parquet.parent.iterdir()) == [
        "canonical.parquet", "child.log", "result.json", "sealed.parquet", "set_aside.parquet",
    ]  # fmt: skip


# -- how it ended, in words -----------------------------------------------------------------------------


def _ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> str:
    """Run a stand-in for Python that ends as the script says; return the message."""
    stand_in = tmp_path / "python"
    stand_in.write_text(f"#!/bin/sh\n{script}\n")
    stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    folder = worker.own_folder(tmp_path / "work")
    with pytest.raises(UnreadableInput) as refusal:
        worker.run_child(
            {"kind": "records"}, folder=folder, shown="a.csv", settings=Settings(child_seconds=30)
        )
    return str(refusal.value)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -SEGV $$", "a.csv made its reader end with signal SIGSEGV"),
        ("kill -KILL $$", "a.csv made its reader end with signal SIGKILL"),
        ("exit 3", "a.csv made its reader end with exit code 3"),
        ("exit 0", "a.csv made its reader end with exit code 0"),
        ("echo 'std::bad_alloc' >&2; kill -ABRT $$", "a.csv needs more than 4,096 MB"),
        ("kill -XCPU $$", "a.csv took more than 30 s"),
        ("kill -XFSZ $$", "unpacks to more than may be written"),
    ],
)
def test_every_end_of_the_child_is_a_sentence(
    script: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said in _ending(tmp_path, monkeypatch, script)


def test_what_the_child_says_on_stdout_is_only_ever_a_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = json.dumps({"fault": "UnreadableInput", "message": "a.csv is odd."})
    script = (
        f"echo 5; echo nonsense; printf 'x%.0s' $(seq 500); echo; echo 7; echo '{result}' > {worker.RESULT}"
    )
    assert _ending(tmp_path, monkeypatch, script) == "a.csv is odd."


def test_the_limits_are_set_in_the_child(tmp_path: Path) -> None:
    import subprocess

    ask = (
        "import resource; from gridmap.sources.child import limit; limit(memory_mb=900, seconds=50);"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 20, resource.getrlimit(resource.RLIMIT_CPU)[0],"
        "resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    out = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, env=env, check=True)
    assert out.stdout.split() == ["900", "50", "0"]
    assert signal.SIGXCPU in signal.valid_signals()


# -- faults that hostile files found ----------------------------------------------------------------------


def test_a_damaged_table_is_named_as_the_person_names_it(tmp_path: Path) -> None:
    (tmp_path / "诉求.csv").write_bytes(b"petition_no\n\xff\xff\n\xfe\xff\n\xff\xfe\n")
    with pytest.raises(UnreadableInput, match=r"^诉求\.csv is neither UTF-8 nor GB18030: line 2"):
        _records(tmp_path / "诉求.csv", tmp_path)


def test_a_sheet_that_claims_endless_rows_is_refused(tmp_path: Path) -> None:
    from gridmap.torture.inputs import sheets

    names = "".join(
        f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("petition_no", "status", "received_at")
    )
    page = sheets._sheet(f'<row>{names}</row><row r="99999999"><c><v>1</v></c></row>')
    (tmp_path / "a.xlsx").write_bytes(sheets.workbook([], sheet=page))
    with pytest.raises(UnreadableInput, match=r"a.xlsx claims more than 1,048,576 rows"):
        _records(tmp_path / "a.xlsx", tmp_path)


@pytest.mark.parametrize("target", ["http://127.0.0.1:{}/crs", "/vsicurl/http://127.0.0.1:{}/crs"])
def test_the_link_of_a_crs_is_not_followed(target: str, tmp_path: Path) -> None:
    drawn().to_file(tmp_path / "plain.geojson")
    content = json.loads((tmp_path / "plain.geojson").read_text())
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        link = {"href": target.format(server.getsockname()[1]), "type": "proj4"}
        (tmp_path / "a.geojson").write_text(
            json.dumps(content | {"crs": {"type": "link", "properties": link}})
        )
        with suppress(UnreadableInput):
            _read(tmp_path / "a.geojson", tmp_path)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_process_that_is_cut_off_makes_no_socket() -> None:
    program = (
        "import socket; from gridmap.sources.offline import cut_off; assert cut_off()\n"
        "try: socket.socket()\nexcept PermissionError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
