"""The way back from an identity provider: the framework checks it, and whom it names gets a session of ours.

The framework's own cookies never reach the browser. The answer is a page that leads on by itself and no
redirect: our cookie is SameSite=Strict, and would not go with a redirect that began at the provider.
"""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Asgi

from gridmap import settings
from gridmap.web import oidc, signin


class Callback:
    """Stand before the framework and answer in its place when a provider sends somebody back.

    Parameters
    ----------
    app : the framework
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        comes_back = scope["type"] == "http" and scope["path"] == oidc.CALLBACK
        if not comes_back or settings.from_environment().sign_in != "oidc":
            await self.app(scope, receive, send)
            return
        cookies = await self._checked(scope, receive)
        response = await anyio.to_thread.run_sync(_entered, Request(scope), cookies)
        for cookie in cookies:
            if not cookie.startswith(oidc.USER_COOKIE):
                response.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))
        await response(scope, receive, send)

    async def _checked(self, scope: Asgi, receive: Receive) -> list[str]:
        """Let the framework check who comes back; return the cookies it would give."""
        found: list[str] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                found.extend(value.decode("latin-1") for name, value in message["headers"]
                             if name.lower() == b"set-cookie")  # fmt: skip

        await self.app(scope, receive, keep)
        return found


def _entered(request: Request, cookies: list[str]) -> Response:
    claims = oidc.claims_in(cookies)
    if claims is None:
        return signin.turned_away(request)
    known = oidc.provider()
    return signin.let_in(request, known.account_of(claims), agreed=known.roles_of(claims))
