"""Publishing a draft after the list of checks; its steps; carrying it over to newer boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from gridmap.editing import drafts
from gridmap.editing.drafts import Step
from gridmap.editing.publishing import Publication
from gridmap.editing.validating import Check
from gridmap.errors import GridmapError, Refused
from gridmap.ui import formats, markup, who
from gridmap.ui.open_drafts import OpenDraft
from gridmap.ui.scene import Scene
from gridmap.ui.words import say, say_if_known

_TRIED, _TROUBLE, _LEFT_OUT = "gm_publication", "gm_publish_trouble", "gm_left_out"
_SIGNS = {"pass": ("✓", "gm-good"), "fail": ("✕", "gm-bad"), "incomplete": ("…", "gm-plain")}
_LISTED, _NAMED = 200, 4


def card(scene: Scene, draft: OpenDraft) -> None:
    """Ask since when and by whom it is approved; say what publishing would do, then do it."""
    lang = scene.lang
    with st.form("gm_publish", border=False):
        st.date_input(
            say("effective_on", lang), value=scene.now.date(), key="gm_publish_day", format="YYYY-MM-DD"
        )
        st.text_input(say("what_changes", lang), value=draft.drafting.draft.title, key="gm_publish_title")
        left, right = st.columns(2, gap="small")
        left.text_input(say("approved_by", lang), key="gm_publish_approved")
        right.text_input(say("document_no", lang), key="gm_publish_document")
        st.form_submit_button(
            say("try_publish", lang), type="primary", on_click=_publish, args=(draft, False)
        )
    _say_trouble(lang)
    kept = st.session_state.get(_TRIED)
    if kept is None or kept[0] != draft.drafting.draft.name:
        st.html(markup.blank(say("publish_hint", lang)))
        return
    _, revision, tried = kept
    _outcome(scene, draft, tried, current=revision == draft.revision)


def steps_card(scene: Scene, draft: OpenDraft) -> None:
    """List what was done in the draft, the last first; carry it over to today's boundaries."""
    lang, drafting = scene.lang, draft.drafting
    with st.container(key="gm_rebase", horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            say("rebase", lang),
            key="gm_do_rebase",
            on_click=_rebase,
            args=(draft, False),
            help=say("rebase_hint", lang),
        )
        skip = st.session_state.get("gm_rebase_conflicts")
        if skip:
            st.button(say("rebase_skip", lang), key="gm_do_rebase_skip", on_click=_rebase, args=(draft, True))
    _say_trouble(lang)
    found = drafts.steps(drafting.db, drafting.draft.name)[::-1]
    rows = [(str(step.revision), _said(step, lang), step.author, formats.moment(step.recorded_at))
            for step in found[:_LISTED]]  # fmt: skip
    heads = ("revision", "step_taken", "author", "when_done")
    st.html(markup.table([say(head, lang) for head in heads], rows, empty=say("no_steps", lang)))


def checks(tried: Publication, lang: str) -> None:
    """Show the list of checks, and how much would change or did."""
    if tried.cs is not None:
        st.success(
            say("published_as", lang, cs=tried.cs, n=formats.whole(tried.placed_again)),
            icon=":material/check_circle:",
        )
    cells = tried.diff.cells
    names = dict(zip(cells["code"], cells["name"].fillna(""), strict=True))
    st.html("".join(_check(check, names, lang) for check in tried.checks))
    changed = tried.diff.cells[tried.diff.cells["change"] != "corners"]
    told = say("would_change", lang, n=len(changed), m=len(tried.diff.moves))
    st.html(f'<div class="gm-note">{escape(told)}</div>')


def _outcome(scene: Scene, draft: OpenDraft, tried: Publication, *, current: bool) -> None:
    """Show the checks; offer to publish when none refuses and nothing was edited since."""
    lang = scene.lang
    if tried.cs is None and not current:
        st.info(say("checks_old", lang), icon=":material/info:")
    checks(tried, lang)
    if tried.cs is None and current and not tried.refused:
        sure = st.checkbox(say("publish_sure", lang), key="gm_publish_sure")
        st.button(say("publish_now", lang), key="gm_publish_now", type="primary", disabled=not sure,
                  on_click=_publish, args=(draft, True))  # fmt: skip


