"""A toy city that was worked with: history, rows set aside, drafts, boundaries changed and taken back."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from gridmap.editing.publishing import restore
from gridmap.editing.session import Drafting
from gridmap.store import Database
from tests.records import closed, load, petition
from tests.toy import at

ODD = 'comma, "quotes", new\nline, =1+1, \u202eback, 😀, 龘'


def live_in(db: Database, folder: Path) -> None:
    """Load, reload, draft, publish and take back, so that every kind of table holds rows."""
    folder.mkdir(exist_ok=True)
    first = [petition(n, (n % 6 + 0.5, n % 4 + 0.5), subcategory=ODD) for n in range(30)]
    load(db, folder, "petitions", [*first, petition(99, None), petition(100, received_at="soon")])
    load(db, folder, "petitions", [closed(n, (0.5, 3.5), after_days=2, due_days=5) for n in range(8)])
    sent = {"event": "dispatched", "happened_at": "2024-05-01 10:00:00", "unit": ODD}
    load(db, folder, "events", [{**sent, "event_no": f"E{n}", "petition_no": f"P{n}"} for n in range(5)])
    x, y = at(1, 1)
    load(db, folder, "buildings", [{"building_no": "R1", "category": "estate", "x": x, "y": y}])
    load(db, folder, "visits", [{"visit_no": "V1", "target_no": "T1", "visited_on": "2024-05-02"}])
    plan = Drafting.begin(db, "north", title=ODD, author="Li")
    plan.apply({"op": "rename", "code": "A2", "name": "East"})
    plan.apply({"op": "split", "code": "A1", "new_code": "A4", "new_name": "North", "keeps": at(0.5, 1.5),
                "line": [at(-0.5, 2.5), at(2.5, 2.5)]})  # fmt: skip
    published = plan.publish(effective=date(2024, 8, 1), commit=True)
    assert published.cs is not None
    restore(db, published.cs, effective=date(2024, 9, 1), commit=True)
    left = Drafting.begin(db, "south", author="Li")
    left.apply({"op": "rename", "code": "A3", "name": "South"})
    left.undo()


@contextmanager
def written_to(db: Database) -> Iterator[None]:
    """Let somebody write all the time, always two settings together."""
    stop = threading.Event()

    def write() -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            with db.transaction() as tx:
                tx.run("load/set_setting", key="one", value=str(number))
                tx.run("load/set_setting", key="two", value=str(number))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()
