"""The doctor: a store that was only worked with has nothing; whatever is broken is found and named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gridmap.cli import main
from gridmap.findings import Finding
from gridmap.keeping import doctor, surroundings
from gridmap.store import Database


def inside(db: Database) -> list[str]:
    """Return what the doctor finds inside the store, wherever it lies."""
    about_disk = {"store.little_room", "store.passing_disk", "store.disk_full"}
    return sorted({finding.check for finding in doctor.examine(db)} - about_disk)


def break_(db: Database, statement: str) -> None:
    with db._cursor() as cursor:
        cursor.execute(statement)


def test_a_store_that_was_only_worked_with_is_whole(used: Database) -> None:
    assert inside(used) == []


@pytest.mark.parametrize(
    ("statement", "checks"),
    [
        ("update import set rows_kept = rows_kept + 1 where import_id = 5", {"store.imports_not_adding_up"}),
        ("delete from import_set_aside", {"store.imports_not_adding_up"}),
        ("update record set import_id = 77", {"store.rows_of_no_import"}),
        ("insert into inspection (inspection_no, building_no, inspected_at, import_id) "
         "select 'I1', 'R1', timestamp '2024-01-01', 4 from range(2)", {"store.records_kept_twice"}),
        ("delete from place where record_kind = 'rental_building'", {"store.places_amiss", "store.derived"}),
        ("update petition set settled_in = 1 where petition_no = 'P1'",
         {"store.settled_amiss", "store.derived"}),
        ("delete from ancestry where level = 'street'", {"store.derived"}),
        ("delete from petition_course", {"store.derived"}),
        ("delete from changeset where cs = 2",
         {"store.versions_of_no_changeset", "store.changesets_out_of_order"}),
        ("update changeset set recorded_at = timestamp '2000-01-01' where cs = 4",
         {"store.changesets_out_of_order"}),
        ("delete from draft_step where draft = 'south' and revision = 1", {"store.drafts_amiss"}),
        ("update draft set published_cs = 99 where draft = 'north'", {"store.drafts_amiss"}),
        ("create index quick on region_version using rtree (geom)", {"store.rtree_indexes"}),
    ],
)  # fmt: skip
def test_what_is_broken_is_found(used: Database, statement: str, checks: set[str]) -> None:
    break_(used, statement)
    assert checks <= set(inside(used))


def test_land_that_no_longer_tiles_is_found_for_the_days_it_concerns(used: Database) -> None:
    break_(used, "update region_version set geom = st_translate(geom, 0.001, 0) where code = 'A3'")
    found = [finding.message for finding in doctor.examine(used) if finding.check == "store.certificate"]
    assert [day for day in ("1900-01-01", "2024-08-01", "2024-09-01") if day in " ".join(found)] != []


def test_two_boundaries_in_force_on_one_day_are_found(used: Database) -> None:
    break_(used, "update region_version set valid_to = date '9999-12-31' where code = 'A2'")
    assert "store.versions_overlapping" in inside(used)


def test_mending_derives_anew_and_removes_the_index(used: Database) -> None:
    whole = used.sums()
    break_(used, "delete from place; delete from ancestry; delete from petition_course;"
                 "update petition set settled_in = null;"
                 "create index quick on region_version using rtree (geom)")  # fmt: skip
    assert inside(used) != []
    doctor.mend(used)
    assert inside(used) == []
    assert used.sums() == whole


def test_a_quick_look_finds_what_endangers_the_store(used: Database) -> None:
    break_(used, "create index quick on region_version using rtree (geom)")
    assert "store.rtree_indexes" in {finding.check for finding in doctor.at_start(used)}


# ---- the disk -----------------------------------------------------------------------------------


def around(folder: Path) -> dict[str, Finding]:
    return {finding.check: finding for finding in surroundings.around(folder)}


def test_little_room_is_a_warning_and_none_is_an_error(
    toy: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(toy.folder)
    for free, check in ((10**6, "store.disk_full"), (201 * 10**6, None), (10**12, None)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: usage._replace(free=free))
        assert [name for name in around(toy.folder) if "passing" not in name] == ([check] if check else [])
    monkeypatch.setattr(surroundings, "size_of", lambda _folder: 10**12)
    assert around(toy.folder)["store.little_room"].severity == "warning"


def test_a_disk_of_another_machine_is_an_error(toy: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = toy.folder / "mounts"
    monkeypatch.setattr(surroundings, "_MOUNTS", mounts)
    for kind, check in (("nfs4", "store.remote_disk"), ("tmpfs", "store.passing_disk"), ("ext4", None)):
        mounts.write_text(f"none / ext4 rw 0 0\nhost:/x {toy.folder.parent.resolve()} {kind} rw 0 0\n")
        assert (check in around(toy.folder)) == (check is not None)
        assert surroundings.file_system_of(toy.folder) == kind


# ---- the command --------------------------------------------------------------------------------


def test_the_command_prints_findings_as_check_does_and_ends_with_their_code(toy: Database) -> None:
    run = CliRunner()
    whole = run.invoke(main, ["doctor", "--quick", "--store", str(toy.folder), "--format", "json"])
    assert whole.exit_code == 2  # another part of this process has it open
    break_(toy, "create index quick on region_version using rtree (geom)")
    toy.close()
    found = run.invoke(main, ["doctor", "--store", str(toy.folder), "--format", "json"])
    assert found.exit_code == 1
    (entry,) = [entry for entry in json.loads(found.stdout) if entry["check"] == "store.rtree_indexes"]
    assert entry["severity"] == "error"
    assert set(entry) == set(Finding.__dataclass_fields__)
    mended = run.invoke(main, ["doctor", "--repair", "--store", str(toy.folder)])
    assert mended.exit_code == 0, mended.output