def _check(check: Check, names: Mapping[str, str], lang: str) -> str:
    """Return one line of the list of checks; in English with the sentence of the engine."""
    sign, mood = _SIGNS[check.verdict]
    detail = check.message if lang == "en" else _detail(check, names, lang)
    title = escape(say(f"check_{check.key}", lang))
    told = f'<b>{title}</b><span title="{escape(check.message)}">{escape(detail)}</span>'
    marks = f'data-check="{check.key}" data-verdict="{check.verdict}"'
    return f'<div class="gm-check {mood}" {marks}><i>{sign}</i><div>{told}</div></div>'


def _detail(check: Check, names: Mapping[str, str], lang: str) -> str:
    """Say how a check ended, and for which regions where it did not pass."""
    verdict = say("check_refuses" if check.refuses else f"check_{check.verdict}", lang)
    if check.verdict == "pass" or not check.codes:
        return verdict
    named = "、".join(names.get(code) or code for code in check.codes[:_NAMED])
    more = "_more" if len(check.codes) > _NAMED else ""
    return say(f"check_regions{more}", lang, verdict=verdict, names=named, n=len(check.codes))


def _say_trouble(lang: str) -> None:
    """Say what the last button could not do, or did: a word of ours, and in English what the engine said."""
    name, detail = st.session_state.pop(_TROUBLE, ("", ""))
    edits = [_edit(operation, lang) for operation in st.session_state.pop(_LEFT_OUT, ())]
    if name:
        told = " ".join(
            [say(name, lang), *([say("edits_left_out", lang, edits="、".join(edits))] if edits else [])]
        )
        st.info(f"{told} {detail}" if detail and lang == "en" else told, icon=":material/info:")


def _said(step: Step, lang: str) -> str:
    if step.action != "apply":
        return say(f"step_{step.action}", lang)
    return _edit(step.operation, lang)


def _edit(asked: Mapping[str, Any], lang: str) -> str:
    """Name an edit: what is done, and to which cells."""
    what = say_if_known(f"op_{asked.get('op', '')}", lang)
    where = asked.get("code") or asked.get("codes") or asked.get("receiver") or asked.get("within") or ""
    return f"{what} {where if isinstance(where, str) else ', '.join(map(str, where))}".strip()


def _publish(draft: OpenDraft, commit: bool) -> None:
    """Try publishing, or do it, with what the form says; the outcome is kept for the next drawing."""
    told = st.session_state
    day: date = told["gm_publish_day"]
    if not draft.drafting.done:
        told[_TROUBLE] = ("nothing_to_publish", "")
        return
    try:
        done = draft.publish(
            effective=day, title=told["gm_publish_title"], commit=commit, author=who.author(),
            approved_by=told["gm_publish_approved"] or None, document=told["gm_publish_document"] or None,
        )  # fmt: skip
    except GridmapError as fault:
        told[_TROUBLE] = ("publish_refused", str(fault))
        return
    told[_TRIED] = (draft.drafting.draft.name, draft.revision, done)


def _rebase(draft: OpenDraft, skip: bool) -> None:
    told = st.session_state
    try:
        done = draft.rebase(skip=skip, author=who.author())
    except Refused as fault:
        told[_TROUBLE] = ("rebase_conflicts", "") if fault.findings else ("rebase_refused", str(fault))
        told["gm_rebase_conflicts"] = bool(fault.findings)
        told[_LEFT_OUT] = [{"op": finding.check.partition(".")[2], "codes": finding.codes}
                           for finding in fault.findings]  # fmt: skip
        return
    except GridmapError as fault:
        told[_TROUBLE] = ("rebase_refused", str(fault))
        return
    told.pop("gm_rebase_conflicts", None)
    told[_TROUBLE], told[_LEFT_OUT] = ("rebased", ""), [operation for operation, _ in done.dropped]
