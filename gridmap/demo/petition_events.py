"""What happened to each petition on its way: the flow log that its stamps leave, with bounces and ratings."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridmap.demo.noise import Bools, Floats, generator
from gridmap.demo.petition_times import AS_OF, STAMPS
from gridmap.demo.street import Street
from gridmap.demo.tables import table_of
from gridmap.registers import EVENTS

BOUNCED, PARALLEL, EXTENDED, SUSPENDED, REWORKED = 0.06, 0.03, 0.08, 0.02, 0.006
RESPONDED, ESCALATED, RATED, CORRECTED, SUPERVISED = 0.93, 0.3, 0.35, 0.85, 0.01
UNDISPOSED = 0.0002  # closed without a word of disposal: an impossible step
SCORES = (0.03, 0.05, 0.12, 0.38, 0.42)  # 1 = very dissatisfied ... 5 = very satisfied
LEVELS = {"block": 0.1, "community": 0.6, "street": 0.3}
_HOUR, _DAY = 3600, 86_400
#: Steps in the order in which they stand where their times are the same.
_ORDER = (
    "received", "accepted", "filed", "dispatched", "returned", "signed", "responded", "escalated",
    "supervised",
    "extended", "suspended", "resumed", "disposed", "verified", "rework", "closed", "merged", "split",
    "rejected", "void", "rated", "corrected",
)  # fmt: skip


@dataclass
class _Log:
    """Collect events column by column; those that would lie after the demo's now have not happened."""

    random: np.random.Generator
    parts: list[dict[str, np.ndarray]] = field(default_factory=list)

    def add(self, event: str, when: Bools, at: np.ndarray, **more: np.ndarray) -> Bools:
        """Add an event to some petitions, and return to which it has happened."""
        happened = when & ~np.isnat(at) & (at <= AS_OF)
        chosen = np.flatnonzero(happened)
        part = {"petition": chosen, "at": at[chosen].astype("datetime64[s]"),
                "event": np.full(len(chosen), event, dtype=object)}  # fmt: skip
        for name in ("unit", "until", "level", "score"):
            part[name] = more[name][chosen] if name in more else np.full(len(chosen), None, dtype=object)
        self.parts.append(part)
        return np.asarray(happened, dtype=bool)

    def some(self, share: float, among: Bools) -> Bools:
        """Draw some of the petitions."""
        return np.asarray(among & (self.random.random(len(among)) < share), dtype=bool)

    def after(self, at: np.ndarray, mean_s: float) -> np.ndarray:
        """Return moments a while after others."""
        return np.asarray(at + (60 + self.random.exponential(mean_s, len(at))).astype("timedelta64[s]"))


def events_of(street: Street, petitions: pa.Table, *, days: int) -> pa.Table:
    """Return the events of one street's petitions.

    Parameters
    ----------
    street : the street
    petitions : its petitions
    days : how far back the flow log goes, by the day a petition was received

    Returns
    -------
    table with the columns of `registers.EVENTS`, petition by petition, each in order of time
    """
    since = (AS_OF - np.timedelta64(days * _DAY, "s")).astype("datetime64[us]")
    mine = petitions.filter(pc.greater_equal(petitions["received_at"], pa.scalar(since)))
    log = _Log(generator(street.seed, street.number, "events"))
    stamps = {name: _moments(mine, name) for name in (*STAMPS, "due_at")}
    status = mine["status"].to_numpy(zero_copy_only=False)
    _intake(log, stamps, status)
    _dispatch(log, stamps, mine["handler"].to_numpy(zero_copy_only=False))
    _deadline(log, stamps)
    _end(log, stamps)
    return _table(log, mine)


def _moments(table: pa.Table, name: str) -> np.ndarray:
    return np.asarray(table[name].to_numpy(zero_copy_only=False).astype("datetime64[s]"))


def _between(since: np.ndarray, until: np.ndarray, share: float | Floats) -> np.ndarray:
    """Return moments part of the way; NaT where either end is."""
    return np.asarray(since + ((until - since).astype(float) * share).astype("timedelta64[s]"))


def _intake(log: _Log, stamps: dict[str, np.ndarray], status: np.ndarray) -> None:
    everything = np.ones(len(status), dtype=bool)
    for step in ("received", "accepted", "filed"):
        log.add(step, everything, stamps[f"{step}_at"])
    last = np.fmax(np.fmax(stamps["received_at"], stamps["accepted_at"]), stamps["filed_at"])
    for end in ("merged", "split", "rejected", "void"):
        log.add(end, status == end, log.after(last, 6 * _HOUR))
    log.add("responded", log.some(RESPONDED, ~np.isin(status, ("rejected", "void"))),
            log.after(stamps["accepted_at"], 9 * _HOUR))  # fmt: skip


