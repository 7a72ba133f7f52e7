"""Views are kept under a name by whoever looks, opened by their address, and forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gridmap.ui import saved
from tests import screens_city

APP = Path(__file__).parent.parent / "app.py"

pytestmark = pytest.mark.usefixtures("on_the_city")


def run(**params: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def test_a_view_is_kept_with_its_address_listed_and_forgotten() -> None:
    app = run(at=screens_city.CODES["A"], measure="petition.open")
    app.text_input(key="gm_view_name").set_value("甲的在办").run()
    (kept,) = saved.views().to_dict("records")
    assert (kept["name"], kept["page"]) == ("甲的在办", "/")
    assert kept["address"] == f"at={screens_city.CODES['A']}&measure=petition.open"
    again = run()
    assert any(
        f'href="/?{kept["address"].replace("&", "&amp;")}"' in str(e.proto.body) for e in again.get("html")
    )
    again.button(key="gm_forget_0").click().run()
    assert saved.views().empty


def test_the_same_name_again_takes_the_place_of_the_earlier_view() -> None:
    saved.keep("甲", "/", "at=1")
    saved.keep("甲", "/mine", "at=2")
    assert saved.views()["address"].tolist() == ["at=2"]
    saved.forget("甲")


def test_nobody_sees_the_views_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "owner", lambda: "li")
    saved.keep("甲", "/", "at=1")
    monkeypatch.setattr(saved, "owner", lambda: "wang")
    assert saved.views().empty
    monkeypatch.setattr(saved, "owner", lambda: "li")
    saved.forget("甲")
