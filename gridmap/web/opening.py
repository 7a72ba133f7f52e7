"""The pages as a browser first gets them: the framework's own page with our head and the first figures.

An address that leads nowhere is answered here as well: the framework would open the start page and say so in
English.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import escape
from pathlib import PurePosixPath

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Asgi

from gridmap import settings
from gridmap.ui import bridge, data, first, shell, who
from gridmap.ui.words import say
from gridmap.web import faults
from gridmap.web.answering import lang_of
from gridmap.web.watching import route_class

#: A page waits no longer for its first figures, while its code travels: what must be worked out first comes
#: with the page itself.
SOON_S = 1.0
_HEAD = (
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>gridmap</title>'
    "<style>body{font:1.1rem/1.8 sans-serif;padding:2rem}</style></head>"
)


def routes() -> list[BaseRoute]:
    """Return the routes of the pages."""
    return [Route(path, _page) for path in shell.paths()]


class Lost:
    """Answer those who ask for a page that there is not; hand everything else on.

    Parameters
    ----------
    app : what answers everything else
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        is_page = scope["type"] == "http" and not PurePosixPath(scope["path"]).suffix
        if is_page and route_class(scope["path"]) == "other":
            await _nowhere()(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _page(request: Request) -> Response:
    """Answer with a page and its first figures, as far as they are known soon enough.

    The start page has no name of its own: the framework knows it by the bare address only.
    """
    name, names = request.url.path.strip("/"), who.pages(shell.PAGES)
    if names and name == names[0]:
        return RedirectResponse(request.url.replace(path="/"), status_code=307)
    if name in shell.PAGES and name not in names:
        await anyio.to_thread.run_sync(data.note_refused, f"page.{name}")
        return _closed(name, lang_of(request))
    headers = {"cache-control": "private, no-cache"}
    return StreamingResponse(_parts(request), media_type="text/html", headers=headers)


async def _parts(request: Request) -> AsyncIterator[str]:
    """Yield the page up to where it draws, while whose code travels its figures, then the rest."""
    begin, end = shell.parted(settings.from_environment().language)
    yield begin
    found = ""
    with anyio.move_on_after(SOON_S):
        found = await anyio.to_thread.run_sync(_first, request, abandon_on_cancel=True)
    yield found + end


def _first(request: Request) -> str:
    asked = request.query_params
    params = {name: asked.getlist(name) for name in asked}
    cookie, agent = request.cookies.get(bridge.COOKIE, ""), request.headers.get("user-agent", "")
    try:
        screen = bridge.screen_kept(cookie, agent=agent)
        return first.figures(request.url.path.strip("/"), params, screen=screen)
    except Exception as fault:  # the page itself says what is wrong; it must come in any case
        faults.tell(fault, request=request.scope.get("gridmap.request", ""))
        return ""


def _nowhere() -> Response:
    lang = settings.from_environment().language
    return _said(say("no_such_page", lang), lang, status=404)


def _closed(name: str, lang: str) -> Response:
    """Say that somebody may not open a page: the framework would say in English that there is none."""
    return _said(say("page_closed", lang, page=say(name, lang)), lang, status=403)


def _said(text: str, lang: str, *, status: int) -> Response:
    body = f'<p>{escape(text)}</p><p><a href="/?lang={lang}">{escape(say("overview", lang))}</a></p>'
    html = f'<!DOCTYPE html><html lang="{lang}">{_HEAD}<body>{body}</body></html>'
    return HTMLResponse(html, status_code=status)
