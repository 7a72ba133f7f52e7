"""Write documents to files: the ending says the form, the file appears when it is complete."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal

from gridmap.errors import UsageError
from gridmap.reports.document import Document, as_data
from gridmap.reports.typesetting import typeset
from gridmap.reports.word import word_file

DocumentForm = Literal["pdf", "docx"]
_FORMS: dict[str, DocumentForm] = {".pdf": "pdf", ".docx": "docx"}


def written_form(path: Path) -> DocumentForm:
    """Return the form that the ending of a file names.

    Raises
    ------
    UsageError : when it names none
    """
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"{path.name}: choose one of the endings {', '.join(_FORMS)}.")
    return form


def document_file(document: Document, form: DocumentForm) -> bytes:
    """Return a report as PDF or Word."""
    return word_file(document) if form == "docx" else typeset("report", as_data(document))


def write_document(document: Document, path: Path, form: DocumentForm) -> None:
    """Write a report to a file."""
    write_whole(document_file(document, form), path)


def write_whole(content: bytes, path: Path) -> None:
    """Write a file so that it is never seen half written; its folder is made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def month_named(text: str) -> date:
    """Return the first day of a month written as YYYY-MM.

    Raises
    ------
    UsageError : when it is no month

    >>> month_named("2026-10")
    datetime.date(2026, 10, 1)
    """
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError as fault:
        raise UsageError(f"'{text}' is no month: write it as YYYY-MM.") from fault
