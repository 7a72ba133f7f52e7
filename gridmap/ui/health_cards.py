"""The cards of data health: imports, rows set aside, records without a place, land without anybody."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from gridmap import quality, responsibility
from gridmap.registers import REGISTERS
from gridmap.ui import data, exports, formats, markup
from gridmap.ui.reasons import check_title, finding_text, reason_text
from gridmap.ui.scene import Scene
from gridmap.ui.words import level_title, say, say_if_known

#: Numbers of records shown beside a count, and conflicts counted by pair.
_EXAMPLES, _CONFLICTS = 3, 100_000


def prepare(scene: Scene) -> None:
    """Ask for everything that the page shows."""
    for name in ("imports", "set_aside_reasons", "import_findings"):
        data.ask(name)
    strip(scene)
    _ways(scene)
    _holes(scene)
    for check in quality.checks():
        data.listed(check, level="community", most=_EXAMPLES)
    _conflicts()


def figures(scene: Scene) -> None:
    """Draw how many rows were read, kept and set aside, and how many petitions have no place."""
    with st.container(key="gm_kpis"):
        st.html(strip(scene))


@data.made
def strip(scene: Scene) -> str:
    """Return how many rows were read, kept and set aside, and how many petitions have no place."""
    imports, unplaced = data.ask("imports"), _unplaced(scene)
    petitions = unplaced[unplaced["record_kind"] == "petition"]["records"].sum()
    figures = [
        ("total_read", imports["rows_read"].sum(), False),
        ("total_kept", imports["rows_kept"].sum(), False),
        ("total_set_aside", imports["rows_set_aside"].sum(), True),
        ("total_unplaced", petitions, True),
    ]
    cards = [markup.Card(key=name, title=say(name, scene.lang), value=formats.whole(n), unit="", exact=str(n),
                         change="", mood="", alarm=alarming and n > 0, help=())
             for name, n, alarming in figures]  # fmt: skip
    return markup.kpi_strip(cards, columns=4)


def imports_card(scene: Scene, *, height_px: int) -> None:
    """List the files that were loaded and what became of their rows."""
    heads = ("register", "file", "imported_at", "rows_read", "rows_kept", "rows_unchanged", "rows_set_aside")
    rows = [
        (_register(row["register"], scene.lang), row["file"], formats.moment(row["imported_at"]),
         *_whole(row, "rows_read", "rows_kept", "rows_unchanged", "rows_set_aside"))
        for row in data.ask("imports").to_dict("records")
    ]  # fmt: skip
    _card(scene, "imports", heads, rows, empty="no_records", numeric=(3, 4, 5, 6), height_px=height_px)


def set_aside_card(scene: Scene, *, height_px: int) -> None:
    """List why rows were set aside, with the numbers of the first few; never their content."""
    heads = ("register", "file", "check", "rows", "first_rows")
    rows = [
        (_register(row["register"], scene.lang), row["file"], check_title(row["check_name"], scene.lang),
         *_whole(row, "rows"), ", ".join(str(number) for number in row["first_rows"]))
        for row in data.ask("set_aside_reasons").to_dict("records")
    ]  # fmt: skip
    _card(scene, "set_aside", heads, rows, empty="none_set_aside", numeric=(3,), height_px=height_px)


def unplaced_card(scene: Scene, *, height_px: int) -> None:
    """List why records have no place."""
    heads = ("register", "reason", "records", "share")
    rows = [
        (_register(row["record_kind"], scene.lang), reason_text(row["reason"], scene.lang),
         *_whole(row, "records"), formats.percent(row["share"]))
        for row in _unplaced(scene).to_dict("records")
    ]  # fmt: skip
    _card(scene, "unplaced", heads, rows, empty="none_unplaced", numeric=(2, 3), height_px=height_px)


def placement_card(scene: Scene, *, height_px: int) -> None:
    """List by what records were placed and how far down."""
    heads = ("register", "placed_by", "placed_level", "records", "on_border")
    rows = [
        (_register(row["record_kind"], scene.lang), say_if_known(row["placed_by"], scene.lang),
         formats.DASH if row["placed_by"] == "none" else level_title(row["level"], scene.lang),
         *_whole(row, "records", "on_border"))
        for row in _ways(scene).to_dict("records")
    ]  # fmt: skip
    _card(scene, "placement", heads, rows, empty="no_records", numeric=(3, 4), height_px=height_px)


def findings_card(scene: Scene, *, height_px: int) -> None:
    """List what the imports found, coverage faults among it."""
    heads = ("severity", "check", "file", "rows", "message")
    rows = [
        (say_if_known(row["severity"], scene.lang), check_title(row["check_name"], scene.lang), row["file"],
         *_whole(row, "findings"), _finding(row, scene.lang))
        for row in data.ask("import_findings").to_dict("records")
    ]  # fmt: skip
    _card(scene, "findings", heads, rows, empty="none_findings", numeric=(3,), height_px=height_px)


def land_card(scene: Scene, *, height_px: int) -> None:
    """List the land and the regions without anybody in charge, and say how many buildings have no manager."""
    holes = _holes(scene)
    if not scene.sees_small_cells:
        holes = responsibility.without_counts(holes)
    cells = holes[holes["unit"] != "building"]
    heads = ("level", "name", "code", "parent", "duty", "ended_on", "area", "people_there", "open_there")
    rows = [
        (level_title(row["level"], scene.lang), row["name"], row["code"], _or_dash(row["parent_name"]),
         say(row["duty"], scene.lang), formats.day(None if pd.isna(row["ended_on"]) else row["ended_on"]),
         formats.area_km2(row["area_m2"]), *_whole(row, "people", "open_petitions"))
        for row in cells.to_dict("records")
    ]  # fmt: skip
    more = len(holes) - len(cells)
    note = say("buildings_without_manager", scene.lang, n=formats.whole(more)) if more else ""
    _card(scene, "land", heads, rows, empty="none_land", numeric=(6, 7, 8), height_px=height_px, more=note)


def quality_card(scene: Scene, *, height_px: int) -> None:
    """Count what is wrong with the records that count: impossible times, fallback points, conflicts."""
    heads = ("check", "records", "checked", "share", "examples")
    rows = []
    for check in quality.checks():
        found = data.listed(check, level="community", most=_EXAMPLES)
        total, checked = (int(found[name].iloc[0]) if len(found) else 0 for name in ("total", "checked"))
        rows.append((say_if_known(f"quality_{check}", scene.lang), formats.whole(total),
                     formats.whole(checked) if total else formats.DASH,
                     formats.percent(total / checked) if checked else formats.DASH,
                     ", ".join(found["record_no"])))  # fmt: skip
    _card(scene, "quality", heads, rows, empty="no_records", numeric=(1, 2, 3), height_px=height_px)


def conflicts_card(scene: Scene, *, height_px: int) -> None:
    """Count petitions by the community they name and the one they lie in, where these differ."""
    found = _conflicts()
    pairs = found.groupby(["detail", "name"], as_index=False).size().sort_values("size", ascending=False)
    rows = [(row["detail"], row["name"], formats.whole(row["size"])) for row in pairs.to_dict("records")]
    heads = ("named_as", "lies_in", "records")
    _card(scene, "conflicts", heads, rows, empty="none_conflicts", numeric=(2,), height_px=height_px)


def _card(
    scene: Scene,
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    empty: str,
    numeric: Sequence[int],
    height_px: int,
    more: str = "",
) -> None:
    titles = [say(head, scene.lang) for head in heads]
    body = markup.table(titles, rows, empty=say(empty, scene.lang), numeric=numeric)
    count = say("rows_n", scene.lang, n=formats.whole(len(rows))) if rows else ""
    note = " · ".join(part for part in (count, more) if part)
    with st.container(key=f"gm_card_{name}"):
        with st.container(key=f"gm_head_{name}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(markup.heading(say(name, scene.lang), note))
            if rows:
                exports.offer(pd.DataFrame(rows, columns=titles), f"gridmap-{name}", scene.lang)
        st.html(markup.tall(body, height_px))


def _finding(row: Mapping[Hashable, Any], lang: str) -> str:
    return finding_text(row["check_name"], row["message"], amount=row["amount"], unit=row["unit"], lang=lang)


def _register(name: str, lang: str) -> str:
    """Return what a register is called; regions are loaded level by level."""
    kind, _, level = name.partition(" ")
    if level:
        return f"{say_if_known(kind, lang)} · {level_title(level, lang)}"
    known = next((register for register in REGISTERS if name in (register.name, register.table)), None)
    if known is None or not known.title_zh:
        return say_if_known(name, lang)
    return known.title_en if lang == "en" else known.title_zh


def _whole(row: Mapping[Hashable, Any], *names: str) -> list[str]:
    return [formats.whole(row[name]) for name in names]


def _or_dash(text: object) -> str:
    return text if isinstance(text, str) and text else formats.DASH


def _ways(scene: Scene) -> pd.DataFrame:
    return data.ask("placement_ways", on_day=scene.now.date())


def _holes(scene: Scene) -> pd.DataFrame:
    return data.ask("duty_holes", on_day=scene.now.date(), now=scene.now)


def _conflicts() -> pd.DataFrame:
    return data.listed("named_elsewhere", level="community", most=_CONFLICTS)


def _unplaced(scene: Scene) -> pd.DataFrame:
    return data.ask("unplaced_reasons", on_day=scene.now.date())