def _dispatch(log: _Log, stamps: dict[str, np.ndarray], handler: np.ndarray) -> None:
    dispatched, signed = stamps["dispatched_at"], stamps["signed_at"]
    there = ~np.isnat(dispatched)
    others = log.random.permutation(handler)
    bounced = log.some(BOUNCED, there & ~np.isnat(signed))
    log.add("dispatched", there, dispatched, unit=np.where(bounced, others, handler))
    log.add("returned", bounced, _between(dispatched, signed, 0.3), unit=others)
    log.add("dispatched", bounced, _between(dispatched, signed, 0.6), unit=handler)
    log.add("dispatched", log.some(PARALLEL, there & ~bounced) & (others != handler), dispatched, unit=others)
    log.add("signed", there, signed, unit=handler)
    escalated = log.some(ESCALATED, there)
    level = log.random.choice(np.array(list(LEVELS), dtype=object), len(there), p=list(LEVELS.values()))
    log.add("escalated", escalated, log.after(dispatched, 12 * _HOUR), level=level)


def _deadline(log: _Log, stamps: dict[str, np.ndarray]) -> None:
    received, due, disposed = stamps["received_at"], stamps["due_at"], stamps["disposed_at"]
    running = ~np.isnat(due) & ~np.isnat(stamps["signed_at"])
    later = due + log.random.integers(3, 8, len(due)).astype("timedelta64[D]")
    open_then = np.isnat(disposed) | (disposed > _between(received, due, 0.6))
    log.add("extended", log.some(EXTENDED, running & open_then), _between(received, due, 0.6),
            until=later.astype("datetime64[us]"))  # fmt: skip
    stops = _between(received, due, 0.3)
    resumes = stops + np.timedelta64(2 * _DAY, "s")
    stopped = log.some(SUSPENDED, running & (np.isnat(disposed) | (disposed > resumes)))
    log.add("suspended", stopped, stops)
    log.add("resumed", stopped, resumes)
    log.add("supervised", log.some(SUPERVISED, running), due)


def _end(log: _Log, stamps: dict[str, np.ndarray]) -> None:
    disposed, closed = stamps["disposed_at"], stamps["closed_at"]
    in_order = ~np.isnat(closed) & (closed >= disposed)
    told = ~log.some(UNDISPOSED, in_order)
    again = log.some(REWORKED, in_order & told)
    checked = np.where(np.isnat(closed), log.after(disposed, 9 * _HOUR), _between(disposed, closed, 0.3))
    log.add("disposed", told, disposed)
    verified = log.add("verified", told & (in_order | np.isnat(closed)), checked)
    log.add("rework", again & verified, _between(disposed, closed, 0.4))
    log.add("disposed", again, _between(disposed, closed, 0.7))
    log.add("verified", again, _between(disposed, closed, 0.85))
    log.add("closed", ~np.isnat(closed), closed)
    score = log.random.choice(np.arange(1, 6), len(closed), p=SCORES).astype(object)
    said = log.after(closed, 2 * _DAY)
    rated = log.add("rated", log.some(RATED, in_order), said, score=score)
    bad = rated & (score.astype(int) <= 2)
    log.add("corrected", log.some(CORRECTED, bad), log.after(said, 3 * _DAY))


def _table(log: _Log, petitions: pa.Table) -> pa.Table:
    columns = {name: np.concatenate([part[name] for part in log.parts]) for name in log.parts[0]}
    rank = {event: at for at, event in enumerate(_ORDER)}
    place = np.array([rank[event] for event in columns["event"]])
    order = np.lexsort((place, columns["at"], columns["petition"]))
    petition = columns["petition"][order]
    first = np.searchsorted(petition, petition, side="left")
    number = petitions["petition_no"].combine_chunks().take(pa.array(petition))
    serial = pc.utf8_lpad(pc.cast(pa.array(np.arange(len(petition)) - first + 1), pa.string()), 2, "0")
    shown = {name: columns[name][order] for name in ("event", "unit", "until", "level", "score")}
    return table_of(EVENTS, {
        "event_no": pc.binary_join_element_wise(number, serial, "-"),
        "petition_no": number,
        "happened_at": columns["at"][order],
        **shown,
    }, len(petition))  # fmt: skip
