"""Kill the owner of a store, at random and at named moments, and see what the next one finds.

One store lives through many kills. Each time a process opens it, holds it against the ledger, says what it
found, and works on until it is killed: so replaying the log is killed as well, and what one kill hides the
next one shows. What was begun and not acknowledged is given again, and counts once.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gridmap.torture import judging, ledger, moments, owner, town
from gridmap.torture.forking import Say, ended, forked, in_own_process, listened
from gridmap.torture.ledger import Kind
from gridmap.torture.owner import Place

#: Kills that one town goes through, before another is built.
KILLS_A_TOWN = 100
#: How long an owner may work before it is killed.
_LONGEST_S = 0.6
#: How much an owner does whose moment does not come; then it dies all the same.
_ACTS = 20
#: What an owner does rather than other things, that its moment may come.
_RATHER: dict[str, tuple[Kind, ...]] = {
    "import": ("import",), "edit": ("edit",), "publish": ("publish",), "migration": ("migration",),
    "checkpoint": ("checkpoint",), "backup and snapshot": ("backup", "snapshot"),
    "rename": ("backup", "snapshot"),
}  # fmt: skip
_READY = "ready\n"
#: Every so many owners look as thoroughly as the doctor does.
_THOROUGH = 5


@dataclass
class Count:
    """Count what was done to a store and what came of it.

    Parameters
    ----------
    tried : how often it was broken
    acknowledged : what was acknowledged, by kind
    at : how often it was broken at which moment
    faults : what was lost or half-done, in words
    most_mb : most memory that a process took, where that is bounded
    """

    tried: int = 0
    acknowledged: Counter[str] = field(default_factory=Counter)
    at: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    most_mb: int = 0


def run(folder: Path, *, kills: int, seed: int, told: Callable[[int], object]) -> Count:
    """Kill owners one after the other, and return what came of it.

    Parameters
    ----------
    folder : an empty folder to work in
    kills : how many
    seed : of the random choices
    told : called with 1 after each kill
    """
    rng, count = random.Random(seed), Count()
    while count.tried < kills and not count.faults:
        place = Place(folder / f"town{count.tried}")
        in_own_process(lambda here=place: town.build(here.store))  # type: ignore[misc]
        for _ in range(min(KILLS_A_TOWN, kills - count.tried)):
            _kill_one(place, rng, count)
            told(1)
            if count.faults:
                break
        _look_a_last_time(place, count)
        count.acknowledged.update(act.kind for act in ledger.read(place.ledger).done)
        if not count.faults:
            shutil.rmtree(place.root)
    return count


def _kill_one(place: Place, rng: random.Random, count: Count) -> None:
    """Let an owner look and work, and kill it: at a named moment, at random, or while it opens the store."""
    part = rng.choice([*moments.NAMED, "at random", "at random", "while opening"])
    bomb = moments.Bomb(rng.choice(moments.NAMED[part]), rng.randrange(2)) if part in moments.NAMED else None
    seed = rng.randrange(1 << 30)
    child, heard = forked(lambda say: _work(place, seed, bomb, say, rather=_RATHER.get(part, ())))
    if part == "while opening":
        time.sleep(rng.uniform(0.0, 0.15))
        os.kill(child, signal.SIGKILL)
    said = listened(heard, child, until=_READY)
    if part == "at random":
        time.sleep(rng.uniform(0.0, _LONGEST_S))
        os.kill(child, signal.SIGKILL)
    said += listened(heard, child)
    ended(heard, child)
    count.tried += 1
    count.at[part] += 1
    count.faults += [line for line in said.splitlines() if line and line != _READY.strip()]


def _look_a_last_time(place: Place, count: Count) -> None:
    """Open the store once more, give again what was not acknowledged, and hold it against the ledger."""
    child, heard = forked(lambda say: _work(place, 0, None, say, acts=0))
    said = listened(heard, child)
    ended(heard, child)
    count.faults += [line for line in said.splitlines() if line and line != _READY.strip()]


def _work(
    place: Place, seed: int, bomb: moments.Bomb | None, say: Say, *, acts: int = _ACTS,
    rather: tuple[Kind, ...] = (),
) -> None:  # fmt: skip
    """Be an owner: open, judge, then do one thing after the other, and die."""
    town.read_here()
    db = owner.opened(place)
    for fault in judging.faults(db, place, thorough=not acts or seed % _THOROUGH == 0):
        say(f"{fault}\n")
    say(_READY)
    if bomb:
        moments.arm(bomb)
    rng = random.Random(seed)
    for _ in range(acts):
        db = owner.do(db, place, owner.choose(place, rng, rather=rather))
    if acts:
        os.kill(os.getpid(), signal.SIGKILL)
    db.close()
