"""The command that breaks a store on purpose: torture."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import pandas as pd
from tqdm import tqdm

from gridmap import progress
from gridmap.cli import output
from gridmap.cli.options import OUT, speaking

#: Kills, images of the disk, sizes of disk, hostile inputs: in CI, and before a release.
_SHORT, _LONG = (50, 200, 3, 10_000), (1_000, 2_000, 30, 1_000_000)
_SHOWN = 20
_PLACES = 8


@click.command()
@click.option("--kills", type=int, default=None, help="How often the owner of a store is killed (50).")
@click.option("--images", type=int, default=None, help="Disks after a power failure to look into (200).")
@click.option("--disks", type=int, default=None, help="Sizes of disk that run full (3).")
@click.option("--inputs", type=int, default=None, help="Hostile files, values, edits and requests (10,000).")
@click.option("--long", "is_long", is_flag=True,
              help="1,000 kills, 2,000 images, 30 disks and 1,000,000 inputs instead.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random choices.")
@click.option("--json", "target", type=OUT, default=None, help="File to write all counts and faults to.")
@speaking
def torture(
    kills: int | None, images: int | None, disks: int | None, inputs: int | None, is_long: bool, seed: int,
    target: Path | None,
) -> None:  # fmt: skip
    """Break stores on purpose, a thousand times over, and count what is lost.

    The stores are made for it; yours is not touched. Owners are killed at random and at named moments, power
    fails at any write, disks run full. After each, everything acknowledged must be there, nothing half-done,
    the certificate must hold and what is derived be right. Hostile inputs must each end in a right result or
    in a refusal in words, in bounded time and memory, and the server must outlive them.
    """
    wanted = [own if own is not None else default for own, default in
              zip((kills, images, disks, inputs), _LONG if is_long else _SHORT, strict=True)]  # fmt: skip
    counts: dict[str, Any] = {}
    for run, number in zip(_KINDS, wanted, strict=True):
        counts |= run(number, seed) if number else {}
    rows = [_row(name, count) for name, count in counts.items()]
    output.table(pd.DataFrame(rows), "table")
    faults = [fault for count in counts.values() for fault in count.faults]
    for fault in faults[:_SHOWN]:
        output.say(f"ERROR   {fault}")
    if target is not None:
        said = {name: {**vars(count)} for name, count in counts.items()}
        target.write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")
    if faults:
        raise SystemExit(1)


def _row(name: str, count: Any) -> dict[str, Any]:
    """Say of one kind of torture how often, where, what was acknowledged and what went wrong."""
    places = [f"{number} {where}" for where, number in sorted(count.at.items())]
    more = [f"{len(places) - _PLACES} more (--json)"] if len(places) > _PLACES else []
    at = ", ".join(places[:_PLACES] + more)
    done = ", ".join(f"{number} {kind}" for kind, number in sorted(count.acknowledged.items()))
    return {
        "what": name,
        "tried": count.tried,
        "faults": len(count.faults),
        "where": at,
        "what came of it": done,
        **({"most MB": count.most_mb} if count.most_mb else {}),
    }


def _killed(number: int, seed: int) -> dict[str, Any]:
    from gridmap.torture import killing

    return {"kills": _in_folder("killing", number, lambda folder, told: killing.run(
        folder, kills=number, seed=seed, told=told))}  # fmt: skip


def _without_power(number: int, seed: int) -> dict[str, Any]:
    from gridmap.torture import power

    return {"power failures": _in_folder("power failures", number, lambda folder, told: power.run(
        folder, images=number, seed=seed, told=told))}  # fmt: skip


def _without_room(number: int, seed: int) -> dict[str, Any]:
    from gridmap.torture import disk

    return {"full disks": _in_folder("full disks", number, lambda folder, told: disk.run(
        folder, sizes=number, seed=seed, told=told))}  # fmt: skip


def _with_hostile_inputs(number: int, seed: int) -> dict[str, Any]:
    from gridmap.torture.inputs import running

    found: dict[str, Any] = _in_folder("hostile inputs", number, lambda folder, told: running.run(
        folder, inputs=number, seed=seed, told=told))  # fmt: skip
    return found


def _in_folder(title: str, number: int, run: Callable[[Path, Callable[[int], object]], Any]) -> Any:
    tqdm.monitor_interval = 0  # its thread would be missing in the copies of this process
    with TemporaryDirectory(prefix="gridmap-torture-") as folder, progress.bar(number, title, unit="") as bar:
        return run(Path(folder), bar.update)


_KINDS: tuple[Callable[[int, int], dict[str, Any]], ...] = (
    _killed, _without_power, _without_room, _with_hostile_inputs,
)  # fmt: skip

COMMANDS = (torture,)
