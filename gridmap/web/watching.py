"""What is known of every request afterwards: one line in the log and figures for Prometheus.

Never what was asked for: addresses of requests hold codes, names and searches, so that only the class of the
route is kept, out of a short list. Stands before the gate, so that what the gate refuses is seen as well.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Asgi

from gridmap import settings
from gridmap.ui import shell
from gridmap.web import faults, metrics
from gridmap.web.gate import Caller, caller_in, is_listed

#: Names a request in the log, in the answer and on the page that says that something went wrong.
HEADER = "x-request-id"
_FITS = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LOG = logging.getLogger("gridmap.request")
#: Others are made up by whoever asks, and say whatever they like.
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
#: The class of a route by how its path begins; the first that fits.
_CLASSES = (
    ("/tiles/", "tiles"), ("/api/picture/", "pictures"), ("/api/report/", "reports"),
    ("/api/board/", "boards"), ("/api/drafts/", "drafts"), ("/api/", "api"), ("/_stcore/stream", "socket"),
    ("/_stcore/", "framework"), ("/media/", "framework"), ("/component/", "framework"),
    ("/static/", "assets"), ("/assets/", "assets"), ("/signin", "sign_in"), ("/signout", "sign_in"),
    ("/account", "sign_in"), ("/auth/", "sign_in"), ("/oauth2callback", "sign_in"), ("/healthz", "health"),
    ("/metrics", "metrics"),
)  # fmt: skip


class Watch:
    """Give every request a name, count and time it, and say in the log what became of it.

    Parameters
    ----------
    app : what answers
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Answer one request; a fault that nobody expected becomes a page that says its number."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope["gridmap.request"] = name = request_name(scope)
        seen = _Seen(send, name)
        kind, begun = route_class(scope["path"]), time.perf_counter()
        try:
            with metrics.counting_open(kind):
                await self.app(scope, receive, seen.send)
        except Exception as fault:
            faults.tell(fault, request=name)
            if scope["type"] == "websocket" or seen.status:
                raise
            await faults.page(scope["path"], name)(scope, receive, seen.send)
        finally:
            _note(scope, kind, seen.status or 500, time.perf_counter() - begun)


class _Seen:
    """Pass an answer on, with the name of its request, and remember its status; 0 before there is one."""

    def __init__(self, send: Send, name: str) -> None:
        self._send, self._name = send, name
        self.status = 0

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind in ("http.response.start", "websocket.http.response.start"):
            self.status = message["status"]
            MutableHeaders(scope=message)[HEADER] = self._name
        elif kind == "websocket.accept":
            self.status = 101
            MutableHeaders(scope=message)[HEADER] = self._name
        elif kind == "websocket.close" and not self.status:
            self.status = 403
        await self._send(message)


def request_name(scope: Asgi) -> str:
    """Return the name of a request: what a trusted proxy calls it, or one made here."""
    told = Headers(scope=scope).get(HEADER, "")
    peer = scope["client"][0] if scope.get("client") else ""
    if _FITS.fullmatch(told) and is_listed(peer, settings.from_environment().trusted_proxies):
        return told
    return secrets.token_hex(8)


def route_class(path: str) -> str:
    """Return the class of the route that answers a path, out of a short list.

    >>> route_class("/tiles/grid/14/1/2.mvt"), route_class("/mine"), route_class("/wp-login.php")
    ('tiles', 'page', 'other')
    """
    if path in shell.paths():
        return "page"
    return next((name for begin, name in _CLASSES if path.startswith(begin)), "other")


def _note(scope: Asgi, kind: str, status: int, seconds: float) -> None:
    metrics.note(kind, status, seconds)
    level = logging.ERROR if status >= 500 else logging.INFO
    _LOG.log(level, "request", extra={"gridmap": _facts(scope, kind, status, seconds)})


def _facts(scope: Asgi, kind: str, status: int, seconds: float) -> dict[str, Any]:
    return {
        "request": scope["gridmap.request"],
        "method": method if (method := scope.get("method", "")) in _METHODS else "",
        "route": kind,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "account": _account(caller_in(scope)),
    }


def _account(caller: Caller | None) -> str:
    return caller.scope.user if caller is not None and caller.scope is not None else ""
