"""Records become typed fields; what cannot be used is set aside with the reason, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import UnreadableInput, UsageError
from gridmap.findings import worst
from gridmap.registers import BUILDINGS, PETITIONS, RATINGS, REGISTERS, Register
from gridmap.sources import load_mapping, read_records, records, source, tables
from gridmap.sources.mapping import mapping_from
from gridmap.sources.record_reader import canonical_schema
from gridmap.sources.seen_keys import SeenKeys
from tests.sources_helpers import only, real, records_of, run_here

HEADER = "petition_no,status,received_at"
GOOD = f"{HEADER}\nP1,closed,2018-07-04 17:24:41\nP2,processing,2018-07-05\n"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without a child process; the process has tests of its own."""
    monkeypatch.setattr(records, "run_child", run_here)


# -- what comes out -------------------------------------------------------------------------------------


def test_every_field_of_the_register_comes_out_with_its_type(tmp_path: Path) -> None:
    read, kept, aside = records_of(GOOD, tmp_path)
    assert (read.rows_read, read.rows_set_aside, read.findings, read.crs) == (2, 0, (), "")
    assert kept["row_no"].tolist() == [2, 3]
    assert kept["received_at"].tolist() == [pd.Timestamp("2018-07-04 17:24:41"), pd.Timestamp("2018-07-05")]
    assert kept["place_reason"].tolist() == ["no coordinates"] * 2
    assert aside.columns.tolist() == ["row_no", "check_name", "reason", "raw"]


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_the_columns_are_those_of_the_register(register: Register) -> None:
    schema = canonical_schema(register)
    assert schema.names[0] == "row_no"
    own = [field.name for field in register.fields if not field.is_sealed]
    assert schema.names[1 : 1 + len(own)] == own
    assert ("place_reason" in schema.names) == register.placed
    assert str(schema.field("row_no").type) == "int64"


def test_the_types_are_the_promised_ones() -> None:
    schema = canonical_schema(PETITIONS)
    kinds = {"petition_no": "string", "received_at": "timestamp[us]", "closed_on_time": "bool", "x": "double"}
    assert {name: str(schema.field(name).type) for name in kinds} == kinds
    assert str(canonical_schema(RATINGS).field("valid_from").type) == "date32[day]"
    assert str(canonical_schema(BUILDINGS).field("tenants").type) == "int64"


def test_progress_counts_every_row(tmp_path: Path) -> None:
    seen: list[int] = []
    records_of(GOOD + "P3,closed\n", tmp_path, progress=seen.append)
    assert sum(seen) == 3


# -- tables of every kind -------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_of_csv_are_found(encoding: str, delimiter: str, tmp_path: Path) -> None:
    text = '诉求编号,状态,受理时间,社区\nP1,已结案,2018年7月4日 17:24,"大富, 社区"\n'
    body = text.replace(",", delimiter).encode(encoding)
    path = tmp_path / "表.csv"
    path.write_bytes(body)
    mapping = load_mapping("plain", PETITIONS)
    read = read_records(path, register=PETITIONS, mapping=mapping, workdir=tmp_path / "work")
    kept = pd.read_parquet(read.parquet)
    assert kept.loc[0, ["petition_no", "status"]].tolist() == ["P1", "closed"]
    assert kept.loc[0, "region_name"] == f"大富{delimiter} 社区"
    assert kept.loc[0, "received_at"] == pd.Timestamp("2018-07-04 17:24")


def _workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(content)
    return content.getvalue()


def test_excel_is_read_with_its_dates_and_whole_numbers(tmp_path: Path) -> None:
    rows = [
        ["petition_no", "status", "received_at", "closed_on_time", "region_code"],
        [1001, "closed", dt.datetime(2018, 7, 4, 17, 24, 41), True, 440309001007.0],
        [None] * 5,
        [1002, "processing", "2018/7/5 8:00", None, None],
    ]
    read, kept, _ = records_of(_workbook({"Sheet": rows}), tmp_path, name="a.xlsx")
    assert kept["petition_no"].tolist() == ["1001", "1002"]
    assert kept["row_no"].tolist() == [2, 4]
    assert kept.loc[0, "region_code"] == "440309001007"
    assert kept["received_at"].tolist() == [
        pd.Timestamp("2018-07-04 17:24:41"),
        pd.Timestamp("2018-07-05 08:00"),
    ]
    assert (read.rows_read, read.findings) == (2, ())


