"""What our routes have in common: language, a body read no further than allowed, faults told as HTTP."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Send
from starlette.types import Scope as Asgi

from gridmap import settings
from gridmap.errors import Denied, GridmapError, StoreError
from gridmap.ui import data

#: The faults that an answer tells in words; whatever else is raised is a fault of ours.
TOLD = (GridmapError, ValueError)


def lang_of(request: Request) -> str:
    """Return the language an address asks for, that of the settings where it asks for none."""
    asked = request.query_params.get("lang", "")
    return asked if asked in ("zh", "en") else settings.from_environment().language


async def body_of(request: Request, *, most: int) -> bytes | None:
    """Return what was sent; None, and the rest unread, when that is more bytes than allowed."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def status_of(fault: Exception) -> int:
    """Return the status of a fault.

    401 without and 403 with too little right, 503 without a store, 400 for a wrong request.
    """
    if isinstance(fault, Denied):
        return 403 if fault.action else 401
    return 503 if isinstance(fault, StoreError) else 400


def note_refusal(fault: Exception, action: str) -> None:
    """Log a fault that says that whoever asks may not do something; others, and who is not known, are not."""
    if isinstance(fault, Denied) and fault.action:
        data.note_refused(action)


class _Rest(StringConvertor):
    """Match the rest of a path whatever is in it; starlette's own ends at the end of a line."""

    regex = r"[\s\S]*"


register_url_convertor("rest", _Rest())


class Nowhere:
    """Answer programs that ask for what there is not, where the pages would answer with a page.

    Parameters
    ----------
    routes : those there are: one that takes another method is told apart from none
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self.routes = routes

    async def __call__(self, scope: Asgi, receive: Receive, send: Send) -> None:
        """Answer one request."""
        others = (route for route in self.routes
                  if isinstance(route, Route) and route.matches(scope)[0] is Match.PARTIAL)  # fmt: skip
        methods = sorted({method for route in others for method in route.methods or ()})
        said = (f"This route takes {', '.join(methods)}." if methods
                else "There is no such route. Those there are: /api/openapi.json.")  # fmt: skip
        response = Response(orjson.dumps({"error": said}), status_code=405 if methods else 404,
                            media_type="application/json",
                            headers={"allow": ", ".join(methods)} if methods else None)  # fmt: skip
        await response(scope, receive, send)
