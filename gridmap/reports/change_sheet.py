"""The change sheet of a plan: the map before and after, every region that differs, what moves where."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from gridmap import maps
from gridmap.reports.document import (
    Block,
    Cell,
    Document,
    Drawing,
    Drawings,
    Heading,
    Paragraph,
    Table,
    Toned,
)
from gridmap.reports.plates import base_of
from gridmap.reports.subject import is_synthetic
from gridmap.reports.words import say
from gridmap.store import Database
from gridmap.ui import formats
from gridmap.ui.words import level_title, say_if_known
from gridmap.versions import COUNTED, Diff, State

_MAP_MM = (85.5, 92.0)
#: West, south, east, north.
Box = tuple[float, float, float, float]
#: So much land around the changes is drawn, as a share of their extent.
_AROUND = 0.5
_CALM, _ALPHA = "#e9edf2", 0.75
_OTHER = "#8aa0b4"
#: A cell whose border only learned of a corner keeps its land: it is no change for a reader.
_UNSEEN = "corners"
_MOST_ROWS = 60


def change_sheet(
    db: Database, found: Diff, before: State, after: State, *, lang: str = "zh", fewest: int = 0
) -> Document:
    """Write what a plan changes, for the file of the decision.

    Parameters
    ----------
    db : the open store
    found : what differs between the states
    before, after : the states
    lang : zh or en
    fewest : least count of people or cases shown; smaller ones are withheld; 0 shows all
    """
    seen = found.cells[found.cells["change"] != _UNSEEN]
    blocks: list[Block] = [Paragraph(_summary(found, seen, lang))]
    if len(seen):
        blocks += [Heading(say("cs_maps", lang)), _maps(db, seen, before, after, lang)]
        blocks += [Heading(say("cs_cells", lang)), _cells(seen, lang)]
    if len(found.moves):
        blocks += [Heading(say("cs_moves", lang)), _moves(found, lang, fewest)]
    withheld = [say("fact_withheld", lang, n=fewest, star=formats.WITHHELD)] if fewest else []
    return Document(
        title=say("cs_title", lang), subtitle=f"{_called(before, lang)} → {_called(after, lang)}",
        facts=(say("fact_as_of", lang, when=formats.day(db.now().date())), *withheld),
        notice=say("synthetic", lang) if is_synthetic(db) else "",
        foot=f"{say('cs_title', lang)} · {_called(after, lang)}", lang=lang, blocks=tuple(blocks),
        page=say("page", lang, page="{page}", pages="{pages}"),
    )  # fmt: skip


def _summary(found: Diff, seen: gpd.GeoDataFrame, lang: str) -> str:
    if seen.empty:
        return say("cs_nothing", lang)
    first = [str(change).split(",")[0] for change in seen["change"]]
    lowest = found.moves["level"] == seen["level"].iloc[-1]
    area = float(found.moves.loc[lowest, "area_m2"].sum())
    created, ended = first.count("created"), first.count("ended")
    return say("cs_summary", lang, n=len(seen), created=created, ended=ended,
               others=len(seen) - created - ended, area=formats.area_km2(area))  # fmt: skip


def _maps(db: Database, seen: gpd.GeoDataFrame, before: State, after: State, lang: str) -> Drawings:
    """Draw the land around the changes twice, in one frame; changed cells in the colour of their change."""
    width_mm, height_mm = _MAP_MM
    above, shown = _above(seen, after), _shown(seen, after)
    colours = {int(row["region_id"]): _colour(str(row["change"])) for row in seen.to_dict("records")}
    present = dict.fromkeys(str(change).split(",")[0] for change in seen["change"])
    keys = [(_colour(word), _change(word, lang), "") for word in present]
    base = base_of(db, _around(shown).bounds)

    def drawing(state: State, title: str) -> Drawing:
        sheet = maps.Sheet(_painted(state, shown, colours), outline=above, base=base, legend=keys,
                           north=say("north", lang), shown=shown)  # fmt: skip
        svg = maps.sheet_svg(sheet, width_mm=width_mm, height_mm=height_mm)
        return Drawing(svg, width_mm, height_mm, title)

    titles = (
        say("cs_before", lang, of=_called(before, lang)),
        say("cs_after", lang, of=_called(after, lang)),
    )
    return Drawings((drawing(before, titles[0]), drawing(after, titles[1])))


def _shown(seen: gpd.GeoDataFrame, after: State) -> Box:
    """Return the land that is drawn: that of the changed leaves, and some around it where there is any."""
    leaves = seen[seen["level"] == seen["level"].iloc[-1]]
    west, south, east, north = map(float, leaves.total_bounds)
    around = _AROUND * max(east - west, north - south)
    least, lowest, most, highest = map(
        float, pd.concat([after.leaves.geometry, leaves.geometry]).total_bounds
    )
    return (max(west - around, least), max(south - around, lowest),
            min(east + around, most), min(north + around, highest))  # fmt: skip


def _around(shown: Box) -> shapely.Polygon:
    """Return more land than is asked for: the sheet may be wider or higher."""
    return shapely.box(*shown).buffer(max(shown[2] - shown[0], shown[3] - shown[1]), join_style="mitre")


def _above(seen: gpd.GeoDataFrame, after: State) -> gpd.GeoDataFrame:
    """Return the land of the regions right above the changed leaves, of the leaves where nothing is above."""
    leaves = seen[seen["level"] == seen["level"].iloc[-1]]
    number = {code: region for region, code in after.codes.items()}
    above = [number[code] for code in dict.fromkeys(leaves["parent"]) if code in number]
    land = [after.land_of(region) for region in above if region in after.areas] or list(leaves.geometry)
    return gpd.GeoDataFrame(geometry=land, crs=after.leaves.crs)


def _painted(state: State, shown: Box, colours: dict[int, str]) -> gpd.GeoDataFrame:
    """Colour the leaves that are seen; those that change carry their code's last digits."""
    cells = state.leaves[state.leaves.intersects(_around(shown))]
    numbers = [int(number) for number in cells["region_id"]]
    fills = [maps.rgba(colours.get(number, _CALM), _ALPHA) for number in numbers]
    labels = [state.codes[number][-6:] if number in colours else "" for number in numbers]
    return cells.assign(fill=fills, label=labels)


