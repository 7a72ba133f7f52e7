"""Rules of counting on which offices differ, set once for a whole store: all its figures follow them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from gridmap.errors import UsageError
from gridmap.store import Database


@dataclass(frozen=True)
class Rule:
    """Hold one rule of counting.

    Parameters
    ----------
    key : name of the setting in the store
    usual : what holds when nothing is set
    about : what it decides, in a sentence
    words : the values allowed; a positive number when empty
    """

    key: str
    usual: str
    about: str
    words: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule("extension_of", "closure", "what extensions are a share of", ("closure", "disposal")),
    Rule("satisfied_from", "3", "grade from which a rating counts as satisfied: 3 basically, 4 satisfied"),
    Rule("dispatch_hours", "4", "hours after filing within which a dispatch is on time"),
    Rule("verify_hours", "24", "hours after disposal within which a verification is on time"),
    Rule("response_hours", "24", "hours after receipt within which an answer is prompt"),
    Rule("due_soon_hours", "24", "hours before its due time from which a petition is due soon"),
    Rule("hot_days", "30", "days of the window in which hot places and matters are looked for"),
    Rule("hot_metres", "100", "side of the squares in which they are looked for, in metres"),
    Rule("hot_cases", "5", "petitions in one square that make it a hot place"),
    Rule("hot_matter_cases", "3", "petitions of one minor class in one square that make a hot matter"),
    Rule("pile_cases", "20", "petitions of 3 classes or more on one point that make it a fallback"),
    Rule("repeat_cases", "3", "petitions of one petitioner in a period that make a repeat petitioner"),
)  # fmt: skip


def rules_of(db: Database) -> pd.DataFrame:
    """Return the rules as they hold in a store.

    Returns
    -------
    Frame with rule, value, usual, about; one row per rule
    """
    rows = [(rule.key, db.setting(rule.key, rule.usual), rule.usual, rule.about) for rule in RULES]
    return pd.DataFrame(rows, columns=["rule", "value", "usual", "about"])


def set_rule(db: Database, key: str, value: str) -> None:
    """Set a rule of a store; every figure follows it from now on, of past periods too.

    Raises
    ------
    UsageError : when there is no such rule, or the value does not fit it
    """
    rule = _rule_named(key)
    if rule.words and value not in rule.words:
        raise UsageError(f"{key} is one of {', '.join(rule.words)}, not '{value}'.")
    if not rule.words and not _is_positive(value):
        raise UsageError(f"{key} is a number above 0, not '{value}'.")
    with db.transaction() as tx:
        tx.run("load/set_setting", key=key, value=value)


def _rule_named(key: str) -> Rule:
    by_key = {rule.key: rule for rule in RULES}
    if key not in by_key:
        nearest = ", ".join(get_close_matches(key, by_key, n=3) or by_key)
        raise UsageError(f"There is no rule '{key}'. Did you mean: {nearest}? See: gridmap rules")
    return by_key[key]


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False