def test_a_sheet_of_excel_can_be_chosen(tmp_path: Path) -> None:
    rows = [HEADER.split(","), ["P1", "closed", "2018-07-04"]]
    content = _workbook({"说明": [["nothing here"]], "数据": rows})
    read, kept, _ = records_of(
        content, tmp_path, name="a.xlsx", mapping={"file": {"by_name": True, "sheet": "数据"}}
    )
    assert len(kept) == 1
    assert only(read.findings, "file.sheet").severity == "info"
    with pytest.raises(
        UsageError, match=r"a.xlsx has no sheet '数具'. Did you mean '数据'\? It has: 说明, 数据"
    ):
        records_of(content, tmp_path, name="a.xlsx", mapping={"file": {"by_name": True, "sheet": "数具"}})


def test_excel_rows_wider_than_the_header_are_set_aside(tmp_path: Path) -> None:
    rows = [HEADER.split(","), ["P1", "closed", "2018-07-04", "stray"], ["P2", "closed", "2018-07-04"]]
    read, kept, aside = records_of(_workbook({"Sheet": rows}), tmp_path, name="a.xlsx")
    assert kept["row_no"].tolist() == [3]
    assert aside.loc[0, "reason"] == "has values beyond the 3 columns of the header"
    assert read.rows_read == 2


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({
        "petition_no": pa.array([1001.0, 1002.0]),
        "status": pa.array(["closed", "closed"]).dictionary_encode(),
        "received_at": pa.array([dt.datetime(2018, 7, 4, 17, 24, 41, 5), None], pa.timestamp("ns")),
        "closed_on_time": [True, None],
        "x": pa.array([114.0, None], pa.float32()), "y": [22.7, None],
    })  # fmt: skip
    content = io.BytesIO()
    pq.write_table(table, content)
    read, kept, aside = records_of(content.getvalue(), tmp_path, name="a.parquet", crs="wgs84")
    assert kept["petition_no"].tolist() == ["1001"]
    assert kept.loc[0, "received_at"] == pd.Timestamp("2018-07-04 17:24:41.000005")
    assert aside["reason"].tolist() == ["received_at is empty"]
    assert read.rows_set_aside == 1


@pytest.mark.parametrize(
    ("name", "driver"), [("a.gpkg", "GPKG"), ("a.geojson", "GeoJSON"), ("a.shp", "ESRI Shapefile")]
)
def test_points_of_geodata_are_coordinates(name: str, driver: str, tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"no": ["P1", "P2", "P3"], "status": "closed", "received": "2018-07-04 17:24:41"},
        geometry=[shapely.Point(114.06, 22.72), None, shapely.Point(114.35, 22.7)], crs="EPSG:4326",
    )  # fmt: skip
    points.to_file(tmp_path / name, driver=driver)
    content = {"columns": {"petition_no": "no", "status": "status", "received_at": "received"}}
    mapping = mapping_from(content, name="m", register=PETITIONS)
    read = read_records(tmp_path / name, register=PETITIONS, mapping=mapping, workdir=tmp_path / "work")
    kept = pd.read_parquet(read.parquet)
    assert kept["x"].round(3).tolist()[::2] == [506163.967, 535961.853]
    assert kept["place_reason"].tolist()[1] == "no coordinates"
    assert (read.crs, only(read.findings, "row.no_coordinates").severity) == ("EPSG:4326", "info")


def test_lines_are_no_points(tmp_path: Path) -> None:
    columns = {"petition_no": ["P1"], "status": "closed", "received_at": "2018-07-04"}
    line = shapely.LineString([(114, 22), (115, 23)])
    gpd.GeoDataFrame(columns, geometry=[line], crs="EPSG:4326").to_file(tmp_path / "a.geojson")
    read, kept, _ = records_of((tmp_path / "a.geojson").read_bytes(), tmp_path, name="b.geojson")
    assert kept["place_reason"].tolist() == ["not a point"]
    assert "Give each record one point" in only(read.findings, "row.bad_coordinates").message


