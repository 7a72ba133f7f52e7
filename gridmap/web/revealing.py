"""POST /api/reveal {register, key, reason}: the personal data of one record, logged before they are told.

JSON only, which no form of another page can send; in the body, because addresses are logged on the way.
"""

from __future__ import annotations

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gridmap.access import personal
from gridmap.errors import UsageError
from gridmap.registers import register_named
from gridmap.ui import data, who
from gridmap.web.answering import TOLD, body_of, note_refusal, status_of

PATH = "/api/reveal"
_ACTION = f"route.{PATH}"
_LONGEST = 4096
_ASKED = ("register", "key", "reason")
_JSON = "application/json"


def routes() -> list[BaseRoute]:
    """Return the route by which personal data are asked for."""
    return [Route(PATH, _reveal, methods=["POST"])]


async def _reveal(request: Request) -> Response:
    body = await body_of(request, most=_LONGEST)
    if body is None:
        return _told({"error": "Too long a question."}, 413)
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        return _told({"error": "Ask in JSON."}, 415)
    return await anyio.to_thread.run_sync(_answer, body)


def _answer(body: bytes) -> Response:
    try:
        who.scope().require(_ACTION)
        return _told(_revealed(body), 200)
    except TOLD as fault:
        note_refusal(fault, _ACTION)
        return _told({"error": str(fault)}, status_of(fault))


def _revealed(body: bytes) -> dict[str, str | None]:
    asked = orjson.loads(body)
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) for name in _ASKED):
        raise UsageError(f"Ask with {', '.join(_ASKED)}, each a text.")
    register, key, reason = (asked[name] for name in _ASKED)
    values = data.reveal(register, personal.key_of(register_named(register), key), reason=reason)
    return {value.field: value.text for value in values}


def _told(content: object, status: int) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type=_JSON,
                    headers={"cache-control": "no-store"})  # fmt: skip
