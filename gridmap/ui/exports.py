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

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv(frame: pd.DataFrame) -> bytes:
    """Return a frame as CSV that spreadsheet programs open with Chinese intact: UTF-8 with BOM.

    Texts that a spreadsheet would run as a formula get an apostrophe in front.
    """
    return disarmed(frame).to_csv(index=False).encode("utf-8-sig")


def excel(frame: pd.DataFrame) -> bytes:
    """Return a frame as an Excel workbook with one sheet, its head row fixed."""
    file = io.BytesIO()
    with pd.ExcelWriter(file, engine="openpyxl") as writer:
        disarmed(frame).to_excel(writer, index=False, sheet_name="gridmap", freeze_panes=(1, 0))
    return file.getvalue()


def geojson(frame: pd.DataFrame, x: pd.Series, y: pd.Series, *, crs: str) -> bytes:
    """Return a frame as GeoJSON points in WGS-84 (RFC 7946); rows without coordinates have no geometry.

    Parameters
    ----------
    frame : the properties
    x, y : coordinates in metres, one per row
    crs : their CRS
    """
    points = gpd.GeoSeries.from_xy(x, y, crs=crs).to_crs(4326)
    features = [
        {"type": "Feature", "properties": values,
         "geometry": None if pd.isna(east) else {"type": "Point", "coordinates": [point.x, point.y]}}
        for values, point, east in zip(_plain(frame), points, x, strict=True)
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def offer(frame: pd.DataFrame, name: str, lang: str, *, places: pd.DataFrame | None = None) -> None:
    """Draw the button behind which a list can be taken away in three forms; made when it is asked for.

    Parameters
    ----------
    frame : the list as shown
    name : beginning of the file's name
    lang : language of the screen
    places : x, y of each row in metres; None where the list has no places
    """
    forms = [("csv", "text/csv", lambda: csv(frame)), ("xlsx", _EXCEL, lambda: excel(frame))]
    if places is not None:
        crs = regions.crs_of(data.database())
        forms.append(
            ("geojson", "application/geo+json", lambda: geojson(frame, places["x"], places["y"], crs=crs))
        )
    with st.popover(say("export", lang), icon=":material/download:"):
        for ending, kind, make in forms:
            file = f"{name}.{ending}"
            # No run of the page: it would throw the file away that the browser is about to ask for.
            st.download_button(say(f"as_{ending}", lang), _logged(make, file, len(frame)), file_name=file,
                               mime=kind, key=f"gm_take_{name}_{ending}", width="stretch",
                               on_click="ignore")  # fmt: skip


def _logged(make: Callable[[], bytes], file: str, rows: int) -> Callable[[], bytes]:
    """Return what makes a file and logs that whoever asks now has taken it, wherever it runs."""
    asking = who.scope()

    def made() -> bytes:
        content = make()
        with acting(asking):
            data.note("export", object_=file, rows=rows)
        return content

    return made


def _plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return rows of plain values: moments as text, nothing where nothing is."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value.isoformat() if isinstance(value, datetime) else value
             for name, value in row.items()} for row in rows]  # fmt: skip