# -- rows that cannot be used ---------------------------------------------------------------------------

BAD = f"""{HEADER},closed_at,closed_on_time
P1,closed,2018-07-04,2018-07-05,1
,closed,2018-07-04,,
P3,closed,31/12/2019,,
P4,finished,2018-07-04,,
P5,closed,2018-07-04,,maybe
P1,closed,2018-07-04,,
P7,closed
P8,closed,2018-07-04,2018-07-01,0

P10,,,,
"""

FAULTS = [
    (3, "row.missing_value", "petition_no is empty", "fill it in"),
    (4, "row.bad_date", "received_at holds '31/12/2019' where a date and time such as 2018-07-04 17:24:41 is "
     "wanted",
     "[formats] received_at"),
    (5, "row.value_not_allowed", "status holds 'finished', which is not allowed", "[values.status]"),
    (6, "row.bad_boolean",
     "closed_on_time holds 'maybe' where true or false (also 1/0, yes/no, 是/否) is wanted",
     "Write true or false"),
    (7, "row.duplicate_key", "petition_no P1 was used before in this file", "correct the key"),
    (8, "row.columns", "has 2 values where the header has 5 columns", "Mend the delimiters"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "check", "reason", "way_out"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_a_row_that_cannot_be_used_is_set_aside_and_told(
    row: int, check: str, reason: str, way_out: str, tmp_path: Path
) -> None:
    read, _, aside = records_of(BAD, tmp_path)
    entry = aside[(aside["row_no"] == row) & (aside["check_name"] == check)].iloc[0]
    assert entry["reason"] == reason
    finding = next(finding for finding in read.findings if finding.check == check)
    assert (finding.severity, finding.unit, finding.file) == ("error", "rows", "table.csv")
    assert str(row) in finding.message
    assert way_out in finding.message


def test_usable_and_set_aside_rows_make_up_the_file(tmp_path: Path) -> None:
    read, kept, aside = records_of(BAD, tmp_path)
    assert kept["row_no"].tolist() == [2, 9]
    assert sorted(set(aside["row_no"])) == [3, 4, 5, 6, 7, 8, 11]
    assert (read.rows_read, read.rows_set_aside) == (9, 7)


def test_a_row_with_two_faults_has_two_reasons_and_counts_once(tmp_path: Path) -> None:
    read, _, aside = records_of(BAD, tmp_path)
    assert aside[aside["row_no"] == 11]["reason"].tolist() == ["status is empty", "received_at is empty"]
    assert len(aside) == read.rows_set_aside + 1


def test_a_row_set_aside_can_be_mended_from_what_was_kept_of_it(tmp_path: Path) -> None:
    _, _, aside = records_of(BAD, tmp_path)
    raw = {row: json.loads(text) for row, text in zip(aside["row_no"], aside["raw"], strict=True)}
    assert raw[5] == {"petition_no": "P4", "status": "finished", "received_at": "2018-07-04", "closed_at": "",
                      "closed_on_time": ""}  # fmt: skip
    assert raw[8] == {"line": "P7,closed"}


def test_closed_before_received_is_kept_and_told(tmp_path: Path) -> None:
    read, kept, _ = records_of(BAD, tmp_path)
    finding = only(read.findings, "row.closed_before_received")
    assert (finding.severity, finding.amount, finding.row) == ("warning", 1, 9)
    assert kept["petition_no"].tolist() == ["P1", "P8"]


def test_a_rating_that_ends_before_it_starts_is_told(tmp_path: Path) -> None:
    text = "building_no,scheme,level,valid_from,valid_to\nB1,s,watch,2020-01-01,2019-01-01\n"
    read, _, _ = records_of(text, tmp_path, register=RATINGS)
    assert only(read.findings, "row.ends_before_it_starts").amount == 1


def test_a_key_of_several_fields_is_compared_whole(tmp_path: Path) -> None:
    days = ("2020-01-01", "2020-01-02", "2020-01-01")
    text = "building_no,scheme,level,valid_from\n" + "".join(f"B1,s,watch,{day}\n" for day in days)
    _, kept, aside = records_of(text, tmp_path, register=RATINGS)
    assert kept["row_no"].tolist() == [2, 3]
    assert aside["reason"].tolist() == ["building_no B1, valid_from 2020-01-01 was used before in this file"]


def test_numbers_that_are_none_are_set_aside_with_what_is_wanted(tmp_path: Path) -> None:
    text = "building_no,tenants\nB1,12\nB2,many\nB3,1.5\n"
    read, kept, aside = records_of(text, tmp_path, register=BUILDINGS)
    assert kept["tenants"].tolist() == [12]
    assert aside["reason"].tolist() == [
        f"tenants holds '{text}' where a whole number such as 12 is wanted" for text in ("many", "1.5")
    ]
    finding = only(read.findings, "row.bad_number")
    assert "2 rows (3, 4)" in finding.message
    assert finding.row is None


def test_findings_show_five_examples_however_many_rows(tmp_path: Path) -> None:
    text = HEADER + "\n" + "".join(f"P{n},closed,never\n" for n in range(40))
    read, _, aside = records_of(text, tmp_path)
    finding = only(read.findings, "row.bad_date")
    assert "40 rows (2, 3, 4, 5, 6, ...)" in finding.message
    assert finding.amount == len(aside) == 40


def test_a_file_with_a_header_only_is_a_warning(tmp_path: Path) -> None:
    read, kept, _ = records_of(HEADER + "\n", tmp_path)
    assert len(kept) == 0
    assert only(read.findings, "file.no_rows").severity == "warning"


def test_columns_that_nothing_is_read_from_are_told(tmp_path: Path) -> None:
    text = "building_no,tenants,remark,层数\nB1,12,x,3\n"
    read, kept, _ = records_of(text, tmp_path, register=BUILDINGS)
    assert len(kept) == 1
    finding = only(read.findings, "file.unread_columns")
    assert (finding.severity, finding.amount) == ("info", 2)
    assert "nothing is read from remark, 层数." in finding.message
    every, _, _ = records_of("gridmap_row_no,building_no,tenants\n7,B1,12\n", tmp_path, register=BUILDINGS)
    assert "file.unread_columns" not in {finding.check for finding in every.findings}


def test_a_quotation_mark_that_never_closes_is_told(tmp_path: Path) -> None:
    rows = "".join(f"P{n},closed,2018-07-04\n" for n in range(5))
    read, kept, aside = records_of(f'{HEADER}\nP,closed,2018-07-04\n"Q,closed\n{rows}', tmp_path)
    assert kept["petition_no"].tolist() == ["P"]
    assert "over 6 lines: a quotation mark may not be closed" in aside.loc[0, "reason"]
    assert "P4,closed" in json.loads(aside.loc[0, "raw"])["line"]
    assert worst(read.findings) == "error"


def test_a_quotation_mark_that_swallows_a_large_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_BLOCK_BYTES", 256)
    rows = "".join(f"P{n},closed,2018-07-04\n" for n in range(100))
    with pytest.raises(UnreadableInput, match=r"table.csv cannot be split.*quotation mark"):
        records_of(f'{HEADER}\n"Q,closed\n{rows}', tmp_path)


def test_a_name_cut_off_in_mid_character_costs_its_row_alone(tmp_path: Path) -> None:
    rows = [f"P{n},closed,2018-07-04,大富社区".encode("gbk") for n in range(200)]
    rows[3] = rows[3][:-1]
    content = b"\n".join([f"{HEADER},region_name".encode(), *rows])
    read, kept, aside = records_of(content, tmp_path)
    assert (read.rows_read, len(kept), aside["row_no"].tolist()) == (200, 199, [5])
    assert aside.loc[0, "check_name"] == "row.bad_encoding"
    assert json.loads(aside.loc[0, "raw"])["petition_no"] == "P3"
    assert "Correct the texts there" in only(read.findings, "row.bad_encoding").message
    assert set(kept["region_name"]) == {"大富社区"}


def test_a_second_column_of_the_same_name_is_told_apart(tmp_path: Path) -> None:
    _, _, aside = records_of(f"{HEADER},note,note\nP1,closed,never,a,b\n", tmp_path)
    assert json.loads(aside.loc[0, "raw"])["note.2"] == "b"


# -- large files ----------------------------------------------------------------------------------------


def test_row_numbers_and_keys_hold_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_BLOCK_BYTES", 256)
    monkeypatch.setattr(tables, "CHUNK_ROWS", 30)
    lines = [HEADER]
    for number in range(2, 300):
        broken, repeated = number % 37 == 0, number % 41 == 0
        key = "P2" if repeated else f"P{number}"
        lines.append(f"{key},closed" if broken else f"{key},closed,2018-07-04 17:24:41")
    lines[10] = ""
    read, kept, aside = records_of("\n".join(lines), tmp_path)
    broken_rows = [number for number in range(2, 300) if number % 37 == 0]
    repeated_rows = [number for number in range(2, 300) if number % 41 == 0 and number % 37]
    assert aside[aside["check_name"] == "row.columns"]["row_no"].tolist() == broken_rows
    assert aside[aside["check_name"] == "row.duplicate_key"]["row_no"].tolist() == repeated_rows
    good = set(range(2, 300)) - set(broken_rows) - set(repeated_rows) - {11}
    assert sorted(kept["row_no"]) == sorted(good)
    assert all(key == f"P{row}" for key, row in zip(kept["petition_no"], kept["row_no"], strict=True))
    assert read.rows_read == 297


def test_geodata_and_parquet_are_numbered_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridmap.sources.parquet.CHUNK_ROWS", 7)
    frame = pd.DataFrame(
        {"petition_no": [f"P{n}" for n in range(20)], "status": "closed", "received_at": "2018-07-04"}
    )
    frame.to_parquet(tmp_path / "b.parquet")
    _, kept, _ = records_of((tmp_path / "b.parquet").read_bytes(), tmp_path, name="a.parquet")
    assert kept["row_no"].tolist() == list(range(2, 22))
    assert source.CHUNK_ROWS == 200_000


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("xyz"), st.booleans()))))
def test_a_key_is_repeated_exactly_when_an_earlier_usable_row_had_it(
    chunks: list[list[tuple[str, str, bool]]],
) -> None:
    seen, oracle = SeenKeys(), set[tuple[str, str]]()
    for chunk in chunks:
        parts = [pa.array([row[at] for row in chunk], pa.string()) for at in (0, 1)]
        found = seen.repeated(parts, np.array([row[2] for row in chunk], dtype=bool))
        for (one, other, usable), again in zip(chunk, found, strict=True):
            assert again == (usable and (one, other) in oracle)
            if usable:
                oracle.add((one, other))


