"""What an owner began and what it said was done: a file of lines."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["import", "edit", "publish", "checkpoint", "backup", "snapshot", "migration"]
KINDS: tuple[Kind, ...] = ("import", "edit", "publish", "checkpoint", "backup", "snapshot", "migration")


@dataclass(frozen=True)
class Act:
    """Name one thing an owner does: what, and the how-manieth of its kind."""

    kind: Kind
    number: int


@dataclass(frozen=True)
class Ledger:
    """Hold what was begun and what was done.

    Parameters
    ----------
    done : acknowledged
    open : begun and never acknowledged: may have been done, or not, but not by half
    """

    done: tuple[Act, ...]
    open: tuple[Act, ...]

    def numbers(self, kind: Kind) -> set[int]:
        """Return the numbers of what was acknowledged of one kind."""
        return {act.number for act in self.done if act.kind == kind}

    def maybe(self, kind: Kind) -> set[int]:
        """Return the numbers of what may have been done of one kind, acknowledged or not."""
        return self.numbers(kind) | {act.number for act in self.open if act.kind == kind}


def note(path: Path, act: Act, *, done: bool) -> None:
    """Write a line at the end, in one go: whoever is killed afterwards has written it."""
    line = json.dumps({**asdict(act), "done": done}) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def read(path: Path) -> Ledger:
    """Read a ledger; a last line cut short by a kill was not written."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return of_lines(text.splitlines(keepends=True))


def of_lines(lines: list[str]) -> Ledger:
    """Return the ledger that some lines make."""
    entries = [json.loads(line) for line in lines if line.endswith("\n")]
    said = {done: [Act(entry["kind"], entry["number"]) for entry in entries if entry["done"] == done]
            for done in (False, True)}  # fmt: skip
    done = tuple(dict.fromkeys(said[True]))
    return Ledger(done, tuple(dict.fromkeys(act for act in said[False] if act not in done)))
