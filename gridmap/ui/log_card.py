"""The log of what was done, for those with the right: filters, rows, a file of them, and whether it stands.

Filters stay out of the address, which others may see: they name people.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from gridmap.access import audit, role_named
from gridmap.ui import data, exports, formats, markup
from gridmap.ui.reasons import check_title, finding_text
from gridmap.ui.scene import Scene
from gridmap.ui.words import WORDS, say

_HEADS = ("done_at", "done_by", "in_role", "action_done", "done_to", "more_of_it", "rows_seen")
_DAYS = {"last_7_days": 7, "30d": 30, "90d": 90, "all": 0, "custom": 0}
_USUAL = "30d"
#: So many rows are drawn at once, and so many taken away at most.
_PAGE, _MOST = 200, 100_000
#: Of these, the page brings so many along before it can draw by itself.
_FIRST = 30
#: What people do who have no account.
_BY_STRANGERS = ("sign_in_failed", "refused")
_VERIFIED, _SHOWN = "gm_log_verified", "gm_log_shown"


def card(scene: Scene, *, height_px: int) -> None:
    """Draw the filters, what was done, the newest first, and the button that verifies the log."""
    with st.container(key="gm_card_log"):
        with st.container(key="gm_log_bar", horizontal=True, vertical_alignment="bottom", gap="small"):
            found = _chosen(scene)
            rows = _rows(found, scene.lang)
            st.button(say("verify_log", scene.lang), icon=":material/verified_user:", key="gm_verify_log",
                      on_click=_verify)  # fmt: skip
            if len(rows):
                exports.offer(rows, "gridmap-log", scene.lang)
        _say_verified(scene.lang)
        shown = rows.head(int(st.session_state.get(_SHOWN, _PAGE)))
        told = say("log_shown", scene.lang, n=formats.whole(len(rows)), m=formats.whole(len(shown)))
        st.html(f'<div class="gm-note">{markup.text(told)}</div>')
        body = markup.table(list(shown.columns), shown.to_numpy().tolist(), numeric=(6,),
                            empty=say("no_log", scene.lang))  # fmt: skip
        st.html(markup.tall(body, height_px))
        if len(shown) < len(rows):
            st.button(say("show_more", scene.lang), key="gm_log_more", on_click=_show_more)


def newest(scene: Scene) -> str:
    """Return the head of the log as the page shows it at first: what fits on a screen."""
    today = date.today()
    found = audit.listed(data.database(), most=_FIRST, since=today - timedelta(days=_DAYS[_USUAL] - 1))
    rows = _rows(found, scene.lang)
    return markup.table(
        list(rows.columns), rows.to_numpy().tolist(), numeric=(6,), empty=say("no_log", scene.lang)
    )


def _chosen(scene: Scene) -> pd.DataFrame:
    """Draw the filters and return the rows of the log they leave."""
    db, lang = data.database(), scene.lang
    since, until = _days(scene)
    known = audit.kinds(db, since=since, until=until)
    person = st.selectbox(
        say("person", lang), sorted(set(known["account"])), index=None, key="gm_log_person",
        placeholder=say("everybody", lang), width=scene.screen.px(11),
        format_func=lambda name: _person(name, lang),
    )  # fmt: skip
    actions = st.multiselect(
        say("action_done", lang), sorted(set(known["action"])), key="gm_log_actions",
        placeholder=say("all_actions", lang), width=scene.screen.px(20),
        format_func=lambda action: _action(action, lang),
    )  # fmt: skip
    return audit.listed(db, most=_MOST, account=person, actions=actions, since=since, until=until)


def _days(scene: Scene) -> tuple[date | None, date | None]:
    lang, today = scene.lang, date.today()
    span = st.segmented_control(
        say("log_days", lang), list(_DAYS), default=_USUAL, required=True, wrap=True, key="gm_log_days",
        format_func=lambda name: say(name, lang),
    )  # fmt: skip
    if span != "custom":
        days = _DAYS[span or _USUAL]
        return (today - timedelta(days=days - 1) if days else None), None
    between = st.date_input(say("dates", lang), value=(today - timedelta(days=6), today), max_value=today,
                            format="YYYY-MM-DD", key="gm_log_dates", width=scene.screen.px(16))  # fmt: skip
    first, last = (*between, None)[:2] if isinstance(between, tuple) and between else (None, None)
    return first, last


def _rows(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the rows of the log as written for people."""
    rows = [
        (f"{row['done_at']:%Y-%m-%d %H:%M:%S}", _person(row["account"], lang, action=row["action"]),
         _role(row["role"], lang), _action(row["action"], lang), row["object"] or formats.DASH, _more(row),
         formats.whole(row["rows_seen"]))
        for row in found.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[say(head, lang) for head in _HEADS])


def _person(account: str, lang: str, *, action: str = "") -> str:
    """Return who did something: an account, somebody whom none goes by, or the machine itself."""
    if account:
        return account
    return say("nobody_known", lang) if action in _BY_STRANGERS else _role("owner", lang)


def _role(key: str, lang: str) -> str:
    role = role_named(key)
    return (role.title_en if lang == "en" else role.title_zh) or formats.DASH


def _action(action: str, lang: str) -> str:
    name = action.removeprefix("command.")
    if name != action:
        return say("did_command", lang, what=name)
    return say(f"did_{action}", lang) if f"did_{action}" in WORDS else action


def _more(row: Mapping[Hashable, Any]) -> str:
    """Return the reason and what else is known of it; nothing that was left out when it was done."""
    detail = json.loads(row["detail"] or "{}")
    parts = [f"{name}: {value}" for name, value in detail.items() if value not in ("", None, "False", False)]
    return " · ".join([*([row["reason"]] if row["reason"] else []), *parts]) or formats.DASH


def _verify() -> None:
    db = data.database()
    st.session_state[_VERIFIED] = (audit.verify(db), int(audit.kinds(db)["entries"].sum()))


def _say_verified(lang: str) -> None:
    """Say in words what verifying found, once."""
    findings, entries = st.session_state.pop(_VERIFIED, (None, 0))
    if findings is None:
        return
    if not findings:
        st.success(say("log_whole", lang, n=formats.whole(entries)), icon=":material/verified_user:")
    for found in findings:
        text = finding_text(found.check, found.message, amount=None, unit=None, lang=lang)
        where = f" #{formats.whole(found.amount)}" if found.amount else ""
        tell = st.error if found.severity == "error" else st.warning
        tell(f"{check_title(found.check, lang)}{where}: {text}", icon=":material/gpp_bad:")


def _show_more() -> None:
    st.session_state[_SHOWN] = int(st.session_state.get(_SHOWN, _PAGE)) + _PAGE
