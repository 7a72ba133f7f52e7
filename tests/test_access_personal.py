"""Personal data: away from the records, sealed, masked, whole for a logged reason, and only for who may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gridmap import exporting
from gridmap.access import audit, personal, renewing
from gridmap.access.narrowing import forget, narrowed
from gridmap.access.personal_keys import file_of, personal_keys
from gridmap.access.scope import OWNER, Scope
from gridmap.errors import Denied, Refused, StoreError, UsageError
from gridmap.findings import Finding
from gridmap.keeping import doctor, dumps, retention
from gridmap.loading import ledger
from gridmap.loading.records import load_records
from gridmap.loading.reports import LoadReport
from gridmap.registers import PETITIONS, RESPONSIBILITIES, register_from
from gridmap.store import Database, open_store, snapshots
from tests.toy import rows

NAME, PHONE, STREET, TEXT = (
    "王小明",
    "13800138000",
    "富康路12号3栋502",
    "我是王小明，路灯坏了，请打138-0013-8000",
)
WHY = "回访核实处置结果"
OFFICER = Scope("officer", "data_officer", None)


def petition(number: str, region: str = "A1", on: str = "2024-05-01", **more: Any) -> dict[str, Any]:
    about = {"诉求人": NAME, "联系电话": PHONE, "地址": STREET, "内容": TEXT}
    return {
        "petition_no": number,
        "status": "closed",
        "received_at": on,
        "region_code": region,
        **about,
        **more,
    }


def load(db: Database, folder: Path, found: list[dict[str, Any]], **more: Any) -> LoadReport:
    file = folder / f"p{len(list(folder.iterdir()))}.csv"
    pd.DataFrame(found).to_csv(file, index=False)
    return load_records(db, file, PETITIONS, silent=True, **more)


@pytest.fixture
def told(toy: Database, tmp_path: Path) -> Database:
    load(toy, tmp_path, [petition("P1"), petition("P2", "A2", 联系电话="13900139000", 诉求人="李四")])
    return toy


def noting(db: Database, scope: Scope = OFFICER) -> personal.Note:
    return personal.noting(db, scope)


def whole(db: Database, key: str = "P1", scope: Scope = OFFICER, reason: str = WHY) -> dict[str, str | None]:
    seen = narrowed(db, scope)
    found = personal.reveal(seen, scope, noting(db, scope), PETITIONS, key, reason=reason)
    return {value.field: value.text for value in found}


def only(found: LoadReport, check: str) -> Finding:
    (one,) = [finding for finding in found.findings if finding.check == check]
    return one


def log(db: Database) -> pd.DataFrame:
    return audit.listed(db)


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


# -- where it lies ------------------------------------------------------------------------------------


def test_nothing_of_a_person_lies_in_any_file_of_the_store(told: Database) -> None:
    told.checkpoint()
    content = bytes_of(told.folder)
    for mark in (NAME, PHONE, "139-0013", "13900139000", "富康路", "138-0013-8000"):
        assert mark.encode() not in content


def test_a_row_set_aside_keeps_nothing_of_anybody(toy: Database, tmp_path: Path) -> None:
    found = load(toy, tmp_path, [petition("P1", on="never", 身份证="440305199001011234", 备注="13800138000"),
                                 petition("P2", 大类=PHONE) | {"status": NAME}])  # fmt: skip
    assert found.rows_set_aside == 2
    kept = ledger.set_aside(toy)
    said = " ".join([*kept["raw"], *kept["reason"], *(finding.message for finding in found.findings)])
    for mark in (NAME, PHONE, "440305199001011234", "富康路"):
        assert mark not in said.replace(f'"大类": "{PHONE}"', "")
    assert {json.loads(raw)["petition_no"] for raw in kept["raw"]} == {"P1", "P2"}


def test_a_row_set_aside_is_readable_with_the_keys_alone(toy: Database, tmp_path: Path) -> None:
    """What nobody declared may say who somebody is: here a name in the column of the status."""
    load(toy, tmp_path, [petition("P1", 备忘="钱七来过")])
    load(toy, tmp_path, [petition("P2", on="never", 去向="钱七来过")])
    toy.checkpoint()
    assert "钱七".encode() not in bytes_of(toy.folder)
    assert "P2" in ledger.set_aside(toy)["raw"][0]
    file_of(toy).rename(file_of(toy).with_suffix(".away"))
    lost = ledger.set_aside(toy)
    assert (lost["raw"].tolist(), lost["check_name"].tolist()) == ([None], ["row.bad_date"])
    assert exporting.set_aside_rows(lost)["gridmap_row_no"].tolist() == [2]


def test_a_new_register_is_protected_by_its_description_alone() -> None:
    about = {"wish_no": {"required": True}, "who": {"personal": "name"}, "note": {"personal": "remark"}}
    wishes = register_from(
        {"table": "wish", "key": ["wish_no"], "title": {"zh": "a", "en": "b"},
         "retained_from": "claimed_on",
         "fields": {**about, "claimed_on": {"type": "date"}}}, name="wishes")  # fmt: skip
    assert [entry.name for entry in wishes.sealed_fields] == ["who"]
    assert wishes.retained_from == "claimed_on"


@pytest.mark.parametrize(
    ("fields", "more", "said"),
    [({"no": {"required": True, "personal": "phone"}}, {}, "cannot be personal"),
     ({"no": {"required": True}, "n": {"personal": "nickname"}}, {}, "none of name"),
     ({"no": {"required": True}, "n": {"personal": "id", "type": "integer"}}, {}, "cannot be personal"),
     ({"no": {"required": True}}, {"retained_from": "no"}, "no field with a day")],
)  # fmt: skip
def test_a_description_that_would_leak_is_refused(
    fields: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    content = {"table": "t", "key": ["no"], "title": {"zh": "a", "en": "a"}, "fields": fields, **more}
    with pytest.raises(UsageError, match=said):
        register_from(content, name="r")


def test_a_mapping_can_declare_what_a_register_does_not(toy: Database, tmp_path: Path) -> None:
    mapping = tmp_path / "own.toml"
    mapping.write_text('[file]\nby_name = true\n[personal]\nhandler = "name"\nsubcategory = "remark"\n')
    load(
        toy, tmp_path, [petition("P1", handler="赵经办", subcategory="请打13800138000")], mapping=str(mapping)
    )
    kept = rows(toy, "select handler, subcategory from petition").iloc[0]
    assert pd.isna(kept["handler"])
    assert kept["subcategory"] == "请打〔电话〕"
    assert whole(toy)["handler"] == "赵经办"
    mapping.write_text('[file]\nby_name = true\n[personal]\npetition_no = "name"\n')
    with pytest.raises(UsageError, match="cannot be personal"):
        load(toy, tmp_path, [petition("P9")], mapping=str(mapping))


# -- what is shown ------------------------------------------------------------------------------------


def test_a_list_shows_what_the_masks_leave(told: Database) -> None:
    shown = {value.field: value.text for value in personal.shown(told, PETITIONS, ["P1"])}
    assert shown == {"petitioner_name": "王*明", "petitioner_phone": "138****8000", "address": "富康路***",
                     "content": "我是〔姓名〕，路灯坏了，请打〔电话〕"}  # fmt: skip


def test_a_case_is_shown_whole_after_the_log_says_to_whom_and_why(told: Database) -> None:
    assert whole(told) == {
        "petitioner_name": NAME,
        "petitioner_phone": PHONE,
        "address": STREET,
        "content": TEXT,
    }
    row = log(told).iloc[0]
    assert (row["account"], row["action"], row["object"], row["reason"]) == (
        "officer", "reveal", "petitions P1", WHY)  # fmt: skip
    assert not audit.verify(told)
    assert PHONE not in " ".join(map(str, row))


@pytest.mark.parametrize("reason", ["", "  ", "x", "aaaaaaaaaa", "回访"])
def test_no_reason_no_data(told: Database, reason: str) -> None:
    with pytest.raises(UsageError, match="Say why"):
        whole(told, reason=reason)
    assert log(told).empty


@pytest.mark.parametrize("role", ["viewer", "leader", "planner", "administrator", "machine", "nobody"])
def test_who_has_no_right_to_it_sees_nothing_and_not_even_masks(told: Database, role: str) -> None:
    scope = Scope("x", role, None)
    with pytest.raises(Denied):
        whole(told, scope=scope)
    with pytest.raises(Denied):
        personal.shown(narrowed(told, scope), PETITIONS, ["P1"])
    with pytest.raises(Denied):
        personal.found_by_number(narrowed(told, scope), scope, noting(told), PHONE, reason=WHY)


def test_another_s_case_is_one_that_does_not_exist(told: Database) -> None:
    region = int(rows(told, "select region_id from region_version where code = 'A2'").iloc[0, 0])
    scope = Scope("manager", "grid_manager", (region,))
    with pytest.raises(UsageError, match="lies elsewhere"):
        whole(told, "P1", scope)
    asked = log(told).iloc[0]
    assert (asked["account"], asked["action"], asked["object"]) == ("manager", "reveal_nothing", "petitions")
    assert whole(told, "P2", scope)["petitioner_name"] == "李四"
    seen = narrowed(told, scope)
    assert personal.found_by_number(seen, scope, noting(told, scope), PHONE, reason=WHY) == []
    assert len(seen.query("personal/of_records", record_kind="petition", keys=["P1", "P2"])) == 4
    forget(told.folder)


def test_a_number_finds_its_cases_and_is_not_logged(told: Database) -> None:
    found = personal.found_by_number(told, OFFICER, noting(told), "+86 138 0013 8000", reason=WHY)
    assert [(register.name, key) for register, key in found] == [("petitions", "P1")]
    row = log(told).iloc[0]
    assert (row["action"], row["reason"]) == ("find_by_number", WHY)
    assert "138" not in f"{row['object']}{row['detail']}"


def test_a_snapshot_reveals_nothing_for_it_cannot_log(told: Database) -> None:
    snapshots.take(told)
    view = snapshots.open_view(told.folder)
    with pytest.raises(Refused, match="nothing is logged"):
        whole(view)
    view.close()


# -- the keys -----------------------------------------------------------------------------------------


def test_a_value_that_changes_is_replaced_and_one_that_goes_is_gone(told: Database, tmp_path: Path) -> None:
    load(told, tmp_path, [petition("P1", 联系电话="13700137000", 地址="")])
    assert whole(told)["petitioner_phone"] == "13700137000"
    assert "address" not in whole(told)
    assert personal.found_by_number(told, OFFICER, noting(told), PHONE, reason=WHY) == []
    again = load(told, tmp_path, [petition("P1", 联系电话="13700137000", 地址="", 备注="new column")])
    assert (again.rows_kept, again.applied) == (0, False)


def test_lost_keys_cost_the_sealed_values_and_nothing_else(told: Database, tmp_path: Path) -> None:
    file = file_of(told)
    hidden = file.rename(tmp_path / "keys.away")
    done = load(told, tmp_path, [petition("P3")])
    assert (done.rows_kept, only(done, "personal.no_key").amount) == (1, 4.0)
    assert "gridmap keys renew" in only(done, "personal.no_key").message
    shown = personal.shown(told, PETITIONS, ["P1"])
    assert {value.text for value in shown if value.kind != "text"} == {None}
    with pytest.raises(StoreError, match="nobody can read those"):
        personal_keys(told)
    assert not file.exists(), "new keys are never made in silence"
    hidden.rename(file)
    assert whole(told)["petitioner_name"] == NAME


def test_new_keys_in_place_of_lost_ones_say_what_is_lost_for_good(told: Database, tmp_path: Path) -> None:
    audit.note(told, OWNER, "before")
    with pytest.raises(Refused, match="nothing is lost"):
        renewing.renew(told, OWNER)
    for file in file_of(told).parent.glob(f"{file_of(told).name.partition('.')[0]}*.json"):
        file.unlink()
    assert renewing.lost(told) == (True, 8)
    assert renewing.renew(told, OWNER) == (True, 8)
    assert [finding.check for finding in audit.verify(told)] == ["log.key_lost"]
    load(told, tmp_path, [petition("P5")])
    assert whole(told, "P5")["petitioner_name"] == NAME
    assert rows(told, "select count(*) from personal_value").iloc[0, 0] == 4


def test_everything_is_sealed_with_new_keys_and_the_old_open_nothing(told: Database, tmp_path: Path) -> None:
    before = rows(told, "select record_key, field, sealed from personal_value order by all")
    load(told, tmp_path, [petition("P9", on="never")])
    assert renewing.rotate(told, OFFICER, forget_old=True) == 9
    assert "P9" in ledger.set_aside(told)["raw"][0]
    assert whole(told)["petitioner_phone"] == PHONE
    assert {ident.rpartition("/")[2] for ident in personal_keys(told).secrets} == {"2"}
    after = rows(told, "select record_key, field, sealed from personal_value order by all")
    assert not (before["sealed"] == after["sealed"]).any()
    assert len(personal.found_by_number(told, OFFICER, noting(told), PHONE, reason=WHY)) == 1


def test_keys_are_their_owner_s_alone(told: Database) -> None:
    assert file_of(told).stat().st_mode & 0o777 == 0o600
    assert not file_of(told).is_relative_to(told.folder)


# -- forgetting ---------------------------------------------------------------------------------------


def test_what_is_over_is_told_first_and_then_forgotten_everywhere(told: Database, tmp_path: Path) -> None:
    load(told, tmp_path, [petition("OLD", on="2020-02-01"), petition("OLDER", on="2009-02-01")])
    snapshots.take(told)
    (found,) = [each for each in retention.due(told, months=36) if each.register == "petitions"]
    assert (found.before, found.values) == ("2021-07", 8)
    assert whole(told, "OLD")["petitioner_name"] == NAME, "telling changes nothing"
    copies = retention.forget(told, retention.due(told, months=36))
    assert copies.snapshots_removed == 1
    for key in ("OLD", "OLDER"):
        with pytest.raises(UsageError):
            whole(told, key)
    assert whole(told)["petitioner_name"] == NAME
    assert retention.due(told, months=36)[0].values == 0
    assert rows(told, "select count(*) from petition").iloc[0, 0] == 4, "the cases themselves stay"
    left = json.loads(file_of(told).read_text())["keys"]
    assert not any("/2020-02/" in ident or "/earlier/" in ident for ident in left)


def test_rows_set_aside_are_forgotten_everywhere_and_that_they_were_stays(
    toy: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(toy, tmp_path, [petition("P1", on="never"), petition("P2")])
    snapshots.take(toy)
    view = snapshots.open_view(toy.folder)
    dumps.dump(toy, tmp_path / "dump", form="csv")
    assert retention.due(toy, months=36)[-1].values == 0
    monkeypatch.setattr(Database, "now", lambda _: pd.Timestamp("2029-01-01").to_pydatetime())
    due = retention.due(toy, months=36)
    assert [(each.register, each.values) for each in due if each.values] == [
        ("petitions", 4),
        ("set-aside", 1),
    ]
    retention.forget(toy, due)
    for db in (toy, view):
        assert ledger.set_aside(db)["raw"].tolist() == [None]
        assert ledger.set_aside(db)["row_no"].tolist() == [2]
    view.close()
    assert retention.due(toy, months=36)[-1].values == 0
    assert [finding.check for finding in doctor.examine(toy) if "import" in finding.check] == []


def test_rows_that_lay_plain_are_forgotten_with_their_month(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, [petition("P1", on="never")])
    rows(toy, """update import_set_aside set raw = '{"a": 1}', key_id = null, sealed = null""")
    rows(toy, "update import set imported_at = timestamp '2019-02-01'")
    assert ledger.set_aside(toy)["raw"].tolist() == ['{"a": 1}']
    assert renewing.lost(toy) == (False, 0)
    retention.forget(toy, retention.due(toy, months=36))
    assert ledger.set_aside(toy)["raw"].tolist() == [None]


def test_a_backup_of_before_shows_nothing_of_what_was_forgotten(told: Database, tmp_path: Path) -> None:
    load(told, tmp_path, [petition("OLD", on="2020-02-01")])
    snapshots.take(told)
    view = snapshots.open_view(told.folder)
    retention.forget(told, retention.due(told, months=36))
    values = personal.shown(view, PETITIONS, ["OLD", "P1"])
    assert {value.text for value in values if value.record == "OLD" and value.kind != "text"} == {None}
    assert "王*明" in {value.text for value in values if value.record == "P1"}
    view.close()


def test_what_is_too_old_is_not_taken_in_again(told: Database, tmp_path: Path) -> None:
    retention.forget(told, retention.due(told, months=36))
    done = load(told, tmp_path, [petition("OLD", on="2020-02-01")])
    assert (done.rows_kept, only(done, "personal.too_old").amount) == (1, 4.0)
    longer = retention.due(told, months=120)
    assert [each.before for each in longer if each.register == "petitions"] == ["2021-07"]
    with pytest.raises(UsageError, match="at least one"):
        retention.due(told, months=0)


def test_people_in_charge_are_forgotten_after_their_term(toy: Database, tmp_path: Path) -> None:
    people = [{"region_code": "A1", "role": "red_grid_lead", "person_no": number, "person_name": "赵一",
               "phone": PHONE, "valid_from": "2015-01-01", "valid_to": until}
              for number, until in (("1", ""), ("2", "2020-01-01"))]  # fmt: skip
    pd.DataFrame(people).to_csv(tmp_path / "r.csv", index=False)
    load_records(toy, tmp_path / "r.csv", RESPONSIBILITIES, silent=True)
    retention.forget(toy, retention.due(toy, months=36))
    assert personal.names_of_people(toy) == {"1": "赵一"}


def test_a_store_opened_again_reads_what_was_sealed(told: Database) -> None:
    told.close()
    again = open_store(told.folder)
    assert whole(again)["address"] == STREET
    again.close()


@pytest.mark.parametrize("form", ["parquet", "csv", "gpkg"])
def test_a_dump_holds_sealed_values_alone_and_comes_back_the_same(
    told: Database, tmp_path: Path, form: str
) -> None:
    dumps.dump(told, tmp_path / "dump", form=form)
    content = bytes_of(tmp_path / "dump")
    assert [mark for mark in (NAME, PHONE, "富康路") if mark.encode() in content] == []
    dumps.load_dump(tmp_path / "dump", tmp_path / "again")
    again = open_store(tmp_path / "again")
    assert whole(again)["petitioner_phone"] == PHONE
    again.close()
