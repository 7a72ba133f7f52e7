"""The one process: Streamlit's pages and the HTTP routes beside them, on one open store, behind one gate.

Routes: /signin, /signout and /account, the pages themselves (their HTML shell), /healthz, /metrics,
/api/openapi.json (what the others take and give), /api/measures, /api/stats, /api/compare, /api/reconcile,
/api/quality, /api/duty, /api/hot,
/api/regions/{level}.geojson, /api/cells.geojson (the cells of a view as its map paints them),
/api/picture/{what}.{form} (a map or chart of a view), /api/report/{month}.{form}, /api/board/{code}.pdf,
/api/reveal (POST), /tiles/{level}/{z}/{x}/{y}.mvt,
/tiles/base/{z}/{x}/{y}.mvt (roads, water, buildings, names), /assets/.
For the boundary editor: POST /api/drafts, /api/drafts/{name}/operations, /api/drafts/{name}/map.json,
changes.json, ground.json, and /assets/editor/.
Nothing here, and nothing the browser is told, leads to another machine.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import anyio.to_thread
import orjson
import pandas as pd
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import gridmap
from gridmap import (
    comparing,
    disclosure,
    excerpt,
    issues,
    maps,
    measures,
    quality,
    regions,
    responsibility,
    settings,
    watermarks,
)
from gridmap.access import OWNER, acting, passwords, rights_for
from gridmap.beside import beside
from gridmap.errors import StoreError, UsageError
from gridmap.levels import TOTAL, level_named
from gridmap.periods import Period
from gridmap.store import shared_store
from gridmap.ui import (
    base_tiles,
    data,
    editor,
    facts,
    panels,
    state,
    tiles,
    warming,
    who,
)
from gridmap.ui.scene import Scene
from gridmap.ui.tree import Cell
from gridmap.ui.view import LANGUAGES
from gridmap.ui.words import say
from gridmap.web import (
    drafting,
    faults,
    framework,
    heap,
    logs,
    metrics,
    oidc,
    openapi,
    opening,
    revealing,
    signin,
)
from gridmap.web.answering import TOLD, Nowhere, note_refusal, status_of
from gridmap.web.callback import Callback
from gridmap.web.gate import REQUEST, Gate
from gridmap.web.packed import Packed
from gridmap.web.watching import Watch

ASSETS = Path(gridmap.__file__).parent / "assets" / "vendor"
_JSON, _GEOJSON = "application/json", "application/geo+json"
_MVT = "application/vnd.mapbox-vector-tile"
_KINDS = {
    "pdf": "application/pdf", "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
#: Answers whose address carries the version of the store never change.
_FOR_GOOD = "private, max-age=604800, immutable"

#: The header of an answer that says who took it, when and why; percent-encoded UTF-8.
WATERMARK = "gridmap-watermark"

Answer = Callable[[Request], Response]


def serve(store: Path, port: int, *, address: str | None = None, open_to_all: bool = False) -> None:
    """Serve the dashboards and the API until stopped.

    Parameters
    ----------
    store : folder of the store; opened before anything is served, so that its faults are told at once
    port, address : where to listen; the address of the settings when omitted
    open_to_all : whether nobody need sign in; only for this machine

    Raises
    ------
    StoreError : when the store cannot be opened
    UsageError : when it would be open to other machines, or nothing says which provider signs people in
    """
    os.environ["GRIDMAP_STORE"] = str(store)
    if open_to_all:
        os.environ["GRIDMAP_SIGN_IN"] = "open"
    chosen = settings.from_environment()
    listening = address or chosen.address
    if chosen.sign_in == "open" and listening not in settings.LOOPBACK:
        raise UsageError(f"Open to all, a store is served to its own machine only, not on {listening}. "
                         "Make accounts (gridmap users add), or listen on 127.0.0.1.")  # fmt: skip
    if chosen.sign_in == "oidc":
        oidc.provider()
    level = logs.checked(chosen.log_level)
    shared_store(store)
    # Who is a trusted proxy is for our gate to say: uvicorn would believe any on this machine.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    heap.settle()
    with beside("warming", _begin), logs.writing(level):
        application().run(config=framework.config(port=port, address=listening))


def _begin(over: threading.Event) -> None:
    passwords.prepare()
    with acting(OWNER):
        warming.keep_warm(over, after=heap.give_back)


def application() -> st.App:
    """Return the ASGI application: the pages behind our routes, the gate before both, the watch first."""
    return st.App(
        script(),
        routes=routes(),
        middleware=[
            Middleware(Watch),
            Middleware(Gate),
            Middleware(Callback),
            Middleware(Packed),
            Middleware(opening.Lost),
        ],
        on_script_error=_page_failed,
    )


def script() -> Path:
    """Return the entry script: inside the package when installed, beside it in a checkout."""
    package = Path(gridmap.__file__).parent
    inside = package / "app.py"
    return inside if inside.is_file() else package.parent / "app.py"


def routes() -> list[BaseRoute]:
    """Return the HTTP routes served beside the pages."""
    found = [
        *opening.routes(),
        *signin.routes(),
        *(Route(path, _in_thread(answer, f"route.{path}")) for path, answer in _ANSWERS.items()),
        *(
            Route(path, _in_thread(work, f"route.{path}"), methods=["POST"])
            for path, work in drafting.WORKS.items()
        ),
        *revealing.routes(),
        Mount("/assets/editor", StaticFiles(directory=editor.SCRIPTS)),
        Mount("/assets", StaticFiles(directory=ASSETS, check_dir=False)),
    ]
    return [*found, *(Route(path, Nowhere(found)) for path in ("/api/{rest:rest}", "/tiles/{rest:rest}"))]


def _in_thread(answer: Answer, action: str) -> Any:
    """Answer in a worker thread those who may, faults in words."""

    def told(request: Request) -> Response:
        try:
            if "anybody" not in rights_for(action):
                who.scope().require(action)
            with watermarks.marking(_mark(request, action)):
                return _marked(answer(request))
        except TOLD as fault:
            note_refusal(fault, action)
            if isinstance(fault, StoreError):
                faults.tell(fault, request=request.headers.get(REQUEST, ""))
            return _json({"error": str(fault)}, status=status_of(fault))

    async def endpoint(request: Request) -> Response:
        if request.method == "POST":
            await drafting.read(request)
        return await anyio.to_thread.run_sync(told, request)

    return endpoint


def _mark(request: Request, action: str) -> watermarks.Watermark | None:
    """Return the watermark of what is taken through a route; its purpose is `why` in the address."""
    taken = action.startswith("route./api/") and action != f"route.{openapi.PATH}"
    return data.watermark(request.query_params.get("why", "")) if taken else None


def _marked(answer: Response) -> Response:
    """Return an answer with its watermark beside it: rows that programs read have no room for one."""
    for line in watermarks.member().values():
        answer.headers[WATERMARK] = quote(line, safe=" ():")
    return answer


def _health(_request: Request) -> Response:
    """Say that the server lives and its store answers; of the store, nothing."""
    with acting(OWNER):
        data.database().scalar("screens/store_version")
    return _json({"status": "ok", "version": gridmap.__version__})


def _metrics(_request: Request) -> Response:
    """Answer /metrics: how the server is doing, for Prometheus."""
    return Response(metrics.exposed(gridmap.__version__), media_type=metrics.MEDIA_TYPE)


def _page_failed(fault: Exception) -> bool:
    """Say on a page that it failed, with the number under which the log has it."""
    request = st.context.headers.get(REQUEST) or ""
    faults.tell(fault, request=request)
    st.error(say("page_failed", state.current().lang, request=request), icon=":material/error:")
    return True


def _openapi(_request: Request) -> Response:
    """Answer /api/openapi.json: what these routes take and give."""
    return _json(openapi.document(gridmap.__version__))


def _measures(_request: Request) -> Response:
    return _json([vars(measure) for measure in measures.measures()])


def _stats(request: Request) -> Response:
    """Answer /api/stats?key=...&level=...: the rows of gridmap.measures.stats."""
    asked = request.query_params
    if asked.get("within"):
        return _stats_within(request)
    shows_all = asked.get("small_cells") != "withheld" and who.scope().has("small_cells")
    found = data.figures(
        asked.getlist("key") or ["petition.received"],
        level=asked.get("level", TOTAL),
        period=Period(_day(asked.get("since")), _day(asked.get("until"))),
        boundaries=_boundaries(asked.get("boundaries", "then")),
        categories=asked.getlist("category"),
        sees_small_cells=shows_all,
    )
    return _json(_records(found.drop(columns=["region_id", "parent_id"])))


def _stats_within(request: Request) -> Response:
    """Answer /api/stats?within=CODE&key=...: all levels of one region in both views, or in that asked for."""
    asked = request.query_params
    shows_all = asked.get("small_cells") != "withheld" and who.scope().has("small_cells")
    view = asked.get("boundaries", "both")
    found = excerpt.figures_within(
        data.database(),
        asked.getlist("key") or ["petition.received"],
        asked["within"],
        period=Period(_day(asked.get("since")), _day(asked.get("until"))),
        views=excerpt.BOTH if view == "both" else (_boundaries(view),),
        categories=asked.getlist("category"),
        compute=measures.stats if shows_all else partial(disclosure.stats, fewest=data.fewest_shown()),
    )
    return _json(_records(found.drop(columns=["region_id", "parent_id"])))


def _compare(request: Request) -> Response:
    """Answer /api/compare?key=...&level=...&since=...&until=...&against=year|previous."""
    asked = request.query_params
    against = asked.get("against", "year")
    if against not in ("year", "previous"):
        raise UsageError(f"against={against}: choose year or previous.")
    found = comparing.compared(
        data.database(),
        asked.getlist("key") or ["petition.received"],
        level=asked.get("level", TOTAL),
        period=Period(_day(asked.get("since")), _day(asked.get("until"))),
        against=cast(comparing.Against, against),
        boundaries=_boundaries(asked.get("boundaries", "now")),
        categories=asked.getlist("category"),
    )
    return _json(_records(found.drop(columns=["region_id", "parent_id"])))


def _reconcile(request: Request) -> Response:
    """Answer /api/reconcile?level=...&key=...: both views of a measure, and how many records moved."""
    asked = request.query_params
    level, day = asked.get("level", "community"), _day(asked.get("on"))
    key = asked.get("key", "petition.received")
    period = Period(_day(asked.get("since")), _day(asked.get("until")))
    about: dict[str, Any] = {"level": level, "period": period, "day": day}
    moves = comparing.reconciled(data.database(), key=key, categories=asked.getlist("category"), **about)
    views = comparing.both_views(data.database(), key, categories=asked.getlist("category"), **about)
    moved = moves[moves["moved"]]
    return _json({
        "of": comparing.moving(key), "records": int(moves["records"].sum()),
        "moved": int(moved["records"].sum()), "moves": _records(moved.drop(columns="moved")),
        "cells": _records(views),
    })  # fmt: skip


def _quality(request: Request) -> Response:
    """Answer /api/quality?level=...: what is wrong with the data, counted."""
    level = level_named(request.query_params.get("level", "community")).key
    return _json(_records(quality.counted(data.database(), level=level)))


def _duty(request: Request) -> Response:
    """Answer /api/duty?on=DATE&level=...: what nobody is in charge of."""
    asked = request.query_params
    level, day = asked.get("level") or None, _day(asked.get("on"))
    withholds = not who.scope().has("small_cells")
    found = responsibility.duty_holes(data.database(), on=day, level=level, withholds=withholds)
    return _json(_records(found))


def _hot(request: Request) -> Response:
    """Answer /api/hot?level=...&until=DATE: the hot issues with the numbers of their petitions."""
    asked = request.query_params
    found = issues.hot_issues(
        data.database(),
        level=asked.get("level", "community"),
        until=_day(asked.get("until")),
        categories=asked.getlist("category"),
    )
    listed = found.assign(petitions=found["petitions"].map(list))
    return _json(_records(listed.drop(columns=["region_id", "x", "y"])))


def _regions(request: Request) -> Response:
    """Answer /api/regions/LEVEL.geojson?within=CODE&on=DATE: whole polygons, 9 decimals."""
    db = data.database()
    day = _day(request.query_params.get("on")) or db.now().date()
    within = _cell(request.query_params.get("within", ""), day)
    level = level_named(request.path_params["level"]).key
    cells = regions.map_of(db, level=level, on=day, within=within.region_id or None)
    data.note("export", object_=f"{level}.geojson", rows=len(cells), reason=watermarks.why(),
              detail={"at": within.code, "day": day})  # fmt: skip
    columns = ["region_id", "code", "name", "kind"]
    return _geojson(maps.feature_collection(cells.to_crs(4326), columns, decimals=9))


def _cells(request: Request) -> Response:
    """Answer /api/cells.geojson?VIEW: the cells of a view as its map paints them."""
    asked = request.query_params
    sees = who.scope().has("small_cells")
    return _geojson(panels.cells_as_drawn(_scene(request, asked.get("theme"), sees_small_cells=sees)))


def _scene(request: Request, colours: str | None, *, sees_small_cells: bool) -> Scene:
    """Return the scene that the parameters of an address describe."""
    asked = request.query_params
    params = {name: asked.getlist(name) for name in asked}
    return facts.scene_at(params, colours=colours, sees_small_cells=sees_small_cells)


def _picture(request: Request) -> Response:
    """Answer /api/picture/WHAT.FORM?VIEW: a map or chart of a view as PNG or PDF."""
    from gridmap.reports import pictures
    from gridmap.reports.typesetting import form_named

    what, form = request.path_params["what"], form_named(request.path_params["form"])
    # A picture leaves the house: nobody knows who will see it.
    scene = _scene(request, None, sees_small_cells=False)
    found = pictures.picture(scene, what, form=form)
    return _download(found, f"gridmap-{what}.{form}", at=scene.cell.code)


def _report(request: Request) -> Response:
    """Answer /api/report/YYYY-MM.FORM?at=CODE&level=LEVEL&lang=LANG: the monthly report as PDF or Word."""
    from gridmap.reports.monthly import monthly_report
    from gridmap.reports.writing import document_file, month_named, written_form

    asked, month = request.query_params, request.path_params["month"]
    form = written_form(Path(f"report.{request.path_params['form']}"))
    document = monthly_report(data.database(), month_named(month), lang=_lang(asked.get("lang")),
                              level=asked.get("level", ""), at=asked.get("at", ""),
                              fewest=data.fewest_shown())  # fmt: skip
    name = "-".join(part for part in ("report", month, asked.get("at", ""), document.lang) if part)
    return _download(document_file(document, form), f"{name}.{form}")


def _base_tile(request: Request) -> Response:
    """Answer /tiles/base/Z/X/Y.mvt?v=VERSION: what lies under the data; kept for good with a version."""
    asked = request.path_params
    tile = base_tiles.tile(asked["z"], asked["x"], asked["y"])
    headers = {"cache-control": _FOR_GOOD if request.query_params.get("v") else "no-cache"}
    return Response(tile, media_type=_MVT, headers=headers)


def _tile(request: Request) -> Response:
    asked = request.path_params
    day = _day(request.query_params.get("on")) or data.database().now().date()
    tile = tiles.tile(asked["level"], asked["z"], asked["x"], asked["y"], day=day)
    return Response(tile, media_type=_MVT)


def _cell(code: str, day: date) -> Cell:
    tree = data.tree(day)
    cell = tree.at(code)
    if code and cell.code != code:
        raise UsageError(f"There is no cell '{code}' on {day}.")
    return cell


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _boundaries(text: str) -> Any:
    return text if text in ("then", "now") else date.fromisoformat(text)


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows of plain values, moments as ISO texts."""
    texts = {str(name): frame[name].map(lambda moment: moment.isoformat(), na_action="ignore")
             for name in frame.select_dtypes("datetime").columns}  # fmt: skip
    plain = frame.assign(**texts).astype(object)
    return plain.where(plain.notna(), None).to_dict("records")


