"""The notice board of a block (精治街区公示牌): eight groups that residents may know, map and QR code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import segno

from gridmap import maps, regions
from gridmap.access import personal
from gridmap.errors import UsageError
from gridmap.levels import TOTAL
from gridmap.measures import measure_named
from gridmap.periods import month_before
from gridmap.reports import plates
from gridmap.reports.subject import Subject, is_synthetic, subject_of
from gridmap.reports.typesetting import Form, typeset
from gridmap.reports.words import say
from gridmap.store import Database
from gridmap.ui import formats
from gridmap.ui.tree import Cell
from gridmap.ui.words import level_title, title_of

Paper = Literal["a3", "a1"]
PAPERS: tuple[Paper, ...] = ("a3", "a1")
#: Size of the map on A3; A1 has twice the length.
_MAP_MM = (168.0, 172.0)
#: Dots per inch of a picture of a board: it is large.
_PPI = 72.0
_BASICS = ("population.people", "building.count")
_HEADS, _LEADS, _STAFF, _WORKERS = "block_head", "red_grid_lead", "community_staff", "grid_worker"
_COUNCIL = "council_member"
_FILLS = ("#cfe3f5", "#d9eed3", "#fbe6c5", "#ead9f2", "#d5efef", "#f6d9d9")


def board(
    db: Database,
    code: str,
    *,
    paper: Paper = "a3",
    lang: str = "zh",
    link: str = "",
    shows_phones: bool = False,
    fewest: int = 0,
    form: Form = "pdf",
) -> bytes:
    """Set the notice board of a block, or of any cell.

    Parameters
    ----------
    db : the open store
    code : of the cell
    paper : a3 or a1
    lang : zh or en; names and texts are in the language of the data where it has one only
    link : what the QR code leads to, `{code}` in it becomes the code; the code and the name when empty
    shows_phones : telephone numbers in full, as a board on the street has them; else masked
    fewest : least count shown; 0 shows all
    form : pdf, or png for a picture of it

    Raises
    ------
    UsageError : when there is no such cell
    """
    if not code:
        raise UsageError("Say the code of the cell whose board to set. List them with: gridmap regions")
    subject = replace(subject_of(db, db.now().date().replace(day=1), lang=lang, at=code), fewest=fewest)
    told = link.replace("{code}", code) if link else f"{subject.cell.name} {code}"
    data = {
        **_content(subject, shows_phones), "paper": paper, "qr": _qr(told),
        "qr_says": say("scan" if link else "code_is", lang, code=code),
    }  # fmt: skip
    return typeset("board", data, form=form, ppi=_PPI)


def paper_named(text: str) -> Paper:
    """Return the paper with this name.

    Raises
    ------
    UsageError : when there is none
    """
    for paper in PAPERS:
        if paper == text:
            return paper
    raise UsageError(f"There is no paper '{text}'. Choose one of: {', '.join(PAPERS)}.")


def _content(subject: Subject, shows_phones: bool) -> dict[str, Any]:
    """Return the eight groups with their headings, the map and the names around them."""
    lang, cell = subject.lang, subject.cell
    people, lines = _people(subject, shows_phones), _lines(subject)
    above = [step.name for step in subject.tree.path(cell) if step.level not in (TOTAL, cell.level)]
    groups = {
        "basics": [*_basics(subject), *({"text": text} for text in lines("basics"))],
        "goals": [{"text": text} for text in lines("goals")],
        "heads": people(_HEADS), "leads": _every_grid(subject, people(_LEADS)),
        "staff": [*people(_STAFF), *people(_WORKERS)],
        "council": people(_COUNCIL), "duties": [{"text": text} for text in lines("duties")],
        "contact": [*({"text": text} for text in lines("contact")), *people(_HEADS)],
    }  # fmt: skip
    return {
        "title": say("board_title", lang), "name": cell.name, "above": " · ".join(above), "lang": lang,
        "map": _map(subject), "groups": {name: {"title": say(f"g_{name}", lang), "rows": rows}
                                         for name, rows in groups.items()},
        "nobody": say("to_be_named", lang), "made": say("fact_as_of", lang, when=formats.day(subject.day)),
        "notice": say("synthetic", lang) if is_synthetic(subject.db) else "",
    }  # fmt: skip


def _basics(subject: Subject) -> list[dict[str, str]]:
    """Return name and number: land, people, buildings, grids, council."""
    lang, cell = subject.lang, subject.cell
    # People in charge are those of today; figures without small cells those of the last month that is over.
    told = replace(subject, first=month_before(subject.first)) if subject.fewest else subject
    figures = told.figures(_BASICS)
    land = regions.map_of(subject.db, level=cell.level, on=subject.day, within=cell.parent_id)
    area_m2 = float(land[land["region_id"] == cell.region_id].area.sum())
    rows = [(say("area", lang), formats.area_km2(area_m2))]
    rows += [(title_of(measure_named(key), lang), figures[key].written(lang)) for key in _BASICS
             if not formats.is_missing(figures[key].value)]  # fmt: skip
    for level in subject.tree.levels_below(cell):
        rows.append((level_title(level, lang), formats.whole(len(subject.tree.within(cell, level)))))
    return [{"name": name, "text": text} for name, text in rows]


def _people(subject: Subject, shows_phones: bool) -> Any:
    """Return a function that lists the people of a role: where, who, as what, telephone."""
    cell = subject.cell
    inside = [each for level in subject.tree.levels for each in subject.tree.within(cell, level)]
    around = [step for step in subject.tree.path(cell) if step.level == "community" and step != cell]
    names = {each.code: _short(each, cell) for each in (*inside, *around) if each.code}
    listed = subject.ask("in_charge", codes=list(names), on_day=subject.day)
    by_cell = listed.sort_values("region_code", kind="stable")
    found = personal.with_people(subject.db, by_cell, in_full=shows_phones)

    def of(role: str) -> list[dict[str, str]]:
        rows = found[found["role"] == role].to_dict("records")
        return [{"where": names[row["region_code"]], "text": _text(row["person_name"]),
                 "as": _text(row["duty"]) if role == _COUNCIL else "", "phone": _text(row["phone"])}
                for row in rows]  # fmt: skip

    return of


def _every_grid(subject: Subject, leads: list[dict[str, str]]) -> list[dict[str, str]]:
    """Add the red grids that have no lead: a board must not hide that nobody is named."""
    named = {row["where"] for row in leads}
    grids = [_short(cell, subject.cell) for cell in subject.tree.within(subject.cell, "red_grid")]
    nobody = [{"where": name, "text": "", "as": "", "phone": ""} for name in grids if name not in named]
    return sorted(
        [*leads, *nobody], key=lambda row: grids.index(row["where"]) if row["where"] in grids else -1
    )


def _lines(subject: Subject) -> Any:
    """Return a function that lists the lines people wrote for a group."""
    found = subject.ask("board_lines", region_id=subject.cell.region_id, level=subject.cell.level,
                        on_day=subject.day)  # fmt: skip
    column = "text" if subject.lang == "zh" else "text_en"
    texts = found[column].where(found[column].notna() & (found[column] != ""), found["text"])

    def of(section: str) -> Iterable[str]:
        return list(texts[found["section"] == section])

    return of


def _map(subject: Subject) -> dict[str, Any]:
    """Draw the cells inside in calm colours, with names: a board says where, not how much."""
    cells = plates.shapes_inside(subject)
    fills = [maps.rgba(_FILLS[at % len(_FILLS)], 0.72) for at in range(len(cells))]
    labels = [_short_name(name, subject.cell.name) for name in cells["name"]]
    width_mm, height_mm = _MAP_MM
    svg = plates.drawn(
        subject, cells.assign(fill=fills, label=labels), (), width_mm, height_mm, letter_mm=4.2
    )
    return {"svg": svg, "width": width_mm}


def _short(cell: Cell, around: Cell) -> str:
    return "" if cell == around else _short_name(cell.name, around.name)


def _short_name(name: str, outer: str) -> str:
    """Leave out of a grid's name the community it repeats: 大富社区第3红色网格 → 第3红色网格."""
    at = name.find("第")
    return name[at:] if at > 0 and name[:at].endswith("社区") else name.removeprefix(outer).strip() or name


def _qr(text: str) -> str:
    """Return a QR code as SVG; a quarter of it may be dirty and it is read still."""
    return segno.make(text, error="q", micro=False).svg_inline(scale=4, border=2)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
