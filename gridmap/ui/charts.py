"""Charts as ECharts options. Pure: frames in, JSON-ready dicts out.

Options carry no functions, so every text is prepared here. Sizes are in pixels of the screen asked for.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gridmap.ui.theme import FONT, Palette, Screen
from gridmap.ui.words import say

Option = dict[str, Any]


def trend(steps: pd.DataFrame, *, lang: str, colours: Palette, screen: Screen, pick: bool = False) -> Option:
    """Draw petitions received and closed as bars and the on-time rate of those due as a line.

    Parameters
    ----------
    steps : columns label, received, closed, due, on_time; one row per step
    lang, colours, screen : how to write and draw
    pick : whether a bar can be picked
    """
    size = 12 * screen.scale
    rate = [round(100 * on_time / due, 1) if due > 0 and on_time >= 0 else None
            for on_time, due in zip(steps["on_time"], steps["due"], strict=True)]  # fmt: skip
    bars = [_bar(say(name, lang), steps[name], colours.series[place], size)
            for place, name in enumerate(("received", "closed"))]  # fmt: skip
    if pick:
        bars = [{**bar, "selectedMode": "single", "cursor": "pointer"} for bar in bars]
    line = {
        "name": say("on_time_rate", lang), "type": "line", "yAxisIndex": 1, "data": rate, "smooth": 0.2,
        "symbol": "circle", "symbolSize": size * 0.4, "connectNulls": False,
        "lineStyle": {"width": size / 6}, "itemStyle": {"color": colours.series[2]},
    }  # fmt: skip
    return {
        **_frame(colours, size),
        "legend": {"top": 0, "right": 0, "itemWidth": size, "itemHeight": size * 0.7, "itemGap": size * 1.4,
                   "textStyle": {"color": colours.soft, "fontSize": size}},
        "grid": {"left": size * 0.3, "right": size * 0.3, "top": size * 2.6, "bottom": size * 0.2,
                 "containLabel": True},
        "tooltip": _tooltip(colours, size, trigger="axis"),
        "xAxis": {"type": "category", "data": list(steps["label"]), **_axis(colours, size),
                  "axisTick": {"show": False}},
        "yAxis": [
            {"type": "value", "minInterval": 1, "splitNumber": 4, **_axis(colours, size)},
            {"type": "value", "min": 0, "max": 100, "interval": 25, **_axis(colours, size),
             "axisLabel": {"color": colours.soft, "fontSize": size, "formatter": "{value} %"},
             "splitLine": {"show": False}},
        ],
        "series": [*bars, line],
    }  # fmt: skip


def beside_peers(steps: pd.DataFrame, *, lang: str, colours: Palette, screen: Screen) -> Option:
    """Draw the petitions of a cell as bars and, where there are cells like it, their middle as a line.

    Parameters
    ----------
    steps : columns label, own and, where there are any, peers; one row per step
    lang, colours, screen : how to write and draw
    """
    size = 12 * screen.scale
    middle = [round(float(value), 1) for value in steps.get("peers", ())]
    bars = _bar(say("here", lang), steps["own"], colours.series[0], size)
    line: Option = {
        "name": say("peers_middle", lang), "type": "line", "data": middle, "smooth": 0.2, "symbol": "none",
        "lineStyle": {"width": size / 6}, "itemStyle": {"color": colours.series[2]},
    }  # fmt: skip
    return {
        **_frame(colours, size),
        "legend": {"top": 0, "right": 0, "itemWidth": size, "itemHeight": size * 0.7,
                   "textStyle": {"color": colours.soft, "fontSize": size}},
        "grid": {"left": size * 0.3, "right": size * 0.5, "top": size * 2.4, "bottom": size * 0.2,
                 "containLabel": True},
        "tooltip": _tooltip(colours, size, trigger="axis"),
        "xAxis": {"type": "category", "data": list(steps["label"]), **_axis(colours, size),
                  "axisTick": {"show": False}},
        "yAxis": {"type": "value", "minInterval": 1, "splitNumber": 3, **_axis(colours, size)},
        "series": [bars, line] if middle else [bars],
    }  # fmt: skip


def shares(
    parts: pd.DataFrame, *, colours: Palette, screen: Screen, middle: str, narrow: bool = False,
    pick: bool = False, chosen: int | None = None,
) -> Option:  # fmt: skip
    """Draw a composition as a ring with its total in the middle and the parts named beside it.

    Parameters
    ----------
    parts : columns label, n, colour; one row per part
    colours, screen : how to draw
    middle : text inside the ring
    narrow : whether the ring makes room for the names
    pick : whether a part can be picked
    chosen : row of the part that was picked; the others are drawn faint
    """
    size = 12 * screen.scale
    total = parts["n"].sum()
    middle_x, names_x = ("25%", "49%") if narrow else ("28%", "58%")
    radius = ["54%", "76%"] if narrow else ["58%", "82%"]
    rows = zip(parts["label"], parts["n"], parts["colour"], strict=True)
    faint = [1.0 if chosen in (None, at) else 0.3 for at in range(len(parts))]
    data = [{"name": f"{label}  {n:,.0f}  ({n / total:.1%})", "value": int(n),
             "itemStyle": {"color": colour, "opacity": opacity}}
            for (label, n, colour), opacity in zip(rows, faint, strict=True)]  # fmt: skip
    return {
        **_frame(colours, size),
        "tooltip": {**_tooltip(colours, size, trigger="item"), "formatter": "{b}"},
        "title": {"text": middle, "left": middle_x, "top": "center", "textAlign": "center",
                  "textStyle": {"fontSize": size * 1.2, "color": colours.text, "fontWeight": 600,
                                "fontFamily": FONT}},
        "legend": {"orient": "vertical", "left": names_x, "top": "middle", "itemWidth": size * 0.9,
                   "itemHeight": size * 0.9, "itemGap": size * 0.8, "icon": "roundRect",
                   "textStyle": {"color": colours.text, "fontSize": size}},
        "series": [{
            "type": "pie", "radius": radius, "center": [middle_x, "50%"], "data": data,
            "label": {"show": False}, "padAngle": 1, "itemStyle": {"borderRadius": size / 4},
            **({"selectedMode": "single", "selectedOffset": 0, "cursor": "pointer"} if pick else {}),
        }],
    }  # fmt: skip


def _frame(colours: Palette, size: float) -> Option:
    return {
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": FONT, "fontSize": size, "color": colours.text},
        "animationDuration": 300,
    }


def _bar(name: str, values: pd.Series, colour: str, size: float) -> Option:
    return {
        "name": name, "type": "bar", "data": [None if pd.isna(value) else int(value) for value in values],
        "barMaxWidth": size * 1.2,
        "itemStyle": {"color": colour, "borderRadius": size / 6},
    }  # fmt: skip


def _axis(colours: Palette, size: float) -> Option:
    return {
        "axisLabel": {"color": colours.soft, "fontSize": size},
        "axisLine": {"lineStyle": {"color": colours.line}},
        "splitLine": {"lineStyle": {"color": colours.line}},
    }


def _tooltip(colours: Palette, size: float, *, trigger: str) -> Option:
    return {
        "trigger": trigger, "confine": True, "backgroundColor": colours.card, "borderColor": colours.line,
        "textStyle": {"color": colours.text, "fontSize": size, "fontFamily": FONT},
    }  # fmt: skip