def _cells(seen: gpd.GeoDataFrame, lang: str) -> Table:
    rows = [
        (
            level_title(row["level"], lang),
            Toned(_named(row["name"], row["code"]), "strong"),
            _change(str(row["change"]), lang),
            formats.whole(row["area_m2_before"] or None),
            formats.whole(row["area_m2"] or None),
            row["came_from"] or "",
            row["went_to"] or "",
        )
        for row in seen.head(_MOST_ROWS).to_dict("records")
    ]
    heads = ("level", "cell", "cs_change", "cs_area_before", "cs_area_after", "cs_from", "cs_to")
    shares = (1.1, 2.6, 1.4, 1.3, 1.3, 2, 2)
    return _table(heads, rows, shares=shares, numeric=(3, 4), of=len(seen), lang=lang)


def _moves(found: Diff, lang: str, fewest: int) -> Table:
    moves = found.moves
    rows = [
        (
            level_title(row["level"], lang),
            _named(row["from_name"], row["from_code"]) or say("cs_nobody", lang),
            _named(row["to_name"], row["to_code"]) or say("cs_nobody", lang),
            formats.whole(row["area_m2"]),
            *(formats.WITHHELD if 0 < row[name] < fewest else formats.whole(row[name]) for name in COUNTED),
        )
        for row in moves.head(_MOST_ROWS).to_dict("records")
    ]
    heads = ("level", "cs_from", "cs_to", "cs_area", "people", "cs_households", "cases", "cs_rentals")
    return _table(heads, rows, shares=(1.1, 2.4, 2.4, 1.2, 1, 1, 1, 1), numeric=(3, 4, 5, 6, 7),
                  of=len(moves), lang=lang)  # fmt: skip


def _table(
    heads: Sequence[str], rows: Sequence[tuple[Cell, ...]], *, shares: tuple[float, ...],
    numeric: tuple[int, ...], of: int, lang: str,
) -> Table:  # fmt: skip
    note = say("cs_cut", lang, n=len(rows), of=of) if of > len(rows) else ""
    return Table(tuple(say(head, lang) for head in heads), tuple(rows), shares, numeric, note=note)


def _called(state: State, lang: str) -> str:
    """Return what a state is called: today, a version, a draft or a day."""
    kind, _, name = state.label.partition(" ")
    return say(f"cs_{kind}", lang, name=name) if kind in ("today", "version", "draft") else state.label


def _named(name: object, code: object) -> str:
    return " ".join(str(part) for part in (code, name) if isinstance(part, str) and part)


def _change(words: str, lang: str) -> str:
    return " · ".join(say_if_known(f"change_{word}", lang) for word in words.split(","))


def _colour(words: str) -> str:
    return maps.CHANGE_COLOURS.get(words.split(",", maxsplit=1)[0], _OTHER)
