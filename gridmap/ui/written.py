"""Lists as a file has them: titled columns, and words where the store has keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gridmap.ui.words import say, say_if_known

PETITIONS = ("petition_no", "category", "subcategory", "channel", "handler", "status", "received_at",
              "due_at", "urgency")  # fmt: skip
_INSPECTIONS = ("building_no", "rating", "last_inspected_at", "due_on", "days_over")
_VISITS = ("target_no", "last_visited_on", "visit_by")
_TOPICS = ("topic_no", "category", "owner", "raised_on", "days_open")


def petitions(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return open petitions, the stage and the urgency in words.

    Parameters
    ----------
    found : rows of the query open_petitions
    lang : language of the titles
    """
    told = found.assign(
        status=[say_if_known(f"stage_{state}", lang) for state in found["status"]],
        urgency=[say(urgency, lang) for urgency in found["urgency"]],
    )
    return _titled(told, PETITIONS, lang)


def inspections(found: pd.DataFrame, ratings: Mapping[Any, str], lang: str) -> pd.DataFrame:
    """Return rental buildings whose inspection is due, by the titles of their ratings.

    Parameters
    ----------
    found : rows of the query inspections_due
    ratings : title of each rating; one without is told as it is
    lang : language of the titles
    """
    told = found.assign(rating=[ratings.get(rating, rating) for rating in found["rating"]])
    return _titled(told, _INSPECTIONS, lang)


def visits(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return priority targets whose visit is due, by their pseudonyms.

    Parameters
    ----------
    found : rows of the query visits_due
    lang : language of the titles
    """
    return _titled(found.rename(columns={"due_on": "visit_by"}), _VISITS, lang)


def topics(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return topics that are tracked.

    Parameters
    ----------
    found : rows of the query topics_tracked
    lang : language of the titles
    """
    return _titled(found, _TOPICS, lang)


def _titled(found: pd.DataFrame, columns: tuple[str, ...], lang: str) -> pd.DataFrame:
    return found[list(columns)].rename(columns={name: say(name, lang) for name in columns})
