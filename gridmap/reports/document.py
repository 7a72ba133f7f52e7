"""What a report consists of, whatever it is written to: headings, sentences, figures, tables, drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Toned:
    """Hold a text with what it means: good, bad, faint, or strong."""

    text: str
    tone: str


Cell = str | Toned


@dataclass(frozen=True)
class Heading:
    """Open a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Say something in sentences; a soft one is a remark."""

    text: str
    soft: bool = False


@dataclass(frozen=True)
class Card:
    """Hold one key figure.

    Parameters
    ----------
    title, value : as written; the value with its unit
    detail : numerator and denominator
    changes : comparisons, each with its tone
    """

    title: str
    value: str
    detail: str
    changes: tuple[Toned, ...]


@dataclass(frozen=True)
class Cards:
    """Show key figures side by side."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Table:
    """Hold a table.

    Parameters
    ----------
    heads : one per column
    rows : cells as written
    shares : how the width is shared out between the columns
    numeric : columns set flush right
    caption : what the table shows
    note : a remark below it
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[float, ...]
    numeric: tuple[int, ...] = ()
    caption: str = ""
    note: str = ""


@dataclass(frozen=True)
class Drawing:
    """Hold a map or chart as SVG with its size in millimetres."""

    svg: str
    width_mm: float
    height_mm: float
    caption: str


@dataclass(frozen=True)
class Drawings:
    """Show drawings side by side."""

    drawings: tuple[Drawing, ...]


Block = Heading | Paragraph | Cards | Table | Drawings


@dataclass(frozen=True)
class Document:
    """Hold a report: its head, its foot and its blocks, in order.

    Parameters
    ----------
    title, subtitle : on top of the first page
    facts : short statements under the title: as of when, in which boundaries
    notice : a sentence in a frame, such as that the data are synthetic; empty without
    foot : at the foot of every page, before the page number
    page : how the number is written, with {page} and {pages}
    lang : zh or en
    """

    title: str
    subtitle: str
    facts: tuple[str, ...]
    notice: str
    foot: str
    page: str
    lang: str
    blocks: tuple[Block, ...]


def as_data(document: Document) -> dict[str, Any]:
    """Return a document as JSON-ready data: every block says what `kind` it is."""
    head = {name: value for name, value in vars(document).items() if name != "blocks"}
    return {**head, "blocks": [_block(block) for block in document.blocks]}


def toned(cell: Cell) -> Toned:
    """Return a cell with its tone, none where it has none."""
    return cell if isinstance(cell, Toned) else Toned(cell, "")


def _block(block: Block) -> dict[str, Any]:
    data = asdict(block)
    if isinstance(block, Table):
        data["rows"] = [_row(row) for row in block.rows]
    return {"kind": type(block).__name__.lower(), **data}


def _row(row: Sequence[Cell]) -> list[dict[str, str]]:
    return [vars(toned(cell)) for cell in row]
