"""The gate: everything that comes from the network passes here, pages, WebSocket, tiles and API alike.

It takes away whatever a client says about itself in our own headers, finds the session of the cookie (or of
the user a trusted proxy vouches for), lets through what needs no sign-in, and tells the rest who asks: routes
by `access.acting`, the pages by one header that the framework hands to `st.user`.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Asgi

from gridmap import settings
from gridmap.access import DEMO, MACHINE, Scope, acting
from gridmap.access.sessions import SESSIONS, Session
from gridmap.ui import who
from gridmap.web import cookies, oidc
from gridmap.web.faults import FOR_PROGRAMS
from gridmap.web.headers import security_headers

#: Names the session to the framework; never taken from a client.
HEADER = "x-gridmap-session"
#: Names the request to the pages, which say it where something goes wrong.
REQUEST = "x-gridmap-request"
_OWN_HEADERS = b"x-gridmap-"
#: What everybody may have: the way in, code and letters of the pages, and whether the server lives.
_OPEN_PATHS = ("/healthz", "/signin", "/signout", "/_stcore/health", "/_stcore/host-config", "/favicon.ico")
_OPEN_BELOW = ("/static/", "/assets/")
_OIDC_PATHS = (oidc.BEGIN, oidc.CALLBACK)
#: Doors of the framework that stay shut: figures of the process, agents, its own sign-out.
_SHUT = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent", "/auth/logout")
#: Open to whoever asks from this machine itself, without signing in.
_FOR_THE_MACHINE = ("/metrics",)
#: By these a proxy says that it passes on what another machine asked.
_PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")

Pairs = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Caller:
    """Hold what is known of a request before anything answers it.

    Parameters
    ----------
    address : where it comes from; behind a trusted proxy, where that says
    secure : whether it came over TLS
    session : the session it belongs to, None where there is none
    scope : whose rights it has, None where nobody has signed in
    """

    address: str
    secure: bool
    session: Session | None
    scope: Scope | None


class Gate:
    """Let requests through to the pages and routes for those who may.

    Parameters
    ----------
    app : what stands behind the gate
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        chosen = settings.from_environment()
        caller = caller_of(HTTPConnection(scope), chosen)
        send = _with_headers(send, security_headers(secure=caller.secure), scope)
        refused = _refusal(scope, caller, chosen)
        if refused is not None:
            await (_closed(receive, send) if scope["type"] == "websocket" else refused(scope, receive, send))
            return
        scope["headers"] = _told(scope["headers"], caller, chosen, scope.get("gridmap.request", ""))
        scope["gridmap.caller"] = caller
        with acting(caller.scope):
            await self.app(scope, receive, send)


def caller_of(asked: HTTPConnection, chosen: settings.Settings) -> Caller:
    """Find out who asks: by cookie or a trusted proxy's word; an open store asks nobody in particular."""
    peer = asked.client.host if asked.client else ""
    trusted = is_listed(peer, chosen.trusted_proxies)
    told = asked.headers.get("x-forwarded-for", "").rpartition(",")[2].strip() if trusted else ""
    forwarded = asked.headers.get("x-forwarded-proto", "") if trusted else ""
    secure = (forwarded or asked.url.scheme) in ("https", "wss")
    if chosen.sign_in == "open":
        return Caller(told or peer, secure, None, DEMO if _is_here(asked, peer) else None)
    session = _session(asked, chosen, trusted=trusted)
    scope = session.scope if session else None
    if scope is None and asked.url.path in _FOR_THE_MACHINE and _is_here(asked, peer):
        scope = MACHINE
    return Caller(told or peer, secure, session, scope)


def is_listed(address: str, listed: str) -> bool:
    """Return whether an address is among addresses or networks with commas between them.

    >>> is_listed("10.1.2.3", "127.0.0.1, 10.1.0.0/16"), is_listed("10.2.0.1", "10.1.0.0/16")
    (True, False)
    """
    try:
        own = ipaddress.ip_address(address)
        nets = [
            ipaddress.ip_network(text.strip(), strict=False) for text in listed.split(",") if text.strip()
        ]
    except ValueError:
        return False
    return any(own in net for net in nets if net.version == own.version)


def _session(asked: HTTPConnection, chosen: settings.Settings, *, trusted: bool) -> Session | None:
    if chosen.sign_in == "proxy":
        user = asked.headers.get(chosen.proxy_header, "") if trusted else ""
        return SESSIONS.vouched_for(user, who.scopes_of) if user else None
    token = cookies.token_of(asked.cookies)
    return SESSIONS.found(token, who.scopes_of) if token else None


