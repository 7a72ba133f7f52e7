"""Clocks: when each case is due, with extensions that move the deadline and suspensions that stop it.

A clock starts with the case, runs for its time limit (see `calendar`), stands still while the case is
suspended and is set later by an extension, never earlier. Frames in, frames out; nothing here knows a store.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridmap.calendar import Calendar, Moments

#: What moves a clock: until a moment (extended), or by the time it stood still (suspended ... resumed).
MOVES = ("extended", "suspended", "resumed")
#: Units whose suspension counts by the clock; of the others it counts in office hours.
_BY_THE_CLOCK = ("calendar_days", "urgent_hours")
#: How far past its start a limit may reach, in days: holidays never more than triple it.
_SLACK_DAYS = 30


@dataclass(frozen=True)
class Deadlines:
    """Hold when cases are due.

    Parameters
    ----------
    due_at : datetime64[s] per case; NaT without a limit and while a clock stands still
    first_due_at : the same before any extension or suspension
    stopped : whether the clock stands still
    unknown : whether the limit reaches past the years whose holidays are known
    """

    due_at: Moments
    first_due_at: Moments
    stopped: npt.NDArray[np.bool_]
    unknown: npt.NDArray[np.bool_]


def deadlines(cases: pd.DataFrame, moves: pd.DataFrame, *, calendar: Calendar) -> Deadlines:
    """Return when cases are due.

    Parameters
    ----------
    cases : case_id (unique), started_at, amount, unit, given_due_at; one row per case, amount null without a
        limit; where given_due_at is there, it is the deadline before any move
    moves : case_id, moved_at, move (one of MOVES), until (of an extension); any order, other cases left out
    calendar : counts working time

    Returns
    -------
    Deadlines in the order of the cases
    """
    start = cases["started_at"].to_numpy(dtype="datetime64[s]")
    amount = cases["amount"].to_numpy(dtype=float, na_value=np.nan)
    unit = cases["unit"].fillna("").to_numpy(dtype=str)
    unknown = _past_what_is_known(start, amount, unit, calendar)
    given = cases["given_due_at"].to_numpy(dtype="datetime64[s]")
    own = np.isnat(given)
    unknown &= own
    first = np.where(own, calendar.deadline(start, np.where(unknown | ~own, np.nan, amount), unit), given)
    due, stopped = first.copy(), np.full(len(cases), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    for turn in _in_turns(cases, moves):
        _move(turn, due, stopped, unit, calendar)
    still = ~np.isnat(stopped)
    due[still] = np.datetime64("NaT")
    return Deadlines(due, first, still, unknown)


def remaining_hours(due_at: Moments, now: np.datetime64, *, calendar: Calendar) -> npt.NDArray[np.float64]:
    """Return the office hours left until cases are due; negative since they were, NaN without a deadline."""
    known = ~np.isnat(due_at)
    left = np.full(len(due_at), np.nan)
    left[known] = calendar.working_seconds(np.full(known.sum(), now), due_at[known]) / 3600
    return left


def due_within(due_at: Moments, now: np.datetime64, *, hours: float) -> npt.NDArray[np.bool_]:
    """Return whether cases fall due in the next so many hours by the clock; what is overdue does not."""
    ends = now.astype("datetime64[s]") + np.timedelta64(round(hours * 3600), "s")
    return np.asarray((due_at >= now) & (due_at < ends))


def _past_what_is_known(
    start: Moments, amount: npt.NDArray[np.float64], unit: npt.NDArray[np.str_], calendar: Calendar
) -> npt.NDArray[np.bool_]:
    per_day = {"working_hours": 3600 / calendar.hours.seconds, "urgent_hours": 1 / 24}
    days = amount * np.array([per_day.get(name, 1.0) for name in unit]) * 2
    ends = start + np.nan_to_num(days + _SLACK_DAYS).astype("timedelta64[D]").astype("timedelta64[s]")
    last = calendar.first + np.timedelta64(len(calendar.worked), "D")
    return np.asarray(~np.isnan(amount) & ((ends >= last) | (start < calendar.first)))


def _in_turns(cases: pd.DataFrame, moves: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the first move of every case, then the second of those that have one, and so on."""
    position = pd.Series(np.arange(len(cases)), index=cases["case_id"])
    mine = moves[moves["move"].isin(MOVES) & moves["case_id"].isin(cases["case_id"])]
    ordered = mine.sort_values(["case_id", "moved_at"], kind="stable")
    ordered = ordered.assign(position=ordered["case_id"].map(position).astype("int64"),
                             turn=ordered.groupby("case_id").cumcount())  # fmt: skip
    return [turn for _, turn in ordered.groupby("turn")]


def _move(
    turn: pd.DataFrame, due: Moments, stopped: Moments, unit: npt.NDArray[np.str_], calendar: Calendar
) -> None:
    """Apply one move to each of some cases; `due` and `stopped` (since when) are changed in place."""
    at, since = turn["position"].to_numpy(), turn["moved_at"].to_numpy(dtype="datetime64[s]")
    move = turn["move"].to_numpy(dtype=str)
    until = turn["until"].to_numpy(dtype="datetime64[s]")
    extended = move == "extended"
    due[at[extended]] = np.fmax(due[at[extended]], until[extended])
    begins = (move == "suspended") & np.isnat(stopped[at]) & (since < due[at])
    stopped[at[begins]] = since[begins]
    ends = (move == "resumed") & ~np.isnat(stopped[at])
    due[at[ends]] = _later(due[at[ends]], stopped[at[ends]], since[ends], unit[at[ends]], calendar)
    stopped[at[ends]] = np.datetime64("NaT")


def _later(
    due: Moments, since: Moments, until: Moments, unit: npt.NDArray[np.str_], calendar: Calendar
) -> Moments:
    """Return deadlines moved by the time their clocks stood still."""
    by_clock = np.isin(unit, _BY_THE_CLOCK)
    moved = due.copy()
    moved[by_clock] = due[by_clock] + (until - since)[by_clock]
    rest = ~by_clock
    moved[rest] = calendar.after(due[rest], calendar.working_seconds(since[rest], until[rest]))
    return moved
