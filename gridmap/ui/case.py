"""One case: who brought it and what they wrote, for who says why; the log says it first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gridmap.access import personal
from gridmap.errors import UsageError
from gridmap.ui import data, markup, who
from gridmap.ui.scene import Scene
from gridmap.ui.words import say, say_if_known

_FORM = "gm_case_form"
#: From so many digits on, without letters, what was typed is a telephone or identity number.
_FEWEST_DIGITS = 7


def card(scene: Scene) -> None:
    """Draw the card in which a case is asked for, to those who may see personal data."""
    if not who.scope().sees_personal_data:
        return
    with st.container(key="gm_card_case"):
        st.html(markup.heading(say("case", scene.lang), say("case_note", scene.lang)))
        with st.form(_FORM, border=False, enter_to_submit=False):
            asked = st.text_input(say("case_asked", scene.lang), placeholder=say("case_hint", scene.lang),
                                  key="gm_case_asked", max_chars=64)  # fmt: skip
            reason = st.text_input(say("case_reason", scene.lang), key="gm_case_reason", max_chars=200,
                                   placeholder=say("case_reason_hint", scene.lang))  # fmt: skip
            wanted = st.form_submit_button(say("case_reveal", scene.lang), icon=":material/visibility:")
        if wanted and asked.strip():
            st.html(answer(asked.strip(), reason, scene.lang))


def answer(asked: str, reason: str, lang: str) -> str:
    """Return what is to be shown: without a reason what the masks leave, of a case elsewhere nothing."""
    if len(" ".join(reason.split())) < personal.SHORTEST_REASON:
        masked = [] if is_number(asked) else data.personal_of("petitions", [asked])
        why = markup.blank(say("case_why", lang))
        return (_table(say("case_masked", lang, number=asked), masked, lang) if masked else "") + why
    try:
        if is_number(asked):
            return _found(data.found_by_number(asked, reason=reason), lang)
        found = data.reveal("petitions", asked, reason=reason)
        return _table(say("case_of", lang, number=asked), found, lang)
    except UsageError:
        return markup.blank(say("case_none", lang))


def is_number(asked: str) -> bool:
    """Return whether what was typed is a telephone or identity number and not that of a case.

    >>> is_number("138 0013-8000"), is_number("44030519900101123X"), is_number("N0001")
    (True, True, False)
    """
    bare = "".join(letter for letter in asked if letter not in " -+()（）")
    return len(bare) >= _FEWEST_DIGITS and bare[:-1].isdigit() and (bare[-1].isdigit() or bare[-1] in "Xx")


def _found(numbers: Sequence[str], lang: str) -> str:
    said = say("case_found", lang, numbers="、".join(numbers)) if numbers else say("case_found_none", lang)
    return markup.blank(said)


def _table(head: str, values: Sequence[personal.Value], lang: str) -> str:
    lost = say("case_keys_lost", lang)
    rows = [(say_if_known(f"field_{value.field}", lang), value.text or lost) for value in values]
    return markup.table([head, ""], rows, empty=say("case_none", lang))
