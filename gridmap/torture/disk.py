"""Full disks: an owner runs out of room at every size of disk, is given room, and goes on as it is."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import StoreFull
from gridmap.loading import features, records, regions
from gridmap.store import Database, room
from gridmap.store.files import FULL
from gridmap.torture import judging, ledger, owner, town
from gridmap.torture.forking import Say, in_own_process, said_by
from gridmap.torture.killing import Count
from gridmap.torture.owner import Place

_MB = 1_000_000
_DISK = 192 * _MB
_BALLAST = "ballast"
#: Room that is left, from so much to so much.
_LEAST, _MOST = 64_000, 24 * _MB
#: How much an owner does before its disk counts as large enough, while it is full, and once there is room.
_TO_FILL, _WHILE_FULL, _AFTER = 60, 4, 5


@dataclass(frozen=True)
class _Room:
    """Hold one disk to fill: in memory, or, where none may be mounted, a limit on the size of files."""

    place: Place
    mounted: bool

    def fill(self, free: int) -> None:
        """Leave so much room and no more."""
        if not self.mounted:
            largest = max(path.stat().st_size for path in self.place.store.rglob("*") if path.is_file())
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest + free, resource.RLIM_INFINITY))
            return
        filled = shutil.disk_usage(self.place.store).free - free
        with (self.place.store / _BALLAST).open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, max(1, filled))

    def make_room(self) -> None:
        """Take away what filled the disk."""
        if not self.mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return
        (self.place.store / _BALLAST).unlink()


def run(folder: Path, *, sizes: int, seed: int, told: Callable[[int], object]) -> Count:
    """Let an owner run out of room once for every size of disk, and return what came of it.

    Parameters
    ----------
    folder : an empty folder to work in
    sizes : how many
    seed : of the random choices
    told : called with 1 after each size
    """
    rng, count = random.Random(seed), Count()
    first = Place(folder / "first")
    in_own_process(lambda: town.build(first.store))
    for number in range(sizes):
        place = Place(folder / f"disk{number}")
        free = int(_LEAST * (_MOST / _LEAST) ** ((number + rng.random()) / sizes))
        _try(first, place, free, rng.randrange(1 << 30), count)
        told(1)
    return count


def _try(first: Place, place: Place, free: int, seed: int, count: Count) -> None:
    place.store.mkdir(parents=True)
    place.files.mkdir()
    mounted = _mount(place.store)
    try:
        shutil.copytree(first.store, place.store, dirs_exist_ok=True)
        said = said_by(lambda say: _run_out(_Room(place, mounted), free, seed, say))
        said += said_by(lambda say: _reopen(place, say))
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place.store)], check=False, capture_output=True)
    count.tried += 1
    count.at["a disk of its own" if mounted else "a limit on files"] += 1
    count.at["ran out of room"] += sum(line == "full" for line in said)
    count.acknowledged.update(act.kind for act in ledger.read(place.ledger).done)
    count.faults += [f"{free / _MB:,.2f} MB free: {line}" for line in said if line != "full"]


def _mount(folder: Path) -> bool:
    """Mount a disk in memory; return whether that is allowed here."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "gridmap-torture", str(folder)]
    return (
        bool(shutil.which("mount"))
        and subprocess.run(words, check=False, capture_output=True).returncode == 0
    )


def _run_out(disk: _Room, free: int, seed: int, say: Say) -> None:
    """Be an owner whose disk is full, then has room again."""
    _ask_for_no_room()
    town.read_here()
    rng, place = random.Random(seed), disk.place
    db = owner.opened(place)
    disk.fill(free)
    db, full = _until_full(db, place, rng, _TO_FILL)
    if full:
        say("full\n")
        for _ in range(_WHILE_FULL):  # whatever is asked now is done, or refused in words
            db, _ = _until_full(db, place, rng, 1)
    disk.make_room()
    for _ in range(_AFTER):  # the very same process; what was refused is given again first
        db = owner.do(db, place, owner.choose(place, rng))
    for fault in judging.faults(db, place):
        say(f"{fault}\n")
    db.close()


def _until_full(db: Database, place: Place, rng: random.Random, acts: int) -> tuple[Database, bool]:
    """Do one thing after the other until the disk is full; any other fault is one of gridmap."""
    for _ in range(acts):
        act = owner.choose(place, rng, without=("migration",))
        try:
            db = owner.do(db, place, act)
        except StoreFull:
            return db, True
        except OSError as fault:
            if fault.errno not in FULL:
                raise
            return db, True
    return db, False


def _reopen(place: Place, say: Say) -> None:
    town.read_here()
    db = owner.opened(place)
    for fault in judging.faults(db, place):
        say(f"after opening it again: {fault}\n")
    db.close()


def _ask_for_no_room() -> None:
    """Let everything begin without asking for room first: the disk is to be full in the middle."""
    for module in (records, regions, features):
        module.require_room_for = lambda *_: None  # type: ignore[attr-defined]
    room.require_room = lambda *_: None
    owner.backups.require_room = lambda *_: None  # type: ignore[attr-defined]