def _is_here(asked: HTTPConnection, peer: str) -> bool:
    """Return whether a request comes from this machine and names it, as a page elsewhere cannot.

    What a proxy on this machine passes on comes from elsewhere.
    """
    if any(name in asked.headers for name in _PASSED_ON):
        return False
    name = _name_in(asked.headers.get("host", ""))
    return peer in settings.LOOPBACK and name in settings.LOOPBACK


def _refusal(scope: Asgi, caller: Caller, chosen: settings.Settings) -> ASGIApp | None:
    """Return the answer to what may not pass, None for what may."""
    path = scope["path"]
    if not _host_fits(Headers(scope=scope).get("host", ""), chosen.hosts):
        return PlainTextResponse("This server does not go by that name.", status_code=400)
    if _may_change_things(scope) and not _is_own_page(Headers(scope=scope)):
        return PlainTextResponse("Not from a page of this server.", status_code=403)
    if path.startswith(_SHUT) or (path in _OIDC_PATHS and chosen.sign_in != "oidc"):
        return PlainTextResponse("Not found", status_code=404)
    if caller.scope is not None or _is_open(path, chosen):
        return None
    return _sign_in_first(path, str(scope.get("query_string", b""), "latin-1"), chosen)


def _may_change_things(scope: Asgi) -> bool:
    """Return whether a request may do more than look: a WebSocket of a page, or what is sent to a route."""
    if scope["type"] == "websocket":
        return True
    return scope["path"].startswith("/api/") and scope["method"] not in ("GET", "HEAD")


def _is_own_page(headers: Headers) -> bool:
    """Return whether it comes from a page of ours, or from a program, which names no page.

    Asked here, because the framework would ask the internet for its own address to find out.
    """
    origin = headers.get("origin", "")
    return not origin or is_of(headers.get("host", ""), origin)


def is_of(host: str, origin: str) -> bool:
    """Return whether an origin is that of a host; one with brackets around what is no address is nobody's."""
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False


def _is_open(path: str, chosen: settings.Settings) -> bool:
    way_in = chosen.sign_in == "oidc" and path in _OIDC_PATHS
    return way_in or path in _OPEN_PATHS or path.startswith(_OPEN_BELOW)


def _sign_in_first(path: str, query: str, chosen: settings.Settings) -> Response:
    if path.startswith(FOR_PROGRAMS) or chosen.sign_in in ("open", "proxy"):
        fault = (
            "This server is open to its own machine only." if chosen.sign_in == "open" else "Sign in first."
        )
        return Response(orjson.dumps({"error": fault}), status_code=401, media_type="application/json")
    wanted = f"{path}?{query}" if query else path
    return RedirectResponse(f"/signin?next={quote(wanted, safe='')}", status_code=303)


def _host_fits(host: str, allowed: str) -> bool:
    names = {name.strip().lower() for name in allowed.split(",") if name.strip()}
    return not names or _name_in(host) in names | settings.LOOPBACK


def _name_in(host: str) -> str:
    """Return the name in a `Host` header; empty when there is none, or brackets around what is no address."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _told(
    headers: list[tuple[bytes, bytes]], caller: Caller, chosen: settings.Settings, request: str
) -> list[tuple[bytes, bytes]]:
    """Return the headers without what a client says of itself, with what the pages are to know."""
    vouching = chosen.proxy_header.lower().encode()
    kept = [(name, oidc.without_framework_cookies(value) if name.lower() == b"cookie" else value)
            for name, value in headers
            if not name.lower().startswith(_OWN_HEADERS) and name.lower() != vouching]  # fmt: skip
    if caller.session is not None:
        kept.append((HEADER.encode(), caller.session.ident.encode()))
    if request:
        kept.append((REQUEST.encode(), request.encode()))
    return kept


def _with_headers(send: Send, more: dict[str, str], scope: Asgi) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            headers = MutableHeaders(scope=message)
            for name, value in more.items():
                if name not in headers:
                    headers[name] = value
            if not scope["path"].startswith(_OPEN_BELOW) and "cache-control" not in headers:
                headers["cache-control"] = "no-store"
        await send(message)

    return sending


async def _closed(receive: Receive, send: Send) -> None:
    """Refuse a WebSocket before it opens; the client sees 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": "Sign in first."})


def caller_in(scope: Any) -> Caller | None:
    """Return what the gate found out about a request; None where no gate stands."""
    found: Caller | None = scope.get("gridmap.caller")
    return found
