"""Progress of long work: a bar on stderr for people, nothing for machines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def bar(total: int | None, title: str, *, unit: str = "rows", silent: bool = False) -> tqdm[Any]:
    """Return a progress bar on stderr; it shows only when the work takes longer than half a second.

    Parameters
    ----------
    total : how many units there are, None when unknown
    title : what is being done, at most a few words
    unit : name of the units
    silent : show nothing at all
    """
    return tqdm(total=total, desc=title, unit=f" {unit}", unit_scale=True, file=sys.stderr,
                delay=0.5, disable=silent, leave=True)  # fmt: skip


def each(items: Iterable[Item], title: str, *, unit: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items one by one under a progress bar."""
    with bar(total, title, unit=unit) as progress:
        for item in items:
            yield item
            progress.update(1)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show one line on stderr when a step of unknown length is done."""
    with tqdm(total=1, desc=title, file=sys.stderr, bar_format="{desc} {elapsed}", delay=0.5) as line:
        yield
        line.update(1)
