"""What is said of faults nobody expected: their kind and place in the log, their number to people.

The words of an exception may hold what somebody typed or what stood in a file, so that they are kept nowhere.
"""

from __future__ import annotations

import logging
import traceback
from html import escape

import orjson
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp

from gridmap import settings
from gridmap.ui.words import say

_LOG = logging.getLogger("gridmap.fault")
#: Paths that programs ask, which are answered by a number and not by a page.
FOR_PROGRAMS = ("/api/", "/tiles/", "/metrics", "/_stcore/", "/media/", "/component/")
_NEAREST = 6


def tell(fault: BaseException, *, request: str) -> None:
    """Write a fault into the log.

    Parameters
    ----------
    fault : what was raised
    request : the name of the request it belongs to
    """
    _LOG.error("fault", extra={"gridmap": {"request": request, **described(fault)}})


def described(fault: BaseException) -> dict[str, object]:
    """Return the kind of a fault and where it came from, innermost last, without its words.

    >>> described(ValueError("13800000000"))
    {'fault': 'ValueError', 'at': []}
    """
    frames = traceback.extract_tb(fault.__traceback__)[-_NEAREST:]
    at = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"fault": type(fault).__name__, "at": at}


def page(path: str, request: str) -> ASGIApp:
    """Return the answer to a request that failed: its number, in words or as JSON."""
    if path.startswith(FOR_PROGRAMS):
        body = {"error": f"Something went wrong here. The log has it as {request}.", "request": request}
        return Response(orjson.dumps(body), status_code=500, media_type="application/json")
    lang = settings.from_environment().language
    text = escape(say("page_failed", lang, request=request))
    head = '<head><meta charset="utf-8"><title>gridmap</title></head>'
    whole = f'<!DOCTYPE html><html lang="{lang}">{head}<body><p>{text}</p></body></html>'
    return HTMLResponse(whole, status_code=500)


def _short(file: str) -> str:
    return "/".join(file.replace("\\", "/").split("/")[-2:])
