"""Signing in through an identity provider as a person does it: there, back, in the own role, and out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import oidc_provider_mock
import pytest
from playwright.sync_api import Browser, Page

from gridmap.access import accounts
from gridmap.store import open_store
from tests.browser.conftest import WAIT_MS, free_port, serving, settle
from tests.screens_city import CODES

#: The provider of the tests uses parts of its library that will go: no fault of ours.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SETTINGS = """
[auth]
redirect_uri = "{site}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "gridmap"
client_secret = "s"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
[gridmap]
account = "preferred_username"
"""


@pytest.fixture(scope="module")
def oidc_site(tmp_path_factory: pytest.TempPathFactory, another_city: Callable[[], Path]) -> Iterator[str]:
    """Serve a store to those whom a provider, started here, knows and who have an account."""
    folder, port = tmp_path_factory.mktemp("oidc"), free_port()
    store = another_city()
    database = open_store(store)
    for name, role, region in (("zhang", "grid_manager", CODES["A"]), ("li", "leader", None)):
        accounts.add(database, name, password=None, by="test")
        accounts.grant(database, name, role, region=region, by="test")
    database.close()
    people = [oidc_provider_mock.User(sub=f"u-{name}", claims={"preferred_username": name})
              for name in ("zhang", "li", "nobody_here")]  # fmt: skip
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as provider:
        file = folder / "oidc.toml"
        issuer, site = f"http://localhost:{provider.server_port}", f"http://127.0.0.1:{port}"
        file.write_text(SETTINGS.format(site=site, issuer=issuer))
        with serving(store, port=port, GRIDMAP_SIGN_IN="oidc", GRIDMAP_OIDC=str(file)) as served:
            yield served


@pytest.fixture
def enter(oidc_site: str, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Come to the start page, be sent to the provider, and say there who one is."""
    contexts = []

    def entered(sub: str) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.goto(f"{oidc_site}/overview?at={CODES['B']}")
        page.click("a[href*='/auth/login']")
        page.fill("input[name=sub]", sub)
        page.click("button:not([value=deny])")
        return page

    yield entered
    for context in contexts:
        context.close()


def test_a_manager_comes_in_through_the_provider_sees_the_own_cells_and_goes(
    enter: Callable[[str], Page], oidc_site: str
) -> None:
    page = enter("u-zhang")
    settle(page)
    assert page.locator(".gm-here").inner_text() == "甲社区", "another's cell was asked for in the address"
    assert "乙社区" not in page.inner_text("body")
    assert {cookie["name"] for cookie in page.context.cookies(oidc_site)} & {"_streamlit_user"} == set()
    page.goto(f"{oidc_site}/account")
    page.click("form[action='/signout'] button")
    page.wait_for_selector("a[href*='/auth/login']")
    page.goto(f"{oidc_site}/overview")
    assert "甲社区" not in page.inner_text("body")


def test_who_has_no_account_here_stays_out(enter: Callable[[str], Page]) -> None:
    page = enter("u-nobody_here")
    page.wait_for_selector("a[href*='/auth/login']")
    assert "样例街道" not in page.inner_text("body")
