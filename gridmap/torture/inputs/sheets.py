"""Hostile tables: formulas, endless cells and columns, quotation marks that never close, lying workbooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from random import Random

from gridmap.torture.inputs import phrases
from gridmap.torture.inputs.packing import Attack, Bait, Family, packed

_HEAD = ("petition_no", "status", "received_at", "category", "x", "y", "region_name", "kind", "closed_at")
_GOOD = (
    "P1",
    "closed",
    "2024-01-01 08:00:00",
    "市容环卫",
    "114.0",
    "22.7",
    "大富社区",
    "complaint",
    "2024-01-03",
)
_ROWS = 20


def _text(rows: Sequence[Sequence[str]]) -> str:
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    return held.getvalue()


def _filled(rng: Random, texts: Sequence[str]) -> list[list[str]]:
    """Return rows in which a few cells hold hostile texts."""
    rows = [list(_GOOD) for _ in range(_ROWS)]
    for number, row in enumerate(rows):
        row[0] = f"P{number}"
        for _ in range(rng.randint(1, 3)):
            row[rng.randrange(len(row))] = phrases.one(rng, texts)
    return rows


def _texts(_: Bait, rng: Random) -> Iterator[Attack]:
    for texts in (
        phrases.FORMULAS,
        phrases.MARKUP,
        phrases.STATEMENTS,
        phrases.PATHS,
        phrases.LETTERS,
        phrases.ABSURD,
    ):
        content = _text([list(_HEAD), *_filled(rng, texts)]).encode("utf-8", "surrogatepass")
        yield Attack("hostile texts in CSV", "a.csv", "records", content)
        rows = [list(_HEAD), *[[_xml_safe(cell) for cell in row] for row in _filled(rng, texts)]]
        yield Attack("hostile texts in Excel", "a.xlsx", "records", workbook(rows))


def _headers(_: Bait, rng: Random) -> Iterator[Attack]:
    for _round in range(3):
        head = [phrases.one(rng)[:500] if rng.random() < 0.3 else name for name in _HEAD]
        yield Attack(
            "hostile headers", "a.csv", "records", _text([head, list(_GOOD)]).encode("utf-8", "replace")
        )
    long = ("x" * rng.choice((10_000, 2_000_000)), *_HEAD[1:])
    yield Attack("hostile headers", "a.csv", "records", _text([long, _GOOD]).encode())


def _frames(_: Bait, rng: Random) -> Iterator[Attack]:
    good = _text([_HEAD, *[_GOOD] * 3])
    cell = "x" * rng.choice((100_000, 5_000_000))
    many = rng.choice((999, 1_001, 30_000))
    for family, content in (
        ("huge cells", _text([_HEAD, ("P1", "closed", "2024-01-01", cell, *_GOOD[4:])]).encode()),
        (
            "columns without end",
            (",".join(f"c{n}" for n in range(many)) + "\n" + "," * (many - 1) + "\n").encode(),
        ),
        ("quotation marks", good.replace("市容", '"市容', 1).encode()),
        ("quotation marks", ('"' * rng.choice((99, 100_001))).encode()),
        ("quotation marks", good.replace("P1", '"P1""', 2).encode()),
        ("odd line ends", good.replace("\r\n", "\r").encode()),
        ("odd line ends", good.replace("\r\n", "\n\r\n\r").encode()),
        ("odd line ends", good.replace("\r\n", "\x85").encode()),
        (
            "bytes that are no text",
            good.encode()[:40] + rng.randbytes(rng.randint(1, 200)) + good.encode()[40:],
        ),
        ("bytes that are no text", b"\x00" * rng.randint(1, 5_000)),
        ("bytes that are no text", good.encode("utf-16-le")),
        ("bytes that are no text", good.encode("utf-16")),
        ("bytes that are no text", good.encode("utf-32")),
        ("bytes that are no text", b"\xef\xbb\xbf" * 3 + good.encode()),
        ("bytes that are no text", good.encode("utf-7")),
        ("bytes that are no text", good.replace("市", "\x00").encode()),
        ("headers alone", (",".join(_HEAD)).encode()),
        ("headers alone", (",".join(_HEAD) + "\n" * rng.choice((1, 100_000))).encode()),
        ("headers alone", b"\n\n\n"),
        ("headers twice", _text([_HEAD + _HEAD, _GOOD + _GOOD]).encode()),
        ("delimiters", good.replace(",", "\x01").encode()),
        ("delimiters", good.replace(",", ",;|\t").encode()),
        ("rows of other widths", (good + "a\n" + "," * 5_000 + "\n").encode()),
    ):
        yield Attack(family, rng.choice(("a.csv", "a.csv", "a.txt", "a.tsv")), "records", content)


# ---- workbooks ----------------------------------------------------------------------------------

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_KIND}.worksheet+xml"/></Types>'
)
_RELS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_REL}/{{}}" Target="{{}}"/></Relationships>'
)


_ONE_SHEET = '<sheet name="a" sheetId="1" r:id="rId1"/>'


def workbook(
    rows: Sequence[Sequence[str]], *, cell: str = '<c t="inlineStr"><is><t>{}</t></is></c>', sheet: str = ""
) -> bytes:
    """Return an Excel workbook written by hand, so that it may hold what no program would write.

    Parameters
    ----------
    rows : texts
    cell : how a cell is written
    sheet : the whole sheet, where it is something else than rows
    """
    body = "".join("<row>" + "".join(cell.format(_escaped(text)) for text in row) + "</row>" for row in rows)
    page = sheet or _sheet(body)
    book = f'<workbook xmlns="{_NS}" xmlns:r="{_REL}"><sheets>{_ONE_SHEET}</sheets></workbook>'
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _RELS.format("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": page,
    }
    return packed([(name, text.encode("utf-8", "replace")) for name, text in parts.items()], deflated=True)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _xml_safe(text: str) -> str:
    """Return a text without what XML cannot say."""
    return "".join(
        letter
        for letter in text
        if letter in "\t\n\r" or " " <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd"
    )[:40_000]


_CELLS = (
    '<c t="s"><v>999999999</v></c>',
    '<c t="s"><v>-1</v></c>',
    '<c t="s"><v>x</v></c>',
    '<c t="d"><v>{}</v></c>',
    '<c t="b"><v>7</v></c>',
    '<c t="e"><v>#REF!</v></c>',
    '<c t="n"><v>1e999</v></c>',
    '<c t="n"><v>NaN</v></c>',
    '<c t="zz"><v>{}</v></c>',
    "<c><f>1+1</f></c>",
    '<c><f>HYPERLINK("x")</f><v>{}</v></c>',
    '<c r="ZZZZZZ99"><v>1</v></c>',
    '<c r="A0"><v>1</v></c>',
    '<c r="1A"><v>1</v></c>',
    "<c/>",
    '<c s="4294967295"><v>1</v></c>',
    '<c s="-1"><v>1</v></c>',
    '<c r="XFD1048576"><v>1</v></c>',
    '<c t="str"><v>{}</v></c>',
)


def _sheet(rows: str, *, before: str = "") -> str:
    return f'<worksheet xmlns="{_NS}">{before}<sheetData>{rows}</sheetData></worksheet>'


def _workbooks(_: Bait, rng: Random) -> Iterator[Attack]:
    names = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in _HEAD)
    head = f"<row>{names}</row>"
    for cell in _CELLS:
        sheet = _sheet(f"{head}<row>{cell.format('1e999') * len(_HEAD)}</row>")
        yield Attack("cells that lie", "a.xlsx", "records", workbook([], sheet=sheet))
    far, wide = rng.choice((40_000, 99_999_999)), rng.choice(("XFD1", "AAAA1", "ZZZZZ1"))
    for sheet in (
        _sheet(head, before='<dimension ref="A1:XFD1048576"/>'),
        _sheet(f'{head}<row r="1048577"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>'),
        _sheet(f'{head}<row r="{far}"><c><v>1</v></c></row>'),
        _sheet("<row/>" * rng.choice((10, 50_000))),
        "<worksheet/>",
        " ",
        "<a>" * 50_000,
        _sheet(f'{head}<row><c r="{wide}"><v>1</v></c></row>'),
        f'<chartsheet xmlns="{_NS}"/>',
        _sheet(f"<row>{names * 3_000}</row>"),
    ):
        yield Attack("sheets that lie", "a.xlsx", "records", workbook([], sheet=sheet))


FAMILIES: tuple[Family, ...] = (_texts, _headers, _frames, _workbooks)
