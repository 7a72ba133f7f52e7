"""总览 Overview: key figures, map, ranking, trend and composition of the cell one is in."""

import streamlit as st

from gridmap.ui import frame, layout, panels

scene = frame.scene()
sizes = layout.overview(scene.screen)

frame.bar(
    scene, note=panels.unplaced_note(scene), strip=True, pictures=("map", "trend", "categories", "ratings")
)
panels.key_figures(scene)
wide, narrow = st.columns([8, 5], gap="small")
with narrow:
    panels.ranking_card(scene, height_px=sizes.ranking_px)
left, middle, right = st.columns([8, 5, 5], gap="small")
with left:
    panels.trend_card(scene, height_px=sizes.chart_px)
with middle:
    panels.category_card(scene, height_px=sizes.chart_px)
with right:
    panels.rating_card(scene, height_px=sizes.chart_px, narrow=scene.screen.is_phone)
with wide:  # last: to draw a map holds the browser up, and figures can be read meanwhile
    panels.map_card(scene, height_px=sizes.map_px)
