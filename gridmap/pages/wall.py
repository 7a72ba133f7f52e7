"""大屏 Wall: one glance, aggregates only, drawn anew by itself, no chrome."""

import time

import streamlit as st

from gridmap.ui import data, frame, wall

begun = frame.scene()


def draw() -> None:
    """Draw the wall as it is now."""
    data.look_afresh()
    scene = wall.scene_on_wall(begun)
    sizes, name = wall.sizes_of(scene), wall.shown_scene(scene, at_s=time.time())
    wall.head(scene, name)
    wall.key_figures(scene)
    columns = st.columns([20, 20, 30, 20, 20] if sizes.panorama else [13, 24, 13], gap="small")
    with columns[0]:
        wall.hot_card(scene, sizes)
    with columns[1 if sizes.panorama else 0]:
        wall.late_card(scene, sizes)
    with columns[2 if sizes.panorama else 1]:
        place_of_map = st.container()
    with columns[3 if sizes.panorama else 1]:
        wall.trend_card(scene, sizes)
    with columns[3 if sizes.panorama else 2]:
        wall.land_card(scene, sizes)
    with columns[4 if sizes.panorama else 2]:
        wall.rating_card(scene, sizes)
        wall.kinds_card(scene, sizes)
    with place_of_map:  # last: to draw a map holds the browser up, and figures can be read meanwhile
        wall.map_card(scene, name, sizes)


st.html(f"<style>{wall.css(wall.scene_on_wall(begun))}</style>")
st.fragment(draw, run_every=f"{wall.seconds_between(begun)}s")()
