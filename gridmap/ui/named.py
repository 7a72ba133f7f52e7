"""What the store is called, and whether it says of itself that it is made up."""

from __future__ import annotations

from gridmap.ui import data
from gridmap.ui.words import say


def title(lang: str) -> str:
    """Return the title of the store, that of the product where it has none.

    Parameters
    ----------
    lang : zh or en
    """
    return data.setting(f"title_{lang}") or data.setting("title") or say("product", lang)


def is_synthetic() -> bool:
    """Return whether the store holds made-up data, which everything that shows it has to say."""
    return (data.setting("synthetic") or "").lower() == "true"