# -- what the mapping says ------------------------------------------------------------------------------


def _mapped(text: str, tmp_path: Path, **content: Any) -> pd.DataFrame:
    columns = {"petition_no": "NO", "status": "ST", "received_at": "AT"}
    mapping = {**content, "columns": {**columns, **content.get("columns", {})}}
    return records_of(text, tmp_path, mapping=mapping)[1]


def test_translations_rules_and_constants_apply_in_that_order(tmp_path: Path) -> None:
    rows = (
        "P1,办结,2018-07-04,1,0",
        "P2,,2018-07-04,0,1",
        "P3,待办,2018-07-04,-,-",
        "P4,待办,2018-07-04,0,0",
    )
    text = "\n".join(["NO,ST,AT,DONE,LATE", *rows])
    kept = _mapped(
        text, tmp_path, file={"null": ["-"]}, values={"status": {"办结": "closed", "待办": "processing"}},
        derive=[
            {"field": "closed_on_time", "value": True, "when": {"DONE": "1"}},
            {"field": "closed_on_time", "value": False, "when": {"LATE": "1"}},
            {"field": "status", "value": "void", "when": {"DONE": ["0"], "LATE": ["1"]}},
        ],
        constants={"channel": "12345"},
    )  # fmt: skip
    assert kept["status"].tolist() == ["closed", "void", "processing", "processing"]
    assert kept["closed_on_time"].tolist() == [True, False, None, None]
    assert kept["channel"].tolist() == ["12345"] * 4


