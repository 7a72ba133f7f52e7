"""What the HTTP routes take and give, as OpenAPI describes it: for people, for their programs and for tests.

One line for each route, by its path; `tests/test_web_openapi.py` holds it against the routes there are and
against what their code reads of a request, and lets schemathesis ask a server everything it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from gridmap.access import rights_for
from gridmap.edits import OPERATIONS
from gridmap.levels import LEVELS, TOTAL
from gridmap.maps import SCHEMES
from gridmap.measures import Measure, measures
from gridmap.ui.periods import PRESETS
from gridmap.ui.view import BOUNDARIES, LANGUAGES, SCENES, SHOWS, THEMES, URGENCIES, View
from gridmap.web import cookies

PATH = "/api/openapi.json"
VERSION = "3.1.0"
_JSON, _GEOJSON, _MVT = "application/json", "application/geo+json", "application/vnd.mapbox-vector-tile"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_DAY: Schema = {"type": "string", "format": "date"}
_WHOLE: Schema = {"type": "integer"}
_OBJECT: Schema = {"type": "object"}
_BINARY: Schema = {}
_FAULT: Schema = {
    "type": "object", "required": ["error"], "properties": {"error": _TEXT, "request": _TEXT},
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """Describe one parameter of an address.

    Parameters
    ----------
    words : what it says
    schema : of its value, or of one of several
    many : whether it may be given more than once
    required : whether it must be given
    """

    words: str
    schema: Schema = field(default_factory=lambda: _TEXT)
    many: bool = False
    required: bool = False


@dataclass(frozen=True)
class Described:
    """Describe one route.

    Parameters
    ----------
    words : what it does, in a sentence
    asks : names of the parameters behind the question mark; see `_parameters`
    own : those of its own, by name
    answers : schema of a right answer, by its media type
    method : get or post
    sends : schema of the JSON that is sent
    required : of `asks`, those that must be given
    others : numbers of refusals beside the usual ones
    forms : endings of the file that is answered, where the path says one
    """

    words: str
    asks: tuple[str, ...] = ()
    own: Mapping[str, Parameter] = field(default_factory=dict)
    answers: Mapping[str, Schema] = field(default_factory=lambda: {_JSON: _OBJECT})
    method: str = "get"
    sends: Schema | None = None
    required: tuple[str, ...] = ()
    others: tuple[int, ...] = ()
    forms: tuple[str, ...] = ()


def rows_of(**columns: Schema) -> Schema:
    """Return the schema of rows that have at least these columns."""
    row = {"type": "object", "required": list(columns), "properties": dict(columns)}
    return {"type": "array", "items": row}


def _among(names: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [*names]}


_LEVEL_KEYS = [level.key for level in LEVELS]
_KEYS = [measure.key for measure in measures()]
_IN_CELLS = {"level": Parameter("Level of the cells.", _among(_LEVEL_KEYS))}
_OF_ONE = {"key": Parameter("Key of a measure; petition.received when omitted.", _among(_KEYS)), **_IN_CELLS}
_CELLS = rows_of(code=_TEXT, name=_TEXT)
_FEATURES: Schema = {
    "type": "object", "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": _OBJECT}},
}  # fmt: skip
_ASKED = ("key", "level", "since", "until", "boundaries", "category")
_VIEW = tuple(each.name for each in fields(View))

#: Of every answer that can be taken away.
_WHY = Parameter("What it is taken for; stands in the watermark, and in the log where that has a row for it.")

#: What is described, by path, as the routes write it.
ROUTES: dict[str, Described] = {
    "/healthz": Described(
        "Say that the server lives and its store answers.",
        answers={_JSON: {"type": "object", "required": ["status", "version"]}},
    ),
    "/metrics": Described("Figures of the running server, for Prometheus.", answers={"text/plain": _TEXT}),
    PATH: Described("This description."),
    "/api/measures": Described(
        "List the measures with their definitions.",
        answers={_JSON: rows_of(**{each.name: _WHOLE if each.type == "int" else _TEXT
                                   for each in fields(Measure)})},
    ),
    "/api/stats": Described(
        "Measures of every cell of a level: KEY with its numerator KEY.n and denominator KEY.of, null "
        "where there is no figure or it is withheld. `within` gives all levels of one region, in both "
        "boundaries unless one is asked for.",
        asks=(*_ASKED, "within", "small_cells"), answers={_JSON: _CELLS},
    ),
    "/api/compare": Described(
        "Measures of a period beside those of an earlier one: KEY.before, KEY.change, KEY.ratio.",
        asks=_ASKED, required=("since", "until"), answers={_JSON: _CELLS},
        own={"against": Parameter("The year before or the period before.", _among(["year", "previous"]))},
    ),
    "/api/reconcile": Described(
        "Both views of a measure, cell by cell, and how many of its records moved between cells.",
        asks=("since", "until", "on", "category"), own=_OF_ONE,
        answers={_JSON: {"type": "object", "required": ["of", "records", "moved", "moves", "cells"]}},
    ),
    "/api/quality": Described(
        "What is wrong with the data, counted.", own=_IN_CELLS, answers={_JSON: rows_of(check=_TEXT)}
    ),
    "/api/duty": Described(
        "Land, buildings and places that nobody is in charge of.", asks=("on",), own=_IN_CELLS,
        answers={_JSON: rows_of(duty=_TEXT)},
    ),
    "/api/hot": Described(
        "Hot issues, with the numbers of their petitions.", asks=("until", "category"), own=_IN_CELLS,
        answers={_JSON: {"type": "array", "items": _OBJECT}},
    ),
    "/api/regions/{level}.geojson": Described(
        "The cells of a level on a day, whole polygons in WGS 84 with nine decimals.",
        asks=("on", "within"), answers={_GEOJSON: _FEATURES},
    ),
    "/api/cells.geojson": Described(
        "The cells of a view as its map paints them.", asks=_VIEW, answers={_GEOJSON: _FEATURES}
    ),
    "/api/picture/{what}.{form}": Described(
        "A map or chart of a view, as PNG or PDF.", asks=_VIEW,
        answers={"image/png": _BINARY, "application/pdf": _BINARY}, forms=("png", "pdf"),
    ),
    "/api/report/{month}.{form}": Described(
        "The monthly report, as PDF or Word.", asks=("at", "level", "lang"),
        answers={"application/pdf": _BINARY, _WORD: _BINARY}, forms=("pdf", "docx"),
    ),
    "/api/board/{code}.pdf": Described(
        "The notice board of a block, telephones masked.", asks=("paper", "lang"),
        answers={"application/pdf": _BINARY},
    ),
    "/api/plan.{form}": Described(
        "The map of a draft, a version or a day as a file, or what differs from another.",
        asks=("of", "lang"),
        own={"against": Parameter("What it is compared with, said as `of`."), **_IN_CELLS},
        answers={"application/pdf": _BINARY, "text/csv": _BINARY, _GEOJSON: _BINARY,
                 "application/geopackage+sqlite3": _BINARY, "application/zip": _BINARY,
                 "application/octet-stream": _BINARY},
        forms=("gpkg", "geojson", "shp.zip", "parquet", "fgb", "csv", "pdf", "docx"),
    ),
    "/api/drafts": Described(
        "Begin a draft, with the version or day it begins from, or the map of today.", method="post",
        sends={"type": "object", "required": ["draft"],
               "properties": {"draft": _TEXT, "title": _TEXT, "version": _WHOLE, "on": _DAY}},
    ),
    "/api/drafts/{name}/operations": Described(
        "Make an edit in a draft; the answer is the new state of what changed, or the reason why not.",
        asks=("from", "to", "lang"), method="post",
        sends={"type": "object", "required": ["revision", "op"],
               "properties": {"id": {}, "revision": _WHOLE, "op": {
                   "type": "object", "required": ["op"], "properties": {"op": {"enum": [*OPERATIONS]}}}}},
    ),
    "/api/drafts/{name}/map.json": Described(
        "Everything the boundary editor begins with.", asks=("from", "to", "lang")
    ),
    "/api/drafts/{name}/changes.json": Described(
        "What others did in a draft since a revision.", asks=("from", "to"),
        own={"since": Parameter("Revision.", _WHOLE, required=True)},
    ),
    "/api/drafts/{name}/ground.json": Described("Roads, buildings, water and green under a draft."),
    "/api/reveal": Described(
        "The personal data of one record, whole; who sees them and why is logged first.", method="post",
        sends={"type": "object", "required": ["register", "key", "reason"],
               "properties": {"register": _TEXT, "key": _TEXT, "reason": _TEXT}},
        others=(413, 415),
    ),
    "/tiles/base/{z:int}/{x:int}/{y:int}.mvt": Described(
        "A tile of what lies under the data: roads, water, green, buildings, names.", asks=("v",),
        answers={_MVT: _BINARY},
    ),
    "/tiles/{level}/{z:int}/{x:int}/{y:int}.mvt": Described(
        "A tile of the cells of a level on a day.", asks=("on",), answers={_MVT: _BINARY}
    ),
}  # fmt: skip


def document(version: str) -> dict[str, Any]:
    """Return the description of all routes, as OpenAPI writes it.

    Parameters
    ----------
    version : of gridmap
    """
    paths: dict[str, dict[str, Any]] = {}
    for path, route in ROUTES.items():
        paths.setdefault(path.replace(":int", ""), {})[route.method] = _operation(path, route)
    return {
        "openapi": VERSION,
        "info": {
            "title": "gridmap", "version": version,
            "description": "What the pages show, for programs, behind the same sign-in and the same rights.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookies.NAME}},
            "schemas": {"Fault": _FAULT},
        },
    }  # fmt: skip


def rights_of(path: str) -> list[str]:
    """Return the rights of which one is needed for a route."""
    return sorted(rights_for(f"route.{path}"))


def parameters_of(path: str, route: Described) -> dict[str, Parameter]:
    """Return the parameters behind the question mark of a route, by name."""
    known = _view_parameters() if route.asks[: len(_VIEW)] == _VIEW else _parameters()
    taken = {"why": _WHY} if path.startswith("/api/") and path != PATH and route.method == "get" else {}
    return {name: known[name] for name in route.asks} | dict(route.own) | taken


def holes_of(path: str) -> list[str]:
    """Return the names of the holes in a path.

    >>> holes_of("/tiles/{level}/{z:int}.mvt")
    ['level', 'z']
    """
    return [part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:]]


def _operation(path: str, route: Described) -> dict[str, Any]:
    rights = rights_of(path)
    asked = [_asked(name, each, route) for name, each in parameters_of(path, route).items()]
    told: dict[str, Any] = {
        "summary": route.words,
        "operationId": f"{route.method} {path}",
        "parameters": [*(_hole(name, route) for name in holes_of(path)), *asked],
        "responses": _responses(route),
        "x-rights": rights,
    }
    if rights == ["anybody"]:
        told["security"] = []
    if route.sends is not None:
        told["requestBody"] = {"required": True, "content": {_JSON: {"schema": route.sends}}}
    return told


def _asked(name: str, parameter: Parameter, route: Described) -> dict[str, Any]:
    schema = {"type": "array", "items": parameter.schema} if parameter.many else parameter.schema
    needed = parameter.required or name in route.required
    return {"name": name, "in": "query", "description": parameter.words, "required": needed, "schema": schema}


def _hole(name: str, route: Described) -> dict[str, Any]:
    words, schema = _HOLES[name]
    schema = _among(route.forms) if name == "form" else schema
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema}


def _responses(route: Described) -> dict[str, Any]:
    """Return what a route answers: rightly, and when it refuses."""
    refusals = _REFUSALS | {number: _OTHERS[number] for number in route.others}
    fault = {_JSON: {"schema": {"$ref": "#/components/schemas/Fault"}}}
    right = {media: {"schema": schema} for media, schema in route.answers.items()}
    return {
        "200": {"description": "Done.", "content": right},
        **{str(number): {"description": words, "content": fault} for number, words in refusals.items()},
    }


_REFUSALS = {
    400: "What is asked makes no sense; the error says why.",
    401: "Nobody has signed in.",
    403: "Whoever asks may not, or the request comes from another site's page.",
    404: "There is no such thing.",
    405: "The route does not take this method.",
    503: "The store cannot be opened now.",
}
_OTHERS = {413: "Too much was sent.", 415: "What was sent is no JSON."}


_SIDE: Schema = {"type": "integer", "minimum": 0}
_HOLES: dict[str, tuple[str, Schema]] = {
    "level": ("A level.", _among(_LEVEL_KEYS)),
    "what": ("What the picture shows.", _among(["map", "trend", "categories", "ratings"])),
    "form": ("Form of the file: the ending of its name.", _TEXT),
    "month": ("Year and month, `2026-10`.", {"type": "string", "pattern": "^2[0-9]{3}-(0[1-9]|1[0-2])$"}),
    "code": ("Code of a block.", _TEXT),
    "name": ("Name of a draft.", _TEXT),
    "z": ("Zoom.", _SIDE),
    "x": ("Column of the tile.", _SIDE),
    "y": ("Row of the tile.", _SIDE),
}


def _parameters() -> dict[str, Parameter]:
    return {
        "key": Parameter("Keys of measures; petition.received when none is named.", _among(_KEYS), many=True),
        "level": Parameter("Level of the cells.", _among([TOTAL, *_LEVEL_KEYS])),
        "since": Parameter("First day counted.", _DAY),
        "until": Parameter("First day no longer counted.", _DAY),
        "from": Parameter("First day whose petitions are counted.", _DAY),
        "to": Parameter("First day whose petitions are no longer counted.", _DAY),
        "on": Parameter("The day looked at; today when omitted.", _DAY),
        "boundaries": Parameter("Cells as they were then, as they are now, or those of a day.",
                                {"anyOf": [_among(["then", "now"]), _DAY]}),
        "category": Parameter("Categories of petitions; all when none is named.", many=True),
        "small_cells": Parameter("Withhold small cells from readers who may see them, too.",
                                 _among(["withheld"])),
        "within": Parameter("Code of a region: only what lies in it."),
        "at": Parameter("Code of a cell; the whole store when empty."),
        "lang": Parameter("Language; that of the settings when it is another word.", _among(LANGUAGES)),
        "paper": Parameter("Size of the paper.", _among(["a3", "a1"])),
        "of": Parameter("The map: today, a day, the number of a version, draft:NAME."),
        "v": Parameter("Version of the store; with one, a tile may be kept for good."),
    }  # fmt: skip


def _view_parameters() -> dict[str, Parameter]:
    """Return the parameters of a view; what makes no sense is left at its default, as on the pages."""
    choices = {"lang": LANGUAGES, "show": SHOWS, "level": _LEVEL_KEYS, "scheme": SCHEMES, "period": PRESETS,
               "boundaries": BOUNDARIES, "theme": THEMES, "scenes": SCENES,
               "urgency": ("", *URGENCIES)}  # fmt: skip
    kinds: dict[str, Schema] = {"classes": _WHOLE, "rotate": _WHOLE, "since": _DAY, "until": _DAY,
             "breaks": {"type": "number"}}  # fmt: skip
    many = {"breaks", "strip", "categories", "columns", "scenes", "compare"}
    said = {name: _among(names) for name, names in choices.items()} | kinds
    words = _words_of_view()
    return {name: Parameter(words[name], said.get(name, _TEXT), many=name in many) for name in _VIEW}


def _words_of_view() -> dict[str, str]:
    """Return what is said of each field of a view, where the view itself says it."""
    lines = re.findall(r"^    ([a-z, ]+) : (.+)$", View.__doc__ or "", re.MULTILINE)
    return {name: words for names, words in lines for name in names.split(", ")}
