"""Give hostile files to limited processes that read them, and count how each ended.

A process reads many files; one that dies is counted for the file it was at, and another goes on behind it.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from gridmap.sources import worker
from gridmap.torture.inputs import attacks, values
from gridmap.torture.inputs.packing import Attack
from gridmap.torture.inputs.seeds import seeds
from gridmap.torture.killing import Count

#: Files that one process reads, before a fresh one follows.
_A_PROCESS = 5_000
#: Hostile files in one round of all families, and those laid out at once.
_EVERY_FAMILY, _LAID_OUT = 360, 2_000
_MEMORY_MB, _CPU_S = 2_048, 3_600
#: How a process may die of a file: the reading process does too, and its end is put into words.
_WORDS_FOR = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGXFSZ}
_READER = "gridmap.torture.inputs.reader"

Told = Callable[[int], object]


@dataclass(frozen=True)
class Orders:
    """Say what a process does.

    Parameters
    ----------
    work : files, mutants, values, edits or statements
    last : numbers from `first` up to this one, itself not among them, are gone through
    first : the number to begin with
    files : name, kind (polygons, records, features) and place of each file; they begin anew at their end
    seed : of the random choices
    memory_mb : what the process may use
    """

    work: str
    last: int
    first: int = 0
    files: tuple[tuple[str, str, str], ...] = ()
    seed: int = 0
    memory_mb: int = _MEMORY_MB


def run_mutants(folder: Path, *, number: int, seed: int, told: Told) -> Count:
    """Read mutants of a good file of every format; return how they ended.

    Parameters
    ----------
    folder : an empty folder to work in
    number : how many mutants
    seed : of the random choices; the same seed gives the same mutants
    told : called with 1 after each
    """
    good = seeds()
    placed = _laid(folder / "seeds", [(entry.name, entry.kind, entry.content) for entry in good])
    orders = Orders("mutants", number, files=placed, seed=seed)
    formats = [entry.format for entry in good]
    return _counted(orders, folder, lambda at: formats[at % len(formats)], told)


def run_attacks(folder: Path, *, number: int, seed: int, told: Told) -> Count:
    """Read files made to do harm; return how they ended.

    Parameters
    ----------
    folder : an empty folder to work in
    number : how many; the smallest come first, and all are read over and over with other details
    seed : of the details
    told : called with 1 after each
    """
    count = Count()
    with attacks.bait(folder / "bait") as bait:
        made = islice(attacks.files(bait, rng=random.Random(seed)), max(number, _EVERY_FAMILY))
        while some := list(islice(made, _LAID_OUT)):
            _read_attacks(some, folder / "attacks", count, told)
            shutil.rmtree(folder / "attacks")
        count.faults += bait.faults()
    return count


def _read_attacks(some: Sequence[Attack], folder: Path, count: Count, told: Told) -> None:
    """Read hostile files, and hold those that may not be read against that."""
    placed = _laid(folder / "files", [(attack.name, attack.kind, attack.content) for attack in some])
    for number, ended in outcomes(Orders("files", len(some), files=placed), folder):
        attack = some[number]
        if ended["ended"].startswith("read") and not attack.may_be_read:
            ended |= {"ended": "fault", "said": f"{attack.name} was read"}
        _note(count, attack.family, number, ended, told)


def run_values(folder: Path, *, number: int, seed: int, told: Told) -> Count:
    """Give hostile texts to the parsers of values, shapes, codes and mappings; return how they ended."""
    return _counted(Orders("values", -(-number // values.BATCH), seed=seed), folder, str, told)


def run_edits(folder: Path, *, number: int, seed: int, told: Told) -> Count:
    """Ask hostile edits of a small map; return how they ended."""
    return _counted(Orders("edits", number, seed=seed), folder, str, told)


def run_statements(folder: Path, *, number: int, seed: int, told: Told) -> Count:
    """Ask a store every statement with attacks in its parameters; return how that ended."""
    return _counted(Orders("statements", number, seed=seed), folder, str, told)


def _laid(folder: Path, given: Sequence[tuple[str, str, bytes]]) -> tuple[tuple[str, str, str], ...]:
    """Lay files where readers find them, each in a folder of its own."""
    placed = []
    for number, (name, kind, content) in enumerate(given):
        path = folder / str(number) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        placed.append((name, kind, str(path)))
    return tuple(placed)


def _counted(orders: Orders, folder: Path, where: Callable[[int], str], told: Told) -> Count:
    """Count how the inputs of some orders ended; at which input a fault was is said with it."""
    count = Count()
    for number, ended in outcomes(orders, folder):
        _note(count, ended.get("where") or where(number), number, ended, told)
    return count


def _note(count: Count, where: str, number: int, ended: dict[str, Any], told: Told) -> None:
    """Add to a count how one input ended, or a batch of them."""
    times = ended.get("times") or {ended["ended"]: 1}
    whole = sum(times.values())
    count.tried += whole
    count.at[where] += whole
    count.acknowledged.update(times)
    count.most_mb = max(count.most_mb, ended.get("mb", 0))
    if ended["ended"] == "fault":
        count.faults.append(f"{where}, number {number}: {ended['said']}")
    told(whole)


def outcomes(orders: Orders, folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read the files of some orders; yield each one's number and how it ended.

    Parameters
    ----------
    orders : which files
    folder : where the readers work
    """
    at = orders.first
    while at < orders.last:
        part = replace(orders, first=at, last=min(orders.last, at + _A_PROCESS))
        for number, ended in _of_one_process(part, folder):
            yield number, ended
            at = number + 1


def _of_one_process(orders: Orders, folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Start a process; yield how its files ended, the last one by its own end where it died."""
    home = worker.own_folder(folder / "work")
    number = orders.first
    with (home / "log").open("wb") as log, subprocess.Popen(
        [sys.executable, "-P", "-m", _READER], cwd=home, env=worker.environment(home),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({**vars(orders), "seconds": _CPU_S}).encode())
        process.stdin.close()
        for line in process.stdout:
            at, _, ended = line.decode().partition(" ")
            number = int(at)
            if ended.strip():
                yield number, json.loads(ended)
                number += 1
    if process.returncode and number < orders.last:
        yield number, _death(process.returncode, home / "log")


def _death(code: int, log: Path) -> dict[str, Any]:
    """Say how a reader ended that did not come back from a file."""
    last = log.read_text(encoding="utf-8", errors="replace")[-4000:]
    if code in (-signal.SIGALRM, -signal.SIGPROF):
        return {"ended": "fault", "said": "took too long"}
    if worker.tells_of_memory(last):
        return {"ended": "refused: memory"}
    if code < 0 and signal.Signals(-code) in _WORDS_FOR:
        return {"ended": f"reader ended by {signal.Signals(-code).name}"}
    return {"ended": "fault", "said": f"the reader ended with {code}: {last[-300:]}"}
