"""The view of the running session: read from the address, changed through the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from gridmap import settings
from gridmap.ui.view import View, from_params, to_params


def current() -> View:
    """Return the view that the address describes."""
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    return from_params(params, lang=_usual_language())


def change(**fields: Any) -> None:
    """Change some fields of the view; the page is drawn anew from the address."""
    st.query_params.from_dict(params_of(replace(current(), **fields)))


def params_of(view: View) -> dict[str, str | list[str]]:
    """Return the parameters of an address that shows a view."""
    return to_params(view, lang=_usual_language())


def bound(field: str, value: Any) -> dict[str, Any]:
    """Tie a widget to a field of the view: it shows the field and changes it.

    Parameters
    ----------
    field : name of the field in View
    value : what the widget is to show now

    Returns
    -------
    key, on_change and args for the widget
    """
    key = f"gm_{field}"
    st.session_state[key] = value
    return {"key": key, "on_change": _take_over, "args": (field,)}


def _take_over(field: str) -> None:
    value = st.session_state[f"gm_{field}"]
    change(**{field: tuple(value) if isinstance(value, list) else value})


def _usual_language() -> str:
    return settings.from_environment().language
