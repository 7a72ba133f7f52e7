"""Lists as files: exactly the rows and columns on the screen, as CSV, Excel or GeoJSON."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import geopandas as gpd
import orjson
import pandas as pd
import streamlit as st

from gridmap import regions
from gridmap.access import acting
from gridmap.exporting import disarmed
from gridmap.ui import data, who
from gridmap.ui.words import say
from gridmap.watermarks import Watermark

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv(frame: pd.DataFrame, mark: Watermark | None = None) -> bytes:
    """Return a frame as CSV that spreadsheet programs open with Chinese intact: UTF-8 with BOM.

    Texts that a spreadsheet would run as a formula get an apostrophe in front; the last row is the watermark.
    """
    return disarmed(_marked(frame, mark)).to_csv(index=False).encode("utf-8-sig")


def excel(frame: pd.DataFrame, mark: Watermark | None = None) -> bytes:
    """Return a frame as an Excel workbook with one sheet, its head row fixed, the watermark last."""
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="openpyxl") as writer:
        shown = disarmed(_marked(frame, mark))
        shown.to_excel(writer, index=False, sheet_name="gridmap", freeze_panes=(1, 0))
    return file.getvalue()


def geojson(
    frame: pd.DataFrame, x: pd.Series, y: pd.Series, *, crs: str, mark: Watermark | None = None
) -> bytes:
    """Return a frame as GeoJSON points in WGS-84 (RFC 7946); rows without coordinates have no geometry.

    Parameters
    ----------
    frame : the properties
    x, y : coordinates in metres, one per row
    crs : their CRS
    mark : who takes it away, when and why: the member `watermark` of the collection
    """
    points = gpd.GeoSeries.from_xy(x, y, crs=crs).to_crs(4326)
    features = [
        {"type": "Feature", "properties": values,
         "geometry": None if pd.isna(east) else {"type": "Point", "coordinates": [point.x, point.y]}}
        for values, point, east in zip(_plain(frame), points, x, strict=True)
    ]  # fmt: skip
    marked = {"watermark": mark.line} if mark else {}
    return orjson.dumps({"type": "FeatureCollection", **marked, "features": features})


def offer(frame: pd.DataFrame, name: str, lang: str, *, places: pd.DataFrame | None = None) -> None:
    """Draw the button behind which a list can be taken away in three forms; made when it is asked for.

    Parameters
    ----------
    frame : the list as shown
    name : beginning of the file's name
    lang : language of the screen
    places : x, y of each row in metres; None where the list has no places
    """
    forms: list[tuple[str, str, Callable[[Watermark], bytes]]] = [
        ("csv", "text/csv", lambda mark: csv(frame, mark)), ("xlsx", _EXCEL, lambda mark: excel(frame, mark)),
    ]  # fmt: skip
    if places is not None:
        crs = regions.crs_of(data.database())
        forms.append(
            (
                "geojson",
                "application/geo+json",
                lambda mark: geojson(frame, places["x"], places["y"], crs=crs, mark=mark),
            )
        )
    with st.popover(say("export", lang), icon=":material/download:"):
        why = st.text_input(say("mark_purpose", lang), key=f"gm_why_{name}", max_chars=100,
                            placeholder=say("mark_purpose_hint", lang))  # fmt: skip
        for ending, kind, make in forms:
            file = f"{name}.{ending}"
            # No run of the page: it would throw the file away that the browser is about to ask for.
            taken = _logged(make, file, len(frame), why)
            st.download_button(say(f"as_{ending}", lang), taken, file_name=file,
                               mime=kind, key=f"gm_take_{name}_{ending}", width="stretch",
                               on_click="ignore")  # fmt: skip


def button(label: str, file: str, make: Callable[[Watermark], bytes], *, rows: int, why: str) -> None:
    """Draw a button that gives one CSV file away; made, and logged, when it is asked for.

    Parameters
    ----------
    label : what stands on it
    file : name of the file
    make : makes it with its watermark
    rows : how many rows it has
    why : what it is for
    """
    st.download_button(label, _logged(make, file, rows, why), file_name=file, mime="text/csv",
                       key=f"gm_take_{file}", on_click="ignore", width="stretch")  # fmt: skip


def _logged(make: Callable[[Watermark], bytes], file: str, rows: int, why: str) -> Callable[[], bytes]:
    """Return what makes a file and logs that whoever asks now has taken it, wherever it runs."""
    asking = who.scope()

    def made() -> bytes:
        with acting(asking):
            content = make(data.watermark(why))
            data.note("export", object_=file, rows=rows, reason=why)
        return content

    return made


def _marked(frame: pd.DataFrame, mark: Watermark | None) -> pd.DataFrame:
    return mark.below(frame) if mark else frame


def _plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return rows of plain values: moments as text, nothing where nothing is."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value.isoformat() if isinstance(value, datetime) else value
             for name, value in row.items()} for row in rows]  # fmt: skip
