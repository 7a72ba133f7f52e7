"""The same report as a Word file: real headings, tables and pictures that people can go on writing in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from gridmap.exporting import printable
from gridmap.reports.document import (
    Cards,
    Cell,
    Document,
    Drawings,
    Heading,
    Paragraph,
    Table,
    Toned,
    toned,
)
from gridmap.reports.typesetting import raster
from gridmap.watermarks import at_foot

_WIDE_MM, _MARGIN_MM = 174.0, 18.0
_LATIN, _CHINESE = "Noto Sans SC", "Noto Sans SC"
_TONES = {"good": "0B7A5C", "bad": "C3272B", "faint": "5B6875"}
_ACCENT, _TINT, _NOTICE = "1767B0", "EEF3F8", "FFF3D6"
_PER_ROW = 4


def word_file(document: Document) -> bytes:
    """Return a report as a .docx file.

    Parameters
    ----------
    document : the report

    Returns
    -------
    The file: A4, drawings as pictures of 200 dots per inch, page numbers that Word counts itself
    """
    document = printable(document)
    file = docx.Document()
    _set_up(file, document)
    _head(file, document)
    for block in document.blocks:
        match block:
            case Heading():
                file.add_heading(block.text, level=1)
            case Paragraph():
                _say(file.add_paragraph(), Toned(block.text, "faint" if block.soft else ""))
            case Cards():
                _cards(file, block)
            case Table():
                _table(file, block)
            case Drawings():
                _drawings(file, block)
    held = io.BytesIO()
    file.save(held)
    return held.getvalue()


def _set_up(file: WordFile, document: Document) -> None:
    """Set page, letters and foot; letters of both scripts, or Word takes another typeface for Chinese."""
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(_MARGIN_MM)
    page.top_margin = page.bottom_margin = Mm(17)
    for name, size in (("Normal", 9.5), ("Heading 1", 14), ("Title", 20)):
        style = file.styles[name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), _CHINESE)
    file.styles["Heading 1"].font.color.rgb = RGBColor.from_string(_ACCENT)
    file.core_properties.title = f"{document.title} {document.subtitle}"
    foot = page.footer.paragraphs[0]
    before, between, after = _page_words(document.page)
    _say(foot, Toned(f"{at_foot(document.foot)}    {before}", "faint"), size=7.5)
    _field(foot, "PAGE")
    _say(foot, Toned(between, "faint"), size=7.5)
    _field(foot, "NUMPAGES")
    _say(foot, Toned(after, "faint"), size=7.5)


def _page_words(said: str) -> tuple[str, str, str]:
    before, _, rest = said.partition("{page}")
    between, _, after = rest.partition("{pages}")
    return before, between, after


def _head(file: WordFile, document: Document) -> None:
    file.add_paragraph(f"{document.title}  {document.subtitle}", style="Title")
    _say(file.add_paragraph(), Toned("  ·  ".join(document.facts), "faint"), size=8.5)
    if document.notice:
        box = file.add_table(rows=1, cols=1).rows[0].cells[0]
        _shade(box, _NOTICE)
        _say(box.paragraphs[0], Toned(document.notice, ""), size=8.5)


def _cards(file: WordFile, block: Cards) -> None:
    rows = [block.cards[at : at + _PER_ROW] for at in range(0, len(block.cards), _PER_ROW)]
    table = file.add_table(rows=len(rows), cols=_PER_ROW)
    for row, cards in zip(table.rows, rows, strict=True):
        for cell, card in zip(row.cells, cards, strict=False):
            _shade(cell, _TINT)
            _say(cell.paragraphs[0], Toned(card.title, "faint"), size=8)
            _say(cell.add_paragraph(), Toned(card.value, "strong"), size=14)
            for text in (Toned(card.detail, "faint"), *card.changes):
                if text.text:
                    _say(cell.add_paragraph(), text, size=7.5)
    file.add_paragraph()


def _table(file: WordFile, block: Table) -> None:
    if block.caption:
        _say(file.add_paragraph(), Toned(block.caption, "strong"))
    table = file.add_table(rows=1 + len(block.rows), cols=len(block.heads))
    table.style = "Table Grid"
    table.autofit = False
    widths = [Mm(_WIDE_MM * share / sum(block.shares)) for share in block.shares]
    heads: Sequence[Cell] = [Toned(head, "strong") for head in block.heads]
    for row, texts in zip(table.rows, (heads, *block.rows), strict=True):
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[at]
            _say(cell.paragraphs[0], toned(text), size=8, right=at in block.numeric)
            if row is table.rows[0] or texts is heads:
                _shade(cell, _TINT)
    _repeat_on_every_page(table.rows[0])
    if block.note:
        _say(file.add_paragraph(), Toned(block.note, "faint"), size=7.5)
    else:
        file.add_paragraph()


def _drawings(file: WordFile, block: Drawings) -> None:
    table = file.add_table(rows=2, cols=len(block.drawings))
    for at, drawing in enumerate(block.drawings):
        _say(table.rows[0].cells[at].paragraphs[0], Toned(drawing.caption, "strong"))
        picture = raster(drawing.svg, width_mm=drawing.width_mm, height_mm=drawing.height_mm)
        place = table.rows[1].cells[at].paragraphs[0].add_run()
        place.add_picture(
            io.BytesIO(picture), width=Mm(min(drawing.width_mm, _WIDE_MM / len(block.drawings) - 4))
        )


def _say(place: WordParagraph, text: Toned, *, size: float | None = None, right: bool = False) -> None:
    place.paragraph_format.space_after = Pt(2 if size else 6)
    if right:
        place.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = place.add_run(text.text)
    run.bold = text.tone == "strong"
    if size:
        run.font.size = Pt(size)
    if text.tone in _TONES:
        run.font.color.rgb = RGBColor.from_string(_TONES[text.tone])


def _field(place: WordParagraph, code: str) -> None:
    """Write a field that Word fills in, such as the number of the page."""
    run = place.add_run()
    run.font.size = Pt(7.5)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _shade(cell: WordCell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat_on_every_page(row: Any) -> None:
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(head)
