"""Power failures: an owner is recorded at work, and every disk it may have left is looked into."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import UsageError
from gridmap.torture import judging, ledger, owner, town
from gridmap.torture.forking import in_own_process, said_by
from gridmap.torture.images import LOSSES, Disk, Loss
from gridmap.torture.killing import Count
from gridmap.torture.ledger import KINDS, Act, Kind, Ledger
from gridmap.torture.owner import Place
from gridmap.torture.trace import STRACE, Event, events

#: What the recorded owner does, in this order.
WORK: tuple[Kind, ...] = (
    "import", "edit", "edit", "publish", "snapshot", "edit", "import", "checkpoint", "publish", "migration",
    "import", "edit", "backup", "publish", "snapshot", "import", "edit", "checkpoint",
)  # fmt: skip
#: One image more for every so many, as some are the same as one before.
_SPARE = 2
#: Every so many images are looked into as thoroughly as the doctor does.
_THOROUGH = 25
_ORDER = (
    "import sys; from pathlib import Path; from gridmap.torture import power; power.work(Path(sys.argv[1]))"
)


@dataclass(frozen=True)
class _Moment:
    """Name a moment of the record, and what is lost then."""

    after: int
    loss: Loss


def run(folder: Path, *, images: int, seed: int, told: Callable[[int], object]) -> Count:
    """Record an owner at work, and look into the images of its disk.

    Parameters
    ----------
    folder : an empty folder to work in
    images : how many different images to look into, at most
    seed : of the random choices
    told : called with 1 after each image

    Raises
    ------
    UsageError : when strace is not installed
    """
    if shutil.which("strace") is None:
        raise UsageError(
            "strace is missing, which records what is written. On Debian: apt-get install strace"
        )
    place, before = Place(folder / "town"), folder / "before"
    in_own_process(lambda: town.build(place.store))
    shutil.copytree(place.store, before)
    done = _recorded(place, folder / "trace")
    return _looked_into(done, place, before, folder / "image", images=images, seed=seed, told=told)


def work(root: Path) -> None:
    """Be the owner that is recorded: do everything of `WORK`, in order."""
    town.read_here()
    place = Place(root)
    db = owner.opened(place)
    counted = dict.fromkeys(KINDS, 0)
    for kind in WORK:
        counted[kind] += 1
        db = owner.do(db, place, Act(kind, counted[kind]))
    db.close()


def _recorded(place: Place, trace: Path) -> list[Event]:
    done = subprocess.run(
        [*STRACE, "-o", str(trace), sys.executable, "-c", _ORDER, str(place.root.resolve())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"The recorded owner ended with {done.returncode}: {done.stderr[-500:]}")
    with trace.open(encoding="utf-8") as lines:
        found = list(events(lines))
    trace.unlink()
    return found


def _looked_into(
    done: list[Event], place: Place, before: Path, image: Path, *, images: int, seed: int,
    told: Callable[[int], object],
) -> Count:  # fmt: skip
    rng, count = random.Random(seed), Count()
    store, book = str(place.store.resolve()), str(place.ledger.resolve())
    disk, said, seen = _disk_of(before, place), [""], set[int]()
    wanted = _chosen(done, store, images, rng)
    for number, event in enumerate(done):
        if event.path == book:
            said.append(event.data.decode())
        disk.happens(event)
        for loss in wanted.get(number, ()):
            left = disk.left(loss, rng)
            if count.tried == images or (print_ := hash((frozenset(left.items()), len(said)))) in seen:
                continue
            seen.add(print_)
            _look(left, "".join(said), image, count, loss)
            told(1)
    count.acknowledged.update(
        act.kind for act in ledger.of_lines("".join(said).splitlines(keepends=True)).done
    )
    return count


def _disk_of(before: Path, place: Place) -> Disk:
    """Follow the store from what it was before the record began."""
    shutil.rmtree(place.store)
    before.rename(place.store)
    return Disk(place.store)


def _chosen(done: list[Event], store: str, images: int, rng: random.Random) -> dict[int, list[Loss]]:
    """Choose moments and losses, evenly over the whole record; all of them when there are fewer."""
    moments = [number for number, event in enumerate(done) if event.path.startswith(store)]
    every = [_Moment(number, loss) for number in moments for loss in LOSSES]
    rng.shuffle(every)
    chosen: dict[int, list[Loss]] = {}
    for moment in every[: images + images // _SPARE]:
        chosen.setdefault(moment.after, []).append(moment.loss)
    return chosen


def _look(left: dict[str, bytes], said: str, image: Path, count: Count, loss: Loss) -> None:
    """Build an image and let a process of its own open the store in it and judge it."""
    shutil.rmtree(image, ignore_errors=True)
    for name, content in left.items():
        path = image / "store" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    known, thorough = ledger.of_lines(said.splitlines(keepends=True)), count.tried % _THOROUGH == 0
    faults = said_by(lambda say: _judge(Place(image), known, thorough, say))
    count.tried += 1
    count.at[f"lost {loss}"] += 1
    count.faults += [f"image {count.tried}, lost {loss}: {fault}" for fault in faults]


def _judge(place: Place, said: Ledger, thorough: bool, say: Callable[[str], None]) -> None:
    town.read_here()
    db = owner.opened(place, more_schema=max(said.maybe("migration"), default=0))
    for fault in judging.faults(db, place, said, thorough=thorough):
        say(f"{fault}\n")
    db.close()
