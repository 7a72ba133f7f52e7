"""Registers that are data only: described in TOML, a table by one statement, found everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from gridmap import definitions
from gridmap.errors import UsageError
from gridmap.loading.regions import Drawing, load_regions
from gridmap.measures import Boundaries, stats
from gridmap.periods import Period
from gridmap.registers import REGISTERS, register_from, register_named
from gridmap.store import Database
from tests.records import load
from tests.toy import CRS, GRID_CODES, at, draw

SPRING = Period(date(2024, 4, 1), date(2024, 6, 1))
DESCRIBED = [register for register in REGISTERS if register.described]

# ---- one added from outside, by nothing but two files and a measure ------------------------------

WISHES_TOML = """
table = "wish"
key = ["wish_no"]
placed = true
title = { zh = "微心愿", en = "Micro-wishes" }

[fields]
wish_no = { required = true, headers = ["心愿编号"] }
status = { headers = ["状态"], values = { "发布" = "open", "认领" = "claimed", "完成" = "done" } }
made_on = { type = "date", required = true, headers = ["提出日期"] }
"""
WISHES_SQL = """\
-- answers: The micro-wishes (微心愿) and what became of each.
-- grain: one row per wish
create or replace table wish as
select
    record_id,
    fields->>'wish_no' as wish_no,
    fields->>'status' as status,
    (fields->>'made_on')::date as made_on
from record
where record_kind = 'wish';
"""
MEASURE_SQL = """\
-- answers: Which share of the wishes made was fulfilled.
-- title.zh: 心愿完成率
-- title.en: Wishes fulfilled
-- kind: rate
-- unit: share
-- direction: 1
-- definition.zh: 期内提出的微心愿中已完成的占比。
-- definition.en: Of the wishes made in the period, the share fulfilled.
-- source: Guanlan report 2022, 微心愿
-- caveat: Claimed is not fulfilled.
-- params: level text, boundaries date, since date, until date
-- returns: region_id bigint, n double, of double, value double
-- grain: one row per cell with records
-- order: none
select
    cell.region_id,
    count(*) filter (wish.status = 'done')::double as n,
    count(*)::double as of,
    count(*) filter (wish.status = 'done') / nullif(count(*), 0)::double as value
from wish
join record_in_cell('wish', $level) as cell on cell.record_id = wish.record_id
where wish.made_on >= coalesce($since::date, date '1900-01-01')
  and wish.made_on < coalesce($until::date, date '9999-12-31')
  and in_force(cell.valid_from, cell.valid_to, coalesce($boundaries::date, wish.made_on))
group by cell.region_id;
"""
#: Asks the command line, then the API, and draws the overview with the new measure on its map.
ASK_EVERYWHERE = """
import json
from click.testing import CliRunner
from gridmap.cli import main
def command(*words):
    return json.loads(CliRunner().invoke(main, [*words, "--format", "json"]).stdout)
commands = [command("measures"), command("stats", "wish.fulfilled_rate", "--level", "red_grid")]
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from gridmap import server
web = TestClient(Starlette(routes=server.routes()))
listed = [m for m in web.get("/api/measures").json() if m["key"] == "wish.fulfilled_rate"]
rows = web.get("/api/stats?key=wish.fulfilled_rate&level=red_grid").json()
page = AppTest.from_file(str(server.script()), default_timeout=60)
page.query_params["measure"] = "wish.fulfilled_rate"
page.query_params["level"] = "red_grid"
page.run()
titles = [option for box in page.selectbox for option in box.options]
drawn = [str(element.proto.body) for element in page.get("html")]
print(json.dumps({"commands": commands, "listed": listed, "rows": rows, "options": titles,
                  "faults": [fault.message for fault in page.exception], "drawn": drawn}))
