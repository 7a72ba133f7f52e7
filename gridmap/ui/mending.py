"""Rows that an import set aside: taken away as they were, and loaded again when they have been mended."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from gridmap import exporting, regions
from gridmap.errors import GridmapError
from gridmap.loading import ledger
from gridmap.loading.records import load_records
from gridmap.loading.reports import LoadReport
from gridmap.registers import REGISTERS, register_named
from gridmap.ui import data, exports, formats, markup, who
from gridmap.ui.scene import Scene
from gridmap.ui.words import say
from gridmap.watermarks import MARK, Watermark

_KINDS = ["csv", "xlsx", "parquet"]
#: Stands for the coordinates that the mapping of the import speaks of.
_AS_MAPPED = ""
_CRS = (_AS_MAPPED, "wgs84", "cgcs2000", "gcj02", "bd09")
_SAID = "gm_mend_said"


def card(scene: Scene) -> None:
    """Offer the rows that were set aside and ask for them mended, to those who may load files."""
    known = data.ask("imports")
    names = {register.name for register in REGISTERS}
    found = known[(known["rows_set_aside"] > 0) & known["register"].isin(names)].set_index("import_id")
    may_load = who.scope().has("load") and who.scope().regions is None
    if found.empty or not may_load or data.loading_into().read_only:
        return
    lang = scene.lang
    with st.container(key="gm_card_mending"):
        st.html(markup.heading(say("mending", lang), say("mending_note", lang)))
        _say_done(lang)
        chosen, taken, file, crs, go = st.columns([5, 4, 5, 3, 2], vertical_alignment="bottom")
        number = chosen.selectbox(
            say("mend_import", lang), list(found.index), key="gm_mend_import",
            format_func=lambda one: _line(one, found.loc[one], lang),
        )  # fmt: skip
        with taken:
            _take_button(int(number), int(found.loc[number, "rows_set_aside"]), lang)
        with file:
            _uploader(lang)
        crs.selectbox(
            say("mend_crs", lang), (*_CRS, regions.crs_of(data.database())), key="gm_mend_crs",
            format_func=lambda name: name or say("mend_crs_usual", lang),
        )  # fmt: skip
        told = found.loc[number]
        go.button(say("mend_load", lang), type="primary", key="gm_mend_load", width="stretch",
                  on_click=_load, args=(str(told["register"]), str(told["mapping"])))  # fmt: skip


def rows_to_mend(import_id: int, mark: Watermark | None = None) -> bytes:
    """Return the rows that an import set aside as CSV: each once, as in its file, its faults in front.

    The last row is the watermark; `without_mark` takes it out again.
    """
    rows = ledger.set_aside(data.loading_into(), import_id)
    told: Any = {"check_name": "; ".join, "reason": "; ".join, "raw": "first"}
    once = rows.groupby(["import_id", "row_no"], as_index=False, sort=False).agg(told)
    return exports.csv(exporting.set_aside_rows(once), mark)


def without_mark(content: bytes) -> bytes:
    r"""Return a text file without the row that says who took it away, however a spreadsheet has saved it.

    >>> without_mark("row,why\n7,late\n水印 Watermark: a,\n".encode())
    b'row,why\n7,late\n'
    """
    marks = tuple(MARK.encode(encoding) for encoding in ("utf-8", "gb18030"))
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.lstrip(b'"').startswith(marks))


def load_mended(path: Path, register: str, *, mapping: str, crs: str) -> LoadReport:
    """Load mended rows as the import was loaded that set them aside, and log it.

    Parameters
    ----------
    path : the file
    register, mapping : as the import was told
    crs : datum or CRS of the coordinates; that of the mapping when empty
    """
    done = load_records(data.loading_into(), path, register_named(register), mapping=mapping, crs=crs or None,
                        silent=True)  # fmt: skip
    data.note(f"command.load {register}", object_=path.name, rows=done.rows_read)
    return done


def _line(number: int, row: Any, lang: str) -> str:
    return say("mend_line", lang, id=number, file=row["file"], n=formats.whole(row["rows_set_aside"]))


def _take_button(number: int, rows: int, lang: str) -> None:
    """Draw the button that takes the rows of an import away, as they stood in their file."""
    exports.button(say("mend_take", lang), f"set-aside-{number}.csv", lambda mark: rows_to_mend(number, mark),
                   rows=rows, why=say("mending", lang))  # fmt: skip


def _uploader(lang: str) -> None:
    """Ask for the file; the words inside the field are put there by the style sheet."""
    choose = say("mend_choose_file", lang)
    most = say("mend_file_limit", lang, mb=st.get_option("server.maxUploadSize"))
    with st.container(key="gm_upload_mended", gap=None):
        words = f"--gm-choose-file: '{choose}'; --gm-file-limit: '{most}'"
        st.html(f"<style>.st-key-gm_upload_mended {{ {words} }}</style>")
        st.file_uploader(say("mend_file", lang), type=_KINDS, key="gm_mend_file")


def _load(register: str, mapping: str) -> None:
    """Load the file of the form as the import was loaded whose rows it mends."""
    told, lang = st.session_state, st.session_state["gm_scene"].lang
    sent = told["gm_mend_file"]
    if sent is None:
        told[_SAID] = (False, say("mend_needs_file", lang))
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(sent.name).name
        path.write_bytes(without_mark(sent.getvalue()) if path.suffix == ".csv" else sent.getvalue())
        try:
            done = load_mended(path, register, mapping=mapping, crs=told["gm_mend_crs"])
        except GridmapError as fault:
            told[_SAID] = (False, say("mend_failed", lang, why=str(fault)))
            return
    counts = {"read": done.rows_read, "kept": done.rows_kept, "same": done.rows_unchanged,
              "aside": done.rows_set_aside}  # fmt: skip
    written = {name: formats.whole(n) for name, n in counts.items()}
    told[_SAID] = (done.rows_set_aside == 0, say("mend_done", lang, file=path.name, **written))


def _say_done(lang: str) -> None:
    went_well, text = st.session_state.pop(_SAID, (True, ""))
    if text:
        (st.success if went_well else st.warning)(text)
