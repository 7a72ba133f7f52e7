"""Drafts: several at once, every accepted edit durable at once, and never a silent conflict."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from gridmap import versions
from gridmap.editing import drafts
from gridmap.editing.session import Drafting
from gridmap.errors import EditRefused, Refused, UsageError
from gridmap.store import Database, open_store
from tests.redraw import JUNE, MERGED, SPLIT, Write, redraw
from tests.toy import at, rows

Operation = dict[str, object]
RENAME: Operation = {"op": "rename", "code": "A2", "name": "East"}


def cut(new_code: str = "A4") -> Operation:
    """Cut the upper two squares off A1, along a line through its whole width."""
    return {"op": "split", "code": "A1", "new_code": new_code, "new_name": "North",
            "keeps": at(0.5, 1.5), "line": [at(-0.5, 2.5), at(2.5, 2.5)]}  # fmt: skip


def areas(drafting: Drafting) -> dict[str, float]:
    frame = drafting.coverage.to_frame()
    return dict(zip(frame["code"], frame.area.round(), strict=True))


@pytest.fixture
def plan(toy: Database) -> Drafting:
    """Give a new draft of the toy city."""
    return Drafting.begin(toy, "north", title="A grid for the north", author="Li")


def test_an_edit_counts_in_the_draft_only(toy: Database, plan: Drafting) -> None:
    change = plan.apply(cut())
    assert (change.opened, change.changed) == (("A4",), ("A1", "A2"))  # A2 learns of the new corner
    assert areas(plan)["A1"] + areas(plan)["A4"] == 50_000
    assert "A4" not in set(rows(toy, "select code from believed()")["code"])


def test_every_accepted_edit_survives_the_end_of_the_process(toy: Database, plan: Drafting) -> None:
    plan.apply(cut())
    plan.apply(RENAME)
    stamp = plan.coverage.stamp
    toy.close()
    again = open_store(toy.folder)
    opened = Drafting.open(again, "north")
    assert (opened.coverage.stamp, opened.revision, len(opened.done)) == (stamp, 2, 2)
    again.close()


def test_undo_and_redo_lead_back_and_forth_bit_for_bit(plan: Drafting) -> None:
    stamps = [plan.coverage.stamp]
    for operation in (cut(), RENAME):
        plan.apply(operation)
        stamps.append(plan.coverage.stamp)
    plan.undo()
    assert plan.coverage.stamp == stamps[1]
    plan.undo()
    assert plan.coverage == plan.base
    plan.redo()
    plan.redo()
    assert plan.coverage.stamp == stamps[2]
    assert (plan.revision, plan.can_redo) == (6, False)
    reopened = Drafting.open(plan.db, "north")
    assert reopened.coverage.stamp == stamps[2]


def test_after_a_new_edit_what_was_undone_is_gone(plan: Drafting) -> None:
    plan.apply(RENAME)
    plan.undo()
    plan.apply(cut())
    with pytest.raises(Refused, match="nothing to redo"):
        plan.redo()
    plan.undo()
    with pytest.raises(Refused, match="nothing to undo"):
        plan.undo()


def test_a_refused_edit_leaves_no_trace(plan: Drafting) -> None:
    stamp = plan.coverage.stamp
    with pytest.raises(EditRefused) as fault:
        plan.apply({"op": "rename", "code": "Z", "name": "nobody"})
    assert fault.value.reason == "unknown_code"
    assert (plan.coverage.stamp, plan.revision) == (stamp, 0)


def test_of_several_edits_all_count_or_none(plan: Drafting) -> None:
    with pytest.raises(EditRefused, match="Operation 2 of 2"):
        plan.apply_all([cut(), {"op": "merge", "codes": ["A2", "B"]}])
    assert (plan.revision, areas(plan)["A1"]) == (0, 50_000)
    assert len(plan.apply_all([cut(), RENAME])) == 2
    assert plan.revision == 2


def test_two_planners_see_each_others_edits(toy: Database, plan: Drafting) -> None:
    other = Drafting.open(toy, "north", author="Wang")
    other.apply(RENAME)
    assert [step.said for step in plan.refresh()] == ["rename A2"]
    assert plan.coverage == other.coverage


def test_an_edit_drawn_on_an_old_state_is_refused_and_says_who_was_faster(
    toy: Database, plan: Drafting
) -> None:
    other = Drafting.open(toy, "north", author="Wang")
    other.apply(RENAME, expected=0)
    with pytest.raises(EditRefused, match="Wang at .*: rename A2") as fault:
        plan.apply(cut(), expected=0)
    assert fault.value.reason == "stale_base"
    assert plan.coverage == other.coverage
    plan.apply(cut(), expected=1)
    assert plan.revision == 2


def test_an_edit_that_names_no_revision_is_made_on_the_newest_state(toy: Database, plan: Drafting) -> None:
    Drafting.open(toy, "north", author="Wang").apply(RENAME)
    plan.apply(cut())
    assert plan.revision == 2
    assert plan.coverage.region("A2").name == "East"


def test_several_drafts_are_compared_with_each_other_and_with_today(toy: Database, plan: Drafting) -> None:
    plan.apply(cut())
    other = Drafting.begin(toy, "other", author="Wang")
    other.apply(cut())
    other.apply(RENAME)

    def differing(before: str | Drafting, after: Drafting) -> dict[str, str]:
        cells = after.compare(before).cells
        return dict(zip(cells["code"], cells["change"], strict=True))

    assert differing(plan, other) == {"A2": "renamed"}
    assert {code: what for code, what in differing("today", plan).items() if what != "corners"} == {
        "A1": "border", "A4": "created"}  # fmt: skip
    assert differing("base", plan) == differing("today", plan)
    assert drafts.drafts(toy)["revision"].tolist() == [1, 2]


def test_locked_borders_move_only_when_unlocked(toy: Database, plan: Drafting) -> None:
    west = {"op": "transfer", "giver": "B", "receiver": "A2",
            "polygon": [at(3, 2), at(4, 2), at(4, 3), at(3, 3), at(3, 2)]}  # fmt: skip
    with pytest.raises(EditRefused) as fault:
        plan.apply(west)
    assert fault.value.reason == "locked_border"
    plan.unlock(["community"])
    plan.apply(west)
    assert areas(plan)["A2"] == areas(Drafting.open(toy, "north"))["A2"]
    assert Drafting.open(toy, "north").rules.unlocked == {"community"}


def test_rebasing_carries_edits_over_that_nothing_stands_against(
    toy: Database, plan: Drafting, as_file: Write
) -> None:
    plan.apply(RENAME)
    redraw(toy, SPLIT, as_file, JUNE)
    assert plan.stale() == ()
    done = plan.rebase()
    assert (done.version, done.kept, done.dropped) == (4, 1, ())
    assert plan.coverage.region("A2").name == "East"
    assert "A4" in plan.coverage.codes
    assert Drafting.open(toy, "north").coverage == plan.coverage


def test_rebasing_refuses_what_is_not_possible_any_more_unless_it_may_skip(
    toy: Database, plan: Drafting, as_file: Write
) -> None:
    plan.apply({"op": "rename", "code": "A3", "name": "South"})
    plan.apply(RENAME)
    redraw(toy, MERGED, as_file, JUNE)
    assert plan.stale() == ("A3",)
    with pytest.raises(Refused, match=r"1 edits of the draft are not possible on version 4 .*rename: "):
        plan.rebase()
    assert plan.revision == 2
    done = plan.rebase(skip=True)
    assert (done.kept, [operation["code"] for operation, _ in done.dropped]) == (1, ["A3"])
    assert plan.stale() == ()
    # It stands on the new version now, wherever that is said.
    assert (plan.standing[0], Drafting.open(toy, "north").standing[0]) == (4, 4)
    assert drafts.drafts(toy).set_index("draft")["base_cs"]["north"] == 4


def test_a_name_is_never_used_again(toy: Database, plan: Drafting) -> None:
    drafts.drop(toy, "north")
    with pytest.raises(Refused, match="never used again"):
        Drafting.begin(toy, "north")
    with pytest.raises(Refused, match="given up"):
        plan.apply(RENAME)
    with pytest.raises(UsageError, match="Open drafts: none"):
        Drafting.open(toy, "south")


def test_a_draft_of_an_empty_store_is_refused(empty: Database) -> None:
    with pytest.raises(Refused, match="no boundaries"):
        Drafting.begin(empty, "first")


def test_a_draft_may_begin_with_the_boundaries_of_another_day(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    assert "A4" not in Drafting.begin(toy, "back", on=date(2024, 5, 1)).coverage.codes
    assert "A4" in Drafting.begin(toy, "now").coverage.codes


def test_a_draft_may_begin_with_any_version_all_of_it_in_force(toy: Database, as_file: Write) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    redraw(toy, MERGED, as_file, date(2124, 1, 1))
    for version in versions.versions(toy)["cs"]:
        begun = Drafting.begin(toy, f"from {version}", version=int(version))
        assert begun.draft.base_cs == version
        assert versions.compare(toy, versions.state_named(toy, str(version)), begun.state()).cells.empty
        assert Drafting.open(toy, f"from {version}").coverage == begun.coverage


def test_a_draft_of_an_earlier_version_is_refused_where_later_ones_changed_the_same(
    toy: Database, as_file: Write
) -> None:
    redraw(toy, SPLIT, as_file, JUNE)
    begun = Drafting.begin(toy, "back", version=3)
    begun.apply({"op": "rename", "code": "A1", "name": "South"})
    failed = begun.publish(effective=begun.draft.base_day).refused
    assert failed[0].key == "base"
    assert begun.rebase().version == 4
    assert begun.publish(effective=begun.draft.base_day).refused == ()


@pytest.mark.parametrize("asked", [{"version": 9}, {"version": 1, "on": JUNE}])
def test_a_draft_of_no_version_there_is_begins_nothing(toy: Database, asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Drafting.begin(toy, "never", **asked)
    assert drafts.drafts(toy).empty


# ---- nothing is lost -----------------------------------------------------------------------------

PLANNER = """
import sys
from pathlib import Path
from gridmap.editing.session import Drafting
from gridmap.store import open_store