def _board(request: Request) -> Response:
    """Answer /api/board/CODE.pdf?paper=a3&lang=LANG: the notice board of a block, telephones masked."""
    from gridmap.reports.board import board, paper_named

    asked, code = request.query_params, request.path_params["code"]
    paper = paper_named(asked.get("paper", "a3"))
    found = board(data.database(), code, paper=paper, lang=_lang(asked.get("lang")),
                  link=settings.from_environment().board_link, fewest=data.fewest_shown())  # fmt: skip
    return _download(found, f"board-{code}-{paper}.pdf")


def _lang(text: str | None) -> str:
    return text if text in LANGUAGES else settings.from_environment().language


def _download(content: bytes, name: str, *, at: str = "") -> Response:
    """Answer with a file to take away, and log that it was taken."""
    data.note("export", object_=name, reason=watermarks.why(), detail={"at": at} if at else None)
    kind = _KINDS[name.rpartition(".")[2]]
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


def _json(content: object, *, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type=_JSON)


def _geojson(content: dict[str, Any]) -> Response:
    return Response(
        orjson.dumps({**content, **watermarks.member()}),
        media_type=_GEOJSON,
        headers={"cache-control": "no-cache"},
    )


_ANSWERS: dict[str, Answer] = {
    "/healthz": _health,
    "/metrics": _metrics,
    openapi.PATH: _openapi,
    "/api/measures": _measures,
    "/api/stats": _stats,
    "/api/compare": _compare,
    "/api/reconcile": _reconcile,
    "/api/quality": _quality,
    "/api/duty": _duty,
    "/api/hot": _hot,
    "/api/regions/{level}.geojson": _regions,
    "/api/cells.geojson": _cells,
    **drafting.ANSWERS,
    "/api/picture/{what}.{form}": _picture,
    "/api/report/{month}.{form}": _report,
    "/api/board/{code}.pdf": _board,
    "/tiles/base/{z:int}/{x:int}/{y:int}.mvt": _base_tile,
    "/tiles/{level}/{z:int}/{x:int}/{y:int}.mvt": _tile,
}