"""


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    """Write a register and a measure into a folder of one's own: no Python, nothing in the package."""
    folder = tmp_path / "extension"
    for name, text in {"registers/wishes.toml": WISHES_TOML, "registers/wishes.sql": WISHES_SQL,
                       "measures/wish.fulfilled_rate.sql": MEASURE_SQL}.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def in_new_process(toy: Database, extension: Path, *words: object) -> str:
    environment = {**os.environ, "GRIDMAP_STORE": str(toy.folder), "GRIDMAP_EXTENSIONS": str(extension)}
    done = subprocess.run([sys.executable, *map(str, words)], env=environment, capture_output=True,
                          encoding="utf-8")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_register_and_a_measure_are_added_without_python(
    toy: Database, extension: Path, tmp_path: Path
) -> None:
    toy.close()
    x, y = at(0.5, 3.5)
    wishes = [{"心愿编号": f"W{n}", "状态": status, "提出日期": "2024-05-01", "x": x, "y": y}
              for n, status in enumerate(["完成", "完成", "完成", "认领", "发布", "发布"])]  # fmt: skip
    pd.DataFrame(wishes).to_csv(tmp_path / "wishes.csv", index=False)
    in_new_process(toy, extension, "-c", "from gridmap.cli import main; main()", "load", "wishes",
                   tmp_path / "wishes.csv", "--crs", CRS)  # fmt: skip
    seen = json.loads(in_new_process(toy, extension, "-c", ASK_EVERYWHERE).splitlines()[-1])
    listed, told = seen["commands"]
    assert "心愿完成率" in [measure["title_zh"] for measure in listed]
    by_code = {row["code"]: row for row in told}
    assert (by_code["A1"]["wish.fulfilled_rate"], by_code["A1"]["wish.fulfilled_rate.of"]) == (0.5, 6)
    assert [measure["title_en"] for measure in seen["listed"]] == ["Wishes fulfilled"]
    assert {row["code"]: row["wish.fulfilled_rate"] for row in seen["rows"]}["A1"] == 0.5
    assert seen["faults"] == []
    assert "心愿完成率" in seen["options"], "the overview offers it for its map and ranking"
    assert any("心愿完成率" in body and "50.0" in body for body in seen["drawn"]), "and ranks the cells by it"


def test_what_is_shipped_cannot_be_replaced_in_silence(
    monkeypatch: pytest.MonkeyPatch, extension: Path
) -> None:
    twin = extension / "measures" / "petition.open.sql"
    twin.write_text("select 1;")
    monkeypatch.setattr(definitions, "folders", lambda: (definitions.shipped_folder(), extension))
    with pytest.raises(UsageError, match=r"petition\.open\.sql is defined twice"):
        definitions.find("measures/petition.open.sql")


@pytest.mark.parametrize(("change", "said"), [
    ({"key": ["number"]}, "number is in the key"),
    ({"title": {"zh": "心愿"}}, r"does not say title\.en"),
    ({"colour": "red"}, "there is no colour here"),
    ({"fields": {"wish_no": {"type": "words"}}}, "type 'words' is none of"),
])  # fmt: skip
def test_a_wrong_description_is_answered_with_what_is_wrong(change: dict[str, object], said: str) -> None:
    right = {"table": "wish", "key": ["wish_no"], "title": {"zh": "心愿", "en": "Wishes"},
             "fields": {"wish_no": {"required": True}}}  # fmt: skip
    with pytest.raises(UsageError, match=said):
        register_from({**right, **change}, name="wishes")


@pytest.mark.parametrize("register", DESCRIBED, ids=lambda register: register.name)
def test_a_described_register_has_its_table_with_all_fields(register: object, empty: Database) -> None:
    name, table = register.name, register.table  # type: ignore[attr-defined]
    assert definitions.find(f"registers/{name}.sql") is not None
    with empty._cursor() as cursor:
        columns = [row[0] for row in cursor.execute(f"describe {table}").fetchall()]
    assert columns == ["record_id", *(field.name for field in register.fields)]  # type: ignore[attr-defined]
    assert [field.refers for field in register.fields if field.refers  # type: ignore[attr-defined]
            and not register_named(field.refers).described] == []  # fmt: skip


# ---- loading -------------------------------------------------------------------------------------


def test_loading_twice_changes_nothing_and_a_corrected_row_replaces_the_earlier(
    toy: Database, tmp_path: Path
) -> None:
    rows = [
        {"topic_no": f"T{n}", "raised_on": "2024-05-01", "status": "跟踪中", "region_code": "A1"}
        for n in (1, 2)
    ]
    first = load(toy, tmp_path, "topics", rows)
    assert (first.rows_kept, first.rows_unchanged) == (2, 0)
    again = load(
        toy, tmp_path, "topics", [rows[0], {**rows[1], "status": "已办结", "handled_on": "2024-05-20"}]
    )
    assert (again.rows_kept, again.rows_unchanged) == (1, 1)
    assert stats(toy, ["topic.closure_rate"], level="total").iloc[0]["topic.closure_rate.n"] == 1
    with toy._cursor() as cursor:
        past = cursor.execute("select record_key, fields->>'status' from record_past").fetchall()
        kept = cursor.execute("select count(*), count(distinct record_id) from record").fetchall()
    assert past == [("T2", "tracking")]
    assert kept == [(2, 2)]


