"""Figures about the running server for Prometheus: no names, no codes, and no label without a short list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache

import pandas as pd
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from gridmap import settings
from gridmap.access import OWNER, acting
from gridmap.access.sessions import SESSIONS
from gridmap.store import Database, shared_store

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: Seconds; 0.1 and 2 are what questions and pages are promised to stay under.
_STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

_REGISTRY = CollectorRegistry(auto_describe=False)
_REQUESTS = Counter("gridmap_requests", "Requests answered, by class of route.", ["route", "status"],
                    registry=_REGISTRY)  # fmt: skip
_SECONDS = Histogram("gridmap_request_seconds", "Time until an answer was complete, WebSockets left out.",
                     ["route"], buckets=_STEPS, registry=_REGISTRY)  # fmt: skip
_OPEN = Gauge("gridmap_requests_open", "Requests being answered now; socket: browsers connected.",
              ["route"], registry=_REGISTRY)  # fmt: skip
_INFO = Gauge("gridmap_info", "Always 1; which gridmap this is.", ["version"], registry=_REGISTRY)


def note(route: str, status: int, seconds: float) -> None:
    """Count one answer.

    Parameters
    ----------
    route : class of the route
    status : of HTTP; 101 where a WebSocket was opened
    seconds : how long it took
    """
    _REQUESTS.labels(route, str(status)).inc()
    if route != "socket":
        _SECONDS.labels(route).observe(seconds)


@contextmanager
def counting_open(route: str) -> Iterator[None]:
    """Count a request as open until the block ends."""
    with _OPEN.labels(route).track_inprogress():
        yield


def exposed(version: str) -> bytes:
    """Return all figures in the text format of Prometheus.

    Parameters
    ----------
    version : of gridmap
    """
    _INFO.labels(version).set(1)
    return generate_latest(_REGISTRY)


class _OfTheStore(Collector):
    """Ask the store when Prometheus asks; what takes long is asked again only when the store has changed."""

    def collect(self) -> Iterable[Metric]:
        """Yield the figures of the store and of who uses it."""
        db = shared_store(settings.from_environment().store)
        with acting(OWNER):
            yield from _of_store(db)
        yield _gauge("gridmap_sessions", "Sessions of people who have signed in.", SESSIONS.count())


def _of_store(db: Database) -> Iterator[Metric]:
    now, clock = db.query("watching/store").iloc[0], db.now()
    yield _gauge("gridmap_store_version", "Newest version of the boundaries.", now["changeset"])
    yield _gauge("gridmap_store_newest_import", "Number of the newest import.", now["newest_import"])
    yield from _age(
        "gridmap_newest_import_age_seconds", "Since the newest import.", now["imported_at"], clock
    )
    yield _gauge("gridmap_duckdb_memory_bytes", "Memory the database holds.", now["memory_bytes"])
    yield _gauge("gridmap_duckdb_spilled_bytes", "What it has put on the disk instead.", now["spilled_bytes"])
    yield from _of_imports(db.query("watching/imports"))
    found = _petitions(db, int(now["changeset"]), int(now["newest_import"]), f"{clock:%F}")
    yield _gauge("gridmap_petitions_placed", "Petitions that have a cell today.", found["placed"])
    yield _gauge("gridmap_petitions_unplaced", "Petitions that have none.", found["unplaced"])
    yield from _age("gridmap_newest_placed_petition_age_seconds",
                    "Since the newest petition that has a cell was received.", found["newest_placed_at"],
                    clock)  # fmt: skip


@lru_cache(maxsize=1)
def _petitions(db: Database, changeset: int, newest_import: int, day: str) -> pd.Series:
    """Return how petitions are placed, asked once for each version, import and day."""
    return db.query("watching/petitions", on_day=date.fromisoformat(day)).iloc[0]


def _of_imports(imports: pd.DataFrame) -> Iterator[Metric]:
    kinds = (("imports", "Imports"), ("rows_kept", "Rows taken"), ("rows_set_aside", "Rows set aside"))
    for column, title in kinds:
        family = CounterMetricFamily(f"gridmap_{column}", f"{title}, by register.", labels=["register"])
        for register, value in zip(imports["register"], imports[column], strict=True):
            family.add_metric([register], float(value))
        yield family


def _age(name: str, title: str, moment: datetime, now: datetime) -> Iterator[Metric]:
    """Yield how long ago a moment was, by the clock of the store; nothing where there was none yet."""
    if not pd.isna(moment):
        yield _gauge(name, title, (now - moment).total_seconds())


def _gauge(name: str, title: str, value: float) -> Metric:
    return GaugeMetricFamily(name, title, value=float(value))


_REGISTRY.register(_OfTheStore())
ProcessCollector(registry=_REGISTRY)
