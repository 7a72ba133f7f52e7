"""Commands that work on files of any size, on this machine or on a cluster: place, rollup."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click

from gridmap.cli import caller, output
from gridmap.cli.options import (
    DAY,
    OUT,
    as_day,
    crs_option,
    level_option,
    on_option,
    opened,
    speaking,
    store_option,
    why_option,
)
from gridmap.errors import UsageError
from gridmap.periods import Period
from gridmap.stamping import Stamp, stamp_file

ENGINES = ("embedded", "spark")


class Address(click.Path):
    """Take a path as the caller means it, or the address of something on a cluster (`hdfs://...`)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return an address as it is, a path from the caller's folder."""
        text = str(super().convert(value, param, ctx))
        return text if "://" in text else str(caller.path_of(text))


engine_option = click.option("--engine", type=click.Choice(ENGINES), default="embedded", show_default=True,
                             help="This process, or a cluster of Apache Spark.")  # fmt: skip
master_option = click.option("--master", default="local[*]", show_default=True, metavar="URL",
                             help="spark: where to compute, such as spark://HOST:7077 or yarn.")  # fmt: skip
conf_option = click.option("--conf", "settings", multiple=True, metavar="KEY=VALUE",
                           help="spark: a setting of Spark; may be repeated.")  # fmt: skip


@click.command()
@click.argument("points", type=Address())
@click.option("--x", required=True, metavar="COL", help="Column with easting or longitude.")
@click.option("--y", required=True, metavar="COL", help="Column with northing or latitude.")
@level_option
@on_option
@crs_option
@click.option("-o", "--output", "target", type=Address(), required=True,
              help="File to write: .csv or .parquet; with Spark, a folder of Parquet files.")  # fmt: skip
@engine_option
@master_option
@conf_option
@why_option
@store_option
@speaking
def place(
    points: str, x: str, y: str, level: str, on: datetime | None, crs: str | None, target: str,
    engine: str, master: str, settings: tuple[str, ...], store: Path | None,
) -> None:  # fmt: skip
    """Add region_code, region_name, placed_by and on_border to every row of a file of points.

    Reads CSV and Parquet, or a folder of Parquet files, of any size; every row comes out once, in order.
    Level `leaf` stands for the lowest cells, of whatever level.
    """
    if crs is None:
        raise UsageError("Say in which datum the coordinates are: --crs wgs84, gcj02, bd09 or EPSG:n. "
                         "A wrong datum is off by half a kilometre and cannot be seen.")  # fmt: skip
    with opened(store) as db:
        stamp = Stamp.of(db, level=level, on=as_day(on), crs=crs)
    with _ended_in_order():
        if engine == "spark":
            from gridmap.scaling.placing import place_files

            rows = _on_spark(master, settings, lambda spark: place_files(
                spark, stamp, _address(points), _address(target), x=x, y=y))  # fmt: skip
        else:
            rows = stamp_file(stamp, _path(points), _path(target), x=x, y=y)
    output.say(f"{rows:,} rows written to {target}.")


@click.command()
@click.argument("placed", type=Address())
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--since", type=DAY, default=None, help="First day of the period.")
@click.option("--until", type=DAY, default=None, help="First day after the period.")
@click.option(
    "--category", "categories", multiple=True, help="Only petitions of this category; may be repeated."
)
@on_option
@click.option("--format", "output_format", type=click.Choice(["table", "csv", "json", "parquet"]),
              default="table", show_default=True, help="How to write the result.")  # fmt: skip
@click.option("-o", "--output", "target", type=OUT, default=None, help="File to write instead of stdout.")
@engine_option
@master_option
@conf_option
@why_option
@store_option
@speaking
def rollup(
    placed: str, keys: tuple[str, ...], since: datetime | None, until: datetime | None,
    categories: tuple[str, ...], on: datetime | None, output_format: str, target: Path | None,
    engine: str, master: str, settings: tuple[str, ...], store: Path | None,
) -> None:  # fmt: skip
    """Compute measures of placed petitions in Parquet files, for the cells of every level at once.

    PLACED is what `gridmap place --level leaf` wrote of petitions with the fields of the register, or any
    Parquet with region_code beside them. It is counted where it lies and need not fit into the store.
    """
    from gridmap.scaling import counting

    with opened(store) as db:
        question = counting.Question.of(
            db, keys, period=Period(as_day(since), as_day(until)), categories=categories, on=as_day(on)
        )
        nest = counting.Nest.of(db, question.day)
    with _ended_in_order():
        if engine == "spark":
            from gridmap.scaling.rollup import count_on_spark

            counts = _on_spark(
                master, settings, lambda spark: count_on_spark(spark, question, _address(placed))
            )
        else:
            counts = counting.count_files(question, _path(placed))
    output.deliver(nest.rolled_up(question.keys, counts), output_format, target)


def _on_spark(master: str, settings: tuple[str, ...], work: Callable[[Any], Any]) -> Any:
    from gridmap.scaling.session import session

    wrong = [entry for entry in settings if "=" not in entry]
    if wrong:
        raise UsageError(f"--conf {wrong[0]}: write it as KEY=VALUE.")
    with session(master, settings=dict(entry.split("=", 1) for entry in settings)) as spark:
        return work(spark)


def _path(text: str) -> Path:
    if "://" in text:
        raise UsageError(f"{text} is no file of this machine. Read it with: --engine spark")
    return Path(text)


def _address(text: str) -> str:
    """Return what Spark calls a file; a path means one of the disks that all its machines share."""
    return text if "://" in text else f"file://{Path(text).absolute()}"


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a request to end (SIGTERM) clear up as Ctrl-C does, while the block runs."""
    if threading.current_thread() is not threading.main_thread():
        yield  # the server runs the command for somebody else, and ends in its own way
        return
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


COMMANDS = (place, rollup)