def test_a_row_that_refers_to_nothing_is_kept_and_told(toy: Database, tmp_path: Path) -> None:
    load(toy, tmp_path, "meetings", [{"meeting_no": "M1", "held_on": "2024-05-01", "region_code": "A1"}])
    topics = [("T1", "M1", "A1"), ("T2", "M7", "Z9")]
    done = load(toy, tmp_path, "topics", [
        {"topic_no": topic, "meeting_no": meeting, "region_code": region, "raised_on": "2024-05-01",
         "status": "tracking"} for topic, meeting, region in topics])  # fmt: skip
    told = {finding.check: finding for finding in done.findings}
    assert told["row.unknown_meeting"].codes == ("M7",)
    assert told["record.not_placed"].amount == 1
    assert done.rows_kept == 2


# ---- block councils and household visits ---------------------------------------------------------


def test_the_council_topics_of_guanlan_give_their_published_rate(toy: Database, tmp_path: Path) -> None:
    meetings = [{"meeting_no": f"M{n}", "held_on": "2024-05-01", "region_code": "A1"} for n in range(145)]
    topics = [{"topic_no": f"T{n}", "meeting_no": f"M{n % 145}", "raised_on": "2024-05-01",
               "region_code": "A1", "status": "handled" if n < 231 else "tracking",
               "handled_on": "2024-05-09" if n < 231 else None} for n in range(272)]  # fmt: skip
    load(toy, tmp_path, "meetings", meetings)
    load(toy, tmp_path, "topics", topics)
    row = (
        stats(toy, ["meeting.held", "topic.raised", "topic.closure_rate"], level="community")
        .set_index("code")
        .loc["A"]
    )
    assert (row["meeting.held"], row["topic.raised"]) == (145, 272)
    assert row["topic.closure_rate"] == pytest.approx(0.849, abs=5e-4)
    assert (row["topic.closure_rate.n"], row["topic.closure_rate.of"]) == (231, 272)


def test_priority_targets_are_due_a_visit_in_every_whole_month(toy: Database, tmp_path: Path) -> None:
    listed = [
        ("1", "重点关心", "2024-01-01", None),
        ("2", "priority", "2024-04-15", None),  # not due in April
        ("3", "priority", "2024-01-01", "2024-05-20"),  # not due in May
        ("4", "常规关心", "2024-01-01", None),
    ]
    load(toy, tmp_path, "targets", [
        {"target_no": number, "tier": tier, "valid_from": since, "valid_to": until, "region_code": "A1"}
        for number, tier, since, until in listed])  # fmt: skip
    load(toy, tmp_path, "visits", [
        {"visit_no": f"V{n}", "target_no": target, "visited_on": day}
        for n, (target, day) in enumerate([("1", "2024-04-30"), ("1", "2024-04-02"), ("3", "2024-05-02"),
                                           ("4", "2024-05-03"), ("2", "2024-06-01")])])  # fmt: skip

    def figure(key: str, period: Period | None = SPRING) -> tuple[float, float, float]:
        row = stats(toy, [key], level="red_grid", period=period).set_index("code").loc["A1"]
        return row[key], row[f"{key}.n"], row[f"{key}.of"]

    # due: 1 in April and May, 2 in May, 3 in April; made: 1 in April
    assert figure("visit.priority_rate") == (0.25, 1, 4)
    assert figure("visit.missed") == (2, 2, 2)  # in May: 1 and 2
    assert figure("visit.made")[0] == 4
    assert pd.isna(figure("visit.priority_rate", Period(date(2024, 5, 2), date(2024, 5, 31)))[0])


def test_described_records_move_with_the_boundaries_too(toy: Database, tmp_path: Path) -> None:
    x, y = at(0.5, 2.5)  # A1 before June, A4 after
    days = ("2024-05-01", "2024-06-20")
    load(toy, tmp_path, "topics", [{"topic_no": day, "raised_on": day, "status": "tracking", "x": x, "y": y}
                                   for day in days])  # fmt: skip
    cells = draw("112...\n412...\n433...\n.33...", names={**GRID_CODES, "4": "A4"}).assign(parent="A")
    cells.to_file(tmp_path / "split.gpkg", driver="GPKG")
    load_regions(toy, tmp_path / "split.gpkg", Drawing("red_grid", "code", "name", "parent"),
                 effective=date(2024, 6, 1))  # fmt: skip

    def counts(boundaries: Boundaries) -> dict[str, float]:
        frame = stats(toy, ["topic.raised"], level="red_grid", boundaries=boundaries)
        return dict(frame.loc[frame["topic.raised"] > 0, ["code", "topic.raised"]].to_numpy())

    assert counts("then") == {"A1": 1, "A4": 1}
    assert counts("now") == {"A4": 2}


@pytest.mark.parametrize(
    "name", ["../pyproject.toml", "measures/../../README.md", "/etc/passwd", "a\0", "x" * 999, "名" * 99]
)
def test_no_name_of_a_definition_leads_elsewhere(name: str) -> None:
    assert definitions.find(name) is None
