"""The routes of plans: a draft begun, its map and ground, what others did, an operation, a file of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gridmap import watermarks
from gridmap.editing.session import Drafting
from gridmap.errors import UsageError
from gridmap.periods import Period
from gridmap.ui import data, desk_versions, editor, who
from gridmap.ui.open_drafts import opened
from gridmap.ui.view import LANGUAGES
from gridmap.web.answering import body_of

#: An operation with a drawn area of ten thousand corners has a fifth of this.
MOST_BYTES = 2_000_000
#: The largest number of a version or a revision: what a database holds and a browser tells exactly.
_LARGEST = 2**53
_FORMS = {"pdf": "application/pdf", "csv": "text/csv", "geojson": "application/geo+json",
          "gpkg": "application/geopackage+sqlite3", "shp.zip": "application/zip"}  # fmt: skip


async def read(request: Request) -> None:
    """Read what a program or page sends, so that it can be answered in a thread: see `sent`."""
    request.state.body = await body_of(request, most=MOST_BYTES)


def sent(request: Request) -> dict[str, Any]:
    """Return the object that was sent.

    Raises
    ------
    UsageError : when it is no JSON object, or too long
    """
    body = request.state.body
    if body is None:
        raise UsageError(f"More than {MOST_BYTES:,} bytes were sent. Send one operation at a time.")
    try:
        asked = orjson.loads(body)
    except ValueError as fault:
        raise UsageError(f"What was sent is no JSON: {fault}") from fault
    if not isinstance(asked, dict):
        raise UsageError("Send one JSON object.")
    return asked


def _text(asked: dict[str, Any], field: str) -> str:
    """Return a text that was sent; empty where there is none."""
    found = asked.get(field)
    if found is not None and not isinstance(found, str):
        raise UsageError(f"Send a text as {field}.")
    return found or ""


def _number(asked: dict[str, Any], field: str) -> int | None:
    """Return a whole number that was sent; None where there is none."""
    found = asked.get(field)
    if found is None or (type(found) is int and abs(found) <= _LARGEST):
        return found
    raise UsageError(f"Send a whole number as {field}.")


def _begin(request: Request) -> Response:
    """Answer POST /api/drafts: begin a draft with `draft`, `title`, and `version` or `on`."""
    asked = sent(request)
    day = _text(asked, "on")
    drafting = Drafting.begin(
        data.desk(), _text(asked, "draft"), title=_text(asked, "title"),
        on=date.fromisoformat(day) if day else None, version=_number(asked, "version"),
        author=who.author(),
    )  # fmt: skip
    begun = drafting.draft
    data.note("draft.begin", object_=begun.name)
    return _packed(request, {"draft": begun.name, "title": begun.title, "version": begun.base_cs,
                    "day": begun.base_day, "revision": drafting.revision})  # fmt: skip


def _operate(request: Request) -> Response:
    """Answer POST /api/drafts/NAME/operations: do what the editor asks, or say why not."""
    asked = sent(request)
    revision = _number(asked, "revision")
    if not isinstance(asked.get("op"), dict) or revision is None or "id" not in asked:
        raise UsageError("Send {id, revision, op}: op is the operation, revision what it was drawn on.")
    draft = opened(request.path_params["name"])
    told = editor.answer(draft, asked, author=who.author(), period=_period(request), lang=_lang(request))
    return _packed(request, told)


def _map(request: Request) -> Response:
    """Answer /api/drafts/NAME/map.json: everything the boundary editor begins with."""
    draft = opened(request.path_params["name"])
    return _packed(request, editor.whole_map(draft, period=_period(request), lang=_lang(request)))


def _changes(request: Request) -> Response:
    """Answer /api/drafts/NAME/changes.json?since=REVISION: what others did in a draft meanwhile."""
    draft, since = opened(request.path_params["name"]), int(request.query_params["since"])
    if abs(since) > _LARGEST:
        raise UsageError(f"There is no revision {since}.")
    return _packed(request, editor.news(draft, since, period=_period(request)))


def _ground(request: Request) -> Response:
    """Answer /api/drafts/NAME/ground.json: roads, buildings, water and green under a draft."""
    return _packed(request, editor.ground(opened(request.path_params["name"])))


def _plan(request: Request) -> Response:
    """Answer /api/plan.FORM?of=STATE&against=STATE: the map of a draft, version or day as a file."""
    from gridmap.reports.plans import write_plan

    asked, form = request.query_params, request.path_params["form"]
    wanted = desk_versions.state_of(asked.get("of", "today"))
    against = desk_versions.state_of(asked["against"]) if asked.get("against") else None
    data.note("export", object_=f"plan.{form}", reason=watermarks.why(), detail=dict(asked))
    with TemporaryDirectory() as folder:
        target = Path(folder) / f"plan.{form}"
        write_plan(data.desk(), wanted, target, against=against, level=asked.get("level") or None,
                   lang=_lang(request), fewest=data.fewest_shown())  # fmt: skip
        content = target.read_bytes()
    name = quote(f"{wanted.label}.{form}".replace("/", "-"))
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "cache-control": "no-store"}
    return Response(content, media_type=_FORMS.get(form, "application/octet-stream"), headers=headers)


def _period(request: Request) -> Period:
    days = request.query_params.get("from"), request.query_params.get("to")
    return Period(*(date.fromisoformat(day) if day else None for day in days))


def _lang(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _packed(request: Request, content: object) -> Response:
    """Answer with JSON, made small on the way for whoever can read that."""
    body, headers = orjson.dumps(content), {"cache-control": "no-cache", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers = gzip.compress(body, compresslevel=5), {**headers, "content-encoding": "gzip"}
    return Response(body, media_type="application/json", headers=headers)


Answer = Callable[[Request], Response]

#: What is asked for.
ANSWERS: dict[str, Answer] = {
    "/api/drafts/{name}/map.json": _map,
    "/api/drafts/{name}/changes.json": _changes,
    "/api/drafts/{name}/ground.json": _ground,
    "/api/plan.{form}": _plan,
}
#: What is done, by POST.
WORKS: dict[str, Answer] = {
    "/api/drafts": _begin,
    "/api/drafts/{name}/operations": _operate,
}
