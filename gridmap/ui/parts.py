"""One part of a measure that is broken down, as a measure of its own: how many buildings are rated banned.

A map, a ranking and an address can hold it like any other measure; its key is that of the whole measure and
the part (`building.by_rating.banned`).
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from gridmap.measures import Measure, measure_named
from gridmap.ui import data
from gridmap.ui.view import is_part, whole_of
from gridmap.ui.words import say


def measure_shown(key: str) -> Measure:
    """Return the measure with this key, made of the whole one where it is a part.

    Raises
    ------
    UsageError : when there is no such measure
    """
    whole = measure_named(whole_of(key))
    if whole.key == key:
        return whole
    part = key.rpartition(".")[2]
    levels = data.ask("rating_levels").set_index("level")
    zh, en = (str(levels.loc[part, f"title_{lang}"]) if part in levels.index else say("unrated", lang)
              for lang in ("zh", "en"))  # fmt: skip
    return replace(whole, key=key, split="", title_zh=f"{whole.title_zh}：{zh}",
                   title_en=f"{whole.title_en}: {en}")  # fmt: skip


def filled(figures: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return figures with the columns of a part, 0 where no cell has any of it."""
    if not is_part(key):
        return figures
    missing = {name: 0.0 for name in (key, f"{key}.n", f"{key}.of") if name not in figures}
    return figures.assign(**missing).fillna({key: 0.0, f"{key}.n": 0.0})