def test_the_first_rule_that_fits_decides(tmp_path: Path) -> None:
    rules = [{"field": "status", "value": "closed", "when": {"A": "1"}}, {"field": "status", "value": "void"}]
    kept = _mapped("NO,ST,AT,A\nP1,x,2018-07-04,1\nP2,x,2018-07-04,2\n", tmp_path, derive=rules)
    assert kept["status"].tolist() == ["closed", "void"]


def test_declared_forms_of_dates_are_used(tmp_path: Path) -> None:
    kept = _mapped("NO,ST,AT\nP1,closed,04.07.2018\n", tmp_path, formats={"received_at": "%d.%m.%Y"})
    assert kept["received_at"].tolist() == [pd.Timestamp("2018-07-04")]


def test_allowed_values_may_be_written_in_capitals(tmp_path: Path) -> None:
    assert _mapped("NO,ST,AT\nP1,CLOSED,2018-07-04\n", tmp_path)["status"].tolist() == ["closed"]


# -- real tables ----------------------------------------------------------------------------------------


def _pingshan(tmp_path: Path, encoding: str) -> tuple[records.Records, pd.DataFrame]:
    mapping = load_mapping("pingshan", PETITIONS)
    path = real(f"pingshan_petitions/pingshan_petitions_{encoding}.csv")
    read = read_records(path, register=PETITIONS, mapping=mapping, workdir=tmp_path)
    return read, pd.read_parquet(read.parquet)


