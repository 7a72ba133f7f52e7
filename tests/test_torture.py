"""The torture itself: it is right about disks, it sees what is lost, and it finds nothing."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gridmap.store import Database
from gridmap.torture import judging, ledger
from gridmap.torture.images import LOSSES, Disk
from gridmap.torture.ledger import Act, Ledger
from gridmap.torture.owner import Place
from gridmap.torture.trace import STRACE, Event, events

PAGE = 4096


def write(path: Path, data: bytes, at: int = 0) -> Event:
    return Event("write", str(path), offset=at, data=data)


def left(disk: Disk, loss: str, seed: int = 0) -> dict[str, bytes]:
    return disk.left(loss, random.Random(seed))  # type: ignore[arg-type]


# ---- the disk -----------------------------------------------------------------------------------


def test_what_was_synced_is_there_whatever_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"old")
    disk = Disk(tmp_path)
    disk.happens(write(file, b"new"))
    assert left(disk, "everything unsynced") == {"a": b"old"}
    assert left(disk, "nothing") == {"a": b"new"}
    disk.happens(Event("sync", str(file)))
    assert [left(disk, loss) for loss in LOSSES] == [{"a": b"new"}] * 3


def test_a_write_may_be_there_by_pages(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"." * 2 * PAGE)
    disk = Disk(tmp_path)
    disk.happens(write(file, b"!" * 2 * PAGE))
    found = {bytes({page[0] for page in (data[:PAGE], data[PAGE:])}): data
             for data in (left(disk, "any part of it", seed)["a"] for seed in range(50))}  # fmt: skip
    torn = {(data[:1], data[PAGE : PAGE + 1]) for data in
            (left(disk, "any part of it", seed)["a"] for seed in range(50))}  # fmt: skip
    assert torn == {(b"!", b"!"), (b".", b"."), (b"!", b"."), (b".", b"!")}
    assert len(found) >= 2


def test_names_change_in_their_order_and_with_any_sync(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    disk = Disk(tmp_path)
    disk.happens(Event("rename", str(tmp_path / "a"), other=str(tmp_path / "b")))
    disk.happens(Event("create", str(tmp_path / "c")))
    assert set(left(disk, "everything unsynced")) == {"a"}
    seen = {frozenset(left(disk, "any part of it", seed)) for seed in range(50)}
    assert seen == {frozenset("a"), frozenset("b"), frozenset("bc")}
    disk.happens(Event("sync", str(tmp_path)))
    assert set(left(disk, "everything unsynced")) == {"b", "c"}


def test_a_file_is_cut_and_written_at_its_end(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"abcdef")
    disk = Disk(tmp_path)
    for event in (Event("truncate", str(file), offset=2), write(file, b"X", -1), write(file, b"Y", 5)):
        disk.happens(event)
    assert left(disk, "nothing") == {"a": b"abX\0\0Y"}


def test_the_record_of_a_process_says_what_it_did(tmp_path: Path) -> None:
    """What strace records, put together again, is what the process left."""
    folder, trace = tmp_path / "work", tmp_path / "trace"
    folder.mkdir()
    program = (
        "import os, sys; a, b, c, d = (os.path.join(sys.argv[1], name) for name in 'abcd')\n"
        "with open(a, 'wb') as f: f.write(b'hello')\n"
        "h = os.open(a, os.O_RDWR); os.pwrite(h, b'J', 0); os.fsync(h); os.ftruncate(h, 4)\n"
        "os.replace(a, b); os.pwrite(h, bytes(range(256)), 9)\n"
        "os.link(b, c); os.unlink(b); open(d, 'w').close()\n"
    )
    disk = Disk(folder)
    subprocess.run([*STRACE, "-o", str(trace), sys.executable, "-c", program, str(folder)], check=True)
    with trace.open() as lines:
        for event in events(lines):
            disk.happens(event)
    assert left(disk, "nothing") == {path.name: path.read_bytes() for path in folder.iterdir()}


# ---- the judge: it must be able to find something -----------------------------------------------


def ledger_of(*acts: Act, begun: tuple[Act, ...] = ()) -> Ledger:
    return Ledger(acts, begun)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (ledger_of(Act("import", 7)), "import 7 was acknowledged and has 0 rows"),
        (ledger_of(Act("publish", 3)), "version 3 was acknowledged and is there 0 times"),
        (ledger_of(Act("edit", 2)), "edit 2 was acknowledged and is there 0 times"),
        (ledger_of(Act("migration", 1)), "migration 1 was acknowledged and its table is gone"),
        (ledger_of(Act("snapshot", 1)), "a snapshot was acknowledged and no pointer is there"),
        (ledger_of(begun=(Act("import", 7), Act("publish", 3))), ""),
    ],
)
def test_what_was_acknowledged_and_is_not_there_is_a_fault(toy: Database, said: Ledger, fault: str) -> None:
    found = judging.faults(toy, Place(toy.folder.parent), said)
    assert [text.startswith(fault) for text in found] == ([True] if fault else [])


def test_half_an_import_is_a_fault(toy: Database) -> None:
    with toy._cursor() as cursor:
        cursor.execute(
            "insert into petition (petition_id, petition_no, status, received_at, import_id) "
            "select n, 'B00001-' || n, 'processing', timestamp '2024-01-01', 3 from range(9) as r(n)"
        )
    found = judging.faults(toy, Place(toy.folder.parent), ledger_of(begun=(Act("import", 1),)))
    assert any("B00001 is there by half: 9 rows" in text for text in found)


def test_a_ledger_whose_last_line_was_cut_short_reads_without_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger.note(path, Act("import", 1), done=False)
    ledger.note(path, Act("import", 1), done=True)
    ledger.note(path, Act("edit", 1), done=False)
    with path.open("a") as file:
        file.write('{"kind": "edit", "nu')
    assert ledger.read(path) == Ledger((Act("import", 1),), (Act("edit", 1),))


# ---- the short form -----------------------------------------------------------------------------


def counts_of(folder: Path, wanted: str, number: int) -> dict[str, Any]:
    """Torture in one way, as often as in CI; return the counts by kind, which hold no fault."""
    others = {"--kills", "--images", "--disks", "--inputs"} - {wanted}
    words = ["torture", wanted, str(number), "--json", str(folder / "counts.json")]
    words += [word for other in sorted(others) for word in (other, "0")]
    program = "from gridmap.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return dict(json.loads((folder / "counts.json").read_text()))


def lose_nothing(folder: Path, wanted: str, number: int) -> None:
    (count,) = counts_of(folder, wanted, number).values()
    assert count["tried"] == number
    assert sum(count["acknowledged"].values()) > 0


class TestKills:  # classes: each may run beside the others
    def test_nothing_is_lost_when_the_owner_is_killed(self, tmp_path: Path) -> None:
        lose_nothing(tmp_path, "--kills", 50)


class TestPowerFailures:
    def test_nothing_is_lost_when_power_fails(self, tmp_path: Path) -> None:
        lose_nothing(tmp_path, "--images", 200)


class TestFullDisks:
    def test_nothing_is_lost_when_the_disk_is_full(self, tmp_path: Path) -> None:
        lose_nothing(tmp_path, "--disks", 3)


class TestHostileInputs:
    def test_each_ends_in_words_or_in_a_right_result(self, tmp_path: Path) -> None:
        counts = counts_of(tmp_path, "--inputs", 10_000)
        assert sum(count["tried"] for count in counts.values()) >= 10_000
        ended = {how for count in counts.values() for how in count["acknowledged"]}
        assert {"read", "read in part", "refused", "answered"} <= ended
