"""My grid in a browser: found by typing, by a tap and by the device; its lists go out as shown."""

from __future__ import annotations

import json
from collections.abc import Callable

import geopandas as gpd
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import settle
from tests.screens_city import CODES
from tests.toy import CRS, at

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def test_an_area_is_found_by_typing(visit: Visit) -> None:
    page = visit("/mine?period=all", width=390, height=844)
    box = page.get_by_placeholder("网格名称或编码", exact=False)
    box.fill("第2红色")
    box.press("Enter")
    page.locator(f".gm-find[data-gm-go='{CODES['2']}']").click()
    page.wait_for_url(f"**/mine?**at={CODES['2']}**")
    settle(page)
    assert page.locator(".gm-here").inner_text() == "甲社区第2红色网格"


def test_the_device_says_where_it_is(visit: Visit) -> None:
    page = visit("/mine?period=all", width=390, height=844)
    x, y = at(8.5, 1.5)
    point = gpd.GeoSeries.from_xy([x], [y], crs=CRS).to_crs(4326).iloc[0]
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": point.x, "latitude": point.y})
    page.locator("[data-gm-locate]").click()
    page.wait_for_url(f"**/mine?**at={CODES['B']}**")


def test_a_list_goes_out_as_it_is_shown(visit: Visit) -> None:
    page = visit("/mine?period=all&urgency=later")
    shown = page.locator(".gm-case.gm-later").count()
    page.locator(".st-key-gm_head_cases").get_by_role("button", name="导出").click()
    files = {}
    for name in ("CSV", "GeoJSON"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).first.click()
        files[name] = waiting.value.path().read_bytes()
    assert files["CSV"].startswith(b"\xef\xbb\xbf")
    assert len(files["CSV"].decode("utf-8-sig").splitlines()) == shown + 2  # a header, and who took it away
    assert len(json.loads(files["GeoJSON"])["features"]) == shown


def test_a_case_is_large_enough_for_a_thumb(visit: Visit) -> None:
    page = visit("/mine?period=all", width=390, height=844)
    rows = page.locator(".gm-case").all()
    assert rows
    assert min((row.bounding_box() or {"height": 0})["height"] for row in rows[:20]) >= 44
