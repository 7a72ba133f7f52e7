"""The log: whatever is changed, moved, put in or cut off is found."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridmap.access import ACTIONS, OWNER, Scope, audit, refusals
from gridmap.access.audit import FIELDS, Anchor
from gridmap.access.keys import keys_of
from gridmap.errors import Denied, StoreError
from gridmap.store import Database

KEY = b"of these tests"
Row = dict[str, Any]
TAMPERINGS = 10_000


def chain(length: int) -> list[Row]:
    rows: list[Row] = []
    before = ""
    for number in range(1, length + 1):
        row: Row = {
            "seq": number, "done_at": datetime(2024, 7, 1, 12, 0, number % 60), "account": f"a{number}",
            "role": "leader", "action": "reveal", "object": f"N{number}", "reason": "核实", "detail": "{}",
            "rows_seen": number % 3,
        }  # fmt: skip
        before = audit.sealed(KEY, row, before)
        rows.append({**row, "seal": before})
    return rows


def end_of(rows: list[Row]) -> Anchor:
    return Anchor(len(rows), str(rows[-1]["seal"]))


def tampered(rows: list[Row], chance: random.Random) -> list[Row]:
    """Change, remove, repeat, swap, forge or cut off something at random; never nothing."""
    at, other = chance.sample(range(len(rows)), 2)
    changed = [dict(row) for row in rows]
    way = chance.choice(["value", "remove", "repeat", "swap", "forge", "cut", "renumber"])
    if way == "value":
        field = chance.choice([*FIELDS, "seal"])
        changed[at][field] = {"seq": 10**6, "rows_seen": 99, "done_at": datetime(1999, 1, 1)}.get(field, "x")
    elif way == "remove":
        del changed[at]
    elif way == "repeat":
        changed.insert(at, dict(changed[other]))
    elif way == "swap":
        changed[at], changed[other] = changed[other], changed[at]
    elif way == "forge":
        before = changed[at - 1]["seal"] if at else ""
        changed[at] = {**changed[at], "account": "innocent"}
        changed[at]["seal"] = audit.sealed(b"another key", changed[at], str(before))
    elif way == "cut":
        changed = changed[:at]
    else:
        del changed[at]
        changed = [{**row, "seq": number} for number, row in enumerate(changed, start=1)]
    return changed


def test_a_log_as_it_was_written_is_whole() -> None:
    rows = chain(50)
    assert audit.broken(rows, KEY, end_of(rows)) == []
    assert audit.broken([], KEY, None) == []


def test_ten_thousand_tamperings_are_all_found() -> None:
    rows, chance = chain(12), random.Random(7)
    anchor = end_of(rows)
    missed = sum(not audit.broken(tampered(rows, chance), KEY, anchor) for _ in range(TAMPERINGS))
    assert missed == 0


def test_rows_after_a_late_anchor_are_no_fault() -> None:
    rows = chain(9)
    assert audit.broken(rows, KEY, end_of(rows[:7])) == []


def test_without_the_anchor_a_cut_end_would_not_be_found() -> None:
    rows = chain(9)
    assert audit.broken(rows[:5], KEY, None) == []
    assert [finding.check for finding in audit.broken(rows[:5], KEY, end_of(rows))] == ["log.cut_off"]


def test_what_is_noted_is_listed_and_stands(empty: Database) -> None:
    audit.note(empty, OWNER, "command.load petitions", object_="七月.csv", rows=3)
    audit.note(empty, Scope("zhang", "grid_manager", (1,)), "reveal", object_="N1", reason="核实地址")
    assert audit.verify(empty) == []
    rows = audit.listed(empty)
    assert rows["action"].tolist() == ["reveal", "command.load petitions"]
    assert audit.listed(empty, account="zhang")["reason"].tolist() == ["核实地址"]
    assert audit.listed(empty, action="command.")["object"].tolist() == ["七月.csv"]


def test_a_row_changed_in_the_store_is_found(empty: Database) -> None:
    for number in range(4):
        audit.note(empty, OWNER, "sign_in", object_=str(number))
    with empty._cursor() as cursor:
        cursor.execute("update audit_entry set account = 'innocent' where seq = 2")
    (finding,) = audit.verify(empty)
    assert (finding.check, finding.amount) == ("log.broken", 2.0)


def test_a_refusal_is_logged_once_an_hour_however_often_somebody_tries(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, zhang = Scope("li", "leader", None), Scope("zhang", "viewer", None)
    for scope, action in ((li, "page.audit"), (li, "page.audit"), (zhang, "page.audit"), (li, "page.desk")):
        refusals.note(empty, scope, action)
    rows = audit.listed(empty, action=refusals.REFUSED)
    assert list(zip(rows["account"], rows["object"], strict=True)) == [
        ("li", "page.desk"), ("zhang", "page.audit"), ("li", "page.audit"),
    ]  # fmt: skip
    monkeypatch.setattr(refusals, "EVERY", timedelta(0))
    refusals.note(empty, li, "page.audit")
    assert len(audit.listed(empty, action=refusals.REFUSED)) == 4
    assert audit.verify(empty) == []
    keys_of(empty).folder.joinpath(f"{keys_of(empty).store}.json").unlink()
    refusals.note(empty, zhang, "page.desk")
    assert len(audit.listed(empty, action=refusals.REFUSED)) == 4


def test_a_log_cut_off_in_the_store_is_found(empty: Database) -> None:
    for number in range(4):
        audit.note(empty, OWNER, "sign_in", object_=str(number))
    with empty._cursor() as cursor:
        cursor.execute("delete from audit_entry where seq > 2")
    assert [finding.check for finding in audit.verify(empty)] == ["log.cut_off"]


def cut_off(db: Database, *, after: int) -> None:
    with db._cursor() as cursor:
        cursor.execute("delete from audit_entry where seq > ?", [after])


def test_a_log_that_goes_on_after_it_was_cut_off_says_so_for_good(empty: Database) -> None:
    for number in range(4):
        audit.note(empty, OWNER, "sign_in", object_=str(number))
    cut_off(empty, after=2)
    for number in range(4):
        audit.note(empty, OWNER, "sign_in", object_=str(number))
    (finding,) = audit.verify(empty)
    assert (finding.check, finding.severity, finding.amount) == ("log.cut_off", "error", 3.0)
    cut_off(empty, after=0)
    assert [finding.check for finding in audit.verify(empty)] == ["log.cut_off"]
    audit.note(empty, OWNER, "sign_in")
    assert [finding.amount for finding in audit.verify(empty)] == [1.0]


def test_a_store_put_back_by_a_command_is_told_from_one_put_back_by_hand(empty: Database) -> None:
    for _ in range(3):
        audit.note(empty, OWNER, "sign_in")
    cut_off(empty, after=1)
    audit.note(empty, OWNER, audit.PUT_BACK[0])
    (finding,) = audit.verify(empty)
    assert (finding.check, finding.severity) == ("log.put_back", "warning")


def test_an_end_that_is_known_nowhere_outside_is_told(empty: Database) -> None:
    audit.note(empty, OWNER, "sign_in")
    keys_of(empty).anchor.unlink()
    assert [finding.check for finding in audit.verify(empty)] == ["log.no_anchor"]


def test_the_log_is_listed_by_person_action_and_day(empty: Database) -> None:
    audit.note(empty, OWNER, "sign_in")
    audit.note(empty, Scope("zhang", "leader", None), "sign_in_failed")
    audit.note(empty, Scope("zhang", "leader", None), "sign_in")
    today = date.today()
    assert audit.listed(empty, account="zhang", actions=["sign_in"])["seq"].tolist() == [3]
    assert audit.listed(empty, account="")["seq"].tolist() == [1]
    assert len(audit.listed(empty, since=today - timedelta(days=1), until=today + timedelta(days=1))) == 3
    assert audit.listed(empty, until=today - timedelta(days=2)).empty
    assert audit.kinds(empty)["entries"].sum() == 3


def test_the_keys_are_their_owner_s_alone_and_never_in_the_store(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keys_of(empty)
    file = keys.folder / f"{keys.store}.json"
    assert file.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("GRIDMAP_KEYS", str(empty.folder / "keys"))
    with pytest.raises(StoreError, match="own folder"):
        keys_of(empty)


def test_lost_keys_are_not_replaced_in_silence(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit.note(empty, OWNER, "sign_in")
    monkeypatch.setenv("GRIDMAP_KEYS", str(tmp_path / "elsewhere"))
    with pytest.raises(StoreError, match="Put back the copy"):
        audit.verify(empty)


def test_who_may_only_look_cannot_read_the_log(empty: Database) -> None:
    from gridmap.access import narrowed

    with pytest.raises(Denied):
        audit.listed(narrowed(empty, Scope("li", "leader", None)))


def test_a_backup_put_back_is_logged_and_what_it_took_out_of_the_log_is_told(
    empty: Database, tmp_path: Path
) -> None:
    from click.testing import CliRunner

    from gridmap.cli import main

    store, copy = str(empty.folder), str(tmp_path / "copy.zip")
    empty.close()
    run = CliRunner()
    assert run.invoke(main, ["backup", copy, "--store", store]).exit_code == 0
    assert run.invoke(main, ["users", "add", "zhang", "--no-password", "--store", store]).exit_code == 0
    assert run.invoke(main, ["restore-backup", copy, "--store", store]).exit_code == 0
    listed = run.invoke(main, ["audit", "list", "--format", "json", "--store", store]).output
    actions = [row["action"] for row in json.loads(listed)]
    assert actions == ["command.restore-backup", audit.CONTINUED, "command.backup"]
    verified = run.invoke(main, ["audit", "verify", "--store", store])
    assert (verified.exit_code, "put back by a command" in " ".join(verified.output.split())) == (0, True)
    # A restore that is tried elsewhere, and what is done there, says nothing of the store itself.
    tried = str(tmp_path / "tried")
    assert run.invoke(main, ["restore-backup", copy, "--store", tried]).exit_code == 0
    assert run.invoke(main, ["users", "add", "wu", "--no-password", "--store", tried]).exit_code == 0
    assert run.invoke(main, ["audit", "verify", "--store", store]).output == verified.output
    assert "put back by a command" in " ".join(
        run.invoke(main, ["audit", "verify", "--store", tried]).output.split()
    )


def test_commands_that_are_logged_are_commands() -> None:
    from gridmap.cli.options import _LOGGED_TOO

    assert [name for name in _LOGGED_TOO if name not in ACTIONS] == []
