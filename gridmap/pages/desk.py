"""规划台 Planner's desk: drafts, the boundary editor with what a draft does, versions and what differs."""

import streamlit as st

from gridmap.ui import desk, desk_restore, desk_versions, frame, layout

scene = frame.scene()

if scene.view.draft:
    st.fragment(desk.at_work)(scene, height_px=layout.editor(scene.screen))
else:
    desk.drafts_card(scene)
    desk.new_card(scene)
    desk_versions.compare_card(scene, height_px=layout.compare(scene.screen))
    listed, back = st.columns([8, 5], gap="small")
    with listed:
        desk_versions.versions_card(scene, height_px=layout.third_table(scene.screen))
    with back:
        desk_restore.card(scene)
