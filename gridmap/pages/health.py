"""数据健康 Data health: what was loaded, what was set aside and why, what has no place, whose land it is."""

import streamlit as st

from gridmap.ui import frame, health_cards, layout, mending

ROWS = (
    (health_cards.imports_card, health_cards.set_aside_card),
    (health_cards.unplaced_card, health_cards.placement_card),
    (health_cards.quality_card, health_cards.conflicts_card),
    (health_cards.land_card, health_cards.findings_card),
)

scene = frame.scene()
height = layout.third_table(scene.screen)

frame.title(scene, "health", note="health_note")
health_cards.figures(scene)
for row in ROWS:
    for column, card in zip(st.columns(2, gap="small"), row, strict=True):
        with column:
            card(scene, height_px=height)
    if card is health_cards.set_aside_card:
        mending.card(scene)
