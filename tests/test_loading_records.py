"""Loading records: nothing lost, nothing silent, nothing twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gridmap import exporting
from gridmap.access import personal
from gridmap.loading import ledger
from gridmap.loading.records import load_records
from gridmap.registers import PETITIONS
from gridmap.store import Database
from tests.records import load, petition
from tests.toy import CRS, rows

GOOD = (0.5, 3.5)


def test_what_was_read_is_kept_unchanged_or_set_aside(toy: Database, tmp_path: Path) -> None:
    done = load(toy, tmp_path, "petitions", [
        petition(1, GOOD),
        petition(2, GOOD, received_at="yesterday"),
        petition(1, GOOD),
        petition(3, GOOD, status="lost"),
        petition(4, GOOD, petition_no=None),
    ])  # fmt: skip
    assert (done.rows_read, done.rows_kept, done.rows_set_aside) == (5, 1, 4)
    aside = toy.query("screens/set_aside", import_id=done.import_id)
    assert aside["row_no"].tolist() == [3, 4, 5, 6]
    assert aside["reason"].str.len().gt(10).all()


def test_rows_set_aside_come_out_whole_and_can_be_mended_and_loaded_again(
    toy: Database, tmp_path: Path
) -> None:
    first = load(toy, tmp_path, "petitions", [petition(1, GOOD), petition(2, GOOD, received_at="yesterday")])
    out = exporting.set_aside_rows(ledger.set_aside(toy, first.import_id))
    assert out["petition_no"].tolist() == ["P2"]
    mended = out.assign(received_at="2024-05-02 10:00:00")
    exporting.write_table(mended, tmp_path / "mended.csv")
    again = load_records(toy, tmp_path / "mended.csv", PETITIONS, crs=CRS, silent=True)
    assert (again.rows_read, again.rows_kept, again.rows_set_aside) == (1, 1, 0)
    assert rows(toy, "select count(*) as n from petition")["n"][0] == 2


def test_the_same_file_twice_changes_nothing_and_says_so(toy: Database, tmp_path: Path) -> None:
    pd.DataFrame([petition(1, GOOD)]).to_csv(tmp_path / "once.csv", index=False)
    first = load_records(toy, tmp_path / "once.csv", PETITIONS, crs=CRS, silent=True)
    again = load_records(toy, tmp_path / "once.csv", PETITIONS, crs=CRS, silent=True)
    assert first.applied
    assert again.already_loaded
    assert "Nothing was changed" in again.findings[0].message
    assert rows(toy, "select count(*) as n from import where register = 'petitions'")["n"][0] == 1


def test_a_row_reported_anew_keeps_its_number_and_its_earlier_state(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", [petition(1, GOOD), petition(2, GOOD)])
    done = load(
        toy,
        tmp_path,
        "petitions",
        [
            petition(2, GOOD, status="closed", closed_at="2024-05-03 09:00:00"),
            petition(1, GOOD),
            petition(3, GOOD),
        ],
    )
    assert (done.rows_kept, done.rows_unchanged) == (2, 1)
    now = rows(toy, "select petition_id, petition_no, status from petition order by petition_id")
    assert now.to_numpy().tolist() == [[1, "P1", "processing"], [2, "P2", "closed"], [3, "P3", "processing"]]
    past = rows(toy, "select petition_no, status, replaced_by from petition_past")
    assert past.to_numpy().tolist() == [["P2", "processing", done.import_id]]


def test_a_dry_run_says_the_same_and_changes_nothing(toy: Database, tmp_path: Path) -> None:
    table = [petition(1, GOOD), petition(2, GOOD, status="lost")]
    dry = load(toy, tmp_path, "petitions", table, dry_run=True)
    assert (dry.rows_kept, dry.rows_set_aside, dry.applied) == (1, 1, False)
    assert rows(toy, "select count(*) as n from petition")["n"][0] == 0
    wet = load(toy, tmp_path, "petitions", table)
    assert (wet.rows_kept, wet.rows_set_aside) == (1, 1)


def test_an_import_that_fails_halfway_leaves_nothing(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no space left")

    monkeypatch.setattr("gridmap.loading.ledger.record", broken)
    with pytest.raises(RuntimeError):
        load(toy, tmp_path, "petitions", [petition(1, GOOD)])
    for table in ("petition", "import_set_aside", "place where record_kind = 'petition'"):
        assert rows(toy, f"select * from {table}").empty
    assert list(toy.incoming.iterdir()) == []


@pytest.mark.parametrize(("fields", "check"), [
    ({"x": 0, "y": 0}, "row.bad_coordinates"),
    ({"x": 1e9, "y": 2}, "row.bad_coordinates"),
    ({"status": "closed", "closed_at": "2024-04-01 09:00:00"}, "row.closed_before_received"),
])  # fmt: skip
def test_doubtful_rows_are_kept_and_said(
    toy: Database, tmp_path: Path, fields: dict[str, object], check: str
) -> None:
    done = load(toy, tmp_path, "petitions", [{**petition(1, GOOD), **fields}, petition(2, GOOD)])
    assert done.rows_kept == 2
    said = [finding for finding in done.findings if finding.check == check]
    assert [finding.amount for finding in said] == [1]
    assert "2" in said[0].message


def test_rows_that_name_a_building_nobody_knows_are_kept_with_a_warning(
    toy: Database, tmp_path: Path
) -> None:
    done = load(
        toy,
        tmp_path,
        "inspections",
        [{"inspection_no": "1", "building_no": "H404", "inspected_at": "2024-05-01 10:00"}],
    )
    assert [(f.check, f.amount, f.codes) for f in done.findings] == [("row.unknown_building", 1, ("H404",))]
    assert done.rows_kept == 1


def test_names_and_telephones_stay_out_of_the_register(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "responsibilities", [
        {"region_code": "A1", "role": "red_grid_lead", "person_no": "1", "person_name": "假名",
         "phone": "19900000001", "valid_from": "2024-01-01"}])  # fmt: skip
    assert "person_name" not in rows(toy, "select * from responsibility").columns
    assert personal.names_of_people(toy) == {"1": "假名"}
    stored = rows(toy, "select sealed, shown from personal_value")
    assert not any("假名".encode() in bytes(sealed) for sealed in stored["sealed"])
    assert stored["shown"].isna().all()


def test_text_that_a_spreadsheet_would_run_is_disarmed(tmp_path: Path) -> None:
    exporting.write_table(
        pd.DataFrame({"text": ["=1+1", "@sum", "plain", "-"], "n": [-1, 2, 3, 4]}), tmp_path / "t.csv"
    )
    written = pd.read_csv(tmp_path / "t.csv", encoding="utf-8-sig")
    assert written["text"].tolist() == ["'=1+1", "'@sum", "plain", "-"]
    assert written["n"].tolist() == [-1, 2, 3, 4]