drafting = Drafting.begin(open_store(Path(sys.argv[1])), "north")
while True:
    drafting.apply({"op": "rename", "code": "A2", "name": f"name {drafting.revision + 1}"})
    print(drafting.revision, flush=True)
"""


def test_a_killed_process_loses_no_accepted_edit(toy: Database) -> None:
    toy.close()
    command = [sys.executable, "-c", PLANNER, str(toy.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as planner:
        assert planner.stdout is not None
        accepted = next(int(line) for line in planner.stdout if int(line) >= 5)
        planner.kill()
    again = open_store(toy.folder)
    drafting = Drafting.open(again, "north")
    assert drafting.revision >= accepted
    assert drafting.coverage.region("A2").name == f"name {drafting.revision}"
    again.close()


def test_planners_in_several_threads_lose_nothing(toy: Database, plan: Drafting) -> None:
    sessions = [Drafting.open(toy, "north", author=name) for name in ("Li", "Wang", "Zhao")]

    def work(drafting: Drafting) -> None:
        for number in range(4):
            drafting.apply({"op": "rename", "code": "A2", "name": f"{drafting.author} {number}"})

    with ThreadPoolExecutor(len(sessions)) as pool:
        list(pool.map(work, sessions))
    plan.refresh()
    assert plan.revision == 12
    assert (
        sorted(step.author for step in drafts.steps(toy, "north")) == ["Li"] * 4 + ["Wang"] * 4 + ["Zhao"] * 4
    )
    assert plan.coverage == Drafting.open(toy, "north").coverage


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_history_of_a_draft_is_read_back_as_it_was(toy: Database, plan: Drafting, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(15):
        what = chance.choice(["rename", "split", "merge", "undo", "redo", "unlock"])
        with contextlib.suppress(Refused):
            if what == "unlock":
                plan.unlock(["community"])
            else:
                plan.apply(random_edit(what, number, chance, plan))
    again = Drafting.open(toy, "north")
    assert again.coverage.stamp == plan.coverage.stamp
    assert (again.revision, again.done, again.can_redo) == (plan.revision, plan.done, plan.can_redo)
    assert again.coverage.certificate()
    for _ in range(len(again.done)):
        again.undo()
    assert again.coverage == again.base


def random_edit(what: str, number: int, chance: random.Random, plan: Drafting) -> Operation:
    code = chance.choice(sorted(plan.coverage.codes))
    west, south, east, north = plan.coverage.land(code).bounds
    height = chance.uniform(south, north) / 1000
    near = chance.choice([code, *plan.coverage.neighbours(code)])
    return {"op": what, "code": code, "name": f"name {number}", "new_code": f"N{number}",
            "codes": [code, near],
            "line": [[west / 1000 - 5, height], [east / 1000 + 5, height]]}  # fmt: skip
