"""Rows that were set aside go out to be mended and come back."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from gridmap.access import Scope, acting
from gridmap.errors import Denied
from gridmap.ui import data, mending
from tests.toy import CRS


@pytest.fixture
def import_id(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the screens show a city of one's own; return its import that set rows aside."""
    monkeypatch.setenv("GRIDMAP_STORE", str(shutil.copytree(city, tmp_path / "city")))
    imports = data.ask("imports")
    return int(imports.loc[imports["rows_set_aside"] > 0, "import_id"].iloc[0])


def aside(import_id: int) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(mending.rows_to_mend(import_id).decode("utf-8-sig"))))


def test_a_row_goes_out_once_with_its_faults_and_comes_back_mended(import_id: int, tmp_path: Path) -> None:
    rows = aside(import_id)
    assert len({row["gridmap_row_no"] for row in rows}) == len(rows)
    assert all(row["gridmap_reason"] for row in rows)
    for row in rows:
        row["received_at"] = "2024-05-01 10:00"
    file = tmp_path / "mended.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = mending.load_mended(file, "petitions", mapping="plain", crs=CRS)
    assert (done.rows_read, done.rows_kept, done.rows_set_aside) == (len(rows), len(rows), 0)


def test_who_may_not_load_neither_takes_nor_brings_rows(import_id: int, tmp_path: Path) -> None:
    with acting(Scope("li", "leader", None)), pytest.raises(Denied):
        mending.rows_to_mend(import_id)
    with acting(Scope("li", "leader", None)), pytest.raises(Denied):
        mending.load_mended(tmp_path / "x.csv", "petitions", mapping="plain", crs="")
