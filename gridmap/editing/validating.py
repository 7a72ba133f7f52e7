"""The list of checks before a change is published: each passes, fails or is incomplete.

    base         the regions are still as they were when the change was drawn        binding
    later        nothing is recorded for them that begins later                       binding
    complete     the same land is covered as before                                   binding
    certificate  the leaves tile it exactly, on every day from the first on           binding
    nesting      everything lies in a region of a higher level; parents have cells    binding
    codes        codes are there and unique; they follow the form of their level      binding
    size_band    new and changed grids have as many households as a grid should
    in_charge    somebody is in charge of every new and changed grid
    approval     an approver and the number of the document are given

A binding check that fails refuses the change. `incomplete` says that something is still to be done or
known; it never refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd
from shapely.geometry.base import BaseGeometry

from gridmap import settings
from gridmap.coverage import METRIC_STEP
from gridmap.editing.proposals import Proposal
from gridmap.levels import level_named
from gridmap.store import Database
from gridmap.versions import State, counted_in

Verdict = Literal["pass", "fail", "incomplete"]

BINDING = ("base", "later", "complete", "certificate", "nesting", "codes")
SHOWN = 5


@dataclass(frozen=True)
class Check:
    """Hold the outcome of one check.

    Parameters
    ----------
    key : its name, from the list above
    verdict : pass, fail or incomplete
    message : what was found, in a sentence with the way out
    codes : regions concerned
    """

    key: str
    verdict: Verdict
    message: str
    codes: tuple[str, ...] = ()

    @property
    def refuses(self) -> bool:
        """Return whether the change cannot be published for it."""
        return self.verdict == "fail" and self.key in BINDING

    def to_json(self) -> dict[str, Any]:
        """Return the check as it is recorded with the changeset."""
        return {**asdict(self), "codes": list(self.codes), "binding": self.key in BINDING}


def validate(db: Database, proposal: Proposal) -> tuple[Check, ...]:
    """Run all checks on a change that is to be published.

    Parameters
    ----------
    db : the open store
    proposal : the change

    Returns
    -------
    The checks in the order of the list above
    """
    before = State.at(db, proposal.change.effective_on)
    after = proposal.after(before)
    checks: Sequence[Callable[[], Check]] = (
        lambda: _base(proposal, before),
        lambda: _later(db, proposal),
        lambda: _complete(proposal, before, after),
        lambda: _certificate(db, proposal, after),
        lambda: _nesting(after),
        lambda: _codes(db, proposal, after),
        lambda: _size_band(db, proposal, before),
        lambda: _in_charge(db, proposal, before),
        lambda: _approval(proposal),
    )
    return tuple(check() for check in checks)


def _base(proposal: Proposal, now: State) -> Check:
    drawn_on = proposal.drawn_on
    if drawn_on is None:
        return Check("base", "pass", "Worked out on the boundaries in force.")
    stale = proposal.stale(now)
    if stale:
        return _fails("base", stale, f"regions are not any more as they were when drawn on {drawn_on.label}",
                      "Rebase the draft: gridmap edit DRAFT --rebase")  # fmt: skip
    return Check("base", "pass", f"The regions concerned are as they were on {drawn_on.label}.")


def _later(db: Database, proposal: Proposal) -> Check:
    day = proposal.change.effective_on
    found = db.query("versions/latest_of", region_ids=sorted(proposal.touched), on_day=day)
    if len(found) and not proposal.rewrite:
        return _fails("later", sorted(set(found["code"])), f"regions change again or end after {day}",
                      "Choose a later effective day, or take the later version back first")  # fmt: skip
    return Check("later", "pass", f"Nothing is recorded for these regions after {day}.")


def _complete(proposal: Proposal, before: State, after: State) -> Check:
    if before.regions.empty:
        return Check("complete", "pass", "There was no land before.")
    lost, gained = (_land_without(one, other) for one, other in ((before, after), (after, before)))
    if (lost or gained) and proposal.drawn_on is None:
        message = (
            f"As before the version that is taken back: {lost:,.1f} m2 less and {gained:,.1f} m2 more land."
        )
        return Check("complete", "pass", message)
    if lost or gained:
        message = (f"{lost:,.3f} m2 of land would belong to no cell any more, {gained:,.3f} m2 would be new. "
                   "Put what is nobody's into an unassigned cell.")  # fmt: skip
        return Check("complete", "fail", message)
    covered = sum(leaf.area for leaf in after.land.values())
    return Check("complete", "pass", f"The same {covered / 1e6:,.3f} km2 as before belong to a cell.")


def _land_without(one: State, other: State) -> float:
    """Return how much land of one state the other does not cover, in m2; exact, since cells cancel."""
    outline, covered = (state.certificate.outline for state in (one, other))
    return float(outline.difference(covered).area * METRIC_STEP**2)


def _certificate(db: Database, proposal: Proposal, after: State) -> Check:
    days = [day.date() for day in db.query("versions/epochs")["day"]
            if day.date() > proposal.change.effective_on]  # fmt: skip
    states = [after, *(proposal.after(State.at(db, day)) for day in days)]
    for state, day in zip(states, [proposal.change.effective_on, *days], strict=True):
        found = state.certificate
        if not found.exact:
            return Check("certificate", "fail", f"On {day} the cells would not tile the land exactly: "
                         f"{found.repeated} borders claimed twice, {found.unmatched} without a match, "
                         f"{len(found.invalid)} invalid rings.", found.invalid[:20])  # fmt: skip
    return Check("certificate", "pass", f"{len(after.land):,} cells tile the land exactly, without gap or "
                 f"overlap, from {proposal.change.effective_on} on.")  # fmt: skip


def _nesting(state: State) -> Check:
    faults = {code: fault for number, code in state.codes.items() if (fault := _misplaced(number, state))}
    if faults:
        code, fault = next(iter(sorted(faults.items())))
        return _fails("nesting", sorted(faults), f"regions do not nest, such as {code}: {fault}",
                      "Give each a parent of a higher level, and each parent a cell")  # fmt: skip
    return Check("nesting", "pass", f"All {len(state.entries):,} regions nest.")


def _misplaced(number: int, state: State) -> str:
    """Say what is wrong with where a region stands, empty when nothing is."""
    entry = state.entries[number]
    parent = None if entry.parent_id is None else state.entries.get(entry.parent_id)
    if entry.parent_id is not None and parent is None:
        return "its parent is not in force"
    if parent is not None and not _above(parent.level, entry.level, kind=entry.kind):
        return f"a {entry.level} cannot lie in a {parent.level}"
    if entry.parent_id in state.land:
        return "its parent has land of its own"
    if number not in state.land and not state.leaves_below(number):
        return "it has no cell"
    return ""


def _above(parent: str, level: str, *, kind: str) -> bool:
    ranks = (level_named(parent).rank, level_named(level).rank)
    return ranks[0] < ranks[1] or (kind == "unassigned" and ranks[0] <= ranks[1])


def _codes(db: Database, proposal: Proposal, after: State) -> Check:
    codes = pd.Series(list(after.codes.values()), dtype=str)
    twice = sorted(set(codes[codes.duplicated()]))
    if twice:
        return _fails("codes", twice, "codes would belong to two regions", "Recode one of each")
    bad = sorted(code for code in proposal.opened["code"] if code != code.strip() or not code)
    if bad:
        return _fails("codes", bad, "codes are empty or have spaces around them", "Recode them")
    fresh = proposal.opened[(proposal.opened["region_id"] < 0) & (proposal.opened["kind"] != "unassigned")]
    used = db.query("versions/codes_once_used", codes=fresh["code"].tolist())["code"].tolist()
    if used:
        return _incomplete("codes", used, "new regions have a code that another region once had",
                           "A code used once keeps old reports readable: recode them")  # fmt: skip
    odd = sorted(code for code, level in zip(fresh["code"], fresh["level"], strict=True)
                 if not _in_form(code, level, after))  # fmt: skip
    if odd:
        return _incomplete("codes", odd, "new codes do not have the form of their level's other codes",
                           "Recode them once the official codes are known")  # fmt: skip
    return Check("codes", "pass", "Every code is there, unique, and in the form of its level.")


def _in_form(code: str, level: str, state: State) -> bool:
    """Return whether a code is as long as those of its level, and of digits where all of them are."""
    others = [entry.code for entry in state.entries.values()
              if entry.level == level and entry.kind != "unassigned" and entry.code != code]  # fmt: skip
    lengths = {len(other) for other in others}
    digits = all(other.isdigit() for other in others)
    return not others or (len(code) in lengths and (code.isdigit() or not digits))


def _size_band(db: Database, proposal: Proposal, before: State) -> Check:
    chosen = settings.from_environment()
    low, high = chosen.band_low, chosen.band_high
    grids = _grids(proposal, before, kinds=("base",))
    counted = counted_in(db, proposal.after(before), [int(number) for number in grids["region_id"]])[
        "households"
    ]
    if grids.empty:
        return Check("size_band", "pass", "No grid that counts households changes.")
    if not counted.sum():
        return _incomplete("size_band", list(grids["code"]), "grids have no household counted in them",
                           "Load the population to check their size")  # fmt: skip
    outside = grids[~counted.reindex(grids["region_id"]).between(low, high).to_numpy()]
    if len(outside):
        listed = [f"{code} {counted[number]:,.0f}" for code, number in
                  zip(outside["code"], outside["region_id"], strict=True)]  # fmt: skip
        return Check("size_band", "fail", f"{len(outside)} of {len(grids)} new and changed grids have fewer "
                     f"than {low} or more than {high} households: {', '.join(listed[:SHOWN])}.",
                     tuple(outside["code"]))  # fmt: skip
    return Check(
        "size_band", "pass", f"All {len(grids)} new and changed grids have {low} to {high} households."
    )


def _in_charge(db: Database, proposal: Proposal, before: State) -> Check:
    grids, day = _grids(proposal, before, kinds=("base", "dedicated")), proposal.change.effective_on
    running = db.query("versions/codes_in_charge", codes=grids["code"].tolist(), on_day=day)["code"].tolist()
    nobody = sorted(set(grids["code"]) - set(running))
    if nobody:
        return _incomplete("in_charge", nobody, f"new and changed grids have nobody in charge on {day}",
                           "Load who is: gridmap load responsibilities FILE")  # fmt: skip
    return Check("in_charge", "pass", f"Somebody is in charge of all {len(grids)} new and changed grids.")


def _grids(proposal: Proposal, before: State, *, kinds: Sequence[str]) -> pd.DataFrame:
    """Return the leaves of the lowest level touched that are new, recoded, or hold other land."""
    leaves = proposal.opened[proposal.opened.geometry.notna() & proposal.opened["kind"].isin(kinds)]
    ranks = leaves["level"].map(lambda level: level_named(level).rank)
    lowest = leaves[ranks == ranks.max()]
    cells = zip(lowest["region_id"], lowest["code"], lowest.geometry, strict=True)
    other = [before.codes.get(number) != code or _other_land(before.land.get(number), land)
             for number, code, land in cells]  # fmt: skip
    return pd.DataFrame(lowest.loc[other, ["region_id", "code"]])


def _other_land(one: BaseGeometry | None, other: BaseGeometry) -> bool:
    """Return whether two polygons differ by more than corners rounded to the lattice."""
    return one is None or bool(one.symmetric_difference(other).area > 2 * METRIC_STEP * other.length)


def _approval(proposal: Proposal) -> Check:
    change = proposal.change
    if change.approved_by and change.document:
        return Check("approval", "pass", f"Approved by {change.approved_by}, {change.document}.")
    return Check(
        "approval", "incomplete", "No approver or no document is given. Add --approved-by and --document."
    )


def _fails(key: str, codes: Sequence[str], what: str, way_out: str) -> Check:
    return Check(key, "fail", f"{len(codes)} {what}: {_some(codes)}. {way_out}.", tuple(codes))


def _incomplete(key: str, codes: Sequence[str], what: str, way_out: str) -> Check:
    return Check(key, "incomplete", f"{len(codes)} {what}: {_some(codes)}. {way_out}.", tuple(codes))


def _some(codes: Sequence[str]) -> str:
    return ", ".join(codes[:SHOWN]) + (f" and {len(codes) - SHOWN} more" if len(codes) > SHOWN else "")
