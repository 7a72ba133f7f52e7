"""Publishing a draft after the list of checks; its steps; carrying it over to newer boundaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

_TRIED, _TOLD = "gm_publication", "gm_draft_told"
_SIGNS = {"pass": ("✓", "gm-good"), "fail": ("✕", "gm-bad"), "incomplete": ("…", "gm-plain")}
_LISTED, _NAMED = 200, 4


@dataclass(frozen=True)
class _Told:
    """Hold what the last button did or could not do: said for as long as the draft stays as it is.

    Parameters
    ----------
    word : what to say, as a key of the texts
    state : name and revision of the draft
    detail : what the engine said, in English
    edits : operations that are not possible, or were left out
    """

    word: str
    state: tuple[str, int]
    detail: str = ""
    edits: tuple[Mapping[str, Any], ...] = ()


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
    _say_told(draft, lang)
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
    _say_told(draft, lang)
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


def _say_told(draft: OpenDraft, lang: str) -> None:
    """Say what the last button could not do, or did: a word of ours, and in English what the engine said."""
    told: _Told | None = st.session_state.get(_TOLD)
    if told is None or told.state != _state_of(draft):
        return
    edits = "、".join(_edit(operation, lang) for operation in told.edits)
    parts = [say(told.word, lang), say("edits_left_out", lang, edits=edits) if edits else ""]
    parts.append(told.detail if lang == "en" else "")
    st.info(" ".join(filter(None, parts)), icon=":material/info:")


def _tell(draft: OpenDraft, word: str, *, detail: str = "", edits: Iterable[Mapping[str, Any]] = ()) -> None:
    st.session_state[_TOLD] = _Told(word, _state_of(draft), detail, tuple(edits))


def _state_of(draft: OpenDraft) -> tuple[str, int]:
    return draft.drafting.draft.name, draft.revision


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
    told.pop(_TOLD, None)
    if not draft.drafting.done:
        _tell(draft, "nothing_to_publish")
        return
    try:
        done = draft.publish(
            effective=day, title=told["gm_publish_title"], commit=commit, author=who.author(),
            approved_by=told["gm_publish_approved"] or None, document=told["gm_publish_document"] or None,
        )  # fmt: skip
    except GridmapError as fault:
        _tell(draft, "publish_refused", detail=str(fault))
        return
    told[_TRIED] = (draft.drafting.draft.name, draft.revision, done)


def _rebase(draft: OpenDraft, skip: bool) -> None:
    conflicts = False
    try:
        done = draft.rebase(skip=skip, author=who.author())
        _tell(draft, "rebased", edits=[operation for operation, _ in done.dropped])
    except Refused as fault:
        conflicts = bool(fault.findings)
        edits = [
            {"op": finding.check.partition(".")[2], "codes": finding.codes} for finding in fault.findings
        ]
        _tell(draft, "rebase_conflicts" if conflicts else "rebase_refused", edits=edits,
              detail="" if conflicts else str(fault))  # fmt: skip
    except GridmapError as fault:
        _tell(draft, "rebase_refused", detail=str(fault))
    st.session_state["gm_rebase_conflicts"] = conflicts