def test_the_petitions_of_pingshan_are_read(tmp_path: Path) -> None:
    read, kept = _pingshan(tmp_path, "utf8")
    assert (read.rows_read, len(kept), read.rows_set_aside, read.findings) == (10_000, 10_000, 0, ())
    assert kept["region_name"].isna().sum() == kept["parent_name"].isna().sum() == 10
    closed = kept.groupby(["status", "closed_on_time"], dropna=False).size()
    assert closed["closed", True] == 9071
    assert closed["closed", False] == 924
    assert (kept["status"] == "processing").sum() == 5
    assert kept["category"].value_counts()["市容环卫"] == 3480
    assert kept["kind"].value_counts()["投诉"] == 9341


def test_both_encodings_of_pingshan_are_one_table(tmp_path: Path) -> None:
    read, kept = _pingshan(tmp_path, "gb18030")
    pd.testing.assert_frame_equal(kept, _pingshan(tmp_path, "utf8")[1])
    assert [(finding.check, finding.severity) for finding in read.findings] == [("file.encoding", "info")]


@pytest.mark.parametrize(
    ("name", "rows", "without"),
    [("311_Animals_short.csv", 4969, 62), ("nyc311_2019dec_1000.csv", 1000, 13),
     ("nyc_311_animals_rooster_etc_5895.csv", 5895, 57)],
)  # fmt: skip
def test_the_open311_mapping_reads_every_style_of_header(
    name: str, rows: int, without: int, tmp_path: Path
) -> None:
    mapping = load_mapping("open311", PETITIONS)
    read = read_records(real(f"nyc_311_small/{name}"), register=PETITIONS, mapping=mapping, workdir=tmp_path,
                        target_crs="EPSG:32618")  # fmt: skip
    kept = pd.read_parquet(read.parquet)
    assert (read.rows_read, read.rows_set_aside) == (rows, 0)
    assert kept["place_reason"].value_counts().to_dict() == {"no coordinates": without}
    assert worst(read.findings) in ("info", "warning")
    assert kept["received_at"].notna().all()


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_coordinate_without_end_is_no_number(number: str, tmp_path: Path) -> None:
    text = f"petition_no,status,received_at,x,y\nP1,closed,2024-01-01,{number},22.7\n"
    _, kept, _ = records_of(text, tmp_path, crs="wgs84")
    assert kept[["raw_x", "x", "y"]].isna().all(axis=None)
    assert kept["place_reason"].tolist() == ["coordinates are no numbers"]


def test_of_thousands_of_columns_a_refusal_names_a_few(tmp_path: Path) -> None:
    header = ",".join(f"column_{number}" for number in range(900))
    with pytest.raises(UsageError, match=r"It has: column_0, .*and 870 more") as refusal:
        records_of(header + "\n", tmp_path)
    assert len(str(refusal.value)) < 1_000
