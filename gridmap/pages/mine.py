"""我的网格 My grid: find an area, then everything about it that somebody in charge needs today."""

import streamlit as st

from gridmap.ui import case, frame, layout, mine, papers, search

scene = frame.scene()
sizes = layout.mine(scene.screen)

frame.bar(scene, find=False)
with st.container(key="gm_card_search", horizontal=True, vertical_alignment="top", gap="small"):
    with st.container(key="gm_search_box"):
        search.box(scene)
    frame.locate_button(scene)
    papers.board_button(scene)
mine.key_figures(scene)
left, middle, right = st.columns([5, 4, 4], gap="small")
with left:
    mine.petitions_card(scene, height_px=sizes.cases_px)
    case.card(scene)
    mine.trend_card(scene, height_px=sizes.trend_px)
with middle:
    mine.inspections_card(scene, height_px=sizes.inspections_px)
    mine.visits_card(scene, height_px=sizes.visits_px)
    mine.issues_card(scene)
    mine.compare_card(scene)
with right:
    mine.people_card(scene)
    place_of_map = st.container()
    mine.topics_card(scene, height_px=sizes.visits_px)
    mine.neighbours_card(scene)
with place_of_map:  # last: to draw a map holds the browser up, and figures can be read meanwhile
    mine.map_card(scene, height_px=sizes.map_px)
