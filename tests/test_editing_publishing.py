"""Publishing: checked first, all or nothing, from any day on, and every version can be taken back."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from gridmap import versions
from gridmap.checking import check
from gridmap.editing.publishing import Publication, restore
from gridmap.editing.session import Drafting
from gridmap.errors import Refused
from gridmap.measures import stats
from gridmap.store import Database
from gridmap.versions import State
from tests.records import load, scattered
from tests.redraw import JULY, JUNE, MERGED, SPLIT, Write, redraw
from tests.toy import at, rows

BEFORE, BETWEEN = date(2024, 5, 1), date(2024, 6, 10)


def map_on(db: Database, day: date) -> tuple[object, object]:
    """Return everything the store says of a day, to be compared."""
    state = State.at(db, day)
    return state.entries, state.prints


def received(db: Database, level: str = "red_grid") -> dict[str, float]:
    found = stats(db, ["petition.received"], level=level, boundaries="now")
    return dict(zip(found["code"], found["petition.received"], strict=True))


def test_restore_only_says_what_it_would_do_unless_told_to(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    tried = restore(toy, 4, effective=JULY)
    assert (tried.cs, tried.refused) == (None, ())
    assert dict(zip(tried.diff.cells["code"], tried.diff.cells["change"], strict=True)) == {
        "A1": "border", "A4": "ended"}  # fmt: skip
    assert len(versions.versions(toy)) == 4


def test_taken_back_forward_the_days_in_between_stay_as_they_were(toy: Database, as_file: Write) -> None:
    first = map_on(toy, BEFORE)
    redraw(toy, SPLIT, as_file, JUNE)
    split = map_on(toy, BETWEEN)
    done = restore(toy, 4, effective=JULY, approved_by="Chen", document="2024-17", commit=True)
    assert done.cs == 5
    assert (map_on(toy, BEFORE), map_on(toy, BETWEEN), map_on(toy, JULY)) == (first, split, first)
    last = versions.versions(toy).set_index("cs").loc[5]
    assert (last["kind"], last["reverts"], last["approved_by"], last["document"]) == (
        "restore", 4, "Chen", "2024-17")  # fmt: skip
    assert versions.versions(toy).set_index("cs").at[4, "reverted_by"] == 5
    assert [finding for finding in check(toy) if finding.severity == "error"] == []


def test_a_void_version_was_never_in_force_but_stays_on_record(toy: Database, as_file: Write) -> None:
    first = map_on(toy, BEFORE)
    redraw(toy, SPLIT, as_file, JUNE)
    recorded = versions.changeset(toy, 4).recorded_at
    split = State.at(toy, BETWEEN)
    restore(toy, 4, void=True, commit=True)
    assert map_on(toy, BETWEEN) == map_on(toy, JULY) == first
    believed_then = State.at(toy, BETWEEN, moment=recorded)
    assert (believed_then.entries, believed_then.prints) == (split.entries, split.prints)
    assert versions.changeset(toy, 5).kind == "void"


def test_after_a_void_version_nothing_stands_in_the_way_of_an_earlier_day(
    toy: Database, as_file: Write
) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    restore(toy, 4, void=True, commit=True)
    assert set(rows(toy, "select valid_from from believed()")["valid_from"].astype(str)) == {"1900-01-01"}
    plan = Drafting.begin(toy, "north")
    plan.apply(CUT)
    done = plan.publish(effective=BEFORE, commit=True)
    assert done.cs == 6
    assert "A4" in State.at(toy, BEFORE).codes.values()
    restore(toy, 6, void=True, commit=True)
    assert versions.diff(toy, "3", "7").is_empty


def test_records_follow_when_a_version_is_taken_back(toy: Database, as_file: Write, tmp_path: Path) -> None:
    load(toy, tmp_path, "petitions", scattered(300, seed=5))
    before = received(toy)
    redraw(toy, SPLIT, as_file, JUNE)
    assert received(toy) != before
    done = restore(toy, 4, effective=JULY, commit=True)
    after = received(toy)
    assert {code: count for code, count in after.items() if count} == before
    in_a1 = rows(toy, "select count(distinct record_id) as n from place where placed_by = 'point'").at[0, "n"]
    assert 0 < done.placed_again <= 300
    assert in_a1 <= 300


def test_a_version_that_others_build_on_is_not_taken_back_alone(toy: Database, as_file: Write) -> None:
    first = map_on(toy, BEFORE)
    redraw(toy, SPLIT, as_file, JUNE)
    redraw(toy, MERGED, as_file, JULY)
    with pytest.raises(Refused, match="1 later versions changed the same regions as version 4"):
        restore(toy, 4, effective=JULY)
    restore(toy, 4, effective=date(2024, 6, 20), with_later=True, commit=True)
    assert map_on(toy, date(2024, 6, 20)) == first
    assert versions.diff(toy, "2024-06-14", "2024-06-15").cells["code"].tolist() == ["A1", "A3", "A4"]


def test_taking_back_the_taking_back_brings_the_version_again(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    split = map_on(toy, BETWEEN)
    restore(toy, 4, effective=JULY, commit=True)
    with pytest.raises(Refused, match="taken back already"):
        restore(toy, 4, effective=JULY)
    restore(toy, 5, effective=date(2024, 6, 20), commit=True)
    assert map_on(toy, date(2024, 6, 20)) == split


def test_the_past_cannot_be_rewritten_by_a_day_too_early(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    with pytest.raises(Refused, match="in force since 2024-06-01"):
        restore(toy, 4, effective=BEFORE)
    with pytest.raises(Refused, match="its own day counts"):
        restore(toy, 4, effective=JULY, void=True)


def test_the_first_map_cannot_be_taken_back(toy: Database) -> None:
    with pytest.raises(Refused, match="there was no map before it"):
        restore(toy, 1, effective=JULY)


def test_a_figure_of_the_whole_stays_whole_through_it_all(
    toy: Database, as_file: Write, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", scattered(300, seed=6))
    total = received(toy, "street")
    for step in (lambda: redraw(toy, SPLIT, as_file, JUNE), lambda: restore(toy, 4, void=True, commit=True)):
        step()
        assert received(toy, "street") == total
        places = rows(toy, "select record_id, valid_from, valid_to from place where record_kind = 'petition'")
        assert whole(places)


def whole(places: pd.DataFrame) -> bool:
    """Return whether the periods of every record fill all time without overlap."""
    ordered = places.sort_values(["record_id", "valid_from"]).astype(str)
    joined = ordered["valid_to"].shift() == ordered["valid_from"]
    first = ordered["record_id"] != ordered["record_id"].shift()
    return bool((joined | first).all()) and bool((ordered[first]["valid_from"] == "1900-01-01").all())


# ---- drafts --------------------------------------------------------------------------------------

CUT = {"op": "split", "code": "A1", "new_code": "A4", "new_name": "North", "keeps": at(0.5, 1.5),
       "line": [at(-0.5, 2.5), at(2.5, 2.5)]}  # fmt: skip


@pytest.fixture
def plan(toy: Database) -> Drafting:
    """Give a draft in which grid A4 takes the northern half of A1."""
    drafting = Drafting.begin(toy, "north", title="A grid for the north", author="Li")
    drafting.apply(CUT)
    return drafting


def verdicts(done: Publication) -> dict[str, str]:
    return {check.key: check.verdict for check in done.checks}


def test_publishing_is_a_dry_run_unless_told_to_commit(toy: Database, plan: Drafting) -> None:
    tried = plan.publish(effective=JUNE)
    assert verdicts(tried) == {
        "base": "pass", "later": "pass", "complete": "pass", "certificate": "pass", "nesting": "pass",
        "codes": "pass", "size_band": "incomplete", "in_charge": "incomplete", "approval": "incomplete",
    }  # fmt: skip
    assert (tried.cs, len(versions.versions(toy))) == (None, 3)
    assert plan.draft.status == "open"


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2024, 7, 1), date(2031, 1, 1)])
def test_a_draft_is_published_for_the_past_today_or_the_future(
    toy: Database, plan: Drafting, day: date
) -> None:
    before, after = day - timedelta(days=1), day
    first = map_on(toy, before)
    done = plan.publish(effective=day, approved_by="Chen", document="2024-17", commit=True)
    assert done.cs == 4
    assert map_on(toy, before) == first
    assert "A4" in State.at(toy, after).codes.values()
    entry = versions.changeset(toy, 4)
    assert (entry.title, entry.kind, entry.draft, entry.effective_on) == (
        "A grid for the north", "publish", "north", day)  # fmt: skip
    assert (entry.approved_by, entry.document, entry.author) == ("Chen", "2024-17", "Li")
    recorded = rows(toy, "select operations, validation from changeset where cs = 4").iloc[0]
    assert json.loads(recorded["operations"])[0]["op"] == "split"
    assert {check["key"] for check in json.loads(recorded["validation"])} == set(verdicts(done))
    with pytest.raises(Refused, match="published as version 4"):
        plan.apply(CUT)


def test_a_code_that_another_draft_gave_meanwhile_is_told_by_the_checks(
    toy: Database, plan: Drafting, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", scattered(50, seed=8))
    other = Drafting.begin(toy, "other")
    other.apply(CUT)
    plan.publish(effective=JUNE, commit=True)
    tried = other.publish(effective=JULY)
    told = {check.key: check.codes for check in tried.refused}
    assert "A1" in told["base"]
    assert told["codes"] == ("A4",)


def test_a_region_keeps_its_number_through_an_edit_and_its_records_follow(
    toy: Database, plan: Drafting, tmp_path: Path
) -> None:
    load(toy, tmp_path, "petitions", scattered(300, seed=8))
    before = State.at(toy, BEFORE)
    old = {code: number for number, code in before.codes.items()}
    counted = received(toy)
    done = plan.publish(effective=JULY, commit=True)
    after = {code: number for number, code in State.at(toy, JULY).codes.items()}
    assert after["A1"] == old["A1"]
    assert after["A4"] not in old.values()
    now = received(toy)
    own = ("A1", "A2", "A4")  # a point on the border of A1 and A2 fell to A1, on that of A4 and A2 to A2
    assert sum(now[code] for code in own) == counted["A1"] + counted["A2"]
    assert {code: now[code] for code in now if code not in own} == {
        code: counted[code] for code in counted if code not in own}  # fmt: skip
    assert 0 < done.placed_again < 300


def test_restoring_what_was_published_gives_the_map_before(toy: Database, plan: Drafting) -> None:
    first = map_on(toy, BEFORE)
    plan.publish(effective=JUNE, commit=True)
    restore(toy, 4, effective=JULY, commit=True)
    assert map_on(toy, JULY) == first
    assert map_on(toy, BETWEEN) != first


def test_a_draft_drawn_on_what_changed_meanwhile_is_refused_until_rebased(
    toy: Database, plan: Drafting, as_file: Write
) -> None:
    redraw(toy, MERGED, as_file, JUNE)
    tried = plan.publish(effective=JULY)
    assert tried.refused[0].key == "base"
    with pytest.raises(Refused, match="not any more as they were"):
        plan.publish(effective=JULY, commit=True)
    plan.rebase()
    assert plan.publish(effective=JULY, commit=True).cs == 5


def test_a_draft_is_published_although_other_regions_changed(toy: Database, as_file: Write) -> None:
    plan = Drafting.begin(toy, "names")
    plan.apply({"op": "rename", "code": "B", "name": "East"})
    redraw(toy, SPLIT, as_file, JUNE)
    assert plan.publish(effective=JULY, commit=True).cs == 5
    state = State.at(toy, JULY)
    assert {entry.code: entry.name for entry in state.entries.values()}["B"] == "East"
    assert "A4" in state.codes.values()


def test_a_change_before_one_that_is_recorded_already_is_refused(
    toy: Database, plan: Drafting, as_file: Write
) -> None:
    redraw(toy, MERGED, as_file, date(2031, 1, 1))
    tried = plan.publish(effective=JULY)
    assert [check.key for check in tried.refused] == ["later"]


def test_new_grids_are_held_against_the_band_and_need_somebody_in_charge(
    toy: Database, plan: Drafting, tmp_path: Path
) -> None:
    homes = [(1, (0.5, 3.5), 320), (2, (0.5, 1.5), 900)]
    load(toy, tmp_path, "population", [
        {"population_no": f"B{number}", "people": 2 * households, "households": households,
         "x": at(*place)[0], "y": at(*place)[1]} for number, place, households in homes])  # fmt: skip
    load(toy, tmp_path, "responsibilities", [
        {"region_code": code, "role": "red_grid_lead", "person_no": f"P{code}", "valid_from": "2020-01-01"}
        for code in ("A1",)])  # fmt: skip
    checks = {check.key: check for check in plan.publish(effective=JULY).checks}
    assert (checks["size_band"].verdict, checks["in_charge"].verdict) == ("fail", "incomplete")
    assert "1 of 2 new and changed grids" in checks["size_band"].message
    assert checks["size_band"].codes == ("A1",)
    assert checks["in_charge"].codes == ("A4",)  # A2 only got a corner
    assert plan.publish(effective=JULY, approved_by="Chen", document="17", commit=True).cs == 4


def test_codes_that_were_used_or_look_odd_are_incomplete(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, date(2024, 5, 15))
    redraw(toy, MERGED, as_file, JUNE)
    again, odd = Drafting.begin(toy, "again"), Drafting.begin(toy, "odd")
    again.apply({**CUT, "keeps": at(0.5, 0.5)})
    odd.apply({**CUT, "keeps": at(0.5, 0.5), "new_code": "A1-north"})
    for drafting, said in ((again, "another region once had"), (odd, "do not have the form")):
        (codes,) = (check for check in drafting.publish(effective=JULY).checks if check.key == "codes")
        assert (codes.verdict, said in codes.message) == ("incomplete", True)


def test_a_draft_that_changes_nothing_is_not_published(toy: Database, plan: Drafting) -> None:
    plan.undo()
    with pytest.raises(Refused, match="nothing to publish"):
        plan.publish(effective=JULY)


def test_a_draft_that_went_on_meanwhile_is_published_as_it_is_now(toy: Database, plan: Drafting) -> None:
    Drafting.open(toy, "north", author="Wang").apply({"op": "rename", "code": "A3", "name": "South"})
    plan.publish(effective=JULY, commit=True)
    assert "South" in {entry.name for entry in State.at(toy, JULY).entries.values()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_restore_takes_back_any_publication(toy: Database, seed: int) -> None:
    edits = [CUT, {"op": "rename", "code": "A2", "name": "East"},
             {"op": "merge", "codes": ["A2", "A3"], "into": "A2"},
             {"op": "recode", "code": "B", "new_code": "C"}]  # fmt: skip
    chance = random.Random(seed)
    first = map_on(toy, BEFORE)
    drafting = Drafting.begin(toy, "any")
    drafting.apply_all(chance.sample(edits, k=4))
    for _ in range(chance.randrange(4)):
        drafting.undo()
    drafted = drafting.state()
    drafting.publish(effective=JUNE, commit=True)
    published = State.at(toy, JUNE)
    assert sorted(published.codes.values()) == sorted(drafted.codes.values())
    assert sorted(published.prints.values()) == sorted(drafted.prints.values())
    restore(toy, 4, effective=JULY, commit=True)
    assert map_on(toy, JULY) == first
