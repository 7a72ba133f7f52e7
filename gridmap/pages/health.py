"""数据健康 Data health: what was loaded, what was set aside and why, what has no place, whose land it is."""

import streamlit as st

from gridmap.ui import frame, health_cards, layout

scene = frame.scene()
height = layout.half_table(scene.screen)

frame.crumbs(scene)
health_cards.figures(scene)
left, right = st.columns(2, gap="small")
with left:
    health_cards.imports_card(scene, height_px=height)
    health_cards.unplaced_card(scene, height_px=height)
    health_cards.land_card(scene, height_px=height)
with right:
    health_cards.set_aside_card(scene, height_px=height)
    health_cards.placement_card(scene, height_px=height)
    health_cards.findings_card(scene, height_px=height)
